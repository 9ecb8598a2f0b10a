//! Servers that lose what they acknowledged, or that cannot write at all.

use aplus_sqlx::postgres::{OpenError, PostgresStore, RoleNames};
use aplus_test_postgres::Cluster;

#[tokio::test]
async fn a_server_that_does_not_sync_is_refused() {
    for setting in ["fsync", "full_page_writes"] {
        let cluster = Cluster::start(&[(setting, "off")]).unwrap();
        for refused in [
            PostgresStore::connect_with(cluster.options(), 1)
                .await
                .map(drop),
            PostgresStore::connect_as_insecure_one_role(cluster.options(), 1)
                .await
                .map(drop),
            PostgresStore::migrate_with(&cluster.options(), &RoleNames::default()).await,
        ] {
            let error = refused.unwrap_err();
            assert!(
                matches!(&error, OpenError::Setting { name, .. } if name == setting),
                "{error}"
            );
            let begin = format!("PostgreSQL's {setting} is off where on is needed");
            assert!(error.to_string().starts_with(&begin), "{error}");
        }
    }
}

/// Rights that are read from a standby may be those of a moment ago.
#[tokio::test]
async fn a_standby_is_refused_until_it_is_promoted() {
    let primary = Cluster::start(&[]).unwrap();
    PostgresStore::migrate_as_insecure_one_role(&primary.options())
        .await
        .unwrap();
    let standby = primary.standby().unwrap();
    for refused in [
        PostgresStore::connect_with(standby.options(), 1)
            .await
            .map(drop),
        PostgresStore::connect_as_insecure_one_role(standby.options(), 1)
            .await
            .map(drop),
        PostgresStore::migrate_as_insecure_one_role(&standby.options()).await,
    ] {
        let error = refused.unwrap_err();
        assert!(matches!(error, OpenError::Standby), "{error}");
        assert!(
            error.to_string().contains("connect to the primary"),
            "{error}"
        );
    }
    drop(primary);
    standby.promote().unwrap();
    let store = PostgresStore::connect_as_insecure_one_role(standby.options(), 1).await;
    store.unwrap().close().await;
}

//! A guard that somebody took away or switched off is missed at the start, and put back by the migration.

use aplus_sqlx::postgres::{OpenError, PostgresStore};

use crate::postgres_common::{Place, roles};
use crate::{refusal, run};

#[tokio::test]
async fn each_guard_that_is_off_is_missed_by_name_and_put_back() {
    let place = Place::new().await;
    let owner = place.database.owner();
    let guards =
        "select c.relname::text, t.tgname::text, pg_get_triggerdef(t.oid), t.tgenabled::text
        from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where c.relnamespace = 'aplus'::regnamespace and not t.tgisinternal order by 1, 2";
    let all = async || -> Vec<(String, String, String, String)> {
        let mut owner = place.owner().await;
        let all = sqlx::query_as(guards).fetch_all(&mut owner);
        all.await.unwrap()
    };
    let before = all().await;
    assert!(before.len() >= 35, "{}", before.len());
    for (number, (table, guard, ..)) in before.iter().enumerate() {
        let taken = match number % 4 {
            0 => format!("alter table aplus.{table} disable trigger {guard}"),
            1 => format!("drop trigger {guard} on aplus.{table}"),
            2 => format!("alter table aplus.{table} enable trigger {guard}"),
            _ => format!("alter table aplus.{table} enable replica trigger {guard}"),
        };
        run(&owner, &taken).await;
        let as_owner = PostgresStore::connect_as_insecure_one_role(owner.clone(), 1).await;
        for error in [refusal(&place.runtime).await, as_owner.unwrap_err()] {
            let told = error.to_string();
            assert!(
                matches!(&error, OpenError::Unguarded { guard: named, table: on } if named == guard && on == table),
                "{taken}: {told}"
            );
            assert!(
                told.contains("run the migration as the owner, which puts it back"),
                "{told}"
            );
        }
        PostgresStore::migrate_with(&owner, roles()).await.unwrap();
        assert_eq!(all().await, before, "{taken}");
    }
    let store = PostgresStore::connect_with(place.runtime.clone(), 1).await;
    store.unwrap().close().await;
}

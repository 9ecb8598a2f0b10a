//! A database of each kind, for what must hold on both.

use aplus::ports::Mailer;
use aplus::service::Builder;
use aplus::sqlx::postgres::PostgresStore;
use aplus::sqlx::sqlite::SqliteStore;
use aplus::{Aplus, HostKey, Site};
use aplus_test_postgres::Cluster;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Decode, PgConnection, Row, SqliteConnection, Type};
use tempfile::TempDir;

use super::program::{Running, url};
use super::scene;
use super::shared::Shared;

/// A migrated database, its store, and a connection beside it.
pub enum Ground {
    Sqlite {
        store: SqliteStore,
        beside: SqliteConnection,
        folder: TempDir,
    },
    Postgres {
        store: PostgresStore,
        beside: PgConnection,
        shared: Box<Shared>,
        cluster: Cluster,
    },
}

impl Ground {
    /// In a folder of its own, where a sync costs nothing if there is such a place.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.unwrap();
        std::fs::write(folder.path().join("key"), scene::KEY).unwrap();
        let url = url(&folder.path().join("aplus.db"));
        let store = SqliteStore::connect(&url).await.unwrap();
        store.migrate().await.unwrap();
        let options: SqliteConnectOptions = url.parse().unwrap();
        Self::Sqlite {
            store,
            beside: options.connect().await.unwrap(),
            folder,
        }
    }

    /// On a server of its own.
    pub async fn postgres() -> Self {
        let cluster = Cluster::start(&[]).unwrap();
        let shared = Shared::on(&cluster).await;
        Self::Postgres {
            store: shared.store(cluster.port()).await,
            beside: shared.admin(cluster.port()).await,
            shared: Box::new(shared),
            cluster,
        }
    }

    /// The library over it, with the servers' key.
    pub fn builder(&self, mailer: impl Mailer, site: Site) -> Builder {
        let key = HostKey::new(scene::KEY).unwrap();
        match self {
            Self::Sqlite { store, .. } => Aplus::builder(store.clone(), mailer, site, key),
            Self::Postgres { store, .. } => Aplus::builder(store.clone(), mailer, site, key),
        }
    }

    /// A server on it, with these further options.
    pub fn serve(&self, options: &[&str]) -> Running {
        match self {
            Self::Sqlite { folder, .. } => {
                let [database, key] = ["aplus.db", "key"].map(|name| folder.path().join(name));
                let (database, key) = (url(&database), key.display().to_string());
                let own = ["--database-url", &database, "--key-file", &key];
                Running::serve(&[&own[..], options].concat())
            }
            Self::Postgres {
                shared, cluster, ..
            } => shared.serve(cluster.port(), options),
        }
    }

    /// Runs a statement beside the store, written for PostgreSQL: on SQLite a table's schema is a prefix.
    pub async fn run(&mut self, statement: &str) {
        match self {
            Self::Sqlite { beside, .. } => {
                let statement = statement.replace("aplus.", "aplus_");
                sqlx::raw_sql(AssertSqlSafe(statement))
                    .execute(beside)
                    .await
                    .unwrap();
            }
            Self::Postgres { beside, .. } => {
                sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
                    .execute(beside)
                    .await
                    .unwrap();
            }
        }
    }

    /// The first column of what a statement finds, written as for [`run`](Self::run).
    pub async fn column<T>(&mut self, statement: &str) -> Vec<T>
    where
        T: for<'r> Decode<'r, sqlx::Sqlite> + Type<sqlx::Sqlite>,
        T: for<'r> Decode<'r, sqlx::Postgres> + Type<sqlx::Postgres>,
    {
        match self {
            Self::Sqlite { beside, .. } => {
                let statement = statement.replace("aplus.", "aplus_");
                let rows = sqlx::query(AssertSqlSafe(statement))
                    .fetch_all(beside)
                    .await;
                rows.unwrap().iter().map(|row| row.get(0)).collect()
            }
            Self::Postgres { beside, .. } => {
                let rows = sqlx::query(AssertSqlSafe(statement.to_owned()));
                let rows = rows.fetch_all(beside).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// How many mails wait, in a process's hand or not.
    pub async fn waiting(&mut self) -> i64 {
        let waiting = "select count(*) from aplus.outbox where to_address is not null";
        self.column(waiting).await[0]
    }

    /// Lets each mail that waits be due now: what was put off, and what a process has in hand that is gone.
    pub async fn let_all_be_due(&mut self) {
        self.run("update aplus.outbox set next_at = 0 where to_address is not null")
            .await;
    }
}

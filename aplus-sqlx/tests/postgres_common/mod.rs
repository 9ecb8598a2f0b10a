//! A migrated database for each test, a store that is opened as a server opens it, and a connection of the owner's.

#![allow(
    dead_code,
    reason = "each test file is a crate of its own and uses a part"
)]
#![allow(clippy::unwrap_used, clippy::panic)]

#[cfg(feature = "desk")]
pub(crate) mod desk;
pub(crate) mod orders;
pub(crate) mod people;
pub(crate) mod race;
pub(crate) mod rounds;
pub(crate) mod unlocked;
pub(crate) mod uses;
pub(crate) mod watched;

use std::sync::OnceLock;

use aplus_sqlx::postgres::{PostgresStore, RoleNames};
use aplus_test_postgres::{Database, Server, server};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};

/// Roles belong to the cluster, and several test processes share one.
pub(crate) fn roles() -> &'static RoleNames {
    static ROLES: OnceLock<RoleNames> = OnceLock::new();
    ROLES.get_or_init(|| {
        let random = uuid::Uuid::from_u128(getrandom::u64().unwrap().into());
        RoleNames::with_prefix(&format!("t{}", &random.simple().to_string()[16..])).unwrap()
    })
}

pub(crate) async fn database() -> Database {
    let server = server().unwrap();
    server.database(migrated).await.unwrap()
}

pub(crate) async fn migrated(owner: PgConnectOptions) {
    PostgresStore::migrate_with(&owner, roles()).await.unwrap();
}

pub(crate) struct Place {
    pub(crate) store: PostgresStore,
    pub(crate) runtime: PgConnectOptions,
    pub(crate) database: Database,
}

impl Place {
    pub(crate) async fn new() -> Self {
        Self::over(database().await).await
    }

    /// The same on a server of the test's own.
    pub(crate) async fn on(server: &Server) -> Self {
        Self::over(server.database(migrated).await.unwrap()).await
    }

    async fn over(database: Database) -> Self {
        let runtime = database.login(roles().runtime()).await.unwrap();
        let store = open(&runtime, &database).await;
        Self {
            store,
            runtime,
            database,
        }
    }

    /// A store that shares nothing with the first but the database.
    pub(crate) async fn another(&self) -> PostgresStore {
        open(&self.runtime, &self.database).await
    }

    /// The same with two connections, for one of many.
    pub(crate) async fn small(&self) -> PostgresStore {
        let store = PostgresStore::connect_with(self.runtime.clone(), 2).await;
        store.unwrap()
    }

    /// A connection of the owner's, who sees all.
    pub(crate) async fn owner(&self) -> PgConnection {
        self.database.owner().connect().await.unwrap()
    }

    /// A connection with the server's own rights.
    pub(crate) async fn bare(&self) -> PgConnection {
        self.runtime.connect().await.unwrap()
    }
}

async fn open(runtime: &PgConnectOptions, database: &Database) -> PostgresStore {
    let store = PostgresStore::connect_with(runtime.clone(), 10).await;
    store.unwrap().with_owner(database.owner())
}

//! A migrated PostgreSQL database, and what all server processes on it have in common.

use std::path::{Path, PathBuf};

use aplus::sqlx::postgres::{PostgresStore, RoleNames};
use aplus_test_postgres::{Cluster, Database, Server};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use tempfile::TempDir;

use super::program::Running;
use super::scene;

/// A database, the servers' login and their key. Drop it before its cluster.
pub struct Shared {
    database: Database,
    login: PgConnectOptions,
    key: TempDir,
}

impl Shared {
    /// On a cluster of the test's own: the group roles have the names that the program gives them.
    pub async fn on(cluster: &Cluster) -> Self {
        let roles = RoleNames::default();
        let prepare = async |owner: PgConnectOptions| {
            PostgresStore::migrate_with(&owner, &roles).await.unwrap();
        };
        let server = Server::at(cluster.tcp_options());
        let database = server.database(prepare).await.unwrap();
        let login = database.login(roles.runtime()).await.unwrap();
        let key = tempfile::tempdir().unwrap();
        std::fs::write(key.path().join("key"), scene::KEY).unwrap();
        Self {
            database,
            login,
            key,
        }
    }

    /// The servers' own login, at this port.
    pub async fn store(&self, port: u16) -> PostgresStore {
        let login = self.login.clone().port(port);
        PostgresStore::connect_with(login, 10).await.unwrap()
    }

    /// The servers' own login at this port, as the command line takes it.
    pub fn url(&self, port: u16) -> String {
        self.login.clone().port(port).to_url_lossy().to_string()
    }

    /// The file of the servers' key.
    pub fn key(&self) -> PathBuf {
        self.key.path().join("key")
    }

    /// A superuser, at this port.
    pub async fn admin(&self, port: u16) -> PgConnection {
        self.database.admin().port(port).connect().await.unwrap()
    }

    /// Starts a server, with these further options, that reaches its database at this port.
    pub fn serve(&self, port: u16, options: &[&str]) -> Running {
        let (url, key) = (self.url(port), self.key());
        let own = ["--database-url", &url, "--key-file", key.to_str().unwrap()];
        Running::serve(&[&own, options].concat())
    }

    /// The same with the demonstration, which takes the owner.
    pub fn serve_demo(&self, port: u16) -> Running {
        self.serve(port, &["--demo", "--owner-url", &self.owner_url(port)])
    }

    /// The same with these further options, and with all that it logs at the end of this file.
    pub fn serve_demo_logging(&self, port: u16, options: &[&str], log: &Path) -> Running {
        let (url, owner, key) = (self.url(port), self.owner_url(port), self.key());
        let own = [
            "--demo",
            "--database-url",
            &url,
            "--owner-url",
            &owner,
            "--key-file",
            key.to_str().unwrap(),
        ];
        Running::serve_logging(&[&own[..], options].concat(), log)
    }

    fn owner_url(&self, port: u16) -> String {
        self.database.owner().port(port).to_url_lossy().to_string()
    }
}

//! The server that the tests of a process share, and the template that their databases are made of.

use std::str::FromStr;
use std::sync::OnceLock;

use sqlx::postgres::PgConnectOptions;
use tokio::sync::OnceCell;

use crate::{Cluster, Database, Error, sql};

static SERVER: OnceLock<Result<Server, Error>> = OnceLock::new();

/// The server of this process: the one that `APLUS_TEST_DATABASE_URL` names (`postgres://login:password@host:port/database`, of a login that
/// may create roles and databases), else a [`Cluster`] that is started at the first call, which blocks for about a second, and ends with the
/// process.
///
/// # Errors
/// As [`Cluster::start`], or that the variable is no URL; the same at each call.
pub fn server() -> Result<&'static Server, &'static Error> {
    SERVER.get_or_init(Server::find).as_ref()
}

/// A server, and the template that databases are copied from.
#[derive(Debug)]
pub struct Server {
    admin: PgConnectOptions,
    template: OnceCell<Template>,
    _cluster: Option<Cluster>,
}

/// A database to be copied, and the login that owns it and its copies.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) name: String,
    pub(crate) owner: PgConnectOptions,
}

impl Server {
    fn find() -> Result<Self, Error> {
        match std::env::var("APLUS_TEST_DATABASE_URL") {
            Ok(url) if !url.is_empty() => {
                let admin = PgConnectOptions::from_str(&url);
                let admin = admin.map_err(Error::statement("read APLUS_TEST_DATABASE_URL"))?;
                Ok(Self::at(admin))
            }
            _ => Cluster::start(&[]).map(Self::of),
        }
    }

    /// The server that these options lead to, of a login that may create roles and databases: a cluster of the test's own, say.
    #[must_use]
    pub fn at(admin: PgConnectOptions) -> Self {
        Self {
            admin,
            template: OnceCell::new(),
            _cluster: None,
        }
    }

    /// The cluster's server; the cluster ends with it.
    #[must_use]
    pub fn of(cluster: Cluster) -> Self {
        Self {
            admin: cluster.options(),
            template: OnceCell::new(),
            _cluster: Some(cluster),
        }
    }

    /// A fresh database: a copy of the template, which the first call makes and gives to `prepare` to fill. Calls that come meanwhile wait
    /// for it; when `prepare` panics, the next call begins anew with a template of its own. As there is one template, each call
    /// must give the same `prepare`.
    ///
    /// `prepare` gets a login that owns the database, may create roles and is no superuser: what a careful host gives to
    /// migrations. It owns the copies as well. Copied is what stands in the database, not what stands on it (`grant … on database`, `alter
    /// database … set`). Connections that `prepare` leaves open are ended.
    ///
    /// # Errors
    /// [`Error::Statement`] when the server refuses or is gone.
    pub async fn database(
        &self,
        prepare: impl AsyncFnOnce(PgConnectOptions),
    ) -> Result<Database, Error> {
        let template = self
            .template
            .get_or_try_init(|| Template::make(&self.admin, prepare))
            .await?;
        Database::copy(&self.admin, template).await
    }
}

impl Template {
    async fn make(
        admin: &PgConnectOptions,
        prepare: impl AsyncFnOnce(PgConnectOptions),
    ) -> Result<Self, Error> {
        let doing = "make the template of test databases";
        let owner = sql::create_login(admin, "createrole").await?;
        let name = format!("aplus_test_template_{}", sql::random()?);
        let create = format!(
            "create database {name} template template0 encoding 'UTF8' owner {}",
            owner.get_username()
        );
        sql::run(admin, doing, &[create]).await?;
        let owner = owner.database(&name);
        prepare(owner.clone()).await;
        // A database with connections cannot be copied.
        let close = [
            format!("alter database {name} allow_connections false"),
            format!(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name}'"
            ),
        ];
        sql::run(admin, doing, &close).await?;
        Ok(Self { name, owner })
    }
}

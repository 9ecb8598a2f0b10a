//! A database for one test.

use std::sync::Mutex;

use sqlx::postgres::PgConnectOptions;

use crate::server::Template;
use crate::{Error, sql};

/// A database of its own, dropped with its logins when this is dropped, whoever is still connected.
#[derive(Debug)]
pub struct Database {
    name: String,
    /// The login that made it, on another database: nobody drops the one that they stand in.
    elsewhere: PgConnectOptions,
    owner: PgConnectOptions,
    logins: Mutex<Vec<String>>,
}

impl Database {
    pub(crate) async fn copy(admin: &PgConnectOptions, template: &Template) -> Result<Self, Error> {
        let name = format!("aplus_test_{}", sql::random()?);
        let create = format!(
            "create database {name} template {} strategy file_copy owner {}",
            template.name,
            template.owner.get_username()
        );
        sql::run(admin, "make a test database", &[create]).await?;
        Ok(Self {
            elsewhere: admin.clone(),
            owner: template.owner.clone().database(&name),
            logins: Mutex::default(),
            name,
        })
    }

    /// Its name, which no other database of the server has.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The login that owns it: it may create roles, and is no superuser. All databases of a template have the same.
    #[must_use]
    pub fn owner(&self) -> PgConnectOptions {
        self.owner.clone()
    }

    /// The login that made it: a superuser, unless `APLUS_TEST_DATABASE_URL` names another.
    #[must_use]
    pub fn admin(&self) -> PgConnectOptions {
        self.elsewhere.clone().database(&self.name)
    }

    /// Makes a login that is a member of this group role, with a random name. Its options hold a password, which a server asks for
    /// over TCP.
    ///
    /// # Errors
    /// [`Error::Statement`] when there is no such role, or the server is gone.
    pub async fn login(&self, member_of: &str) -> Result<PgConnectOptions, Error> {
        let login = sql::create_login(&self.admin(), "").await?;
        let name = login.get_username();
        if let Ok(mut logins) = self.logins.lock() {
            logins.push(name.to_owned());
        }
        let grant = format!("grant {} to {name}", sql::quoted(member_of));
        sql::run(&self.elsewhere, "let a login into its group", &[grant]).await?;
        Ok(login)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let logins = std::mem::take(&mut self.logins).into_inner();
        let logins = logins.unwrap_or_default();
        let mut statements = vec![
            // Nobody waits for a standby that a test has killed.
            "set synchronous_commit = local".to_owned(),
            format!("drop database {} with (force)", self.name),
        ];
        statements.extend(logins.iter().map(|login| format!("drop role {login}")));
        // A server that is gone has taken the database with it, and a test that fails must not fail twice.
        let _ = sql::wait_for(sql::run(
            &self.elsewhere,
            "drop a test database",
            &statements,
        ));
    }
}

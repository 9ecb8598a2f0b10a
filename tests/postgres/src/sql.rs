//! Statements of the harness, names that are free, and a way to run them where nothing is asynchronous.

use std::fs::File;
use std::io::Read;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::Error;

/// Runs the statements on a connection of their own, one by one.
pub(crate) async fn run(
    options: &PgConnectOptions,
    doing: &'static str,
    statements: &[String],
) -> Result<(), Error> {
    let work = async {
        let mut connection: PgConnection = options.connect().await?;
        for statement in statements {
            sqlx::raw_sql(AssertSqlSafe(statement.as_str()))
                .execute(&mut connection)
                .await?;
        }
        connection.close().await
    };
    work.await.map_err(Error::statement(doing))
}

/// Runs it on a thread with a runtime of its own, and waits: a caller may stand inside of a runtime or outside of any.
pub(crate) fn wait_for<T: Send>(
    work: impl Future<Output = Result<T, Error>> + Send,
) -> Result<T, Error> {
    let doing = "run a thread that speaks to PostgreSQL";
    let run = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::system(doing))?
            .block_on(work)
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().spawn_scoped(scope, run);
        let thread = thread.map_err(Error::system(doing))?;
        let lost = |_| Err(Error::system(doing)(std::io::ErrorKind::Other.into()));
        thread.join().unwrap_or_else(lost)
    })
}

/// 64 random bits in hexadecimal: names and passwords that nobody else has.
pub(crate) fn random() -> Result<String, Error> {
    let mut bytes = [0; 8];
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(Error::system("read /dev/urandom"))?;
    Ok(format!("{:016x}", u64::from_ne_bytes(bytes)))
}

/// A name between double quotes, whatever it holds.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Makes a role that may log in, with a random name and password, of which the making login is a member: it may then give it
/// databases and end its connections without being a superuser.
pub(crate) async fn create_login(
    admin: &PgConnectOptions,
    attributes: &str,
) -> Result<PgConnectOptions, Error> {
    let name = format!("aplus_test_login_{}", random()?);
    let password = random()? + &random()?;
    let statements = [
        format!("create role {name} login {attributes} password '{password}'"),
        format!("grant {name} to current_user"),
    ];
    run(admin, "make a login for tests", &statements).await?;
    Ok(admin.clone().username(&name).password(&password))
}

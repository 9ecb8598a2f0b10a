//! A second server that follows the first and is waited for at each commit.

use std::time::{Duration, Instant};

use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use crate::cluster::set_in;
use crate::keeper::Keeper;
use crate::{Cluster, Error, sql};

/// How long a standby may take to be in step, and to be promoted.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

impl Cluster {
    /// Makes a standby of this server by streaming replication, and has this server wait for it at each commit
    /// (`synchronous_standby_names`, `synchronous_commit = on`): what is acknowledged is on both. Returns when that is so. While
    /// the standby is down, commits here wait for ever. Of several standbys the one made last is waited for.
    ///
    /// # Errors
    /// As [`Cluster::start`]; [`Error::Late`] when the standby is not in step within 60 s.
    pub fn standby(&self) -> Result<Self, Error> {
        let mut keeper = Keeper::start()?;
        let name = format!("standby_{}", sql::random()?);
        let folder = self.socket_folder().to_string_lossy();
        keeper.order(
            "copy",
            &format!(
                "host='{folder}' port={} user=postgres application_name={name}",
                self.port()
            ),
        )?;
        // The copy may say that another standby of the primary is waited for.
        set_in(
            &keeper.folder().join("data/postgresql.auto.conf"),
            &[("synchronous_standby_names", "")],
        )?;
        let standby = Self::open(keeper, self.password().to_owned())?;
        sql::wait_for(wait_at_commits(&self.options(), &name))?;
        Ok(standby)
    }

    /// Makes a standby the server that is written to; returns when it takes writes. It waits for no standby itself.
    ///
    /// # Errors
    /// [`Error::Statement`] when it is no standby, [`Error::Late`] when it takes more than 60 s.
    pub fn promote(&self) -> Result<(), Error> {
        let options = self.options();
        let promoted = sql::wait_for(async {
            let work = async {
                let mut connection = options.connect().await?;
                sqlx::query_scalar("select pg_promote(wait => true, wait_seconds => $1)")
                    .bind(i32::try_from(PATIENCE.as_secs()).unwrap_or(i32::MAX))
                    .fetch_one(&mut connection)
                    .await
            };
            work.await.map_err(Error::statement("promote the standby"))
        })?;
        in_time(promoted, "the standby is not promoted")
    }
}

/// Names the standby on the primary, and waits until commits wait for it.
async fn wait_at_commits(primary: &PgConnectOptions, name: &str) -> Result<(), Error> {
    let doing = "have the primary wait for its standby";
    sql::run(
        primary,
        doing,
        &[
            format!("alter system set synchronous_standby_names = '{name}'"),
            "alter system set synchronous_commit = 'on'".to_owned(),
            "select pg_reload_conf()".to_owned(),
        ],
    )
    .await?;
    let work = async {
        let mut connection = primary.connect().await?;
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let in_step: bool = sqlx::query_scalar(
                "select exists(select from pg_stat_replication where application_name = $1 and sync_state = 'sync')",
            )
            .bind(name)
            .fetch_one(&mut connection)
            .await?;
            if in_step {
                // The checkpointer is who tells commits to wait; it reads the settings again before it makes a checkpoint.
                sqlx::query("checkpoint").execute(&mut connection).await?;
                return Ok(true);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(false)
    };
    let in_step = work.await.map_err(Error::statement(doing))?;
    in_time(in_step, "the standby is not in step with its primary")
}

fn in_time(happened: bool, what: &'static str) -> Result<(), Error> {
    let seconds = PATIENCE.as_secs();
    happened.then_some(()).ok_or(Error::Late { what, seconds })
}

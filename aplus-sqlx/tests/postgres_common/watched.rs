//! A server that writes into its log what it is asked and how it does it, and a reader of that log.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use aplus_sqlx::postgres::PostgresStore;
use aplus_test_postgres::{Cluster, Database, Server};
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

/// The name under which a watched store speaks to the server.
const WATCHED: &str = "watched";

const SETTINGS: [(&str, &str); 11] = [
    ("shared_preload_libraries", "auto_explain"),
    ("auto_explain.log_min_duration", "0"),
    ("auto_explain.log_analyze", "on"),
    ("auto_explain.log_timing", "off"),
    ("auto_explain.log_buffers", "on"),
    // What triggers and foreign keys do as well.
    ("auto_explain.log_nested_statements", "on"),
    ("auto_explain.log_format", "json"),
    ("log_statement", "all"),
    ("log_parameter_max_length", "0"),
    ("log_line_prefix", "%a|"),
    // Statistics are there when a test makes them.
    ("autovacuum", "off"),
];

/// What the server did for one call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// Each statement that the store sent, in its order.
    pub(crate) statements: Vec<String>,
    /// Each plan, also of what triggers did: its text and how it was carried out.
    pub(crate) plans: Vec<(String, Value)>,
}

pub(crate) struct Watch {
    log: PathBuf,
    admin: PgConnection,
    database: Database,
    runtime: PgConnectOptions,
    pub(crate) calls: Vec<Call>,
    _server: Server,
}

impl Watch {
    pub(crate) async fn new() -> Self {
        let cluster = Cluster::start(&SETTINGS).unwrap_or_else(|error| panic!("{error}"));
        let log = cluster.socket_folder().join("log");
        let server = Server::of(cluster);
        let roles = super::roles();
        let database = server.database(super::migrated).await.unwrap();
        let runtime = database.login(roles.runtime()).await.unwrap();
        Self {
            log,
            admin: database.admin().connect().await.unwrap(),
            runtime: runtime.application_name(WATCHED),
            database,
            calls: Vec::new(),
            _server: server,
        }
    }

    /// A store of one connection, whose statements are planned as `plan_cache_mode` says.
    pub(crate) async fn store(&self, plans: &str) -> PostgresStore {
        let plans = [("plan_cache_mode", plans)];
        let owner = self.database.owner().application_name(WATCHED);
        let store = PostgresStore::connect_with(self.runtime.clone().options(plans), 1).await;
        store.unwrap().with_owner(owner.options(plans))
    }

    /// As the superuser.
    pub(crate) async fn run(&mut self, statements: &'static str) {
        let run = sqlx::raw_sql(AssertSqlSafe(statements));
        run.execute(&mut self.admin).await.unwrap();
    }

    /// The backends that serve watched stores.
    pub(crate) async fn backends(&mut self) -> Vec<i32> {
        let backends = "select pid from pg_stat_activity where application_name = $1 order by pid";
        let backends = sqlx::query_scalar(backends).bind(WATCHED);
        backends.fetch_all(&mut self.admin).await.unwrap()
    }

    /// Carries out one call, and notes what the server did for it.
    pub(crate) async fn of<T>(&mut self, name: &str, work: impl Future<Output = T>) -> T {
        self.idle().await;
        let from = self.log.metadata().unwrap().len();
        let done = work.await;
        self.idle().await;
        let mut log = String::new();
        let mut file = File::open(&self.log).unwrap();
        file.seek(SeekFrom::Start(from)).unwrap();
        file.read_to_string(&mut log).unwrap();
        self.calls.push(read(name, &log));
        done
    }

    /// Waits until the server has nothing to do for the store: an answer may be read before its end is logged.
    async fn idle(&mut self) {
        loop {
            let busy = sqlx::query_scalar(
                "select exists (select from pg_stat_activity where application_name = $1 and state not in ('idle', 'idle in transaction'))",
            );
            let busy: bool = busy.bind(WATCHED).fetch_one(&mut self.admin).await.unwrap();
            if !busy {
                return;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// A record begins at the start of a line; what goes on on further lines is set in by a tab.
fn read(name: &str, log: &str) -> Call {
    let log = log.replace("\n\t", "\n ");
    let mut call = Call {
        name: name.to_owned(),
        statements: Vec::new(),
        plans: Vec::new(),
    };
    let mark = format!("\n{WATCHED}|LOG:  ");
    let log = format!("\n{log}");
    for record in log.split(&mark).skip(1) {
        let record = record.split("\nwatched|").next().unwrap_or_default();
        let record = record.split("\n[unknown]|").next().unwrap_or_default();
        let record = record.split("\n|").next().unwrap_or_default();
        if let Some(statement) = record.strip_prefix("statement: ") {
            call.statements.push(statement.trim_end().to_owned());
        } else if let Some(statement) = record.strip_prefix("execute ") {
            let (_, statement) = statement.split_once(": ").unwrap();
            call.statements.push(statement.trim_end().to_owned());
        } else if let Some((_, plan)) = record.split_once("plan:\n") {
            let end = plan.rfind('}').unwrap() + 1;
            let plan: Value = serde_json::from_str(&plan[..end]).unwrap();
            let text = plan["Query Text"].as_str().unwrap().to_owned();
            call.plans.push((text, plan));
        }
    }
    call
}

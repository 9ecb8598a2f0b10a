//! The three stores: the model, SQLite in a file, PostgreSQL as the runtime's own login.

use std::sync::Arc;

use aplus_core::contract::OutboxLine;
use aplus_core::memory::MemoryStore;
use aplus_core::ports::Store;
use aplus_core::{EmailAddress, EntryId, MailId, Timestamp};
use aplus_sqlx::sqlite::SqliteStore;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Row};
use tempfile::TempDir;

use crate::postgres_common::Place;

pub(crate) const NAMES: [&str; 3] = ["memory", "SQLite", "PostgreSQL"];

/// The three, each with what a test sees of it that no port shows.
pub(crate) struct Stores {
    pub(crate) memory: MemoryStore,
    /// Two that share nothing but the file, as two server processes do.
    sqlite: [SqliteStore; 2],
    /// Two that share nothing but the database.
    postgres: [aplus_sqlx::postgres::PostgresStore; 2],
    folder: TempDir,
    place: Place,
}

/// One of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Sqlite,
    Postgres,
}

/// What no port shows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hidden {
    pub(crate) seal_queue: Vec<EntryId>,
    pub(crate) outbox: Vec<(MailId, Option<String>, Option<Timestamp>)>,
}

impl Hidden {
    fn of(mut seal_queue: Vec<EntryId>, lines: Vec<OutboxLine>) -> Self {
        seal_queue.sort_unstable();
        let mut outbox: Vec<_> = lines
            .into_iter()
            .map(|line| {
                let to = line.to.map(|to| to.as_str().to_owned());
                (line.id, to, line.settled_at)
            })
            .collect();
        outbox.sort_unstable();
        Self { seal_queue, outbox }
    }
}

impl Stores {
    pub(crate) async fn new() -> Self {
        // Where a sync costs nothing: what is asked here is what is written, not whether it outlives a crash.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.unwrap();
        let url = format!("sqlite:{}", folder.path().join("aplus.db").display());
        let first = SqliteStore::connect(&url).await.unwrap();
        first.migrate().await.unwrap();
        let second = SqliteStore::connect(&url).await.unwrap();
        let place = Place::new().await;
        let another = place.another().await;
        Self {
            memory: MemoryStore::default(),
            sqlite: [first, second],
            postgres: [place.store.clone(), another],
            folder,
            place,
        }
    }

    /// A handle of each.
    pub(crate) fn all(&self) -> [Arc<dyn Store>; 3] {
        let [sqlite, _] = self.sqlite.clone();
        let [postgres, _] = self.postgres.clone();
        [
            Arc::new(self.memory.clone()),
            Arc::new(sqlite),
            Arc::new(postgres),
        ]
    }

    /// Two handles of one database.
    pub(crate) fn pair(&self, which: Which) -> [Arc<dyn Store>; 2] {
        match which {
            Which::Sqlite => self.sqlite.clone().map(|store| Arc::new(store) as _),
            Which::Postgres => self.postgres.clone().map(|store| Arc::new(store) as _),
        }
    }

    pub(crate) async fn hidden(&self, which: Which) -> Hidden {
        match which {
            Which::Sqlite => self.hidden_in_sqlite().await,
            Which::Postgres => self.hidden_in_postgres().await,
        }
    }

    /// Of the model, or of a copy of it.
    pub(crate) fn hidden_in(memory: &MemoryStore) -> Hidden {
        let lines = memory.outbox().into_iter().map(OutboxLine::from).collect();
        Hidden::of(memory.seal_queue(), lines)
    }

    async fn hidden_in_sqlite(&self) -> Hidden {
        let options = SqliteConnectOptions::new().filename(self.folder.path().join("aplus.db"));
        let mut connection = options.connect().await.unwrap();
        let queue = sqlx::query_scalar("select entry_id from aplus_seal_queue");
        let queue: Vec<_> = queue.fetch_all(&mut connection).await.unwrap();
        let rows = sqlx::query(
            "select id, to_address, coalesce(sent_at, given_up_at) as settled_at from aplus_outbox",
        );
        let rows = rows.fetch_all(&mut connection).await.unwrap();
        let line = |row: &sqlx::sqlite::SqliteRow| {
            line(row.get("id"), row.get("to_address"), row.get("settled_at"))
        };
        let queue = queue.into_iter().map(EntryId::from_uuid).collect();
        Hidden::of(queue, rows.iter().map(line).collect())
    }

    async fn hidden_in_postgres(&self) -> Hidden {
        let mut owner = self.place.owner().await;
        let queue = sqlx::query_scalar("select entry_id from aplus.seal_queue");
        let queue: Vec<_> = queue.fetch_all(&mut owner).await.unwrap();
        let rows = sqlx::query(
            "select id, to_address, coalesce(sent_at, given_up_at) as settled_at from aplus.outbox",
        );
        let rows = rows.fetch_all(&mut owner).await.unwrap();
        let line = |row: &sqlx::postgres::PgRow| {
            line(row.get("id"), row.get("to_address"), row.get("settled_at"))
        };
        let queue = queue.into_iter().map(EntryId::from_uuid).collect();
        Hidden::of(queue, rows.iter().map(line).collect())
    }
}

fn line(id: uuid::Uuid, to: Option<String>, settled_at: Option<i64>) -> OutboxLine {
    OutboxLine {
        id: MailId::from_uuid(id),
        to: to.map(|to| EmailAddress::parse(&to).unwrap()),
        settled_at: settled_at.map(|at| Timestamp::from_unix_micros(at).unwrap()),
    }
}

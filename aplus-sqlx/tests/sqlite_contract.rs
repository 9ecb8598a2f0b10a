//! The contract of the ports, on SQLite: each case on a file of its own, through two stores that know nothing of each
//! other, as two server processes are.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aplus_core::contract::{Harness, OutboxLine, Probe, async_trait};
#[cfg(feature = "desk")]
use aplus_core::ports::Desk;
use aplus_core::ports::Store;
use aplus_core::{EntryId, MailId, Timestamp, store_contract};
use aplus_sqlx::sqlite::SqliteStore;
use common::{Place, url};
use sqlx::Row;

struct Sqlite;

#[async_trait]
impl Harness for Sqlite {
    async fn fresh(&self) -> Box<dyn Probe> {
        let place = Place::new().await;
        let second = SqliteStore::connect(&url(&place.folder)).await.unwrap();
        Box::new(Opened {
            stores: [place.store.clone(), second],
            next: AtomicUsize::new(0),
            place,
        })
    }
}

struct Opened {
    place: Place,
    stores: [SqliteStore; 2],
    next: AtomicUsize,
}

#[async_trait]
impl Probe for Opened {
    fn store(&self) -> Arc<dyn Store> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Arc::new(self.stores[number % 2].clone())
    }

    #[cfg(feature = "desk")]
    fn desk(&self) -> Option<Arc<dyn Desk>> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Some(Arc::new(self.stores[number % 2].clone()))
    }

    async fn seal_queue(&self) -> Vec<EntryId> {
        let ids = sqlx::query_scalar("select entry_id from aplus_seal_queue");
        let ids: Vec<_> = ids.fetch_all(&mut self.place.bare().await).await.unwrap();
        ids.into_iter().map(EntryId::from_uuid).collect()
    }

    async fn outbox(&self) -> Vec<OutboxLine> {
        let rows = sqlx::query(
            "select id, to_address, coalesce(sent_at, given_up_at) as settled_at from aplus_outbox",
        );
        let rows = rows.fetch_all(&mut self.place.bare().await).await.unwrap();
        let line = |row: &sqlx::sqlite::SqliteRow| OutboxLine {
            id: MailId::from_uuid(row.get("id")),
            to: row.get::<Option<&str>, _>("to_address").map(common::email),
            settled_at: row
                .get::<Option<i64>, _>("settled_at")
                .map(|micros| Timestamp::from_unix_micros(micros).unwrap()),
        };
        rows.iter().map(line).collect()
    }
}

store_contract!(Sqlite);
#[cfg(feature = "desk")]
aplus_core::desk_contract!(Sqlite);

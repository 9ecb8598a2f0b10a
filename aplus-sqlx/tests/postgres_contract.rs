//! The contract of the ports, on PostgreSQL: each case on a database of its own, through two stores that know nothing of
//! each other, as two server processes are; as a login that has the runtime's rights and no more.

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used)]

mod postgres_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aplus_core::contract::{Harness, OutboxLine, Probe, async_trait};
#[cfg(feature = "desk")]
use aplus_core::ports::Desk;
use aplus_core::ports::Store;
use aplus_core::{EmailAddress, EntryId, MailId, Timestamp, store_contract};
use aplus_sqlx::postgres::PostgresStore;
use postgres_common::Place;
use sqlx::Row;

struct Postgres;

#[async_trait]
impl Harness for Postgres {
    async fn fresh(&self) -> Box<dyn Probe> {
        let place = Place::new().await;
        let second = place.another().await;
        Box::new(Opened {
            stores: [place.store.clone(), second],
            next: AtomicUsize::new(0),
            place,
        })
    }
}

struct Opened {
    place: Place,
    stores: [PostgresStore; 2],
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
        let ids = sqlx::query_scalar("select entry_id from aplus.seal_queue");
        let ids: Vec<_> = ids.fetch_all(&mut self.place.owner().await).await.unwrap();
        ids.into_iter().map(EntryId::from_uuid).collect()
    }

    async fn outbox(&self) -> Vec<OutboxLine> {
        let rows = sqlx::query(
            "select id, to_address, coalesce(sent_at, given_up_at) as settled_at from aplus.outbox",
        );
        let rows = rows.fetch_all(&mut self.place.owner().await).await.unwrap();
        let line = |row: &sqlx::postgres::PgRow| OutboxLine {
            id: MailId::from_uuid(row.get("id")),
            to: row
                .get::<Option<&str>, _>("to_address")
                .map(|to| EmailAddress::parse(to).unwrap()),
            settled_at: row
                .get::<Option<i64>, _>("settled_at")
                .map(|at| Timestamp::from_unix_micros(at).unwrap()),
        };
        rows.iter().map(line).collect()
    }
}

store_contract!(Postgres);
#[cfg(feature = "desk")]
aplus_core::desk_contract!(Postgres);

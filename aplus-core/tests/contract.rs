//! The contract suite, run against the reference store.

use std::sync::Arc;

use aplus_core::contract::{Harness, OutboxLine, Probe, async_trait};
use aplus_core::memory::MemoryStore;
use aplus_core::ports::{Desk, Store};
use aplus_core::{EntryId, desk_contract, store_contract};

struct Memory;

#[async_trait]
impl Harness for Memory {
    async fn fresh(&self) -> Box<dyn Probe> {
        Box::new(Opened(MemoryStore::default()))
    }
}

struct Opened(MemoryStore);

#[async_trait]
impl Probe for Opened {
    fn store(&self) -> Arc<dyn Store> {
        Arc::new(self.0.clone())
    }

    fn desk(&self) -> Option<Arc<dyn Desk>> {
        Some(Arc::new(self.0.clone()))
    }

    async fn seal_queue(&self) -> Vec<EntryId> {
        self.0.seal_queue()
    }

    async fn outbox(&self) -> Vec<OutboxLine> {
        self.0.outbox().into_iter().map(OutboxLine::from).collect()
    }

    fn has_a_clock(&self) -> bool {
        false
    }
}

store_contract!(Memory);
desk_contract!(Memory);

//! Looks at links: gathered in this process, since looking writes nothing (L5), and handed to the store by the housekeeping.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Aplus, Error};
use crate::ports::{Looks, StoreError};
use crate::{LinkId, Timestamp};

/// Of how many links looks are gathered until the next pass: more than are opened in a minute, and so few that one statement
/// takes them all.
const LINKS: usize = 2_000;

/// What this process saw of looks since it last handed them over. Once it is full, further links are not counted: a hint may
/// be missing, the process never grows.
#[derive(Debug, Default)]
pub(super) struct Gathered(Mutex<BTreeMap<LinkId, Looks>>);

impl Gathered {
    fn links(&self) -> MutexGuard<'_, BTreeMap<LinkId, Looks>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One look at a link that is there.
    pub(super) fn note(&self, link: LinkId, at: Timestamp) {
        add(&mut self.links(), link, Looks::once(at));
    }

    /// Hands over what was gathered, and keeps it where that fails; of how many links it went.
    async fn hand_over(
        &self,
        write: impl AsyncFnOnce(&BTreeMap<LinkId, Looks>) -> Result<(), StoreError>,
    ) -> Result<u32, StoreError> {
        let gathered = std::mem::take(&mut *self.links());
        if gathered.is_empty() {
            return Ok(0);
        }
        if gathered.len() >= LINKS {
            tracing::warn!(
                "looks at more than {LINKS} links since the last pass: of others none was counted"
            );
        }
        let written = write(&gathered).await;
        let number = u32::try_from(gathered.len()).unwrap_or(u32::MAX);
        if written.is_err() {
            let mut links = self.links();
            for (link, looks) in gathered {
                add(&mut links, link, looks);
            }
        }
        written.map(|()| number)
    }
}

fn add(links: &mut BTreeMap<LinkId, Looks>, link: LinkId, looks: Looks) {
    let full = links.len() >= LINKS;
    match links.entry(link) {
        Entry::Occupied(mut known) => *known.get_mut() = known.get().and(looks),
        Entry::Vacant(place) if !full => {
            place.insert(looks);
        }
        Entry::Vacant(_) => {}
    }
}

impl Aplus {
    /// Hands to the store what this process saw of looks at links; of how many.
    pub(super) async fn hand_looks_over(&self) -> Result<u32, Error> {
        let write = async |looks: &BTreeMap<LinkId, Looks>| self.0.store.add_looks(looks).await;
        Ok(self.0.looks.hand_over(write).await?)
    }
}

#[cfg(test)]
mod tests;

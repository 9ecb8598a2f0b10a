//! All that a store shows of a history: equal dumps, equal stores.

use std::sync::Arc;

use aplus_core::journal::{EntryFilter, EntryPosition, Event};
use aplus_core::memory::MemoryStore;
use aplus_core::ports::{PeopleWanted, Store};
use aplus_core::{Author, Lifetimes, Principal};

use super::history::History;
use super::plan::Read;
use super::reads::{Seen, read};
use super::stores::{Hidden, NAMES, Stores, Which};
use super::twins;

/// Everything, in an order that is the history's.
#[derive(Debug, PartialEq)]
pub(crate) struct Dump {
    seen: Vec<Seen>,
    hidden: Hidden,
}

/// The journal by each filter, alone and where several meet: whole, and a short page from the middle of the history.
fn searches(history: &History) -> Vec<Read> {
    let all = EntryFilter::default();
    // Those who were there first, who meet again and again.
    let accounts = history.accounts.iter().map(|account| account.id).take(6);
    let mut filters: Vec<_> = Event::KINDS
        .into_iter()
        .map(|kind| EntryFilter {
            kind: Some(kind),
            ..all
        })
        .collect();
    let groups = history.groups.iter().take(6);
    filters.extend(groups.map(|group| EntryFilter {
        group: Some(*group),
        ..all
    }));
    filters.extend(accounts.clone().map(|account| EntryFilter {
        account: Some(account),
        ..all
    }));
    let operators = history.operators.iter().copied().take(3);
    let operators = operators.map(Author::Operator);
    let authors = accounts.map(Author::Account).chain(operators);
    let authors = authors.chain([Author::Machine]);
    filters.extend(authors.map(|author| EntryFilter {
        author: Some(author),
        ..all
    }));
    let met = filters.iter().step_by(3).flat_map(|filter| {
        let machine = EntryFilter {
            author: Some(Author::Machine),
            ..*filter
        };
        let kind = Some("account_created");
        [machine, EntryFilter { kind, ..machine }]
    });
    filters.extend(met.collect::<Vec<_>>());
    let hour = std::time::Duration::from_secs(3_600);
    let (from, until) = (history.now.saturating_sub(hour), history.now);
    let (from, until) = (Some(from), Some(until));
    filters.push(EntryFilter { from, until, ..all });
    let before = history.entries.last().map(|id| EntryPosition {
        at: history.now.saturating_sub(hour / 6),
        id: *id,
    });
    let whole = |filter: &EntryFilter| Read::Search(*filter, None, u32::MAX);
    let page = |filter: &EntryFilter| Read::Search(*filter, before, 3);
    let both = filters
        .iter()
        .flat_map(|filter| [whole(filter), page(filter)]);
    both.chain([whole(&all), page(&all)]).collect()
}

/// What is read: the pages, and whatever the history knows the id of.
fn reads(history: &History) -> Vec<Read> {
    let most = u32::MAX;
    let mut reads = vec![
        Read::IsEmpty,
        Read::Groups(None, most),
        Read::Entries(None, most),
        Read::Counted(history.now.saturating_add(2 * Lifetimes::DEAD_LINK), most),
        Read::Waiting,
    ];
    reads.extend(searches(history));
    reads.push(Read::People(PeopleWanted {
        accounts: history.accounts.iter().map(|account| account.id).collect(),
        operators: history.operators.iter().copied().collect(),
        groups: history.groups.iter().copied().collect(),
    }));
    let groups = history.groups.iter();
    reads.extend(groups.map(|group| Read::Members(*group, None, most)));
    for account in &history.accounts {
        reads.push(Read::Account(account.id));
        reads.push(Read::Sessions(Principal::Account(account.id), most));
        reads.push(Read::Stories(account.id, most));
        reads.push(Read::EntriesOf(account.id, None, most));
    }
    for operator in &history.operators {
        reads.push(Read::Operator(*operator));
        reads.push(Read::Sessions(Principal::Operator(*operator), most));
    }
    let mut addresses = [twins::addresses(), twins::operators()].concat();
    addresses.sort_unstable();
    addresses.dedup();
    reads.extend(addresses.into_iter().map(Read::Holder));
    let sessions = history.sessions.iter();
    reads.extend(sessions.map(|(id, ..)| Read::SessionKey(*id)));
    let links = history.links.iter();
    reads.extend(links.map(|link| Read::Link(link.hash)));
    reads
}

async fn shown(store: &Arc<dyn Store>, reads: &[Read], history: &History) -> Vec<Seen> {
    let mut seen = Vec::with_capacity(reads.len());
    for what in reads {
        seen.push(
            read(store, what, history.now, &history.settings)
                .await
                .unwrap(),
        );
    }
    seen
}

impl Dump {
    pub(crate) async fn of_memory(memory: &MemoryStore, history: &History) -> Self {
        let store: Arc<dyn Store> = Arc::new(memory.clone());
        Self {
            seen: shown(&store, &reads(history), history).await,
            hidden: Stores::hidden_in(memory),
        }
    }

    pub(crate) async fn of_database(stores: &Stores, which: Which, history: &History) -> Self {
        let [store, _] = stores.pair(which);
        Self {
            seen: shown(&store, &reads(history), history).await,
            hidden: stores.hidden(which).await,
        }
    }

    /// Where the two first differ, in words.
    pub(crate) fn difference(&self, other: &Self) -> Option<String> {
        let pairs = self.seen.iter().zip(&other.seen);
        let mut different = pairs.filter(|(one, other)| one != other);
        if let Some((one, other)) = different.next() {
            return Some(format!("{one:#?}\nand\n{other:#?}"));
        }
        let (one, other) = (&self.hidden, &other.hidden);
        (one != other).then(|| format!("{one:#?}\nand\n{other:#?}"))
    }
}

/// Panics unless the three show the same.
pub(crate) async fn compare(stores: &Stores, history: &History, whence: &str) {
    let memory = Dump::of_memory(&stores.memory, history).await;
    let (sqlite, postgres) = tokio::join!(
        Dump::of_database(stores, Which::Sqlite, history),
        Dump::of_database(stores, Which::Postgres, history)
    );
    for (database, name) in [sqlite, postgres].iter().zip(&NAMES[1..]) {
        if let Some(difference) = memory.difference(database) {
            panic!("{whence}: memory and {name} show different things:\n{difference}");
        }
    }
}

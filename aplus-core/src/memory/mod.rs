//! The reference store, in memory: the model that other stores are compared with, and what hosts' tests use.
//!
//! One lock over one plain state. Each method takes the lock once and writes all or nothing: it checks everything first,
//! then changes. It is clear rather than fast, and it forgets everything with the last of its handles.

mod accounts;
#[cfg(feature = "desk")]
mod desk;
mod erasure;
mod journal;
mod logins;
mod orders;
mod outbox;
mod seals;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::account::{
    AccountRecord, Epoch, Group, Operator, OperatorStatus, Principal, Status, Version,
};
use crate::asking::Answer;
use crate::journal::seal::{Frontier, KeptCheckpoint, Seal};
use crate::journal::{Entry, Salt, StoredEntry};
use crate::link::{LinkFacts, Use};
use crate::mail::{Mail, Message, Recipient, Urgency};
use crate::order::Order;
use crate::ports::{Looks, NewAsk, NewLink, NewSession, Page, Repeated, StoreError};
use crate::rules::{Basis, Permitted};
use crate::session::SessionFacts;
use crate::words::Language;
use crate::{
    AccountId, Act, AskId, EmailAddress, EntryId, GroupFacts, GroupId, LinkId, MailId, OperatorId,
    OrderId, RequestId, Role, SessionId, Timestamp,
};

/// A store in memory. A clone is another handle of the same store.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aplus_core::ports::StoreError> {
/// use aplus_core::memory::MemoryStore;
/// use aplus_core::ports::Accounts;
///
/// let store = MemoryStore::default();
/// assert!(store.is_empty().await?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(Arc<Mutex<State>>);

impl MemoryStore {
    /// A store of its own that holds the same: what becomes of the one does not show in the other.
    ///
    /// ```
    /// use aplus_core::memory::MemoryStore;
    ///
    /// let store = MemoryStore::default();
    /// assert_eq!(store.copy().dump(), store.dump());
    /// ```
    #[must_use]
    pub fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.state().clone())))
    }

    /// All that the store holds, as text in a fixed order: two stores that were told the same show the same.
    #[must_use]
    pub fn dump(&self) -> String {
        let state = self.state();
        // An address does not show itself.
        let accounts = state.accounts.values();
        let addresses: Vec<_> = accounts
            .map(|account| account.email.as_ref().map(EmailAddress::as_str))
            .chain(state.operators.values().map(|it| Some(it.email.as_str())))
            .collect();
        format!("{addresses:#?}\n{state:#?}")
    }

    /// The entries that wait for the sealer, in the order of their ids.
    #[must_use]
    pub fn seal_queue(&self) -> Vec<EntryId> {
        self.state().seal_queue.iter().copied().collect()
    }

    /// Each mail that was ever queued, in the order of their ids: its address as long as it waits, and when it was
    /// settled.
    #[must_use]
    pub fn outbox(&self) -> Vec<(MailId, Option<EmailAddress>, Option<Timestamp>)> {
        let state = self.state();
        let mails = state.mails.iter();
        mails
            .map(|(id, mail)| (*id, mail.to.clone(), mail.settled_at()))
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic under the lock can only come before the first change: checks come first, and changes do not fail.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Clone, Default)]
struct State {
    accounts: BTreeMap<AccountId, AccountRecord>,
    operators: BTreeMap<OperatorId, Operator>,
    groups: BTreeMap<GroupId, Group>,
    asks: BTreeMap<AskId, AskRow>,
    links: BTreeMap<LinkId, LinkRow>,
    sessions: BTreeMap<SessionId, SessionRow>,
    orders: BTreeMap<OrderId, Order>,
    /// When an order on an account was last carried out.
    ordered: BTreeMap<AccountId, Timestamp>,
    entries: BTreeMap<EntryId, StoredEntry>,
    salts: BTreeMap<EntryId, Salt>,
    seal_queue: BTreeSet<EntryId>,
    /// In the order of their places.
    seals: Vec<Seal>,
    places: BTreeMap<EntryId, u64>,
    tree: Frontier,
    checkpoints: BTreeMap<u64, KeptCheckpoint>,
    checkpoint_mails: BTreeMap<u64, Timestamp>,
    refusals: BTreeMap<EntryId, RefusalRow>,
    mails: BTreeMap<MailId, MailRow>,
    #[cfg(feature = "desk")]
    conversations: BTreeMap<crate::ConversationId, ConversationRow>,
}

#[derive(Debug, Clone)]
struct AskRow {
    ask: NewAsk,
    answered: Option<(Timestamp, Answer)>,
}

#[derive(Debug, Clone)]
struct LinkRow {
    link: NewLink,
    used: Option<Use>,
    superseded_at: Option<Timestamp>,
    wrong_addresses: u8,
    looks: Option<Looks>,
}

#[derive(Debug, Clone)]
struct SessionRow {
    session: NewSession,
    principal: Principal,
    epoch: Epoch,
    opened_at: Timestamp,
    last_seen_at: Timestamp,
    ended_at: Option<Timestamp>,
}

/// A conversation with what was said in it, in the order of the places.
#[cfg(feature = "desk")]
#[derive(Debug, Clone)]
struct ConversationRow {
    conversation: crate::Conversation,
    /// On which day an acknowledgement went to the address that a visitor typed.
    acknowledged_on: Option<i64>,
    messages: Vec<crate::ConversationMessage>,
}

/// What is counted beside the first of equal refusals.
#[derive(Debug, Clone)]
struct RefusalRow {
    key: String,
    at: Timestamp,
    times: u32,
}

#[derive(Debug, Clone)]
struct MailRow {
    to: Option<EmailAddress>,
    message: Message,
    urgency: Urgency,
    language: Language,
    queued_at: Timestamp,
    /// From when on it may be claimed: after a postponement, or when a claim that was not settled ends.
    due_at: Timestamp,
    attempts: u32,
    sent_at: Option<Timestamp>,
    given_up: Option<(Timestamp, &'static str)>,
}

impl MailRow {
    fn new(
        to: &EmailAddress,
        message: Message,
        urgency: Urgency,
        language: Language,
        at: Timestamp,
    ) -> Self {
        Self {
            to: Some(to.clone()),
            message,
            urgency,
            language,
            queued_at: at,
            due_at: at,
            attempts: 0,
            sent_at: None,
            given_up: None,
        }
    }

    fn settled_at(&self) -> Option<Timestamp> {
        self.sent_at.or(self.given_up.map(|(at, _)| at))
    }
}

/// Whether an act may be written at all.
enum Check {
    Go,
    Stale,
    Repeated(Repeated),
}

impl State {
    fn repeated(&self, request: RequestId) -> Option<Repeated> {
        self.entries.values().find_map(|entry| match entry.request {
            Some((id, body)) if id == request => Some(Repeated {
                entry: entry.id,
                body,
                account: entry.account,
                group: entry.group,
            }),
            _ => None,
        })
    }

    /// Whether all that a decision stood on still has the version that it was read at.
    fn holds(&self, basis: &Basis) -> bool {
        let accounts = basis.accounts().iter().all(|(id, version)| {
            let account = self.accounts.get(id);
            account.is_some_and(|account| account.version == *version)
        });
        let operators = basis.operators().iter().all(|(id, version)| {
            let operator = self.operators.get(id);
            operator.is_some_and(|operator| operator.version == *version)
        });
        let groups = basis.groups().iter().all(|(id, version)| {
            let group = self.groups.get(id);
            group.is_some_and(|group| group.version == *version)
        });
        accounts && operators && groups
    }

    fn check<A: Permitted>(&self, act: &Act<A>) -> Check {
        let request = act.entry().request();
        if let Some(repeated) = request.and_then(|(id, _)| self.repeated(id)) {
            return Check::Repeated(repeated);
        }
        let moved = act.moved_groups().iter();
        if self.holds(act.basis()) && moved.clone().all(|group| self.groups.contains_key(group)) {
            Check::Go
        } else {
            Check::Stale
        }
    }

    /// What each act leaves behind beside what it does: moved groups, its entry, and its mails to whoever they are for
    /// now that it is done.
    fn record<A: Permitted>(&mut self, act: &Act<A>) {
        for group in act.moved_groups() {
            if let Some(group) = self.groups.get_mut(group) {
                next(&mut group.version);
            }
        }
        self.append(act.entry());
        for mail in act.mails() {
            self.queue(mail, Language::default(), act.at());
        }
    }

    fn append(&mut self, entry: &Entry) {
        let stored = StoredEntry {
            id: entry.id(),
            at: entry.at(),
            kind: entry.kind().to_owned(),
            author: entry.author(),
            account: entry.account(),
            group: entry.group(),
            details: entry.details().to_owned(),
            request: entry.request(),
            erasable: Some(entry.erasable().to_owned()),
            commitment: *entry.commitment(),
        };
        self.entries.insert(entry.id(), stored);
        self.salts.insert(entry.id(), *entry.salt());
        self.seal_queue.insert(entry.id());
    }

    fn queue(&mut self, mail: &Mail, language: Language, at: Timestamp) {
        for to in self.addresses(mail) {
            let row = MailRow::new(&to, mail.message, mail.urgency(), language, at);
            self.mails.insert(mail.id_for(&to), row);
        }
    }

    fn addresses(&self, mail: &Mail) -> BTreeSet<EmailAddress> {
        match &mail.to {
            Recipient::Address(address) => BTreeSet::from([address.clone()]),
            Recipient::Account(id) => self
                .accounts
                .get(id)
                .and_then(|account| account.email.clone())
                .into_iter()
                .collect(),
            Recipient::ResponsablesOf(group) => self
                .responsables(*group)
                .filter(|account| mail.skips() != Some(Principal::Account(account.id)))
                .filter_map(|account| account.email.clone())
                .collect(),
            Recipient::ResponsablesFor(id) => {
                let groups = self.accounts.get(id).map(|account| &account.groups);
                let groups = groups.into_iter().flatten().map(|mention| mention.id);
                groups
                    .flat_map(|group| self.responsables(group))
                    .filter(|account| mail.skips() != Some(Principal::Account(account.id)))
                    .filter_map(|account| account.email.clone())
                    .collect()
            }
            Recipient::Operators => self
                .operators
                .values()
                .filter(|operator| operator.status == OperatorStatus::Active)
                .filter(|operator| mail.skips() != Some(Principal::Operator(operator.id)))
                .map(|operator| operator.email.clone())
                .collect(),
        }
    }

    /// The active responsables of a group.
    fn responsables(&self, group: GroupId) -> impl Iterator<Item = &AccountRecord> {
        self.accounts.values().filter(move |account| {
            account.status.is_active()
                && account.roles.contains(Role::Responsable)
                && belongs(account, group)
        })
    }

    fn group_facts(&self, group: GroupId) -> Option<GroupFacts> {
        let version = self.groups.get(&group)?.version;
        let active_responsables = self.responsables(group).count();
        Some(GroupFacts {
            id: group,
            version,
            active_responsables: u32::try_from(active_responsables).unwrap_or(u32::MAX),
        })
    }

    fn account_at(&self, email: &EmailAddress) -> Option<&AccountRecord> {
        let mut accounts = self.accounts.values();
        accounts.find(|account| account.email.as_ref() == Some(email))
    }

    fn operator_at(&self, email: &EmailAddress) -> Option<&Operator> {
        let mut operators = self.operators.values();
        operators.find(|operator| operator.email == *email)
    }

    /// The epoch of somebody who can log in, and whether they are active.
    fn principal(&self, principal: Principal) -> Option<(Epoch, bool)> {
        match principal {
            Principal::Account(id) => {
                let account = self.accounts.get(&id)?;
                Some((account.epoch, account.status == Status::Active))
            }
            Principal::Operator(id) => {
                let operator = self.operators.get(&id)?;
                Some((operator.epoch, operator.status == OperatorStatus::Active))
            }
        }
    }

    fn link_facts(&self, row: &LinkRow) -> Option<LinkFacts> {
        let (current_epoch, active) = self.principal(row.link.principal)?;
        // Its own life ends with the order's, so that only what was done about the order counts here.
        let order = row.link.purpose.order();
        let active =
            active && order.is_none_or(|id| self.waits_for_confirmation(id, row.link.issued_at));
        Some(LinkFacts {
            id: row.link.id,
            purpose: row.link.purpose,
            principal: row.link.principal,
            email: row.link.email.clone(),
            browser: row.link.browser,
            issued_at: row.link.issued_at,
            expires_at: row.link.expires_at,
            used: row.used,
            superseded_at: row.superseded_at,
            wrong_addresses: row.wrong_addresses,
            epoch: row.link.epoch,
            current_epoch,
            active,
            next: row.link.next.clone(),
        })
    }

    fn session_facts(&self, row: &SessionRow) -> Option<SessionFacts> {
        let (current_epoch, active) = self.principal(row.principal)?;
        Some(SessionFacts {
            id: row.session.id,
            principal: row.principal,
            opened_at: row.opened_at,
            last_seen_at: row.last_seen_at,
            ended_at: row.ended_at,
            epoch: row.epoch,
            current_epoch,
            active,
        })
    }
}

fn belongs(account: &AccountRecord, group: GroupId) -> bool {
    account.groups.iter().any(|mention| mention.id == group)
}

fn most(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

fn next(version: &mut Version) {
    version.0 += 1;
}

/// The first `limit` of what comes after a cursor, and from where it goes on.
fn page<T>(rest: impl Iterator<Item = T>, limit: u32, id: impl Fn(&T) -> String) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut items: Vec<_> = rest.take(limit.saturating_add(1)).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(id) } else { None };
    Page { items, next }
}

/// Gives up an act that may not be written, or goes on.
macro_rules! unless_settled {
    ($state:expr, $act:expr) => {
        match $state.check($act) {
            Check::Go => {}
            Check::Stale => return Ok(Outcome::Stale),
            Check::Repeated(repeated) => return Ok(Outcome::Repeated(repeated)),
        }
    };
}
use unless_settled;

/// An id that is there already: ids are random, so the caller is broken, not unlucky.
fn doubled<T>(what: &'static str) -> Result<T, StoreError> {
    Err(StoreError::broken(format!(
        "{what} with this id is there already"
    )))
}

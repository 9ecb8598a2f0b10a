//! What the ports show.

use std::sync::Arc;

use aplus_core::journal::StoredEntry;
use aplus_core::link::{self, LinkFacts};
use aplus_core::ports::{
    Facts, LinkStory, LoggedIn, Page, People, Repeated, SessionKey, SessionLine, Store, StoreError,
    StoredRefusals, WaitingAsks,
};
use aplus_core::rules::Holder;
use aplus_core::session::{self, SessionEnd};
use aplus_core::{Account, Group, Operator, Timestamp};

use super::history::Settings;
use super::plan::Read;
use super::write::some;

/// What was read.
#[derive(Debug, Clone, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "one at a time, and most are of the same size"
)]
pub(crate) enum Seen {
    Facts(Facts),
    Account(Option<Account>),
    Holder(Option<Holder>),
    Group(Option<Group>),
    Groups(Vec<Group>),
    GroupPage(Page<Group>),
    Members(Page<Account>),
    Operator(Option<Operator>),
    IsEmpty(bool),
    Entries(Vec<StoredEntry>),
    EntryPage(Page<StoredEntry>),
    People(People),
    Counted(Vec<StoredRefusals>),
    /// With the word of its state.
    Link(Option<(LinkFacts, &'static str)>),
    Stories(Vec<LinkStory>),
    /// With the word of its verdict.
    Session(Option<(LoggedIn, &'static str)>),
    SessionKey(Option<SessionKey>),
    Sessions(Vec<SessionLine>),
    Request(Option<Repeated>),
    Waiting(Option<WaitingAsks>),
}

impl Seen {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Facts(facts) => match (&facts.target, &facts.group, &facts.repeated) {
                (Some(_), _, None) => "target",
                (None, Some(_), None) => "group",
                (None, None, None) => "nothing",
                (_, _, Some(_)) => "repeated",
            },
            Self::Account(account) => some(account.is_some()),
            Self::Holder(holder) => match holder {
                None => "none",
                Some(Holder::Account(_)) => "account",
                Some(Holder::Operator) => "operator",
            },
            Self::Group(group) => some(group.is_some()),
            Self::Groups(groups) => match groups.len() {
                0 => "none",
                1 => "one",
                _ => "two",
            },
            Self::GroupPage(page) => more(page),
            Self::Members(page) => more(page),
            Self::Operator(operator) => some(operator.is_some()),
            Self::IsEmpty(empty) => match empty {
                true => "yes",
                false => "no",
            },
            Self::Entries(entries) => some(!entries.is_empty()),
            Self::EntryPage(page) => more(page),
            Self::People(people) => some(*people != People::default()),
            Self::Counted(counted) => some(!counted.is_empty()),
            Self::Link(link) => link.as_ref().map_or("none", |(_, state)| state),
            Self::Stories(stories) => some(!stories.is_empty()),
            Self::Session(session) => session.as_ref().map_or("none", |(_, verdict)| verdict),
            Self::SessionKey(key) => some(key.is_some()),
            Self::Sessions(sessions) => some(!sessions.is_empty()),
            Self::Request(repeated) => some(repeated.is_some()),
            Self::Waiting(waiting) => some(waiting.is_some()),
        }
    }
}

fn more<T>(page: &Page<T>) -> &'static str {
    match (&page.next, page.items.is_empty()) {
        (Some(_), _) => "more",
        (None, true) => "none",
        (None, false) => "last",
    }
}

/// Reads; what the port promises in any order is put in one.
///
/// # Errors
/// Of the store.
pub(crate) async fn read(
    store: &Arc<dyn Store>,
    what: &Read,
    at: Timestamp,
    settings: &Settings,
) -> Result<Seen, StoreError> {
    Ok(match what {
        Read::Facts(wanted) => Seen::Facts(store.facts(wanted).await?),
        Read::Account(id) => Seen::Account(store.account(*id).await?),
        Read::AccountByEmail(email) => Seen::Account(store.account_by_email(email).await?),
        Read::Holder(email) => Seen::Holder(store.holder(email).await?),
        Read::Group(id) => Seen::Group(store.group(*id).await?),
        Read::GroupByMatricule(number) => Seen::Group(store.group_by_matricule(number).await?),
        Read::GroupsByName(name, department) => {
            let groups = store.groups_by_name(name, department.as_ref()).await?;
            Seen::Groups(groups)
        }
        Read::Groups(after, limit) => Seen::GroupPage(store.groups(*after, *limit).await?),
        Read::Members(group, after, limit) => {
            Seen::Members(store.members(*group, *after, *limit).await?)
        }
        Read::Operator(id) => Seen::Operator(store.operator(*id).await?),
        Read::OperatorByEmail(email) => Seen::Operator(store.operator_by_email(email).await?),
        Read::IsEmpty => Seen::IsEmpty(store.is_empty().await?),
        Read::Entries(after, limit) => Seen::Entries(store.entries(*after, *limit).await?),
        Read::Search(filter, before, limit) => {
            Seen::EntryPage(store.search(filter, *before, *limit).await?)
        }
        Read::EntriesOf(account, before, limit) => {
            Seen::EntryPage(store.entries_of(*account, *before, *limit).await?)
        }
        Read::People(wanted) => {
            let mut people = store.people(wanted).await?;
            people.accounts.sort_unstable_by_key(Account::id);
            people.operators.sort_unstable_by_key(|it| it.id);
            people.groups.sort_unstable_by_key(|it| it.id);
            Seen::People(people)
        }
        Read::Counted(until, limit) => Seen::Counted(store.counted_refusals(*until, *limit).await?),
        Read::Link(hash) => Seen::Link(store.link(hash).await?.map(|facts| {
            let state = link::state(&facts, at).as_str();
            (facts, state)
        })),
        Read::Stories(account, limit) => Seen::Stories(store.link_stories(*account, *limit).await?),
        Read::Session(hash) => Seen::Session(store.session(hash).await?.map(|logged_in| {
            let verdict = session::judge(&logged_in.session, &settings.lifetimes, at);
            let word = match verdict {
                Ok(_) => "live",
                Err(SessionEnd::LoggedOut) => "logged_out",
                Err(SessionEnd::TooOld) => "too_old",
                Err(SessionEnd::Idle) => "idle",
                Err(SessionEnd::Ended) => "ended",
            };
            (logged_in, word)
        })),
        Read::SessionKey(id) => Seen::SessionKey(store.session_key(*id).await?),
        Read::Sessions(owner, limit) => Seen::Sessions(store.sessions(*owner, *limit).await?),
        Read::Request(id) => Seen::Request(store.request(*id).await?),
        Read::Waiting => Seen::Waiting(store.waiting(settings.ask(), at).await?.map(ordered)),
    })
}

/// The order of past askings and of living links is nobody's promise.
pub(crate) fn ordered(mut asks: WaitingAsks) -> WaitingAsks {
    let waiting = &mut asks.waiting;
    waiting
        .past
        .sort_unstable_by_key(|past| (past.at, *past.browser.as_bytes(), past.mailed));
    waiting.live.sort_unstable_by_key(|link| link.id);
    asks
}

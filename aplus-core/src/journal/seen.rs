//! One entry as somebody may read it: cut to what they may know, with the names of people as they are now.

use std::collections::BTreeMap;

use super::{Event, Origin, StoredEntry};
use crate::account::{Author, Principal};
use crate::ports::{People, PeopleWanted};
use crate::rules::{self, EntrySight};
use crate::{AccountId, Actor, EmailAddress, EntryId, GroupId, GroupName, RequestId, Timestamp};

/// Somebody whom an entry names, as the reader may know them. The entry keeps the id; the address is today's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The reader, in their own journal.
    You,
    /// An account, by its address.
    Account(EmailAddress),
    /// An operator, by the address: support alone is told.
    Operator(EmailAddress),
    /// An operator, as one of the support team.
    Support,
    /// The server's own machine.
    Machine,
    /// An account that has no address any more (A11, T4).
    Gone,
    /// An account that the reader may not see (A9).
    Somebody,
}

/// One entry as somebody may read it (A9, T1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenEntry {
    /// Its id.
    pub id: EntryId,
    /// When.
    pub at: Timestamp,
    /// The word of what happened.
    pub kind: String,
    /// How much of it is seen.
    pub sight: EntrySight,
    /// Who did it; none for an operator whom the reader knows as the support team alone.
    pub author: Option<Author>,
    /// Who did it, by name.
    pub who: Named,
    /// On which account.
    pub account: Option<AccountId>,
    /// On whom, by name: on an account, or on an operator.
    pub whom: Option<Named>,
    /// In which group.
    pub group: Option<GroupId>,
    /// The name of that group.
    pub group_name: Option<GroupName>,
    /// What happened; none for what a newer version wrote.
    pub event: Option<Event>,
    /// What happened, as canonical text.
    pub details: String,
    /// The request that it answers; none where it is not the reader's to know.
    pub request: Option<RequestId>,
    /// Addresses and free text by name, as long as they are kept (T3).
    pub text: BTreeMap<String, String>,
    /// From where, as long as it is kept; none where it is not the reader's to know.
    pub origin: Option<Origin>,
}

impl SeenEntry {
    /// Whether it is about whoever did it.
    #[must_use]
    pub fn is_about_its_author(&self) -> bool {
        self.account
            .is_some_and(|account| self.author == Some(Author::Account(account)))
    }

    /// The address before and after what an order changes, as long as they are kept.
    pub(crate) fn addresses(&self) -> Option<[&str; 2]> {
        let text = |name: &str| self.text.get(name).map(String::as_str);
        Some([text("old_email")?, text("new_email")?])
    }

    /// What is known of the request that support acted on: the requester's name and the reference, as far as they are kept.
    pub(crate) fn request_text(&self) -> Vec<&str> {
        let texts = ["requester_name", "reference"].map(|name| self.text.get(name));
        texts.into_iter().flatten().map(String::as_str).collect()
    }
}

/// Whoever reads, and the people of whom there is to read.
pub(crate) struct Reader<'a> {
    pub(crate) actor: &'a Actor,
    /// Whose own journal it is, if it is somebody's own.
    pub(crate) own: Option<Principal>,
    pub(crate) people: &'a People,
}

/// Everybody and every group whose names these entries take.
pub(crate) fn mentioned(entries: &[StoredEntry]) -> PeopleWanted {
    let mut wanted = PeopleWanted::default();
    for entry in entries {
        match entry.author {
            Author::Account(id) => wanted.accounts.extend([id]),
            Author::Operator(id) => wanted.operators.extend([id]),
            Author::Machine => {}
        }
        wanted.accounts.extend(entry.account);
        wanted.groups.extend(entry.group);
        let operator = entry.event().ok().and_then(|event| event.operator());
        wanted.operators.extend(operator);
    }
    wanted
}

impl Reader<'_> {
    /// The entry, if it is the reader's to see.
    pub(crate) fn read(&self, entry: StoredEntry) -> Option<SeenEntry> {
        let sight = rules::may_view_entry(self.actor, entry.author, entry.account).ok()?;
        let event = entry
            .event()
            .inspect_err(
                |error| tracing::warn!(entry = %entry.id, %error, "an entry of the journal"),
            )
            .ok();
        let erasable = entry
            .erasable_part()
            .inspect_err(
                |error| tracing::warn!(entry = %entry.id, %error, "an entry of the journal"),
            )
            .ok()
            .flatten();
        let operator = event.as_ref().and_then(Event::operator);
        let whom = match (entry.account, operator) {
            (Some(account), _) => Some(self.target(account, sight)),
            (None, Some(operator)) => Some(self.name(Author::Operator(operator), sight)),
            (None, None) => None,
        };
        let who = match (entry.author, &event) {
            // Whoever was refused did nothing to the reader: they are known as to anybody who looks at them (A9).
            (
                Author::Account(id),
                None | Some(Event::Refused { .. } | Event::RefusedAgain { .. }),
            ) => self.target(id, sight),
            (author, _) => self.name(author, sight),
        };
        let hidden = matches!(entry.author, Author::Operator(_)) && !sight.names_operators();
        let (text, origin) = erasable.map_or_else(Default::default, |it| (it.text, it.origin));
        let groups = &mut self.people.groups.iter();
        let group = groups.find(|group| Some(group.id) == entry.group);
        Some(SeenEntry {
            id: entry.id,
            at: entry.at,
            sight,
            author: (!hidden).then_some(entry.author),
            who,
            account: entry.account,
            whom,
            group: entry.group,
            group_name: group.map(|group| group.name.clone()),
            event,
            details: entry.details,
            request: entry
                .request
                .filter(|_| sight.shows_origin())
                .map(|(id, _)| id),
            text,
            origin: Some(origin)
                .filter(|origin| sight.shows_origin() && *origin != Origin::default()),
            kind: entry.kind,
        })
    }

    /// Whoever did it: an account that acts on others is known to them (A12).
    fn name(&self, author: Author, sight: EntrySight) -> Named {
        if self.own.map(Author::from) == Some(author) {
            return Named::You;
        }
        match author {
            Author::Machine => Named::Machine,
            Author::Operator(_) if !sight.names_operators() => Named::Support,
            Author::Operator(id) => {
                let mut operators = self.people.operators.iter();
                let operator = operators.find(|operator| operator.id == id);
                operator.map_or(Named::Gone, |it| Named::Operator(it.email.clone()))
            }
            Author::Account(id) => self.address(id),
        }
    }

    /// Somebody's address, for whoever may see the account now.
    fn target(&self, account: AccountId, sight: EntrySight) -> Named {
        let name = self.name(Author::Account(account), sight);
        let mut accounts = self.people.accounts.iter();
        let found = accounts.find(|it| it.id() == account);
        let seen = found
            .is_none_or(|found| rules::may_view_account(self.actor, &found.standing()).is_ok());
        match name {
            Named::Account(_) if !seen => Named::Somebody,
            name => name,
        }
    }

    fn address(&self, account: AccountId) -> Named {
        let mut accounts = self.people.accounts.iter();
        let found = accounts.find(|it| it.id() == account);
        let email = found.and_then(|account| account.email().cloned());
        email.map_or(Named::Gone, Named::Account)
    }
}

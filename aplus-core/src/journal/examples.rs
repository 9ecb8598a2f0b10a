//! An example of every event, for tests of whatever stores or shows them.

use uuid::Uuid;

use super::{Event, OrderChange};
use crate::account::Principal;
use crate::group::RequesterKind;
use crate::rules::Subject;
use crate::{
    AccountId, ConversationId, EntryId, GroupId, LinkId, OperatorId, OrderId, OrderState,
    ProfileField, RetentionReason, Role, Roles, SessionId, Timestamp,
};

/// One line per variant: the pattern makes a forgotten one an error, the examples are collected.
macro_rules! every_event {
    ($($pattern:pat => $examples:expr,)*) => {{
        // Never called: it compiles only while each variant has its line.
        let _complete = |event: &Event| match event { $($pattern => (),)* };
        let mut examples = Vec::new();
        $(examples.extend($examples);)*
        examples
    }};
}

impl Event {
    /// At least one event of every variant, with all values of what its words depend on, of these.
    ///
    /// A new variant does not compile until it has its example here.
    #[must_use]
    pub fn examples(account: AccountId, operator: OperatorId, group: GroupId) -> Vec<Self> {
        let link = LinkId::from_uuid(Uuid::from_u128(0x6C));
        let session = SessionId::from_uuid(Uuid::from_u128(0x73));
        let order = OrderId::from_uuid(Uuid::from_u128(0x6F));
        let conversation = ConversationId::from_uuid(Uuid::from_u128(0x76));
        let both = [Principal::Account(account), Principal::Operator(operator)];
        let asked = || std::iter::once(None).chain(RequesterKind::ALL.map(Some));
        every_event! {
            Self::AccountCreated { .. } => asked().zip(Roles::all_sets().into_iter().cycle()).map(|(requester, roles)| {
                Self::AccountCreated {
                    roles,
                    shared: !roles.contains(Role::Responsable),
                    fields: vec![ProfileField::FirstName],
                    requester,
                    ordered: roles.contains(Role::Instructeur).then_some(Roles::only(Role::Responsable)),
                }
            }),
            Self::MemberAdded { .. } => asked().map(|requester| Self::MemberAdded { requester }),
            Self::MemberRemoved => [Self::MemberRemoved],
            Self::AccountDeactivated { .. } => {
                [false, true].map(|by_support| Self::AccountDeactivated { by_support })
            },
            Self::AccountReactivated => [Self::AccountReactivated],
            Self::AccountWithdrawn => [Self::AccountWithdrawn],
            Self::ProfileEdited { .. } => {
                [vec![ProfileField::Phone], ProfileField::ALL.to_vec()]
                    .map(|fields| Self::ProfileEdited { fields })
            },
            Self::GroupCreated { .. } => {
                RequesterKind::ALL.map(|requester| Self::GroupCreated { requester })
            },
            Self::OperatorAdded { .. } => {
                [false, true].map(|restored| Self::OperatorAdded { operator, restored })
            },
            Self::OperatorSuspended { .. } => [Self::OperatorSuspended { operator }],
            Self::OperatorRestoreAsked { .. } => [Self::OperatorRestoreAsked { operator }],
            Self::OperatorRestored { .. } => [Self::OperatorRestored { operator, with: operator }],
            Self::OrderProposed { .. } => OrderState::ALL.into_iter().zip(Roles::all_sets()).map(|(state, roles)| {
                let change = OrderChange {
                    email: state != OrderState::CarriedOut,
                    roles: [Roles::only(Role::Aidant), roles],
                    fields: match roles.contains(Role::Aidant) {
                        true => vec![ProfileField::LastName],
                        false => Vec::new(),
                    },
                };
                Self::OrderProposed { change, requester: RequesterKind::Person, state }
            }),
            Self::OrderApproved { .. } => {
                [OrderState::Approved, OrderState::CarriedOut].map(|state| Self::OrderApproved { order, state })
            },
            Self::OrderCarriedOut { .. } => [Self::OrderCarriedOut { order }],
            Self::OrderRefused { .. } => [Self::OrderRefused { order }],
            Self::OrderWithdrawn { .. } => [Self::OrderWithdrawn { order }],
            Self::LinkIssued { .. } => both.into_iter().zip([None, Some(link)]).map(|(principal, supersedes)| {
                Self::LinkIssued { principal, link, supersedes, order: supersedes.map(|_| order) }
            }),
            Self::LinkSentAgain { .. } => both.map(|principal| Self::LinkSentAgain { principal, link }),
            Self::LoggedIn { .. } => {
                [false, true].map(|by_address| Self::LoggedIn { link, session, by_address })
            },
            Self::SessionEnded { .. } => both.map(|owner| Self::SessionEnded { owner, session }),
            Self::AllSessionsEnded { .. } => both.map(|owner| Self::AllSessionsEnded { owner }),
            Self::Looked { .. } => [
                Subject::Account(account),
                Subject::Links(account),
                Subject::Group(group),
                Subject::Orders,
                Subject::Inbox,
                Subject::Conversation { conversation, account: None },
                Subject::Conversation { conversation, account: Some(account) },
                Subject::Journal { account: None, group: None },
                Subject::Journal { account: Some(account), group: None },
                Subject::Journal { account: None, group: Some(group) },
                Subject::Journal { account: Some(account), group: Some(group) },
            ].map(|subject| Self::Looked { subject }),
            Self::JournalErased { .. } => [None, RetentionReason::parse("enquête en cours").ok()].map(|reason| {
                let months = if reason.is_some() { 36 } else { 12 };
                Self::JournalErased { before: Timestamp::MIN, entries: 500, months, reason }
            }),
            Self::AccountEmptied => [Self::AccountEmptied],
            Self::ConversationOpened { .. } => {
                [false, true].map(|visitor| Self::ConversationOpened { visitor })
            },
            Self::MessageAdded { .. } => [Self::MessageAdded { conversation }],
            Self::ConversationAnswered { .. } => [Self::ConversationAnswered { conversation }],
            Self::ConversationClosed { .. } => [Self::ConversationClosed { conversation }],
            Self::ConversationsErased { .. } => {
                [Self::ConversationsErased { before: Timestamp::MIN, conversations: 12 }]
            },
            Self::Refused { .. } => [None, Some("email".to_owned())].map(|field| Self::Refused {
                action: "change_frozen".to_owned(),
                code: "frozen_field".to_owned(),
                rule: "A3".to_owned(),
                field,
            }),
            Self::RefusedAgain { .. } => [1, 12].map(|times| Self::RefusedAgain {
                first: EntryId::from_uuid(Uuid::from_u128(0x66)),
                times,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;
    use crate::Author;
    use crate::journal::{Entry, EntryError, Erasable, Salt, StoredEntry, entry::About};

    fn examples() -> Vec<Event> {
        let [account, operator, group] = [1, 2, 3].map(Uuid::from_u128);
        Event::examples(
            AccountId::from_uuid(account),
            OperatorId::from_uuid(operator),
            GroupId::from_uuid(group),
        )
    }

    fn stored(event: &Event) -> StoredEntry {
        let (id, salt) = (EntryId::from_uuid(Uuid::from_u128(9)), Salt([7; 32]));
        let mut erasable = Erasable::default();
        erasable.origin.network = Some("192.0.2.7".to_owned());
        erasable
            .text
            .insert("email".to_owned(), "a@b.fr".to_owned());
        let (at, by, about) = (Timestamp::MIN, Author::Machine, About::default());
        let entry = Entry::new(id, at, by, about, event, None, &erasable, salt);
        StoredEntry {
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
        }
    }

    #[test]
    fn every_event_is_read_back_as_it_was_written() {
        for event in examples() {
            let entry = stored(&event);
            assert_eq!(entry.event().unwrap(), event, "{}", entry.details);
            let erasable = entry.erasable_part().unwrap().unwrap();
            assert_eq!(erasable.origin.network.as_deref(), Some("192.0.2.7"));
            assert_eq!(erasable.text["email"], "a@b.fr");
        }
    }

    #[test]
    fn the_list_of_kinds_is_closed() {
        let kinds: Vec<_> = examples().iter().map(Event::kind).collect();
        let mut in_order = kinds.clone();
        in_order.dedup();
        assert_eq!(in_order, Event::KINDS);
        for kind in kinds {
            assert_eq!(Event::kind_named(kind), Some(kind));
        }
        assert_eq!(Event::kind_named("account_sold"), None);
    }

    #[test]
    fn the_table_of_the_kinds_names_what_each_carries() {
        let source = include_str!("event.rs");
        let rows = source
            .lines()
            .filter_map(|line| line.strip_prefix("/// | `"));
        let rows: Vec<Vec<_>> = rows.map(|row| row.split('|').collect()).collect();
        let kind = |row: &[&'static str]| row[0].trim().trim_end_matches('`');
        let named: Vec<_> = rows.iter().map(|row| kind(row)).collect();
        assert_eq!(named, Event::KINDS);
        for event in examples() {
            let row = rows.iter().find(|row| kind(row) == event.kind());
            let told: BTreeSet<_> = row.unwrap()[4].split('`').skip(1).step_by(2).collect();
            let details: serde_json::Value = serde_json::to_value(&event).unwrap();
            let details = details.as_object().unwrap().keys();
            let carried: BTreeSet<_> = details
                .map(String::as_str)
                .filter(|key| *key != "kind")
                .collect();
            assert_eq!(told, carried, "{}", event.kind());
        }
    }

    #[test]
    fn what_this_version_does_not_know_is_an_error() {
        let known = stored(&Event::MemberRemoved);
        let details = |details: &str| StoredEntry {
            details: details.to_owned(),
            ..known.clone()
        };
        for bad in [
            "",
            "{}",
            r#"{"kind":"account_sold"}"#,
            r#"{"kind":"account_deactivated"}"#,
        ] {
            let error = details(bad).event().unwrap_err();
            assert!(matches!(error, EntryError::Details(_)), "{bad}: {error}");
        }
        let error = details(r#"{"kind":"account_withdrawn"}"#)
            .event()
            .unwrap_err();
        assert!(matches!(error, EntryError::Kind { .. }), "{error}");
        let part = |erasable: Option<&str>| StoredEntry {
            erasable: erasable.map(str::to_owned),
            ..known.clone()
        };
        assert_eq!(part(None).erasable_part().unwrap(), None);
        let error = part(Some("x")).erasable_part().unwrap_err();
        assert!(matches!(error, EntryError::Erasable(_)), "{error}");
    }
}

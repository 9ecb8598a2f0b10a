//! The journal in English: a sentence for each event.

use super::{action, frozen_field, profile_field};
use crate::journal::{Event, Named, OrderChange, SeenEntry};
use crate::rules::{Action, Subject};
use crate::words::{Language, role_list};
use crate::{FrozenField, OrderState, ProfileField, RequesterKind, Role, Roles};

/// What happened; `when` begins with a space, or is empty where the hour stands beside.
pub(in crate::words) fn deed(entry: &SeenEntry, when: &str) -> String {
    let Some(event) = &entry.event else {
        return format!(
            "An entry of a kind that this version does not know{when}: {}.",
            entry.kind
        );
    };
    let by = format!("by {}", person(&entry.who));
    match event {
        Event::AccountCreated {
            roles,
            shared,
            fields: _,
            requester,
            ordered,
        } => format!(
            "{} was created {by}{when}{}{}, {}{}{}.",
            subject(entry),
            at_request(entry, *requester),
            in_group(entry),
            with_roles(*roles),
            if *shared {
                ", for a shared mailbox"
            } else {
                ""
            },
            match ordered {
                None => String::new(),
                Some(roles) => format!(
                    "; an order that waits for approval would make it: {}",
                    role_list(*roles, Language::English)
                ),
            }
        ),
        Event::MemberAdded { requester } => format!(
            "{} was added to the group{} {by}{when}{}.",
            subject(entry),
            quoted_group(entry),
            at_request(entry, *requester)
        ),
        Event::MemberRemoved if entry.is_about_its_author() => format!(
            "{} left the group{}{when}.",
            subject(entry),
            quoted_group(entry)
        ),
        Event::MemberRemoved => format!(
            "{} was taken out of the group{} {by}{when}.",
            subject(entry),
            quoted_group(entry)
        ),
        Event::AccountDeactivated { by_support: false } => {
            format!("{} was deactivated {by}{when}.", subject(entry))
        }
        Event::AccountDeactivated { by_support: true } => format!(
            "{} was deactivated {by}{when}; only support can bring it back.",
            subject(entry)
        ),
        Event::AccountReactivated => format!("{} was reactivated {by}{when}.", subject(entry)),
        Event::AccountWithdrawn => {
            let account = match &entry.whom {
                // Its address went with it: that it is gone is what the sentence says.
                Some(Named::Gone) | None => "An account".to_owned(),
                Some(_) => subject(entry),
            };
            format!("{account} was withdrawn before its first use {by}{when}.")
        }
        Event::ProfileEdited { fields } => format!(
            "Details of {} were changed {by}{when}: {}.",
            object(entry),
            field_names(fields)
        ),
        Event::GroupCreated { requester } => format!(
            "The group{} was created {by}{when}{}.",
            quoted_group(entry),
            at_request(entry, Some(*requester))
        ),
        Event::OperatorAdded {
            operator: _,
            restored,
        } => {
            let what = match restored {
                false => "Added to the support team",
                true => "Brought back into the support team",
            };
            format!("{what} {by}{when}: {}.", whom(entry))
        }
        Event::OperatorSuspended { operator: _ } => {
            format!(
                "Suspended from the support team {by}{when}: {}.",
                whom(entry)
            )
        }
        Event::OperatorRestoreAsked { operator: _ } => format!(
            "Asked back into the support team {by}{when}: {}; it takes a second operator.",
            whom(entry)
        ),
        Event::OperatorRestored {
            operator: _,
            with: _,
        } => format!(
            "Restored to the support team, as a second operator had asked, {by}{when}: {}.",
            whom(entry)
        ),
        Event::OrderProposed {
            change,
            requester,
            state,
        } => format!(
            "An order to change {} was proposed {by}{when}{}: {}{}.",
            object(entry),
            at_request(entry, Some(*requester)),
            changes(entry, change),
            state_words(*state)
        ),
        Event::OrderApproved { order: _, state } => format!(
            "The order to change {} was approved {by}{when}{}.",
            object(entry),
            state_words(*state)
        ),
        Event::OrderCarriedOut { order: _ } => format!(
            "The new address of {} was confirmed {by}{when}, and the order carried out.",
            object(entry)
        ),
        Event::OrderRefused { order: _ } => format!(
            "The order to change {} was refused {by}{when}.",
            object(entry)
        ),
        Event::OrderWithdrawn { order: _ } => format!(
            "The order to change {} was withdrawn {by}{when}.",
            object(entry)
        ),
        Event::LinkIssued { order: Some(_), .. } => format!(
            "A link that confirms a new address was sent, for {}{when}.",
            whom(entry)
        ),
        Event::LinkIssued { supersedes, .. } => format!(
            "A login link was asked for, for {}{when}{}.",
            whom(entry),
            match supersedes {
                None => "",
                Some(_) => "; it takes the place of the one before",
            }
        ),
        Event::LinkSentAgain { .. } => format!(
            "A login link that still works was sent again, for {}{when}.",
            whom(entry)
        ),
        Event::LoggedIn { by_address, .. } => format!(
            "Log-in by {}{when}{}.",
            person(&entry.who),
            if *by_address {
                ", in another browser than the one that asked, with the address given"
            } else {
                ""
            }
        ),
        Event::SessionEnded { .. } => {
            format!("A session of {} was ended {by}{when}.", whose(entry))
        }
        Event::AllSessionsEnded { .. } => format!(
            "All sessions and links of {} were ended {by}{when}.",
            whose(entry)
        ),
        Event::Looked { subject } => looked(*subject, entry, &by, when),
        Event::JournalErased {
            entries,
            months,
            reason,
            before: _,
        } => format!(
            "Origin and free text of {entries} entries of the journal, older than {months} months, were \
                erased {by}{when}{}.",
            match reason {
                None => String::new(),
                Some(reason) => format!(" (reason for that time: {reason})"),
            }
        ),
        Event::AccountEmptied => format!(
            "The address and details of {}, unused for long, were erased {by}{when}.",
            object(entry)
        ),
        Event::ConversationOpened { visitor: false } => {
            format!("A request was sent to support {by}{when}.")
        }
        Event::ConversationOpened { visitor: true } => {
            format!("A request of somebody who was not logged in was taken in {by}{when}.")
        }
        Event::MessageAdded { conversation: _ } => {
            format!("A message was added to a request to support {by}{when}.")
        }
        Event::ConversationAnswered { conversation: _ } => format!(
            "The request to support of {} was answered {by}{when}.",
            enquirer(entry)
        ),
        Event::ConversationClosed { conversation: _ } => format!(
            "The request to support of {} was closed {by}{when}.",
            enquirer(entry)
        ),
        Event::ConversationsErased {
            conversations,
            before: _,
        } => format!(
            "What was written in {conversations} requests to support, without a message for more than {} months, \
                was erased {by}{when}.",
            crate::Retention::CONVERSATION_MONTHS
        ),
        Event::Refused {
            action,
            code: _,
            rule,
            field,
        } => format!(
            "Refused to {}{when}: “{}”{}{}{} (rule {rule}).",
            person(&entry.who),
            action_words(action),
            field.as_deref().map(field_words).unwrap_or_default(),
            match entry.whom {
                Some(_) if !entry.is_about_its_author() => format!(", on {}", object(entry)),
                Some(_) | None => String::new(),
            },
            in_group(entry)
        ),
        Event::RefusedAgain { first: _, times } => format!(
            "The same was refused to {} again, {times} times in ten minutes{}.",
            person(&entry.who),
            when.strip_prefix(' ')
                .map(|when| format!(" (counted {when})"))
                .unwrap_or_default()
        ),
    }
}

fn looked(at: Subject, entry: &SeenEntry, by: &str, when: &str) -> String {
    match at {
        Subject::Account(_) => format!("{} was looked at {by}{when}.", subject(entry)),
        Subject::Links(_) => format!(
            "The login links of {} were looked at {by}{when}.",
            object(entry)
        ),
        Subject::Group(_) => format!(
            "The members of the group{} were looked at {by}{when}.",
            quoted_group(entry)
        ),
        Subject::Orders => format!("The support orders were looked at {by}{when}."),
        Subject::Inbox => format!("The requests to support were looked at {by}{when}."),
        Subject::Conversation { .. } => format!(
            "The request to support of {} was looked at {by}{when}.",
            enquirer(entry)
        ),
        Subject::Journal { account, .. } => format!(
            "The journal was looked at {by}{when}{}{}.",
            match account {
                None => String::new(),
                Some(_) => format!(", for {}", object(entry)),
            },
            in_group(entry)
        ),
    }
}

/// Whoever wrote to support, after "of".
fn enquirer(entry: &SeenEntry) -> String {
    match entry.whom {
        Some(_) => object(entry),
        None => "somebody who was not logged in".to_owned(),
    }
}

/// Somebody, after a preposition.
fn person(named: &Named) -> String {
    match named {
        Named::You => "you".to_owned(),
        Named::Account(email) => email.to_string(),
        Named::Operator(email) => format!("{email} (support team)"),
        Named::Support => "the support team".to_owned(),
        Named::Machine => "the service's own machine".to_owned(),
        Named::Gone => "an account that is gone".to_owned(),
        Named::Somebody => "another account".to_owned(),
    }
}

/// The account, at the beginning of a sentence.
fn subject(entry: &SeenEntry) -> String {
    match &entry.whom {
        Some(Named::You) => "Your account".to_owned(),
        Some(Named::Gone) => "An account that is gone".to_owned(),
        Some(Named::Somebody) => "Another account".to_owned(),
        Some(named) => format!("The account {}", person(named)),
        None => "An account".to_owned(),
    }
}

/// The account, within a sentence.
fn object(entry: &SeenEntry) -> String {
    match &entry.whom {
        Some(Named::You) => "your account".to_owned(),
        Some(named @ (Named::Gone | Named::Somebody)) => person(named),
        Some(named) => format!("the account {}", person(named)),
        None => "an account".to_owned(),
    }
}

fn whom(entry: &SeenEntry) -> String {
    entry
        .whom
        .as_ref()
        .map_or_else(|| "somebody".to_owned(), person)
}

fn whose(entry: &SeenEntry) -> String {
    match entry.whom {
        Some(Named::You) => "yours".to_owned(),
        Some(_) | None => whom(entry),
    }
}

fn quoted_group(entry: &SeenEntry) -> String {
    let name = entry.group_name.as_ref();
    name.map_or_else(String::new, |name| format!(" “{name}”"))
}

fn in_group(entry: &SeenEntry) -> String {
    match entry.group {
        None => String::new(),
        Some(_) => format!(", in the group{}", quoted_group(entry)),
    }
}

fn at_request(entry: &SeenEntry, requester: Option<RequesterKind>) -> String {
    let who = match requester {
        None => return String::new(),
        Some(RequesterKind::Prefecture) => "a prefecture",
        Some(RequesterKind::Anct) => "the ANCT",
        Some(RequesterKind::Partner) => "a partner of the France Services deployment",
        Some(RequesterKind::Responsable) => "a responsable of the group",
        Some(RequesterKind::Person) => "the person whom the account is for",
    };
    let told = entry.request_text();
    match told[..] {
        [] => format!(", at the request of {who}"),
        _ => format!(", at the request of {who} ({})", told.join(", ")),
    }
}

fn with_roles(roles: Roles) -> String {
    let names: Vec<_> = roles.iter().map(Role::as_str).collect();
    match names[..] {
        [one] => format!("with the role {one}"),
        _ => format!("with the roles {}", names.join(", ")),
    }
}

/// What an order changes.
fn changes(entry: &SeenEntry, change: &OrderChange) -> String {
    let [from, to] = change.roles;
    let roles = format!(
        "roles ({} in place of {})",
        role_list(to, Language::English),
        role_list(from, Language::English)
    );
    let address = change.email.then(|| match entry.addresses() {
        Some([old, new]) => format!("address ({new}, before {old})"),
        None => "address".to_owned(),
    });
    let roles = (from != to).then_some(roles);
    let fields = (!change.fields.is_empty()).then(|| field_names(&change.fields));
    let all: Vec<_> = [address, roles, fields].into_iter().flatten().collect();
    all.join(", ")
}

/// Where an order stands after the step that is told.
fn state_words(state: OrderState) -> &'static str {
    match state {
        OrderState::Proposed => "; it waits for approval",
        OrderState::Approved => "; it waits for the confirmation from the new address",
        OrderState::CarriedOut => "; it is carried out",
        OrderState::Refused | OrderState::Withdrawn | OrderState::Lapsed => "; it is closed",
    }
}

fn field_names(fields: &[ProfileField]) -> String {
    let names: Vec<_> = fields
        .iter()
        .map(|field| profile_field(*field).to_lowercase())
        .collect();
    names.join(", ")
}

/// What was asked for; a word of another version stands as it is.
fn action_words(word: &str) -> String {
    let known = Action::ALL.into_iter().find(|it| it.as_str() == word);
    known.map_or_else(|| word.to_owned(), |known| action(known).to_owned())
}

fn field_words(word: &str) -> String {
    let known = FrozenField::ALL.into_iter().find(|it| it.as_str() == word);
    let name = known.map_or_else(
        || word.to_owned(),
        |known| frozen_field(known).to_lowercase(),
    );
    format!(" ({name})")
}

/// A kind of event, as a label; a word of another version stands as it is.
pub(in crate::words) fn event_kind(kind: &str) -> &str {
    match kind {
        "account_created" => "An account created",
        "member_added" => "Added to a group",
        "member_removed" => "Taken out of a group",
        "account_deactivated" => "An account deactivated",
        "account_reactivated" => "An account reactivated",
        "account_withdrawn" => "An unused account withdrawn",
        "profile_edited" => "Details changed",
        "group_created" => "A group created",
        "operator_added" => "Added to the support team",
        "operator_suspended" => "Suspension from the support team",
        "operator_restore_asked" => "Asking to restore an operator",
        "operator_restored" => "Return to the support team by two operators",
        "order_proposed" => "Support order proposed",
        "order_approved" => "Support order approved",
        "order_carried_out" => "New address confirmed",
        "order_refused" => "Support order refused",
        "order_withdrawn" => "Support order withdrawn",
        "link_issued" => "A login link",
        "link_sent_again" => "A link sent again",
        "logged_in" => "A log-in",
        "session_ended" => "A session ended",
        "all_sessions_ended" => "All sessions ended",
        "looked" => "A look of support",
        "journal_erased" => "Erasure in the journal",
        "account_emptied" => "Erasure of an unused account",
        "conversation_opened" => "A request to support",
        "message_added" => "A message added to a request to support",
        "conversation_answered" => "An answer of support",
        "conversation_closed" => "A request to support closed",
        "conversations_erased" => "Erasure of old requests to support",
        "refused" => "A refusal",
        "refused_again" => "A refusal, again",
        other => other,
    }
}

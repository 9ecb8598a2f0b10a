//! What people read in English. The three roles keep their French names, which are what the screens of others show.

mod errors;
#[cfg(feature = "service")]
mod journal;
mod refusals;
mod rules;
#[cfg(feature = "service")]
mod story;

pub(super) use errors::{email_error, roles_error, text_error};
#[cfg(feature = "service")]
pub(super) use journal::{deed, event_kind};
pub(super) use refusals::refusal;
pub(super) use rules::rule;
#[cfg(feature = "service")]
pub(super) use story::link_step;

use crate::account::DeactivatedBy;
use crate::rules::Action;
use crate::{
    Article, FrozenField, Instead, OrderState, ProfileField, RequesterKind, Role, Site, Status,
    Timestamp,
};

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Aidant => "Aidant (helps at a desk)",
        Role::Instructeur => "Instructeur (handles files)",
        Role::Responsable => "Responsable (manages accounts)",
    }
}

pub(super) fn order_state(state: OrderState) -> &'static str {
    match state {
        OrderState::Proposed => "proposed",
        OrderState::Approved => "approved",
        OrderState::CarriedOut => "carried out",
        OrderState::Refused => "refused",
        OrderState::Withdrawn => "withdrawn",
        OrderState::Lapsed => "lapsed",
    }
}

pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Active => "Active",
        Status::Deactivated(DeactivatedBy::Responsable) => "Deactivated by a responsable",
        Status::Deactivated(DeactivatedBy::Support) => "Deactivated by support",
        Status::Withdrawn => {
            "Ended (withdrawn before its first use, or emptied long after its last)"
        }
    }
}

pub(super) fn requester(requester: RequesterKind) -> &'static str {
    match requester {
        RequesterKind::Prefecture => "Prefecture",
        RequesterKind::Anct => "ANCT (national agency for territorial cohesion)",
        RequesterKind::Partner => "Partner of the France Services deployment",
        RequesterKind::Responsable => "Responsable of the group",
        RequesterKind::Person => "The person whom the account is for",
    }
}

pub(super) fn frozen_field(field: FrozenField) -> &'static str {
    match field {
        FrozenField::Email => "E-mail address",
        FrozenField::Roles => "Roles",
        FrozenField::Groups => "Groups",
        FrozenField::Status => "Status",
    }
}

pub(super) fn profile_field(field: ProfileField) -> &'static str {
    match field {
        ProfileField::FirstName => "First name",
        ProfileField::LastName => "Last name",
        ProfileField::JobTitle => "Job title",
        ProfileField::Phone => "Phone number",
    }
}

pub(super) fn article_title(article: Article) -> &'static str {
    match article {
        Article::LoggingIn => "Logging in with a link sent by e-mail",
        Article::LinkNotReceived => "I do not receive the link",
        Article::DeadLink => "My link no longer works",
        Article::AddressAgain => "Why I am asked for my address again",
        Article::NotRecognised => "My address is not recognised",
        Article::FranceServices => "I work in a France Services house",
        Article::OwnDetails => "Keeping my details up to date",
        Article::AddressOrRole => "Having an address or a role changed",
        Article::CreatingAccount => "Creating an account in my group",
        Article::Members => "Adding somebody to my group, or taking them out",
        Article::MistypedAddress => "I created an account at a mistyped address",
        Article::Deactivating => "Deactivating or reactivating an account",
        Article::Browser => "Which browser to use",
        Article::WhatIsRecorded => "What is recorded about me, and for how long",
        Article::Support => "Contacting support",
    }
}

pub(super) fn action(action: Action) -> &'static str {
    match action {
        Action::LogIn => "Log in",
        Action::CreateAccount => "Create an account",
        Action::CreateAccountFor => "Create an account at somebody's request",
        Action::AddMember => "Add an account to a group",
        Action::AddMemberFor => "Add an account to a group at somebody's request",
        Action::RemoveMember => "Take an account out of a group",
        Action::Deactivate => "Deactivate an account",
        Action::Reactivate => "Reactivate an account",
        Action::Withdraw => "Withdraw an account that was never used",
        Action::EditProfile => "Change details",
        Action::ChangeFrozen => "Change an address, a role, a group or a status",
        Action::ViewAccount => "See an account",
        Action::ViewGroup => "See the members of a group",
        Action::ReadJournal => "Read the journal",
        Action::ViewEntry => "Read an entry of the journal",
        Action::EndSession => "End a session",
        Action::EndAllSessions => "End all sessions",
        Action::CreateGroup => "Create a group",
        Action::AddOperator => "Add somebody to the support team",
        Action::Look => "Look at an account, a group or the journal as support",
        Action::EraseJournal => "Erase what is old from the journal",
        Action::EmptyAccount => "Empty an account unused for long",
        Action::OpenConversation => "Write to support",
        Action::ViewConversation => "See a request to support",
        Action::AddMessage => "Add a message to a request to support",
        Action::AnswerConversation => "Answer a request to support",
        Action::CloseConversation => "Close a request to support",
        Action::EraseConversations => "Erase old requests to support",
        Action::SuspendOperator => "Suspend somebody of the support team",
        Action::RestoreOperator => "Bring somebody back to the support team",
        Action::ProposeOrder => "Propose a support order",
        Action::ViewOrders => "See support orders",
        Action::ApproveOrder => "Approve a support order",
        Action::RefuseOrder => "Refuse a support order",
        Action::WithdrawOrder => "Withdraw a support order",
        Action::Enter => "Enter a reserved place",
    }
}

pub(super) fn instead(instead: Instead) -> &'static str {
    match instead {
        Instead::AnotherWay => "The same person, in the way just named",
        Instead::Person => "The person whom it concerns",
        Instead::GroupResponsable => "A responsable of the group",
        Instead::AccountResponsable => {
            "A responsable of all the account's groups, or the support team"
        }
        Instead::Support => "The support team",
        Instead::SupportByOrder => "The support team, by an order",
        Instead::Approver => {
            "Another member of the support team, or a responsable of one of the account's groups"
        }
        Instead::AnotherOperator => "Another member of the support team",
        Instead::TwoOperators => {
            "Two members of the support team together, or whoever has the server's own machine"
        }
        Instead::Machine => "Whoever has the server's own machine",
        Instead::Nobody => "Nobody",
    }
}

#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
];

pub(super) fn date(at: Timestamp, site: &Site) -> String {
    let local = site.local(at);
    let month = super::month(at, MONTHS, site);
    format!("{} {month} {}", local.day(), local.year())
}

/// Names of days from Monday on.
#[rustfmt::skip]
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

pub(super) fn day(day: jiff::civil::Date) -> String {
    let weekday = super::weekday(day, WEEKDAYS);
    let month = super::month_named(day.month(), MONTHS);
    format!("{weekday} {} {month} {}", day.day(), day.year())
}

pub(super) fn moment(at: Timestamp, site: &Site) -> String {
    format!("on {} at {}", date(at, site), site.hour(at))
}

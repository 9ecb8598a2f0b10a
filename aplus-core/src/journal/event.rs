//! What an entry can tell: a closed set.

use serde::Serialize;

use crate::account::{Author, Principal};
use crate::group::RequesterKind;
use crate::rules::Subject;
use crate::{
    EntryId, LinkId, OperatorId, ProfileField, RetentionReason, Roles, SessionId, Timestamp,
};

/// What happened. Values only of roles and status; people by id; addresses and free text stand in the erasable part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// An account was created, by a responsable in their own group or by support at a request.
    AccountCreated {
        /// Its roles.
        roles: Roles,
        /// Whether it is a shared mailbox.
        shared: bool,
        /// The details that were given with it, by name.
        fields: Vec<ProfileField>,
        /// Who asked support.
        requester: Option<RequesterKind>,
    },
    /// An account was added to a group.
    MemberAdded {
        /// Who asked support.
        requester: Option<RequesterKind>,
    },
    /// An account was taken out of a group, or left it.
    MemberRemoved,
    /// An account was deactivated.
    AccountDeactivated {
        /// Whether support did it: then only support brings it back.
        by_support: bool,
    },
    /// An account was brought back.
    AccountReactivated,
    /// An account that nobody ever used ended; its address is free.
    AccountWithdrawn,
    /// A person changed their own details.
    ProfileEdited {
        /// Which, by name.
        fields: Vec<ProfileField>,
    },
    /// Support created a group.
    GroupCreated {
        /// Who asked support.
        requester: RequesterKind,
    },
    /// The machine added or restored an operator.
    OperatorAdded {
        /// Who.
        operator: OperatorId,
        /// Whether the operator was there before and suspended.
        restored: bool,
    },
    /// A link was issued.
    LinkIssued {
        /// Whom it logs in.
        principal: Principal,
        /// Which link.
        link: LinkId,
        /// The older link that it ends.
        supersedes: Option<LinkId>,
    },
    /// A living link was sent again.
    LinkSentAgain {
        /// Whom it logs in.
        principal: Principal,
        /// Which link.
        link: LinkId,
    },
    /// Somebody logged in.
    LoggedIn {
        /// With which link.
        link: LinkId,
        /// Into which session.
        session: SessionId,
        /// Whether another browser asked for the link, so that the address was given (L6).
        by_address: bool,
    },
    /// One session was ended.
    SessionEnded {
        /// Whose.
        owner: Principal,
        /// Which.
        session: SessionId,
    },
    /// All sessions and links of somebody were ended.
    AllSessionsEnded {
        /// Whose.
        owner: Principal,
    },
    /// Support looked at something.
    Looked {
        /// At what.
        subject: Subject,
    },
    /// The erasable parts of the oldest entries were erased (T3).
    JournalErased {
        /// Of entries that were written before this instant.
        before: Timestamp,
        /// Of how many entries.
        entries: u32,
        /// How many months they are kept by the host's setting.
        months: u8,
        /// Why for so long, where that is more than 12.
        reason: Option<RetentionReason>,
    },
    /// An account lost its address and details, long after its last use (T4).
    AccountEmptied,
    /// Somebody who is logged in was refused something.
    Refused {
        /// What they asked for.
        action: String,
        /// The refusal's code.
        code: String,
        /// The rule that says no.
        rule: String,
        /// The field, where one was named.
        field: Option<String>,
    },
    /// The same was refused to the same person again, within ten minutes of the first.
    RefusedAgain {
        /// The entry of the first.
        first: EntryId,
        /// How often, beside the first.
        times: u32,
    },
}

impl Event {
    /// The word that an entry keeps for it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AccountCreated { .. } => "account_created",
            Self::MemberAdded { .. } => "member_added",
            Self::MemberRemoved => "member_removed",
            Self::AccountDeactivated { .. } => "account_deactivated",
            Self::AccountReactivated => "account_reactivated",
            Self::AccountWithdrawn => "account_withdrawn",
            Self::ProfileEdited { .. } => "profile_edited",
            Self::GroupCreated { .. } => "group_created",
            Self::OperatorAdded { .. } => "operator_added",
            Self::LinkIssued { .. } => "link_issued",
            Self::LinkSentAgain { .. } => "link_sent_again",
            Self::LoggedIn { .. } => "logged_in",
            Self::SessionEnded { .. } => "session_ended",
            Self::AllSessionsEnded { .. } => "all_sessions_ended",
            Self::Looked { .. } => "looked",
            Self::JournalErased { .. } => "journal_erased",
            Self::AccountEmptied => "account_emptied",
            Self::Refused { .. } => "refused",
            Self::RefusedAgain { .. } => "refused_again",
        }
    }

    /// The account that a principal's event is about.
    #[must_use]
    pub fn account_of(principal: Principal) -> Option<crate::AccountId> {
        match Author::from(principal) {
            Author::Account(id) => Some(id),
            Author::Operator(_) | Author::Machine => None,
        }
    }
}

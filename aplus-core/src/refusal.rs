//! A domain "no": its rule, its code, its facts and the article that helps. The words are the edge's (`words`).

use crate::order::OrderState;
use crate::{Article, GroupId, Timestamp};

/// The rules, one variant per number; `words::rule` says each in one sentence.
///
#[doc = include_str!("rules.md")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each variant is the number of a rule; words::rule says it in a sentence")]
#[rustfmt::skip]
pub enum Rule {
    L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11, L12, L13, L14,
    A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14,
    S1, S2, S3, S4, S5,
    T1, T2, T3, T4,
}

impl Rule {
    /// Every rule, in the order of the numbers.
    #[rustfmt::skip]
    pub const ALL: [Self; 37] = [
        Self::L1, Self::L2, Self::L3, Self::L4, Self::L5, Self::L6, Self::L7, Self::L8, Self::L9, Self::L10,
        Self::L11, Self::L12, Self::L13, Self::L14,
        Self::A1, Self::A2, Self::A3, Self::A4, Self::A5, Self::A6, Self::A7, Self::A8, Self::A9, Self::A10,
        Self::A11, Self::A12, Self::A13, Self::A14,
        Self::S1, Self::S2, Self::S3, Self::S4, Self::S5,
        Self::T1, Self::T2, Self::T3, Self::T4,
    ];
}

impl std::fmt::Display for Rule {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self, formatter)
    }
}

/// What nobody may set on an existing account (A3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FrozenField {
    /// The address: only a support order changes it (A6).
    Email,
    /// The roles: only a support order changes them (A6).
    Roles,
    /// The groups: a responsable adds and takes out (A2).
    Groups,
    /// The status: deactivating and reactivating are acts of their own (A8).
    Status,
}

impl FrozenField {
    /// Every frozen field.
    pub const ALL: [Self; 4] = [Self::Email, Self::Roles, Self::Groups, Self::Status];

    /// The field's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Roles => "roles",
            Self::Groups => "groups",
            Self::Status => "status",
        }
    }
}

/// What somebody wanted of a group that is not theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupMatter {
    /// To create accounts in it, to add or to take out (A2).
    Acting,
    /// To see its accounts (A9).
    Looking,
}

impl GroupMatter {
    /// Every matter.
    pub const ALL: [Self; 2] = [Self::Acting, Self::Looking];
}

/// Why something is not done, with its facts. Not `non_exhaustive`: a reader that forgets one does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Nobody is logged in.
    NotLoggedIn,
    /// The account that asks is no longer active (L10).
    Deactivated,
    /// The operator who asks is suspended (A14).
    OperatorSuspended,
    /// It takes the role Responsable (A1).
    NotResponsable,
    /// The account that asks does not belong to this group, or does not manage it (A2, A9).
    NotYourGroup {
        /// Which group.
        group: GroupId,
        /// What was wanted of it, which says by which rule.
        matter: GroupMatter,
    },
    /// It takes support (A7) or, for sessions of somebody else, L11.
    NotOperator,
    /// It is done on the server's own machine only (A14).
    NotMachine,
    /// It takes an account; operators have none (A4).
    NotAccount,
    /// A person changes their own details only (A4).
    NotYourself,
    /// Addresses and roles are frozen; groups and status have acts of their own (A3).
    FrozenField {
        /// What was to be changed.
        field: FrozenField,
    },
    /// The address is an account's or an operator's already (A5).
    EmailTaken,
    /// There is a deactivated account: only support acts (A2).
    AskSupport,
    /// The same, to support: there is a deactivated account, which can be reactivated (A2, A8).
    AddressDeactivated,
    /// This host gives shared mailboxes no account (A5).
    SharedNotAllowed,
    /// A shared mailbox is never Responsable (A5).
    SharedResponsable,
    /// The account holds Responsable: bringing it back takes somebody else's approval, as giving it that role does (A6).
    NeedsApproval,
    /// Support does not make an account of another group a responsable here (A7).
    ResponsableElsewhere,
    /// The account belongs to this group already (A2).
    AlreadyMember,
    /// The account does not belong to this group (A2).
    NotMember,
    /// An account is never left without a group (A2).
    LastGroup,
    /// A group keeps at least one active responsable (A8).
    LastResponsable {
        /// Which group would have none.
        group: GroupId,
    },
    /// The account also has a group that the one who asks does not manage (A8).
    OtherGroup {
        /// Such a group.
        group: GroupId,
    },
    /// Nobody acts on their own account this way (A8).
    OwnAccount,
    /// Support deactivated the account: only support brings it back, or withdraws it (A8).
    DeactivatedBySupport,
    /// The account is deactivated already (A8).
    NotActive,
    /// The account is active already (A8).
    NotDeactivated,
    /// Somebody has logged into the account: it is deactivated, not withdrawn (A11).
    AlreadyUsed,
    /// The order would change nothing (A6).
    NoChange,
    /// A deactivated account cannot confirm a new address (A6).
    AccountInactive,
    /// An order does not give Responsable together with a new address, for which it would wait (A6).
    TwoOrders,
    /// An account of one person does not become a shared mailbox (A5).
    SharedAddress,
    /// There is no such order, or the one who asks may not see its account (A9).
    OrderNotFound,
    /// Whoever proposed an order, or whom it concerns, does not decide on it (A6).
    OwnOrder,
    /// Only another operator or a responsable of the account decides on an order (A6).
    NotApprover,
    /// The order is past what was asked (A6).
    OrderClosed {
        /// Where it stands.
        state: OrderState,
    },
    /// The account is no longer what the order says (A6).
    OrderOutdated,
    /// There is no such operator.
    OperatorNotFound,
    /// Nobody suspends themselves (A14).
    OwnSuspension,
    /// The operator is suspended already (A14).
    AlreadySuspended,
    /// The operator is not suspended (A14).
    NotSuspended,
    /// There is no such account, or the one who asks may not see it (A9).
    AccountNotFound,
    /// There is no such group.
    GroupNotFound,
    /// Another group has this number of the France Services list (A7).
    GroupTaken,
    /// There is no such conversation, or it is somebody else's (A9).
    ConversationNotFound,
    /// The conversation is closed: a further message of its person opens it again (S2).
    ConversationClosed,
    /// Somebody wrote in the conversation since the one who asks read it (S2).
    ConversationMoved,
    /// There is no such session among those of the one who asks (L11).
    SessionNotFound,
    /// The link's 30 minutes are over (L2).
    LinkExpired {
        /// Since when.
        at: Timestamp,
    },
    /// The link has logged somebody in (L3).
    LinkUsed {
        /// When.
        at: Timestamp,
    },
    /// A newer link took its place (L4).
    LinkSuperseded {
        /// When.
        at: Timestamp,
    },
    /// The account was deactivated or changed, or all its sessions were ended (L10).
    LinkEnded,
    /// No such link, or one that was forgotten (L9).
    LinkUnknown,
    /// Another browser asked: the address is needed (L6).
    ConfirmEmail {
        /// How many wrong addresses are left.
        tries_left: u8,
    },
    /// Five wrong addresses: only the browser that asked can still confirm (L6).
    AddressWayClosed,
}

impl std::fmt::Display for Refusal {
    /// For logs and errors of hosts; what people read is in `words`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "refused by rule {}: {}",
            self.rule(),
            self.code()
        )
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// The rule that says no.
    #[must_use]
    pub fn rule(&self) -> Rule {
        match self {
            Self::NotLoggedIn => Rule::L1,
            Self::Deactivated | Self::LinkEnded => Rule::L10,
            Self::OperatorSuspended
            | Self::NotMachine
            | Self::OperatorNotFound
            | Self::OwnSuspension
            | Self::AlreadySuspended
            | Self::NotSuspended => Rule::A14,
            Self::NoChange
            | Self::AccountInactive
            | Self::TwoOrders
            | Self::OwnOrder
            | Self::NotApprover
            | Self::OrderClosed { .. }
            | Self::OrderOutdated
            | Self::NeedsApproval => Rule::A6,
            Self::NotResponsable => Rule::A1,
            Self::NotYourGroup {
                matter: GroupMatter::Acting,
                ..
            }
            | Self::AskSupport
            | Self::AddressDeactivated
            | Self::AlreadyMember
            | Self::NotMember
            | Self::LastGroup => Rule::A2,
            Self::NotYourGroup {
                matter: GroupMatter::Looking,
                ..
            } => Rule::A9,
            Self::FrozenField { .. } => Rule::A3,
            Self::NotAccount | Self::NotYourself => Rule::A4,
            Self::EmailTaken
            | Self::SharedNotAllowed
            | Self::SharedResponsable
            | Self::SharedAddress => Rule::A5,
            Self::NotOperator | Self::ResponsableElsewhere | Self::GroupTaken => Rule::A7,
            Self::LastResponsable { .. }
            | Self::OtherGroup { .. }
            | Self::OwnAccount
            | Self::DeactivatedBySupport
            | Self::NotActive
            | Self::NotDeactivated => Rule::A8,
            Self::AccountNotFound
            | Self::GroupNotFound
            | Self::OrderNotFound
            | Self::ConversationNotFound => Rule::A9,
            Self::ConversationClosed | Self::ConversationMoved => Rule::S2,
            Self::AlreadyUsed => Rule::A11,
            Self::SessionNotFound => Rule::L11,
            Self::LinkExpired { .. } => Rule::L2,
            Self::LinkUsed { .. } => Rule::L3,
            Self::LinkSuperseded { .. } => Rule::L4,
            Self::LinkUnknown => Rule::L9,
            Self::ConfirmEmail { .. } | Self::AddressWayClosed => Rule::L6,
        }
    }

    /// The code of the API: stable, one per variant.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotLoggedIn => "not_logged_in",
            Self::Deactivated => "deactivated",
            Self::OperatorSuspended => "operator_suspended",
            Self::NotResponsable => "not_responsable",
            Self::NotYourGroup { .. } => "not_your_group",
            Self::NotOperator => "not_operator",
            Self::NotMachine => "not_machine",
            Self::NotAccount => "not_account",
            Self::NotYourself => "not_yourself",
            Self::FrozenField { .. } => "frozen_field",
            Self::EmailTaken => "email_taken",
            Self::AskSupport => "ask_support",
            Self::AddressDeactivated => "address_deactivated",
            Self::SharedNotAllowed => "shared_not_allowed",
            Self::SharedResponsable => "shared_responsable",
            Self::NeedsApproval => "needs_approval",
            Self::ResponsableElsewhere => "responsable_elsewhere",
            Self::AlreadyMember => "already_member",
            Self::NotMember => "not_member",
            Self::LastGroup => "last_group",
            Self::LastResponsable { .. } => "last_responsable",
            Self::OtherGroup { .. } => "other_group",
            Self::OwnAccount => "own_account",
            Self::DeactivatedBySupport => "deactivated_by_support",
            Self::NotActive => "not_active",
            Self::NotDeactivated => "not_deactivated",
            Self::AlreadyUsed => "already_used",
            Self::NoChange => "no_change",
            Self::AccountInactive => "account_inactive",
            Self::TwoOrders => "two_orders",
            Self::SharedAddress => "shared_address",
            Self::OrderNotFound => "order_not_found",
            Self::OwnOrder => "own_order",
            Self::NotApprover => "not_approver",
            Self::OrderClosed { .. } => "order_closed",
            Self::OrderOutdated => "order_outdated",
            Self::OperatorNotFound => "operator_not_found",
            Self::OwnSuspension => "own_suspension",
            Self::AlreadySuspended => "already_suspended",
            Self::NotSuspended => "not_suspended",
            Self::AccountNotFound => "account_not_found",
            Self::GroupNotFound => "group_not_found",
            Self::GroupTaken => "group_taken",
            Self::ConversationNotFound => "conversation_not_found",
            Self::ConversationClosed => "conversation_closed",
            Self::ConversationMoved => "conversation_moved",
            Self::SessionNotFound => "session_not_found",
            Self::LinkExpired { .. } => "link_expired",
            Self::LinkUsed { .. } => "link_used",
            Self::LinkSuperseded { .. } => "link_superseded",
            Self::LinkEnded => "link_ended",
            Self::LinkUnknown => "link_unknown",
            Self::ConfirmEmail { .. } => "confirm_email",
            Self::AddressWayClosed => "address_way_closed",
        }
    }

    /// The help article that says what to do now (S1).
    #[must_use]
    pub fn article(&self) -> Article {
        match self {
            Self::NotLoggedIn => Article::LoggingIn,
            Self::Deactivated => Article::NotRecognised,
            Self::NotResponsable
            | Self::NotYourGroup {
                matter: GroupMatter::Acting,
                ..
            }
            | Self::EmailTaken
            | Self::SharedNotAllowed
            | Self::SharedResponsable
            | Self::GroupNotFound => Article::CreatingAccount,
            Self::NotOperator
            | Self::NotMachine
            | Self::OperatorSuspended
            | Self::AskSupport
            | Self::AddressDeactivated
            | Self::NeedsApproval
            | Self::ResponsableElsewhere
            | Self::DeactivatedBySupport
            | Self::GroupTaken
            | Self::OperatorNotFound
            | Self::OwnSuspension
            | Self::AlreadySuspended
            | Self::NotSuspended
            | Self::ConversationNotFound
            | Self::ConversationClosed
            | Self::ConversationMoved
            | Self::SessionNotFound => Article::Support,
            Self::NotAccount | Self::NotYourself => Article::OwnDetails,
            Self::FrozenField { .. }
            | Self::NoChange
            | Self::AccountInactive
            | Self::TwoOrders
            | Self::SharedAddress
            | Self::OrderNotFound
            | Self::OwnOrder
            | Self::NotApprover
            | Self::OrderClosed { .. }
            | Self::OrderOutdated => Article::AddressOrRole,
            Self::NotYourGroup {
                matter: GroupMatter::Looking,
                ..
            }
            | Self::AlreadyMember
            | Self::NotMember
            | Self::LastGroup
            | Self::AccountNotFound => Article::Members,
            Self::LastResponsable { .. }
            | Self::OtherGroup { .. }
            | Self::OwnAccount
            | Self::NotActive
            | Self::NotDeactivated => Article::Deactivating,
            Self::AlreadyUsed => Article::MistypedAddress,
            Self::LinkExpired { .. }
            | Self::LinkUsed { .. }
            | Self::LinkSuperseded { .. }
            | Self::LinkEnded
            | Self::LinkUnknown => Article::DeadLink,
            Self::ConfirmEmail { .. } | Self::AddressWayClosed => Article::AddressAgain,
        }
    }
}

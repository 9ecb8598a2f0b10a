//! Who could do what somebody was refused.

use crate::{FrozenField, Refusal};

/// Who could do instead what was refused; `words::instead` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Instead {
    /// The same person, in the way that the words of the refusal name: logging in, deactivating, asking anew.
    AnotherWay,
    /// The person whom it concerns (A4).
    Person,
    /// A responsable of the group (A2).
    GroupResponsable,
    /// A responsable of all the account's groups, or support (A8).
    AccountResponsable,
    /// An operator (A7).
    Support,
    /// Support by an order, which somebody else approves where the host has it so (A6).
    SupportByOrder,
    /// Another operator, or a responsable of one of the account's groups (A6).
    Approver,
    /// Another operator (A14).
    AnotherOperator,
    /// Two operators together, or whoever has the server's own machine (A14).
    TwoOperators,
    /// Whoever has the server's own machine (A14, T3, T4).
    Machine,
    /// Nobody: it is done already, or never.
    Nobody,
}

impl Instead {
    /// Everybody who could.
    pub const ALL: [Self; 11] = [
        Self::AnotherWay,
        Self::Person,
        Self::GroupResponsable,
        Self::AccountResponsable,
        Self::Support,
        Self::SupportByOrder,
        Self::Approver,
        Self::AnotherOperator,
        Self::TwoOperators,
        Self::Machine,
        Self::Nobody,
    ];
}

impl Refusal {
    /// Who could do it instead: of several the nearest. A refusal that is not there does not compile.
    ///
    /// ```
    /// use aplus_core::{FrozenField, Instead, Refusal};
    ///
    /// let address = Refusal::FrozenField { field: FrozenField::Email };
    /// assert_eq!(address.instead(), Instead::SupportByOrder);
    /// assert_eq!(Refusal::LastGroup.instead(), Instead::AnotherWay, "it is deactivated instead");
    /// ```
    #[must_use]
    pub fn instead(&self) -> Instead {
        match self {
            Self::NotLoggedIn
            | Self::AddressDeactivated
            | Self::LastGroup
            | Self::AlreadyUsed
            | Self::TwoOrders
            | Self::LinkExpired { .. }
            | Self::LinkUsed { .. }
            | Self::LinkSuperseded { .. }
            | Self::LinkEnded
            | Self::LinkUnknown
            | Self::ConfirmEmail { .. }
            | Self::AddressWayClosed => Instead::AnotherWay,
            Self::NotAccount | Self::NotYourself => Instead::Person,
            Self::NotResponsable
            | Self::NotYourGroup { .. }
            | Self::EmailTaken
            | Self::ResponsableElsewhere
            | Self::FrozenField {
                field: FrozenField::Groups,
            } => Instead::GroupResponsable,
            Self::Deactivated
            | Self::OtherGroup { .. }
            | Self::OwnAccount
            | Self::FrozenField {
                field: FrozenField::Status,
            } => Instead::AccountResponsable,
            Self::NotOperator
            | Self::AskSupport
            | Self::DeactivatedBySupport
            | Self::LastResponsable { .. } => Instead::Support,
            Self::NeedsApproval
            | Self::FrozenField {
                field: FrozenField::Email | FrozenField::Roles,
            } => Instead::SupportByOrder,
            Self::OwnOrder | Self::NotApprover => Instead::Approver,
            Self::OwnSuspension => Instead::AnotherOperator,
            Self::OperatorSuspended => Instead::TwoOperators,
            Self::NotMachine => Instead::Machine,
            Self::SharedNotAllowed
            | Self::SharedResponsable
            | Self::SharedAddress
            | Self::AlreadyMember
            | Self::NotMember
            | Self::NotActive
            | Self::NotDeactivated
            | Self::NoChange
            | Self::AccountInactive
            | Self::OrderNotFound
            | Self::OrderClosed { .. }
            | Self::OrderOutdated
            | Self::OperatorNotFound
            | Self::AlreadySuspended
            | Self::NotSuspended
            | Self::AccountNotFound
            | Self::GroupNotFound
            | Self::GroupTaken
            | Self::SessionNotFound
            | Self::ConversationNotFound
            | Self::ConversationClosed
            | Self::ConversationMoved => Instead::Nobody,
        }
    }
}

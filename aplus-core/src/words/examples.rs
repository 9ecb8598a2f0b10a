//! An example of every refusal, for whatever lists, shows or stores them.

use crate::OrderState;
use crate::link::WRONG_ADDRESSES;
use crate::{FrozenField, GroupId, GroupMatter, Refusal, Timestamp};

/// One line per variant: the pattern makes a forgotten one an error, the examples are collected.
macro_rules! every_refusal {
    ($($pattern:pat => $examples:expr,)*) => {{
        // Never called: it compiles only while each variant has its line.
        let _complete = |refusal: &Refusal| match refusal { $($pattern => (),)* };
        let mut examples = Vec::new();
        $(examples.extend($examples);)*
        examples
    }};
}

impl Refusal {
    /// At least one refusal of every variant, with all values of what its words depend on.
    ///
    /// A new variant does not compile until it has its example here.
    #[must_use]
    pub fn examples() -> Vec<Self> {
        let group = GroupId::from_uuid(uuid::Uuid::from_u128(0x6720));
        // 2026-03-01T23:30:00Z: another day in Paris than in UTC.
        let at = Timestamp::MIN.saturating_add(std::time::Duration::from_secs(1_772_407_800));
        every_refusal! {
            Self::NotLoggedIn => [Self::NotLoggedIn],
            Self::Deactivated => [Self::Deactivated],
            Self::OperatorSuspended => [Self::OperatorSuspended],
            Self::NotResponsable => [Self::NotResponsable],
            Self::NotYourGroup { .. } => {
                GroupMatter::ALL.map(|matter| Self::NotYourGroup { group, matter })
            },
            Self::NotOperator => [Self::NotOperator],
            Self::NotMachine => [Self::NotMachine],
            Self::NotAccount => [Self::NotAccount],
            Self::NotYourself => [Self::NotYourself],
            Self::FrozenField { .. } => FrozenField::ALL.map(|field| Self::FrozenField { field }),
            Self::EmailTaken => [Self::EmailTaken],
            Self::AskSupport => [Self::AskSupport],
            Self::AddressDeactivated => [Self::AddressDeactivated],
            Self::SharedNotAllowed => [Self::SharedNotAllowed],
            Self::SharedResponsable => [Self::SharedResponsable],
            Self::NeedsApproval => [Self::NeedsApproval],
            Self::ResponsableElsewhere => [Self::ResponsableElsewhere],
            Self::AlreadyMember => [Self::AlreadyMember],
            Self::NotMember => [Self::NotMember],
            Self::LastGroup => [Self::LastGroup],
            Self::LastResponsable { .. } => [Self::LastResponsable { group }],
            Self::OtherGroup { .. } => [Self::OtherGroup { group }],
            Self::OwnAccount => [Self::OwnAccount],
            Self::DeactivatedBySupport => [Self::DeactivatedBySupport],
            Self::NotActive => [Self::NotActive],
            Self::NotDeactivated => [Self::NotDeactivated],
            Self::AlreadyUsed => [Self::AlreadyUsed],
            Self::AccountNotFound => [Self::AccountNotFound],
            Self::GroupNotFound => [Self::GroupNotFound],
            Self::GroupTaken => [Self::GroupTaken],
            Self::SessionNotFound => [Self::SessionNotFound],
            Self::LinkExpired { .. } => [Self::LinkExpired { at }],
            Self::LinkUsed { .. } => [Self::LinkUsed { at }],
            Self::LinkSuperseded { .. } => [Self::LinkSuperseded { at }],
            Self::NoChange => [Self::NoChange],
            Self::AccountInactive => [Self::AccountInactive],
            Self::TwoOrders => [Self::TwoOrders],
            Self::SharedAddress => [Self::SharedAddress],
            Self::OrderNotFound => [Self::OrderNotFound],
            Self::OwnOrder => [Self::OwnOrder],
            Self::NotApprover => [Self::NotApprover],
            Self::OrderClosed { .. } => {
                OrderState::ALL.map(|state| Self::OrderClosed { state })
            },
            Self::OrderOutdated => [Self::OrderOutdated],
            Self::ConversationNotFound => [Self::ConversationNotFound],
            Self::ConversationClosed => [Self::ConversationClosed],
            Self::ConversationMoved => [Self::ConversationMoved],
            Self::OperatorNotFound => [Self::OperatorNotFound],
            Self::OwnSuspension => [Self::OwnSuspension],
            Self::AlreadySuspended => [Self::AlreadySuspended],
            Self::NotSuspended => [Self::NotSuspended],
            Self::LinkEnded => [Self::LinkEnded],
            Self::LinkUnknown => [Self::LinkUnknown],
            Self::ConfirmEmail { .. } => {
                (1..=WRONG_ADDRESSES).map(|tries_left| Self::ConfirmEmail { tries_left })
            },
            Self::AddressWayClosed => [Self::AddressWayClosed],
        }
    }
}

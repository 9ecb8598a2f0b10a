//! The only way to a write.

use crate::account::Version;
use crate::rules::Action;
use crate::{AccountId, Author, GroupId, OperatorId};

mod sealed {
    pub trait Sealed {}
}

/// What a permit allows: implemented here for the acts of this library, and by nobody else.
pub trait Permitted: sealed::Sealed + std::fmt::Debug + Send + Sync + 'static {
    /// The action that the rules were asked about.
    const ACTION: Action;
}

macro_rules! permitted {
    ($($act:ident => $action:ident),+ $(,)?) => {
        $(
            impl sealed::Sealed for super::$act {}
            impl Permitted for super::$act {
                const ACTION: Action = Action::$action;
            }
        )+
    };
}

permitted! {
    CreateAccount => CreateAccount,
    AddMember => AddMember,
    RemoveMember => RemoveMember,
    Deactivate => Deactivate,
    Reactivate => Reactivate,
    Withdraw => Withdraw,
    EditProfile => EditProfile,
    CreateGroup => CreateGroup,
    AddOperator => AddOperator,
    SuspendOperator => SuspendOperator,
    RestoreOperator => RestoreOperator,
    ProposeOrder => ProposeOrder,
    ApproveOrder => ApproveOrder,
    RefuseOrder => RefuseOrder,
    WithdrawOrder => WithdrawOrder,
    EndSession => EndSession,
    EndAllSessions => EndAllSessions,
    Look => Look,
    EraseJournal => EraseJournal,
    EmptyAccount => EmptyAccount,
    OpenConversation => OpenConversation,
    AddMessage => AddMessage,
    AnswerConversation => AnswerConversation,
    CloseConversation => CloseConversation,
    EraseConversations => EraseConversations,
}

/// The versions that a decision stands on, each list in the order of its ids.
///
/// The statement that writes locks these rows in that order, accounts before groups, and compares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Basis {
    accounts: Vec<(AccountId, Version)>,
    operators: Vec<(OperatorId, Version)>,
    groups: Vec<(GroupId, Version)>,
}

impl Basis {
    /// The accounts that the decision looked at.
    #[must_use]
    pub fn accounts(&self) -> &[(AccountId, Version)] {
        &self.accounts
    }

    /// The operators that the decision looked at.
    #[must_use]
    pub fn operators(&self) -> &[(OperatorId, Version)] {
        &self.operators
    }

    /// The groups whose responsables the decision counted.
    #[must_use]
    pub fn groups(&self) -> &[(GroupId, Version)] {
        &self.groups
    }

    pub(super) fn of(actor: &crate::Actor) -> Self {
        let mut basis = Self::default();
        match actor {
            crate::Actor::Account(standing) => basis.accounts.push((standing.id, standing.version)),
            crate::Actor::Operator(standing) => {
                basis.operators.push((standing.id, standing.version))
            }
            crate::Actor::Machine | crate::Actor::Visitor => {}
        }
        basis
    }

    pub(super) fn account(mut self, standing: &crate::Standing) -> Self {
        self.accounts.push((standing.id, standing.version));
        self.accounts.sort_unstable();
        self.accounts.dedup();
        self
    }

    pub(super) fn operator(mut self, standing: &crate::OperatorStanding) -> Self {
        self.operators.push((standing.id, standing.version));
        self.operators.sort_unstable();
        self.operators.dedup();
        self
    }

    pub(super) fn group(mut self, facts: &crate::GroupFacts) -> Self {
        self.groups.push((facts.id, facts.version));
        self.groups.sort_unstable();
        self.groups.dedup();
        self
    }
}

/// The proof that the rules were asked and said yes: made here only, used once.
///
/// It cannot be made without them, copied, defaulted or read from outside:
///
/// ```compile_fail
/// # fn take(action: aplus_core::rules::CreateAccount) {
/// let permit = aplus_core::rules::Permit { action };
/// # }
/// ```
///
/// What it proves is that the rules were asked. That their facts were true is proven at the write, which locks and
/// compares the versions of the [`Basis`]. A host that lies about its facts can lie.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a permit does nothing until its act is handed to a store"]
pub struct Permit<A: Permitted> {
    action: A,
    author: Author,
    basis: Basis,
    moved: Vec<GroupId>,
}

impl<A: Permitted> Permit<A> {
    pub(super) fn grant(action: A, author: Author, basis: Basis) -> Self {
        Self {
            action,
            author,
            basis,
            moved: Vec::new(),
        }
    }

    /// The act changes who the active responsables of `groups` are.
    pub(super) fn moving(mut self, groups: impl IntoIterator<Item = GroupId>) -> Self {
        self.moved.extend(groups);
        self
    }

    /// What is allowed.
    pub fn action(&self) -> &A {
        &self.action
    }

    /// To whom.
    pub fn author(&self) -> Author {
        self.author
    }

    /// On which versions.
    pub fn basis(&self) -> &Basis {
        &self.basis
    }

    /// Takes it apart; the proof is gone with it.
    #[cfg_attr(
        not(feature = "service"),
        allow(dead_code, reason = "acts are made with the feature `service`")
    )]
    pub(crate) fn into_parts(self) -> (A, Author, Basis, Vec<GroupId>) {
        (self.action, self.author, self.basis, self.moved)
    }
}

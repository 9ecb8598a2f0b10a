//! What was decided, on its way to a store.

use crate::journal::Entry;
use crate::mail::Mail;
use crate::ports::{Outcome, Redemption, Store, Written};
use crate::rules::{self, Basis, Permitted};
use crate::{Act, GroupId};

/// What was decided and is ready to be written.
#[derive(Debug)]
pub(in crate::contract) enum Prepared {
    CreateAccount(Box<Act<rules::CreateAccount>>),
    AddMember(Act<rules::AddMember>),
    RemoveMember(Act<rules::RemoveMember>),
    Deactivate(Act<rules::Deactivate>),
    Reactivate(Act<rules::Reactivate>),
    Withdraw(Act<rules::Withdraw>),
    EditProfile(Act<rules::EditProfile>),
    CreateGroup(Act<rules::CreateGroup>),
    AddOperator(Act<rules::AddOperator>),
    SuspendOperator(Act<rules::SuspendOperator>),
    RestoreOperator(Act<rules::RestoreOperator>),
    ProposeOrder(Box<Act<rules::ProposeOrder>>),
    ApproveOrder(Act<rules::ApproveOrder>),
    RefuseOrder(Act<rules::RefuseOrder>),
    WithdrawOrder(Act<rules::WithdrawOrder>),
    EndSession(Act<rules::EndSession>),
    EndAllSessions(Act<rules::EndAllSessions>),
    Look(Act<rules::Look>),
    LogIn(Box<Redemption>),
    EraseJournal(Act<rules::EraseJournal>),
    EmptyAccount(Act<rules::EmptyAccount>),
}

/// What all acts have, whatever they do.
struct Parts<'a> {
    entry: &'a Entry,
    mails: &'a [Mail],
    moved: &'a [GroupId],
    basis: Option<&'a Basis>,
}

fn parts<A: Permitted>(act: &Act<A>) -> Parts<'_> {
    Parts {
        entry: act.entry(),
        mails: act.mails(),
        moved: act.moved_groups(),
        basis: Some(act.basis()),
    }
}

fn plain<T>(outcome: Outcome<T>) -> Outcome<()> {
    match outcome {
        Outcome::Done(_) => Outcome::Done(()),
        Outcome::Taken => Outcome::Taken,
        Outcome::Stale => Outcome::Stale,
        Outcome::Repeated(repeated) => Outcome::Repeated(repeated),
    }
}

impl Prepared {
    fn parts(&self) -> Parts<'_> {
        match self {
            Self::CreateAccount(act) => parts(act),
            Self::AddMember(act) => parts(act),
            Self::RemoveMember(act) => parts(act),
            Self::Deactivate(act) => parts(act),
            Self::Reactivate(act) => parts(act),
            Self::Withdraw(act) => parts(act),
            Self::EditProfile(act) => parts(act),
            Self::CreateGroup(act) => parts(act),
            Self::AddOperator(act) => parts(act),
            Self::SuspendOperator(act) => parts(act),
            Self::RestoreOperator(act) => parts(act),
            Self::ProposeOrder(act) => parts(act),
            Self::ApproveOrder(act) => parts(act),
            Self::RefuseOrder(act) => parts(act),
            Self::WithdrawOrder(act) => parts(act),
            Self::EndSession(act) => parts(act),
            Self::EndAllSessions(act) => parts(act),
            Self::Look(act) => parts(act),
            Self::EraseJournal(act) => parts(act),
            Self::EmptyAccount(act) => parts(act),
            Self::LogIn(redemption) => Parts {
                entry: redemption.entry(),
                mails: redemption.order().map_or(&[], |order| &order.mails),
                moved: &[],
                basis: None,
            },
        }
    }

    pub(in crate::contract) fn entry(&self) -> &Entry {
        self.parts().entry
    }

    /// Its entry and, where a log-in carries an order out, the entry of that.
    pub(in crate::contract) fn entries(&self) -> Vec<&Entry> {
        let order = match self {
            Self::LogIn(redemption) => redemption.order(),
            _ => None,
        };
        let carried_out = order.map(|order| &order.entry);
        std::iter::once(self.entry()).chain(carried_out).collect()
    }

    pub(in crate::contract) fn mails(&self) -> &[Mail] {
        self.parts().mails
    }

    pub(in crate::contract) fn moved(&self) -> &[GroupId] {
        self.parts().moved
    }

    /// Whether the decision stood on the version of anything.
    pub(in crate::contract) fn stands_on_versions(&self) -> bool {
        self.parts().basis.is_some_and(|basis| {
            !(basis.accounts().is_empty()
                && basis.operators().is_empty()
                && basis.groups().is_empty())
        })
    }

    /// The id of what it creates, if it creates something; the session's where somebody logs in.
    pub(super) fn created(&self) -> uuid::Uuid {
        match self {
            Self::CreateAccount(act) => *act.account().as_uuid(),
            Self::CreateGroup(act) => *act.group().as_uuid(),
            Self::AddOperator(act) => *act.operator().as_uuid(),
            Self::ProposeOrder(act) => *act.order().id.as_uuid(),
            Self::LogIn(redemption) => *redemption.session().id.as_uuid(),
            _ => uuid::Uuid::nil(),
        }
    }

    pub(in crate::contract) async fn write(self, store: &dyn Store) -> Written<()> {
        match self {
            Self::CreateAccount(act) => store.create_account(*act).await.map(plain),
            Self::AddMember(act) => store.add_member(act).await,
            Self::RemoveMember(act) => store.remove_member(act).await,
            Self::Deactivate(act) => store.deactivate(act).await,
            Self::Reactivate(act) => store.reactivate(act).await,
            Self::Withdraw(act) => store.withdraw(act).await,
            Self::EditProfile(act) => store.edit_profile(act).await.map(plain),
            Self::CreateGroup(act) => store.create_group(act).await.map(plain),
            Self::AddOperator(act) => store.add_operator(act).await.map(plain),
            Self::SuspendOperator(act) => store.suspend_operator(act).await,
            Self::RestoreOperator(act) => store.restore_operator(act).await,
            Self::ProposeOrder(act) => store.propose_order(*act).await.map(plain),
            Self::ApproveOrder(act) => store.approve_order(act).await.map(plain),
            Self::RefuseOrder(act) => store.refuse_order(act).await.map(plain),
            Self::WithdrawOrder(act) => store.withdraw_order(act).await.map(plain),
            Self::EndSession(act) => store.end_session(act).await,
            Self::EndAllSessions(act) => store.end_all_sessions(act).await,
            Self::Look(act) => store.look(act).await,
            Self::LogIn(redemption) => store.redeem(*redemption).await,
            Self::EraseJournal(act) => store.erase_journal(act).await,
            Self::EmptyAccount(act) => store.empty_account(act).await,
        }
    }
}

//! The write: what a store answers, in a form that is compared.

use std::sync::Arc;

use aplus_core::mail::Urgency;
use aplus_core::ports::{AskReceipt, Outcome, QueuedMail, Store, StoreError};
use aplus_core::{Account, Group, Lifetimes, Operator, Refusal};

use super::history::Settings;
use super::plan::{Deed, Plan};
use super::prepare::Prepared;
use super::reads::{Seen, read};

/// What a step came to.
#[derive(Debug, Clone, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "one at a time, and most are of the same size"
)]
pub(crate) enum Answer {
    Refused(Refusal),
    Nothing,
    Verdict(&'static str),
    Done(Outcome<()>),
    Account(Outcome<Account>),
    Group(Outcome<Group>),
    Operator(Outcome<Operator>),
    Counted(bool),
    Receipt(AskReceipt),
    Mails(Vec<QueuedMail>),
    Gone(u32),
    Seen(Seen),
    /// The store did not do its work, and how: by the variant of its error.
    Failed(&'static str),
}

fn outcome<T>(outcome: &Outcome<T>) -> &'static str {
    match outcome {
        Outcome::Done(_) => "done",
        Outcome::Taken => "taken",
        Outcome::Stale => "stale",
        Outcome::Repeated(_) => "repeated",
    }
}

impl Answer {
    /// The kind that steps are counted under.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Nothing => "nothing",
            Self::Verdict(word) | Self::Failed(word) => word,
            Self::Done(done) => outcome(done),
            Self::Account(done) => outcome(done),
            Self::Group(done) => outcome(done),
            Self::Operator(done) => outcome(done),
            Self::Counted(true) => "counted",
            Self::Counted(false) => "not_counted",
            Self::Receipt(AskReceipt::Queued) => "queued",
            Self::Receipt(AskReceipt::Full) => "full",
            Self::Mails(mails) => some(!mails.is_empty()),
            Self::Gone(number) => some(*number > 0),
            Self::Seen(seen) => seen.kind(),
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.kind() == "done"
    }
}

pub(crate) fn some(some: bool) -> &'static str {
    if some { "some" } else { "none" }
}

fn failed(error: &StoreError) -> Answer {
    Answer::Failed(match error {
        StoreError::Unavailable(_) => "unavailable",
        StoreError::UnknownOutcome(_) => "unknown_outcome",
        StoreError::Broken(_) => "broken",
    })
}

/// Hands to the store what was decided.
pub(crate) async fn write(
    store: &Arc<dyn Store>,
    plan: &Plan,
    prepared: Prepared,
    settings: &Settings,
) -> Answer {
    let answer = written(store, plan, prepared, settings).await;
    answer.unwrap_or_else(|error| failed(&error))
}

async fn written(
    store: &Arc<dyn Store>,
    plan: &Plan,
    prepared: Prepared,
    settings: &Settings,
) -> Result<Answer, StoreError> {
    Ok(match prepared {
        Prepared::Refused(refusal) => Answer::Refused(refusal),
        Prepared::Nothing => Answer::Nothing,
        Prepared::Verdict(verdict) => Answer::Verdict(match verdict {
            aplus_core::link::Verdict::AsksAddress { .. } => "asks_address",
            aplus_core::link::Verdict::AddressWayClosed => "address_way_closed",
            _ => "another verdict",
        }),
        Prepared::CreateAccount(act) => Answer::Account(store.create_account(act).await?),
        Prepared::AddMember(act) => Answer::Done(store.add_member(act).await?),
        Prepared::RemoveMember(act) => Answer::Done(store.remove_member(act).await?),
        Prepared::Deactivate(act) => Answer::Done(store.deactivate(act).await?),
        Prepared::Reactivate(act) => Answer::Done(store.reactivate(act).await?),
        Prepared::Withdraw(act) => Answer::Done(store.withdraw(act).await?),
        Prepared::EditProfile(act) => Answer::Account(store.edit_profile(act).await?),
        Prepared::CreateGroup(act) => Answer::Group(store.create_group(act).await?),
        Prepared::FoundGroup(act, first) => Answer::Group(store.found_group(act, first).await?),
        Prepared::AddOperator(act) => Answer::Operator(store.add_operator(act).await?),
        Prepared::EndSession(act) => Answer::Done(store.end_session(act).await?),
        Prepared::EndAllSessions(act) => Answer::Done(store.end_all_sessions(act).await?),
        Prepared::Look(act) => Answer::Done(store.look(act).await?),
        Prepared::Refuse(note) => {
            let since = note.entry.at().saturating_sub(Lifetimes::EQUAL_REFUSALS);
            store.refuse(note, since).await?;
            Answer::Done(Outcome::Done(()))
        }
        Prepared::Settle(first, times, entry) => {
            Answer::Done(store.settle_refusals(first, times, entry).await?)
        }
        Prepared::Answer(answered) => Answer::Done(store.answer(answered).await?),
        Prepared::Redeem(redemption) => Answer::Done(store.redeem(redemption).await?),
        Prepared::WrongAddress(link, seen) => {
            Answer::Counted(store.wrong_address(link, seen).await?)
        }
        Prepared::AsPlanned => as_planned(store, plan, settings).await?,
    })
}

async fn as_planned(
    store: &Arc<dyn Store>,
    plan: &Plan,
    settings: &Settings,
) -> Result<Answer, StoreError> {
    let done = || Answer::Done(Outcome::Done(()));
    Ok(match &plan.deed {
        Deed::Ask(ask, most) => Answer::Receipt(store.ask(ask, *most).await?),
        Deed::Touch(session, at) => {
            store.touch(*session, *at).await?;
            done()
        }
        Deed::Claim { until, limit } => Answer::Mails(
            store
                .claim(plan.at(), *until, *limit, Urgency::Bulk)
                .await?
                .mails,
        ),
        Deed::Sent(mail) => {
            store.sent(*mail, plan.at()).await?;
            done()
        }
        Deed::Postpone(mail, next) => {
            store.postpone(*mail, *next).await?;
            done()
        }
        Deed::GiveUp(mail) => {
            store.give_up(*mail, plan.at(), "refused").await?;
            done()
        }
        Deed::Purge {
            dead_since,
            opened_before,
        } => Answer::Gone(store.purge(*dead_since, *opened_before, 1_000_000).await?),
        Deed::Read(what) => Answer::Seen(read(store, what, plan.at(), settings).await?),
        _ => Answer::Nothing,
    })
}

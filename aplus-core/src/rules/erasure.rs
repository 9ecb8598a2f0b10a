//! T3, T4: what the machine erases once it is due.

use super::{Basis, Permit};
use crate::{
    AccountId, Actor, Author, Lifetimes, Refusal, Retention, RetentionReason, Target, Timestamp,
};

/// Network addresses, browsers and free text of old entries go (T3).
#[derive(Debug, PartialEq, Eq)]
pub struct EraseJournal {
    before: Timestamp,
    entries: u32,
    months: u8,
    reason: Option<RetentionReason>,
}

impl EraseJournal {
    /// Of entries that were written before this instant.
    #[must_use]
    pub fn before(&self) -> Timestamp {
        self.before
    }

    /// Of how many entries, the oldest first.
    #[must_use]
    pub fn entries(&self) -> u32 {
        self.entries
    }

    /// How many months they were kept.
    #[must_use]
    pub fn months(&self) -> u8 {
        self.months
    }

    /// Why they were kept for so long.
    #[must_use]
    pub fn reason(&self) -> Option<&RetentionReason> {
        self.reason.as_ref()
    }
}

/// An account that was not used for long loses its address and details, and ends (T4).
#[derive(Debug, PartialEq, Eq)]
pub struct EmptyAccount {
    account: AccountId,
    before: Timestamp,
}

impl EmptyAccount {
    /// Which account.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Only if its last use was before this instant.
    #[must_use]
    pub fn before(&self) -> Timestamp {
        self.before
    }
}

/// Whether `actor` erases what is old (T3, T4): only the machine does, by the host's setting. Nobody can have somebody's
/// traces erased, or anybody's before their time.
///
/// # Errors
/// [`Refusal::NotMachine`] for everybody else who is logged in, [`Refusal::NotLoggedIn`].
pub fn may_erase(actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Machine => Ok(()),
        Actor::Visitor => Err(Refusal::NotLoggedIn),
        Actor::Account(_) | Actor::Operator(_) => Err(Refusal::NotMachine),
    }
}

/// Allows the machine to erase the erasable parts of the oldest `entries` entries, all of them due at `now` (T3).
///
/// # Errors
/// As [`may_erase`].
pub fn erase_journal(
    actor: &Actor,
    entries: u32,
    retention: &Retention,
    now: Timestamp,
) -> Result<Permit<EraseJournal>, Refusal> {
    may_erase(actor)?;
    let action = EraseJournal {
        before: retention.journal_before(now),
        entries,
        months: retention.journal(),
        reason: retention.reason().cloned(),
    };
    Ok(Permit::grant(action, Author::Machine, Basis::default()))
}

/// Allows the machine to empty `target` if its last use is old enough at `now` (T4), whatever its status: one that was
/// withdrawn has details too.
///
/// The last use is no fact of the rules: the store looks at it again when it writes, since a log-in moves no version but
/// the first.
///
/// # Errors
/// As [`may_erase`].
pub fn empty_account(
    actor: &Actor,
    target: &Target,
    retention: &Retention,
    lifetimes: &Lifetimes,
    now: Timestamp,
) -> Result<Permit<EmptyAccount>, Refusal> {
    may_erase(actor)?;
    let standing = target.standing();
    let action = EmptyAccount {
        account: standing.id,
        before: retention.accounts_before(lifetimes, now),
    };
    let mut basis = Basis::default().account(standing);
    let mut moved = Vec::new();
    if standing.is_responsable() {
        for group in target.groups() {
            basis = basis.group(group);
            moved.push(group.id);
        }
    }
    Ok(Permit::grant(action, Author::Machine, basis).moving(moved))
}

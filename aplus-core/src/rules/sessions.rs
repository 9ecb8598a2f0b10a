//! L10, L11: who logs in, who ends whose sessions.

use super::{Basis, Permit, active_account, not_suspended};
use crate::{Actor, Author, Principal, Refusal, SessionId};

/// One session ends.
#[derive(Debug, PartialEq, Eq)]
pub struct EndSession {
    owner: Principal,
    session: SessionId,
}

impl EndSession {
    /// Whose session.
    #[must_use]
    pub fn owner(&self) -> Principal {
        self.owner
    }

    /// Which one.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session
    }
}

/// All sessions and links of somebody end, by number.
#[derive(Debug, PartialEq, Eq)]
pub struct EndAllSessions {
    owner: Principal,
}

impl EndAllSessions {
    /// Whose sessions and links.
    #[must_use]
    pub fn owner(&self) -> Principal {
        self.owner
    }
}

/// Whether somebody of this standing may log in (L10, A14).
///
/// # Errors
/// [`Refusal::Deactivated`], [`Refusal::OperatorSuspended`]; [`Refusal::NotLoggedIn`] for nobody and for the machine,
/// which needs no session.
pub fn may_log_in(actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Visitor | Actor::Machine => Err(Refusal::NotLoggedIn),
        Actor::Account(_) => active_account(actor).map(|_| ()),
        Actor::Operator(operator) => not_suspended(operator),
    }
}

/// Whether `actor` may end sessions of `owner` (L11): their own, and support those of any account.
///
/// # Errors
/// [`Refusal::NotOperator`], [`Refusal::NotLoggedIn`], [`Refusal::Deactivated`], [`Refusal::OperatorSuspended`].
pub fn may_end_sessions(actor: &Actor, owner: Principal) -> Result<(), Refusal> {
    match (actor, owner) {
        (Actor::Machine, _) => Ok(()),
        (Actor::Visitor, _) => Err(Refusal::NotLoggedIn),
        (Actor::Operator(operator), Principal::Account(_)) => not_suspended(operator),
        (Actor::Operator(operator), Principal::Operator(owner)) => {
            not_suspended(operator)?;
            // Of operators, one suspends the other (A14); nobody logs another out.
            if operator.id == owner {
                Ok(())
            } else {
                Err(Refusal::NotYourself)
            }
        }
        (Actor::Account(_), owner) => {
            let own = active_account(actor)?;
            if owner == Principal::Account(own.id) {
                Ok(())
            } else {
                Err(Refusal::NotOperator)
            }
        }
    }
}

/// Allows one session to be ended.
///
/// # Errors
/// As [`may_end_sessions`].
pub fn end_session(
    actor: &Actor,
    owner: Principal,
    session: SessionId,
) -> Result<Permit<EndSession>, Refusal> {
    let author = may_end(actor, owner)?;
    let basis = basis(actor, author, owner);
    Ok(Permit::grant(EndSession { owner, session }, author, basis))
}

/// Allows all sessions of somebody to be ended.
///
/// # Errors
/// As [`may_end_sessions`].
pub fn end_all_sessions(
    actor: &Actor,
    owner: Principal,
) -> Result<Permit<EndAllSessions>, Refusal> {
    let author = may_end(actor, owner)?;
    let basis = basis(actor, author, owner);
    Ok(Permit::grant(EndAllSessions { owner }, author, basis))
}

/// One's own sessions end whatever has become of one's rights meanwhile; those of others by a right that counts (A10).
fn basis(actor: &Actor, author: Author, owner: Principal) -> Basis {
    if author == Author::from(owner) {
        Basis::default()
    } else {
        Basis::of(actor)
    }
}

fn may_end(actor: &Actor, owner: Principal) -> Result<Author, Refusal> {
    may_end_sessions(actor, owner)?;
    actor.author().ok_or(Refusal::NotLoggedIn)
}

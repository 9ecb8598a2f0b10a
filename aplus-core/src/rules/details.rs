//! A3, A4: one's own details, and what is frozen.

use super::{Basis, Permit, active_account};
use crate::{AccountId, Actor, FrozenField, ProfileChange, Refusal};

/// A person's own details change. There is no address and no role in it, nor can there be:
///
/// ```compile_fail
/// # fn take(edit: aplus_core::rules::EditProfile) {
/// let roles = edit.roles();
/// # }
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct EditProfile {
    account: AccountId,
    change: ProfileChange,
}

impl EditProfile {
    /// Whose details.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// What changes.
    #[must_use]
    pub fn change(&self) -> &ProfileChange {
        &self.change
    }
}

/// Whether `actor` may change the details of `account` (A4).
///
/// # Errors
/// [`Refusal::NotYourself`] for anybody else's, [`Refusal::NotAccount`] for operators, [`Refusal::Deactivated`],
/// [`Refusal::NotLoggedIn`].
pub fn may_edit_profile(actor: &Actor, account: AccountId) -> Result<(), Refusal> {
    if active_account(actor)?.id == account {
        Ok(())
    } else {
        Err(Refusal::NotYourself)
    }
}

/// Allows a person to change their own details.
///
/// # Errors
/// As [`may_edit_profile`].
pub fn edit_profile(
    actor: &Actor,
    account: AccountId,
    change: &ProfileChange,
) -> Result<Permit<EditProfile>, Refusal> {
    may_edit_profile(actor, account)?;
    let author = crate::Author::Account(account);
    Ok(Permit::grant(
        EditProfile {
            account,
            change: change.clone(),
        },
        author,
        Basis::of(actor),
    ))
}

/// Whether `actor` may set `field` on an existing account: nobody may (A3).
///
/// # Errors
/// Always: [`Refusal::FrozenField`] for whoever is logged in, [`Refusal::NotLoggedIn`] for a visitor.
pub fn may_change_frozen(actor: &Actor, field: FrozenField) -> Result<(), Refusal> {
    match actor {
        Actor::Visitor => Err(Refusal::NotLoggedIn),
        Actor::Account(_) | Actor::Operator(_) | Actor::Machine => {
            Err(Refusal::FrozenField { field })
        }
    }
}

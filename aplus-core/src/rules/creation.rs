//! A1, A2, A5, A7: who creates accounts, in which group, with which roles.

use super::{Basis, Permit, active_support, responsable_of};
use crate::account::{Provenance, Status, SupportRequest};
use crate::{
    Actor, DualControl, EmailAddress, GroupFacts, GroupId, Policy, Profile, Refusal, Role, Roles,
};

/// The account that somebody wants to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountDraft {
    /// Its address, frozen from then on (A3).
    pub email: EmailAddress,
    /// Its roles, frozen from then on (A3).
    pub roles: Roles,
    /// What is known of the person.
    pub profile: Profile,
    /// Whether the creator says that it is a shared mailbox; an address that looks like one is marked anyway (A5).
    pub shared: bool,
}

impl AccountDraft {
    /// An account of one person of whom no details are known.
    #[must_use]
    pub fn new(email: EmailAddress, roles: Roles) -> Self {
        Self {
            email,
            roles,
            profile: Profile::default(),
            shared: false,
        }
    }
}

/// The creation of an account, allowed.
#[derive(Debug, PartialEq, Eq)]
pub struct CreateAccount {
    group: GroupId,
    draft: AccountDraft,
    provenance: Provenance,
}

impl CreateAccount {
    /// The group that it is created in.
    #[must_use]
    pub fn group(&self) -> GroupId {
        self.group
    }

    /// Address, roles, details, and whether it is marked as shared.
    #[must_use]
    pub fn draft(&self) -> &AccountDraft {
        &self.draft
    }

    /// Who creates it, and at whose request.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

/// Whether `actor` may create accounts in `group` at all (A1, A2): for a button.
///
/// # Errors
/// [`Refusal::NotResponsable`] (A1), [`Refusal::NotYourGroup`] (A2), [`Refusal::Deactivated`] (L10),
/// [`Refusal::NotLoggedIn`].
pub fn may_create_accounts(actor: &Actor, group: &GroupFacts) -> Result<(), Refusal> {
    responsable_of(actor, group.id).map(|_| ())
}

/// Whether `actor` may create this account in `group` (A1, A2, A5).
///
/// # Errors
/// As [`may_create_accounts`]; and [`Refusal::SharedNotAllowed`], [`Refusal::SharedResponsable`] (A5).
pub fn may_create_account(
    actor: &Actor,
    group: &GroupFacts,
    draft: &AccountDraft,
    policy: &Policy,
) -> Result<(), Refusal> {
    may_create_accounts(actor, group)?;
    shared_mailbox(draft, policy).map(|_| ())
}

/// Allows a responsable to create an account in their own group.
///
/// # Errors
/// As [`may_create_account`].
pub fn create_account(
    actor: &Actor,
    group: &GroupFacts,
    draft: &AccountDraft,
    policy: &Policy,
) -> Result<Permit<CreateAccount>, Refusal> {
    let standing = responsable_of(actor, group.id)?;
    let shared = shared_mailbox(draft, policy)?;
    let author = crate::Author::Account(standing.id);
    Ok(permit(author, Basis::of(actor), group, draft, shared, None))
}

/// Whether support may create this account in `group` at somebody's request (A7).
///
/// # Errors
/// [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`] (A14), [`Refusal::NeedsApproval`] where the group has, or
/// had, a responsable and the account would be another (A7), and A5's as in [`may_create_account`].
pub fn may_create_account_for(
    actor: &Actor,
    group: &GroupFacts,
    draft: &AccountDraft,
    policy: &Policy,
) -> Result<(), Refusal> {
    active_support(actor)?;
    shared_mailbox(draft, policy)?;
    // What support took away, support alone does not give anew: the group has had a responsable.
    let raises = draft.roles.contains(Role::Responsable) && group.has_had_responsable();
    if raises && policy.dual_control != DualControl::None {
        return Err(Refusal::NeedsApproval { group: group.id });
    }
    Ok(())
}

/// Allows support to create an account at a requester's request.
///
/// # Errors
/// As [`may_create_account_for`].
pub fn create_account_for(
    actor: &Actor,
    group: &GroupFacts,
    draft: &AccountDraft,
    request: &SupportRequest,
    policy: &Policy,
) -> Result<Permit<CreateAccount>, Refusal> {
    may_create_account_for(actor, group, draft, policy)?;
    let author = actor.author().ok_or(Refusal::NotLoggedIn)?;
    let shared = shared_mailbox(draft, policy)?;
    // The number of responsables was looked at only where one is made.
    let basis = match draft.roles.contains(Role::Responsable) {
        true => Basis::of(actor).group(group),
        false => Basis::of(actor),
    };
    Ok(permit(
        author,
        basis,
        group,
        draft,
        shared,
        Some(request.clone()),
    ))
}

fn permit(
    author: crate::Author,
    basis: Basis,
    group: &GroupFacts,
    draft: &AccountDraft,
    shared: bool,
    request: Option<SupportRequest>,
) -> Permit<CreateAccount> {
    let responsable = draft.roles.contains(Role::Responsable);
    let action = CreateAccount {
        group: group.id,
        draft: AccountDraft {
            shared,
            ..draft.clone()
        },
        provenance: Provenance { author, request },
    };
    Permit::grant(action, author, basis).moving(responsable.then_some(group.id))
}

/// Whether the account is a shared mailbox, and then whether it may be (A5).
fn shared_mailbox(draft: &AccountDraft, policy: &Policy) -> Result<bool, Refusal> {
    if !draft.shared && !policy.shared_mailboxes.matches(&draft.email) {
        return Ok(false);
    }
    if !policy.allow_shared_mailboxes {
        return Err(Refusal::SharedNotAllowed);
    }
    if draft.roles.contains(Role::Responsable) {
        return Err(Refusal::SharedResponsable);
    }
    Ok(true)
}

/// Who has the address that was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// An account of this status.
    Account(Status),
    /// An operator.
    Operator,
}

/// What is said about an address that somebody has already (A2, A5).
#[must_use]
pub fn taken(holder: Holder) -> Refusal {
    match holder {
        Holder::Account(Status::Deactivated(_)) => Refusal::AskSupport,
        Holder::Account(Status::Active | Status::Withdrawn) | Holder::Operator => {
            Refusal::EmailTaken
        }
    }
}

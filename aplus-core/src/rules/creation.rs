//! A1, A2, A5, A7: who creates accounts, in which group, with which roles.

use super::{Basis, Permit, Proposal, active_support, address_deactivated, responsable_of};
use crate::account::{Provenance, Status, SupportRequest};
use crate::{
    Actor, DualControl, EmailAddress, GroupFacts, GroupId, Lifetimes, Policy, Profile, Refusal,
    Role, Roles,
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
    order: Option<Proposal>,
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

    /// The order that is proposed with it, where a further responsable takes somebody else's approval (A7).
    #[must_use]
    pub fn order(&self) -> Option<&Proposal> {
        self.order.as_ref()
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
    let provenance = Provenance {
        author: crate::Author::Account(standing.id),
        request: None,
    };
    let draft = AccountDraft {
        shared,
        ..draft.clone()
    };
    Ok(permit(Basis::of(actor), group, draft, provenance, None))
}

/// Whether support may create this account in `group` at somebody's request (A7).
///
/// # Errors
/// [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`] (A14), and A5's as in [`may_create_account`]. What
/// [`is_ordered`] says is no refusal: the account is made without Responsable, and an order is proposed.
pub fn may_create_account_for(
    actor: &Actor,
    draft: &AccountDraft,
    policy: &Policy,
) -> Result<(), Refusal> {
    active_support(actor)?;
    shared_mailbox(draft, policy).map(|_| ())
}

/// Whether support's making this account takes somebody else's approval: the group has, or had, a responsable, and this
/// would be another (A7). What support took away, support alone does not give anew.
#[must_use]
pub fn is_ordered(group: &GroupFacts, draft: &AccountDraft, policy: &Policy) -> bool {
    draft.roles.contains(Role::Responsable)
        && group.has_had_responsable()
        && policy.dual_control != DualControl::None
}

/// What an account is made with where Responsable is ordered: the other roles, or aidant if nothing remains (A7).
#[must_use]
pub fn without_responsable(roles: Roles) -> Roles {
    roles
        .without(Role::Responsable)
        .unwrap_or(Roles::only(Role::Aidant))
}

/// Allows support to create an account at a requester's request. Where [`is_ordered`] says so it is made without
/// Responsable, as aidant if nothing remains, and the order that gives it is proposed in the same act (A7).
///
/// # Errors
/// As [`may_create_account_for`].
pub fn create_account_for(
    actor: &Actor,
    group: &GroupFacts,
    draft: &AccountDraft,
    request: &SupportRequest,
    policy: &Policy,
    lifetimes: &Lifetimes,
) -> Result<Permit<CreateAccount>, Refusal> {
    may_create_account_for(actor, draft, policy)?;
    let author = actor.author().ok_or(Refusal::NotLoggedIn)?;
    let shared = shared_mailbox(draft, policy)?;
    // The number of responsables was looked at only where one is made.
    let basis = match draft.roles.contains(Role::Responsable) {
        true => Basis::of(actor).group(group),
        false => Basis::of(actor),
    };
    let made = match is_ordered(group, draft, policy) {
        true => without_responsable(draft.roles),
        false => draft.roles,
    };
    let order = (made != draft.roles)
        .then(|| Proposal::raise(&draft.email, made, draft.roles, request, lifetimes));
    let draft = AccountDraft {
        roles: made,
        shared,
        ..draft.clone()
    };
    let provenance = Provenance {
        author,
        request: Some(request.clone()),
    };
    Ok(permit(basis, group, draft, provenance, order))
}

fn permit(
    basis: Basis,
    group: &GroupFacts,
    draft: AccountDraft,
    provenance: Provenance,
    order: Option<Proposal>,
) -> Permit<CreateAccount> {
    let responsable = draft.roles.contains(Role::Responsable);
    let author = provenance.author;
    let action = CreateAccount {
        group: group.id,
        draft,
        provenance,
        order,
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

/// What is said to `actor` about an address that somebody has already (A2, A5): only support learns more of a deactivated
/// account than that support must act.
#[must_use]
pub fn taken(actor: &Actor, holder: Holder) -> Refusal {
    match holder {
        Holder::Account(Status::Deactivated(_)) => address_deactivated(actor),
        Holder::Account(Status::Active | Status::Withdrawn) | Holder::Operator => {
            Refusal::EmailTaken
        }
    }
}

//! Refusals in English: the title says what kind of no it is, the detail why, and who can do it instead.

use std::borrow::Cow;

use super::moment;
use crate::link::WRONG_ADDRESSES;
use crate::words::dead_link_days;
use crate::{FrozenField, GroupMatter, Refusal, Site};

pub(in crate::words) fn refusal(
    refusal: &Refusal,
    site: &Site,
) -> (&'static str, Cow<'static, str>) {
    let support = site.support();
    match *refusal {
        Refusal::NotLoggedIn => (
            "Log in first",
            "You need to be logged in for this. Ask for a login link with your professional \
                address: it is sent to you by e-mail."
                .into(),
        ),
        Refusal::Deactivated => (
            "Account deactivated",
            format!(
                "Your account is deactivated. If a responsable deactivated it, a responsable of \
                    your groups can reactivate it; otherwise write to support: {support}."
            )
            .into(),
        ),
        Refusal::OperatorSuspended => (
            "Access suspended",
            "Your access to the support team is suspended. Two other members of the team \
                together can restore it, and so can whoever runs the server."
                .into(),
        ),
        Refusal::NotResponsable => (
            "For responsables only",
            format!(
                "This takes an active account with the role responsable. Ask a responsable of \
                    your structure or, failing that, write to support: {support}."
            )
            .into(),
        ),
        Refusal::NotYourGroup { matter, .. } => (
            "Not your group",
            match matter {
                GroupMatter::Acting => format!(
                    "You are no member of this group, or not a responsable of it. A responsable \
                        of this group can do it instead; failing that, write to support: \
                        {support}."
                ),
                GroupMatter::Looking => format!(
                    "You are no member of this group, and only its members see its accounts. A \
                        responsable of this group can add you; failing that, write to support: \
                        {support}."
                ),
            }
            .into(),
        ),
        Refusal::NotOperator => (
            "For the support team only",
            format!("Only the support team can do this. Write to them: {support}.").into(),
        ),
        Refusal::NotMachine => (
            "For the server only",
            "This is done on the server's own machine, by whoever runs it: no page leads there."
                .into(),
        ),
        Refusal::NotAccount => (
            "For accounts only",
            "The support team has neither accounts nor groups nor details to keep up to date. \
                Only somebody who has an account can do this, for themselves."
                .into(),
        ),
        Refusal::NotYourself => (
            "For the person concerned only",
            format!(
                "Everybody changes their own details and no others: nobody else does it for \
                    them, not even a responsable. The person can log in and change them; if \
                    their account is deactivated, support can correct them: {support}."
            )
            .into(),
        ),
        Refusal::FrozenField { field } => (
            "This cannot be changed",
            match field {
                FrozenField::Email => format!(
                    "For security and traceability nobody changes the address of an existing \
                        account, neither the person nor a responsable. Only a support order can: \
                        write to {support}."
                )
                .into(),
                FrozenField::Roles => format!(
                    "For security and traceability nobody changes the roles of an existing \
                        account, neither the person nor a responsable. Only a support order can: \
                        write to {support}."
                )
                .into(),
                FrozenField::Groups => "The groups of an account are not changed here. A \
                    responsable adds the account to their group, or takes it out, on the group's \
                    page."
                    .into(),
                FrozenField::Status => format!(
                    "The status of an account is not changed here. A responsable of all its \
                        groups can deactivate or reactivate it; failing that, write to support: \
                        {support}."
                )
                .into(),
            },
        ),
        Refusal::EmailTaken => (
            "Address already in use",
            format!(
                "This address is an account's or a support team member's already, and an address \
                    serves once. If the person has an account, a responsable of the group can \
                    add it to the group instead of creating another. If in doubt, write to \
                    support: {support}."
            )
            .into(),
        ),
        Refusal::AskSupport => (
            "Support must act",
            format!("For this address only support can act. Write to them: {support}.").into(),
        ),
        Refusal::AddressDeactivated => (
            "Address of a deactivated account",
            "This is the address of a deactivated account. Reactivate it if it is to be used again, or \
                withdraw it if nobody ever logged into it: the address is free then."
                .into(),
        ),
        Refusal::SharedNotAllowed => (
            "No shared mailboxes",
            "This is the address of a mailbox that several people read, and this service gives \
                it no account. Use the person's own address, such as prenom.nom@structure.fr."
                .into(),
        ),
        Refusal::SharedResponsable => (
            "No responsable without a name",
            "A mailbox that several people read cannot be a responsable: nobody could tell who \
                acted. Choose other roles, or create the account at the person's own address."
                .into(),
        ),
        Refusal::NeedsApproval => (
            "Approval needed",
            "This account holds the role responsable: reactivating it would give it that role back, \
                and giving it takes somebody else's approval. Propose an order that takes the role, \
                then, once the account is reactivated, another that gives it again."
                .into(),
        ),
        Refusal::ResponsableElsewhere => (
            "Responsable of another group",
            "This account is one of another group and would be a responsable of this one too, which \
                is not for support to decide. A responsable of this group can add it."
                .into(),
        ),
        Refusal::AlreadyMember => (
            "Already in the group",
            "This account belongs to this group already: there is nothing to do. The person can \
                log in by asking for a link."
                .into(),
        ),
        Refusal::NotMember => (
            "Not in the group",
            "This account does not belong to this group, or no longer does. A responsable of the \
                group can add it."
                .into(),
        ),
        Refusal::LastGroup => (
            "Last group of the account",
            format!(
                "An account always has a group, and this is its last one. To put it out of use, \
                    a responsable of the group can deactivate it; to move it, a responsable of \
                    the other group adds it there first. Failing that, write to support: \
                    {support}."
            )
            .into(),
        ),
        Refusal::LastResponsable { .. } => (
            "Last responsable of the group",
            format!(
                "A group keeps at least one active responsable, and this account is its last. \
                    Give the group another responsable first, or write to support, who can do it \
                    all the same: {support}."
            )
            .into(),
        ),
        Refusal::OtherGroup { .. } => (
            "Account of another group too",
            format!(
                "This account also has a group that you are not a responsable of: you can only \
                    take it out of yours. Acting on the whole account is for a responsable of \
                    all its groups, or for support: {support}."
            )
            .into(),
        ),
        Refusal::OwnAccount => (
            "Your own account",
            format!(
                "Nobody does this to their own account. Somebody else can: a responsable of all \
                    the groups of this account, or the support team, at {support}."
            )
            .into(),
        ),
        Refusal::DeactivatedBySupport => (
            "Deactivated by support",
            format!(
                "Support deactivated this account: only they can reactivate or withdraw it. \
                    Write to them: {support}."
            )
            .into(),
        ),
        Refusal::NotActive => (
            "Already deactivated",
            "This account is deactivated already: there is nothing to do. Whoever deactivated it \
                can reactivate it."
                .into(),
        ),
        Refusal::NotDeactivated => (
            "Already active",
            "This account is not deactivated: there is nothing to bring back. The person can log \
                in by asking for a link."
                .into(),
        ),
        Refusal::AlreadyUsed => (
            "Account already used",
            format!(
                "Somebody has logged into this account: it can no longer be withdrawn like a \
                    mistyped address. A responsable of all its groups can deactivate it; failing \
                    that, write to support: {support}."
            )
            .into(),
        ),
        Refusal::NoChange => (
            "Nothing to change",
            "The account already is what the order would make it: there is nothing to do.".into(),
        ),
        Refusal::AccountInactive => (
            "Address cannot be confirmed",
            "A new address is confirmed by logging in with it, which a deactivated account \
                cannot do. Have the account reactivated first."
                .into(),
        ),
        Refusal::TwoOrders => (
            "Two orders needed",
            "One order does not give both the role responsable and a new address. Propose the \
                address first and, once it is confirmed, the role."
                .into(),
        ),
        Refusal::SharedAddress => (
            "Shared mailbox",
            "Several people read this mailbox: the account of one person does not become theirs. \
                A responsable can create an account of its own for the mailbox."
                .into(),
        ),
        Refusal::OrderNotFound => (
            "No such order",
            format!(
                "There is no such support order, or its account is in none of your groups. If in \
                    doubt, write to support: {support}."
            )
            .into(),
        ),
        Refusal::OwnOrder => (
            "Somebody else decides",
            "Whoever proposed a support order, or whom it concerns, does not decide on it. \
                Another operator, or a responsable of one of the account's groups, can; support \
                can withdraw it."
                .into(),
        ),
        Refusal::NotApprover => (
            "For the account's responsables",
            format!(
                "Only a responsable of one of the account's groups, or another operator, decides \
                    on a support order. Ask one of them, or write to support: {support}."
            )
            .into(),
        ),
        Refusal::OrderClosed { state } => (
            "Order settled",
            format!(
                "This support order is already {}: there is nothing left to decide. If need be, \
                    support can propose another one.",
                super::order_state(state)
            )
            .into(),
        ),
        Refusal::OrderOutdated => (
            "Order overtaken",
            "The account has changed since this support order was proposed: it no longer applies. \
                Support can withdraw it and propose another one."
                .into(),
        ),
        Refusal::ConversationNotFound => (
            "No such request to support",
            format!(
                "There is no such request to support, it was erased, or it is somebody else's: only \
                    the person who wrote it sees it, with support: {support}."
            )
            .into(),
        ),
        Refusal::ConversationClosed => (
            "Request closed",
            "This request is closed: support no longer answers it. A further message of the person who \
                wrote it opens it again."
                .into(),
        ),
        Refusal::ConversationMoved => (
            "Request to be read again",
            "Somebody wrote in this request since you read it: nothing was sent or closed. Read it \
                again, then try once more."
                .into(),
        ),
        Refusal::OperatorNotFound => (
            "No such operator",
            "Nobody of the support team has this number. The team's page shows who belongs to it."
                .into(),
        ),
        Refusal::OwnSuspension => (
            "Your own access",
            "Nobody suspends themselves. Another operator can do it; to leave, end all your \
                sessions and tell one of them."
                .into(),
        ),
        Refusal::AlreadySuspended => (
            "Already suspended",
            "This operator is suspended already: there is nothing to do. Two operators together \
                can bring them back."
                .into(),
        ),
        Refusal::NotSuspended => (
            "Not suspended",
            "This operator is not suspended: there is nothing to undo. They can log in by asking \
                for a link."
                .into(),
        ),
        Refusal::AccountNotFound => (
            "Account not found",
            format!(
                "There is no such account, or it is in none of your groups. Check the address; \
                    if the person has no account, a responsable can create one. Failing that, \
                    write to support: {support}."
            )
            .into(),
        ),
        Refusal::GroupNotFound => (
            "Group not found",
            format!("There is no such group. Only support creates groups: {support}.").into(),
        ),
        Refusal::GroupTaken => (
            "Group already there",
            "A group has this number of the France Services list already: look it up instead of \
                creating a second one."
                .into(),
        ),
        Refusal::SessionNotFound => (
            "Session not found",
            format!(
                "This session is none of yours, or it has ended. Support can end all sessions of \
                    an account: {support}."
            )
            .into(),
        ),
        Refusal::LinkExpired { at } => (
            "Link expired",
            format!("This link expired {}. Ask for a new one.", moment(at, site)).into(),
        ),
        Refusal::LinkUsed { at } => (
            "Link already used",
            format!(
                "This link logged somebody in {}, and a link works once. Ask for a new one. If \
                    that was not you, write to support: {support}.",
                moment(at, site)
            )
            .into(),
        ),
        Refusal::LinkSuperseded { at } => (
            "Link replaced",
            format!(
                "A newer link took the place of this one {}. Open the latest e-mail, or ask for \
                    a new link.",
                moment(at, site)
            )
            .into(),
        ),
        Refusal::LinkEnded => (
            "Link ended",
            format!(
                "This link was ended: since it was sent, the account was deactivated or changed, \
                    or all its sessions were ended. Ask for a new link; if none arrives, write \
                    to support: {support}."
            )
            .into(),
        ),
        Refusal::LinkUnknown => (
            "Unknown link",
            format!(
                "There is no such link, or it stopped working more than {} days ago. Check that \
                    you copied all of it, or ask for a new one.",
                dead_link_days()
            )
            .into(),
        ),
        Refusal::ConfirmEmail { tries_left } => (
            "Confirm the address",
            format!(
                "This link was asked for in another browser. To log in on this device, type the \
                    e-mail address that the link was sent to. {}",
                tries(tries_left)
            )
            .into(),
        ),
        Refusal::AddressWayClosed => (
            "Too many wrong addresses",
            format!(
                "{WRONG_ADDRESSES} wrong addresses were typed: this link can now be confirmed \
                    only in the browser that asked for it. Open it there, or ask for a new link \
                    from this device."
            )
            .into(),
        ),
    }
}

fn tries(left: u8) -> String {
    match left {
        1 => "You have 1 try left.".to_owned(),
        _ => format!("You have {left} tries left."),
    }
}

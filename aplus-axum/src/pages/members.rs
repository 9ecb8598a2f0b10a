//! Adding an account to a group by its address, taking it out, leaving (A2, A8).

use aplus_core::ports::TargetRef;
use aplus_core::rules::{self, Action};
use aplus_core::words;
use aplus_core::{Account, AccountId, EmailAddress, Group, GroupId, Refusal, Site};
use askama::Template;
use axum::http::StatusCode;

use super::confirm::ConfirmPage;
use super::form::Errors;
use super::groups::{group_page, read, trail};
use super::rights;
use super::shell::Shell;
use super::slip::Note;
use super::view::{self, FRENCH, Field, FieldError, Link, No};
use super::visit::{Answer, Signed};
use crate::problem::Problem;

/// The field that says that the warning was read.
const CONFIRMED: &str = "confirme";

#[derive(Template)]
#[template(path = "member_new.html")]
struct NewMemberPage {
    shell: Shell,
    trail: Vec<Link>,
    group: String,
    action: String,
    email: Field,
    errors: Vec<FieldError>,
    no: Option<No>,
}

fn form(
    signed: &Signed,
    group: &Group,
    status: StatusCode,
    errors: Vec<FieldError>,
    no: Option<No>,
) -> Answer {
    let page = NewMemberPage {
        shell: signed.shell(Site::GROUPS),
        trail: trail(signed.site(), group),
        group: group.name.to_string(),
        action: signed.path(),
        email: Field::email(signed.form.text("email"), false)
            .hint("Celle de son compte.")
            .told(&errors),
        errors,
        no,
    };
    signed.page(status, &page)
}

pub(super) async fn show(signed: Signed) -> Answer {
    let id: GroupId = signed.id("group")?;
    let group = allowed(&signed, id).await?;
    form(&signed, &group, StatusCode::OK, Vec::new(), None)
}

/// The group, for who adds to it at all.
async fn allowed(signed: &Signed, id: GroupId) -> Result<Group, Problem> {
    let (aplus, context) = (signed.aplus(), &signed.context);
    let rule = rules::may_manage_members;
    aplus
        .allow_in_group(&signed.current, Action::AddMember, id, rule, context)
        .await?;
    Ok(aplus.group(id).await?)
}

/// Adds the account; if it becomes a responsable here by that, the page says so first (A2).
pub(super) async fn add(signed: Signed) -> Answer {
    let id: GroupId = signed.id("group")?;
    let known = signed.form.holds(&["email", CONFIRMED], &[]);
    let mut errors = Errors::default();
    let parsed = EmailAddress::parse(signed.form.text("email"));
    let email = errors.of("email", parsed, |error| words::email_error(error, FRENCH));
    let Some(email) = email.filter(|_| known.is_ok()) else {
        // Only who adds here learns what is wrong with the form.
        let group = allowed(&signed, id).await?;
        known?;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return form(&signed, &group, status, errors.0, None);
    };
    let (group, _, facts) = read(&signed, id, Some(TargetRef::Email(email.clone()))).await?;
    let warns = rights::adding(&facts) == Ok(true) && !signed.form.names(CONFIRMED);
    if warns {
        return warning(&signed, &group, &email);
    }
    match signed
        .aplus()
        .add_member(signed.author(), id, &email, &signed.context)
        .await
        .map_err(Problem::from)
    {
        Ok(()) => Ok(signed.go(&group_page(signed.site(), id), Some(Note::MemberAdded))),
        // About the address that was typed: the form stays, so that another can be.
        Err(
            problem @ Problem::Refused(
                Refusal::AccountNotFound | Refusal::AskSupport | Refusal::AlreadyMember,
            ),
        ) => {
            let no = No::new(&problem, signed.site());
            form(&signed, &group, problem.status(), Vec::new(), Some(no))
        }
        Err(problem) => Err(problem),
    }
}

fn warning(signed: &Signed, group: &Group, email: &EmailAddress) -> Answer {
    let page = ConfirmPage {
        shell: signed.shell(Site::GROUPS),
        trail: trail(signed.site(), group),
        title: "Ajouter un responsable à ce groupe".to_owned(),
        subject: Some(email.to_string()),
        lines: vec![
            format!(
                "Ce compte a le rôle de responsable. Les rôles suivent le compte dans tous ses groupes : en l'ajoutant, \
                 vous en faites aussi un responsable du groupe « {} ».",
                group.name
            ),
            "Il pourra y créer des comptes, y ajouter des personnes et en retirer.".to_owned(),
        ],
        action: signed.path(),
        pairs: vec![
            ("email".to_owned(), email.to_string()),
            (CONFIRMED.to_owned(), "oui".to_owned()),
            signed.shown_now(),
        ],
        button: "Ajouter ce responsable",
        cancel: group_page(signed.site(), group.id),
    };
    signed.page(StatusCode::OK, &page)
}

pub(super) async fn ask_removal(signed: Signed) -> Answer {
    let (id, account): (GroupId, AccountId) = (signed.id("group")?, signed.id("account")?);
    let seen = signed
        .aplus()
        .view_account(&signed.current, account, &signed.context)
        .await?;
    let title = "Retirer ce compte du groupe";
    let lines = |group: &Group| {
        vec![
            format!(
                "Le compte ne fera plus partie du groupe « {} ». Il garde ses autres groupes et ses rôles.",
                group.name
            ),
            "La personne en est avertie par e-mail.".to_owned(),
        ]
    };
    confirmation(
        &signed,
        id,
        &seen.account,
        title,
        lines,
        "Retirer du groupe",
    )
    .await
}

pub(super) async fn ask_leaving(signed: Signed) -> Answer {
    let id: GroupId = signed.id("group")?;
    let account = signed
        .current
        .account()
        .cloned()
        .ok_or(Refusal::NotAccount)?;
    let lines = |group: &Group| {
        vec![
            format!(
                "Vous ne ferez plus partie du groupe « {} ». Vous gardez vos autres groupes et vos rôles.",
                group.name
            ),
            "Pour y revenir, un responsable du groupe devra vous y ajouter.".to_owned(),
        ]
    };
    confirmation(
        &signed,
        id,
        &account,
        "Quitter ce groupe",
        lines,
        "Quitter le groupe",
    )
    .await
}

async fn confirmation(
    signed: &Signed,
    id: GroupId,
    account: &Account,
    title: &str,
    lines: impl Fn(&Group) -> Vec<String>,
    button: &'static str,
) -> Answer {
    let (group, of_group, facts) = read(signed, id, Some(TargetRef::Id(account.id()))).await?;
    let target = facts.target.as_ref().ok_or(Refusal::AccountNotFound);
    let verdict = target.and_then(|target| rights::removal(&facts.actor, &of_group, target));
    let (aplus, about) = (signed.aplus(), Some(account.id()));
    aplus
        .allow(
            &signed.current,
            Action::RemoveMember,
            about,
            Some(id),
            verdict,
            &signed.context,
        )
        .await?;
    let page = ConfirmPage {
        shell: signed.shell(Site::GROUPS),
        trail: trail(signed.site(), &group),
        title: title.to_owned(),
        subject: Some(view::email(account)),
        lines: lines(&group),
        action: signed.path(),
        pairs: vec![signed.shown_now()],
        button,
        cancel: group_page(signed.site(), id),
    };
    signed.page(StatusCode::OK, &page)
}

pub(super) async fn remove(signed: Signed) -> Answer {
    let (id, account): (GroupId, AccountId) = (signed.id("group")?, signed.id("account")?);
    signed
        .aplus()
        .remove_member(signed.author(), id, account, &signed.context)
        .await?;
    Ok(signed.go(&group_page(signed.site(), id), Some(Note::MemberRemoved)))
}

pub(super) async fn leave(signed: Signed) -> Answer {
    let id: GroupId = signed.id("group")?;
    let account = signed
        .current
        .account()
        .map(Account::id)
        .ok_or(Refusal::NotAccount)?;
    signed
        .aplus()
        .remove_member(signed.author(), id, account, &signed.context)
        .await?;
    Ok(signed.go(&signed.site().path(Site::GROUPS), Some(Note::GroupLeft)))
}

//! Creating an account, by a responsable or by support: filled in, shown once more, created (A1, A2, A5, A7).

use aplus_core::rules::{self, AccountDraft, Action};
use aplus_core::service::Warning;
use aplus_core::words;
use aplus_core::{
    Actor, EmailAddress, Group, GroupFacts, GroupId, ProfileField, Refusal, Role, Roles,
    RolesError, Site, SupportRequest,
};
use askama::Template;
use axum::http::StatusCode;

use super::form::{Errors, Pairs};
use super::groups::{group_page, read, trail};
use super::order::order_page;
use super::own;
use super::requester::{self, RequestView};
use super::shell::Shell;
use super::slip::Note;
use super::view::{self, Choice, ChoiceOption, FRENCH, Fact, Field, FieldError, Link, No};
use super::visit::{Answer, Signed};
use crate::problem::Problem;

/// The field that says which button was pressed.
const STEP: &str = "etape";
pub(super) const ROLES: &str = "roles";
const SHARED: &str = "shared";

/// By whose right an account is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Responsable,
    Support,
}

#[derive(Template)]
#[template(path = "account_new.html")]
struct NewAccountPage {
    shell: Shell,
    trail: Vec<Link>,
    group: String,
    action: String,
    email: Field,
    roles: Choice,
    shared: Choice,
    details: Vec<Field>,
    request: Option<RequestView>,
    errors: Vec<FieldError>,
    no: Option<No>,
}

#[derive(Template)]
#[template(path = "account_check.html")]
struct CheckPage {
    shell: Shell,
    trail: Vec<Link>,
    address: String,
    warnings: Vec<String>,
    facts: Vec<Fact>,
    action: String,
    pairs: Vec<(String, String)>,
}

impl By {
    fn action(self) -> Action {
        match self {
            Self::Responsable => Action::CreateAccount,
            Self::Support => Action::CreateAccountFor,
        }
    }

    fn fields(self) -> Vec<&'static str> {
        let own = ["email", SHARED, STEP]
            .into_iter()
            .chain(ProfileField::ALL.map(ProfileField::as_str));
        match self {
            Self::Responsable => own.collect(),
            Self::Support => own.chain(requester::FIELDS).collect(),
        }
    }
}

pub(super) async fn show(signed: Signed, by: By) -> Answer {
    let id: GroupId = signed.id("group")?;
    let group = allowed(&signed, by, id).await?;
    form(&signed, by, &group, StatusCode::OK, Vec::new(), None)
}

/// The group, for who may create an account in it at all.
async fn allowed(signed: &Signed, by: By, id: GroupId) -> Result<Group, Problem> {
    let rule = match by {
        By::Responsable => rules::may_create_accounts,
        By::Support => |actor: &Actor, _: &GroupFacts| rules::may_act_as_support(actor),
    };
    let (aplus, context) = (signed.aplus(), &signed.context);
    aplus
        .allow_in_group(&signed.current, by.action(), id, rule, context)
        .await?;
    Ok(aplus.group(id).await?)
}

pub(super) async fn create(signed: Signed, by: By) -> Answer {
    let id: GroupId = signed.id("group")?;
    let known = signed.form.holds(&by.fields(), &[ROLES]);
    let mut errors = Errors::default();
    let draft = draft(&signed.form, &mut errors);
    let request = match by {
        By::Responsable => None,
        By::Support => requester::read(&signed.form, &mut errors),
    };
    let Some(draft) = draft.filter(|_| errors.0.is_empty() && known.is_ok()) else {
        // Only who may create an account here learns what is wrong with the form.
        let group = allowed(&signed, by, id).await?;
        known?;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return form(&signed, by, &group, status, errors.0, None);
    };
    let step = signed.form.text(STEP);
    if step == "corriger" {
        let group = allowed(&signed, by, id).await?;
        return form(&signed, by, &group, StatusCode::OK, Vec::new(), None);
    }
    let (group, of_group, facts) = read(&signed, id, None).await?;
    if step == "creer" {
        let created = carry_out(&signed, id, &draft, request.as_ref()).await;
        return created.or_else(|problem| refused(&signed, by, &group, problem));
    }
    let verdict = match by {
        By::Responsable => {
            rules::may_create_account(&facts.actor, &of_group, &draft, signed.policy())
        }
        By::Support => rules::may_create_account_for(&facts.actor, &draft, signed.policy()),
    };
    let (aplus, context) = (signed.aplus(), &signed.context);
    match aplus
        .allow(
            &signed.current,
            by.action(),
            None,
            Some(id),
            verdict,
            context,
        )
        .await
    {
        Ok(()) => {
            let ordered =
                by == By::Support && rules::is_ordered(&of_group, &draft, signed.policy());
            check(&signed, by, &group, &draft, request.as_ref(), ordered)
        }
        Err(error) => refused(&signed, by, &group, error.into()),
    }
}

async fn carry_out(
    signed: &Signed,
    group: GroupId,
    draft: &AccountDraft,
    request: Option<&SupportRequest>,
) -> Answer {
    let (aplus, author, context) = (signed.aplus(), signed.author(), &signed.context);
    let created = match request {
        None => aplus.create_account(author, group, draft, context).await?,
        Some(request) => {
            aplus
                .create_account_for(author, group, draft, request, context)
                .await?
        }
    };
    if let Some(order) = &created.order {
        let page = order_page(signed.site(), &signed.actor(), order.id);
        return Ok(signed.go(&page, Some(Note::AccountCreatedWithOrder)));
    }
    // A slip of the keys was shown before, on the page that checks the address.
    let note = match created.warnings.contains(&Warning::NotNominative) {
        true => Note::AccountCreatedLookAgain,
        false => Note::AccountCreated,
    };
    Ok(signed.go(&group_page(signed.site(), group), Some(note)))
}

/// What is refused of the address or the roles that were chosen leaves the form, so that others can be.
fn refused(signed: &Signed, by: By, group: &Group, problem: Problem) -> Answer {
    match problem {
        Problem::Refused(
            Refusal::EmailTaken
            | Refusal::AskSupport
            | Refusal::AddressDeactivated
            | Refusal::SharedNotAllowed
            | Refusal::SharedResponsable,
        ) => {
            let no = No::new(&problem, signed.site());
            form(signed, by, group, problem.status(), Vec::new(), Some(no))
        }
        other => Err(other),
    }
}

fn draft(form: &Pairs, errors: &mut Errors) -> Option<AccountDraft> {
    let parsed = EmailAddress::parse(form.text("email"));
    let email = errors.of("email", parsed, |error| words::email_error(error, FRENCH));
    let roles = errors.of(ROLES, roles(form), Clone::clone);
    let profile = own::profile(form, errors);
    let shared = form.text(SHARED) == "true";
    Some(AccountDraft {
        email: email?,
        roles: roles?,
        profile,
        shared,
    })
}

pub(super) fn roles(form: &Pairs) -> Result<Roles, String> {
    let chosen: Result<Vec<Role>, _> = form.all(ROLES).map(str::parse).collect();
    let chosen = chosen.map_err(|_| words::roles_error(&RolesError::Empty, FRENCH))?;
    Roles::new(chosen).map_err(|error| words::roles_error(&error, FRENCH))
}

fn form(
    signed: &Signed,
    by: By,
    group: &Group,
    status: StatusCode,
    errors: Vec<FieldError>,
    no: Option<No>,
) -> Answer {
    let sent = &signed.form;
    let page = NewAccountPage {
        shell: signed.shell(Site::GROUPS),
        trail: trail(signed.site(), group),
        group: group.name.to_string(),
        action: signed.path(),
        email: Field::email(sent.text("email"), false).told(&errors),
        roles: roles_choice(sent).told(&errors),
        shared: Choice {
            name: SHARED,
            label: "Boîte partagée",
            hint: None,
            kind: "checkbox",
            options: vec![ChoiceOption {
                value: "true",
                label: "Plusieurs personnes lisent cette adresse".to_owned(),
                hint: Some("Le compte est marqué comme partagé et ne peut pas être responsable."),
                checked: sent.text(SHARED) == "true",
            }],
            error: None,
        },
        details: own::inputs(&own::typed(sent), false, &errors),
        request: match by {
            By::Responsable => None,
            By::Support => Some(RequestView::new(sent, &errors)),
        },
        errors,
        no,
    };
    signed.page(status, &page)
}

/// Each role with what it is for; aidant to begin with (A2).
fn roles_choice(sent: &Pairs) -> Choice {
    let chosen: Vec<_> = match sent.names("email") {
        true => sent.all(ROLES).collect(),
        false => vec![Role::Aidant.as_str()],
    };
    let hint = "Un ou plusieurs. Ils valent dans tous les groupes du compte, et ne se modifient plus ensuite.";
    choice_of_roles(&chosen, hint)
}

/// Each role with what it is for.
pub(super) fn choice_of_roles(chosen: &[&str], hint: &'static str) -> Choice {
    let options = Role::ALL.map(|role| ChoiceOption {
        value: role.as_str(),
        label: words::role(role, FRENCH).to_owned(),
        hint: Some(match role {
            Role::Aidant => "Accompagne les usagers au guichet et envoie leurs demandes.",
            Role::Instructeur => "Traite les demandes dans son administration.",
            Role::Responsable => {
                "Gère les comptes de ses groupes : en crée, en ajoute, en retire, en désactive."
            }
        }),
        checked: chosen.contains(&role.as_str()),
    });
    Choice {
        name: ROLES,
        label: "Rôles",
        hint: Some(hint),
        kind: "checkbox",
        options: options.to_vec(),
        error: None,
    }
}

/// The address once more, before it is frozen (A3).
fn check(
    signed: &Signed,
    by: By,
    group: &Group,
    draft: &AccountDraft,
    request: Option<&SupportRequest>,
    ordered: bool,
) -> Answer {
    let profile = &draft.profile;
    let made = match ordered {
        true => rules::without_responsable(draft.roles),
        false => draft.roles,
    };
    let mut facts = vec![
        Fact::new("Rôles", view::roles(made)),
        Fact::new("Groupe", group.name.as_str()),
    ];
    facts.extend(Fact::known("Prénom", profile.first_name.as_ref()));
    facts.extend(Fact::known("Nom", profile.last_name.as_ref()));
    facts.extend(Fact::known("Fonction", profile.job_title.as_ref()));
    facts.extend(Fact::known("Téléphone", profile.phone.as_ref()));
    facts.extend(request.map(requester::fact));
    let shared = draft.shared || signed.policy().shared_mailboxes.matches(&draft.email);
    let shared_warning =
        "Cette adresse est celle d'une boîte partagée : le compte sera marqué ainsi.";
    let nominative_warning = "Cette adresse n'est pas nominative. Une adresse de la forme prenom.nom@structure.fr est conseillée.";
    let ordered_warning = "Ce groupe a un responsable, ou en a eu un : le compte est créé sans ce rôle, et la demande qui le lui donne \
                           attend l'accord de quelqu'un d'autre.";
    let warning = match (shared, draft.email.is_nominative()) {
        (true, _) => Some(shared_warning),
        (false, false) => Some(nominative_warning),
        (false, true) => None,
    };
    let slip_warning = draft.email.probably_meant().map(|meant| {
        format!("Vouliez-vous écrire {meant}\u{a0}? Revenez alors en arrière\u{a0}: une adresse créée ne se corrige plus.")
    });
    let mut names = by.fields();
    names.retain(|name| *name != STEP);
    names.push(ROLES);
    let mut pairs = signed.form.only_of(&names);
    pairs.push(signed.shown_now());
    let page = CheckPage {
        shell: signed.shell(Site::GROUPS),
        trail: trail(signed.site(), group),
        address: draft.email.to_string(),
        warnings: warning
            .into_iter()
            .chain(ordered.then_some(ordered_warning))
            .map(str::to_owned)
            .chain(slip_warning)
            .collect(),
        facts,
        action: signed.path(),
        pairs,
    };
    signed.page(StatusCode::OK, &page)
}

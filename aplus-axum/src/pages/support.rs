//! The pages of the support team: finding an account and its story, creating groups (A7, T1).

use aplus_core::rules::{self, Action, GroupDraft, Sight};
use aplus_core::service::GroupForm;
use aplus_core::words;
use aplus_core::{
    AccountId, Department, EmailAddress, GroupId, GroupName, Organisation, Refusal, Site, TextError,
};
use askama::Template;
use axum::http::StatusCode;

use super::account::{self, StepView, account_page};
use super::form::{Errors, Pairs};
use super::groups::group_page;
use super::journal_search::search_page;
use super::requester::{self, RequestView};
use super::shell::Shell;
use super::slip::Note;
use super::view::{Choice, ChoiceOption, FRENCH, Field, FieldError, Link, Moment, No};
use super::visit::{Answer, Signed};
use crate::api::story;
use crate::problem::Problem;

/// The page that creates a group, below the base path.
pub(super) const NEW_GROUP: &str = "/support/groupes/nouveau";

const FRANCE_SERVICES: &str = "france_services";

/// Where support creates an account in a group, below the base path.
pub(super) fn new_account(group: GroupId) -> String {
    format!("{}/groupes/{group}/comptes/nouveau", Site::SUPPORT)
}

#[derive(Template)]
#[template(path = "support.html")]
struct SupportPage {
    shell: Shell,
    action: String,
    email: Field,
    groups: String,
    create: String,
    journal: String,
    errors: Vec<FieldError>,
    no: Option<No>,
}

#[derive(Template)]
#[template(path = "group_new.html")]
struct NewGroupPage {
    shell: Shell,
    trail: Vec<Link>,
    action: String,
    fields: Vec<Field>,
    france_services: Choice,
    request: RequestView,
    errors: Vec<FieldError>,
    no: Option<No>,
}

async fn allowed(signed: &Signed, action: Action) -> Result<(), Problem> {
    let verdict = rules::may_act_as_support(&signed.actor());
    Ok(signed
        .aplus()
        .allow(
            &signed.current,
            action,
            None,
            None,
            verdict,
            &signed.context,
        )
        .await?)
}

fn start(signed: &Signed, status: StatusCode, errors: Vec<FieldError>, no: Option<No>) -> Answer {
    let site = signed.site();
    let page = SupportPage {
        shell: signed.shell(Site::SUPPORT),
        action: site.path(Site::SUPPORT),
        email: Field::email(signed.form.text("email"), false)
            .hint("Celle de son compte.")
            .told(&errors),
        groups: site.path(Site::GROUPS),
        create: site.path(NEW_GROUP),
        journal: search_page(site),
        errors,
        no,
    };
    signed.page(status, &page)
}

pub(super) async fn show(signed: Signed) -> Answer {
    allowed(&signed, Action::Look).await?;
    start(&signed, StatusCode::OK, Vec::new(), None)
}

/// Looks an account up; the address stands in the form's body, never in an address that a log keeps.
pub(super) async fn find(signed: Signed) -> Answer {
    allowed(&signed, Action::Look).await?;
    signed.form.holds(&["email"], &[])?;
    let mut errors = Errors::default();
    let parsed = EmailAddress::parse(signed.form.text("email"));
    let Some(email) = errors.of("email", parsed, |error| words::email_error(error, FRENCH)) else {
        return start(&signed, StatusCode::UNPROCESSABLE_ENTITY, errors.0, None);
    };
    match signed
        .aplus()
        .find_account(&signed.current, &email, &signed.context)
        .await
        .map_err(Problem::from)
    {
        Ok(found) => Ok(signed.go(
            &account_page(signed.site(), &signed.actor(), found.account.id()),
            None,
        )),
        Err(problem @ Problem::Refused(Refusal::AccountNotFound)) => {
            let no = No::new(&problem, signed.site());
            start(&signed, problem.status(), Vec::new(), Some(no))
        }
        Err(problem) => Err(problem),
    }
}

/// An account with its story; the look is an entry.
pub(super) async fn account(signed: Signed) -> Answer {
    let id: AccountId = signed.id("account")?;
    let (aplus, site) = (signed.aplus(), signed.site());
    let found = aplus.links_of(&signed.current, id, &signed.context).await?;
    let steps = story::steps(&found, aplus.now(), FRENCH, site)
        .into_iter()
        .map(|step| StepView {
            at: step.at.map(|at| Moment::full(at, site)),
            what: step.what,
        });
    let page = account::page(&signed, &found.account, Sight::Whole, Some(steps.collect())).await?;
    signed.page(StatusCode::OK, &page)
}

fn group_form(
    signed: &Signed,
    status: StatusCode,
    errors: Vec<FieldError>,
    no: Option<No>,
) -> Answer {
    let sent = &signed.form;
    let off = |field: Field| field.kind("text", "off").told(&errors);
    let contact = Field {
        required: false,
        ..Field::email(sent.text("contact"), false)
    };
    let page = NewGroupPage {
        shell: signed.shell(Site::SUPPORT),
        trail: vec![Link::new(signed.site().path(Site::SUPPORT), "Support")],
        action: signed.path(),
        fields: vec![
            off(Field::new("name", "Nom du groupe", sent.text("name")).required()),
            off(Field::new(
                "organisation",
                "Organisation",
                sent.text("organisation"),
            )),
            off(Field::new(
                "department",
                "Département",
                sent.text("department"),
            )),
            Field {
                name: "contact",
                label: "Boîte de contact",
                ..contact
            }
            .hint("Celle de la structure. Aucun compte n'en découle.")
            .told(&errors),
        ],
        france_services: Choice {
            name: FRANCE_SERVICES,
            label: "Déploiement",
            hint: None,
            kind: "checkbox",
            options: vec![ChoiceOption {
                value: "true",
                label: "Maison France Services".to_owned(),
                hint: None,
                checked: sent.text(FRANCE_SERVICES) == "true",
            }],
            error: None,
        },
        request: RequestView::new(sent, &errors),
        errors,
        no,
    };
    signed.page(status, &page)
}

pub(super) async fn new_group(signed: Signed) -> Answer {
    allowed(&signed, Action::CreateGroup).await?;
    group_form(&signed, StatusCode::OK, Vec::new(), None)
}

pub(super) async fn create_group(signed: Signed) -> Answer {
    allowed(&signed, Action::CreateGroup).await?;
    let names = [
        "name",
        "organisation",
        "department",
        "contact",
        FRANCE_SERVICES,
    ];
    let names: Vec<_> = names.into_iter().chain(requester::FIELDS).collect();
    signed.form.holds(&names, &[])?;
    let mut errors = Errors::default();
    let draft = group_draft(&signed.form, &mut errors);
    let request = requester::read(&signed.form, &mut errors);
    let (Some(draft), Some(request), true) = (draft, request, errors.0.is_empty()) else {
        return group_form(&signed, StatusCode::UNPROCESSABLE_ENTITY, errors.0, None);
    };
    let form = GroupForm { draft, request };
    let group = signed
        .aplus()
        .create_group(signed.author(), &form, &signed.context)
        .await?;
    Ok(signed.go(
        &group_page(signed.site(), group.id),
        Some(Note::GroupCreated),
    ))
}

fn group_draft(form: &Pairs, errors: &mut Errors) -> Option<GroupDraft> {
    let say = |error: &TextError| words::text_error(error, FRENCH);
    let name = errors.of("name", GroupName::parse(form.text("name")), say);
    let organisation = errors.given(
        "organisation",
        form.text("organisation"),
        Organisation::parse,
        say,
    );
    let department = errors.given(
        "department",
        form.text("department"),
        Department::parse,
        say,
    );
    let contact = errors.given(
        "contact",
        form.text("contact"),
        EmailAddress::parse,
        |error| words::email_error(error, FRENCH),
    );
    let france_services = form.text(FRANCE_SERVICES) == "true";
    Some(GroupDraft {
        organisation,
        department,
        contact,
        france_services,
        ..GroupDraft::new(name?)
    })
}

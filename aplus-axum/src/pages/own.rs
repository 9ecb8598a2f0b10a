//! One's own details (A4), and what is frozen (A3).

use aplus_core::words;
use aplus_core::{
    Account, FirstName, FrozenField, JobTitle, LastName, Phone, Profile, ProfileChange,
    ProfileField, Rule, Site, TextError,
};
use askama::Template;
use axum::http::StatusCode;

use super::form::{Errors, Pairs};
use super::groups::group_page;
use super::shell::Shell;
use super::slip::Note;
use super::view::{self, FRENCH, Field, FieldError, Link};
use super::visit::{Answer, Signed, Visit};

#[derive(Template)]
#[template(path = "details.html")]
struct DetailsPage {
    shell: Shell,
    action: String,
    fields: Vec<Field>,
    errors: Vec<FieldError>,
    account: FrozenView,
    frozen: &'static str,
    journal: String,
}

struct FrozenView {
    email: String,
    roles: String,
    groups: Vec<Link>,
    status: &'static str,
}

#[derive(Template)]
#[template(path = "operator.html")]
struct OperatorPage {
    shell: Shell,
    email: String,
    journal: String,
}

pub(super) async fn show(signed: Signed) -> Answer {
    if let Some(operator) = signed.current.operator() {
        let page = OperatorPage {
            shell: signed.shell(Site::PROFILE),
            email: operator.email.to_string(),
            journal: signed.site().path(Site::JOURNAL),
        };
        return signed.page(StatusCode::OK, &page);
    }
    match signed.current.account() {
        Some(account) => details(
            &signed,
            account,
            StatusCode::OK,
            &fields(account.profile()),
            Vec::new(),
        ),
        None => Err(aplus_core::Refusal::NotAccount.into()),
    }
}

/// Saves the details. What is frozen is refused by name, before anything else is looked at (A3).
pub(super) async fn save(signed: Signed) -> Answer {
    let (aplus, form) = (signed.aplus(), &signed.form);
    let own = signed.current.account();
    if let Some(field) = FrozenField::ALL
        .into_iter()
        .find(|field| form.names(field.as_str()))
    {
        let account = own.map(Account::id);
        return Err(aplus
            .change_frozen(&signed.actor(), account, field, &signed.context)
            .await
            .into());
    }
    form.holds(&ProfileField::ALL.map(ProfileField::as_str), &[])?;
    let mut errors = Errors::default();
    let change = change(form, &mut errors);
    if let (false, Some(account)) = (errors.0.is_empty(), own) {
        let typed = ProfileField::ALL.map(|field| form.text(field.as_str()).to_owned());
        return details(
            &signed,
            account,
            StatusCode::UNPROCESSABLE_ENTITY,
            &typed,
            errors.0,
        );
    }
    aplus
        .edit_own_profile(&signed.current, &change, &signed.context)
        .await?;
    Ok(signed.go(&signed.site().path(Site::PROFILE), Some(Note::DetailsSaved)))
}

/// What the form wants changed: a field that it does not hold stays as it is, an empty one is emptied.
pub(super) fn change(form: &Pairs, errors: &mut Errors) -> ProfileChange {
    ProfileChange {
        first_name: wanted(form, errors, ProfileField::FirstName, FirstName::parse),
        last_name: wanted(form, errors, ProfileField::LastName, LastName::parse),
        job_title: wanted(form, errors, ProfileField::JobTitle, JobTitle::parse),
        phone: wanted(form, errors, ProfileField::Phone, Phone::parse),
    }
}

fn wanted<T>(
    form: &Pairs,
    errors: &mut Errors,
    field: ProfileField,
    parse: impl FnOnce(&str) -> Result<T, TextError>,
) -> Option<Option<T>> {
    let name = field.as_str();
    form.names(name).then(|| {
        errors.given(name, form.text(name), parse, |error| {
            words::text_error(error, FRENCH)
        })
    })
}

/// The details that a new account starts with.
pub(super) fn profile(form: &Pairs, errors: &mut Errors) -> Profile {
    change(form, errors).apply(Profile::default())
}

/// The four details as they are.
pub(super) fn fields(profile: &Profile) -> [String; 4] {
    [
        profile.first_name.as_ref().map(ToString::to_string),
        profile.last_name.as_ref().map(ToString::to_string),
        profile.job_title.as_ref().map(ToString::to_string),
        profile.phone.as_ref().map(ToString::to_string),
    ]
    .map(Option::unwrap_or_default)
}

/// The four fields of somebody's details, one's own where `own`.
pub(super) fn inputs(typed: &[String; 4], own: bool, errors: &[FieldError]) -> Vec<Field> {
    let input = |(field, value): (ProfileField, &String)| {
        let (kind, complete) = match field {
            ProfileField::FirstName => ("text", "given-name"),
            ProfileField::LastName => ("text", "family-name"),
            ProfileField::JobTitle => ("text", "organization-title"),
            ProfileField::Phone => ("tel", "tel"),
        };
        let label = words::profile_field(field, FRENCH);
        let complete = if own { complete } else { "off" };
        Field::new(field.as_str(), label, value.as_str())
            .kind(kind, complete)
            .told(errors)
    };
    ProfileField::ALL
        .into_iter()
        .zip(typed)
        .map(input)
        .collect()
}

/// What was typed into the four fields.
pub(super) fn typed(form: &Pairs) -> [String; 4] {
    ProfileField::ALL.map(|field| form.text(field.as_str()).to_owned())
}

fn details(
    visit: &Visit,
    account: &Account,
    status: StatusCode,
    typed: &[String; 4],
    errors: Vec<FieldError>,
) -> Answer {
    let groups = account
        .groups()
        .iter()
        .map(|group| Link::new(group_page(visit.site(), group.id), group.name.as_str()));
    let page = DetailsPage {
        shell: visit.shell(Site::PROFILE),
        action: visit.site().path(Site::PROFILE),
        fields: inputs(typed, true, &errors),
        errors,
        account: FrozenView {
            email: view::email(account),
            roles: view::roles(account.roles()),
            groups: groups.collect(),
            status: words::status(account.status(), FRENCH),
        },
        frozen: words::rule(Rule::A3, FRENCH),
        journal: visit.site().path(Site::JOURNAL),
    };
    visit.page(status, &page)
}

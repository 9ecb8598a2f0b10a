//! Searching the whole journal, for support; each page that is read is an entry (T1).

use aplus_core::journal::{EntryFilter, Event};
use aplus_core::ports::PeopleWanted;
use aplus_core::words;
use aplus_core::{Author, EmailAddress, Error, GroupId, Site};
use askama::Template;
use axum::http::StatusCode;

use super::form::{Errors, Pairs};
use super::journal::{DayView, ENTRIES, days};
use super::shell::Shell;
use super::view::{FRENCH, Field, FieldError, Link, Select, SelectOption};
use super::visit::{Answer, Signed};
use crate::api::journal::{actor, actor_text};
use crate::problem::Problem;

/// The page, below the base path.
const PAGE: &str = "/support/journal";

/// What a form sends, and what the address of the page holds: people by their ids, so that no log keeps their addresses.
const FIELDS: [&str; 6] = ["compte", "par", "groupe", "genre", "du", "au"];

const MACHINE: &str = "machine";

#[derive(Template)]
#[template(path = "journal_search.html")]
struct SearchPage {
    shell: Shell,
    trail: Vec<Link>,
    action: String,
    fields: Vec<Field>,
    kind: Select,
    group: Option<GroupView>,
    dates: Vec<Field>,
    errors: Vec<FieldError>,
    /// None where the form was wrong: then nothing was looked at.
    days: Option<Vec<DayView>>,
    next: Option<String>,
}

/// The group that is asked for, kept from one search to the next.
struct GroupView {
    id: String,
    name: String,
    /// The same search in every group.
    without: String,
}

pub(super) fn search_page(site: &Site) -> String {
    site.path(PAGE)
}

/// The search of one group's entries.
pub(super) fn of_group(site: &Site, group: GroupId) -> String {
    format!("{}?groupe={group}", search_page(site))
}

/// The address of a search, with what is said of it and nothing else.
fn address(signed: &Signed, pairs: &[(&str, &str)]) -> String {
    let said = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(said)
        .finish();
    let page = search_page(signed.site());
    match query.as_str() {
        "" => page,
        query => format!("{page}?{query}"),
    }
}

/// What the address asks for; what no form of ours sends leads nowhere.
fn asked(query: &Pairs, site: &Site) -> Result<EntryFilter, Problem> {
    fn said<T>(
        query: &Pairs,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        match query.text(name) {
            "" => Ok(None),
            text => read(text).map(Some).ok_or(Problem::NotFound),
        }
    }
    Ok(EntryFilter {
        account: said(query, "compte", |text| text.parse().ok())?,
        author: said(query, "par", |text| actor(text).ok())?,
        group: said(query, "groupe", |text| text.parse().ok())?,
        kind: said(query, "genre", Event::kind_named)?,
        from: said(query, "du", |text| site.start_of_day(text))?,
        until: said(query, "au", |text| site.end_of_day(text))?,
    })
}

/// What the form shows: addresses in place of ids.
struct Shown {
    account: String,
    author: String,
    group: Option<GroupView>,
    kind: String,
    from: String,
    until: String,
}

impl Shown {
    /// As it was sent, with what is wrong.
    fn sent(form: &Pairs) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        Self {
            account: text("compte"),
            author: text("par"),
            group: None,
            kind: text("genre"),
            from: text("du"),
            until: text("au"),
        }
    }

    /// As the address says, with the names of today.
    async fn asked(signed: &Signed, filter: &EntryFilter) -> Result<Self, Problem> {
        let query = &signed.query;
        let mut wanted = PeopleWanted::default();
        wanted.accounts.extend(filter.account);
        wanted.groups.extend(filter.group);
        match filter.author {
            Some(Author::Account(id)) => wanted.accounts.extend([id]),
            Some(Author::Operator(id)) => wanted.operators.extend([id]),
            Some(Author::Machine) | None => {}
        }
        let store = signed.aplus().store();
        let people = store.people(&wanted).await.map_err(Error::from)?;
        let account = |id| {
            let mut accounts = people.accounts.iter();
            let found = accounts.find(|account| account.id() == id);
            found.and_then(|account| account.email().map(ToString::to_string))
        };
        let author = filter.author.and_then(|author| match author {
            Author::Machine => Some(MACHINE.to_owned()),
            Author::Account(id) => account(id),
            Author::Operator(id) => {
                let mut operators = people.operators.iter();
                let found = operators.find(|operator| operator.id == id);
                found.map(|operator| operator.email.to_string())
            }
        });
        let others: Vec<_> = FIELDS
            .iter()
            .filter(|name| **name != "groupe")
            .map(|name| (*name, query.text(name)))
            .collect();
        let group = people.groups.first().map(|group| GroupView {
            id: group.id.to_string(),
            name: group.name.to_string(),
            without: address(signed, &others),
        });
        Ok(Self {
            account: filter.account.and_then(account).unwrap_or_default(),
            author: author.unwrap_or_default(),
            group,
            kind: query.text("genre").to_owned(),
            from: query.text("du").to_owned(),
            until: query.text("au").to_owned(),
        })
    }
}

fn page(
    signed: &Signed,
    shown: Shown,
    days: Option<Vec<DayView>>,
    next: Option<String>,
    errors: Vec<FieldError>,
) -> Answer {
    let site = signed.site();
    let kinds = Event::KINDS.map(|kind| SelectOption {
        value: kind,
        label: words::event_kind(kind, FRENCH).to_owned(),
        selected: shown.kind == kind,
    });
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let fields = [
        Field::new("compte", "Compte concerné", shown.account)
            .kind("text", "off")
            .hint("L’adresse e-mail du compte."),
        Field::new("par", "Fait par", shown.author)
            .kind("text", "off")
            .hint("L’adresse e-mail d’un compte ou d’un membre de l’équipe\u{a0}; «\u{a0}machine\u{a0}» pour la machine du service."),
    ];
    let dates = [
        Field::new("du", "Du", shown.from).kind("date", "off"),
        Field::new("au", "Au, ce jour compris", shown.until).kind("date", "off"),
    ];
    let page = SearchPage {
        shell: signed.shell(Site::SUPPORT),
        trail: vec![Link::new(site.path(Site::SUPPORT), "Support")],
        action: search_page(site),
        fields: fields.map(|field| field.told(&errors)).to_vec(),
        kind: Select {
            name: "genre",
            label: "Genre",
            none: "Tous",
            options: kinds.to_vec(),
        },
        group: shown.group,
        dates: dates.map(|field| field.told(&errors)).to_vec(),
        days,
        next,
        errors,
    };
    signed.page(status, &page)
}

pub(super) async fn show(signed: Signed) -> Answer {
    let (aplus, current, context) = (signed.aplus(), &signed.current, &signed.context);
    aplus
        .may_read_journal(current, &EntryFilter::default(), context)
        .await?;
    let filter = asked(&signed.query, signed.site())?;
    let found = aplus
        .journal(current, &filter, signed.after()?, ENTRIES, context)
        .await?;
    let shown = Shown::asked(&signed, &filter).await?;
    let next = found.next.as_ref().map(|next| {
        let mut pairs: Vec<_> = FIELDS
            .iter()
            .map(|name| (*name, signed.query.text(name)))
            .collect();
        pairs.push(("apres", next));
        address(&signed, &pairs)
    });
    let days = days(&signed, &found.items, true);
    page(&signed, shown, Some(days), next, Vec::new())
}

/// From the addresses that a form holds to the page of the search; whose account an address is is looked at, the journal is not.
pub(super) async fn ask(signed: Signed) -> Answer {
    let (aplus, current, context) = (signed.aplus(), &signed.current, &signed.context);
    aplus
        .may_read_journal(current, &EntryFilter::default(), context)
        .await?;
    let (form, site) = (&signed.form, signed.site());
    form.holds(&FIELDS, &[])?;
    let mut errors = Errors::default();
    let account = match given(form, "compte", &mut errors) {
        None => None,
        Some(email) => {
            let found = match aplus.whose(current, &email, context).await? {
                Some(Author::Account(id)) => Ok(id),
                Some(Author::Operator(_) | Author::Machine) | None => Err(()),
            };
            errors.of("compte", found, |()| {
                "Compte concerné\u{a0}: aucun compte n’a cette adresse.".to_owned()
            })
        }
    };
    let author = match form.text("par").trim() {
        MACHINE => Some(Author::Machine),
        _ => match given(form, "par", &mut errors) {
            None => None,
            Some(email) => {
                let found = aplus.whose(current, &email, context).await?.ok_or(());
                errors.of("par", found, |()| {
                    "Fait par\u{a0}: ni compte ni membre de l’équipe n’a cette adresse.".to_owned()
                })
            }
        },
    };
    for (name, label) in [("du", "Du"), ("au", "Au")] {
        let text = form.text(name);
        let date = site
            .start_of_day(text)
            .filter(|_| site.end_of_day(text).is_some());
        if !text.is_empty() {
            let date = date.ok_or(());
            errors.of(name, date, |()| {
                format!("{label}\u{a0}: une date est attendue, comme 2026-03-02.")
            });
        }
    }
    if !errors.0.is_empty() {
        return page(&signed, Shown::sent(form), None, None, errors.0);
    }
    let account = account.map(|id| id.to_string());
    let author = author.map(actor_text);
    let pairs = [
        ("compte", account.as_deref().unwrap_or_default()),
        ("par", author.as_deref().unwrap_or_default()),
        ("groupe", form.text("groupe")),
        ("genre", form.text("genre")),
        ("du", form.text("du")),
        ("au", form.text("au")),
    ];
    Ok(signed.go(&address(&signed, &pairs), None))
}

fn given(form: &Pairs, name: &'static str, errors: &mut Errors) -> Option<EmailAddress> {
    errors.given(name, form.text(name), EmailAddress::parse, |error| {
        words::email_error(error, FRENCH)
    })
}

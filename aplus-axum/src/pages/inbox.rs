//! Support's inbox: who waits for an answer, the longest first (S2); each page is an entry (T1).

use aplus_core::conversation::{Conversation, Enquirer};
use aplus_core::ports::{Inbox, Page, PeopleWanted};
use aplus_core::{Error, Site};
use askama::Template;
use axum::http::StatusCode;

use super::contact::subject_words;
use super::shell::{MESSAGES, Shell};
use super::view::{self, Link, Moment};
use super::visit::{AFTER, Answer, Signed};
use crate::problem::Problem;

/// How many lines one part of a list has: there are two lists on a page.
const LISTED: u32 = 25;

/// The list of those who were answered goes on by a parameter of its own.
const ANSWERED: &str = "repondues";

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    shell: Shell,
    trail: Vec<Link>,
    waiting: Option<Part>,
    answered: Option<Part>,
}

/// A part of a list, and where it goes on.
struct Part {
    lines: Vec<Line>,
    next: Option<String>,
}

struct Line {
    page: Link,
    from: String,
    since: Moment,
}

/// Who asked, as support sees it: an account by its address of now, a visitor by what they typed.
pub(super) async fn enquirer(signed: &Signed, of: &[Conversation]) -> Result<Vec<String>, Problem> {
    let accounts = of.iter().filter_map(|it| it.enquirer.account()).collect();
    let wanted = PeopleWanted {
        accounts,
        ..PeopleWanted::default()
    };
    let people = signed
        .aplus()
        .store()
        .people(&wanted)
        .await
        .map_err(Error::from)?;
    let name = |it: &Conversation| match &it.enquirer {
        Enquirer::Account(id) => {
            let found = people.accounts.iter().find(|account| account.id() == *id);
            found.map_or_else(|| view::address(None), view::email)
        }
        Enquirer::Visitor(Some(email)) => format!("{email} (adresse saisie, non vérifiée)"),
        Enquirer::Visitor(None) => "Adresse effacée".to_owned(),
    };
    Ok(of.iter().map(name).collect())
}

async fn part(signed: &Signed, of: Inbox, list: &str) -> Result<Part, Problem> {
    let after = signed.after_in(list)?;
    let (aplus, current, context) = (signed.aplus(), &signed.current, &signed.context);
    let Page { items, next } = aplus.inbox(current, of, after, LISTED, context).await?;
    let names = enquirer(signed, &items).await?;
    let line = |(it, from): (&Conversation, String)| Line {
        page: Link::new(
            signed.site().path(&format!("{MESSAGES}/{}", it.id)),
            subject_words(it.subject.as_ref()),
        ),
        from,
        since: Moment::full(it.since, signed.site()),
    };
    Ok(Part {
        lines: items.iter().zip(names).map(line).collect(),
        next: signed.next_in(list, next),
    })
}

/// What waits comes first; where one of the two lists goes on, it stands alone.
pub(super) async fn list(signed: Signed) -> Answer {
    let waiting = match signed.query.names(ANSWERED) {
        true => None,
        false => Some(part(&signed, Inbox::Waiting, AFTER).await?),
    };
    let answered = match signed.query.names(AFTER) {
        true => None,
        false => Some(part(&signed, Inbox::Answered, ANSWERED).await?),
    };
    let page = InboxPage {
        shell: signed.shell(MESSAGES),
        trail: vec![Link::new(signed.site().path(Site::SUPPORT), "Support")],
        waiting,
        answered,
    };
    signed.page(StatusCode::OK, &page)
}

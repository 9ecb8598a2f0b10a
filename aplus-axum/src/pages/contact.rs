//! Writing to support, logged in or not (S2); one's own requests for whoever has an account.

use aplus_core::conversation::ConversationState;
use aplus_core::{
    ConversationDraft, ConversationId, ConversationSubject, EmailAddress, MessageText, Site, words,
};
use askama::Template;
use axum::http::StatusCode;

use super::form::Errors;
use super::rights;
use super::shell::{MESSAGES, Shell};
use super::slip::Note;
use super::view::{FRENCH, Field, FieldError, Link, Moment};
use super::visit::{Answer, Visit};
use crate::api::count_visitor;
use crate::problem::Problem;

/// How many of one's own requests are listed at once.
const LISTED: u32 = 25;

#[derive(Template)]
#[template(path = "contact.html")]
struct ContactPage {
    shell: Shell,
    /// Support reads what others write; it does not write to itself.
    inbox: Option<String>,
    action: String,
    shown_at: (String, String),
    email: Option<Field>,
    subject: Field,
    text: Field,
    errors: Vec<FieldError>,
    requests: Option<Vec<RequestLine>>,
    next: Option<String>,
}

/// One of one's own requests.
struct RequestLine {
    page: Link,
    state: &'static str,
    last: Moment,
}

#[derive(Template)]
#[template(path = "received.html")]
struct ReceivedPage {
    shell: Shell,
    answer_by: String,
    email: String,
    again: String,
}

/// The state of a conversation, as one says of a request.
pub(super) fn state_words(state: ConversationState) -> &'static str {
    match state {
        ConversationState::Waiting => "en attente d’une réponse",
        ConversationState::Answered => "répondue",
        ConversationState::Closed => "close",
    }
}

/// The subject, or that it is no longer there.
pub(super) fn subject_words(subject: Option<&ConversationSubject>) -> String {
    subject.map_or_else(|| "Demande effacée".to_owned(), ToString::to_string)
}

/// The page of a conversation for its own account.
pub(super) fn own_page(site: &Site, id: ConversationId) -> String {
    site.path(&format!("{}/{id}", Site::CONTACT))
}

async fn page(visit: &Visit, errors: Vec<FieldError>) -> Result<ContactPage, Problem> {
    let form = &visit.form;
    let current = visit.session.as_ref();
    let is_support = current.is_some_and(|current| rights::is_support(&current.actor()));
    let own = match current {
        Some(current) if !is_support => {
            let (aplus, before) = (visit.aplus(), visit.after()?);
            let read = aplus.my_conversations(current, before, LISTED, &visit.context);
            Some(read.await?)
        }
        Some(_) | None => None,
    };
    let site = visit.site();
    let (lines, next) = match own {
        None => (None, None),
        Some(own) => {
            let line = |it: &aplus_core::Conversation| RequestLine {
                page: Link::new(own_page(site, it.id), subject_words(it.subject.as_ref())),
                state: state_words(it.state),
                last: Moment::full(it.last_message_at, site),
            };
            (Some(own.items.iter().map(line).collect()), own.next)
        }
    };
    let email = current.is_none().then(|| {
        let hint = "La réponse y est envoyée. De préférence professionnelle et nominative.";
        Field::email(form.text("email"), true)
            .hint(hint)
            .told(&errors)
    });
    let most = format!("{} caractères au plus.", MessageText::MOST);
    Ok(ContactPage {
        shell: visit.shell(Site::CONTACT),
        inbox: is_support.then(|| site.path(MESSAGES)),
        action: site.path(Site::CONTACT),
        shown_at: visit.shown_now(),
        email,
        subject: Field::new("subject", "Objet", form.text("subject"))
            .required()
            .told(&errors),
        text: Field::new("text", "Message", form.text("text"))
            .required()
            .hint(&most)
            .told(&errors),
        errors,
        requests: lines,
        next: visit.next(next),
    })
}

pub(super) async fn show(visit: Visit) -> Answer {
    let page = page(&visit, Vec::new()).await?;
    visit.page(StatusCode::OK, &page)
}

/// What somebody wrote, or what is wrong with it.
fn draft(visit: &Visit, errors: &mut Errors) -> Option<ConversationDraft> {
    let (form, say) = (&visit.form, |error: &_| words::text_error(error, FRENCH));
    let subject = ConversationSubject::parse(form.text("subject"));
    let subject = errors.of("subject", subject, say);
    let text = errors.of("text", MessageText::parse(form.text("text")), say);
    Some(ConversationDraft {
        subject: subject?,
        text: text?,
    })
}

/// Takes a request in: whoever has an account goes on to its page, a visitor is told by which day support usually answers, whatever
/// the address is (L7).
pub(super) async fn send(visit: Visit) -> Answer {
    let aplus = visit.aplus();
    let Some(current) = visit.session.as_ref() else {
        return send_as_visitor(&visit).await;
    };
    visit.form.holds(&["subject", "text"], &[])?;
    let mut errors = Errors::default();
    let Some(draft) = draft(&visit, &mut errors) else {
        let verdict = aplus_core::rules::may_open_conversation(&current.actor());
        let action = aplus_core::rules::Action::OpenConversation;
        aplus
            .allow(current, action, None, None, verdict, &visit.context)
            .await?;
        let page = page(&visit, errors.0).await?;
        return visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let author = current.author();
    let received = aplus
        .open_conversation(author, &draft, &visit.context)
        .await?;
    let page = own_page(visit.site(), received.conversation);
    Ok(visit.go(&page, Some(Note::RequestSent)))
}

async fn send_as_visitor(visit: &Visit) -> Answer {
    visit.form.holds(&["email", "subject", "text"], &[])?;
    let mut errors = Errors::default();
    let email = EmailAddress::parse(visit.form.text("email"));
    let email = errors.of("email", email, |error| words::email_error(error, FRENCH));
    let (Some(draft), Some(email)) = (draft(visit, &mut errors), email) else {
        let page = page(visit, errors.0).await?;
        return visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    count_visitor(&visit.web, &visit.caller)?;
    let aplus = visit.aplus();
    let received = aplus
        .open_visitors_conversation(&email, &draft, &visit.context)
        .await?;
    let page = ReceivedPage {
        shell: visit.shell(Site::CONTACT),
        answer_by: words::day(received.answer_by, FRENCH),
        email: email.to_string(),
        again: visit.site().path(Site::CONTACT),
    };
    visit.page(StatusCode::OK, &page)
}

//! One conversation with support: read and continued by its account, answered and closed by support (S2).

use aplus_core::account::Version;
use aplus_core::conversation::{ConversationFacts, ConversationState, Speaker};
use aplus_core::rules::{self, Action};
use aplus_core::service::Thread;
use aplus_core::{Actor, ConversationId, Error, MessageText, Refusal, Site, words};
use askama::Template;
use axum::http::StatusCode;

use super::contact::{own_page, state_words, subject_words};
use super::form::Errors;
use super::inbox::enquirer;
use super::shell::{MESSAGES, Shell};
use super::slip::Note;
use super::view::{FRENCH, Field, FieldError, Link, Moment};
use super::visit::{AFTER, Answer, Signed};
use crate::problem::Problem;

/// The field of support's forms that says what was read: others write meanwhile.
const SEEN: &str = "lu";

#[derive(Template)]
#[template(path = "thread.html")]
struct ThreadPage {
    shell: Shell,
    trail: Vec<Link>,
    subject: String,
    /// Who asked, for support.
    from: Option<Link>,
    state: &'static str,
    /// By which day support usually answers, while it waits.
    answer_by: Option<String>,
    messages: Vec<MessageView>,
    next: Option<String>,
    /// The way to write; none where nobody answers any more.
    form: Option<Writing>,
    close: Option<Closing>,
    /// Why there is no way to write.
    why_not: Option<String>,
    errors: Vec<FieldError>,
}

struct MessageView {
    who: &'static str,
    at: Moment,
    /// None once it is erased.
    lines: Option<Vec<String>>,
}

struct Writing {
    action: String,
    /// The conversation as it is shown, by which what support does to another one is told from it.
    seen: Option<i64>,
    shown_at: (String, String),
    text: Field,
    button: &'static str,
}

struct Closing {
    action: String,
    seen: i64,
}

fn who(speaker: Speaker, is_support: bool) -> &'static str {
    match (speaker, is_support) {
        (Speaker::Operator(_), _) => "L’équipe de support",
        (Speaker::Account(_), false) => "Vous",
        (Speaker::Account(_), true) => "La personne",
        (Speaker::Visitor, _) => "La personne, non connectée",
    }
}

/// What is shown of a conversation, to whom.
struct Side {
    is_support: bool,
    page: String,
    may_write: Result<(), Refusal>,
}

impl Side {
    fn of_account(signed: &Signed, thread: &Thread) -> Self {
        let facts = thread.conversation.facts();
        Self {
            is_support: false,
            page: own_page(signed.site(), facts.id),
            may_write: rules::may_add_message(&signed.actor(), &facts),
        }
    }

    fn of_support(signed: &Signed, thread: &Thread) -> Self {
        let facts = thread.conversation.facts();
        Self {
            is_support: true,
            page: signed.site().path(&format!("{MESSAGES}/{}", facts.id)),
            may_write: rules::may_answer_conversation(&signed.actor(), &facts),
        }
    }
}

async fn read(signed: &Signed) -> Result<Thread, Problem> {
    let id: ConversationId = signed.id("conversation")?;
    let after = signed.after_in::<i64>(AFTER)?.unwrap_or(0);
    let (aplus, current) = (signed.aplus(), &signed.current);
    Ok(aplus
        .conversation(current, id, Version(after), &signed.context)
        .await?)
}

async fn page(
    signed: &Signed,
    thread: Thread,
    side: Side,
    errors: Vec<FieldError>,
) -> Result<ThreadPage, Problem> {
    let (site, conversation) = (signed.site(), thread.conversation);
    let waits = conversation.state == ConversationState::Waiting;
    let view = |message: aplus_core::ConversationMessage| MessageView {
        who: who(message.speaker, side.is_support),
        at: Moment::full(message.at, site),
        lines: message
            .text
            .map(|text| text.as_str().lines().map(str::to_owned).collect()),
    };
    let from = match side.is_support {
        false => None,
        true => {
            let name = enquirer(signed, std::slice::from_ref(&conversation))
                .await?
                .concat();
            let account = conversation.enquirer.account();
            let href = account.map(|id| super::account::account_page(site, &signed.actor(), id));
            Some(Link::new(href.unwrap_or_default(), name))
        }
    };
    let writing = side.may_write.is_ok().then(|| Writing {
        action: side.page.clone(),
        seen: side.is_support.then_some(conversation.version.0),
        shown_at: signed.shown_now(),
        text: Field::new("text", "Message", signed.form.text("text"))
            .required()
            .hint(&format!("{} caractères au plus.", MessageText::MOST))
            .told(&errors),
        button: match side.is_support {
            true => "Répondre",
            false => "Envoyer",
        },
    });
    let (list, label) = match side.is_support {
        true => (MESSAGES, "Messages"),
        false => (Site::CONTACT, "Contacter le support"),
    };
    let why_not = side.may_write.err();
    Ok(ThreadPage {
        shell: signed.shell(list),
        trail: vec![Link::new(site.path(list), label)],
        subject: subject_words(conversation.subject.as_ref()),
        from,
        state: state_words(conversation.state),
        answer_by: waits
            .then(|| words::day(signed.aplus().usual_answer(conversation.since), FRENCH)),
        messages: thread.messages.items.into_iter().map(view).collect(),
        next: signed.next(thread.messages.next),
        close: writing
            .as_ref()
            .and_then(|form| form.seen)
            .map(|seen| Closing {
                action: format!("{}/clore", side.page),
                seen,
            }),
        form: writing,
        why_not: why_not.map(|refusal| words::refusal(&refusal, FRENCH, site).detail),
        errors,
    })
}

pub(super) async fn own(signed: Signed) -> Answer {
    let thread = read(&signed).await?;
    let side = Side::of_account(&signed, &thread);
    let page = page(&signed, thread, side, Vec::new()).await?;
    signed.page(StatusCode::OK, &page)
}

pub(super) async fn of_support(signed: Signed) -> Answer {
    let verdict = rules::may_act_as_support(&signed.actor());
    let (aplus, current) = (signed.aplus(), &signed.current);
    aplus
        .allow(current, Action::Look, None, None, verdict, &signed.context)
        .await?;
    let thread = read(&signed).await?;
    let side = Side::of_support(&signed, &thread);
    let page = page(&signed, thread, side, Vec::new()).await?;
    signed.page(StatusCode::OK, &page)
}

/// The right comes before what is wrong with the form: a no is recorded (T1).
async fn allow(
    signed: &Signed,
    action: Action,
    rule: fn(&Actor, &ConversationFacts) -> Result<(), Refusal>,
) -> Result<(), Problem> {
    let id: ConversationId = signed.id("conversation")?;
    let (aplus, current) = (signed.aplus(), &signed.current);
    Ok(aplus
        .allow_on_conversation(current, action, id, rule, &signed.context)
        .await?)
}

fn text(signed: &Signed, errors: &mut Errors) -> Option<MessageText> {
    let text = MessageText::parse(signed.form.text("text"));
    errors.of("text", text, |error| words::text_error(error, FRENCH))
}

pub(super) async fn add(signed: Signed) -> Answer {
    allow(&signed, Action::AddMessage, rules::may_add_message).await?;
    signed.form.holds(&["text"], &[])?;
    let id: ConversationId = signed.id("conversation")?;
    let mut errors = Errors::default();
    let Some(text) = text(&signed, &mut errors) else {
        let thread = read(&signed).await?;
        let side = Side::of_account(&signed, &thread);
        let page = page(&signed, thread, side, errors.0).await?;
        return signed.page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let (aplus, author) = (signed.aplus(), signed.author());
    aplus
        .add_message(author, id, &text, &signed.context)
        .await?;
    Ok(signed.go(&own_page(signed.site(), id), Some(Note::MessageSent)))
}

/// The version of the conversation that an operator had before their eyes; of none nothing is as it was.
fn seen(signed: &Signed) -> Version {
    Version(signed.form.text(SEEN).parse().unwrap_or_default())
}

/// An answer that cannot be sent as it stands: the page again with what was written, and with what was said meanwhile.
async fn answer_again(signed: &Signed, status: StatusCode, errors: Errors) -> Answer {
    let thread = read(signed).await?;
    let side = Side::of_support(signed, &thread);
    let page = page(signed, thread, side, errors.0).await?;
    signed.page(status, &page)
}

pub(super) async fn answer(signed: Signed) -> Answer {
    let rule = rules::may_answer_conversation;
    allow(&signed, Action::AnswerConversation, rule).await?;
    signed.form.holds(&["text", SEEN], &[])?;
    let id: ConversationId = signed.id("conversation")?;
    let mut errors = Errors::default();
    let Some(text) = text(&signed, &mut errors) else {
        return answer_again(&signed, StatusCode::UNPROCESSABLE_ENTITY, errors).await;
    };
    let (aplus, author) = (signed.aplus(), signed.author());
    let answered = aplus
        .answer_conversation(author, id, seen(&signed), &text, &signed.context)
        .await;
    if let Err(Error::Refused(moved @ Refusal::ConversationMoved)) = answered {
        let text = words::refusal(&moved, FRENCH, signed.site()).detail;
        errors.0.push(FieldError {
            field: "text",
            text,
        });
        return answer_again(&signed, StatusCode::CONFLICT, errors).await;
    }
    answered?;
    let page = signed.site().path(&format!("{MESSAGES}/{id}"));
    Ok(signed.go(&page, Some(Note::AnswerSent)))
}

pub(super) async fn close(signed: Signed) -> Answer {
    let rule = rules::may_close_conversation;
    allow(&signed, Action::CloseConversation, rule).await?;
    signed.form.holds(&[SEEN], &[])?;
    let id: ConversationId = signed.id("conversation")?;
    let (aplus, author) = (signed.aplus(), signed.author());
    aplus
        .close_conversation(author, id, seen(&signed), &signed.context)
        .await?;
    Ok(signed.go(&signed.site().path(MESSAGES), Some(Note::RequestClosed)))
}

//! Writing to support (S2). What is answered is read by mail and on the pages.

use aplus_core::rules::{self, Action};
use aplus_core::service::{Context, Current};
use aplus_core::{ConversationDraft, ConversationSubject, EmailAddress, MessageText};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use crate::body::Body;
use crate::client::Caller;
use crate::extract::MaybeSession;
use crate::fields::{Fields, FromFields};
use crate::problem::Problem;
use crate::state::Web;

impl FromFields for ConversationDraft {
    fn read(fields: &mut Fields) -> Option<Self> {
        let subject = fields.required("subject", ConversationSubject::parse);
        let text = fields.required("text", MessageText::parse);
        Some(Self {
            subject: subject?,
            text: text?,
        })
    }
}

/// What somebody who is not logged in sends: the only ones who say where to answer.
struct Visitors {
    email: EmailAddress,
    draft: ConversationDraft,
}

impl FromFields for Visitors {
    fn read(fields: &mut Fields) -> Option<Self> {
        let email = fields.email("email");
        let draft = ConversationDraft::read(fields);
        Some(Self {
            email: email?,
            draft: draft?,
        })
    }
}

/// When support usually answers; the conversation for whoever can read it on its page.
#[derive(Serialize)]
pub(super) struct Acknowledged {
    usual_answer_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<String>,
}

pub(super) async fn open(
    State(web): State<Web>,
    MaybeSession(session): MaybeSession,
    caller: Caller,
    Body { content, hash }: Body<Fields>,
) -> Result<(StatusCode, Json<Acknowledged>), Problem> {
    let context = caller.context(hash);
    let received = match session {
        Some(current) => {
            let draft = of_account(&web, &current, content, &context).await?;
            let (aplus, author) = (web.aplus(), current.author());
            let received = aplus.open_conversation(author, &draft, &context).await?;
            (received, Some(received.conversation.to_string()))
        }
        None => {
            let Visitors { email, draft } = content.read()?;
            count(&web, &caller)?;
            let aplus = web.aplus();
            let received = aplus
                .open_visitors_conversation(&email, &draft, &context)
                .await?;
            (received, None)
        }
    };
    let (received, conversation) = received;
    let body = Acknowledged {
        usual_answer_by: received.answer_by.to_string(),
        conversation,
    };
    Ok((StatusCode::ACCEPTED, Json(body)))
}

/// What somebody who is logged in sends. The act judges the right anew; where there is nothing to act on the rule is asked, so that
/// a refusal comes before what is wrong with the body, and is recorded (T1).
async fn of_account(
    web: &Web,
    current: &Current,
    fields: Fields,
    context: &Context,
) -> Result<ConversationDraft, Problem> {
    match fields.read() {
        Ok(draft) => Ok(draft),
        Err(problem) => {
            let verdict = rules::may_open_conversation(&current.actor());
            let (aplus, action) = (web.aplus(), Action::OpenConversation);
            aplus
                .allow(current, action, None, None, verdict, context)
                .await?;
            Err(problem)
        }
    }
}

/// Counts a visitor's request against its network; too many are told to slow down, whatever the address is.
pub(crate) fn count(web: &Web, caller: &Caller) -> Result<(), Problem> {
    let counted = web
        .visitors_requests()
        .count(caller.network(), web.aplus().now());
    counted.map_err(|seconds| {
        tracing::info!("a visitor's request to support was not taken: too many from one network");
        Problem::SlowDown { seconds }
    })
}

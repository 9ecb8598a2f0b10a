//! Asking for a link, looking at one, confirming one.

use aplus_core::ports::SessionHolder;
use aplus_core::rules::Sight;
use aplus_core::service::LoginAsk;
use aplus_core::{EmailAddress, LinkSecret, Refusal};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::json::{AccountJson, OperatorJson};
use crate::body::Body;
use crate::client::Caller;
use crate::cookies;
use crate::fields::{Fault, Fields, FromFields};
use crate::problem::Problem;
use crate::state::{Web, home};

pub(super) struct Ask {
    email: EmailAddress,
    next: Option<String>,
}

impl FromFields for Ask {
    fn read(fields: &mut Fields) -> Option<Self> {
        let next = fields.optional("next", any_text);
        Some(Self {
            email: fields.email("email")?,
            next,
        })
    }
}

/// A token as it was presented: one that has not the form of ours is as unknown as one that we never gave out.
pub(super) struct Token(Option<LinkSecret>);

impl FromFields for Token {
    fn read(fields: &mut Fields) -> Option<Self> {
        let text = fields.required("token", any_text)?;
        Some(Self(LinkSecret::parse(&text).ok()))
    }
}

pub(super) struct LogIn {
    token: Token,
    email: Option<EmailAddress>,
}

impl FromFields for LogIn {
    fn read(fields: &mut Fields) -> Option<Self> {
        let token = Token::read(fields);
        // An empty press counts for nothing (L6).
        let parse = |text: &str| match text.trim() {
            "" => Ok(None),
            text => EmailAddress::parse(text).map(Some),
        };
        let email = fields.optional("email", parse).flatten();
        Some(Self {
            token: token?,
            email,
        })
    }
}

fn any_text(text: &str) -> Result<String, Fault> {
    Ok(text.to_owned())
}

#[derive(Serialize, ToSchema)]
pub(super) struct Asked {
    expires_in_seconds: u64,
    resend_after_seconds: u64,
}

/// The same for every address: what is read and written depends on the request alone (L7).
pub(super) async fn ask(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    Body {
        content: Ask { email, next },
        hash,
    }: Body<Ask>,
) -> Result<impl IntoResponse, Problem> {
    let aplus = web.aplus();
    let browser = match cookies::browser(&headers, aplus.site()) {
        Some(browser) => browser,
        None => aplus.new_browser()?,
    };
    let ask = LoginAsk {
        email,
        browser: browser.hash(),
        next,
        language: caller.language,
    };
    let asked = aplus.ask_for_link(ask, &caller.context(hash)).await?;
    let cookie = cookies::set_browser(&browser, aplus.lifetimes(), aplus.site());
    let body = Asked {
        expires_in_seconds: asked.expires_in.as_secs(),
        resend_after_seconds: asked.resend_after.as_secs(),
    };
    Ok((StatusCode::ACCEPTED, set(cookie), Json(body)))
}

fn set<V>(cookie: Option<V>) -> AppendHeaders<Vec<(header::HeaderName, V)>> {
    AppendHeaders(
        cookie
            .into_iter()
            .map(|cookie| (header::SET_COOKIE, cookie))
            .collect(),
    )
}

#[derive(Serialize, ToSchema)]
pub(super) struct Inspected {
    state: &'static str,
    needs_email: bool,
    /// Only of a link that carries an order out (A6): all others are as they always were.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    confirms_address: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    at: Option<String>,
}

/// Says where a link stands; changes nothing (L5).
pub(super) async fn inspect(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    Body {
        content: Token(token),
        ..
    }: Body<Token>,
) -> Result<Json<Inspected>, Problem> {
    let aplus = web.aplus();
    let browser = cookies::browser(&headers, aplus.site()).map(|browser| browser.hash());
    let seen = match token {
        Some(token) => Some(aplus.inspect_link(&token, browser).await?),
        None => None,
    };
    let known = seen.filter(|view| view.state.refused() != Err(Refusal::LinkUnknown));
    let Some(view) = known else {
        count_unknown(&web, &caller)?;
        return Ok(Json(Inspected {
            state: "unknown",
            needs_email: false,
            confirms_address: false,
            at: None,
        }));
    };
    let at = view.state.at().map(|at| at.to_string());
    Ok(Json(Inspected {
        state: view.state.as_str(),
        needs_email: view.needs_email,
        confirms_address: view.confirms_address,
        at,
    }))
}

/// Counts an unknown link against its network; too many are told to slow down.
fn count_unknown(web: &Web, caller: &Caller) -> Result<(), Problem> {
    let counted = web
        .unknown_tokens()
        .count(caller.network(), web.aplus().now());
    counted.map_err(|seconds| Problem::SlowDown { seconds })
}

/// Who is logged in now, under the name of what they are, and where they go on.
#[derive(Serialize, ToSchema)]
pub(super) struct LoggedIn {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    account: Option<AccountJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    operator: Option<OperatorJson>,
    next: String,
}

impl LoggedIn {
    fn new(holder: &SessionHolder, next: String) -> Self {
        let (account, operator) = match holder {
            SessionHolder::Account(account) => {
                (Some(AccountJson::new(account, Sight::Whole)), None)
            }
            SessionHolder::Operator(operator) => (None, Some(operator.into())),
        };
        Self {
            account,
            operator,
            next,
        }
    }
}

/// Confirms a link: exactly once per link it opens a session (L3, L6).
pub(super) async fn log_in(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    Body {
        content: LogIn {
            token: Token(token),
            email,
        },
        hash,
    }: Body<LogIn>,
) -> Result<impl IntoResponse, Problem> {
    let aplus = web.aplus();
    let browser = cookies::browser(&headers, aplus.site()).map(|browser| browser.hash());
    let opened = match token {
        Some(token) => {
            aplus
                .log_in(&token, browser, email.as_ref(), &caller.context(hash))
                .await
        }
        None => Err(Refusal::LinkUnknown.into()),
    };
    let opened = match opened.map_err(Problem::from) {
        Err(Problem::Refused(Refusal::LinkUnknown)) => {
            count_unknown(&web, &caller)?;
            return Err(Refusal::LinkUnknown.into());
        }
        other => other?,
    };
    let cookie = cookies::set_session(&opened.secret, aplus.site());
    let next = opened
        .next
        .unwrap_or_else(|| home(&opened.holder, aplus.site()));
    let body = LoggedIn::new(&opened.holder, next);
    Ok((StatusCode::CREATED, set(cookie), Json(body)))
}

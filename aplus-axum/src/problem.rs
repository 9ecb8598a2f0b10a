//! Why a request is not served: the one place that gives a refusal its status.

use aplus_core::words::Language;
use aplus_core::{Error, Refusal, Site};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::fields::Invalid;
use crate::language::preferred;
use crate::state::Web;
use crate::words;

/// Why a request is not served.
///
/// | code | status | when |
/// |---|---|---|
/// | those of [`Refusal::code`] | as [`Problem::status`] says | a rule says no |
/// | `invalid` | 422 | fields are wrong, unknown or doubled: `errors` names each |
/// | `key_reused` | 422 | the `Idempotency-Key` came with another request |
/// | `malformed` | 400 | the body is no JSON object |
/// | `too_slow` | 408 | the body did not arrive in time |
/// | `too_large` | 413 | the body has more than 64 KiB |
/// | `not_json` · `not_form` | 415 | the body is not said to be JSON; on a page, a form |
/// | `cross_site` | 403 | another site sent it |
/// | `slow_down` | 429 | too many unknown links, or requests of visitors to support, from one network; `Retry-After` says when |
/// | `not_found` · `method_not_allowed` | 404 · 405 | there is no such address, or not for this method |
/// | `busy` · `unknown_outcome` | 503 | try again; with the same key, the second tells what came of it |
/// | `broken` | 500 | a fault of ours, which the technical log names |
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A rule says no.
    Refused(Refusal),
    /// Fields are wrong.
    Invalid(Vec<Invalid>),
    /// The `Idempotency-Key` came with another request.
    KeyReused,
    /// The body is no JSON object.
    Malformed,
    /// The body did not arrive in time.
    TooSlow,
    /// The body is too large.
    TooLarge,
    /// The body is not said to be JSON.
    NotJson,
    /// The body is not said to be a form.
    NotForm,
    /// Another site sent it.
    CrossSite,
    /// Too many unknown links, or requests of visitors to support, from one network.
    SlowDown {
        /// After how many seconds it may be tried again.
        seconds: u64,
    },
    /// There is no such address.
    NotFound,
    /// Not with this method.
    MethodNotAllowed,
    /// Nothing was done; it may be tried again.
    Busy,
    /// The answer was lost.
    UnknownOutcome,
    /// Something is broken.
    Broken,
}

/// What stands at an address that nothing stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotFound;

impl Problem {
    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => status(refusal),
            Self::Invalid(_) | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotJson | Self::NotForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::SlowDown { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Busy | Self::UnknownOutcome => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The code of the API: stable.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Invalid(_) => "invalid",
            Self::KeyReused => "key_reused",
            Self::Malformed => "malformed",
            Self::TooSlow => "too_slow",
            Self::TooLarge => "too_large",
            Self::NotJson => "not_json",
            Self::NotForm => "not_form",
            Self::CrossSite => "cross_site",
            Self::SlowDown { .. } => "slow_down",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Busy => "busy",
            Self::UnknownOutcome => "unknown_outcome",
            Self::Broken => "broken",
        }
    }

    /// At least one of every code: the refusals of the rules, then what stands before and behind them.
    ///
    /// ```
    /// let codes = aplus_axum::Problem::examples();
    /// assert!(codes.iter().any(|problem| problem.code() == "frozen_field" && problem.status() == 403));
    /// ```
    #[must_use]
    pub fn examples() -> Vec<Self> {
        let others = [
            Self::Invalid(Vec::new()),
            Self::KeyReused,
            Self::Malformed,
            Self::TooSlow,
            Self::TooLarge,
            Self::NotJson,
            Self::NotForm,
            Self::CrossSite,
            Self::SlowDown { seconds: 1 },
            Self::NotFound,
            Self::MethodNotAllowed,
            Self::Busy,
            Self::UnknownOutcome,
            Self::Broken,
        ];
        let refusals = Refusal::examples().into_iter().map(Self::Refused);
        refusals.chain(others).collect()
    }

    /// Title and detail as people read them.
    #[must_use]
    pub fn words(&self, language: Language, site: &Site) -> (String, String) {
        words::problem(self, language, site)
    }

    /// The refusal behind it, if a rule said no.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The whole answer as a problem document (RFC 9457).
    #[must_use]
    pub fn document(&self, language: Language, site: &Site) -> Response {
        let (title, detail) = self.words(language, site);
        let refusal = self.refusal();
        let document = Document {
            r#type: format!("urn:aplus:refusal:{}", self.code()),
            title,
            status: self.status().as_u16(),
            code: self.code(),
            rule: refusal.map(|refusal| refusal.rule().to_string()),
            detail,
            tries_left: match refusal {
                Some(Refusal::ConfirmEmail { tries_left }) => Some(*tries_left),
                _ => None,
            },
            errors: match self {
                Self::Invalid(invalid) => Some(invalid.iter().map(FieldError::from).collect()),
                _ => None,
            },
            guidance: refusal.map(|refusal| Guidance {
                article: site.url(&format!("{}/{}", Site::HELP, refusal.article().as_str())),
                contact: site.support().to_owned(),
            }),
        };
        let mut response = (self.status(), Json(document)).into_response();
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        let language = HeaderValue::from_static(language.as_str());
        response
            .headers_mut()
            .insert(header::CONTENT_LANGUAGE, language);
        self.mark(&mut response);
        response
    }

    /// Headers that belong to the problem whatever its body is, and the problem itself for layers outside.
    fn mark(&self, response: &mut Response) {
        if let Self::SlowDown { seconds } = self {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        response.extensions_mut().insert(self.clone());
    }
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotLoggedIn => StatusCode::UNAUTHORIZED,
        Refusal::Deactivated
        | Refusal::OperatorSuspended
        | Refusal::NotResponsable
        | Refusal::NotYourGroup { .. }
        | Refusal::NotOperator
        | Refusal::NotMachine
        | Refusal::NotAccount
        | Refusal::NotYourself
        | Refusal::FrozenField { .. }
        | Refusal::SharedNotAllowed
        | Refusal::SharedResponsable
        | Refusal::SharedAddress
        | Refusal::NeedsApproval
        | Refusal::OwnOrder
        | Refusal::NotApprover
        | Refusal::OwnSuspension
        | Refusal::ResponsableElsewhere
        | Refusal::LastGroup
        | Refusal::LastResponsable { .. }
        | Refusal::OtherGroup { .. }
        | Refusal::OwnAccount
        | Refusal::DeactivatedBySupport
        | Refusal::AddressWayClosed => StatusCode::FORBIDDEN,
        Refusal::AccountNotFound
        | Refusal::GroupNotFound
        | Refusal::OrderNotFound
        | Refusal::OperatorNotFound
        | Refusal::ConversationNotFound
        | Refusal::SessionNotFound
        | Refusal::NotMember
        | Refusal::LinkUnknown => StatusCode::NOT_FOUND,
        Refusal::EmailTaken
        | Refusal::AskSupport
        | Refusal::AddressDeactivated
        | Refusal::AlreadyMember
        | Refusal::NotActive
        | Refusal::NotDeactivated
        | Refusal::AlreadyUsed
        | Refusal::GroupTaken
        | Refusal::NoChange
        | Refusal::AccountInactive
        | Refusal::TwoOrders
        | Refusal::OrderClosed { .. }
        | Refusal::OrderOutdated
        | Refusal::ConversationClosed
        | Refusal::ConversationMoved
        | Refusal::AlreadySuspended
        | Refusal::NotSuspended
        | Refusal::ConfirmEmail { .. } => StatusCode::CONFLICT,
        Refusal::LinkExpired { .. }
        | Refusal::LinkUsed { .. }
        | Refusal::LinkSuperseded { .. }
        | Refusal::LinkEnded => StatusCode::GONE,
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => Self::Refused(refusal),
            Error::KeyReused => Self::KeyReused,
            Error::Busy => Self::Busy,
            Error::UnknownOutcome(cause) => {
                tracing::error!(
                    error = &cause as &dyn std::error::Error,
                    "the outcome of an act is unknown"
                );
                Self::UnknownOutcome
            }
            Error::Broken(cause) => {
                tracing::error!(
                    error = &cause as &dyn std::error::Error,
                    "something is broken"
                );
                Self::Broken
            }
        }
    }
}

/// Status and headers; the routes' own layer adds the words, in the language of the request.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        self.mark(&mut response);
        response
    }
}

impl IntoResponse for NotFound {
    fn into_response(self) -> Response {
        Problem::NotFound.into_response()
    }
}

#[derive(Serialize)]
struct Document {
    r#type: String,
    title: String,
    status: u16,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tries_left: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<FieldError>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guidance: Option<Guidance>,
}

#[derive(Serialize)]
struct FieldError {
    field: String,
    code: &'static str,
}

impl From<&Invalid> for FieldError {
    fn from(invalid: &Invalid) -> Self {
        Self {
            field: invalid.field.clone(),
            code: invalid.fault.code(),
        }
    }
}

#[derive(Serialize)]
struct Guidance {
    article: String,
    contact: String,
}

/// Says every problem of the routes below in the language of the request.
pub(crate) async fn speak(State(web): State<Web>, request: Request, next: Next) -> Response {
    let language = preferred(request.headers());
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Problem>() {
        None => response,
        Some(problem) => {
            let mut document = problem.document(language, web.aplus().site());
            // A 405 keeps its Allow.
            if let Some(allow) = response.headers_mut().remove(header::ALLOW) {
                document.headers_mut().insert(header::ALLOW, allow);
            }
            document
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use aplus_core::ports::StoreError;
    use http_body_util::BodyExt;

    use super::*;

    #[test]
    fn an_outage_is_never_a_refusal() {
        let cause =
            || Box::<dyn std::error::Error + Send + Sync>::from("no connection to aplus.account");
        for (error, status, code) in [
            (StoreError::Unavailable(cause()), 503, "busy"),
            (StoreError::UnknownOutcome(cause()), 503, "unknown_outcome"),
            (StoreError::Broken(cause()), 500, "broken"),
        ] {
            let problem = Problem::from(Error::from(error));
            assert_eq!(
                (problem.status().as_u16(), problem.code(), problem.refusal()),
                (status, code, None)
            );
        }
    }

    #[tokio::test]
    async fn every_refusal_is_a_whole_document_in_both_languages() {
        let site = Site::new("https://aplus.example").unwrap();
        for refusal in Refusal::examples() {
            for language in Language::ALL {
                let response = Problem::from(refusal).document(language, &site);
                assert!(response.status().is_client_error(), "{refusal:?}");
                let status = response.status().as_u16();
                let body = response.into_body().collect().await.unwrap().to_bytes();
                let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
                assert_eq!(body["status"], status);
                assert_eq!(
                    body["type"],
                    format!("urn:aplus:refusal:{}", refusal.code())
                );
                assert_eq!(body["rule"], refusal.rule().to_string());
                let article = body["guidance"]["article"].as_str().unwrap();
                assert_eq!(
                    article,
                    format!("https://aplus.example/aide/{}", refusal.article().as_str())
                );
                assert!(body["detail"].as_str().unwrap().len() > 10, "{refusal:?}");
            }
        }
    }
}

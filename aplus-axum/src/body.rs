//! The body of a request, read within bounds.

use std::time::Duration;

use aplus_core::journal::BodyHash;
use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, OriginalUri, Request};
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, Limited};

use crate::extract::Rejection;
use crate::fields::{Fields, FromFields};
use crate::problem::Problem;
use crate::state::Web;

/// No body is larger: 64 KiB.
pub const BODY_BYTES: usize = 64 * 1_024;
/// A body arrives within so many seconds, or nobody waits for it.
pub(crate) const BODY_SECONDS: u64 = 30;

/// A JSON object, read into a `T`, with the hash by which a repetition is recognised. `Body<Fields>` leaves it unread.
#[derive(Debug, Clone)]
pub struct Body<T> {
    /// What was asked.
    pub content: T,
    /// The hash of method, path and body.
    pub hash: BodyHash,
}

/// A page's form, read into a `T`; `roles` may come several times.
#[derive(Debug, Clone)]
pub struct Form<T> {
    /// What was asked.
    pub content: T,
    /// The hash of method, path and body.
    pub hash: BodyHash,
}

/// A request that says all with its method and address: its body is empty, or an empty object.
#[derive(Debug, Clone, Copy)]
pub struct NoBody(
    /// The hash of method, path and body.
    pub BodyHash,
);

/// What is read of a request that has a body.
struct Arrived {
    headers: HeaderMap,
    bytes: Bytes,
    hash: BodyHash,
}

async fn arrive(request: Request) -> Result<Arrived, (HeaderMap, Problem)> {
    let (parts, body) = request.into_parts();
    let path = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |original| &original.0);
    let mut hashed = format!("{} {path}\0", parts.method).into_bytes();
    let limited = Limited::new(body, BODY_BYTES).collect();
    let bytes = match tokio::time::timeout(Duration::from_secs(BODY_SECONDS), limited).await {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            return Err((parts.headers, Problem::TooLarge));
        }
        // The connection broke: nobody reads the answer.
        Ok(Err(_)) => return Err((parts.headers, Problem::Malformed)),
        Err(_) => return Err((parts.headers, Problem::TooSlow)),
    };
    hashed.extend_from_slice(&bytes);
    Ok(Arrived {
        headers: parts.headers,
        bytes,
        hash: BodyHash::of(&hashed),
    })
}

/// Whether the body is announced as this media type, whatever its parameters.
fn is(headers: &HeaderMap, media_type: &str) -> bool {
    let announced = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    announced
        .split(';')
        .next()
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
}

async fn attempt<T>(
    request: Request,
    content: impl FnOnce(&Arrived) -> Result<T, Problem>,
) -> Result<(T, BodyHash), (HeaderMap, Problem)> {
    let arrived = arrive(request).await?;
    match content(&arrived) {
        Ok(content) => Ok((content, arrived.hash)),
        Err(problem) => Err((arrived.headers, problem)),
    }
}

async fn read<T, S>(
    request: Request,
    state: &S,
    content: impl FnOnce(&Arrived) -> Result<T, Problem>,
) -> Result<(T, BodyHash), Rejection>
where
    Web: FromRef<S>,
{
    attempt(request, content)
        .await
        .map_err(|(headers, problem)| {
            Rejection::new(problem, &headers, Web::from_ref(state).aplus().site())
        })
}

fn object<T: FromFields>(arrived: &Arrived) -> Result<T, Problem> {
    if is(&arrived.headers, "application/json") {
        Fields::from_json(&arrived.bytes)?.read()
    } else {
        Err(Problem::NotJson)
    }
}

impl<T: FromFields> Body<T> {
    /// The body, or what is wrong with it, for who judges the right first.
    pub(crate) async fn unjudged(request: Request) -> Result<Self, Problem> {
        match attempt(request, object).await {
            Ok((content, hash)) => Ok(Self { content, hash }),
            Err((_, problem)) => Err(problem),
        }
    }

    /// As [`Body::unjudged`], where the body may also be empty.
    pub(crate) async fn unjudged_if_any(request: Request) -> Result<Body<Option<T>>, Problem> {
        let read = |arrived: &Arrived| match arrived.bytes.is_empty() {
            true => Ok(None),
            false => object(arrived).map(Some),
        };
        match attempt(request, read).await {
            Ok((content, hash)) => Ok(Body { content, hash }),
            Err((_, problem)) => Err(problem),
        }
    }
}

impl<S, T> FromRequest<S> for Body<T>
where
    Web: FromRef<S>,
    S: Send + Sync,
    T: FromFields,
{
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        let (content, hash) = read(request, state, object).await?;
        Ok(Self { content, hash })
    }
}

impl<S, T> FromRequest<S> for Form<T>
where
    Web: FromRef<S>,
    S: Send + Sync,
    T: FromFields,
{
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        let form = |arrived: &Arrived| {
            if is(&arrived.headers, "application/x-www-form-urlencoded") {
                Fields::from_form(
                    form_urlencoded::parse(&arrived.bytes).into_owned(),
                    &["roles"],
                )
                .read()
            } else {
                Err(Problem::NotForm)
            }
        };
        let (content, hash) = read(request, state, form).await?;
        Ok(Self { content, hash })
    }
}

impl<S> FromRequest<S> for NoBody
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        let nothing = |arrived: &Arrived| {
            if arrived.bytes.is_empty() {
                Ok(())
            } else {
                Fields::from_json(&arrived.bytes)?.finish(Some(()))
            }
        };
        let ((), hash) = read(request, state, nothing).await?;
        Ok(Self(hash))
    }
}

//! `?cursor=&limit=` of a list.

use std::str::FromStr;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use crate::extract::Rejection;
use crate::fields::{Fault, Fields};
use crate::problem::Problem;
use crate::state::Web;

/// How many are listed where nothing is said, and at most.
const USUAL: u32 = 50;
const MOST: u32 = 200;

/// Which part of a list is wanted: after an id, so many at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paging<I> {
    pub(super) after: Option<I>,
    pub(super) limit: u32,
}

impl<I: FromStr> Paging<I> {
    fn read(query: &str) -> Result<Self, Problem> {
        let mut fields = query_fields(query);
        let paging = Self::take(&mut fields);
        fields.finish(Some(paging))
    }

    /// Takes both from a query that may hold more.
    pub(super) fn take(fields: &mut Fields) -> Self {
        let limit = |text: &str| match text.parse() {
            Ok(limit @ 1..=MOST) => Ok(limit),
            Ok(_) | Err(_) => Err(Fault::Limit),
        };
        let after = fields.optional("cursor", |text| text.parse().map_err(|_| Fault::Cursor));
        let limit = fields.optional("limit", limit).unwrap_or(USUAL);
        Self { after, limit }
    }
}

/// The fields of a query.
pub(super) fn query_fields(query: &str) -> Fields {
    Fields::from_form(form_urlencoded::parse(query.as_bytes()).into_owned(), &[])
}

impl<S, I> FromRequestParts<S> for Paging<I>
where
    Web: FromRef<S>,
    I: FromStr,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        Self::read(parts.uri.query().unwrap_or_default()).map_err(|problem| {
            Rejection::new(problem, &parts.headers, Web::from_ref(state).aplus().site())
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use aplus_core::GroupId;

    #[test]
    fn from_1_to_200_and_50_where_nothing_is_said() {
        let limit = |query: &str| Paging::<GroupId>::read(query).map(|paging| paging.limit);
        assert_eq!(limit(""), Ok(50));
        assert_eq!(limit("limit="), Ok(50));
        assert_eq!(limit("limit=1"), Ok(1));
        assert_eq!(limit("limit=200"), Ok(200));
        for bad in [
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=x",
            "limit=1&limit=1",
            "cursor=x",
            "page=2",
        ] {
            assert!(matches!(limit(bad), Err(Problem::Invalid(_))), "{bad}");
        }
    }
}

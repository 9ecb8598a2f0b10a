//! The help centre for programs (S1).

use aplus_core::{HelpQuestion, Role, Site};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::json::List;
use super::openapi::forms::RoleName;
use super::paging::query_fields;
use crate::help::Shown;
use crate::problem::Problem;
use crate::state::Web;

/// An article as a list shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = Article)]
pub(super) struct ArticleJson {
    name: String,
    title: String,
    /// For whom it is; an empty list stands for everybody.
    #[schema(value_type = Vec<RoleName>)]
    roles: Vec<Role>,
    summary: String,
    url: String,
}

impl ArticleJson {
    fn new(article: &Shown, site: &Site) -> Self {
        Self {
            name: article.name.clone(),
            title: article.title.clone(),
            roles: article
                .roles
                .into_iter()
                .flat_map(|roles| roles.iter())
                .collect(),
            summary: article.summary.clone(),
            url: site.url(&format!("{}/{}", Site::HELP, article.name)),
        }
    }
}

/// The articles that a question finds, the best first; without one all of them.
pub(super) async fn search(
    State(web): State<Web>,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, Problem> {
    let mut fields = query_fields(query.as_deref().unwrap_or_default());
    let question = fields.optional("q", HelpQuestion::parse);
    let question = fields.finish(Some(question))?;
    let site = web.aplus().site();
    let items = web.centre().answers(question.as_ref());
    let items = items
        .map(|article| ArticleJson::new(article, site))
        .collect();
    // The articles are in French, whatever the request prefers.
    Ok((
        [(header::CONTENT_LANGUAGE, "fr")],
        Json(List {
            items,
            next: None::<String>,
        }),
    ))
}

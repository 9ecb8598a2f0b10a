//! The help centre: its list, the search in it, and each article (S1).

use aplus_core::words;
use aplus_core::{Article, HelpQuestion, Roles, Site};
use askama::Template;
use axum::http::StatusCode;

use super::form::Errors;
use super::shell::Shell;
use super::view::{self, FRENCH, Field, FieldError, Link};
use super::visit::{Answer, Visit};
use crate::help::Shown;
use crate::problem::Problem;

/// What is asked for, in the address of the list.
const QUESTION: &str = "q";

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    shell: Shell,
    action: String,
    question: Field,
    /// What was asked, once it was understood.
    asked: Option<String>,
    articles: Vec<ArticleView>,
    all: String,
    support: Link,
    errors: Vec<FieldError>,
}

#[derive(Template)]
#[template(path = "article.html")]
struct ArticlePage {
    shell: Shell,
    trail: Vec<Link>,
    title: String,
    whom: String,
    html: String,
    support: Link,
}

struct ArticleView {
    href: String,
    title: String,
    whom: String,
    summary: String,
}

impl ArticleView {
    fn new(article: &Shown, site: &Site) -> Self {
        Self {
            href: site.path(&format!("{}/{}", Site::HELP, article.name)),
            title: article.title.clone(),
            whom: whom(article.roles),
            summary: article.summary.clone(),
        }
    }
}

fn whom(roles: Option<Roles>) -> String {
    roles.map_or_else(
        || "Pour tous".to_owned(),
        |roles| format!("Pour\u{a0}: {}", words::role_list(roles, FRENCH)),
    )
}

/// All articles, or what a question finds.
pub(super) async fn list(visit: Visit) -> Answer {
    let typed = visit.query.text(QUESTION);
    let mut errors = Errors::default();
    let question = errors.given(QUESTION, typed, HelpQuestion::parse, |error| {
        words::text_error(error, FRENCH)
    });
    let site = visit.site();
    let articles = visit.web.centre().answers(question.as_ref());
    let page = HelpPage {
        shell: visit.shell(Site::HELP),
        action: site.path(Site::HELP),
        question: Field::new(QUESTION, "Rechercher dans l'aide", typed)
            .kind("search", "off")
            .required()
            .told(&errors.0),
        asked: question.as_ref().map(ToString::to_string),
        articles: articles
            .map(|article| ArticleView::new(article, site))
            .collect(),
        all: site.path(Site::HELP),
        support: view::help(Article::Support, site),
        errors: errors.0,
    };
    let status = match page.errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    visit.page(status, &page)
}

/// One article.
pub(super) async fn show(visit: Visit) -> Answer {
    let name: String = visit.id("article")?;
    let site = visit.site();
    let article = visit.web.centre().article(&name).ok_or(Problem::NotFound)?;
    let page = ArticlePage {
        shell: visit.shell(Site::HELP),
        trail: vec![Link::new(site.path(Site::HELP), "Aide")],
        title: article.title.clone(),
        whom: whom(article.roles),
        html: article.html.clone(),
        support: view::help(Article::Support, site),
    };
    visit.page(StatusCode::OK, &page)
}

//! What a person does in a browser: open a page, fill in a form, follow where it leads.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};

use crate::world::*;

/// Opens a page or sends a form, as browsers without `Sec-Fetch-*` do.
pub(crate) async fn send(
    browser: &mut Browser,
    method: Method,
    path: &str,
    form: &[(&str, &str)],
) -> Reply {
    let cookies: Vec<_> = browser
        .cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut request = Request::builder()
        .method(&method)
        .uri(path)
        .header(header::ACCEPT, "text/html");
    if !cookies.is_empty() {
        request = request.header(header::COOKIE, cookies.join("; "));
    }
    for (name, value) in &browser.headers {
        request = request.header(name, value);
    }
    let mut body = String::new();
    if method == Method::POST {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        body = form_urlencoded::Serializer::new(body)
            .extend_pairs(form)
            .finish();
    }
    let peer: SocketAddr = "192.0.2.7:4711".parse().unwrap();
    let reply = browser
        .sent(
            request
                .extension(ConnectInfo(peer))
                .body(Body::from(body))
                .unwrap(),
        )
        .await;
    let has_body = method != Method::HEAD;
    if has_body
        && reply
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value == "text/html; charset=utf-8")
    {
        is_whole(path, &reply);
    }
    reply
}

pub(crate) async fn open(browser: &mut Browser, path: &str) -> Reply {
    send(browser, Method::GET, path, &[]).await
}

/// Sends a form that is accepted: the path that it leads to.
#[track_caller]
pub(crate) fn leads(reply: &Reply) -> String {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text());
    reply.headers[header::LOCATION].to_str().unwrap().to_owned()
}

pub(crate) async fn fill(browser: &mut Browser, path: &str, form: &[(&str, &str)]) -> Reply {
    send(browser, Method::POST, path, form).await
}

/// What every page has: a language, a title that names it, one heading, landmarks, labels, no script, little weight.
#[track_caller]
fn is_whole(path: &str, reply: &Reply) {
    let html = reply.text();
    assert!(html.contains("<html lang=\"fr\">"), "{path}");
    assert_eq!(html.matches("<h1>").count(), 1, "{path}");
    let title = html
        .split_once("<title>")
        .unwrap()
        .1
        .split_once(" – Administration+</title>")
        .unwrap()
        .0;
    assert!(!title.is_empty(), "{path}");
    assert!(
        html.contains("<main ") && html.contains("<footer ") && html.contains("id=\"contenu\""),
        "{path}"
    );
    for forbidden in ["<script", " style=", " onclick", "javascript:"] {
        assert!(!html.contains(forbidden), "{forbidden} in {path}");
    }
    assert!(
        !html.contains("<ol class=\"fr-breadcrumb__list\"></ol>"),
        "{path}"
    );
    assert!(html.len() < 30_000, "{path} weighs {}", html.len());
    let ids: Vec<_> = html
        .split(" id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    for reference in ["aria-describedby=\"", " for=\"", "href=\"#"] {
        for value in html
            .split(reference)
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
        {
            for id in value.split(' ') {
                assert_eq!(
                    ids.iter().filter(|known| **known == id).count(),
                    1,
                    "#{id} of {path}"
                );
            }
        }
    }
    let invalid = html.contains("aria-invalid") || html.contains("id=\"erreurs\"");
    assert!(
        !invalid || title.starts_with("Erreur – "),
        "{title} of {path}"
    );
}

/// Asks for a link on the page and has it delivered: the token.
pub(crate) async fn ask(world: &World, browser: &mut Browser, address: &str) -> String {
    open(browser, "/connexion").await;
    let reply = fill(browser, "/connexion", &[("email", address), ("suite", "")]).await;
    assert_eq!(leads(&reply), "/connexion/envoye");
    world.courier().await;
    world.token(address)
}

/// A browser in which this person logged in through the pages.
pub(crate) async fn logged_in(world: &World, address: &str) -> Browser {
    let mut browser = world.browser();
    let token = ask(world, &mut browser, address).await;
    let reply = fill(&mut browser, "/connexion/lien", &[("jeton", &token)]).await;
    assert!(["/groupes", "/support"].contains(&leads(&reply).as_str()));
    world.clock.advance(std::time::Duration::from_secs(61));
    browser
}

//! A store that is gone is 503: never "not logged in", never "no such link".

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use aplus::rules::{AccountDraft, GroupDraft};
use aplus::service::{Context, GroupForm};
use aplus::sqlx::sqlite::SqliteStore;
use aplus::{
    Aplus, Author, EmailAddress, GroupName, HostKey, Reference, Requester, RequesterKind, Role,
    Roles, Site, SupportRequest, test_util,
};
use axum::http::{Method, StatusCode};
use common::{Caller, Tokens};
use secrecy::ExposeSecret;
use serde_json::json;

#[tokio::test]
async fn a_store_that_is_gone_is_never_read_as_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("aplus.db").display());
    let store = SqliteStore::connect(&url).await.unwrap();
    store.migrate().await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let key = HostKey::new(b"a key of more than thirty-two bytes").unwrap();
    let site = Site::new(&origin).unwrap();
    let aplus = Aplus::builder(store.clone(), Tokens::default(), site, key).build();
    let app: axum::Router = aplus::web::router(&aplus);
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });

    let request = SupportRequest {
        requester: Requester {
            kind: RequesterKind::Person,
            name: None,
        },
        reference: Reference::parse("essai").unwrap(),
    };
    let draft = GroupDraft::new(GroupName::parse("Mairie").unwrap());
    let form = GroupForm {
        draft,
        request: request.clone(),
    };
    let group = aplus
        .create_group(Author::Machine, &form, &Context::default())
        .await
        .unwrap()
        .id;
    let camille = EmailAddress::parse("camille.martin@mairie.example").unwrap();
    let draft = AccountDraft::new(camille.clone(), Roles::only(Role::Aidant));
    aplus
        .create_account_for(
            Author::Machine,
            group,
            &draft,
            &request,
            &Context::default(),
        )
        .await
        .unwrap();
    let opened = test_util::log_in(&aplus, &camille).await.unwrap();
    let mut caller = Caller::new(&origin);
    caller
        .cookies
        .push(format!("aplus={}", opened.secret.reveal().expose_secret()));
    let me = caller.call(Method::GET, "/api/v1/me", None).await.unwrap();
    assert_eq!(
        (me.status, me.json["email"].as_str()),
        (StatusCode::OK, Some(camille.as_str()))
    );

    store.close().await;
    let token = json!({ "token": "A".repeat(43) });
    for (method, path, body) in [
        (Method::GET, "/api/v1/me", None),
        (Method::GET, "/api/v1/groups", None),
        (
            Method::PATCH,
            "/api/v1/me",
            Some(json!({ "first_name": "Camille" })),
        ),
        (
            Method::POST,
            "/api/v1/login-links",
            Some(json!({ "email": camille })),
        ),
        (
            Method::POST,
            "/api/v1/login-links/inspect",
            Some(token.clone()),
        ),
        (Method::POST, "/api/v1/sessions", Some(token)),
    ] {
        let answer = caller.call(method.clone(), path, body).await.unwrap();
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            "{method} {path}"
        );
        assert!(
            answer
                .cookies
                .iter()
                .all(|cookie| !cookie.starts_with("aplus=;")),
            "{method} {path}"
        );
    }
}

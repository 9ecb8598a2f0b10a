//! Groups, accounts and links, made by the machine through the library.

use aplus::ports::{Mailer, Store};
use aplus::rules::{AccountDraft, GroupDraft};
use aplus::service::{Context, GroupForm, LoginAsk};
use aplus::words::Language;
use aplus::{
    Aplus, Author, EmailAddress, GroupId, GroupName, HostKey, Reference, Requester, RequesterKind,
    Role, Roles, Site, SupportRequest,
};
use secrecy::ExposeSecret;

use super::Tokens;

/// The host key of all servers of a test.
pub const KEY: &[u8] = b"a key of more than thirty-two bytes";

/// The library as a server holds it; where it is found does not matter here.
pub fn library(store: impl Store + 'static, mailer: impl Mailer) -> Aplus {
    let site = Site::new("http://127.0.0.1").unwrap();
    Aplus::builder(store, mailer, site, HostKey::new(KEY).unwrap()).build()
}

/// At whose request.
pub fn request() -> SupportRequest {
    SupportRequest {
        requester: Requester {
            kind: RequesterKind::Anct,
            name: None,
        },
        reference: Reference::parse("essai").unwrap(),
    }
}

fn silent() -> Context {
    Context {
        silent: true,
        ..Context::default()
    }
}

/// A group without anybody.
pub async fn group(aplus: &Aplus, name: &str) -> GroupId {
    let form = GroupForm {
        draft: GroupDraft::new(GroupName::parse(name).unwrap()),
        request: request(),
    };
    let made = aplus.create_group(Author::Machine, &form, &silent()).await;
    made.unwrap().id
}

/// Accounts of one role; no mail is sent.
pub async fn accounts(aplus: &Aplus, group: GroupId, role: Role, emails: &[String]) {
    for email in emails {
        let email = EmailAddress::parse(email).unwrap();
        let draft = AccountDraft::new(email, Roles::only(role));
        aplus
            .create_account_for(Author::Machine, group, &draft, &request(), &silent())
            .await
            .unwrap();
    }
}

/// Links that one browser asked for, and its cookie: addresses with their tokens.
pub async fn links(
    aplus: &Aplus,
    tokens: &Tokens,
    emails: &[String],
) -> (String, Vec<(String, String)>) {
    let browser = aplus.new_browser().unwrap();
    for email in emails {
        let ask = LoginAsk {
            email: EmailAddress::parse(email).unwrap(),
            browser: browser.hash(),
            next: None,
            language: Language::French,
        };
        aplus.ask_for_link(ask, &Context::default()).await.unwrap();
    }
    while !aplus.courier_pass(aplus.now()).await.unwrap().is_idle() {}
    let sent = tokens.take();
    assert_eq!(sent.len(), emails.len());
    let cookie = format!("aplus-login={}", browser.reveal().expose_secret());
    (cookie, sent)
}

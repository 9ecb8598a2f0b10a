//! One redemption, from the press on the button to the session: the facts are read, the core judges, one transaction
//! writes link, session, log-in and entry. On the reference store and on SQLite with real commits.
//!
//! `cargo bench --bench redeem --all-features`. Each measured step takes a fresh link; issuing it is not measured.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::time::{Duration, Instant};

use aplus::memory::MemoryStore;
use aplus::ports::{Letter, MailError, Mailer, Store};
use aplus::rules::{AccountDraft, GroupDraft};
use aplus::service::{Context, GroupForm, LoginAsk};
use aplus::sqlx::sqlite::SqliteStore;
use aplus::words::Language;
use aplus::{
    Aplus, Author, BrowserHash, EmailAddress, GroupName, HostKey, LinkSecret, Reference, Requester,
    RequesterKind, Role, Roles, Site, SupportRequest,
};
use criterion::{Criterion, criterion_group, criterion_main};
use secrecy::ExposeSecret;

#[derive(Clone, Default)]
struct Links(std::sync::Arc<std::sync::Mutex<Vec<LinkSecret>>>);

#[async_trait::async_trait]
impl Mailer for Links {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let link = letter.link.as_ref().unwrap().expose_secret();
        let secret = LinkSecret::parse(link.split_once("jeton=").unwrap().1).unwrap();
        self.0.lock().unwrap().push(secret);
        Ok(())
    }
}

/// Accounts by the thousand, each with one link that the same browser asked for.
async fn links(
    aplus: &Aplus,
    sent: &Links,
    browser: BrowserHash,
    round: &mut u64,
    number: u64,
) -> Vec<LinkSecret> {
    let context = Context {
        silent: true,
        ..Context::default()
    };
    let request = SupportRequest {
        requester: Requester {
            kind: RequesterKind::Anct,
            name: None,
        },
        reference: Reference::parse("mesure").unwrap(),
    };
    *round += 1;
    let draft = GroupDraft::new(GroupName::parse(&format!("Mairie {round}")).unwrap());
    let form = GroupForm {
        draft,
        request: request.clone(),
    };
    let group = aplus
        .create_group(Author::Machine, &form, &context)
        .await
        .unwrap()
        .id;
    for number in 0..number {
        let email =
            EmailAddress::parse(&format!("prenom.nom{number}@mairie{round}.example")).unwrap();
        let draft = AccountDraft::new(email.clone(), Roles::only(Role::Aidant));
        aplus
            .create_account_for(Author::Machine, group, &draft, &request, &context)
            .await
            .unwrap();
        let context = Context {
            origin: aplus::journal::Origin {
                network: Some(format!("{round}.{number}")),
                browser: None,
            },
            ..Context::default()
        };
        let ask = LoginAsk {
            email,
            browser,
            next: None,
            language: Language::French,
        };
        aplus.ask_for_link(ask, &context).await.unwrap();
    }
    while !aplus.courier_pass(aplus.now()).await.unwrap().is_idle() {}
    std::mem::take(&mut sent.0.lock().unwrap())
}

fn measure(
    bencher: &mut Criterion,
    name: &str,
    store: impl Store + 'static,
    runtime: &tokio::runtime::Runtime,
) {
    let sent = Links::default();
    let key = HostKey::new(b"a key of more than thirty-two bytes").unwrap();
    let site = Site::new("http://127.0.0.1:3000").unwrap();
    let aplus = Aplus::builder(store, sent.clone(), site, key).build();
    let browser = aplus.new_browser().unwrap().hash();
    let mut round = 0;
    bencher.bench_function(name, |bencher| {
        bencher.iter_custom(|iterations| {
            let links = runtime.block_on(links(&aplus, &sent, browser, &mut round, iterations));
            assert_eq!(links.len() as u64, iterations);
            let mut spent = Duration::ZERO;
            for link in links {
                let started = Instant::now();
                let opened =
                    runtime.block_on(aplus.log_in(&link, Some(browser), None, &Context::default()));
                spent += started.elapsed();
                opened.unwrap();
            }
            spent
        });
    });
}

fn redeem(bencher: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    measure(
        bencher,
        "redeem in memory",
        MemoryStore::default(),
        &runtime,
    );
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("aplus.db").display());
    let store = runtime.block_on(async {
        let store = SqliteStore::connect(&url).await.unwrap();
        store.migrate().await.unwrap();
        store
    });
    measure(bencher, "redeem on SQLite", store, &runtime);
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20); targets = redeem }
criterion_main!(benches);

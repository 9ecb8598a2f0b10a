//! What a decision costs, without any store: the rules, the judgement of a link, and the check of a secret.
//!
//! `cargo bench -p aplus-core --bench decision`; with `--features words` also the words of a refusal.

#![allow(clippy::unwrap_used)]

use std::hint::black_box;

use aplus_core::link::{self, LinkFacts, Presented, Purpose};
use aplus_core::rules::{self, AccountDraft};
use aplus_core::{
    AccountId, Actor, BrowserHash, EmailAddress, Epoch, GroupFacts, GroupId, HostKey, Lifetimes,
    LinkId, LinkSecret, Nonce, Policy, Principal, Role, Roles, Standing, Timestamp, Version,
};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use secrecy::ExposeSecret;
use uuid::Uuid;

fn group(number: u128) -> GroupFacts {
    GroupFacts {
        id: GroupId::from_uuid(Uuid::from_u128(number)),
        version: Version(0),
        active_responsables: 1,
    }
}

fn responsable_of(groups: u128) -> Actor {
    let id = AccountId::from_uuid(Uuid::from_u128(1));
    let groups = (0..groups).map(|number| group(number).id);
    Actor::Account(Standing::active(id, Roles::only(Role::Responsable), groups))
}

fn draft(address: &str) -> AccountDraft {
    let email = EmailAddress::parse(address).unwrap();
    AccountDraft::new(email, Roles::only(Role::Aidant))
}

/// The actor belongs to many groups; the one that is acted on changes each time, so that no search is remembered.
fn creation(criterion: &mut Criterion) {
    let policy = Policy::default();
    let person = draft("camille.martin@lens.example");
    let mut bench = criterion.benchmark_group("may_create_account");
    for groups in [1, 10, 1_000, 100_000] {
        let actor = responsable_of(groups);
        let mut number = 0;
        bench.bench_function(BenchmarkId::new("allowed", groups), |bencher| {
            bencher.iter(|| {
                number = (number + 7_919) % groups;
                let group = group(number);
                rules::may_create_account(black_box(&actor), &group, &person, &policy)
            });
        });
        let elsewhere = group(groups + 1);
        bench.bench_function(BenchmarkId::new("refused", groups), |bencher| {
            bencher.iter(|| {
                rules::may_create_account(black_box(&actor), &elsewhere, &person, &policy)
            });
        });
    }
    bench.finish();

    let actor = responsable_of(10);
    criterion.bench_function("create_account (a permit)", |bencher| {
        bencher.iter(|| rules::create_account(black_box(&actor), &group(3), &person, &policy));
    });
}

#[cfg(feature = "words")]
fn words(criterion: &mut Criterion) {
    use aplus_core::Site;
    use aplus_core::words::{self, Language};

    let site = Site::new("https://aplus.example").unwrap();
    let (actor, elsewhere, policy) = (responsable_of(10), group(11), Policy::default());
    let person = draft("camille.martin@lens.example");
    criterion.bench_function("a refusal and its words in French", |bencher| {
        bencher.iter(|| {
            let refusal =
                rules::may_create_account(black_box(&actor), &elsewhere, &person, &policy);
            words::refusal(&refusal.unwrap_err(), Language::French, &site)
        });
    });
}

#[cfg(not(feature = "words"))]
fn words(_: &mut Criterion) {}

fn links(criterion: &mut Criterion) {
    let key = HostKey::new(&[7; 32]).unwrap();
    let (id, nonce) = (
        LinkId::from_uuid(Uuid::from_u128(2)),
        Nonce::from_bytes([1; 32]),
    );
    let browser = BrowserHash::from_bytes([3; 32]);
    let issued_at = Timestamp::MIN;
    let facts = LinkFacts {
        id,
        purpose: Purpose::LogIn,
        principal: Principal::Account(AccountId::from_uuid(Uuid::from_u128(1))),
        email: EmailAddress::parse("camille.martin@lens.example").unwrap(),
        browser,
        issued_at,
        expires_at: issued_at.saturating_add(Lifetimes::default().link()),
        used: None,
        superseded_at: None,
        wrong_addresses: 0,
        epoch: Epoch(1),
        current_epoch: Epoch(1),
        active: true,
        next: None,
    };
    let here = Presented {
        browser: Some(browser),
        email: None,
    };
    let elsewhere = Presented {
        browser: None,
        email: Some(&facts.email),
    };
    let mut bench = criterion.benchmark_group("a link");
    for (name, presented) in [
        ("judged in its browser", here),
        ("judged by its address", elsewhere),
    ] {
        bench.bench_function(name, |bencher| {
            bencher.iter(|| link::judge(black_box(&facts), presented, issued_at));
        });
    }
    let secret = key.link(id, &nonce);
    let (text, stored) = (secret.reveal(), secret.hash());
    bench.bench_function("secret parsed, hashed and compared", |bencher| {
        bencher.iter(|| {
            let presented = LinkSecret::parse(black_box(text.expose_secret())).unwrap();
            presented.hash() == stored
        });
    });
    bench.bench_function("secret derived", |bencher| {
        bencher.iter(|| key.link(black_box(id), &nonce));
    });
    bench.finish();
}

criterion_group!(benches, creation, words, links);
criterion_main!(benches);

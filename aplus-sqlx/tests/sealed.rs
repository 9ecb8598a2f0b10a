//! A journal that was sealed and anchored, then lost what could be erased (T3): the check finds nothing, and still finds what
//! was altered.

#![cfg(all(feature = "postgres", feature = "sqlite"))]
#![allow(clippy::unwrap_used)]

mod common;
mod postgres_common;

use std::ops::ControlFlow;

use aplus_core::journal::seal::{self, Finding, JournalLine, Kept, Verdict};
use aplus_core::ports::{Letter, MailError, Mailer, Store};
use aplus_core::rules::{AccountDraft, GroupDraft};
use aplus_core::service::{Context, GroupForm};
use aplus_core::test_util::FixedClock;
use aplus_core::*;

struct Nowhere;

#[async_trait::async_trait]
impl Mailer for Nowhere {
    async fn send(&self, _letter: &Letter) -> Result<(), MailError> {
        Ok(())
    }
}

/// What a journal holds, line by line.
async fn lines(aplus: &Aplus) -> Vec<JournalLine> {
    let mut lines = Vec::new();
    let mut take = |line| {
        lines.push(line);
        ControlFlow::Continue(())
    };
    aplus.store().export(&mut take).await.unwrap();
    lines
}

fn checked(aplus: &Aplus, lines: Vec<JournalLine>, anchors: &[String]) -> Verdict {
    let mut kept = Kept::default();
    lines.into_iter().for_each(|line| kept.take(line));
    seal::check(&kept, aplus.journal_verifiers(), anchors)
}

async fn the_check_passes(store: impl Store + 'static) {
    let clock = FixedClock::new("2021-03-02T12:00:00Z".parse().unwrap());
    let site = Site::new("https://aplus.example").unwrap();
    let key = HostKey::new(&[7; 32]).unwrap();
    let aplus = Aplus::builder(store, Nowhere, site, key)
        .clock(clock.clone())
        .build();
    let request = SupportRequest {
        requester: "anct".parse().unwrap(),
        reference: Reference::parse("lettre de Mme Martin").unwrap(),
    };
    let (by, none) = (Author::Machine, Context::default());
    let form = GroupForm {
        draft: GroupDraft::new(GroupName::parse("Mairie").unwrap()),
        request: request.clone(),
    };
    let group = aplus.create_group(by, &form, &none).await.unwrap().id;
    for year in [2021, 2024] {
        for number in 0..3 {
            let address = format!("p{year}.{number}@mairie.example");
            let address = EmailAddress::parse(&address).unwrap();
            let draft = AccountDraft::new(address, Roles::only(Role::Aidant));
            let made = aplus.create_account_for(by, group, &draft, &request, &none);
            made.await.unwrap();
        }
        clock.set("2024-03-02T12:00:00Z".parse().unwrap());
    }

    // Sealed and anchored as they stand.
    assert_eq!(aplus.seal_rest().await.unwrap(), 7);
    let anchor = aplus.store().last_checkpoint().await.unwrap().unwrap();
    let anchors = [anchor.note];

    let erased = aplus.erase_pass(aplus.now()).await.unwrap();
    assert_eq!((erased.erased, erased.emptied), (4, 3));

    let after = lines(&aplus).await;
    let entries = after.iter().filter_map(|line| match line {
        JournalLine::Entry(entry) => Some(entry),
        JournalLine::Seal(_) | JournalLine::Queued(_) | JournalLine::Checkpoint(_) => None,
    });
    let gone = entries.filter(|entry| {
        assert_eq!(
            entry.text.is_some(),
            entry.salt.is_some(),
            "both or neither"
        );
        entry.salt.is_none()
    });
    let gone: Vec<_> = gone.map(|entry| EntryId::from_uuid(entry.id)).collect();
    assert_eq!(gone.len(), 4);
    let verdict = checked(&aplus, after.clone(), &anchors);
    assert_eq!(verdict.findings, []);
    // Each erasure is itself an entry.
    assert_eq!((verdict.anchored, verdict.waiting), (7, 4));

    // What was made up in place of what is gone is found, with a salt of its own.
    let mut forged = after;
    for line in &mut forged {
        if let JournalLine::Entry(entry) = line
            && entry.id == *gone[0].as_uuid()
        {
            (entry.text, entry.salt) = (Some("{}".to_owned()), Some(vec![9; 32]));
        }
    }
    let verdict = checked(&aplus, forged, &anchors);
    let entry = gone[0];
    assert_eq!(verdict.findings, [Finding::ErasableAltered { entry }]);
}

#[tokio::test]
async fn on_sqlite_the_check_passes_after_erasing() {
    let place = common::Place::new().await;
    the_check_passes(place.store.clone()).await;
}

#[tokio::test]
async fn on_postgresql_the_check_passes_after_erasing() {
    let place = postgres_common::Place::new().await;
    the_check_passes(place.store.clone()).await;
}

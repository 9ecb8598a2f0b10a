//! What the background work erases, and what it leaves (T3, T4): over years, on the reference store.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use aplus_core::journal::StoredEntry;
use aplus_core::memory::MemoryStore;
use aplus_core::ports::{Journal, Letter, MailError, Mailer};
use aplus_core::rules::{AccountDraft, GroupDraft};
use aplus_core::service::{Context, ErasureReport, GroupForm};
use aplus_core::test_util::{FixedClock, log_in};
use aplus_core::*;

struct Nowhere;

#[async_trait::async_trait]
impl Mailer for Nowhere {
    async fn send(&self, _letter: &Letter) -> Result<(), MailError> {
        Ok(())
    }
}

struct Service {
    aplus: Aplus,
    store: MemoryStore,
    clock: FixedClock,
    group: GroupId,
}

fn days(count: u32) -> Duration {
    Duration::from_secs(86_400) * count
}

fn request() -> SupportRequest {
    SupportRequest {
        requester: Requester {
            kind: RequesterKind::Anct,
            name: None,
        },
        reference: Reference::parse("lettre 12").unwrap(),
    }
}

impl Service {
    async fn keeping(retention: Retention) -> Self {
        let clock = FixedClock::new("2026-03-02T12:00:00Z".parse().unwrap());
        let (store, site) = (
            MemoryStore::default(),
            Site::new("https://aplus.example").unwrap(),
        );
        let key = HostKey::new(&[7; 32]).unwrap();
        let aplus = Aplus::builder(store.clone(), Nowhere, site, key)
            .clock(clock.clone())
            .retention(retention)
            .build();
        let form = GroupForm {
            draft: GroupDraft::new(GroupName::parse("Mairie").unwrap()),
            request: request(),
        };
        let none = Context::default();
        let made = aplus.create_group(Author::Machine, &form, &none);
        let group = made.await.unwrap().id;
        Self {
            aplus,
            store,
            clock,
            group,
        }
    }

    async fn account(&self, address: &str) -> Account {
        let draft = AccountDraft::new(email(address), Roles::only(Role::Aidant));
        let (by, request, none) = (Author::Machine, request(), Context::default());
        let aplus = &self.aplus;
        let made = aplus.create_account_for(by, self.group, &draft, &request, &none);
        made.await.unwrap().account
    }

    async fn pass(&self) -> ErasureReport {
        self.aplus.erase_pass(self.aplus.now()).await.unwrap()
    }

    async fn entries(&self, kind: &str) -> Vec<StoredEntry> {
        let entries = self.store.entries(None, u32::MAX).await.unwrap();
        entries.into_iter().filter(|it| it.kind == kind).collect()
    }
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn report(erased: u32, emptied: u32) -> ErasureReport {
    ErasureReport {
        erased,
        emptied,
        conversations: 0,
    }
}

#[tokio::test]
async fn each_goes_when_its_setting_says_and_not_a_day_before() {
    let service = Service::keeping(Retention::default()).await;
    let account = service.account("camille.martin@mairie.example").await;
    assert_eq!(service.pass().await, report(0, 0));
    // 12 months are 365 days here, and a day more; at exactly that age it is kept.
    service.clock.advance(days(366));
    assert_eq!(service.pass().await, report(0, 0));
    service.clock.advance(Duration::from_micros(1));
    assert_eq!(service.pass().await, report(2, 0));
    assert_eq!(service.pass().await, report(0, 0), "and once");
    let erased = service.entries("journal_erased").await;
    assert_eq!(erased.len(), 1, "a pass that erased nothing has no entry");
    assert!(erased[0].details.contains("\"entries\":2"));
    assert!(erased[0].details.contains("\"reason\":null"));
    let created = service.entries("account_created").await;
    assert_eq!(created[0].erasable, None);
    assert_eq!(created[0].account, Some(account.id()), "who it was stays");
    assert!(created[0].details.contains("\"roles\":"));

    // 24 months since its creation, with a leap day in them, a day more, and the 20 hours of a session.
    service.clock.set("2028-03-04T08:00:00Z".parse().unwrap());
    assert_eq!(service.pass().await.emptied, 0);
    service.clock.advance(Duration::from_micros(1));
    assert_eq!(service.pass().await.emptied, 1);
    let seen = service.aplus.store().account(account.id()).await.unwrap();
    let seen = seen.unwrap();
    assert_eq!(seen.email(), None);
    assert_eq!(seen.emptied_at(), Some(service.aplus.now()));
    let told = service.entries("account_emptied").await;
    assert_eq!(
        (told.len(), told[0].account, told[0].author),
        (1, Some(account.id()), Author::Machine)
    );
}

#[tokio::test]
async fn an_account_in_use_stays_for_as_long_as_it_is_used() {
    let service = Service::keeping(Retention::default()).await;
    let used = service.account("camille.martin@mairie.example").await;
    let unused = service.account("lea.roux@mairie.example").await;
    service.clock.advance(days(700));
    log_in(&service.aplus, used.email().unwrap()).await.unwrap();
    service.clock.advance(days(100));
    assert_eq!(service.pass().await.emptied, 1);
    let status = async |account: &Account| {
        let found = service.aplus.store().account(account.id()).await.unwrap();
        found.unwrap().status()
    };
    assert_eq!(status(&used).await, Status::Active);
    assert_eq!(status(&unused).await, Status::Withdrawn);
    service.clock.advance(days(700));
    assert_eq!(service.pass().await.emptied, 1);
    assert_eq!(status(&used).await, Status::Withdrawn);
}

#[tokio::test]
async fn a_host_that_keeps_longer_says_why_in_each_entry() {
    let reason = RetentionReason::parse("enquête administrative, décision du 3 mars").unwrap();
    let retention = Retention::default().with_journal_for(36, reason).unwrap();
    let service = Service::keeping(retention.with_accounts(60).unwrap()).await;
    service.account("camille.martin@mairie.example").await;
    service.clock.advance(days(3 * 365));
    assert_eq!(service.pass().await, report(0, 0));
    service.clock.advance(days(4));
    assert_eq!(service.pass().await, report(2, 0));
    let erased = service.entries("journal_erased").await;
    assert!(
        erased[0]
            .details
            .contains("\"months\":36,\"reason\":\"enquête administrative, décision du 3 mars\""),
        "{}",
        erased[0].details
    );
    service.clock.advance(days(2 * 365));
    assert_eq!(service.pass().await.emptied, 1);
}

#[tokio::test]
async fn a_pass_is_bounded_and_the_next_goes_on() {
    let service = Service::keeping(Retention::default()).await;
    for number in 0..130 {
        service.account(&format!("p{number}@mairie.example")).await;
    }
    service.clock.advance(days(1_000));
    let mut passes = Vec::new();
    loop {
        let report = service.aplus.housekeeping_pass(service.aplus.now()).await;
        let erasure = report.unwrap().erasure;
        if erasure == ErasureReport::default() {
            break;
        }
        passes.push(erasure);
    }
    assert_eq!(passes, [report(131, 50), report(0, 50), report(0, 30)]);
    assert_eq!(service.entries("account_emptied").await.len(), 130);
}

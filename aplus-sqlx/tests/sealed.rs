//! A journal that was sealed and anchored, then lost what could be erased (T3): the check finds nothing, and still finds what
//! was altered.

#![cfg(all(feature = "postgres", feature = "sqlite"))]
#![allow(clippy::unwrap_used)]

mod common;
mod postgres_common;

use aplus_core::journal::seal::{
    self, Checkpoint, CheckpointKey, Finding, Frontier, Kept, TreeHash, leaf_bytes,
};
use aplus_core::journal::{Salt, StoredEntry};
use aplus_core::ports::{Letter, MailError, Mailer, Store};
use aplus_core::rules::{AccountDraft, GroupDraft};
use aplus_core::service::{Context, GroupForm};
use aplus_core::test_util::FixedClock;
use aplus_core::*;
use sqlx::Row;
use uuid::Uuid;

struct Nowhere;

#[async_trait::async_trait]
impl Mailer for Nowhere {
    async fn send(&self, _letter: &Letter) -> Result<(), MailError> {
        Ok(())
    }
}

type Salts = Vec<(EntryId, Salt)>;

/// The salts that a store keeps, which no port shows.
trait Salted {
    async fn salts(&self) -> Salts;
}

fn salt(id: Uuid, salt: &[u8]) -> (EntryId, Salt) {
    (EntryId::from_uuid(id), Salt(salt.try_into().unwrap()))
}

impl Salted for common::Place {
    async fn salts(&self) -> Salts {
        let rows = sqlx::query("select entry_id, salt from aplus_journal_erasable");
        let rows = rows.fetch_all(&mut self.bare().await).await.unwrap();
        let rows = rows.iter();
        rows.map(|row| salt(row.get(0), row.get(1))).collect()
    }
}

impl Salted for postgres_common::Place {
    async fn salts(&self) -> Salts {
        let rows = sqlx::query("select entry_id, salt from aplus.journal_erasable");
        let rows = rows.fetch_all(&mut self.owner().await).await.unwrap();
        let rows = rows.iter();
        rows.map(|row| salt(row.get(0), row.get(1))).collect()
    }
}

/// What a journal holds, each entry with its salt unless that was erased.
async fn entries(store: &dyn Store, place: &impl Salted) -> Vec<(StoredEntry, Option<Salt>)> {
    let salts = place.salts().await;
    let of = |id| salts.iter().find(|(entry, _)| *entry == id);
    let entries = store.entries(None, u32::MAX).await.unwrap().into_iter();
    entries
        .map(|entry| {
            let salt = of(entry.id).map(|(_, salt)| *salt);
            (entry, salt)
        })
        .collect()
}

async fn the_check_passes(store: impl Store + Clone + 'static, place: &impl Salted) {
    let clock = FixedClock::new("2021-03-02T12:00:00Z".parse().unwrap());
    let site = Site::new("https://aplus.example").unwrap();
    let key = HostKey::new(&[7; 32]).unwrap();
    let aplus = Aplus::builder(store.clone(), Nowhere, site, key)
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
    let before = entries(&store, place).await;
    assert_eq!(before.len(), 7);
    let leaf = |entry: &StoredEntry| (entry.id, TreeHash::leaf(&leaf_bytes(entry)));
    let seals: Vec<_> = before.iter().map(|(entry, _)| leaf(entry)).collect();
    let mut tree = Frontier::default();
    tree.extend(seals.iter().map(|(_, hash)| *hash));
    let key = CheckpointKey::new("aplus.example/journal", &[7; 32]).unwrap();
    let (size, root) = (tree.size(), tree.root());
    let anchors = vec![key.sign(&Checkpoint { size, root })];

    let erased = aplus.erase_pass(aplus.now()).await.unwrap();
    assert_eq!((erased.erased, erased.emptied), (4, 3));

    let after = entries(&store, place).await;
    let gone = after.iter().filter(|(entry, salt)| {
        assert_eq!(entry.erasable.is_some(), salt.is_some(), "both or neither");
        salt.is_none()
    });
    assert_eq!(gone.count(), 4);
    let new = after.iter().map(|(entry, _)| entry.id);
    let kept = Kept {
        queued: new
            .filter(|id| seals.iter().all(|(it, _)| it != id))
            .collect(),
        entries: after,
        seals,
        checkpoints: Vec::new(),
    };
    assert_eq!(kept.queued.len(), 4, "each erasure is itself an entry");
    let verdict = seal::check(&kept, &key.verifier(), &anchors);
    assert_eq!(verdict.findings, []);
    assert_eq!((verdict.anchored, verdict.waiting), (7, 4));

    // What was made up in place of what is gone is found, with or without a salt.
    let mut forged = kept.clone();
    let (entry, salt) = forged.entries.first_mut().unwrap();
    (entry.erasable, *salt) = (Some("{}".to_owned()), Some(Salt([9; 32])));
    let entry = entry.id;
    let verdict = seal::check(&forged, &key.verifier(), &anchors);
    assert_eq!(verdict.findings, [Finding::ErasableAltered { entry }]);
}

#[tokio::test]
async fn on_sqlite_the_check_passes_after_erasing() {
    let place = common::Place::new().await;
    the_check_passes(place.store.clone(), &place).await;
}

#[tokio::test]
async fn on_postgresql_the_check_passes_after_erasing() {
    let place = postgres_common::Place::new().await;
    the_check_passes(place.store.clone(), &place).await;
}

#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};

use super::*;
use crate::group::RequesterKind;
use crate::journal::seal::{CheckpointKey, Export, check, proof};
use crate::memory::MemoryStore;
use crate::ports::{Anchor, AnchorError, Letter, MailError, Mailer, Seals, SignedCheckpoint};
use crate::rules::GroupDraft;
use crate::service::{Builder, Context, FileAnchor, GroupForm};
use crate::test_util::FixedClock;
use crate::{Author, EmailAddress, GroupName, HostKey, Reference, Requester, Site, SupportRequest};

#[derive(Clone, Default)]
struct Letterbox(Arc<Mutex<Vec<Letter>>>);

#[async_trait::async_trait]
impl Mailer for Letterbox {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        self.0.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

/// Takes checkpoints while it works.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<(bool, Vec<SignedCheckpoint>)>>);

#[async_trait::async_trait]
impl Anchor for Shelf {
    async fn anchor(&self, checkpoint: &SignedCheckpoint) -> Result<(), AnchorError> {
        let mut shelf = self.0.lock().unwrap();
        if shelf.0 {
            return Err(AnchorError("it is full".into()));
        }
        shelf.1.push(checkpoint.clone());
        Ok(())
    }
}

impl Shelf {
    fn sizes(&self) -> Vec<u64> {
        let shelf = self.0.lock().unwrap();
        shelf.1.iter().map(|it| it.checkpoint.size).collect()
    }
}

struct World {
    store: MemoryStore,
    clock: FixedClock,
    letterbox: Letterbox,
}

impl World {
    fn new() -> Self {
        Self {
            store: MemoryStore::default(),
            clock: FixedClock::new("2026-03-02T12:00:00Z".parse().unwrap()),
            letterbox: Letterbox::default(),
        }
    }

    fn builder(&self) -> Builder {
        let site = Site::new("https://aplus.example").unwrap();
        let key = HostKey::new(&[7; 32]).unwrap();
        Aplus::builder(self.store.clone(), self.letterbox.clone(), site, key)
            .clock(self.clock.clone())
    }
}

async fn group(aplus: &Aplus, number: usize) {
    let form = GroupForm {
        draft: GroupDraft::new(GroupName::parse(&format!("Mairie {number}")).unwrap()),
        request: SupportRequest {
            requester: Requester {
                kind: RequesterKind::Anct,
                name: None,
            },
            reference: Reference::parse("courrier 12").unwrap(),
        },
    };
    let none = Context::default();
    aplus
        .create_group(Author::Machine, &form, &none)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_pass_seals_what_waits_and_the_newest_checkpoint_is_handed_over_once() {
    let world = World::new();
    let shelf = Shelf::default();
    let aplus = world.builder().anchor(shelf.clone()).build();
    let nothing = aplus.sealer_pass(aplus.now()).await.unwrap();
    assert_eq!((nothing.sealed, nothing.anchored), (0, true));
    assert!(aplus.anchor_pass().await && shelf.sizes().is_empty());
    for number in 0..3 {
        group(&aplus, number).await;
    }
    let report = aplus.sealer_pass(aplus.now()).await.unwrap();
    assert_eq!(
        (report.sealed, report.more, report.overtaken),
        (3, false, false)
    );
    assert!(!report.anchored && aplus.anchor_pass().await);
    let report = aplus.sealer_pass(aplus.now()).await.unwrap();
    assert!(report.anchored && aplus.anchor_pass().await);
    assert_eq!(shelf.sizes(), [3]);

    // One that does not take it now is given the newest with the next pass.
    shelf.0.lock().unwrap().0 = true;
    group(&aplus, 3).await;
    let report = aplus.sealer_pass(aplus.now()).await.unwrap();
    assert_eq!((report.sealed, report.anchored), (1, false));
    assert!(!aplus.anchor_pass().await);
    group(&aplus, 4).await;
    shelf.0.lock().unwrap().0 = false;
    aplus.sealer_pass(aplus.now()).await.unwrap();
    assert!(aplus.anchor_pass().await);
    assert_eq!(shelf.sizes(), [3, 5]);

    // After a start the newest is handed over once, though nothing is sealed.
    let again = world.builder().anchor(shelf.clone()).build();
    again.seal_rest().await.unwrap();
    assert!(again.sealer_pass(again.now()).await.unwrap().anchored);
    again.seal_rest().await.unwrap();
    assert_eq!(shelf.sizes(), [3, 5, 5]);
    let notes: Vec<_> = shelf
        .0
        .lock()
        .unwrap()
        .1
        .iter()
        .map(|it| it.note.clone())
        .collect();
    let verdict = aplus
        .check_journal(aplus.journal_verifiers(), &notes)
        .await
        .unwrap();
    assert!(verdict.is_good() && verdict.anchored == 5, "{verdict:?}");
}

/// Never answers.
struct Silence;

#[async_trait::async_trait]
impl Anchor for Silence {
    async fn anchor(&self, _checkpoint: &SignedCheckpoint) -> Result<(), AnchorError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn an_anchor_that_never_answers_holds_up_no_seal_and_no_other_anchor() {
    let world = World::new();
    let shelf = Shelf::default();
    let builder = world.builder().anchor(Silence).anchor(shelf.clone());
    let aplus = builder.seal_every(Duration::from_millis(10)).build();
    let house = tokio::spawn(aplus.clone().keep_house());
    let sealing = async {
        for number in 0..5 {
            group(&aplus, number).await;
            let size = number as u64 + 1;
            while shelf.sizes().last() != Some(&size) {
                tokio::task::yield_now().await;
            }
        }
    };
    let limit = Duration::from_secs(5);
    let sealed = tokio::time::timeout(limit, sealing).await;
    assert!(sealed.is_ok(), "{:?} is anchored", shelf.sizes());
    let report = aplus.sealer_pass(aplus.now()).await.unwrap();
    assert!(!report.anchored, "the silent one has nothing");
    house.abort();
}

#[tokio::test]
async fn more_than_one_pass_seals_is_sealed_at_the_end() {
    let world = World::new();
    let aplus = world.builder().build();
    let number = AT_ONCE as usize + 7;
    for number in 0..number {
        group(&aplus, number).await;
    }
    let report = aplus.sealer_pass(aplus.now()).await.unwrap();
    assert_eq!((report.sealed, report.more), (AT_ONCE, true));
    assert_eq!(aplus.seal_rest().await.unwrap(), 7);
    assert_eq!(aplus.seal_rest().await.unwrap(), 0);
    assert_eq!(world.store.seal_queue(), []);
}

#[tokio::test]
async fn a_checkpoint_goes_out_by_mail_once_an_hour_over_all_processes() {
    let world = World::new();
    let to = EmailAddress::parse("archives@ministere.example").unwrap();
    let one = world.builder().anchor_mail(to.clone()).build();
    let other = world.builder().anchor_mail(to.clone()).build();
    let minutes = |count: u64| Duration::from_secs(60 * count);
    for minute in 0..61 {
        let aplus = if minute % 2 == 0 { &one } else { &other };
        group(aplus, minute).await;
        aplus.sealer_pass(aplus.now()).await.unwrap();
        world.clock.advance(minutes(1));
    }
    // Nothing is sealed any more; what was is told when the hour is over.
    world.clock.advance(minutes(59));
    one.sealer_pass(one.now()).await.unwrap();
    world.clock.advance(minutes(1));
    one.sealer_pass(one.now()).await.unwrap();
    other.sealer_pass(other.now()).await.unwrap();
    world.clock.advance(minutes(300));
    other.sealer_pass(other.now()).await.unwrap();
    while !one.courier_pass(one.now()).await.unwrap().is_idle() {}
    let letters = world.letterbox.0.lock().unwrap().clone();
    let letters: Vec<_> = letters.iter().filter(|it| it.to == to).collect();
    let mut sizes = Vec::new();
    for letter in letters {
        // What stands between the empty lines is the note.
        let start = letter.text.find("aplus.example/journal\n").unwrap();
        let (note, _) = letter.text[start..].split_once("\n\n").unwrap();
        let signature = letter
            .text
            .lines()
            .find(|line| line.starts_with("— "))
            .unwrap();
        let note = format!("{note}\n\n{signature}\n");
        sizes.push(one.journal_verifiers()[0].open(&note).unwrap().size);
    }
    sizes.sort_unstable();
    assert_eq!(
        sizes,
        [1, 61],
        "at the first minute, and at the sixty-first"
    );
}

#[tokio::test]
async fn at_the_end_of_a_process_the_newest_checkpoint_goes_out_by_mail_at_once() {
    let world = World::new();
    let to = EmailAddress::parse("archives@ministere.example").unwrap();
    let aplus = world.builder().anchor_mail(to).build();
    group(&aplus, 0).await;
    aplus.sealer_pass(aplus.now()).await.unwrap();
    let mailed = async || world.store.unsealed(0).await.unwrap().mailed.unwrap().size;
    group(&aplus, 1).await;
    aplus.sealer_pass(aplus.now()).await.unwrap();
    assert_eq!(mailed().await, 1);
    aplus.seal_rest().await.unwrap();
    assert_eq!(mailed().await, 2);
    for number in 2..AT_ONCE as usize + 3 {
        group(&aplus, number).await;
    }
    aplus.seal_rest().await.unwrap();
    assert_eq!(mailed().await, u64::from(AT_ONCE) + 3);
    while !aplus.courier_pass(aplus.now()).await.unwrap().is_idle() {}
    assert_eq!(
        world.letterbox.0.lock().unwrap().len(),
        3,
        "one at each end"
    );
}

#[tokio::test]
async fn nothing_is_signed_over_a_tree_that_somebody_touched() {
    let world = World::new();
    let aplus = world.builder().build();
    group(&aplus, 0).await;
    aplus.sealer_pass(aplus.now()).await.unwrap();
    // A checkpoint of this key over another tree, as after the database was restored from two backups.
    let key = CheckpointKey::of_host(&HostKey::new(&[7; 32]).unwrap(), aplus.site());
    let unsealed = world.store.unsealed(1).await.unwrap();
    let mut forged = unsealed.clone();
    forged.checkpoint.as_mut().unwrap().note = key.sign(&Checkpoint {
        size: 1,
        root: TreeHash([1; 32]),
    });
    assert!(matches!(
        aplus.untouched(&forged, true),
        Err(StoreError::Broken(_))
    ));
    let broken = forged.checkpoint.as_mut().unwrap();
    broken.note = broken.note.replace('—', "-");
    assert!(matches!(
        aplus.untouched(&forged, true),
        Err(StoreError::Broken(_))
    ));
    forged.checkpoint = None;
    assert!(matches!(
        aplus.untouched(&forged, true),
        Err(StoreError::Broken(_))
    ));
    assert!(aplus.untouched(&unsealed, true).unwrap().is_some());
}

/// The service goes on, and its database holds something else from now on.
fn moved(aplus: Aplus, store: &MemoryStore) -> Aplus {
    let mut inner = Arc::into_inner(aplus.0).unwrap();
    inner.store = Arc::new(store.clone());
    Aplus(Arc::new(inner))
}

#[tokio::test]
async fn nothing_is_signed_over_a_journal_that_was_written_anew() {
    let (world, anew) = (World::new(), World::new());
    let other = anew.builder().build();
    let started = async || {
        let aplus = world.builder().build();
        aplus.seal_rest().await.unwrap();
        aplus
    };
    for number in 0..3 {
        group(&started().await, number).await;
    }
    let is_broken = async |aplus: &Aplus| {
        let sealed = aplus.sealer_pass(aplus.now()).await;
        matches!(sealed, Err(Error::Broken(_)))
    };
    // Nothing was ever sealed; then fewer entries, as many, and more, each time sealed by the journal's own key.
    for number in 0..5 {
        let aplus = moved(started().await, &anew.store);
        group(&aplus, 10 + number).await;
        assert!(is_broken(&aplus).await, "{number} were sealed anew");
        assert_eq!(anew.store.seal_queue().len(), 1, "nothing was sealed");
        // Whoever starts now knows of nothing else.
        assert_eq!(other.seal_rest().await.unwrap(), 1);
    }
    // What another server of the same journal sealed meanwhile is no harm.
    let (one, two) = (started().await, started().await);
    for number in 3..9 {
        group(&one, number).await;
        let aplus = if number % 3 == 0 { &one } else { &two };
        assert_eq!(aplus.sealer_pass(aplus.now()).await.unwrap().sealed, 1);
    }
}

#[tokio::test]
async fn a_checkpoint_of_an_unknown_key_passes_after_a_start_alone() {
    let world = World::new();
    let aplus = world.builder().build();
    group(&aplus, 0).await;
    aplus.seal_rest().await.unwrap();
    let own = CheckpointKey::new("aplus.example/journal", &[9; 32]).unwrap();
    let replaced = world.builder().journal_key(own).build();
    group(&aplus, 1).await;
    assert_eq!(replaced.seal_rest().await.unwrap(), 1);
    group(&aplus, 2).await;
    let sealed = aplus.seal_rest().await;
    assert!(matches!(sealed, Err(Error::Broken(_))), "{sealed:?}");
    assert_eq!(world.builder().build().seal_rest().await.unwrap(), 1);
}

#[tokio::test]
async fn a_journal_outlives_its_key() {
    let world = World::new();
    let before = world.builder().build();
    group(&before, 0).await;
    before.sealer_pass(before.now()).await.unwrap();
    let own = CheckpointKey::new("aplus.example/journal", &[9; 32]).unwrap();
    let old = before.journal_verifiers()[0].clone();
    let after = world
        .builder()
        .journal_key(own)
        .known_journal_key(old)
        .build();
    group(&after, 1).await;
    assert_eq!(after.sealer_pass(after.now()).await.unwrap().sealed, 1);
    let verdict = after
        .check_journal(after.journal_verifiers(), &[])
        .await
        .unwrap();
    assert!(verdict.is_good(), "{verdict:?}");
    let verdict = after
        .check_journal(&after.journal_verifiers()[..1], &[])
        .await
        .unwrap();
    assert_eq!(verdict.findings.len(), 1);
    // A key of the host's that was replaced is known by itself.
    let replaced = Aplus::builder(
        world.store.clone(),
        world.letterbox.clone(),
        after.site().clone(),
        HostKey::new(&[8; 32]).unwrap(),
    )
    .known_key(HostKey::new(&[7; 32]).unwrap())
    .build();
    assert!(
        replaced
            .journal_verifiers()
            .contains(&before.journal_verifiers()[0])
    );
}

#[tokio::test]
async fn proofs_hold_for_each_entry_and_each_two_checkpoints() {
    let world = World::new();
    let aplus = world.builder().build();
    for number in 0..13 {
        group(&aplus, number).await;
        aplus.sealer_pass(aplus.now()).await.unwrap();
    }
    let verifier = &aplus.journal_verifiers()[0];
    let sealed = aplus.journal_since(0, 100).await.unwrap();
    assert_eq!(sealed.len(), 13);
    assert_eq!(aplus.journal_since(12, 100).await.unwrap(), sealed[12..]);
    for entry in &sealed {
        let shown = aplus
            .inclusion_proof(entry.entry.id)
            .await
            .unwrap()
            .unwrap();
        let opened = verifier.open(&shown.checkpoint.note).unwrap();
        let leaf = TreeHash::leaf(&leaf_bytes(&entry.entry));
        let place = entry.seal.place;
        assert!(proof::includes(
            &opened.root,
            opened.size,
            place,
            &leaf,
            &shown.path
        ));
    }
    for later in 1..=13 {
        for earlier in 1..=later {
            let shown = aplus
                .consistency_proof(earlier, later)
                .await
                .unwrap()
                .unwrap();
            let [one, other] =
                [&shown.earlier, &shown.later].map(|it| verifier.open(&it.note).unwrap());
            let (old, new) = (&one.root, &other.root);
            assert!(proof::extends(old, one.size, new, other.size, &shown.path));
        }
    }
    assert_eq!(aplus.consistency_proof(5, 14).await.unwrap(), None);
    assert_eq!(aplus.consistency_proof(6, 5).await.unwrap(), None);
    group(&aplus, 13).await;
    let waiting = world.store.seal_queue()[0];
    assert_eq!(aplus.inclusion_proof(waiting).await.unwrap(), None);
}

#[tokio::test]
async fn an_export_and_the_file_of_anchors_are_checked_without_the_service() {
    let world = World::new();
    let path = std::env::temp_dir().join(format!("aplus-anchors-{}", std::process::id()));
    let file = FileAnchor::open(&path).unwrap();
    let aplus = world.builder().anchor(file).build();
    for number in 0..3 {
        group(&aplus, number).await;
        aplus.seal_rest().await.unwrap();
    }
    group(&aplus, 3).await;
    let mut export = Vec::new();
    let counts = aplus.export_journal(&mut export).await.unwrap();
    assert_eq!((counts.entries, counts.queued), (4, 1));
    let anchors = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let anchors = crate::journal::seal::notes(&anchors);
    assert_eq!(anchors.len(), 3);
    let export = Export::read(export.as_slice()).unwrap();
    assert_eq!(export.journal, "aplus.example/journal");
    let verdict = check(&export.kept, aplus.journal_verifiers(), &anchors);
    assert!(verdict.is_good(), "{verdict:?}");
    assert_eq!(
        (verdict.sealed, verdict.anchored, verdict.waiting),
        (3, 3, 1)
    );
}

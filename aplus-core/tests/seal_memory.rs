//! What the check of a large journal takes: `cargo test -p aplus-core --all-features --release --test seal_memory -- --ignored
//! --nocapture`. `APLUS_CHECK_ENTRIES` says of how many entries, a million by default.

#![cfg(all(feature = "service", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::BufReader;
use std::time::Instant;

use aplus_core::journal::seal::{
    Checkpoint, CheckpointKey, Export, ExportWriter, ExportedEntry, Frontier, JournalLine,
    KeptCheckpoint, KeptEntry, Seal, check,
};
use aplus_core::journal::{Commitment, Salt};
use aplus_core::{EntryId, Timestamp};
use uuid::Uuid;

/// The most memory that this process ever held, in MiB.
fn most() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1_024
}

fn entry(number: u64) -> ExportedEntry {
    let id = |label: u64| Uuid::from_u128(u128::from(label) << 64 | u128::from(number));
    let text = format!("{{\"network\":\"192.0.2.{}\"}}", number % 250);
    let salt = Salt([u8::try_from(number % 250).unwrap(); 32]);
    ExportedEntry {
        id: id(1),
        at: 1_800_000_000_000_000 + i64::try_from(number).unwrap(),
        kind: "logged_in".to_owned(),
        author_kind: "account".to_owned(),
        author_id: Some(id(2)),
        account_id: Some(id(2)),
        group_id: None,
        details: format!(
            "{{\"by_address\":false,\"kind\":\"logged_in\",\"link\":\"{}\",\"session\":\"{}\"}}",
            id(3),
            id(4)
        ),
        request_id: Some(id(5)),
        body_hash: Some(vec![7; 32]),
        commitment: Commitment::to(&salt, &text).0.to_vec(),
        text: Some(text),
        salt: Some(salt.0.to_vec()),
    }
}

#[test]
#[ignore = "a measurement"]
fn a_large_journal_is_checked_in_bounded_memory() {
    let number = std::env::var("APLUS_CHECK_ENTRIES").ok();
    let number: u64 = number.map_or(1_000_000, |number| number.parse().unwrap());
    let key = CheckpointKey::new("aplus.example/journal", &[7; 32]).unwrap();
    let file = tempfile(number, &key);
    let (before, started) = (most(), Instant::now());
    let export = Export::read(BufReader::new(std::fs::File::open(&file).unwrap())).unwrap();
    let read = started.elapsed();
    let verdict = check(&export.kept, &[key.verifier()], &[]);
    let size = std::fs::metadata(&file).unwrap().len() >> 20;
    std::fs::remove_file(&file).unwrap();
    assert!(verdict.is_good(), "{:?}", verdict.findings.first());
    assert_eq!(verdict.covered, number);
    println!(
        "{number} entries, {size} MiB: read in {read:?}, checked in {:?}; {} MiB at most, {before} before",
        started.elapsed() - read,
        most()
    );
    assert!(most() < 2_048);
}

/// An export with a checkpoint after each hundred entries.
fn tempfile(number: u64, key: &CheckpointKey) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("aplus-export-{}", std::process::id()));
    let file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    let mut writer = ExportWriter::begin(file, "aplus.example/journal", Timestamp::MIN).unwrap();
    for place in 0..number {
        assert!(writer.take(JournalLine::Entry(entry(place))).is_continue());
    }
    let (mut tree, mut sizes) = (Frontier::default(), Vec::new());
    for place in 0..number {
        let kept = KeptEntry::from(&entry(place));
        tree.push(kept.hash);
        if tree.size() % 100 == 0 || tree.size() == number {
            sizes.push((tree.size(), tree.root()));
        }
        let seal = Seal {
            place,
            entry: EntryId::from_uuid(entry(place).id),
            hash: kept.hash,
        };
        assert!(writer.take(JournalLine::Seal(seal)).is_continue());
    }
    for (size, root) in sizes {
        let note = key.sign(&Checkpoint { size, root });
        let at = Timestamp::MIN;
        let checkpoint = KeptCheckpoint { size, at, note };
        assert!(
            writer
                .take(JournalLine::Checkpoint(checkpoint.into()))
                .is_continue()
        );
    }
    writer.end().unwrap();
    path
}

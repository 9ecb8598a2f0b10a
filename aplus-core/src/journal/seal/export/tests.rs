#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::*;
use crate::Timestamp;
use crate::journal::seal::{Kept, TreeHash};

fn exported() -> Vec<JournalLine> {
    let id = |number| Uuid::from_u128(number);
    let entry = |number| ExportedEntry {
        id: id(number),
        at: 1_800_000_000_000_000,
        kind: "looked".to_owned(),
        author_kind: "operator".to_owned(),
        author_id: Some(id(9)),
        account_id: None,
        group_id: None,
        details: "{\"é\":\"\\n\"}".to_owned(),
        request_id: Some(id(8)),
        body_hash: Some(vec![0xab; 32]),
        commitment: vec![7; 32],
        text: None,
        salt: None,
    };
    vec![
        JournalLine::Entry(entry(1)),
        JournalLine::Entry(ExportedEntry {
            // What no program of ours would have written.
            at: -1,
            author_kind: "évident".to_owned(),
            commitment: Vec::new(),
            text: Some("{}".to_owned()),
            salt: Some(vec![1]),
            ..entry(2)
        }),
        JournalLine::Seal(Seal {
            place: 0,
            entry: EntryId::from_uuid(id(1)),
            hash: TreeHash([3; 32]),
        }),
        JournalLine::Queued(EntryId::from_uuid(id(2))),
        JournalLine::Checkpoint(ExportedCheckpoint {
            size: 1,
            // No time, and no harm.
            at: -1,
            note: "a\n1\n\n— a b\n".to_owned(),
        }),
    ]
}

fn text() -> String {
    let mut file = Vec::new();
    let mut writer =
        ExportWriter::begin(&mut file, "aplus.example/journal", Timestamp::MIN).unwrap();
    for line in exported() {
        assert!(writer.take(line).is_continue());
    }
    let counts = writer.end().unwrap();
    assert_eq!((counts.entries, counts.checkpoints), (2, 1));
    String::from_utf8(file).unwrap()
}

fn refused(text: &str) -> String {
    Export::read(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn what_was_written_is_read_back() {
    let export = Export::read(text().as_bytes()).unwrap();
    assert_eq!(export.journal, "aplus.example/journal");
    let mut kept = Kept::default();
    exported().into_iter().for_each(|line| kept.take(line));
    assert_eq!(export.kept, kept);
    let holds = kept.entries.iter().map(|entry| entry.erasable_holds);
    assert_eq!(holds.collect::<Vec<_>>(), [true, false]);
}

#[test]
fn the_lines_are_as_they_are_described() {
    let text = text();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[0],
        r#"{"header":{"format":"aplus/journal/1","journal":"aplus.example/journal","exported_at":0}}"#
    );
    assert!(lines[1].starts_with(r#"{"entry":{"id":"00000000-0000-0000-0000-000000000001","at":1800000000000000,"kind":"looked","author_kind":"operator","author_id":"00000000-0000-0000-0000-000000000009","account_id":null,"group_id":null,"details":"{\"é\":\"\\n\"}","request_id":"#), "{}", lines[1]);
    assert!(lines[1].contains(r#","body_hash":"abab"#));
    assert!(lines[1].ends_with(r#","text":null,"salt":null}}"#));
    let hash = "03".repeat(32);
    assert_eq!(
        lines[3],
        format!(
            r#"{{"seal":{{"place":0,"entry":"00000000-0000-0000-0000-000000000001","hash":"{hash}"}}}}"#
        )
    );
    assert_eq!(
        lines[4..],
        [
            r#"{"queued":"00000000-0000-0000-0000-000000000002"}"#,
            r#"{"checkpoint":{"size":1,"at":-1,"note":"a\n1\n\n— a b\n"}}"#,
            r#"{"end":{"entries":2,"seals":1,"queued":1,"checkpoints":1}}"#,
        ]
    );
}

#[test]
fn what_is_no_whole_export_is_refused_with_its_line() {
    let text = text();
    for line in 1..text.lines().count() {
        let cut: String = text
            .lines()
            .take(line)
            .map(|it| format!("{it}\n"))
            .collect();
        assert_eq!(refused(&cut), "it is cut or put together: it has no end");
        let without: String = text
            .lines()
            .enumerate()
            .filter(|(number, _)| *number != line)
            .map(|(_, it)| format!("{it}\n"))
            .collect();
        assert!(refused(&without).starts_with("it is cut"), "{without}");
    }
    let in_a_line = &text[..text.len() - 3];
    assert_eq!(
        refused(in_a_line),
        "line 7 is not of the format: it is too long, or cut"
    );
    for (from, to) in [
        ("\"at\":1800", "\"at\":\"1800"),
        ("\"kind\"", "\"kinds\""),
        ("abab", "ABAB"),
        ("abab", "aba"),
        ("\"group_id\":null,", ""),
        ("\"group_id\":null,", "\"group_id\":null,\"group_id\":null,"),
        ("\"group_id\":null,", "\"group_id\":null,\"more\":1,"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert!(refused(&changed).starts_with("line 2 is not"), "{from}");
    }
    assert!(refused(&text.replace("journal/1", "journal/2")).starts_with("line 1 is not"));
    assert!(refused("").starts_with("line 1 is not"));
    assert!(refused(&format!("{text}{text}")).starts_with("line 8 is not"));
}

#[test]
fn each_value_has_one_form() {
    let text = text();
    let id = "00000000-0000-0000-0000-000000000009";
    for other in [
        "00000000000000000000000000000009",
        "{00000000-0000-0000-0000-000000000009}",
        "urn:uuid:00000000-0000-0000-0000-000000000009",
        "0000000A-0000-0000-0000-000000000009",
    ] {
        assert!(refused(&text.replacen(id, other, 1)).starts_with("line 2 is not"));
        let queued = "00000000-0000-0000-0000-000000000002\"}";
        let queued = text.replace(queued, &format!("{other}\"}}"));
        assert!(refused(&queued).starts_with("line 5 is not"), "{other}");
    }
    let array = text.replace(
        "{\"entries\":2,\"seals\":1,\"queued\":1,\"checkpoints\":1}",
        "[2,1,1,1]",
    );
    assert!(refused(&array).starts_with("line 7 is not"));
}

#[test]
fn what_is_longer_than_a_line_may_be_is_neither_written_nor_read() {
    let of = |length| {
        let Some(JournalLine::Entry(entry)) = exported().into_iter().next() else {
            panic!("an entry")
        };
        JournalLine::Entry(ExportedEntry {
            details: "a".repeat(length),
            ..entry
        })
    };
    let written = |length| {
        let mut file = Vec::new();
        let mut writer = ExportWriter::begin(&mut file, "a/journal", Timestamp::MIN).unwrap();
        let _ = writer.take(of(length));
        writer.end().map(|_| file)
    };
    let empty = serde_json::to_vec(&Line::from(of(0))).unwrap().len() + 1;
    let longest = written(MOST_BYTES - empty).unwrap();
    assert!(Export::read(longest.as_slice()).is_ok());
    let error = written(MOST_BYTES - empty + 1).unwrap_err().to_string();
    assert!(
        error.starts_with("the entry 00000000-0000-0000-0000-000000000001 is longer"),
        "{error}"
    );
    let longer = String::from_utf8(longest)
        .unwrap()
        .replacen("aaa", "aaaa", 1);
    assert!(refused(&longer).starts_with("line 2 is not"));
}

#[test]
fn a_file_that_takes_no_more_stops_the_store() {
    struct Full(usize);
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.saturating_sub(bytes.len());
            match self.0 {
                0 => Err(io::Error::from(io::ErrorKind::StorageFull)),
                _ => Ok(bytes.len()),
            }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut writer = ExportWriter::begin(Full(200), "a/journal", Timestamp::MIN).unwrap();
    let taken = exported().into_iter().map(|line| writer.take(line));
    assert!(taken.collect::<Vec<_>>().iter().any(ControlFlow::is_break));
    assert!(writer.end().is_err());
}

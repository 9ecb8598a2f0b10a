//! The check of an exported journal against another one, `journal_check.py`, which was written from `docs/journal.md` alone and
//! shares no code: both find the same in good exports and in each that was tampered with (T2).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use aplus::journal::seal::{self, CheckpointVerifier, Export};
use aplus::memory::MemoryStore;
use aplus::service::FileAnchor;
use aplus::{Aplus, HostKey, Site};
use common::Tokens;
use common::checker::{Said, bare, checked};
use common::scene::{self, KEY};
use serde_json::{Value, json};

/// An export, line by line, with the checkpoints that somebody else kept.
#[derive(Clone)]
struct Journal {
    lines: Vec<Value>,
    anchors: Vec<String>,
}

/// Ten sealed entries and two that wait, with a checkpoint after each fifth.
async fn journal(folder: &Path) -> (Journal, CheckpointVerifier) {
    let anchors = folder.join("anchors");
    let site = Site::new("http://127.0.0.1").unwrap();
    let key = HostKey::new(KEY).unwrap();
    let builder = Aplus::builder(MemoryStore::default(), Tokens::default(), site, key);
    let aplus = builder.anchor(FileAnchor::open(&anchors).unwrap()).build();
    for number in 0..12 {
        scene::group(&aplus, &format!("Mairie {number}")).await;
        if number == 4 || number == 9 {
            aplus.seal_rest().await.unwrap();
        }
    }
    let mut export = Vec::new();
    aplus.export_journal(&mut export).await.unwrap();
    let text = String::from_utf8(export).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let anchors = seal::notes(&std::fs::read_to_string(&anchors).unwrap());
    let [verifier] = aplus.journal_verifiers() else {
        panic!("there is one key")
    };
    (Journal { lines, anchors }, verifier.clone())
}

impl Journal {
    /// Where the lines of a kind stand.
    fn places(&self, kind: &str) -> Vec<usize> {
        let lines = self.lines.iter().enumerate();
        let of_kind = lines.filter(|(_, line)| line.get(kind).is_some());
        of_kind.map(|(place, _)| place).collect()
    }

    /// With one line changed, and the counts at the end made right again.
    fn with(&self, change: impl FnOnce(&mut Vec<Value>)) -> Self {
        let mut changed = self.clone();
        change(&mut changed.lines);
        for (name, kind) in [
            ("entries", "entry"),
            ("seals", "seal"),
            ("queued", "queued"),
            ("checkpoints", "checkpoint"),
        ] {
            let number = changed.places(kind).len();
            if let Some(Value::Object(end)) = changed.lines.last_mut().unwrap().get_mut("end") {
                end.insert(name.to_owned(), json!(number));
            }
        }
        changed
    }

    /// With one entry more, that waits and says that erasable parts were erased.
    fn with_erasure(&self, details: &str) -> Self {
        self.with(|lines| {
            let entries = lines.iter().filter(|it| it.get("entry").is_some()).count();
            let id = json!("ffffffff-0000-0000-0000-000000000002");
            let checkpoint = |it: &Value| it.get("checkpoint").is_some();
            let before = lines.iter().position(checkpoint);
            let before = before.unwrap_or(lines.len() - 1);
            lines.insert(before, json!({ "queued": id }));
            let mut entry = lines[1].clone();
            entry["entry"]["id"] = id;
            entry["entry"]["kind"] = json!("journal_erased");
            entry["entry"]["details"] = json!(details);
            lines.insert(entries + 1, entry);
        })
    }

    fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// Each harm at each of its positions.
    fn harmed(&self) -> Vec<(String, Self)> {
        let mut harmed = Vec::new();
        let mut harm = |name: String, journal: Self| harmed.push((name, journal));
        let entries = self.places("entry");
        for at in entries.iter().copied() {
            let other = [
                ("at", json!(1)),
                ("at", json!(-1)),
                ("at", json!(253_402_207_201_000_000_i64)),
                ("at", json!(i64::MAX)),
                ("kind", json!("group_ended")),
                ("author_kind", json!("operator")),
                ("author_kind", json!("évident")),
                ("author_id", json!("00000000-0000-0000-0000-000000000001")),
                ("account_id", json!("00000000-0000-0000-0000-000000000001")),
                ("group_id", Value::Null),
                ("details", json!("{}")),
                ("request_id", json!("00000000-0000-0000-0000-000000000001")),
                ("body_hash", json!("00".repeat(32))),
                ("commitment", json!("00".repeat(32))),
                ("text", json!("{}")),
                ("text", Value::Null),
                ("salt", json!("00".repeat(32))),
                ("salt", json!("00")),
                ("salt", Value::Null),
            ];
            // A field is one of each entry: at some of them is enough.
            let fields = other.into_iter().filter(|_| at % 4 == 1);
            for (field, value) in fields {
                let name = format!("{field} of line {at} is {value}");
                harm(name, self.with(|lines| lines[at]["entry"][field] = value));
            }
            let erased = self.with(|lines| {
                lines[at]["entry"]["text"] = Value::Null;
                lines[at]["entry"]["salt"] = Value::Null;
            });
            harm(format!("line {at} is erased"), erased.clone());
            // With an erasure that waits, and names an instant before, at and after it, or none.
            let time = self.lines[at]["entry"]["at"].as_i64().unwrap();
            for micros in [-1, 0, 1] {
                let time = aplus::Timestamp::from_unix_micros(time + micros).unwrap();
                let erased = erased.with_erasure(&format!("{{\"before\":\"{time}\"}}"));
                harm(format!("line {at} is erased before {time}"), erased);
            }
            let two = self.with(|lines| {
                let waits = json!({ "queued": lines[at]["entry"]["id"] });
                let place = lines.len() - self.places("checkpoint").len() - 1;
                lines.insert(place, waits);
            });
            harm(format!("line {at} waits"), two);
            for kind in ["group_ended", "refused"] {
                let anew = self.with(|lines| {
                    let mut entry = lines[at].clone();
                    entry["entry"]["id"] = json!("ffffffff-0000-0000-0000-000000000001");
                    entry["entry"]["kind"] = json!(kind);
                    lines.insert(entries.len() + 1, entry);
                });
                harm(format!("{kind} is inserted, otherwise as line {at}"), anew);
            }
        }
        let seals = self.places("seal");
        for pair in seals.windows(2) {
            let [one, other] = [pair[0], pair[1]];
            let swapped = self.with(|lines| {
                let hash = lines[one]["seal"]["hash"].clone();
                lines[one]["seal"]["hash"] = lines[other]["seal"]["hash"].clone();
                lines[other]["seal"]["hash"] = hash;
            });
            harm(format!("hashes at {one} swapped"), swapped);
            let swapped = self.with(|lines| {
                let entry = lines[one]["seal"]["entry"].clone();
                lines[one]["seal"]["entry"] = lines[other]["seal"]["entry"].clone();
                lines[other]["seal"]["entry"] = entry;
            });
            harm(format!("entries at {one} swapped"), swapped);
            let twice = self.with(|lines| {
                lines[other]["seal"]["entry"] = lines[one]["seal"]["entry"].clone();
            });
            harm(format!("the entry of {one} sealed twice"), twice);
            let cut = self.with(|lines| {
                lines.drain(other..=*seals.last().unwrap());
            });
            harm(format!("cut off after {one}"), cut);
        }
        for at in &seals {
            let another = self.with(|lines| lines[*at]["seal"]["hash"] = json!("ab".repeat(32)));
            harm(format!("another hash at {at}"), another);
            let place = self.with(|lines| lines[*at]["seal"]["place"] = json!(77));
            harm(format!("another place at {at}"), place);
        }
        for kind in ["entry", "seal", "queued", "checkpoint"] {
            for at in self.places(kind) {
                let removed = self.with(|lines| drop(lines.remove(at)));
                harm(format!("{kind} of line {at} removed"), removed);
            }
        }
        let erased = self.with(|lines| {
            lines[1]["entry"]["text"] = Value::Null;
            lines[1]["entry"]["salt"] = Value::Null;
        });
        for details in [
            "",
            "[]",
            "{}",
            "1",
            "{\"before\":1}",
            "{\"before\":\"tomorrow\"}",
            "{\"before\":\"9999-12-30T22:00:00Z\"}",
            "{\"before\":\"9999-12-30T22:00:01Z\"}",
            "{\"before\":\"1969-12-31T23:59:59Z\"}",
            "{\"before\":\"9000-01-01T00:00:00.000000Z\"}",
            "{\"before\":\"9000-01-01T00:00:00.000001Z\"}",
            "{\"before\":\"9000-01-01T00:00:00.1Z\"}",
            "{\"before\":\"9000-02-30T00:00:00Z\"}",
            "{\"before\":\"9000-01-01T00:00:60Z\"}",
            "{\"before\":\"9000-01-01T24:00:00Z\"}",
            "{\"before\":\"9000-01-01t00:00:00z\"}",
            "{\"before\":\"9000-01-01T00:00:00+00:00\"}",
            "{\"before\":\"9000-01-01T00:00:00Z\",\"before\":1}",
            "{\"before\":\"9000-01-01T00:00:00Z\"",
        ] {
            let name = format!("line 1 is erased by {details}");
            harm(name, erased.with_erasure(details));
        }
        for at in self.places("checkpoint") {
            for time in [-1, i64::MAX] {
                let other = self.with(|lines| lines[at]["checkpoint"]["at"] = json!(time));
                harm(format!("the time of line {at} is {time}"), other);
            }
        }
        for at in self.places("queued") {
            let unknown = json!("ffffffff-0000-0000-0000-000000000001");
            harm(
                format!("another waits at {at}"),
                self.with(|lines| lines[at]["queued"] = unknown),
            );
        }
        for at in self.places("checkpoint") {
            let note = self.lines[at]["checkpoint"]["note"].as_str().unwrap();
            for other in notes_like(note) {
                let name = format!("the checkpoint of line {at} is {other:?}");
                let with = self.with(|lines| lines[at]["checkpoint"]["note"] = json!(other));
                harm(name, with);
            }
        }
        for (number, note) in self.anchors.iter().enumerate() {
            for other in notes_like(note) {
                let mut anchored = self.clone();
                anchored.anchors[number] = other.clone();
                harm(format!("anchor {number} is {other:?}"), anchored);
            }
            let mut without = self.clone();
            without.anchors.truncate(number);
            harm(format!("{number} anchors"), without);
        }
        harmed
    }

    /// What is no export of a journal.
    fn unusable(&self) -> Vec<(&'static str, String)> {
        let text = self.text();
        let twice = self.with(|lines| lines.insert(2, lines[1].clone()));
        let unknown = self.with(|lines| lines[1]["entry"]["more"] = json!(1));
        let less = self.with(|lines| {
            lines[1]["entry"].as_object_mut().unwrap().remove("salt");
        });
        let fraction = self.with(|lines| lines[1]["entry"]["at"] = json!(1.5));
        let order = self.with(|lines| lines.swap(1, 14));
        let entries = self.with(|lines| lines.swap(1, 2));
        let other = self.with(|lines| lines[0]["header"]["format"] = json!("aplus/journal/2"));
        let changed = |kind: &str, change: &dyn Fn(&mut Value)| {
            let at = self.places(kind)[0];
            self.with(|lines| change(&mut lines[at][kind])).text()
        };
        let id = self.lines[1]["entry"]["id"].as_str().unwrap();
        let as_array = |kind: &str| {
            let members = |it: &mut Value| {
                *it = it.as_object().unwrap().values().cloned().collect();
            };
            changed(kind, &members)
        };
        let seal = |member: &'static str, text: &str| {
            let mark = json!("HERE");
            let marked = changed("seal", &|it| it[member] = mark.clone());
            marked.replacen("\"HERE\"", text, 1)
        };
        let mut count = self.clone();
        count.lines.last_mut().unwrap()["end"]["seals"] = json!(99);
        vec![
            ("nothing", String::new()),
            ("half", text[..text.len() / 2].to_owned()),
            ("its last line is not ended", text.trim_end().to_owned()),
            (
                "no end",
                text.lines()
                    .take(5)
                    .map(|line| format!("{line}\n"))
                    .collect(),
            ),
            ("no JSON", text.replacen('{', "[", 1)),
            ("more after the end", format!("{text}{{}}\n")),
            (
                "a member twice",
                text.replacen("\"place\":0", "\"place\":0,\"place\":0", 1),
            ),
            ("an entry twice", twice.text()),
            ("a member that is unknown", unknown.text()),
            ("a member less", less.text()),
            ("a fraction", fraction.text()),
            ("kinds in another order", order.text()),
            ("entries in another order", entries.text()),
            ("another format", other.text()),
            ("another count", count.text()),
            (
                "an id in upper case",
                text.replacen(id, &id.to_uppercase(), 1),
            ),
            (
                "an id without hyphens",
                text.replacen(id, &id.replace('-', ""), 1),
            ),
            (
                "an id in braces",
                text.replacen(id, &format!("{{{id}}}"), 1),
            ),
            (
                "an id as a URN",
                text.replacen(id, &format!("urn:uuid:{id}"), 1),
            ),
            ("an entry as an array", as_array("entry")),
            ("a seal as an array", as_array("seal")),
            ("a checkpoint as an array", as_array("checkpoint")),
            ("an end as an array", as_array("end")),
            ("a header as an array", as_array("header")),
            (
                "a seal of an id in upper case",
                seal("entry", "\"FFFFFFFF-0000-0000-0000-000000000001\""),
            ),
            ("a negative place", seal("place", "-1")),
            ("minus nothing", seal("place", "-0")),
            ("an exponent", seal("place", "1e0")),
            ("a place of 65 bits", seal("place", "18446744073709551616")),
            (
                "a time of 65 bits",
                text.replacen("\"exported_at\":", "\"exported_at\":99999999999", 1),
            ),
            (
                "half a character",
                text.replacen("\"kind\":\"", "\"kind\":\"\\ud800", 1),
            ),
            (
                "deep",
                text.replacen(
                    "\"place\":0",
                    &format!("\"place\":{}{}", "[".repeat(100_000), "]".repeat(100_000)),
                    1,
                ),
            ),
            (
                "a line that is too long",
                changed("entry", &|it| {
                    it["details"] = json!("a".repeat(4 * 1_024 * 1_024))
                }),
            ),
            ("a byte order mark", format!("\u{feff}{text}")),
            ("an empty line", text.replacen('\n', "\n\n", 1)),
        ]
    }
}

/// Notes that are none of the journal's, or not as it signed them.
fn notes_like(note: &str) -> Vec<String> {
    let stranger = seal::CheckpointKey::new("other/journal", &[1; 32]).unwrap();
    let signed = stranger.sign(&seal::Checkpoint {
        size: 3,
        root: seal::TreeHash([9; 32]),
    });
    vec![
        String::new(),
        note.trim_end().to_owned(),
        note.replacen('\n', "\n1", 1),
        note.replacen("\n\n", "\nmore\n\n", 1),
        note.replacen("\n\n", "\n", 1),
        note.replacen('\u{2014}', "-", 1),
        note.to_lowercase(),
        format!("{note}\u{2014} other/journal AAAAAAAA\n"),
        format!("{note}\u{2014} other/journal AAA\n"),
        format!("{note}{}", note.lines().last().unwrap()),
        format!("{note}\n"),
        note.replacen("\n\n", "\n\n\n", 1),
        format!("{}\r\n", note.trim_end()),
        // Base64 whose last character says more than its bytes hold.
        format!("{note}\u{2014} other/journal AAAAAAB=\n"),
        format!("{note}\u{2014} other/journal AAAAAAA=\n"),
        format!("\u{a0}\n{note}"),
        format!("\u{1c}\n{note}"),
        format!(" \t\u{c}\r\n{note}"),
        format!("\n \n{note}\n\n{note}"),
        note.replace('\n', "\r\n"),
        signed,
    ]
}

/// As `journal verify` does, which prints the same lines.
fn ours(text: &str, verifier: &CheckpointVerifier, anchors: &[String]) -> Said {
    let Ok(export) = Export::read(text.as_bytes()) else {
        return (2, BTreeSet::new());
    };
    let anchors: Vec<_> = anchors.iter().flat_map(|file| seal::notes(file)).collect();
    let verdict = seal::check(&export.kept, std::slice::from_ref(verifier), &anchors);
    let findings: Vec<_> = verdict.findings.iter().map(ToString::to_string).collect();
    let mut lines = bare(findings.iter().map(String::as_str));
    let until =
        |at: Option<aplus::Timestamp>| at.map_or_else(String::new, |at| format!(" until {at}"));
    lines.extend([
        format!("sealed {}", verdict.sealed),
        format!("waiting {}", verdict.waiting),
        format!(
            "covered {}{}",
            verdict.covered,
            until(verdict.covered_until)
        ),
        format!(
            "anchored {}{}",
            verdict.anchored,
            until(verdict.anchored_until)
        ),
    ]);
    (i32::from(!verdict.is_good()), lines)
}

fn theirs(folder: &Path, text: &str, verifier: &CheckpointVerifier, anchors: &[String]) -> Said {
    let export = folder.join("export");
    std::fs::write(&export, text).unwrap();
    // Each in a file of its own, so that one cannot run into the next.
    let anchors: Vec<_> = (0..)
        .zip(anchors)
        .map(|(number, anchor)| {
            let file = folder.join(format!("anchor{number}"));
            std::fs::write(&file, anchor).unwrap();
            file
        })
        .collect();
    checked(&export, &verifier.to_string(), &anchors)
}

#[tokio::test]
async fn two_checkers_that_share_no_code_find_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, verifier) = journal(folder.path()).await;
    let both = |folder: &Path, name: &str, text: &str, anchors: &[String]| {
        let ours = ours(text, &verifier, anchors);
        assert_eq!(ours, theirs(folder, text, &verifier, anchors), "{name}");
        ours
    };
    let (code, lines) = both(folder.path(), "as it is", &journal.text(), &journal.anchors);
    assert_eq!(code, 0, "{lines:?}");
    assert!(lines.contains("sealed 10") && lines.contains("waiting 2"));
    let harmed = journal.harmed();
    let half = |harmed: &[(String, Journal)]| {
        let folder = tempfile::tempdir().unwrap();
        let lines = harmed.iter().flat_map(|(name, harmed)| {
            both(folder.path(), name, &harmed.text(), &harmed.anchors).1
        });
        let words = lines.map(|line| line.split(' ').next().unwrap_or_default().to_owned());
        words.collect::<BTreeSet<_>>()
    };
    let found: BTreeSet<_> = std::thread::scope(|scope| {
        let halves = harmed.chunks(harmed.len().div_ceil(2));
        let halves: Vec<_> = halves.map(|harmed| scope.spawn(|| half(harmed))).collect();
        let halves = halves.into_iter();
        halves.flat_map(|half| half.join().unwrap()).collect()
    });
    for finding in [
        "altered",
        "swapped",
        "removed",
        "sealed_twice",
        "gap",
        "inserted",
        "missing",
        "erasable_altered",
        "erased_early",
        "sealed_and_queued",
        "forged",
        "cut_off",
        "rewritten",
    ] {
        assert!(found.contains(finding), "nothing was {finding}");
    }
    for (name, text) in journal.unusable() {
        let (code, _) = both(folder.path(), name, &text, &journal.anchors);
        assert_eq!(code, 2, "{name}");
    }
    println!(
        "counted: {} exports that two checkers agree on",
        harmed.len()
    );
}

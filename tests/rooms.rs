//! Each thing in its room: rules in the core's `rules/`, SQL in the stores, paths in one place, `restore` for stores.
//!
//! These are readings of the sources, not proofs; they find what a review would, before the review.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "nothing was read");
    found
}

/// The lines of `folder` that hold one of `words`, but for comments and the files that are named.
fn lines_with(folder: &str, words: &[&str], but: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources(folder) {
        let path = path
            .strip_prefix(env!("CARGO_MANIFEST_DIR"))
            .unwrap()
            .display()
            .to_string();
        if but.iter().any(|file| path.ends_with(file)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    found
}

const RIGHTS: &[&str] = &[
    "Role::",
    "Status::",
    "OperatorStatus",
    "DeactivatedBy::",
    ".is_active()",
    ".is_responsable()",
    ".manages(",
    "active_responsables",
];

#[test]
fn use_cases_and_handlers_decide_nothing_about_people() {
    let nothing: Vec<String> = Vec::new();
    assert_eq!(
        lines_with("aplus-core/src/service", RIGHTS, &["founding.rs"]),
        nothing
    );
    // The words of roles on a form, and what a page warns of before the rules are asked.
    let shown = ["pages/creation.rs", "pages/rights.rs"];
    assert_eq!(lines_with("aplus-axum/src", RIGHTS, &shown), nothing);
    // The reading finds what it looks for.
    assert!(!lines_with("aplus-core/src/rules", RIGHTS, &[]).is_empty());
}

#[test]
fn sql_stands_in_the_stores_alone() {
    let sql = ["select ", "insert into ", "update aplus", "delete from "];
    for folder in ["aplus-core/src", "aplus-axum/src", "src"] {
        assert_eq!(lines_with(folder, &sql, &[]), Vec::<String>::new());
    }
    assert!(!lines_with("aplus-sqlx/src", &sql, &[]).is_empty());
}

#[test]
fn only_stores_restore_what_was_stored() {
    let restore = ["Account::restore("];
    // Beside the store in memory: an allowed creation says what the account is as it begins.
    let core = lines_with(
        "aplus-core/src",
        &restore,
        &["memory/accounts.rs", "memory/logins.rs", "act.rs"],
    );
    assert_eq!(core, Vec::<String>::new());
    assert_eq!(
        lines_with("aplus-axum/src", &restore, &[]),
        Vec::<String>::new()
    );
    assert!(!lines_with("aplus-sqlx/src", &restore, &[]).is_empty());
}

#[test]
fn no_clock_and_no_randomness_but_through_the_ports() {
    let sources = [
        "SystemTime::now",
        "Instant::now",
        "getrandom::",
        "Timestamp::now",
        "Uuid::new_v",
        "rand::",
    ];
    assert_eq!(
        lines_with("aplus-core/src", &sources, &["service/system.rs"]),
        Vec::<String>::new()
    );
    // The age of a connection and a deadline are no time of the domain.
    let own = ["postgres/pool.rs", "postgres/connection.rs"];
    assert_eq!(
        lines_with("aplus-sqlx/src", &sources, &own),
        Vec::<String>::new()
    );
    assert!(!lines_with("aplus-core/src/service", &sources, &[]).is_empty());
}

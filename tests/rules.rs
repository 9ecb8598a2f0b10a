//! `docs/rules.md` says each rule in one sentence, and so does the copy that the documentation of `aplus-core` includes.
//! `APLUS_WRITE_DOCS=1` writes both anew.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use aplus::Rule;
use aplus::words::{Language, rule};

#[test]
fn the_published_rules_are_those_that_refusals_cite() {
    let mut table =
        String::from("| rule | in French, as people read it | in English |\n|---|---|---|\n");
    for number in Rule::ALL {
        let (french, english) = (
            rule(number, Language::French),
            rule(number, Language::English),
        );
        writeln!(table, "| {number} | {french} | {english} |").unwrap();
    }
    let page = format!(
        "# The rules\n\nEach rule in one sentence, as the pages and refusals say it: `L` for logging in, `A` for accounts, `S` for help and \
         support, `T` for the trace. [ARCHITECTURE.md](../ARCHITECTURE.md) says where each lives, and which are not built yet; \
         [tests/rights.txt](../tests/rights.txt) is the whole table of rights. This page is compared with the code by a \
         test.\n\n{table}"
    );
    for (file, text) in [
        ("docs/rules.md", &page),
        ("aplus-core/src/rules.md", &table),
    ] {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        if std::env::var_os("APLUS_WRITE_DOCS").is_some() {
            std::fs::write(&file, text).unwrap();
        }
        assert_eq!(
            *text,
            std::fs::read_to_string(&file).unwrap(),
            "write it anew with APLUS_WRITE_DOCS=1"
        );
    }
}

//! `docs/codes.md` lists the codes of the API. `docs/routes.md` is the table that the router is built from, and so is the copy that
//! the documentation of `aplus-axum` includes. `APLUS_WRITE_DOCS=1` writes them anew.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write;

use aplus::Site;
use aplus::web::{Problem, Who, routes};
use aplus::words::Language;

fn who(who: Who) -> &'static str {
    match who {
        Who::Anybody => "anybody",
        Who::Self_ => "whoever is logged in, for what is their own",
        Who::Account => "an account, for what is its own",
        Who::Member => "a member of the group, or an operator",
        Who::Responsable => "a responsable of the group or of all groups of the account",
        Who::Decider => {
            "a responsable of the group or of one of the account's groups, or an operator"
        }
        Who::Operator => "an operator",
    }
}

/// What stands in one line of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[test]
fn the_published_table_of_codes_is_the_one_that_is_answered() {
    let mut table = String::from(
        "# Codes\n\nEvery code that a problem document of the API may bear, with its status and the rule that says no. A code is stable: \
         programs may rely on it, and on nothing else of a problem. `GET /api/v1/openapi.json` says which a route may answer with. \
         This table is compared with the code by a test.\n\n| code | status | rule | in French | in English |\n|---|---|---|---|---|\n",
    );
    let site = Site::new("https://aplus.example").unwrap();
    let mut seen = BTreeSet::new();
    for problem in Problem::examples() {
        if !seen.insert(problem.code()) {
            continue;
        }
        let title = |language| cell(&problem.words(language, &site).0);
        let rule = problem.refusal().map(|refusal| refusal.rule().to_string());
        writeln!(
            table,
            "| `{}` | {} | {} | {} | {} |",
            problem.code(),
            problem.status().as_u16(),
            rule.unwrap_or_default(),
            title(Language::French),
            title(Language::English),
        )
        .unwrap();
    }
    if std::env::var_os("APLUS_WRITE_DOCS").is_some() {
        std::fs::write("docs/codes.md", &table).unwrap();
    }
    let published = std::fs::read_to_string("docs/codes.md").unwrap();
    assert_eq!(table, published, "write it anew with APLUS_WRITE_DOCS=1");
}

#[test]
fn the_published_table_of_routes_is_the_one_that_is_served() {
    let mut table = String::from(
        "# Routes\n\nEvery route that `aplus::web::router` serves, below the base path of the site: who may use it, and the rule \
         that says so. The rules decide in each case. A GET is served as HEAD too. This table is compared with the code by a \
         test.\n\n| method | path | who | rule |\n|---|---|---|---|\n",
    );
    for route in routes() {
        let (method, path) = (route.method.method(), route.path);
        writeln!(
            table,
            "| {method} | `{path}` | {} | {} |",
            who(route.who),
            route.rule
        )
        .unwrap();
    }
    for file in ["docs/routes.md", "aplus-axum/src/routes.md"] {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        if std::env::var_os("APLUS_WRITE_DOCS").is_some() {
            std::fs::write(&file, &table).unwrap();
        }
        assert_eq!(
            table,
            std::fs::read_to_string(&file).unwrap(),
            "write it anew with APLUS_WRITE_DOCS=1"
        );
    }
}

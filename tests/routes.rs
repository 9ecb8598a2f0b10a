//! `docs/routes.md` is the table that the router is built from, and so is the copy that the documentation of `aplus-axum`
//! includes. `APLUS_WRITE_DOCS=1` writes both anew.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use aplus::web::{Who, routes};

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

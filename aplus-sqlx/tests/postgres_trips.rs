//! How many statements each method of the ports and each use case sends, on a connection that has sent them before: counted
//! in the server's own log. `docs/trips.md` is this table; `APLUS_WRITE_DOCS=1` writes it anew.

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod postgres_common;

use std::fmt::Write;
use std::path::Path;

use postgres_common::people::People;
use postgres_common::rounds;
use postgres_common::uses;
use postgres_common::watched::{Call, Watch};

/// Statements that read, that write, and the rest: `begin`, a lock, `commit`.
type Trips = [usize; 3];

const READ: Trips = [1, 0, 0];
const WRITE: Trips = [0, 1, 0];
/// What an act is to cost: its facts in one statement, all that it writes in another.
const ACT: Trips = [1, 1, 0];

const REFUSE: &str = "equal refusals wait for each other: begin, lock, write, commit";
const FOUND: &str = "begin, lock, is it there already, write, read back, commit";
const OPERATORS: &str = "two who change who is an operator at once wait for each other";
const ORDERED: &str = "carried out with it through the owner's door, or asked to be confirmed";
const CONFIRM: &str = "`redeem` writes; the link before it and the session after it are read";

/// Each method of the ports.
const PORTS: &[(&str, Trips, &str)] = &[
    ("facts", READ, ""),
    ("account", READ, ""),
    ("account_by_email", READ, ""),
    ("holder", READ, ""),
    ("group", READ, ""),
    ("group_by_matricule", READ, ""),
    ("groups_by_name", READ, ""),
    ("groups", READ, ""),
    ("members", READ, ""),
    ("operator", READ, ""),
    ("operator_by_email", READ, ""),
    (
        "people",
        [3, 0, 0],
        "one each for accounts, operators and groups, where any are asked for",
    ),
    ("is_empty", READ, ""),
    ("create_account", WRITE, ""),
    ("add_member", WRITE, ""),
    ("remove_member", WRITE, ""),
    ("deactivate", WRITE, ""),
    ("reactivate", WRITE, ""),
    ("withdraw", WRITE, ""),
    ("edit_profile", WRITE, ""),
    ("create_group", WRITE, ""),
    ("found_group", [2, 1, 3], FOUND),
    ("found_group with a new account", [2, 2, 3], FOUND),
    ("found_group with an account", [2, 2, 3], FOUND),
    (
        "add_operator",
        [0, 1, 3],
        "two at once wait for each other, so that each is told of the other",
    ),
    ("operators", READ, ""),
    ("suspend_operator", [0, 1, 3], OPERATORS),
    ("restore_operator", [0, 1, 3], OPERATORS),
    ("propose_order", WRITE, ORDERED),
    ("approve_order", WRITE, ORDERED),
    ("refuse_order", WRITE, ""),
    ("withdraw_order", WRITE, ""),
    ("order", READ, ""),
    ("orders", READ, ""),
    ("ask", WRITE, ""),
    ("waiting", READ, ""),
    ("answer", WRITE, ""),
    ("link", READ, ""),
    ("wrong_address", WRITE, ""),
    (
        "redeem",
        WRITE,
        "with an order two in one transaction: the link, then the owner's door",
    ),
    ("session", READ, ""),
    ("session_key", READ, ""),
    ("request", READ, ""),
    ("touch", WRITE, ""),
    ("sessions", READ, ""),
    ("end_session", WRITE, ""),
    ("end_all_sessions", WRITE, ""),
    ("link_stories", READ, ""),
    ("link_story", READ, ""),
    ("add_looks", WRITE, "of all links at once"),
    ("purge", WRITE, ""),
    ("look", WRITE, ""),
    ("refuse", [0, 1, 3], REFUSE),
    ("counted_refusals", READ, ""),
    ("settle_refusals", WRITE, ""),
    ("entries", READ, ""),
    ("search", READ, ""),
    ("entries_of", READ, ""),
    (
        "claim",
        WRITE,
        "one that cannot be read, or carries a checkpoint, costs one more",
    ),
    ("sent", WRITE, ""),
    ("postpone", WRITE, ""),
    ("give_up", WRITE, ""),
    ("erasable", READ, ""),
    ("erase_journal", WRITE, "through the owner's door"),
    ("disused", READ, ""),
    ("empty_account", WRITE, "through the owner's door"),
    (
        "unsealed",
        [2, 0, 0],
        "the tree, and if something waits what it is",
    ),
    ("seal", WRITE, ""),
    ("last_checkpoint", READ, ""),
    ("checkpoint", READ, ""),
    ("seal_of", READ, ""),
    ("seal_hashes", READ, ""),
    ("sealed_since", READ, ""),
    (
        "export",
        [4, 0, 2],
        "begin, a read for each five hundred lines of each kind, rollback",
    ),
    ("typed_address", READ, ""),
    ("open_conversation", WRITE, ""),
    ("answer_conversation", WRITE, ""),
    ("add_message", WRITE, ""),
    ("close_conversation", WRITE, ""),
    ("conversation", READ, ""),
    ("messages", READ, ""),
    ("written_answer", READ, ""),
    ("conversations_of", READ, ""),
    ("inbox", READ, ""),
    ("erasable_conversations", READ, ""),
    ("erase_conversations", WRITE, "through the owner's door"),
];

/// Each use case of the service.
const USE_CASES: &[(&str, Trips, &str)] = &[
    ("ask for a link", WRITE, ""),
    (
        "the courier answers one asking and sends one mail",
        [2, 5, 0],
        "`waiting` until nothing waits, `answer`, `claim`, `sent`, and `claim` until nothing is due, for imports by itself",
    ),
    (
        "the courier finds nothing to do",
        [1, 2, 0],
        "`waiting`; `claim`, for imports by itself",
    ),
    ("look at a link", READ, ""),
    (
        "look at a dead link",
        [2, 0, 0],
        "the link, then what happened to it",
    ),
    ("confirm a link", [2, 1, 0], CONFIRM),
    (
        "press the button of a used link again",
        [3, 0, 0],
        "the link, what the secret of its session is made of, the session",
    ),
    ("confirm a link that was used", READ, ""),
    ("check a session", READ, ""),
    (
        "check a session that was not seen for a minute",
        ACT,
        "the second notes that it was seen",
    ),
    (
        "confirm a link in another browser with a wrong address",
        ACT,
        "",
    ),
    ("list one's sessions", READ, ""),
    ("list one's groups (two)", [2, 0, 0], "one for each group"),
    (
        "change one's details",
        [2, 1, 0],
        "what is the same as before is found first",
    ),
    ("change nothing of one's details", [2, 0, 0], ""),
    (
        "end a session",
        [2, 1, 0],
        "whose it is, before the rules are asked",
    ),
    ("end all sessions", ACT, ""),
    ("create an account", ACT, ""),
    (
        "create an account whose address is taken (refused)",
        [2, 2, 3],
        "who has the address, and the refusal",
    ),
    ("add a member", ACT, ""),
    ("take out a member", ACT, ""),
    ("look at an account", READ, ""),
    (
        "list the members of a group",
        [2, 0, 0],
        "whether the group is there, its members",
    ),
    ("whether a form may be shown", READ, ""),
    ("deactivate an account", ACT, ""),
    ("reactivate an account", ACT, ""),
    ("withdraw an account", ACT, ""),
    (
        "an act that is refused",
        [1, 1, 3],
        "the facts, and the refusal",
    ),
    ("support creates a group", ACT, ""),
    (
        "support looks at an account",
        [2, 1, 0],
        "the account, and the look, which is an act",
    ),
    (
        "support looks up an address",
        [3, 1, 0],
        "the account, the look, which is an act, its links",
    ),
    ("support lists groups", READ, ""),
    (
        "support reads a page of the journal",
        [5, 1, 0],
        "the look, which is an act, the page, the people and groups that it names",
    ),
    (
        "read a page of one's own journal",
        [4, 0, 0],
        "the page, the accounts, operators and groups that it names",
    ),
    (
        "support changes roles by an order that needs nobody",
        ACT,
        "",
    ),
    (
        "support proposes a new address",
        [2, 1, 0],
        "whether it is somebody's",
    ),
    (
        "confirm an order's new address",
        [3, 2, 2],
        "the link, its order, the session; the link is used and the order carried out in one transaction",
    ),
    (
        "approve an order",
        [2, 1, 0],
        "the order first, which names its account",
    ),
    (
        "refuse an order",
        [2, 1, 0],
        "the order first, which names its account",
    ),
    (
        "take an order back",
        [2, 1, 0],
        "the order first, which names its account",
    ),
    (
        "support lists orders",
        [2, 1, 0],
        "the look, which is an act, and the page",
    ),
    ("operators list operators", READ, ""),
    (
        "suspend an operator",
        [2, 1, 3],
        "the operator, then who asks",
    ),
    (
        "ask for an operator back",
        [2, 1, 3],
        "the operator, then who asks",
    ),
    (
        "bring an operator back",
        [3, 1, 3],
        "the operator and who asked first, then who asks",
    ),
    (
        "the machine adds an operator",
        [2, 1, 3],
        "whether there is one to be restored",
    ),
    (
        "a pass of house-keeping with nothing to tell",
        [3, 1, 0],
        "what was counted, the purge, what is to be erased, who is to be emptied; one more for each line that was counted, and \
         one where links were looked at",
    ),
];

fn trips(call: &Call) -> Trips {
    let mut trips = [0; 3];
    for statement in &call.statements {
        let has = |part: &&str| statement.contains(*part);
        let place = match statement {
            _ if ["insert into", "update aplus.", "delete from"]
                .iter()
                .any(has) =>
            {
                1
            }
            _ if [" aplus."].iter().any(has) => 0,
            _ => 2,
        };
        trips[place] += 1;
    }
    trips
}

fn table(rows: &[(&str, Trips, &str)]) -> String {
    let mut table = String::from("| call | reads | writes | more | why |\n|---|---|---|---|---|\n");
    for (name, [reads, writes, more], why) in rows {
        writeln!(table, "| {name} | {reads} | {writes} | {more} | {why} |").unwrap();
    }
    table
}

#[tokio::test]
async fn each_call_sends_the_statements_of_the_table() {
    let mut watch = Watch::new().await;
    let store = watch.store("auto").await;
    // The first time each statement is prepared, and the connection is checked.
    for _ in 0..2 {
        watch.calls.clear();
        let people = People::new(&store).await;
        rounds::ports(&people, &mut watch).await;
        uses::use_cases(&people, &mut watch).await;
    }
    let rows: Vec<_> = PORTS.iter().chain(USE_CASES).collect();
    for call in &watch.calls {
        let [row] = rows[..]
            .iter()
            .filter(|(name, ..)| *name == call.name)
            .collect::<Vec<_>>()[..]
        else {
            panic!("{} has no row of its own", call.name)
        };
        assert_eq!(trips(call), row.1, "{}: {:#?}", call.name, call.statements);
    }
    for (name, ..) in rows {
        assert!(watch.calls.iter().any(|call| call.name == *name), "{name}");
    }
}

#[test]
fn the_table_has_every_method_of_the_ports() {
    let ports = [
        include_str!("../../aplus-core/src/ports/accounts.rs"),
        include_str!("../../aplus-core/src/ports/logins.rs"),
        include_str!("../../aplus-core/src/ports/journal.rs"),
        include_str!("../../aplus-core/src/ports/outbox.rs"),
        include_str!("../../aplus-core/src/ports/orders.rs"),
        include_str!("../../aplus-core/src/ports/erasure.rs"),
        include_str!("../../aplus-core/src/ports/seals.rs"),
    ];
    let methods = ports
        .iter()
        .flat_map(|port| port.split("    async fn ").skip(1));
    let methods: Vec<_> = methods.filter_map(|text| text.split('(').next()).collect();
    assert!(methods.len() >= 40, "{methods:?}");
    for method in methods {
        assert!(PORTS.iter().any(|(name, ..)| *name == method), "{method}");
    }
}

#[test]
fn the_published_table_is_the_one_that_is_counted() {
    let text = format!(
        "# Trips to the database\n\nHow many statements each call sends to PostgreSQL, each one trip, on a connection that has \
         sent them before: reads, writes, and what stands around them. An act is decided on one read and is one write, with \
         its entry, the line of the sealer's queue and its mails. On a new connection a statement costs one trip more, the \
         first time. An act whose facts moved before it was written is decided anew, with a read and a write more. This \
         table is compared with the server's own log by a test.\n\n## Use cases of the service\n\n{}\n## Methods of the \
         ports\n\n{}",
        table(USE_CASES),
        table(PORTS)
    );
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/trips.md");
    if std::env::var_os("APLUS_WRITE_DOCS").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let published = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, published, "write it anew with APLUS_WRITE_DOCS=1");
}

//! The finite part of the rights, whole: every cell of `tests/rights.txt` is asked of the rules.
//!
//! The table is written by hand from the rules. Here stand its cells (`rights/cells.rs`), the reading of its rows
//! (`rights/table.rs`) and the comparison. `cargo test --test rights -- --nocapture` prints how many cells there were.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub
)]

#[path = "rights/ask.rs"]
mod ask;
#[path = "rights/cells.rs"]
mod cells;
#[path = "rights/orders.rs"]
mod orders;
#[path = "rights/table.rs"]
mod table;

use std::collections::{BTreeMap, BTreeSet};

use aplus_core::Refusal;
use aplus_core::rules::Action;

use ask::{Answer, ask};
use cells::{Question, impossible};
use table::{Section, Table};

const TABLE: &str = include_str!("../../tests/rights.txt");

/// What a comparison of the table with the rules comes to.
#[derive(Default)]
struct Findings {
    cells: BTreeMap<&'static str, usize>,
    impossible: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
    unused_rows: Vec<String>,
    refusals: BTreeSet<&'static str>,
}

fn compare(text: &str, questions: impl Iterator<Item = Question>) -> Findings {
    let table = Table::read(text);
    let mut findings = Findings::default();
    for question in questions {
        let name = question.name();
        let nothing = Section::default();
        let section = table.section(name).unwrap_or(&nothing);
        let mut used = BTreeSet::new();
        let mut count = 0;
        question.each_cell(|cell| {
            if let Some(reason) = impossible(cell) {
                *findings.impossible.entry(reason).or_default() += 1;
                return;
            }
            count += 1;
            let answer = ask(question, cell);
            if let Answer::Refused(refusal) = answer {
                assert!(given_by_rules(&refusal), "{refusal:?} is no rule's");
                findings.refusals.insert(refusal.code());
            }
            let matching = section.rows_for(cell);
            used.extend(matching.iter().map(|row| row.line));
            let given = answer.words();
            let problem = match matching.as_slice() {
                [row] if row.expects == given => return,
                [row] => format!("line {}: {}, but {given}", row.line, row.expects),
                [] => format!("no row, but {given}"),
                [first, second, ..] => format!("lines {} and {}", first.line, second.line),
            };
            if findings.wrong.len() < 20 {
                findings.wrong.push(format!("{name}: {problem}: {cell:?}"));
            }
        });
        findings.cells.insert(name, count);
        for row in section.rows.iter().filter(|row| !used.contains(&row.line)) {
            findings
                .unused_rows
                .push(format!("line {}: => {}", row.line, row.expects));
        }
    }
    findings
}

#[test]
fn the_rules_say_what_the_table_says_in_every_cell() {
    let findings = compare(TABLE, Question::all());
    for (question, cells) in &findings.cells {
        println!("{question:>20} {cells:>8}");
    }
    let cells = findings.cells.values().sum::<usize>();
    println!("counted: {cells} cells of the table of rights");
    assert!(findings.wrong.is_empty(), "{:#?}", findings.wrong);
    assert!(
        findings.unused_rows.is_empty(),
        "no cell is like this: {:#?}",
        findings.unused_rows
    );
    assert_eq!(
        findings.refusals,
        GIVEN_BY_RULES.iter().copied().collect(),
        "the refusals that the rules give"
    );
    for (reason, cells) in &findings.impossible {
        assert!(*cells > 0, "nothing is left out because {reason}");
    }
}

#[test]
fn every_action_has_rows_and_every_section_is_a_question() {
    let table = Table::read(TABLE);
    for action in Action::ALL {
        assert!(table.section(action.as_str()).is_some(), "{action:?}");
    }
    let asked: BTreeSet<_> = Question::all().map(Question::name).collect();
    assert_eq!(table.names().collect::<BTreeSet<_>>(), asked);
}

#[test]
fn one_wrong_cell_in_the_table_is_found() {
    for (question, from, to) in [
        (
            "remove_member",
            "2       => yes",
            "2       => last_group A2",
        ),
        ("view_account", "yes colleague", "yes whole"),
        (
            "end_session",
            "own|account        => yes",
            "own                => yes",
        ),
        (
            "look",
            "operator|machine  => yes",
            "active|operator|machine  => yes",
        ),
        ("view_entry", "=> yes deed", "=> yes own"),
        ("taken", "email_taken A5", "email_taken A2"),
    ] {
        let start = TABLE.find(&format!("== {question} ")).unwrap();
        let (before, section) = TABLE.split_at(start);
        let changed = format!("{before}{}", section.replacen(from, to, 1));
        assert_ne!(changed, TABLE, "{question}");
        let of = |asked: &Question| asked.name() == question;
        let findings = compare(&changed, Question::all().filter(of));
        assert!(!findings.wrong.is_empty(), "{question}: {from} -> {to}");
        let control = compare(TABLE, Question::all().filter(of));
        assert!(control.wrong.is_empty(), "{:#?}", control.wrong);
    }
}

#[test]
fn a_row_that_no_cell_needs_is_found() {
    let idle = TABLE.replacen(
        "holder            =>\n",
        "holder            =>\n* off:withdrawn  => email_taken A5\n",
        1,
    );
    let of = |asked: &Question| asked.name() == "taken";
    assert_eq!(
        compare(&idle, Question::all().filter(of)).unused_rows.len(),
        1
    );
}

/// Which refusals a rule of `rules/` gives, by code; the others are the stores', the sessions' and the links'. A new one
/// does not compile until it stands here.
macro_rules! refusals {
    (given: $($variant:ident $code:literal)+; elsewhere: $($other:ident)+) => {
        fn given_by_rules(refusal: &Refusal) -> bool {
            match refusal {
                $(Refusal::$variant { .. } => true,)+
                $(Refusal::$other { .. } => false,)+
            }
        }

        const GIVEN_BY_RULES: &[&str] = &[$($code),+];
    };
}

#[rustfmt::skip]
refusals! {
    given:
        NotLoggedIn "not_logged_in"
        Deactivated "deactivated"
        OperatorSuspended "operator_suspended"
        NotResponsable "not_responsable"
        NotYourGroup "not_your_group"
        NotOperator "not_operator"
        NotMachine "not_machine"
        NotAccount "not_account"
        NotYourself "not_yourself"
        FrozenField "frozen_field"
        EmailTaken "email_taken"
        AskSupport "ask_support"
        AddressDeactivated "address_deactivated"
        SharedNotAllowed "shared_not_allowed"
        SharedResponsable "shared_responsable"
        NeedsApproval "needs_approval"
        ResponsableElsewhere "responsable_elsewhere"
        AlreadyMember "already_member"
        NotMember "not_member"
        LastGroup "last_group"
        LastResponsable "last_responsable"
        OtherGroup "other_group"
        OwnAccount "own_account"
        DeactivatedBySupport "deactivated_by_support"
        NotActive "not_active"
        NotDeactivated "not_deactivated"
        AlreadyUsed "already_used"
        NoChange "no_change"
        AccountInactive "account_inactive"
        TwoOrders "two_orders"
        SharedAddress "shared_address"
        OrderNotFound "order_not_found"
        OwnOrder "own_order"
        NotApprover "not_approver"
        OrderClosed "order_closed"
        OrderOutdated "order_outdated"
        ConversationNotFound "conversation_not_found"
        ConversationClosed "conversation_closed"
        OwnSuspension "own_suspension"
        AlreadySuspended "already_suspended"
        NotSuspended "not_suspended"
        AccountNotFound "account_not_found";
    elsewhere:
        OperatorNotFound GroupNotFound GroupTaken SessionNotFound LinkExpired LinkUsed LinkSuperseded LinkEnded LinkUnknown ConfirmEmail
        AddressWayClosed ConversationMoved
}

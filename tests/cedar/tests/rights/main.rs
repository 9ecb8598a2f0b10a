//! The rules, the table `tests/rights.txt` and the Cedar policies, asked about the same cells; and the rules and Cedar about random
//! cases of many groups.
//!
//! The cells are those of `aplus-core/tests/rights/`: every combination of the facts that the rules know.
//! `APLUS_DIFFERENTIAL` says how many random cases there are, and `APLUS_SEED` from which seed they come.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub
)]

#[path = "../../../../aplus-core/tests/rights/ask.rs"]
mod ask;
#[path = "../../../../aplus-core/tests/rights/cells.rs"]
mod cells;
#[path = "../../../../aplus-core/tests/rights/orders.rs"]
mod orders;
mod random;
#[path = "../../../../aplus-core/tests/rights/table.rs"]
#[allow(dead_code, reason = "what the test of the core tells of rows")]
mod table;
mod translate;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use aplus_core::OrderState;
use aplus_core::rules::{Action, Sight};
use cedar_oracle::{Oracle, Verdict};

use ask::{Answer, Asking, ask};
use cells::{Cell, Question, impossible};
use table::Table;
use translate::translate;

const TABLE: &str = include_str!("../../../rights.txt");

/// Random cases of a run where nothing else is said.
const CASES: u64 = 100_000;

#[test]
fn rules_table_and_cedar_say_the_same_in_every_cell() {
    let questions = Mutex::new(Question::all());
    let (cells, asked) = (AtomicU64::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut oracle = Oracle::new().unwrap();
                loop {
                    let question = questions.lock().unwrap().next();
                    let Some(question) = question else { break };
                    cells.fetch_add(compare(question, &mut oracle), Ordering::Relaxed);
                }
                asked.fetch_add(oracle.asked(), Ordering::Relaxed);
            });
        }
    });
    println!(
        "counted: {} cells asked of the rules, of the table and of Cedar ({} that its policies tell apart), 0 divergences",
        cells.into_inner(),
        asked.into_inner()
    );
}

/// Compares the three in every cell of a question: how many there were.
fn compare(question: Question, oracle: &mut Oracle) -> u64 {
    let table = Table::read(TABLE);
    let section = table.section(question.name()).unwrap();
    let (mut cells, mut divergences) = (0, Vec::new());
    question.each_cell(|cell| {
        if impossible(cell).is_some() {
            return;
        }
        cells += 1;
        let answer = ask(question, cell);
        let rows = section.rows_for(cell);
        if !matches!(rows.as_slice(), [row] if row.expects == answer.words()) {
            divergences.push(format!("the table: {answer:?}: {cell:?}"));
        }
        divergences.extend(differs(question, cell, &answer, |asked| {
            oracle.ask(asked).unwrap()
        }));
    });
    let first: Vec<_> = divergences.iter().take(3).collect();
    let (name, count) = (question.name(), divergences.len());
    assert!(divergences.is_empty(), "{name}: {count}: {first:#?}");
    cells
}

#[test]
fn rules_and_cedar_say_the_same_of_many_groups() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let cases = number("APLUS_DIFFERENTIAL").unwrap_or(CASES);
    let seed = number("APLUS_SEED").unwrap_or_else(|| {
        let now = std::time::SystemTime::now();
        let since = now.duration_since(std::time::UNIX_EPOCH).unwrap();
        since.as_secs()
    });
    println!("seed of the random cases: APLUS_SEED={seed}");
    let oracle = Oracle::new().unwrap();
    let mut random = random::Random::new(seed);
    let (mut asked, mut allowed) = (0, 0);
    while asked < cases {
        let world = random.world();
        let cell = world.cell();
        if impossible(&cell).is_some() {
            continue;
        }
        asked += 1;
        let answer = ask(world.question, &cell);
        allowed += u64::from(is_yes(&answer));
        let wrong = differs(world.question, &cell, &answer, |asked| {
            oracle.ask_anew(asked).unwrap()
        });
        assert_eq!(wrong, None, "case {asked} of APLUS_SEED={seed}");
    }
    // Neither answer is a rare one, or the comparison would say little.
    assert!(
        allowed > cases / 20 && allowed < cases / 2,
        "{allowed} of {cases}"
    );
    println!(
        "counted: {cases} random cases of many groups asked of the rules and of Cedar ({allowed} allowed), 0 divergences, \
         < {:.0e} at 95 %",
        3.0 / cases as f64
    );
}

#[test]
fn every_action_has_policies() {
    let oracle = Oracle::new().unwrap();
    for action in Action::ALL {
        assert!(oracle.policies_of(action.as_str()) > 0, "{action:?}");
    }
    for question in Question::all() {
        assert!(
            oracle.policies_of(question.name()) > 0,
            "{}",
            question.name()
        );
    }
    assert_eq!(oracle.policies_of("no_such_action"), 0);
}

#[test]
fn one_wrong_policy_is_found() {
    for (question, from, to) in [
        (
            "withdraw_order",
            r#"["proposed", "approved"].contains"#,
            r#"["proposed"].contains"#,
        ),
        (
            "view_account",
            r#"containsAny(resource.groups) && resource.status == "active" }"#,
            "containsAny(resource.groups) }",
        ),
        (
            "remove_member",
            "&& context.group.responsables <= 1 }",
            "&& context.group.responsables < 1 }",
        ),
        (
            "end_session",
            "// Another operator's: nobody's but theirs (A4)",
            "@rule(\"L11\") permit (principal is Account, action == Action::\"end_session\", resource); //",
        ),
        (
            "change_frozen",
            r#"forbid (principal, action == Action::"change_frozen""#,
            r#"permit (principal, action == Action::"change_frozen""#,
        ),
        (
            "restore_operator",
            r#"context.asked != "other""#,
            r#"context.asked == "nobody""#,
        ),
    ] {
        let asked = Question::all().find(|asked| asked.name() == question);
        let asked = asked.unwrap();
        let mut oracle = Oracle::changed(from, to).unwrap();
        let mut found = false;
        asked.each_cell(|cell| {
            if !found && impossible(cell).is_none() {
                let answer = ask(asked, cell);
                let wrong = differs(asked, cell, &answer, |it| oracle.ask(it).unwrap());
                found = wrong.is_some();
            }
        });
        assert!(found, "{question}: {from}");
    }
}

/// What Cedar says otherwise than the rules: yes or no, how much of a yes, or by which rule a no.
fn differs(
    question: Question,
    cell: &Cell<'_>,
    answer: &Answer,
    mut cedar: impl FnMut(&cedar_oracle::Question) -> Verdict,
) -> Option<String> {
    let yes = is_yes(answer);
    let verdict = cedar(&translate(question, question.name(), cell));
    let same_rule = match answer {
        Answer::Refused(refusal) => verdict.rules.contains(&refusal.rule().to_string()),
        _ => true,
    };
    let finer = finer(question, answer).filter(|_| yes);
    let finer = finer.is_none_or(|(of, action, expected)| {
        cedar(&translate(of, action, cell)).allowed == expected
    });
    (verdict.allowed != yes || !same_rule || !finer)
        .then(|| format!("{}: {answer:?}, but {verdict:?}: {cell:?}", question.name()))
}

fn is_yes(answer: &Answer) -> bool {
    !matches!(answer, Answer::No | Answer::Refused(_))
}

/// What more is asked about a yes: how much of it.
fn finer(question: Question, answer: &Answer) -> Option<(Question, &'static str, bool)> {
    let Question::Of(action) = question else {
        return None;
    };
    match action {
        Action::ViewAccount => {
            let whole = *answer == Answer::Sees(Sight::Whole);
            Some((question, "view_account_whole", whole))
        }
        Action::RestoreOperator => {
            let second = *answer == Answer::Asks(Asking::Second);
            Some((question, "restore_operator_at_once", second))
        }
        Action::CreateAccountFor => {
            let ordered = *answer == Answer::Ordered;
            Some((Question::IsOrdered, "is_ordered", ordered))
        }
        Action::ProposeOrder => {
            let waits = *answer == Answer::Leads(OrderState::Proposed);
            Some((Question::NeedsApproval, "needs_approval", waits))
        }
        _ => None,
    }
}

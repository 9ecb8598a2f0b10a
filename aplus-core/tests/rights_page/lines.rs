//! The cells of one question, gathered into as few lines as say the same: facts that do not decide are left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::ask::{Answer, ask};
use crate::cells::{COLUMNS, Cell, Question, impossible};

/// One line: in which case, and what is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Of each column that decides here, one bit per value.
    pub case: BTreeMap<usize, u32>,
    /// Where the answer stands among all answers of the question.
    pub answer: usize,
}

/// The lines of one question, and every answer that it has.
pub struct Lines {
    pub lines: Vec<Line>,
    pub answers: Vec<Answer>,
    pub cells: usize,
}

/// The value of each column in one cell; `ABSENT` where the question has no such fact.
type Values = [u8; COLUMNS.len()];
const ABSENT: u8 = 31;

/// The first columns say who asks.
pub const LEADING: usize = 3;

type Known = BTreeMap<Values, usize>;

/// Asks one cell of each that look the same in every column: that these are answered alike, `rights.rs` shows in all of them.
pub fn of(question: Question) -> Lines {
    let mut answers: Vec<Answer> = Vec::new();
    let mut known = Known::new();
    let mut cells = 0;
    question.each_cell(|cell| {
        if impossible(cell).is_some() {
            return;
        }
        cells += 1;
        let values = values(cell);
        if known.contains_key(&values) {
            return;
        }
        let answer = ask(question, cell);
        let mut all = answers.iter();
        let place = all.position(|other| *other == answer || other.words() == answer.words());
        let place = place.unwrap_or_else(|| {
            answers.push(answer);
            answers.len() - 1
        });
        known.insert(values, place);
    });
    let mut order = Vec::new();
    for column in (0..COLUMNS.len()).rev() {
        match without(&known, column) {
            Some(fewer) => known = fewer,
            None => order.insert(0, column),
        }
    }
    Lines {
        lines: split(&known, &order),
        answers,
        cells,
    }
}

fn values(cell: &Cell<'_>) -> Values {
    let mut values = [ABSENT; COLUMNS.len()];
    for (value, column) in values.iter_mut().zip(COLUMNS) {
        if applies(column.name, cell) {
            *value = u8::try_from((column.value)(cell)).unwrap();
        }
    }
    values
}

/// Whether the question has the fact that a column shows.
fn applies(column: &str, cell: &Cell<'_>) -> bool {
    match column {
        "who" | "roles" | "in" | "count" | "had" | "allowed" | "dual" => true,
        "relation" | "target" | "holds" | "used" | "member" | "groups" | "fewest" | "shared" => {
            cell.target.is_some()
        }
        "gives" | "mailbox" => cell.draft.is_some(),
        "field" => cell.detail.is_some() || cell.frozen.is_some(),
        "door" => cell.door.is_some(),
        "owner" => cell.owner.is_some(),
        "by" | "about" => cell.entry.is_some(),
        "holder" => cell.holder.is_some(),
        "address" | "turns" | "details" => cell.support.change.is_some(),
        "order" | "author" | "fresh" | "changes" => cell.support.wish.is_some(),
        "enquirer" | "talk" => cell.support.talk.is_some(),
        "colleague" | "asked" => cell.support.colleague.is_some(),
        other => panic!("no such column: {other}"),
    }
}

/// The same without a column; none where it decides.
fn without(known: &Known, column: usize) -> Option<Known> {
    let mut fewer = Known::new();
    for (values, answer) in known {
        let mut values = *values;
        values[column] = ABSENT;
        match fewer.insert(values, *answer) {
            Some(before) if before != *answer => return None,
            Some(_) | None => {}
        }
    }
    Some(fewer)
}

/// Splits by one column after the other: first who asks, then by whichever leaves the fewest lines.
fn split(known: &Known, order: &[usize]) -> Vec<Line> {
    let answers: BTreeSet<usize> = known.values().copied().collect();
    if answers.len() == 1 {
        let line = |answer| Line {
            case: BTreeMap::new(),
            answer,
        };
        return answers.into_iter().map(line).collect();
    }
    let Some((next, rest)) = order.split_first() else {
        panic!("the columns do not decide");
    };
    if *next < LEADING {
        return by(known, *next, rest, &split);
    }
    let fixed: &dyn Fn(&Known, &[usize]) -> Vec<Line> = &in_order;
    let lines = |column: &usize| by(known, *column, &but(order, *column), fixed).len();
    let best = order.iter().copied().min_by_key(lines).unwrap_or(*next);
    by(known, best, &but(order, best), &split)
}

/// Splits by the columns as they stand.
fn in_order(known: &Known, order: &[usize]) -> Vec<Line> {
    match order.split_first() {
        Some((next, rest)) if known.values().collect::<BTreeSet<_>>().len() > 1 => {
            by(known, *next, rest, &in_order)
        }
        Some(_) | None => split(known, order),
    }
}

fn but(order: &[usize], column: usize) -> Vec<usize> {
    let others = order.iter().copied();
    others.filter(|other| *other != column).collect()
}

/// Splits by a column, and takes together the values of it that lead to the same lines; of what is acted on also those that
/// contradict each other in no case that there is.
fn by(
    known: &Known,
    column: usize,
    rest: &[usize],
    split: &dyn Fn(&Known, &[usize]) -> Vec<Line>,
) -> Vec<Line> {
    let mut by_value: BTreeMap<u8, Known> = BTreeMap::new();
    for (values, answer) in known {
        let of = by_value.entry(values[column]).or_default();
        let mut values = *values;
        values[column] = ABSENT;
        of.insert(values, *answer);
    }
    let mut groups: Vec<(u32, Known)> = Vec::new();
    for (value, of) in by_value {
        let bit = 1 << value;
        let same = |other: &Known| match column < LEADING {
            true => *other == of,
            false => agree(other, &of),
        };
        match groups.iter_mut().find(|(_, other)| same(other)) {
            Some((bits, other)) => {
                *bits |= bit;
                other.extend(of);
            }
            None => groups.push((bit, of)),
        }
    }
    let mut branches: Vec<(u32, Vec<Line>)> = Vec::new();
    for (bits, of) in groups {
        let lines = split(&of, rest);
        match branches.iter_mut().find(|(_, other)| *other == lines) {
            Some((before, _)) => *before |= bits,
            None => branches.push((bits, lines)),
        }
    }
    if let [(_, lines)] = branches.as_slice() {
        return lines.clone();
    }
    let mut all = Vec::new();
    for (bits, lines) in branches {
        for mut line in lines {
            line.case.insert(column, bits);
            all.push(line);
        }
    }
    all
}

/// Whether no case is answered in two ways.
fn agree(one: &Known, other: &Known) -> bool {
    one.iter()
        .all(|(values, answer)| other.get(values).is_none_or(|there| there == answer))
}

//! `docs/rights.md`, and in French `docs/droits.md`: who may do what on whom, in words, for those who read no code.
//!
//! The rules are asked about the cells of `rights/cells.rs`, and these gathered into as few lines as say the same
//! (`rights_page/lines.rs`). `APLUS_WRITE_DOCS=1` writes both pages anew: a right that becomes wider or narrower is a line that
//! changes in them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub
)]

#[path = "rights/ask.rs"]
mod ask;
#[path = "rights/cells.rs"]
mod cells;
#[path = "rights_page/lines.rs"]
mod lines;
#[path = "rights/orders.rs"]
mod orders;
#[path = "rights_page/phrases.rs"]
mod phrases;

use std::fmt::Write;

use aplus_core::Site;
use aplus_core::words::{self, Language};

use ask::Answer;
use cells::{COLUMNS, Column, Question};
use lines::{LEADING, Line, Lines};
use phrases::PHRASES;

#[test]
fn the_published_table_is_what_the_rules_say() {
    let sections: Vec<_> = Question::all()
        .map(|question| (question, lines::of(question)))
        .collect();
    for (language, file) in [
        (Language::English, "rights.md"),
        (Language::French, "droits.md"),
    ] {
        let page = page(&sections, language);
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../docs")
            .join(file);
        if std::env::var_os("APLUS_WRITE_DOCS").is_some() {
            std::fs::write(&file, &page).unwrap();
        }
        let published = std::fs::read_to_string(&file).unwrap();
        let differs = |(ours, theirs): &(&str, &str)| ours != theirs;
        let first = page.lines().zip(published.lines()).find(differs);
        assert!(
            page == published,
            "{}: write it anew with APLUS_WRITE_DOCS=1. First difference: {first:?}",
            file.display()
        );
    }
}

#[test]
fn every_value_of_every_column_has_words() {
    for column in COLUMNS {
        for value in column.values {
            let mut phrases = PHRASES.iter();
            let is = |phrase: &phrases::Phrase| {
                phrase.column == column.name && phrase.values == [*value]
            };
            assert!(phrases.any(is), "{}: {value}", column.name);
        }
    }
    for phrase in PHRASES {
        let mut columns = COLUMNS.iter();
        let column = columns.find(|column| column.name == phrase.column).unwrap();
        let known = |value: &&str| column.values.contains(value);
        assert!(phrase.values.iter().all(known), "{:?}", phrase.values);
    }
}

fn page(sections: &[(Question, Lines)], language: Language) -> String {
    let cells = thousands(sections.iter().map(|(_, lines)| lines.cells).sum());
    let mut page = match language {
        Language::English => format!(
            "# The rights\n\nWho may do what, on whom, and by which rule not ([rules.md](rules.md) says each rule in a sentence). The answers \
             of the code in {cells} cases are gathered into these lines, and a test compares them with this page: facts that a line \
             does not name change nothing. In French: [droits.md](droits.md).\n"
        ),
        Language::French => format!(
            "# Les droits\n\nQui peut faire quoi, sur qui, et quelle règle s'y oppose ([rules.md](rules.md) dit chaque règle en une phrase). \
             Les réponses du code dans {cells} cas sont réunies en ces lignes, et un test les compare à cette page\u{a0}: ce qu'une ligne \
             ne mentionne pas ne change rien. En anglais\u{a0}: [rights.md](rights.md).\n"
        ),
    };
    for (question, lines) in sections {
        let title = title(*question, language);
        let header = match language {
            Language::English => "who | in which case | answer",
            Language::French => "qui | dans quel cas | réponse",
        };
        write!(
            page,
            "\n## {title}\n\n`{}`\n\n| {header} |\n|---|---|---|\n",
            question.name()
        )
        .unwrap();
        for line in &lines.lines {
            let who = case(line, language, |column| column < LEADING);
            let who = match (who.is_empty(), language) {
                (false, _) => who,
                (true, Language::English) => "anybody".to_owned(),
                (true, Language::French) => "quiconque".to_owned(),
            };
            let which = case(line, language, |column| column >= LEADING);
            let answer = answer(&lines.answers[line.answer], language);
            writeln!(page, "| {who} | {which} | {answer} |").unwrap();
        }
    }
    page
}

/// A number as one reads it in both languages: `6 923 152`.
fn thousands(number: usize) -> String {
    match number / 1000 {
        0 => number.to_string(),
        more => format!("{}\u{a0}{:03}", thousands(more), number % 1000),
    }
}

/// The facts of a line that belong to some of the columns.
fn case(line: &Line, language: Language, of: impl Fn(usize) -> bool) -> String {
    let facts = line.case.iter().filter(|(column, _)| of(**column));
    let words: Vec<_> = facts
        .map(|(column, bits)| fact(&COLUMNS[*column], *bits, language))
        .collect();
    words.join(", ")
}

/// One fact: by the name of the set of values, or value by value.
fn fact(column: &Column, bits: u32, language: Language) -> String {
    let values: Vec<_> = (0..column.values.len())
        .filter(|place| bits & (1 << place) != 0)
        .map(|place| column.values[place])
        .collect();
    let named = |values: &[&str]| {
        let mut phrases = PHRASES.iter();
        let is =
            |phrase: &&phrases::Phrase| phrase.column == column.name && phrase.values == values;
        phrases.find(is).map(|phrase| phrase.words(language))
    };
    if let Some(words) = named(&values) {
        return words.to_owned();
    }
    let or = match language {
        Language::English => " or ",
        Language::French => " ou ",
    };
    let each: Vec<_> = values
        .iter()
        .map(|value| named(&[*value]).unwrap())
        .collect();
    each.join(or)
}

fn answer(answer: &Answer, language: Language) -> String {
    if let Answer::Refused(refusal) = answer {
        let site = Site::new("https://aplus.example").unwrap();
        let title = words::refusal(refusal, language, &site).title;
        let (no, code, rule) = (no(language), refusal.code(), refusal.rule());
        return match language {
            Language::English => format!("{no}, {rule}: {title} (`{code}`)"),
            Language::French => format!("{no}, {rule}\u{a0}: {title} (`{code}`)"),
        };
    }
    let (english, french) = match answer.words().as_str() {
        "yes" => ("**yes**", "**oui**"),
        "yes colleague" => (
            "**yes**: names, job title, address and roles",
            "**oui**\u{a0}: noms, fonction, adresse et rôles",
        ),
        "yes whole" => ("**yes**: all of it", "**oui**\u{a0}: tout"),
        "yes deed" => (
            "**yes**: what and when, support as a team, not from where",
            "**oui**\u{a0}: quoi et quand, le support comme équipe, sans la provenance",
        ),
        "yes own" => (
            "**yes**: all of it, support as a team",
            "**oui**\u{a0}: tout, le support comme équipe",
        ),
        "yes ordered" => (
            "**yes**, without Responsable, which an order asks for",
            "**oui**, sans le rôle de responsable, qu'une demande propose",
        ),
        "yes proposed" => (
            "**yes**: proposed, somebody else approves it",
            "**oui**\u{a0}: proposée, quelqu'un d'autre l'approuve",
        ),
        "yes approved" => (
            "**yes**: approved, the new address is to be confirmed",
            "**oui**\u{a0}: approuvée, la nouvelle adresse reste à confirmer",
        ),
        "yes carried_out" => (
            "**yes**: carried out at once",
            "**oui**\u{a0}: appliquée aussitôt",
        ),
        "yes first" => (
            "**yes**: the first of two, which brings nobody back yet",
            "**oui**\u{a0}: la première des deux voix, qui ne rétablit encore personne",
        ),
        "yes second" => (
            "**yes**: the second of two, which brings them back",
            "**oui**\u{a0}: la seconde des deux voix, qui rétablit la personne",
        ),
        "no" => ("no", "non"),
        other => panic!("no words for {other}"),
    };
    match language {
        Language::English => english.to_owned(),
        Language::French => french.to_owned(),
    }
}

fn no(language: Language) -> &'static str {
    match language {
        Language::English => "no",
        Language::French => "non",
    }
}

fn title(question: Question, language: Language) -> &'static str {
    let (english, french) = match question {
        Question::Of(action) => return words::action(action, language),
        Question::MayCreateAccounts => (
            "Be offered to create accounts in a group",
            "Se voir proposer de créer des comptes dans un groupe",
        ),
        Question::MayManageMembers => (
            "Be offered to add accounts to a group",
            "Se voir proposer d'ajouter des comptes à un groupe",
        ),
        Question::NoSuchAccount => (
            "What is said of an address that is nobody's, when it is to be added",
            "Ce qui est dit d'une adresse qui n'est à personne, quand on veut l'ajouter",
        ),
        Question::Taken => (
            "What is said of an address that is somebody's",
            "Ce qui est dit d'une adresse qui est à quelqu'un",
        ),
        Question::MayViewOrdersOf => (
            "See the orders on the accounts of a group",
            "Voir les demandes sur les comptes d'un groupe",
        ),
        Question::NoSuchOrder => (
            "What is said of an order that is not there",
            "Ce qui est dit d'une demande qui n'existe pas",
        ),
        Question::NeedsApproval => (
            "Whether an order takes somebody else's approval",
            "Si une demande doit être approuvée par quelqu'un d'autre",
        ),
        Question::IsOrdered => (
            "Whether Responsable is withheld from a new account and ordered",
            "Si le rôle de responsable est refusé à un nouveau compte et proposé par une demande",
        ),
    };
    match language {
        Language::English => english,
        Language::French => french,
    }
}

//! Few texts, many of them twins: written differently and the same, or written alike and different.

use aplus_core::{Department, EmailAddress, GroupName, Matricule};

/// Addresses. Of each family the first line's are one address; the others look like it and are not.
const ADDRESSES: &[&str] = &[
    "camille.roux@préfecture.example",
    "Camille.ROUX@PRÉFECTURE.example",
    "camille.roux@pre\u{301}fecture.EXAMPLE",
    " camille.roux@xn--prfecture-c4a.example ",
    "camille.roux@ＰＲÉfecture\u{3002}example",
    "camille.roux@prefecture.example",
    "camille.roux@pr\u{435}fecture.example",
    "camille_roux@préfecture.example",
    "camille%roux@préfecture.example",
    "camilleroux@préfecture.example",
    "camille.roux+a@préfecture.example",
    "camille.roux@sub.préfecture.example",
    "o'neil@mairie.example",
    "O'Neil@Mairie.Example",
    "a@mairie.example",
    "A@MAIRIE.example",
    "\u{212A}im@mairie.example",
    "kim@mairie.example",
    "b@straße.example",
    "b@strasse.example",
    "b@xn--strae-oqa.example",
    "c@mairie.example",
    "d@mairie.example",
    "e@mairie.example",
    "f@caf.example",
    "g@caf.example",
    "h@caf.example",
    "accueil@mairie.example",
    "contact@caf.example",
];

/// Addresses that only operators have, but for accidents.
const OPERATORS: &[&str] = &[
    "op@beta.example",
    "OP@beta.example",
    "op2@beta.example",
    "o\u{70}3@beta.example",
    "camille.roux@prefecture.example",
    "a@mairie.example",
];

/// Names of groups. The first five have one search key, though NFC keeps three of them apart.
const NAMES: &[&str] = &[
    "Maison Saint-Étienne",
    "maison SAINT-E\u{301}TIENNE",
    "Maison  Saint\u{2011}Etienne",
    "Maison Saint\u{2010}Étienne",
    "MAISON SAINT-ÉTIENNE",
    "Sacré-Cœur",
    "Sacre-Coeur",
    "L’Haÿ 100 %",
    "L'Hay 100 %",
    "L'Hay 100 _",
    "Lens 1",
    "Lens 2",
    "İstanbul",
    "istanbul",
    "ISTANBUL",
    "ıstanbul",
    "C.C.A.S.",
    "CCAS",
];

pub(crate) const FIRST_NAMES: &[&str] = &["Ève", "E\u{300}ve", "Eve", "d’Alès", "d'Alès", "Zoë"];

pub(crate) const JOBS: &[&str] = &[
    "Chargé·e d'accueil (50 %)",
    "Charge\u{301}·e d'accueil (50 %)",
    "a\"b\\c",
    "'; drop table account; --",
    "𝒜 😀",
    "{\"a\":1}",
];

pub(crate) const NEXT: &[Option<&str>] = &[
    None,
    Some("/comptes"),
    Some("/comptes?q=é%20'"),
    Some("/e\u{301}"),
];

/// The addresses of the list that are addresses at all.
pub(crate) fn addresses() -> Vec<EmailAddress> {
    parsed(ADDRESSES)
}

pub(crate) fn operators() -> Vec<EmailAddress> {
    parsed(OPERATORS)
}

fn parsed(texts: &[&str]) -> Vec<EmailAddress> {
    texts
        .iter()
        .filter_map(|text| EmailAddress::parse(text).ok())
        .collect()
}

pub(crate) fn names() -> Vec<GroupName> {
    let names = NAMES.iter().map(|name| GroupName::parse(name).unwrap());
    names.collect()
}

pub(crate) fn departments() -> Vec<Option<Department>> {
    let some = ["01", "Ain", "AIN"].map(|name| Some(Department::parse(name).unwrap()));
    [vec![None, None], some.to_vec()].concat()
}

pub(crate) fn matricules() -> Vec<Matricule> {
    ["1", "01", "é2", "e\u{301}2", "E2"]
        .map(|number| Matricule::parse(number).unwrap())
        .to_vec()
}

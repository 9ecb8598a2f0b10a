//! The help centre: articles as files, and the search in them (S1).

mod render;
mod search;
mod source;

use std::collections::BTreeMap;

use aplus_core::{Aplus, Article, HelpQuestion, Roles};

pub use source::HelpError;

use render::Facts;
use search::Index;
use source::Source;

/// The articles of the help centre (S1): those of this library, and what a host replaces or adds.
///
/// An article is a text in Markdown ([CommonMark](https://commonmark.org)) with a head of two or three lines:
///
/// ```text
/// # Mon lien n'arrive pas
/// Pour : tous
/// Mots : spam, indésirable
///
/// Le message met parfois quelques minutes…
/// ```
///
/// - The first line is its title. `Pour` names for whom it is: `tous`, or some of `aidants`, `instructeurs`, `responsables`.
///   `Mots` are further words that it is found by; the line may be missing.
/// - Links lead to another article (`[…](aide:lien-expire)`), to a page of this library (`[…](page:/connexion)`), or go by
///   `https:` or `mailto:`. A picture has a text alternative, and lies on this site (`![…](/images/ecran.png)`): a page loads nothing from
///   elsewhere. A video is a link. HTML is refused.
/// - What a host has set stands in braces, so that texts follow the settings: `{service}` and `{support}` (its name, its
///   address), `{lien}` (the life of a link, L2), `{session}` and `{inactivite}` (the limits of a session, L11), `{demande}` (how long an
///   order waits, A6), `{journal}` and `{comptes}` (how long what is kept, T3, T4).
///
/// ```
/// use aplus_axum::{Help, Web};
/// # fn app(aplus: &aplus_core::Aplus) -> Result<Web, aplus_axum::HelpError> {
/// let help = Help::default().with_article(
///     "badge",
///     "# Mon badge\nPour : tous\n\nUn badge n'ouvre pas {service} : voyez [comment se connecter](aide:se-connecter).\n",
/// )?;
/// let web = Web::new(aplus).help(help);
/// # Ok(web)
/// # }
/// # let bad = Help::default().with_article("badge", "# Mon badge\nPour : tous\n\nValable {dure}.\n");
/// # assert_eq!(bad.unwrap_err().to_string(), "the help article `badge`: nothing stands for {dure}; there are service, support, lien, session, inactivite, demande, journal, comptes");
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Help {
    articles: BTreeMap<String, Source>,
}

/// The texts of this library, each under the name of its article.
const OURS: [(Article, &str); 15] = [
    (Article::LoggingIn, include_str!("articles/se-connecter.md")),
    (
        Article::LinkNotReceived,
        include_str!("articles/lien-non-recu.md"),
    ),
    (Article::DeadLink, include_str!("articles/lien-expire.md")),
    (
        Article::AddressAgain,
        include_str!("articles/adresse-redemandee.md"),
    ),
    (
        Article::NotRecognised,
        include_str!("articles/adresse-non-reconnue.md"),
    ),
    (
        Article::FranceServices,
        include_str!("articles/france-services.md"),
    ),
    (
        Article::OwnDetails,
        include_str!("articles/mes-informations.md"),
    ),
    (
        Article::AddressOrRole,
        include_str!("articles/changer-adresse-ou-role.md"),
    ),
    (
        Article::CreatingAccount,
        include_str!("articles/creer-un-compte.md"),
    ),
    (
        Article::Members,
        include_str!("articles/ajouter-une-personne.md"),
    ),
    (
        Article::MistypedAddress,
        include_str!("articles/adresse-mal-saisie.md"),
    ),
    (
        Article::Deactivating,
        include_str!("articles/desactiver-un-compte.md"),
    ),
    (
        Article::Browser,
        include_str!("articles/quel-navigateur.md"),
    ),
    (
        Article::WhatIsRecorded,
        include_str!("articles/ce-qui-est-enregistre.md"),
    ),
    (
        Article::Support,
        include_str!("articles/contacter-le-support.md"),
    ),
];

impl Default for Help {
    /// The articles of this library.
    fn default() -> Self {
        let ours = OURS.iter().filter_map(|(article, text)| {
            let name = article.as_str();
            // A test reads each of them.
            Some((name.to_owned(), Source::parse(name, text).ok()?))
        });
        Self {
            articles: ours.collect(),
        }
    }
}

impl Help {
    /// Adds an article, or replaces the one of this name: 1 to 60 lower-case letters without accents, digits and inner
    /// hyphens, as it stands in the address of its page.
    ///
    /// # Errors
    /// [`HelpError`] for a name or a text that does not fit, with the article's name and what is wrong; the text is at most
    /// 64 KiB.
    pub fn with_article(mut self, name: &str, text: &str) -> Result<Self, HelpError> {
        let source = Source::parse(name, text)?;
        self.articles.insert(name.to_owned(), source);
        Ok(self)
    }

    /// Links to articles that are not there, each with the article that it stands in: for a host's own test.
    pub fn dead_ends(&self) -> impl Iterator<Item = (&str, &str)> {
        let links = self.articles.iter().flat_map(|(name, source)| {
            source
                .links
                .iter()
                .map(|link| (name.as_str(), link.as_str()))
        });
        links.filter(|(_, link)| !self.articles.contains_key(*link))
    }
}

/// The articles as pages show them, with a site's settings, and the index of their words.
#[derive(Debug)]
pub(crate) struct Centre {
    articles: Vec<Shown>,
    index: Index,
}

/// An article as a page shows it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) name: String,
    pub(crate) title: String,
    /// For whom it is; none stands for everybody.
    pub(crate) roles: Option<Roles>,
    /// Its first paragraph, without marks.
    pub(crate) summary: String,
    pub(crate) html: String,
}

impl Centre {
    pub(crate) fn new(help: &Help, aplus: &Aplus) -> Self {
        let facts = Facts::of(aplus.site(), aplus.lifetimes(), aplus.retention());
        let mut index = Index::default();
        let mut articles = Vec::new();
        // Ours in the order of a life, then the host's by name.
        let ours = OURS.iter().map(|(article, _)| article.as_str());
        let added = help.articles.keys().map(String::as_str);
        let added = added.filter(|name| OURS.iter().all(|(article, _)| article.as_str() != *name));
        for name in ours.chain(added) {
            let Some(source) = help.articles.get(name) else {
                continue;
            };
            let rendered = render::render(source, &facts);
            index.add(&rendered.title, &source.keywords, &rendered.text);
            articles.push(Shown {
                name: name.to_owned(),
                title: rendered.title,
                roles: source.roles,
                summary: rendered.summary,
                html: rendered.html,
            });
        }
        Self { articles, index }
    }

    pub(crate) fn article(&self, name: &str) -> Option<&Shown> {
        self.articles.iter().find(|article| article.name == name)
    }

    /// The articles that a question finds, the best first; without one all of them.
    pub(crate) fn answers(&self, question: Option<&HelpQuestion>) -> impl Iterator<Item = &Shown> {
        let found = match question {
            Some(question) => self.index.search(question.as_str()),
            None => (0..self.articles.len()).collect(),
        };
        found.into_iter().filter_map(|at| self.articles.get(at))
    }
}

#[cfg(test)]
mod tests;

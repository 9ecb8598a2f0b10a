//! An answer of the rules in words: for a host's page, its support, or whoever asks years later.

use super::{Language, RefusalWords, action, instead, refusal, rule};
use crate::rules::Action;
use crate::{Article, Refusal, Rule, Site};

/// Why something may be done, or may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What was asked about.
    pub action: &'static str,
    /// The rule that decides: of a yes the one that gives the right, of a no the one that refuses it.
    pub rule: Rule,
    /// That rule in one sentence.
    pub sentence: &'static str,
    /// Of a no, what else there is to say.
    pub refused: Option<Refused>,
}

/// What there is to say of a no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why, with the facts.
    pub words: RefusalWords,
    /// Who could do it instead.
    pub instead: &'static str,
    /// The help article.
    pub article: Article,
}

impl Explanation {
    /// Whether it may be done.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.refused.is_none()
    }
}

/// Explains what a question of [`rules`](crate::rules) answered: the facts of an actor go into the question, its answer in here.
///
/// ```
/// use aplus_core::words::{self, Language};
/// use aplus_core::*;
/// # let (town_hall, other) = [1, 2].map(|id| GroupId::from_uuid(uuid::Uuid::from_u128(id))).into();
/// # let account = AccountId::from_uuid(uuid::Uuid::from_u128(3));
///
/// let site = Site::new("https://aplus.example")?;
/// let responsable = Actor::Account(Standing::active(account, Roles::only(Role::Responsable), [town_hall]));
/// let elsewhere = GroupFacts { id: other, version: Version(1), active_responsables: 1 };
///
/// let answer = rules::may_create_accounts(&responsable, &elsewhere);
/// let why = words::explain(rules::Action::CreateAccount, answer, Language::English, &site);
/// assert!(!why.is_allowed());
/// assert_eq!(why.rule, Rule::A2);
/// assert_eq!(why.refused.map(|no| no.instead), Some("A responsable of the group"));
/// # Ok::<(), SiteError>(())
/// ```
#[must_use]
pub fn explain(
    of: Action,
    answer: Result<(), Refusal>,
    language: Language,
    site: &Site,
) -> Explanation {
    let rule_of = answer.map_or_else(|no| no.rule(), |()| of.rule());
    Explanation {
        action: action(of, language),
        rule: rule_of,
        sentence: rule(rule_of, language),
        refused: answer.err().map(|no| Refused {
            words: refusal(&no, language, site),
            instead: instead(no.instead(), language),
            article: no.article(),
        }),
    }
}

//! What the templates show: plain texts, made here from the words of the core.

use aplus_core::words::{self, Language};
use aplus_core::{Account, Article, EmailAddress, Roles, Site, Timestamp};

use crate::problem::Problem;

/// The pages speak French.
pub(super) const FRENCH: Language = Language::French;

/// A moment, for people and for machines.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    pub(super) text: String,
    pub(super) machine: String,
}

impl Moment {
    /// Day and hour: `1er juillet 2026 à 14:05`.
    pub(super) fn full(at: Timestamp, site: &Site) -> Self {
        let text = format!("{} à {}", words::date(at, FRENCH, site), site.hour(at));
        Self {
            text,
            machine: machine(at, site),
        }
    }

    /// The hour alone, where the day goes without saying.
    pub(super) fn hour(at: Timestamp, site: &Site) -> Self {
        Self {
            text: site.hour(at),
            machine: machine(at, site),
        }
    }
}

fn machine(at: Timestamp, site: &Site) -> String {
    site.local(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// A way to another page.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) label: String,
}

impl Link {
    pub(super) fn new(href: String, label: impl Into<String>) -> Self {
        Self {
            href,
            label: label.into(),
        }
    }
}

/// A label and its value.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
}

impl Fact {
    pub(super) fn new(label: &'static str, value: impl Into<String>) -> Self {
        Self {
            label,
            value: value.into(),
        }
    }

    /// Only what is known is shown.
    pub(super) fn known(label: &'static str, value: Option<&impl ToString>) -> Option<Self> {
        value.map(|value| Self::new(label, value.to_string()))
    }
}

/// One line of text to be filled in.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: Option<String>,
    pub(super) kind: &'static str,
    pub(super) autocomplete: Option<&'static str>,
    pub(super) value: String,
    pub(super) error: Option<String>,
    pub(super) required: bool,
    /// Whether the page opens here: the first field that is wrong.
    pub(super) focus: bool,
}

impl Field {
    pub(super) fn new(name: &'static str, label: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            label,
            hint: None,
            kind: "text",
            autocomplete: None,
            value: value.into(),
            error: None,
            required: false,
            focus: false,
        }
    }

    /// The address of an account: one's own where `own`.
    pub(super) fn email(value: impl Into<String>, own: bool) -> Self {
        let hint = "De préférence nominative, de la forme prenom.nom@structure.fr.".to_owned();
        let autocomplete = Some(if own { "email" } else { "off" });
        let field = Self::new("email", "Adresse e-mail professionnelle", value);
        Self {
            hint: Some(hint),
            kind: "email",
            autocomplete,
            required: true,
            ..field
        }
    }

    pub(super) fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    pub(super) fn hint(self, hint: &str) -> Self {
        Self {
            hint: Some(hint.to_owned()),
            ..self
        }
    }

    pub(super) fn kind(self, kind: &'static str, autocomplete: &'static str) -> Self {
        Self {
            kind,
            autocomplete: Some(autocomplete),
            ..self
        }
    }

    /// With what is wrong with it, if something is.
    pub(super) fn told(self, errors: &[FieldError]) -> Self {
        let error = errors
            .iter()
            .find(|error| error.field == self.name)
            .map(|error| error.text.clone());
        let focus = errors.first().is_some_and(|first| first.field == self.name);
        Self {
            error,
            focus,
            ..self
        }
    }

    /// The ids of hint and error, for `aria-describedby`.
    pub(super) fn described(&self) -> Option<String> {
        described(self.name, self.hint.is_some(), self.error.is_some())
    }
}

/// Boxes to tick.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: Option<&'static str>,
    /// `checkbox` or `radio`.
    pub(super) kind: &'static str,
    pub(super) options: Vec<ChoiceOption>,
    pub(super) error: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct ChoiceOption {
    pub(super) value: &'static str,
    pub(super) label: String,
    pub(super) hint: Option<&'static str>,
    pub(super) checked: bool,
}

impl Choice {
    pub(super) fn told(self, errors: &[FieldError]) -> Self {
        let error = errors
            .iter()
            .find(|error| error.field == self.name)
            .map(|error| error.text.clone());
        Self { error, ..self }
    }

    pub(super) fn described(&self) -> Option<String> {
        described(self.name, self.hint.is_some(), self.error.is_some())
    }
}

/// One of a list, or none of it.
#[derive(Debug, Clone)]
pub(super) struct Select {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    /// What stands for none.
    pub(super) none: &'static str,
    pub(super) options: Vec<SelectOption>,
}

#[derive(Debug, Clone)]
pub(super) struct SelectOption {
    pub(super) value: &'static str,
    pub(super) label: String,
    pub(super) selected: bool,
}

fn described(name: &str, hint: bool, error: bool) -> Option<String> {
    let ids = [
        hint.then(|| format!("{name}-aide")),
        error.then(|| format!("{name}-erreur")),
    ];
    let ids: Vec<_> = ids.into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// What is wrong with a field.
#[derive(Debug, Clone)]
pub(super) struct FieldError {
    pub(super) field: &'static str,
    pub(super) text: String,
}

/// A no as a page says it.
#[derive(Debug, Clone)]
pub(super) struct No {
    pub(super) title: String,
    pub(super) detail: String,
    pub(super) rule: Option<RuleWords>,
    /// The article that helps (S1).
    pub(super) article: Option<Link>,
}

#[derive(Debug, Clone)]
pub(super) struct RuleWords {
    pub(super) number: String,
    pub(super) sentence: &'static str,
}

impl No {
    pub(super) fn new(problem: &Problem, site: &Site) -> Self {
        let (title, detail) = problem.words(FRENCH, site);
        let rule = problem.refusal().map(|refusal| RuleWords {
            number: refusal.rule().to_string(),
            sentence: words::rule(refusal.rule(), FRENCH),
        });
        let article = problem
            .refusal()
            .map(|refusal| help(refusal.article(), site));
        Self {
            title,
            detail,
            rule,
            article,
        }
    }
}

/// The way to an article of the help centre.
pub(super) fn help(article: Article, site: &Site) -> Link {
    Link::new(
        site.path(&format!("{}/{}", Site::HELP, article.as_str())),
        words::article_title(article, FRENCH),
    )
}

/// The roles as a list of names.
pub(super) fn roles(roles: Roles) -> String {
    let names: Vec<_> = roles.iter().map(|role| words::role(role, FRENCH)).collect();
    names.join(", ")
}

/// What an account is called: its person's names, or else its address.
pub(super) fn name(account: &Account) -> String {
    let profile = account.profile();
    let first = profile.first_name.as_ref().map(ToString::to_string);
    let last = profile.last_name.as_ref().map(ToString::to_string);
    let names: Vec<_> = [first, last].into_iter().flatten().collect();
    if names.is_empty() {
        email(account)
    } else {
        names.join(" ")
    }
}

/// The address of an account, or that it has none any more.
pub(super) fn email(account: &Account) -> String {
    address(account.email())
}

/// An address, or that there is none any more.
pub(super) fn address(email: Option<&EmailAddress>) -> String {
    email.map_or_else(|| "Adresse libérée".to_owned(), ToString::to_string)
}

//! What people read, in French and English. An exhaustive `match` per language: half an English does not compile.
//!
//! ```
//! use aplus_core::words::{self, Language};
//! use aplus_core::{Refusal, Site};
//!
//! let site = Site::new("https://aplus.example")?;
//! let french = words::refusal(&Refusal::NotOperator, Language::French, &site);
//! assert_eq!(french.title, "Réservé à l'équipe de support");
//! assert!(french.detail.contains("support@aplus.example"));
//! # Ok::<(), aplus_core::SiteError>(())
//! ```

mod en;
mod examples;
mod explain;
mod fr;
#[cfg(feature = "service")]
pub mod letters;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use explain::{Explanation, Refused, explain};

use crate::rules::Action;
use crate::{
    Article, EmailError, FrozenField, Instead, OrderState, ProfileField, Refusal, RequesterKind,
    Role, Roles, RolesError, Rule, Site, Status, TextError, Timestamp,
};

/// A language that people read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// French, the default.
    #[default]
    #[serde(rename = "fr")]
    French,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::French, Self::English];

    /// `fr` or `en`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }
}

/// A refusal as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalWords {
    /// Short, and the same for each refusal of one code.
    pub title: String,
    /// Why, with the facts, and who can do it instead.
    pub detail: String,
}

/// Why something is not done, and who can do it instead (S1).
#[must_use]
pub fn refusal(refusal: &Refusal, language: Language, site: &Site) -> RefusalWords {
    let (title, detail) = match language {
        Language::French => fr::refusal(refusal, site),
        Language::English => en::refusal(refusal, site),
    };
    RefusalWords {
        title: title.to_owned(),
        detail: detail.into_owned(),
    }
}

/// A rule in one sentence.
#[must_use]
pub fn rule(rule: Rule, language: Language) -> &'static str {
    match language {
        Language::French => fr::rule(rule),
        Language::English => en::rule(rule),
    }
}

/// The name of a role.
#[must_use]
pub fn role(role: Role, language: Language) -> &'static str {
    match language {
        Language::French => fr::role(role),
        Language::English => en::role(role),
    }
}

/// A set of roles as one reads it in a sentence, in lower case: `aidant et responsable`.
#[must_use]
pub fn role_list(roles: Roles, language: Language) -> String {
    let names: Vec<_> = roles
        .iter()
        .map(|one| role(one, language).to_lowercase())
        .collect();
    let and = match language {
        Language::French => " et ",
        Language::English => " and ",
    };
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{}{and}{last}", rest.join(", ")),
        Some(_) | None => names.concat(),
    }
}

/// Where a support order stands, as one says of it: `approuvée` (A6).
#[must_use]
pub fn order_state(state: OrderState, language: Language) -> &'static str {
    match language {
        Language::French => fr::order_state(state),
        Language::English => en::order_state(state),
    }
}

/// The status of an account, and who deactivated it (A8).
#[must_use]
pub fn status(status: Status, language: Language) -> &'static str {
    match language {
        Language::French => fr::status(status),
        Language::English => en::status(status),
    }
}

/// What a requester is, as a label (A7).
#[must_use]
pub fn requester(requester: RequesterKind, language: Language) -> &'static str {
    match language {
        Language::French => fr::requester(requester),
        Language::English => en::requester(requester),
    }
}

/// The title of a help article (S1).
#[must_use]
pub fn article_title(article: Article, language: Language) -> &'static str {
    match language {
        Language::French => fr::article_title(article),
        Language::English => en::article_title(article),
    }
}

/// The label of a field that nobody may set (A3).
#[must_use]
pub fn frozen_field(field: FrozenField, language: Language) -> &'static str {
    match language {
        Language::French => fr::frozen_field(field),
        Language::English => en::frozen_field(field),
    }
}

/// The label of one of the details (A4).
#[must_use]
pub fn profile_field(field: ProfileField, language: Language) -> &'static str {
    match language {
        Language::French => fr::profile_field(field),
        Language::English => en::profile_field(field),
    }
}

/// What the rules are asked about, as a label.
#[must_use]
pub fn action(action: Action, language: Language) -> &'static str {
    match language {
        Language::French => fr::action(action),
        Language::English => en::action(action),
    }
}

/// Who could do instead what was refused (S1).
#[must_use]
pub fn instead(instead: Instead, language: Language) -> &'static str {
    match language {
        Language::French => fr::instead(instead),
        Language::English => en::instead(instead),
    }
}

/// What is wrong with an address, with the bound that it broke.
#[must_use]
pub fn email_error(error: &EmailError, language: Language) -> String {
    match language {
        Language::French => fr::email_error(error),
        Language::English => en::email_error(error),
    }
}

/// What is wrong with a text, with its field and the bound that it broke.
///
/// ```
/// use aplus_core::FirstName;
/// use aplus_core::words::{self, Language};
///
/// let error = FirstName::parse("R2D2").unwrap_err();
/// assert_eq!(words::text_error(&error, Language::English), "First name: the character “2” is not accepted.");
/// ```
#[must_use]
pub fn text_error(error: &TextError, language: Language) -> String {
    match language {
        Language::French => fr::text_error(error),
        Language::English => en::text_error(error),
    }
}

/// What is wrong with a set of roles.
#[must_use]
pub fn roles_error(error: &RolesError, language: Language) -> String {
    match language {
        Language::French => fr::roles_error(error),
        Language::English => en::roles_error(error),
    }
}

/// A day in the site's own time: `1er juillet 2026`, `1 July 2026`.
#[must_use]
pub fn date(at: Timestamp, language: Language, site: &Site) -> String {
    match language {
        Language::French => fr::date(at, site),
        Language::English => en::date(at, site),
    }
}

/// A day of the calendar, with its weekday: `lundi 9 mars 2026`, `Monday 9 March 2026`.
#[must_use]
pub fn day(day: jiff::civil::Date, language: Language) -> String {
    match language {
        Language::French => fr::day(day),
        Language::English => en::day(day),
    }
}

/// A day and hour in the site's own time, to stand in a sentence: `le 1er juillet 2026 à 14:05`.
///
/// The day is always there: what is read does not depend on when it is read.
#[must_use]
pub fn moment(at: Timestamp, language: Language, site: &Site) -> String {
    match language {
        Language::French => fr::moment(at, site),
        Language::English => en::moment(at, site),
    }
}

/// An entry of the journal in one sentence: what happened, by whom, on whom, when, and at whose request (T1).
#[cfg(feature = "service")]
#[must_use]
pub fn entry(entry: &crate::journal::SeenEntry, language: Language, site: &Site) -> String {
    let when = format!(" {}", moment(entry.at, language, site));
    match language {
        Language::French => fr::deed(entry, &when),
        Language::English => en::deed(entry, &when),
    }
}

/// The same without day and hour, where these stand beside it.
#[cfg(feature = "service")]
#[must_use]
pub fn deed(entry: &crate::journal::SeenEntry, language: Language) -> String {
    match language {
        Language::French => fr::deed(entry, ""),
        Language::English => en::deed(entry, ""),
    }
}

/// A kind of event, of [`Event::KINDS`](crate::journal::Event::KINDS), as a label; any other word as it is.
#[cfg(feature = "service")]
#[must_use]
pub fn event_kind(kind: &str, language: Language) -> &str {
    match language {
        Language::French => fr::event_kind(kind),
        Language::English => en::event_kind(kind),
    }
}

/// One thing that happened to a link, in a sentence or two, without its moment (L9).
#[cfg(feature = "service")]
#[must_use]
pub fn link_step(step: crate::service::LinkStep, language: Language, site: &Site) -> String {
    match language {
        Language::French => fr::link_step(step, site),
        Language::English => en::link_step(step, site),
    }
}

/// When something was done for the last time: the hour alone on the day on which it began.
#[cfg(feature = "service")]
fn last(looks: &crate::ports::Looks, language: Language, site: &Site) -> String {
    let same_day = site.local(looks.first).date() == site.local(looks.last).date();
    match (same_day, language) {
        (true, Language::French) => format!("à {}", site.hour(looks.last)),
        (true, Language::English) => format!("at {}", site.hour(looks.last)),
        (false, _) => moment(looks.last, language, site),
    }
}

/// The name of a month, of the twelve in `months`.
fn month(at: Timestamp, months: [&'static str; 12], site: &Site) -> &'static str {
    month_named(site.local(at).month(), months)
}

fn month_named(month: i8, months: [&'static str; 12]) -> &'static str {
    let index = usize::try_from(month - 1).unwrap_or(0);
    months.get(index).copied().unwrap_or_default()
}

/// The name of a day, of the seven in `weekdays` from Monday on.
fn weekday(day: jiff::civil::Date, weekdays: [&'static str; 7]) -> &'static str {
    let index = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    weekdays.get(index).copied().unwrap_or_default()
}

/// A character as it can be shown: by its number if nobody would see it.
fn shown(character: char) -> String {
    let is_escaped = character.escape_debug().count() > 1;
    if is_escaped && !matches!(character, '\'' | '"' | '\\') {
        format!("U+{:04X}", u32::from(character))
    } else {
        character.to_string()
    }
}

/// How many days a dead link's page can still say why (L9).
fn dead_link_days() -> u64 {
    crate::Lifetimes::DEAD_LINK.as_secs() / (24 * 60 * 60)
}

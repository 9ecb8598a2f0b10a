//! The details that a person keeps up to date: names, job title, phone number (A4).

use serde::{Deserialize, Serialize};

use crate::text::{line, name, phone, text_type};

text_type! {
    /// A first name of 1 to 100 characters: letters of any script with their marks, spaces, apostrophes, hyphens, dots.
    ///
    /// ```
    /// use aplus_core::FirstName;
    ///
    /// assert_eq!(FirstName::parse("  Marie   Ève ")?.as_str(), "Marie Ève");
    /// assert!(FirstName::parse("Marie2").is_err());
    /// # Ok::<(), aplus_core::TextError>(())
    /// ```
    FirstName, "first_name", name, 100
}

text_type! {
    /// A last name of 1 to 100 characters, of the same ones as a [`FirstName`].
    ///
    /// ```
    /// use aplus_core::LastName;
    ///
    /// assert_eq!(LastName::parse("d’Alès-Le Goff")?.as_str(), "d’Alès-Le Goff");
    /// assert!(LastName::parse("<b>").is_err());
    /// # Ok::<(), aplus_core::TextError>(())
    /// ```
    LastName, "last_name", name, 100
}

text_type! {
    /// A job title of 1 to 150 characters that can be seen. It may hold `<` and `&`: escaping is the screen's.
    ///
    /// ```
    /// use aplus_core::JobTitle;
    ///
    /// assert_eq!(JobTitle::parse("Chargé·e d'accueil (50 %)")?.as_str(), "Chargé·e d'accueil (50 %)");
    /// assert!(JobTitle::parse("Accueil\u{202E}").is_err());
    /// # Ok::<(), aplus_core::TextError>(())
    /// ```
    JobTitle, "job_title", line, 150
}

text_type! {
    /// A phone number as it was typed: up to 30 characters with 3 to 15 digits (E.164's bound; French short numbers
    /// have 4), grouped by spaces, `.`, `-`, `/`, `(` and `)`, with or without a leading `+`.
    ///
    /// ```
    /// use aplus_core::Phone;
    ///
    /// assert_eq!(Phone::parse("+33 (0)4 50 56 87 49")?.as_str(), "+33 (0)4 50 56 87 49");
    /// assert!(Phone::parse("04 50 56 or later").is_err());
    /// # Ok::<(), aplus_core::TextError>(())
    /// ```
    Phone, "phone", phone, 30
}

/// One of the details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileField {
    /// The first name.
    FirstName,
    /// The last name.
    LastName,
    /// The job title.
    JobTitle,
    /// The phone number.
    Phone,
}

impl ProfileField {
    /// All of them, in the order of [`Profile`].
    pub const ALL: [Self; 4] = [Self::FirstName, Self::LastName, Self::JobTitle, Self::Phone];

    /// The field's name in the API and the journal: `first_name`, `last_name`, `job_title` or `phone`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::JobTitle => "job_title",
            Self::Phone => "phone",
        }
    }
}

impl std::fmt::Display for ProfileField {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The details of an account; each may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// The first name.
    pub first_name: Option<FirstName>,
    /// The last name.
    pub last_name: Option<LastName>,
    /// The job title.
    pub job_title: Option<JobTitle>,
    /// The phone number.
    pub phone: Option<Phone>,
}

impl Profile {
    /// The details that are there, in the order of [`ProfileField::ALL`].
    #[must_use]
    pub fn given(&self) -> Vec<ProfileField> {
        named([
            self.first_name.is_some(),
            self.last_name.is_some(),
            self.job_title.is_some(),
            self.phone.is_some(),
        ])
    }
}

fn named(named: [bool; 4]) -> Vec<ProfileField> {
    ProfileField::ALL
        .into_iter()
        .zip(named)
        .filter_map(|(field, named)| named.then_some(field))
        .collect()
}

/// What a person wants changed in their details: `None` leaves a field as it is, `Some(None)` empties it.
///
/// ```
/// use aplus_core::{JobTitle, Phone, Profile, ProfileChange, ProfileField};
///
/// let profile = Profile { phone: Some(Phone::parse("3939")?), ..Profile::default() };
/// let change = ProfileChange {
///     job_title: Some(Some(JobTitle::parse("Agente d'accueil")?)),
///     phone: Some(None),
///     ..ProfileChange::default()
/// };
/// assert_eq!(change.changed(&profile), [ProfileField::JobTitle, ProfileField::Phone]);
/// assert_eq!(change.apply(profile).phone, None);
/// # Ok::<(), aplus_core::TextError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ProfileChange {
    /// The first name, if it is to change.
    pub first_name: Option<Option<FirstName>>,
    /// The last name, if it is to change.
    pub last_name: Option<Option<LastName>>,
    /// The job title, if it is to change.
    pub job_title: Option<Option<JobTitle>>,
    /// The phone number, if it is to change.
    pub phone: Option<Option<Phone>>,
}

impl ProfileChange {
    /// The change without what is the same already.
    #[must_use]
    pub fn reduced(&self, profile: &Profile) -> Self {
        fn differing<T: Clone + PartialEq>(
            change: &Option<Option<T>>,
            now: &Option<T>,
        ) -> Option<Option<T>> {
            change.as_ref().filter(|change| *change != now).cloned()
        }
        Self {
            first_name: differing(&self.first_name, &profile.first_name),
            last_name: differing(&self.last_name, &profile.last_name),
            job_title: differing(&self.job_title, &profile.job_title),
            phone: differing(&self.phone, &profile.phone),
        }
    }

    /// The details that it names, in the order of [`ProfileField::ALL`].
    #[must_use]
    pub fn fields(&self) -> Vec<ProfileField> {
        named([
            self.first_name.is_some(),
            self.last_name.is_some(),
            self.job_title.is_some(),
            self.phone.is_some(),
        ])
    }

    /// Whether it asks for nothing: every field is left as it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The details as they are after the change.
    #[must_use]
    pub fn apply(&self, profile: Profile) -> Profile {
        Profile {
            first_name: self.first_name.clone().unwrap_or(profile.first_name),
            last_name: self.last_name.clone().unwrap_or(profile.last_name),
            job_title: self.job_title.clone().unwrap_or(profile.job_title),
            phone: self.phone.clone().unwrap_or(profile.phone),
        }
    }

    /// The fields whose value would differ, in the order of [`ProfileField::ALL`]: a field set to what it already holds
    /// is not among them.
    #[must_use]
    pub fn changed(&self, profile: &Profile) -> Vec<ProfileField> {
        self.reduced(profile).fields()
    }
}

#[cfg(test)]
mod tests;

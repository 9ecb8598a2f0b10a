//! One line of text that a person typed: what the details of an account and the names of groups share.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// A text that was refused, with the field and the bound that it broke.
///
/// ```
/// use aplus_core::FirstName;
///
/// let error = FirstName::parse("R2D2").unwrap_err();
/// assert_eq!(error.field(), "first_name");
/// assert_eq!(error.code(), "bad_character");
/// assert_eq!(error.to_string(), "first_name: '2' may not stand in it");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct TextError {
    field: &'static str,
    problem: TextProblem,
}

impl TextError {
    pub(crate) fn new(field: &'static str, problem: TextProblem) -> Self {
        Self { field, problem }
    }

    /// The field's name in the API, such as `first_name`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// What is wrong with the text.
    #[must_use]
    pub fn problem(&self) -> TextProblem {
        self.problem
    }

    /// The problem's code in the API: `empty`, `too_long`, `bad_character`, `no_letter` or `bad_number`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.problem {
            TextProblem::Empty { .. } => "empty",
            TextProblem::TooLong { .. } => "too_long",
            TextProblem::Character(_) => "bad_character",
            TextProblem::NoLetter => "no_letter",
            TextProblem::Digits { .. } => "bad_number",
        }
    }
}

/// What is wrong with a text, with the bound that it broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TextProblem {
    /// Nothing is left once white space is trimmed.
    #[error("1 to {most} characters are expected, none was given")]
    Empty {
        /// The greatest length, in characters.
        most: usize,
    },
    /// More characters than allowed, counted in normal form (NFC).
    #[error("1 to {most} characters are expected, {given} were given")]
    TooLong {
        /// The greatest length, in characters.
        most: usize,
        /// The length given, in characters.
        given: usize,
    },
    /// A character that the field does not take, or one that cannot be seen.
    #[error("{0:?} may not stand in it")]
    Character(char),
    /// A name without any letter.
    #[error("at least one letter is expected")]
    NoLetter,
    /// A phone number with too few or too many digits.
    #[error("3 to 15 digits are expected, {given} were given")]
    Digits {
        /// The number of digits given.
        given: usize,
    },
}

/// Any text that a reader can see, on one line.
pub(crate) fn line(field: &'static str, text: &str, most: usize) -> Result<String, TextError> {
    parse(field, text, most, |_| true)
}

/// Any text on several lines. Characters that nobody sees are left out and not refused: they come along with what is pasted.
pub(crate) fn lines(field: &'static str, text: &str, most: usize) -> Result<String, TextError> {
    let mut seen = String::with_capacity(text.len());
    let mut before = None;
    for character in text.chars() {
        match character {
            // Its line has ended with the character before it.
            '\n' if before == Some('\r') => {}
            '\r' | '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => seen.push('\n'),
            '\t' => seen.push(' '),
            unseen if is_unseen(unseen) => {}
            character => seen.push(character),
        }
        before = Some(character);
    }
    let lines: Vec<_> = seen.split('\n').map(str::trim_end).collect();
    let normal: String = lines.join("\n").nfc().collect();
    // The first line keeps no indent either: what is empty before it is trimmed with it.
    let normal = normal.trim();
    match normal.chars().count() {
        0 => Err(TextError::new(field, TextProblem::Empty { most })),
        given if given > most => Err(TextError::new(field, TextProblem::TooLong { most, given })),
        _ => Ok(normal.to_owned()),
    }
}

/// The name of a person: letters of any script with their marks, spaces, apostrophes, hyphens and dots.
pub(crate) fn name(field: &'static str, text: &str, most: usize) -> Result<String, TextError> {
    let name = parse(field, text, most, |character| {
        is_letter(character)
            || character.general_category_group() == GeneralCategoryGroup::Mark
            || matches!(
                character,
                ' ' | '\'' | '’' | '-' | '\u{2010}' | '\u{2011}' | '.'
            )
    })?;
    if name.chars().any(is_letter) {
        Ok(name)
    } else {
        Err(TextError::new(field, TextProblem::NoLetter))
    }
}

/// A phone number as it was typed, of 3 to 15 digits.
pub(crate) fn phone(field: &'static str, text: &str, most: usize) -> Result<String, TextError> {
    let phone = parse(field, text, most, |character| {
        character.is_ascii_digit() || matches!(character, '+' | ' ' | '.' | '-' | '/' | '(' | ')')
    })?;
    if phone.chars().skip(1).any(|character| character == '+') {
        return Err(TextError::new(field, TextProblem::Character('+')));
    }
    let given = phone.chars().filter(char::is_ascii_digit).count();
    if (3..=15).contains(&given) {
        Ok(phone)
    } else {
        Err(TextError::new(field, TextProblem::Digits { given }))
    }
}

fn parse(
    field: &'static str,
    text: &str,
    most: usize,
    allowed: impl Fn(char) -> bool,
) -> Result<String, TextError> {
    let refused = |problem| Err(TextError::new(field, problem));
    let trimmed = text.trim();
    if let Some(character) = trimmed.chars().find(|character| is_unseen(*character)) {
        return refused(TextProblem::Character(character));
    }
    let spaced = trimmed.split_whitespace().collect::<Vec<_>>().join(" ");
    let normal: String = spaced.nfc().collect();
    let given = normal.chars().count();
    if given == 0 {
        return refused(TextProblem::Empty { most });
    }
    if given > most {
        return refused(TextProblem::TooLong { most, given });
    }
    match normal.chars().find(|character| !allowed(*character)) {
        Some(character) => refused(TextProblem::Character(character)),
        None => Ok(normal),
    }
}

fn is_letter(character: char) -> bool {
    character.general_category_group() == GeneralCategoryGroup::Letter
}

/// Characters that change what a reader sees without being seen: two texts that differ only by them look the same, and
/// a text of nothing else looks empty.
fn is_unseen(character: char) -> bool {
    matches!(
        character.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
    ) || matches!(
        character,
        // Letters, marks and symbols that have no shape: fillers, joiners, variation selectors, the empty braille cell.
        '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{2800}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0100}'..='\u{E01EF}'
    )
}

/// Reads and writes a type as the text that `FromStr` and `Display` know, so that an error names the bound.
macro_rules! serde_as_text {
    ($name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// A newtype over one line of text: `parse` in, `as_str` out.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $field:literal, $parse:path, $most:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Reads the text: white space is trimmed and collapsed, characters are brought to NFC.
            ///
            /// # Errors
            #[doc = concat!("Unless 1 to ", $most, " characters are left, all of them allowed here; the error names `", $field, "`.")]
            pub fn parse(text: &str) -> Result<Self, $crate::TextError> {
                $parse($field, text, $most).map(Self)
            }

            /// The text in its normal form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::TextError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        $crate::text::serde_as_text!($name);
    };
}

pub(crate) use {serde_as_text, text_type};

#[cfg(test)]
mod tests;

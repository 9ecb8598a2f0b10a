//! The three roles, and the non-empty sets of them that accounts hold.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::serde_as_text;

/// What an account is for. Roles belong to the account and are the same in all its groups.
///
/// ```
/// use aplus_core::Role;
///
/// assert_eq!("instructeur".parse(), Ok(Role::Instructeur));
/// assert!("Instructeur".parse::<Role>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Helps a citizen at a desk.
    Aidant,
    /// Handles the file in an administration.
    Instructeur,
    /// Manages the accounts of its groups (A1, A2, A8).
    Responsable,
}

/// A text that is none of the three roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not a role: aidant, instructeur or responsable is expected")]
pub struct RoleError(());

impl Role {
    /// All three, in their order.
    pub const ALL: [Self; 3] = [Self::Aidant, Self::Instructeur, Self::Responsable];

    /// The word of the API and the journal: `aidant`, `instructeur` or `responsable`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aidant => "aidant",
            Self::Instructeur => "instructeur",
            Self::Responsable => "responsable",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Aidant => 1,
            Self::Instructeur => 2,
            Self::Responsable => 4,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(RoleError(()))
    }
}

serde_as_text!(Role);

/// A non-empty set of roles, in one byte.
///
/// ```
/// use aplus_core::{Role, Roles, RolesError};
///
/// let roles = Roles::new([Role::Responsable, Role::Aidant])?;
/// assert_eq!(roles.to_string(), "aidant, responsable");
/// assert_eq!(Roles::new([]), Err(RolesError::Empty));
/// assert_eq!(Roles::new([Role::Aidant, Role::Aidant]), Err(RolesError::Doubled(Role::Aidant)));
/// # Ok::<(), RolesError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Roles(u8);

/// Why a set of roles was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum RolesError {
    /// No role was given.
    #[error("at least one role is expected: aidant, instructeur or responsable")]
    Empty,
    /// A role was given more than once.
    #[error("the role {0} was given more than once")]
    Doubled(Role),
    /// A stored byte that is no set of roles.
    #[error("a set of roles is stored as 1 to 7, not {0}")]
    Bits(u8),
}

impl Roles {
    /// Makes a set of the given roles, in any order.
    ///
    /// # Errors
    /// If there are none, or if one is given more than once: what looks like a mistake is not read as a choice.
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Result<Self, RolesError> {
        let mut bits = 0;
        for role in roles {
            if bits & role.bit() != 0 {
                return Err(RolesError::Doubled(role));
            }
            bits |= role.bit();
        }
        if bits == 0 {
            Err(RolesError::Empty)
        } else {
            Ok(Self(bits))
        }
    }

    /// The set of one role.
    #[must_use]
    pub const fn only(role: Role) -> Self {
        Self(role.bit())
    }

    /// This set with `role` in it.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | role.bit())
    }

    /// This set without `role`; none if nothing would be left.
    #[must_use]
    pub const fn without(self, role: Role) -> Option<Self> {
        match self.0 & !role.bit() {
            0 => None,
            bits => Some(Self(bits)),
        }
    }

    /// Whether `role` is in it.
    #[must_use]
    pub const fn contains(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Its roles, in their order.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL
            .into_iter()
            .filter(move |role| self.contains(*role))
    }

    /// The set as it is stored: 1 for aidant, 2 for instructeur, 4 for responsable, added up.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set that was stored as `bits`.
    ///
    /// # Errors
    /// Unless `bits` is 1 to 7.
    pub const fn from_bits(bits: u8) -> Result<Self, RolesError> {
        match bits {
            1..=7 => Ok(Self(bits)),
            _ => Err(RolesError::Bits(bits)),
        }
    }

    /// All seven sets, so that a test can try each instead of samples.
    #[must_use]
    pub const fn all_sets() -> [Self; 7] {
        [
            Self(1),
            Self(2),
            Self(3),
            Self(4),
            Self(5),
            Self(6),
            Self(7),
        ]
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, role) in self.iter().enumerate() {
            if index > 0 {
                formatter.write_str(", ")?;
            }
            formatter.write_str(role.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for Roles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let roles = Vec::<Role>::deserialize(deserializer)?;
        Self::new(roles).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_byte_is_a_set_or_refused() {
        for bits in 0..=u8::MAX {
            let expected = if (1..=7).contains(&bits) {
                Ok(Roles(bits))
            } else {
                Err(RolesError::Bits(bits))
            };
            assert_eq!(Roles::from_bits(bits), expected);
        }
    }

    #[test]
    fn every_set_is_rebuilt_from_its_roles_its_bits_and_its_words() {
        for roles in Roles::all_sets() {
            assert_eq!(Roles::new(roles.iter()), Ok(roles));
            assert_eq!(Roles::from_bits(roles.bits()), Ok(roles));
            let words = serde_json::to_string(&roles).unwrap();
            assert_eq!(serde_json::from_str::<Roles>(&words).unwrap(), roles);
        }
    }

    #[test]
    fn a_role_is_added_found_and_taken_away() {
        for roles in Roles::all_sets() {
            for role in Role::ALL {
                assert!(roles.with(role).contains(role));
                match roles.without(role) {
                    Some(rest) => {
                        assert!(!rest.contains(role) && rest.with(role) == roles.with(role))
                    }
                    None => assert_eq!(roles, Roles::only(role)),
                }
            }
        }
    }

    #[test]
    fn each_role_is_read_from_its_word_and_from_no_other() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        for text in ["", "Aidant", " aidant", "aidante", "aidant,instructeur"] {
            assert_eq!(text.parse::<Role>(), Err(RoleError(())), "{text}");
        }
    }

    #[test]
    fn a_list_without_roles_or_with_unknown_or_doubled_ones_says_why() {
        let reason = |json| serde_json::from_str::<Roles>(json).unwrap_err().to_string();
        assert!(reason("[]").starts_with("at least one role is expected"));
        assert!(
            reason(r#"["aidant","aidant"]"#)
                .starts_with("the role aidant was given more than once")
        );
        assert!(
            reason(r#"["admin"]"#)
                .starts_with("not a role: aidant, instructeur or responsable is expected")
        );
        assert!(reason("7").contains("expected a sequence"));
    }

    #[test]
    fn written_in_the_order_of_the_roles() {
        let roles = Roles::new([Role::Responsable, Role::Aidant]).unwrap();
        assert_eq!(
            serde_json::to_string(&roles).unwrap(),
            r#"["aidant","responsable"]"#
        );
        assert_eq!(
            format!("{roles} {roles:?}"),
            "aidant, responsable {Aidant, Responsable}"
        );
    }
}

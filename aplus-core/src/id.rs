//! Identifiers: one type for each thing, so that an account's id is never taken for a group's.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::Timestamp;
use crate::text::serde_as_text;

/// A text that is no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not an identifier: a UUID of 36 characters is expected")]
pub struct IdError(());

fn parse(text: &str) -> Result<Uuid, IdError> {
    // `Uuid` also reads braces, URNs and missing hyphens: one thing would have several names in URLs and logs.
    if text.len() == 36 {
        Uuid::try_parse(text).map_err(|_| IdError(()))
    } else {
        Err(IdError(()))
    }
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// Any UUID is one; [`new`](Self::new) makes those of version 7, which sort by time.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes an id (UUID version 7) of the caller's time, cut to milliseconds, and the caller's randomness.
            ///
            /// Six of the eighty random bits give way to the version and the variant.
            #[must_use]
            pub fn new(at: Timestamp, random: [u8; 10]) -> Self {
                let millis = at.as_unix_millis().unsigned_abs();
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// Takes any UUID as an id.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The id as a UUID.
            #[must_use]
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self.0.as_hyphenated(), formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse(text).map(Self)
            }
        }

        serde_as_text!($name);
    )*};
}

identifiers! {
    /// Names an account.
    ///
    /// ```
    /// use aplus_core::{AccountId, Timestamp};
    ///
    /// let id = AccountId::new(Timestamp::MIN, [0xFF; 10]);
    /// assert_eq!(id.to_string(), "00000000-0000-7fff-bfff-ffffffffffff");
    /// assert_eq!("00000000-0000-7fff-bfff-ffffffffffff".parse(), Ok(id));
    /// assert!("000000000000-7fff-bfff-ffffffffffff".parse::<AccountId>().is_err());
    /// ```
    AccountId;
    /// Names a group.
    GroupId;
    /// Names an operator.
    OperatorId;
    /// Names a login link.
    LinkId;
    /// Names a session.
    SessionId;
    /// Names an entry of the journal.
    EntryId;
    /// Names a request, so that its repetition is recognised.
    RequestId;
    /// Names a mail to be sent.
    MailId;
    /// Names a support order.
    OrderId;
    /// Names a conversation with support.
    ConversationId;
    /// Names one asking for a login link.
    AskId;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TEXT: &str = "0197a3c0-1234-7abc-8def-0123456789ab";

    #[test]
    fn is_read_from_its_text_and_from_json() {
        let id: GroupId = TEXT.parse().unwrap();
        assert_eq!(id.to_string(), TEXT);
        assert_eq!(format!("{id:?}"), format!("GroupId({TEXT})"));
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{TEXT}\""));
        assert_eq!(
            serde_json::from_str::<GroupId>(&format!("\"{TEXT}\"")).unwrap(),
            id
        );
        assert_eq!(TEXT.to_uppercase().parse(), Ok(id));
    }

    #[test]
    fn any_uuid_is_an_id() {
        for uuid in [Uuid::nil(), Uuid::max(), Uuid::from_u128(1)] {
            assert_eq!(*AccountId::from_uuid(uuid).as_uuid(), uuid);
            assert_eq!(uuid.to_string().parse(), Ok(AccountId::from_uuid(uuid)));
        }
    }

    #[test]
    fn other_spellings_of_a_uuid_are_refused() {
        let simple = TEXT.replace('-', "");
        for text in [
            "",
            &simple,
            &format!("{{{TEXT}}}"),
            &format!("urn:uuid:{TEXT}"),
            &format!("{TEXT} "),
            &TEXT.replace('a', "g"),
            &TEXT.replace("-7abc-", "7-abc-"),
            &"é".repeat(18),
        ] {
            assert_eq!(text.parse::<AccountId>(), Err(IdError(())), "{text}");
        }
        let error = serde_json::from_str::<AccountId>(&format!("\"{simple}\"")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("not an identifier: a UUID of 36 characters is expected")
        );
    }

    #[test]
    fn new_ones_sort_by_time_and_are_of_version_seven() {
        let early = LinkId::new(Timestamp::from_unix_micros(1_000).unwrap(), [0xFF; 10]);
        let late = LinkId::new(Timestamp::from_unix_micros(2_000).unwrap(), [0; 10]);
        assert!(early < late);
        let last = LinkId::new(Timestamp::MAX, [0; 10]);
        for id in [early, late, last] {
            assert_eq!(id.as_uuid().get_version(), Some(uuid::Version::SortRand));
            assert_eq!(id.as_uuid().get_variant(), uuid::Variant::RFC4122);
        }
        let stamp = last.as_uuid().get_timestamp().unwrap().to_unix().0;
        assert_eq!(
            i64::try_from(stamp).unwrap(),
            Timestamp::MAX.as_unix_millis() / 1_000
        );
    }

    #[test]
    fn each_random_bit_but_six_counts() {
        let zero = LinkId::new(Timestamp::MIN, [0; 10]);
        let counting = (0..80)
            .filter(|bit| {
                let mut random = [0; 10];
                random[bit / 8] = 1_u8 << (bit % 8);
                LinkId::new(Timestamp::MIN, random) != zero
            })
            .count();
        assert_eq!(counting, 74);
    }
}

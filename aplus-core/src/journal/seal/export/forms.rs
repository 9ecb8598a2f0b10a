//! The forms of values: one text for one value, and objects as objects.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// An object by the names of its members: a struct is read from an array too, in the order of its fields.
pub(super) fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<T, D::Error> {
    struct Members<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
        type Value = T;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(members))
        }
    }
    from.deserialize_map(Members(PhantomData))
}

/// A UUID in lower case with hyphens, and in no other way.
pub(super) mod uuid_text {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::{Serialize, Serializer};
    use uuid::Uuid;

    pub(super) fn parse<E: Error>(text: &str) -> Result<Uuid, E> {
        let uuid = Uuid::try_parse(text).ok();
        uuid.filter(|uuid| uuid.to_string() == text)
            .ok_or_else(|| E::custom("an id is 36 characters in lower case with hyphens"))
    }

    pub(in super::super) fn serialize<S: Serializer>(
        uuid: &Uuid,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        uuid.serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Uuid, D::Error> {
        parse(&String::deserialize(from)?)
    }
}

/// The same for an entry.
pub(super) mod entry_id {
    use serde::de::Deserializer;
    use serde::ser::Serializer;

    use super::uuid_text;
    use crate::EntryId;

    pub(in super::super) fn serialize<S: Serializer>(
        id: &EntryId,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        uuid_text::serialize(id.as_uuid(), to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<EntryId, D::Error> {
        uuid_text::deserialize(from).map(EntryId::from_uuid)
    }
}

/// The same where there may be none.
pub(super) mod optional_uuid {
    use serde::de::{Deserialize, Deserializer};
    use serde::ser::{Serialize, Serializer};
    use uuid::Uuid;

    use super::uuid_text;

    pub(in super::super) fn serialize<S: Serializer>(
        uuid: &Option<Uuid>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        uuid.serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Uuid>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| uuid_text::parse(&text)).transpose()
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(super) mod hex {
    use std::fmt::Write;

    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(in super::super) fn text(bytes: &[u8]) -> String {
        let mut text = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            // Into a string it always succeeds.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    pub(in super::super) fn parse(text: &str) -> Option<Vec<u8>> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let pairs = text.as_bytes().chunks(2);
        pairs
            .map(|pair| match *pair {
                [high, low] => Some(digit(high)? << 4 | digit(low)?),
                _ => None,
            })
            .collect()
    }

    pub(in super::super) fn serialize<S: Serializer>(
        bytes: &[u8],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(&text(bytes))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        parse(&text).ok_or_else(|| D::Error::custom("bytes are lower-case hexadecimal digits"))
    }
}

/// The same where there may be none.
pub(super) mod optional_hex {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    use super::hex;

    pub(in super::super) fn serialize<S: Serializer>(
        bytes: &Option<Vec<u8>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => to.serialize_some(&hex::text(bytes)),
            None => to.serialize_none(),
        }
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Vec<u8>>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| {
            hex::parse(&text)
                .ok_or_else(|| D::Error::custom("bytes are lower-case hexadecimal digits"))
        })
        .transpose()
    }
}

//! The bytes of an entry, so that another program can make them again.

use uuid::Uuid;

use super::ExportedEntry;
use crate::Author;
use crate::journal::StoredEntry;

/// What each entry's bytes begin with.
const LABEL: &[u8] = b"aplus/entry/1\0";

/// Stands for the length of what is not there.
const ABSENT: u32 = u32::MAX;

/// The canonical bytes of an entry, as it is stored: what its place in the tree is computed from.
///
/// They are the label `aplus/entry/1` and a zero byte, then eleven fields, each a length of four bytes, the most significant
/// first, and as many bytes; a field that is not there has the length 2³² − 1 and no bytes.
///
/// | field | bytes |
/// |---|---|
/// | 1 id | 16, as RFC 9562 writes them |
/// | 2 time | 8: microseconds since 1970, signed, the most significant byte first |
/// | 3 kind | UTF-8 |
/// | 4 author's kind | `account`, `operator` or `machine` |
/// | 5 author's id | 16, or not there for the machine |
/// | 6 account | 16, or not there |
/// | 7 group | 16, or not there |
/// | 8 details | UTF-8, exactly the text that is stored |
/// | 9 request | 16, or not there |
/// | 10 hash of the request | 32, or not there |
/// | 11 commitment to the erasable part | 32 |
///
/// The erasable part is not among them: it can be erased (T3), and the commitment stays.
#[must_use]
pub fn leaf_bytes(entry: &StoredEntry) -> Vec<u8> {
    let (author_kind, author) = match entry.author {
        Author::Account(id) => ("account", Some(*id.as_uuid())),
        Author::Operator(id) => ("operator", Some(*id.as_uuid())),
        Author::Machine => ("machine", None),
    };
    let (account, group) = (
        entry.account.map(|id| *id.as_uuid()),
        entry.group.map(|id| *id.as_uuid()),
    );
    let request = entry.request.map(|(id, hash)| (*id.as_uuid(), hash));
    canonical([
        Some(entry.id.as_uuid().as_bytes()),
        Some(&entry.at.as_unix_micros().to_be_bytes()),
        Some(entry.kind.as_bytes()),
        Some(author_kind.as_bytes()),
        id(author.as_ref()),
        id(account.as_ref()),
        id(group.as_ref()),
        Some(entry.details.as_bytes()),
        id(request.as_ref().map(|(id, _)| id)),
        request.as_ref().map(|(_, hash)| hash.0.as_slice()),
        Some(&entry.commitment.0),
    ])
}

/// The same of an entry as its columns were exported, whatever somebody put into them.
pub(super) fn exported_leaf_bytes(entry: &ExportedEntry) -> Vec<u8> {
    canonical([
        Some(entry.id.as_bytes()),
        Some(&entry.at.to_be_bytes()),
        Some(entry.kind.as_bytes()),
        Some(entry.author_kind.as_bytes()),
        id(entry.author_id.as_ref()),
        id(entry.account_id.as_ref()),
        id(entry.group_id.as_ref()),
        Some(entry.details.as_bytes()),
        id(entry.request_id.as_ref()),
        entry.body_hash.as_deref(),
        Some(&entry.commitment),
    ])
}

fn id(uuid: Option<&Uuid>) -> Option<&[u8]> {
    uuid.map(|uuid| uuid.as_bytes().as_slice())
}

fn canonical(fields: [Option<&[u8]>; 11]) -> Vec<u8> {
    let mut bytes = LABEL.to_vec();
    for value in fields {
        // No column is near four gigabytes; a length that does not fit would only fail the check.
        let length = value.map_or(ABSENT, |it| u32::try_from(it.len()).unwrap_or(ABSENT - 1));
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(value.unwrap_or_default());
    }
    bytes
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::journal::{BodyHash, Commitment};
    use crate::{AccountId, EntryId, GroupId, OperatorId, RequestId, Timestamp};

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn entry() -> StoredEntry {
        StoredEntry {
            id: EntryId::from_uuid(id(1)),
            at: Timestamp::from_unix_micros(1_800_000_000_000_001).unwrap(),
            kind: "account_deactivated".to_owned(),
            author: Author::Operator(OperatorId::from_uuid(id(2))),
            account: Some(AccountId::from_uuid(id(3))),
            group: None,
            details: "{\"by_support\":true}".to_owned(),
            request: Some((RequestId::from_uuid(id(4)), BodyHash([5; 32]))),
            erasable: Some("{}".to_owned()),
            commitment: Commitment([6; 32]),
        }
    }

    #[test]
    fn what_is_exported_has_the_same_bytes() {
        let without = StoredEntry {
            request: None,
            author: Author::Machine,
            ..entry()
        };
        for entry in [entry(), without] {
            let exported = ExportedEntry::of(&entry, None);
            assert_eq!(exported_leaf_bytes(&exported), leaf_bytes(&entry));
        }
    }

    #[test]
    fn the_bytes_are_as_they_are_described() {
        let bytes = leaf_bytes(&entry());
        let mut expected = b"aplus/entry/1\0".to_vec();
        for field in [
            Some(id(1).as_bytes().to_vec()),
            Some(1_800_000_000_000_001_i64.to_be_bytes().to_vec()),
            Some(b"account_deactivated".to_vec()),
            Some(b"operator".to_vec()),
            Some(id(2).as_bytes().to_vec()),
            Some(id(3).as_bytes().to_vec()),
            None,
            Some(b"{\"by_support\":true}".to_vec()),
            Some(id(4).as_bytes().to_vec()),
            Some(vec![5; 32]),
            Some(vec![6; 32]),
        ] {
            match field {
                None => expected.extend_from_slice(&[255; 4]),
                Some(value) => {
                    expected.extend_from_slice(&u32::try_from(value.len()).unwrap().to_be_bytes());
                    expected.extend_from_slice(&value);
                }
            }
        }
        assert_eq!(bytes, expected);
    }

    #[test]
    fn each_column_counts_and_the_erasable_part_does_not() {
        let before = leaf_bytes(&entry());
        let changes: [fn(&mut StoredEntry); 11] = [
            |it| it.id = EntryId::from_uuid(id(9)),
            |it| it.at = Timestamp::from_unix_micros(1_800_000_000_000_002).unwrap(),
            |it| it.kind.push('x'),
            |it| it.author = Author::Account(AccountId::from_uuid(id(2))),
            |it| it.author = Author::Machine,
            |it| it.account = None,
            |it| it.group = Some(GroupId::from_uuid(id(3))),
            |it| it.details.push(' '),
            |it| it.request = None,
            |it| it.request = Some((RequestId::from_uuid(id(4)), BodyHash([7; 32]))),
            |it| it.commitment = Commitment([7; 32]),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut changed = entry();
            change(&mut changed);
            assert_ne!(leaf_bytes(&changed), before, "change {number}");
        }
        let erased = StoredEntry {
            erasable: None,
            ..entry()
        };
        assert_eq!(leaf_bytes(&erased), before);
    }

    #[test]
    fn what_moves_from_one_column_to_the_next_is_seen() {
        let mut swapped = entry();
        swapped.group = swapped.account.map(|it| GroupId::from_uuid(*it.as_uuid()));
        swapped.account = None;
        assert_ne!(leaf_bytes(&swapped), leaf_bytes(&entry()));
        let mut shifted = entry();
        shifted.kind = "account_deactivate".to_owned();
        assert_ne!(leaf_bytes(&shifted).len(), leaf_bytes(&entry()).len());
    }
}

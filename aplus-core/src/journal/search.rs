//! Which entries are wanted, and from where a list of them goes on.

use std::fmt;
use std::str::FromStr;

use super::StoredEntry;
use crate::{AccountId, Author, EntryId, GroupId, Timestamp};

/// Which entries are wanted: those that fit all that is said. Nothing said is the whole journal.
///
/// Each of these alone, with or without bounds of time, is read from an index of its own: a page costs its own lines,
/// however long the journal is. Of `account`, `author`, `group` and `kind` together the first one said, in this order,
/// leads: its entries are walked from the newest, and the others are asked of each. A page walks
/// [`EntryFilter::WALK`] of them at most; what it found then may be fewer than were asked for, or none, and its `next` still
/// says where it goes on. Bounds of time cost nothing: every index is in the order of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// The account that it is about.
    pub account: Option<AccountId>,
    /// The group that it is about.
    pub group: Option<GroupId>,
    /// Who did it.
    pub author: Option<Author>,
    /// What happened: one of [`Event::KINDS`](super::Event::KINDS).
    pub kind: Option<&'static str>,
    /// Not before this.
    pub from: Option<Timestamp>,
    /// Before this.
    pub until: Option<Timestamp>,
}

impl EntryFilter {
    /// How many entries one page looks at, at most, where several filters meet.
    pub const WALK: u32 = 500;

    /// Whether an entry is wanted.
    #[must_use]
    pub fn fits(&self, entry: &StoredEntry) -> bool {
        let wanted = |wanted: bool, is: bool| !wanted || is;
        wanted(self.account.is_some(), entry.account == self.account)
            && wanted(self.group.is_some(), entry.group == self.group)
            && wanted(self.author.is_some(), Some(entry.author) == self.author)
            && self.kind.is_none_or(|kind| entry.kind == kind)
            && self.from.is_none_or(|from| entry.at >= from)
            && self.until.is_none_or(|until| entry.at < until)
    }

    /// How many entries of what leads a page of `limit` looks at: one more than it shows where nothing but the one filter
    /// decides, [`EntryFilter::WALK`] where several meet.
    #[must_use]
    pub fn walk(&self, limit: u32) -> u32 {
        let said = [
            self.account.is_some(),
            self.group.is_some(),
            self.author.is_some(),
            self.kind.is_some(),
        ];
        let said = said.into_iter().filter(|said| *said).count();
        let page = limit.saturating_add(1);
        if said > 1 { page.max(Self::WALK) } else { page }
    }

    /// Before which place a page begins: the later of the end of the time that is wanted and of where the page before it
    /// ended, as microseconds and the bytes of an id. Nothing is at or after it.
    #[must_use]
    pub fn begins_before(&self, before: Option<EntryPosition>) -> (i64, uuid::Uuid) {
        let cursor = before.map_or((i64::MAX, uuid::Uuid::max()), |before| {
            (before.at.as_unix_micros(), *before.id.as_uuid())
        });
        let until = self.until.map_or(i64::MAX, |until| until.as_unix_micros());
        if until <= cursor.0 && self.until.is_some() {
            (until, uuid::Uuid::nil())
        } else {
            cursor
        }
    }
}

/// The place of an entry in the order of time: when, and of one moment by its id. What a list gives as `next`.
///
/// ```
/// use aplus_core::journal::EntryPosition;
///
/// let position: EntryPosition = "1772442000000000.019cadc6-9a80-75ef-88b4-f6474a289778".parse()?;
/// assert_eq!(position.at.to_string(), "2026-03-02T09:00:00Z");
/// assert_eq!(position.to_string(), "1772442000000000.019cadc6-9a80-75ef-88b4-f6474a289778");
/// # Ok::<(), aplus_core::journal::PositionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryPosition {
    /// When it was written.
    pub at: Timestamp,
    /// Which it is.
    pub id: EntryId,
}

impl StoredEntry {
    /// Its place in the order of time.
    #[must_use]
    pub fn position(&self) -> EntryPosition {
        let Self { at, id, .. } = self;
        EntryPosition { at: *at, id: *id }
    }
}

impl fmt::Display for EntryPosition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.at.as_unix_micros(), self.id)
    }
}

/// A text that is no place of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the place of an entry: microseconds, a full stop and a UUID are expected")]
pub struct PositionError(());

impl FromStr for EntryPosition {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        let (at, id) = text.split_once('.').ok_or(PositionError(()))?;
        let at: i64 = at.parse().map_err(|_| PositionError(()))?;
        Ok(Self {
            at: Timestamp::from_unix_micros(at).map_err(|_| PositionError(()))?,
            id: id.parse().map_err(|_| PositionError(()))?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use uuid::Uuid;

    fn position(at: i64, id: u128) -> EntryPosition {
        EntryPosition {
            at: Timestamp::from_unix_micros(at).unwrap(),
            id: EntryId::from_uuid(Uuid::from_u128(id)),
        }
    }

    #[test]
    fn a_place_is_read_from_its_text_and_nothing_else_is() {
        for place in [position(0, 0), position(1_772_442_000_000_000, u128::MAX)] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        let id = Uuid::nil();
        for bad in [
            String::new(),
            "1".to_owned(),
            format!("{id}"),
            format!(".{id}"),
            format!("x.{id}"),
            format!("-1.{id}"),
            "1.2".to_owned(),
            format!("{}.{id}", u64::MAX),
        ] {
            assert_eq!(
                bad.parse::<EntryPosition>(),
                Err(PositionError(())),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_page_begins_before_the_earlier_of_its_two_bounds() {
        let until = |at| EntryFilter {
            until: Some(Timestamp::from_unix_micros(at).unwrap()),
            ..EntryFilter::default()
        };
        let (nil, id) = (Uuid::nil(), Uuid::from_u128(5));
        let all = EntryFilter::default();
        assert_eq!(all.begins_before(None), (i64::MAX, Uuid::max()));
        assert_eq!(all.begins_before(Some(position(7, 5))), (7, id));
        assert_eq!(until(7).begins_before(None), (7, nil));
        assert_eq!(until(7).begins_before(Some(position(6, 5))), (6, id));
        // Of the moment itself nothing is wanted, whatever its id.
        assert_eq!(until(7).begins_before(Some(position(7, 5))), (7, nil));
        assert_eq!(until(7).begins_before(Some(position(8, 5))), (7, nil));
    }

    #[test]
    fn only_filters_that_meet_are_walked_for() {
        let group = Some(GroupId::from_uuid(Uuid::nil()));
        let one = EntryFilter {
            group,
            from: Some(Timestamp::MIN),
            until: Some(Timestamp::MAX),
            ..EntryFilter::default()
        };
        assert_eq!((one.walk(50), EntryFilter::default().walk(50)), (51, 51));
        let two = EntryFilter {
            kind: Some("looked"),
            ..one
        };
        assert_eq!((two.walk(50), two.walk(2_000)), (500, 2_001));
    }
}

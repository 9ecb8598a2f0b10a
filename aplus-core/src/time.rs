//! Instants, in whole microseconds: what every store can keep without loss.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::text::serde_as_text;

/// An instant in whole microseconds, from 1970-01-01T00:00:00Z to 9999-12-30T22:00:00.999999Z.
///
/// The upper bound leaves an instant a date of four digits at every offset. Written as RFC 3339 in UTC, with six digits
/// of fraction or none; read at any offset, anything finer than a microsecond being cut.
///
/// ```
/// use aplus_core::Timestamp;
/// use std::time::Duration;
///
/// let noon: Timestamp = "2026-03-02T13:00:00+01:00".parse()?;
/// assert_eq!(noon.to_string(), "2026-03-02T12:00:00Z");
/// let later = noon.saturating_add(Duration::from_millis(1_500));
/// assert_eq!(later.to_string(), "2026-03-02T12:00:01.500000Z");
/// assert!("2026-03-02 12:00".parse::<Timestamp>().is_err());
/// # Ok::<(), aplus_core::TimestampError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Why an instant was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TimestampError {
    /// Earlier or later than any [`Timestamp`].
    #[error("an instant from 1970-01-01T00:00:00Z to 9999-12-30T22:00:00.999999Z is expected")]
    OutOfRange,
    /// Not a date and time of RFC 3339.
    #[error("not an instant: RFC 3339 is expected, such as 2026-03-02T12:00:00Z")]
    Format,
}

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const MIN: Self = Self(0);
    /// 9999-12-30T22:00:00.999999Z.
    pub const MAX: Self = Self(253_402_207_200_999_999);

    /// The instant so many microseconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`TimestampError::OutOfRange`] unless it is [`MIN`](Self::MIN) to [`MAX`](Self::MAX).
    pub const fn from_unix_micros(micros: i64) -> Result<Self, TimestampError> {
        if micros >= Self::MIN.0 && micros <= Self::MAX.0 {
            Ok(Self(micros))
        } else {
            Err(TimestampError::OutOfRange)
        }
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_unix_micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_unix_millis(self) -> i64 {
        self.0 / 1_000
    }

    /// The instant of a system clock, cut to microseconds.
    ///
    /// # Errors
    /// [`TimestampError::OutOfRange`] unless it is [`MIN`](Self::MIN) to [`MAX`](Self::MAX).
    pub fn from_system_time(time: SystemTime) -> Result<Self, TimestampError> {
        let since = time
            .duration_since(UNIX_EPOCH)
            .map_err(|_| TimestampError::OutOfRange)?;
        let micros = i64::try_from(since.as_micros()).map_err(|_| TimestampError::OutOfRange)?;
        Self::from_unix_micros(micros)
    }

    /// The instant for a system clock.
    #[must_use]
    pub fn to_system_time(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_micros(self.0.unsigned_abs())
    }

    /// The instant `duration` later, cut to microseconds; [`MAX`](Self::MAX) if that is later still.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        self.0
            .checked_add(micros)
            .map_or(Self::MAX, |sum| Self(sum).min(Self::MAX))
    }

    /// The instant `duration`, cut to microseconds, earlier; [`MIN`](Self::MIN) if that is earlier still.
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0 - micros).max(Self::MIN)
    }

    /// The instant so many calendar months earlier, in UTC: the same day and hour, or the last day of a month that is
    /// shorter; [`MIN`](Self::MIN) if that is earlier still.
    ///
    /// ```
    /// use aplus_core::Timestamp;
    ///
    /// let at = |text: &str| text.parse::<Timestamp>();
    /// assert_eq!(at("2028-02-29T12:00:00Z")?.months_before(12), at("2027-02-28T12:00:00Z")?);
    /// assert_eq!(at("2026-08-31T12:00:00Z")?.months_before(6), at("2026-02-28T12:00:00Z")?);
    /// # Ok::<(), aplus_core::TimestampError>(())
    /// ```
    #[must_use]
    pub fn months_before(self, months: u8) -> Self {
        let before = jiff::Span::new()
            .try_months(months)
            .and_then(|span| Offset::UTC.to_datetime(self.to_jiff()).checked_sub(span))
            .and_then(|datetime| Offset::UTC.to_timestamp(datetime));
        before
            .ok()
            .and_then(|instant| Self::from_unix_micros(instant.as_microsecond()).ok())
            .unwrap_or(Self::MIN)
    }

    /// The time from `earlier` to this instant; zero if `earlier` is in fact later.
    #[must_use]
    pub fn duration_since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    pub(crate) fn to_jiff(self) -> jiff::Timestamp {
        let (second, micros) = (self.0 / 1_000_000, self.0 % 1_000_000);
        // Always one of jiff's: MAX is jiff's own, to which a test holds it.
        i32::try_from(micros * 1_000)
            .ok()
            .and_then(|nanos| jiff::Timestamp::new(second, nanos).ok())
            .unwrap_or(jiff::Timestamp::MAX)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = self.to_jiff();
        if self.0 % 1_000_000 == 0 {
            write!(formatter, "{instant:.0}")
        } else {
            write!(formatter, "{instant:.6}")
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Timestamp({self})")
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (seconds, offset, micros) = split(text).ok_or(TimestampError::Format)?;
        let datetime: DateTime = seconds.parse().map_err(|_| TimestampError::Format)?;
        let instant = offset
            .to_timestamp(datetime)
            .map_err(|_| TimestampError::OutOfRange)?;
        // The fraction is added here, so that it is cut towards the past on both sides of 1970.
        Self::from_unix_micros(instant.as_microsecond() + micros)
    }
}

serde_as_text!(Timestamp);

/// Splits an RFC 3339 text into its date and time, its offset and the microseconds of its fraction.
///
/// jiff alone would also read ISO 8601's shorter forms and time zones in brackets, and refuse a tenth digit.
fn split(text: &str) -> Option<(&str, Offset, i64)> {
    let (seconds, rest) = text.split_at_checked(19)?;
    let (micros, zone) = match rest.strip_prefix('.') {
        Some(rest) => {
            let (digits, zone) = rest.split_at(rest.find(|next: char| !next.is_ascii_digit())?);
            if digits.is_empty() {
                return None;
            }
            (format!("{digits:0<6}").get(..6)?.parse().ok()?, zone)
        }
        None => (0, rest),
    };
    let is_shaped = has_shape(seconds, "0000-00-00T00:00:00");
    if is_shaped {
        Some((seconds, offset(zone)?, micros))
    } else {
        None
    }
}

fn offset(zone: &str) -> Option<Offset> {
    if has_shape(zone, "Z") {
        return Some(Offset::UTC);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let is_offset = has_shape(zone, "+00:00") && hours < 24 && minutes < 60;
    if is_offset {
        Offset::from_seconds(sign * (hours * 60 + minutes) * 60).ok()
    } else {
        None
    }
}

/// Whether `text` has a digit where `shape` has `0`, a sign where it has `+`, and the same letter or mark elsewhere.
fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text
            .bytes()
            .zip(shape.bytes())
            .all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                b'+' => matches!(byte, b'+' | b'-'),
                _ => byte.eq_ignore_ascii_case(&shape),
            })
}

#[cfg(test)]
mod tests;

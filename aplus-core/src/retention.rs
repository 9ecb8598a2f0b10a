//! For how long personal data is kept (T3, T4), with unit, default, bounds and reason.

use std::time::Duration;

use crate::text::{line, text_type};
use crate::{Lifetimes, Timestamp};

/// It is still the day before somewhere in France, and the clocks of two machines are never quite the same: what is due is
/// erased this much later.
const GRACE: Duration = Duration::from_secs(24 * 60 * 60);

text_type! {
    /// Why a host keeps network addresses, browsers and free text in the journal for more than 12 months: 1 to 500
    /// characters that can be seen (T3). Each entry that says what was erased carries it.
    RetentionReason, "retention_reason", line, 500
}

/// For how long personal data is kept.
///
/// | what | default | bounds | rule |
/// |---|---|---|---|
/// | network addresses, browsers and free text in the journal | 12 months | 6 to 36 months, above 12 with a reason | T3 |
/// | an account's address and details, from its last use | 24 months | 6 to 60 months | T4 |
/// | what was said in a conversation with support, from its last message | 12 months | the same for every host | T4 |
///
/// What is known of an account's last use is its last log-in, or its creation if nobody ever logged into it. The session that
/// began then may have been used for as long as a session [may last](Lifetimes::session): accounts go that much later.
///
/// A month is one of the calendar, in UTC: what was written on 31 August is six months old on the last day of February.
/// Nothing is erased early: what is due goes a day after that, since it is still the day before somewhere in France, and
/// the clocks of two machines differ. Stores refuse by themselves to erase what is younger than the
/// [least](Self::LEAST_MONTHS) setting, by the clock of the database where it has one.
///
/// ```
/// use aplus_core::{Retention, RetentionReason};
///
/// let reason = RetentionReason::parse("enquête administrative en cours, décision du 3 mars")?;
/// let retention = Retention::default().with_accounts(36)?.with_journal_for(24, reason)?;
/// assert_eq!((retention.journal(), retention.accounts()), (24, 36));
/// assert!(Retention::default().with_journal(24).is_err(), "above 12 a reason is due");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Retention {
    journal: u8,
    reason: Option<RetentionReason>,
    accounts: u8,
}

/// A number of months outside its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be {least} to {most} months, not {given}")]
pub struct RetentionError {
    what: &'static str,
    least: u8,
    most: u8,
    given: u8,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            journal: 12,
            reason: None,
            accounts: 24,
        }
    }
}

fn within(what: &'static str, given: u8, least: u8, most: u8) -> Result<u8, RetentionError> {
    if (least..=most).contains(&given) {
        Ok(given)
    } else {
        Err(RetentionError {
            what,
            least,
            most,
            given,
        })
    }
}

impl Retention {
    /// No host can have anything erased that is younger than this many months: support and inquiries need it.
    pub const LEAST_MONTHS: u8 = 6;

    /// So many months after its last message a conversation with support loses its texts (T4).
    pub const CONVERSATION_MONTHS: u8 = 12;

    /// Sets after how many months network addresses, browsers and free text go from the journal, without a reason.
    ///
    /// # Errors
    /// Unless `months` is 6 to 12: above it a reason is due, by [`with_journal_for`](Self::with_journal_for).
    pub fn with_journal(self, months: u8) -> Result<Self, RetentionError> {
        let what = "the time that the journal keeps what can be erased, without a reason,";
        Ok(Self {
            journal: within(what, months, Self::LEAST_MONTHS, 12)?,
            reason: None,
            ..self
        })
    }

    /// The same with a reason, which each erasure's entry carries.
    ///
    /// # Errors
    /// Unless `months` is 6 to 36.
    pub fn with_journal_for(
        self,
        months: u8,
        reason: RetentionReason,
    ) -> Result<Self, RetentionError> {
        let what = "the time that the journal keeps what can be erased";
        Ok(Self {
            journal: within(what, months, Self::LEAST_MONTHS, 36)?,
            reason: Some(reason),
            ..self
        })
    }

    /// Sets how many months after its last use an account loses its address and details.
    ///
    /// # Errors
    /// Unless `months` is 6 to 60.
    pub fn with_accounts(self, months: u8) -> Result<Self, RetentionError> {
        let what = "the time that accounts keep address and details after their last use";
        Ok(Self {
            accounts: within(what, months, Self::LEAST_MONTHS, 60)?,
            ..self
        })
    }

    /// After how many months network addresses, browsers and free text go from the journal (T3).
    #[must_use]
    pub fn journal(&self) -> u8 {
        self.journal
    }

    /// Why the journal keeps them for so long.
    #[must_use]
    pub fn reason(&self) -> Option<&RetentionReason> {
        self.reason.as_ref()
    }

    /// How many months after its last use an account loses its address and details (T4).
    #[must_use]
    pub fn accounts(&self) -> u8 {
        self.accounts
    }

    /// At `now`, the erasable parts of entries that were written before this instant go (T3).
    #[must_use]
    pub fn journal_before(&self, now: Timestamp) -> Timestamp {
        now.months_before(self.journal).saturating_sub(GRACE)
    }

    /// At `now`, conversations whose last message was written before this instant lose their texts (T4).
    #[must_use]
    pub fn conversations_before(&self, now: Timestamp) -> Timestamp {
        now.months_before(Self::CONVERSATION_MONTHS)
            .saturating_sub(GRACE)
    }

    /// At `now`, accounts whose last log-in or creation was before this instant lose their address and details (T4): a
    /// session that began then had ended, at the latest, so many months ago.
    #[must_use]
    pub fn accounts_before(&self, lifetimes: &Lifetimes, now: Timestamp) -> Timestamp {
        now.months_before(self.accounts)
            .saturating_sub(GRACE)
            .saturating_sub(lifetimes.session(false))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_bound_holds_to_the_month() {
        let kept = Retention::default;
        let reason = || RetentionReason::parse("enquête").unwrap();
        for (months, plain, with_reason, accounts) in [
            (0, false, false, false),
            (5, false, false, false),
            (6, true, true, true),
            (12, true, true, true),
            (13, false, true, true),
            (36, false, true, true),
            (37, false, false, true),
            (60, false, false, true),
            (61, false, false, false),
        ] {
            assert_eq!(kept().with_journal(months).is_ok(), plain, "{months}");
            let longer = kept().with_journal_for(months, reason());
            assert_eq!(longer.is_ok(), with_reason, "{months}");
            assert_eq!(kept().with_accounts(months).is_ok(), accounts, "{months}");
        }
        assert!(RetentionReason::parse("").is_err());
        assert!(RetentionReason::parse(&"x".repeat(500)).is_ok());
        assert!(RetentionReason::parse(&"x".repeat(501)).is_err());
    }

    #[test]
    fn the_error_names_what_and_the_bounds() {
        let error = Retention::default().with_accounts(61).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the time that accounts keep address and details after their last use must be 6 to 60 months, not 61"
        );
    }

    #[test]
    fn a_reason_goes_with_the_setting_that_needs_it() {
        let reason = RetentionReason::parse("enquête").unwrap();
        let longer = Retention::default().with_journal_for(24, reason).unwrap();
        assert!(longer.reason().is_some());
        assert_eq!(longer.with_journal(12).unwrap(), Retention::default());
    }

    #[test]
    fn an_account_that_a_long_session_used_is_not_emptied_early() {
        let day = Duration::from_secs(24 * 60 * 60);
        let logged_in: Timestamp = "2027-03-02T12:00:00Z".parse().unwrap();
        let lifetimes = Lifetimes::default().with_session(day * 30, day).unwrap();
        // The last use that this log-in allowed was on 1 April.
        let due: Timestamp = "2029-04-02T12:00:00Z".parse().unwrap();
        let kept = Retention::default();
        assert_eq!(kept.accounts_before(&lifetimes, due), logged_in, "not yet");
        let later = due.saturating_add(Duration::from_micros(1));
        assert!(kept.accounts_before(&lifetimes, later) > logged_in);
    }

    /// Whenever it is asked, the last that goes was written so many calendar months and a day ago at least; and nothing is
    /// kept for longer than that and three days more, the most by which a month is shorter than another.
    #[test]
    fn nothing_goes_early_on_any_day_of_four_years() {
        let (hour, day) = (Duration::from_secs(3_600), GRACE);
        let months_later = |at: Timestamp, months: u8| {
            let datetime = jiff::tz::Offset::UTC.to_datetime(at.to_jiff());
            let span = jiff::Span::new().months(months);
            let later = jiff::tz::Offset::UTC.to_timestamp(datetime.checked_add(span).unwrap());
            Timestamp::from_unix_micros(later.unwrap().as_microsecond()).unwrap()
        };
        let start: Timestamp = "2027-01-01T00:30:00Z".parse().unwrap();
        for number in 0..4 * 366 {
            let now = start.saturating_add(day * number + hour * (number % 24));
            for months in [6, 12, 24] {
                let reason = RetentionReason::parse("enquête").unwrap();
                let kept = Retention::default().with_journal_for(months, reason);
                let before = kept.unwrap().journal_before(now);
                let last = before.saturating_sub(Duration::from_micros(1));
                assert!(months_later(last, months).saturating_add(day) <= now);
                assert!(months_later(before, months).saturating_add(day * 4) >= now);
            }
        }
    }
}

//! The French working calendar, by which the acknowledgement of a request says when support usually answers (S2).
//!
//! Days are those of the calendar on the wall: no I/O, no time zone, no clock.

use jiff::civil::{Date, DateTime, Weekday, date};
use jiff::{Error, ToSpan};

/// From this hour on (18:00) a request counts as one of the next working day.
const EVENING: i8 = 18;

/// Within how many working days support usually answers (S2).
const USUAL_DAYS: u8 = 2;

/// A public holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the day that bears its name")]
pub enum Holiday {
    NewYear,
    EasterMonday,
    LabourDay,
    Victory1945,
    Ascension,
    WhitMonday,
    BastilleDay,
    Assumption,
    AllSaints,
    Armistice1918,
    Christmas,
    /// Alsace and Moselle alone.
    GoodFriday,
    /// 26 December: Alsace and Moselle alone.
    SaintStephen,
    /// Overseas, each territory on its own day.
    AbolitionOfSlavery,
}

/// Where support works: what is a holiday there beside those of all of France. A host's setting (S2).
///
/// | territory | also a holiday |
/// |---|---|
/// | Alsace and Moselle | Good Friday, 26 December (article L3134-13 of the Code du travail; Good Friday counts in each commune here) |
/// | Guadeloupe | 27 May |
/// | Martinique | 22 May |
/// | Guyane | 10 June |
/// | La Réunion | 20 December |
/// | Mayotte | 27 April |
/// | Saint-Barthélemy | 9 October |
/// | Saint-Martin | 28 May |
///
/// The overseas days are those of the abolition of slavery (article L3422-2 of the Code du travail).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the territory that bears its name")]
pub enum Territory {
    /// All of France but for what follows.
    #[default]
    Metropole,
    AlsaceMoselle,
    Guadeloupe,
    Martinique,
    Guyane,
    Reunion,
    Mayotte,
    SaintBarthelemy,
    SaintMartin,
}

impl Territory {
    /// Every territory.
    pub const ALL: [Self; 9] = [
        Self::Metropole,
        Self::AlsaceMoselle,
        Self::Guadeloupe,
        Self::Martinique,
        Self::Guyane,
        Self::Reunion,
        Self::Mayotte,
        Self::SaintBarthelemy,
        Self::SaintMartin,
    ];

    /// Month and day of the abolition of slavery, where it is a holiday.
    fn abolition(self) -> Option<(i8, i8)> {
        match self {
            Self::Metropole | Self::AlsaceMoselle => None,
            Self::Guadeloupe => Some((5, 27)),
            Self::Martinique => Some((5, 22)),
            Self::Guyane => Some((6, 10)),
            Self::Reunion => Some((12, 20)),
            Self::Mayotte => Some((4, 27)),
            Self::SaintBarthelemy => Some((10, 9)),
            Self::SaintMartin => Some((5, 28)),
        }
    }
}

/// Which days are worked: Monday to Friday, but for the public holidays of a territory.
///
/// ```
/// use aplus_core::calendar::{Holiday, Territory, WorkingCalendar};
/// use jiff::civil::date;
///
/// let calendar = WorkingCalendar::new(Territory::Metropole);
/// assert_eq!(calendar.holiday(date(2026, 4, 6)), Some(Holiday::EasterMonday));
/// assert!(!calendar.is_working_day(date(2026, 4, 6)));
/// assert!(calendar.is_working_day(date(2026, 4, 3)), "Good Friday is one of Alsace and Moselle");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct WorkingCalendar {
    territory: Territory,
}

impl WorkingCalendar {
    /// The calendar of a territory.
    #[must_use]
    pub const fn new(territory: Territory) -> Self {
        Self { territory }
    }

    /// Whose calendar it is.
    #[must_use]
    pub const fn territory(self) -> Territory {
        self.territory
    }

    /// The holidays of a year of the Gregorian calendar, in their order. Two may fall on one day, such as the Ascension on 1 May
    /// 2008.
    #[must_use]
    pub fn holidays(self, year: i16) -> Vec<(Date, Holiday)> {
        let mut days = self.days_of(year).unwrap_or_default();
        days.sort_unstable();
        days
    }

    fn days_of(self, year: i16) -> Result<Vec<(Date, Holiday)>, Error> {
        let easter = easter_sunday(year)?;
        let mut days = vec![
            (Date::new(year, 1, 1)?, Holiday::NewYear),
            (easter.checked_add(1.day())?, Holiday::EasterMonday),
            (Date::new(year, 5, 1)?, Holiday::LabourDay),
            (Date::new(year, 5, 8)?, Holiday::Victory1945),
            (easter.checked_add(39.days())?, Holiday::Ascension),
            (easter.checked_add(50.days())?, Holiday::WhitMonday),
            (Date::new(year, 7, 14)?, Holiday::BastilleDay),
            (Date::new(year, 8, 15)?, Holiday::Assumption),
            (Date::new(year, 11, 1)?, Holiday::AllSaints),
            (Date::new(year, 11, 11)?, Holiday::Armistice1918),
            (Date::new(year, 12, 25)?, Holiday::Christmas),
        ];
        if self.territory == Territory::AlsaceMoselle {
            days.push((easter.checked_sub(2.days())?, Holiday::GoodFriday));
            days.push((Date::new(year, 12, 26)?, Holiday::SaintStephen));
        }
        if let Some((month, day)) = self.territory.abolition() {
            days.push((Date::new(year, month, day)?, Holiday::AbolitionOfSlavery));
        }
        Ok(days)
    }

    /// The holiday of a day, if it is one; of two on one day the first of [`Holiday`].
    #[must_use]
    pub fn holiday(self, day: Date) -> Option<Holiday> {
        let mut days = self.holidays(day.year()).into_iter();
        days.find(|(holiday, _)| *holiday == day)
            .map(|(_, name)| name)
    }

    /// Whether support works on a day: no Saturday, no Sunday, no holiday.
    #[must_use]
    pub fn is_working_day(self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        !weekend && self.holiday(day).is_none()
    }

    /// The next working day after a day.
    fn next_working_day(self, day: Date) -> Date {
        let mut next = day;
        // No ten days in a row are holidays or weekends; at the end of all dates it stays there.
        for _ in 0..10 {
            next = next.tomorrow().unwrap_or(next);
            if self.is_working_day(next) {
                break;
            }
        }
        next
    }

    /// The day by which support usually answers what was asked at a day and hour of its own place: the second working day after
    /// the one on which it counts as asked. It is no promise (S2).
    ///
    /// What comes on a working day before 18:00 counts as asked on that day; what comes in the evening, from 18:00 on, on a
    /// Saturday, a Sunday or a holiday, counts as asked on the next working day.
    ///
    /// ```
    /// use aplus_core::calendar::{Territory, WorkingCalendar};
    /// use jiff::civil::date;
    ///
    /// let calendar = WorkingCalendar::default();
    /// // A Thursday: Friday is the first working day, Monday the second.
    /// assert_eq!(calendar.usual_answer(date(2026, 3, 5).at(10, 0, 0, 0)), date(2026, 3, 9));
    /// // That Thursday's evening counts as Friday, and a Saturday as Monday.
    /// assert_eq!(calendar.usual_answer(date(2026, 3, 5).at(18, 0, 0, 0)), date(2026, 3, 10));
    /// assert_eq!(calendar.usual_answer(date(2026, 3, 7).at(10, 0, 0, 0)), date(2026, 3, 11));
    /// ```
    #[must_use]
    pub fn usual_answer(self, asked_at: DateTime) -> Date {
        let day = asked_at.date();
        let mut answer = match self.is_working_day(day) && asked_at.hour() < EVENING {
            true => day,
            false => self.next_working_day(day),
        };
        for _ in 0..USUAL_DAYS {
            answer = self.next_working_day(answer);
        }
        answer
    }
}

/// Easter by the Gregorian computus, in the form of Meeus, Jones and Butcher, which has no exceptions.
fn easter_sunday(year: i16) -> Result<Date, Error> {
    let year_number = i32::from(year);
    let golden = year_number.rem_euclid(19);
    let (century, of_century) = (year_number.div_euclid(100), year_number.rem_euclid(100));
    let moved = (century + 8).div_euclid(25);
    let corrected = (century - moved + 1).div_euclid(3);
    let epact = (19 * golden + century - century.div_euclid(4) - corrected + 15).rem_euclid(30);
    let weekday = (32 + 2 * century.rem_euclid(4) + 2 * of_century.div_euclid(4)
        - epact
        - of_century.rem_euclid(4))
    .rem_euclid(7);
    let late = (golden + 11 * epact + 22 * weekday).div_euclid(451);
    // Days from 22 March on, the earliest Easter.
    let after = epact + weekday - 7 * late;
    date(year, 3, 22).checked_add(after.days())
}

/// A day as its text, `2026-03-09`, wherever one is kept.
#[cfg(feature = "service")]
pub(crate) mod as_text {
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(day)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Date, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;

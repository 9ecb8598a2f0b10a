//! Against the published lists, written by hand.

use jiff::civil::{Date, date};

use super::*;

/// The holidays that move, of metropolitan France, as they are published (service-public.fr): Easter Monday, Ascension, Whit
/// Monday; and Good Friday of Alsace and Moselle. Month and day.
#[rustfmt::skip]
const MOVING: [(i16, [(i8, i8); 4]); 12] = [
    (2024, [(4, 1),  (5, 9),  (5, 20), (3, 29)]),
    (2025, [(4, 21), (5, 29), (6, 9),  (4, 18)]),
    (2026, [(4, 6),  (5, 14), (5, 25), (4, 3)]),
    (2027, [(3, 29), (5, 6),  (5, 17), (3, 26)]),
    (2028, [(4, 17), (5, 25), (6, 5),  (4, 14)]),
    (2029, [(4, 2),  (5, 10), (5, 21), (3, 30)]),
    (2030, [(4, 22), (5, 30), (6, 10), (4, 19)]),
    (2031, [(4, 14), (5, 22), (6, 2),  (4, 11)]),
    (2032, [(3, 29), (5, 6),  (5, 17), (3, 26)]),
    (2033, [(4, 18), (5, 26), (6, 6),  (4, 15)]),
    (2034, [(4, 10), (5, 18), (5, 29), (4, 7)]),
    (2035, [(3, 26), (5, 3),  (5, 14), (3, 23)]),
];

/// Easter Sunday as it is published.
#[rustfmt::skip]
const EASTER: [Date; 12] = [
    date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2028, 4, 16), date(2029, 4, 1),
    date(2030, 4, 21), date(2031, 4, 13), date(2032, 3, 28), date(2033, 4, 17), date(2034, 4, 9), date(2035, 3, 25),
];

/// The holidays that stand, of metropolitan France. Month and day.
const STANDING: [(i8, i8); 8] = [
    (1, 1),
    (5, 1),
    (5, 8),
    (7, 14),
    (8, 15),
    (11, 1),
    (11, 11),
    (12, 25),
];

fn published(year: i16, moving: &[(i8, i8)], more: &[(i8, i8)]) -> Vec<Date> {
    let days = STANDING.iter().chain(moving).chain(more);
    let mut days: Vec<_> = days.map(|(month, day)| date(year, *month, *day)).collect();
    days.sort_unstable();
    days
}

fn computed(territory: Territory, year: i16) -> Vec<Date> {
    let days = WorkingCalendar::new(territory).holidays(year);
    days.into_iter().map(|(day, _)| day).collect()
}

#[test]
fn easter_is_the_published_one() {
    for easter in EASTER {
        assert_eq!(easter_sunday(easter.year()).ok(), Some(easter));
        assert_eq!(easter.weekday(), Weekday::Sunday);
    }
    // The earliest and the latest that there can be, and both exceptions of Gauss's rule.
    for easter in [
        date(1818, 3, 22),
        date(2038, 4, 25),
        date(1954, 4, 18),
        date(2049, 4, 18),
        date(1981, 4, 19),
        date(2076, 4, 19),
    ] {
        assert_eq!(easter_sunday(easter.year()).ok(), Some(easter));
    }
}

#[test]
fn holidays_are_those_of_the_published_lists() {
    for (year, [monday, ascension, whit, friday]) in MOVING {
        let moving = [monday, ascension, whit];
        assert_eq!(
            computed(Territory::Metropole, year),
            published(year, &moving, &[])
        );
        assert_eq!(
            computed(Territory::AlsaceMoselle, year),
            published(year, &moving, &[friday, (12, 26)])
        );
        for (territory, abolition) in [
            (Territory::Guadeloupe, (5, 27)),
            (Territory::Martinique, (5, 22)),
            (Territory::Guyane, (6, 10)),
            (Territory::Reunion, (12, 20)),
            (Territory::Mayotte, (4, 27)),
            (Territory::SaintBarthelemy, (10, 9)),
            (Territory::SaintMartin, (5, 28)),
        ] {
            assert_eq!(
                computed(territory, year),
                published(year, &moving, &[abolition]),
                "{territory:?}"
            );
        }
    }
}

#[test]
fn every_territory_is_tried_and_names_its_days() {
    for territory in Territory::ALL {
        let calendar = WorkingCalendar::new(territory);
        assert_eq!(calendar.territory(), territory);
        let names: Vec<_> = calendar.holidays(2026).iter().map(|(_, it)| *it).collect();
        let abolition = names.contains(&Holiday::AbolitionOfSlavery);
        let friday = names.contains(&Holiday::GoodFriday);
        assert_eq!(friday, territory == Territory::AlsaceMoselle);
        assert_eq!(friday, names.contains(&Holiday::SaintStephen));
        assert_eq!(
            abolition,
            !matches!(territory, Territory::Metropole | Territory::AlsaceMoselle)
        );
    }
}

#[test]
fn two_holidays_may_fall_on_one_day() {
    let calendar = WorkingCalendar::default();
    let day = date(2008, 5, 1);
    assert_eq!(calendar.holiday(day), Some(Holiday::LabourDay));
    assert_eq!(computed(Territory::Metropole, 2008).len(), 11);
}

#[test]
fn an_answer_is_due_on_the_second_working_day_after_the_one_that_counts() {
    let usual = |territory, asked: DateTime| WorkingCalendar::new(territory).usual_answer(asked);
    let here = |asked| usual(Territory::Metropole, asked);
    // Monday to Friday in an ordinary week, to the last second before the evening.
    for (asked, answer) in [
        (date(2026, 3, 2), date(2026, 3, 4)),
        (date(2026, 3, 3), date(2026, 3, 5)),
        (date(2026, 3, 4), date(2026, 3, 6)),
        (date(2026, 3, 5), date(2026, 3, 9)),
        (date(2026, 3, 6), date(2026, 3, 10)),
    ] {
        assert_eq!(here(asked.at(0, 0, 0, 0)), answer);
        assert_eq!(here(asked.at(17, 59, 59, 999_999_999)), answer);
        let evening = here(asked.at(18, 0, 0, 0));
        assert_ne!(evening, answer, "an evening counts as the next day");
        assert_eq!(evening, here(asked.at(23, 59, 59, 0)));
    }
    // An evening, a Saturday and a Sunday count as the Monday that follows.
    for asked in [
        date(2026, 3, 6).at(18, 0, 0, 0),
        date(2026, 3, 7).at(9, 0, 0, 0),
        date(2026, 3, 8).at(23, 0, 0, 0),
        date(2026, 3, 9).at(9, 0, 0, 0),
    ] {
        assert_eq!(here(asked), date(2026, 3, 11), "{asked}");
    }
    // The Ascension of 2026 is a Thursday: Friday counts for it, Monday and Tuesday follow.
    assert_eq!(
        here(date(2026, 5, 14).at(9, 0, 0, 0)),
        date(2026, 5, 19),
        "a holiday counts as the next working day"
    );
    assert_eq!(here(date(2026, 5, 13).at(9, 0, 0, 0)), date(2026, 5, 18));
    // Over the turn of a year, and with the holidays of one's own place.
    assert_eq!(here(date(2026, 12, 31).at(9, 0, 0, 0)), date(2027, 1, 5));
    let eve = date(2025, 12, 24).at(9, 0, 0, 0);
    assert_eq!(here(eve), date(2025, 12, 29));
    assert_eq!(usual(Territory::AlsaceMoselle, eve), date(2025, 12, 30));
}

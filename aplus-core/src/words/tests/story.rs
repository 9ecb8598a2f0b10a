//! The story of a link as people read it.

use super::{all_read, differ, site};
use crate::Timestamp;
use crate::ports::Looks;
use crate::service::LinkStep;
use crate::words::{Language, link_step};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// From 14:05 on, in the summer.
fn looked(times: u32, last: &str) -> LinkStep {
    LinkStep::Looked(Looks {
        times,
        first: at("2026-07-01T12:05:00Z"),
        last: at(last),
    })
}

#[test]
fn every_step_of_a_link_reads_in_both_languages() {
    let steps = [
        LinkStep::Asked,
        LinkStep::HandedOver,
        LinkStep::Waits,
        LinkStep::GivenUp,
        looked(1, "2026-07-01T12:05:00Z"),
        looked(3, "2026-07-01T12:07:00Z"),
        LinkStep::Superseded,
        LinkStep::Used,
        LinkStep::Expired,
        LinkStep::Ended,
    ];
    let words = |step, language| link_step(step, language, &site());
    all_read(&steps, words);
    differ(&steps, words);
}

#[test]
fn looks_are_told_with_their_number_and_the_last_hour_with_its_day_if_it_was_another() {
    let told = |step| Language::ALL.map(|language| link_step(step, language, &site()));
    let same_day = told(looked(3, "2026-07-01T12:07:00Z"));
    let next_day = told(looked(3, "2026-07-02T12:07:00Z"));
    for (text, part) in [
        (&same_day[0], "3 fois, la dernière fois à 14:07."),
        (&same_day[1], "3 times, the last time at 14:07."),
        (&next_day[0], "la dernière fois le 2 juillet 2026 à 14:07."),
        (&next_day[1], "the last time on 2 July 2026 at 14:07."),
    ] {
        assert!(text.contains(part), "{text}");
    }
    // Most looks are those of who presses next.
    for text in [told(looked(1, "2026-07-01T12:07:00Z")), same_day].concat() {
        assert!(!text.contains("appui") && !text.contains("press"), "{text}");
    }
}

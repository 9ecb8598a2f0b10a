#![allow(clippy::unwrap_used)]
use super::*;

const MICRO: Duration = Duration::from_micros(1);

fn at(micros: i64) -> Timestamp {
    Timestamp::from_unix_micros(micros).unwrap()
}

#[test]
fn both_bounds_hold_to_the_microsecond() {
    assert_eq!(Timestamp::from_unix_micros(0), Ok(Timestamp::MIN));
    assert_eq!(
        Timestamp::from_unix_micros(-1),
        Err(TimestampError::OutOfRange)
    );
    let last = Timestamp::MAX.as_unix_micros();
    assert_eq!(Timestamp::from_unix_micros(last), Ok(Timestamp::MAX));
    assert_eq!(
        Timestamp::from_unix_micros(last + 1),
        Err(TimestampError::OutOfRange)
    );
}

#[test]
fn the_greatest_is_the_greatest_of_jiff() {
    assert_eq!(
        Timestamp::MAX.as_unix_micros(),
        jiff::Timestamp::MAX.as_microsecond()
    );
    for instant in [Timestamp::MIN, at(1), Timestamp::MAX] {
        assert_eq!(instant.to_jiff().as_microsecond(), instant.as_unix_micros());
    }
}

#[test]
fn is_written_with_six_digits_of_fraction_or_none() {
    for (instant, text) in [
        (Timestamp::MIN, "1970-01-01T00:00:00Z"),
        (at(1), "1970-01-01T00:00:00.000001Z"),
        (at(100_000), "1970-01-01T00:00:00.100000Z"),
        (at(1_000_000), "1970-01-01T00:00:01Z"),
        (Timestamp::MAX, "9999-12-30T22:00:00.999999Z"),
    ] {
        assert_eq!(instant.to_string(), text);
        assert_eq!(text.parse(), Ok(instant));
        assert_eq!(
            serde_json::to_string(&instant).unwrap(),
            format!("\"{text}\"")
        );
        assert_eq!(
            serde_json::from_str::<Timestamp>(&format!("\"{text}\"")).unwrap(),
            instant
        );
    }
}

#[test]
fn is_read_at_any_offset_and_cut_to_microseconds() {
    for (text, micros) in [
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T19:00:00-05:00", 0),
        ("1970-01-01t00:00:00z", 0),
        ("1970-01-01T00:00:00.1Z", 100_000),
        ("1970-01-01T00:00:00.1234569999999999Z", 123_456),
        ("1970-01-01T05:45:00.000001+05:45", 1),
        ("1970-01-01T00:00:00-00:00", 0),
    ] {
        assert_eq!(text.parse(), Ok(at(micros)), "{text}");
    }
}

#[test]
fn what_is_not_rfc_3339_is_refused() {
    for text in [
        "",
        "now",
        "1970-01-01",
        "1970-01-01T00:00Z",
        "1970-01-01T00:00:00",
        "1970-01-01 00:00:00Z",
        "1970-01-01T00:00:00.Z",
        "1970-01-01T00:00:00,5Z",
        "1970-01-01T00:00:00.5",
        "1970-01-01T00:00:00+01",
        "1970-01-01T00:00:00+0100",
        "1970-01-02T00:00:00+24:00",
        "1970-01-02T00:00:00+01:60",
        "1970-01-02T00:00:00++1:00",
        "1970-01-02T00:00:00é1:00",
        "1970-01-01T00:00:00+01:00[Europe/Paris]",
        "1970-01-01T00:00:00Z ",
        "1970-13-01T00:00:00Z",
        "1970-02-29T00:00:00Z",
        "1970-01-01T24:00:00Z",
        "1970-01-01T00:60:00Z",
        "19700101T000000Z",
        "1970-01-01T00:00:0éZ",
    ] {
        assert_eq!(
            text.parse::<Timestamp>(),
            Err(TimestampError::Format),
            "{text}"
        );
    }
}

#[test]
fn what_is_out_of_range_says_so() {
    for text in [
        "1969-12-31T23:59:59Z",
        "1969-12-31T23:59:59.9999999Z",
        "1970-01-01T00:00:00+00:01",
    ] {
        assert_eq!(
            text.parse::<Timestamp>(),
            Err(TimestampError::OutOfRange),
            "{text}"
        );
    }
}

#[test]
fn adding_and_taking_away_stop_at_the_bounds() {
    assert_eq!(Timestamp::MAX.saturating_add(MICRO), Timestamp::MAX);
    assert_eq!(Timestamp::MIN.saturating_sub(MICRO), Timestamp::MIN);
    assert_eq!(at(5).saturating_add(Duration::MAX), Timestamp::MAX);
    assert_eq!(at(5).saturating_sub(Duration::MAX), Timestamp::MIN);
    assert_eq!(at(5).saturating_add(MICRO), at(6));
    assert_eq!(at(5).saturating_sub(MICRO), at(4));
    assert_eq!(at(5).saturating_add(Duration::from_nanos(999)), at(5));
}

#[test]
fn the_time_between_is_never_negative() {
    assert_eq!(at(5).duration_since(at(3)), 2 * MICRO);
    assert_eq!(at(3).duration_since(at(5)), Duration::ZERO);
    assert_eq!(
        Timestamp::MAX.duration_since(Timestamp::MIN).as_micros(),
        253_402_207_200_999_999
    );
}

#[test]
fn system_time_goes_there_and_back() {
    for instant in [
        Timestamp::MIN,
        at(1),
        at(1_750_000_000_123_456),
        Timestamp::MAX,
    ] {
        assert_eq!(
            Timestamp::from_system_time(instant.to_system_time()),
            Ok(instant)
        );
    }
    let finer = UNIX_EPOCH + Duration::from_nanos(1_999);
    assert_eq!(Timestamp::from_system_time(finer), Ok(at(1)));
    assert_eq!(
        Timestamp::from_system_time(UNIX_EPOCH - MICRO),
        Err(TimestampError::OutOfRange)
    );
    let late = Timestamp::MAX.to_system_time() + MICRO;
    assert_eq!(
        Timestamp::from_system_time(late),
        Err(TimestampError::OutOfRange)
    );
}

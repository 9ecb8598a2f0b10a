#![allow(clippy::unwrap_used)]
use super::*;

fn problem(result: Result<String, TextError>) -> TextProblem {
    result.unwrap_err().problem()
}

#[test]
fn white_space_is_trimmed_and_collapsed_and_accents_composed() {
    assert_eq!(line("text", "  a \u{00A0} b\n", 10).unwrap(), "a b");
    assert_eq!(line("text", "e\u{0301}", 1).unwrap(), "é");
}

#[test]
fn length_is_counted_in_characters_of_the_normal_form() {
    assert_eq!(
        line("text", &"é".repeat(10), 10).unwrap().chars().count(),
        10
    );
    assert_eq!(
        line("text", &"e\u{0301}".repeat(10), 10)
            .unwrap()
            .chars()
            .count(),
        10
    );
    assert_eq!(
        problem(line("text", &"é".repeat(11), 10)),
        TextProblem::TooLong {
            most: 10,
            given: 11
        }
    );
    assert_eq!(
        problem(line("text", " \n ", 10)),
        TextProblem::Empty { most: 10 }
    );
}

#[test]
fn what_cannot_be_seen_is_refused_everywhere() {
    for unseen in [
        '\0',
        '\t',
        '\n',
        '\r',
        '\u{7F}',
        '\u{85}',
        '\u{AD}',
        '\u{034F}',
        '\u{061C}',
        '\u{115F}',
        '\u{200B}',
        '\u{200D}',
        '\u{200E}',
        '\u{2028}',
        '\u{2029}',
        '\u{202E}',
        '\u{2060}',
        '\u{2066}',
        '\u{2800}',
        '\u{3164}',
        '\u{E000}',
        '\u{FE0F}',
        '\u{FEFF}',
        '\u{FFA0}',
        '\u{E0001}',
        '\u{E0100}',
    ] {
        let text = format!("a{unseen}b");
        for parse in [line, name, phone] {
            assert_eq!(
                problem(parse("text", &text, 10)),
                TextProblem::Character(unseen),
                "{unseen:?}"
            );
        }
    }
}

#[test]
fn every_control_character_is_refused() {
    for control in (0..=0x9F)
        .filter_map(char::from_u32)
        .filter(|character| character.is_control())
    {
        assert_eq!(
            problem(line("text", &format!("a{control}b"), 10)),
            TextProblem::Character(control)
        );
    }
}

#[test]
fn the_message_never_carries_a_raw_control_character() {
    let error = line("text", "a\u{202E}\u{0}b", 10).unwrap_err();
    assert_eq!(error.to_string(), "text: '\\u{202e}' may not stand in it");
}

//! In which language somebody is answered: French, unless the browser prefers English.

use aplus_core::words::Language;
use axum::http::{HeaderMap, header};

/// The language that a request prefers, by its `Accept-Language`: French, unless English is wanted more.
///
/// ```
/// use aplus_core::words::Language;
/// use axum::http::{HeaderMap, HeaderValue, header};
///
/// let mut headers = HeaderMap::new();
/// assert_eq!(aplus_axum::preferred(&headers), Language::French);
/// headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("en-GB, fr;q=0.8"));
/// assert_eq!(aplus_axum::preferred(&headers), Language::English);
/// ```
#[must_use]
pub fn preferred(headers: &HeaderMap) -> Language {
    let mut french = None;
    let mut english = None;
    let mut other = None;
    let ranges = headers
        .get_all(header::ACCEPT_LANGUAGE)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    for range in ranges.flat_map(|value| value.split(',')) {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let weight = weight(parameters);
        let primary = tag.trim().split('-').next().unwrap_or_default();
        let seen = if primary.eq_ignore_ascii_case("fr") {
            &mut french
        } else if primary.eq_ignore_ascii_case("en") {
            &mut english
        } else if primary == "*" {
            &mut other
        } else {
            continue;
        };
        *seen = Some(seen.map_or(weight, |most: u16| most.max(weight)));
    }
    let wanted = |named: Option<u16>| named.or(other).unwrap_or(0);
    if wanted(english) > wanted(french) {
        Language::English
    } else {
        Language::French
    }
}

/// The weight `q` in thousandths: 1 if it is not said, 0 if it is said wrongly.
fn weight(parameters: &str) -> u16 {
    let Some(q) = parameters
        .split(';')
        .find_map(|part| part.trim().strip_prefix("q="))
    else {
        return 1_000;
    };
    match q.trim().parse::<f32>() {
        // Within bounds, so that the conversion cannot wrap.
        Ok(q) if (0.0..=1.0).contains(&q) => (q * 1_000.0) as u16,
        Ok(_) | Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn english_only_where_it_is_wanted_more() {
        let preferred = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, text.parse().unwrap());
            preferred(&headers)
        };
        for french in [
            "",
            "fr",
            "en;q=0.5, fr",
            "fr-CH, en",
            "de",
            "*",
            "en;q=0",
            "en;q=x",
            "en;q=9, fr;q=0.1",
            "eng",
        ] {
            assert_eq!(preferred(french), Language::French, "{french}");
        }
        for english in [
            "en",
            "EN-us",
            "de, en;q=0.3",
            "fr;q=0.4, en;q=0.5",
            "en, *;q=0.5",
            "fr;q=0, *",
        ] {
            assert_eq!(preferred(english), Language::English, "{english}");
        }
    }
}

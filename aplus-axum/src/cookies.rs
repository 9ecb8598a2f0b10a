//! The two cookies: the session, and the browser that asked for a link.

use std::time::Duration;

use aplus_core::{BrowserSecret, Lifetimes, SessionSecret, Site};
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use secrecy::{ExposeSecret, SecretString};

/// Names of a cookie over https, where `__Host-` binds it to this host and to `Path=/`, and over plain http on loopback.
struct Name {
    secure: &'static str,
    plain: &'static str,
}

const SESSION: Name = Name {
    secure: "__Host-aplus",
    plain: "aplus",
};
const BROWSER: Name = Name {
    secure: "__Host-aplus-login",
    plain: "aplus-login",
};

impl Name {
    fn at(&self, site: &Site) -> &'static str {
        if site.is_secure() {
            self.secure
        } else {
            self.plain
        }
    }
}

/// What the session's cookie is called here.
pub(crate) fn session_name(site: &Site) -> &'static str {
    SESSION.at(site)
}

/// The session that a request presents, if its cookie has the form of one.
pub(crate) fn session(headers: &HeaderMap, site: &Site) -> Option<SessionSecret> {
    let jar = CookieJar::from_headers(headers);
    SessionSecret::parse(jar.get(SESSION.at(site))?.value()).ok()
}

/// The browser that a request comes from, if its cookie has the form of one.
pub(crate) fn browser(headers: &HeaderMap, site: &Site) -> Option<BrowserSecret> {
    let jar = CookieJar::from_headers(headers);
    BrowserSecret::parse(jar.get(BROWSER.at(site))?.value()).ok()
}

/// The cookie of a session. It has no `Max-Age`: on a shared desk it goes when the browser is closed, and its limits
/// (L11) are the server's to keep.
pub(crate) fn set_session(secret: &SessionSecret, site: &Site) -> Option<HeaderValue> {
    header(cookie(&SESSION, &secret.reveal(), site), None)
}

/// Takes the session's cookie away.
pub(crate) fn clear_session(site: &Site) -> Option<HeaderValue> {
    header(
        cookie(&SESSION, &SecretString::default(), site),
        Some(Duration::ZERO),
    )
}

/// The cookie of a browser that asks. It lives as long as it can matter: a link's life, and the second press (L4, L6);
/// telephones close a browser while its person reads the mail.
pub(crate) fn set_browser(
    secret: &BrowserSecret,
    lifetimes: &Lifetimes,
    site: &Site,
) -> Option<HeaderValue> {
    let life = lifetimes.link() + Lifetimes::SECOND_PRESS;
    header(cookie(&BROWSER, &secret.reveal(), site), Some(life))
}

fn cookie(name: &Name, value: &SecretString, site: &Site) -> Cookie<'static> {
    Cookie::build((name.at(site), value.expose_secret().to_owned()))
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(site.is_secure())
        .path("/")
        .build()
}

/// None only for a value that no header can hold; a secret is 43 letters, digits, `-` and `_`.
fn header(cookie: Cookie<'static>, life: Option<Duration>) -> Option<HeaderValue> {
    let text = match life {
        Some(life) => format!("{cookie}; Max-Age={}", life.as_secs()),
        None => cookie.to_string(),
    };
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn attributes_are_those_of_the_contract() {
        let secret = SessionSecret::from_bytes([1; 32]);
        let value = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
        let site = Site::new("https://aplus.example").unwrap();
        assert_eq!(
            set_session(&secret, &site).unwrap(),
            format!("__Host-aplus={value}; HttpOnly; SameSite=Lax; Secure; Path=/")
        );
        let loopback = Site::new("http://127.0.0.1:3000").unwrap();
        assert_eq!(
            set_session(&secret, &loopback).unwrap(),
            format!("aplus={value}; HttpOnly; SameSite=Lax; Path=/")
        );
        assert_eq!(
            clear_session(&site).unwrap(),
            "__Host-aplus=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
        );
        let browser = BrowserSecret::from_bytes([1; 32]);
        assert_eq!(
            set_browser(&browser, &Lifetimes::default(), &site).unwrap(),
            format!(
                "__Host-aplus-login={value}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1860"
            )
        );
    }

    #[test]
    fn a_cookie_of_another_name_or_form_is_none() {
        let site = Site::new("https://aplus.example").unwrap();
        let with = |cookie: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(axum::http::header::COOKIE, HeaderValue::from_static(cookie));
            headers
        };
        let good = with("a=b; __Host-aplus=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE");
        assert!(session(&good, &site).is_some());
        assert!(browser(&good, &site).is_none());
        for bad in [
            "aplus=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
            "__Host-aplus=",
            "__Host-aplus=AQEB",
        ] {
            assert!(session(&with(bad), &site).is_none(), "{bad}");
        }
        // Another header value must not carry what a cookie may not.
        assert!(session(&HeaderMap::new(), &site).is_none());
    }
}

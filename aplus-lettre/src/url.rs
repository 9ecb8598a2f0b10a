//! The relay as its URL names it.

use std::fmt;
use std::net::IpAddr;

use secrecy::SecretString;

/// What is wrong with the URL of a relay. No variant repeats it: it holds a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Neither `smtps://` nor `smtp://`.
    #[error(
        "a relay is written as smtps://user:password@host:port, or smtp://user:password@host:port?tls=required for STARTTLS"
    )]
    Scheme,
    /// Something else than `tls=required` after the `?`, or that with `smtps://`.
    #[error(
        "nothing stands after a relay's port but `?tls=required`, and that with smtp:// only: STARTTLS is required or not used"
    )]
    Option,
    /// Plain SMTP to another machine.
    #[error(
        "smtp:// without TLS goes to this machine only (localhost, 127.0.0.0/8, [::1]): write smtps://, or add `?tls=required`"
    )]
    Insecure,
    /// No name or address of a machine.
    #[error(
        "the host of a relay is a name of letters, digits, hyphens and dots (an international one as xn--…), or a network address, an IPv6 one in brackets"
    )]
    Host,
    /// No number from 1 to 65535.
    #[error("the port of a relay is a number from 1 to 65535")]
    Port,
    /// A user without a password, an `@` or a `%` that is not encoded, a control character.
    #[error(
        "user and password of a relay stand before the @ as user:password, each percent-encoded (`@` is %40, `%` is %25, `/` is %2F) and without control characters"
    )]
    Login,
}

/// How the connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, required.
    StartTls,
    /// None, and on loopback alone.
    None,
}

/// A user of the relay, with the password.
#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) user: SecretString,
    pub(crate) password: SecretString,
}

/// Where mails are handed to.
#[derive(Clone)]
pub(crate) struct Relay {
    /// A name, or an address without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) login: Option<Login>,
}

impl fmt::Debug for Relay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Relay")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

impl Relay {
    pub(crate) fn parse(url: &str) -> Result<Self, UrlError> {
        let (scheme, rest) = url.split_once("://").ok_or(UrlError::Scheme)?;
        let (rest, option) = match rest.split_once('?') {
            Some((rest, option)) => (rest, Some(option)),
            None => (rest, None),
        };
        let (security, usual_port) = match (scheme, option) {
            ("smtps", None) => (Security::Tls, 465),
            ("smtp", Some("tls=required")) => (Security::StartTls, 587),
            ("smtp", None) => (Security::None, 25),
            ("smtp" | "smtps", Some(_)) => return Err(UrlError::Option),
            _ => return Err(UrlError::Scheme),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (Some(read_login(login)?), place),
            None => (None, authority),
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, read_port(port)?),
            _ => (place, usual_port),
        };
        let host = read_host(host)?;
        if security == Security::None && !is_loopback(&host) {
            return Err(UrlError::Insecure);
        }
        Ok(Self {
            host,
            port,
            security,
            login,
        })
    }
}

fn read_login(text: &str) -> Result<Login, UrlError> {
    let (user, password) = text.split_once(':').ok_or(UrlError::Login)?;
    let read = |part: &str| decoded(part).map(SecretString::from);
    Ok(Login {
        user: read(user).ok_or(UrlError::Login)?,
        password: read(password).ok_or(UrlError::Login)?,
    })
}

/// Nothing for what is empty, not encoded as it should be, or holds a control character: AUTH PLAIN parts its fields by NUL.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let value = digit()? * 16 + digit()?;
                u8::try_from(value).ok()?
            }
            b'@' | b':' | b'/' | b'#' | b' ' => return None,
            other => other,
        });
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.is_empty() && !text.contains(char::is_control)).then_some(text)
}

fn read_port(text: &str) -> Result<u16, UrlError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let port = text.parse().ok().filter(|port| digits && *port != 0);
    port.ok_or(UrlError::Port)
}

fn read_host(text: &str) -> Result<String, UrlError> {
    if let Some(inner) = text.strip_prefix('[') {
        let address = inner.strip_suffix(']').ok_or(UrlError::Host)?;
        let address: std::net::Ipv6Addr = address.parse().map_err(|_| UrlError::Host)?;
        return Ok(address.to_string());
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if text.len() > 253 || !text.split('.').all(is_label) {
        return Err(UrlError::Host);
    }
    Ok(text.to_ascii_lowercase())
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn each_form_has_its_security_and_port() {
        for (url, host, port, security) in [
            ("smtps://relay.example", "relay.example", 465, Security::Tls),
            (
                "smtps://Relay.Example:2465/",
                "relay.example",
                2465,
                Security::Tls,
            ),
            (
                "smtps://[2001:DB8::1]:465",
                "2001:db8::1",
                465,
                Security::Tls,
            ),
            ("smtps://192.0.2.1", "192.0.2.1", 465, Security::Tls),
            (
                "smtp://relay.example?tls=required",
                "relay.example",
                587,
                Security::StartTls,
            ),
            (
                "smtp://relay.example:25/?tls=required",
                "relay.example",
                25,
                Security::StartTls,
            ),
            ("smtp://localhost", "localhost", 25, Security::None),
            ("smtp://127.9.9.9:1025", "127.9.9.9", 1025, Security::None),
            ("smtp://[::1]:1025", "::1", 1025, Security::None),
        ] {
            let relay = Relay::parse(url).unwrap();
            assert_eq!(
                (&*relay.host, relay.port, relay.security),
                (host, port, security),
                "{url}"
            );
            assert!(relay.login.is_none(), "{url}");
        }
    }

    #[test]
    fn user_and_password_are_decoded() {
        let relay =
            Relay::parse("smtps://agent%40ain.fr:p%C3%A9%25%3A%2F%40@relay.example").unwrap();
        let login = relay.login.unwrap();
        assert_eq!(login.user.expose_secret(), "agent@ain.fr");
        assert_eq!(login.password.expose_secret(), "pé%:/@");
    }

    #[test]
    fn what_is_wrong_is_told_by_its_kind() {
        let long = format!("smtps://{}.example", "a".repeat(64));
        for (url, error) in [
            ("relay.example", UrlError::Scheme),
            ("https://relay.example", UrlError::Scheme),
            ("SMTPS//relay.example", UrlError::Scheme),
            ("smtp://relay.example?tls=opportunistic", UrlError::Option),
            ("smtp://relay.example?tls=", UrlError::Option),
            ("smtp://localhost?tls=none", UrlError::Option),
            ("smtps://relay.example?tls=required", UrlError::Option),
            ("smtp://relay.example", UrlError::Insecure),
            ("smtp://localhost.evil.example", UrlError::Insecure),
            ("smtp://0.0.0.0", UrlError::Insecure),
            ("smtp://192.168.0.1", UrlError::Insecure),
            ("smtp://[::]", UrlError::Insecure),
            ("smtps://", UrlError::Host),
            ("smtps://a..b", UrlError::Host),
            ("smtps://-a.example", UrlError::Host),
            ("smtps://a_b.example", UrlError::Host),
            ("smtps://é.example", UrlError::Host),
            ("smtps://a.example/path", UrlError::Host),
            ("smtps://a.example\r\n", UrlError::Host),
            ("smtps://[::1", UrlError::Host),
            ("smtps://[::g]", UrlError::Host),
            (&long, UrlError::Host),
            ("smtps://a.example:", UrlError::Port),
            ("smtps://a.example:0", UrlError::Port),
            ("smtps://a.example:+25", UrlError::Port),
            ("smtps://a.example:65536", UrlError::Port),
            ("smtps://user@a.example", UrlError::Login),
            ("smtps://:secret@a.example", UrlError::Login),
            ("smtps://user:@a.example", UrlError::Login),
            ("smtps://user:sec@ret@a.example", UrlError::Login),
            ("smtps://user:sec:ret@a.example", UrlError::Login),
            ("smtps://user:50%@a.example", UrlError::Login),
            ("smtps://user:%+1@a.example", UrlError::Login),
            ("smtps://user:%00x@a.example", UrlError::Login),
            ("smtps://user:%0d%0aQUIT@a.example", UrlError::Login),
            ("smtps://user:%ff@a.example", UrlError::Login),
        ] {
            assert_eq!(Relay::parse(url).unwrap_err(), error, "{url}");
        }
    }

    #[test]
    fn neither_an_error_nor_debug_shows_the_login() {
        let relay = Relay::parse("smtps://agent:s3cret@relay.example").unwrap();
        let shown = format!("{relay:?}");
        assert!(shown.contains("relay.example"), "{shown}");
        assert!(
            !shown.contains("agent") && !shown.contains("s3cret"),
            "{shown}"
        );
        for wrong in [
            "smtps://agent:s3cret@relay_example",
            "smtps://agent:s3cret@relay.example:x",
            "smtp://agent:s3cret@relay.example",
            "agent:s3cret@relay.example",
            "smtps://agent:s3cret%@relay.example",
            "smtps://relay.example?agent:s3cret",
        ] {
            let error = Relay::parse(wrong).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(
                !shown.contains("agent") && !shown.contains("s3cret"),
                "{shown}"
            );
        }
    }
}

//! The public address as a browser writes it in an `Origin` header.

use std::net::{Ipv4Addr, Ipv6Addr};

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::SiteError;

/// Scheme, host and port, the port only where it is not the scheme's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) text: String,
    pub(super) host: String,
    pub(super) secure: bool,
}

impl Origin {
    /// Reads `https://host` or `https://host:port`, with or without a slash at the end; `http` on this machine only.
    ///
    /// The host is a name (labels of 1 to 63 letters, digits and inner hyphens, 253 in all; others are made so by IDNA),
    /// an IPv4 address or an IPv6 address in brackets; the port is 1 to 65535.
    ///
    /// # Errors
    /// [`SiteError::PublicUrl`]; [`SiteError::Insecure`] for plain http anywhere but on `localhost`, `127.0.0.0/8` or `[::1]`.
    pub(super) fn parse(public_url: &str) -> Result<Self, SiteError> {
        let wrong = || SiteError::PublicUrl(public_url.to_owned());
        let (scheme, rest) = public_url.split_once("://").ok_or_else(wrong)?;
        let (secure, own_port) = match scheme {
            "https" => (true, 443),
            "http" => (false, 80),
            _ => return Err(wrong()),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                (host, parse_port(port).ok_or_else(wrong)?)
            }
            _ => (authority, own_port),
        };
        let host = parse_host(host).ok_or_else(wrong)?;
        if !secure && !is_loopback(&host) {
            return Err(SiteError::Insecure(public_url.to_owned()));
        }
        let text = if port == own_port {
            format!("{scheme}://{host}")
        } else {
            format!("{scheme}://{host}:{port}")
        };
        Ok(Self { text, host, secure })
    }
}

fn parse_port(text: &str) -> Option<u16> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|port| *port != 0)
}

fn parse_host(text: &str) -> Option<String> {
    if let Some(inner) = text.strip_prefix('[') {
        let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
        return Some(format!("[{address}]"));
    }
    let name = Uts46::new()
        .to_ascii(
            text.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .ok()?
        .into_owned();
    // A browser reads a name that ends in a number as an IPv4 address, or not at all.
    let last = name.rsplit('.').next().unwrap_or(&name);
    let number = last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit());
    if number && name.parse::<Ipv4Addr>().is_err() {
        return None;
    }
    Some(name)
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        let longest = format!(
            "https://{}.{}.{}.{}",
            "a".repeat(63),
            "b".repeat(63),
            "c".repeat(63),
            "d".repeat(61)
        );
        for (url, origin) in [
            ("https://a.example", "https://a.example"),
            ("https://a.example/", "https://a.example"),
            ("https://A.Example:443", "https://a.example"),
            ("https://a.example:80", "https://a.example:80"),
            ("https://a.example:8443/", "https://a.example:8443"),
            ("https://a.example:65535", "https://a.example:65535"),
            (
                "https://mairie-de-saint-ève.example",
                "https://xn--mairie-de-saint-ve-6vb.example",
            ),
            ("https://intranet", "https://intranet"),
            ("https://192.0.2.1", "https://192.0.2.1"),
            ("https://[2001:DB8:0::1]:8443", "https://[2001:db8::1]:8443"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://localhost:80", "http://localhost"),
            ("http://localhost:443", "http://localhost:443"),
            ("http://[0:0::1]:80", "http://[::1]"),
            (&longest, &longest),
        ] {
            assert_eq!(Origin::parse(url).unwrap().text, origin, "{url}");
        }
    }

    #[test]
    fn what_no_browser_can_open_is_refused() {
        let label = format!("https://{}.example", "a".repeat(64));
        let long = format!("https://{}a.example", "a.".repeat(123));
        for bad in [
            "a.example",
            "https://",
            "https:///",
            "https://:443",
            "https://a.example//",
            "https://a.example/x",
            "https://u:p@a.example",
            "ftp://a.example",
            "https://a?b",
            "https://a#b",
            "https://a b",
            "https://a..b",
            "https://.a",
            "https://a.",
            "https://-a.example",
            "https://a-.example",
            "https://a_b.example",
            "https://a%2eb",
            "https://a.example:",
            "https://a.example:0",
            "https://a.example:+80",
            "https://a.example:65536",
            "https://a.example:80:80",
            "https://192.0.2.256",
            "https://192.0.2",
            "https://a.0x7f",
            "https://[]",
            "https://[::g]",
            "https://[::1",
            "https://::1",
            "https://[192.0.2.1]",
            "https://[::1]x",
            &label,
            &long,
        ] {
            assert_eq!(
                Origin::parse(bad),
                Err(SiteError::PublicUrl(bad.to_owned())),
                "{bad}"
            );
        }
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for bad in [
            "http://a.example",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://0.0.0.0:3000",
            "http://[::]",
        ] {
            assert_eq!(
                Origin::parse(bad),
                Err(SiteError::Insecure(bad.to_owned())),
                "{bad}"
            );
        }
    }
}

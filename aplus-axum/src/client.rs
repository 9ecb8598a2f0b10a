//! From where a request comes, and under which name.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use aplus_core::journal::{BodyHash, Origin};
use aplus_core::service::{Context, IdempotencyKey};
use aplus_core::words::Language;
use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;
use uuid::Uuid;

use crate::extract::Rejection;
use crate::fields::{Fault, Invalid};
use crate::language::preferred;
use crate::problem::Problem;
use crate::state::Web;

/// The header that names a request, so that it is carried out once: a UUID of 36 characters.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How much is kept of what a browser says of itself, in characters.
const BROWSER: usize = 200;

/// Who sends a request, without knowing who they are: network, browser, language, and the request's own name.
#[derive(Debug, Clone)]
pub struct Caller {
    /// From where, for the journal and the limits.
    pub origin: Origin,
    /// In which language they are answered.
    pub language: Language,
    key: Option<Uuid>,
}

impl Caller {
    /// What a use case wants to know of a request with this body.
    #[must_use]
    pub fn context(&self, body: BodyHash) -> Context {
        let idempotency = self.key.map(|key| IdempotencyKey { key, body });
        Context {
            origin: self.origin.clone(),
            idempotency,
            silent: false,
            without_welcome: false,
            bulk: false,
        }
    }

    /// What the limits count by: an IPv4 address, an IPv6 network of 64 bits, or `unknown`.
    #[must_use]
    pub fn network(&self) -> &str {
        self.origin.network.as_deref().unwrap_or("unknown")
    }
}

impl<S> FromRequestParts<S> for Caller
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let web = Web::from_ref(state);
        let key = key(&parts.headers)
            .map_err(|problem| Rejection::new(problem, &parts.headers, web.aplus().site()))?;
        let connection = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let network = address(connection, &parts.headers, web.proxies()).map(network);
        if network.is_none() {
            web.warn_of_no_address();
        }
        let browser = parts.headers.get(header::USER_AGENT).map(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .chars()
                .take(BROWSER)
                .collect()
        });
        Ok(Self {
            origin: Origin { network, browser },
            language: preferred(&parts.headers),
            key,
        })
    }
}

fn key(headers: &HeaderMap) -> Result<Option<Uuid>, Problem> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).into_iter();
    let Some(key) = keys.next() else {
        return Ok(None);
    };
    let wrong = || Problem::Invalid(vec![Invalid::new("Idempotency-Key", Fault::NotUuid)]);
    if keys.next().is_some() || key.len() != 36 {
        return Err(wrong());
    }
    Uuid::try_parse_ascii(key.as_bytes())
        .map(Some)
        .map_err(|_| wrong())
}

/// The address of the client: the connection's, or what a proxy of ours says of it.
///
/// Of a list of addresses the last one counts that is no proxy of ours: what stands before it is the client's own word.
/// Where both headers are there and differ, one of them went through a proxy that does not know it: nobody is believed.
fn address(connection: Option<IpAddr>, headers: &HeaderMap, proxies: &[IpNet]) -> Option<IpAddr> {
    let trusted = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    let connection = connection?.to_canonical();
    if !trusted(&connection) {
        return Some(connection);
    }
    let last = |name: HeaderName, read: fn(&str) -> Option<IpAddr>| {
        let lines = headers
            .get_all(name)
            .into_iter()
            .map(|line| line.to_str().unwrap_or("?"));
        let chain: Vec<_> = lines.flat_map(|line| line.split(',')).map(read).collect();
        chain
            .iter()
            .rev()
            .find(|hop| !hop.as_ref().is_some_and(trusted))
            .or(chain.first())
            .copied()
    };
    let forwarded = last(header::FORWARDED, forwarded_for);
    let x_forwarded = last(HeaderName::from_static("x-forwarded-for"), plain);
    match (forwarded, x_forwarded) {
        (None, None) => Some(connection),
        (Some(client), None) | (None, Some(client)) => client,
        (Some(one), Some(other)) if one == other => one,
        (Some(_), Some(_)) => None,
    }
}

/// One element of `Forwarded`: `for=192.0.2.1`, `for="[2001:db8::1]:4711"` among other parameters.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for")
            .then(|| plain(value.trim().trim_matches('"')))?
    })
}

/// An address with or without a port.
fn plain(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let address = bare
        .parse()
        .or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

/// The network that the limits and the journal know: an IPv4 address as it is, an IPv6 address cut to 64 bits.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn seen(connection: &str, lines: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let proxies = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        address(Some(connection.parse().unwrap()), &headers, &proxies)
            .map_or("unknown".to_owned(), network)
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed_about_its_client() {
        assert_eq!(
            seen("192.0.2.9", &[("x-forwarded-for", "198.51.100.1")]),
            "192.0.2.9"
        );
        assert_eq!(
            seen("10.0.0.1", &[("x-forwarded-for", "198.51.100.1")]),
            "198.51.100.1"
        );
        assert_eq!(
            seen("fd00::1", &[("forwarded", "for=198.51.100.1;proto=https")]),
            "198.51.100.1"
        );
        assert_eq!(
            seen(
                "::ffff:10.0.0.1",
                &[("x-forwarded-for", "198.51.100.1:4711")]
            ),
            "198.51.100.1"
        );
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_the_client_says_before_the_proxies_counts_for_nothing() {
        assert_eq!(
            seen(
                "10.0.0.1",
                &[("x-forwarded-for", "1.1.1.1, 198.51.100.1, 10.0.0.2")]
            ),
            "198.51.100.1"
        );
        let twice = [
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-for", "198.51.100.1"),
        ];
        assert_eq!(seen("10.0.0.1", &twice), "198.51.100.1");
        assert_eq!(
            seen("10.0.0.1", &[("x-forwarded-for", "1.1.1.1, nonsense")]),
            "unknown"
        );
        assert_eq!(seen("10.0.0.1", &[("forwarded", "for=_hidden")]), "unknown");
        let both = [
            ("forwarded", "for=1.1.1.1"),
            ("x-forwarded-for", "198.51.100.1"),
        ];
        assert_eq!(seen("10.0.0.1", &both), "unknown");
        let agreed = [
            ("forwarded", "for=198.51.100.1"),
            ("x-forwarded-for", "198.51.100.1"),
        ];
        assert_eq!(seen("10.0.0.1", &agreed), "198.51.100.1");
    }

    #[test]
    fn ipv6_counts_by_64_bits() {
        assert_eq!(seen("2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::/64");
        assert_eq!(
            seen("10.0.0.1", &[("forwarded", "for=\"[2001:db8:1:2::9]:80\"")]),
            "2001:db8:1:2::/64"
        );
        assert_eq!(seen("::ffff:192.0.2.9", &[]), "192.0.2.9");
    }

    #[test]
    fn the_name_of_a_request_is_one_uuid() {
        let with = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(IDEMPOTENCY_KEY, value.parse().unwrap());
            }
            key(&headers)
        };
        let good = "0197a3c0-1234-7abc-8def-0123456789ab";
        assert_eq!(with(&[]).unwrap(), None);
        assert_eq!(with(&[good]).unwrap().unwrap().to_string(), good);
        for bad in [
            &[""][..],
            &["1"],
            &[good, good],
            &["0197a3c012347abc8def0123456789ab"],
            &[&good.replace('a', "g")],
        ] {
            assert!(matches!(with(bad), Err(Problem::Invalid(_))), "{bad:?}");
        }
    }
}

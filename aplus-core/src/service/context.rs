//! From where a request comes, and whether it was sent before.

use sha2::{Digest, Sha256};

use crate::journal::{BodyHash, Origin};
use crate::rules::Permitted;
use crate::{Act, Author, BrowserHash, LinkHash, RequestId};

/// The caller's own name for a request, so that it is carried out once however often it is sent.
///
/// A repetition is told from another request by the hash alone: see [`body`](Self::body) for what a host must put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// A UUID of the caller's choice, counted per caller.
    pub key: uuid::Uuid,
    /// The hash of the whole request: the same key with another one is refused. It MUST cover the method and the path
    /// with its query as well as the bytes of the body: two requests without a body (deactivate one account, then another)
    /// are otherwise the same, and the second is answered as done without being done. The web layer hashes
    /// `METHOD path\0body`:
    ///
    /// ```
    /// use aplus_core::journal::BodyHash;
    ///
    /// let of = |method: &str, path: &str, body: &[u8]| {
    ///     BodyHash::of(&[format!("{method} {path}\0").as_bytes(), body].concat())
    /// };
    /// assert_ne!(of("POST", "/accounts/1/deactivate", b""), of("POST", "/accounts/2/deactivate", b""));
    /// ```
    pub body: BodyHash,
}

/// What belongs to a request and not to what it asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// From where.
    pub origin: Origin,
    /// Under which name, if the caller gave one.
    pub idempotency: Option<IdempotencyKey>,
    /// Whether its acts send no mail: for a demonstration.
    pub silent: bool,
    /// Whether whoever gets an account or is added to a group is told nothing by it: for an import that was told so. Whoever has
    /// to decide, or whose group it is, is told all the same (A6, A7).
    pub without_welcome: bool,
    /// Whether its acts are some of very many, as those of an import: their mails go out slowly, behind all others.
    pub bulk: bool,
}

impl Context {
    /// The act with its mails as this request wants them.
    pub(super) fn telling<A: Permitted>(&self, act: Act<A>) -> Act<A> {
        let act = match (self.silent, self.without_welcome) {
            (true, _) => act.silent(),
            (false, true) => act.without_welcome(),
            (false, false) => act,
        };
        if self.bulk { act.in_bulk() } else { act }
    }

    pub(super) fn request_of(&self, author: Author) -> Option<(RequestId, BodyHash)> {
        let (kind, id) = match author {
            Author::Account(id) => (&b"account"[..], *id.as_uuid()),
            Author::Operator(id) => (&b"operator"[..], *id.as_uuid()),
            Author::Machine => (&b"machine"[..], uuid::Uuid::nil()),
        };
        self.request(kind, id.as_bytes())
    }

    /// A log-in is counted per link and browser: another browser's is another request.
    pub(super) fn request_of_link(
        &self,
        link: &LinkHash,
        browser: Option<BrowserHash>,
    ) -> Option<(RequestId, BodyHash)> {
        let browser = browser.map_or([0; 32], |browser| *browser.as_bytes());
        self.request(b"link", &[*link.as_bytes(), browser].concat())
    }

    fn request(&self, kind: &[u8], caller: &[u8]) -> Option<(RequestId, BodyHash)> {
        let IdempotencyKey { key, body } = self.idempotency?;
        let digest = Sha256::new_with_prefix(b"aplus/request/1\0")
            .chain_update(kind)
            .chain_update([0])
            .chain_update(caller)
            .chain_update(key.as_bytes())
            .finalize();
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(digest) {
            *to = from;
        }
        Some((
            RequestId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid()),
            body,
        ))
    }
}

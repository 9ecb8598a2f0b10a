//! From where a request comes, and whether it was sent before.

use sha2::{Digest, Sha256};

use super::Aplus;
use crate::journal::{BodyHash, Origin};
use crate::ports::Repeated;
use crate::rules::Permitted;
use crate::{Act, Author, BrowserHash, Error, LinkHash, RequestId};

/// The caller's own name for a request, so that it is carried out once however often it is sent.
///
/// A repetition is told from another request by the hash alone: see [`body`](Self::body) for what a host must put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// A UUID of the caller's choice, counted per caller.
    pub key: uuid::Uuid,
    /// The hash of the whole request: the same key with another one is refused. It MUST cover the method and the path
    /// with its query as well as the bytes of the body: two requests without a body (deactivate one account, then another)
    /// are otherwise the same, and the second is answered as done without being done. It is not stored as it is, since anybody
    /// could try names and addresses against it: what is stored is a hash of it with the host's key. Once that is replaced and
    /// no longer [known](crate::service::Builder::known_key), the same request is refused as another one's
    /// ([`Error::KeyReused`]), and not carried out again. The web layer hashes `METHOD path\0body`:
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

    pub(super) fn request_of(&self, author: Author) -> Option<RequestId> {
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
    ) -> Option<RequestId> {
        let browser = browser.map_or([0; 32], |browser| *browser.as_bytes());
        self.request(b"link", &[*link.as_bytes(), browser].concat())
    }

    /// A visitor's is counted per address that was typed: nothing else is known of them.
    #[cfg(feature = "desk")]
    pub(super) fn request_of_visitor(&self, email: &crate::EmailAddress) -> Option<RequestId> {
        self.request(b"visitor", email.as_str().as_bytes())
    }

    /// Without the host's key: a request that comes again after that was replaced is still known to have been carried out.
    fn request(&self, kind: &[u8], caller: &[u8]) -> Option<RequestId> {
        let IdempotencyKey { key, .. } = self.idempotency?;
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
        Some(RequestId::from_uuid(
            uuid::Builder::from_custom_bytes(bytes).into_uuid(),
        ))
    }
}

impl Aplus {
    /// The name of a request that was given none, such as a page's form that is sent twice: by its content, and only with the
    /// host's key, so that the journal does not keep what somebody wrote (T3).
    #[must_use]
    pub fn named_by_content(&self, body: BodyHash) -> IdempotencyKey {
        let key = self.0.key.name_of(&body);
        IdempotencyKey { key, body }
    }

    /// A request as it is stored: its name, and what its content comes to with the host's key.
    pub(super) fn stored_request(
        &self,
        context: &Context,
        id: Option<RequestId>,
    ) -> Option<(RequestId, BodyHash)> {
        let (id, named) = (id?, context.idempotency?);
        Some((id, self.0.key.request(id, &named.body)))
    }

    /// Whether a request that was carried out before is this one, by any key that the host has or had: where a key was replaced
    /// and is no longer known, it counts as another.
    pub(super) fn same_body(
        &self,
        context: &Context,
        id: Option<RequestId>,
        repeated: Repeated,
    ) -> Result<Repeated, Error> {
        let (Some(id), Some(named)) = (id, context.idempotency) else {
            return Err(Error::KeyReused);
        };
        let mut keys = std::iter::once(&self.0.key).chain(&self.0.known_keys);
        match keys.any(|key| key.request(id, &named.body) == repeated.body) {
            true => Ok(repeated),
            false => Err(Error::KeyReused),
        }
    }
}

#[cfg(all(test, feature = "test-util"))]
mod tests;

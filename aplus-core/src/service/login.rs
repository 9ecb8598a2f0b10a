//! Asking for a link, looking at one, confirming one.

use std::time::Duration;

use super::{ATTEMPTS, Aplus, Context, Error};
use crate::journal::{Event, entry::About};
use crate::link::{self, LinkFacts, LinkState, Presented, Purpose, Verdict};
use crate::ports::{
    AskReceipt, Confirmed, NewAsk, NewSession, Outcome, Redemption, SessionHolder, StoreError,
};
use crate::words::Language;
use crate::{
    AskId, Author, BrowserHash, EmailAddress, Lifetimes, LinkSecret, Nonce, OrderId, Principal,
    Refusal, SessionId, SessionSecret, Site, Timestamp, session,
};

/// Somebody asks for a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginAsk {
    /// To which address.
    pub email: EmailAddress,
    /// The browser that asks.
    pub browser: BrowserHash,
    /// The page that was wanted; anything but a path of this site goes home (L12).
    pub next: Option<String>,
    /// In which language.
    pub language: Language,
}

/// What is said to whoever asks: the same for every address (L7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// How long a link lives from now on.
    pub expires_in: Duration,
    /// After how long this browser may ask again.
    pub resend_after: Duration,
}

/// A link as its page shows it; looking changes nothing (L5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkView {
    /// Where it stands.
    pub state: LinkState,
    /// Whether this browser has to give the address (L6).
    pub needs_email: bool,
    /// Whether it confirms the new address of an account, and so carries an order out (A6).
    pub confirms_address: bool,
}

impl LinkView {
    fn new(facts: Option<&LinkFacts>, browser: Option<BrowserHash>, now: Timestamp) -> Self {
        facts.map_or(
            Self {
                state: LinkState::Unknown,
                needs_email: false,
                confirms_address: false,
            },
            |facts| Self {
                state: link::state(facts, now),
                needs_email: link::needs_email(facts, browser),
                confirms_address: facts.purpose.order().is_some(),
            },
        )
    }
}

/// A session that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The cookie.
    pub secret: SessionSecret,
    /// Who is logged in.
    pub holder: SessionHolder,
    /// The page that was wanted, a path of this site.
    pub next: Option<String>,
    /// Whether the link confirmed the new address of the account (A6).
    pub confirmed_address: bool,
}

impl Aplus {
    /// Random bytes for the cookie by which a browser that asks is known again.
    ///
    /// # Errors
    /// [`Error::Broken`] where the machine gives no randomness.
    pub fn new_browser(&self) -> Result<crate::BrowserSecret, Error> {
        Ok(crate::BrowserSecret::from_bytes(self.random()?))
    }

    /// Queues an asking: one line, the same for every address, which reads no account (L7).
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait, or the store does not answer.
    pub async fn ask_for_link(&self, ask: LoginAsk, context: &Context) -> Result<Asked, Error> {
        let at = self.now();
        let LoginAsk {
            email,
            browser,
            next,
            language,
        } = ask;
        let next = next.as_deref().and_then(Site::own_path).map(str::to_owned);
        let network = context
            .origin
            .network
            .clone()
            .unwrap_or_else(|| "unknown".to_owned());
        let id = AskId::new(at, self.random()?);
        let ask = NewAsk {
            id,
            email,
            browser,
            network,
            next,
            language,
            at,
        };
        match self.0.store.ask(&ask, self.0.limits.waiting).await? {
            AskReceipt::Queued => {}
            AskReceipt::Full => return Err(Error::Busy),
        }
        self.0.work.asked.notify_one();
        Ok(Asked {
            expires_in: self.0.lifetimes.link(),
            resend_after: Lifetimes::ASK_AGAIN,
        })
    }

    /// Says where a link stands, to whoever looks at it before a press; changes nothing (L5).
    ///
    /// That a known link was looked at is gathered in this process, for the story that support reads
    /// ([`Looks`](crate::ports::Looks)): [`keep_house`](Self::keep_house) hands it to the store once a minute, so that a process
    /// that ends loses what it saw in the last one.
    ///
    /// # Errors
    /// What the store says.
    pub async fn inspect_link(
        &self,
        secret: &LinkSecret,
        browser: Option<BrowserHash>,
    ) -> Result<LinkView, Error> {
        let now = self.now();
        let facts = self.0.store.link(&secret.hash()).await?;
        let view = LinkView::new(facts.as_ref(), browser, now);
        if let Some(facts) = facts
            && view.state != LinkState::Unknown
        {
            self.0.looks.note(facts.id, now);
        }
        Ok(view)
    }

    /// The same for the page that answers a press: that is no look.
    ///
    /// # Errors
    /// What the store says.
    pub async fn inspect_pressed_link(
        &self,
        secret: &LinkSecret,
        browser: Option<BrowserHash>,
    ) -> Result<LinkView, Error> {
        let facts = self.0.store.link(&secret.hash()).await?;
        Ok(LinkView::new(facts.as_ref(), browser, self.now()))
    }

    /// Confirms a link: opens a session, exactly once per link (L3, L6).
    ///
    /// # Errors
    /// [`Error::Refused`] with what the link's page says (L6, L9); [`Error::Busy`]; [`Error::UnknownOutcome`].
    pub async fn log_in(
        &self,
        secret: &LinkSecret,
        browser: Option<BrowserHash>,
        email: Option<&EmailAddress>,
        context: &Context,
    ) -> Result<Opened, Error> {
        let hash = secret.hash();
        let request = context.request_of_link(&hash, browser);
        for _ in 0..ATTEMPTS {
            let Some(facts) = self.0.store.link(&hash).await? else {
                return Err(Self::dead(Refusal::LinkUnknown));
            };
            // Asked after the link was read, and each time: a link that this very request used is not "used" to it.
            if let Some(id) = request
                && let Some(repeated) = self.0.store.request(id).await?
            {
                self.same_body(context, request, repeated)?;
                return self.opened_before(&hash).await;
            }
            match link::judge(&facts, Presented { browser, email }, self.now()) {
                Err(refusal) => return Err(Self::dead(refusal)),
                Ok(Verdict::AsksAddress { tries_left }) => {
                    return Err(Self::dead(Refusal::ConfirmEmail { tries_left }));
                }
                Ok(Verdict::AddressWayClosed) => return Err(Self::dead(Refusal::AddressWayClosed)),
                Ok(Verdict::WrongAddress { tries_left }) => {
                    if self
                        .0
                        .store
                        .wrong_address(facts.id, facts.wrong_addresses)
                        .await?
                    {
                        return Err(Self::dead(Refusal::ConfirmEmail { tries_left }));
                    }
                }
                Ok(Verdict::Opens(opening)) => {
                    let (redemption, secret) = self.redemption(opening, request, context).await?;
                    match self.0.store.redeem(redemption).await? {
                        Outcome::Done(()) => return self.opened(secret, facts).await,
                        Outcome::Repeated(repeated) => {
                            self.same_body(context, request, repeated)?;
                            return self.opened_before(&hash).await;
                        }
                        // Somebody was first, or the account moved: the facts are read once more.
                        Outcome::Stale => {}
                        // An order's new address is somebody's by now.
                        Outcome::Taken => return Err(Self::dead(Refusal::EmailTaken)),
                    }
                }
            }
        }
        Err(Error::Busy)
    }

    /// A second press on the page of a used link, in the browser that asked, goes on into the same session (L6).
    ///
    /// # Errors
    /// What the store says; `Ok(None)` is any other press.
    pub async fn second_press(
        &self,
        secret: &LinkSecret,
        browser: Option<BrowserHash>,
    ) -> Result<Option<Opened>, Error> {
        let Some(facts) = self.0.store.link(&secret.hash()).await? else {
            return Ok(None);
        };
        match link::second_press(&facts, browser, self.now()) {
            Some(session) => self.opened_again(session, facts).await,
            None => Ok(None),
        }
    }

    async fn redemption(
        &self,
        opening: link::Opening,
        request: Option<crate::RequestId>,
        context: &Context,
    ) -> Result<(Redemption, SessionSecret), Error> {
        let id = SessionId::new(self.now(), self.random()?);
        let nonce = Nonce::from_bytes(self.random()?);
        let secret = self.0.key.session(id, &nonce);
        let browser = context.origin.browser.clone();
        let session = NewSession {
            id,
            hash: secret.hash(),
            nonce,
            key: self.0.key.id(),
            browser,
        };
        let principal = opening.principal();
        let event = Event::LoggedIn {
            link: opening.link(),
            session: id,
            by_address: opening.by_address().is_some(),
        };
        let about = About {
            account: Event::account_of(principal),
            group: None,
        };
        let request = self.stored_request(context, request);
        let entry = self.entry(context, Author::from(principal), about, &event, request)?;
        let order = match opening.purpose() {
            Purpose::LogIn => None,
            Purpose::ConfirmAddress(order) => {
                Some(self.confirmed(order, principal, context).await?)
            }
        };
        Ok((
            Redemption {
                opening,
                session,
                entry,
                order,
            },
            secret,
        ))
    }

    /// What else is written with a log-in that confirms the new address of an order: its entry, and the mails to both addresses.
    async fn confirmed(
        &self,
        id: OrderId,
        principal: Principal,
        context: &Context,
    ) -> Result<Confirmed, Error> {
        let Some(order) = self.kept_order(id).await? else {
            return Err(StoreError::broken("a link for an order that is not there").into());
        };
        let about = About {
            account: Some(order.account),
            group: None,
        };
        let event = Event::OrderCarriedOut { order: id };
        let entry = self.entry(context, principal.into(), about, &event, None)?;
        Ok(Confirmed::new(&order, entry))
    }

    async fn opened(&self, secret: SessionSecret, facts: LinkFacts) -> Result<Opened, Error> {
        let stored = self.0.store.session(&secret.hash()).await;
        // The session is open by now: a lost answer here is not "nothing was done".
        match stored.map_err(Error::UnknownOutcome)? {
            Some(logged_in) => Ok(Opened {
                secret,
                holder: logged_in.holder,
                next: facts.next,
                confirmed_address: facts.purpose.order().is_some(),
            }),
            // Ended between the two statements: nobody is logged in.
            None => Err(Self::dead(Refusal::LinkEnded)),
        }
    }

    /// The same log-in was asked for before, under the same key: the same answer, while its session counts.
    async fn opened_before(&self, hash: &crate::LinkHash) -> Result<Opened, Error> {
        let facts = self.0.store.link(hash).await?;
        let Some((used, facts)) = facts.and_then(|facts| facts.used.map(|used| (used, facts)))
        else {
            return Err(Self::dead(Refusal::LinkUnknown));
        };
        // Beyond the link's life nobody waits for a lost answer any more.
        if self.now() >= facts.expires_at {
            return Err(Self::dead(Refusal::LinkUsed { at: used.at }));
        }
        let again = self.opened_again(used.session, facts).await?;
        again.ok_or_else(|| Self::dead(Refusal::LinkUsed { at: used.at }))
    }

    async fn opened_again(
        &self,
        session: SessionId,
        facts: LinkFacts,
    ) -> Result<Option<Opened>, Error> {
        let Some(stored) = self.0.store.session_key(session).await? else {
            return Ok(None);
        };
        if session::judge(&stored.session, &self.0.lifetimes, self.now()).is_err() {
            return Ok(None);
        }
        let Some(key) = self.key(stored.key) else {
            return Ok(None);
        };
        let secret = key.session(session, &stored.nonce);
        if secret.hash() != stored.hash {
            tracing::error!("a derived session secret does not match what is stored");
            return Ok(None);
        }
        self.opened(secret, facts).await.map(Some)
    }

    /// A visitor's refusal is counted in the technical log, not in the journal (T1).
    fn dead(refusal: Refusal) -> Error {
        tracing::info!(code = refusal.code(), rule = %refusal.rule(), "a link logged nobody in");
        Error::Refused(refusal)
    }
}

//! The courier: answers what was asked for, and hands over what waits. Single passes with a given time.

use std::collections::HashMap;
use std::time::Duration;

use super::{Aplus, Context, Error, Inner, NoticeDomains};
use crate::asking::{self, Answer, Silence};
use crate::journal::{Entry, Event, Origin, entry::About};
use crate::link::{self, LinkState, Purpose};
use crate::mail::{Mail, Message, Recipient};
use crate::ports::{
    AnsweredAsks, AskSettings, LinkKey, MailError, NewAsk, NewLink, Outcome, QueuedMail,
    StoreError, WaitingAsks,
};
use crate::{Author, LinkId, LinkSecret, Nonce, Timestamp};

/// How many addresses one pass answers.
const AT_ONCE: u32 = 200;

/// How many mails one pass hands over: few enough that a slow relay has them all before the claim ends.
const MAILS_AT_ONCE: u32 = 20;

/// For how long a claimed mail is this process's.
const CLAIM: Duration = Duration::from_secs(120);

/// After each failed attempt a mail waits this long; after the last it is given up.
const PAUSES: [Duration; 7] = [
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    Duration::from_secs(1_800),
    Duration::from_secs(7_200),
    Duration::from_secs(21_600),
    Duration::from_secs(43_200),
];

/// What one pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CourierReport {
    /// Askings that were answered, in whatever way.
    pub answered: u32,
    /// Mails that the relay took.
    pub sent: u32,
    /// Mails that are tried again later.
    pub postponed: u32,
    /// Mails that are not tried again.
    pub given_up: u32,
}

impl CourierReport {
    /// Whether there was nothing to do.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        *self == Self::default()
    }
}

enum Sending {
    Sent,
    Postponed,
    GivenUp,
}

impl Aplus {
    /// One pass of the courier at `now`: answers the askings that wait (L4, L7), then hands over the mails that are due.
    ///
    /// # Errors
    /// What the store says. What was done before stays done, and the next pass goes on.
    pub async fn courier_pass(&self, now: Timestamp) -> Result<CourierReport, Error> {
        let answered = self.answer_asks(now).await?;
        let mut report = CourierReport {
            answered,
            ..CourierReport::default()
        };
        let mails = self
            .0
            .store
            .claim(now, now.saturating_add(CLAIM), MAILS_AT_ONCE)
            .await?;
        for mail in &mails {
            match self.hand_over(mail, now).await? {
                Sending::Sent => report.sent += 1,
                Sending::Postponed => report.postponed += 1,
                Sending::GivenUp => report.given_up += 1,
            }
        }
        Ok(report)
    }

    async fn answer_asks(&self, now: Timestamp) -> Result<u32, Error> {
        let mut answered = 0;
        for _ in 0..AT_ONCE {
            let Some(waiting) = self.0.store.waiting(self.ask_settings(), now).await? else {
                break;
            };
            let number = u32::try_from(waiting.asks.len()).unwrap_or(u32::MAX);
            let answers = self.answers(waiting, now)?;
            match self.0.store.answer(answers).await? {
                Outcome::Done(()) => answered += number,
                // Another process answered one of them: what still waits is read anew.
                Outcome::Stale | Outcome::Taken | Outcome::Repeated(_) => {}
            }
        }
        Ok(answered)
    }

    /// What askings are read with.
    pub(super) fn ask_settings(&self) -> AskSettings<'_> {
        AskSettings {
            domains: match &self.0.notices {
                NoticeDomains::Known(domains) => Some(domains.as_slice()),
                NoticeDomains::Any => None,
            },
            lifetimes: &self.0.lifetimes,
            limits: &self.0.limits,
        }
    }

    /// The decision of the core, and what is written for it.
    pub(super) fn answers(
        &self,
        waiting: WaitingAsks,
        now: Timestamp,
    ) -> Result<AnsweredAsks, Error> {
        let WaitingAsks {
            email,
            principal,
            order,
            waiting,
            asks,
        } = waiting;
        let purpose = order.map_or(Purpose::LogIn, |order| Purpose::ConfirmAddress(order.id));
        let message = |link| match purpose {
            Purpose::LogIn => Message::LoginLink { link },
            Purpose::ConfirmAddress(_) => Message::ConfirmAddress { link },
        };
        let mut fresh = Vec::with_capacity(asks.len());
        for ask in &asks {
            fresh.push(LinkId::new(ask.at, self.random()?));
        }
        let by_id: HashMap<_, _> = asks
            .iter()
            .zip(fresh)
            .map(|(ask, link)| (ask.id, (ask, link)))
            .collect();
        let id_of = |ask: &asking::Ask| {
            by_id
                .get(&ask.id)
                .map_or(LinkId::from_uuid(*ask.id.as_uuid()), |(_, link)| *link)
        };
        let answers = asking::answer(&waiting, &self.0.limits, &self.0.lifetimes, now, id_of);

        let mut written = AnsweredAsks {
            email: email.clone(),
            answers: answers.clone(),
            links: Vec::new(),
            entries: Vec::new(),
            mails: Vec::new(),
            language: asks.last().map(|ask| ask.language).unwrap_or_default(),
            at: now,
        };
        for (id, answer) in answers {
            let Some((ask, _)) = by_id.get(&id) else {
                continue;
            };
            match (answer, principal) {
                (Answer::Issue { link, supersedes }, Some((principal, epoch))) => {
                    let until = ask.at.saturating_add(self.0.lifetimes.link());
                    let nonce = Nonce::from_bytes(self.random()?);
                    let key = &self.0.key;
                    written.links.push(NewLink {
                        id: link,
                        hash: key.link(link, &nonce).hash(),
                        nonce,
                        key: key.id(),
                        purpose,
                        principal,
                        email: email.clone(),
                        browser: ask.browser,
                        issued_at: ask.at,
                        expires_at: order.map_or(until, |order| until.min(order.expires_at)),
                        epoch,
                        next: ask.next.clone(),
                        language: ask.language,
                        supersedes,
                    });
                    let event = Event::LinkIssued {
                        principal,
                        link,
                        supersedes,
                        order: purpose.order(),
                    };
                    self.queue(&mut written, ask, &event, message(link))?;
                }
                (Answer::SendAgain(link), Some((principal, _))) => {
                    let event = Event::LinkSentAgain { principal, link };
                    self.queue(&mut written, ask, &event, message(link))?;
                }
                (Answer::Tell, principal) => {
                    let message = match principal {
                        Some(_) => Message::AddressDeactivated,
                        None => Message::AddressUnknown,
                    };
                    let cause = crate::EntryId::from_uuid(*id.as_uuid());
                    written.mails.push(Mail::new(
                        cause,
                        0,
                        Recipient::Address(email.clone()),
                        message,
                    ));
                }
                (Answer::Nothing(silence), _) => self.count(silence, &email),
                (Answer::Issue { .. } | Answer::SendAgain(_), None) => {
                    return Err(StoreError::broken("a link for an address without an owner").into());
                }
            }
        }
        Ok(written)
    }

    fn queue(
        &self,
        written: &mut AnsweredAsks,
        ask: &NewAsk,
        event: &Event,
        message: Message,
    ) -> Result<(), Error> {
        let principal = match event {
            Event::LinkIssued { principal, .. } | Event::LinkSentAgain { principal, .. } => {
                Some(*principal)
            }
            _ => None,
        };
        let network = Some(ask.network.clone()).filter(|network| network != "unknown");
        let context = Context {
            origin: Origin {
                network,
                browser: None,
            },
            ..Context::default()
        };
        let about = About {
            account: principal.and_then(Event::account_of),
            group: None,
        };
        let entry: Entry = self.entry(&context, Author::Machine, about, event, None)?;
        let to = Recipient::Address(written.email.clone());
        written.mails.push(Mail::new(entry.id(), 0, to, message));
        written.entries.push(entry);
        Ok(())
    }

    /// What a visitor is not sent is counted and goes to the technical log, an address only as a keyed hash (T1).
    fn count(&self, silence: Silence, email: &crate::EmailAddress) {
        tracing::info!(
            reason = silence.as_str(),
            address = self.pseudonym(email),
            "an asking was answered with nothing"
        );
    }

    async fn hand_over(&self, mail: &QueuedMail, now: Timestamp) -> Result<Sending, Error> {
        let secret = match &mail.link {
            None => None,
            Some(stored) => match self.derive(stored, now) {
                Ok(secret) => Some(secret),
                // Another process may know the key; nobody can send a link that is dead.
                Err(Unsent::UnknownKey) => return self.postpone(mail, now, "unknown_key").await,
                Err(Unsent::Dead) => return self.give_up(mail, now, "dead_link").await,
                Err(Unsent::Mismatch) => {
                    tracing::error!(mail = %mail.id, "a derived link secret does not match what is stored");
                    return self.give_up(mail, now, "mismatch").await;
                }
            },
        };
        let Inner {
            letters,
            site,
            retention,
            ..
        } = &*self.0;
        let letter = letters.letter(mail, secret.as_ref(), site, retention);
        // A relay's own words usually quote the address: they do not go to the log (T1).
        match self.0.mailer.send(&letter).await {
            Ok(()) => {
                self.0.store.sent(mail.id, self.now()).await?;
                Ok(Sending::Sent)
            }
            Err(MailError::Later(_)) => {
                tracing::warn!(mail = %mail.id, "a mail was not accepted for now");
                self.postpone(mail, now, "relay").await
            }
            Err(MailError::Never(_)) => {
                tracing::warn!(mail = %mail.id, "a mail was refused");
                self.give_up(mail, now, "refused").await
            }
        }
    }

    async fn postpone(
        &self,
        mail: &QueuedMail,
        now: Timestamp,
        why: &'static str,
    ) -> Result<Sending, Error> {
        match PAUSES.get(mail.attempts as usize) {
            Some(pause) => {
                self.0
                    .store
                    .postpone(mail.id, now.saturating_add(*pause))
                    .await?;
                Ok(Sending::Postponed)
            }
            None => self.give_up(mail, now, why).await,
        }
    }

    async fn give_up(
        &self,
        mail: &QueuedMail,
        now: Timestamp,
        why: &'static str,
    ) -> Result<Sending, Error> {
        tracing::warn!(mail = %mail.id, kind = mail.message.kind(), reason = why, "a mail was given up");
        self.0.store.give_up(mail.id, now, why).await?;
        Ok(Sending::GivenUp)
    }

    fn derive(&self, stored: &LinkKey, now: Timestamp) -> Result<LinkSecret, Unsent> {
        if link::state(&stored.facts, now) != LinkState::Live {
            return Err(Unsent::Dead);
        }
        let key = self.key(stored.key).ok_or(Unsent::UnknownKey)?;
        let secret = key.link(stored.facts.id, &stored.nonce);
        if secret.hash() == stored.hash {
            Ok(secret)
        } else {
            Err(Unsent::Mismatch)
        }
    }
}

enum Unsent {
    Dead,
    UnknownKey,
    Mismatch,
}

//! Handing over the mails that are due, each claimed by itself, so that no urgent one ever waits behind a claim of many.

use std::time::Duration;

use tokio::time::Sleep;

use super::mail_counts::Sending;
use super::{Aplus, CourierReport, Error, Inner};
use crate::link::{self, LinkState};
use crate::mail::Urgency;
use crate::ports::{LinkKey, MailError, QueuedMail, UnreadableMail};
use crate::{LinkSecret, Timestamp};

/// How many mails one pass hands over, beside those of imports.
const AT_ONCE: u32 = 20;

/// For how long a claimed mail is this process's; what a process had in hand when it ended is sent after this time.
const CLAIM: Duration = Duration::from_secs(60);

/// How long one attempt may last from its claim on, whatever the mailer does: shorter than the claim, so that no other process
/// tries meanwhile.
const ATTEMPT: Duration = Duration::from_secs(50);

/// After each failed attempt a mail waits this long, and the last of these times again after each further one.
const PAUSES: [Duration; 7] = [
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    Duration::from_secs(1_800),
    Duration::from_secs(7_200),
    Duration::from_secs(21_600),
    Duration::from_secs(43_200),
];

/// How often a mail is tried: over four to five days, as RFC 5321 (4.5.4.1) asks, so that a relay may be away from Friday to
/// Monday.
const TRIES: u32 = 16;

/// A mail with a link waits no longer than this: somebody is in front of a screen, and its life ends the attempts.
const LINK_PAUSE: Duration = Duration::from_secs(120);

/// A mail whose key is unknown here is left to another process for this long.
const OTHERS_TURN: Duration = Duration::from_secs(5);

/// The time of a pass: what was given to it, and what went by since.
#[derive(Debug, Clone, Copy)]
pub(super) struct PassTime {
    given: Timestamp,
    begun: Timestamp,
}

/// Why a link cannot be put into its letter.
enum Unsent {
    Dead,
    Late,
    UnknownKey,
    Mismatch,
}

impl CourierReport {
    fn count(&mut self, sending: Sending) {
        match sending {
            Sending::Sent => self.sent += 1,
            Sending::Postponed => self.postponed += 1,
            Sending::GivenUp => self.given_up += 1,
            Sending::Late => {
                self.given_up += 1;
                self.late += 1;
            }
        }
    }
}

impl Aplus {
    /// A pass at `given` begins now.
    pub(super) fn pass_at(&self, given: Timestamp) -> PassTime {
        let begun = self.now();
        PassTime { given, begun }
    }

    fn time_of(&self, pass: PassTime) -> Timestamp {
        let lasted = self.now().duration_since(pass.begun);
        pass.given.saturating_add(lasted)
    }

    pub(super) async fn deliver(
        &self,
        pass: PassTime,
        report: &mut CourierReport,
    ) -> Result<(), Error> {
        for _ in 0..AT_ONCE {
            match self.hand_over_next(Urgency::Usual, pass).await? {
                Some(sending) => report.count(sending),
                None => break,
            }
        }
        while self.0.pace.allows(self.time_of(pass)) {
            match self.hand_over_next(Urgency::Bulk, pass).await? {
                Some(sending) => report.count(sending),
                None => break,
            }
            self.0.pace.took();
        }
        self.0.pace.end_pass();
        Ok(())
    }

    /// Claims the mail that is due first, and hands it over; nothing where none is due that is this urgent.
    pub(super) async fn hand_over_next(
        &self,
        least: Urgency,
        pass: PassTime,
    ) -> Result<Option<Sending>, Error> {
        let attempt = tokio::time::sleep(ATTEMPT);
        // What falls due while the pass lasts is the next one's, so that it comes to an end; a claim begins when it is made.
        let until = self.time_of(pass).saturating_add(CLAIM);
        let claimed = self.0.store.claim(pass.given, until, 1, least).await?;
        let sending = match (claimed.mails.into_iter().next(), claimed.unreadable.first()) {
            (Some(mail), _) => {
                if mail.message.is_urgent() {
                    // There may be more: another lane looks while this one sends.
                    self.0.work.urgent.notify_one();
                }
                match self.with_answer(mail, pass).await? {
                    Ok(mail) => self.hand_over(&mail, attempt, pass).await?,
                    Err(sending) => sending,
                }
            }
            (None, Some(unreadable)) => self.leave_to_others(*unreadable, pass).await?,
            (None, None) => return Ok(None),
        };
        self.0.mail_counts.add(sending);
        Ok(Some(sending))
    }

    /// The mail with the answer of support that it carries, read where the host keeps conversations; nothing where the mail is not
    /// sent from here, since the answer was erased or this process has no desk.
    async fn with_answer(
        &self,
        mail: QueuedMail,
        pass: PassTime,
    ) -> Result<Result<QueuedMail, Sending>, Error> {
        let Some((conversation, place)) = mail.message.answer() else {
            return Ok(Ok(mail));
        };
        #[cfg(feature = "desk")]
        if let Some(desk) = self.desk() {
            let answer = desk.written_answer(conversation, place).await?;
            return match answer {
                Some(_) => Ok(Ok(QueuedMail { answer, ..mail })),
                None => self.give_up(&mail, "erased", pass).await.map(Err),
            };
        }
        tracing::debug!(%conversation, place = place.0, "an answer cannot be read here");
        let unreadable = UnreadableMail {
            id: mail.id,
            attempts: mail.attempts,
        };
        self.leave_to_others(unreadable, pass).await.map(Err)
    }

    async fn hand_over(
        &self,
        mail: &QueuedMail,
        attempt: Sleep,
        pass: PassTime,
    ) -> Result<Sending, Error> {
        let secret = match (&mail.link, mail.message.link()) {
            (None, None) => None,
            // The letter speaks of a link that nobody could press.
            (None, Some(_)) => return self.leave(mail, Unsent::Dead, pass).await,
            (Some(stored), _) => match self.derive(stored, mail.queued_at, self.time_of(pass)) {
                Ok(secret) => Some(secret),
                Err(unsent) => return self.leave(mail, unsent, pass).await,
            },
        };
        let Inner {
            letters,
            site,
            retention,
            ..
        } = &*self.0;
        let letter = letters.letter(mail, secret.as_ref(), site, retention);
        let sent = tokio::select! {
            biased;
            () = attempt => None,
            sent = self.0.mailer.send(&letter) => Some(sent),
        };
        // A relay's own words usually quote the address: they do not go to the log (T1).
        match sent {
            Some(Ok(())) => {
                let noted = self.0.store.sent(mail.claim(), self.time_of(pass)).await;
                if let Err(error) = noted {
                    tracing::error!(
                        mail = %mail.id, %error,
                        "a mail was handed over, and that could not be noted: it goes once more when its claim is over"
                    );
                    return Err(error.into());
                }
                Ok(Sending::Sent)
            }
            Some(Err(MailError::Later(_))) => {
                tracing::warn!(mail = %mail.id, "a mail was not accepted for now");
                self.postpone(mail, "relay", pass).await
            }
            Some(Err(MailError::Never(_))) => {
                tracing::warn!(mail = %mail.id, "a mail was refused");
                self.give_up(mail, "refused", pass).await
            }
            None => {
                tracing::warn!(mail = %mail.id, "a mailer did not come to an end");
                self.postpone(mail, "time_out", pass).await
            }
        }
    }

    fn derive(
        &self,
        stored: &LinkKey,
        queued_at: Timestamp,
        now: Timestamp,
    ) -> Result<LinkSecret, Unsent> {
        if link::state(&stored.facts, now) != LinkState::Live {
            return Err(Unsent::Dead);
        }
        let key = self.key(stored.key).ok_or(Unsent::UnknownKey)?;
        if !link::is_worth_sending(&stored.facts, queued_at, now) {
            return Err(Unsent::Late);
        }
        let secret = key.link(stored.facts.id, &stored.nonce);
        if secret.hash() == stored.hash {
            Ok(secret)
        } else {
            Err(Unsent::Mismatch)
        }
    }

    async fn leave(
        &self,
        mail: &QueuedMail,
        unsent: Unsent,
        pass: PassTime,
    ) -> Result<Sending, Error> {
        match unsent {
            Unsent::Dead => self.give_up(mail, "dead_link", pass).await,
            Unsent::Late => {
                self.give_up(mail, "late_link", pass).await?;
                Ok(Sending::Late)
            }
            Unsent::Mismatch => {
                tracing::error!(mail = %mail.id, "a derived link secret does not match what is stored");
                self.give_up(mail, "mismatch", pass).await
            }
            Unsent::UnknownKey => {
                let now = self.time_of(pass);
                let facts = mail.link.as_ref().map(|link| &link.facts);
                let worth = facts.is_some_and(|it| link::is_worth_sending(it, mail.queued_at, now));
                if !worth {
                    tracing::error!(mail = %mail.id, "no process knew the key of a mail while its link was worth sending");
                    return self.give_up(mail, "unknown_key", pass).await;
                }
                if mail.attempts == 0 {
                    tracing::warn!(mail = %mail.id, "the key of a mail is unknown here; it is left to another process");
                }
                let next = now.saturating_add(OTHERS_TURN);
                self.0.store.postpone(mail.claim(), next).await?;
                Ok(Sending::Postponed)
            }
        }
    }

    /// What a newer version wrote is that one's to send; where none comes, it is given up after the tries of any other.
    async fn leave_to_others(
        &self,
        mail: UnreadableMail,
        pass: PassTime,
    ) -> Result<Sending, Error> {
        let now = self.time_of(pass);
        match pause_after(mail.attempts) {
            Some(pause) => {
                if mail.attempts == 0 {
                    tracing::warn!(mail = %mail.id, "a mail cannot be read here; it is left to another process");
                }
                let next = now.saturating_add(pause);
                self.0.store.postpone(mail.claim(), next).await?;
                Ok(Sending::Postponed)
            }
            None => {
                tracing::error!(mail = %mail.id, "no process could read a mail: it was given up");
                self.0
                    .store
                    .give_up(mail.claim(), now, "unreadable")
                    .await?;
                Ok(Sending::GivenUp)
            }
        }
    }

    async fn postpone(
        &self,
        mail: &QueuedMail,
        why: &'static str,
        pass: PassTime,
    ) -> Result<Sending, Error> {
        let pause = match &mail.link {
            Some(_) => Some(pause_after(mail.attempts).map_or(LINK_PAUSE, |it| it.min(LINK_PAUSE))),
            None => pause_after(mail.attempts),
        };
        match pause {
            Some(pause) => {
                // From its end on: an attempt may have lasted long.
                let next = self.time_of(pass).saturating_add(pause);
                self.0.store.postpone(mail.claim(), next).await?;
                Ok(Sending::Postponed)
            }
            None => self.give_up(mail, why, pass).await,
        }
    }

    async fn give_up(
        &self,
        mail: &QueuedMail,
        why: &'static str,
        pass: PassTime,
    ) -> Result<Sending, Error> {
        tracing::warn!(mail = %mail.id, kind = mail.message.kind(), reason = why, "a mail was given up");
        let (claim, at) = (mail.claim(), self.time_of(pass));
        self.0.store.give_up(claim, at, why).await?;
        Ok(Sending::GivenUp)
    }
}

/// How long a mail waits after a failed attempt that came after so many others; nothing after the last.
fn pause_after(attempts: u32) -> Option<Duration> {
    let [.., longest] = PAUSES;
    let pause = PAUSES.get(attempts as usize).copied().unwrap_or(longest);
    (attempts + 1 < TRIES).then_some(pause)
}

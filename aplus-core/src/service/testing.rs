//! For tests: a service in memory, and a log-in in one line.

use super::{Aplus, Context, Error, LoginAsk, Opened};
use crate::memory::MemoryStore;
use crate::ports::{AnsweredAsks, Letter, MailError, Mailer, Outcome, StoreError, WaitingAsks};
use crate::words::Language;
use crate::{EmailAddress, HostKey, Refusal, Site, Timestamp};

/// Takes every letter and keeps none.
struct Nowhere;

#[async_trait::async_trait]
impl Mailer for Nowhere {
    async fn send(&self, _letter: &Letter) -> Result<(), MailError> {
        Ok(())
    }
}

impl Aplus {
    /// A service on the reference store, with its desk, a key that everybody knows and a mailer that keeps nothing.
    ///
    /// # Errors
    /// None that a test can cause: the site and the key are fixed.
    pub fn in_memory() -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let site = Site::new("http://127.0.0.1:3000")?;
        let key = HostKey::new(b"a key for tests, known to everybody")?;
        let store = MemoryStore::default();
        Ok(Self::builder(store.clone(), Nowhere, site, key)
            .desk(store)
            .build())
    }

    /// What the courier would write for askings that wait: for tests that write it themselves.
    pub(crate) fn answers_to(
        &self,
        waiting: WaitingAsks,
        now: Timestamp,
    ) -> Result<AnsweredAsks, Error> {
        self.answers(waiting, now)
    }

    /// Logs somebody in as the pages do: asks, answers, confirms in the same browser. The link's letter stays queued.
    ///
    /// # Errors
    /// [`Refusal::LinkUnknown`] where the rules send no link to this address; what the store says.
    pub(crate) async fn log_in_at_once(&self, email: &EmailAddress) -> Result<Opened, Error> {
        let browser = self.new_browser()?.hash();
        let ask = LoginAsk {
            email: email.clone(),
            browser,
            next: None,
            language: Language::French,
        };
        let context = Context::default();
        self.ask_for_link(ask, &context).await?;
        let now = self.now();
        while let Some(waiting) = self.0.store.waiting(self.ask_settings(), now).await? {
            let answers = self.answers(waiting, now)?;
            let own = answers.links.iter().find(|link| link.browser == browser);
            let secret = own.map(|link| self.0.key.link(link.id, &link.nonce));
            match (self.0.store.answer(answers).await?, secret) {
                (Outcome::Done(()), Some(secret)) => {
                    return self.log_in(&secret, Some(browser), None, &context).await;
                }
                (Outcome::Done(()) | Outcome::Stale, _) => {}
                (Outcome::Taken | Outcome::Repeated(_), _) => {
                    return Err(StoreError::broken("an answer was taken or repeated").into());
                }
            }
        }
        Err(Error::Refused(Refusal::LinkUnknown))
    }
}

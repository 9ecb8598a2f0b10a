//! Who is logged in, and ending it.

use std::time::Duration;

use super::{Aplus, Context, Error};
use crate::account::{Account, Operator};
use crate::ports::{Facts, SessionHolder, TargetRef, Wanted};
use crate::rules::{self, Action};
use crate::{Actor, Author, Principal, Refusal, SessionId, SessionSecret, Timestamp, session};

/// How long a request waits at most until the use of its session is noted.
const NOTING: Duration = Duration::from_secs(1);

/// How many of somebody's sessions are listed.
const LISTED: u32 = 100;

/// Who is logged in, as read when the request came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// The session.
    pub session: SessionId,
    /// Whose it is.
    pub holder: SessionHolder,
    /// When it ends at the latest (L11).
    pub until: Timestamp,
    /// When it ends if it is not used again (L11).
    pub idle_until: Timestamp,
}

impl Current {
    /// Whose it is, for the journal and for use cases.
    #[must_use]
    pub fn author(&self) -> Author {
        self.principal().into()
    }

    /// Whose it is.
    #[must_use]
    pub fn principal(&self) -> Principal {
        match &self.holder {
            SessionHolder::Account(account) => Principal::Account(account.id()),
            SessionHolder::Operator(operator) => Principal::Operator(operator.id),
        }
    }

    /// Whose it is, for the rules: to show a button, not to act.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match &self.holder {
            SessionHolder::Account(account) => Actor::Account(account.standing()),
            SessionHolder::Operator(operator) => Actor::Operator(operator.standing()),
        }
    }

    /// The account, unless it is an operator's session.
    #[must_use]
    pub fn account(&self) -> Option<&Account> {
        match &self.holder {
            SessionHolder::Account(account) => Some(account),
            SessionHolder::Operator(_) => None,
        }
    }

    /// The operator, unless it is an account's session.
    #[must_use]
    pub fn operator(&self) -> Option<&Operator> {
        match &self.holder {
            SessionHolder::Operator(operator) => Some(operator),
            SessionHolder::Account(_) => None,
        }
    }
}

/// One of somebody's sessions that count, for their own list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// Which session.
    pub id: SessionId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was last seen, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub until: Timestamp,
    /// What the browser said of itself.
    pub browser: Option<String>,
}

impl Aplus {
    /// Who is logged in with this cookie; notes the use at most once a minute, and goes on after a second where it cannot.
    ///
    /// # Errors
    /// What the store says. Nobody being logged in is `Ok(None)`: an outage is never read as that.
    pub async fn current(&self, secret: &SessionSecret) -> Result<Option<Current>, Error> {
        let Some(found) = self.0.store.session(&secret.hash()).await? else {
            return Ok(None);
        };
        let now = self.now();
        let Ok(live) = session::judge(&found.session, &self.0.lifetimes, now) else {
            return Ok(None);
        };
        if live.touch {
            self.note_use(found.session.id, now).await;
        }
        let (session, holder) = (found.session.id, found.holder);
        Ok(Some(Current {
            session,
            holder,
            until: live.until,
            idle_until: live.idle_until,
        }))
    }

    /// Notes that a session is used. Where that cannot be noted now the next request notes it: nobody who is logged in is
    /// refused or kept waiting for it.
    async fn note_use(&self, session: SessionId, now: Timestamp) {
        match tokio::time::timeout(NOTING, self.0.store.touch(session, now)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%session, ?error, "the use of a session is not noted");
            }
            Err(_) => {
                tracing::warn!(%session, "the use of a session is not noted within {NOTING:?}");
            }
        }
    }

    /// The sessions of somebody that count, the newest first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn sessions(&self, owner: Principal) -> Result<Vec<OpenSession>, Error> {
        let now = self.now();
        let lines = self.0.store.sessions(owner, LISTED).await?;
        Ok(lines
            .into_iter()
            .filter_map(|line| {
                let live = session::judge(&line.session, &self.0.lifetimes, now).ok()?;
                let session = line.session;
                Some(OpenSession {
                    id: session.id,
                    opened_at: session.opened_at,
                    last_seen_at: session.last_seen_at,
                    until: live.until,
                    browser: line.browser,
                })
            })
            .collect())
    }

    /// Ends one of one's own sessions (L11).
    ///
    /// # Errors
    /// [`Refusal::SessionNotFound`] for one that is not theirs or has ended; what the store says.
    pub async fn end_session(
        &self,
        owner: Principal,
        session: SessionId,
        context: &Context,
    ) -> Result<(), Error> {
        let wanted = Wanted {
            author: owner.into(),
            target: None,
            group: None,
            request: None,
        };
        let there = self
            .0
            .store
            .session_key(session)
            .await?
            .is_some_and(|stored| {
                stored.session.principal == owner && stored.session.ended_at.is_none()
            });
        let decide = |facts: &Facts| {
            let permit = rules::end_session(&facts.actor, owner, session)?;
            if there {
                Ok(permit)
            } else {
                Err(Refusal::SessionNotFound)
            }
        };
        let write = |act| self.0.store.end_session(act);
        self.act(Action::EndSession, wanted, context, None, decide, write)
            .await
            .map(|_| ())
    }

    /// Ends all sessions and links of somebody: one's own, or as support (L11).
    ///
    /// # Errors
    /// [`Refusal::NotOperator`] for somebody else's; [`Refusal::AccountNotFound`]; what the store says.
    pub async fn end_all_sessions(
        &self,
        author: Author,
        owner: Principal,
        context: &Context,
    ) -> Result<(), Error> {
        let target = match owner {
            Principal::Account(id) => Some(TargetRef::Id(id)),
            Principal::Operator(_) => None,
        };
        let wanted = Wanted {
            author,
            target,
            group: None,
            request: None,
        };
        let decide = |facts: &Facts| {
            let permit = rules::end_all_sessions(&facts.actor, owner)?;
            match (owner, &facts.target) {
                (Principal::Account(_), None) => Err(Refusal::AccountNotFound),
                (Principal::Account(_) | Principal::Operator(_), _) => Ok(permit),
            }
        };
        let write = |act| self.0.store.end_all_sessions(act);
        self.act(Action::EndAllSessions, wanted, context, None, decide, write)
            .await
            .map(|_| ())
    }
}

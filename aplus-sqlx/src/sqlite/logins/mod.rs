//! Askings, links and sessions on SQLite: functions over a connection, and the port over them.

mod answer;
mod asking;
mod link;
mod session;
mod story;

use std::collections::BTreeMap;

use aplus_core::link::LinkFacts;
use aplus_core::ports::{
    AnsweredAsks, AskReceipt, AskSettings, LinkStory, LoggedIn, Logins, Looks, NewAsk, Redemption,
    Repeated, SessionKey, SessionLine, StoreError, WaitingAsks, Written,
};
use aplus_core::rules::{EndAllSessions, EndSession};
use aplus_core::{
    AccountId, Act, LinkHash, LinkId, Principal, RequestId, SessionHash, SessionId, Timestamp,
};
use async_trait::async_trait;

pub use answer::{answer, purge};
#[cfg(feature = "desk")]
pub(super) use asking::known_domain;
pub(super) use asking::queue_asking;
pub use asking::{ask, waiting};
pub use link::{link, redeem, wrong_address};
pub use session::{end_all_sessions, end_session, session, session_key, sessions, touch};
pub use story::{add_looks, link_stories, link_story};

use super::journal::request;
use super::{SqliteStore, act, read, write};

#[async_trait]
impl Logins for SqliteStore {
    async fn ask(&self, asking: &NewAsk, most: u32) -> Result<AskReceipt, StoreError> {
        write!(self, ask, asking, most)
    }

    async fn waiting(
        &self,
        settings: AskSettings<'_>,
        now: Timestamp,
    ) -> Result<Option<WaitingAsks>, StoreError> {
        read!(self, waiting, settings, now)
    }

    async fn answer(&self, answered: AnsweredAsks) -> Written<()> {
        act!(self, answer, &answered)
    }

    async fn link(&self, hash: &LinkHash) -> Result<Option<LinkFacts>, StoreError> {
        read!(self, link, hash)
    }

    async fn redeem(&self, redemption: Redemption) -> Written<()> {
        act!(self, redeem, redemption)
    }

    async fn wrong_address(&self, link: LinkId, seen: u8) -> Result<bool, StoreError> {
        write!(self, wrong_address, link, seen)
    }

    async fn session(&self, hash: &SessionHash) -> Result<Option<LoggedIn>, StoreError> {
        read!(self, session, hash)
    }

    async fn session_key(&self, id: SessionId) -> Result<Option<SessionKey>, StoreError> {
        read!(self, session_key, id)
    }

    async fn request(&self, id: RequestId) -> Result<Option<Repeated>, StoreError> {
        read!(self, request, id)
    }

    async fn touch(&self, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
        write!(self, touch, id, now)
    }

    async fn sessions(&self, owner: Principal, limit: u32) -> Result<Vec<SessionLine>, StoreError> {
        read!(self, sessions, owner, limit)
    }

    async fn end_session(&self, act: Act<EndSession>) -> Written<()> {
        act!(self, end_session, act)
    }

    async fn end_all_sessions(&self, act: Act<EndAllSessions>) -> Written<()> {
        act!(self, end_all_sessions, act)
    }

    async fn link_stories(
        &self,
        account: AccountId,
        limit: u32,
    ) -> Result<Vec<LinkStory>, StoreError> {
        read!(self, link_stories, account, limit)
    }

    async fn link_story(&self, hash: &LinkHash) -> Result<Option<LinkStory>, StoreError> {
        read!(self, link_story, hash)
    }

    async fn add_looks(&self, looks: &BTreeMap<LinkId, Looks>) -> Result<(), StoreError> {
        write!(self, add_looks, looks)
    }

    async fn purge(
        &self,
        dead_since: Timestamp,
        opened_before: Timestamp,
        limit: u32,
    ) -> Result<u32, StoreError> {
        write!(self, purge, dead_since, opened_before, limit)
    }
}

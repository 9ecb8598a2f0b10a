//! Askings, links and sessions, in memory.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{
    AskRow, Check, LinkRow, MemoryStore, SessionRow, State, doubled, most, next, unless_settled,
};
use crate::account::{Account, Principal};
use crate::asking::{Addressee, Answer, Ask, AskLimits, LiveLink, PastAsk, Waiting};
use crate::link::{self, LinkFacts, LinkState, Purpose, Use};
use crate::order::Order;
use crate::ports::{
    AnsweredAsks, AskReceipt, AskSettings, GivenUp, LinkStory, LoggedIn, Logins, Looks, NewAsk,
    OrderToConfirm, Outcome, Redemption, Repeated, SessionHolder, SessionKey, SessionLine,
    StoreError, WaitingAsks, Written,
};
use crate::rules::{EndAllSessions, EndSession};
use crate::secret::{LinkHash, SessionHash};
use crate::words::Language;
use crate::{AccountId, Act, EmailAddress, Lifetimes, LinkId, RequestId, SessionId, Timestamp};

impl State {
    fn waits(&self) -> impl Iterator<Item = &AskRow> {
        self.asks.values().filter(|row| row.answered.is_none())
    }

    fn answered<'a>(
        &'a self,
        email: &'a EmailAddress,
    ) -> impl Iterator<Item = (&'a NewAsk, Timestamp, Answer)> {
        self.asks.values().filter_map(move |row| {
            let (at, answer) = row.answered?;
            (row.ask.email == *email).then_some((&row.ask, at, answer))
        })
    }

    /// How many askings came from an asking's network in the ten minutes up to it, itself included; at most one beyond
    /// the limit.
    fn asks_of_network(&self, ask: &NewAsk, limits: &AskLimits) -> u32 {
        let since = ask.at.saturating_sub(AskLimits::NETWORK_WINDOW);
        let asks = self.asks.values().map(|row| &row.ask);
        let count = asks
            .filter(|other| other.network == ask.network && other.at > since && other.at <= ask.at)
            .count();
        u32::try_from(count)
            .unwrap_or(u32::MAX)
            .min(limits.network() + 1)
    }

    /// Of what was answered: each that was mailed after `since`, and the newest of each browser that asks.
    fn past(&self, email: &EmailAddress, asks: &[NewAsk], since: Timestamp) -> Vec<PastAsk> {
        let recent = || self.answered(email).filter(|(ask, _, _)| ask.at > since);
        let newest = |browser| {
            let of_browser = recent().filter(|(past, _, _)| past.browser == browser);
            of_browser.map(|(past, _, _)| (past.at, past.id)).max()
        };
        let asking: BTreeMap<_, _> = asks
            .iter()
            .filter_map(|ask| Some((ask.browser.as_bytes().to_owned(), newest(ask.browser)?)))
            .collect();
        recent()
            .map(|(ask, _, answer)| {
                let mailed = !matches!(answer, Answer::Nothing(_));
                (ask, mailed)
            })
            .filter(|(ask, mailed)| {
                *mailed || asking.get(ask.browser.as_bytes()) == Some(&(ask.at, ask.id))
            })
            .map(|(ask, mailed)| PastAsk {
                browser: ask.browser,
                at: ask.at,
                mailed,
            })
            .collect()
    }

    /// Who has this address.
    fn addressee(&self, email: &EmailAddress) -> Option<Principal> {
        let account = self.account_at(email).map(|it| Principal::Account(it.id));
        let operator = || self.operator_at(email).map(|it| Principal::Operator(it.id));
        account.or_else(operator)
    }

    /// The order on an active account that waits for the confirmation from this address, the one approved first.
    fn order_to_confirm(&self, email: &EmailAddress, now: Timestamp) -> Option<&Order> {
        let active = |id| {
            self.principal(Principal::Account(id))
                .is_some_and(|(_, it)| it)
        };
        let orders = self.orders.values().filter(|order| {
            order.to.email.as_ref() == Some(email)
                && active(order.account)
                && self.waits_for_confirmation(order.id, now)
        });
        orders.min_by_key(|order| (order.approval.map(|approval| approval.at), order.id))
    }

    /// Puts an asking in the queue.
    pub(super) fn ask(&mut self, ask: NewAsk) {
        let answered = None;
        self.asks.insert(ask.id, AskRow { ask, answered });
    }

    fn live_links(&self, principal: Principal, purpose: Purpose, now: Timestamp) -> Vec<LiveLink> {
        let facts = self.links.values().filter_map(|row| self.link_facts(row));
        facts
            .filter(|facts| {
                facts.principal == principal
                    && facts.purpose == purpose
                    && link::state(facts, now) == LinkState::Live
            })
            .map(|facts| LiveLink {
                id: facts.id,
                browser: facts.browser,
                issued_at: facts.issued_at,
                expires_at: facts.expires_at,
            })
            .collect()
    }

    pub(super) fn known_domain(&self, email: &EmailAddress, domains: Option<&[String]>) -> bool {
        let Some(domains) = domains else { return true };
        let mut addresses = self.accounts.values().filter_map(|it| it.email.as_ref());
        domains.iter().any(|domain| domain == email.domain())
            || addresses.any(|address| address.domain() == email.domain())
    }

    /// Whether a judged link may be used: what P22 says.
    fn may_redeem(&self, redemption: &Redemption) -> bool {
        let opening = redemption.opening();
        let Some(row) = self.links.get(&opening.link()) else {
            return false;
        };
        let Some(facts) = self.link_facts(row) else {
            return false;
        };
        let unchanged = opening
            .by_address()
            .is_none_or(|seen| seen == facts.wrong_addresses);
        unchanged
            && facts.purpose == opening.purpose()
            && facts.purpose.order() == redemption.order().map(|confirmed| confirmed.order)
            && facts.principal == opening.principal()
            && facts.epoch == opening.epoch()
            && link::state(&facts, redemption.at()) == LinkState::Live
    }

    fn is_live(&self, row: &SessionRow) -> bool {
        row.ended_at.is_none() && self.principal(row.principal) == Some((row.epoch, true))
    }

    /// The sessions and links of somebody end by number.
    fn end_all(&mut self, owner: Principal) -> bool {
        let epoch = match owner {
            Principal::Account(id) => self.accounts.get_mut(&id).map(|it| &mut it.epoch),
            Principal::Operator(id) => self.operators.get_mut(&id).map(|it| &mut it.epoch),
        };
        match epoch {
            Some(epoch) => {
                epoch.0 += 1;
                true
            }
            None => false,
        }
    }

    fn holder(&self, principal: Principal) -> Option<SessionHolder> {
        match principal {
            Principal::Account(id) => {
                let record = self.accounts.get(&id)?.clone();
                Some(SessionHolder::Account(Account::restore(record)))
            }
            Principal::Operator(id) => {
                let operator = self.operators.get(&id)?.clone();
                Some(SessionHolder::Operator(operator))
            }
        }
    }

    fn story(&self, row: &LinkRow) -> Option<LinkStory> {
        let facts = self.link_facts(row)?;
        let mails = self.mails.values();
        let mails: Vec<_> = mails
            .filter(|mail| mail.message.link() == Some(facts.id))
            .collect();
        let mut handed_over: Vec<_> = mails.iter().filter_map(|mail| mail.sent_at).collect();
        handed_over.sort_unstable();
        let given_up = mails.iter().filter_map(|mail| mail.given_up);
        let mut given_up: Vec<_> = given_up
            .map(|(at, reason)| GivenUp {
                at,
                reason: reason.to_owned(),
            })
            .collect();
        given_up.sort_unstable();
        Some(LinkStory {
            handed_over,
            given_up,
            waiting: mails.iter().any(|mail| mail.settled_at().is_none()),
            looks: row.looks,
            link: facts,
        })
    }
}

#[async_trait]
impl Logins for MemoryStore {
    async fn ask(&self, ask: &NewAsk, most_waiting: u32) -> Result<AskReceipt, StoreError> {
        let mut state = self.state();
        if state.waits().count() >= most(most_waiting) {
            return Ok(AskReceipt::Full);
        }
        if state.asks.contains_key(&ask.id) {
            return doubled("an asking");
        }
        state.ask(ask.clone());
        Ok(AskReceipt::Queued)
    }

    async fn waiting(
        &self,
        settings: AskSettings<'_>,
        now: Timestamp,
    ) -> Result<Option<WaitingAsks>, StoreError> {
        let AskSettings {
            domains,
            lifetimes,
            limits,
        } = settings;
        let state = self.state();
        let oldest = state.waits().min_by_key(|row| (row.ask.at, row.ask.id));
        let Some(AskRow { ask: oldest, .. }) = oldest else {
            return Ok(None);
        };
        let email = &oldest.email;
        let mut asks: Vec<_> = state
            .waits()
            .filter(|row| row.ask.email == *email)
            .map(|row| row.ask.clone())
            .collect();
        asks.sort_unstable_by_key(|ask| (ask.at, ask.id));
        asks.truncate(most(AskLimits::AT_ONCE));
        // Counted back from the oldest asking, not from now: the courier may be late.
        let since = oldest.at.saturating_sub(lifetimes.link());
        let told = state.answered(email).any(|(_, at, answer)| {
            answer == Answer::Tell && now < at.saturating_add(Lifetimes::NOTICE)
        });
        let holder = state.addressee(email);
        let order = match holder {
            None => state.order_to_confirm(email, now),
            Some(_) => None,
        };
        let holder = holder.or(order.map(|order| Principal::Account(order.account)));
        let purpose = order.map_or(Purpose::LogIn, |order| Purpose::ConfirmAddress(order.id));
        let (principal, addressee) = match holder.map(|it| (it, state.principal(it))) {
            Some((principal, Some((epoch, true)))) => (Some((principal, epoch)), Addressee::Known),
            Some((principal, Some((epoch, false)))) => {
                (Some((principal, epoch)), Addressee::Deactivated)
            }
            Some((_, None)) | None => (None, Addressee::Unknown),
        };
        let live = principal.map(|(principal, _)| state.live_links(principal, purpose, now));
        let order = order.map(|order| OrderToConfirm {
            id: order.id,
            expires_at: order.expires_at,
        });
        let waiting = Waiting {
            asks: asks
                .iter()
                .map(|ask| Ask {
                    id: ask.id,
                    browser: ask.browser,
                    at: ask.at,
                    from_network: state.asks_of_network(ask, limits),
                })
                .collect(),
            past: state.past(email, &asks, since),
            addressee,
            live: live.unwrap_or_default(),
            told,
            known_domain: state.known_domain(email, domains),
        };
        Ok(Some(WaitingAsks {
            email: email.clone(),
            principal,
            order,
            waiting,
            asks,
        }))
    }

    async fn answer(&self, answered: AnsweredAsks) -> Written<()> {
        let mut state = self.state();
        let waits = |id| state.asks.get(id).is_some_and(|row| row.answered.is_none());
        if !answered.answers.iter().all(|(id, _)| waits(id)) {
            return Ok(Outcome::Stale);
        }
        let works = |id| {
            let row: Option<&LinkRow> = state.links.get(id);
            row.is_some_and(|row| row.used.is_none() && row.superseded_at.is_none())
        };
        if !answered.sent_again().all(works) {
            return Ok(Outcome::Stale);
        }
        let mut entries = answered.entries.iter();
        if answered
            .links
            .iter()
            .any(|link| state.links.contains_key(&link.id))
            || entries.any(|entry| state.entries.contains_key(&entry.id()))
        {
            return doubled("a link or an entry");
        }
        for (id, answer) in answered.answers {
            if let Some(row) = state.asks.get_mut(&id) {
                row.answered = Some((answered.at, answer));
            }
        }
        for link in answered.links {
            if let Some(older) = link.supersedes.and_then(|id| state.links.get_mut(&id)) {
                older.superseded_at.get_or_insert(link.issued_at);
            }
            let row = LinkRow {
                used: None,
                superseded_at: None,
                wrong_addresses: 0,
                looks: None,
                link,
            };
            state.links.insert(row.link.id, row);
        }
        for entry in &answered.entries {
            state.append(entry);
        }
        for mail in &answered.mails {
            state.queue(mail, answered.language, answered.at);
        }
        Ok(Outcome::Done(()))
    }

    async fn link(&self, hash: &LinkHash) -> Result<Option<LinkFacts>, StoreError> {
        let state = self.state();
        let mut links = state.links.values();
        let row = links.find(|row| row.link.hash == *hash);
        Ok(row.and_then(|row| state.link_facts(row)))
    }

    async fn redeem(&self, redemption: Redemption) -> Written<()> {
        let mut state = self.state();
        let request = redemption.entry().request();
        if let Some(repeated) = request.and_then(|(id, _)| state.repeated(id)) {
            return Ok(Outcome::Repeated(repeated));
        }
        if !state.may_redeem(&redemption) {
            return Ok(Outcome::Stale);
        }
        let at = redemption.at();
        let Redemption {
            opening,
            session,
            entry,
            order,
        } = redemption;
        if state.sessions.contains_key(&session.id) {
            return doubled("a session");
        }
        let mut epoch = opening.epoch();
        if let Some(confirmed) = &order {
            match state.carry_out(confirmed.order, at) {
                Outcome::Done(()) => epoch.0 += 1,
                refused => return Ok(refused),
            }
        }
        if let Some(row) = state.links.get_mut(&opening.link()) {
            row.used = Some(Use {
                at,
                session: session.id,
            });
        }
        if let Principal::Account(id) = opening.principal()
            && let Some(account) = state.accounts.get_mut(&id)
        {
            if account.last_login_at.is_none() {
                next(&mut account.version);
            }
            // The clock of another process may be ahead.
            account.last_login_at = account.last_login_at.max(Some(at));
        }
        let row = SessionRow {
            principal: opening.principal(),
            epoch,
            opened_at: at,
            last_seen_at: at,
            ended_at: None,
            session,
        };
        state.sessions.insert(row.session.id, row);
        state.append(&entry);
        if let Some(confirmed) = &order {
            state.append(&confirmed.entry);
            for mail in &confirmed.mails {
                state.queue(mail, Language::default(), at);
            }
        }
        Ok(Outcome::Done(()))
    }

    async fn wrong_address(&self, link: LinkId, seen: u8) -> Result<bool, StoreError> {
        let mut state = self.state();
        match state.links.get_mut(&link) {
            Some(row) if row.used.is_none() && row.wrong_addresses == seen => {
                row.wrong_addresses = seen.saturating_add(1);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn session(&self, hash: &SessionHash) -> Result<Option<LoggedIn>, StoreError> {
        let state = self.state();
        let mut sessions = state.sessions.values();
        let row = sessions.find(|row| row.session.hash == *hash);
        Ok(row.and_then(|row| {
            Some(LoggedIn {
                session: state.session_facts(row)?,
                holder: state.holder(row.principal)?,
            })
        }))
    }

    async fn session_key(&self, id: SessionId) -> Result<Option<SessionKey>, StoreError> {
        let state = self.state();
        Ok(state.sessions.get(&id).and_then(|row| {
            Some(SessionKey {
                session: state.session_facts(row)?,
                hash: row.session.hash,
                nonce: row.session.nonce,
                key: row.session.key,
            })
        }))
    }

    async fn request(&self, id: RequestId) -> Result<Option<Repeated>, StoreError> {
        Ok(self.state().repeated(id))
    }

    async fn touch(&self, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
        let mut state = self.state();
        let live = state
            .sessions
            .get(&id)
            .is_some_and(|row| state.is_live(row));
        if let Some(row) = state.sessions.get_mut(&id)
            && live
        {
            row.last_seen_at = row.last_seen_at.max(now);
        }
        Ok(())
    }

    async fn sessions(&self, owner: Principal, limit: u32) -> Result<Vec<SessionLine>, StoreError> {
        let state = self.state();
        let rows = state.sessions.values();
        let rows = rows.filter(|row| row.principal == owner && state.is_live(row));
        let mut lines: Vec<_> = rows
            .filter_map(|row| {
                Some(SessionLine {
                    session: state.session_facts(row)?,
                    browser: row.session.browser.clone(),
                })
            })
            .collect();
        lines.sort_unstable_by_key(|line| Reverse((line.session.opened_at, line.session.id)));
        lines.truncate(most(limit));
        Ok(lines)
    }

    async fn end_session(&self, act: Act<EndSession>) -> Written<()> {
        let mut state = self.state();
        unless_settled!(state, &act);
        let (id, owner) = (act.action().session(), act.action().owner());
        let row = state.sessions.get(&id);
        if !row.is_some_and(|row| row.principal == owner && state.is_live(row)) {
            return Ok(Outcome::Stale);
        }
        if let Some(row) = state.sessions.get_mut(&id) {
            row.ended_at = Some(act.at());
        }
        state.record(&act);
        Ok(Outcome::Done(()))
    }

    async fn end_all_sessions(&self, act: Act<EndAllSessions>) -> Written<()> {
        let mut state = self.state();
        unless_settled!(state, &act);
        if !state.end_all(act.action().owner()) {
            return Ok(Outcome::Stale);
        }
        state.record(&act);
        Ok(Outcome::Done(()))
    }

    async fn link_stories(
        &self,
        account: AccountId,
        limit: u32,
    ) -> Result<Vec<LinkStory>, StoreError> {
        let state = self.state();
        let owner = Principal::Account(account);
        let links = state.links.values();
        let mut links: Vec<_> = links.filter(|row| row.link.principal == owner).collect();
        links.sort_unstable_by_key(|row| Reverse((row.link.issued_at, row.link.id)));
        links.truncate(most(limit));
        let stories = links.into_iter().filter_map(|row| state.story(row));
        Ok(stories.collect())
    }

    async fn link_story(&self, hash: &LinkHash) -> Result<Option<LinkStory>, StoreError> {
        let state = self.state();
        let mut links = state.links.values();
        let row = links.find(|row| row.link.hash == *hash);
        Ok(row.and_then(|row| state.story(row)))
    }

    async fn add_looks(&self, looks: &BTreeMap<LinkId, Looks>) -> Result<(), StoreError> {
        let mut state = self.state();
        for (link, new) in looks {
            if let Some(row) = state.links.get_mut(link) {
                row.looks = Some(row.looks.map_or(*new, |known| known.and(*new)));
            }
        }
        Ok(())
    }

    async fn purge(
        &self,
        dead_since: Timestamp,
        opened_before: Timestamp,
        limit: u32,
    ) -> Result<u32, StoreError> {
        let mut state = self.state();
        let links = state.links.values();
        let links: Vec<_> = links
            .filter(|row| row.link.expires_at < dead_since)
            .map(|row| row.link.id)
            .take(most(limit))
            .collect();
        let sessions = state.sessions.values();
        let sessions: Vec<_> = sessions
            .filter(|row| row.opened_at < opened_before)
            .map(|row| row.session.id)
            .take(most(limit))
            .collect();
        let asks = state.asks.values();
        let asks: Vec<_> = asks
            .filter(|row| row.answered.is_some() && row.ask.at < dead_since)
            .map(|row| row.ask.id)
            .take(most(limit))
            .collect();
        let mails = state.mails.iter();
        let mails: Vec<_> = mails
            .filter(|(_, mail)| mail.settled_at().is_some() && mail.queued_at < dead_since)
            .map(|(id, _)| *id)
            .take(most(limit))
            .collect();
        mails.iter().for_each(|id| drop(state.mails.remove(id)));
        links.iter().for_each(|id| drop(state.links.remove(id)));
        sessions
            .iter()
            .for_each(|id| drop(state.sessions.remove(id)));
        asks.iter().for_each(|id| drop(state.asks.remove(id)));
        let gone = links.len() + sessions.len() + asks.len() + mails.len();
        Ok(u32::try_from(gone).unwrap_or(u32::MAX))
    }
}

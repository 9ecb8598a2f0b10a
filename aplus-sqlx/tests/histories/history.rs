//! What a history has made so far, its clock, and the envelope of each step.

use std::time::Duration;

use aplus_core::account::SupportRequest;
use aplus_core::asking::AskLimits;
use aplus_core::journal::{BodyHash, Origin, Salt};
use aplus_core::ports::{Claim, NewSession, QueuedMail};
use aplus_core::rules::AccountDraft;
use aplus_core::{
    AccountId, BrowserHash, Circumstances, DualControl, EmailAddress, EntryId, GroupId, HostKey,
    Lifetimes, LinkHash, Nonce, OperatorId, Policy, Principal, Reference, RequestId, Requester,
    RequesterKind, RequesterName, Roles, SessionHash, SessionId, Timestamp,
};
use uuid::Uuid;

use super::plan::{Deed, First, Plan};
use super::prepare::Prepared;
use super::random::Random;
use super::write::Answer;

/// What a host chooses, for a whole history.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) limits: AskLimits,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) domains: Option<Vec<String>>,
}

impl Settings {
    pub(crate) fn key(&self) -> HostKey {
        HostKey::new(&[7; 32]).unwrap()
    }
}

/// A link that was issued.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    pub(crate) hash: LinkHash,
    pub(crate) email: EmailAddress,
    pub(crate) browser: BrowserHash,
    pub(crate) expires_at: Timestamp,
}

/// An account that was created, as it was then.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) id: AccountId,
    pub(crate) email: EmailAddress,
    pub(crate) roles: Roles,
    pub(crate) group: GroupId,
}

/// What a step would make, beside what its plan says.
#[derive(Debug, Clone)]
pub(crate) enum Foreseen {
    Links(Vec<Issued>),
    /// A session of this owner.
    Session(Principal),
    AsPlanned,
}

#[derive(Debug)]
pub(crate) struct History {
    pub(crate) random: Random,
    pub(crate) settings: Settings,
    pub(crate) now: Timestamp,
    pub(crate) accounts: Vec<Member>,
    pub(crate) groups: Vec<GroupId>,
    pub(crate) operators: Vec<OperatorId>,
    pub(crate) links: Vec<Issued>,
    pub(crate) sessions: Vec<(SessionId, SessionHash, Principal)>,
    pub(crate) requests: Vec<(RequestId, BodyHash)>,
    pub(crate) mails: Vec<Claim>,
    pub(crate) entries: Vec<EntryId>,
    /// The ids of what was created: given again, they are a caller's mistake.
    created: Vec<Uuid>,
}

impl History {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let minutes = |count: u64| Duration::from_secs(60 * count);
        let lifetimes = Lifetimes::default();
        let lifetimes = match random.percent(50) {
            true => lifetimes,
            false => lifetimes
                .with_link(minutes(10))
                .and_then(|it| it.with_session(minutes(60), minutes(15)))
                .unwrap(),
        };
        let limits = AskLimits {
            mails_per_address: random.one(&[2, 4, 6]),
            asks_per_network: random.one(&[3, 1_000]),
            waiting: 100_000,
        };
        let domains = match random.percent(50) {
            true => None,
            false => Some(vec!["beta.example".to_owned(), "caf.example".to_owned()]),
        };
        Self {
            random,
            settings: Settings {
                limits,
                lifetimes,
                domains,
            },
            now: "2026-03-02T12:00:00Z".parse().unwrap(),
            accounts: Vec::new(),
            groups: Vec::new(),
            operators: Vec::new(),
            links: Vec::new(),
            sessions: Vec::new(),
            requests: Vec::new(),
            mails: Vec::new(),
            entries: Vec::new(),
            created: Vec::new(),
        }
    }

    /// Time goes on, mostly by little; now and then to the very microsecond at which something ends, or back.
    fn tick(&mut self) {
        let random = &mut self.random;
        let micros = Duration::from_micros;
        let seconds = |count| Duration::from_secs(count);
        let ends = self.links.last().map(|link| link.expires_at);
        self.now = match (random.below(1_000), ends) {
            (0..=29, _) => self.now.saturating_sub(micros(random.below(60_000_000))),
            (30..=44, Some(ends)) if ends > self.now => {
                let just_before = ends.saturating_sub(micros(1));
                just_before.saturating_add(micros(random.below(3)))
            }
            (0..=499, _) => self.now.saturating_add(micros(random.below(1_000_000))),
            (500..=859, _) => self.now.saturating_add(seconds(random.below(5))),
            (860..=979, _) => self.now.saturating_add(seconds(random.below(70))),
            (980..=994, _) => self.now.saturating_add(seconds(random.below(1_200))),
            (995..=998, _) => self.now.saturating_add(seconds(random.below(40_000))),
            (_, _) => self.now.saturating_add(seconds(random.below(3_000_000))),
        };
    }

    /// The next step.
    pub(crate) fn plan(&mut self) -> Plan {
        self.tick();
        let deed = self.deed();
        self.envelope(deed)
    }

    pub(crate) fn envelope(&mut self, deed: Deed) -> Plan {
        let (now, second) = (self.circumstances(), self.circumstances());
        let id = SessionId::from_uuid(self.id(2));
        let nonce = Nonce::from_bytes(self.random.bytes());
        let key = self.settings.key();
        let random = &mut self.random;
        let session = NewSession {
            id,
            hash: key.session(id, &nonce).hash(),
            nonce,
            key: key.id(),
            browser: random.one(&[None, Some("Firefox".to_owned()), Some("é'\"\\".to_owned())]),
        };
        let kind = random.one(&RequesterKind::ALL);
        let name = RequesterName::parse("Préfecture de l'Ain").unwrap();
        let request = SupportRequest {
            requester: Requester {
                kind,
                name: random.percent(50).then_some(name),
            },
            reference: Reference::parse(random.one(&["ticket 12", "Courrier n° 3 d'Ève"])).unwrap(),
        };
        let policy = Policy {
            dual_control: random.one(&[
                DualControl::None,
                DualControl::None,
                DualControl::Raising,
                DualControl::All,
            ]),
            allow_shared_mailboxes: random.percent(80),
            ..Policy::default()
        };
        Plan {
            deed,
            now,
            second,
            session,
            seed: random.next(),
            request,
            policy,
        }
    }

    /// An id: of version 7, or any at all, or, with this chance in a hundred, one that is somebody's already.
    fn id(&mut self, doubled: u64) -> Uuid {
        let known = self.random.recent(&self.created);
        match known.filter(|_| self.random.percent(doubled)) {
            Some(known) => known,
            None if self.random.percent(50) => self.random.uuid(),
            None => *EntryId::new(self.now, self.random.bytes()).as_uuid(),
        }
    }

    fn circumstances(&mut self) -> Circumstances {
        let request = match self.random.below(10) {
            0..=2 => Some((
                RequestId::from_uuid(self.random.uuid()),
                BodyHash::of(&self.random.bytes::<8>()),
            )),
            3 => self.random.recent(&self.requests),
            _ => None,
        };
        let network = Some("192.0.2.7".to_owned());
        let browser = Some("Mozilla/5.0 (é; \"x\")".to_owned());
        Circumstances {
            at: self.now,
            origin: self
                .random
                .one(&[Origin::default(), Origin { network, browser }]),
            request,
            entry: EntryId::from_uuid(self.id(0)),
            created: self.id(2),
            salt: Salt(self.random.bytes()),
        }
    }

    /// Remembers what a step is about to make, before it is written: a step that is not done made nothing.
    pub(crate) fn foresee(prepared: &Prepared) -> Foreseen {
        let issued = |link: &aplus_core::ports::NewLink| Issued {
            hash: link.hash,
            email: link.email.clone(),
            browser: link.browser,
            expires_at: link.expires_at,
        };
        match prepared {
            Prepared::Answer(answered) => {
                Foreseen::Links(answered.links.iter().map(issued).collect())
            }
            Prepared::Redeem(redemption) => Foreseen::Session(redemption.opening().principal()),
            _ => Foreseen::AsPlanned,
        }
    }

    /// Remembers what a step made, so that later ones are about it.
    pub(crate) fn learn(&mut self, plan: &Plan, foreseen: Foreseen, answer: &Answer) {
        if let Answer::Mails(mails) = answer {
            self.mails.extend(mails.iter().map(QueuedMail::claim));
        }
        if !answer.is_done() {
            return;
        }
        self.requests.extend(plan.now.request);
        self.entries.push(plan.now.entry);
        match foreseen {
            Foreseen::Links(issued) => self.links.extend(issued),
            Foreseen::Session(owner) => {
                let session = &plan.session;
                self.sessions.push((session.id, session.hash, owner));
                self.created.push(*session.id.as_uuid());
            }
            Foreseen::AsPlanned => {}
        }
        let created = plan.now.created;
        match &plan.deed {
            Deed::CreateAccount(_, _, group, draft) => self.meet(created, draft, *group),
            Deed::CreateGroup(..) => self.groups.push(GroupId::from_uuid(created)),
            Deed::FoundGroup(_, _, first) => {
                self.groups.push(GroupId::from_uuid(created));
                self.requests.extend(plan.second.request);
                if let First::New(draft) = first {
                    self.meet(plan.second.created, draft, GroupId::from_uuid(created));
                    self.created.push(plan.second.created);
                }
            }
            Deed::AddOperator(..) => {
                if let Answer::Operator(aplus_core::ports::Outcome::Done(operator)) = answer
                    && !self.operators.contains(&operator.id)
                {
                    self.operators.push(operator.id);
                }
            }
            _ => return,
        }
        self.created.push(created);
    }

    fn meet(&mut self, id: Uuid, draft: &AccountDraft, group: GroupId) {
        self.accounts.push(Member {
            id: AccountId::from_uuid(id),
            email: draft.email.clone(),
            roles: draft.roles,
            group,
        });
    }
}

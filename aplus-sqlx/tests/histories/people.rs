//! Who acts and on whom, what accounts and groups are made of, and what is read.

use aplus_core::ports::{Claim, TargetRef, Wanted};
use aplus_core::rules::{AccountDraft, GroupDraft};
use aplus_core::{
    AccountId, Author, BrowserHash, EmailAddress, FirstName, GroupId, JobTitle, LinkHash, MailId,
    OperatorId, Phone, Principal, ProfileChange, RequestId, Role, Roles, SessionHash, SessionId,
};

use super::history::{History, Member};
use super::plan::Read;
use super::twins;

/// How many kinds of reads there are.
const READS: u64 = 21;

impl History {
    /// Who acts: mostly those who may do something, now and then somebody who is not there.
    pub(super) fn author(&mut self) -> Author {
        match self.random.below(100) {
            0..=39 => Author::Account(self.responsable()),
            40..=54 => Author::Account(self.account()),
            55..=74 => Author::Operator(self.operator()),
            75..=97 => Author::Machine,
            _ => Author::Account(AccountId::from_uuid(self.random.uuid())),
        }
    }

    /// Support, mostly.
    pub(super) fn support(&mut self) -> Author {
        match self.random.below(10) {
            0..=3 => Author::Operator(self.operator()),
            4..=8 => Author::Machine,
            _ => Author::Account(self.account()),
        }
    }

    /// An account that was made to manage a group.
    pub(super) fn responsable(&mut self) -> AccountId {
        let manages = |member: &&Member| member.roles.contains(Role::Responsable);
        let all: Vec<_> = self.accounts.iter().filter(manages).cloned().collect();
        let known = self.member_of(&all).map(|member| member.id);
        known.unwrap_or_else(|| AccountId::from_uuid(self.random.uuid()))
    }

    /// One of those who were there first, who meet again and again, or one of the last.
    pub(super) fn member_of(&mut self, all: &[Member]) -> Option<Member> {
        let few = all.get(..all.len().min(5)).unwrap_or_default();
        match self.random.percent(50) {
            true => self.random.pick(few).cloned(),
            false => self.random.recent(all),
        }
    }

    pub(super) fn member(&mut self) -> Option<Member> {
        let all = std::mem::take(&mut self.accounts);
        let member = self.member_of(&all);
        self.accounts = all;
        member
    }

    pub(super) fn account(&mut self) -> AccountId {
        let known = self.member().map(|member| member.id);
        let known = known.filter(|_| !self.random.percent(3));
        known.unwrap_or_else(|| AccountId::from_uuid(self.random.uuid()))
    }

    /// Somebody, and mostly a group of theirs.
    pub(super) fn acting(&mut self) -> (Author, GroupId) {
        let author = self.author();
        let own = self
            .accounts
            .iter()
            .find(|member| author == Author::Account(member.id));
        match own.map(|member| member.group) {
            Some(group) if self.random.percent(75) => (author, group),
            _ => (author, self.group()),
        }
    }

    pub(super) fn operator(&mut self) -> OperatorId {
        let known = self.random.recent(&self.operators);
        let known = known.filter(|_| !self.random.percent(3));
        known.unwrap_or_else(|| OperatorId::from_uuid(self.random.uuid()))
    }

    /// The first ones mostly, so that accounts meet in them.
    pub(super) fn group(&mut self) -> GroupId {
        let few = self.groups.len().min(3);
        let first = self.groups.get(..few).unwrap_or_default();
        let known = match self.random.percent(80) {
            true => self.random.pick(first).copied(),
            false => self.random.recent(&self.groups),
        };
        let known = known.filter(|_| !self.random.percent(3));
        known.unwrap_or_else(|| GroupId::from_uuid(self.random.uuid()))
    }

    pub(super) fn email(&mut self) -> EmailAddress {
        match self.random.percent(6) {
            true => self.random.one(&twins::operators()),
            false => self.random.one(&twins::addresses()),
        }
    }

    pub(super) fn target(&mut self) -> TargetRef {
        match (self.random.below(10), self.member()) {
            (0..=1, Some(member)) => TargetRef::Email(member.email),
            (2, _) => TargetRef::Email(self.email()),
            _ => TargetRef::Id(self.account()),
        }
    }

    pub(super) fn principal(&mut self) -> Principal {
        match self.random.percent(80) {
            true => Principal::Account(self.account()),
            false => Principal::Operator(self.operator()),
        }
    }

    pub(super) fn session(&mut self) -> SessionId {
        let known = self.random.recent(&self.sessions);
        let known = known.filter(|_| !self.random.percent(5));
        known.map_or_else(|| SessionId::from_uuid(self.random.uuid()), |it| it.0)
    }

    pub(super) fn mail(&mut self) -> Claim {
        let known = self.random.recent(&self.mails);
        let known = known.filter(|_| !self.random.percent(5));
        known.unwrap_or_else(|| Claim {
            mail: MailId::from_uuid(self.random.uuid()),
            number: 1,
        })
    }

    pub(super) fn browser(&mut self) -> BrowserHash {
        BrowserHash::from_bytes([self.random.one(&[1, 2, 3, 0xFF]); 32])
    }

    pub(super) fn limit(&mut self) -> u32 {
        self.random.one(&[0, 1, 2, 3, 100, u32::MAX])
    }

    pub(super) fn change(&mut self) -> ProfileChange {
        let random = &mut self.random;
        let name = FirstName::parse(random.one(twins::FIRST_NAMES)).unwrap();
        let job = JobTitle::parse(random.one(twins::JOBS)).unwrap();
        let phone = Phone::parse("+33 (0)4 50 56 87 49").unwrap();
        ProfileChange {
            first_name: random.one(&[None, Some(Some(name)), Some(None)]),
            last_name: None,
            job_title: random.one(&[None, Some(Some(job)), Some(None)]),
            phone: random.one(&[None, Some(Some(phone)), Some(None)]),
        }
    }

    pub(super) fn draft(&mut self) -> AccountDraft {
        let mut draft = AccountDraft::new(self.email(), {
            let all: Vec<_> = Roles::all_sets().into_iter().collect();
            self.random.one(&all)
        });
        draft.profile = self.change().apply(draft.profile);
        draft.shared = self.random.percent(5);
        draft
    }

    pub(super) fn group_draft(&mut self) -> GroupDraft {
        let contact = self.random.percent(30).then(|| self.email());
        let random = &mut self.random;
        let mut draft = GroupDraft::new(random.one(&twins::names()));
        draft.department = random.one(&twins::departments());
        draft.contact = contact;
        draft.france_services = random.percent(50);
        let number = random.one(&twins::matricules());
        draft.matricule = random.percent(25).then_some(number);
        draft
    }

    pub(super) fn read(&mut self) -> Read {
        let after = self.random.percent(50);
        match self.random.below(READS) {
            0 => {
                let request = self.request();
                Read::Facts(Wanted {
                    author: self.author(),
                    target: after.then(|| self.target()),
                    group: self.random.percent(50).then(|| self.group()),
                    request: self.random.percent(30).then_some(request),
                })
            }
            1 => Read::Account(self.account()),
            2 => Read::AccountByEmail(self.email()),
            3 => Read::Holder(self.email()),
            4 => Read::Group(self.group()),
            5 => Read::GroupByMatricule(self.random.one(&twins::matricules())),
            6 => {
                let department = self.random.one(&twins::departments());
                Read::GroupsByName(self.random.one(&twins::names()), department)
            }
            7 => Read::Groups(after.then(|| self.group()), self.limit()),
            8 => Read::Members(self.group(), after.then(|| self.account()), self.limit()),
            9 => Read::Operator(self.operator()),
            10 => Read::OperatorByEmail(self.random.one(&twins::operators())),
            11 => Read::IsEmpty,
            12 => {
                let entry = self.random.recent(&self.entries);
                Read::Entries(entry.filter(|_| after), self.limit())
            }
            13 => Read::Counted(self.now, self.limit()),
            14 => match self.random.recent(&self.links) {
                Some(link) => Read::Link(link.hash),
                None => Read::Link(LinkHash::from_bytes(self.random.bytes())),
            },
            15 => Read::Stories(self.account(), self.limit()),
            16 => match self.random.recent(&self.sessions) {
                Some((_, hash, _)) => Read::Session(hash),
                None => Read::Session(SessionHash::from_bytes(self.random.bytes())),
            },
            17 => Read::SessionKey(self.session()),
            18 => Read::Sessions(self.principal(), self.limit()),
            19 => Read::Request(self.request()),
            _ => Read::Waiting,
        }
    }

    fn request(&mut self) -> RequestId {
        let known = self.random.recent(&self.requests);
        known.map_or_else(|| RequestId::from_uuid(self.random.uuid()), |it| it.0)
    }
}

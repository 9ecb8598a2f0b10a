//! Which deed comes next.

use std::time::Duration;

use aplus_core::ports::{NewAsk, TargetRef};
use aplus_core::rules::Subject;
use aplus_core::words::Language;
use aplus_core::{AskId, Author};

use super::history::{History, Issued};
use super::plan::{Deed, First};
use super::twins;

impl History {
    fn ask(&mut self) -> Deed {
        // Few addresses are asked for again and again, of accounts mostly.
        let last = self.links.last().map(|link| link.email.clone());
        let email = match (self.random.below(10), last, self.member()) {
            (0..=3, Some(last), _) => last,
            (4..=7, _, Some(member)) => member.email,
            (8, ..) => self.random.one(&twins::operators()),
            _ => self.email(),
        };
        let browser = self.browser();
        let random = &mut self.random;
        let ask = NewAsk {
            id: AskId::from_uuid(random.uuid()),
            email,
            browser,
            network: random
                .one(&["192.0.2.7", "2001:db8::/64", "unknown"])
                .to_owned(),
            next: random.one(twins::NEXT).map(str::to_owned),
            language: random.one(&Language::ALL),
            at: self.now,
        };
        let most = random.one(&[1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 2, 0]);
        Deed::Ask(ask, most)
    }

    fn redeem(&mut self) -> Deed {
        let works = |link: &&Issued| link.expires_at > self.now;
        let working: Vec<_> = self.links.iter().filter(works).cloned().collect();
        let link = match self.random.percent(80) {
            true => self.random.recent(&working),
            false => self.random.recent(&self.links),
        };
        let Some(link) = link else {
            return self.ask();
        };
        let wrong = self.email();
        let other = self.browser();
        let random = &mut self.random;
        let browser = random.one(&[Some(link.browser), Some(link.browser), Some(other), None]);
        let email = random.one(&[None, Some(link.email), Some(wrong.clone()), Some(wrong)]);
        let hash = match random.percent(3) {
            true => aplus_core::LinkHash::from_bytes(random.bytes()),
            false => link.hash,
        };
        Deed::Redeem(hash, browser, email)
    }

    /// The first steps make a world in which something can happen.
    pub(crate) fn deed(&mut self) -> Deed {
        if self.groups.len() < 2 {
            return Deed::CreateGroup(Author::Machine, self.group_draft());
        }
        if self.operators.is_empty() {
            return Deed::AddOperator(Author::Machine, self.random.one(&twins::operators()));
        }
        if self.accounts.len() < 4 {
            let draft = self.draft();
            return Deed::CreateAccount(Author::Machine, true, self.group(), draft);
        }
        match self.random.below(100) {
            0..=3 => {
                let (by, group) = self.acting();
                Deed::CreateAccount(by, false, group, self.draft())
            }
            4..=8 => Deed::CreateAccount(self.support(), true, self.group(), self.draft()),
            9..=12 => {
                let (by, group) = self.acting();
                Deed::AddMember(by, false, self.target(), group)
            }
            13..=15 => Deed::AddMember(self.support(), true, self.target(), self.group()),
            16..=19 => {
                let (by, group) = self.acting();
                let target = match by {
                    // Leaving.
                    Author::Account(own) if self.random.percent(30) => TargetRef::Id(own),
                    _ => self.target(),
                };
                Deed::RemoveMember(by, target, group)
            }
            20..=22 => Deed::Deactivate(self.author(), self.target()),
            23..=26 => Deed::Reactivate(self.author(), self.target()),
            27..=29 => Deed::Withdraw(self.author(), self.target()),
            30..=32 => {
                let by = self.author();
                let own = match by {
                    Author::Account(own) if self.random.percent(80) => own,
                    _ => self.account(),
                };
                Deed::EditProfile(by, own, self.change())
            }
            33..=34 => Deed::CreateGroup(self.support(), self.group_draft()),
            35..=37 => {
                let (by, draft) = (self.support(), self.group_draft());
                let first = match self.random.below(3) {
                    0 => First::Nobody,
                    1 => First::New(self.draft()),
                    _ => First::Existing(self.email()),
                };
                Deed::FoundGroup(by, draft, first)
            }
            38..=39 => {
                let email = match self.random.percent(70) {
                    true => self.random.one(&twins::operators()),
                    false => self.email(),
                };
                let by = match self.random.percent(80) {
                    true => Author::Machine,
                    false => self.author(),
                };
                Deed::AddOperator(by, email)
            }
            40..=43 => self.end_session(),
            44..=45 => {
                let owner = self.principal();
                let by = match self.random.percent(50) {
                    true => Author::from(owner),
                    false => self.author(),
                };
                Deed::EndAllSessions(by, owner)
            }
            46..=47 => {
                let (by, account, group) = (self.author(), self.account(), self.group());
                let subjects = [
                    Subject::Account(account),
                    Subject::Links(account),
                    Subject::Group(group),
                ];
                Deed::Look(by, self.random.one(&subjects))
            }
            48..=50 => {
                let author = self.author();
                Deed::Refuse(author, self.random.one(&["not_active", "own_account"]))
            }
            51..=52 => {
                let back = Duration::from_secs(self.random.one(&[0, 600]));
                Deed::Settle {
                    until: self.now.saturating_sub(back),
                    nth: usize::try_from(self.random.below(5)).unwrap(),
                }
            }
            53..=59 => self.ask(),
            60..=68 => Deed::Answer,
            69..=77 => self.redeem(),
            78..=79 => {
                let back = Duration::from_secs(self.random.below(200));
                let at = self.random.one(&[self.now, self.now.saturating_sub(back)]);
                Deed::Touch(self.session(), at)
            }
            80..=84 => self.deed_on_mail(),
            85 if self.random.percent(50) => {
                let backs = [0, 3_600, 86_400, 30 * 86_400].map(Duration::from_secs);
                Deed::Purge {
                    dead_since: self.now.saturating_sub(self.random.one(&backs[1..])),
                    opened_before: self.now.saturating_sub(self.random.one(&backs)),
                }
            }
            _ => Deed::Read(self.read()),
        }
    }

    fn end_session(&mut self) -> Deed {
        let known = self.random.recent(&self.sessions);
        let owner = match known {
            Some((_, _, owner)) if self.random.percent(70) => owner,
            _ => self.principal(),
        };
        let by = match self.random.percent(50) {
            true => Author::from(owner),
            false => self.author(),
        };
        let session = known.map(|(id, ..)| id);
        Deed::EndSession(by, owner, session.unwrap_or_else(|| self.session()))
    }

    fn deed_on_mail(&mut self) -> Deed {
        let soon = self.now.saturating_add(Duration::from_secs(120));
        match self.random.below(6) {
            0..=2 => Deed::Claim {
                until: soon,
                limit: self.limit(),
            },
            3 => Deed::Sent(self.mail()),
            4 => Deed::Postpone(self.mail(), soon),
            _ => Deed::GiveUp(self.mail()),
        }
    }
}

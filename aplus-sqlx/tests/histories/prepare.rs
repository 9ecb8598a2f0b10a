//! The decision: the public rules, asked about the facts that each store gives.

use std::sync::Arc;

use aplus_core::contract::async_trait;
use aplus_core::journal::{Event, canonical_json};
use aplus_core::link::{self, Verdict};
use aplus_core::memory::MemoryStore;
use aplus_core::ports::{
    AnsweredAsks, AskSettings, Facts, FirstMember, Letter, MailError, Mailer, Redemption,
    RefusalNote, Store, StoreError, TargetRef, Wanted,
};
use aplus_core::rules::{self, Action};
use aplus_core::test_util::{self, FixedClock, SeededEntropy};
use aplus_core::{
    Act, Aplus, Author, Circumstances, EntryId, GroupFacts, GroupId, Lifetimes, LinkId, Refusal,
    Site, Version,
};

use super::history::Settings;
use super::plan::{Deed, First, Plan};

/// What was decided, ready to be written.
#[derive(Debug, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "one at a time, and most are of the same size"
)]
pub(crate) enum Prepared {
    Refused(Refusal),
    /// Nothing waits, or nobody is there to be touched.
    Nothing,
    CreateAccount(Act<rules::CreateAccount>),
    AddMember(Act<rules::AddMember>),
    RemoveMember(Act<rules::RemoveMember>),
    Deactivate(Act<rules::Deactivate>),
    Reactivate(Act<rules::Reactivate>),
    Withdraw(Act<rules::Withdraw>),
    EditProfile(Act<rules::EditProfile>),
    CreateGroup(Act<rules::CreateGroup>),
    FoundGroup(
        Act<rules::CreateGroup>,
        Option<FirstMember<Act<rules::CreateAccount>, Act<rules::AddMember>>>,
    ),
    AddOperator(Act<rules::AddOperator>),
    EndSession(Act<rules::EndSession>),
    EndAllSessions(Act<rules::EndAllSessions>),
    Look(Act<rules::Look>),
    Refuse(RefusalNote),
    Settle(EntryId, u32, Option<aplus_core::journal::Entry>),
    Answer(AnsweredAsks),
    Redeem(Redemption),
    Verdict(Verdict),
    WrongAddress(LinkId, u8),
    /// The plan says all: there is nothing to decide.
    AsPlanned,
}

/// What a decision stood on, beside what it came to: two stores that agree agree on both.
pub(crate) type Decided = (Option<Facts>, Prepared);

struct Nowhere;

#[async_trait]
impl Mailer for Nowhere {
    async fn send(&self, _letter: &Letter) -> Result<(), MailError> {
        Ok(())
    }
}

/// A courier whose time and randomness are the plan's.
fn courier(plan: &Plan, settings: &Settings) -> Aplus {
    let site = Site::new("http://127.0.0.1:3000").unwrap();
    Aplus::builder(MemoryStore::default(), Nowhere, site, settings.key())
        .clock(FixedClock::new(plan.at()))
        .insecure_entropy(SeededEntropy::new(plan.seed))
        .limits(settings.limits)
        .lifetimes(settings.lifetimes)
        .build()
}

impl Settings {
    pub(crate) fn ask(&self) -> AskSettings<'_> {
        AskSettings {
            domains: self.domains.as_deref(),
            lifetimes: &self.lifetimes,
            limits: &self.limits,
        }
    }
}

/// Reads what the deed needs and asks the rules.
///
/// # Errors
/// Of the store.
pub(crate) async fn prepare(
    store: &Arc<dyn Store>,
    plan: &Plan,
    settings: &Settings,
) -> Result<Decided, StoreError> {
    let prepared = match &plan.deed {
        Deed::Settle { until, nth } => settle(store, plan, *until, *nth).await?,
        Deed::Answer => match store.waiting(settings.ask(), plan.at()).await? {
            None => Prepared::Nothing,
            Some(waiting) => {
                let written = test_util::answers(&courier(plan, settings), waiting, plan.at());
                Prepared::Answer(written.unwrap())
            }
        },
        Deed::Redeem(hash, ..) => match store.link(hash).await? {
            None => Prepared::Refused(Refusal::LinkUnknown),
            Some(facts) => match link::judge(&facts, plan.presented(), plan.at()) {
                Err(refusal) => Prepared::Refused(refusal),
                Ok(Verdict::Opens(opening)) => {
                    let session = plan.session.clone();
                    Prepared::Redeem(test_util::redemption(opening, session, plan.now.clone()))
                }
                Ok(Verdict::WrongAddress { .. }) => {
                    Prepared::WrongAddress(facts.id, facts.wrong_addresses)
                }
                Ok(verdict) => Prepared::Verdict(verdict),
            },
        },
        Deed::Refuse(author, code) => Prepared::Refuse(refusal(plan, *author, code)),
        Deed::Ask(..)
        | Deed::Touch(..)
        | Deed::Claim { .. }
        | Deed::Sent(_)
        | Deed::Postpone(..)
        | Deed::GiveUp(_)
        | Deed::Purge { .. }
        | Deed::Read(_) => Prepared::AsPlanned,
        _ => {
            let facts = store.facts(&wanted(plan)).await?;
            let decided = decide(store, plan, &facts, &settings.lifetimes).await?;
            return Ok((Some(facts), decided.unwrap_or_else(Prepared::Refused)));
        }
    };
    Ok((None, prepared))
}

async fn settle(
    store: &Arc<dyn Store>,
    plan: &Plan,
    until: aplus_core::Timestamp,
    nth: usize,
) -> Result<Prepared, StoreError> {
    let counted = store.counted_refusals(until, 5).await?;
    let Some(row) = counted.get(nth % counted.len().max(1)) else {
        return Ok(Prepared::Nothing);
    };
    let event = Event::RefusedAgain {
        first: row.first.id,
        times: row.times,
    };
    let (author, now) = (row.first.author, no_request(plan));
    let entry = test_util::entry(now, author, row.first.account, row.first.group, &event);
    let entry = (row.times > 0).then_some(entry);
    Ok(Prepared::Settle(row.first.id, row.times, entry))
}

/// What is refused or counted was not carried out: its entry bears no request.
fn no_request(plan: &Plan) -> Circumstances {
    Circumstances {
        request: None,
        ..plan.now.clone()
    }
}

fn refusal(plan: &Plan, author: Author, code: &str) -> RefusalNote {
    let event = Event::Refused {
        action: Action::Deactivate.as_str().to_owned(),
        code: code.to_owned(),
        rule: "A8".to_owned(),
        field: None,
    };
    RefusalNote {
        key: canonical_json(&(author, &event)).unwrap(),
        entry: test_util::entry(no_request(plan), author, None, None, &event),
    }
}

fn wanted(plan: &Plan) -> Wanted {
    let id = |account: &_| Some(TargetRef::Id(*account));
    let (author, target, group) = match &plan.deed {
        Deed::CreateAccount(by, _, group, _) => (*by, None, Some(*group)),
        Deed::AddMember(by, _, target, group) | Deed::RemoveMember(by, target, group) => {
            (*by, Some(target.clone()), Some(*group))
        }
        Deed::Deactivate(by, target)
        | Deed::Reactivate(by, target)
        | Deed::Withdraw(by, target) => (*by, Some(target.clone()), None),
        Deed::EditProfile(by, account, _) => (*by, id(account), None),
        Deed::FoundGroup(by, _, First::Existing(email)) => {
            (*by, Some(TargetRef::Email(email.clone())), None)
        }
        Deed::CreateGroup(by, ..)
        | Deed::FoundGroup(by, ..)
        | Deed::AddOperator(by, _)
        | Deed::EndSession(by, ..)
        | Deed::EndAllSessions(by, _)
        | Deed::Look(by, _) => (*by, None, None),
        _ => (Author::Machine, None, None),
    };
    Wanted {
        author,
        target,
        group,
        request: plan.now.request.map(|(id, _)| id),
    }
}

async fn decide(
    store: &Arc<dyn Store>,
    plan: &Plan,
    facts: &Facts,
    lifetimes: &Lifetimes,
) -> Result<Result<Prepared, Refusal>, StoreError> {
    // An operator is known by the address alone: no fact of the port shows one.
    let known = match &plan.deed {
        Deed::AddOperator(_, email) => store.operator_by_email(email).await?,
        _ => None,
    };
    let known = known.map(|operator| operator.standing());
    Ok(decided(plan, facts, known.as_ref(), lifetimes))
}

fn decided(
    plan: &Plan,
    facts: &Facts,
    known: Option<&aplus_core::OperatorStanding>,
    lifetimes: &Lifetimes,
) -> Result<Prepared, Refusal> {
    let (actor, policy, request) = (&facts.actor, &plan.policy, &plan.request);
    let target = facts.target.as_ref().ok_or(Refusal::AccountNotFound);
    let group = facts.group.as_ref().ok_or(Refusal::GroupNotFound);
    let now = plan.now.clone();
    Ok(match &plan.deed {
        Deed::CreateAccount(_, support, _, draft) => {
            let permit = match support {
                true => {
                    rules::create_account_for(actor, group?, draft, request, policy, lifetimes)?
                }
                false => rules::create_account(actor, group?, draft, policy)?,
            };
            Prepared::CreateAccount(permit.into_act(now))
        }
        Deed::AddMember(_, support, ..) => {
            let group = group?;
            let target = target.map_err(|_| rules::no_such_account(actor, group))?;
            let permit = match support {
                true => rules::add_member_for(actor, group, target, request)?,
                false => rules::add_member(actor, group, target)?,
            };
            Prepared::AddMember(permit.into_act(now))
        }
        Deed::RemoveMember(..) => {
            Prepared::RemoveMember(rules::remove_member(actor, group?, target?)?.into_act(now))
        }
        Deed::Deactivate(..) => {
            Prepared::Deactivate(rules::deactivate(actor, target?)?.into_act(now))
        }
        Deed::Reactivate(..) => {
            Prepared::Reactivate(rules::reactivate(actor, target?, policy)?.into_act(now))
        }
        Deed::Withdraw(..) => Prepared::Withdraw(rules::withdraw(actor, target?)?.into_act(now)),
        Deed::EditProfile(_, account, change) => {
            Prepared::EditProfile(rules::edit_profile(actor, *account, change)?.into_act(now))
        }
        Deed::CreateGroup(_, draft) => {
            Prepared::CreateGroup(rules::create_group(actor, draft, request)?.into_act(now))
        }
        Deed::FoundGroup(_, draft, first) => {
            let founding = rules::create_group(actor, draft, request)?;
            let group = GroupFacts {
                id: GroupId::from_uuid(now.created),
                version: Version::default(),
                active_responsables: 0,
            };
            let first = match first {
                First::Nobody => None,
                First::New(draft) => {
                    let permit = rules::create_account_for(
                        actor, &group, draft, request, policy, lifetimes,
                    )?;
                    Some(FirstMember::New(permit.into_act(plan.second.clone())))
                }
                First::Existing(_) => {
                    let permit = rules::add_member_for(actor, &group, target?, request)?;
                    Some(FirstMember::Existing(permit.into_act(plan.second.clone())))
                }
            };
            Prepared::FoundGroup(founding.into_act(now), first)
        }
        Deed::AddOperator(_, email) => {
            Prepared::AddOperator(rules::add_operator(actor, email, known)?.into_act(now))
        }
        Deed::EndSession(_, owner, session) => {
            Prepared::EndSession(rules::end_session(actor, *owner, *session)?.into_act(now))
        }
        Deed::EndAllSessions(_, owner) => {
            Prepared::EndAllSessions(rules::end_all_sessions(actor, *owner)?.into_act(now))
        }
        Deed::Look(_, subject) => Prepared::Look(rules::look(actor, *subject)?.into_act(now)),
        _ => Prepared::Nothing,
    })
}

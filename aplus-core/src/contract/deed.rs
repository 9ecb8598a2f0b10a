//! One thing that somebody does, decided by the public rules on the store's own facts, then written.

use super::world::{World, on_request};
use crate::Lifetimes;
use crate::account::{Operator, Principal};
use crate::group::Matricule;
use crate::journal::{BodyHash, Entry, Erasable, Event, entry::About};
use crate::link::{self, Presented, Verdict};
use crate::mail::Mail;
use crate::ports::{Outcome, Redemption, Store, Written};
use crate::rules::{self, Basis, GroupDraft, Permitted, Subject};
use crate::{
    AccountId, Act, Actor, Author, BrowserHash, Circumstances, DualControl, EmailAddress, GroupId,
    GroupName, JobTitle, LinkHash, Policy, ProfileChange, Refusal, RequestId, Retention, Roles,
    SessionId, Timestamp,
};

/// What somebody does.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    CreateAccount {
        by: Author,
        group: GroupId,
        email: EmailAddress,
        roles: Roles,
    },
    AddMember {
        by: Author,
        account: AccountId,
        group: GroupId,
    },
    RemoveMember {
        by: Author,
        account: AccountId,
        group: GroupId,
    },
    Deactivate {
        by: Author,
        account: AccountId,
    },
    Reactivate {
        by: Author,
        account: AccountId,
    },
    Withdraw {
        by: Author,
        account: AccountId,
    },
    EditProfile {
        account: AccountId,
    },
    CreateGroup {
        by: Author,
        name: String,
        matricule: Option<&'static str>,
    },
    AddOperator {
        email: EmailAddress,
    },
    EndSession {
        by: Author,
        owner: Principal,
        session: SessionId,
    },
    EndAllSessions {
        by: Author,
        owner: Principal,
    },
    Look {
        by: Author,
        account: AccountId,
    },
    LogIn {
        link: LinkHash,
        browser: BrowserHash,
        email: Option<EmailAddress>,
        at: Timestamp,
    },
    EraseJournal {
        entries: u32,
        at: Timestamp,
    },
    EmptyAccount {
        account: AccountId,
        at: Timestamp,
    },
}

/// What was decided and is ready to be written.
#[derive(Debug)]
pub(super) enum Prepared {
    CreateAccount(Box<Act<rules::CreateAccount>>),
    AddMember(Act<rules::AddMember>),
    RemoveMember(Act<rules::RemoveMember>),
    Deactivate(Act<rules::Deactivate>),
    Reactivate(Act<rules::Reactivate>),
    Withdraw(Act<rules::Withdraw>),
    EditProfile(Act<rules::EditProfile>),
    CreateGroup(Act<rules::CreateGroup>),
    AddOperator(Act<rules::AddOperator>),
    EndSession(Act<rules::EndSession>),
    EndAllSessions(Act<rules::EndAllSessions>),
    Look(Act<rules::Look>),
    LogIn(Box<Redemption>),
    EraseJournal(Act<rules::EraseJournal>),
    EmptyAccount(Act<rules::EmptyAccount>),
}

/// What all acts have, whatever they do.
struct Parts<'a> {
    entry: &'a Entry,
    mails: &'a [Mail],
    moved: &'a [GroupId],
    basis: Option<&'a Basis>,
}

fn parts<A: Permitted>(act: &Act<A>) -> Parts<'_> {
    Parts {
        entry: act.entry(),
        mails: act.mails(),
        moved: act.moved_groups(),
        basis: Some(act.basis()),
    }
}

fn plain<T>(outcome: Outcome<T>) -> Outcome<()> {
    match outcome {
        Outcome::Done(_) => Outcome::Done(()),
        Outcome::Taken => Outcome::Taken,
        Outcome::Stale => Outcome::Stale,
        Outcome::Repeated(repeated) => Outcome::Repeated(repeated),
    }
}

impl Prepared {
    fn parts(&self) -> Parts<'_> {
        match self {
            Self::CreateAccount(act) => parts(act),
            Self::AddMember(act) => parts(act),
            Self::RemoveMember(act) => parts(act),
            Self::Deactivate(act) => parts(act),
            Self::Reactivate(act) => parts(act),
            Self::Withdraw(act) => parts(act),
            Self::EditProfile(act) => parts(act),
            Self::CreateGroup(act) => parts(act),
            Self::AddOperator(act) => parts(act),
            Self::EndSession(act) => parts(act),
            Self::EndAllSessions(act) => parts(act),
            Self::Look(act) => parts(act),
            Self::EraseJournal(act) => parts(act),
            Self::EmptyAccount(act) => parts(act),
            Self::LogIn(redemption) => Parts {
                entry: redemption.entry(),
                mails: &[],
                moved: &[],
                basis: None,
            },
        }
    }

    pub(super) fn entry(&self) -> &Entry {
        self.parts().entry
    }

    pub(super) fn mails(&self) -> &[Mail] {
        self.parts().mails
    }

    pub(super) fn moved(&self) -> &[GroupId] {
        self.parts().moved
    }

    /// Whether the decision stood on the version of anything.
    pub(super) fn stands_on_versions(&self) -> bool {
        self.parts().basis.is_some_and(|basis| {
            !(basis.accounts().is_empty()
                && basis.operators().is_empty()
                && basis.groups().is_empty())
        })
    }

    /// The id of what it creates, if it creates something; the session's where somebody logs in.
    fn created(&self) -> uuid::Uuid {
        match self {
            Self::CreateAccount(act) => *act.account().as_uuid(),
            Self::CreateGroup(act) => *act.group().as_uuid(),
            Self::AddOperator(act) => *act.operator().as_uuid(),
            Self::LogIn(redemption) => *redemption.session().id.as_uuid(),
            _ => uuid::Uuid::nil(),
        }
    }

    pub(super) async fn write(self, store: &dyn Store) -> Written<()> {
        match self {
            Self::CreateAccount(act) => store.create_account(*act).await.map(plain),
            Self::AddMember(act) => store.add_member(act).await,
            Self::RemoveMember(act) => store.remove_member(act).await,
            Self::Deactivate(act) => store.deactivate(act).await,
            Self::Reactivate(act) => store.reactivate(act).await,
            Self::Withdraw(act) => store.withdraw(act).await,
            Self::EditProfile(act) => store.edit_profile(act).await.map(plain),
            Self::CreateGroup(act) => store.create_group(act).await.map(plain),
            Self::AddOperator(act) => store.add_operator(act).await.map(plain),
            Self::EndSession(act) => store.end_session(act).await,
            Self::EndAllSessions(act) => store.end_all_sessions(act).await,
            Self::Look(act) => store.look(act).await,
            Self::LogIn(redemption) => store.redeem(*redemption).await,
            Self::EraseJournal(act) => store.erase_journal(act).await,
            Self::EmptyAccount(act) => store.empty_account(act).await,
        }
    }
}

impl Deed {
    pub(super) fn create_group(name: &str) -> Self {
        Self::CreateGroup {
            by: Author::Machine,
            name: name.to_owned(),
            matricule: None,
        }
    }

    pub(super) fn ends_own_sessions(&self) -> bool {
        match self {
            Self::EndSession { by, owner, .. } | Self::EndAllSessions { by, owner } => {
                *by == Author::from(*owner)
            }
            _ => false,
        }
    }

    fn author(&self) -> Author {
        match self {
            Self::CreateAccount { by, .. }
            | Self::AddMember { by, .. }
            | Self::RemoveMember { by, .. }
            | Self::Deactivate { by, .. }
            | Self::Reactivate { by, .. }
            | Self::Withdraw { by, .. }
            | Self::CreateGroup { by, .. }
            | Self::EndSession { by, .. }
            | Self::EndAllSessions { by, .. }
            | Self::Look { by, .. } => *by,
            Self::EditProfile { account } => Author::Account(*account),
            Self::AddOperator { .. }
            | Self::LogIn { .. }
            | Self::EraseJournal { .. }
            | Self::EmptyAccount { .. } => Author::Machine,
        }
    }

    fn concerns(&self) -> (Option<AccountId>, Option<GroupId>) {
        match self {
            Self::CreateAccount { group, .. } => (None, Some(*group)),
            Self::AddMember { account, group, .. } | Self::RemoveMember { account, group, .. } => {
                (Some(*account), Some(*group))
            }
            Self::Deactivate { account, .. }
            | Self::Reactivate { account, .. }
            | Self::Withdraw { account, .. }
            | Self::EmptyAccount { account, .. } => (Some(*account), None),
            _ => (None, None),
        }
    }
}

impl World {
    /// What the rules say of a deed, on what the store says now.
    pub(super) async fn decide(&self, deed: &Deed) -> Result<Prepared, Refusal> {
        self.decide_for(deed, None).await
    }

    pub(super) async fn decide_for(
        &self,
        deed: &Deed,
        request: Option<(RequestId, BodyHash)>,
    ) -> Result<Prepared, Refusal> {
        // Support acts alone here: what needs a second person is the rules' to refuse, not the store's.
        let policy = Policy {
            dual_control: DualControl::None,
            ..Policy::default()
        };
        let (account, group) = deed.concerns();
        let facts = self.facts(deed.author(), account, group).await;
        let (actor, target, group) = (facts.actor, facts.target, facts.group);
        let support = !matches!(actor, Actor::Account(_));
        let target = target.ok_or(Refusal::AccountNotFound);
        let group = group.ok_or(Refusal::GroupNotFound);
        let now = self.circumstances(request);
        Ok(match deed {
            Deed::CreateAccount { email, roles, .. } => {
                let draft = rules::AccountDraft::new(email.clone(), *roles);
                let group = group?;
                let permit = match support {
                    true => {
                        let (request, lifetimes) = (on_request(), Lifetimes::default());
                        rules::create_account_for(
                            &actor, &group, &draft, &request, &policy, &lifetimes,
                        )?
                    }
                    false => rules::create_account(&actor, &group, &draft, &policy)?,
                };
                Prepared::CreateAccount(Box::new(permit.into_act(now)))
            }
            Deed::AddMember { .. } => {
                let (group, target) = (group?, target?);
                let permit = match support {
                    true => rules::add_member_for(&actor, &group, &target, &on_request())?,
                    false => rules::add_member(&actor, &group, &target)?,
                };
                Prepared::AddMember(permit.into_act(now))
            }
            Deed::RemoveMember { .. } => {
                let permit = rules::remove_member(&actor, &group?, &target?)?;
                Prepared::RemoveMember(permit.into_act(now))
            }
            Deed::Deactivate { .. } => {
                Prepared::Deactivate(rules::deactivate(&actor, &target?)?.into_act(now))
            }
            Deed::Reactivate { .. } => {
                let permit = rules::reactivate(&actor, &target?, &policy)?;
                Prepared::Reactivate(permit.into_act(now))
            }
            Deed::Withdraw { .. } => {
                Prepared::Withdraw(rules::withdraw(&actor, &target?)?.into_act(now))
            }
            Deed::EditProfile { account } => {
                let change = ProfileChange {
                    job_title: Some(Some(JobTitle::parse("Agente d'accueil").unwrap())),
                    ..ProfileChange::default()
                };
                let permit = rules::edit_profile(&actor, *account, &change)?;
                Prepared::EditProfile(permit.into_act(now))
            }
            Deed::CreateGroup {
                name, matricule, ..
            } => {
                let draft = GroupDraft {
                    matricule: matricule.map(|number| Matricule::parse(number).unwrap()),
                    ..GroupDraft::new(GroupName::parse(name).unwrap())
                };
                let permit = rules::create_group(&actor, &draft, &on_request())?;
                Prepared::CreateGroup(permit.into_act(now))
            }
            Deed::AddOperator { email } => {
                let known = self.store.operator_by_email(email).await.unwrap();
                let known = known.as_ref().map(Operator::standing);
                let permit = rules::add_operator(&actor, email, known.as_ref())?;
                Prepared::AddOperator(permit.into_act(now))
            }
            Deed::EndSession { owner, session, .. } => {
                let permit = rules::end_session(&actor, *owner, *session)?;
                Prepared::EndSession(permit.into_act(now))
            }
            Deed::EndAllSessions { owner, .. } => {
                let permit = rules::end_all_sessions(&actor, *owner)?;
                Prepared::EndAllSessions(permit.into_act(now))
            }
            Deed::Look { account, .. } => {
                let permit = rules::look(&actor, Subject::Account(*account))?;
                Prepared::Look(permit.into_act(now))
            }
            Deed::EraseJournal { entries, at } => {
                let permit = rules::erase_journal(&actor, *entries, &Retention::default(), *at)?;
                Prepared::EraseJournal(permit.into_act(Circumstances { at: *at, ..now }))
            }
            Deed::EmptyAccount { at, .. } => {
                let retention = Retention::default();
                let permit = rules::empty_account(&actor, &target?, &retention, *at)?;
                Prepared::EmptyAccount(permit.into_act(Circumstances { at: *at, ..now }))
            }
            Deed::LogIn {
                link,
                browser,
                email,
                at,
            } => {
                let facts = self.store.link(link).await.unwrap();
                let facts = facts.ok_or(Refusal::LinkUnknown)?;
                let presented = Presented {
                    browser: Some(*browser),
                    email: email.as_ref(),
                };
                let Verdict::Opens(opening) = link::judge(&facts, presented, *at)? else {
                    return Err(Refusal::AddressWayClosed);
                };
                let session = self.session();
                let about = About {
                    account: Event::account_of(facts.principal),
                    group: None,
                };
                let event = Event::LoggedIn {
                    link: facts.id,
                    session: session.id,
                    by_address: opening.by_address().is_some(),
                };
                let (author, nothing) = (facts.principal.into(), Erasable::default());
                let entry = Entry::new(
                    now.entry, *at, author, about, &event, request, &nothing, now.salt,
                );
                Prepared::LogIn(Box::new(Redemption {
                    opening,
                    session,
                    entry,
                    order: None,
                }))
            }
        })
    }

    /// Decides and writes; both must say yes. The id of what it created, if it created something.
    pub(super) async fn carry_out(&self, deed: &Deed) -> uuid::Uuid {
        let prepared = self.decide(deed).await;
        let prepared = prepared.unwrap_or_else(|refusal| panic!("{deed:?}: {refusal:?}"));
        let created = prepared.created();
        let outcome = prepared.write(&*self.store).await.unwrap();
        assert_eq!(outcome, Outcome::Done(()), "{deed:?}");
        created
    }
}

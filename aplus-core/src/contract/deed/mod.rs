//! One thing that somebody does, decided by the public rules on the store's own facts, then written.

mod prepared;

pub(super) use prepared::Prepared;

use super::world::{World, on_request};
use crate::Lifetimes;
use crate::account::{Operator, Principal};
use crate::group::Matricule;
use crate::journal::{BodyHash, Entry, Erasable, Event, entry::About};
use crate::link::{self, Presented, Verdict};
use crate::order::{OrderDraft, OrderedChange};
use crate::ports::{Confirmed, Outcome, Redemption};
use crate::rules::{self, GroupDraft, Subject};
use crate::{
    AccountId, Actor, Author, BrowserHash, Circumstances, DualControl, EmailAddress, GroupId,
    GroupName, JobTitle, LinkHash, OperatorId, OrderId, Policy, ProfileChange, Reason, Refusal,
    RequestId, Retention, Roles, SessionId, Timestamp,
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
    /// By support, where a further responsable takes an approval (A7).
    CreateOrdered {
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
    SuspendOperator {
        by: Author,
        operator: OperatorId,
    },
    RestoreOperator {
        by: OperatorId,
        operator: OperatorId,
    },
    ProposeOrder {
        by: Author,
        account: AccountId,
        change: OrderedChange,
        dual: DualControl,
    },
    ApproveOrder {
        by: Author,
        order: OrderId,
    },
    RefuseOrder {
        by: Author,
        order: OrderId,
    },
    WithdrawOrder {
        by: Author,
        order: OrderId,
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
    /// With a link that logs in or, beside that, confirms the new address of an order.
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
            | Self::CreateOrdered { by, .. }
            | Self::AddMember { by, .. }
            | Self::RemoveMember { by, .. }
            | Self::Deactivate { by, .. }
            | Self::Reactivate { by, .. }
            | Self::Withdraw { by, .. }
            | Self::CreateGroup { by, .. }
            | Self::SuspendOperator { by, .. }
            | Self::ProposeOrder { by, .. }
            | Self::ApproveOrder { by, .. }
            | Self::RefuseOrder { by, .. }
            | Self::WithdrawOrder { by, .. }
            | Self::EndSession { by, .. }
            | Self::EndAllSessions { by, .. }
            | Self::Look { by, .. } => *by,
            Self::EditProfile { account } => Author::Account(*account),
            Self::RestoreOperator { by, .. } => Author::Operator(*by),
            Self::AddOperator { .. }
            | Self::LogIn { .. }
            | Self::EraseJournal { .. }
            | Self::EmptyAccount { .. } => Author::Machine,
        }
    }

    fn concerns(&self) -> (Option<AccountId>, Option<GroupId>) {
        match self {
            Self::CreateAccount { group, .. } | Self::CreateOrdered { group, .. } => {
                (None, Some(*group))
            }
            Self::AddMember { account, group, .. } | Self::RemoveMember { account, group, .. } => {
                (Some(*account), Some(*group))
            }
            Self::Deactivate { account, .. }
            | Self::Reactivate { account, .. }
            | Self::Withdraw { account, .. }
            | Self::EmptyAccount { account, .. }
            | Self::ProposeOrder { account, .. } => (Some(*account), None),
            _ => (None, None),
        }
    }
}

/// A change that support wants, at a request and with a reason.
pub(super) fn order_draft(change: OrderedChange) -> OrderDraft {
    OrderDraft {
        change,
        request: on_request(),
        reason: Reason::parse("elle a changé de service").unwrap(),
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
        // Support acts alone where the deed does not say otherwise: what needs a second person is the rules' to refuse.
        let policy = Policy {
            dual_control: match deed {
                Deed::ProposeOrder { dual, .. } => *dual,
                Deed::CreateOrdered { .. } => DualControl::All,
                _ => DualControl::None,
            },
            ..Policy::default()
        };
        let order = match deed {
            Deed::ApproveOrder { order, .. }
            | Deed::RefuseOrder { order, .. }
            | Deed::WithdrawOrder { order, .. } => self.store.order(*order).await.unwrap(),
            _ => None,
        };
        let (account, group) = deed.concerns();
        let account = account.or(order.as_ref().map(|order| order.account));
        let facts = self.facts(deed.author(), account, group).await;
        let (actor, target, group) = (facts.actor, facts.target, facts.group);
        let known = order.ok_or(Refusal::OrderNotFound);
        let support = !matches!(actor, Actor::Account(_));
        let target = target.ok_or(Refusal::AccountNotFound);
        let group = group.ok_or(Refusal::GroupNotFound);
        let now = self.circumstances(request);
        Ok(match deed {
            Deed::CreateAccount { email, roles, .. } | Deed::CreateOrdered { email, roles, .. } => {
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
            Deed::SuspendOperator { operator, .. } => {
                let target = self.operator(*operator).await;
                let permit = rules::suspend_operator(&actor, &target.standing())?;
                Prepared::SuspendOperator(permit.into_act(now))
            }
            Deed::RestoreOperator { operator, .. } => {
                let target = self.operator(*operator).await;
                let asked = match target.restore_asked {
                    Some(asked) => Some((asked, self.operator(asked.by).await.standing())),
                    None => None,
                };
                let asked = asked.as_ref().map(|(asked, by)| (*asked, by));
                let permit = rules::restore_operator(&actor, &target.standing(), asked, now.at)?;
                Prepared::RestoreOperator(permit.into_act(now))
            }
            Deed::ProposeOrder { change, .. } => {
                let draft = order_draft(change.clone());
                let lifetimes = Lifetimes::default();
                let taken = match &change.email {
                    Some(email) => self.store.holder(email).await.unwrap().is_some(),
                    None => false,
                };
                let target = Some(&target?);
                let permit =
                    rules::propose_order(&actor, target, &draft, taken, &policy, &lifetimes)?;
                Prepared::ProposeOrder(Box::new(permit.into_act(now)))
            }
            Deed::ApproveOrder { .. } => {
                let (order, target) = (known?, target?);
                let taken = match &order.to.email {
                    Some(email) => self.store.holder(email).await.unwrap().is_some(),
                    None => false,
                };
                let permit =
                    rules::approve_order(&actor, target.standing(), &order, taken, now.at)?;
                Prepared::ApproveOrder(permit.into_act(now))
            }
            Deed::RefuseOrder { .. } => {
                let (order, target) = (known?.facts(now.at), target?);
                let permit = rules::refuse_order(&actor, target.standing(), &order, None)?;
                Prepared::RefuseOrder(permit.into_act(now))
            }
            Deed::WithdrawOrder { .. } => {
                let permit = rules::withdraw_order(&actor, &known?.facts(now.at))?;
                Prepared::WithdrawOrder(permit.into_act(now))
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
                let permit =
                    rules::empty_account(&actor, &target?, &retention, &Lifetimes::default(), *at)?;
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
                let order = match facts.purpose.order() {
                    Some(order) => Some(self.confirmed(order, *at).await),
                    None => None,
                };
                Prepared::LogIn(Box::new(Redemption {
                    opening,
                    session,
                    entry,
                    order,
                }))
            }
        })
    }

    /// What is written beside a log-in that confirms an order's new address.
    async fn confirmed(&self, id: OrderId, at: Timestamp) -> Confirmed {
        let order = self.order(id).await;
        let author = Author::Account(order.account);
        let event = Event::OrderCarriedOut { order: id };
        let entry = self.entry_about(at, author, Some(order.account), &event);
        Confirmed::new(&order, entry)
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

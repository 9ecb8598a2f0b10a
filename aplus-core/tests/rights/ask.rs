//! Asks the rules about one cell, twice: the question of a button and the act.

use aplus_core::rules::{self, Action, EntrySight, Permit, Permitted, Sight};
use aplus_core::{
    Actor, Author, FirstName, JobTitle, LastName, Phone, ProfileChange, ProfileField, Reference,
    Refusal, Requester, RequesterKind, Retention, SessionId, SupportRequest, Timestamp,
};

use crate::cells::{Cell, Question};

/// What the rules say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Answer {
    Yes,
    Sees(Sight),
    Reads(EntrySight),
    Refused(Refusal),
}

impl Answer {
    /// As the table says it.
    pub fn words(&self) -> String {
        match self {
            Self::Yes => "yes".to_owned(),
            Self::Sees(Sight::Colleague) => "yes colleague".to_owned(),
            Self::Sees(Sight::Whole) => "yes whole".to_owned(),
            Self::Reads(EntrySight::Deed) => "yes deed".to_owned(),
            Self::Reads(EntrySight::Own) => "yes own".to_owned(),
            Self::Reads(EntrySight::Whole) => "yes whole".to_owned(),
            Self::Refused(refusal) => format!("{} {}", refusal.code(), refusal.rule()),
        }
    }
}

pub fn ask(question: Question, cell: &Cell<'_>) -> Answer {
    let answer = match question {
        Question::Of(action) => of(action, cell),
        Question::MayCreateAccounts => plain(rules::may_create_accounts(cell.actor, &cell.group)),
        Question::MayManageMembers => plain(rules::may_manage_members(cell.actor, &cell.group)),
        Question::NoSuchAccount => Answer::Refused(rules::no_such_account(cell.actor, &cell.group)),
        Question::Taken => Answer::Refused(rules::taken(cell.holder.unwrap())),
    };
    if let Answer::Refused(refusal) = &answer {
        assert!(facts_are_true(refusal, cell), "{refusal:?}: {cell:?}");
    }
    answer
}

fn of(action: Action, cell: &Cell<'_>) -> Answer {
    let Cell { actor, group, .. } = cell;
    let target = || cell.target.unwrap();
    let draft = || cell.draft.unwrap();
    match action {
        Action::LogIn => plain(rules::may_log_in(actor)),
        Action::CreateAccount => {
            let may = rules::may_create_account(actor, group, draft(), cell.policy);
            let act = rules::create_account(actor, group, draft(), cell.policy);
            if let Ok(permit) = &act {
                assert_eq!(permit.action().group(), group.id);
                assert_eq!(permit.action().draft().roles, draft().roles);
            }
            pair(cell, may, act)
        }
        Action::CreateAccountFor => {
            let may = rules::may_create_account_for(actor, group, draft(), cell.policy);
            let act = rules::create_account_for(actor, group, draft(), &request(), cell.policy);
            pair(cell, may, act)
        }
        Action::AddMember => {
            let may = rules::may_add_member(actor, group, target());
            pair(cell, may, rules::add_member(actor, group, target()))
        }
        Action::AddMemberFor => {
            let may = rules::may_add_member_for(actor, group, target());
            let act = rules::add_member_for(actor, group, target(), &request());
            // It is the same act as a responsable's, with a request.
            pair_of(cell, may, act, Action::AddMember)
        }
        Action::RemoveMember => {
            let may = rules::may_remove_member(actor, group, target());
            pair(cell, may, rules::remove_member(actor, group, target()))
        }
        Action::Deactivate => {
            let may = rules::may_deactivate(actor, target());
            pair(cell, may, rules::deactivate(actor, target()))
        }
        Action::Reactivate => {
            let may = rules::may_reactivate(actor, target(), cell.policy);
            pair(cell, may, rules::reactivate(actor, target(), cell.policy))
        }
        Action::Withdraw => {
            let may = rules::may_withdraw(actor, target());
            pair(cell, may, rules::withdraw(actor, target()))
        }
        Action::EditProfile => {
            let account = target().standing().id;
            let change = change(cell.detail.unwrap());
            let act = rules::edit_profile(actor, account, &change);
            if let Ok(permit) = &act {
                assert_eq!(permit.action().account(), account);
                assert_eq!(permit.action().change().fields(), [cell.detail.unwrap()]);
            }
            pair(cell, rules::may_edit_profile(actor, account), act)
        }
        Action::ChangeFrozen => plain(rules::may_change_frozen(actor, cell.frozen.unwrap())),
        Action::ViewAccount => match rules::may_view_account(actor, target().standing()) {
            Ok(sight) => Answer::Sees(sight),
            Err(refusal) => Answer::Refused(refusal),
        },
        Action::Enter => plain(rules::may_enter(actor, cell.door.unwrap())),
        Action::ReadJournal => plain(rules::may_read_journal(actor)),
        Action::ViewEntry => {
            let (author, account) = cell.entry.unwrap();
            match rules::may_view_entry(actor, author, account) {
                Ok(sight) => Answer::Reads(sight),
                Err(refusal) => Answer::Refused(refusal),
            }
        }
        Action::ViewGroup => plain(rules::may_view_group(actor, group.id)),
        Action::EndSession => {
            let owner = cell.owner.unwrap();
            let session = SessionId::from_uuid(uuid::Uuid::from_u128(40));
            let act = rules::end_session(actor, owner, session);
            pair(cell, rules::may_end_sessions(actor, owner), act)
        }
        Action::EndAllSessions => {
            let owner = cell.owner.unwrap();
            let act = rules::end_all_sessions(actor, owner);
            pair(cell, rules::may_end_sessions(actor, owner), act)
        }
        Action::CreateGroup => {
            let name = aplus_core::GroupName::parse("Mairie de Lens").unwrap();
            let act = rules::create_group(actor, &rules::GroupDraft::new(name), &request());
            pair(cell, rules::may_act_as_support(actor), act)
        }
        Action::AddOperator => {
            let email = aplus_core::EmailAddress::parse("operatrice@aplus.example").unwrap();
            let act = rules::add_operator(actor, &email, None);
            pair(cell, rules::may_add_operator(actor), act)
        }
        Action::Look => {
            let act = rules::look(actor, cell.subject.unwrap());
            pair(cell, rules::may_act_as_support(actor), act)
        }
        Action::EraseJournal => {
            let (retention, now) = (Retention::default(), Timestamp::MAX);
            let act = rules::erase_journal(actor, 7, &retention, now);
            if let Ok(permit) = &act {
                assert_eq!(permit.action().before(), retention.journal_before(now));
            }
            pair(cell, rules::may_erase(actor), act)
        }
        Action::EmptyAccount => {
            let (retention, now) = (Retention::default(), Timestamp::MAX);
            let act = rules::empty_account(actor, target(), &retention, now);
            if let Ok(permit) = &act {
                let standing = target().standing();
                assert_eq!(permit.action().account(), standing.id);
                assert_eq!(permit.action().before(), retention.accounts_before(now));
                // A group whose active responsable goes is counted, and moves (A8, A10).
                let counted = permit.basis().groups().len();
                let expected = match standing.is_responsable() {
                    true => target().groups().len(),
                    false => 0,
                };
                assert_eq!(counted, expected, "{cell:?}");
            }
            pair(cell, rules::may_erase(actor), act)
        }
    }
}

fn plain(answer: Result<(), Refusal>) -> Answer {
    match answer {
        Ok(()) => Answer::Yes,
        Err(refusal) => Answer::Refused(refusal),
    }
}

/// The button and the act must agree, and the permit must name who acts and what their right stands on (A10).
fn pair<A: Permitted>(
    cell: &Cell<'_>,
    may: Result<(), Refusal>,
    act: Result<Permit<A>, Refusal>,
) -> Answer {
    pair_of(cell, may, act, A::ACTION)
}

fn pair_of<A: Permitted>(
    cell: &Cell<'_>,
    may: Result<(), Refusal>,
    act: Result<Permit<A>, Refusal>,
    action: Action,
) -> Answer {
    let done = act.as_ref().map(|_| ()).map_err(|refusal| *refusal);
    assert_eq!(may, done, "button and act differ: {cell:?}");
    if let Ok(permit) = act {
        assert_eq!(A::ACTION, action);
        assert_eq!(Some(permit.author()), cell.actor.author(), "{cell:?}");
        // One's own session may be ended whatever has become of one's rights meanwhile.
        let own = cell
            .owner
            .is_some_and(|owner| permit.author() == Author::from(owner));
        let basis = permit.basis();
        match cell.actor {
            Actor::Account(standing) if !own => {
                assert!(
                    basis.accounts().contains(&(standing.id, standing.version)),
                    "{cell:?}"
                );
            }
            Actor::Operator(standing) if !own => {
                assert_eq!(basis.operators(), [(standing.id, standing.version)]);
            }
            Actor::Visitor | Actor::Account(_) | Actor::Operator(_) | Actor::Machine => {}
        }
    }
    plain(may)
}

/// Whether what a refusal says of a group or field is so.
fn facts_are_true(refusal: &Refusal, cell: &Cell<'_>) -> bool {
    let of_target = |id| {
        let groups = cell.target.map(aplus_core::Target::groups);
        groups.and_then(|groups| groups.iter().find(|group| group.id == id))
    };
    match refusal {
        Refusal::NotYourGroup { group, .. } => *group == cell.group.id,
        Refusal::NeedsApproval { group } => of_target(*group)
            .or(Some(&cell.group).filter(|facts| facts.id == *group))
            .is_some_and(aplus_core::GroupFacts::has_had_responsable),
        Refusal::LastResponsable { group } => {
            of_target(*group).is_some_and(|facts| facts.active_responsables <= 1)
        }
        Refusal::OtherGroup { group } => {
            let own = matches!(cell.actor, Actor::Account(own) if own.groups.contains(*group));
            of_target(*group).is_some() && !own
        }
        Refusal::FrozenField { field } => Some(*field) == cell.frozen,
        _ => true,
    }
}

fn request() -> SupportRequest {
    SupportRequest {
        requester: Requester {
            kind: RequesterKind::Anct,
            name: None,
        },
        reference: Reference::parse("courrier du 3 mars").unwrap(),
    }
}

fn change(field: ProfileField) -> ProfileChange {
    let mut change = ProfileChange::default();
    match field {
        ProfileField::FirstName => {
            change.first_name = Some(Some(FirstName::parse("Camille").unwrap()));
        }
        ProfileField::LastName => {
            change.last_name = Some(Some(LastName::parse("Martin").unwrap()));
        }
        ProfileField::JobTitle => {
            change.job_title = Some(Some(JobTitle::parse("Agente d'accueil").unwrap()));
        }
        ProfileField::Phone => change.phone = Some(Some(Phone::parse("3939").unwrap())),
    }
    change
}

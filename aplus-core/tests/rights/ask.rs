//! Asks the rules about one cell, twice: the question of a button and the act.

use std::sync::LazyLock;

use aplus_core::conversation::Enquirer;
use aplus_core::rules::{self, Action, EntrySight, Permit, Permitted, Sight};
use aplus_core::{
    Actor, Author, ConversationDraft, ConversationSubject, FirstName, JobTitle, LastName,
    Lifetimes, MessageText, OrderDraft, OrderState, Phone, ProfileChange, ProfileField, Reason,
    Reference, Refusal, Requester, RequesterKind, Retention, SessionId, SupportRequest, Timestamp,
};

use crate::cells::{Cell, Question};
use crate::orders;

/// What the rules say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Answer {
    Yes,
    Sees(Sight),
    Reads(EntrySight),
    /// Yes, and an order is proposed with it.
    Ordered,
    /// Yes, and the order stands there then.
    Leads(OrderState),
    /// Yes: the first or the second asking that brings an operator back.
    Asks(Asking),
    No,
    Refused(Refusal),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Asking {
    First,
    Second,
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
            Self::Ordered => "yes ordered".to_owned(),
            Self::Leads(state) => format!("yes {}", state.as_str()),
            Self::Asks(Asking::First) => "yes first".to_owned(),
            Self::Asks(Asking::Second) => "yes second".to_owned(),
            Self::No => "no".to_owned(),
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
        Question::Taken => Answer::Refused(rules::taken(cell.actor, cell.holder.unwrap())),
        Question::MayViewOrdersOf => plain(rules::may_view_orders_of(cell.actor, cell.group.id)),
        Question::NoSuchOrder => Answer::Refused(rules::no_such_order(cell.actor)),
        Question::NeedsApproval => {
            let (account, change) = (
                cell.target.unwrap().standing(),
                cell.support.change.unwrap(),
            );
            yes_or_no(rules::needs_approval(account, change, cell.policy))
        }
        Question::IsOrdered => yes_or_no(rules::is_ordered(
            &cell.group,
            cell.draft.unwrap(),
            cell.policy,
        )),
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
            let may = rules::may_create_account_for(actor, draft(), cell.policy);
            let act = rules::create_account_for(
                actor,
                group,
                draft(),
                &request(),
                cell.policy,
                &Lifetimes::default(),
            );
            let ordered = act.as_ref().is_ok_and(|permit| ordered(permit, cell));
            match pair(cell, may, act) {
                Answer::Yes if ordered => Answer::Ordered,
                answer => answer,
            }
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
        Action::SuspendOperator => {
            let colleague = cell.support.colleague.unwrap().standing;
            let act = rules::suspend_operator(actor, &colleague);
            if let Ok(permit) = &act {
                assert_eq!(permit.action().operator(), colleague.id);
            }
            pair(cell, rules::may_suspend_operator(actor, &colleague), act)
        }
        Action::RestoreOperator => restore(cell),
        Action::ProposeOrder => propose(cell),
        Action::ViewOrders => plain(rules::may_view_orders(actor, target().standing())),
        Action::ApproveOrder => {
            let wish = cell.support.wish.unwrap();
            let account = target().standing();
            let order = wish.order(account.id);
            let facts = order.facts(orders::now());
            assert_eq!((facts.state, facts.holds), (wish.state, wish.holds));
            let may = rules::may_approve_order(actor, account, &facts);
            let approve =
                |taken| rules::approve_order(actor, account, &order, taken, orders::now());
            let act = approve(false);
            // A new address that is somebody's is learned of by whoever may approve it, and by nobody else (A5).
            let expected = match (&act, wish.address) {
                (Ok(_), true) => Err(Refusal::EmailTaken),
                (Ok(_), false) => Ok(()),
                (Err(refusal), _) => Err(*refusal),
            };
            assert_eq!(approve(true).map(|_| ()), expected);
            let state = act.as_ref().map(|permit| {
                assert_eq!(Some(Author::from(permit.action().by())), actor.author());
                assert_ne!(
                    Author::from(permit.action().by()),
                    order.author,
                    "four eyes"
                );
                assert_ne!(
                    Author::from(permit.action().by()),
                    account.id.into(),
                    "four eyes"
                );
                let (approver, changed) = (permit.author(), (account.id, account.version));
                assert_ne!(approver, order.author);
                assert!(permit.basis().accounts().contains(&changed), "{cell:?}");
                permit.action().state()
            });
            let state = state.ok();
            leads(pair(cell, may, act), state)
        }
        Action::RefuseOrder => {
            let account = target().standing();
            let order = cell.support.wish.unwrap().order(account.id);
            let facts = order.facts(orders::now());
            let may = rules::may_refuse_order(actor, account, &facts);
            pair(cell, may, rules::refuse_order(actor, account, &facts, None))
        }
        Action::WithdrawOrder => {
            let account = aplus_core::AccountId::from_uuid(uuid::Uuid::from_u128(20));
            let order = cell.support.wish.unwrap().order(account);
            let facts = order.facts(orders::now());
            let may = rules::may_withdraw_order(actor, &facts);
            pair(cell, may, rules::withdraw_order(actor, &facts))
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
        Action::OpenConversation => open(cell),
        Action::ViewConversation => {
            let facts = cell.support.talk.unwrap().facts();
            plain(rules::may_view_conversation(actor, &facts))
        }
        Action::AddMessage => {
            let facts = cell.support.talk.unwrap().facts();
            let act = rules::add_message(actor, &facts, &DRAFT.text);
            if let Ok(permit) = &act {
                let action = permit.action();
                assert_eq!(Some(action.account()), facts.enquirer.account());
                assert_eq!(
                    (action.conversation(), action.version()),
                    (facts.id, facts.version)
                );
            }
            pair(cell, rules::may_add_message(actor, &facts), act)
        }
        Action::AnswerConversation => {
            let facts = cell.support.talk.unwrap().facts();
            let act = rules::answer_conversation(actor, &facts, &DRAFT.text);
            if let Ok(permit) = &act {
                let action = permit.action();
                assert_eq!(Author::Operator(action.operator()), permit.author());
                assert_eq!(*action.enquirer(), facts.enquirer);
                assert_eq!(
                    (action.conversation(), action.version()),
                    (facts.id, facts.version)
                );
            }
            pair(cell, rules::may_answer_conversation(actor, &facts), act)
        }
        Action::CloseConversation => {
            let facts = cell.support.talk.unwrap().facts();
            let act = rules::close_conversation(actor, &facts);
            if let Ok(permit) = &act {
                let action = permit.action();
                assert_eq!(action.account(), facts.enquirer.account());
                assert_eq!(
                    (action.conversation(), action.version()),
                    (facts.id, facts.version)
                );
            }
            pair(cell, rules::may_close_conversation(actor, &facts), act)
        }
        Action::EraseConversations => {
            let (retention, now) = (Retention::default(), Timestamp::MAX);
            let act = rules::erase_conversations(actor, 7, &retention, now);
            if let Ok(permit) = &act {
                assert_eq!(
                    permit.action().before(),
                    retention.conversations_before(now)
                );
                assert_eq!(permit.action().conversations(), 7);
            }
            pair(cell, rules::may_erase(actor), act)
        }
        Action::EmptyAccount => {
            let (retention, now) = (Retention::default(), Timestamp::MAX);
            let lifetimes = Lifetimes::default();
            let act = rules::empty_account(actor, target(), &retention, &lifetimes, now);
            if let Ok(permit) = &act {
                let standing = target().standing();
                assert_eq!(permit.action().account(), standing.id);
                assert_eq!(
                    permit.action().before(),
                    retention.accounts_before(&lifetimes, now)
                );
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

/// Whether an order is proposed with an account, which then asks for exactly what was withheld from it (A7).
fn ordered(permit: &Permit<rules::CreateAccount>, cell: &Cell<'_>) -> bool {
    let (made, wanted) = (permit.action().draft().roles, cell.draft.unwrap().roles);
    let known = (cell.group.id, cell.group.version);
    if wanted.contains(aplus_core::Role::Responsable) {
        assert!(permit.basis().groups().contains(&known), "{cell:?}");
    }
    match permit.action().order() {
        None => {
            assert_eq!(made, wanted, "{cell:?}");
            false
        }
        Some(order) => {
            assert_eq!((order.from().roles, order.to().roles), (made, wanted));
            assert_eq!(made, rules::without_responsable(wanted));
            assert_eq!(order.state(), OrderState::Proposed, "{cell:?}");
            true
        }
    }
}

/// A visitor's way takes an address in place of an account, and its entry is the machine's.
fn open(cell: &Cell<'_>) -> Answer {
    let may = rules::may_open_conversation(cell.actor);
    let day = jiff::civil::date(2026, 3, 4);
    let act = rules::open_conversation(cell.actor, &DRAFT, day);
    if !matches!(cell.actor, Actor::Visitor) {
        if let Ok(permit) = &act {
            let asked_by = permit.action().enquirer().account().map(Author::from);
            assert_eq!(asked_by, Some(permit.author()));
            assert!(permit.action().acknowledged());
        }
        return pair(cell, may, act);
    }
    assert_eq!(act.map(|_| ()), Err(Refusal::NotLoggedIn));
    let email = aplus_core::EmailAddress::parse("visiteuse@lens.example").unwrap();
    for known_domain in [true, false] {
        for acknowledged in [true, false] {
            let address = rules::TypedAddress {
                known_domain,
                acknowledged,
            };
            let permit = rules::open_visitors_conversation(&email, address, &DRAFT, day);
            assert_eq!(permit.author(), Author::Machine);
            assert_eq!(
                *permit.action().enquirer(),
                Enquirer::Visitor(Some(email.clone()))
            );
            // L7: once a day, and to no domain that is nobody's.
            let told = permit.action().acknowledged();
            assert_eq!(told, known_domain && !acknowledged);
            assert_eq!(told, rules::is_acknowledged(address));
        }
    }
    plain(may)
}

fn restore(cell: &Cell<'_>) -> Answer {
    let colleague = cell.support.colleague.unwrap();
    let asked = colleague.asked_by(cell.actor);
    let asked = asked.as_ref().map(|(asked, by)| (*asked, by));
    let target = &colleague.standing;
    let act = rules::restore_operator(cell.actor, target, asked, orders::now());
    let second = act.as_ref().is_ok_and(|permit| {
        let action = permit.action();
        assert_eq!(action.operator(), target.id);
        assert_eq!(Author::Operator(action.by()), permit.author());
        let three = [Some(action.by()), Some(target.id), action.with()];
        let operators = permit.basis().operators();
        assert!(
            three
                .iter()
                .flatten()
                .all(|id| operators.iter().any(|(it, _)| it == id))
        );
        assert_ne!(action.with(), Some(action.by()), "two together");
        action.with().is_some()
    });
    match pair(cell, rules::may_restore_operator(cell.actor, target), act) {
        Answer::Yes if second => Answer::Asks(Asking::Second),
        Answer::Yes => Answer::Asks(Asking::First),
        answer => answer,
    }
}

fn propose(cell: &Cell<'_>) -> Answer {
    let change = cell.support.change.unwrap();
    let (request, reason) = SUPPORT.clone();
    let draft = OrderDraft {
        change: change.clone(),
        request,
        reason,
    };
    let lifetimes = Lifetimes::default();
    let propose = |taken| {
        rules::propose_order(
            cell.actor,
            cell.target,
            &draft,
            taken,
            cell.policy,
            &lifetimes,
        )
    };
    let may = rules::may_propose_order(cell.actor, cell.target, change, cell.policy);
    let account = cell.target.unwrap();
    let act = propose(false);
    let state = act.as_ref().map(|permit| {
        let proposal = permit.action().proposal();
        let now = account.standing();
        assert_eq!(proposal.from().email.as_ref(), account.email());
        assert_eq!(proposal.from().roles, now.roles);
        let renamed = proposal.to().email != proposal.from().email;
        assert_eq!(renamed, orders::address(change) != 0, "{cell:?}");
        let known = (now.id, now.version);
        assert!(permit.basis().accounts().contains(&known), "{cell:?}");
        // An address that is somebody's already is the only thing that the act knows beyond the button (A5).
        let taken = propose(true).map(|_| ());
        assert_eq!(taken.err(), renamed.then_some(Refusal::EmailTaken));
        proposal.state()
    });
    let state = state.ok();
    leads(pair(cell, may, act), state)
}

fn leads(answer: Answer, state: Option<OrderState>) -> Answer {
    match (answer, state) {
        (Answer::Yes, Some(state)) => Answer::Leads(state),
        (answer, _) => answer,
    }
}

fn yes_or_no(yes: bool) -> Answer {
    if yes { Answer::Yes } else { Answer::No }
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
                let operators = basis.operators();
                assert!(
                    operators.contains(&(standing.id, standing.version)),
                    "{cell:?}"
                );
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
        Refusal::LastResponsable { group } => {
            of_target(*group).is_some_and(|facts| facts.active_responsables <= 1)
        }
        Refusal::OtherGroup { group } => {
            let own = matches!(cell.actor, Actor::Account(own) if own.groups.contains(*group));
            of_target(*group).is_some() && !own
        }
        Refusal::FrozenField { field } => Some(*field) == cell.frozen,
        Refusal::OrderClosed { state } => {
            cell.support.wish.is_some_and(|wish| wish.state == *state)
        }
        _ => true,
    }
}

/// What is written to support, read once.
static DRAFT: LazyLock<ConversationDraft> = LazyLock::new(|| ConversationDraft {
    subject: ConversationSubject::parse("Mon lien").unwrap(),
    text: MessageText::parse("Il n'arrive pas.").unwrap(),
});

/// What every order is proposed with, read once.
static SUPPORT: LazyLock<(SupportRequest, Reason)> = LazyLock::new(|| {
    let reason = Reason::parse("elle a changé de service").unwrap();
    (request(), reason)
});

pub fn request() -> SupportRequest {
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

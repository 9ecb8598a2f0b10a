//! The facts of a cell, as Cedar knows them.

use aplus_core::rules::{Action, Door, Holder, Subject};
use aplus_core::{
    AccountId, Actor, Author, DeactivatedBy, DualControl, GroupFacts, GroupId, OperatorId,
    OperatorStatus, OrderState, OrderedChange, Policy, Principal, Role, Roles, Standing, Status,
    Target,
};
use cedar_oracle::Fact::{Count, Is, Of, Record, Set, Word};
use cedar_oracle::{Fact, Question as Asked, Thing};

use crate::cells::{Cell, Question};
use crate::orders;

/// What Cedar is asked about a cell: `action` is the question's own, or a finer one of the same facts.
pub fn translate(question: Question, action: &'static str, cell: &Cell<'_>) -> Asked {
    let mut asked = Asked {
        action,
        principal: principal(cell.actor),
        resource: thing("Site", 0, []),
        other: None,
        context: Vec::new(),
    };
    let Question::Of(of) = question else {
        smaller(question, cell, &mut asked);
        return asked;
    };
    let target = || account(cell.target.unwrap().standing());
    match of {
        Action::LogIn
        | Action::ReadJournal
        | Action::CreateGroup
        | Action::AddOperator
        | Action::OpenConversation
        | Action::EraseConversations
        | Action::EraseJournal => {}
        Action::CreateAccount | Action::CreateAccountFor => creation(cell, &mut asked),
        Action::AddMember | Action::AddMemberFor | Action::RemoveMember => {
            asked.resource = target();
            asked.context = vec![("group", group_of(cell.group.id))];
            asked.other = Some(group(&cell.group));
        }
        Action::Deactivate | Action::Withdraw => {
            asked.resource = target();
            asked.context = vec![("among", among(cell.target.unwrap()))];
        }
        Action::Reactivate => {
            asked.resource = target();
            asked.context = vec![
                ("among", among(cell.target.unwrap())),
                ("policy", policy(cell.policy)),
            ];
        }
        Action::EditProfile => {
            asked.resource = target();
            asked.context = vec![("field", Word(cell.detail.unwrap().as_str()))];
        }
        Action::ChangeFrozen => {
            asked.context = vec![("field", Word(cell.frozen.unwrap().as_str()))];
        }
        Action::ViewAccount | Action::ViewOrders | Action::EmptyAccount => {
            asked.resource = target();
        }
        Action::ViewGroup => asked.resource = group(&cell.group),
        Action::ViewEntry => asked.resource = entry(cell),
        Action::EndSession | Action::EndAllSessions => asked.resource = owner(cell),
        Action::SuspendOperator | Action::RestoreOperator => {
            let colleague = cell.support.colleague.unwrap();
            asked.resource = operator(colleague.standing.id, colleague.standing.status);
            if of == Action::RestoreOperator {
                let word = match colleague.asked {
                    orders::Asked::Nobody => "nobody",
                    orders::Asked::Same => "self",
                    orders::Asked::Other => "other",
                    orders::Asked::Suspended => "suspended",
                    orders::Asked::Late => "late",
                };
                asked.context = vec![("asked", Word(word))];
            }
        }
        Action::ProposeOrder => proposal(cell, &mut asked),
        Action::ApproveOrder | Action::RefuseOrder => {
            let standing = cell.target.unwrap().standing();
            asked.resource = order(cell, standing.id);
            asked.other = Some(account(standing));
        }
        Action::WithdrawOrder => {
            // Whose account it is decides nothing: none is read.
            asked.resource = order(cell, crate::cells::account(20));
        }
        Action::ViewConversation
        | Action::AddMessage
        | Action::AnswerConversation
        | Action::CloseConversation => asked.resource = conversation(cell),
        Action::Look => {
            let subject = match cell.subject.unwrap() {
                Subject::Account(_) => "account",
                Subject::Links(_) => "links",
                Subject::Group(_) => "group",
                Subject::Orders => "orders",
                Subject::Inbox => "inbox",
                Subject::Conversation { .. } => "conversation",
                Subject::Journal { .. } => "journal",
            };
            asked.context = vec![("subject", Word(subject))];
        }
        Action::Enter => {
            let door = match cell.door.unwrap() {
                Door::Accounts => "accounts",
                Door::Responsables => "responsables",
                Door::Support => "support",
            };
            asked.context = vec![("door", Word(door))];
        }
    }
    asked
}

fn smaller(question: Question, cell: &Cell<'_>, asked: &mut Asked) {
    match question {
        Question::MayCreateAccounts
        | Question::MayManageMembers
        | Question::NoSuchAccount
        | Question::MayViewOrdersOf => asked.resource = group(&cell.group),
        Question::Taken => {
            let holder = match cell.holder.unwrap() {
                Holder::Account(of) => status(of),
                Holder::Operator => "operator",
            };
            asked.context = vec![("holder", Word(holder))];
        }
        // Nobody asks these two: they are about what is asked for.
        Question::NeedsApproval => {
            proposal(cell, asked);
            asked.principal = thing("Visitor", 0, []);
        }
        Question::IsOrdered => {
            creation(cell, asked);
            asked.principal = thing("Visitor", 0, []);
        }
        Question::NoSuchOrder | Question::Of(_) => {}
    }
}

fn principal(actor: &Actor) -> Thing {
    match actor {
        Actor::Visitor => thing("Visitor", 0, []),
        Actor::Machine => thing("Machine", 0, []),
        Actor::Operator(own) => operator(own.id, own.status),
        Actor::Account(own) => account(own),
    }
}

fn account(standing: &Standing) -> Thing {
    let facts = [
        ("status", Word(status(standing.status))),
        ("roles", roles(standing.roles)),
        ("shared", Is(standing.shared)),
        ("used", Is(standing.used)),
        (
            "groups",
            Set(standing.groups.iter().map(group_of).collect()),
        ),
    ];
    thing("Account", standing.id.as_uuid().as_u128(), facts)
}

fn account_of(id: AccountId) -> Fact {
    Of("Account", id.as_uuid().as_u128())
}

fn operator(id: OperatorId, status: OperatorStatus) -> Thing {
    let suspended = Is(status == OperatorStatus::Suspended);
    thing(
        "Operator",
        id.as_uuid().as_u128(),
        [("suspended", suspended)],
    )
}

fn operator_of(id: OperatorId) -> Fact {
    Of("Operator", id.as_uuid().as_u128())
}

fn group(facts: &GroupFacts) -> Thing {
    let of = [
        ("responsables", Count(facts.active_responsables.into())),
        ("had_responsable", Is(facts.has_had_responsable())),
    ];
    thing("Group", facts.id.as_uuid().as_u128(), of)
}

fn group_of(id: GroupId) -> Fact {
    Of("Group", id.as_uuid().as_u128())
}

/// Which of the account's groups stand out.
fn among(target: &Target) -> Fact {
    let groups = target.groups().iter();
    let groups = groups.filter(|group| group.active_responsables <= 1);
    let single = Set(groups.map(|group| group_of(group.id)).collect());
    Record(vec![("single", single)])
}

fn creation(cell: &Cell<'_>, asked: &mut Asked) {
    let draft = cell.draft.unwrap();
    let looks = cell.policy.shared_mailboxes.matches(&draft.email);
    let facts = Record(vec![
        ("roles", roles(draft.roles)),
        ("marked_shared", Is(draft.shared)),
        ("looks_shared", Is(looks)),
    ]);
    asked.resource = group(&cell.group);
    asked.context = vec![("draft", facts), ("policy", policy(cell.policy))];
}

fn proposal(cell: &Cell<'_>, asked: &mut Asked) {
    let wanted = cell.support.change.unwrap();
    asked.resource = account(cell.target.unwrap().standing());
    asked.context = vec![("change", change(wanted)), ("policy", policy(cell.policy))];
}

fn change(wanted: &OrderedChange) -> Fact {
    let address = ["same", "new", "mailbox"][orders::address(wanted)];
    let mut facts = vec![
        ("address", Word(address)),
        ("details", Is(!wanted.profile.is_empty())),
    ];
    facts.extend(wanted.roles.map(|to| ("roles", roles(to))));
    Record(facts)
}

fn order(cell: &Cell<'_>, account: AccountId) -> Thing {
    let wish = cell.support.wish.unwrap();
    let state = match wish.state {
        OrderState::Proposed => "proposed",
        OrderState::Approved => "approved",
        OrderState::CarriedOut => "carried_out",
        OrderState::Refused => "refused",
        OrderState::Withdrawn => "withdrawn",
        OrderState::Lapsed => "lapsed",
    };
    let mut facts = vec![
        ("account", account_of(account)),
        ("state", Word(state)),
        ("author_machine", Is(wish.author == Author::Machine)),
        ("fresh", Is(wish.holds)),
        ("address", Is(wish.address)),
        ("details", Is(wish.details)),
    ];
    if let Author::Operator(author) = wish.author {
        facts.push(("author_operator", operator_of(author)));
    }
    thing("Order", 0, facts)
}

fn conversation(cell: &Cell<'_>) -> Thing {
    let talk = cell.support.talk.unwrap();
    let mut facts = vec![
        ("state", Word(talk.state.as_str())),
        ("erased", Is(talk.erased)),
    ];
    facts.extend(talk.account.map(|id| ("account", account_of(id))));
    thing("Conversation", 0, facts)
}

fn entry(cell: &Cell<'_>) -> Thing {
    let (author, about) = cell.entry.unwrap();
    let mut facts = vec![("by_machine", Is(author == Author::Machine))];
    match author {
        Author::Account(id) => facts.push(("by_account", account_of(id))),
        Author::Operator(id) => facts.push(("by_operator", operator_of(id))),
        Author::Machine => {}
    }
    facts.extend(about.map(|id| ("about", account_of(id))));
    thing("Entry", 0, facts)
}

/// Whose sessions: what else is true of them decides nothing, and stands on the one who asks where it is they.
fn owner(cell: &Cell<'_>) -> Thing {
    match cell.owner.unwrap() {
        Principal::Account(id) => account(&Standing::active(id, Roles::only(Role::Aidant), [])),
        Principal::Operator(id) => operator(id, OperatorStatus::Active),
    }
}

fn policy(policy: &Policy) -> Fact {
    let dual_control = match policy.dual_control {
        DualControl::All => "all",
        DualControl::Raising => "raising",
        DualControl::None => "none",
    };
    Record(vec![
        ("dual_control", Word(dual_control)),
        ("allow_shared", Is(policy.allow_shared_mailboxes)),
    ])
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Deactivated(DeactivatedBy::Responsable) => "deactivated:responsable",
        Status::Deactivated(DeactivatedBy::Support) => "deactivated:support",
        Status::Withdrawn => "withdrawn",
    }
}

fn roles(roles: Roles) -> Fact {
    Set(roles.iter().map(|role| Word(role.as_str())).collect())
}

fn thing(
    of: &'static str,
    number: u128,
    facts: impl IntoIterator<Item = (&'static str, Fact)>,
) -> Thing {
    let facts = facts.into_iter().collect();
    Thing { of, number, facts }
}

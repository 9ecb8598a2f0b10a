//! What the cells know of orders and of operators: changes that are wanted, orders as they stand, colleagues.

use std::sync::LazyLock;

use aplus_core::conversation::{ConversationFacts, ConversationState, Enquirer};
use aplus_core::order::{Approval, Closed, Closing, Identity};
use aplus_core::{
    AccountId, Actor, Author, ConversationId, EmailAddress, FirstName, Lifetimes, OperatorStanding,
    OperatorStatus, Order, OrderId, OrderState, OrderedChange, ProfileChange, RestoreAsked, Role,
    Roles, Standing, SupportRequest, Target, Timestamp, Version,
};
use uuid::Uuid;

use crate::ask::request;
use crate::cells::{PERSON, SHARED, STATUSES, account, facts, group_sets, operator};

/// The facts of a question about orders or operators: each has one of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts<'a> {
    pub change: Option<&'a OrderedChange>,
    pub wish: Option<Wish>,
    pub colleague: Option<Colleague>,
    pub talk: Option<Talk>,
}

/// An order as the rules see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    pub state: OrderState,
    pub author: Author,
    pub holds: bool,
    pub address: bool,
    pub details: bool,
}

/// A conversation as the rules see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Talk {
    /// The account whose it is; none for a visitor's.
    pub account: Option<AccountId>,
    pub state: ConversationState,
    pub erased: bool,
}

impl Talk {
    pub fn facts(self) -> ConversationFacts {
        ConversationFacts {
            id: ConversationId::from_uuid(Uuid::from_u128(60)),
            enquirer: match self.account {
                Some(account) => Enquirer::Account(account),
                None => Enquirer::Visitor((!self.erased).then(|| NOW.clone())),
            },
            state: self.state,
            version: Version(4),
            erased: self.erased,
        }
    }
}

/// An operator who is to be suspended, or brought back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colleague {
    pub standing: OperatorStanding,
    pub asked: Asked,
}

/// Who asked before that an operator be brought back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Asked {
    Nobody,
    /// Whoever asks now.
    Same,
    /// Another operator, active.
    Other,
    /// Another one, who was suspended since.
    Suspended,
    /// Another one, a day ago.
    Late,
}

impl Asked {
    pub const ALL: [Self; 5] = [
        Self::Nobody,
        Self::Same,
        Self::Other,
        Self::Suspended,
        Self::Late,
    ];
}

pub const STATES: [&str; 6] = [
    "proposed",
    "approved",
    "carried_out",
    "refused",
    "withdrawn",
    "lapsed",
];

const PROPOSED_AT: i64 = 1_000_000;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_unix_micros(micros).unwrap()
}

pub fn now() -> Timestamp {
    at(PROPOSED_AT).saturating_add(Lifetimes::RESTORE)
}

/// Read once: there are millions of cells.
static NOW: LazyLock<EmailAddress> = LazyLock::new(|| EmailAddress::parse(PERSON).unwrap());
static NEW: LazyLock<EmailAddress> =
    LazyLock::new(|| EmailAddress::parse("camille.durand@lens.example").unwrap());
static REQUEST: LazyLock<SupportRequest> = LazyLock::new(request);

impl Wish {
    /// The order on `account`, as a store keeps it.
    pub fn order(self, account: AccountId) -> Order {
        let identity = |email: &EmailAddress, roles| Identity {
            email: Some(email.clone()),
            roles: Roles::only(roles),
        };
        let lapses = match self.state {
            OrderState::Lapsed => now(),
            _ => now().saturating_add(std::time::Duration::from_micros(1)),
        };
        let approval = Approval {
            by: None,
            at: at(PROPOSED_AT),
        };
        let closed = |how| Closed {
            how,
            by: Author::Machine,
            at: at(PROPOSED_AT),
            reason: None,
        };
        let approved = matches!(self.state, OrderState::Approved | OrderState::CarriedOut);
        Order {
            id: OrderId::from_uuid(Uuid::from_u128(50)),
            account,
            author: self.author,
            from: identity(&NOW, Role::Aidant),
            to: match self.address {
                true => identity(&NEW, Role::Aidant),
                false => identity(&NOW, Role::Instructeur),
            },
            profile: match self.details {
                true => details(),
                false => ProfileChange::default(),
            },
            requester: REQUEST.requester.clone(),
            reference: Some(REQUEST.reference.clone()),
            reason: None,
            proposed_at: at(PROPOSED_AT),
            expires_at: lapses,
            approval: approved.then_some(approval),
            carried_out_at: (self.state == OrderState::CarriedOut).then_some(at(PROPOSED_AT)),
            closed: match self.state {
                OrderState::Refused => Some(closed(Closing::Refused)),
                OrderState::Withdrawn => Some(closed(Closing::Withdrawn)),
                _ => None,
            },
            holds: self.holds,
        }
    }
}

impl Colleague {
    /// The asking before, with the one who asked.
    pub fn asked_by(self, actor: &Actor) -> Option<(RestoreAsked, OperatorStanding)> {
        let (id, status, at) = match (self.asked, actor) {
            (Asked::Nobody, _) => return None,
            (Asked::Same, Actor::Operator(own)) => (own.id, own.status, now()),
            (Asked::Same | Asked::Other, _) => (operator(32), OperatorStatus::Active, now()),
            (Asked::Suspended, _) => (operator(32), OperatorStatus::Suspended, now()),
            (Asked::Late, _) => (operator(32), OperatorStatus::Active, at(PROPOSED_AT)),
        };
        let version = Version(9);
        let standing = OperatorStanding {
            id,
            version,
            status,
        };
        Some((RestoreAsked { by: id, at }, standing))
    }
}

impl<'a> Facts<'a> {
    pub fn of_changes(changes: &'a [OrderedChange]) -> Vec<Self> {
        let of = |change| Self {
            change: Some(change),
            ..Self::default()
        };
        changes.iter().map(of).collect()
    }

    pub fn of_orders() -> Vec<Self> {
        let mut all = Vec::new();
        for state in OrderState::ALL {
            for author in [operator(30).into(), operator(31).into(), Author::Machine] {
                for holds in [true, false] {
                    for address in [true, false] {
                        for details in [true, false] {
                            let wish = Wish {
                                state,
                                author,
                                holds,
                                address,
                                details,
                            };
                            all.push(Self {
                                wish: Some(wish),
                                ..Self::default()
                            });
                        }
                    }
                }
            }
        }
        all
    }

    /// What is erased is closed (T4).
    pub fn of_talks() -> Vec<Self> {
        let stands = ConversationState::ALL.map(|state| (state, false));
        let mut all = Vec::new();
        for account in [Some(account(10)), Some(account(20)), None] {
            for (state, erased) in stands
                .into_iter()
                .chain([(ConversationState::Closed, true)])
            {
                let talk = Talk {
                    account,
                    state,
                    erased,
                };
                all.push(Self {
                    talk: Some(talk),
                    ..Self::default()
                });
            }
        }
        all
    }

    pub fn of_colleagues(asked: &[Asked]) -> Vec<Self> {
        let mut all = Vec::new();
        for id in [30, 31] {
            for status in [OperatorStatus::Active, OperatorStatus::Suspended] {
                for asked in asked {
                    // The operator who asks is read once, at one version.
                    let version = Version(if id == 30 { 3 } else { 8 });
                    let standing = OperatorStanding {
                        id: operator(id),
                        version,
                        status,
                    };
                    let colleague = Colleague {
                        standing,
                        asked: *asked,
                    };
                    all.push(Self {
                        colleague: Some(colleague),
                        ..Self::default()
                    });
                }
            }
        }
        all
    }
}

/// Every change of address, roles and details that may be wanted.
pub fn changes() -> Vec<OrderedChange> {
    let mut changes = Vec::new();
    let mailbox = EmailAddress::parse(SHARED).unwrap();
    let addresses = [None, Some(NOW.clone()), Some(NEW.clone()), Some(mailbox)];
    let only = [Role::Aidant, Role::Instructeur, Role::Responsable].map(Roles::only);
    let roles: Vec<_> = std::iter::once(None)
        .chain(only.into_iter().map(Some))
        .collect();
    for address in &addresses {
        for roles in &roles {
            for profile in [ProfileChange::default(), details()] {
                changes.push(OrderedChange {
                    email: address.clone(),
                    roles: *roles,
                    profile,
                });
            }
        }
    }
    changes
}

fn details() -> ProfileChange {
    ProfileChange {
        first_name: Some(Some(FirstName::parse("Camille").unwrap())),
        ..ProfileChange::default()
    }
}

/// Every account that an order may be for, as far as orders tell them apart: somebody else's, shared or not, and the actor's own.
pub fn targets(actor: &Actor) -> Vec<Target> {
    let mut targets = Vec::new();
    if let Actor::Account(own) = actor {
        let groups = own.groups.iter().map(|id| facts(id.as_uuid().as_u128(), 2));
        targets.push(Target::new(own.clone(), groups));
    }
    for status in STATUSES {
        for roles in [Role::Aidant, Role::Responsable].map(Roles::only) {
            for shared in [false, true] {
                for groups in group_sets(2) {
                    let standing = Standing {
                        version: Version(6),
                        status,
                        shared,
                        used: false,
                        ..Standing::active(account(20), roles, [])
                    };
                    let groups = groups.into_iter().map(|number| facts(number, 2));
                    targets.push(Target::new(standing, groups));
                }
            }
        }
    }
    targets
        .into_iter()
        .map(|target| target.at(Some(NOW.clone())))
        .collect()
}

/// Which of the values of `address` it is.
pub fn address(change: &OrderedChange) -> usize {
    match change.email.as_ref().map(EmailAddress::as_str) {
        None | Some(PERSON) => 0,
        Some(SHARED) => 2,
        Some(_) => 1,
    }
}

/// Which of the values of `turns` it is: what the account would hold afterwards, where that is something else.
pub fn turns(change: &OrderedChange, now: Roles) -> usize {
    match change.roles {
        None => 0,
        Some(roles) if roles == now => 0,
        Some(roles) if roles.contains(Role::Responsable) => 1,
        Some(_) => 2,
    }
}

pub fn state(wish: Wish) -> usize {
    let states = STATES.iter();
    states
        .into_iter()
        .position(|state| *state == wish.state.as_str())
        .unwrap()
}

pub fn author(wish: Wish, actor: &Actor) -> usize {
    match (wish.author, actor) {
        (Author::Operator(author), Actor::Operator(own)) if own.id == author => 0,
        (Author::Machine, _) => 2,
        _ => 1,
    }
}

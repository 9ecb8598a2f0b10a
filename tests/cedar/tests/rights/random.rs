//! Random cases beyond the finite ones: many groups, and groups of many responsables.

use aplus_core::rules::{AccountDraft, Action, Door, Holder, Subject};
use aplus_core::{
    Actor, Author, ConversationState, DualControl, EmailAddress, FrozenField, GroupFacts,
    OperatorStanding, OperatorStatus, OrderState, OrderedChange, Policy, Principal, ProfileField,
    Roles, Standing, Target, Version,
};

use crate::cells::{Cell, PERSON, Question, SHARED, STATUSES, account, facts, group, operator};
use crate::orders::{self, Asked, Colleague, Facts, Talk, Wish};

/// Groups that there are.
const GROUPS: u128 = 40;

/// SplitMix64: the same cases from the same seed, on every machine.
pub struct Random {
    state: u64,
    questions: Vec<Question>,
    changes: Vec<OrderedChange>,
}

/// Everything that a cell borrows from.
pub struct World {
    pub question: Question,
    actor: Actor,
    group: GroupFacts,
    target: Target,
    draft: AccountDraft,
    policy: Policy,
    detail: ProfileField,
    frozen: FrozenField,
    owner: Option<Principal>,
    subject: Subject,
    entry: (Author, Option<aplus_core::AccountId>),
    holder: Holder,
    door: Door,
    change: OrderedChange,
    wish: Option<Wish>,
    colleague: Option<Colleague>,
    talk: Option<Talk>,
}

impl World {
    pub fn cell(&self) -> Cell<'_> {
        Cell {
            actor: &self.actor,
            group: self.group,
            target: Some(&self.target),
            draft: Some(&self.draft),
            policy: &self.policy,
            detail: Some(self.detail),
            frozen: Some(self.frozen),
            owner: self.owner,
            subject: Some(self.subject),
            entry: Some(self.entry),
            holder: Some(self.holder),
            door: Some(self.door),
            support: Facts {
                change: Some(&self.change),
                wish: self.wish,
                colleague: self.colleague,
                talk: self.talk,
            },
        }
    }
}

impl Random {
    pub fn new(seed: u64) -> Self {
        Self {
            state: seed,
            questions: Question::all().collect(),
            changes: orders::changes(),
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    /// One time of `times`.
    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn roles(&mut self) -> Roles {
        let all: Vec<_> = Roles::all_sets().into_iter().collect();
        self.of(&all)
    }

    /// Some of the groups: mostly few, at times many.
    fn groups(&mut self, most: usize) -> Vec<u128> {
        let count = 1 + self.below(most);
        (0..count)
            .map(|_| 1 + self.next() as u128 % GROUPS)
            .collect()
    }

    fn standing(&mut self, number: u128, groups: Vec<u128>) -> Standing {
        let groups = groups.into_iter().map(group);
        let status = match self.one_in(4) {
            true => self.of(&STATUSES),
            false => STATUSES[0],
        };
        Standing {
            version: Version(5),
            status,
            shared: self.one_in(5),
            used: self.one_in(2),
            ..Standing::active(account(number), self.roles(), groups)
        }
    }

    fn actor(&mut self) -> Actor {
        match self.below(8) {
            0 => Actor::Visitor,
            1 => Actor::Machine,
            2 | 3 => Actor::Operator(OperatorStanding {
                id: operator(30),
                version: Version(3),
                status: self.of(&[OperatorStatus::Active, OperatorStatus::Suspended]),
            }),
            _ => {
                let groups = self.groups(20);
                Actor::Account(self.standing(10, groups))
            }
        }
    }

    /// Somebody else's account, with groups of the actor's or others, or the actor's own.
    fn target(&mut self, actor: &Actor) -> Target {
        let standing = match actor {
            Actor::Account(own) if self.one_in(6) => Standing {
                used: true,
                ..own.clone()
            },
            Actor::Account(own) if self.one_in(2) => {
                let known: Vec<_> = own.groups.iter().collect();
                let count = 1 + self.below(8);
                let mut groups: Vec<_> = (0..count)
                    .map(|_| self.of(&known).as_uuid().as_u128())
                    .collect();
                if self.one_in(3) {
                    groups.extend(self.groups(3));
                }
                self.standing(20, groups)
            }
            _ => {
                let groups = self.groups(12);
                self.standing(20, groups)
            }
        };
        let groups: Vec<_> = standing.groups.iter().collect();
        let groups: Vec<_> = groups
            .into_iter()
            .map(|id| self.facts(id.as_uuid().as_u128()))
            .collect();
        let email = EmailAddress::parse(PERSON).unwrap();
        Target::new(standing, groups).at(Some(email))
    }

    fn facts(&mut self, number: u128) -> GroupFacts {
        let many = [1, 1, 2, 3, 7, 120];
        let responsables = match self.one_in(12) {
            true => 0,
            false => self.of(&many),
        };
        let never = responsables == 0 && self.one_in(2);
        let version = Version(if never { 0 } else { 7 });
        GroupFacts {
            version,
            ..facts(number, responsables)
        }
    }

    pub fn world(&mut self) -> World {
        let questions = self.questions.clone();
        let question = self.of(&questions);
        let actor = self.actor();
        let target = self.target(&actor);
        // The group acted on is mostly one of the account's or of the actor's; what is known of it is known once.
        let known = target.groups().to_vec();
        let group = match (self.below(3), &actor) {
            (0, _) => self.of(&known),
            (1, Actor::Account(own)) => {
                let own: Vec<_> = own.groups.iter().collect();
                let id = self.of(&own);
                let there = known.iter().copied().find(|known| known.id == id);
                there.unwrap_or_else(|| self.facts(id.as_uuid().as_u128()))
            }
            _ => {
                let number = 1 + self.next() as u128 % GROUPS;
                let id = group(number);
                let there = known.iter().copied().find(|known| known.id == id);
                there.unwrap_or_else(|| self.facts(number))
            }
        };
        let address = self.of(&[PERSON, SHARED]);
        let draft = AccountDraft {
            shared: self.one_in(2),
            ..AccountDraft::new(EmailAddress::parse(address).unwrap(), self.roles())
        };
        let policy = Policy {
            dual_control: self.of(&[DualControl::All, DualControl::Raising, DualControl::None]),
            allow_shared_mailboxes: self.one_in(2),
            ..Policy::default()
        };
        let authors = [
            Author::Account(account(10)),
            Author::Account(account(20)),
            Author::Operator(operator(30)),
            Author::Operator(operator(31)),
            Author::Machine,
        ];
        let owners = [
            Principal::Account(account(10)),
            Principal::Account(account(20)),
            Principal::Operator(operator(30)),
            Principal::Operator(operator(31)),
        ];
        let is = |actions: &[Action]| matches!(question, Question::Of(of) if actions.contains(&of));
        let sessions = is(&[Action::EndSession, Action::EndAllSessions]);
        let orders = is(&[
            Action::ApproveOrder,
            Action::RefuseOrder,
            Action::WithdrawOrder,
        ]);
        let colleagues = is(&[Action::SuspendOperator, Action::RestoreOperator]);
        let address = self.one_in(3);
        let state = match self.one_in(2) {
            true => OrderState::Proposed,
            false => self.of(&OrderState::ALL),
        };
        let talks = is(&[
            Action::ViewConversation,
            Action::AddMessage,
            Action::AnswerConversation,
            Action::CloseConversation,
        ]);
        // What is erased is closed (T4).
        let erased = self.one_in(4);
        let talk = Talk {
            account: self.of(&[Some(account(10)), Some(account(20)), None]),
            state: match erased {
                true => ConversationState::Closed,
                false => self.of(&ConversationState::ALL),
            },
            erased,
        };
        let wish = Wish {
            state,
            author: self.of(&authors[2..]),
            holds: !self.one_in(4),
            address,
            details: !address && self.one_in(3),
        };
        let number = self.of(&[30, 31]);
        let colleague = Colleague {
            standing: OperatorStanding {
                id: operator(number),
                version: Version(if number == 30 { 3 } else { 8 }),
                status: self.of(&[OperatorStatus::Active, OperatorStatus::Suspended]),
            },
            asked: self.of(&Asked::ALL),
        };
        let owner = self.of(&owners);
        let holder = match self.one_in(5) {
            true => Holder::Operator,
            false => Holder::Account(self.of(&STATUSES[..3])),
        };
        let change = self.below(self.changes.len());
        World {
            question,
            group,
            draft,
            policy,
            detail: self.of(&ProfileField::ALL),
            frozen: self.of(&FrozenField::ALL),
            owner: sessions.then_some(owner),
            subject: Subject::Account(account(20)),
            entry: (
                self.of(&authors),
                self.of(&[None, Some(account(10)), Some(account(20))]),
            ),
            holder,
            door: self.of(&Door::ALL),
            change: self.changes[change].clone(),
            wish: orders.then_some(wish),
            colleague: colleagues.then_some(colleague),
            talk: talks.then_some(talk),
            actor,
            target,
        }
    }
}

//! What the rules say of orders, in few words and apart from the code: A6, A7, A8 as they are written.

use aplus_core::{DualControl, Role, Roles};

/// In seconds.
pub const LIFE: u64 = 30 * 24 * 60 * 60;
const LINK: u64 = 30 * 60;

/// Whoever does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    First,
    Second,
    Suspended,
    Machine,
    Responsable,
    Subject,
    Colleague,
    Stranger,
}

impl Person {
    pub const ALL: [Self; 8] = [
        Self::First,
        Self::Second,
        Self::Suspended,
        Self::Machine,
        Self::Responsable,
        Self::Subject,
        Self::Colleague,
        Self::Stranger,
    ];
}

/// What an order is to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Instructeur,
    Responsable,
    Address,
    AddressAndResponsable,
}

impl Wish {
    pub fn address(self) -> bool {
        matches!(self, Self::Address | Self::AddressAndResponsable)
    }

    pub fn roles(self) -> Option<Roles> {
        match self {
            Self::Instructeur => Some(Roles::only(Role::Instructeur)),
            Self::Responsable | Self::AddressAndResponsable => Some(Roles::only(Role::Responsable)),
            Self::Address => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Refuse,
    Withdraw,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Propose(Person, Wish),
    Decide(Decision, Person, usize),
    /// Somebody presses the button of the link that the last approval sent.
    PressMailed,
    /// Somebody who reads the new address asks for a link there, and presses its button.
    AskAndPress,
    /// Time passes, as much as an order lives.
    Wait,
    Deactivate,
    Reactivate,
}

impl Step {
    /// All that can be tried where this many orders were proposed.
    pub fn all(orders: usize) -> Vec<Self> {
        use Wish::{Address, AddressAndResponsable, Instructeur, Responsable};
        let mut steps = vec![
            Self::Propose(Person::First, Instructeur),
            Self::Propose(Person::First, Responsable),
            Self::Propose(Person::First, Address),
            Self::Propose(Person::First, AddressAndResponsable),
            Self::Propose(Person::Machine, Responsable),
        ];
        for order in 0..orders {
            for decision in [Decision::Approve, Decision::Refuse, Decision::Withdraw] {
                for person in Person::ALL {
                    steps.push(Self::Decide(decision, person, order));
                }
            }
        }
        steps.extend([
            Self::PressMailed,
            Self::AskAndPress,
            Self::Wait,
            Self::Deactivate,
            Self::Reactivate,
        ]);
        steps
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Proposed,
    Approved,
    CarriedOut,
    Refused,
    Withdrawn,
    Lapsed,
}

#[derive(Debug, Clone, Copy)]
pub struct Order {
    pub author: Person,
    /// Who approved it: none before, nobody where it needed none.
    pub approved: Option<Option<Person>>,
    pub needed_approval: bool,
    /// Whether the account has its new address, and its roles: before and after.
    from: (bool, Roles),
    to: (bool, Roles),
    written: State,
    approved_at: u64,
    lapses_at: u64,
}

impl Order {
    fn changes_address(&self) -> bool {
        self.from.0 != self.to.0
    }

    pub fn state(&self, now: u64) -> State {
        match self.written {
            State::Proposed | State::Approved if now >= self.lapses_at => State::Lapsed,
            state => state,
        }
    }
}

/// The link that an approval sent.
#[derive(Debug, Clone, Copy)]
struct Link {
    order: usize,
    epoch: i64,
    expires_at: u64,
    used: bool,
}

/// What a step writes, beside what it does: entries, mails, and links that are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traces {
    pub entries: usize,
    pub mails: usize,
    pub links: usize,
}

#[derive(Debug, Clone)]
pub struct Model {
    pub mode: DualControl,
    pub now: u64,
    pub moved: bool,
    pub roles: Roles,
    pub active: bool,
    /// By how much the versions and the epoch have moved.
    pub version: i64,
    pub epoch: i64,
    pub group_version: i64,
    pub sessions: usize,
    pub orders: Vec<Order>,
    mailed: Option<Link>,
}

impl Model {
    pub fn new(mode: DualControl, roles: Roles) -> Self {
        Self {
            mode,
            now: 0,
            moved: false,
            roles,
            active: true,
            version: 0,
            epoch: 0,
            group_version: 0,
            sessions: 1,
            orders: Vec::new(),
            mailed: None,
        }
    }

    fn responsable(roles: Roles) -> bool {
        roles.contains(Role::Responsable)
    }

    pub fn holds(&self, order: &Order) -> bool {
        order.from == (self.moved, self.roles)
    }

    /// Does it, or says why not.
    pub fn step(&mut self, step: Step) -> Result<Traces, &'static str> {
        match step {
            Step::Propose(by, wish) => self.propose(by, wish),
            Step::Decide(Decision::Withdraw, by, order) => self.withdraw(by, order),
            Step::Decide(decision, by, order) => self.decide(decision, by, order),
            Step::PressMailed => self.press_mailed(),
            Step::AskAndPress => self.ask_and_press(),
            Step::Wait => {
                self.now += LIFE;
                // A day is enough for a session to end by itself; the store still has its line.
                Ok(Traces::default())
            }
            Step::Deactivate if !self.active => Err("not_active"),
            Step::Deactivate => {
                self.active = false;
                self.version += 1;
                self.epoch += 1;
                self.sessions = 0;
                self.group_version += i64::from(Self::responsable(self.roles));
                Ok(Traces {
                    entries: 1,
                    mails: 1,
                    links: 0,
                })
            }
            Step::Reactivate if self.active => Err("not_deactivated"),
            // What takes an approval to give is not had by coming back (A6).
            Step::Reactivate if Self::responsable(self.roles) && self.mode != DualControl::None => {
                Err("needs_approval")
            }
            Step::Reactivate => {
                self.active = true;
                self.version += 1;
                self.group_version += i64::from(Self::responsable(self.roles));
                Ok(Traces {
                    entries: 1,
                    mails: 1,
                    links: 0,
                })
            }
        }
    }

    fn propose(&mut self, by: Person, wish: Wish) -> Result<Traces, &'static str> {
        let from = (self.moved, self.roles);
        let to = (
            self.moved || wish.address(),
            wish.roles().unwrap_or(self.roles),
        );
        if from == to {
            return Err("no_change");
        }
        if from.0 != to.0 && !self.active {
            return Err("account_inactive");
        }
        if from.0 != to.0 && Self::responsable(to.1) && !Self::responsable(from.1) {
            return Err("two_orders");
        }
        let needed_approval = match self.mode {
            DualControl::All => true,
            DualControl::Raising => Self::responsable(from.1) || Self::responsable(to.1),
            DualControl::None => false,
        };
        self.orders.push(Order {
            author: by,
            approved: (!needed_approval).then_some(None),
            needed_approval,
            from,
            to,
            written: State::Proposed,
            approved_at: self.now,
            lapses_at: self.now + LIFE,
        });
        if !needed_approval {
            return Ok(self.goes_on(self.orders.len() - 1));
        }
        // The other operators, and the responsable of the group; nobody of their own account.
        let operators = if by == Person::Machine { 2 } else { 1 };
        Ok(Traces {
            entries: 1,
            mails: operators + 1,
            links: 0,
        })
    }

    /// An order that is approved is carried out, or its new address is written to.
    fn goes_on(&mut self, number: usize) -> Traces {
        if self.orders[number].changes_address() {
            self.orders[number].written = State::Approved;
            self.orders[number].approved_at = self.now;
            self.mailed = self.waiting_order().map(|order| Link {
                order,
                epoch: self.epoch,
                expires_at: (self.now + LINK).min(self.orders[order].lapses_at),
                used: false,
            });
            return Traces {
                entries: 1,
                mails: 0,
                links: 1,
            };
        }
        self.carry_out(number);
        Traces {
            entries: 1,
            mails: 1,
            links: 0,
        }
    }

    fn carry_out(&mut self, number: usize) {
        let to = self.orders[number].to;
        let changes = Self::responsable(self.roles) != Self::responsable(to.1);
        self.group_version += i64::from(self.active && changes);
        (self.moved, self.roles) = to;
        self.version += 1;
        self.epoch += 1;
        self.sessions = 0;
        self.orders[number].written = State::CarriedOut;
    }

    fn decide(
        &mut self,
        decision: Decision,
        by: Person,
        number: usize,
    ) -> Result<Traces, &'static str> {
        let order = self.orders[number];
        match by {
            Person::Suspended => return Err("operator_suspended"),
            Person::Machine => return Err("not_approver"),
            Person::Subject if self.active => return Err("own_order"),
            Person::Subject => return Err("deactivated"),
            Person::Colleague if self.active => return Err("not_approver"),
            Person::Colleague | Person::Stranger => return Err("order_not_found"),
            _ if by == order.author => return Err("own_order"),
            Person::First | Person::Second | Person::Responsable => {}
        }
        if order.state(self.now) != State::Proposed {
            return Err("order_closed");
        }
        if decision == Decision::Refuse {
            self.orders[number].written = State::Refused;
            return Ok(Traces {
                entries: 1,
                ..Traces::default()
            });
        }
        if !self.holds(&order) {
            return Err("order_outdated");
        }
        if order.changes_address() && !self.active {
            return Err("account_inactive");
        }
        self.orders[number].approved = Some(Some(by));
        Ok(self.goes_on(number))
    }

    fn withdraw(&mut self, by: Person, number: usize) -> Result<Traces, &'static str> {
        match by {
            Person::Suspended => return Err("operator_suspended"),
            Person::Subject if !self.active => return Err("deactivated"),
            Person::Subject | Person::Responsable | Person::Colleague | Person::Stranger => {
                return Err("not_operator");
            }
            Person::First | Person::Second | Person::Machine => {}
        }
        match self.orders[number].state(self.now) {
            State::Proposed | State::Approved => self.orders[number].written = State::Withdrawn,
            _ => return Err("order_closed"),
        }
        Ok(Traces {
            entries: 1,
            ..Traces::default()
        })
    }

    fn waits(&self, order: &Order) -> bool {
        self.active
            && order.state(self.now) == State::Approved
            && order.changes_address()
            && self.holds(order)
    }

    /// Of those that wait for the new address, the one that was approved first.
    fn waiting_order(&self) -> Option<usize> {
        let waiting = (0..self.orders.len()).filter(|number| self.waits(&self.orders[*number]));
        waiting.min_by_key(|number| self.orders[*number].approved_at)
    }

    fn confirmed(&mut self, order: usize) {
        self.carry_out(order);
        self.sessions = 1;
    }

    fn press_mailed(&mut self) -> Result<Traces, &'static str> {
        let Some(link) = self.mailed else {
            return Err("nothing");
        };
        if self.now >= link.expires_at + LIFE {
            return Err("link_unknown");
        }
        if link.used {
            return Err("link_used");
        }
        if self.now >= link.expires_at {
            return Err("link_expired");
        }
        if link.epoch != self.epoch || !self.waits(&self.orders[link.order]) {
            return Err("link_ended");
        }
        self.mailed = Some(Link { used: true, ..link });
        self.confirmed(link.order);
        // The log-in and the carrying out; to the new address and to the old one.
        Ok(Traces {
            entries: 2,
            mails: 2,
            links: 0,
        })
    }

    fn ask_and_press(&mut self) -> Result<Traces, &'static str> {
        if let Some(order) = self.waiting_order() {
            self.confirmed(order);
            return Ok(Traces {
                entries: 2,
                mails: 2,
                links: 1,
            });
        }
        // By now it is the account's own: then this is a log-in as any other.
        if self.moved && self.active {
            self.sessions += 1;
            return Ok(Traces {
                entries: 1,
                mails: 0,
                links: 1,
            });
        }
        Err("nothing")
    }
}

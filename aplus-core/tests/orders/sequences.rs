//! Every sequence of steps up to a depth, on the reference store and on the model at once.
//!
//! A step that is refused leaves nothing behind but the record of the refusal, which is looked at each time: sequences with such
//! a step are those without it, and need not be gone on with. `cargo test --test orders -- --nocapture` prints the counts.

use std::collections::BTreeMap;
use std::time::Duration;

use aplus_core::ports::{NewLink, Orders, OrdersOf};
use aplus_core::*;

use crate::model::{Decision, LIFE, Model, Order as Told, Person, State, Step, Traces};
use crate::town::{Town, context, new_address, old_address};

/// At most this many orders stand side by side.
const ORDERS: usize = 2;

/// One sequence, and what it came to, in the store and in the model.
struct Node {
    town: Town,
    model: Model,
    steps: Vec<Step>,
    orders: Vec<OrderId>,
    mailed: Option<NewLink>,
}

/// What the versions were at the beginning.
struct Begun {
    version: i64,
    epoch: i64,
    group_version: i64,
}

#[derive(Default)]
struct Counts {
    sequences: usize,
    refused: usize,
    carried_out: usize,
    codes: BTreeMap<&'static str, usize>,
}

fn author(town: &Town, person: Person) -> Author {
    let who = town.who;
    match person {
        Person::First => who.first.into(),
        Person::Second => who.second.into(),
        Person::Suspended => who.suspended.into(),
        Person::Machine => Author::Machine,
        Person::Responsable => who.responsable.into(),
        Person::Subject => who.subject.into(),
        Person::Colleague => who.colleague.into(),
        Person::Stranger => who.stranger.into(),
    }
}

impl Node {
    fn copy(&self) -> Self {
        Self {
            town: self.town.copy(),
            model: self.model.clone(),
            steps: self.steps.clone(),
            orders: self.orders.clone(),
            mailed: self.mailed.clone(),
        }
    }

    /// Does it in the store.
    async fn act(&mut self, step: Step) -> Result<(), Error> {
        let (town, nothing) = (&self.town, context());
        let aplus = &town.aplus;
        match step {
            Step::Propose(by, wish) => {
                let change = OrderedChange {
                    email: wish.address().then(new_address),
                    roles: wish.roles(),
                    ..OrderedChange::default()
                };
                let order = town.propose(author(town, by), change).await?;
                self.orders.push(order.id);
            }
            Step::Decide(decision, by, order) => {
                let (by, order) = (author(town, by), self.orders[order]);
                match decision {
                    Decision::Approve => aplus.approve_order(by, order, &nothing).await?,
                    Decision::Refuse => aplus.refuse_order(by, order, None, &nothing).await?,
                    Decision::Withdraw => aplus.withdraw_order(by, order, &nothing).await?,
                };
            }
            Step::PressMailed => match &self.mailed {
                Some(link) => town.press(link).await?,
                None => return Err(Error::Refused(Refusal::LinkUnknown)),
            },
            Step::AskAndPress => match town.ask(&new_address()).await.as_slice() {
                [] => return Err(Error::Refused(Refusal::LinkUnknown)),
                [link] => town.press(link).await?,
                links => panic!("one asking, {} links", links.len()),
            },
            Step::Wait => town.wait(Duration::from_secs(LIFE)),
            Step::Deactivate | Step::Reactivate => {
                let (by, subject) = (town.who.second.into(), town.who.subject);
                match step {
                    Step::Deactivate => aplus.deactivate(by, subject, &nothing).await?,
                    _ => aplus.reactivate(by, subject, &nothing).await?,
                }
            }
        }
        Ok(())
    }

    /// Entries and mails that are there.
    async fn written(&self) -> (usize, usize) {
        (
            self.town.entries().await.len(),
            self.town.store.outbox().len(),
        )
    }

    /// What the store holds of all this, but for what was refused.
    async fn shown(&self) -> String {
        let subject = self.town.subject().await;
        let orders = self.town.store.orders(OrdersOf::All, None, None, 10).await;
        format!("{subject:?}{orders:?}{:?}", self.written().await)
    }

    /// The same in the store as in the model.
    async fn agrees(&self, begun: &Begun) {
        let (town, model, steps) = (&self.town, &self.model, &self.steps);
        let subject = town.subject().await;
        let address = match model.moved {
            true => new_address(),
            false => old_address(),
        };
        assert_eq!(subject.email(), Some(&address), "{steps:?}");
        assert_eq!(subject.roles(), model.roles, "{steps:?}");
        assert_eq!(subject.status().is_active(), model.active, "{steps:?}");
        assert_eq!(
            (subject.version().0, subject.epoch().0),
            (begun.version + model.version, begun.epoch + model.epoch),
            "{steps:?}"
        );
        let group = town.aplus.group(town.who.group).await.unwrap();
        let moved = begun.group_version + model.group_version;
        assert_eq!(group.version.0, moved, "{steps:?}");
        let owner = Principal::Account(town.who.subject);
        let sessions = ports::Logins::sessions(&town.store, owner, 100).await;
        assert_eq!(sessions.unwrap().len(), model.sessions, "{steps:?}");
        for (id, told) in self.orders.iter().zip(&model.orders) {
            let order = town.store.order(*id).await.unwrap().unwrap();
            self.order_agrees(&order, told);
        }
    }

    fn order_agrees(&self, order: &Order, told: &Told) {
        let (town, steps) = (&self.town, &self.steps);
        let state = match told.state(self.model.now) {
            State::Proposed => OrderState::Proposed,
            State::Approved => OrderState::Approved,
            State::CarriedOut => OrderState::CarriedOut,
            State::Refused => OrderState::Refused,
            State::Withdrawn => OrderState::Withdrawn,
            State::Lapsed => OrderState::Lapsed,
        };
        assert_eq!(order.state(town.aplus.now()), state, "{steps:?}");
        assert_eq!(order.holds, self.model.holds(told), "{steps:?}");
        assert_eq!(order.author, author(town, told.author), "{steps:?}");
        let approver = order.approval.map(|approval| approval.by.map(Author::from));
        let expected = told
            .approved
            .map(|by| by.map(|person| author(town, person)));
        assert_eq!(approver, expected, "{steps:?}");
        // Four eyes: whatever was approved or carried out, and needed it, was seen by two, and neither is whom it is about.
        let subject = Author::Account(town.who.subject);
        if told.needed_approval && matches!(state, OrderState::Approved | OrderState::CarriedOut) {
            let by = approver.flatten().expect("somebody approved it");
            assert_ne!(by, order.author, "{steps:?}");
            assert_ne!(by, subject, "{steps:?}");
            assert_ne!(by, Author::Machine, "{steps:?}");
        }
        assert_ne!(order.author, subject, "{steps:?}");
    }
}

/// No order leaves what it came to, and none is carried out after it was ended.
fn stays_ended(before: &Model, after: &Model, steps: &[Step]) {
    for (before, now) in before.orders.iter().zip(&after.orders) {
        let ended = |state| !matches!(state, State::Proposed | State::Approved);
        let (was, is) = (before.state(0), now.state(0));
        if ended(was) {
            assert_eq!(is, was, "{steps:?}");
        }
    }
}

async fn every_sequence(depth: usize, mode: DualControl, held: &[Role], counts: &mut Counts) {
    let town = Town::new(mode, held).await;
    let subject = town.subject().await;
    let group = town.aplus.group(town.who.group).await.unwrap();
    let begun = Begun {
        version: subject.version().0,
        epoch: subject.epoch().0,
        group_version: group.version.0,
    };
    let mut open = vec![Node {
        model: Model::new(mode, subject.roles()),
        town,
        steps: Vec::new(),
        orders: Vec::new(),
        mailed: None,
    }];
    while let Some(node) = open.pop() {
        let before = node.shown().await;
        let mut follow = Vec::new();
        for step in Step::all(node.orders.len()) {
            let proposes = matches!(step, Step::Propose(..));
            if proposes && node.orders.len() == ORDERS || node.steps.is_empty() && !proposes {
                continue;
            }
            counts.sequences += 1;
            let mut model = node.model.clone();
            // Nothing happens at the same moment as something else.
            model.now += 1;
            match model.step(step) {
                Ok(traces) => follow.push((step, model, traces)),
                Err(code) => {
                    counts.refused += 1;
                    *counts.codes.entry(code).or_default() += 1;
                    // On a copy: an address that nobody has may be told so, once a day (L7).
                    let mut tried = node.copy();
                    tried.town.wait(Duration::from_secs(1));
                    let answer = tried.act(step).await;
                    let code = if code == "nothing" {
                        "link_unknown"
                    } else {
                        code
                    };
                    let given = crate::town::refused(answer);
                    assert_eq!(given, code, "{:?} then {step:?}", node.steps);
                    if !matches!(step, Step::AskAndPress) {
                        assert_eq!(tried.shown().await, before, "{:?} {step:?}", node.steps);
                    }
                }
            }
        }
        for (step, model, traces) in follow {
            let mut next = node.copy();
            next.steps.push(step);
            next.town.wait(Duration::from_secs(1));
            let (entries, mails) = next.written().await;
            next.act(step).await.unwrap_or_else(|error| {
                panic!("{:?}: {error:?}, though the model did it", next.steps)
            });
            let sent = next.town.answer().await;
            let links = traces.links;
            let (entries_now, mails_now) = next.written().await;
            // Each link that is sent has an entry and a letter of its own.
            let expected = Traces {
                entries: traces.entries + links,
                mails: traces.mails + links,
                links,
            };
            let written = Traces {
                entries: entries_now - entries,
                mails: mails_now - mails,
                links,
            };
            assert_eq!(written, expected, "{:?}", next.steps);
            if let [link] = sent.as_slice() {
                next.mailed = Some(link.clone());
            }
            stays_ended(&node.model, &model, &next.steps);
            next.model = model;
            next.agrees(&begun).await;
            let carried_out = |it: &&Told| it.state(0) == State::CarriedOut;
            counts.carried_out += next.model.orders.iter().filter(carried_out).count();
            if next.steps.len() < depth {
                open.push(next);
            }
        }
    }
}

#[tokio::test]
async fn every_sequence_of_four_steps_comes_to_what_the_rules_say() {
    come_to_what_the_rules_say(4).await;
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn every_sequence_of_five_steps_comes_to_what_the_rules_say() {
    come_to_what_the_rules_say(5).await;
}

async fn come_to_what_the_rules_say(depth: usize) {
    let mut counts = Counts::default();
    for mode in [DualControl::All, DualControl::Raising, DualControl::None] {
        for held in [&[Role::Aidant][..], &[Role::Aidant, Role::Responsable]] {
            every_sequence(depth, mode, held, &mut counts).await;
        }
    }
    println!(
        "counted: {} sequences of at most {depth} steps, {} refused in the end",
        counts.sequences, counts.refused
    );
    for (code, times) in &counts.codes {
        println!("{code:>20} {times:>8}");
    }
    println!("{} times an order was seen carried out", counts.carried_out);
    for code in [
        "own_order",
        "not_approver",
        "not_operator",
        "operator_suspended",
        "order_not_found",
        "order_closed",
        "order_outdated",
        "account_inactive",
        "two_orders",
        "deactivated",
        "needs_approval",
        "no_change",
        "link_used",
        "link_ended",
        "link_expired",
    ] {
        assert!(counts.codes.contains_key(code), "{code} never came up");
    }
    assert!(counts.carried_out > 1_000);
}

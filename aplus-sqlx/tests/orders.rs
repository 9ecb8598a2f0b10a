//! Random lives of support orders and operators through the use cases, on the model, on SQLite and on PostgreSQL: each step is
//! answered the same by all three, and in the end they hold the same and sent the same mails.
//!
//! `APLUS_SEED=7` replays one of them, `APLUS_HISTORIES=500` takes so many.

#![cfg(all(feature = "sqlite", feature = "postgres"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "histories/random.rs"]
#[allow(dead_code, reason = "histories draw more")]
mod random;

mod postgres_common;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aplus_core::contract::async_trait;
use aplus_core::memory::MemoryStore;
use aplus_core::ports::{Letter, MailError, Mailer, OrdersOf, Store};
use aplus_core::rules::AccountDraft;
use aplus_core::service::{Context, GroupForm, LoginAsk};
use aplus_core::test_util::{FixedClock, SeededEntropy};
use aplus_core::words::Language;
use aplus_core::*;
use aplus_sqlx::sqlite::SqliteStore;
use postgres_common::Place;
use postgres_common::people::{NOON, group_draft, requested};
use random::Random;
use secrecy::ExposeSecret;

const HISTORIES: u64 = 12;
const STEPS: u64 = 150;

/// All letters that were sent, and the links that they carry.
#[derive(Clone, Default)]
struct Letters(Arc<Mutex<Sent>>);

#[derive(Default)]
struct Sent {
    lines: Vec<String>,
    links: Vec<(EmailAddress, LinkSecret)>,
}

#[async_trait]
impl Mailer for Letters {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let mut sent = self.0.lock().unwrap();
        let (to, text) = (letter.to.as_str(), &letter.text);
        sent.lines.push(format!("{} {to} {text}", letter.id));
        if let Some(link) = &letter.link {
            let (_, token) = link.expose_secret().split_once("jeton=").unwrap();
            let secret = LinkSecret::parse(token).unwrap();
            sent.links.push((letter.to.clone(), secret));
        }
        Ok(())
    }
}

/// A service over one of the stores, with a clock and a randomness that are the same for each.
struct One {
    aplus: Aplus,
    clock: FixedClock,
    entropy: SeededEntropy,
    letters: Letters,
}

impl One {
    fn new<S: Store + 'static>(store: S, seed: u64, policy: &Policy, from: i64) -> Self {
        let clock = FixedClock::new(Timestamp::from_unix_micros(from).unwrap());
        let (letters, entropy) = (Letters::default(), SeededEntropy::new(seed));
        let site = Site::new("https://aplus.example").unwrap();
        let key = HostKey::new(&[7; 32]).unwrap();
        let aplus = Aplus::builder(store, letters.clone(), site, key)
            .clock(clock.clone())
            .insecure_entropy(entropy.clone())
            .policy(policy.clone())
            .build();
        Self {
            aplus,
            clock,
            entropy,
            letters,
        }
    }
}

/// What all of them hold, by its ids.
#[derive(Debug, Clone, Default)]
struct Known {
    groups: Vec<GroupId>,
    accounts: Vec<AccountId>,
    operators: Vec<(OperatorId, EmailAddress)>,
    orders: Vec<OrderId>,
}

#[derive(Debug, Clone)]
enum Step {
    Propose(Author, AccountId, OrderDraft),
    Approve(Author, OrderId),
    Refuse(Author, OrderId, Option<Reason>),
    Withdraw(Author, OrderId),
    Create(Author, GroupId, AccountDraft),
    Deactivate(Author, AccountId),
    Reactivate(Author, AccountId),
    WithdrawAccount(Author, AccountId),
    Suspend(Author, OperatorId),
    Restore(Author, OperatorId),
    AddOperator(EmailAddress),
    Ask(EmailAddress, u8),
    Confirm(usize, bool),
    Courier,
    Wait(Duration),
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

const ADDRESSES: [&str; 7] = [
    "un@mairie.example",
    "deux@mairie.example",
    "trois@mairie.example",
    "quatre@mairie.example",
    "neuf@region.example",
    "dix@region.example",
    "op0@aplus.example",
];

fn reason() -> Reason {
    "Une demande".parse().unwrap()
}

fn draw(random: &mut Random, known: &Known) -> Step {
    let author = |random: &mut Random| match random.below(10) {
        0 => Author::Machine,
        1..=3 => Author::Account(random.one(&known.accounts)),
        _ => Author::Operator(random.one(&known.operators).0),
    };
    let support = |random: &mut Random| match random.below(12) {
        0 => Author::Machine,
        1 => Author::Account(random.one(&known.accounts)),
        _ => Author::Operator(random.one(&known.operators).0),
    };
    let address = |random: &mut Random| email(random.one(&ADDRESSES));
    let (by, order) = (author(random), random.recent(&known.orders));
    match (random.below(100), order) {
        (0..=23, _) => {
            let mut change = OrderedChange::default();
            if random.percent(45) {
                change.email = Some(address(random));
            }
            if random.percent(60) {
                change.roles = Some(random.one(&Roles::all_sets()));
            }
            if random.percent(20) {
                change.profile = ProfileChange {
                    first_name: Some(Some("Zoé".parse().unwrap())),
                    phone: Some(None),
                    ..ProfileChange::default()
                };
            }
            let draft = OrderDraft {
                change,
                request: requested(),
                reason: reason(),
            };
            Step::Propose(support(random), random.one(&known.accounts), draft)
        }
        (24..=45, Some(order)) => Step::Approve(by, order),
        (46..=50, Some(order)) => Step::Refuse(by, order, random.percent(50).then(reason)),
        (51..=54, Some(order)) => Step::Withdraw(support(random), order),
        (55..=58, _) => {
            let draft = AccountDraft::new(address(random), random.one(&Roles::all_sets()));
            Step::Create(support(random), random.one(&known.groups), draft)
        }
        (59..=61, _) => Step::Deactivate(by, random.one(&known.accounts)),
        (62..=65, _) => Step::Reactivate(support(random), random.one(&known.accounts)),
        (66, _) => Step::WithdrawAccount(by, random.one(&known.accounts)),
        (67..=69, _) => Step::Suspend(support(random), random.one(&known.operators).0),
        (70..=76, _) => Step::Restore(support(random), random.one(&known.operators).0),
        (77, _) => Step::AddOperator(random.one(&known.operators).1),
        (78..=81, _) => Step::Ask(address(random), u8::try_from(random.below(3)).unwrap()),
        (82..=90, _) => Step::Confirm(
            usize::try_from(random.below(3)).unwrap(),
            random.percent(90),
        ),
        (91, _) => Step::Wait(Duration::from_secs(86_400 * 29)),
        (92..=93, _) => Step::Wait(Duration::from_secs(60 * 31)),
        _ => Step::Courier,
    }
}

fn told<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Refused(refusal)) => format!("{} {refusal:?}", refusal.code()),
        Err(error) => panic!("{error:?}"),
        Ok(done) => format!("done {done:?}"),
    }
}

/// An order with the addresses, which do not show themselves.
fn shown(order: &Order) -> String {
    let of = |email: &Option<EmailAddress>| email.as_ref().map(|it| it.as_str().to_owned());
    let (from, to) = (of(&order.from.email), of(&order.to.email));
    format!("{from:?} {to:?} {order:?}")
}

async fn take(one: &One, step: &Step, known: &mut Known) -> String {
    let (aplus, none) = (&one.aplus, Context::default());
    one.clock.advance(Duration::from_secs(7));
    let order = |answer: Result<Order, Error>| told(answer.map(|order| shown(&order)));
    match step.clone() {
        Step::Propose(by, account, draft) => {
            let proposed = aplus.propose_order(by, account, &draft, &none).await;
            known.orders.extend(proposed.as_ref().map(|order| order.id));
            order(proposed)
        }
        Step::Approve(by, id) => order(aplus.approve_order(by, id, &none).await),
        Step::Refuse(by, id, reason) => {
            order(aplus.refuse_order(by, id, reason.as_ref(), &none).await)
        }
        Step::Withdraw(by, id) => order(aplus.withdraw_order(by, id, &none).await),
        Step::Create(by, group, draft) => {
            let request = requested();
            let created = aplus.create_account_for(by, group, &draft, &request, &none);
            let created = created.await;
            if let Ok(created) = &created {
                known.accounts.push(created.account.id());
                known.orders.extend(created.order.as_ref().map(|it| it.id));
            }
            told(created)
        }
        Step::Deactivate(by, id) => told(aplus.deactivate(by, id, &none).await),
        Step::Reactivate(by, id) => told(aplus.reactivate(by, id, &none).await),
        Step::WithdrawAccount(by, id) => told(aplus.withdraw(by, id, &none).await),
        Step::Suspend(by, id) => told(aplus.suspend_operator(by, id, &none).await),
        Step::Restore(by, id) => told(aplus.restore_operator(by, id, &none).await),
        Step::AddOperator(email) => told(aplus.add_operator(&email, &none).await),
        Step::Ask(email, browser) => told(
            aplus
                .ask_for_link(
                    LoginAsk {
                        email,
                        browser: BrowserHash::from_bytes([browser; 32]),
                        next: None,
                        language: Language::French,
                    },
                    &none,
                )
                .await,
        ),
        Step::Confirm(back, right) => {
            let link = {
                let sent = one.letters.0.lock().unwrap();
                let link = sent.links.iter().rev().nth(back);
                link.map(|(to, secret)| {
                    let token = secret.reveal().expose_secret().to_owned();
                    (to.clone(), LinkSecret::parse(&token).unwrap())
                })
            };
            let Some((to, secret)) = link else {
                return "no link".to_owned();
            };
            let to = if right { to } else { email(ADDRESSES[0]) };
            let opened = aplus.log_in(&secret, None, Some(&to), &none).await;
            told(opened.map(|opened| format!("{:?}", opened.holder)))
        }
        Step::Courier => {
            let mut passes = String::new();
            loop {
                let pass = aplus.courier_pass(aplus.now()).await.unwrap();
                passes += &format!("{pass:?} ");
                if pass.is_idle() {
                    return passes;
                }
            }
        }
        Step::Wait(length) => {
            one.clock.advance(length);
            String::new()
        }
    }
}

async fn begin(one: &One) -> Known {
    let (aplus, none, machine) = (&one.aplus, Context::default(), Author::Machine);
    let mut known = Known::default();
    for _ in 0..2 {
        let form = GroupForm {
            draft: group_draft_of(known.groups.len()),
            request: requested(),
        };
        let made = aplus.create_group(machine, &form, &none).await;
        known.groups.push(made.unwrap().id);
    }
    let of = |place: usize| known.groups[place];
    for (address, role, group) in [
        (ADDRESSES[0], Role::Responsable, of(0)),
        (ADDRESSES[1], Role::Responsable, of(1)),
        (ADDRESSES[2], Role::Aidant, of(0)),
        (ADDRESSES[3], Role::Instructeur, of(1)),
    ] {
        let draft = AccountDraft::new(email(address), Roles::only(role));
        let request = requested();
        let made = aplus.create_account_for(machine, group, &draft, &request, &none);
        known.accounts.push(made.await.unwrap().account.id());
    }
    let (by, into) = (Author::Account(known.accounts[1]), known.groups[1]);
    let both = email(ADDRESSES[2]);
    aplus.add_member(by, into, &both, &none).await.unwrap();
    for number in 0..4 {
        let email = email(&format!("op{number}@aplus.example"));
        let operator = aplus.add_operator(&email, &none).await.unwrap();
        known.operators.push((operator.id, email));
    }
    known
}

fn group_draft_of(number: usize) -> rules::GroupDraft {
    rules::GroupDraft {
        name: GroupName::parse(&format!("Groupe {number}")).unwrap(),
        ..group_draft()
    }
}

/// All that a store shows, and what was sent.
async fn dump(one: &One, known: &Known) -> Vec<String> {
    let (store, now) = (one.aplus.store(), one.aplus.now());
    let mut lines = Vec::new();
    let mut lists = vec![OrdersOf::All];
    lists.extend(known.groups.iter().copied().map(OrdersOf::Group));
    lists.extend(known.accounts.iter().copied().map(OrdersOf::Account));
    for of in lists {
        for open_at in [None, Some(now)] {
            // In pages of three.
            let mut before = None;
            loop {
                let page = store.orders(of, open_at, before, 3).await.unwrap();
                lines.push(format!("{of:?} {open_at:?} next {:?}", page.next));
                lines.extend(page.items.iter().map(shown));
                match page.next {
                    None => break,
                    Some(_) => before = page.items.last().map(|order| order.id),
                }
            }
        }
    }
    for order in &known.orders {
        lines.push(shown(&store.order(*order).await.unwrap().unwrap()));
    }
    for account in &known.accounts {
        let account = store.account(*account).await.unwrap().unwrap();
        let email = account.email().map(|it| it.as_str().to_owned());
        lines.push(format!("{email:?} {account:?}"));
        for story in store.link_stories(account.id(), 1_000).await.unwrap() {
            lines.push(format!("{} {story:?}", story.link.email.as_str()));
        }
        let owner = Principal::Account(account.id());
        lines.push(format!("{:?}", store.sessions(owner, 1_000).await.unwrap()));
    }
    for group in &known.groups {
        lines.push(format!("{:?}", store.group(*group).await.unwrap()));
    }
    let mut after = None;
    loop {
        let page = store.operators(after, 2).await.unwrap();
        lines.push(format!("{page:?}"));
        match page.next {
            None => break,
            Some(_) => after = page.items.last().map(|operator| operator.id),
        }
    }
    let entries = store.entries(None, 1_000_000).await.unwrap();
    lines.extend(entries.iter().map(|entry| format!("{entry:?}")));
    lines.extend(one.letters.0.lock().unwrap().lines.iter().cloned());
    lines
}

fn same(seed: u64, step: &str, answers: &[String]) {
    for (answer, name) in answers[1..].iter().zip(["sqlite", "postgres"]) {
        assert_eq!(answer, &answers[0], "seed {seed}, {name}: {step}");
    }
}

/// The three, with the same people in each, and what they are kept in.
async fn three(
    seed: u64,
    policy: &Policy,
    from: i64,
) -> ((tempfile::TempDir, Place), [One; 3], Known) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("aplus.db").display());
    let sqlite = SqliteStore::connect(&url).await.unwrap();
    sqlite.migrate().await.unwrap();
    let place = Place::new().await;
    let all = [
        One::new(MemoryStore::default(), seed, policy, from),
        One::new(sqlite, seed, policy, from),
        One::new(place.store.clone(), seed, policy, from),
    ];
    let known = begin(&all[0]).await;
    for one in &all[1..] {
        let other = begin(one).await;
        assert_eq!(format!("{other:?}"), format!("{known:?}"));
    }
    ((folder, place), all, known)
}

fn equal(seed: u64, dumps: &[Vec<String>]) {
    for (dump, name) in dumps[1..].iter().zip(["sqlite", "postgres"]) {
        for (line, first) in dump.iter().zip(&dumps[0]) {
            assert_eq!(line, first, "seed {seed}, {name}");
        }
        assert_eq!(dump.len(), dumps[0].len(), "seed {seed}, {name}");
    }
}

async fn history(seed: u64, counted: &mut BTreeMap<String, u64>) {
    let mut random = Random::new(seed);
    let policy = Policy {
        dual_control: random.one(&[DualControl::All, DualControl::Raising, DualControl::None]),
        ..Policy::default()
    };
    let (_stores, all, mut known) = three(seed, &policy, NOON).await;
    for number in 0..STEPS {
        let step = draw(&mut random, &known);
        let mut answers = Vec::new();
        let mut after = Vec::new();
        for one in &all {
            let mut mine = known.clone();
            let answer = take(one, &step, &mut mine).await;
            // How much was drawn tells how often it was decided.
            answers.push(format!("{answer} {:?}", one.entropy));
            after.push(mine);
        }
        same(seed, &format!("step {number} {step:?}"), &answers);
        known = after.swap_remove(0);
        let word = answers[0].split(' ').next().unwrap_or_default();
        let kind = format!("{step:?}");
        let kind = kind.split('(').next().unwrap_or_default();
        *counted.entry(format!("{kind} {word}")).or_default() += 1;
        if matches!(step, Step::Propose(..) | Step::Approve(..)) && word == "done" {
            let state = ["CarriedOut", "carried_out_at: Some"];
            let carried = state.iter().any(|part| answers[0].contains(part));
            *counted
                .entry(format!("{kind} carried out: {carried}"))
                .or_default() += 1;
        }
    }
    let mut dumps = Vec::new();
    for one in &all {
        dumps.push(dump(one, &known).await);
    }
    equal(seed, &dumps);
    let confirmed = dumps[0]
        .iter()
        .filter(|line| line.contains("order_carried_out"));
    *counted.entry("confirmed".to_owned()).or_default() += confirmed.count() as u64;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_stores_tell_one_life_of_orders() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let seeds: Vec<u64> = match (number("APLUS_SEED"), number("APLUS_HISTORIES")) {
        (Some(seed), _) => vec![seed],
        (None, count) => (1..=count.unwrap_or(HISTORIES)).collect(),
    };
    let mut counted = BTreeMap::new();
    for seed in &seeds {
        history(*seed, &mut counted).await;
    }
    println!("{counted:#?}");
    println!(
        "counted: {} steps of {} lives of orders on 3 stores, 0 divergence",
        STEPS * seeds.len() as u64,
        seeds.len()
    );
    for kind in [
        "Propose done",
        "Approve done",
        "Refuse done",
        "Withdraw done",
        "Create done",
        "Suspend done",
        "Restore done",
        "Confirm done",
        "Approve order_closed",
        "Approve own_order",
        "Approve order_outdated",
        "Propose no_change",
        "Propose email_taken",
        "Approve carried out: true",
        "Approve carried out: false",
        "confirmed",
    ] {
        let seen = counted.get(kind).copied().unwrap_or_default();
        assert!(
            seen > 0 || seeds.len() < HISTORIES as usize,
            "{kind} never came"
        );
    }
}

/// The orders on an account that was emptied say nothing of the person any more, and of what was done all that they said (T4).
#[tokio::test]
async fn orders_on_an_emptied_account_name_nobody() {
    // Long enough ago for the database's own clock.
    let from = 1_577_836_800_000_000;
    let (_stores, all, known) = three(1, &Policy::default(), from).await;
    let (account, operator) = (known.accounts[2], Author::Operator(known.operators[0].0));
    let mut dumps = Vec::new();
    for one in &all {
        let (aplus, none) = (&one.aplus, Context::default());
        let mut known = known.clone();
        let change = OrderedChange {
            email: Some(email("neuf@region.example")),
            roles: Some(Roles::only(Role::Instructeur)),
            ..OrderedChange::default()
        };
        let draft = OrderDraft {
            change,
            request: requested(),
            reason: reason(),
        };
        let second = Author::Operator(known.operators[1].0);
        for refused in [true, false] {
            let order = aplus.propose_order(operator, account, &draft, &none).await;
            let order = order.unwrap().id;
            known.orders.push(order);
            match refused {
                true => {
                    aplus
                        .refuse_order(second, order, Some(&reason()), &none)
                        .await
                }
                false => aplus.approve_order(second, order, &none).await,
            }
            .unwrap();
        }
        one.clock.advance(Duration::from_secs(86_400 * 365 * 3));
        let report = aplus.erase_pass(aplus.now()).await.unwrap();
        assert_eq!(report.emptied, 4);
        for order in &known.orders {
            let order = aplus.store().order(*order).await.unwrap().unwrap();
            assert_eq!((&order.from.email, &order.to.email), (&None, &None));
            assert_eq!(order.to.roles, Roles::only(Role::Instructeur));
            assert_eq!(order.reason, None);
            assert!(order.closed.is_none_or(|closed| closed.reason.is_none()));
            assert_eq!(order.account, account);
        }
        dumps.push(dump(one, &known).await);
    }
    equal(1, &dumps);
}

//! Orders and operators: every method of the ports and every use case, once each, in a store that people use.

use aplus_core::asking::AskLimits;
use aplus_core::order::Identity;
use aplus_core::ports::{Accounts, AskSettings, Logins, Orders, OrdersOf, Outcome};
use aplus_core::rules::{self, AccountDraft};
use aplus_core::service::Context;
use aplus_core::*;
use uuid::Uuid;

use super::people::{People, address, requested};
use super::rounds::{LINES, MIDDLE, done};
use super::watched::Watch;

/// What support wants of an account.
fn draft(email: Option<EmailAddress>, roles: Option<Roles>) -> OrderDraft {
    OrderDraft {
        change: OrderedChange {
            email,
            roles,
            ..OrderedChange::default()
        },
        request: requested(),
        reason: "Une demande".parse().unwrap(),
    }
}

fn under(dual_control: DualControl) -> Policy {
    Policy {
        dual_control,
        ..Policy::default()
    }
}

/// An order on an account, by the operator, under this policy.
pub(crate) async fn proposal(
    people: &People,
    account: &Account,
    draft: &OrderDraft,
    dual_control: DualControl,
) -> Act<rules::ProposeOrder> {
    let by = Author::Operator(people.operator.id);
    let facts = people.facts(by, Some(account), None).await;
    let (policy, lifetimes) = (under(dual_control), Lifetimes::default());
    let permit = rules::propose_order(
        &facts.actor,
        facts.target.as_ref(),
        draft,
        false,
        &policy,
        &lifetimes,
    );
    permit.unwrap().into_act(people.now(by))
}

/// One that waits for somebody else.
pub(crate) async fn proposed(people: &People, account: &Account, draft: &OrderDraft) -> Order {
    let act = proposal(people, account, draft, DualControl::All).await;
    done(people.store.propose_order(act)).await
}

pub(crate) async fn approval(
    people: &People,
    by: Author,
    order: &Order,
) -> Act<rules::ApproveOrder> {
    let account = people.store.account(order.account).await.unwrap().unwrap();
    let facts = people.facts(by, Some(&account), None).await;
    let (target, now) = (facts.target.unwrap(), people.aplus.now());
    let permit = rules::approve_order(&facts.actor, target.standing(), order, false, now);
    permit.unwrap().into_act(people.now(by))
}

pub(crate) async fn withdrawal(people: &People, order: &Order) -> Act<rules::WithdrawOrder> {
    let by = Author::Operator(people.operator.id);
    let facts = people.facts(by, None, None).await;
    let permit = rules::withdraw_order(&facts.actor, &order.facts(people.aplus.now()));
    permit.unwrap().into_act(people.now(by))
}

pub(crate) fn moved(email: &EmailAddress) -> OrderDraft {
    draft(Some(email.clone()), None)
}

pub(crate) fn raised(roles: Roles) -> OrderDraft {
    draft(None, Some(roles))
}

pub(crate) async fn ports(people: &People, watch: &mut Watch) {
    reads(people, watch).await;
    acts(people, watch).await;
    operators(people, watch).await;
}

async fn reads(people: &People, watch: &mut Watch) {
    let store = &people.store;
    let made = proposed(
        people,
        &people.aidant,
        &raised(Roles::only(Role::Instructeur)),
    )
    .await;
    watch.of("order", store.order(made.id)).await.unwrap();
    let middle = GroupId::from_uuid(Uuid::from_u128(MIDDLE / 10));
    let member = AccountId::from_uuid(Uuid::from_u128(MIDDLE));
    let before = OrderId::from_uuid(Uuid::from_u128(MIDDLE));
    for of in [
        OrdersOf::All,
        OrdersOf::Account(people.aidant.id()),
        OrdersOf::Account(member),
        OrdersOf::Group(people.home),
        OrdersOf::Group(middle),
    ] {
        for open_at in [None, Some(people.aplus.now())] {
            for before in [None, Some(before)] {
                let orders = store.orders(of, open_at, before, LINES);
                watch.of("orders", orders).await.unwrap();
            }
        }
    }
    done(store.withdraw_order(withdrawal(people, &made).await)).await;
}

async fn acts(people: &People, watch: &mut Watch) {
    let store = &people.store;
    let by = Author::Operator(people.operator.id);
    let another = people.account(people.home, Role::Aidant).await;
    // Without anybody's approval: carried out at once, or asked for.
    let roles = raised(Roles::only(Role::Responsable));
    let act = proposal(people, &another, &roles, DualControl::None).await;
    let work = done(store.propose_order(act));
    watch.of("propose_order", work).await;
    let act = proposal(
        people,
        &another,
        &moved(&address("nouvelle")),
        DualControl::None,
    )
    .await;
    let work = done(store.propose_order(act));
    watch.of("propose_order", work).await;
    // With it, by a responsable.
    let first = People::by(&people.first);
    for draft in [raised(Roles::only(Role::Aidant)), moved(&address("neuve"))] {
        let act = proposal(people, &another, &draft, DualControl::All).await;
        let order = watch
            .of("propose_order", done(store.propose_order(act)))
            .await;
        let act = approval(people, first, &order).await;
        let work = done(store.approve_order(act));
        let approved = watch.of("approve_order", work).await;
        if let Identity {
            email: Some(email), ..
        } = &approved.to
            && approved.changes_address()
        {
            waits(people, watch, email).await;
            let act = withdrawal(people, &approved).await;
            let work = done(store.withdraw_order(act));
            watch.of("withdraw_order", work).await;
        }
    }
    let order = proposed(people, &another, &raised(Roles::only(Role::Instructeur))).await;
    let facts = people.facts(first, Some(&another), None).await;
    let (target, facts_of) = (facts.target.unwrap(), order.facts(people.aplus.now()));
    let permit = rules::refuse_order(&facts.actor, target.standing(), &facts_of, None).unwrap();
    let work = done(store.refuse_order(permit.into_act(people.now(first))));
    watch.of("refuse_order", work).await;
    // A further responsable takes an approval.
    let facts = people.facts(by, None, Some(people.home)).await;
    let draft = AccountDraft::new(address("ordonne"), Roles::only(Role::Responsable));
    let (group, request, lifetimes) = (facts.group.unwrap(), requested(), Lifetimes::default());
    let policy = under(DualControl::All);
    let permit =
        rules::create_account_for(&facts.actor, &group, &draft, &request, &policy, &lifetimes);
    let act = permit.unwrap().into_act(people.now(by));
    assert!(act.order().is_some());
    watch
        .of("create_account", done(store.create_account(act)))
        .await;
}

/// What was asked for with an approval.
async fn waits(people: &People, watch: &mut Watch, email: &EmailAddress) {
    let (limits, lifetimes) = (AskLimits::default(), Lifetimes::default());
    let settings = AskSettings {
        domains: Some(&[]),
        lifetimes: &lifetimes,
        limits: &limits,
    };
    loop {
        let waiting = people.store.waiting(settings, people.aplus.now());
        let waiting = watch.of("waiting", waiting).await.unwrap();
        let waiting = waiting.unwrap_or_else(|| panic!("nothing was asked for"));
        let found = (&waiting.email == email).then_some(waiting.order.is_some());
        let answers = test_util::answers(&people.aplus, waiting, people.aplus.now()).unwrap();
        done(people.store.answer(answers)).await;
        match found {
            Some(ordered) => return assert!(ordered),
            None => continue,
        }
    }
}

async fn operators(people: &People, watch: &mut Watch) {
    let store = &people.store;
    let none = Context::default();
    for after in [None, Some(people.operator.id)] {
        let operators = store.operators(after, LINES);
        watch.of("operators", operators).await.unwrap();
    }
    let [suspended, second] = ["suspendue", "seconde"].map(address);
    let suspended = people.aplus.add_operator(&suspended, &none).await.unwrap();
    let second = people.aplus.add_operator(&second, &none).await.unwrap();
    let standing = async |id| store.operator(id).await.unwrap().unwrap().standing();
    let (by, target) = (Author::Operator(second.id), suspended.id);
    let actor = Actor::Operator(standing(second.id).await);
    let permit = rules::suspend_operator(&actor, &standing(target).await).unwrap();
    let work = done(store.suspend_operator(permit.into_act(people.now(by))));
    watch.of("suspend_operator", work).await;
    for id in [people.operator.id, second.id] {
        let by = Author::Operator(id);
        let actor = Actor::Operator(standing(id).await);
        let asked = store.operator(target).await.unwrap().unwrap().restore_asked;
        let asker = standing(people.operator.id).await;
        let asked = asked.map(|asked| (asked, &asker));
        let now = people.aplus.now();
        let permit = rules::restore_operator(&actor, &standing(target).await, asked, now);
        let work = done(store.restore_operator(permit.unwrap().into_act(people.now(by))));
        watch.of("restore_operator", work).await;
    }
    assert_eq!(standing(target).await.status, OperatorStatus::Active);
}

/// Every use case, with the service's own policy: nobody else approves.
pub(crate) async fn use_cases(people: &People, watch: &mut Watch) {
    let (aplus, none) = (&people.aplus, Context::default());
    let (by, first) = (
        Author::Operator(people.operator.id),
        People::by(&people.first),
    );
    let account = people.account(people.home, Role::Aidant).await;
    let proposing = raised(Roles::only(Role::Instructeur));
    let proposing = aplus.propose_order(by, account.id(), &proposing, &none);
    let name = "support changes roles by an order that needs nobody";
    watch.of(name, proposing).await.unwrap();
    let email = address("confirmee");
    let proposing = moved(&email);
    let proposing = aplus.propose_order(by, account.id(), &proposing, &none);
    let name = "support proposes a new address";
    watch.of(name, proposing).await.unwrap();
    let secret = people.link(&email, 9).await;
    let browser = Some(BrowserHash::from_bytes([9; 32]));
    let opening = aplus.log_in(&secret, browser, Some(&email), &none);
    let opened = watch.of("confirm an order's new address", opening).await;
    let opened = opened.unwrap();
    let opened = aplus.current(&opened.secret).await.unwrap().unwrap();
    assert_eq!(opened.account().unwrap().email(), Some(&email));
    let account = people.store.account(account.id()).await.unwrap().unwrap();
    for approved in [true, false] {
        let order = proposed(people, &account, &raised(Roles::only(Role::Aidant))).await;
        match approved {
            false => {
                let approving = aplus.approve_order(first, order.id, &none);
                watch.of("approve an order", approving).await.unwrap();
            }
            true => {
                let refusing = aplus.refuse_order(first, order.id, None, &none);
                watch.of("refuse an order", refusing).await.unwrap();
            }
        }
    }
    let account = people.store.account(account.id()).await.unwrap().unwrap();
    let order = proposed(people, &account, &raised(Roles::only(Role::Instructeur))).await;
    let withdrawing = aplus.withdraw_order(by, order.id, &none);
    watch.of("take an order back", withdrawing).await.unwrap();
    let (_, current) = people.log_in(&people.operator.email).await;
    let listing = aplus.orders(&current, true, None, LINES, &none);
    watch.of("support lists orders", listing).await.unwrap();
    let listing = aplus.operators(&current, None, LINES, &none);
    watch.of("operators list operators", listing).await.unwrap();
    let suspended = aplus
        .add_operator(&address("absente"), &none)
        .await
        .unwrap();
    let second = aplus
        .add_operator(&address("presente"), &none)
        .await
        .unwrap();
    let suspending = aplus.suspend_operator(by, suspended.id, &none);
    watch.of("suspend an operator", suspending).await.unwrap();
    let asking = aplus.restore_operator(by, suspended.id, &none);
    assert!(!watch.of("ask for an operator back", asking).await.unwrap());
    let restoring = aplus.restore_operator(second.id.into(), suspended.id, &none);
    assert!(watch.of("bring an operator back", restoring).await.unwrap());
    let owner = current.principal();
    let ending = aplus.end_all_sessions(current.author(), owner, &none);
    ending.await.unwrap();
}

/// Whether an outcome is `Done`, without what it made.
pub(crate) fn is_done<T>(outcome: &Outcome<T>) -> bool {
    matches!(outcome, Outcome::Done(_))
}

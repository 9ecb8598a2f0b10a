//! P61, P63: the link that confirms a new address.

use super::{confirm, instructeur, is_stale, propose, to_be_confirmed, write};
use crate::account::{Epoch, Principal};
use crate::asking::Addressee;
use crate::contract::Harness;
use crate::contract::deed::{Deed, Prepared};
use crate::contract::scene::{Scene, to_address};
use crate::contract::world::{World, browser, micros, minutes};
use crate::link::{self, LinkState, Purpose};
use crate::order::OrderState;
use crate::ports::{NewLink, OrderToConfirm, Outcome};
use crate::rules::Holder;
use crate::session::{self, SessionEnd};
use crate::{Author, EmailAddress, Lifetimes, Role, Roles, SessionId, Status, Timestamp, Version};

async fn session_end(world: &World, id: SessionId) -> Option<SessionEnd> {
    let key = world.store.session_key(id).await.unwrap();
    let facts = key.expect("the session's line").session;
    session::judge(&facts, &Lifetimes::default(), world.noon()).err()
}

async fn link_state(world: &World, link: &NewLink, at: Timestamp) -> LinkState {
    let facts = world.store.link(&link.hash).await.unwrap();
    link::state(&facts.expect("the link"), at)
}

/// What waits for an address that somebody types: the order that a link to it would carry out.
async fn order_at(world: &World, email: &EmailAddress, at: Timestamp) -> Option<OrderToConfirm> {
    let ask = world.ask(email, 42, at);
    world.queue(&ask).await;
    let waiting = loop {
        let waiting = world.waiting(at).await.expect("the asking");
        let nothing = crate::asking::Answer::Nothing(crate::asking::Silence::TooSoon);
        let answered = world.answer_nothing(&waiting.asks, nothing);
        assert_eq!(
            world.store.answer(answered).await.unwrap(),
            Outcome::Done(())
        );
        if waiting.email == *email {
            break waiting;
        }
    };
    if waiting.order.is_none() && world.store.holder(email).await.unwrap().is_none() {
        assert_eq!(waiting.principal, None, "nobody's");
        assert_eq!(waiting.waiting.addressee, Addressee::Unknown);
        assert_eq!(waiting.waiting.live, []);
    }
    waiting.order
}

pub(in crate::contract) async fn a_new_address_is_confirmed_by_its_own_link_alone(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    let owner = Principal::Account(scene.second);
    let old = world.address_of(owner).await;
    let earlier = world.logged_in(owner).await;
    let login = world.new_link(owner, 7, noon).await;
    let (order, link) = to_be_confirmed(&world, &scene, scene.second).await;
    assert_eq!(link.purpose, Purpose::ConfirmAddress(order));
    assert_eq!(link.principal, owner);
    let facts = world.store.link(&link.hash).await.unwrap();
    let facts = facts.expect("the link");
    assert_eq!((facts.purpose, facts.active), (link.purpose, true));
    let held = world.store.order(order).await.unwrap().expect("the order");
    assert_eq!(held.state(noon), OrderState::Approved);

    // No other judgement carries it out, and this one carries out no other.
    let other = to_be_confirmed(&world, &scene, scene.both).await;
    let judged = async |link: &NewLink| match world.decide(&confirm(link, noon)).await {
        Ok(Prepared::LogIn(redemption)) => redemption,
        decided => panic!("a log-in: {decided:?}"),
    };
    let mut without = judged(&link).await;
    without.order = None;
    is_stale(&world, Prepared::LogIn(without), "a link without its order").await;
    let mut another = judged(&link).await;
    another.order = judged(&other.1).await.order;
    is_stale(
        &world,
        Prepared::LogIn(another),
        "the order of another link",
    )
    .await;
    let mut login_with = judged(&login).await;
    login_with.order = judged(&link).await.order;
    is_stale(&world, Prepared::LogIn(login_with), "a link that logs in").await;

    let before = world.account(scene.second).await;
    let unrelated = world.account(scene.both).await;
    let groups = before.groups().iter().map(|mention| mention.id);
    let groups: Vec<_> = groups.collect();
    let mut versions = Vec::new();
    for id in &groups {
        versions.push(world.group(*id).await.version);
    }
    let session = SessionId::from_uuid(world.carry_out(&confirm(&link, noon)).await);

    let after = world.account(scene.second).await;
    assert_eq!(after.email(), Some(&link.email));
    assert_eq!(after.roles(), before.roles());
    assert_eq!(after.epoch(), Epoch(before.epoch().0 + 1));
    assert_eq!(after.version(), Version(before.version().0 + 1));
    assert_eq!(after.last_login_at(), Some(noon));
    for (id, version) in groups.iter().zip(versions) {
        // Who the responsables are has not changed.
        assert_eq!(world.group(*id).await.version, version);
    }
    assert_eq!(world.account(scene.both).await, unrelated);
    let carried_out = world.order(order).await;
    assert_eq!(carried_out.state(noon), OrderState::CarriedOut);
    assert_eq!(carried_out.carried_out_at, Some(noon));
    assert_eq!(world.store.holder(&old).await.unwrap(), None);
    let holder = world.store.holder(&link.email).await.unwrap();
    assert_eq!(holder, Some(Holder::Account(Status::Active)));

    // All that came before has ended; the session that it opened counts under the new epoch.
    assert_eq!(session_end(&world, session).await, None);
    assert_eq!(session_end(&world, earlier).await, Some(SessionEnd::Ended));
    assert_eq!(link_state(&world, &login, noon).await, LinkState::Ended);
    assert_eq!(link_state(&world, &link, noon).await, LinkState::Used(noon));
    let sessions = world.store.sessions(owner, 100).await.unwrap();
    let sessions: Vec<_> = sessions.iter().map(|line| line.session.id).collect();
    assert_eq!(sessions, [session]);

    // Both entries are there, by the account itself, and both addresses are told.
    let entries = world.entries().await;
    let newest = &entries[entries.len() - 2..];
    let mut kinds: Vec<_> = newest.iter().map(|entry| entry.kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["logged_in", "order_carried_out"]);
    for entry in newest {
        assert_eq!(entry.author, Author::Account(scene.second));
        assert_eq!(entry.account, Some(scene.second));
    }
    let outbox = world.outbox().await;
    for address in [&old, &link.email] {
        assert!(outbox.iter().any(|line| line.to.as_ref() == Some(address)));
    }

    // From now on a link to this address logs in, and one to the old address is for nobody.
    assert_eq!(world.new_link(owner, 8, noon).await.purpose, Purpose::LogIn);
    assert_eq!(order_at(&world, &old, noon).await, None);
}

pub(in crate::contract) async fn an_address_that_is_somebodys_when_it_is_confirmed_is_taken(
    harness: &dyn Harness,
) {
    for by_operator in [false, true] {
        let world = World::fresh(harness).await;
        let scene = world.scene().await;
        let (order, link) = to_be_confirmed(&world, &scene, scene.aidant).await;
        let judged = world.decide(&confirm(&link, world.noon())).await.unwrap();
        let email = link.email.clone();
        world
            .carry_out(&match by_operator {
                true => Deed::AddOperator { email },
                false => Deed::CreateAccount {
                    by: Author::Account(scene.first),
                    group: scene.home,
                    email,
                    roles: Roles::only(Role::Aidant),
                },
            })
            .await;
        let before = world.shown().await;
        assert_eq!(write(&world, judged).await, Outcome::Taken);
        assert_eq!(world.shown().await, before, "nothing was written");
        assert_eq!(
            world.order(order).await.state(world.noon()),
            OrderState::Approved
        );
        // A link to it is its holder's by now.
        assert_eq!(order_at(&world, &link.email, world.noon()).await, None);
    }
}

#[derive(Debug, Clone, Copy)]
enum Ending {
    Withdrawn,
    Deactivated,
    AccountWithdrawn,
    OutdatedByAnother,
    SessionsEnded,
    Suspended,
}

impl Ending {
    const ALL: [Self; 6] = [
        Self::Withdrawn,
        Self::Deactivated,
        Self::AccountWithdrawn,
        Self::OutdatedByAnother,
        Self::SessionsEnded,
        Self::Suspended,
    ];

    async fn happens(self, world: &World, scene: &Scene, order: crate::OrderId) {
        let by = Author::Operator(scene.operator);
        let account = scene.aidant;
        let deed = match self {
            Self::Withdrawn => Deed::WithdrawOrder { by, order },
            Self::Deactivated => Deed::Deactivate { by, account },
            Self::AccountWithdrawn => Deed::Withdraw { by, account },
            Self::OutdatedByAnother => {
                let order = propose(world, scene, account, instructeur()).await;
                Deed::ApproveOrder {
                    by: Author::Operator(scene.colleague),
                    order,
                }
            }
            Self::SessionsEnded => Deed::EndAllSessions {
                by,
                owner: Principal::Account(account),
            },
            // Whoever approved it is suspended since: what was allowed then stays allowed.
            Self::Suspended => Deed::SuspendOperator {
                by,
                operator: scene.colleague,
            },
        };
        world.carry_out(&deed).await;
    }
}

pub(in crate::contract) async fn a_confirming_link_counts_only_while_its_order_waits(
    harness: &dyn Harness,
) {
    for ending in Ending::ALL {
        let world = World::fresh(harness).await;
        let scene = world.scene().await;
        // The scene's own order on this account would be outdated with it.
        let withdraw = Deed::WithdrawOrder {
            by: Author::Machine,
            order: scene.approved,
        };
        world.carry_out(&withdraw).await;
        let (order, link) = to_be_confirmed(&world, &scene, scene.aidant).await;
        let noon = world.noon();
        let judged = world.decide(&confirm(&link, noon)).await.unwrap();
        ending.happens(&world, &scene, order).await;
        let state = link_state(&world, &link, noon).await;
        if matches!(ending, Ending::Suspended) {
            assert_eq!(state, LinkState::Live);
            assert_eq!(write(&world, judged).await, Outcome::Done(()));
            continue;
        }
        assert_eq!(state, LinkState::Ended, "{ending:?}");
        is_stale(&world, judged, &format!("{ending:?}")).await;
        assert!(world.decide(&confirm(&link, noon)).await.is_err());
        // Asked for again, it comes again where only the link had ended, and for nothing else.
        let again = order_at(&world, &link.email, noon).await.map(|it| it.id);
        let comes = matches!(ending, Ending::SessionsEnded);
        assert_eq!(again, Some(order).filter(|_| comes), "{ending:?}");
        if matches!(ending, Ending::Deactivated) {
            let (by, account) = (Author::Machine, scene.aidant);
            world.carry_out(&Deed::Reactivate { by, account }).await;
            let state = link_state(&world, &link, noon).await;
            assert_eq!(state, LinkState::Ended, "it ended with the deactivation");
            let again = order_at(&world, &link.email, noon).await.map(|it| it.id);
            assert_eq!(again, Some(order), "and is asked for anew");
        }
    }
}

pub(in crate::contract) async fn a_confirming_link_is_asked_for_with_the_new_address(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    let at = |minute| noon.saturating_add(minutes(minute));

    // Not before it is approved.
    let wanted = world.address("voulue");
    let second = propose(&world, &scene, scene.both, to_address(&wanted)).await;
    assert_eq!(order_at(&world, &wanted, noon).await, None);

    // Of two that want it, the one approved first; the other one once that is withdrawn.
    let first = propose(&world, &scene, scene.second, to_address(&wanted)).await;
    let expires_at = world.order(first).await.expires_at;
    let link = world
        .approve(Author::Operator(scene.colleague), first)
        .await;
    let permit_later = async |order| {
        let by = Author::Operator(scene.colleague);
        let facts = world.facts(by, Some(scene.both), None).await;
        let target = facts.target.expect("the account");
        let order = world.order(order).await;
        let permit =
            crate::rules::approve_order(&facts.actor, target.standing(), &order, false, at(1))
                .unwrap();
        let mut circumstances = world.circumstances(None);
        circumstances.at = at(1);
        Prepared::ApproveOrder(permit.into_act(circumstances))
    };
    let later = permit_later(second).await;
    assert_eq!(write(&world, later).await, Outcome::Done(()));
    let to_confirm = OrderToConfirm {
        id: first,
        expires_at,
    };
    assert_eq!(order_at(&world, &wanted, at(2)).await, Some(to_confirm));

    // A browser that asks gets one of its own: the one of before lives on, and confirms still.
    let ask = world.ask(&wanted, 3, at(3));
    world.queue(&ask).await;
    let own = world.answered_by_a_link(&ask).await;
    assert_eq!(own.purpose, Purpose::ConfirmAddress(first));
    let ask = world.ask(&wanted, 3, at(4));
    world.queue(&ask).await;
    let waiting = world.waiting(at(4)).await.expect("the asking");
    let mut live: Vec<_> = waiting.waiting.live.iter().map(|it| it.id).collect();
    live.sort_unstable();
    assert_eq!(live, [link.id, own.id], "those of this order, and no other");
    assert_eq!(
        waiting.principal,
        Some((
            Principal::Account(scene.second),
            world.account(scene.second).await.epoch()
        ))
    );
    let nothing = crate::asking::Answer::Nothing(crate::asking::Silence::TooSoon);
    let answered = world.answer_nothing(&waiting.asks, nothing);
    assert_eq!(
        world.store.answer(answered).await.unwrap(),
        Outcome::Done(())
    );
    // A log-in's links are counted apart from them.
    let login = world
        .new_link(Principal::Account(scene.second), 3, at(5))
        .await;
    let ask = world.ask(&world.address_of(login.principal).await, 4, at(6));
    world.queue(&ask).await;
    let waiting = world.waiting(at(6)).await.expect("the asking");
    assert_eq!(waiting.order, None);
    assert!(waiting.waiting.live.iter().any(|it| it.id == login.id));
    assert!(waiting.waiting.live.iter().all(|it| it.id != own.id));
    world.answered_by_a_link(&ask).await;

    let withdraw = Deed::WithdrawOrder {
        by: Author::Machine,
        order: first,
    };
    world.carry_out(&withdraw).await;
    let next = order_at(&world, &wanted, at(7)).await;
    assert_eq!(next.map(|it| it.id), Some(second));

    // In the browser that asked no address is needed. The order's time is its link's, too.
    let over = world.order(second).await.expires_at;
    let last = over.saturating_sub(micros(1));
    let found = order_at(&world, &wanted, last).await;
    assert_eq!(found.map(|it| it.id), Some(second));
    assert_eq!(order_at(&world, &wanted, over).await, None);
    let ask = world.ask(&wanted, 5, last);
    world.queue(&ask).await;
    let link = world.answered_by_a_link(&ask).await;
    assert_eq!(link.expires_at, over);
    let own = |at| Deed::LogIn {
        link: link.hash,
        browser: browser(5),
        email: None,
        at,
    };
    assert_eq!(
        link_state(&world, &link, over).await,
        LinkState::Expired(over)
    );
    let Prepared::LogIn(mut late) = world.decide(&own(last)).await.unwrap() else {
        panic!("a log-in");
    };
    late.entry = world.entry(
        over,
        Author::Account(scene.both),
        &crate::journal::Event::AccountReactivated,
    );
    is_stale(&world, Prepared::LogIn(late), "the order has lapsed").await;
    world.carry_out(&own(last)).await;
    assert_eq!(world.account(scene.both).await.email(), Some(&wanted));
}

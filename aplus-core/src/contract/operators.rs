//! What the methods on operators say of themselves (A14).

use super::Harness;
use super::deed::Deed;
use super::world::World;
use crate::account::{Operator, OperatorStatus, Principal, RestoreAsked};
use crate::link::{self, LinkState};
use crate::ports::Outcome;
use crate::session::{self, SessionEnd};
use crate::{Actor, Author, Epoch, Lifetimes, OperatorId, Version};

async fn is_stale(world: &World, deed: super::deed::Prepared, why: &str) {
    let before = world.shown().await;
    let outcome = deed.write(&*world.store).await.unwrap();
    assert_eq!(outcome, Outcome::Stale, "{why}");
    assert_eq!(world.shown().await, before, "{why}");
}

/// What is told of an operator, without the address.
fn told(operator: &Operator) -> (OperatorStatus, Version, Epoch, Option<RestoreAsked>) {
    let Operator {
        status,
        version,
        epoch,
        restore_asked,
        ..
    } = operator;
    (*status, *version, *epoch, *restore_asked)
}

pub(super) async fn an_operator_is_suspended_at_once(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    let owner = Principal::Operator(scene.colleague);
    let session = world.logged_in(owner).await;
    let login = world.new_link(owner, 6, noon).await;
    let by = Author::Operator(scene.colleague);
    let under_way = world.decide(&Deed::create_group("À temps")).await.unwrap();
    let account = scene.aidant;
    let late = world.decide(&Deed::Look { by, account }).await.unwrap();
    let suspend = Deed::SuspendOperator {
        by: Author::Operator(scene.operator),
        operator: scene.colleague,
    };
    let again = world.decide(&suspend).await.unwrap();
    let before = world.operator(scene.colleague).await;
    world.carry_out(&suspend).await;

    let after = world.operator(scene.colleague).await;
    assert_eq!(
        told(&after),
        (
            OperatorStatus::Suspended,
            Version(before.version.0 + 1),
            Epoch(before.epoch.0 + 1),
            None
        )
    );
    assert_eq!(
        (&after.email, after.created_at),
        (&before.email, before.created_at)
    );
    let key = world.store.session_key(session).await.unwrap();
    let judged = session::judge(&key.expect("its line").session, &Lifetimes::default(), noon);
    assert_eq!(judged, Err(SessionEnd::Ended));
    let facts = world.store.link(&login.hash).await.unwrap();
    let state = link::state(&facts.expect("the link"), noon);
    assert_eq!(state, LinkState::Ended);
    let facts = world.facts(by, None, None).await;
    assert_eq!(facts.actor, Actor::Operator(after.standing()));
    is_stale(&world, late, "what they had begun").await;
    is_stale(&world, again, "a second time").await;
    // What others had begun goes on.
    let outcome = under_way.write(&*world.store).await.unwrap();
    assert_eq!(outcome, Outcome::Done(()));
    // Nobody who is suspended is told of anything more.
    let told = world.outbox().await.len();
    let email = world.address("operatrice");
    world.carry_out(&Deed::AddOperator { email }).await;
    assert_eq!(
        world.outbox().await.len(),
        told + 2,
        "one of three, and the new one"
    );
}

pub(super) async fn two_bring_an_operator_back(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    let restore = |by| Deed::RestoreOperator {
        by,
        operator: scene.suspended,
    };
    let state = async || told(&world.operator(scene.suspended).await);
    let asked = |by| Some(RestoreAsked { by, at: noon });
    let (status, version, epoch, by) = state().await;
    assert_eq!(
        (status, by),
        (OperatorStatus::Suspended, asked(scene.operator))
    );
    let after = |steps, status, asked| (status, Version(version.0 + steps), epoch, asked);

    // The same one twice is one; of two who are second at once, one is.
    let second = world.decide(&restore(scene.colleague)).await.unwrap();
    let with_the_old_asking = world.decide(&restore(scene.colleague)).await.unwrap();
    world.carry_out(&restore(scene.operator)).await;
    let suspended = OperatorStatus::Suspended;
    assert_eq!(state().await, after(1, suspended, asked(scene.operator)));
    is_stale(&world, second, "the asking was renewed").await;
    let second = world.decide(&restore(scene.colleague)).await.unwrap();
    world.carry_out(&restore(scene.colleague)).await;
    assert_eq!(state().await, after(2, OperatorStatus::Active, None));
    is_stale(&world, second, "they are back").await;
    is_stale(&world, with_the_old_asking, "they are back").await;

    // Whoever asked first is suspended between the decision of the second and its write.
    let by = Author::Operator(scene.colleague);
    let suspend = |operator| Deed::SuspendOperator { by, operator };
    world.carry_out(&suspend(scene.suspended)).await;
    world.carry_out(&restore(scene.operator)).await;
    let second = world.decide(&restore(scene.colleague)).await.unwrap();
    world.carry_out(&suspend(scene.operator)).await;
    is_stale(&world, second, "the first who asked was suspended").await;
    assert_eq!(world.operator(scene.suspended).await.status, suspended);
    // Then the second is the first.
    world.carry_out(&restore(scene.colleague)).await;
    let operator = world.operator(scene.suspended).await;
    assert_eq!(told(&operator).3, asked(scene.colleague));
    assert_eq!(operator.status, suspended);

    // The machine adds them anew: they are who they were, and nothing asked before counts any more.
    let email = operator.email.clone();
    let back = OperatorId::from_uuid(world.carry_out(&Deed::AddOperator { email }).await);
    assert_eq!(back, scene.suspended);
    let restored = world.operator(back).await;
    assert_eq!(
        (restored.status, restored.restore_asked),
        (OperatorStatus::Active, None)
    );
    assert_eq!(restored.version, Version(operator.version.0 + 1));
}

pub(super) async fn operators_are_read_in_pages(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let mut all = scene.operators().to_vec();
    all.sort_unstable();
    let mut read = Vec::new();
    let mut after = None;
    for _ in 0..all.len() {
        let page = world.store.operators(after, 2).await.unwrap();
        assert!(page.items.len() <= 2);
        for operator in &page.items {
            assert_eq!(*operator, world.operator(operator.id).await);
        }
        read.extend(page.items.iter().map(|operator| operator.id));
        match page.next {
            Some(next) => after = Some(next.parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(read, all, "the suspended one too");
    assert_eq!(world.store.operators(None, 3).await.unwrap().next, None);
}

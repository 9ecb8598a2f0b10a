//! P60, P62, P64: an order is decided on once, and carried out once, as it was proposed.

use super::{approve, confirm, instructeur, is_stale, propose, to_be_confirmed, write};
use crate::contract::Harness;
use crate::contract::deed::{Deed, Prepared};
use crate::contract::scene::{to_address, to_roles};
use crate::contract::world::{World, micros, minutes};
use crate::order::OrderState;
use crate::ports::Outcome;
use crate::rules;
use crate::{Actor, Author, DualControl, OrderId, Principal, Role, Roles, Version};

pub(in crate::contract) async fn an_order_is_carried_out_once_and_only_on_what_it_was_proposed_on(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();

    // Two approve it: it is carried out once.
    let order = propose(&world, &scene, scene.aidant, instructeur()).await;
    let again = world.decide(&approve(&scene, order)).await.unwrap();
    let by = Author::Account(scene.first);
    world.carry_out(&Deed::ApproveOrder { by, order }).await;
    is_stale(&world, again, "it was carried out").await;

    // Of two orders on one account the second no longer says what the account is.
    let [one, other] = [Role::Aidant, Role::Responsable].map(|role| to_roles(Roles::only(role)));
    let one = propose(&world, &scene, scene.aidant, one).await;
    let other = propose(&world, &scene, scene.aidant, other).await;
    let late = world.decide(&approve(&scene, other)).await.unwrap();
    world.carry_out(&approve(&scene, one)).await;
    is_stale(&world, late, "the account has changed").await;
    let outdated = world.order(other).await;
    assert_eq!(
        (outdated.state(noon), outdated.holds),
        (OrderState::Proposed, false)
    );
    assert!(world.decide(&approve(&scene, other)).await.is_err());

    // Nor where a decision says that it still holds, of roles and of an address.
    let moving = to_address(&world.address("nouvelle"));
    let moving = propose(&world, &scene, scene.aidant, moving).await;
    let outdating = propose(&world, &scene, scene.aidant, instructeur_and_aidant()).await;
    world.carry_out(&approve(&scene, outdating)).await;
    for order in [other, moving] {
        let facts = world.facts(Author::Operator(scene.colleague), Some(scene.aidant), None);
        let facts = facts.await;
        let target = facts.target.expect("the account");
        let outdated = world.order(order).await;
        assert!(!outdated.holds);
        let holding = crate::Order {
            holds: true,
            ..outdated
        };
        let permit = rules::approve_order(&facts.actor, target.standing(), &holding, false, noon);
        let act = permit.unwrap().into_act(world.circumstances(None));
        is_stale(
            &world,
            Prepared::ApproveOrder(act),
            "the facts were not true",
        )
        .await;
    }

    // To the last microsecond of its time, and no longer.
    let order = propose(&world, &scene, scene.both, instructeur_and_aidant()).await;
    let over = world.order(order).await.expires_at;
    let at = async |judged_at, written_at| {
        let facts = world.facts(Author::Operator(scene.colleague), Some(scene.both), None);
        let facts = facts.await;
        let target = facts.target.expect("the account");
        let order = world.order(order).await;
        let permit =
            rules::approve_order(&facts.actor, target.standing(), &order, false, judged_at);
        let mut circumstances = world.circumstances(None);
        circumstances.at = written_at;
        permit.map(|permit| Prepared::ApproveOrder(permit.into_act(circumstances)))
    };
    let last = over.saturating_sub(micros(1));
    assert!(at(over, over).await.is_err());
    is_stale(&world, at(last, over).await.unwrap(), "it has lapsed").await;
    let in_time = at(last, last).await.unwrap();
    assert_eq!(write(&world, in_time).await, Outcome::Done(()));
    assert_eq!(world.order(order).await.carried_out_at, Some(last));
}

fn instructeur_and_aidant() -> crate::order::OrderedChange {
    to_roles(Roles::new([Role::Aidant, Role::Instructeur]).unwrap())
}

pub(in crate::contract) async fn without_a_new_address_it_is_carried_out_with_its_approval(
    harness: &dyn Harness,
) {
    // Approved by somebody, or in need of nobody; the account gains Responsable, loses it, or neither.
    for alone in [false, true] {
        for (from, to) in [
            (Role::Aidant, Role::Responsable),
            (Role::Responsable, Role::Aidant),
            (Role::Aidant, Role::Instructeur),
        ] {
            for active in [true, false] {
                let world = World::fresh(harness).await;
                let scene = world.scene().await;
                let account = match from {
                    Role::Responsable => scene.second,
                    Role::Aidant | Role::Instructeur => scene.aidant,
                };
                let owner = Principal::Account(account);
                if active {
                    world.logged_in(owner).await;
                } else {
                    let by = Author::Operator(scene.operator);
                    world.carry_out(&Deed::Deactivate { by, account }).await;
                }
                let before = world.account(account).await;
                let groups = before.groups().iter().map(|mention| mention.id);
                let groups: Vec<_> = groups.collect();
                let mut versions = Vec::new();
                for id in &groups {
                    versions.push(world.group(*id).await.version);
                }
                let change = to_roles(Roles::only(to));
                let order = match alone {
                    true => {
                        let deed = Deed::ProposeOrder {
                            by: Author::Operator(scene.operator),
                            account,
                            change,
                            dual: DualControl::None,
                        };
                        OrderId::from_uuid(world.carry_out(&deed).await)
                    }
                    false => {
                        let order = propose(&world, &scene, account, change).await;
                        assert_eq!(
                            world.account(account).await,
                            before,
                            "a proposal changes nothing"
                        );
                        world.carry_out(&approve(&scene, order)).await;
                        order
                    }
                };
                let order = world.order(order).await;
                let case = format!("{from:?} to {to:?}, alone {alone}, active {active}");
                assert_eq!(order.state(world.noon()), OrderState::CarriedOut, "{case}");
                let by = order.approval.map(|approval| approval.by);
                let approver = Principal::Operator(scene.colleague);
                assert_eq!(by, Some(Some(approver).filter(|_| !alone)), "{case}");
                let after = world.account(account).await;
                assert_eq!(after.roles(), Roles::only(to), "{case}");
                assert_eq!(after.email(), before.email(), "{case}");
                assert_eq!(after.status(), before.status(), "{case}");
                assert_eq!(after.version(), Version(before.version().0 + 1), "{case}");
                assert_eq!(after.epoch().0, before.epoch().0 + 1, "{case}");
                let sessions = world.store.sessions(owner, 100).await.unwrap();
                assert_eq!(sessions, [], "{case}: they ended by number");
                let counts = active && (from == Role::Responsable || to == Role::Responsable);
                for (id, version) in groups.iter().zip(versions) {
                    let expected = Version(version.0 + i64::from(counts));
                    assert_eq!(world.group(*id).await.version, expected, "{case}");
                }
            }
        }
    }

    // Details of a deactivated account are corrected, and the others stay (A4).
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let change = crate::contract::scene::to_details();
    let order = propose(&world, &scene, scene.dormant, change.clone()).await;
    let before = world.account(scene.dormant).await;
    world.carry_out(&approve(&scene, order)).await;
    let after = world.account(scene.dormant).await;
    assert_eq!(
        *after.profile(),
        change.profile.apply(before.profile().clone())
    );
    assert_ne!(after.profile(), before.profile());

    // An address alone changes nothing yet, whoever approved it.
    let before = world.account(scene.both).await;
    to_be_confirmed(&world, &scene, scene.both).await;
    assert_eq!(world.account(scene.both).await, before);
}

pub(in crate::contract) async fn whoever_may_approve_an_order_is_told_of_it_once(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    // Both groups of the account have the same two responsables.
    let people = [
        Principal::Account(scene.first),
        Principal::Account(scene.second),
        Principal::Operator(scene.colleague),
    ];
    let mut addresses = Vec::new();
    for person in people {
        addresses.push(world.address_of(person).await);
    }
    let told = async || -> Vec<usize> {
        let outbox = world.outbox().await;
        let mails_to = |address| {
            outbox
                .iter()
                .filter(|line| line.to.as_ref() == Some(address))
                .count()
        };
        addresses.iter().map(mails_to).collect()
    };
    let before = told().await;
    let roles = to_roles(Roles::only(Role::Aidant));
    propose(&world, &scene, scene.both, roles).await;
    let more = told().await.into_iter().zip(before);
    let more: Vec<_> = more.map(|(now, was)| now - was).collect();
    assert_eq!(more, [1, 1, 1]);
}

pub(in crate::contract) async fn an_outdated_order_stays_so_where_the_account_becomes_again_what_it_was(
    harness: &dyn Harness,
) {
    let mut world = World::fresh(harness).await;
    let scene = world.scene().await;
    // One that is decided on already when the account changes, and one that is yet to be.
    let (waiting, link) = to_be_confirmed(&world, &scene, scene.both).await;
    let open = propose(
        &world,
        &scene,
        scene.both,
        to_roles(Roles::only(Role::Aidant)),
    )
    .await;
    let pressed = confirm(&link, world.noon());
    let judged = world.decide(&pressed).await.unwrap();
    let approved = world.decide(&approve(&scene, open)).await.unwrap();
    let before = world.account(scene.both).await;
    for roles in [instructeur_and_aidant(), to_roles(before.roles())] {
        world.pass(minutes(1));
        let order = propose(&world, &scene, scene.both, roles).await;
        assert!(world.order(order).await.holds);
        world.pass(minutes(1));
        world.carry_out(&approve(&scene, order)).await;
        assert!(!world.order(waiting).await.holds && !world.order(open).await.holds);
    }
    let after = world.account(scene.both).await;
    assert_eq!(
        (after.email(), after.roles()),
        (before.email(), before.roles())
    );

    is_stale(&world, approved, "two orders were carried out since").await;
    is_stale(&world, judged, "and the link ended with them").await;
    assert!(world.decide(&approve(&scene, open)).await.is_err());
    let facts = world.store.link(&link.hash).await.unwrap();
    assert!(!facts.expect("the link").active);
    // Nor is it asked for again: whoever reads the new address is a stranger.
    let ask = world.ask(&link.email, 43, world.noon());
    world.queue(&ask).await;
    let waits = world.waiting(world.noon()).await.expect("the asking");
    assert_eq!((waits.email, waits.order), (link.email, None));
    // What is proposed now is on what the account is now.
    let order = propose(
        &world,
        &scene,
        scene.both,
        to_roles(Roles::only(Role::Aidant)),
    )
    .await;
    world.carry_out(&approve(&scene, order)).await;
}

pub(in crate::contract) async fn an_order_is_decided_on_once(harness: &dyn Harness) {
    for changes_address in [false, true] {
        for first in 0..5 {
            let world = World::fresh(harness).await;
            let scene = world.scene().await;
            for second in 0..5 {
                let now = world.account(scene.aidant).await.roles();
                let change = match changes_address {
                    true => to_address(&world.address("nouvelle")),
                    false if now == Roles::only(Role::Instructeur) => {
                        to_roles(Roles::only(Role::Aidant))
                    }
                    false => instructeur(),
                };
                let order = propose(&world, &scene, scene.aidant, change).await;
                let (colleague, responsable) = (
                    Author::Operator(scene.colleague),
                    Author::Account(scene.first),
                );
                let deeds = [
                    Deed::ApproveOrder {
                        by: colleague,
                        order,
                    },
                    Deed::ApproveOrder {
                        by: responsable,
                        order,
                    },
                    Deed::RefuseOrder {
                        by: colleague,
                        order,
                    },
                    Deed::RefuseOrder {
                        by: responsable,
                        order,
                    },
                    Deed::WithdrawOrder {
                        by: colleague,
                        order,
                    },
                ];
                let one = world.decide(&deeds[first]).await.unwrap();
                let other = world.decide(&deeds[second]).await.unwrap();
                assert_eq!(write(&world, one).await, Outcome::Done(()));
                let pair = format!("{:?} then {:?}", deeds[first], deeds[second]);
                // What was approved and waits for its address may still be taken back.
                if changes_address && first < 2 && second == 4 {
                    assert_eq!(write(&world, other).await, Outcome::Done(()), "{pair}");
                    let order = world.order(order).await;
                    assert_eq!(order.state(world.noon()), OrderState::Withdrawn);
                } else {
                    is_stale(&world, other, &pair).await;
                }
            }
        }
    }

    // What the decision saw of who decides and of the account must still be so.
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let support = Author::Operator(scene.operator);
    let order = propose(&world, &scene, scene.aidant, instructeur()).await;
    let approval = world.decide(&approve(&scene, order)).await.unwrap();
    let refusal = Deed::RefuseOrder {
        by: Author::Operator(scene.colleague),
        order,
    };
    let refusal = world.decide(&refusal).await.unwrap();
    let withdrawal = Deed::WithdrawOrder {
        by: Author::Operator(scene.colleague),
        order,
    };
    let withdrawal = world.decide(&withdrawal).await.unwrap();
    let proposal = Deed::ProposeOrder {
        by: Author::Operator(scene.colleague),
        account: scene.aidant,
        change: instructeur(),
        dual: DualControl::None,
    };
    let proposal = world.decide(&proposal).await.unwrap();
    let suspend = Deed::SuspendOperator {
        by: support,
        operator: scene.colleague,
    };
    world.carry_out(&suspend).await;
    for (late, what) in [
        (approval, "an approval"),
        (refusal, "a refusal"),
        (withdrawal, "a withdrawal"),
        (proposal, "a proposal"),
    ] {
        is_stale(&world, late, &format!("{what} of a suspended operator")).await;
    }

    // An order that is not there.
    let invented = crate::Order {
        id: OrderId::from_uuid(world.uuid()),
        ..world.order(order).await
    };
    let facts = world.facts(Author::Account(scene.first), Some(scene.aidant), None);
    let facts = facts.await;
    let target = facts.target.expect("the account");
    assert!(matches!(facts.actor, Actor::Account(_)));
    let permit = rules::approve_order(
        &facts.actor,
        target.standing(),
        &invented,
        false,
        world.noon(),
    );
    let act = permit.unwrap().into_act(world.circumstances(None));
    is_stale(&world, Prepared::ApproveOrder(act), "no such order").await;
}

//! What takes two is not done by one (A6, A14): each way round it is tried, and the way through is there.

use std::time::Duration;

use aplus_core::journal::BodyHash;
use aplus_core::ports::{Accounts, Orders, OrdersOf, Outcome};
use aplus_core::rules;
use aplus_core::service::{Context, IdempotencyKey};
use aplus_core::*;

use crate::town::{Town, context, email, old_address, refused, responsables, to_address, to_roles};

const SECOND: Duration = Duration::from_secs(1);

fn responsable() -> OrderedChange {
    to_roles(&[Role::Responsable])
}

async fn orders(town: &Town) -> Vec<Order> {
    let orders = town.store.orders(OrdersOf::All, None, None, 100).await;
    orders.unwrap().items
}

#[tokio::test]
async fn an_operator_alone_gets_an_order_through_with_a_responsable() {
    let town = Town::new(DualControl::All, &[Role::Aidant]).await;
    let who = town.who;
    let suspend = town
        .aplus
        .suspend_operator(Author::Operator(who.first), who.second, &context())
        .await;
    suspend.unwrap();
    let order = town.propose(who.first.into(), responsable()).await.unwrap();
    let approved = town.approve(who.responsable.into(), order.id).await;
    let approved = approved.unwrap();
    assert_eq!(approved.state(town.aplus.now()), OrderState::CarriedOut);
    assert!(responsables(&town).await.contains(&who.subject));
}

#[tokio::test]
async fn the_machine_can_always_add_another_operator_and_all_are_told() {
    let town = Town::new(DualControl::All, &[Role::Aidant]).await;
    let who = town.who;
    let add = async |address: &str| {
        let mails = town.mails_to().len();
        // Entries are in the order of their hours.
        town.wait(SECOND);
        let added = town.aplus.add_operator(&email(address), &context()).await;
        (
            added.map(|operator| operator.id),
            town.mails_to().len() - mails,
        )
    };
    let order = town.propose(who.first.into(), responsable()).await.unwrap();
    // One after the other: each is recorded, each is told to all who are there, so that nobody stands behind two unseen.
    let (third, told) = add("troisieme.operateur@aplus.example").await;
    assert_eq!(told, 3, "the two active ones, and the new one");
    let (fourth, told) = add("quatrieme.operateur@aplus.example").await;
    assert_eq!(told, 4);
    let (third, fourth) = (third.unwrap(), fourth.unwrap());
    assert_ne!(third, fourth);
    let kinds: Vec<_> = town.entries().await.into_iter().rev().take(2).collect();
    for entry in kinds {
        assert_eq!(
            (entry.kind.as_str(), entry.author),
            ("operator_added", Author::Machine)
        );
    }
    town.approve(third.into(), order.id).await.unwrap();

    // The same address is the same operator: nobody is two by being added twice.
    let lower = town.propose(fourth.into(), to_roles(&[Role::Aidant])).await;
    let lower = lower.unwrap().id;
    let (again, _) = add("quatrieme.operateur@aplus.example").await;
    assert_eq!(refused(again), "email_taken");
    let by = Author::Operator(who.first);
    let suspended = town.aplus.suspend_operator(by, fourth, &context()).await;
    suspended.unwrap();
    let (again, told) = add("quatrieme.operateur@aplus.example").await;
    assert_eq!((again.unwrap(), told), (fourth, 4));
    assert_eq!(
        refused(town.approve(fourth.into(), lower).await),
        "own_order"
    );
    // Nor is an account's address an operator's, so that nobody is both by one mailbox.
    let (account, _) = add(old_address().as_str()).await;
    assert_eq!(refused(account), "email_taken");
}

#[tokio::test]
async fn nobody_decides_on_their_own_account_or_on_what_they_proposed() {
    for mode in [DualControl::All, DualControl::Raising] {
        // A responsable, whose role would be taken, or who would have another address.
        for change in [to_roles(&[Role::Aidant]), to_address()] {
            let town = Town::new(mode, &[Role::Aidant, Role::Responsable]).await;
            let who = town.who;
            let order = town.propose(who.first.into(), change).await.unwrap();
            for by in [Author::Account(who.subject), Author::Operator(who.first)] {
                assert_eq!(refused(town.approve(by, order.id).await), "own_order");
                let refusal = town
                    .aplus
                    .refuse_order(by, order.id, None, &context())
                    .await;
                assert_eq!(refused(refusal), "own_order");
            }
            for (by, code) in [
                (Author::Machine, "not_approver"),
                (Author::Account(who.colleague), "not_approver"),
                (Author::Account(who.stranger), "order_not_found"),
                (Author::Operator(who.suspended), "operator_suspended"),
            ] {
                assert_eq!(refused(town.approve(by, order.id).await), code);
            }
            let kept = town.store.order(order.id).await.unwrap().unwrap();
            assert_eq!(kept, order, "none of this left a trace on it");
        }
    }
}

/// A request that may come again.
fn with_key(key: u128) -> Context {
    Context {
        idempotency: Some(IdempotencyKey {
            key: uuid::Uuid::from_u128(key),
            body: BodyHash::of(b"the same body"),
        }),
        ..Context::default()
    }
}

#[tokio::test]
async fn a_replay_is_answered_as_the_request_was_whatever_happened_since() {
    let town = Town::new(DualControl::All, &[Role::Aidant]).await;
    let who = town.who;
    let support = Author::Operator(who.first);
    // An account with its order, and another order on it since.
    let role = Roles::only(Role::Responsable);
    let draft = rules::AccountDraft::new(email("maxime.roy@mairie.example"), role);
    let create = async || {
        let (key, request) = (with_key(1), crate::town::request());
        let made = town
            .aplus
            .create_account_for(support, who.group, &draft, &request, &key)
            .await;
        made.unwrap()
    };
    let made = create().await;
    let order = made.order.expect("an order").id;
    town.wait(SECOND);
    let other = crate::town::draft(to_roles(&[Role::Instructeur]));
    let account = made.account.id();
    let other = town
        .aplus
        .propose_order(support, account, &other, &context())
        .await;
    let again = create().await.order.expect("an order");
    assert_ne!(again.id, other.unwrap().id);
    assert_eq!(again.id, order);
    // It is the same one when it is carried out, and the account is what was asked for.
    town.approve(who.second.into(), order).await.unwrap();
    assert_eq!(town.account(account).await.roles(), draft.roles);
    assert_eq!(create().await.order.map(|it| it.id), Some(order));

    // Whoever asked for an operator first is told so again, also when a second one brought them back.
    let restore = async |by: OperatorId, key| {
        let (by, key) = (Author::Operator(by), with_key(key));
        let back = town.aplus.restore_operator(by, who.suspended, &key).await;
        back.unwrap()
    };
    for _ in 0..2 {
        assert!(!restore(who.first, 2).await);
    }
    for _ in 0..2 {
        assert!(restore(who.second, 3).await);
    }
    assert!(!restore(who.first, 2).await);
    let nothing = context();
    let suspended = town
        .aplus
        .suspend_operator(support, who.suspended, &nothing);
    suspended.await.unwrap();
    assert!(restore(who.second, 3).await);
    assert!(!restore(who.first, 2).await);
}

#[tokio::test]
async fn a_replay_carries_nothing_out_again() {
    let town = Town::new(DualControl::All, &[Role::Aidant]).await;
    let who = town.who;
    let propose = async |change: OrderedChange| {
        let draft = crate::town::draft(change);
        let by = Author::Operator(who.first);
        let proposed = town
            .aplus
            .propose_order(by, who.subject, &draft, &with_key(1))
            .await;
        proposed.unwrap()
    };
    let order = propose(responsable()).await;
    assert_eq!(
        propose(responsable()).await.id,
        order.id,
        "the same request, the same order"
    );
    assert_eq!(orders(&town).await.len(), 1);
    let approve = async || {
        let by = Author::Operator(who.second);
        let approved = town.aplus.approve_order(by, order.id, &with_key(2)).await;
        approved.unwrap()
    };
    approve().await;
    let version = town.subject().await.version();
    let entries = town.entries().await.len();
    assert_eq!(
        approve().await.state(town.aplus.now()),
        OrderState::CarriedOut
    );
    assert_eq!(town.subject().await.version(), version);

    // Its values are undone by another order: the used one does not come back, by a replay or by a new approval.
    let undo = town
        .propose(who.second.into(), to_roles(&[Role::Aidant]))
        .await;
    town.approve(who.first.into(), undo.unwrap().id)
        .await
        .unwrap();
    approve().await;
    let again = town.approve(who.responsable.into(), order.id).await;
    assert_eq!(refused(again), "order_closed");
    assert_eq!(town.subject().await.roles(), Roles::only(Role::Aidant));
    assert_eq!(town.entries().await.len(), entries + 2);
}

#[tokio::test]
async fn whoever_is_suspended_meanwhile_approves_nothing_and_their_order_still_takes_another() {
    let town = Town::new(DualControl::All, &[Role::Aidant]).await;
    let who = town.who;
    let order = town.propose(who.first.into(), responsable()).await.unwrap();
    let suspend = async |by: OperatorId, operator| {
        let suspended = town
            .aplus
            .suspend_operator(by.into(), operator, &context())
            .await;
        suspended.unwrap();
    };
    suspend(who.first, who.second).await;
    let late = town.approve(who.second.into(), order.id).await;
    assert_eq!(refused(late), "operator_suspended");
    // Back they come by two, or by the machine; by themselves never, and by one alone neither.
    for (by, code) in [
        (who.second, "operator_suspended"),
        (who.suspended, "operator_suspended"),
    ] {
        let back = town
            .aplus
            .restore_operator(by.into(), who.second, &context())
            .await;
        assert_eq!(refused(back), code);
    }
    for _ in 0..3 {
        let by = Author::Operator(who.first);
        let back = town
            .aplus
            .restore_operator(by, who.second, &context())
            .await;
        assert!(!back.unwrap(), "one who asks three times is one");
    }
    let third = email("troisieme.operatrice@aplus.example");
    let third = town
        .aplus
        .add_operator(&third, &context())
        .await
        .unwrap()
        .id;
    // A day later what was asked no longer counts.
    town.wait(Duration::from_secs(24 * 60 * 60));
    let restore = async |by: OperatorId| {
        let back = town
            .aplus
            .restore_operator(by.into(), who.second, &context())
            .await;
        back.unwrap()
    };
    assert!(!restore(third).await);
    assert!(restore(who.first).await);
    // The author is suspended since: what they proposed is decided on by another all the same, never by them.
    suspend(third, who.first).await;
    assert_eq!(
        refused(town.approve(who.first.into(), order.id).await),
        "operator_suspended"
    );
    let approved = town.approve(who.second.into(), order.id).await.unwrap();
    assert_eq!(approved.state(town.aplus.now()), OrderState::CarriedOut);
}

#[tokio::test]
async fn an_approver_who_loses_the_group_between_decision_and_write_approves_nothing() {
    // The group; the account's own leaving of it; the role; being active.
    for what in 0..4 {
        let town = Town::new(DualControl::All, &[Role::Aidant]).await;
        let who = town.who;
        // A second responsable of the group, who has another group too.
        let by = Author::Account(who.responsable);
        let stranger = town.account(who.stranger).await.email().cloned().unwrap();
        town.aplus
            .add_member(by, who.group, &stranger, &context())
            .await
            .unwrap();
        let approver = Author::Account(who.stranger);
        let elsewhere = Author::Account(who.stranger);
        town.aplus
            .add_member(elsewhere, who.elsewhere, &old_address(), &context())
            .await
            .unwrap();
        let order = town.propose(who.first.into(), responsable()).await.unwrap();

        let wanted = ports::Wanted {
            author: approver,
            target: Some(ports::TargetRef::Id(who.subject)),
            group: None,
            request: None,
        };
        let facts = town.store.facts(&wanted).await.unwrap();
        let target = facts.target.unwrap();
        let now = town.aplus.now();
        let permit =
            rules::approve_order(&facts.actor, target.standing(), &order, false, now).unwrap();
        let circumstances = town.aplus.circumstances(&context(), approver).unwrap();
        let act = permit.into_act(circumstances);

        let aplus = &town.aplus;
        match what {
            0 => aplus
                .remove_member(by, who.group, who.stranger, &context())
                .await
                .unwrap(),
            1 => aplus
                .remove_member(by, who.group, who.subject, &context())
                .await
                .unwrap(),
            2 => {
                let draft = crate::town::draft(to_roles(&[Role::Instructeur]));
                let by = Author::Operator(who.first);
                let other = aplus
                    .propose_order(by, who.stranger, &draft, &context())
                    .await
                    .unwrap();
                town.approve(who.second.into(), other.id).await.unwrap();
            }
            _ => {
                let by = Author::Operator(who.first);
                aplus
                    .deactivate(by, who.stranger, &context())
                    .await
                    .unwrap();
            }
        }
        let before = town.entries().await.len();
        let written = town.store.approve_order(act).await.unwrap();
        assert_eq!(written, Outcome::Stale, "{what}");
        assert_eq!(town.entries().await.len(), before, "{what}");
        assert_eq!(town.subject().await.roles(), Roles::only(Role::Aidant));
        // Asked anew, the rules say what is so now. Where only the account left the group, they share the other one.
        let again = town.approve(approver, order.id).await;
        match what {
            0 | 1 => assert!(again.is_ok(), "{what}: the other group is theirs still"),
            2 => assert_eq!(refused(again), "not_approver"),
            _ => assert_eq!(refused(again), "deactivated"),
        }
    }
}

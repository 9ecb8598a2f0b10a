//! Those who decide on one order at once, and those who confirm it.

use super::{ROUNDS, done, write_at_once};
use crate::account::Principal;
use crate::contract::Harness;
use crate::contract::deed::Deed;
use crate::contract::scene::to_address;
use crate::contract::world::{World, browser, minutes};
use crate::{Author, DualControl, OrderId, Role};

pub(in crate::contract) async fn of_many_who_confirm_one_order_one_carries_it_out(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    for _ in 0..ROUNDS {
        let scene = world.scene().await;
        let email = world.address("nouvelle");
        let propose = Deed::ProposeOrder {
            by: Author::Operator(scene.operator),
            account: scene.both,
            change: to_address(&email),
            dual: DualControl::All,
        };
        let order = OrderId::from_uuid(world.carry_out(&propose).await);
        let colleague = Author::Operator(scene.colleague);
        // Two links of one order: the one that was mailed, and the one that a browser asked for.
        let mailed = world.approve(colleague, order).await;
        let ask = world.ask(&email, 3, world.noon().saturating_add(minutes(2)));
        world.queue(&ask).await;
        let asked = world.answered_by_a_link(&ask).await;
        let before = world.account(scene.both).await;
        let mut prepared = Vec::new();
        for number in 0..16 {
            let link = [&mailed, &asked][number % 2];
            let confirm = Deed::LogIn {
                link: link.hash,
                browser: browser(99),
                email: Some(email.clone()),
                at: ask.at,
            };
            prepared.push(world.decide(&confirm).await.unwrap());
        }
        // One takes it back meanwhile: either it is carried out, or it is not.
        let withdraw = Deed::WithdrawOrder {
            by: colleague,
            order,
        };
        prepared.push(world.decide(&withdraw).await.unwrap());
        let outcomes = write_at_once(&world, prepared).await;
        assert!(done(&outcomes) <= 1, "{outcomes:?}");
        let order = world.order(order).await;
        let after = world.account(scene.both).await;
        let steps = i64::from(order.carried_out_at.is_some());
        assert!(order.closed.is_none() || steps == 0, "{order:?}");
        assert_eq!(after.epoch().0, before.epoch().0 + steps);
        assert_eq!(after.email() == Some(&email), steps == 1);
        let owner = Principal::Account(scene.both);
        let sessions = world.store.sessions(owner, 100).await.unwrap();
        assert_eq!(sessions.len(), usize::from(steps == 1));
    }
}

pub(in crate::contract) async fn of_those_who_decide_on_one_order_at_once_one_does(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    for _ in 0..ROUNDS {
        let scene = world.scene().await;
        let order = scene.raising;
        let (colleague, first) = (
            Author::Operator(scene.colleague),
            Author::Account(scene.first),
        );
        let before = world.account(scene.both).await;
        let mut prepared = Vec::new();
        for deed in [
            Deed::ApproveOrder {
                by: colleague,
                order,
            },
            Deed::ApproveOrder { by: first, order },
            Deed::RefuseOrder {
                by: colleague,
                order,
            },
            Deed::RefuseOrder { by: first, order },
            Deed::WithdrawOrder {
                by: colleague,
                order,
            },
        ] {
            prepared.push(world.decide(&deed).await.unwrap());
        }
        let outcomes = write_at_once(&world, prepared).await;
        assert!(done(&outcomes) <= 1, "{outcomes:?}");
        let order = world.order(order).await;
        let decided =
            usize::from(order.carried_out_at.is_some()) + usize::from(order.closed.is_some());
        assert_eq!(decided, done(&outcomes), "{order:?}");
        let after = world.account(scene.both).await;
        let carried_out = i64::from(order.carried_out_at.is_some());
        assert_eq!(after.version().0, before.version().0 + carried_out);
        assert_eq!(after.roles().contains(Role::Responsable), carried_out == 1);
    }
}

pub(in crate::contract) async fn nobody_approves_after_losing_the_right(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    for round in 0..ROUNDS {
        let scene = world.scene().await;
        let order = scene.raising;
        let (colleague, first) = (
            Author::Operator(scene.colleague),
            Author::Account(scene.first),
        );
        let support = Author::Operator(scene.operator);
        let (approver, loses) = match round % 3 {
            0 => (
                colleague,
                Deed::SuspendOperator {
                    by: support,
                    operator: scene.colleague,
                },
            ),
            1 => (
                first,
                Deed::Deactivate {
                    by: support,
                    account: scene.first,
                },
            ),
            _ => (
                first,
                Deed::RemoveMember {
                    by: Author::Account(scene.second),
                    account: scene.first,
                    group: scene.home,
                },
            ),
        };
        let approve = Deed::ApproveOrder {
            by: approver,
            order,
        };
        let prepared = vec![
            world.decide(&loses).await.unwrap(),
            world.decide(&approve).await.unwrap(),
        ];
        let entries = [prepared[0].entry().id(), prepared[1].entry().id()];
        let outcomes = write_at_once(&world, prepared).await;
        // Outcomes come as they are ready: the entries say whose they are.
        let written = world.entries().await;
        let [lost, approved] = entries.map(|entry| written.iter().any(|it| it.id == entry));
        let both = usize::from(lost) + usize::from(approved);
        assert_eq!(both, done(&outcomes), "{outcomes:?}");
        let order = world.order(order).await;
        assert_eq!(order.carried_out_at.is_some(), approved);
        // Whatever came before it came before it: afterwards nothing more, but for whoever shares another group with the account.
        if lost && !approved {
            let again = world.decide(&approve).await;
            assert_eq!(again.is_ok(), round % 3 == 2, "{again:?}");
        }
    }
}

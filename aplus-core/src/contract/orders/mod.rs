//! P60 to P64: support orders, as they are decided on, confirmed, carried out and read.

mod confirming;
mod deciding;
mod reading;

use super::deed::{Deed, Prepared};
use super::scene::{Scene, to_address, to_roles};
use super::world::{World, browser};
use crate::order::OrderedChange;
use crate::ports::{NewLink, Outcome};
use crate::{AccountId, Author, DualControl, OrderId, Role, Roles, Timestamp};

pub(super) use confirming::*;
pub(super) use deciding::*;
pub(super) use reading::*;

async fn write(world: &World, prepared: Prepared) -> Outcome<()> {
    prepared.write(&*world.store).await.unwrap()
}

/// Writes what must be too late: it answers so, and nothing is written.
async fn is_stale(world: &World, prepared: Prepared, why: &str) {
    let before = world.shown().await;
    assert_eq!(write(world, prepared).await, Outcome::Stale, "{why}");
    assert_eq!(world.shown().await, before, "{why}");
}

/// The first operator proposes what takes an approval.
async fn propose(
    world: &World,
    scene: &Scene,
    account: AccountId,
    change: OrderedChange,
) -> OrderId {
    let deed = Deed::ProposeOrder {
        by: Author::Operator(scene.operator),
        account,
        change,
        dual: DualControl::All,
    };
    OrderId::from_uuid(world.carry_out(&deed).await)
}

fn approve(scene: &Scene, order: OrderId) -> Deed {
    Deed::ApproveOrder {
        by: Author::Operator(scene.colleague),
        order,
    }
}

fn instructeur() -> OrderedChange {
    to_roles(Roles::only(Role::Instructeur))
}

/// A press in another browser than the one that asked: nobody has the one that an order's link was asked for by.
fn confirm(link: &NewLink, at: Timestamp) -> Deed {
    Deed::LogIn {
        link: link.hash,
        browser: browser(99),
        email: Some(link.email.clone()),
        at,
    }
}

/// An approved order on a new address of `account`, with the link that confirms it.
async fn to_be_confirmed(world: &World, scene: &Scene, account: AccountId) -> (OrderId, NewLink) {
    let email = world.address("nouvelle");
    let order = propose(world, scene, account, to_address(&email)).await;
    let link = world
        .approve(Author::Operator(scene.colleague), order)
        .await;
    assert_eq!(link.email, email);
    (order, link)
}

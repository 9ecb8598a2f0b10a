//! P1, P3 to P5, P10 to P14: accounts, groups, operators, and what holds for every act.

mod changing;
mod reading;
mod taking;
mod writing;

use super::Harness;
use super::deed::Deed;
use super::scene::Scene;
use super::world::World;

pub(super) use changing::*;
pub(super) use reading::*;
pub(super) use taking::*;
pub(super) use writing::*;

/// A fresh store with a scene for each of its deeds.
async fn each_deed(harness: &dyn Harness) -> Vec<(World, Scene, Deed)> {
    let world = World::fresh(harness).await;
    let number = world.scene().await.deeds().len();
    let mut each = Vec::with_capacity(number);
    for index in 0..number {
        let world = World::fresh(harness).await;
        let scene = world.scene().await;
        let deed = scene.deeds().swap_remove(index);
        each.push((world, scene, deed));
    }
    each
}

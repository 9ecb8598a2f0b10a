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

/// Each deed of the scene, on a fresh store of its own; one at a time, so that no more stores are open.
struct EachDeed<'h> {
    harness: &'h dyn Harness,
    number: usize,
}

impl<'h> EachDeed<'h> {
    async fn of(harness: &'h dyn Harness) -> Self {
        let world = World::fresh(harness).await;
        let number = world.scene().await.deeds().len();
        Self { harness, number }
    }

    async fn next(&mut self) -> Option<(World, Scene, Deed)> {
        self.number = self.number.checked_sub(1)?;
        let world = World::fresh(self.harness).await;
        let scene = world.scene().await;
        let deed = scene.deeds().swap_remove(self.number);
        Some((world, scene, deed))
    }
}

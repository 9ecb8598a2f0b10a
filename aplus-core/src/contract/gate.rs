//! P2: a gate between decision and write, where what was decided on moves.

use super::Harness;
use super::deed::Deed;
use super::scene::Scene;
use super::world::World;
use crate::ports::Outcome;
use crate::rules::AccountDraft;
use crate::{
    AccountId, Actor, Author, DualControl, GroupFacts, Policy, Refusal, Role, Roles, Standing,
    Target, Version, rules,
};

/// What moves while the permit waits at the gate, and which account a deed of the table concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    Nothing,
    ActorDeactivated,
    ActorTakenOut,
    TargetDeactivated,
    TargetJoinedAnother,
    AnotherResponsable,
}

impl Moved {
    const ALL: [Self; 6] = [
        Self::Nothing,
        Self::ActorDeactivated,
        Self::ActorTakenOut,
        Self::TargetDeactivated,
        Self::TargetJoinedAnother,
        Self::AnotherResponsable,
    ];

    /// What moves it: always support, so that nothing else changes with it.
    fn deed(self, scene: &Scene, target: Option<AccountId>) -> Option<Deed> {
        let by = Author::Operator(scene.operator);
        let group = scene.away;
        match (self, target) {
            (Self::ActorDeactivated, _) => Some(Deed::Deactivate {
                by,
                account: scene.first,
            }),
            (Self::ActorTakenOut, _) => Some(Deed::RemoveMember {
                by,
                account: scene.first,
                group,
            }),
            (Self::TargetDeactivated, Some(account)) => Some(Deed::Deactivate { by, account }),
            (Self::TargetJoinedAnother, Some(account)) => Some(Deed::AddMember {
                by: Author::Account(scene.second),
                account,
                group,
            }),
            (Self::AnotherResponsable, _) => Some(Deed::CreateAccount {
                by: Author::Account(scene.second),
                group,
                email: scene.free[1].clone(),
                roles: Roles::only(Role::Responsable),
            }),
            (Self::Nothing, _) | (Self::TargetDeactivated | Self::TargetJoinedAnother, None) => {
                None
            }
        }
    }
}

/// The deeds at the gate, each with its target; all by the first responsable.
fn waiting(scene: &Scene) -> Vec<(Deed, Option<AccountId>)> {
    let by = Author::Account(scene.first);
    let create = |roles| Deed::CreateAccount {
        by,
        group: scene.home,
        email: scene.free[0].clone(),
        roles: Roles::only(roles),
    };
    let on = |deed: fn(Author, AccountId) -> Deed, account| (deed(by, account), Some(account));
    let deactivate = |by, account| Deed::Deactivate { by, account };
    vec![
        (create(Role::Aidant), None),
        (create(Role::Responsable), None),
        (
            Deed::AddMember {
                by,
                account: scene.aidant,
                group: scene.away,
            },
            Some(scene.aidant),
        ),
        (
            Deed::RemoveMember {
                by,
                account: scene.both,
                group: scene.home,
            },
            Some(scene.both),
        ),
        (
            Deed::RemoveMember {
                by,
                account: scene.second,
                group: scene.away,
            },
            Some(scene.second),
        ),
        on(deactivate, scene.aidant),
        on(deactivate, scene.second),
        on(
            |by, account| Deed::Reactivate { by, account },
            scene.dormant,
        ),
        on(|by, account| Deed::Withdraw { by, account }, scene.aidant),
        (
            Deed::EditProfile {
                account: scene.first,
            },
            None,
        ),
        (
            Deed::ApproveOrder {
                by,
                order: scene.raising,
            },
            Some(scene.both),
        ),
        (
            Deed::RefuseOrder {
                by,
                order: scene.moving,
            },
            Some(scene.both),
        ),
    ]
}

/// Whether what moves is something that the deed stood on.
fn stood_on(deed: &Deed, target: Option<AccountId>, moved: Moved, scene: &Scene) -> bool {
    // Only where a responsable goes does the number of them count.
    let counts = target == Some(scene.second);
    match moved {
        Moved::Nothing => false,
        Moved::ActorDeactivated | Moved::ActorTakenOut => true,
        Moved::TargetDeactivated | Moved::TargetJoinedAnother => target.is_some(),
        Moved::AnotherResponsable => {
            counts && matches!(deed, Deed::RemoveMember { .. } | Deed::Deactivate { .. })
        }
    }
}

pub(super) async fn what_moved_between_decision_and_write_is_caught(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let number = waiting(&world.scene().await).len();
    for index in 0..number {
        for moved in Moved::ALL {
            let scene = world.scene().await;
            let (deed, target) = waiting(&scene).swap_remove(index);
            let permitted = world.decide(&deed).await.unwrap();
            let entry = permitted.entry().id();
            if moved != Moved::Nothing {
                let Some(mover) = moved.deed(&scene, target) else {
                    continue;
                };
                // What the rules do not allow cannot come between.
                let Ok(mover) = world.decide(&mover).await else {
                    continue;
                };
                assert_eq!(mover.write(&*world.store).await.unwrap(), Outcome::Done(()));
            }
            let before = world.shown_of(&scene).await;
            let outcome = permitted.write(&*world.store).await.unwrap();
            if stood_on(&deed, target, moved, &scene) {
                assert_eq!(outcome, Outcome::Stale, "{deed:?} after {moved:?}");
                assert_eq!(
                    world.shown_of(&scene).await,
                    before,
                    "{deed:?} after {moved:?}"
                );
                assert!(world.entries().await.iter().all(|it| it.id != entry));
            } else {
                assert_eq!(outcome, Outcome::Done(()), "{deed:?} after {moved:?}");
                assert!(world.entries().await.iter().any(|it| it.id == entry));
            }
        }
    }
}

pub(super) async fn facts_that_were_never_true_are_caught(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let before = world.shown_of(&scene).await;
    let later = |version: Version| Version(version.0 + 1);
    let policy = Policy::default();

    // A version that is not there yet, of the one who asks.
    let mut standing = world.account(scene.first).await.standing();
    standing.version = later(standing.version);
    let facts = world
        .facts(Author::Machine, Some(scene.second), Some(scene.home))
        .await;
    let (home, target) = (
        facts.group.expect("the group"),
        facts.target.expect("the target"),
    );
    let draft = AccountDraft::new(scene.free[0].clone(), Roles::only(Role::Aidant));
    let actor = Actor::Account(standing);
    let permit = rules::create_account(&actor, &home, &draft, &policy).unwrap();
    let act = permit.into_act(world.circumstances(None));
    assert_eq!(
        world.store.create_account(act).await.unwrap(),
        Outcome::Stale
    );

    // An account that does not exist.
    let nobody = AccountId::from_uuid(world.uuid());
    let invented = Standing::active(nobody, Roles::only(Role::Responsable), [scene.home]);
    let actor = Actor::Account(invented);
    let permit = rules::create_account(&actor, &home, &draft, &policy).unwrap();
    let act = permit.into_act(world.circumstances(None));
    assert_eq!(
        world.store.create_account(act).await.unwrap(),
        Outcome::Stale
    );

    // A version that is not there yet, of the target and of one of its groups.
    let first = Actor::Account(world.account(scene.first).await.standing());
    let mut standing = target.standing().clone();
    standing.version = later(standing.version);
    let permit = rules::deactivate(&first, &Target::new(standing, target.groups().to_vec()));
    let act = permit.unwrap().into_act(world.circumstances(None));
    assert_eq!(world.store.deactivate(act).await.unwrap(), Outcome::Stale);
    let groups = target.groups().iter().map(|group| GroupFacts {
        version: later(group.version),
        ..*group
    });
    let permit = rules::deactivate(&first, &Target::new(target.standing().clone(), groups));
    let act = permit.unwrap().into_act(world.circumstances(None));
    assert_eq!(world.store.deactivate(act).await.unwrap(), Outcome::Stale);

    // An operator who does not exist.
    let operator = Actor::Operator(crate::OperatorStanding {
        id: crate::OperatorId::from_uuid(world.uuid()),
        version: Version::default(),
        status: crate::OperatorStatus::Active,
    });
    let permit = rules::deactivate(&operator, &target).unwrap();
    let act = permit.into_act(world.circumstances(None));
    assert_eq!(world.store.deactivate(act).await.unwrap(), Outcome::Stale);
    assert_eq!(policy.dual_control, DualControl::All);

    assert_eq!(world.shown_of(&scene).await, before);
}

/// So many scenes stand in one store.
const SCENES: usize = 6;

pub(super) async fn each_act_against_each_other(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let number = world.scene().await.deeds().len();
    // In four parts beside each other, on stores of their own: it is the longest of all cases, and waits most of the time.
    let part = |first: usize| each_after(harness, (first..number).step_by(4), number);
    let (a, b, c, d) = tokio::join!(part(0), part(1), part(2), part(3));
    let parts = [a, b, c, d];
    let done: usize = parts.iter().map(|(done, _)| done).sum();
    let stale: usize = parts.iter().map(|(_, stale)| stale).sum();
    assert!(
        done > number && stale > number,
        "{done} done, {stale} stale"
    );
}

/// Of two acts one is written while the other waits, the earlier of the list as often as the later; with `APLUS_PAIRS=all` also the
/// other way round.
fn meets(first: usize, second: usize) -> bool {
    let is_even = (first + second).is_multiple_of(2);
    first == second
        || (first < second) == is_even
        || std::env::var("APLUS_PAIRS").is_ok_and(|pairs| pairs == "all")
}

/// Each act decided on before each of these is written, and written after it: how many were done, and how many stale.
async fn each_after(
    harness: &dyn Harness,
    firsts: impl Iterator<Item = usize>,
    number: usize,
) -> (usize, usize) {
    let mut world = World::fresh(harness).await;
    let (mut done, mut stale, mut scenes) = (0, 0, 0_usize);
    for first in firsts {
        for second in (0..number).filter(|second| meets(first, *second)) {
            // What is shown of a store costs what it holds.
            if scenes % SCENES == 0 {
                world = World::fresh(harness).await;
            }
            scenes += 1;
            let scene = world.scene().await;
            let (before_it, after_it) = (&scene.deeds()[first], &scene.deeds()[second]);
            let one = world.decide(before_it).await.unwrap();
            let other = world.decide(after_it).await.unwrap();
            let stands = other.stands_on_versions();
            assert_eq!(
                one.write(&*world.store).await.unwrap(),
                Outcome::Done(()),
                "{before_it:?}"
            );

            // What the rules say now, on what is true now: a write must never be laxer.
            let anew = world.decide(after_it).await;
            let before = world.shown_of(&scene).await;
            let outcome = other.write(&*world.store).await.unwrap();
            let pair = format!("{before_it:?} then {after_it:?}");
            match outcome {
                Outcome::Done(()) => {
                    done += 1;
                    // One's own sessions end whatever has become of one's rights meanwhile; a new address is looked at again
                    // when it is confirmed.
                    let later = matches!(
                        (after_it, &anew),
                        (Deed::ProposeOrder { .. }, Err(Refusal::EmailTaken))
                    );
                    assert!(
                        anew.is_ok() || after_it.ends_own_sessions() || later,
                        "{pair} was written against the rules: {anew:?}"
                    );
                    keeps_what_always_holds(&world, &scene, &pair).await;
                }
                Outcome::Stale | Outcome::Taken => {
                    stale += 1;
                    assert_eq!(world.shown_of(&scene).await, before, "{pair}");
                    // A session may have ended by number.
                    let why = stands
                        || anew.is_err()
                        || outcome == Outcome::Taken
                        || first == second
                        || after_it.ends_own_sessions();
                    assert!(why, "{pair}: nothing had moved");
                }
                Outcome::Repeated(_) => panic!("{pair} are two requests"),
            }
        }
    }
    (done, stale)
}

/// No account without a group, no managed group without a responsable, unless support or the machine took it (A2, A8).
async fn keeps_what_always_holds(world: &World, scene: &Scene, pair: &str) {
    for id in scene.accounts() {
        assert!(
            !world.account(id).await.groups().is_empty(),
            "{pair}: {id} has no group"
        );
    }
    if pair.contains("Operator(") || pair.contains("EmptyAccount") {
        return;
    }
    for group in scene.groups() {
        let facts = world.facts(Author::Machine, None, Some(group)).await;
        let left = facts.group.expect("the group").active_responsables;
        assert!(left > 0, "{pair}: {group} has no responsable");
    }
}

//! P11 to P14: what an act changes of an account, and what none does.

use super::EachDeed;
use crate::account::{Epoch, Principal, Status};
use crate::contract::deed::Deed;
use crate::contract::world::World;
use crate::contract::{Harness, OutboxLine};
use crate::order::Identity;
use crate::ports::Outcome;
use crate::{AccountId, Author, Role, Roles, Version};

pub(in crate::contract) async fn address_and_roles_outlive_every_act(harness: &dyn Harness) {
    let mut deeds = EachDeed::of(harness).await;
    while let Some((world, scene, deed)) = deeds.next().await {
        let frozen = async |withdrawn: Option<AccountId>| {
            let mut frozen = Vec::new();
            for id in scene.accounts() {
                let account = world.account(id).await;
                let email = account.email().cloned().filter(|_| withdrawn != Some(id));
                frozen.push((id, email, account.roles(), account.shared()));
            }
            frozen
        };
        let withdrawn = match &deed {
            Deed::Withdraw { account, .. } | Deed::EmptyAccount { account, .. } => Some(*account),
            _ => None,
        };
        let mut expected = frozen(withdrawn).await;
        // But for the one that an order changes, into what the order says.
        for (id, email, roles, _) in &mut expected {
            let now = Identity {
                email: email.clone(),
                roles: *roles,
            };
            if let Some((_, becomes)) = scene
                .becomes(&deed, &now)
                .filter(|(account, _)| account == id)
            {
                (*email, *roles) = (becomes.email, becomes.roles);
            }
        }
        world.carry_out(&deed).await;
        assert_eq!(frozen(withdrawn).await, expected, "{deed:?}");
    }
}

pub(in crate::contract) async fn versions_move_by_one_and_only_with_what_rights_stand_on(
    harness: &dyn Harness,
) {
    let mut deeds = EachDeed::of(harness).await;
    while let Some((world, scene, deed)) = deeds.next().await {
        let versions = async || {
            let mut accounts = Vec::new();
            for id in scene.accounts() {
                accounts.push((id, world.account(id).await.version()));
            }
            let mut groups = Vec::new();
            for id in scene.groups() {
                let facts = world.facts(Author::Machine, None, Some(id)).await;
                let facts = facts.group.expect("the group");
                assert_eq!(facts.version, world.group(id).await.version);
                groups.push((id, facts.version, facts.active_responsables));
            }
            (accounts, groups)
        };
        let (accounts, groups) = versions().await;
        let prepared = world.decide(&deed).await.unwrap();
        let mut moved = prepared.moved().to_vec();
        let carried_out = scene.carries_out_on(&deed);
        let gains_or_loses = match carried_out {
            Some(id) if id == scene.both || id == scene.first => Some(world.account(id).await),
            _ => None,
        };
        moved.extend(gains_or_loses.iter().flat_map(|account| {
            let groups = account.groups().iter();
            groups.map(|mention| mention.id)
        }));
        assert_eq!(
            prepared.write(&*world.store).await.unwrap(),
            Outcome::Done(())
        );
        let (accounts_after, groups_after) = versions().await;

        let target = match &deed {
            Deed::AddMember { account, .. }
            | Deed::RemoveMember { account, .. }
            | Deed::Deactivate { account, .. }
            | Deed::Reactivate { account, .. }
            | Deed::Withdraw { account, .. }
            | Deed::EmptyAccount { account, .. } => Some(*account),
            Deed::LogIn { .. } => Some(scene.aidant),
            _ => None,
        };
        for ((id, before), (_, after)) in accounts.into_iter().zip(accounts_after) {
            // A confirmation is a first log-in and carries an order out: two reasons, one step each.
            let reasons = i64::from(target == Some(id)) + i64::from(carried_out == Some(id));
            let expected = before.0 + reasons;
            assert_eq!(after, Version(expected), "{deed:?}");
        }
        for ((id, before, count), (_, after, count_after)) in groups.into_iter().zip(groups_after) {
            let expected = before.0 + i64::from(moved.contains(&id));
            assert_eq!(after, Version(expected), "{deed:?}");
            assert!(
                count == count_after || moved.contains(&id),
                "{deed:?} moved no version"
            );
        }
    }

    // Only the first log-in moves the version.
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let before = world.account(scene.first).await.version();
    world.logged_in(Principal::Account(scene.first)).await;
    assert_eq!(world.account(scene.first).await.version(), before);
}

pub(in crate::contract) async fn deactivation_adds_one_to_the_epoch(harness: &dyn Harness) {
    let mut deeds = EachDeed::of(harness).await;
    while let Some((world, scene, deed)) = deeds.next().await {
        let epochs = async || {
            let mut epochs = Vec::new();
            for id in scene.accounts() {
                epochs.push((id, world.account(id).await.epoch()));
            }
            epochs
        };
        let ended = match &deed {
            Deed::Deactivate { account, .. } | Deed::EmptyAccount { account, .. } => Some(*account),
            Deed::EndAllSessions { .. } => Some(scene.aidant),
            _ => scene.carries_out_on(&deed),
        };
        let before = epochs().await;
        world.carry_out(&deed).await;
        for ((id, before), (_, after)) in before.into_iter().zip(epochs().await) {
            let expected = before.0 + i64::from(ended == Some(id));
            assert_eq!(after, Epoch(expected), "{deed:?}");
        }
    }
}

pub(in crate::contract) async fn withdrawal_frees_the_address_and_keeps_line_and_entries(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let account = scene.aidant;
    let address = world.address_of(Principal::Account(account)).await;
    let about = |entries: Vec<crate::journal::StoredEntry>| -> Vec<_> {
        let about = entries.into_iter().filter(|it| it.account == Some(account));
        about.collect()
    };
    let before = about(world.entries().await);
    let by = Author::Account(scene.first);
    let outbox = world.outbox().await;
    let waits = |line: &OutboxLine| line.to.as_ref() == Some(&address);
    assert!(outbox.iter().any(waits) && !outbox.iter().all(waits));
    world.carry_out(&Deed::Withdraw { by, account }).await;

    let withdrawn = world.account(account).await;
    assert_eq!(
        (withdrawn.status(), withdrawn.email()),
        (Status::Withdrawn, None)
    );
    assert_eq!(world.store.account_by_email(&address).await.unwrap(), None);
    assert_eq!(world.store.holder(&address).await.unwrap(), None);
    let after = about(world.entries().await);
    assert_eq!(after[..before.len()], before);
    assert_eq!(after.len(), before.len() + 1);
    // Nobody is told that they have an account that is none any more; what others are told goes out.
    let settled = after.last().map(|entry| entry.at);
    let now = world.outbox().await;
    for line in outbox {
        let now = now.iter().find(|now| now.id == line.id);
        let expected = match waits(&line) {
            true => OutboxLine {
                to: None,
                settled_at: settled,
                ..line
            },
            false => line,
        };
        assert_eq!(now, Some(&expected));
    }

    let again = Deed::CreateAccount {
        by,
        group: scene.home,
        email: address.clone(),
        roles: Roles::only(Role::Aidant),
    };
    let again = AccountId::from_uuid(world.carry_out(&again).await);
    assert_ne!(again, account);
    let found = world.store.account_by_email(&address).await.unwrap();
    assert_eq!(found.map(|account| account.id()), Some(again));
}

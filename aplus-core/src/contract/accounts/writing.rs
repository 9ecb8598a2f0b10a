//! P1, P3 to P5: what holds for every writing method.

use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use super::EachDeed;
use crate::account::{OperatorStatus, Principal};
use crate::contract::Harness;
use crate::contract::deed::Deed;
use crate::contract::scene::Scene;
use crate::contract::world::World;
use crate::mail::{Mail, Message, Recipient};
use crate::ports::{Outcome, Repeated, Wanted};
use crate::{Author, EmailAddress, Role, Roles};

/// To whom a mail goes, found through the ports.
async fn addresses(
    world: &World,
    scene: &Scene,
    mail: &Mail,
    added: Option<&EmailAddress>,
) -> BTreeSet<EmailAddress> {
    match &mail.to {
        Recipient::Address(address) => BTreeSet::from([address.clone()]),
        Recipient::Account(id) => BTreeSet::from([world.address_of(Principal::Account(*id)).await]),
        Recipient::ResponsablesOf(group) => {
            let (Message::AccountCreatedInYourGroup { account, .. }
            | Message::OrderProposed { account, .. }) = mail.message
            else {
                panic!("another mail to responsables: {mail:?}");
            };
            let members = world.store.members(*group, None, 1_000).await.unwrap();
            let told = members
                .items
                .into_iter()
                .filter(|member| member.standing().manages(*group) && member.id() != account);
            told.filter_map(|member| member.email().cloned()).collect()
        }
        Recipient::ResponsablesFor(account) => {
            let mut told = BTreeSet::new();
            for group in world.account(*account).await.groups() {
                let members = world.store.members(group.id, None, 1_000).await.unwrap();
                let managing = members.items.into_iter().filter(|member| {
                    member.standing().manages(group.id) && member.id() != *account
                });
                told.extend(managing.filter_map(|member| member.email().cloned()));
            }
            told
        }
        Recipient::Operators => {
            let mut told: BTreeSet<_> = added.cloned().into_iter().collect();
            for id in scene.operators() {
                let operator = world.operator(id).await;
                let proposed = matches!(mail.message, Message::OrderProposed { by, .. } if by == Author::Operator(id));
                if operator.status == OperatorStatus::Active && !proposed {
                    told.insert(operator.email);
                }
            }
            told
        }
    }
}

pub(in crate::contract) async fn an_act_its_entry_its_seal_line_and_its_mails_are_written_together(
    harness: &dyn Harness,
) {
    let mut deeds = EachDeed::of(harness).await;
    while let Some((world, scene, deed)) = deeds.next().await {
        let entries = world.entries().await;
        let sealed: BTreeSet<_> = world.probe.seal_queue().await.into_iter().collect();
        let outbox: BTreeSet<_> = world.outbox().await.iter().map(|line| line.id).collect();
        let prepared = world.decide(&deed).await.unwrap();
        let new: Vec<_> = prepared.entries().into_iter().cloned().collect();
        let mails = prepared.mails().to_vec();
        assert_eq!(
            prepared.write(&*world.store).await.unwrap(),
            Outcome::Done(()),
            "{deed:?}"
        );

        let after = world.entries().await;
        let written: Vec<_> = after.iter().filter(|it| !entries.contains(it)).collect();
        assert_eq!(
            (written.len(), after.len()),
            (new.len(), entries.len() + new.len()),
            "{deed:?}"
        );
        for entry in &new {
            let stored = written.iter().find(|it| it.id == entry.id());
            let stored = stored.unwrap_or_else(|| panic!("{deed:?}: {entry:?}"));
            assert_eq!(stored.at, entry.at(), "{deed:?}");
            assert_eq!(
                (stored.kind.as_str(), stored.author),
                (entry.kind(), entry.author())
            );
            assert_eq!(
                (stored.account, stored.group),
                (entry.account(), entry.group())
            );
            assert_eq!(
                (stored.details.as_str(), stored.request),
                (entry.details(), None)
            );
            assert_eq!(stored.erasable.as_deref(), Some(entry.erasable()));
            assert_eq!(stored.commitment, *entry.commitment());
        }

        let mut expected = sealed;
        expected.extend(new.iter().map(crate::journal::Entry::id));
        assert_eq!(
            world
                .probe
                .seal_queue()
                .await
                .into_iter()
                .collect::<BTreeSet<_>>(),
            expected
        );

        let added = match &deed {
            Deed::AddOperator { email } => Some(email),
            _ => None,
        };
        let mut expected = BTreeSet::new();
        for mail in &mails {
            for to in addresses(&world, &scene, mail, added).await {
                expected.insert((mail.id_for(&to), Some(to)));
            }
        }
        let new = world
            .outbox()
            .await
            .into_iter()
            .filter(|line| !outbox.contains(&line.id));
        let new: BTreeSet<_> = new.map(|line| (line.id, line.to)).collect();
        assert_eq!(new, expected, "{deed:?}");
    }
}

pub(in crate::contract) async fn a_request_is_carried_out_once(harness: &dyn Harness) {
    let mut deeds = EachDeed::of(harness).await;
    while let Some((world, _, deed)) = deeds.next().await {
        let request = world.request();
        let first = world.decide_for(&deed, Some(request)).await.unwrap();
        let second = world.decide_for(&deed, Some(request)).await.unwrap();
        let entry = first.entry();
        let expected = Repeated {
            entry: entry.id(),
            body: request.1,
            account: entry.account(),
            group: entry.group(),
        };
        assert_eq!(world.store.request(request.0).await.unwrap(), None);
        assert_eq!(
            first.write(&*world.store).await.unwrap(),
            Outcome::Done(()),
            "{deed:?}"
        );
        let before = world.shown().await;
        let outcome = second.write(&*world.store).await.unwrap();
        assert_eq!(outcome, Outcome::Repeated(expected), "{deed:?}");
        assert_eq!(world.shown().await, before, "{deed:?}");
        assert_eq!(
            world.store.request(request.0).await.unwrap(),
            Some(expected)
        );
        let wanted = Wanted {
            author: Author::Machine,
            target: None,
            group: None,
            request: Some(request.0),
        };
        assert_eq!(
            world.store.facts(&wanted).await.unwrap().repeated,
            Some(expected)
        );
    }
}

pub(in crate::contract) async fn the_same_acts_make_the_same_store_at_any_time(
    harness: &dyn Harness,
) {
    let long_ago = "2001-01-01T00:00:00Z".parse().unwrap();
    let mut shown = Vec::new();
    for _ in 0..2 {
        let world = World::at(harness, long_ago).await;
        let scene = world.scene().await;
        for deed in scene.deeds() {
            // Those that another made impossible are refused in both stores alike.
            if let Ok(prepared) = world.decide(&deed).await {
                drop(prepared.write(&*world.store).await.unwrap());
            }
        }
        shown.push(world.shown().await);
    }
    assert!(shown[0] == shown[1], "numbers were drawn");
    let dates = shown[0].split("Timestamp(").skip(1);
    let read: BTreeSet<_> = dates
        .filter_map(|rest| rest.split_once('-'))
        .map(|it| it.0)
        .collect();
    // In 2003 accounts are emptied.
    assert_eq!(read, BTreeSet::from(["2001", "2003"]), "a clock was read");
}

/// Polls a future so many times, then drops it: what a client that goes away does to a request.
async fn abandoned<F: Future>(future: F, polls: u32) {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 || future.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        left -= 1;
        if left == 0 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

pub(in crate::contract) async fn an_abandoned_write_is_whole_or_absent_and_the_same_request_tells(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    for polls in 0..16 {
        let address = world.address("abandon");
        let deed = Deed::CreateAccount {
            by: Author::Account(scene.first),
            group: scene.home,
            email: address.clone(),
            roles: Roles::only(Role::Aidant),
        };
        let request = world.request();
        let first = world.decide_for(&deed, Some(request)).await.unwrap();
        let again = world.decide_for(&deed, Some(request)).await.unwrap();
        let entries = [first.entry().id(), again.entry().id()];
        abandoned(first.write(&*world.store), polls).await;
        let (written, other) = match again.write(&*world.store).await.unwrap() {
            Outcome::Done(()) => (entries[1], entries[0]),
            Outcome::Repeated(repeated) => (repeated.entry, entries[1]),
            outcome => panic!("after {polls} polls: {outcome:?}"),
        };
        let account = world.store.account_by_email(&address).await.unwrap();
        let account = account.expect("the account is there").id();
        let found = world.entries().await;
        let found: Vec<_> = found.iter().filter(|it| entries.contains(&it.id)).collect();
        assert_eq!(found.len(), 1, "after {polls} polls");
        assert_eq!((found[0].id, found[0].account), (written, Some(account)));
        let sealed = world.probe.seal_queue().await;
        assert!(
            sealed.contains(&written) && !sealed.contains(&other),
            "after {polls} polls"
        );
        let mails = world.outbox().await;
        let mails = mails.iter().filter(|it| it.to.as_ref() == Some(&address));
        assert_eq!(mails.count(), 1, "after {polls} polls");
    }
}

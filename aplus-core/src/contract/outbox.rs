//! P40 to P42.

use std::collections::BTreeSet;

use super::Harness;
use super::deed::{Deed, Prepared};
use super::world::{World, micros, minutes};
use crate::account::Principal;
use crate::mail::{Message, Urgency};
use crate::ports::{GivenUp, Outcome, QueuedMail};
use crate::{Author, EmailAddress, MailId, Role, Timestamp};

async fn claim(world: &World, now: Timestamp, until: Timestamp, limit: u32) -> Vec<QueuedMail> {
    let least = Urgency::Bulk;
    let claimed = world.store.claim(now, until, limit, least).await.unwrap();
    assert_eq!(claimed.unreadable, []);
    claimed.mails
}

fn ids(mails: &[QueuedMail]) -> BTreeSet<MailId> {
    mails.iter().map(|mail| mail.id).collect()
}

pub(super) async fn a_mail_is_claimed_by_one_at_a_time(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    world.scene().await;
    let noon = world.noon();
    let until = noon.saturating_add(minutes(2));
    let first = claim(&world, noon, until, 3).await;
    let second = claim(&world, noon, until, 1_000).await;
    assert_eq!(first.len(), 3);
    assert!(!second.is_empty() && ids(&first).is_disjoint(&ids(&second)));
    assert_eq!(claim(&world, noon, until, 1_000).await, []);
    let just_before = until.saturating_sub(micros(1));
    assert_eq!(claim(&world, just_before, until, 1_000).await, []);

    // A claim that nobody settled ends at its time; what was settled or postponed does not come back with it.
    let [sent, postponed, given_up] = [&first[0], &first[1], &first[2]].map(QueuedMail::claim);
    world.store.sent(sent, noon).await.unwrap();
    let later = until.saturating_add(minutes(5));
    world.store.postpone(postponed, later).await.unwrap();
    world
        .store
        .give_up(given_up, noon, "refused")
        .await
        .unwrap();
    let again = claim(&world, until, until.saturating_add(minutes(2)), 1_000).await;
    assert_eq!(ids(&again), ids(&second));
    let mail = claim(&world, later, later.saturating_add(minutes(2)), 1_000).await;
    let mail = mail.into_iter().find(|mail| mail.id == postponed.mail);
    let mail = mail.expect("what was postponed comes at its time");
    assert_eq!(mail.attempts, 1, "it was tried once before");
    assert_eq!(first[1].attempts, 0);
}

pub(super) async fn a_claim_settles_nothing_once_another_followed(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    world.scene().await;
    let noon = world.noon();
    let until = noon.saturating_add(minutes(1));
    let first = claim(&world, noon, until, 1).await[0].claim();
    // Its time is over, and another process has the mail in hand.
    let again = until.saturating_add(minutes(1));
    let second = claim(&world, until, again, 1_000).await;
    let second = second.iter().find(|mail| mail.id == first.mail);
    let second = second.expect("its claim is over").claim();
    assert_eq!((first.number, second.number), (1, 2));
    let before = world.outbox().await;
    world.store.sent(first, until).await.unwrap();
    world.store.postpone(first, noon).await.unwrap();
    world.store.give_up(first, until, "refused").await.unwrap();
    assert_eq!(world.outbox().await, before);
    assert_eq!(claim(&world, until, again, 1_000).await, []);
    // The other settles it, once.
    world.store.sent(second, until).await.unwrap();
    let outbox = world.outbox().await;
    let line = outbox.iter().find(|line| line.id == first.mail);
    assert_eq!(line.and_then(|line| line.settled_at), Some(until));
}

pub(super) async fn urgent_mails_go_first_then_the_oldest(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let owner = Principal::Account(scene.both);
    let later = world.noon().saturating_add(minutes(1));
    let link = world.new_link(owner, 4, later).await;
    let mails = claim(&world, later, later.saturating_add(minutes(2)), 1_000).await;
    let order: Vec<_> = mails
        .iter()
        .map(|mail| (!mail.message.is_urgent(), mail.queued_at))
        .collect();
    assert!(order.is_sorted(), "{order:?}");

    let mail = mails
        .iter()
        .find(|mail| mail.message == Message::LoginLink { link: link.id });
    let mail = mail.expect("the link's letter");
    let key = mail.link.as_ref().expect("what its secret is derived from");
    assert_eq!(
        (key.hash, key.nonce, key.key),
        (link.hash, link.nonce, link.key)
    );
    assert_eq!(
        Some(&key.facts),
        world.store.link(&link.hash).await.unwrap().as_ref()
    );
    assert_eq!(
        (mail.to.clone(), mail.language),
        (link.email.clone(), link.language)
    );
    let added = mails
        .iter()
        .find(|mail| matches!(mail.message, Message::AddedToGroup { .. }));
    let added = added.expect("the scene adds members");
    let Message::AddedToGroup {
        by: Author::Account(by),
        ..
    } = added.message
    else {
        panic!("responsables added them: {added:?}");
    };
    assert_eq!(
        added.author_email,
        Some(world.address_of(Principal::Account(by)).await)
    );
    assert_eq!(mail.author_email, None);
}

pub(super) async fn a_claim_leaves_what_is_less_urgent(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    let until = noon.saturating_add(minutes(60));
    claim(&world, noon, until, 1_000).await;

    // The mail of an import is the oldest of three.
    let create = |email: &EmailAddress| Deed::CreateAccount {
        by: Author::Account(scene.first),
        group: scene.home,
        email: email.clone(),
        roles: crate::Roles::only(Role::Aidant),
    };
    let [many, one] = &scene.free;
    let Ok(Prepared::CreateAccount(act)) = world.decide(&create(many)).await else {
        panic!("a responsable creates accounts");
    };
    let written = Prepared::CreateAccount(Box::new(act.in_bulk())).write(&*world.store);
    assert_eq!(written.await.unwrap(), Outcome::Done(()));
    world.carry_out(&create(one)).await;
    let link = world
        .new_link(Principal::Account(scene.both), 4, noon)
        .await
        .email;

    let due = noon.saturating_add(minutes(1));
    let to = async |until, limit, least| {
        let mails = world.store.claim(due, until, limit, least).await.unwrap();
        mails
            .mails
            .into_iter()
            .map(|mail| mail.to)
            .collect::<Vec<_>>()
    };
    // A claim that ends at once leaves all as it was.
    let all = [link, one.clone(), many.clone()];
    assert_eq!(to(due, 9, Urgency::Urgent).await, all[..1]);
    assert_eq!(to(due, 9, Urgency::Usual).await, all[..2]);
    assert_eq!(to(due, 9, Urgency::Bulk).await, all);
    for expected in all {
        assert_eq!(to(until, 1, Urgency::Bulk).await, [expected]);
    }
    assert_eq!(to(until, 9, Urgency::Bulk).await, []);
}

pub(super) async fn a_mail_is_there_exactly_if_its_act_is(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let by = Author::Account(scene.first);
    let create = Deed::CreateAccount {
        by,
        group: scene.home,
        email: scene.free[0].clone(),
        roles: crate::Roles::only(Role::Aidant),
    };
    let lost = world.decide(&create).await.unwrap();
    let silent = lost.mails().to_vec();
    world.carry_out(&create).await;
    let before = world.outbox().await;
    let to = before
        .iter()
        .filter(|line| line.to.as_ref() == Some(&scene.free[0]));
    assert_eq!(to.count(), 1);
    // The address is taken by now: neither the account nor its mail comes of the second act.
    drop(lost.write(&*world.store).await.unwrap());
    assert_eq!(world.outbox().await, before);
    let unwritten = silent[0].id_for(&scene.free[0]);
    assert!(before.iter().all(|line| line.id != unwritten));

    // The same holds where two processes answer one asking.
    let ask = world.ask(&scene.free[0], 9, world.noon());
    world.queue(&ask).await;
    let waiting = world.waiting(world.noon()).await.expect("the asking");
    let one = world.answer_with(&ask, world.issue(&waiting, &ask));
    let other = world.answer_with(&ask, world.issue(&waiting, &ask));
    drop(world.store.answer(one).await.unwrap());
    let before = world.outbox().await;
    drop(world.store.answer(other).await.unwrap());
    assert_eq!(world.outbox().await, before);
}

pub(super) async fn a_settled_mail_loses_its_address_and_keeps_its_hour(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    let mails = claim(&world, noon, noon.saturating_add(minutes(2)), 1_000).await;
    let hour = noon.saturating_add(minutes(1));
    let story = async || {
        let stories = world.store.link_stories(scene.aidant, 10).await.unwrap();
        stories.into_iter().next().expect("the link of the scene")
    };
    let letter = Message::LoginLink {
        link: story().await.link.id,
    };
    assert_eq!(
        (story().await.handed_over, story().await.waiting),
        (vec![], true)
    );

    let (letters, others): (Vec<_>, Vec<_>) = mails.iter().partition(|it| it.message == letter);
    let [letter] = letters[..] else {
        panic!("one letter: {letters:?}");
    };
    let [given_up, waiting, ..] = others[..] else {
        panic!("more mails: {others:?}");
    };
    world.store.sent(letter.claim(), hour).await.unwrap();
    world
        .store
        .give_up(given_up.claim(), hour, "refused")
        .await
        .unwrap();
    let outbox = world.outbox().await;
    let line = |mail: &QueuedMail| {
        let line = outbox.iter().find(|line| line.id == mail.id);
        line.cloned().expect("the line stays")
    };
    for settled in [letter, given_up] {
        assert_eq!(
            (line(settled).to, line(settled).settled_at),
            (None, Some(hour))
        );
    }
    assert_eq!(
        (line(waiting).to.as_ref(), line(waiting).settled_at),
        (Some(&waiting.to), None)
    );
    // Support sees of a link when its mail was handed over.
    assert_eq!(
        (story().await.handed_over, story().await.waiting),
        (vec![hour], false)
    );

    // And of another one that it was given up, and why.
    let owner = Principal::Account(scene.aidant);
    let link = world.new_link(owner, 4, hour).await;
    let of_link = Message::LoginLink { link: link.id };
    let due = hour.saturating_add(minutes(1));
    let mails = claim(&world, due, due.saturating_add(minutes(2)), 1_000).await;
    let mail = mails.iter().find(|mail| mail.message == of_link);
    let lost = mail.expect("the letter of the second link").claim();
    world.store.give_up(lost, due, "late_link").await.unwrap();
    let of_second = story().await;
    let reason = "late_link".to_owned();
    assert_eq!(of_second.given_up, [GivenUp { at: due, reason }]);
    assert_eq!((of_second.handed_over, of_second.waiting), (vec![], false));
    let outbox = world.outbox().await;

    // A settled mail stays settled.
    world.store.postpone(letter.claim(), noon).await.unwrap();
    world
        .store
        .give_up(letter.claim(), noon, "refused")
        .await
        .unwrap();
    assert_eq!(world.outbox().await, outbox);
}

//! P27: what is kept of looks at links, and the story that it is told in.

use std::collections::BTreeMap;

use super::log_in;
use crate::account::Principal;
use crate::contract::Harness;
use crate::contract::world::{World, micros, minutes};
use crate::ports::{LinkStory, Looks};
use crate::{LinkHash, LinkId};

async fn story(world: &World, link: &LinkHash) -> LinkStory {
    let story = world.store.link_story(link).await.unwrap();
    story.expect("the link")
}

pub(in crate::contract) async fn looks_add_up_beside_their_link(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    let other = world
        .new_link(Principal::Operator(scene.operator), 3, noon)
        .await;
    let before = world.shown().await;
    let unseen = story(&world, &scene.link).await;
    assert_eq!(unseen.looks, None);
    let id = unseen.link.id;
    let looks = |times, first, last| Looks {
        times,
        first: noon.saturating_add(minutes(first)),
        last: noon.saturating_add(minutes(last)),
    };
    let add = async |looks: &[(LinkId, Looks)]| {
        let looks = BTreeMap::from_iter(looks.iter().copied());
        world.store.add_looks(&looks).await.unwrap();
    };
    add(&[]).await;
    assert_eq!(world.shown().await, before);

    // Of several servers, whichever was first, with one link that is nobody's in each.
    let nobodys = LinkId::from_uuid(world.uuid());
    add(&[(id, looks(3, 2, 4)), (nobodys, looks(1, 1, 1))]).await;
    let [one, two] = [
        story(&world, &scene.link).await,
        story(&world, &other.hash).await,
    ];
    assert_eq!((one.looks, two.looks), (Some(looks(3, 2, 4)), None));
    add(&[
        (nobodys, looks(1, 1, 1)),
        (id, looks(2, 1, 3)),
        (other.id, looks(1, 5, 5)),
    ])
    .await;
    add(&[(id, looks(1, 9, 9))]).await;
    let [one, two] = [
        story(&world, &scene.link).await,
        story(&world, &other.hash).await,
    ];
    assert_eq!(one.looks, Some(looks(6, 1, 9)));
    assert_eq!(two.looks, Some(looks(1, 5, 5)));

    // At the most that can be counted it stays.
    add(&[(other.id, looks(u32::MAX, 6, 6))]).await;
    add(&[(other.id, looks(u32::MAX, 7, 7))]).await;
    let seen = story(&world, &other.hash).await.looks;
    assert_eq!(seen, Some(looks(u32::MAX, 5, 7)));

    // Nothing else moved (L5), and the link works.
    let shown = world.shown().await;
    let looked = format!("{:#?}", Some(looks(6, 1, 9))).replace('\n', "\n        ");
    assert_eq!(shown.replace(&looked, "None"), before);
    world.carry_out(&log_in(scene.link, 1, noon)).await;
    assert_eq!(story(&world, &scene.link).await.looks, Some(looks(6, 1, 9)));
}

pub(in crate::contract) async fn looks_go_with_their_link(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    let kept = world
        .new_link(
            Principal::Account(scene.both),
            2,
            noon.saturating_add(minutes(60)),
        )
        .await;
    let gone = story(&world, &scene.link).await.link;
    let looks = BTreeMap::from([gone.id, kept.id].map(|link| (link, Looks::once(noon))));
    world.store.add_looks(&looks).await.unwrap();
    let after = gone.expires_at.saturating_add(micros(1));
    while world.store.purge(after, noon, 100).await.unwrap() > 0 {}
    assert_eq!(world.store.link_story(&scene.link).await.unwrap(), None);

    // What another server saw of it is dropped, and the rest is not.
    let before = world.shown().await;
    world
        .store
        .add_looks(&BTreeMap::from([(gone.id, Looks::once(noon))]))
        .await
        .unwrap();
    assert_eq!(world.shown().await, before);
    world.store.add_looks(&looks).await.unwrap();
    let seen = story(&world, &kept.hash).await.looks;
    assert_eq!(seen.map(|looks| looks.times), Some(2));
}

pub(in crate::contract) async fn the_story_of_a_link_is_the_one_among_its_accounts(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let owner = Principal::Account(scene.both);
    let mut hashes = Vec::new();
    for browser in 1..4 {
        let at = world.noon().saturating_add(minutes(u64::from(browser)));
        let link = world.new_link(owner, browser, at).await;
        let looks = BTreeMap::from([(link.id, Looks::once(at))]);
        world.store.add_looks(&looks).await.unwrap();
        hashes.insert(0, link.hash);
    }
    let stories = world.store.link_stories(scene.both, 3).await.unwrap();
    assert_eq!(stories.len(), 3);
    for (hash, told) in hashes.iter().zip(stories) {
        assert_eq!(story(&world, hash).await, told);
    }
    let operators = world
        .new_link(Principal::Operator(scene.operator), 1, world.noon())
        .await;
    let told = story(&world, &operators.hash).await;
    assert_eq!((told.link.id, told.waiting), (operators.id, true));
    let unknown = LinkHash::from_bytes([9; 32]);
    assert_eq!(world.store.link_story(&unknown).await.unwrap(), None);
}

#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

fn link(number: u128) -> LinkId {
    LinkId::from_uuid(uuid::Uuid::from_u128(number))
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_unix_micros(micros).unwrap()
}

fn looks(times: u32, first: i64, last: i64) -> Looks {
    Looks {
        times,
        first: at(first),
        last: at(last),
    }
}

#[test]
fn a_full_table_counts_no_more_links_and_those_that_it_has_go_on() {
    let gathered = Gathered::default();
    for number in 0..10_000 {
        gathered.note(link(number), at(1));
    }
    assert_eq!(gathered.links().len(), LINKS);
    gathered.note(link(7), at(9));
    assert_eq!(gathered.links()[&link(7)], looks(2, 1, 9));
    assert_eq!(gathered.links().len(), LINKS);
}

#[test]
fn looks_add_up_whichever_came_first_and_come_to_no_more_than_can_be_counted() {
    assert_eq!(looks(2, 3, 5).and(looks(3, 1, 4)), looks(5, 1, 5));
    assert_eq!(looks(3, 1, 4).and(looks(2, 3, 5)), looks(5, 1, 5));
    assert_eq!(
        looks(u32::MAX - 1, 1, 1).and(looks(2, 2, 2)),
        looks(u32::MAX, 1, 2)
    );
}

#[tokio::test]
async fn what_is_handed_over_is_handed_over_once() {
    let gathered = Gathered::default();
    let refused = async |_: &BTreeMap<_, _>| Err(StoreError::broken("nothing is to be written"));
    assert_eq!(gathered.hand_over(refused).await.unwrap(), 0);
    gathered.note(link(1), at(1));
    gathered.note(link(1), at(3));
    gathered.note(link(2), at(2));
    let expected = BTreeMap::from([(link(1), looks(2, 1, 3)), (link(2), looks(1, 2, 2))]);
    let write = async |seen: &BTreeMap<_, _>| {
        assert_eq!(*seen, expected);
        Ok(())
    };
    assert_eq!(gathered.hand_over(write).await.unwrap(), 2);
    assert_eq!(gathered.hand_over(refused).await.unwrap(), 0);
}

#[tokio::test]
async fn what_the_store_does_not_take_is_kept_with_what_came_meanwhile() {
    let gathered = Gathered::default();
    gathered.note(link(1), at(1));
    let failing = async |_: &BTreeMap<_, _>| {
        gathered.note(link(1), at(2));
        gathered.note(link(2), at(2));
        Err(StoreError::Unavailable("it is away".into()))
    };
    gathered.hand_over(failing).await.unwrap_err();
    let tries = AtomicU32::new(0);
    let write = async |seen: &BTreeMap<_, _>| {
        tries.fetch_add(1, Ordering::Relaxed);
        let expected = BTreeMap::from([(link(1), looks(2, 1, 2)), (link(2), looks(1, 2, 2))]);
        assert_eq!(*seen, expected);
        Ok(())
    };
    assert_eq!(gathered.hand_over(write).await.unwrap(), 2);
    assert_eq!(tries.into_inner(), 1);
}

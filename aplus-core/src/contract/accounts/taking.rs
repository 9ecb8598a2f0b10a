//! P10: what is one's only; and what is founded together.

use crate::Lifetimes;
use crate::account::{Principal, Status};
use crate::contract::Harness;
use crate::contract::deed::Deed;
use crate::contract::world::{World, on_request};
use crate::journal::BodyHash;
use crate::ports::{FirstMember, Outcome};
use crate::rules::{self, AccountDraft, GroupDraft, Holder};
use crate::{
    Actor, Author, EmailAddress, GroupFacts, GroupId, GroupName, Matricule, Policy, RequestId,
    Role, Roles, Version,
};

pub(in crate::contract) async fn an_address_is_one_accounts_or_one_operators(
    harness: &dyn Harness,
) {
    for taker in 0..3 {
        for loser in 0..3 {
            let world = World::fresh(harness).await;
            let scene = world.scene().await;
            let address = world.address("convoitee");
            let wanting = |by: usize| match by {
                0 | 1 => Deed::CreateAccount {
                    by: Author::Account([scene.first, scene.second][by]),
                    group: [scene.home, scene.away][by],
                    email: address.clone(),
                    roles: Roles::only(Role::Aidant),
                },
                _ => Deed::AddOperator {
                    email: address.clone(),
                },
            };
            let taken = world.decide(&wanting(taker)).await.unwrap();
            let lost = world.decide(&wanting(loser)).await.unwrap();
            assert_eq!(taken.write(&*world.store).await.unwrap(), Outcome::Done(()));
            let holder = world.store.holder(&address).await.unwrap();
            let expected = match taker {
                2 => Holder::Operator,
                _ => Holder::Account(Status::Active),
            };
            assert_eq!(holder, Some(expected));
            let before = world.shown().await;
            let outcome = lost.write(&*world.store).await.unwrap();
            assert_eq!(outcome, Outcome::Taken, "{taker} then {loser}");
            assert_eq!(world.shown().await, before, "{taker} then {loser}");
        }
    }
}

pub(in crate::contract) async fn a_number_of_the_list_is_one_groups(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let numbered = |name: &str| Deed::CreateGroup {
        by: Author::Machine,
        name: name.to_owned(),
        matricule: Some("01-007"),
    };
    let late = world.decide(&numbered("Belley")).await.unwrap();
    world.carry_out(&numbered("Bourg")).await;
    let before = world.shown().await;
    assert_eq!(late.write(&*world.store).await.unwrap(), Outcome::Taken);
    assert_eq!(world.shown().await, before);
}

pub(in crate::contract) async fn a_group_and_its_first_account_are_founded_together(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let free = scene.free[0].clone();
    let taken = world.address_of(Principal::Account(scene.first)).await;
    let found = |name: &str, number: Option<&'static str>| {
        let draft = GroupDraft {
            matricule: number.map(|number| Matricule::parse(number).unwrap()),
            ..GroupDraft::new(GroupName::parse(name).unwrap())
        };
        let permit = rules::create_group(&Actor::Machine, &draft, &on_request()).unwrap();
        permit.into_act(world.circumstances(None))
    };
    let first = |group: GroupId, email: &EmailAddress| {
        let facts = GroupFacts {
            id: group,
            version: Version::default(),
            active_responsables: 0,
        };
        let draft = AccountDraft::new(email.clone(), Roles::only(Role::Responsable));
        let (policy, lifetimes) = (Policy::default(), Lifetimes::default());
        let (machine, request) = (Actor::Machine, on_request());
        let permit =
            rules::create_account_for(&machine, &facts, &draft, &request, &policy, &lifetimes);
        permit.unwrap().into_act(world.circumstances(None))
    };

    // Both, with an entry each.
    let (group, entries) = (found("Thônes", Some("74-001")), world.entries().await.len());
    let id = group.group();
    let account = first(id, &free);
    let created = account.account();
    let member = Some(FirstMember::New(account));
    let founded = world.store.found_group(group, member).await.unwrap();
    assert_eq!(founded, Outcome::Done(world.group(id).await));
    let groups = world.account(created).await.groups().to_vec();
    assert_eq!(
        groups.iter().map(|group| group.id).collect::<Vec<_>>(),
        [id]
    );
    let facts = world.facts(Author::Machine, None, Some(id)).await.group;
    assert_eq!(facts.expect("the group").active_responsables, 1);
    assert_eq!(world.entries().await.len(), entries + 2);
    assert_eq!(world.probe.seal_queue().await.len(), entries + 2);

    // An account that is there joins it; a number makes two groups of one name.
    let group = found("Thônes", None);
    let id = group.group();
    let facts_of_aidant = world.facts(Author::Machine, Some(scene.aidant), None).await;
    let facts_of_group = GroupFacts {
        id,
        version: Version::default(),
        active_responsables: 0,
    };
    let join = || {
        let target = facts_of_aidant.target.clone().expect("the aidant");
        let permit =
            rules::add_member_for(&Actor::Machine, &facts_of_group, &target, &on_request());
        FirstMember::Existing(permit.unwrap().into_act(world.circumstances(None)))
    };
    let (member, late) = (Some(join()), Some(join()));
    let founded = world.store.found_group(group, member).await.unwrap();
    assert!(matches!(founded, Outcome::Done(_)), "{founded:?}");

    // Neither: the address is taken, the account has moved meanwhile.
    let before = world.shown().await;
    let group = found("Ugine", None);
    let member = Some(FirstMember::New(first(group.group(), &taken)));
    let outcome = world.store.found_group(group, member).await.unwrap();
    assert_eq!(outcome, Outcome::Taken);
    let outcome = world.store.found_group(found("Ugine", None), late).await;
    assert_eq!(outcome.unwrap(), Outcome::Stale);

    // A group of that number is there, or one of that name without a number: look again.
    for group in [found("Ugine", Some("74-001")), found("THONES", None)] {
        let member = Some(FirstMember::New(first(group.group(), &scene.free[1])));
        let outcome = world.store.found_group(group, member).await.unwrap();
        assert_eq!(outcome, Outcome::Stale);
    }
    // A request has one entry, and these are two acts.
    let request = Some((RequestId::from_uuid(world.uuid()), BodyHash::of(b"a line")));
    let draft = GroupDraft::new(GroupName::parse("Annecy").unwrap());
    let permit = rules::create_group(&Actor::Machine, &draft, &on_request()).unwrap();
    let group = permit.into_act(world.circumstances(request));
    let facts = GroupFacts {
        id: group.group(),
        ..facts_of_group
    };
    let target = facts_of_aidant.target.clone().expect("the aidant");
    let permit = rules::add_member_for(&Actor::Machine, &facts, &target, &on_request());
    let member = FirstMember::Existing(permit.unwrap().into_act(world.circumstances(request)));
    let outcome = world.store.found_group(group, Some(member)).await;
    assert_eq!(outcome.unwrap(), Outcome::Stale);

    let alone = world.store.found_group(found("thônes", None), None).await;
    assert_eq!(alone.unwrap(), Outcome::Stale);
    assert_eq!(world.shown().await, before);
    let alone = world.store.found_group(found("Ugine", None), None).await;
    assert!(matches!(alone.unwrap(), Outcome::Done(_)));
}

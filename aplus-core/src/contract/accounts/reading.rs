//! What the methods that read accounts and groups say of themselves.

use crate::contract::Harness;
use crate::contract::deed::Deed;
use crate::contract::world::World;
use crate::ports::{PeopleWanted, TargetRef, Wanted};
use crate::{
    AccountId, Actor, Author, Department, GroupId, GroupName, Matricule, OperatorId, Role,
};

pub(in crate::contract) async fn facts_are_read_as_they_stand(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    assert!(world.store.is_empty().await.unwrap());
    let nobody = AccountId::from_uuid(world.uuid());
    let facts = world
        .facts(Author::Account(nobody), Some(nobody), None)
        .await;
    assert_eq!((facts.actor, facts.target), (Actor::Visitor, None));
    let operator = OperatorId::from_uuid(world.uuid());
    let group = GroupId::from_uuid(world.uuid());
    let facts = world
        .facts(Author::Operator(operator), None, Some(group))
        .await;
    assert_eq!((facts.actor, facts.group), (Actor::Visitor, None));

    let scene = world.scene().await;
    assert!(!world.store.is_empty().await.unwrap());
    let by_id = world
        .facts(
            Author::Account(scene.first),
            Some(scene.second),
            Some(scene.home),
        )
        .await;
    let second = world.account(scene.second).await;
    assert_eq!(
        by_id.actor,
        Actor::Account(world.account(scene.first).await.standing())
    );
    let target = by_id.target.clone().expect("the target");
    assert_eq!(*target.standing(), second.standing());
    let counted: Vec<_> = target
        .groups()
        .iter()
        .map(|it| (it.id, it.active_responsables))
        .collect();
    assert_eq!(counted, [(scene.home, 2), (scene.away, 2)]);
    let by_email = Wanted {
        author: Author::Machine,
        target: second.email().cloned().map(TargetRef::Email),
        group: Some(scene.home),
        request: None,
    };
    let by_email = world.store.facts(&by_email).await.unwrap();
    assert_eq!(
        (by_email.target, by_email.group),
        (by_id.target, by_id.group)
    );
    assert_eq!(by_email.actor, Actor::Machine);

    // A responsable who is deactivated no longer counts; one who comes back does.
    let (by, account) = (Author::Account(scene.first), scene.second);
    let responsables = async || {
        let facts = world.facts(by, None, Some(scene.home)).await;
        facts.group.expect("the group").active_responsables
    };
    world.carry_out(&Deed::Deactivate { by, account }).await;
    assert_eq!(responsables().await, 1);
    world.carry_out(&Deed::Reactivate { by, account }).await;
    assert_eq!(responsables().await, 2);
}

pub(in crate::contract) async fn groups_and_members_are_read_in_pages(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let mut all = [scene.home, scene.away, scene.strange];
    all.sort_unstable();
    let first = world.store.groups(None, 2).await.unwrap();
    assert_eq!(
        first.items.iter().map(|it| it.id).collect::<Vec<_>>(),
        all[..2]
    );
    let next = first.next.expect("there is more").parse().unwrap();
    let rest = world.store.groups(Some(next), 2).await.unwrap();
    assert_eq!(
        rest.items.iter().map(|it| it.id).collect::<Vec<_>>(),
        all[2..]
    );
    assert_eq!(rest.next, None);
    assert_eq!(world.store.groups(None, 3).await.unwrap().next, None);

    let mut members = vec![
        scene.first,
        scene.second,
        scene.aidant,
        scene.both,
        scene.dormant,
    ];
    members.sort_unstable();
    let withdrawn = world.new_account(scene.home, Role::Aidant).await;
    let (by, account) = (Author::Machine, withdrawn);
    world.carry_out(&Deed::Withdraw { by, account }).await;
    let mut read = Vec::new();
    let mut after = None;
    loop {
        let page = world.store.members(scene.home, after, 2).await.unwrap();
        assert!(page.items.len() <= 2);
        read.extend(page.items.iter().map(crate::Account::id));
        match page.next {
            Some(next) => after = Some(next.parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(read, members, "a withdrawn account is no member");
}

pub(in crate::contract) async fn a_group_is_found_by_its_number_and_by_its_name(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let numbered = Deed::CreateGroup {
        by: Author::Machine,
        name: "France Services Saint-Étienne".to_owned(),
        matricule: Some("42-001"),
    };
    let numbered = GroupId::from_uuid(world.carry_out(&numbered).await);
    let number = Matricule::parse("42-001").unwrap();
    let found = world.store.group_by_matricule(&number).await.unwrap();
    assert_eq!(found.map(|group| group.id), Some(numbered));
    let other = Matricule::parse("42-002").unwrap();
    assert_eq!(world.store.group_by_matricule(&other).await.unwrap(), None);

    let name = GroupName::parse("FRANCE SERVICES SAINT-ETIENNE").unwrap();
    let by_name = async |department: Option<&Department>| {
        let groups = world.store.groups_by_name(&name, department).await.unwrap();
        groups.into_iter().map(|group| group.id).collect::<Vec<_>>()
    };
    assert_eq!(
        by_name(None).await,
        [],
        "one with a number is found by its number"
    );
    let first = world.new_group("France Services Saint-Etienne").await;
    assert_eq!(by_name(None).await, [first]);
    assert_eq!(
        by_name(Some(&Department::parse("Loire").unwrap())).await,
        []
    );
    for _ in 0..2 {
        world.new_group("france services Saint-Étienne").await;
    }
    assert_eq!(by_name(None).await.len(), 2, "a double is seen");
}

pub(in crate::contract) async fn people_and_groups_are_read_by_their_ids_together(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let nobody = PeopleWanted::default();
    assert_eq!(
        world.store.people(&nobody).await.unwrap(),
        Default::default()
    );
    let wanted = PeopleWanted {
        accounts: [
            scene.both,
            scene.dormant,
            AccountId::from_uuid(world.uuid()),
        ]
        .into(),
        operators: [scene.operator, OperatorId::from_uuid(world.uuid())].into(),
        groups: [scene.home, scene.strange, GroupId::from_uuid(world.uuid())].into(),
    };
    let mut people = world.store.people(&wanted).await.unwrap();
    people.accounts.sort_unstable_by_key(crate::Account::id);
    people.groups.sort_unstable_by_key(|group| group.id);
    let [both, dormant] = [scene.both, scene.dormant].map(|id| world.account(id));
    assert_eq!(people.accounts, [both.await, dormant.await]);
    let operator = world.store.operator(scene.operator).await.unwrap();
    assert_eq!(people.operators, [operator.expect("the operator")]);
    let names: Vec<_> = people
        .groups
        .iter()
        .map(|group| (group.id, group.name.as_str()))
        .collect();
    assert_eq!(
        names,
        [(scene.home, "Accueil"), (scene.strange, "Ailleurs")]
    );
}

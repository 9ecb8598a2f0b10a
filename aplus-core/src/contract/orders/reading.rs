//! What the methods that write and read orders say of themselves.

use super::{approve, instructeur, propose, write};
use crate::Lifetimes;
use crate::contract::Harness;
use crate::contract::deed::{Deed, Prepared, order_draft};
use crate::contract::scene::{to_address, to_details};
use crate::contract::world::{World, micros, on_request};
use crate::order::{Approval, Closed, Closing, Identity};
use crate::ports::{OrdersOf, Outcome};
use crate::{
    AccountId, Author, DualControl, EmailAddress, Order, OrderId, Principal, ProfileChange, Role,
    Roles,
};

pub(in crate::contract) async fn an_order_is_kept_as_it_was_proposed(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    let both = to_address(&world.address("nouvelle"));
    let both = crate::order::OrderedChange {
        roles: Some(Roles::only(Role::Aidant)),
        ..both
    };
    for (by, account, change) in [
        (Author::Operator(scene.operator), scene.both, both),
        (Author::Machine, scene.aidant, instructeur()),
        (Author::Machine, scene.dormant, to_details()),
    ] {
        let dual = DualControl::All;
        let before = world.account(account).await;
        let draft = order_draft(change.clone());
        let deed = Deed::ProposeOrder {
            by,
            account,
            change,
            dual,
        };
        let Ok(Prepared::ProposeOrder(act)) = world.decide(&deed).await else {
            panic!("a proposal");
        };
        let (id, begun) = (OrderId::from_uuid(*act.entry().id().as_uuid()), act.order());
        let written = world.store.propose_order(*act).await.unwrap();
        let from = Identity {
            email: before.email().cloned(),
            roles: before.roles(),
        };
        let expected = Order {
            id,
            account,
            author: by,
            to: Identity {
                email: draft.change.email.or(from.email.clone()),
                roles: draft.change.roles.unwrap_or(from.roles),
            },
            from,
            profile: draft.change.profile,
            requester: draft.request.requester,
            reference: Some(draft.request.reference),
            reason: Some(draft.reason),
            proposed_at: noon,
            expires_at: noon.saturating_add(Lifetimes::default().order()),
            approval: None,
            carried_out_at: None,
            closed: None,
            holds: true,
        };
        assert_eq!(begun, expected);
        assert_eq!(written, Outcome::Done(expected.clone()));
        assert_eq!(world.order(id).await, expected);

        // Refused with a reason, all else stays.
        let by = Author::Operator(scene.colleague);
        let facts = world.facts(by, Some(account), None).await;
        let target = facts.target.expect("the account");
        let facts_of = expected.facts(noon);
        let reason: crate::Reason = "la préfecture n'a rien demandé".parse().unwrap();
        let permit =
            crate::rules::refuse_order(&facts.actor, target.standing(), &facts_of, Some(&reason));
        let act = permit.unwrap().into_act(world.circumstances(None));
        let refused = Order {
            closed: Some(Closed {
                how: Closing::Refused,
                by,
                at: noon,
                reason: Some(reason),
            }),
            ..expected
        };
        let outcome = world.store.refuse_order(act).await.unwrap();
        assert_eq!(outcome, Outcome::Done(refused.clone()));
        assert_eq!(world.order(id).await, refused);
    }

    // What an approval adds, and a withdrawal.
    let approved = world.order(scene.approved).await;
    let approver = Principal::Operator(scene.colleague);
    assert_eq!(
        approved.approval,
        Some(Approval {
            by: Some(approver),
            at: noon
        })
    );
    let withdraw = Deed::WithdrawOrder {
        by: Author::Machine,
        order: scene.approved,
    };
    world.carry_out(&withdraw).await;
    let withdrawn = Order {
        closed: Some(Closed {
            how: Closing::Withdrawn,
            by: Author::Machine,
            at: noon,
            reason: None,
        }),
        ..approved
    };
    assert_eq!(world.order(scene.approved).await, withdrawn);
    let nobodys = OrderId::from_uuid(world.uuid());
    assert_eq!(world.store.order(nobodys).await.unwrap(), None);
}

pub(in crate::contract) async fn an_order_is_proposed_with_its_account(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let create = |roles, email: &EmailAddress| Deed::CreateOrdered {
        by: Author::Operator(scene.operator),
        group: scene.home,
        email: email.clone(),
        roles,
    };
    let responsable = Roles::only(Role::Responsable);
    let more = Roles::new([Role::Responsable, Role::Instructeur]).unwrap();
    for (wanted, made) in [
        (responsable, Roles::only(Role::Aidant)),
        (more, Roles::only(Role::Instructeur)),
    ] {
        let email = world.address("ordonnee");
        let Ok(Prepared::CreateAccount(act)) = world.decide(&create(wanted, &email)).await else {
            panic!("a creation");
        };
        let begun = act.order().expect("an order");
        assert_eq!(begun.id.as_uuid(), act.entry().id().as_uuid());
        let late = world.decide(&create(wanted, &email)).await.unwrap();
        let before = world.entries().await.len();
        let version = world.group(scene.home).await.version;
        let outcome = world.store.create_account(*act).await.unwrap();
        let Outcome::Done(account) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(account.roles(), made);
        assert_eq!(account.id(), begun.account);
        assert_eq!(
            world.entries().await.len(),
            before + 1,
            "one act, one entry"
        );
        // Nobody became a responsable yet.
        assert_eq!(world.group(scene.home).await.version, version);
        let expected = Order {
            id: begun.id,
            account: account.id(),
            author: Author::Operator(scene.operator),
            from: Identity {
                email: Some(email.clone()),
                roles: made,
            },
            to: Identity {
                email: Some(email.clone()),
                roles: wanted,
            },
            profile: ProfileChange::default(),
            requester: on_request().requester,
            reference: Some(on_request().reference),
            reason: None,
            proposed_at: world.noon(),
            expires_at: world.noon().saturating_add(Lifetimes::default().order()),
            approval: None,
            carried_out_at: None,
            closed: None,
            holds: true,
        };
        assert_eq!(begun, expected);
        assert_eq!(world.order(begun.id).await, expected);

        // An address that is somebody's brings neither account nor order.
        let before = world.shown().await;
        assert_eq!(write(&world, late).await, Outcome::Taken);
        assert_eq!(world.shown().await, before);

        world.carry_out(&approve(&scene, begun.id)).await;
        let account = world.account(account.id()).await;
        assert_eq!(account.roles(), wanted);
        let moved = world.group(scene.home).await.version;
        assert_eq!(moved.0, version.0 + 1);
    }
}

pub(in crate::contract) async fn orders_are_read_the_newest_first(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    let aidant = propose(&world, &scene, scene.aidant, instructeur()).await;
    let dormant = propose(&world, &scene, scene.dormant, to_details()).await;
    let all = [dormant, aidant, scene.approved, scene.moving, scene.raising];
    let read = async |of, open_at, before, limit| {
        let page = world.store.orders(of, open_at, before, limit).await;
        let page = page.unwrap();
        let ids: Vec<_> = page.items.iter().map(|order| order.id).collect();
        for order in &page.items {
            assert_eq!(*order, world.order(order.id).await, "a list tells no less");
        }
        (ids, page.next)
    };
    assert_eq!(read(OrdersOf::All, None, None, 100).await.0, all);
    assert_eq!(read(OrdersOf::All, None, None, 5).await.1, None);
    let mut before = None;
    let mut paged = Vec::new();
    for _ in 0..all.len() {
        let (ids, next) = read(OrdersOf::All, None, before, 2).await;
        assert!(ids.len() <= 2);
        paged.extend(ids);
        match next {
            Some(next) => before = Some(next.parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(paged, all);
    let of = |account: AccountId| OrdersOf::Account(account);
    assert_eq!(
        read(of(scene.aidant), None, None, 100).await.0,
        [aidant, scene.approved]
    );
    assert_eq!(read(of(scene.second), None, None, 100).await.0, []);
    let away = OrdersOf::Group(scene.away);
    let moving = [scene.moving, scene.raising];
    assert_eq!(read(away, None, None, 100).await.0, moving);
    let home = OrdersOf::Group(scene.home);
    assert_eq!(read(home, None, None, 100).await.0, all);
    assert_eq!(
        read(home, None, Some(aidant), 1).await,
        (vec![scene.approved], Some(scene.approved.to_string()))
    );

    // Open ones: neither carried out, closed nor lapsed; of those that are of the group now.
    world.carry_out(&approve(&scene, dormant)).await;
    let by = Author::Operator(scene.colleague);
    let order = scene.moving;
    world.carry_out(&Deed::RefuseOrder { by, order }).await;
    let order = scene.approved;
    world.carry_out(&Deed::WithdrawOrder { by, order }).await;
    let open = [aidant, scene.raising];
    assert_eq!(read(OrdersOf::All, Some(noon), None, 100).await.0, open);
    assert_eq!(read(OrdersOf::All, None, None, 100).await.0, all);
    let over = world.order(aidant).await.expires_at;
    let last = over.saturating_sub(micros(1));
    assert_eq!(read(home, Some(last), None, 100).await.0, open);
    assert_eq!(read(home, Some(over), None, 100).await.0, []);
    let leave = Deed::RemoveMember {
        by: Author::Account(scene.first),
        account: scene.both,
        group: scene.away,
    };
    world.carry_out(&leave).await;
    assert_eq!(read(away, None, None, 100).await.0, []);
    assert_eq!(read(home, Some(noon), None, 100).await.0, open);
    // What is outdated is open still, and says so.
    let order = propose(&world, &scene, scene.both, instructeur_too()).await;
    world.carry_out(&approve(&scene, order)).await;
    assert_eq!(read(home, Some(noon), None, 100).await.0, open);
    assert!(!world.order(scene.raising).await.holds);
}

fn instructeur_too() -> crate::order::OrderedChange {
    crate::contract::scene::to_roles(Roles::new([Role::Aidant, Role::Instructeur]).unwrap())
}

//! A new address, and details, are whose they are (A4, A6).

use aplus_core::ports::Orders;
use aplus_core::*;

use crate::town::{Town, context, new_address, old_address, refused, to_address, to_roles};

#[tokio::test]
async fn a_new_address_is_its_readers_to_confirm_whatever_else_is_known_of_it() {
    let town = Town::new(DualControl::All, &[Role::Aidant]).await;
    let who = town.who;
    // Whoever asks with an address that an order only proposes gets nothing.
    let order = town.propose(who.first.into(), to_address()).await.unwrap();
    assert_eq!(town.ask(&new_address()).await, []);
    let approved = town.approve(who.second.into(), order.id).await.unwrap();
    assert_eq!(approved.state(town.aplus.now()), OrderState::Approved);
    let sent = town.answer().await;
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].email, new_address());
    // Until it is confirmed the old one holds, and a link to it logs in and confirms nothing.
    let login = town.ask(&old_address()).await;
    town.press(&login[0]).await.unwrap();
    assert_eq!(town.subject().await.email(), Some(&old_address()));
    town.press(&sent[0]).await.unwrap();
    let subject = town.subject().await;
    assert_eq!(subject.email(), Some(&new_address()));
    // Both are told, and the old one gets no link any more.
    let told = town.mails_to();
    assert!(told.contains(&old_address()) && told.contains(&new_address()));
    assert_eq!(town.ask(&old_address()).await, []);
    let login = town.ask(&new_address()).await;
    assert_eq!(login[0].purpose, link::Purpose::LogIn);
    let carried_out = town.store.order(order.id).await.unwrap().unwrap();
    assert_eq!(carried_out.state(town.aplus.now()), OrderState::CarriedOut);
}

#[tokio::test]
async fn the_address_of_an_account_that_is_off_is_answered_as_a_strangers() {
    let town = Town::new(DualControl::All, &[Role::Aidant]).await;
    let who = town.who;
    let order = town.propose(who.first.into(), to_address()).await.unwrap();
    town.approve(who.second.into(), order.id).await.unwrap();
    let sent = town.answer().await;
    let by = Author::Operator(who.first);
    town.aplus
        .deactivate(by, who.subject, &context())
        .await
        .unwrap();
    assert_eq!(refused(town.press(&sent[0]).await), "link_ended");
    assert_eq!(town.ask(&new_address()).await, []);
    town.aplus
        .reactivate(by, who.subject, &context())
        .await
        .unwrap();
    let again = town.ask(&new_address()).await;
    town.press(&again[0]).await.unwrap();
    assert_eq!(town.subject().await.email(), Some(&new_address()));
}

#[tokio::test]
async fn nobody_approves_a_new_address_that_is_somebodys_by_then() {
    for by_operator in [false, true] {
        let town = Town::new(DualControl::All, &[Role::Aidant]).await;
        let who = town.who;
        let order = town.propose(who.first.into(), to_address()).await.unwrap();
        let roles = to_roles(&[Role::Instructeur]);
        let other = town.propose(who.first.into(), roles).await.unwrap();
        let (aplus, nothing) = (&town.aplus, context());
        if by_operator {
            let added = aplus.add_operator(&new_address(), &nothing).await;
            added.unwrap();
        } else {
            let by = Author::Account(who.responsable);
            let draft = rules::AccountDraft::new(new_address(), Roles::only(Role::Aidant));
            let created = aplus.create_account(by, who.group, &draft, &nothing).await;
            created.unwrap();
        }
        for by in [who.second.into(), Author::Account(who.responsable)] {
            let approved = town.approve(by, order.id).await;
            assert_eq!(refused(approved), "email_taken");
        }
        // Whoever may not approve it learns nothing of that.
        let own = town.approve(who.first.into(), order.id).await;
        assert_eq!(refused(own), "own_order");
        let refused_now = aplus.refuse_order(who.second.into(), order.id, None, &nothing);
        let closed = refused_now.await.unwrap();
        assert_eq!(closed.state(aplus.now()), OrderState::Refused);
        // An order that changes no address does not ask for it.
        town.approve(who.second.into(), other.id).await.unwrap();
    }
}

/// A4: details that were to be corrected while the person could not are theirs again once they can.
#[tokio::test]
async fn details_are_the_persons_own_again_once_the_account_is_back() {
    let town = Town::new(DualControl::All, &[Role::Aidant]).await;
    let who = town.who;
    let support = Author::Operator(who.first);
    let details = OrderedChange {
        profile: ProfileChange {
            first_name: Some(Some("Dominique".parse().unwrap())),
            ..ProfileChange::default()
        },
        ..OrderedChange::default()
    };
    assert_eq!(
        refused(town.propose(support, details.clone()).await),
        "not_yourself"
    );
    let (aplus, nothing) = (&town.aplus, context());
    aplus
        .deactivate(support, who.subject, &nothing)
        .await
        .unwrap();
    let order = town.propose(support, details).await.unwrap();
    aplus
        .reactivate(support, who.subject, &nothing)
        .await
        .unwrap();
    let late = town.approve(who.second.into(), order.id).await;
    assert_eq!(refused(late), "order_outdated");
    assert_eq!(town.subject().await.profile().first_name, None);
}

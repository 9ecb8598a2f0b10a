//! No other door leads to what an order is needed for: creating, reactivating, adding, importing (A6, A7).

use std::time::Duration;

use aplus_core::import::ImportReport;
use aplus_core::ports::{Accounts, Orders, OrdersOf};
use aplus_core::rules::{self, AccountDraft};
use aplus_core::*;

use crate::town::{
    Town, context, email, import_options, old_address, refused, request, responsables, to_address,
    to_roles,
};

const SECOND: Duration = Duration::from_secs(1);

const LIST: &str = "Nom;Qualité;Email;Instructeur;Responsable;Territoires;Organisation du groupe;\
    Groupe;Bal générique / fonctionnelle;Précisions / Commentaires;Compte partagé\n";

async fn orders(town: &Town) -> Vec<Order> {
    let orders = town.store.orders(OrdersOf::All, None, None, 100).await;
    orders.unwrap().items
}

#[tokio::test]
async fn support_makes_no_further_responsable_by_creating_one() {
    for mode in [DualControl::All, DualControl::Raising] {
        let town = Town::new(mode, &[Role::Aidant]).await;
        let who = town.who;
        let wanted = Roles::new([Role::Responsable, Role::Instructeur]).unwrap();
        let draft = AccountDraft::new(email("maxime.roy@mairie.example"), wanted);
        for by in [Author::Operator(who.first), Author::Machine] {
            let draft = AccountDraft {
                email: email(&format!(
                    "maxime.{}@mairie.example",
                    orders(&town).await.len()
                )),
                ..draft.clone()
            };
            let before = town.entries().await.len();
            let created = town
                .aplus
                .create_account_for(by, who.group, &draft, &request(), &context())
                .await
                .unwrap();
            assert_eq!(created.account.roles(), Roles::only(Role::Instructeur));
            let order = created.order.expect("an order");
            assert_eq!((order.author, order.to.roles), (by, wanted));
            assert_eq!(order.state(town.aplus.now()), OrderState::Proposed);
            assert_eq!(town.entries().await.len(), before + 1, "one act, one entry");
            assert_eq!(responsables(&town).await, [who.responsable]);
            // The new account cannot decide on itself, nor can whoever made it.
            let own = Author::Account(created.account.id());
            assert_eq!(refused(town.approve(own, order.id).await), "own_order");
            if by != Author::Machine {
                assert_eq!(refused(town.approve(by, order.id).await), "own_order");
            }
            let approved = town.approve(Author::Operator(who.second), order.id).await;
            assert_eq!(
                approved.unwrap().state(town.aplus.now()),
                OrderState::CarriedOut
            );
            let made = town.account(created.account.id()).await;
            assert_eq!(made.roles(), wanted);
            let by = Author::Operator(who.second);
            let end = town.aplus.deactivate(by, made.id(), &context()).await;
            end.unwrap();
        }
    }
    // Where the host asks for no second person, support acts alone.
    let town = Town::new(DualControl::None, &[Role::Aidant]).await;
    let draft = AccountDraft::new(
        email("maxime.roy@mairie.example"),
        Roles::only(Role::Responsable),
    );
    let by = Author::Operator(town.who.first);
    let created = town
        .aplus
        .create_account_for(by, town.who.group, &draft, &request(), &context())
        .await
        .unwrap();
    assert_eq!(created.order, None);
    assert_eq!(created.account.roles(), draft.roles);
}

#[tokio::test]
async fn support_makes_none_by_taking_the_last_one_away_first() {
    let town = Town::new(DualControl::Raising, &[Role::Aidant]).await;
    let who = town.who;
    let by = Author::Operator(who.first);
    let deactivated = town.aplus.deactivate(by, who.responsable, &context()).await;
    deactivated.unwrap();
    assert_eq!(responsables(&town).await, []);
    let draft = AccountDraft::new(
        email("maxime.roy@mairie.example"),
        Roles::only(Role::Responsable),
    );
    let created = town
        .aplus
        .create_account_for(by, who.group, &draft, &request(), &context())
        .await
        .unwrap();
    assert!(created.order.is_some(), "the group had one once");
    assert_eq!(responsables(&town).await, []);
}

#[tokio::test]
async fn support_makes_none_by_reactivating_or_adding_one() {
    let town = Town::new(DualControl::All, &[Role::Aidant, Role::Responsable]).await;
    let who = town.who;
    let support = Author::Operator(who.first);
    // Of somebody whom another responsable deactivated.
    let by = Author::Account(who.responsable);
    let deactivated = town.aplus.deactivate(by, who.subject, &context()).await;
    deactivated.unwrap();
    let back = town
        .aplus
        .reactivate(support, who.subject, &context())
        .await;
    assert_eq!(refused(back), "needs_approval");
    // An order on a deactivated account takes an approval as any other, and does not bring it back.
    let lowered = town.propose(support, to_roles(&[Role::Aidant])).await;
    let lowered = lowered.unwrap().id;
    let second = Author::Operator(who.second);
    town.approve(second, lowered).await.unwrap();
    assert!(!town.subject().await.status().is_active());
    let raised = town
        .propose(support, to_roles(&[Role::Responsable]))
        .await
        .unwrap();
    assert_eq!(raised.state(town.aplus.now()), OrderState::Proposed);
    let back = town
        .aplus
        .reactivate(support, who.subject, &context())
        .await;
    back.unwrap();
    assert_eq!(responsables(&town).await, [who.responsable]);
    // Of a responsable of another group, who would be one here.
    let address = town.account(who.stranger).await.email().cloned().unwrap();
    let added = town
        .aplus
        .add_member_for(support, who.group, &address, &request(), &context())
        .await;
    assert_eq!(refused(added), "responsable_elsewhere");
    assert_eq!(responsables(&town).await, [who.responsable]);
}

#[tokio::test]
async fn support_brings_no_responsable_back_by_taking_the_last_one_away_first() {
    for mode in [DualControl::All, DualControl::Raising] {
        let town = Town::new(mode, &[Role::Aidant, Role::Responsable]).await;
        let who = town.who;
        let (first, second) = (Author::Operator(who.first), Author::Operator(who.second));
        let nothing = context();
        // One operator took them away; another one takes away who else the group has, and would be alone in bringing them back.
        for (by, account) in [(second, who.subject), (first, who.responsable)] {
            town.aplus.deactivate(by, account, &nothing).await.unwrap();
        }
        assert_eq!(responsables(&town).await, []);
        for by in [first, second] {
            for account in [who.subject, who.responsable] {
                let back = town.aplus.reactivate(by, account, &nothing).await;
                assert_eq!(refused(back), "needs_approval");
            }
        }
        // The way takes two: without the role they come back, and an order gives it again.
        for roles in [&[Role::Aidant] as &[_], &[Role::Aidant, Role::Responsable]] {
            let order = town.propose(first, to_roles(roles)).await.unwrap();
            assert_eq!(refused(town.approve(first, order.id).await), "own_order");
            town.approve(second, order.id).await.unwrap();
            if !town.subject().await.status().is_active() {
                let back = town.aplus.reactivate(first, who.subject, &nothing).await;
                back.unwrap();
            }
        }
        assert_eq!(responsables(&town).await, [who.subject]);
        // Whoever has the server's own machine may, as it may make operators (A14).
        let by = Author::Machine;
        let back = town.aplus.reactivate(by, who.responsable, &nothing).await;
        back.unwrap();
        assert_eq!(responsables(&town).await.len(), 2);
    }
    // Where the host asks for no second person, support acts alone.
    let town = Town::new(DualControl::None, &[Role::Aidant, Role::Responsable]).await;
    let (support, subject) = (Author::Operator(town.who.first), town.who.subject);
    let gone = town.aplus.deactivate(support, subject, &context()).await;
    gone.unwrap();
    let back = town.aplus.reactivate(support, subject, &context()).await;
    back.unwrap();
}

#[tokio::test]
async fn no_order_makes_a_responsable_only_once_its_new_address_is_confirmed() {
    for mode in [DualControl::All, DualControl::Raising, DualControl::None] {
        let both = OrderedChange {
            roles: to_roles(&[Role::Responsable]).roles,
            ..to_address()
        };
        // Until the link is confirmed the account could be added to groups that then have a responsable nobody saw coming.
        let town = Town::new(mode, &[Role::Aidant]).await;
        for by in [Author::Operator(town.who.first), Author::Machine] {
            assert_eq!(refused(town.propose(by, both.clone()).await), "two_orders");
        }
        // Whoever is one is seen wherever they are added.
        let town = Town::new(mode, &[Role::Aidant, Role::Responsable]).await;
        let by = Author::Operator(town.who.first);
        town.propose(by, both).await.unwrap();
    }
}

async fn import(town: &Town, lines: &str, dry_run: bool, by: Author) -> ImportReport {
    let options = import::ImportOptions {
        dry_run,
        ..import_options(by)
    };
    let list = format!("{LIST}{lines}");
    let report = town.aplus.import(list.as_bytes(), &options, |_| {}).await;
    report.unwrap()
}

#[tokio::test]
async fn an_import_applies_the_line_and_orders_the_role() {
    let lines = "Maxime ROY;;maxime.roy@mairie.example;Instructeur;Responsable;;;Mairie;;;\n\
        Noa PAUL;;noa.paul@mairie.example;;Responsable;;;Neuve;;;\n\
        Lou PAUL;;lou.paul@mairie.example;;Responsable;;;Neuve;;;\n\
        Camille ROUX;;camille.roux@mairie.example;;Responsable;;;Mairie;;;\n\
        Sacha BLANC;;sacha.blanc@mairie.example;;Responsable;;;Ailleurs;;;\n\
        Sacha BLANC;;sacha.blanc@mairie.example;;Responsable;;;Toute neuve;;;\n";
    for by_machine in [false, true] {
        let town = Town::new(DualControl::Raising, &[Role::Aidant]).await;
        let who = town.who;
        let by = match by_machine {
            true => Author::Machine,
            false => Author::Operator(who.first),
        };
        let entries = town.entries().await.len();
        let dry = import(&town, lines, true, by).await;
        assert_eq!(
            town.entries().await.len(),
            entries,
            "a dry run writes nothing"
        );
        assert_eq!(orders(&town).await, []);
        let report = import(&town, lines, false, by).await;
        assert_eq!(dry, report, "a dry run says what happens");
        // The first of a new group needs nobody; the second does, in the same list. An account that is there stays as it is.
        assert_eq!(
            (
                report.accounts_created,
                report.orders_proposed,
                report.groups_created
            ),
            (3, 2, 1),
            "{report:?}"
        );
        // It is said of whoever is in the group that they get no role by this; an account of another group is not joined to be
        // one here, in a group that is there or a new one.
        let said = |lines: &[import::RefusedLine]| -> Vec<_> {
            let said = lines.iter().map(|line| (line.line, line.code.clone()));
            said.collect()
        };
        let of = |line, code: &str| (line, code.to_owned());
        assert_eq!(said(&report.not_raised), [of(5, "role_by_order")]);
        let elsewhere = "responsable_elsewhere";
        assert_eq!(said(&report.refused), [of(6, elsewhere), of(7, elsewhere)]);
        assert_eq!(town.account(who.colleague).await.groups().len(), 1);
        assert_eq!(responsables(&town).await, [who.responsable]);
        assert_eq!(town.subject().await.roles(), Roles::only(Role::Aidant));
        let proposed = orders(&town).await;
        assert_eq!(proposed.len(), 2);
        for order in &proposed {
            assert_eq!(order.author, by);
            assert!(!order.from.roles.contains(Role::Responsable));
            assert!(order.to.roles.contains(Role::Responsable));
            assert_eq!(town.account(order.account).await.roles(), order.from.roles);
            assert_eq!(
                refused(town.approve(Author::Machine, order.id).await),
                "not_approver"
            );
        }
        let again = import(&town, lines, false, by).await;
        assert_eq!((again.applied, again.orders_proposed), (0, 0), "{again:?}");
        // Those who wait for their order are named too.
        let waiting = [2, 4, 5].map(|line| of(line, "role_by_order"));
        assert_eq!(said(&again.not_raised), waiting);
        assert_eq!(orders(&town).await, proposed);
    }
}

/// An import that greets nobody keeps from nobody what they have to decide on, or whose group it is (A6, A7).
#[tokio::test]
async fn an_import_that_welcomes_nobody_still_tells_the_others() {
    let lines = "Maxime ROY;;maxime.roy@mairie.example;Instructeur;Responsable;;;Mairie;;;\n\
        Sacha BLANC;;sacha.blanc@mairie.example;;;;;Mairie deux;;;\n";
    for welcome in [true, false] {
        let town = Town::new(DualControl::All, &[Role::Aidant]).await;
        let who = town.who;
        let responsable = town.account(who.responsable).await;
        let responsable = responsable.email().cloned().unwrap();
        let second = town.store.operator(who.second).await.unwrap();
        let second = second.unwrap().email;
        let told = |address: &EmailAddress| {
            let mails = town.mails_to().into_iter();
            mails.filter(|to| to == address).count()
        };
        let (made, joined) = (
            email("maxime.roy@mairie.example"),
            email("sacha.blanc@mairie.example"),
        );
        let before = [&responsable, &second, &made, &joined].map(told);
        let options = import::ImportOptions {
            welcome,
            ..import_options(Author::Operator(who.first))
        };
        let list = format!("{LIST}{lines}");
        let report = town.aplus.import(list.as_bytes(), &options, |_| {}).await;
        let report = report.unwrap();
        let came = (report.orders_proposed, report.accounts_joined);
        assert_eq!(came, (1, 1), "{report:?}");
        let after = [&responsable, &second, &made, &joined].map(told);
        let more: Vec<_> = after
            .iter()
            .zip(before)
            .map(|(now, was)| now - was)
            .collect();
        let greeted = usize::from(welcome);
        // Of the account in their group and of the order; of the order alone; of what became of oneself.
        assert_eq!(more, [2, 1, greeted, greeted]);
    }
}

/// The limit that DESIGN.md names: a first responsable takes nobody's approval, and then approves. The journal shows it.
#[tokio::test]
async fn whoever_makes_a_groups_first_responsable_is_named_beside_what_that_one_approves() {
    let town = Town::new(DualControl::All, &[Role::Aidant]).await;
    let who = town.who;
    let support = Author::Operator(who.first);
    let form = service::GroupForm {
        draft: rules::GroupDraft::new(GroupName::parse("Groupe neuf").unwrap()),
        request: request(),
    };
    // Entries are in the order of their hours.
    town.wait(SECOND);
    let group = town.aplus.create_group(support, &form, &context()).await;
    let group = group.unwrap().id;
    let draft = AccountDraft::new(
        email("jo.martin@neuf.example"),
        Roles::only(Role::Responsable),
    );
    town.wait(SECOND);
    let made = town
        .aplus
        .create_account_for(support, group, &draft, &request(), &context())
        .await
        .unwrap();
    assert_eq!(made.order, None, "the first one of a group needs nobody");
    let made = made.account.id();
    town.wait(SECOND);
    town.aplus
        .add_member_for(support, group, &old_address(), &request(), &context())
        .await
        .unwrap();
    town.wait(SECOND);
    let order = town
        .propose(support, to_roles(&[Role::Responsable]))
        .await
        .unwrap();
    town.wait(SECOND);
    town.approve(made.into(), order.id).await.unwrap();
    assert!(responsables(&town).await.contains(&who.subject));
    // Four entries by one operator, and the approval by the account that the first of them made.
    let entries = town.entries().await;
    let story: Vec<_> = entries[entries.len() - 5..]
        .iter()
        .map(|entry| (entry.kind.as_str(), entry.author, entry.account))
        .collect();
    let subject = Some(who.subject);
    assert_eq!(
        story,
        [
            ("group_created", support, None),
            ("account_created", support, Some(made)),
            ("member_added", support, subject),
            ("order_proposed", support, subject),
            ("order_approved", made.into(), subject),
        ]
    );
    let maker = town.account(made).await.provenance().author;
    assert_eq!(maker, support, "and stays on the account");
    // Whoever it concerns is told, and so are the responsables of its other group.
    let told = town.mails_to();
    let responsable = town.account(who.responsable).await;
    let told_of = |email: &EmailAddress| told.iter().filter(|to| *to == email).count();
    assert!(told_of(responsable.email().unwrap()) >= 1);
    assert!(told_of(&old_address()) >= 2, "added, and changed");
}

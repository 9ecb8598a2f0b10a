//! P70 to P72: what goes once it is due, and what stays.

use super::Harness;
use super::deed::Deed;
use super::world::{World, days, micros, on_request};
use crate::account::{Principal, Status};
use crate::journal::{Event, StoredEntry};
use crate::order::{Identity, Order, OrderedChange};
use crate::ports::{Clock, Outcome, RefusalNote, Repeated};
use crate::rules::{self, AccountDraft};
use crate::service::SystemClock;
use crate::{
    Account, AccountId, Author, DualControl, EntryId, FirstName, GroupFacts, GroupId, JobTitle,
    Lifetimes, OrderId, Phone, Policy, Profile, ProfileChange, Reference, Requester, RequesterName,
    Retention, Role, Roles, SupportRequest, Timestamp,
};

/// An entry written at `at`: a refusal, which a store takes as it is given.
async fn entry_at(world: &World, at: Timestamp) -> EntryId {
    let event = Event::Refused {
        action: "create_account".to_owned(),
        code: "not_responsable".to_owned(),
        rule: "A1".to_owned(),
        field: None,
    };
    let entry = world.entry(at, Author::Machine, &event);
    let (id, key) = (entry.id(), entry.id().to_string());
    let note = RefusalNote { key, entry };
    world.store.refuse(note, at).await.unwrap();
    id
}

fn erased(entry: &StoredEntry) -> StoredEntry {
    StoredEntry {
        erasable: None,
        ..entry.clone()
    }
}

fn still_there(entries: &[StoredEntry]) -> Vec<EntryId> {
    let there = entries.iter().filter(|entry| entry.erasable.is_some());
    there.map(|entry| entry.id).collect()
}

pub(super) async fn the_erasable_parts_of_the_oldest_entries_go_and_nothing_else(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let (noon, now) = (world.noon(), world.late());
    let before = Retention::default().journal_before(now);
    // Ids say nothing of the age: the clock of another process may be behind.
    let young = entry_at(&world, before).await;
    let third = entry_at(&world, noon.saturating_add(micros(2))).await;
    let first = entry_at(&world, noon).await;
    let second = entry_at(&world, noon.saturating_add(micros(1))).await;
    let last = entry_at(&world, before.saturating_sub(micros(1))).await;
    for (until, most, expected) in [
        (noon, 100, 0),
        (noon.saturating_add(micros(2)), 100, 2),
        (before, 100, 4),
        (before, 3, 3),
        (now, 100, 5),
    ] {
        let due = world.store.erasable(until, most).await.unwrap();
        assert_eq!(due, expected, "{until}, {most}");
    }

    for (entries, gone) in [(2, [first, second]), (2, [third, last])] {
        let before_it = world.entries().await;
        let deed = Deed::EraseJournal { entries, at: now };
        let prepared = world.decide(&deed).await.unwrap();
        let entry = prepared.entry().clone();
        assert_eq!((entry.account(), entry.group()), (None, None));
        let outcome = prepared.write(&*world.store).await.unwrap();
        assert_eq!(outcome, Outcome::Done(()));
        let expected = before_it.iter().map(|it| match gone.contains(&it.id) {
            true => erased(it),
            false => it.clone(),
        });
        let after = world.entries().await;
        assert_eq!(
            after[..before_it.len()],
            expected.collect::<Vec<_>>(),
            "{gone:?}"
        );
        // The erasure is itself an entry, which says how much went and of what age.
        assert_eq!(after.len(), before_it.len() + 1);
        let written = after.last().expect("the entry");
        assert_eq!((written.id, written.at), (entry.id(), now));
        assert_eq!(
            written.details,
            format!(
                "{{\"before\":\"{before}\",\"entries\":{entries},\"kind\":\"journal_erased\",\"months\":12,\"reason\":null}}"
            )
        );
        assert!(world.probe.seal_queue().await.contains(&entry.id()));
    }
    let left = still_there(&world.entries().await);
    assert!(left.contains(&young) && left.len() == 3, "{left:?}");
    assert_eq!(world.store.erasable(before, 100).await.unwrap(), 0);
}

pub(super) async fn an_erasure_of_more_than_there_is_writes_nothing(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    world.scene().await;
    let now = world.late();
    let before = Retention::default().journal_before(now);
    let due = world.store.erasable(before, u32::MAX).await.unwrap();
    let deed = Deed::EraseJournal {
        entries: due + 1,
        at: now,
    };
    let prepared = world.decide(&deed).await.unwrap();
    let shown = world.shown().await;
    assert_eq!(prepared.write(&*world.store).await.unwrap(), Outcome::Stale);
    assert_eq!(world.shown().await, shown);
}

pub(super) async fn an_erasure_is_written_once_with_its_entry(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    world.scene().await;
    let deed = Deed::EraseJournal {
        entries: 2,
        at: world.late(),
    };
    let request = world.request();
    let first = world.decide_for(&deed, Some(request)).await.unwrap();
    let second = world.decide_for(&deed, Some(request)).await.unwrap();
    let expected = Repeated {
        entry: first.entry().id(),
        body: request.1,
        account: None,
        group: None,
    };
    let (entries, queued) = (
        world.entries().await.len(),
        world.probe.seal_queue().await.len(),
    );
    assert_eq!(first.write(&*world.store).await.unwrap(), Outcome::Done(()));
    assert_eq!(world.entries().await.len(), entries + 1);
    assert_eq!(world.probe.seal_queue().await.len(), queued + 1);
    let shown = world.shown().await;
    let outcome = second.write(&*world.store).await.unwrap();
    assert_eq!(outcome, Outcome::Repeated(expected));
    assert_eq!(world.shown().await, shown);
}

/// An account with all that somebody can have, made by support at the request of somebody with a name.
async fn full_account(world: &World, group: GroupId, roles: Roles) -> Account {
    let facts = world.facts(Author::Machine, None, Some(group)).await;
    let mut request: SupportRequest = on_request();
    request.requester.name = Some(RequesterName::parse("Mme Martin, préfecture").unwrap());
    request.reference = Reference::parse("lettre de Mme Martin").unwrap();
    let draft = AccountDraft {
        profile: Profile {
            first_name: Some(FirstName::parse("Camille").unwrap()),
            last_name: None,
            job_title: Some(JobTitle::parse("Agente d'accueil").unwrap()),
            phone: Some(Phone::parse("3939").unwrap()),
        },
        ..AccountDraft::new(world.address("camille"), roles)
    };
    let group: GroupFacts = facts.group.expect("the group");
    let (policy, lifetimes) = (Policy::default(), Lifetimes::default());
    let permit =
        rules::create_account_for(&facts.actor, &group, &draft, &request, &policy, &lifetimes)
            .unwrap();
    let act = permit.into_act(world.circumstances(None));
    match world.store.create_account(act).await.unwrap() {
        Outcome::Done(account) => account,
        outcome => panic!("{outcome:?}"),
    }
}

fn is_empty(account: &Account) -> bool {
    account.email().is_none()
        && *account.profile() == Profile::default()
        && account.provenance().request.is_none()
}

pub(super) async fn an_emptied_account_keeps_its_line_and_loses_the_rest(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    let group = world.new_group("Chez Camille").await;
    let full = full_account(&world, group, Roles::only(Role::Responsable)).await;
    let (id, owner) = (full.id(), Principal::Account(full.id()));
    let address = full.email().cloned().expect("an address");
    world.logged_in(owner).await;
    let propose = Deed::ProposeOrder {
        by: Author::Operator(scene.operator),
        account: id,
        change: OrderedChange {
            email: Some(world.address("camille.nouvelle")),
            ..OrderedChange::default()
        },
        dual: DualControl::All,
    };
    let order = OrderId::from_uuid(world.carry_out(&propose).await);
    let proposed = world.order(order).await;
    assert!(proposed.reference.is_some() && proposed.reason.is_some());
    let link = world.new_link(owner, 3, noon).await;
    let waiting = world.ask(&address, 4, noon);
    world.queue(&waiting).await;
    let mails = async || {
        let lines = world.outbox().await;
        let to = lines
            .into_iter()
            .filter(|line| line.to.as_ref() == Some(&address));
        to.map(|line| line.id).collect::<Vec<_>>()
    };
    let (queued, others) = (mails().await, world.account(scene.second).await);
    assert!(queued.len() >= 2, "the welcome and the links: {queued:?}");
    let facts = world.facts(Author::Machine, None, Some(group)).await.group;
    let version = facts.expect("the group").version;
    let (before, entries) = (world.account(id).await, world.entries().await);

    let at = world.late();
    world
        .carry_out(&Deed::EmptyAccount { account: id, at })
        .await;

    let after = world.account(id).await;
    assert!(is_empty(&after), "{after:?}");
    assert_eq!(
        (after.status(), after.emptied_at()),
        (Status::Withdrawn, Some(at))
    );
    assert_eq!(
        (after.version().0, after.epoch().0),
        (before.version().0 + 1, before.epoch().0 + 1)
    );
    let kept = |it: &Account| {
        let dates = (it.created_at(), it.last_login_at());
        let author = it.provenance().author;
        (
            it.id(),
            it.roles(),
            it.shared(),
            it.groups().to_vec(),
            dates,
            author,
        )
    };
    assert_eq!(kept(&after), kept(&before));
    // What it was: an active responsable of its group, to which nothing shows it any more.
    let facts = world.facts(Author::Machine, None, Some(group)).await.group;
    let facts = facts.expect("the group");
    assert_eq!(
        (facts.version.0, facts.active_responsables),
        (version.0 + 1, 0)
    );
    let members = world.store.members(group, None, 10).await.unwrap();
    assert_eq!(members.items, []);
    // Nothing that held the address holds it, but for the asking that waits: it is answered as one of nobody's.
    assert_eq!(world.store.sessions(owner, 10).await.unwrap(), []);
    assert_eq!(world.store.link_stories(id, 10).await.unwrap(), []);
    assert_eq!(world.store.link(&link.hash).await.unwrap(), None);
    assert_eq!(mails().await, []);
    let settled = world.outbox().await;
    let settled = settled.iter().filter(|line| queued.contains(&line.id));
    assert!(settled.clone().count() == queued.len());
    assert!(settled.into_iter().all(|line| line.settled_at == Some(at)));
    let asked = world.waiting(noon).await.expect("the asking");
    assert_eq!((asked.asks, asked.principal), (vec![waiting], None));
    assert_eq!(asked.waiting.past, [], "what was answered is forgotten");
    // Of what was ordered stays who ordered it, when, and which roles.
    let emptied = Order {
        from: Identity {
            email: None,
            ..proposed.from
        },
        to: Identity {
            email: None,
            ..proposed.to
        },
        profile: ProfileChange::default(),
        requester: Requester {
            name: None,
            ..proposed.requester
        },
        reference: None,
        reason: None,
        holds: world.order(order).await.holds,
        ..proposed
    };
    assert_eq!(world.order(order).await, emptied);
    // What others have is theirs.
    assert_eq!(world.account(scene.second).await, others);
    assert!(world.store.link(&scene.link).await.unwrap().is_some());
    // The journal stays, and knows who it was, by id.
    let after = world.entries().await;
    assert_eq!(after[..entries.len()], entries);
    let written = &after[entries.len()..];
    assert_eq!(written.len(), 1);
    assert_eq!(
        (
            written[0].kind.as_str(),
            written[0].account,
            written[0].author
        ),
        ("account_emptied", Some(id), Author::Machine)
    );

    // The address is free again: for somebody else, or the same person anew.
    assert_eq!(world.store.holder(&address).await.unwrap(), None);
    let again = Deed::CreateAccount {
        by: Author::Account(scene.first),
        group: scene.home,
        email: address.clone(),
        roles: Roles::only(Role::Aidant),
    };
    let again = AccountId::from_uuid(world.carry_out(&again).await);
    assert_ne!(again, id);
    // It is emptied once, and nothing brings it back.
    let deed = Deed::EmptyAccount { account: id, at };
    let second = world.decide(&deed).await.unwrap();
    let shown = world.shown().await;
    assert_eq!(second.write(&*world.store).await.unwrap(), Outcome::Stale);
    assert_eq!(world.shown().await, shown);
    let by = Author::Operator(scene.operator);
    for deed in [
        Deed::Reactivate { by, account: id },
        Deed::Withdraw { by, account: id },
        Deed::AddMember {
            by,
            account: id,
            group: scene.strange,
        },
    ] {
        assert!(world.decide(&deed).await.is_err(), "{deed:?}");
    }
}

pub(super) async fn a_withdrawn_account_loses_its_details_too(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let group = world.new_group("Chez Camille").await;
    let full = full_account(&world, group, Roles::only(Role::Aidant)).await;
    let (by, account) = (Author::Machine, full.id());
    world.carry_out(&Deed::Withdraw { by, account }).await;
    let withdrawn = world.account(account).await;
    assert_eq!(withdrawn.emptied_at(), None);
    assert!(!is_empty(&withdrawn), "withdrawing frees the address alone");
    let at = world.late();
    world.carry_out(&Deed::EmptyAccount { account, at }).await;
    let emptied = world.account(account).await;
    assert!(is_empty(&emptied));
    assert_eq!(
        (emptied.status(), emptied.emptied_at()),
        (Status::Withdrawn, Some(at))
    );
}

pub(super) async fn an_account_that_was_used_meanwhile_is_not_emptied(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let at = world.late();
    let before = Retention::default().accounts_before(&Lifetimes::default(), at);
    // The first logged in at noon, so that no version moves with the next log-in.
    for (used_at, expected) in [
        (before, Outcome::Stale),
        (before.saturating_sub(micros(1)), Outcome::Done(())),
    ] {
        let account = world.new_account(scene.home, Role::Aidant).await;
        let owner = Principal::Account(account);
        world.logged_in(owner).await;
        let empty = world.decide(&Deed::EmptyAccount { account, at }).await;
        let empty = empty.unwrap();
        let link = world.new_link(owner, 2, used_at).await;
        let log_in = Deed::LogIn {
            link: link.hash,
            browser: super::world::browser(2),
            email: None,
            at: used_at,
        };
        world.carry_out(&log_in).await;
        let shown = world.shown().await;
        assert_eq!(empty.write(&*world.store).await.unwrap(), expected);
        assert_eq!(
            world.shown().await == shown,
            expected == Outcome::Stale,
            "{used_at}"
        );
    }
}

pub(super) async fn nothing_young_goes_whatever_hour_comes_with_the_act(harness: &dyn Harness) {
    let now = SystemClock::default().now();
    // What the act says is 30 months after what it would erase.
    for (age, is_old) in [(0, false), (150, false), (220, true)] {
        let world = World::at(harness, now.saturating_sub(days(age))).await;
        let scene = world.scene().await;
        let at = world.late();
        let (account, entries) = (scene.aidant, 1);
        let deeds = [
            Deed::EmptyAccount { account, at },
            Deed::EraseJournal { entries, at },
        ];
        for deed in deeds {
            // By a clock that is months ahead; the second reaches nothing beyond what is old.
            let at = match (&deed, is_old) {
                (Deed::EmptyAccount { .. }, true) => world.noon().saturating_add(days(740)),
                (_, true) => world.noon().saturating_add(days(375)),
                (_, false) => at,
            };
            let deed = match deed {
                Deed::EmptyAccount { account, .. } => Deed::EmptyAccount { account, at },
                _ => Deed::EraseJournal { entries, at },
            };
            let prepared = world.decide(&deed).await.unwrap();
            let shown = world.shown_of(&scene).await;
            let there = still_there(&world.entries().await);
            let written = prepared.write(&*world.store).await;
            if is_old || !world.probe.has_a_clock() {
                assert_eq!(written.unwrap(), Outcome::Done(()), "{age} days: {deed:?}");
                continue;
            }
            assert!(written.is_err(), "{age} days: {deed:?}: {written:?}");
            assert_eq!(world.shown_of(&scene).await, shown, "{age} days: {deed:?}");
            assert_eq!(still_there(&world.entries().await), there);
        }
    }
}

pub(super) async fn the_longest_unused_come_first(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let (noon, group) = (world.noon(), world.new_group("Accueil").await);
    // All were created at noon; two of them were used since.
    let mut accounts = Vec::new();
    for _ in 0..4 {
        accounts.push(world.new_account(group, Role::Aidant).await);
    }
    for (number, day) in [(0, 2), (2, 1)] {
        let owner = Principal::Account(accounts[number]);
        let at = noon.saturating_add(days(day));
        let link = world.new_link(owner, 2, at).await;
        let log_in = Deed::LogIn {
            link: link.hash,
            browser: super::world::browser(2),
            email: None,
            at,
        };
        world.carry_out(&log_in).await;
    }
    let order = [1, 3, 2, 0].map(|number: usize| accounts[number]);
    let disused = async |until, limit| world.store.disused(until, limit).await.unwrap();
    let late = noon.saturating_add(days(3));
    assert_eq!(disused(noon, 10).await, []);
    assert_eq!(
        disused(noon.saturating_add(micros(1)), 10).await,
        order[..2]
    );
    assert_eq!(disused(noon.saturating_add(days(2)), 10).await, order[..3]);
    assert_eq!(disused(late, 10).await, order);
    assert_eq!(disused(late, 3).await, order[..3]);
    // What was emptied comes no more.
    let (account, at) = (accounts[3], world.late());
    world.carry_out(&Deed::EmptyAccount { account, at }).await;
    assert_eq!(disused(late, 10).await, [order[0], order[2], order[3]]);
}

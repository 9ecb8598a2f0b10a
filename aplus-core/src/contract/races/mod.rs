//! Real concurrency: several threads, several handles of one store.

mod orders;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::Harness;
use super::deed::{Deed, Prepared};
use super::seals::{exported, kept, key, sealing};
use super::world::{World, browser, minutes, on_request};
use crate::account::Principal;
use crate::journal::seal::check;
use crate::mail::Urgency;
use crate::ports::{Looks, Outcome, Store, StoreError};
use crate::rules::{self, GroupDraft};
use crate::{Actor, Author, GroupName, Matricule, Retention, Role, Roles, Status};

pub(super) use orders::*;

/// How often each race is run: a lost update need not show the first time.
const ROUNDS: usize = 12;

/// Does all of it at once, each on a handle of its own.
async fn at_once<W, F, T>(world: &World, works: Vec<W>) -> Vec<T>
where
    W: FnOnce(Arc<dyn Store>) -> F + Send + 'static,
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let gate = Arc::new(Barrier::new(works.len()));
    let mut tasks = JoinSet::new();
    for (place, work) in works.into_iter().enumerate() {
        let (gate, store) = (Arc::clone(&gate), world.probe.store());
        tasks.spawn(async move {
            gate.wait().await;
            (place, work(store).await)
        });
    }
    // They end in whatever order; what each came to stands where it stood.
    let mut ended = tasks.join_all().await;
    ended.sort_unstable_by_key(|(place, _)| *place);
    ended.into_iter().map(|(_, came)| came).collect()
}

/// Writes all of it at once. A store that is busy wrote nothing, and is asked no more.
async fn write_at_once(world: &World, prepared: Vec<Prepared>) -> Vec<Outcome<()>> {
    let works = prepared.into_iter().map(|prepared| {
        |store: Arc<dyn Store>| async move {
            match prepared.write(&*store).await {
                Ok(outcome) => outcome,
                Err(StoreError::Unavailable(_)) => Outcome::Stale,
                Err(error) => panic!("{error:?}"),
            }
        }
    });
    at_once(world, works.collect()).await
}

fn done(outcomes: &[Outcome<()>]) -> usize {
    let done = outcomes.iter().filter(|it| **it == Outcome::Done(()));
    done.count()
}

pub(super) async fn of_sixty_four_confirmations_one_wins(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let owner = Principal::Account(scene.both);
    for round in 0..ROUNDS {
        let link = world.new_link(owner, 1, world.noon()).await;
        // Half of them in the browser that asked, half in another one, with the address.
        let deed = |number: usize| Deed::LogIn {
            link: link.hash,
            browser: browser(if number.is_multiple_of(2) { 1 } else { 2 }),
            email: Some(link.email.clone()),
            at: world.noon(),
        };
        let mut judged = Vec::new();
        for number in 0..64 {
            judged.push(world.decide(&deed(number)).await.unwrap());
        }
        let outcomes = write_at_once(&world, judged).await;
        assert_eq!(done(&outcomes), 1, "{outcomes:?}");
        let sessions = world.store.sessions(owner, 100).await.unwrap();
        assert_eq!(sessions.len(), round + 1);
        let log_ins = world.entries().await;
        let log_ins = log_ins
            .iter()
            .filter(|it| it.kind == "logged_in" && it.account == Some(scene.both));
        assert_eq!(log_ins.count(), round + 1);
        let used = world
            .store
            .link(&link.hash)
            .await
            .unwrap()
            .expect("the link")
            .used;
        let opened = used.map(|used| used.session);
        assert!(sessions.iter().any(|line| Some(line.session.id) == opened));
    }
}

pub(super) async fn of_two_last_responsables_leaving_at_once_one_stays(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    for _ in 0..ROUNDS {
        let scene = world.scene().await;
        let leave = |account| Deed::RemoveMember {
            by: Author::Account(account),
            account,
            group: scene.home,
        };
        let one = world.decide(&leave(scene.first)).await.unwrap();
        let other = world.decide(&leave(scene.second)).await.unwrap();
        let outcomes = write_at_once(&world, vec![one, other]).await;
        let facts = world.facts(Author::Machine, None, Some(scene.home)).await;
        assert!(done(&outcomes) <= 1, "{outcomes:?}");
        let left = facts.group.expect("the group").active_responsables as usize;
        assert_eq!(left, 2 - done(&outcomes));
    }
}

pub(super) async fn nobody_creates_after_losing_the_right(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    for _ in 0..ROUNDS {
        let scene = world.scene().await;
        let deactivate = Deed::Deactivate {
            by: Author::Account(scene.second),
            account: scene.first,
        };
        let mut prepared = vec![world.decide(&deactivate).await.unwrap()];
        let mut addresses = Vec::new();
        for _ in 0..8 {
            let email = world.address("course");
            let create = Deed::CreateAccount {
                by: Author::Account(scene.first),
                group: scene.home,
                email: email.clone(),
                roles: Roles::only(Role::Aidant),
            };
            prepared.push(world.decide(&create).await.unwrap());
            addresses.push(email);
        }
        let outcomes = write_at_once(&world, prepared).await;
        let mut created = 0;
        for address in &addresses {
            created += usize::from(
                world
                    .store
                    .account_by_email(address)
                    .await
                    .unwrap()
                    .is_some(),
            );
        }
        let active = world.account(scene.first).await.status() == Status::Active;
        assert_eq!(
            done(&outcomes),
            created + usize::from(!active),
            "{outcomes:?}"
        );
        // Whatever came before it came before it: afterwards nothing more.
        if !active {
            let late = Deed::CreateAccount {
                by: Author::Account(scene.first),
                group: scene.home,
                email: world.address("trop-tard"),
                roles: Roles::only(Role::Aidant),
            };
            assert!(world.decide(&late).await.is_err());
        }
    }
}

pub(super) async fn of_two_who_deactivate_each_other_one_stays(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    for _ in 0..ROUNDS {
        let scene = world.scene().await;
        let deactivate = |by, account| Deed::Deactivate {
            by: Author::Account(by),
            account,
        };
        let one = world
            .decide(&deactivate(scene.first, scene.second))
            .await
            .unwrap();
        let other = world
            .decide(&deactivate(scene.second, scene.first))
            .await
            .unwrap();
        let outcomes = write_at_once(&world, vec![one, other]).await;
        let mut active = 0;
        for id in [scene.first, scene.second] {
            active += usize::from(world.account(id).await.status() == Status::Active);
        }
        assert!(active >= 1, "{outcomes:?}");
        assert_eq!(active, 2 - done(&outcomes));
    }
}

pub(super) async fn an_address_that_two_want_at_once_is_ones(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    for _ in 0..ROUNDS {
        let email = world.address("double");
        let create = |by, group| Deed::CreateAccount {
            by: Author::Account(by),
            group,
            email: email.clone(),
            roles: Roles::only(Role::Aidant),
        };
        let operator = Deed::AddOperator {
            email: email.clone(),
        };
        let deeds = [
            create(scene.first, scene.home),
            create(scene.second, scene.away),
            operator,
        ];
        let mut prepared = Vec::new();
        for deed in &deeds {
            prepared.push(world.decide(deed).await.unwrap());
        }
        let outcomes = write_at_once(&world, prepared).await;
        assert_eq!(done(&outcomes), 1, "{outcomes:?}");
        assert!(world.store.holder(&email).await.unwrap().is_some());
    }
}

pub(super) async fn a_group_that_many_found_at_once_is_one(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    for round in 0..ROUNDS {
        let mut draft = GroupDraft::new(GroupName::parse(&format!("Saint-{round}")).unwrap());
        if round % 2 == 0 {
            draft.matricule = Some(Matricule::parse(&format!("38-{round:03}")).unwrap());
        }
        let founding = (0..8).map(|_| {
            let permit = rules::create_group(&Actor::Machine, &draft, &on_request()).unwrap();
            let act = permit.into_act(world.circumstances(None));
            |store: Arc<dyn Store>| async move { store.found_group(act, None).await.unwrap() }
        });
        let outcomes = at_once(&world, founding.collect()).await;
        let made = outcomes.iter().filter(|it| matches!(it, Outcome::Done(_)));
        assert_eq!(made.count(), 1, "{outcomes:?}");
        let late = outcomes.iter().filter(|it| **it == Outcome::Stale);
        assert_eq!(late.count(), 7, "{outcomes:?}");
    }
}

pub(super) async fn of_operators_added_at_once_the_earlier_are_told_of_the_later(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let mut there = 0;
    for _ in 0..ROUNDS {
        let mut prepared = Vec::new();
        for _ in 0..3 {
            let email = world.address("operatrice");
            let deed = Deed::AddOperator { email };
            prepared.push(world.decide(&deed).await.unwrap());
        }
        let before = world.outbox().await.len();
        let outcomes = write_at_once(&world, prepared).await;
        assert_eq!(done(&outcomes), 3, "{outcomes:?}");
        // Whoever is first is told with those who were there, the second with one more, the third with two more (A14).
        let told = world.outbox().await.len() - before;
        assert_eq!(told, 3 * there + 1 + 2 + 3);
        there += 3;
    }
}

pub(super) async fn a_request_that_comes_twice_at_once_is_carried_out_once(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    for round in 0..ROUNDS {
        let request = world.request();
        let deed = match round % 2 {
            0 => Deed::CreateGroup {
                by: Author::Operator(scene.operator),
                name: "Une fois".to_owned(),
                matricule: None,
            },
            _ => Deed::CreateAccount {
                by: Author::Account(scene.first),
                group: scene.home,
                email: world.address("une-fois"),
                roles: Roles::only(Role::Aidant),
            },
        };
        let mut prepared = Vec::new();
        for _ in 0..8 {
            prepared.push(world.decide_for(&deed, Some(request)).await.unwrap());
        }
        let outcomes = write_at_once(&world, prepared).await;
        assert_eq!(done(&outcomes), 1, "{outcomes:?}");
        // Its own address is not somebody else's.
        assert!(!outcomes.contains(&Outcome::Taken), "{outcomes:?}");
        let entries = world.entries().await;
        let written = entries.iter().filter(|it| it.request == Some(request));
        assert_eq!(written.count(), 1);
    }
}

pub(super) async fn of_many_couriers_one_answers(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let address = world.address_of(Principal::Account(scene.both)).await;
    for round in 0..ROUNDS {
        let ask = world.ask(&address, 1, world.noon());
        world.queue(&ask).await;
        let waiting = world.waiting(world.noon()).await.expect("the asking");
        let works = (0..8).map(|_| {
            let answered = world.answer_with(&ask, world.issue(&waiting, &ask));
            |store: Arc<dyn Store>| async move {
                match store.answer(answered).await {
                    Ok(outcome) => outcome,
                    Err(StoreError::Unavailable(_)) => Outcome::Stale,
                    Err(error) => panic!("{error:?}"),
                }
            }
        });
        let outcomes = at_once(&world, works.collect()).await;
        assert_eq!(done(&outcomes), 1, "{outcomes:?}");
        let stories = world.store.link_stories(scene.both, 100).await.unwrap();
        assert_eq!(stories.len(), round + 1);
    }
}

pub(super) async fn of_many_couriers_one_claims(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    world.scene().await;
    let now = world.noon();
    let waiting = world.outbox().await.len();
    let works = (0..8).map(|_| {
        move |store: Arc<dyn Store>| async move {
            let mut claimed = Vec::new();
            loop {
                assert!(claimed.len() <= waiting, "a claimed mail is claimed again");
                let until = now.saturating_add(minutes(2));
                match store.claim(now, until, 2, Urgency::Bulk).await {
                    Ok(taken) if taken.mails.is_empty() => return claimed,
                    Ok(taken) => claimed.extend(taken.mails.into_iter().map(|mail| mail.id)),
                    Err(StoreError::Unavailable(_)) => tokio::task::yield_now().await,
                    Err(error) => panic!("{error:?}"),
                }
            }
        }
    });
    let mut claimed: Vec<_> = at_once(&world, works.collect()).await.concat();
    let number = claimed.len();
    claimed.sort_unstable();
    claimed.dedup();
    assert_eq!(
        (claimed.len(), number),
        (waiting, waiting),
        "each exactly once"
    );
}

pub(super) async fn of_many_who_erase_at_once_each_entry_is_one_acts(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    world.scene().await;
    let (entries, at) = (3, world.late());
    let before = Retention::default().journal_before(at);
    let mut left = world.store.erasable(before, u32::MAX).await.unwrap();
    let mut rounds = 0;
    while left >= entries {
        let mut prepared = Vec::new();
        for _ in 0..4 {
            let deed = Deed::EraseJournal { entries, at };
            prepared.push(world.decide(&deed).await.unwrap());
        }
        let outcomes = write_at_once(&world, prepared).await;
        let now = world.store.erasable(before, u32::MAX).await.unwrap();
        // What the entries say went is what went.
        let told = u32::try_from(done(&outcomes)).unwrap() * entries;
        assert_eq!(left - now, told, "{outcomes:?}");
        assert!(told > 0, "{outcomes:?}");
        left = now;
        rounds += 1;
    }
    assert!(rounds > 0);
}

pub(super) async fn of_many_who_empty_an_account_one_does(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let group = world.new_group("Accueil").await;
    let at = world.late();
    for _ in 0..ROUNDS {
        let account = world.new_account(group, Role::Responsable).await;
        let deed = Deed::EmptyAccount { account, at };
        let mut prepared = Vec::new();
        for _ in 0..4 {
            prepared.push(world.decide(&deed).await.unwrap());
        }
        let outcomes = write_at_once(&world, prepared).await;
        assert_eq!(done(&outcomes), 1, "{outcomes:?}");
        assert_eq!(world.account(account).await.emptied_at(), Some(at));
        let entries = world.entries().await;
        let about = entries.iter().filter(|it| it.account == Some(account));
        assert_eq!(about.filter(|it| it.kind == "account_emptied").count(), 1);
    }
}

pub(super) async fn looks_that_many_add_at_once_add_up(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let (noon, later) = (world.noon(), world.noon().saturating_add(minutes(60)));
    let mut links = Vec::new();
    for browser in 0..20 {
        // Every other one is forgotten meanwhile.
        let at = if browser % 2 == 0 { noon } else { later };
        let link = world.new_link(Principal::Account(scene.both), browser, at);
        links.push(link.await);
    }
    let works = (0..8).map(|server| {
        let looks = links.iter().map(|link| (link.id, Looks::once(noon)));
        let looks = BTreeMap::from_iter(looks);
        move |store: Arc<dyn Store>| async move {
            let mut added = 0;
            while added < 5 {
                match store.add_looks(&looks).await {
                    Ok(()) => added += 1,
                    Err(StoreError::Unavailable(_)) => tokio::task::yield_now().await,
                    Err(error) => panic!("{error:?}"),
                }
                if server < 2 {
                    match store.purge(later, noon, 2).await {
                        Ok(_) | Err(StoreError::Unavailable(_)) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }
            }
        }
    });
    at_once(&world, works.collect()).await;
    while world.store.purge(later, noon, 100).await.unwrap() > 0 {}
    for link in links {
        let story = world.store.link_story(&link.hash).await.unwrap();
        let looks = story.map(|story| story.looks.map(|looks| looks.times));
        let expected = (link.issued_at == later).then_some(Some(40));
        assert_eq!(looks, expected);
    }
}

pub(super) async fn of_many_sealers_one_seals(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    world.scene().await;
    let (number, noon) = (world.entries().await.len(), world.noon());
    let works = (0..8).map(|_| {
        move |store: Arc<dyn Store>| async move {
            let mut sealed = 0;
            loop {
                assert!(sealed <= number, "what is sealed is sealed again");
                let waiting = match store.unsealed(3).await {
                    Ok(waiting) if waiting.entries.is_empty() => return sealed,
                    Ok(waiting) => waiting,
                    Err(StoreError::Unavailable(_)) => continue,
                    Err(error) => panic!("{error:?}"),
                };
                match store.seal(sealing(&waiting, noon, None)).await {
                    Ok(Outcome::Done(())) => sealed += waiting.entries.len(),
                    Ok(Outcome::Stale) | Err(StoreError::Unavailable(_)) => {
                        tokio::task::yield_now().await;
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    });
    let sealed = at_once(&world, works.collect()).await;
    assert_eq!(sealed.iter().sum::<usize>(), number, "{sealed:?}");
    let kept = kept(exported(&*world.store).await);
    let verdict = check(&kept, &[key().verifier()], &[]);
    assert!(verdict.is_good(), "{verdict:?}");
    assert_eq!(verdict.covered, number as u64);
}

/// Ids say nothing of the order of commits: whoever follows the places sees each entry once.
pub(super) async fn no_act_that_commits_late_is_missed(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    world.scene().await;
    let noon = world.noon();
    let mut prepared = Vec::new();
    for number in 0..24 {
        let deed = Deed::create_group(&format!("Mairie {number}"));
        prepared.push(world.decide(&deed).await.unwrap());
    }
    let number = world.entries().await.len() + prepared.len();
    // The last ids first.
    prepared.reverse();
    let follow = move |store: Arc<dyn Store>| async move {
        let mut seen = Vec::new();
        while seen.len() < number {
            if let Ok(waiting) = store.unsealed(2).await
                && !waiting.entries.is_empty()
            {
                drop(store.seal(sealing(&waiting, noon, None)).await);
            }
            if let Ok(sealed) = store.sealed_since(seen.len() as u64, 5).await {
                seen.extend(sealed.into_iter().map(|sealed| sealed.entry.id));
            }
            tokio::task::yield_now().await;
        }
        seen
    };
    let followers = at_once(&world, vec![follow, follow]);
    let (mut seen, outcomes) = tokio::join!(followers, write_at_once(&world, prepared));
    assert_eq!(done(&outcomes), outcomes.len(), "{outcomes:?}");
    assert_eq!(seen[0], seen[1], "in one order for all");
    seen[0].sort_unstable();
    let entries = world.entries().await;
    assert!(entries.iter().map(|entry| &entry.id).eq(&seen[0]));
}

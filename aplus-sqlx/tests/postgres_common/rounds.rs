//! Every method of the ports, once each, in a store that people use.

use std::collections::BTreeMap;
use std::time::Duration;

use aplus_core::asking::{Answer, AskLimits, Silence};
use aplus_core::journal::EntryFilter;
use aplus_core::journal::seal::{KeptCheckpoint, TreeHash};
use aplus_core::ports::{
    Accounts, AnsweredAsks, AskReceipt, AskSettings, Erasure, FirstMember, Journal, Logins, Looks,
    NewAsk, Outbox, Outcome, PeopleWanted, RefusalNote, TargetRef, Wanted, Written,
};
use aplus_core::ports::{CheckpointMail, Sealing, Seals};
use aplus_core::rules::{self, AccountDraft, Subject};
use aplus_core::service::Context;
use aplus_core::words::Language;
use aplus_core::*;
use uuid::Uuid;

use super::orders;
use super::people::{People, address, group_draft, number, requested};
use super::watched::Watch;

/// What `fill.sql` wrote in the middle of each table, where it was run.
pub(crate) const MIDDLE: u128 = 50_000;

/// How many lines each list and each purge is asked for.
pub(crate) const LINES: u32 = 100;

pub(crate) async fn done<T>(written: impl Future<Output = Written<T>>) -> T {
    match written.await.unwrap() {
        Outcome::Done(done) => done,
        Outcome::Taken => panic!("taken"),
        Outcome::Stale => panic!("stale"),
        Outcome::Repeated(_) => panic!("repeated"),
    }
}

fn hours(count: u64) -> Duration {
    Duration::from_secs(3_600 * count)
}

pub(crate) async fn ports(people: &People, watch: &mut Watch) {
    reads(people, watch).await;
    acts(people, watch).await;
    support(people, watch).await;
    askings(people, watch).await;
    sessions(people, watch).await;
    journal(people, watch).await;
    outbox(people, watch).await;
    orders::ports(people, watch).await;
    erasure(people, watch).await;
    seals(people, watch).await;
    #[cfg(feature = "desk")]
    super::desk::ports(people, watch).await;
}

async fn reads(people: &People, watch: &mut Watch) {
    let store = &people.store;
    let middle = GroupId::from_uuid(Uuid::from_u128(MIDDLE / 10));
    let member = AccountId::from_uuid(Uuid::from_u128(MIDDLE));
    let first = people.first.email().unwrap();
    let wanted = Wanted {
        author: People::by(&people.first),
        target: Some(TargetRef::Email(people.both.email().unwrap().clone())),
        group: Some(people.home),
        request: Some(RequestId::from_uuid(Uuid::from_u128(MIDDLE))),
    };
    watch.of("facts", store.facts(&wanted)).await.unwrap();
    let wanted = Wanted {
        target: Some(TargetRef::Id(people.both.id())),
        ..wanted
    };
    watch.of("facts", store.facts(&wanted)).await.unwrap();
    watch
        .of("account", store.account(people.first.id()))
        .await
        .unwrap();
    watch
        .of("account_by_email", store.account_by_email(first))
        .await
        .unwrap();
    watch.of("holder", store.holder(first)).await.unwrap();
    watch.of("group", store.group(people.home)).await.unwrap();
    let matricule = Matricule::parse("ancien-5000").unwrap();
    watch
        .of("group_by_matricule", store.group_by_matricule(&matricule))
        .await
        .unwrap();
    let name = GroupName::parse("Groupe 5001").unwrap();
    let department = Department::parse("38").unwrap();
    for department in [None, Some(&department)] {
        let found = store.groups_by_name(&name, department);
        watch.of("groups_by_name", found).await.unwrap();
    }
    for after in [None, Some(middle)] {
        let groups = store.groups(after, LINES);
        watch.of("groups", groups).await.unwrap();
    }
    for (group, after) in [(people.home, None), (middle, Some(member))] {
        let members = store.members(group, after, LINES);
        watch.of("members", members).await.unwrap();
    }
    let email = &people.operator.email;
    watch
        .of("operator", store.operator(people.operator.id))
        .await
        .unwrap();
    watch
        .of("operator_by_email", store.operator_by_email(email))
        .await
        .unwrap();
    watch.of("is_empty", store.is_empty()).await.unwrap();
}

async fn acts(people: &People, watch: &mut Watch) {
    let (store, policy) = (&people.store, people.aplus.policy());
    let by = People::by(&people.first);
    let now = || people.now(by);
    let facts = people.facts(by, None, Some(people.home)).await;
    for role in [Role::Aidant, Role::Responsable] {
        let draft = AccountDraft::new(address("cree"), Roles::only(role));
        let facts = people.facts(by, None, Some(people.home)).await;
        let group = facts.group.unwrap();
        let permit = rules::create_account(&facts.actor, &group, &draft, policy).unwrap();
        let work = done(store.create_account(permit.into_act(now())));
        watch.of("create_account", work).await;
    }
    drop(facts);
    let moved = people.account(people.home, Role::Responsable).await;
    let facts = people.facts(by, Some(&moved), Some(people.away)).await;
    let (group, target) = (facts.group.unwrap(), facts.target.unwrap());
    let permit = rules::add_member(&facts.actor, &group, &target).unwrap();
    watch
        .of("add_member", done(store.add_member(permit.into_act(now()))))
        .await;
    let facts = people.facts(by, Some(&moved), Some(people.away)).await;
    let (group, target) = (facts.group.unwrap(), facts.target.unwrap());
    let permit = rules::remove_member(&facts.actor, &group, &target).unwrap();
    let work = done(store.remove_member(permit.into_act(now())));
    watch.of("remove_member", work).await;
    let target = async || people.facts(by, Some(&moved), None).await;
    let facts = target().await;
    let permit = rules::deactivate(&facts.actor, &facts.target.unwrap()).unwrap();
    watch
        .of("deactivate", done(store.deactivate(permit.into_act(now()))))
        .await;
    let facts = target().await;
    let permit = rules::reactivate(&facts.actor, &facts.target.unwrap(), policy).unwrap();
    watch
        .of("reactivate", done(store.reactivate(permit.into_act(now()))))
        .await;
    let facts = target().await;
    let permit = rules::withdraw(&facts.actor, &facts.target.unwrap()).unwrap();
    watch
        .of("withdraw", done(store.withdraw(permit.into_act(now()))))
        .await;
    let facts = people.facts(by, None, None).await;
    let change = ProfileChange {
        job_title: Some(Some(
            JobTitle::parse(&format!("Agent {}", number())).unwrap(),
        )),
        ..ProfileChange::default()
    };
    let permit = rules::edit_profile(&facts.actor, people.first.id(), &change).unwrap();
    let work = done(store.edit_profile(permit.into_act(now())));
    watch.of("edit_profile", work).await;
}

async fn support(people: &People, watch: &mut Watch) {
    let (store, policy) = (&people.store, people.aplus.policy());
    let machine = &Actor::Machine;
    let now = || people.now(Author::Machine);
    let founding = || {
        let permit = rules::create_group(machine, &group_draft(), &requested()).unwrap();
        permit.into_act(now())
    };
    let work = done(store.create_group(founding()));
    watch.of("create_group", work).await;
    let alone = done(store.found_group(founding(), None));
    watch.of("found_group", alone).await;
    let act = founding();
    let group = GroupFacts {
        id: act.group(),
        version: Version(0),
        active_responsables: 0,
    };
    let draft = AccountDraft::new(address("premiere"), Roles::only(Role::Responsable));
    let (request, lifetimes) = (requested(), Lifetimes::default());
    let permit =
        rules::create_account_for(machine, &group, &draft, &request, policy, &lifetimes).unwrap();
    let first = FirstMember::New(permit.into_act(now()));
    let work = done(store.found_group(act, Some(first)));
    watch.of("found_group with a new account", work).await;
    let act = founding();
    let group = GroupFacts {
        id: act.group(),
        ..group
    };
    let facts = people.facts(Author::Machine, Some(&people.aidant), None);
    let target = facts.await.target.unwrap();
    let permit = rules::add_member_for(machine, &group, &target, &requested()).unwrap();
    let first = FirstMember::Existing(permit.into_act(now()));
    let work = done(store.found_group(act, Some(first)));
    watch.of("found_group with an account", work).await;
    let permit = rules::add_operator(machine, &address("operatrice"), None).unwrap();
    let work = done(store.add_operator(permit.into_act(now())));
    watch.of("add_operator", work).await;
}

async fn askings(people: &People, watch: &mut Watch) {
    let (store, now) = (&people.store, people.aplus.now());
    let (limits, lifetimes) = (AskLimits::default(), Lifetimes::default());
    let settings = AskSettings {
        domains: Some(&[]),
        lifetimes: &lifetimes,
        limits: &limits,
    };
    // An address of the filled store, one of a domain that nobody has, one of these people's.
    let known = EmailAddress::parse("personne.49998@ville198.example").unwrap();
    let strange = EmailAddress::parse(&format!("x@inconnu{}.example", number())).unwrap();
    for email in [&known, &strange, people.both.email().unwrap()] {
        let ask = NewAsk {
            id: AskId::from_uuid(*people.now(Author::Machine).entry.as_uuid()),
            email: email.clone(),
            browser: BrowserHash::from_bytes([7; 32]),
            network: "192.0.2.7".to_owned(),
            next: None,
            language: Language::French,
            at: now,
        };
        let most = limits.waiting;
        let receipt = watch.of("ask", store.ask(&ask, most)).await.unwrap();
        assert_eq!(receipt, AskReceipt::Queued);
        let waiting = watch.of("waiting", store.waiting(settings, now)).await;
        let waiting = waiting.unwrap().unwrap();
        assert_eq!(&waiting.email, email);
        let answers = AnsweredAsks {
            email: email.clone(),
            answers: vec![(ask.id, Answer::Nothing(Silence::NetworkLimit))],
            links: Vec::new(),
            entries: Vec::new(),
            mails: Vec::new(),
            language: Language::French,
            at: now,
        };
        watch.of("answer", done(store.answer(answers))).await;
    }
}

async fn sessions(people: &People, watch: &mut Watch) {
    let store = &people.store;
    let owner = Principal::Account(people.both.id());
    let email = people.both.email().unwrap();
    let none = Context::default();
    let secret = people.link(email, 9).await;
    let facts = watch.of("link", store.link(&secret.hash())).await;
    let facts = facts.unwrap().unwrap();
    let counted = store.wrong_address(facts.id, facts.wrong_addresses);
    assert!(watch.of("wrong_address", counted).await.unwrap());
    let browser = Some(BrowserHash::from_bytes([9; 32]));
    let opening = people.aplus.log_in(&secret, browser, None, &none);
    let opened = watch.of("redeem", opening).await.unwrap();
    let redeem = watch.calls.last_mut().unwrap();
    redeem
        .statements
        .retain(|statement| statement.contains("insert into aplus.session"));
    let found = watch
        .of("session", store.session(&opened.secret.hash()))
        .await;
    let id = found.unwrap().unwrap().session.id;
    watch
        .of("session_key", store.session_key(id))
        .await
        .unwrap();
    let request = RequestId::from_uuid(Uuid::from_u128(MIDDLE));
    watch
        .of("request", Logins::request(store, request))
        .await
        .unwrap();
    let later = people.aplus.now().saturating_add(hours(1));
    watch.of("touch", store.touch(id, later)).await.unwrap();
    for owner in [owner, Principal::Operator(people.operator.id)] {
        let list = store.sessions(owner, LINES);
        watch.of("sessions", list).await.unwrap();
    }
    let by = People::by(&people.both);
    let facts = people.facts(by, None, None).await;
    let permit = rules::end_session(&facts.actor, owner, id).unwrap();
    let work = done(store.end_session(permit.into_act(people.now(by))));
    watch.of("end_session", work).await;
    let permit = rules::end_all_sessions(&facts.actor, owner).unwrap();
    let work = done(store.end_all_sessions(permit.into_act(people.now(by))));
    watch.of("end_all_sessions", work).await;
    let stories = store.link_stories(people.both.id(), LINES);
    watch.of("link_stories", stories).await.unwrap();
    let hash = secret.hash();
    let told = watch.of("link_story", store.link_story(&hash)).await;
    let link = told.unwrap().unwrap().link.id;
    // As the first one of this link, and once more.
    for at in [later, people.aplus.now()] {
        let looks = BTreeMap::from([(link, Looks::once(at))]);
        watch
            .of("add_looks", store.add_looks(&looks))
            .await
            .unwrap();
    }
    let (dead, opened) = (
        people.aplus.now().saturating_sub(Lifetimes::DEAD_LINK),
        people.aplus.now().saturating_sub(Lifetimes::DEAD_LINK * 2),
    );
    watch
        .of("purge", store.purge(dead, opened, LINES))
        .await
        .unwrap();
}

async fn journal(people: &People, watch: &mut Watch) {
    let store = &people.store;
    let by = Author::Operator(people.operator.id);
    let facts = people.facts(by, None, None).await;
    let looking = || {
        let permit = rules::look(&facts.actor, Subject::Account(people.both.id())).unwrap();
        permit.into_act(people.now(by))
    };
    watch.of("look", done(store.look(looking()))).await;
    let now = people.aplus.now();
    let note = |key: &str| RefusalNote {
        key: format!("{key} {}", number()),
        // Any entry will do: what it tells is the core's.
        entry: looking().entry().clone(),
    };
    let since = now.saturating_sub(Lifetimes::EQUAL_REFUSALS);
    let (first, alone) = (note("first"), note("alone"));
    let again = RefusalNote {
        entry: looking().entry().clone(),
        ..first.clone()
    };
    let [first_id, alone_id] = [&first, &alone].map(|note| note.entry.id());
    for note in [first, again, alone] {
        let refusing = store.refuse(note, since);
        watch.of("refuse", refusing).await.unwrap();
    }
    let counted = store.counted_refusals(now, LINES);
    watch.of("counted_refusals", counted).await.unwrap();
    let entry = looking().entry().clone();
    let settling = done(store.settle_refusals(first_id, 1, Some(entry)));
    watch.of("settle_refusals", settling).await;
    let settling = done(store.settle_refusals(alone_id, 0, None));
    watch.of("settle_refusals", settling).await;
    let middle = EntryId::from_uuid(Uuid::from_u128(MIDDLE));
    for after in [None, Some(middle)] {
        let entries = store.entries(after, LINES);
        watch.of("entries", entries).await.unwrap();
    }
    searches(people, watch).await;
}

/// Each filter alone, with bounds of time, and two that hardly meet.
async fn searches(people: &People, watch: &mut Watch) {
    let store = &people.store;
    let busy = AccountId::from_uuid(Uuid::from_u128(5 * 5_000 + 1));
    let nothing = EntryFilter::default();
    let kind = Some("refused");
    let alone = [
        nothing,
        EntryFilter {
            account: Some(busy),
            ..nothing
        },
        EntryFilter {
            author: Some(Author::Account(busy)),
            ..nothing
        },
        EntryFilter {
            author: Some(Author::Operator(people.operator.id)),
            ..nothing
        },
        EntryFilter {
            author: Some(Author::Machine),
            ..nothing
        },
        EntryFilter {
            group: Some(GroupId::from_uuid(Uuid::from_u128(5))),
            ..nothing
        },
        EntryFilter { kind, ..nothing },
    ];
    let days = |count: u64| people.aplus.now().saturating_sub(hours(24 * count));
    for filter in alone {
        let mut before = None;
        for (from, until) in [
            (None, None),
            (None, Some(days(30))),
            (Some(days(20)), None),
            (Some(days(1)), Some(days(0))),
        ] {
            let filter = EntryFilter {
                from,
                until,
                ..filter
            };
            let searching = store.search(&filter, before, LINES);
            let page = watch.of("search", searching).await.unwrap();
            before = page.next.map(|next| next.parse().unwrap());
        }
    }
    for filter in alone {
        let met = EntryFilter {
            kind: Some("account_withdrawn"),
            ..filter
        };
        let searching = store.search(&met, None, LINES);
        let page = watch.of("search", searching).await.unwrap();
        assert!(page.items.len() <= 10, "{met:?}");
    }
    let own = store.entries_of(busy, None, LINES);
    let page = watch.of("entries_of", own).await.unwrap();
    let before = page.next.map(|next| next.parse().unwrap());
    let own = store.entries_of(people.both.id(), before, LINES);
    watch.of("entries_of", own).await.unwrap();
    let wanted = PeopleWanted {
        accounts: [people.first.id(), people.both.id()].into(),
        operators: [people.operator.id].into(),
        groups: [people.home, people.away].into(),
    };
    watch.of("people", store.people(&wanted)).await.unwrap();
}

async fn outbox(people: &People, watch: &mut Watch) {
    let store = &people.store;
    for _ in 0..3 {
        people.account(people.home, Role::Aidant).await;
    }
    let now = people.aplus.now();
    let claiming = store.claim(now, now.saturating_add(hours(1)), 3, mail::Urgency::Bulk);
    let claimed = watch.of("claim", claiming).await.unwrap().mails;
    let [sent, postponed, given_up] = [0, 1, 2].map(|place| claimed[place].claim());
    watch.of("sent", store.sent(sent, now)).await.unwrap();
    let next = now.saturating_add(hours(2));
    let postponing = store.postpone(postponed, next);
    watch.of("postpone", postponing).await.unwrap();
    let giving_up = store.give_up(given_up, now, "test");
    watch.of("give_up", giving_up).await.unwrap();
}

async fn erasure(people: &People, watch: &mut Watch) {
    let (store, retention) = (&people.store, people.aplus.retention());
    // Years later, and still in the past.
    let later = people.aplus.now().saturating_add(hours(3 * 366 * 24));
    let by = Author::Machine;
    let due = store.erasable(retention.journal_before(later), LINES);
    let due = watch.of("erasable", due).await.unwrap();
    let facts = people.facts(by, None, None).await;
    let permit = rules::erase_journal(&facts.actor, due, retention, later).unwrap();
    let work = done(store.erase_journal(permit.into_act(people.now(by))));
    watch.of("erase_journal", work).await;
    let lifetimes = people.aplus.lifetimes();
    let before = retention.accounts_before(lifetimes, people.aplus.now());
    let disused = store.disused(before, LINES);
    watch.of("disused", disused).await.unwrap();
    let unused = people.account(people.home, Role::Responsable).await;
    let facts = people.facts(by, Some(&unused), None).await;
    let target = facts.target.unwrap();
    let permit = rules::empty_account(&facts.actor, &target, retention, lifetimes, later).unwrap();
    let work = done(store.empty_account(permit.into_act(people.now(by))));
    watch.of("empty_account", work).await;
}

async fn seals(people: &People, watch: &mut Watch) {
    let store = &people.store;
    let now = people.aplus.now();
    let unsealed = watch.of("unsealed", store.unsealed(LINES)).await.unwrap();
    // Any hash will do: what it is of is the core's.
    let ids = unsealed.entries.iter().map(|entry| entry.id);
    let entries: Vec<_> = ids.map(|id| (id, TreeHash([7; 32]))).collect();
    let mut tree = unsealed.tree.clone();
    tree.extend(entries.iter().map(|(_, hash)| *hash));
    let size = tree.size();
    let sealing = Sealing {
        before: unsealed.tree.size(),
        checkpoint: KeptCheckpoint {
            size,
            at: now,
            note: "a note".to_owned(),
        },
        mail: Some(CheckpointMail {
            id: MailId::from_uuid(*people.now(Author::Machine).entry.as_uuid()),
            to: address("archives"),
        }),
        tree,
        entries,
        at: now,
    };
    let [(entry, _), ..] = sealing.entries[..] else {
        panic!("something waits");
    };
    watch.of("seal", done(store.seal(sealing))).await;
    let last = watch.of("last_checkpoint", store.last_checkpoint()).await;
    assert_eq!(last.unwrap().unwrap().size, size);
    let reading = store.checkpoint(size);
    watch.of("checkpoint", reading).await.unwrap().unwrap();
    let seal = watch.of("seal_of", store.seal_of(entry)).await;
    let place = seal.unwrap().unwrap().place;
    let hashes = store.seal_hashes(place / 2, LINES);
    watch.of("seal_hashes", hashes).await.unwrap();
    let sealed = store.sealed_since(place / 2, LINES);
    watch.of("sealed_since", sealed).await.unwrap();
    let mut lines = 0_u64;
    let mut each = |_| {
        lines += 1;
        std::ops::ControlFlow::Continue(())
    };
    watch.of("export", store.export(&mut each)).await.unwrap();
    assert!(lines > 2 * size, "{lines}");
}

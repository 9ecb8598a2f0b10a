//! Each act is there whole or not at all, alone and beside a host's own row (P1).

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use aplus_core::ports::{
    Accounts, Claimed, FirstMember, Journal, Logins, Outbox, Outcome, RefusalNote, StoreError,
};
use aplus_core::rules::{self, AccountDraft, GroupDraft, Subject};
use aplus_core::*;
use aplus_sqlx::sqlite::{SqliteStore, accounts, store_error};
use common::{Place, at, dump, email, now, requested, wanted};
use sqlx::{AssertSqlSafe, Row};

struct Town {
    place: Place,
    hall: GroupId,
    desk: GroupId,
    ada: AccountId,
    ben: AccountId,
    ask: AskId,
    first: EntryId,
    session: SessionId,
}

/// Ada is in both groups, Ben is deactivated; one asking waits, one refusal is counted, Ada has a session.
async fn town() -> Town {
    let place = Place::new().await;
    let (hall, desk) = (place.group("Hall").await, place.group("Desk").await);
    let ada = place
        .account("ada@ville.example", Roles::only(Role::Responsable), hall)
        .await;
    let ben = place
        .account("ben@ville.example", Roles::only(Role::Aidant), hall)
        .await;
    let facts = place
        .store
        .facts(&wanted(Some(ada), Some(desk)))
        .await
        .unwrap();
    let (target, group) = (facts.target.unwrap(), facts.group.unwrap());
    let permit = rules::add_member_for(&Actor::Machine, &group, &target, &requested());
    assert!(
        permit.is_err(),
        "A7: support makes no responsable elsewhere"
    );
    let cleo = place
        .account("cleo@ville.example", Roles::only(Role::Responsable), desk)
        .await;
    let cleo = Actor::Account(place.target(cleo).await.standing().clone());
    let act = rules::add_member(&cleo, &group, &target)
        .unwrap()
        .into_act(now());
    assert_eq!(
        place.store.add_member(act).await.unwrap(),
        Outcome::Done(())
    );
    let act = rules::deactivate(&Actor::Machine, &place.target(ben).await)
        .unwrap()
        .into_act(now());
    assert_eq!(
        place.store.deactivate(act).await.unwrap(),
        Outcome::Done(())
    );
    let ask = place.ask("ada@ville.example", 2, 0).await;
    let note = refusal();
    let first = note.entry.id();
    place.store.refuse(note, at(0)).await.unwrap();
    let link = place.link(ada, "ada@ville.example").await;
    let session = SessionId::from_uuid(common::fresh());
    sqlx::query(
        "insert into aplus_session (id, hash, nonce, key_id, account_id, link_id, opened_at, last_seen_at, epoch)
        values (?1, ?2, ?2, x'0102030405060708', ?3, ?4, 1, 1, 0)",
    )
    .bind(*session.as_uuid())
    .bind([5_u8; 32].to_vec())
    .bind(*ada.as_uuid())
    .bind(*link.as_uuid())
    .execute(&mut place.bare().await)
    .await
    .unwrap();
    Town {
        place,
        hall,
        desk,
        ada,
        ben,
        ask,
        first,
        session,
    }
}

fn refusal() -> RefusalNote {
    // Any entry will do: what it tells is the core's.
    let act = rules::look(
        &Actor::Machine,
        Subject::Group(GroupId::from_uuid(common::fresh())),
    )
    .unwrap();
    RefusalNote {
        key: "equal".to_owned(),
        entry: act.into_act(now()).entry().clone(),
    }
}

fn settled<T>(outcome: Outcome<T>) -> bool {
    matches!(outcome, Outcome::Done(_))
}

const ACTS: [&str; 18] = [
    "create_account",
    "add_member",
    "remove_member",
    "deactivate",
    "reactivate",
    "withdraw",
    "edit_profile",
    "create_group",
    "found_group with a new account",
    "found_group with an account",
    "add_operator",
    "look",
    "refuse",
    "settle_refusals",
    "answer",
    "end_session",
    "end_all_sessions",
    "claim",
];

/// Does one act on the town; whether it was done.
async fn perform(town: &Town, name: &str) -> Result<bool, StoreError> {
    let Town {
        place,
        hall,
        desk,
        ada,
        ben,
        ask,
        first,
        session,
    } = town;
    let store = &place.store;
    let machine = &Actor::Machine;
    let group = store
        .facts(&wanted(None, Some(*desk)))
        .await?
        .group
        .unwrap();
    let policy = Policy {
        dual_control: DualControl::None,
        ..Policy::default()
    };
    let new_account = |group: &GroupFacts| {
        let draft = AccountDraft::new(email("new@ville.example"), Roles::only(Role::Responsable));
        let (request, lifetimes) = (requested(), Lifetimes::default());
        rules::create_account_for(machine, group, &draft, &request, &policy, &lifetimes).unwrap()
    };
    let new_group = || {
        let draft = GroupDraft::new(GroupName::parse("New").unwrap());
        rules::create_group(machine, &draft, &requested())
            .unwrap()
            .into_act(now())
    };
    Ok(match name {
        "create_account" => settled(
            store
                .create_account(new_account(&group).into_act(now()))
                .await?,
        ),
        "add_member" => {
            let act = rules::reactivate(machine, &place.target(*ben).await, &policy)
                .unwrap()
                .into_act(now());
            assert!(settled(store.reactivate(act).await?));
            let permit =
                rules::add_member_for(machine, &group, &place.target(*ben).await, &requested())
                    .unwrap();
            settled(store.add_member(permit.into_act(now())).await?)
        }
        "remove_member" => {
            let group = store
                .facts(&wanted(None, Some(*hall)))
                .await?
                .group
                .unwrap();
            let permit = rules::remove_member(machine, &group, &place.target(*ada).await).unwrap();
            settled(store.remove_member(permit.into_act(now())).await?)
        }
        "deactivate" => {
            let permit = rules::deactivate(machine, &place.target(*ada).await).unwrap();
            settled(store.deactivate(permit.into_act(now())).await?)
        }
        "reactivate" => {
            let permit = rules::reactivate(machine, &place.target(*ben).await, &policy).unwrap();
            settled(store.reactivate(permit.into_act(now())).await?)
        }
        "withdraw" => {
            let permit = rules::withdraw(machine, &place.target(*ben).await).unwrap();
            settled(store.withdraw(permit.into_act(now())).await?)
        }
        "edit_profile" => {
            let actor = Actor::Account(place.target(*ada).await.standing().clone());
            let phone = Some(Some(Phone::parse("3939").unwrap()));
            let change = ProfileChange {
                phone,
                ..ProfileChange::default()
            };
            let permit = rules::edit_profile(&actor, *ada, &change).unwrap();
            settled(store.edit_profile(permit.into_act(now())).await?)
        }
        "create_group" => settled(store.create_group(new_group()).await?),
        "found_group with a new account" => {
            let act = new_group();
            let facts = GroupFacts {
                id: act.group(),
                version: Version(0),
                active_responsables: 0,
            };
            let first = FirstMember::New(new_account(&facts).into_act(now()));
            settled(store.found_group(act, Some(first)).await?)
        }
        "found_group with an account" => {
            let act = rules::reactivate(machine, &place.target(*ben).await, &policy)
                .unwrap()
                .into_act(now());
            assert!(settled(store.reactivate(act).await?));
            let act = new_group();
            let facts = GroupFacts {
                id: act.group(),
                version: Version(0),
                active_responsables: 0,
            };
            let permit =
                rules::add_member_for(machine, &facts, &place.target(*ben).await, &requested())
                    .unwrap();
            settled(
                store
                    .found_group(act, Some(FirstMember::Existing(permit.into_act(now()))))
                    .await?,
            )
        }
        "add_operator" => {
            let permit = rules::add_operator(machine, &email("op@aplus.example"), None).unwrap();
            settled(store.add_operator(permit.into_act(now())).await?)
        }
        "look" => {
            let permit = rules::look(machine, Subject::Account(*ada)).unwrap();
            settled(store.look(permit.into_act(now())).await?)
        }
        "refuse" => store
            .refuse(
                RefusalNote {
                    key: "other".to_owned(),
                    ..refusal()
                },
                at(0),
            )
            .await
            .map(|()| true)?,
        "settle_refusals" => settled(
            store
                .settle_refusals(*first, 0, Some(refusal().entry))
                .await?,
        ),
        "answer" => {
            let link = common::new_link(common::fresh(), *ada, "ada@ville.example");
            let answers = vec![(
                *ask,
                asking::Answer::Issue {
                    link: link.id,
                    supersedes: None,
                },
            )];
            let mut answered = common::answered("ada@ville.example", answers, vec![link]);
            answered.entries = vec![refusal().entry];
            settled(store.answer(answered).await?)
        }
        "end_session" => {
            let permit = rules::end_session(machine, Principal::Account(*ada), *session).unwrap();
            settled(store.end_session(permit.into_act(now())).await?)
        }
        "end_all_sessions" => {
            let permit = rules::end_all_sessions(machine, Principal::Account(*ada)).unwrap();
            settled(store.end_all_sessions(permit.into_act(now())).await?)
        }
        "claim" => !store
            .claim(at(9), at(99), 50, mail::Urgency::Bulk)
            .await?
            .mails
            .is_empty(),
        other => panic!("{other}"),
    })
}

/// Where a transaction can fail: a trigger of the test's own refuses it there, the last of them at the very end.
const FAILURES: [(&str, &str); 4] = [
    ("entry", "before insert on aplus_journal_entry"),
    ("seal", "before insert on aplus_seal_queue"),
    ("erasable", "after insert on aplus_journal_erasable"),
    ("mail", "after insert on aplus_outbox"),
];

#[tokio::test]
async fn an_act_that_fails_anywhere_leaves_nothing() {
    let mut failed = 0;
    for name in ACTS {
        for (what, when) in FAILURES {
            let town = town().await;
            let mut connection = town.place.bare().await;
            if name == "add_member" || name == "found_group with an account" {
                // Their way is two acts: the first of them is what fails, which "reactivate" shows.
                continue;
            }
            let trigger =
                format!("create trigger fails {when} begin select raise(abort, 'test'); end");
            sqlx::raw_sql(AssertSqlSafe(trigger))
                .execute(&mut connection)
                .await
                .unwrap();
            let before = dump(&mut connection).await;
            match perform(&town, name).await {
                Err(StoreError::Broken(_)) => {
                    failed += 1;
                    assert_eq!(dump(&mut connection).await, before, "{name}: {what}");
                }
                // What writes no mail, or no entry, does not fail there.
                Ok(done) => assert!(done, "{name}: {what}"),
                Err(other) => panic!("{name}: {what}: {other:?}"),
            }
        }
    }
    assert!(failed >= 44, "{failed}");
}

#[tokio::test]
async fn an_act_that_is_done_is_there_with_entry_seal_and_mail() {
    for name in ACTS {
        let town = town().await;
        let mut connection = town.place.bare().await;
        let before = count(&mut connection).await;
        assert!(perform(&town, name).await.unwrap(), "{name}");
        let after = count(&mut connection).await;
        let acts = match name {
            "claim" => 0,
            "add_member" | "found_group with a new account" => 2,
            "found_group with an account" => 3,
            _ => 1,
        };
        assert_eq!(after[0], before[0] + acts, "{name}");
        assert_eq!(after[0], after[1], "{name}: each entry waits for its seal");
        assert_eq!(
            after[0], after[2],
            "{name}: each entry has its erasable part"
        );
    }
}

async fn count(connection: &mut sqlx::SqliteConnection) -> [i64; 3] {
    let row = sqlx::query(
        "select (select count(*) from aplus_journal_entry), (select count(*) from aplus_seal_queue),
            (select count(*) from aplus_journal_erasable)",
    )
    .fetch_one(connection)
    .await
    .unwrap();
    [row.get(0), row.get(1), row.get(2)]
}

#[tokio::test]
async fn what_is_not_done_writes_nothing() {
    let town = town().await;
    let place = &town.place;
    let mut connection = place.bare().await;
    let stale = rules::deactivate(&Actor::Machine, &place.target(town.ada).await).unwrap();
    let request = Some((
        RequestId::from_uuid(common::fresh()),
        journal::BodyHash::of(b"body"),
    ));
    let first = rules::deactivate(&Actor::Machine, &place.target(town.ada).await).unwrap();
    let first = first.into_act(Circumstances { request, ..now() });
    let entry = first.entry().id();
    assert_eq!(
        place.store.deactivate(first).await.unwrap(),
        Outcome::Done(())
    );
    let before = dump(&mut connection).await;

    assert_eq!(
        place.store.deactivate(stale.into_act(now())).await.unwrap(),
        Outcome::Stale
    );

    // The same request is repeated, whatever has moved since: that is said first.
    let again = rules::withdraw(&Actor::Machine, &place.target(town.ben).await).unwrap();
    match place
        .store
        .withdraw(again.into_act(Circumstances { request, ..now() }))
        .await
        .unwrap()
    {
        Outcome::Repeated(repeated) => {
            assert_eq!((repeated.entry, repeated.account), (entry, Some(town.ada)));
            assert_eq!(repeated.body, journal::BodyHash::of(b"body"));
        }
        other => panic!("{other:?}"),
    }

    let taken = rules::add_operator(&Actor::Machine, &email("ada@ville.example"), None).unwrap();
    assert_eq!(
        place
            .store
            .add_operator(taken.into_act(now()))
            .await
            .unwrap(),
        Outcome::Taken
    );

    // A group whose first account is refused is not there either.
    let group = rules::create_group(
        &Actor::Machine,
        &GroupDraft::new(GroupName::parse("New").unwrap()),
        &requested(),
    );
    let group = group.unwrap().into_act(now());
    let facts = GroupFacts {
        id: group.group(),
        version: Version(0),
        active_responsables: 0,
    };
    let draft = AccountDraft::new(email("ada@ville.example"), Roles::only(Role::Aidant));
    let account = rules::create_account_for(
        &Actor::Machine,
        &facts,
        &draft,
        &requested(),
        &Policy::default(),
        &Lifetimes::default(),
    )
    .unwrap();
    let first = FirstMember::New(account.into_act(now()));
    assert_eq!(
        place.store.found_group(group, Some(first)).await.unwrap(),
        Outcome::Taken
    );

    assert_eq!(dump(&mut connection).await, before);
}

#[tokio::test]
async fn a_hosts_own_row_shares_the_transaction() {
    let town = town().await;
    let place = &town.place;
    let mut connection = place.bare().await;
    sqlx::raw_sql(
        "create table desk (account_id blob primary key references aplus_account (id)) strict",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    for commit in [false, true] {
        let group = place
            .store
            .facts(&wanted(None, Some(town.desk)))
            .await
            .unwrap()
            .group
            .unwrap();
        let draft = AccountDraft::new(email("new@ville.example"), Roles::only(Role::Aidant));
        let permit = rules::create_account_for(
            &Actor::Machine,
            &group,
            &draft,
            &requested(),
            &Policy::default(),
            &Lifetimes::default(),
        )
        .unwrap();
        let mut transaction = place.store.begin().await.unwrap();
        let outcome = accounts::create_account(&mut transaction, permit.into_act(now())).await;
        let Outcome::Done(account) = outcome.map_err(store_error).unwrap() else {
            panic!("not done")
        };
        sqlx::query("insert into desk (account_id) values (?1)")
            .bind(*account.id().as_uuid())
            .execute(&mut *transaction)
            .await
            .unwrap();
        if commit {
            SqliteStore::commit(transaction).await.unwrap();
        } else {
            drop(transaction);
        }
        let desks: i64 = sqlx::query_scalar("select count(*) from desk")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        let there = place.store.account_by_email(&draft.email).await.unwrap();
        assert_eq!((desks, there.is_some()), (i64::from(commit), commit));
    }
}

/// A caller that goes away in the middle leaves no lock and no half of an act.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_goes_away_leaves_nothing_half_done() {
    let town = town().await;
    let place = &town.place;
    for pause in 0..60 {
        let permit = rules::look(&Actor::Machine, Subject::Account(town.ada)).unwrap();
        let look = place.store.look(permit.into_act(now()));
        let _ = tokio::time::timeout(std::time::Duration::from_micros(pause * 20), look).await;
    }
    let permit = rules::look(&Actor::Machine, Subject::Account(town.ada)).unwrap();
    assert_eq!(
        place.store.look(permit.into_act(now())).await.unwrap(),
        Outcome::Done(())
    );
    let [entries, queued, erasable] = count(&mut place.bare().await).await;
    assert_eq!((entries, entries), (queued, erasable));
}

/// A line that no program of this version wrote is left to another one; it holds up no other.
#[tokio::test]
async fn a_mail_that_cannot_be_read_holds_up_no_other() {
    let town = town().await;
    let place = &town.place;
    let mut connection = place.bare().await;
    sqlx::query(
        "insert into aplus_outbox (id, to_address, kind, message, urgency, language, queued_at, next_at)
        values (?1, 'ada@ville.example', 'riddle', '{\"kind\":\"riddle\"}', 1, 'fr', 0, 0)",
    )
    .bind(common::fresh())
    .execute(&mut connection)
    .await
    .unwrap();
    let bulk = mail::Urgency::Bulk;
    let claimed = place.store.claim(at(10), at(20), 50, bulk).await.unwrap();
    assert!(!claimed.mails.is_empty());
    let [unreadable] = claimed.unreadable[..] else {
        panic!("{claimed:?}");
    };
    // It counts like any other, is due again when its claim is over, and given up once.
    let again = place.store.claim(at(10), at(20), 50, bulk).await.unwrap();
    assert_eq!(again, Claimed::default());
    let again = place.store.claim(at(20), at(30), 1, bulk).await.unwrap();
    assert_eq!((again.mails.len(), again.unreadable.len()), (0, 1));
    let second = again.unreadable[0];
    assert_eq!((unreadable.attempts, second.attempts), (0, 1));
    place
        .store
        .give_up(second.claim(), at(20), "unreadable")
        .await
        .unwrap();
    let (to, reason): (Option<String>, String) =
        sqlx::query_as("select to_address, reason from aplus_outbox where kind = 'riddle'")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!((to, reason.as_str()), (None, "unreadable"));
}

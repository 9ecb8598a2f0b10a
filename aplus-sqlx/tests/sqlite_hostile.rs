//! Statements that somebody injects or types by mistake, on a connection of their own with whatever settings: what is
//! refused is judged by what the tables hold afterwards, not by the error alone (B9).

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use aplus_core::ports::Outcome;
use aplus_core::{Role, Roles, asking};
use common::{Place, dump};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

/// Ada is an aidant who logged in once, Ben a responsable, Cleo was never logged into, Dan is withdrawn; Op is an
/// operator. Olga's account and an entry are older than six months, Jo's account is emptied. Names in braces stand for their ids.
async fn town() -> (Place, Vec<(&'static str, String)>) {
    let place = Place::new().await;
    let hall = place.group("Hall").await;
    let desk = place.group("Desk").await;
    let ada = place
        .account("ada@ville.example", Roles::only(Role::Aidant), hall)
        .await;
    let ben = place
        .account("ben@ville.example", Roles::only(Role::Responsable), hall)
        .await;
    let cleo = place
        .account("cleo@ville.example", Roles::only(Role::Aidant), desk)
        .await;
    let dan = place
        .account("dan@ville.example", Roles::only(Role::Aidant), desk)
        .await;
    let op = place.operator("op@aplus.example").await;
    let link = place.link(ada, "ada@ville.example").await;
    let ask = place.ask("ben@ville.example", 2, 5).await;
    let blob = |id: &uuid::Uuid| format!("x'{}'", id.as_simple());
    let names = vec![
        ("{hall}", blob(hall.as_uuid())),
        ("{desk}", blob(desk.as_uuid())),
        ("{ada}", blob(ada.as_uuid())),
        ("{ben}", blob(ben.as_uuid())),
        ("{cleo}", blob(cleo.as_uuid())),
        ("{dan}", blob(dan.as_uuid())),
        ("{op}", blob(op.as_uuid())),
        ("{link}", blob(link.as_uuid())),
        ("{ask}", blob(ask.as_uuid())),
        ("{new}", blob(&common::fresh())),
        ("{session}", blob(&common::fresh())),
        ("{olga}", blob(&common::fresh())),
        ("{jo}", blob(&common::fresh())),
        ("{old_entry}", blob(&common::fresh())),
        ("{bare_entry}", blob(&common::fresh())),
        ("{h}", format!("x'{}'", "ab".repeat(32))),
        ("{g}", format!("x'{}'", "cd".repeat(32))),
    ];
    let mut connection = place.bare().await;
    for allowed in [
        "update aplus_account set last_login_at = 1800000000000000, version = version + 1 where id = {ada}",
        "update aplus_account set status = 'withdrawn', email = null, version = version + 1 where id = {dan}",
        "update aplus_link set used_at = 1800000000000000, session_id = {session} where id = {link}",
        "insert into aplus_link_look values ({link}, 3, 1000, 1200)",
        "update aplus_link_look set times = 4, first_at = 900, last_at = 1300",
        "insert into aplus_session (id, hash, nonce, key_id, account_id, link_id, opened_at, last_seen_at, ended_at, epoch)
            values ({session}, {h}, {h}, x'0102030405060708', {ada}, {link}, 1, 5, 6, 0)",
        "update aplus_outbox set to_address = null, sent_at = 5 where id = (select min(id) from aplus_outbox)",
        "insert into aplus_account (id, email, roles, shared, status, version, epoch, author_kind, requester_kind, reference, created_at)
            values ({olga}, 'olga@ville.example', 1, 0, 'active', 0, 0, 'machine', 'person', 'ticket 12', 1),
                ({jo}, 'jo@ville.example', 1, 0, 'active', 0, 0, 'machine', 'person', 'ticket 13', 1)",
        "update aplus_account set EMPTIED, version = version + 1, epoch = epoch + 1 where id = {jo}",
        "insert into aplus_journal_entry (id, at, kind, author_kind, details, commitment)
            values ({old_entry}, 1, 'looked', 'machine', '{}', {h}), ({bare_entry}, 1900000000000000, 'looked', 'machine', '{}', {h})",
        "insert into aplus_journal_erasable (entry_id, text, salt, at) values ({old_entry}, '{}', {h}, 1)",
        "insert into aplus_seal select 0, min(entry_id), {g} from aplus_seal_queue",
        "delete from aplus_seal_queue where entry_id = (select entry_id from aplus_seal)",
        "update aplus_seal_tree set size = 1, peaks = {g}",
        "insert into aplus_checkpoint values (1, 8, 'a note')",
        "insert into aplus_checkpoint_mail values (1, 8)",
    ] {
        let before = dump(&mut connection).await;
        run(&mut connection, &named(allowed, &names)).await.unwrap();
        // The same dump that judges the hostile ones does see a change.
        assert_ne!(dump(&mut connection).await, before, "{allowed}");
    }
    (place, names)
}

fn named(statement: &str, names: &[(&'static str, String)]) -> String {
    let statement = statement.replace("EMPTIED", EMPTIED);
    names
        .iter()
        .fold(statement, |text, (name, id)| text.replace(name, id))
}

async fn run(connection: &mut SqliteConnection, statement: &str) -> sqlx::Result<()> {
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}

const COLUMNS: &str = "id, email, roles, shared, status, version, epoch, author_kind, created_at";

/// What an emptying leaves of an account, but for its version and epoch.
const EMPTIED: &str = "status = 'withdrawn', deactivated_by = null, email = null, requester_kind = null, requester_name = null,
    reference = null, emptied_at = 5";

const HOSTILE: [&str; 126] = [
    // The address and the roles of an account (A3).
    "update aplus_account set email = 'eve@evil.example' where id = {ada}",
    "update aplus_account set email = 'eve@evil.example', version = version + 1, epoch = epoch + 1 where id = {cleo}",
    "update aplus_account set email = upper(email) where id = {ada}",
    "update aplus_account set email = null where id = {cleo}",
    "update aplus_account set email = null, status = 'withdrawn', version = version + 1 where id = {ada}",
    "update aplus_account set email = null, status = 'withdrawn', last_login_at = null, version = version + 1 where id = {ada}",
    "update aplus_account set email = null, status = 'deactivated', deactivated_by = 'support', version = version + 1, epoch = epoch + 1 where id = {cleo}",
    "update aplus_account set status = 'withdrawn', version = version + 1 where id = {cleo}",
    "update aplus_account set email = 'dan@ville.example' where id = {dan}",
    "update aplus_account set email = 'dan@ville.example', status = 'active', version = version + 1 where id = {dan}",
    "update aplus_account set status = 'active', version = version + 1 where id = {dan}",
    "update aplus_account set roles = 7 where id = {ada}",
    "update aplus_account set roles = roles | 4, version = version + 1",
    "update aplus_account set first_name = 'Ada', roles = 4 where id = {ada}",
    "update or replace aplus_account set roles = 7 where id = {ada}",
    "update or ignore aplus_account set roles = 7 where id = {ada}",
    "update or replace aplus_account set email = 'ben@ville.example' where id = {ada}",
    "update or replace aplus_account set id = {ben} where id = {ada}",
    "update aplus_account set (roles, version) = (select 7, 9) where id = {ada}",
    "with it as (select id from aplus_account) update aplus_account set roles = 7 from it where it.id = aplus_account.id",
    "insert into aplus_account ({columns}) values ({ada}, 'ada@ville.example', 7, 0, 'active', 0, 0, 'machine', 1) on conflict (id) do update set roles = 7",
    "insert into aplus_account ({columns}) values ({new}, 'ada@ville.example', 7, 0, 'active', 0, 0, 'machine', 1) on conflict (email) do update set roles = excluded.roles",
    "insert or replace into aplus_account ({columns}) values ({ada}, 'ada@ville.example', 7, 0, 'active', 9, 9, 'machine', 1)",
    "replace into aplus_account ({columns}) values ({new}, 'ada@ville.example', 7, 0, 'active', 0, 0, 'machine', 1)",
    "replace into aplus_account ({columns}) select id, 'eve@evil.example', 7, 0, 'active', 9, 9, 'machine', 1 from aplus_account where id = {cleo}",
    "insert or ignore into aplus_account ({columns}) values ({ada}, 'eve@evil.example', 7, 0, 'active', 0, 0, 'machine', 1)",
    // Provenance, age, mark, numbers.
    "update aplus_account set id = {new} where id = {cleo}",
    "update aplus_account set created_at = 1 where id = {ada}",
    "update aplus_account set author_kind = 'operator', author_id = {op} where id = {ada}",
    "update aplus_account set reference = 'ticket 13' where id = {ada}",
    "update aplus_account set requester_kind = 'person' where id = {ada}",
    "update aplus_account set requester_kind = null, reference = null where id = {ada}",
    "update aplus_account set shared = 1 where id = {ada}",
    "update aplus_account set version = version - 1 where id = {ada}",
    "update aplus_account set version = version + 2 where id = {ada}",
    "update aplus_account set epoch = 9223372036854775807 where id = {ada}",
    "update aplus_group set version = version + 2 where id = {hall}",
    "update aplus_operator set epoch = epoch + 2 where id = {op}",
    "update aplus_account set version = 0, first_name = 'Ada' where id = {ada}",
    "update aplus_account set epoch = -1 where id = {ada}",
    "update aplus_account set status = 'deactivated', deactivated_by = 'support' where id = {ada}",
    "update aplus_account set status = 'deactivated', deactivated_by = 'support', version = version + 1 where id = {ada}",
    "update aplus_account set last_login_at = null, version = version + 1 where id = {ada}",
    "delete from aplus_account where id = {cleo}",
    "delete from aplus_account",
    // One address, one account or one operator (A5).
    "insert into aplus_operator (id, email, status, version, epoch, created_at) values ({new}, 'ada@ville.example', 'active', 0, 0, 1)",
    "insert into aplus_account ({columns}) values ({new}, 'op@aplus.example', 1, 0, 'active', 0, 0, 'machine', 1)",
    "insert into aplus_account ({columns}) values ({new}, 'eve@evil.example', 8, 0, 'active', 0, 0, 'machine', 1)",
    "insert into aplus_account ({columns}) values ({new}, 'eve@evil.example', 4, 1, 'active', 0, 0, 'machine', 1)",
    "insert into aplus_account ({columns}) values ({new}, null, 1, 0, 'active', 0, 0, 'machine', 1)",
    "update aplus_operator set email = 'ada@ville.example' where id = {op}",
    "update aplus_operator set version = version - 1, epoch = epoch - 1 where id = {op}",
    "replace into aplus_operator (id, email, status, version, epoch, created_at) values ({op}, 'eve@evil.example', 'active', 9, 9, 1)",
    "delete from aplus_operator",
    // Groups and memberships (A2).
    "delete from aplus_membership where account_id = {ada}",
    "delete from aplus_membership where account_id != {dan}",
    "update aplus_membership set group_id = {desk} where account_id = {ada}",
    "update or replace aplus_group set matricule = 'Desk' where id = {hall}",
    "replace into aplus_group (id, name, search_key, france_services, matricule, version, author_kind, created_at) values ({new}, 'Desk', 'desk', 0, 'Desk', 0, 'machine', 1)",
    "update aplus_group set version = -1 where id = {hall}",
    "delete from aplus_group where id = {desk}",
    // A link works once (L3), a session does not come back (L11), a mail is not sent again.
    "update aplus_link set used_at = null, session_id = null where id = {link}",
    "update aplus_link set expires_at = expires_at + 1 where id = {link}",
    "update aplus_link set account_id = {ben} where id = {link}",
    "replace into aplus_link select id, hash, nonce, key_id, purpose, account_id, operator_id, email, browser, issued_at, expires_at, epoch, next, language, null, null, null, 0, null from aplus_link where id = {link}",
    "update aplus_session set ended_at = null where id = {session}",
    "update aplus_session set account_id = {ben} where id = {session}",
    "replace into aplus_session select id, hash, nonce, key_id, account_id, operator_id, link_id, browser, opened_at, last_seen_at, null, epoch from aplus_session",
    "update aplus_login_request set answered_at = null, answer = null, mailed = null where id != {ask}",
    "update aplus_login_request set email = 'eve@evil.example' where id = {ask}",
    "update aplus_outbox set to_address = 'eve@evil.example'",
    "update aplus_outbox set to_address = 'ada@ville.example', sent_at = null where to_address is null",
    // The journal (T2).
    "update aplus_journal_entry set details = '{}'",
    "update aplus_journal_entry set commitment = {h}",
    "delete from aplus_journal_entry",
    "replace into aplus_journal_entry select id, at, kind, author_kind, author_id, account_id, group_id, '{}', request_id, body_hash, commitment from aplus_journal_entry",
    "update aplus_journal_erasable set text = '{}'; delete from aplus_journal_erasable",
    "delete from aplus_seal_queue",
    // Erasing early, or one entry of somebody that is young (T3).
    "delete from aplus_journal_erasable",
    "delete from aplus_journal_erasable where at > 1",
    "delete from aplus_journal_erasable where entry_id = (select entry_id from aplus_journal_erasable where at > 1 limit 1)",
    "update aplus_journal_erasable set at = 1",
    "update or replace aplus_journal_erasable set at = 1 where entry_id != {old_entry}; delete from aplus_journal_erasable",
    "replace into aplus_journal_erasable select entry_id, text, salt, 1 from aplus_journal_erasable where at > 1",
    "insert into aplus_journal_erasable (entry_id, text, salt, at) values ({bare_entry}, '{}', {h}, 1)",
    "insert into aplus_journal_erasable (entry_id, text, salt, at) values ({new}, '{}', {h}, 1)",
    // An account is emptied as a whole, and not one that was used or made within six months (T4).
    "update aplus_account set EMPTIED, version = version + 1, epoch = epoch + 1 where id = {ada}",
    "update aplus_account set EMPTIED, version = version + 1, epoch = epoch + 1 where id = {cleo}",
    "update aplus_account set EMPTIED, version = version + 1, epoch = epoch + 1, last_login_at = 1 where id = {ada}",
    "update aplus_account set EMPTIED where id = {olga}",
    "update aplus_account set EMPTIED, version = version + 1 where id = {olga}",
    "update aplus_account set EMPTIED, version = version + 1, epoch = epoch + 1, first_name = 'Olga' where id = {olga}",
    "update aplus_account set emptied_at = 5, version = version + 1, epoch = epoch + 1 where id = {olga}",
    "update aplus_account set emptied_at = null where id = {jo}",
    "update aplus_account set first_name = 'Jo' where id = {jo}",
    "update aplus_account set last_login_at = 7, version = version + 1 where id = {jo}",
    "update aplus_account set email = 'jo@ville.example', status = 'active', emptied_at = null, version = version + 1, epoch = epoch + 1 where id = {jo}",
    "update aplus_link_look set times = 1",
    "update aplus_link_look set times = 9, first_at = 1100",
    "update aplus_link_look set times = 9, last_at = 1100",
    "update aplus_link_look set link_id = {new}",
    "insert into aplus_link_look values ({link}, 9, 1, 1)",
    "replace into aplus_link_look values ({link}, 1, 1, 1)",
    "insert into aplus_link_look values ({new}, 0, 1, 1)",
    "insert into aplus_link_look values ({new}, 1, 2, 1)",
    "delete from aplus_link_look where link_id = {link}",
    "delete from aplus_seal_queue where entry_id = (select max(entry_id) from aplus_seal_queue)",
    "insert into aplus_seal_queue select entry_id from aplus_seal",
    "replace into aplus_seal_queue select entry_id from aplus_seal_queue",
    "insert into aplus_seal select 2, min(entry_id), {h} from aplus_seal_queue",
    "insert into aplus_seal select 1, entry_id, {h} from aplus_seal",
    "insert into aplus_seal values (1, {new}, {h})",
    "replace into aplus_seal select place, entry_id, {h} from aplus_seal",
    "update aplus_seal set hash = {h}",
    "delete from aplus_seal",
    "update aplus_seal_tree set peaks = {h}",
    "update aplus_seal_tree set size = 0, peaks = x''",
    "update aplus_seal_tree set size = 2, peaks = {h}",
    "replace into aplus_seal_tree (size, peaks) values (0, x'')",
    "delete from aplus_seal_tree",
    "insert into aplus_checkpoint values (2, 9, 'forged')",
    "replace into aplus_checkpoint values (1, 9, 'forged')",
    "update aplus_checkpoint set note = 'forged'",
    "delete from aplus_checkpoint_mail; delete from aplus_checkpoint",
    "replace into aplus_checkpoint_mail values (1, 99)",
    "update aplus_checkpoint_mail set at = 0",
];

#[tokio::test]
async fn none_of_them_changes_anything_whatever_the_settings() {
    let (place, names) = town().await;
    for settings in [
        "pragma recursive_triggers = on; pragma foreign_keys = on",
        "pragma recursive_triggers = off; pragma foreign_keys = on",
        "pragma recursive_triggers = off; pragma foreign_keys = off",
    ] {
        let mut connection = place.bare().await;
        sqlx::raw_sql(settings)
            .execute(&mut connection)
            .await
            .unwrap();
        let before = dump(&mut connection).await;
        for hostile in HOSTILE {
            let statement = named(&hostile.replace("{columns}", COLUMNS), &names);
            let error = run(&mut connection, &statement).await.err();
            assert_eq!(dump(&mut connection).await, before, "{settings}: {hostile}");
            let code = error
                .as_ref()
                .and_then(sqlx::Error::as_database_error)
                .and_then(|error| error.code());
            let code: i32 = code
                .unwrap_or_else(|| panic!("{hostile}: {error:?}"))
                .parse()
                .unwrap();
            // A trigger (1811), a check (275), or the other constraints of the schema: not a mistake in the statement.
            assert_eq!(code & 0xff, 19, "{hostile}: {error:?}");
        }
        connection.close().await.unwrap();
    }
    println!("counted: {} hostile statements on SQLite", HOSTILE.len());
}

/// With the triggers gone the same statements do their harm: so it is the triggers that refuse them.
#[tokio::test]
async fn without_the_guards_they_do_harm() {
    let (place, names) = town().await;
    let mut connection = place.bare().await;
    let triggers: Vec<String> =
        sqlx::query_scalar("select name from sqlite_schema where type = 'trigger'")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    for trigger in triggers {
        run(&mut connection, &format!("drop trigger {trigger}"))
            .await
            .unwrap();
    }
    run(&mut connection, "pragma foreign_keys = off")
        .await
        .unwrap();
    let mut harmful = 0;
    for hostile in HOSTILE {
        let statement = named(&hostile.replace("{columns}", COLUMNS), &names);
        let before = dump(&mut connection).await;
        let mut transaction = connection.begin().await.unwrap();
        let done = sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *transaction)
            .await;
        if done.is_ok() && dump(&mut transaction).await != before {
            harmful += 1;
        }
        transaction.rollback().await.unwrap();
    }
    assert!(
        harmful > 55,
        "only {harmful} of {} would do harm",
        HOSTILE.len()
    );
}

/// What is old goes: the guards know no more than the age.
#[tokio::test]
async fn what_is_old_is_erased() {
    let (place, names) = town().await;
    let mut connection = place.bare().await;
    for allowed in [
        "delete from aplus_journal_erasable where entry_id = {old_entry}",
        "update aplus_account set EMPTIED, version = version + 1, epoch = epoch + 1 where id = {olga}",
    ] {
        let before = dump(&mut connection).await;
        run(&mut connection, &named(allowed, &names)).await.unwrap();
        assert_ne!(dump(&mut connection).await, before, "{allowed}");
    }
}

/// Months are those of the calendar: on the last day of a longer one, the last of a shorter.
#[tokio::test]
async fn six_months_before_are_counted_as_the_core_counts_them() {
    let place = Place::new().await;
    let mut connection = place.bare().await;
    let day = std::time::Duration::from_secs(86_400);
    for number in 0..3 * 366 {
        let now = common::at(0).saturating_add(day * number);
        let counted: i64 =
            sqlx::query_scalar("select unixepoch(?1, '-6 months', 'floor') * 1000000")
                .bind(now.to_string())
                .fetch_one(&mut connection)
                .await
                .unwrap();
        assert_eq!(counted, now.months_before(6).as_unix_micros(), "{now}");
    }
}

/// An entry that somebody makes up is queued for the seal like any other.
#[tokio::test]
async fn no_entry_goes_unqueued() {
    let (place, names) = town().await;
    let mut connection = place.bare().await;
    let forged = "insert into aplus_journal_entry (id, at, kind, author_kind, details, commitment)
        values ({new}, 1, 'looked', 'machine', '{}', {h})";
    run(&mut connection, &named(forged, &names)).await.unwrap();
    let unqueued: i64 = sqlx::query_scalar(
        "select count(*) from aplus_journal_entry e where not exists
            (select 1 from aplus_seal_queue where entry_id = e.id union all select 1 from aplus_seal where entry_id = e.id)",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(unqueued, 0);
}

/// A second answer to an asking changes nothing.
#[tokio::test]
async fn an_asking_is_answered_once() {
    use aplus_core::ports::Logins;
    let place = Place::new().await;
    let group = place.group("Hall").await;
    let ada = place
        .account("ada@ville.example", Roles::only(Role::Aidant), group)
        .await;
    let ask = place.ask("ada@ville.example", 1, 0).await;
    let mut connection = place.bare().await;
    for expected in [Outcome::Done(()), Outcome::Stale] {
        let before = dump(&mut connection).await;
        let link = common::new_link(common::fresh(), ada, "ada@ville.example");
        let answers = vec![(
            ask,
            asking::Answer::Issue {
                link: link.id,
                supersedes: None,
            },
        )];
        let answered = common::answered("ada@ville.example", answers, vec![link]);
        assert_eq!(place.store.answer(answered).await.unwrap(), expected);
        assert_eq!(
            dump(&mut connection).await == before,
            expected == Outcome::Stale
        );
    }
}

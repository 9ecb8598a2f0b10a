//! Statements on orders, on the links that confirm them and on suspended operators, that somebody injects or types by mistake:
//! judged by what the tables hold afterwards, each kind beside one that is allowed (B9).

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use aplus_core::{Role, Roles};
use common::{Place, dump};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

/// Ada is an aidant of two groups, Ben a responsable of one of them; Cleo and Gus belong to the other one. Op, Two and Three are
/// operators, Sus is one who is suspended. Orders by Op: for Ben, Gus and Ada some that wait; one for Ada and one that
/// gives Cleo another address, both approved; one for Gus that was taken back; one for Ada whose time is over.
async fn town() -> (Place, Vec<(&'static str, String)>) {
    let place = Place::new().await;
    let hall = place.group("Hall").await;
    let desk = place.group("Desk").await;
    let aidant = Roles::only(Role::Aidant);
    let ada = place.account("ada@ville.example", aidant, hall).await;
    let responsable = Roles::only(Role::Responsable);
    let ben = place.account("ben@ville.example", responsable, hall).await;
    let cleo = place.account("cleo@ville.example", aidant, desk).await;
    let gus = place.account("gus@ville.example", aidant, desk).await;
    let blob = |id: &uuid::Uuid| format!("x'{}'", id.as_simple());
    let mut names = vec![
        ("{hall}", blob(hall.as_uuid())),
        ("{desk}", blob(desk.as_uuid())),
        ("{ada}", blob(ada.as_uuid())),
        ("{ben}", blob(ben.as_uuid())),
        ("{cleo}", blob(cleo.as_uuid())),
        ("{gus}", blob(gus.as_uuid())),
        ("{h}", format!("x'{}'", "ab".repeat(32))),
        ("{g}", format!("x'{}'", "cd".repeat(32))),
    ];
    for (name, address) in [
        ("{op}", "op@aplus.example"),
        ("{two}", "two@aplus.example"),
        ("{three}", "three@aplus.example"),
        ("{sus}", "sus@aplus.example"),
    ] {
        names.push((name, blob(place.operator(address).await.as_uuid())));
    }
    for name in [
        "{draft}",
        "{open}",
        "{raise}",
        "{order}",
        "{moving}",
        "{closed}",
        "{lapsed}",
        "{entry}",
        "{other}",
        "{confirming}",
        "{session}",
        "{nobody}",
        "{new}",
    ] {
        names.push((name, blob(&common::fresh())));
    }
    let mut connection = place.bare().await;
    for made in [
        "insert into aplus_membership values ({ada}, {desk}); update aplus_account set version = version + 1 where id = {ada}",
        "update aplus_operator set status = 'suspended', version = version + 1, epoch = epoch + 1 where id = {sus}",
        "insert into aplus_journal_entry (id, at, kind, author_kind, details, commitment)
            select column1, 1, 'looked', 'machine', '{}', {h}
            from (values ({draft}), ({open}), ({raise}), ({order}), ({moving}), ({closed}), ({lapsed}), ({entry}), ({other}))",
        "insert into aplus_support_order {columns} values
            ({draft}, {ben}, 'ben@ville.example', 'ben@ville.example', 4, 7, 'operator', {op}, 'person', 'x', 1, 9000),
            ({open}, {gus}, 'gus@ville.example', 'gus@ville.example', 1, 3, 'operator', {op}, 'person', 'x', 1, 9000),
            ({raise}, {ada}, 'ada@ville.example', 'ada@ville.example', 1, 5, 'operator', {op}, 'person', 'x', 1, 9000),
            ({order}, {ada}, 'ada@ville.example', 'ada@ville.example', 1, 3, 'operator', {op}, 'person', 'x', 1, 9000),
            ({moving}, {cleo}, 'cleo@ville.example', 'cleo@region.example', 1, 1, 'operator', {op}, 'person', 'x', 1, 9000),
            ({closed}, {gus}, 'gus@ville.example', 'gus@ville.example', 1, 7, 'operator', {op}, 'person', 'x', 1, 9000),
            ({lapsed}, {ada}, 'ada@ville.example', 'ada@ville.example', 1, 7, 'operator', {op}, 'person', 'x', 1, 100)",
        "update aplus_support_order set {by} 'operator', approver_id = {two} where id in ({order}, {moving})",
        "update aplus_support_order set {ended} 'withdrawn', closed_by_kind = 'operator', closed_by_id = {op} where id = {closed}",
        "insert into aplus_link {linked} values
            ({confirming}, {g}, {h}, x'0102030405060708', 'confirm_address', {cleo}, 'cleo@region.example', {h}, 1, 1801, 0, 'fr', {moving})",
    ] {
        run(&mut connection, &named(made, &names)).await.unwrap();
    }
    (place, names)
}

fn named(statement: &str, names: &[(&'static str, String)]) -> String {
    let columns = "(id, account_id, old_email, new_email, old_roles, new_roles, author_kind, author_id, requester_kind,
        reference, proposed_at, expires_at)";
    let linked = "(id, hash, nonce, key_id, purpose, account_id, email, browser, issued_at, expires_at, epoch, language, order_id)";
    let statement = statement
        .replace("{columns}", columns)
        .replace("{linked}", linked)
        .replace(
            "{by}",
            "approved_at = 5, approval_entry = {entry}, approver_kind =",
        )
        .replace(
            "{ended}",
            "closed_at = 6, closing_entry = {entry}, closed_how =",
        )
        .replace(
            "{ordered}",
            "version = version + 1, epoch = epoch + 1, ordered_at = 6, order_id =",
        );
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

struct Kind {
    about: &'static str,
    /// What is allowed, and does change something.
    control: &'static str,
    hostile: &'static [&'static str],
}

const KINDS: [Kind; 5] = [
    Kind {
        about: "address and roles (A3, A6)",
        control: "update aplus_account set roles = 3, {ordered} {order} where id = {ada}",
        hostile: &[
            "update aplus_account set roles = 3, version = version + 1, epoch = epoch + 1 where id = {ada}",
            "update aplus_account set roles = 7, {ordered} {draft} where id = {ben}",
            "update aplus_account set roles = 7, {ordered} {closed} where id = {gus}",
            "update aplus_account set roles = 3, version = version + 1, epoch = epoch + 1, ordered_at = 9000, order_id = {order} where id = {ada}",
            "update aplus_account set roles = 3, {ordered} {order} where id = {gus}",
            "update aplus_account set roles = 7, {ordered} {order} where id = {ada}",
            "update aplus_account set roles = 3, email = 'eve@evil.example', {ordered} {order} where id = {ada}",
            "update aplus_account set {ordered} {order} where id = {ada}",
            "update aplus_account set roles = 3, {ordered} {nobody} where id = {ada}",
            "update aplus_account set roles = 3, {ordered} {entry} where id = {ada}",
            "update aplus_account set roles = 3, order_id = {order}, ordered_at = 6 where id = {ada}",
            "update aplus_account set roles = 3, order_id = {order}, ordered_at = 6, version = version + 1 where id = {ada}",
            "update aplus_account set roles = 3, order_id = {order}, ordered_at = 6, epoch = epoch + 1 where id = {ada}",
            "update aplus_account set roles = 3, status = 'deactivated', deactivated_by = 'support', {ordered} {order} where id = {ada}",
            "update aplus_account set email = 'cleo@region.example', {ordered} {moving} where id = {cleo}",
            // Back without an order; back by another one, and on again by the used one.
            "update aplus_account set roles = 3, {ordered} {order} where id = {ada};
                update aplus_account set roles = 1, version = version + 1, epoch = epoch + 1 where id = {ada}",
            "update aplus_account set roles = 3, {ordered} {order} where id = {ada};
                insert into aplus_support_order (id, account_id, old_email, new_email, old_roles, new_roles, author_kind, requester_kind,
                    reference, proposed_at, expires_at, approved_at, approval_entry)
                    values ({entry}, {ada}, 'ada@ville.example', 'ada@ville.example', 3, 1, 'machine', 'person', 'x', 1, 9, 1, {entry});
                update aplus_account set roles = 1, {ordered} {entry} where id = {ada};
                update aplus_account set roles = 3, {ordered} {order} where id = {ada}",
            "update aplus_support_order set {ended} 'withdrawn', closed_by_kind = 'machine' where id = {order};
                update aplus_account set roles = 3, {ordered} {order} where id = {ada}",
            // Somebody else's address, also where the conflict would take the other away.
            "update aplus_link set used_at = 6, session_id = {session} where id = {confirming};
                insert into aplus_operator (id, email, status, version, epoch, created_at) values ({new}, 'cleo@region.example', 'active', 0, 0, 1);
                update aplus_account set email = 'cleo@region.example', {ordered} {moving} where id = {cleo}",
            "update aplus_link set used_at = 6, session_id = {session} where id = {confirming};
                insert into aplus_account (id, email, roles, shared, status, version, epoch, author_kind, created_at) values ({new}, 'cleo@region.example', 1, 0, 'active', 0, 0, 'machine', 1);
                update or replace aplus_account set email = 'cleo@region.example', {ordered} {moving} where id = {cleo}",
            "insert into aplus_account (id, email, roles, shared, status, version, epoch, author_kind, created_at, order_id, ordered_at) values ({new}, 'eve@evil.example', 7, 0, 'active', 0, 0, 'machine', 1, {order}, 6)",
        ],
    },
    Kind {
        about: "proposing (A6)",
        control: "insert into aplus_support_order {columns} values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'operator', {op}, 'person', 'x', 1, 9)",
        hostile: &[
            "insert into aplus_support_order (id, account_id, old_email, new_email, old_roles, new_roles, author_kind, requester_kind, reference, proposed_at, expires_at, approved_at, approval_entry, approver_kind, approver_id)
                values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'machine', 'person', 'x', 1, 9, 1, {entry}, 'operator', {two})",
            "insert into aplus_support_order (id, account_id, old_email, new_email, old_roles, new_roles, author_kind, requester_kind, reference, proposed_at, expires_at, approved_at, approval_entry)
                values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'machine', 'person', 'x', 1, 9, 5, {entry})",
            "insert into aplus_support_order {columns} values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'operator', {sus}, 'person', 'x', 1, 9)",
            "insert into aplus_support_order {columns} values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'account', {ben}, 'person', 'x', 1, 9)",
            "insert into aplus_support_order {columns} values ({entry}, {cleo}, null, null, 1, 7, 'operator', {op}, 'person', 'x', 1, 9)",
            "insert into aplus_support_order {columns} values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 1, 'operator', {op}, 'person', 'x', 1, 9)",
            "replace into aplus_support_order {columns} values ({order}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'operator', {op}, 'person', 'x', 1, 9)",
            "insert into aplus_support_order {columns} values ({order}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'operator', {op}, 'person', 'x', 1, 9) on conflict (id) do update set new_roles = 7",
            "update aplus_support_order set new_roles = 7 where id = {order}",
            "update aplus_support_order set new_email = 'eve@evil.example' where id = {moving}",
            "update aplus_support_order set old_email = null, new_email = null where id = {moving}",
            "update aplus_support_order set profile = '{}' where id = {order}",
            "update aplus_support_order set account_id = {gus} where id = {order}",
            "update aplus_support_order set author_id = {two} where id = {draft}",
            "update aplus_support_order set expires_at = 99999 where id = {lapsed}",
            "update aplus_support_order set carried_out_at = 6 where id = {order}",
            "update aplus_support_order set carrying_entry = {entry} where id = {order}",
            "delete from aplus_support_order where id = {draft}",
        ],
    },
    Kind {
        about: "deciding on orders (A6)",
        control: "update aplus_support_order set {by} 'account', approver_id = {ben} where id = {raise};
            update aplus_support_order set {by} 'operator', approver_id = {two} where id = {draft};
            update aplus_support_order set {ended} 'refused', closed_by_kind = 'operator', closed_by_id = {two} where id = {open}",
        hostile: &[
            "update aplus_support_order set approved_at = 5, approval_entry = {entry} where id = {draft}",
            "update aplus_support_order set {by} 'operator', approver_id = {op} where id = {draft}",
            "update aplus_support_order set {by} 'operator', approver_id = {sus} where id = {draft}",
            "update aplus_support_order set {by} 'operator', approver_id = {nobody} where id = {draft}",
            "update aplus_support_order set {by} 'account', approver_id = {ben} where id = {draft}",
            "update aplus_support_order set {by} 'account', approver_id = {ben} where id = {open}",
            "update aplus_support_order set {by} 'account', approver_id = {ada} where id = {draft}",
            "update aplus_account set status = 'deactivated', deactivated_by = 'support', version = version + 1, epoch = epoch + 1 where id = {ben};
                update aplus_support_order set {by} 'account', approver_id = {ben} where id = {raise}",
            "update aplus_support_order set approver_kind = 'operator', approver_id = {two}, approved_at = 100, approval_entry = {entry} where id = {lapsed}",
            "update aplus_support_order set {by} 'operator', approver_id = {two} where id = {closed}",
            "update aplus_support_order set approved_at = 6 where id = {order}",
            "update aplus_support_order set approver_id = {three} where id = {order}",
            "update aplus_support_order set approver_kind = null, approver_id = null, approved_at = null, approval_entry = null where id = {order}",
            "update aplus_support_order set {ended} 'refused', closed_by_kind = 'operator', closed_by_id = {op} where id = {draft}",
            "update aplus_support_order set {ended} 'refused', closed_by_kind = 'machine' where id = {draft}",
            "update aplus_support_order set {ended} 'refused', closed_by_kind = 'operator', closed_by_id = {two} where id = {order}",
            "update aplus_support_order set {ended} 'refused', closed_by_kind = 'account', closed_by_id = {ben} where id = {open}",
            "update aplus_support_order set {ended} 'withdrawn', closed_by_kind = 'account', closed_by_id = {ben} where id = {raise}",
            "update aplus_support_order set {ended} 'withdrawn', closed_by_kind = 'operator', closed_by_id = {sus} where id = {draft}",
            "update aplus_support_order set closed_at = 100, closed_how = 'withdrawn', closed_by_kind = 'machine', closing_entry = {entry} where id = {lapsed}",
            "update aplus_support_order set closed_at = null, closed_how = null, closed_by_kind = null, closed_by_id = null, closing_entry = null where id = {closed}",
            "update aplus_support_order set closing_reason = 'another' where id = {closed}",
            "update aplus_support_order set {by} 'operator', approver_id = {two}, {ended} 'withdrawn', closed_by_kind = 'machine' where id = {draft}",
        ],
    },
    Kind {
        about: "links that confirm an address (A6)",
        control: "update aplus_link set used_at = 6, session_id = {session} where id = {confirming};
            update aplus_account set email = 'cleo@region.example', {ordered} {moving} where id = {cleo}",
        hostile: &[
            "insert into aplus_link {linked} values ({new}, {h}, {h}, x'0102030405060708', 'confirm_address', {ada}, 'cleo@region.example', {h}, 1, 1801, 0, 'fr', {moving})",
            "insert into aplus_link {linked} values ({new}, {h}, {h}, x'0102030405060708', 'confirm_address', {cleo}, 'eve@evil.example', {h}, 1, 1801, 0, 'fr', {moving})",
            "insert into aplus_link {linked} values ({new}, {h}, {h}, x'0102030405060708', 'confirm_address', {cleo}, 'cleo@region.example', {h}, 1, 9001, 0, 'fr', {moving})",
            "insert into aplus_link {linked} values ({new}, {h}, {h}, x'0102030405060708', 'confirm_address', {ada}, 'ada@ville.example', {h}, 1, 1801, 0, 'fr', {order})",
            "insert into aplus_link {linked} values ({new}, {h}, {h}, x'0102030405060708', 'confirm_address', {cleo}, 'cleo@region.example', {h}, 1, 1801, 0, 'fr', null)",
            "insert into aplus_link {linked} values ({new}, {h}, {h}, x'0102030405060708', 'log_in', {cleo}, 'cleo@region.example', {h}, 1, 1801, 0, 'fr', {moving})",
            "update aplus_link set order_id = {order} where id = {confirming}",
            "update aplus_link set order_id = null, purpose = 'log_in' where id = {confirming}",
        ],
    },
    Kind {
        about: "suspended operators (A14)",
        control: "update aplus_operator set restore_asked_by = {op}, restore_asked_at = 5, version = version + 1 where id = {sus};
            update aplus_operator set status = 'active', restored_by = {two}, version = version + 1 where id = {sus}",
        hostile: &[
            "update aplus_operator set status = 'active', version = version + 1, restored_by = {op} where id = {sus}",
            "update aplus_operator set restore_asked_by = {op}, restore_asked_at = 5, restored_by = {op}, status = 'active', version = version + 1 where id = {sus}",
            "update aplus_operator set restore_asked_by = {op}, restore_asked_at = 5, restored_by = {two}, status = 'active', version = version + 1 where id = {sus}",
            "update aplus_operator set restore_asked_by = {op}, restore_asked_at = 5, version = version + 1 where id = {sus};
                update aplus_operator set restored_by = {op}, status = 'active', version = version + 1 where id = {sus}",
            "update aplus_operator set restore_asked_by = {op}, restore_asked_at = 5, version = version + 1 where id = {sus};
                update aplus_operator set status = 'active', version = version + 1 where id = {sus}",
            "update aplus_operator set restore_asked_by = {op}, restore_asked_at = 5, version = version + 1 where id = {sus};
                update aplus_operator set restore_asked_by = {two}, restored_by = {op}, status = 'active', version = version + 1 where id = {sus}",
            "update aplus_operator set restore_asked_by = {sus}, restore_asked_at = 5, version = version + 1 where id = {sus}",
            "update aplus_operator set restore_asked_by = {op}, restore_asked_at = 5, version = version + 1 where id = {sus};
                update aplus_operator set restored_by = {sus}, status = 'active', version = version + 1 where id = {sus}",
            "update aplus_operator set restore_asked_by = {op}, restore_asked_at = 5, version = version + 1 where id = {sus};
                update aplus_operator set status = 'suspended', version = version + 1, epoch = epoch + 1 where id = {op};
                update aplus_operator set restored_by = {two}, status = 'active', version = version + 1 where id = {sus}",
            "update aplus_operator set restore_asked_by = {two}, restore_asked_at = 5, version = version + 1 where id = {op}",
            "update aplus_operator set restore_asked_by = {op}, restore_asked_at = 5 where id = {sus}",
            "update aplus_operator set restored_by = {op}, version = version + 1 where id = {two}",
            "update aplus_operator set status = 'suspended', version = version + 1 where id = {op}",
            "update aplus_operator set status = 'suspended', version = version + 1, epoch = epoch + 1, restore_asked_by = {two}, restore_asked_at = 5 where id = {op}",
        ],
    },
];

#[tokio::test]
async fn none_of_them_changes_anything() {
    let (place, names) = town().await;
    let mut counted = 0;
    for settings in [
        "pragma recursive_triggers = on",
        "pragma recursive_triggers = off",
    ] {
        let mut connection = place.bare().await;
        sqlx::raw_sql(settings)
            .execute(&mut connection)
            .await
            .unwrap();
        let before = dump(&mut connection).await;
        for (about, hostile) in KINDS
            .iter()
            .flat_map(|kind| kind.hostile.iter().map(|it| (kind.about, it)))
        {
            let error = run(&mut connection, &named(hostile, &names)).await.err();
            assert_eq!(dump(&mut connection).await, before, "{about}: {hostile}");
            let code = error
                .as_ref()
                .and_then(sqlx::Error::as_database_error)
                .and_then(|error| error.code());
            let code: i32 = code
                .unwrap_or_else(|| panic!("{hostile}: {error:?}"))
                .parse()
                .unwrap();
            // A trigger or another constraint of the schema: not a mistake in the statement.
            assert_eq!(code & 0xff, 19, "{hostile}: {error:?}");
            counted += 1;
        }
    }
    println!(
        "counted: {} hostile statements on orders and operators on SQLite",
        counted / 2
    );
}

/// The same dump does see what is allowed, of each kind.
#[tokio::test]
async fn what_is_allowed_does_change_something() {
    for kind in &KINDS {
        let (place, names) = town().await;
        let mut connection = place.bare().await;
        let before = dump(&mut connection).await;
        run(&mut connection, &named(kind.control, &names))
            .await
            .unwrap_or_else(|error| panic!("{}: {error:?}", kind.about));
        assert_ne!(dump(&mut connection).await, before, "{}", kind.about);
    }
}

/// With the triggers gone most of them do their harm: so it is the triggers that refuse them.
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
    let (mut harmful, mut all) = (0, 0);
    for hostile in KINDS.iter().flat_map(|kind| kind.hostile) {
        let before = dump(&mut connection).await;
        let mut transaction = connection.begin().await.unwrap();
        let done = sqlx::raw_sql(AssertSqlSafe(named(hostile, &names)))
            .execute(&mut *transaction)
            .await;
        if done.is_ok() && dump(&mut transaction).await != before {
            harmful += 1;
        }
        transaction.rollback().await.unwrap();
        all += 1;
    }
    assert!(harmful > 50, "only {harmful} of {all} would do harm");
}

/// The order that is named is used, and not another one of the same values.
#[tokio::test]
async fn of_two_orders_of_equal_values_the_named_one_is_used() {
    let (place, names) = town().await;
    let mut connection = place.bare().await;
    let twin = "insert into aplus_support_order (id, account_id, old_email, new_email, old_roles, new_roles, author_kind,
            requester_kind, reference, proposed_at, expires_at, approved_at, approval_entry)
        values ({other}, {ada}, 'ada@ville.example', 'ada@ville.example', 1, 3, 'machine', 'person', 'x', 1, 99, 1, {other});
        update aplus_account set roles = 3, {ordered} {other} where id = {ada}";
    run(&mut connection, &named(twin, &names)).await.unwrap();
    let used = "select carried_out_at from aplus_support_order where id = ";
    for (order, at) in [("{other}", Some(6)), ("{order}", None)] {
        let query = AssertSqlSafe(named(&format!("{used}{order}"), &names));
        let carried: Option<i64> = sqlx::query_scalar(query)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(carried, at, "{order}");
    }
}

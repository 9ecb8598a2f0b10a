//! The same as the owner of the schema, whom no right stops: the guards do.

use crate::state;
use crate::town::Town;

/// What an emptying leaves of an account, but for its version and epoch.
const EMPTIED: &str = "status = 'withdrawn', deactivated_by = null, email = null, requester_kind = null, requester_name = null,
    reference = null, emptied_at = 5";

const HOSTILE: [(&str, &str); 106] = [
    // No order, none that is approved, open, for this account, with these values, within its time (A3, A6).
    ("AP003", "update aplus.account set email = 'eve@evil.example' where id = {cleo}"),
    ("AP003", "update aplus.account set email = 'eve@evil.example', version = version + 1, epoch = epoch + 1 where id = {cleo}"),
    ("AP003", "update aplus.account set email = upper(email) where id = {cleo}"),
    ("AP003", "update aplus.account set email = null where id = {cleo}"),
    ("AP003", "update aplus.account set email = null, status = 'withdrawn', version = version + 1 where id = {ada}"),
    ("AP003", "update aplus.account set email = null, status = 'withdrawn', last_login_at = null, version = version + 1 where id = {ada}"),
    ("AP003", "update aplus.account set email = null, status = 'withdrawn', roles = 7, version = version + 1 where id = {cleo}"),
    ("AP003", "update aplus.account set email = 'dan@ville.example', version = version + 1 where id = {dan}"),
    ("AP003", "update aplus.account set roles = 7, version = version + 1, epoch = epoch + 1"),
    // The values of an approved order, and no order named.
    ("AP003", "update aplus.account set roles = 3, version = version + 1, epoch = epoch + 1 where id = {ada}"),
    // One that is not approved, closed, over, another's, of other values, of nobody, made up.
    ("AP003", "update aplus.account set roles = 7, {ordered} {draft} where id = {ben}"),
    ("AP003", "update aplus.account set roles = 7, {ordered} {closed} where id = {gus}"),
    ("AP003", "update aplus.account set roles = 3, version = version + 1, epoch = epoch + 1, ordered_at = 9000, order_id = {order} where id = {ada}"),
    ("AP003", "update aplus.account set roles = 3, {ordered} {order} where id = {gus}"),
    ("AP003", "update aplus.account set roles = 7, {ordered} {order} where id = {ada}"),
    ("AP003", "update aplus.account set {ordered} {order} where id = {ada}"),
    ("AP003", "update aplus.account set roles = 3, email = 'eve@evil.example', {ordered} {order} where id = {ada}"),
    ("AP003", "update aplus.account set roles = 3, {ordered} {nobody} where id = {ada}"),
    ("AP003", "update aplus.account set roles = 3, {ordered} {entry} where id = {ada}"),
    ("AP003", "update aplus.account set roles = 3, version = version + 1, epoch = epoch + 1, ordered_at = null, order_id = {order} where id = {ada}"),
    // The right order, but the links and sessions would outlive it, or more changes with it.
    ("AP003", "update aplus.account set roles = 3, order_id = {order}, ordered_at = 6 where id = {ada}"),
    ("AP003", "update aplus.account set roles = 3, order_id = {order}, ordered_at = 6, version = version + 1 where id = {ada}"),
    ("AP003", "update aplus.account set roles = 3, order_id = {order}, ordered_at = 6, epoch = epoch + 1 where id = {ada}"),
    ("AP003", "update aplus.account set roles = 3, status = 'deactivated', deactivated_by = 'support', {ordered} {order} where id = {ada}"),
    ("AP003", "begin isolation level repeatable read; select count(*) from aplus.support_order; update aplus.account set roles = 3, {ordered} {order} where id = {ada}; commit"),
    // An address that nobody confirmed.
    ("AP003", "update aplus.account set email = 'cleo@region.example', {ordered} {moving} where id = {cleo}"),
    ("AP003", "insert into aplus.account (id, email, roles, shared, status, version, epoch, author_kind, created_at) values ({ada}, 'ada@ville.example', 7, false, 'active', 0, 0, 'machine', 1) on conflict (id) do update set roles = 7"),
    ("AP003", "merge into aplus.account a using (select {ada} as id) as it on a.id = it.id when matched then update set roles = 7"),
    ("42501", "set session_replication_role = replica; update aplus.account set roles = 7"),
    // Used once, and not twice by going back and on again.
    ("AP003", "update aplus.account set roles = 3, {ordered} {order} where id = {ada};
        update aplus.account set roles = 1, version = version + 1, epoch = epoch + 1 where id = {ada}"),
    ("AP003", "update aplus.account set roles = 3, {ordered} {order} where id = {ada};
        update aplus.account set roles = 1, order_id = null, ordered_at = null, version = version + 1, epoch = epoch + 1 where id = {ada}"),
    ("AP003", "update aplus.support_order set closed_at = 6, closed_how = 'withdrawn', closed_by_kind = 'machine', closing_entry = {entry} where id = {order};
        update aplus.account set roles = 3, {ordered} {order} where id = {ada}"),
    // The order itself.
    ("AP003", "update aplus.support_order set carried_out_at = 6 where id = {order}"),
    ("AP003", "update aplus.support_order set new_email = 'eve@evil.example' where id = {order}"),
    ("AP003", "update aplus.support_order set old_email = null, new_email = null where id = {order}"),
    ("AP003", "update aplus.support_order set new_roles = 4 where id = {draft}"),
    ("AP003", "update aplus.support_order set profile = '{}' where id = {order}"),
    ("AP003", "update aplus.support_order set account_id = {cleo} where id = {order}"),
    ("AP003", "update aplus.support_order set author_id = {second} where id = {draft}"),
    ("AP003", "update aplus.support_order set expires_at = 99999 where id = {lapsed}"),
    ("AP003", "update aplus.support_order set approver_id = {suspended} where id = {order}"),
    ("AP003", "update aplus.support_order set approver_kind = null, approver_id = null, approved_at = null, approval_entry = null where id = {order}"),
    ("AP003", "update aplus.support_order set closed_at = null where id = {closed}"),
    ("23514", "update aplus.support_order set approver_kind = 'operator', approver_id = {op}, approved_at = 5, approval_entry = {entry} where id = {draft}"),
    ("AP003", "update aplus.support_order set approver_kind = 'account', approver_id = {ben}, approved_at = 5, approval_entry = {entry} where id = {draft}"),
    ("AP003", "update aplus.support_order set approved_at = 5, approval_entry = {entry} where id = {draft}"),
    ("23514", "update aplus.support_order set carrying_entry = {entry} where id = {draft}"),
    ("AP003", "delete from aplus.support_order where id = {draft}"),
    // What never changes and never goes.
    ("AP003", "update aplus.account set author_kind = 'operator', author_id = {op} where id = {cleo}"),
    ("AP003", "update aplus.account set created_at = 2, shared = true where id = {cleo}"),
    ("AP003", "update aplus.group set matricule = 'other' where id = {hall}"),
    ("AP003", "update aplus.operator set email = 'eve@evil.example', version = version + 1 where id = {op}"),
    ("AP003", "update aplus.operator set status = 'active' where id = {suspended}"),
    ("AP003", "insert into aplus.operator (id, email, status, version, epoch, created_at, restore_asked_by, restore_asked_at) values ({new}, 'eve@evil.example', 'suspended', 0, 0, 1, {op}, 5)"),
    ("AP005", "insert into aplus.operator values ({new}, 'ada@ville.example', 'active', 0, 0, 1)"),
    ("AP003", "update aplus.membership set group_id = {desk} where account_id = {ben}"),
    ("AP003", "delete from aplus.account where id = {cleo}"),
    ("AP003", "delete from aplus.operator where id = {suspended}"),
    ("AP003", "delete from aplus.group where id = {desk}"),
    ("AP003", "update aplus.journal_entry set details = '{\"evil\":1}' where id = {entry}"),
    ("AP003", "update aplus.journal_entry set commitment = {g}"),
    ("AP003", "delete from aplus.journal_entry where id = {entry}"),
    ("AP003", "update aplus.journal_erasable set text = ''"),
    ("AP003", "delete from aplus.journal_erasable"),
    // Erasing early, or one entry of somebody that is young (T3).
    ("AP003", "delete from aplus.journal_erasable where entry_id = {entry}"),
    ("AP003", "update aplus.journal_erasable set at = 1 where entry_id = {entry}; delete from aplus.journal_erasable where entry_id = {entry}"),
    ("AP003", "update aplus.journal_entry set at = 1 where id = {entry}; delete from aplus.journal_erasable where entry_id = {entry}"),
    ("AP003", "select aplus.erase_journal({now}, 2)"),
    ("AP003", "select aplus.empty_account({hugo}, {now}, 5)"),
    // An account is emptied as a whole, and not one that was used or made within six months (T4).
    ("AP003", "update aplus.account set EMPTIED, version = version + 1, epoch = epoch + 1 where id = {hugo}"),
    ("AP003", "update aplus.account set EMPTIED, version = version + 1, epoch = epoch + 1 where id = {ines}"),
    ("AP003", "update aplus.account set EMPTIED, version = version + 1, epoch = epoch + 1, last_login_at = 1 where id = {hugo}"),
    ("AP003", "update aplus.account set EMPTIED where id = {ada}"),
    ("AP003", "update aplus.account set EMPTIED, version = version + 1 where id = {ada}"),
    ("AP003", "update aplus.account set EMPTIED, version = version + 1, epoch = epoch + 1, roles = 7 where id = {ada}"),
    ("23514", "update aplus.account set status = 'withdrawn', email = null, emptied_at = 5, version = version + 1, epoch = epoch + 1 where id = {ada}"),
    ("23514", "update aplus.account set emptied_at = 5, version = version + 1, epoch = epoch + 1 where id = {ada}"),
    ("AP003", "update aplus.account set requester_kind = null, reference = null where id = {hugo}"),
    ("AP003", "update aplus.account set emptied_at = null where id = {jo}"),
    ("AP003", "update aplus.account set email = 'jo@ville.example', version = version + 1, epoch = epoch + 1 where id = {jo}"),
    ("AP003", "update aplus.seal_queue set entry_id = {entry}"),
    ("AP003", "delete from aplus.seal_queue"),
    // Seals and checkpoints (T2).
    ("AP003", "insert into aplus.seal_queue values ({entry})"),
    ("AP003", "insert into aplus.seal values (2, {refusal}, {g})"),
    ("AP003", "insert into aplus.seal values (1, {entry}, {g})"),
    ("AP003", "insert into aplus.seal values (1, {nobody}, {g})"),
    ("AP003", "update aplus.seal set hash = {g}"),
    ("AP003", "update aplus.seal set entry_id = {refusal}"),
    ("AP003", "delete from aplus.seal"),
    ("AP003", "update aplus.seal_tree set peaks = {g}"),
    ("AP003", "update aplus.seal_tree set size = 0, peaks = ''"),
    ("AP003", "update aplus.seal_tree set size = 2, peaks = {g}"),
    ("AP003", "delete from aplus.seal_tree"),
    ("AP003", "insert into aplus.checkpoint values (2, 9, 'forged')"),
    ("AP003", "update aplus.checkpoint set note = 'forged'"),
    ("AP003", "delete from aplus.checkpoint_mail; delete from aplus.checkpoint"),
    ("AP003", "update aplus.checkpoint_mail set at = 0"),
    ("23505", "insert into aplus.checkpoint_mail values (1, 99)"),
    ("AP003", "update aplus.link_look set link_id = {used_link}"),
    ("AP003", "update aplus.link_look set times = times - 1"),
    ("AP003", "truncate aplus.link_look"),
    ("AP003", "update aplus.refusal_count set key = 'another'"),
    ("AP003", "update aplus.refusal_count set at = 9, times = times + 1"),
    ("AP003", "truncate aplus.journal_entry cascade"),
    ("AP003", "truncate aplus.refusal_count"),
    (
        "AP003",
        "truncate aplus.account, aplus.membership, aplus.link, aplus.link_look, aplus.session, aplus.support_order, aplus.conversation,
            aplus.conversation_message",
    ),
];

#[tokio::test]
async fn none_of_them_changes_anything_as_the_owner() {
    let town = Town::new().await;
    let login = town.database.owner();
    let mut owner = town.owner().await;
    let before = town.dump(&mut owner).await;
    for (expected, hostile) in HOSTILE {
        let done = town
            .run(&login, &ordered(hostile).replace("EMPTIED", EMPTIED))
            .await;
        assert!(town.dump(&mut owner).await == before, "{hostile}");
        assert_eq!(state(&done), expected, "{hostile}: {done:?}");
    }
    // The control: an approved order, with exactly its values; it is this one that is used, and only once.
    let there = ordered("update aplus.account set roles = 3, {ordered} {order} where id = {ada}");
    town.run(&login, &there).await.unwrap();
    let used: String = town
        .ask(
            &mut owner,
            "select string_agg(concat_ws(' ', new_roles, carried_out_at), ', ' order by new_roles)
            from aplus.support_order where account_id = {ada}",
        )
        .await;
    assert_eq!(used, "3 6, 5");
    let before = town.dump(&mut owner).await;
    let back = "update aplus.account set roles = 1, version = version + 1, epoch = epoch + 1 where id = {ada}";
    for again in [&later(&there), back] {
        assert_eq!(state(&town.run(&login, again).await), "AP003");
        assert!(town.dump(&mut owner).await == before);
    }
    // And what is old goes, of whomever: the guards know no more than the age.
    let old = format!(
        "delete from aplus.journal_erasable where entry_id = {{old_entry}};
        update aplus.account set {EMPTIED}, version = version + 1, epoch = epoch + 1 where id = {{cleo}}"
    );
    town.run(&login, &old).await.unwrap();
    println!(
        "counted: {} hostile statements on PostgreSQL as the owner",
        HOSTILE.len()
    );
}

fn ordered(statement: &str) -> String {
    let ordered = "version = version + 1, epoch = epoch + 1, ordered_at = 6, order_id =";
    statement.replace("{ordered}", ordered)
}

/// The same at another hour, so that it is no repetition of what is there.
fn later(ordered: &str) -> String {
    ordered.replace("ordered_at = 6", "ordered_at = 7")
}

/// An order that was used is not used again once its old values are there again by another order.
#[tokio::test]
async fn an_order_is_not_replayed_after_the_values_were_changed_back() {
    let town = Town::new().await;
    let login = town.database.owner();
    let mut owner = town.owner().await;
    let there = ordered("update aplus.account set roles = 3, {ordered} {order} where id = {ada}");
    let back = ordered("update aplus.account set roles = 1, {ordered} {entry} where id = {ada}");
    town.run(&login, &there).await.unwrap();
    town.run(
        &login,
        "insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, author_kind,
            requester_kind, reference, proposed_at, expires_at, approved_at, approval_entry)
        values ({entry}, {ada}, 'ada@ville.example', 'ada@ville.example', 3, 1, 'machine', 'person', 'x', 6, 9, 6, {entry})",
    )
    .await
    .unwrap();
    town.run(&login, &back).await.unwrap();
    let before = town.dump(&mut owner).await;
    for again in [there.clone(), later(&there), later(&back)] {
        assert_eq!(state(&town.run(&login, &again).await), "AP003");
    }
    let word: String = town
        .ask(
            &mut owner,
            "select aplus.carry_out_order({order}, 6, {entry})",
        )
        .await;
    assert_eq!(word, "used");
    assert!(town.dump(&mut owner).await == before);
}

#[tokio::test]
async fn no_table_of_ours_is_emptied() {
    let town = Town::new().await;
    let mut owner = town.owner().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select oid::regclass::text from pg_class
        where relnamespace = 'aplus'::regnamespace and relkind = 'r' and relname <> 'migration'",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert!(tables.len() >= 13, "{tables:?}");
    for table in tables {
        let done = town
            .run_on(&mut owner, &format!("truncate {table} cascade"))
            .await;
        assert_eq!(state(&done), "AP003", "{table}");
    }
}

/// An order that would give an account the address of an operator changes nothing, whoever carries it out (A5).
#[tokio::test]
async fn no_order_gives_an_account_the_address_of_an_operator() {
    let town = Town::new().await;
    let mut owner = town.owner().await;
    let operator =
        "insert into aplus.operator values ({new}, 'cleo@region.example', 'active', 0, 0, 1);
        update aplus.link set used_at = 6, session_id = {new} where id = {confirming}";
    town.run_on(&mut owner, operator).await.unwrap();
    let before = town.dump(&mut owner).await;
    let word: String = town
        .ask(
            &mut owner,
            "select aplus.carry_out_order({moving}, 6, {entry})",
        )
        .await;
    assert_eq!(word, "taken");
    let past = "update aplus.account set email = 'cleo@region.example', {ordered} {moving} where id = {cleo}";
    let done = town.run_on(&mut owner, &ordered(past)).await;
    assert_eq!(state(&done), "AP005");
    assert!(town.dump(&mut owner).await == before);
}

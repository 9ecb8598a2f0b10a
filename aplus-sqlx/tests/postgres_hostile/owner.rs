//! The same as the owner of the schema, whom no right stops: the guards do.

use crate::state;
use crate::town::Town;

const APPROVED: &str = "(id, account_id, old_email, new_email, old_roles, new_roles, operator_id, approver_kind, approver_id, approved_at)";

const HOSTILE: [(&str, &str); 58] = [
    // No order, none that is approved, open, for this account, with these values (A3, A6).
    ("AP003", "update aplus.account set email = 'eve@evil.example' where id = {cleo}"),
    ("AP003", "update aplus.account set email = 'eve@evil.example', version = version + 1, epoch = epoch + 1 where id = {cleo}"),
    ("AP003", "update aplus.account set email = upper(email) where id = {cleo}"),
    ("AP003", "update aplus.account set email = null where id = {cleo}"),
    ("AP003", "update aplus.account set email = null, status = 'withdrawn', version = version + 1 where id = {ada}"),
    ("AP003", "update aplus.account set email = null, status = 'withdrawn', last_login_at = null, version = version + 1 where id = {ada}"),
    ("AP003", "update aplus.account set email = null, status = 'withdrawn', roles = 7, version = version + 1 where id = {cleo}"),
    ("AP003", "update aplus.account set email = 'dan@ville.example', version = version + 1 where id = {dan}"),
    ("AP003", "update aplus.account set roles = 7, version = version + 1, epoch = epoch + 1 where id = {ben}"),
    ("AP003", "update aplus.account set roles = 7, version = version + 1, epoch = epoch + 1 where id = {gus}"),
    ("AP003", "update aplus.account set roles = 7, version = version + 1, epoch = epoch + 1"),
    ("AP003", "update aplus.account set email = 'ada@region.example', version = version + 1, epoch = epoch + 1 where id = {ada}"),
    ("AP003", "update aplus.account set roles = 3, version = version + 1, epoch = epoch + 1 where id = {ada}"),
    ("AP003", "update aplus.account set email = 'ada@region.example', roles = 7, version = version + 1, epoch = epoch + 1 where id = {ada}"),
    ("AP003", "update aplus.account set email = 'ada@region.example', roles = 3 where id = {cleo}"),
    // The right values, but the links and sessions would outlive it.
    ("AP003", "update aplus.account set email = 'ada@region.example', roles = 3 where id = {ada}"),
    ("AP003", "update aplus.account set email = 'ada@region.example', roles = 3, version = version + 1 where id = {ada}"),
    ("AP003", "update aplus.account set email = 'ada@region.example', roles = 3, epoch = epoch + 1 where id = {ada}"),
    ("AP003", "insert into aplus.account (id, email, roles, shared, status, version, epoch, author_kind, created_at) values ({ada}, 'ada@ville.example', 7, false, 'active', 0, 0, 'machine', 1) on conflict (id) do update set roles = 7"),
    ("AP003", "merge into aplus.account a using (select {ada} as id) as it on a.id = it.id when matched then update set roles = 7"),
    ("42501", "set session_replication_role = replica; update aplus.account set roles = 7"),
    // Used once, and not twice by going back and on again.
    ("AP003", "update aplus.account set email = 'ada@region.example', roles = 3, version = version + 1, epoch = epoch + 1 where id = {ada};
        update aplus.account set email = 'ada@ville.example', roles = 1, version = version + 1, epoch = epoch + 1 where id = {ada}"),
    ("AP003", "update aplus.support_order set carried_out_at = 6 where id = {order};
        update aplus.account set email = 'ada@region.example', roles = 3, version = version + 1, epoch = epoch + 1 where id = {ada}"),
    ("AP003", "update aplus.support_order set closed_at = 6 where id = {order};
        update aplus.account set email = 'ada@region.example', roles = 3, version = version + 1, epoch = epoch + 1 where id = {ada}"),
    // The order itself.
    ("AP003", "update aplus.support_order set new_email = 'eve@evil.example' where id = {order}"),
    ("AP003", "update aplus.support_order set new_roles = 4 where id = {draft}"),
    ("AP003", "update aplus.support_order set account_id = {cleo} where id = {order}"),
    ("AP003", "update aplus.support_order set operator_id = {second} where id = {draft}"),
    ("AP003", "update aplus.support_order set approver_id = {suspended} where id = {order}"),
    ("AP003", "update aplus.support_order set approver_kind = null, approver_id = null, approved_at = null where id = {order}"),
    ("AP003", "update aplus.support_order set closed_at = null where id = {closed}"),
    ("AP003", "update aplus.support_order set carried_out_at = 6 where id = {order}; update aplus.support_order set carried_out_at = null where id = {order}"),
    ("23514", "update aplus.support_order set approver_kind = 'operator', approver_id = {op}, approved_at = 5 where id = {draft}"),
    ("23514", "update aplus.support_order set approver_kind = 'account', approver_id = {ben}, approved_at = 5 where id = {draft}"),
    ("23514", "update aplus.support_order set carried_out_at = 5 where id = {draft}"),
    ("AP003", "delete from aplus.support_order where id = {draft}"),
    // What never changes and never goes.
    ("AP003", "update aplus.account set author_kind = 'operator', author_id = {op} where id = {cleo}"),
    ("AP003", "update aplus.account set created_at = 2, shared = true where id = {cleo}"),
    ("AP003", "update aplus.group set matricule = 'other' where id = {hall}"),
    ("AP003", "update aplus.operator set email = 'eve@evil.example', version = version + 1 where id = {op}"),
    ("AP003", "update aplus.operator set status = 'active' where id = {suspended}"),
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
    ("AP003", "update aplus.seal_queue set entry_id = {entry}"),
    ("AP003", "delete from aplus.seal_queue"),
    ("AP003", "update aplus.refusal_count set key = 'another'"),
    ("AP003", "update aplus.refusal_count set at = 9, times = times + 1"),
    ("AP003", "truncate aplus.journal_entry cascade"),
    ("AP003", "truncate aplus.refusal_count"),
    ("AP003", "truncate aplus.account, aplus.membership, aplus.link, aplus.session, aplus.support_order"),
];

#[tokio::test]
async fn none_of_them_changes_anything_as_the_owner() {
    let town = Town::new().await;
    let login = town.database.owner();
    let mut owner = town.owner().await;
    let before = town.dump(&mut owner).await;
    for (expected, hostile) in HOSTILE {
        let done = town.run(&login, hostile).await;
        assert!(town.dump(&mut owner).await == before, "{hostile}");
        assert_eq!(state(&done), expected, "{hostile}: {done:?}");
    }
    // The control: an approved order, with exactly its values.
    let ordered =
        "update aplus.account set email = 'ada@region.example', roles = 3, version = version + 1,
        epoch = epoch + 1 where id = {ada}";
    town.run(&login, ordered).await.unwrap();
    let used: bool = town
        .ask(
            &mut owner,
            "select carried_out_at is not null from aplus.support_order where id = {order}",
        )
        .await;
    assert!(used);
    let before = town.dump(&mut owner).await;
    let again =
        "update aplus.account set email = 'ada@ville.example', roles = 1, version = version + 1,
        epoch = epoch + 1 where id = {ada}";
    assert_eq!(state(&town.run(&login, again).await), "AP003");
    assert!(town.dump(&mut owner).await == before);
    println!(
        "counted: {} hostile statements on PostgreSQL as the owner",
        HOSTILE.len()
    );
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
    let order = format!(
        "insert into aplus.support_order {APPROVED}
        values ({{new}}, {{cleo}}, 'cleo@ville.example', 'op@aplus.example', 1, 1, {{op}}, 'operator', {{second}}, 5)"
    );
    town.run_on(&mut owner, &order).await.unwrap();
    let before = town.dump(&mut owner).await;
    let done = town
        .run_on(&mut owner, "select aplus.carry_out_order({new}, 6)")
        .await;
    assert!(town.dump(&mut owner).await == before);
    assert_eq!(state(&done), "AP005");
}

//! The order's door, open to the server: it carries an approved order out exactly once, and no other.

use sqlx::ConnectOptions;

use crate::state;
use crate::town::Town;

async fn carry_out(town: &Town, order: &str) -> String {
    let mut server = town.login.connect().await.unwrap();
    let call = format!("select aplus.carry_out_order({order}, 77, {{entry}})");
    town.ask(&mut server, &call).await
}

#[tokio::test]
async fn an_approved_order_is_carried_out_once() {
    let town = Town::new().await;
    assert_eq!(carry_out(&town, "{nobody}").await, "unknown");
    assert_eq!(carry_out(&town, "{draft}").await, "not_approved");
    assert_eq!(carry_out(&town, "{closed}").await, "closed");
    assert_eq!(carry_out(&town, "{order}").await, "done");
    assert_eq!(carry_out(&town, "{order}").await, "used");
    let mut owner = town.owner().await;
    let ada: String = town
        .ask(
            &mut owner,
            "select concat_ws(' ', a.email, a.roles, a.version, a.epoch, o.carried_out_at, o.carrying_entry = {entry},
                a.order_id = o.id, a.ordered_at)
            from aplus.account a join aplus.support_order o on o.account_id = a.id where a.id = {ada} and o.id = {order}",
        )
        .await;
    assert_eq!(ada, "ada@ville.example 3 5 3 77 t t 77");
    let living: bool = town
        .ask(
            &mut owner,
            "select exists (select from aplus.live_session where account_id = {ada} and epoch = current_epoch)",
        )
        .await;
    assert!(!living, "its sessions end by number");
    // No responsable came or went.
    let groups: String = town
        .ask(
            &mut owner,
            "select string_agg(version::text, ' ' order by id) from aplus.group",
        )
        .await;
    assert_eq!(groups, "4 0");
}

/// Whoever becomes a responsable, or is one no longer, moves the version of each of their groups (A8).
#[tokio::test]
async fn the_groups_of_a_new_responsable_move() {
    let town = Town::new().await;
    let approve = "update aplus.support_order set approver_kind = 'account', approver_id = {ben}, approved_at = 5,
        approval_entry = {entry} where id = {raise}";
    town.run(&town.login, approve).await.unwrap();
    assert_eq!(carry_out(&town, "{raise}").await, "done");
    let mut owner = town.owner().await;
    let groups: String = town
        .ask(
            &mut owner,
            "select string_agg(version::text, ' ' order by id) from aplus.group",
        )
        .await;
    assert_eq!(groups, "5 1");
    // The other one for the same account is for what it no longer is.
    assert_eq!(carry_out(&town, "{order}").await, "stale");
}

#[tokio::test]
async fn a_new_address_is_confirmed_first() {
    let town = Town::new().await;
    assert_eq!(carry_out(&town, "{moving}").await, "unconfirmed");
    let confirm = "update aplus.link set used_at = 77, session_id = {new} where id = {confirming}";
    town.run(&town.login, confirm).await.unwrap();
    assert_eq!(carry_out(&town, "{moving}").await, "done");
    let cleo: String = town
        .ask(
            &mut town.owner().await,
            "select email from aplus.account where id = {cleo}",
        )
        .await;
    assert_eq!(cleo, "cleo@region.example");
}

#[tokio::test]
async fn an_address_that_became_somebodys_is_taken() {
    let town = Town::new().await;
    let confirm = "update aplus.link set used_at = 77, session_id = {new} where id = {confirming};
        insert into aplus.account (id, email, roles, shared, status, version, epoch, author_kind, created_at)
        values ({new}, 'cleo@region.example', 1, false, 'active', 0, 0, 'machine', 1)";
    town.run(&town.login, confirm).await.unwrap();
    let mut owner = town.owner().await;
    let before = town.dump(&mut owner).await;
    assert_eq!(carry_out(&town, "{moving}").await, "taken");
    assert!(town.dump(&mut owner).await == before);
}

/// The details that an order names change with it, and no other.
#[tokio::test]
async fn details_are_corrected_by_name() {
    let town = Town::new().await;
    town.run(
        &town.login,
        "update aplus.account set first_name = 'Guss', phone = '3939', job_title = 'Agent' where id = {gus};
        insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, profile, author_kind,
            requester_kind, reference, proposed_at, expires_at, approved_at, approval_entry)
        values ({entry}, {gus}, 'gus@ville.example', 'gus@ville.example', 1, 1, '{\"first_name\":\"Gus\",\"phone\":null}',
            'machine', 'person', 'x', 1, 99, 1, {entry})",
    )
    .await
    .unwrap();
    assert_eq!(carry_out(&town, "{entry}").await, "done");
    let gus: String = town
        .ask(
            &mut town.owner().await,
            "select concat_ws(' ', first_name, coalesce(phone, '-'), job_title, version, epoch) from aplus.account
            where id = {gus}",
        )
        .await;
    assert_eq!(gus, "Gus - Agent 1 1");
}

#[tokio::test]
async fn an_order_for_what_the_account_no_longer_is_is_stale() {
    let town = Town::new().await;
    let mut owner = town.owner().await;
    for (order, account, values) in [
        (
            "{entry}",
            "{ada}",
            "'ada@before.example', 'ada@before.example', 1, 3",
        ),
        (
            "{refusal}",
            "{gus}",
            "'gus@ville.example', 'gus@ville.example', 4, 7",
        ),
    ] {
        let insert = format!(
            "insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, author_kind,
                requester_kind, reference, proposed_at, expires_at, approved_at, approval_entry)
            values ({order}, {account}, {values}, 'machine', 'person', 'x', 1, 99, 1, {order})"
        );
        town.run(&town.login, &insert).await.unwrap();
        let before = town.dump(&mut owner).await;
        assert_eq!(carry_out(&town, order).await, "stale");
        assert!(town.dump(&mut owner).await == before);
    }
}

/// Nor one for an account that was withdrawn meanwhile.
#[tokio::test]
async fn an_order_for_a_withdrawn_account_is_stale() {
    let town = Town::new().await;
    let withdrawn = "select aplus.withdraw_account({cleo});
        update aplus.link set used_at = 77, session_id = {new} where id = {confirming}";
    town.run(&town.login, withdrawn).await.unwrap();
    assert_eq!(carry_out(&town, "{moving}").await, "stale");
    let again = "update aplus.account set email = 'cleo@region.example' where id = {cleo}";
    assert_eq!(
        state(&town.run(&town.database.owner(), again).await),
        "AP003"
    );
}

#[tokio::test]
async fn of_many_who_carry_it_out_at_once_one_does() {
    let town = Town::new().await;
    let statement = town.named("select aplus.carry_out_order({order}, 77, {entry})");
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let statement = statement.clone();
        let mut server = town.login.connect().await.unwrap();
        tasks.spawn(async move {
            let query = sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(statement));
            query.fetch_one(&mut server).await.unwrap()
        });
    }
    let mut answers = tasks.join_all().await;
    answers.sort_unstable();
    assert_eq!(answers[0], "done");
    assert_eq!(answers[1..], ["used"; 7]);
}

/// Who withdraws an account gets its id, and its address is free; nobody else may call the doors.
#[tokio::test]
async fn the_doors_are_open_to_whom_they_are_for() {
    let town = Town::new().await;
    let mut owner = town.owner().await;
    let who: Vec<String> = sqlx::query_scalar(
        "select concat_ws(' ', p.proname, coalesce(nullif(a.grantee::regrole::text, '-'), 'public'))
        from pg_proc p cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        where p.pronamespace = 'aplus'::regnamespace and a.grantee <> p.proowner order by 1",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let runtime = crate::postgres_common::roles().runtime();
    let expected = [
        format!("carry_out_order {runtime}"),
        format!("empty_account {runtime}"),
        format!("erase_conversations {runtime}"),
        format!("erase_journal {runtime}"),
        format!("mail_id {runtime}"),
        format!("seal_entries {runtime}"),
        format!("withdraw_account {runtime}"),
    ];
    assert_eq!(who, expected);
    let loose: Vec<String> = sqlx::query_scalar(
        "select proname::text from pg_proc where pronamespace = 'aplus'::regnamespace
            and not coalesce(proconfig @> array['search_path=pg_catalog, pg_temp'], false)",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert!(
        loose.is_empty(),
        "without a search path of their own: {loose:?}"
    );
    let free = "insert into aplus.account (id, email, roles, shared, status, version, epoch, author_kind, created_at)
        values ({new}, 'dan@ville.example', 1, false, 'active', 0, 0, 'machine', 1)";
    town.run(&town.login, free).await.unwrap();
}

//! The order's door, which stands ready and is open to nobody but the owner: it carries an approved order out exactly once.

use crate::town::Town;

async fn carry_out(town: &Town, order: &str) -> String {
    let mut owner = town.owner().await;
    town.ask(
        &mut owner,
        &format!("select aplus.carry_out_order({order}, 77)"),
    )
    .await
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
            "select concat_ws(' ', a.email, a.roles, a.version, a.epoch, o.carried_out_at)
            from aplus.account a join aplus.support_order o on o.account_id = a.id where a.id = {ada}",
        )
        .await;
    assert_eq!(ada, "ada@region.example 3 5 3 77");
    let living: bool = town
        .ask(
            &mut owner,
            "select exists (select from aplus.live_session where account_id = {ada} and epoch = current_epoch)",
        )
        .await;
    assert!(!living, "its sessions end by number");
}

#[tokio::test]
async fn an_order_for_what_the_account_no_longer_is_is_stale() {
    let town = Town::new().await;
    let mut owner = town.owner().await;
    for (order, account, values) in [
        (
            "{new}",
            "{ada}",
            "'ada@before.example', 'ada@after.example', 1, 1",
        ),
        (
            "{other}",
            "{cleo}",
            "'cleo@ville.example', 'cleo@ville.example', 4, 7",
        ),
        (
            "{nobody}",
            "{dan}",
            "'dan@ville.example', 'dan@after.example', 1, 1",
        ),
    ] {
        let insert = format!(
            "insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, operator_id,
                approver_kind, approver_id, approved_at)
            values ({order}, {account}, {values}, {{op}}, 'machine', null, 5)"
        );
        town.run_on(&mut owner, &insert).await.unwrap();
        let before = town.dump(&mut owner).await;
        assert_eq!(carry_out(&town, order).await, "stale");
        assert!(town.dump(&mut owner).await == before);
    }
}

#[tokio::test]
async fn of_many_who_carry_it_out_at_once_one_does() {
    let town = Town::new().await;
    let statement = town.named("select aplus.carry_out_order({order}, 77)");
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (statement, mut owner) = (statement.clone(), town.owner().await);
        tasks.spawn(async move {
            let query = sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(statement));
            query.fetch_one(&mut owner).await.unwrap()
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

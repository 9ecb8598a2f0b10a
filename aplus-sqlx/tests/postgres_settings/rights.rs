//! A login that may do more than a server needs, or less.

use aplus_sqlx::postgres::{OpenError, PostgresStore};

use crate::postgres_common::{Place, roles};
use crate::{refusal, run};

/// What is given to a login that has the runtime's rights already, and how the refusal names it.
const EXCESS: [(&str, &str); 56] = [
    (
        "alter role {login} superuser",
        "do everything, since it is or may become a superuser",
    ),
    (
        "create role {login}_above superuser; grant {login}_above to {login}",
        "do everything, since it is or may become a superuser",
    ),
    (
        "grant {owner} to {login}",
        "act as the owner of the schema aplus",
    ),
    (
        "alter role {login} noinherit; grant {owner} to {login}",
        "act as the owner of the schema aplus",
    ),
    (
        "grant {owner} to {login}; alter role {login} set role = {runtime}",
        "act as the owner of the schema aplus",
    ),
    (
        "grant {migrator} to {login}",
        "act as the owner of the schema aplus",
    ),
    (
        "alter schema aplus owner to {login}",
        "act as the owner of the schema aplus",
    ),
    (
        "alter role {login} createrole",
        "make roles, and so act as the owner",
    ),
    (
        "alter role {login} replication",
        "copy the whole server as a standby does",
    ),
    (
        "grant pg_write_server_files to {login}",
        "reach files and programs of the server",
    ),
    (
        "grant pg_execute_server_program to {login}",
        "reach files and programs of the server",
    ),
    (
        "grant pg_read_server_files to {login}",
        "reach files and programs of the server",
    ),
    (
        "grant pg_signal_backend to {login}",
        "cancel the commit of another login while it waits for a standby",
    ),
    (
        "grant set on parameter session_replication_role to {login}",
        "set session_replication_role, and so write lines that refer to nothing",
    ),
    (
        "grant alter system on parameter work_mem to {login}",
        "change settings of the whole server",
    ),
    (
        "grant {runtime} to {login} with admin option",
        "let others have the rights of {runtime}",
    ),
    (
        "alter database {database} owner to {login}",
        "change and drop the database, since it owns it",
    ),
    (
        "grant create on schema aplus to {login}",
        "create in the schema aplus",
    ),
    (
        "grant create on schema aplus to public",
        "create in the schema aplus",
    ),
    (
        "alter table aplus.migration owner to {login}",
        "change aplus.migration, since it owns it",
    ),
    (
        "alter function aplus.withdraw_account(uuid) owner to {login}",
        "change aplus.withdraw_account(uuid), since it owns it",
    ),
    ("grant pg_write_all_data to {login}", "delete from aplus."),
    (
        "grant update on aplus.support_order to {login}",
        "update aplus.support_order",
    ),
    (
        "grant update (carried_out_at) on aplus.support_order to {login}",
        "update aplus.support_order.carried_out_at",
    ),
    (
        "grant insert (approver_id) on aplus.support_order to {login}",
        "insert into aplus.support_order.approver_id",
    ),
    (
        "grant update (order_id) on aplus.account to {login}",
        "update aplus.account.order_id",
    ),
    (
        "grant insert on aplus.operator to {login}",
        "insert into aplus.operator",
    ),
    (
        "grant insert (id, email, status, version, epoch, created_at) on aplus.operator to {login}",
        "insert into aplus.operator.created_at",
    ),
    (
        "grant insert on aplus.support_order to public",
        "insert into aplus.support_order",
    ),
    (
        "grant insert on aplus.seal_queue to {login}",
        "insert into aplus.seal_queue",
    ),
    (
        "grant insert on aplus.seal to {login}",
        "insert into aplus.seal",
    ),
    (
        "grant update (size) on aplus.seal_tree to {login}",
        "update aplus.seal_tree.size",
    ),
    (
        "grant insert on aplus.checkpoint to {login}",
        "insert into aplus.checkpoint",
    ),
    (
        "grant delete on aplus.seal_queue to {login}",
        "delete from aplus.seal_queue",
    ),
    (
        "grant update on aplus.account to {login}",
        "update aplus.account",
    ),
    (
        "grant update (email) on aplus.account to {login}",
        "update aplus.account.email",
    ),
    (
        "grant update (roles) on aplus.account to public",
        "update aplus.account.roles",
    ),
    (
        "grant update (email) on aplus.operator to {login}",
        "update aplus.operator.email",
    ),
    (
        "grant update (name) on aplus.group to {login}",
        "update aplus.\"group\".name",
    ),
    (
        "grant update (expires_at) on aplus.link to {login}",
        "update aplus.link.expires_at",
    ),
    (
        "grant update (details) on aplus.journal_entry to {login}",
        "update aplus.journal_entry.details",
    ),
    (
        "grant delete on aplus.account to {login}",
        "delete from aplus.account",
    ),
    (
        "grant delete on aplus.journal_entry to {login}",
        "delete from aplus.journal_entry",
    ),
    (
        "grant delete on aplus.journal_erasable to {login}",
        "delete from aplus.journal_erasable",
    ),
    (
        "grant truncate on aplus.session to {login}",
        "truncate aplus.session",
    ),
    (
        "grant trigger on aplus.account to {login}",
        "set triggers on aplus.account",
    ),
    (
        "grant references on aplus.account to {login}",
        "refer to aplus.account",
    ),
    (
        "grant references (id) on aplus.account to {login}",
        "refer to aplus.account.id",
    ),
    (
        "grant execute on function aplus.nothing_changes() to {login}",
        "call aplus.nothing_changes()",
    ),
    (
        "grant execute on function aplus.nothing_changes() to public",
        "call aplus.nothing_changes()",
    ),
    (
        "grant execute on all functions in schema aplus to {login}",
        "call aplus.account_begins()",
    ),
    (
        "grant insert on aplus.session to {login} with grant option",
        "let others insert into aplus.session",
    ),
    (
        "grant update (version) on aplus.account to {login} with grant option",
        "let others update aplus.account",
    ),
    (
        "grant execute on function aplus.withdraw_account(uuid) to {login} with grant option",
        "let others call aplus.withdraw_account(uuid)",
    ),
    (
        "grant usage on schema aplus to {login} with grant option",
        "let others use the schema aplus",
    ),
    // What it does not inherit, and may become.
    (
        "create role {login}_group; grant update (email) on aplus.account to {login}_group;
        alter role {login} noinherit; grant {login}_group to {login}",
        "update aplus.account.email",
    ),
];

#[tokio::test]
async fn each_excess_right_is_refused_by_name() {
    let place = Place::new().await;
    let (admin, owner) = (place.database.admin(), place.database.owner());
    for (given, named) in EXCESS {
        let login = place.database.login(roles().runtime()).await.unwrap();
        let name = login.get_username();
        let statement = given
            .replace("{login}", name)
            .replace("{owner}", roles().owner())
            .replace("{runtime}", roles().runtime())
            .replace("{auditor}", roles().auditor())
            .replace("{migrator}", owner.get_username())
            .replace("{database}", place.database.name());
        let store = PostgresStore::connect_with(login.clone(), 1).await;
        store.unwrap().close().await;
        run(&admin, &statement).await;
        let error = refusal(&login).await;
        let told = error.to_string();
        match error {
            OpenError::TooManyRights { login, excess, .. } => {
                assert_eq!(login, name);
                let named = named.replace("{runtime}", roles().runtime());
                let whole = !named.ends_with('.');
                assert!(
                    excess == named || (!whole && excess.starts_with(&named)),
                    "{given}: {told}"
                );
            }
            other => panic!("{given}: {other}"),
        }
        assert!(
            told.starts_with(&format!("the login {name} may ")),
            "{told}"
        );
        let advice = format!(
            "give the server a login that is a member of {} and of nothing else",
            roles().runtime()
        );
        assert!(told.contains(&advice), "{told}");
        take_back(&place, name).await;
    }
}

/// So that the next login begins as this one did.
async fn take_back(place: &Place, login: &str) {
    let (owner, migrator) = (roles().owner(), place.database.owner());
    let runtime = roles().runtime();
    let (migrator, database) = (migrator.get_username(), place.database.name());
    let statements = format!(
        "reassign owned by {login} to {owner};
        alter schema aplus owner to {owner};
        alter database {database} owner to {migrator};
        revoke all on schema aplus from public;
        revoke all on all tables in schema aplus from public;
        revoke all on all functions in schema aplus from public;
        drop owned by {login};
        revoke {runtime} from {login};
        drop role if exists {login}_above;
        do $$ begin if to_regrole('{login}_group') is not null then
            drop owned by {login}_group; drop role {login}_group;
        end if; end $$"
    );
    run(&place.database.admin(), &statements).await;
}

/// Each right of `privileges.sql` is needed, and its want is told at the start and not by the first who logs in.
#[tokio::test]
async fn each_missing_right_is_refused_by_name() {
    let place = Place::new().await;
    let owner = place.database.owner();
    let rights: Vec<(String, String)> = sqlx::query_as(
        "select privilege_type, 'table ' || c.oid::regclass from pg_class c cross join aclexplode(relacl)
        where relnamespace = 'aplus'::regnamespace and grantee = to_regrole($1)
        union all
        select privilege_type || ' (' || attname || ')', 'table ' || attrelid::regclass
        from pg_attribute join pg_class c on c.oid = attrelid cross join aclexplode(attacl)
        where relnamespace = 'aplus'::regnamespace and grantee = to_regrole($1)
        union all
        select privilege_type, 'function ' || p.oid::regprocedure from pg_proc p cross join aclexplode(proacl)
        where pronamespace = 'aplus'::regnamespace and grantee = to_regrole($1)
        union all
        select privilege_type, 'schema aplus' from pg_namespace cross join aclexplode(nspacl)
        where nspname = 'aplus' and grantee = to_regrole($1)",
    )
    .bind(roles().runtime())
    .fetch_all(&mut place.owner().await)
    .await
    .unwrap();
    assert!(rights.len() > 50, "{}", rights.len());
    for (right, on) in rights {
        let runtime = roles().runtime();
        run(&owner, &format!("revoke {right} on {on} from {runtime}")).await;
        let error = refusal(&place.runtime).await;
        assert!(
            matches!(error, OpenError::TooFewRights { .. }),
            "{right} on {on}: {error}"
        );
        let object = on.split_once(' ').unwrap().1;
        let told = error.to_string();
        assert!(
            told.contains(object.trim_end_matches(')').split(',').next().unwrap()),
            "{right} on {on}: {told}"
        );
        let advice = format!("grant {} to it", roles().runtime());
        assert!(told.contains(&advice), "{told}");
        run(&owner, &format!("grant {right} on {on} to {runtime}")).await;
    }
    let store = PostgresStore::connect_with(place.runtime.clone(), 1).await;
    store.unwrap().close().await;
}

#[tokio::test]
async fn a_login_without_any_right_is_refused() {
    let place = Place::new().await;
    let revoke = format!(
        "revoke {} from {}",
        roles().runtime(),
        place.runtime.get_username()
    );
    run(&place.database.admin(), &revoke).await;
    let error = refusal(&place.runtime).await;
    let told = error.to_string();
    assert!(matches!(error, OpenError::TooFewRights { .. }), "{told}");
    let runtime = roles().runtime();
    assert!(
        told.contains(&format!(
            "may not use the schema aplus: grant {runtime} to it"
        )),
        "{told}"
    );
}

/// It has what it needs, and is not told to grant it.
#[tokio::test]
async fn a_login_that_does_not_inherit_is_told_so() {
    let place = Place::new().await;
    let login = place.runtime.get_username();
    let runtime = roles().runtime();
    // Up to 15 it is the login that inherits; from 16 on each membership does, whatever the login is altered to later.
    let without = format!(
        "do $$ begin
            if current_setting('server_version_num')::integer < 160000 then
                alter role {login} noinherit;
            else
                execute 'grant {runtime} to {login} with inherit false';
            end if;
        end $$"
    );
    run(&place.database.admin(), &without).await;
    let error = refusal(&place.runtime).await;
    let told = error.to_string();
    assert!(matches!(error, OpenError::NotInherited { .. }), "{told}");
    let begins = format!(
        "the login {login} is a member of {} and does not inherit its rights: alter role {login} inherit",
        roles().runtime()
    );
    assert!(told.starts_with(&begins), "{told}");
}

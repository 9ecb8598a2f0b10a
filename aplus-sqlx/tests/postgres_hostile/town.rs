//! A small town for hostile statements, and a dump of all that they must leave as it is.

use std::fmt::Write;

use aplus_test_postgres::Database;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use crate::postgres_common;

/// Whose ids stand for the names in braces.
const NAMED: [&str; 38] = [
    "hall",
    "desk",
    "ada",
    "ben",
    "cleo",
    "dan",
    "fay",
    "op",
    "second",
    "suspended",
    "draft",
    "order",
    "closed",
    "link",
    "used_link",
    "old_link",
    "session",
    "open_session",
    "ask",
    "waiting",
    "mail",
    "due",
    "entry",
    "refusal",
    "new",
    "other",
    "gus",
    "third_link",
    "nobody",
    "hugo",
    "ines",
    "jo",
    "old_entry",
    "open",
    "raise",
    "moving",
    "lapsed",
    "confirming",
];

/// What the owner alone may write.
const OWNERS: &str = "
    insert into aplus.operator values
        ({op}, 'op@aplus.example', 'active', 3, 2, 1), ({second}, 'second@aplus.example', 'active', 0, 0, 1),
        ({suspended}, 'suspended@aplus.example', 'suspended', 1, 1, 1);";

/// Orders by op, as the server writes them: for ben, gus and ada some that wait; one for ada and one that gives cleo another
/// address, both approved; one for gus that was taken back; one for fay whose time is over.
const ORDERS: &str = "
    insert into aplus.journal_entry (id, at, kind, author_kind, author_id, details, commitment)
        select id, 1, 'order_proposed', 'operator', {op}, '{}', {h}
        from unnest(array[{draft}, {open}, {raise}, {order}, {moving}, {closed}, {lapsed}]) as made (id);
    insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, author_kind, author_id,
        requester_kind, reference, proposed_at, expires_at)
        select id, account, email, coalesce(new_email, email), old_roles, new_roles, 'operator', {op}, 'prefecture',
            'ticket 12', 1, ends
        from (values
            ({draft}, {ben}, 'ben@ville.example', null, 4, 7, 9000), ({open}, {gus}, 'gus@ville.example', null, 1, 3, 9000),
            ({raise}, {ada}, 'ada@ville.example', null, 1, 5, 9000), ({order}, {ada}, 'ada@ville.example', null, 1, 3, 9000),
            ({moving}, {cleo}, 'cleo@ville.example', 'cleo@region.example', 1, 1, 9000),
            ({closed}, {gus}, 'gus@ville.example', null, 1, 7, 9000), ({lapsed}, {fay}, 'fay@ville.example', null, 1, 3, 100)
        ) as made (id, account, email, new_email, old_roles, new_roles, ends);
    update aplus.support_order
        set approver_kind = 'operator', approver_id = {second}, approved_at = 5, approval_entry = {entry}
        where id in ({order}, {moving});
    update aplus.support_order
        set closed_at = 6, closed_how = 'withdrawn', closed_by_kind = 'operator', closed_by_id = {op}, closing_entry = {entry}
        where id = {closed};
    insert into aplus.link
        (id, hash, nonce, key_id, purpose, account_id, email, browser, issued_at, expires_at, epoch, language, order_id)
        values ({confirming}, decode(repeat('ef', 32), 'hex'), {h}, '\\x0102030405060708', 'confirm_address', {cleo},
            'cleo@region.example', {h}, 1, 1801, 0, 'fr', {moving});";

/// What the server writes: ada logged in once, long ago, and belongs to two groups, ben is a responsable, nobody ever used the
/// accounts of cleo, fay and gus, dan's is withdrawn. Hugo's was used within six months, ines's made, jo's is emptied. Of the
/// entries one is as young as that.
const SERVERS: &str = "
    insert into aplus.group (id, name, search_key, france_services, matricule, version, author_kind, created_at) values
        ({hall}, 'Hall', 'hall', false, 'hall', 4, 'machine', 1), ({desk}, 'Desk', 'desk', false, 'desk', 0, 'machine', 1);
    insert into aplus.account
        (id, email, roles, shared, status, version, epoch, author_kind, requester_kind, reference, created_at) values
        ({ada}, 'ada@ville.example', 1, false, 'active', 3, 2, 'machine', 'prefecture', 'ticket 12', 1),
        ({ben}, 'ben@ville.example', 4, false, 'active', 0, 0, 'machine', null, null, 1),
        ({cleo}, 'cleo@ville.example', 1, false, 'active', 0, 0, 'machine', null, null, 1),
        ({dan}, 'dan@ville.example', 1, false, 'active', 0, 0, 'machine', null, null, 1),
        ({fay}, 'fay@ville.example', 1, false, 'active', 0, 0, 'machine', null, null, 1),
        ({gus}, 'gus@ville.example', 1, false, 'active', 0, 0, 'machine', null, null, 1),
        ({hugo}, 'hugo@ville.example', 1, false, 'active', 0, 0, 'machine', 'person', 'ticket 13', 1),
        ({ines}, 'ines@ville.example', 1, false, 'active', 0, 0, 'machine', null, null, {lately}),
        ({jo}, 'jo@ville.example', 1, false, 'active', 0, 0, 'machine', 'person', 'ticket 14', 1);
    insert into aplus.membership values
        ({ada}, {hall}), ({ada}, {desk}), ({ben}, {hall}), ({cleo}, {desk}), ({dan}, {desk}), ({fay}, {desk}), ({gus}, {desk}),
        ({hugo}, {desk}), ({ines}, {desk}), ({jo}, {desk});
    update aplus.account set last_login_at = 1000, version = version + 1 where id = {ada};
    update aplus.account set last_login_at = {lately}, version = version + 1 where id = {hugo};
    select aplus.withdraw_account({dan});
    select aplus.empty_account({jo}, 2, 5);
    insert into aplus.link
        (id, hash, nonce, key_id, purpose, account_id, email, browser, issued_at, expires_at, epoch, language)
        select id, decode(replace(id::text || id::text, '-', ''), 'hex'), {h}, '\\x0102030405060708', 'log_in', account,
            email, {h}, 1, 1801, 0, 'fr'
        from (values
            ({link}, {ben}, 'ben@ville.example'), ({used_link}, {ada}, 'ada@ville.example'),
            ({old_link}, {ben}, 'ben@ville.example'), ({third_link}, {ada}, 'ada@ville.example')
        ) as made (id, account, email);
    update aplus.link set used_at = 1000, session_id = {session} where id = {used_link};
    update aplus.link set superseded_at = 900 where id = {old_link};
    update aplus.link set wrong_addresses = 3 where id = {link};
    insert into aplus.link_look values ({link}, 3, 1000, 1200);
    insert into aplus.session
        (id, hash, nonce, key_id, account_id, link_id, opened_at, last_seen_at, ended_at, epoch) values
        ({session}, {h}, {h}, '\\x0102030405060708', {ada}, {used_link}, 1000, 1100, 1200, 2),
        ({open_session}, {g}, {h}, '\\x0102030405060708', {ada}, {third_link}, 1000, 1100, null, 2);
    insert into aplus.login_request (id, at, browser, network, email, language) values
        ({ask}, 1, {h}, '192.0.2.1', 'ada@ville.example', 'fr'), ({waiting}, 1, {g}, '192.0.2.1', 'ben@ville.example', 'fr');
    update aplus.login_request set answered_at = 2, answer = 'issued', mailed = true where id = {ask};
    insert into aplus.outbox (id, to_address, kind, message, urgency, language, queued_at, next_at) values
        ({mail}, 'ada@ville.example', 'link', '{}', 2, 'fr', 1, 1), ({due}, 'ben@ville.example', 'link', '{}', 2, 'fr', 1, 1);
    update aplus.outbox set to_address = null, sent_at = 5 where id = {mail};
    insert into aplus.journal_entry (id, at, kind, author_kind, details, commitment) values
        ({entry}, {lately}, 'looked', 'machine', '{}', {h}), ({old_entry}, 1, 'looked', 'machine', '{}', {h}),
        ({refusal}, 1, 'refused', 'machine', '{}', {h});
    insert into aplus.journal_erasable values ({entry}, '{}', {h}), ({old_entry}, '{}', {h});
    insert into aplus.refusal_count values ({refusal}, 'a key', 1, 4);
    select aplus.seal_entries(0, array[{entry}], array[{h}], {h}, 8, 'a note', true);";

/// A database with people in it, and a login with the server's own rights.
pub(crate) struct Town {
    pub(crate) database: Database,
    pub(crate) login: PgConnectOptions,
}

impl Town {
    pub(crate) async fn new() -> Self {
        let database = postgres_common::database().await;
        let runtime = postgres_common::roles().runtime();
        let login = database.login(runtime).await.unwrap();
        let town = Self { database, login };
        town.run(&town.login, SERVERS).await.unwrap();
        town.run(&town.database.owner(), OWNERS).await.unwrap();
        town.run(&town.login, ORDERS).await.unwrap();
        town
    }

    /// The statement with ids and roles for the names in braces.
    pub(crate) fn named(&self, statement: &str) -> String {
        let roles = postgres_common::roles();
        let micros = |when: &str| format!("(extract(epoch from {when}) * 1000000)::bigint");
        let mut statement = statement
            .replace("{now}", &micros("now()"))
            // Younger than six months, and older.
            .replace(
                "{lately}",
                &micros("now() - interval '6 months' + interval '1 day'"),
            )
            .replace(
                "{before}",
                &micros("now() - interval '6 months' - interval '1 day'"),
            )
            .replace("{h}", &format!("'\\x{}'::bytea", "ab".repeat(32)))
            .replace("{g}", &format!("'\\x{}'::bytea", "cd".repeat(32)))
            .replace("{owner}", roles.owner())
            .replace("{runtime}", roles.runtime())
            .replace("{auditor}", roles.auditor())
            .replace("{login}", self.login.get_username())
            .replace("{database}", self.database.name());
        for name in NAMED {
            statement = statement.replace(&format!("{{{name}}}"), &format!("'{}'::uuid", id(name)));
        }
        statement
    }

    /// Runs it on a connection of its own, whose settings and temporary objects end with it.
    pub(crate) async fn run(&self, login: &PgConnectOptions, statement: &str) -> sqlx::Result<()> {
        let mut connection = login.connect().await?;
        let done = self.run_on(&mut connection, statement).await;
        connection.close().await?;
        done
    }

    pub(crate) async fn run_on(&self, on: &mut PgConnection, statement: &str) -> sqlx::Result<()> {
        let statement = AssertSqlSafe(self.named(statement));
        sqlx::raw_sql(statement).execute(on).await.map(drop)
    }

    /// A connection of the owner's, who sees all.
    pub(crate) async fn owner(&self) -> PgConnection {
        self.database.owner().connect().await.unwrap()
    }

    /// What a text or a boolean query answers.
    pub(crate) async fn ask<T>(&self, on: &mut PgConnection, query: &str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        let query = AssertSqlSafe(self.named(query));
        sqlx::query_scalar(query).fetch_one(on).await.unwrap()
    }

    /// All lines of all tables, all that the catalog says of them, of their guards and of who may do what, and what the login
    /// of the server may do in effect.
    pub(crate) async fn dump(&self, on: &mut PgConnection) -> String {
        let tables: Vec<String> = sqlx::query_scalar(
            "select relname::text from pg_class where relnamespace = 'aplus'::regnamespace and relkind = 'r' order by 1",
        )
        .fetch_all(&mut *on)
        .await
        .unwrap();
        let mut parts = vec![CATALOG.to_owned()];
        for table in tables {
            parts.push(format!(
                "select 'line of {table} ' || t::text from aplus.\"{table}\" t"
            ));
        }
        let query = format!(
            "select string_agg(line, E'\\n' order by line) from ({}) as all_of_them (line)",
            parts.join(" union all ")
        );
        self.ask(on, &query).await
    }
}

fn id(name: &str) -> String {
    let place = NAMED.iter().position(|other| *other == name).unwrap();
    let mut id = String::from("01970000-0000-7000-8000-");
    write!(id, "{:012x}", place + 1).unwrap();
    id
}

const CATALOG: &str = "
    select 'schema ' || concat_ws('|', n.oid, nspname, nspowner, nspacl) from pg_namespace n where nspname !~ '^pg_(toast_)?temp_'
    union all
    select 'relation ' || concat_ws('|', c.oid, relname, relowner, relkind, relacl, relrowsecurity, relreplident, reloptions)
    from pg_class c join pg_namespace n on n.oid = relnamespace where nspname !~ '^pg_'
    union all
    select 'column ' || concat_ws('|', attrelid, attname, atttypid, attnotnull, attisdropped, attacl)
    from pg_attribute where attrelid in (select oid from pg_class where relnamespace = 'aplus'::regnamespace)
    union all
    select 'function ' || concat_ws('|', p.oid, proname, proowner, prosecdef, proconfig, proacl, prosrc)
    from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname !~ '^pg_' and nspname <> 'information_schema'
    union all
    select 'trigger ' || concat_ws('|', tgrelid, tgname, tgfoid, tgtype, tgenabled) from pg_trigger
    union all
    select 'rule ' || concat_ws('|', ev_class, rulename, ev_type, ev_enabled) from pg_rewrite where oid > 16383
    union all
    select 'constraint ' || concat_ws('|', conrelid, conname, convalidated) from pg_constraint where oid > 16383
    union all
    select 'policy ' || concat_ws('|', polrelid, polname) from pg_policy
    union all
    select 'event trigger ' || evtname from pg_event_trigger
    union all
    select 'default right ' || concat_ws('|', defaclrole, defaclnamespace, defaclacl) from pg_default_acl
    union all
    select 'large object ' || oid from pg_largeobject_metadata
    union all
    select 'comment ' || description from pg_description where objoid > 16383
    union all
    select 'setting ' || concat_ws('|', setdatabase, setrole, setconfig) from pg_db_role_setting
    where setrole in (select oid from pg_roles where rolname in ('{login}', '{owner}', '{runtime}'))
        or setdatabase = (select oid from pg_database where datname = current_database())
    union all
    select 'role ' || to_jsonb(r)::text from pg_roles r where rolname in ('{login}', '{owner}', '{runtime}', '{auditor}')
    union all
    select 'member ' || concat_ws('|', r.rolname, u.rolname, admin_option)
    from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member
    where u.rolname in ('{login}', '{runtime}', '{auditor}')
    union all
    select 'login may act as ' || rolname from pg_roles
    where rolname in ('{owner}', '{runtime}', '{auditor}') and pg_has_role('{login}', oid, 'member')
    union all
    select 'login may ' || concat_ws(' ', privilege, relname, attname)
    from pg_class c join pg_attribute a on attrelid = c.oid and attnum > 0 and not attisdropped
    cross join unnest(array['select', 'insert', 'update', 'references']) as privilege
    where relnamespace = 'aplus'::regnamespace and relkind in ('r', 'v')
        and has_column_privilege('{login}', c.oid, attnum, privilege)
    union all
    select 'login may ' || concat_ws(' ', privilege, relname)
    from pg_class c cross join unnest(array['delete', 'truncate', 'trigger']) as privilege
    where relnamespace = 'aplus'::regnamespace and relkind in ('r', 'v') and has_table_privilege('{login}', c.oid, privilege)
    union all
    select 'login may call ' || p.oid::regprocedure::text from pg_proc p
    where pronamespace = 'aplus'::regnamespace and has_function_privilege('{login}', p.oid, 'execute')";

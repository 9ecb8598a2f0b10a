//! What a login may do beyond the runtime's role, or may not do of it: asked by privilege and never by trying.

use sqlx::{PgConnection, Row};

use super::checks::OpenError;

/// `privileges.sql` says the same as grants; a test holds the two together.
///
/// Whatever the login may become by `set role` counts as its own, also what it does not inherit and what it was before a
/// `set role` that its own settings make: an injected statement undoes that.
const RIGHTS: &str = "
with stated (relation, privilege, columns) as (values
    ('account', 'SELECT', null::text[]), ('account', 'INSERT', null),
    ('account', 'UPDATE', array['first_name', 'last_name', 'job_title', 'phone', 'status', 'deactivated_by', 'version',
        'epoch', 'last_login_at']),
    ('conversation', 'SELECT', null),
    ('conversation', 'INSERT', array['id', 'account_id', 'email', 'acknowledged_on', 'subject', 'state', 'since', 'opened_at',
        'last_message_at', 'version']),
    ('conversation', 'UPDATE', array['state', 'since', 'last_message_at', 'version']),
    ('conversation_message', 'SELECT', null), ('conversation_message', 'INSERT', null),
    ('group', 'SELECT', null), ('group', 'INSERT', null), ('group', 'UPDATE', array['version']),
    ('journal_entry', 'SELECT', null), ('journal_entry', 'INSERT', null),
    ('journal_erasable', 'SELECT', null), ('journal_erasable', 'INSERT', null),
    ('link', 'SELECT', null), ('link', 'INSERT', null), ('link', 'DELETE', null),
    ('link', 'UPDATE', array['used_at', 'session_id', 'superseded_at', 'wrong_addresses']),
    ('link_look', 'SELECT', null), ('link_look', 'INSERT', null),
    ('link_look', 'UPDATE', array['times', 'first_at', 'last_at']),
    ('live_link', 'SELECT', null), ('live_session', 'SELECT', null),
    ('login_request', 'SELECT', null), ('login_request', 'INSERT', null), ('login_request', 'DELETE', null),
    ('login_request', 'UPDATE', array['answered_at', 'answer', 'mailed']),
    ('membership', 'SELECT', null), ('membership', 'INSERT', null), ('membership', 'DELETE', null),
    ('migration', 'SELECT', null),
    ('operator', 'SELECT', null),
    ('operator', 'UPDATE', array['status', 'version', 'epoch', 'restore_asked_by', 'restore_asked_at', 'restored_by']),
    ('outbox', 'SELECT', null), ('outbox', 'INSERT', null), ('outbox', 'DELETE', null),
    ('outbox', 'UPDATE', array['to_address', 'next_at', 'attempts', 'sent_at', 'given_up_at', 'reason']),
    ('refusal_count', 'SELECT', null), ('refusal_count', 'INSERT', null), ('refusal_count', 'DELETE', null),
    ('refusal_count', 'UPDATE', array['times']),
    ('checkpoint', 'SELECT', null), ('checkpoint_mail', 'SELECT', null), ('seal', 'SELECT', null),
    ('seal_queue', 'SELECT', null), ('seal_tree', 'SELECT', null),
    ('session', 'SELECT', null), ('session', 'INSERT', null), ('session', 'DELETE', null),
    ('session', 'UPDATE', array['last_seen_at', 'ended_at']),
    ('support_order', 'SELECT', null),
    ('support_order', 'INSERT', array['id', 'account_id', 'old_email', 'new_email', 'old_roles', 'new_roles', 'profile',
        'author_kind', 'author_id', 'requester_kind', 'requester_name', 'reference', 'reason', 'proposed_at', 'expires_at',
        'approved_at', 'approval_entry']),
    ('support_order', 'UPDATE', array['approver_kind', 'approver_id', 'approved_at', 'approval_entry', 'closed_at',
        'closed_how', 'closed_by_kind', 'closed_by_id', 'closing_reason', 'closing_entry'])
),
doors (name) as (values
    ('carry_out_order'), ('withdraw_account'), ('erase_journal'), ('empty_account'), ('erase_conversations'), ('mail_id'), ('seal_entries')
),
words (privilege, word) as (values
    ('SELECT', 'select from '), ('INSERT', 'insert into '), ('UPDATE', 'update '), ('DELETE', 'delete from '),
    ('TRUNCATE', 'truncate '), ('REFERENCES', 'refer to '), ('TRIGGER', 'set triggers on ')
),
role as materialized (
    select oid, rolname, rolsuper, rolcreaterole, rolreplication
    from pg_catalog.pg_roles where pg_has_role(session_user, oid, 'member')
),
relation as materialized (
    select oid, relname, relowner, relacl, oid::regclass::text as name from pg_catalog.pg_class
    where relnamespace = to_regnamespace('aplus') and relkind in ('r', 'p', 'v', 'm', 'f')
),
function as materialized (
    select oid, proname, proowner, oid::regprocedure::text as name from pg_catalog.pg_proc
    where pronamespace = to_regnamespace('aplus')
),
excess (place, what) as (
    select 1, 'do everything, since it is or may become a superuser' from role where rolsuper
    union all
    select 2, 'act as the owner of the schema aplus'
    from pg_catalog.pg_namespace n join role on role.oid = n.nspowner where n.nspname = 'aplus'
    union all
    select 3, 'make roles, and so act as the owner' from role where rolcreaterole
    union all
    select 3, 'copy the whole server as a standby does' from role where rolreplication
    union all
    select 3, 'reach files and programs of the server' from role
    where rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
    union all
    select 3, 'cancel the commit of another login while it waits for a standby' from role
    where rolname = 'pg_signal_backend'
    union all
    select 3, 'set session_replication_role, and so write lines that refer to nothing' from role
    where has_parameter_privilege(oid, 'session_replication_role', 'set')
    union all
    select 3, 'change settings of the whole server' from role cross join pg_catalog.pg_parameter_acl
    where has_parameter_privilege(role.oid, parname, 'alter system')
    union all
    select 3, 'let others have the rights of ' || given.rolname
    from pg_catalog.pg_auth_members m join role on role.oid = m.member join pg_catalog.pg_roles given on given.oid = m.roleid
    where m.admin_option and has_schema_privilege(m.roleid, to_regnamespace('aplus'), 'usage')
    union all
    select 3, 'change and drop the database, since it owns it'
    from pg_catalog.pg_database d join role on role.oid = d.datdba where d.datname = current_database()
    union all
    select 4, 'create in the schema aplus' from role where has_schema_privilege(oid, to_regnamespace('aplus'), 'create')
    union all
    select 5, 'change ' || name || ', since it owns it' from relation join role on role.oid = relowner
    union all
    select 5, 'change ' || name || ', since it owns it' from function join role on role.oid = proowner
    union all
    select 6, word || relation.name
    from role cross join relation cross join words
    where has_table_privilege(role.oid, relation.oid, privilege)
        and not exists (
            select from stated s
            where s.relation = relname and s.privilege = words.privilege and s.columns is null
        )
    union all
    select 7, word || relation.name || '.' || attname
    from role cross join relation cross join words
    join pg_catalog.pg_attribute on attrelid = relation.oid and attnum > 0 and not attisdropped
    where privilege in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
        and has_column_privilege(role.oid, relation.oid, attnum, privilege)
        and not exists (
            select from stated s
            where s.relation = relname and s.privilege = words.privilege
                and (s.columns is null or attname::text = any (s.columns))
        )
    union all
    select 8, 'call ' || name from role cross join function
    where has_function_privilege(role.oid, function.oid, 'execute') and proname not in (select name from doors)
    union all
    select 9, 'let others ' || word || relation.name
    from role cross join relation cross join words
    where case
        when privilege in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
        then has_any_column_privilege(role.oid, relation.oid, privilege || ' WITH GRANT OPTION')
        else has_table_privilege(role.oid, relation.oid, privilege || ' WITH GRANT OPTION')
    end
    union all
    select 9, 'let others call ' || name from role cross join function
    where has_function_privilege(role.oid, function.oid, 'execute with grant option')
    union all
    select 9, 'let others use the schema aplus' from role
    where has_schema_privilege(oid, to_regnamespace('aplus'), 'usage with grant option')
),
runtime (name) as (
    select coalesce(min(rolname::text), 'aplus_runtime')
    from relation cross join lateral aclexplode(relacl) join pg_catalog.pg_roles r on r.oid = grantee
    where right(rolname, 8) = '_runtime' and not rolcanlogin
),
missing (place, what) as (
    select 1, 'use the schema aplus' where not has_schema_privilege(to_regnamespace('aplus'), 'usage')
    union all
    select 2, word || relation.name
    from stated join words using (privilege) join relation on relname = stated.relation
    where columns is null and not has_table_privilege(relation.oid, privilege)
    union all
    select 3, word || relation.name || '.' || column_name
    from stated join words using (privilege) join relation on relname = stated.relation
    cross join unnest(columns) as column_name
    where not has_column_privilege(relation.oid, column_name, privilege)
    union all
    select 4, 'call ' || name from function
    where proname in (select name from doors) and not has_function_privilege(oid, 'execute')
)
select session_user::text as login,
    (select what from excess order by place, what limit 1) as excess,
    (select what from missing order by place, what limit 1) as missing,
    (select name from runtime) as runtime,
    exists (
        select from runtime join pg_catalog.pg_roles on rolname = name
        where pg_has_role(session_user, oid, 'member') and not pg_has_role(session_user, oid, 'usage')
    ) as not_inherited
from pg_catalog.pg_namespace where nspname = 'aplus'";

/// Refuses a login that may do more than a server needs, or less.
pub(super) async fn check(connection: &mut PgConnection) -> Result<(), OpenError> {
    let row = sqlx::query(RIGHTS).fetch_optional(connection).await?;
    let Some(row) = row else {
        return Err(OpenError::Missing);
    };
    let (login, runtime) = (row.try_get("login")?, row.try_get("runtime")?);
    let not_inherited: bool = row.try_get("not_inherited")?;
    match (row.try_get("excess")?, row.try_get("missing")?) {
        (Some(excess), _) => Err(OpenError::TooManyRights {
            login,
            excess,
            runtime,
        }),
        (None, Some(_)) if not_inherited => Err(OpenError::NotInherited { login, runtime }),
        (None, Some(missing)) => Err(OpenError::TooFewRights {
            login,
            missing,
            runtime,
        }),
        (None, None) => Ok(()),
    }
}

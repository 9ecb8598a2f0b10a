//! The statements, by kind, each with the SQLSTATE that it is refused with; without one it runs and changes nothing.

/// Refused for want of a right.
const NO_RIGHT: &str = "42501";
/// Refused by a trigger.
const GUARDED: &str = "AP003";
/// An address of somebody else's.
const TAKEN: &str = "AP005";
/// Runs, and has no effect: a warning, or no line that it meets.
const NOTHING: &str = "";

/// Whose statement a control is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Server,
    Owner,
}

pub(crate) struct Kind {
    pub(crate) about: &'static str,
    /// Something of the same kind that is allowed and does change something.
    pub(crate) control: (Who, &'static str),
    pub(crate) hostile: &'static [(&'static str, &'static str)],
}

/// What an account is inserted with.
pub(crate) const COLUMNS: &str =
    "id, email, roles, shared, status, version, epoch, author_kind, created_at";

pub(crate) const KINDS: [Kind; 12] = [
    Kind {
        about: "address and roles of an account (A3)",
        control: (
            Who::Server,
            "update aplus.account set first_name = 'Ada' where id = {ada}",
        ),
        hostile: &[
            (NO_RIGHT, "update aplus.account set email = 'eve@evil.example' where id = {ada}"),
            (NO_RIGHT, "update aplus.account set email = upper(email) where id = {ada}"),
            (NO_RIGHT, "update aplus.account set email = email where id = {ada}"),
            (NO_RIGHT, "update aplus.account set email = null, status = 'withdrawn', version = version + 1 where id = {cleo}"),
            (NO_RIGHT, "update aplus.account set roles = 7 where id = {ada}"),
            (NO_RIGHT, "update only aplus.account set roles = roles | 4, version = version + 1, epoch = epoch + 1"),
            (NO_RIGHT, "update aplus.account set first_name = 'Ada', roles = 7 where id = {ada}"),
            (NO_RIGHT, "update aplus.account set (version, roles) = (select 9, 7) where id = {ada}"),
            (NO_RIGHT, "with it as (select id from aplus.account) update aplus.account a set roles = 7 from it where it.id = a.id"),
            // Just what an approved order says.
            (NO_RIGHT, "update aplus.account set email = 'ada@region.example', roles = 3, version = version + 1, epoch = epoch + 1 where id = {ada}"),
            (NO_RIGHT, "insert into aplus.account ({columns}) values ({ada}, 'ada@ville.example', 7, false, 'active', 0, 0, 'machine', 1) on conflict (id) do update set roles = 7"),
            (NO_RIGHT, "insert into aplus.account ({columns}) values ({new}, 'ada@ville.example', 7, false, 'active', 0, 0, 'machine', 1) on conflict (email) do update set roles = excluded.roles"),
            (NOTHING, "insert into aplus.account ({columns}) values ({ada}, 'eve@evil.example', 7, false, 'active', 0, 0, 'machine', 1) on conflict do nothing"),
            ("23505", "insert into aplus.account ({columns}) values ({new}, 'ada@ville.example', 7, false, 'active', 0, 0, 'machine', 1)"),
            ("23514", "insert into aplus.account ({columns}) values ({new}, 'eve@evil.example', 8, false, 'active', 0, 0, 'machine', 1)"),
            ("23514", "insert into aplus.account ({columns}) values ({new}, 'accueil@evil.example', 4, true, 'active', 0, 0, 'machine', 1)"),
            (GUARDED, "insert into aplus.account ({columns}) values ({new}, null, 1, false, 'active', 0, 0, 'machine', 1)"),
            (NO_RIGHT, "merge into aplus.account a using (select {ada} as id) as it on a.id = it.id when matched then update set roles = 7"),
            (NO_RIGHT, "merge into aplus.account a using (select {cleo} as id) as it on a.id = it.id when matched then delete"),
            (NO_RIGHT, "delete from aplus.account where id = {cleo}; insert into aplus.account ({columns}) values ({cleo}, 'eve@evil.example', 7, false, 'active', 0, 0, 'machine', 1)"),
            (NO_RIGHT, "update aplus.account set roles = 7 where ctid = (select ctid from aplus.account where id = {ada})"),
            (NO_RIGHT, "begin; declare it cursor for select id from aplus.account where id = {ada} for update; fetch it; update aplus.account set roles = 7 where current of it; commit"),
            (NO_RIGHT, "prepare it as update aplus.account set roles = $1 where id = {ada}; execute it(7)"),
            (NO_RIGHT, "do $$ begin execute 'update aplus.account set roles = 7'; end $$"),
            (NO_RIGHT, "do $$ begin update aplus.account set roles = 7; exception when insufficient_privilege then update aplus.account set email = 'eve@evil.example'; end $$"),
            (NO_RIGHT, "create function pg_temp.it() returns void language sql security definer as 'update aplus.account set roles = 7'; select pg_temp.it()"),
            (NO_RIGHT, "create temp view it as select * from aplus.account; update it set roles = 7"),
            ("55000", "update aplus.live_session set active = true"),
        ],
    },
    Kind {
        about: "provenance of accounts and groups (A7)",
        control: (
            Who::Server,
            "insert into aplus.account ({columns}) values ({new}, 'hal@ville.example', 1, false, 'active', 0, 0, 'machine', 1)",
        ),
        hostile: &[
            (NO_RIGHT, "update aplus.account set id = {new} where id = {cleo}"),
            (NO_RIGHT, "update aplus.account set created_at = 2 where id = {ada}"),
            (NO_RIGHT, "update aplus.account set author_kind = 'operator', author_id = {op} where id = {ada}"),
            (NO_RIGHT, "update aplus.account set reference = 'ticket 13' where id = {ada}"),
            (NO_RIGHT, "update aplus.account set requester_kind = null, reference = null where id = {ada}"),
            (NO_RIGHT, "update aplus.account set shared = true where id = {ada}"),
            (NO_RIGHT, "update aplus.group set matricule = 'other' where id = {hall}"),
            (NO_RIGHT, "update aplus.group set author_kind = 'operator', author_id = {op}, version = version + 1 where id = {hall}"),
            (NO_RIGHT, "update aplus.group set name = 'Evil' where id = {hall}"),
        ],
    },
    Kind {
        about: "versions, epochs, standing (L10, A11)",
        control: (
            Who::Server,
            "update aplus.account set status = 'deactivated', deactivated_by = 'support', version = version + 1, epoch = epoch + 1 where id = {gus}",
        ),
        hostile: &[
            (GUARDED, "update aplus.account set version = version - 1 where id = {ada}"),
            (GUARDED, "update aplus.account set version = 9223372036854775807 where id = {ada}"),
            (GUARDED, "update aplus.account set epoch = 9223372036854775807 where id = {ada}"),
            (GUARDED, "update aplus.group set version = version + 2 where id = {hall}"),
            (GUARDED, "update aplus.operator set epoch = 9223372036854775807 where id = {op}"),
            (GUARDED, "update aplus.account set version = 0, first_name = 'Ada' where id = {ada}"),
            (GUARDED, "update aplus.account set epoch = epoch - 1, version = version + 1 where id = {ada}"),
            (GUARDED, "update aplus.account set epoch = -1 where id = {gus}"),
            (GUARDED, "update aplus.account set status = 'deactivated', deactivated_by = 'support', epoch = epoch + 1 where id = {ada}"),
            (GUARDED, "update aplus.account set status = 'deactivated', deactivated_by = 'support', version = version + 1 where id = {ada}"),
            ("23514", "update aplus.account set status = 'deactivated', version = version + 1, epoch = epoch + 1 where id = {ada}"),
            ("23514", "update aplus.account set deactivated_by = 'support' where id = {ada}"),
            (GUARDED, "update aplus.account set status = 'active', version = version + 1 where id = {dan}"),
            (GUARDED, "update aplus.account set status = 'withdrawn', version = version + 1 where id = {cleo}"),
            (GUARDED, "update aplus.account set last_login_at = null, version = version + 1 where id = {ada}"),
            (GUARDED, "update aplus.account set last_login_at = 1, version = version + 1 where id = {ada}"),
            (GUARDED, "update aplus.account set last_login_at = 1 where id = {cleo}"),
            (GUARDED, "update aplus.group set version = version - 1 where id = {hall}"),
            (GUARDED, "update aplus.operator set epoch = epoch - 1 where id = {op}"),
        ],
    },
    Kind {
        about: "lines that never go",
        control: (
            Who::Server,
            "delete from aplus.login_request where id = {ask}",
        ),
        hostile: &[
            (NO_RIGHT, "delete from aplus.account"),
            (NO_RIGHT, "delete from aplus.account where id = {dan}"),
            (NO_RIGHT, "delete from aplus.group where id = {desk}"),
            (NO_RIGHT, "delete from aplus.operator where id = {suspended}"),
            (NO_RIGHT, "delete from aplus.support_order"),
            (NO_RIGHT, "truncate aplus.account cascade"),
            (NO_RIGHT, "truncate aplus.session"),
            (NO_RIGHT, "truncate aplus.membership, aplus.refusal_count"),
            (NO_RIGHT, "truncate aplus.journal_entry, aplus.journal_erasable, aplus.seal_queue, aplus.refusal_count"),
        ],
    },
    Kind {
        about: "operators (A14), and addresses of two (A5)",
        control: (
            Who::Server,
            "update aplus.operator set epoch = epoch + 1 where id = {op}",
        ),
        hostile: &[
            (NO_RIGHT, "insert into aplus.operator values ({new}, 'eve@evil.example', 'active', 0, 0, 1)"),
            (NO_RIGHT, "insert into aplus.operator values ({op}, 'op@aplus.example', 'active', 3, 2, 1) on conflict (id) do update set epoch = 9"),
            (NO_RIGHT, "update aplus.operator set status = 'active', version = version + 1 where id = {suspended}"),
            (NO_RIGHT, "update aplus.operator set epoch = epoch + 1, status = 'active' where id = {suspended}"),
            (NO_RIGHT, "update aplus.operator set email = 'eve@evil.example' where id = {op}"),
            (NO_RIGHT, "update aplus.operator set version = version + 1"),
            (NO_RIGHT, "copy aplus.operator from stdin"),
            (TAKEN, "insert into aplus.account ({columns}) values ({new}, 'op@aplus.example', 1, false, 'active', 0, 0, 'machine', 1)"),
            (TAKEN, "insert into aplus.account ({columns}) values ({new}, 'suspended@aplus.example', 1, false, 'active', 0, 0, 'machine', 1) on conflict do nothing"),
            // What the guard looks for is hidden behind other things of the same name.
            (TAKEN, "create temp table operator (email text); create temp table account (email text); set search_path = pg_temp, aplus, pg_catalog;
                insert into aplus.account ({columns}) values ({new}, 'op@aplus.example', 1, false, 'active', 0, 0, 'machine', 1)"),
            (TAKEN, "create function pg_temp.never(text, text) returns boolean language sql as 'select false';
                create operator pg_temp.= (leftarg = text, rightarg = text, function = pg_temp.never); set search_path = pg_temp, pg_catalog;
                insert into aplus.account ({columns}) values ({new}, 'op@aplus.example', 1, false, 'active', 0, 0, 'machine', 1)"),
            (TAKEN, "create function pg_temp.hashtext(text) returns integer language sql as 'select 1'; set search_path = pg_temp, pg_catalog;
                insert into aplus.account ({columns}) values ({new}, 'op@aplus.example', 1, false, 'active', 0, 0, 'machine', 1)"),
        ],
    },
    Kind {
        about: "orders and doors (A6, A11)",
        control: (Who::Server, "select aplus.withdraw_account({fay})"),
        hostile: &[
            (NO_RIGHT, "insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, operator_id) values ({new}, {cleo}, 'cleo@ville.example', 'eve@evil.example', 1, 7, {op})"),
            (NO_RIGHT, "insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, operator_id, approver_kind, approver_id, approved_at)
                values ({new}, {cleo}, 'cleo@ville.example', 'eve@evil.example', 1, 7, {op}, 'operator', {second}, 5)"),
            (NO_RIGHT, "insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, operator_id, approver_kind, approver_id, approved_at)
                values ({new}, {cleo}, 'cleo@ville.example', 'eve@evil.example', 1, 7, {op}, 'operator', {op}, 5)"),
            (NO_RIGHT, "update aplus.support_order set approver_kind = 'operator', approver_id = {second}, approved_at = 5 where id = {draft}"),
            (NO_RIGHT, "update aplus.support_order set closed_at = null where id = {closed}"),
            (NO_RIGHT, "copy aplus.support_order from stdin"),
            (NO_RIGHT, "select aplus.carry_out_order({order}, 6)"),
            (NO_RIGHT, "select aplus.carry_out_order(id, 6) from (select {order} as id) as it"),
            (NO_RIGHT, "do $$ begin perform aplus.carry_out_order({order}, 6); end $$"),
            (NO_RIGHT, "create temp table support_order as select {order} as id, {ada} as account_id, 5 as approved_at; create temp table account (id uuid, email text, roles smallint);
                set search_path = pg_temp, aplus, pg_catalog; select aplus.carry_out_order({order}, 6)"),
            (NO_RIGHT, "select aplus.account_keeps()"),
            (NO_RIGHT, "select aplus.journal_entry_is_queued()"),
            (NO_RIGHT, "create temp table it (id uuid); create trigger it before insert on it for each row execute function aplus.nothing_changes()"),
            (NOTHING, "select aplus.withdraw_account({ada})"),
            (NOTHING, "select aplus.withdraw_account({dan})"),
            (NOTHING, "select aplus.withdraw_account({nobody})"),
            // The door looks at the true account, whatever stands before it on the caller's path.
            (NOTHING, "create temp table account (id uuid, status text, deactivated_by text, email text, version bigint, last_login_at bigint);
                insert into pg_temp.account values ({ada}, 'active', null, 'ada@ville.example', 0, null);
                set search_path = pg_temp, aplus, pg_catalog; select aplus.withdraw_account({ada})"),
        ],
    },
    Kind {
        about: "the schema",
        control: (Who::Owner, "comment on table aplus.account is 'changed'"),
        hostile: &[
            (NO_RIGHT, "create function pg_temp.it() returns trigger language plpgsql as 'begin new.roles := 7; return new; end'; create trigger it before insert on aplus.account for each row execute function pg_temp.it()"),
            (NO_RIGHT, "create rule it as on insert to aplus.journal_entry do instead nothing"),
            (NO_RIGHT, "create view aplus.it as select 1"),
            (NO_RIGHT, "create or replace view aplus.live_session as select * from aplus.session"),
            (NO_RIGHT, "create table aplus.it (id integer)"),
            (NO_RIGHT, "create function aplus.it() returns integer language sql as 'select 1'"),
            (NO_RIGHT, "create or replace function aplus.withdraw_account(account uuid) returns uuid language sql security definer as 'select $1'"),
            (NO_RIGHT, "create function public.it() returns integer language sql as 'select 1'"),
            (NO_RIGHT, "create schema it"),
            (NO_RIGHT, "alter schema aplus rename to it"),
            (NO_RIGHT, "alter function aplus.carry_out_order(uuid, bigint) security invoker"),
            (NO_RIGHT, "alter table aplus.account add column it integer"),
            (NO_RIGHT, "alter table aplus.account alter column roles set default 7"),
            (NO_RIGHT, "alter table aplus.account drop column reference"),
            (NO_RIGHT, "alter table aplus.account rename to it"),
            (NO_RIGHT, "alter table aplus.account owner to current_user"),
            (NO_RIGHT, "alter table aplus.account disable trigger account_keeps"),
            (NO_RIGHT, "alter table aplus.account disable trigger all"),
            (NO_RIGHT, "alter table aplus.journal_entry disable trigger user"),
            (NO_RIGHT, "alter table aplus.account enable row level security"),
            (NO_RIGHT, "create policy it on aplus.account"),
            (NO_RIGHT, "drop trigger account_keeps on aplus.account"),
            (NO_RIGHT, "drop function aplus.account_keeps() cascade"),
            (NO_RIGHT, "drop table aplus.account cascade"),
            (NO_RIGHT, "drop schema aplus cascade"),
            (NO_RIGHT, "create index it on aplus.account (roles)"),
            (NO_RIGHT, "create event trigger it on ddl_command_end execute function aplus.nothing_changes()"),
            (NO_RIGHT, "comment on table aplus.account is 'evil'"),
            (NO_RIGHT, "create table public.it (account_id uuid references aplus.account (id))"),
        ],
    },
    Kind {
        about: "rights",
        control: (
            Who::Owner,
            "grant update (email) on aplus.account to {runtime}",
        ),
        hostile: &[
            // PostgreSQL answers these with a warning.
            (NOTHING, "grant update (email, roles) on aplus.account to current_user"),
            (NOTHING, "grant all on aplus.account to public"),
            (NO_RIGHT, "grant all on all tables in schema aplus to {login}"),
            (NOTHING, "revoke select on aplus.account from {auditor}"),
            (NOTHING, "grant create on schema aplus to current_user"),
            (NO_RIGHT, "grant execute on function aplus.carry_out_order(uuid, bigint) to current_user"),
            (NO_RIGHT, "grant all on aplus.support_order to current_user"),
            (NO_RIGHT, "grant {owner} to current_user"),
            (NO_RIGHT, "grant {auditor} to current_user"),
            (NO_RIGHT, "set role {owner}"),
            (NO_RIGHT, "set role {owner}; update aplus.account set roles = 7"),
            (NO_RIGHT, "set session authorization {owner}"),
            (NO_RIGHT, "set role {runtime}; reset role; update aplus.account set roles = 7"),
            (NO_RIGHT, "select set_config('role', '{owner}', false)"),
            (NO_RIGHT, "set session_replication_role = replica; update aplus.account set status = 'active' where id = {dan}"),
            (NO_RIGHT, "select set_config('session_replication_role', 'replica', false)"),
            (NO_RIGHT, "alter role current_user superuser"),
            (NO_RIGHT, "alter role current_user createrole"),
            (NO_RIGHT, "alter role current_user set session_replication_role = replica"),
            (NO_RIGHT, "alter role {runtime} set synchronous_commit = off"),
            (NO_RIGHT, "alter role {owner} login password 'evil'"),
            (NO_RIGHT, "alter database {database} set synchronous_commit = off"),
            (NO_RIGHT, "alter system set fsync = off"),
            (NO_RIGHT, "create role it login"),
            (NO_RIGHT, "drop role {auditor}"),
            (NO_RIGHT, "reassign owned by {owner} to current_user"),
            (NO_RIGHT, "drop owned by {owner}"),
            (NOTHING, "reassign owned by {runtime} to current_user"),
            (NOTHING, "drop owned by {runtime}"),
            (NO_RIGHT, "alter default privileges for role {owner} in schema aplus grant all on tables to public"),
        ],
    },
    Kind {
        about: "links, sessions, askings, mails (L3, L4, L11, T1)",
        control: (
            Who::Server,
            "update aplus.session set ended_at = 1500 where id = {open_session}",
        ),
        hostile: &[
            (GUARDED, "update aplus.session set ended_at = null where id = {session}"),
            (GUARDED, "update aplus.session set ended_at = 999999, last_seen_at = 999999 where id = {session}"),
            (GUARDED, "update aplus.session set last_seen_at = 1000 where id = {open_session}"),
            (NO_RIGHT, "update aplus.session set account_id = {ben} where id = {open_session}"),
            (NO_RIGHT, "update aplus.session set opened_at = 9999 where id = {open_session}"),
            (NO_RIGHT, "update aplus.session set epoch = 99 where id = {open_session}"),
            (NO_RIGHT, "update aplus.session set hash = {h}, last_seen_at = 1101 where id = {open_session}"),
            (GUARDED, "update aplus.link set used_at = null, session_id = null where id = {used_link}"),
            (GUARDED, "update aplus.link set used_at = 1001, session_id = {new} where id = {used_link}"),
            (GUARDED, "update aplus.link set used_at = 1801, session_id = {new} where id = {link}"),
            (GUARDED, "update aplus.link set used_at = 1000, session_id = {new} where id = {old_link}"),
            (GUARDED, "update aplus.link set superseded_at = null where id = {old_link}"),
            (GUARDED, "update aplus.link set wrong_addresses = 0 where id = {link}"),
            (NO_RIGHT, "update aplus.link set expires_at = expires_at + 1 where id = {link}"),
            (NO_RIGHT, "update aplus.link set account_id = {ada}, email = 'ada@ville.example' where id = {link}"),
            (NO_RIGHT, "update aplus.link set browser = {g} where id = {link}"),
            (NO_RIGHT, "update aplus.link set epoch = 9, wrong_addresses = 4 where id = {link}"),
            (GUARDED, "update aplus.login_request set answered_at = 3, answer = 'told', mailed = false where id = {ask}"),
            (GUARDED, "update aplus.login_request set answered_at = null, answer = null, mailed = null where id = {ask}"),
            (NO_RIGHT, "update aplus.login_request set email = 'eve@evil.example' where id = {waiting}"),
            (GUARDED, "update aplus.outbox set to_address = 'eve@evil.example' where id = {due}"),
            (GUARDED, "update aplus.outbox set to_address = 'ada@ville.example', sent_at = null where id = {mail}"),
            (GUARDED, "update aplus.outbox set next_at = 99 where id = {mail}"),
            (NO_RIGHT, "update aplus.outbox set message = '{\"evil\":1}' where id = {due}"),
            (NO_RIGHT, "update aplus.outbox set link_id = {link} where id = {due}"),
        ],
    },
    Kind {
        about: "memberships (A2)",
        control: (
            Who::Server,
            "delete from aplus.membership where account_id = {ada} and group_id = {desk}",
        ),
        hostile: &[
            (GUARDED, "delete from aplus.membership where account_id = {ben}"),
            (GUARDED, "delete from aplus.membership where account_id = {ada}"),
            (GUARDED, "delete from aplus.membership"),
            (GUARDED, "create temp table account (id uuid, status text); set search_path = pg_temp, aplus, pg_catalog; delete from aplus.membership where account_id = {ben}"),
            (NO_RIGHT, "update aplus.membership set group_id = {desk} where account_id = {ben}"),
            (NO_RIGHT, "insert into aplus.membership values ({ben}, {hall}) on conflict (account_id, group_id) do update set group_id = {desk}"),
            ("23503", "insert into aplus.membership values ({ben}, {nobody})"),
        ],
    },
    Kind {
        about: "the journal (T2)",
        control: (
            Who::Server,
            "insert into aplus.journal_entry (id, at, kind, author_kind, details, commitment) values ({other}, 1, 'looked', 'machine', '{}', {h})",
        ),
        hostile: &[
            (NO_RIGHT, "update aplus.journal_entry set details = '{\"evil\":1}'"),
            (NO_RIGHT, "update aplus.journal_entry set commitment = {g} where id = {entry}"),
            (NO_RIGHT, "delete from aplus.journal_entry where id = {entry}"),
            (NO_RIGHT, "truncate aplus.journal_entry cascade"),
            (NO_RIGHT, "insert into aplus.journal_entry (id, at, kind, author_kind, details, commitment) values ({entry}, 1, 'looked', 'machine', '{\"evil\":1}', {h}) on conflict (id) do update set details = excluded.details"),
            ("23505", "insert into aplus.journal_entry (id, at, kind, author_kind, details, commitment) values ({entry}, 1, 'looked', 'machine', '{\"evil\":1}', {h})"),
            (NO_RIGHT, "merge into aplus.journal_entry e using (select {entry} as id) as it on e.id = it.id when matched then delete"),
            (NO_RIGHT, "update aplus.journal_erasable set text = ''"),
            (NO_RIGHT, "delete from aplus.journal_erasable"),
            (GUARDED, "update aplus.refusal_count set times = 0"),
            (GUARDED, "update aplus.refusal_count set times = times - 1 where entry_id = {refusal}"),
            (GUARDED, "update aplus.refusal_count set times = times + 2 where entry_id = {refusal}"),
            (NO_RIGHT, "update aplus.refusal_count set key = 'another', at = 9 where entry_id = {refusal}"),
            (NO_RIGHT, "insert into aplus.seal_queue values ({entry})"),
            (NO_RIGHT, "update aplus.seal_queue set entry_id = {refusal} where entry_id = {entry}"),
            (NO_RIGHT, "delete from aplus.seal_queue"),
            (NO_RIGHT, "select entry_id from aplus.seal_queue for update"),
        ],
    },
    Kind {
        about: "bookkeeping and files",
        control: (Who::Owner, "insert into aplus.migration values (999, 'newer')"),
        hostile: &[
            (NO_RIGHT, "insert into aplus.migration values (999, 'evil')"),
            (NO_RIGHT, "update aplus.migration set version = version + 100"),
            (NO_RIGHT, "delete from aplus.migration"),
            (NO_RIGHT, "select lo_import('/etc/passwd')"),
            (NO_RIGHT, "select pg_read_file('postgresql.conf')"),
            (NO_RIGHT, "select pg_ls_dir('.')"),
            (NO_RIGHT, "copy aplus.account to program 'cat'"),
            (NO_RIGHT, "copy aplus.account to '/tmp/it'"),
            (NO_RIGHT, "copy aplus.membership from '/etc/passwd'"),
            (NO_RIGHT, "select pg_reload_conf()"),
        ],
    },
];

//! The statements, by kind, each with the SQLSTATE that it is refused with; without one it runs and changes nothing.

/// Refused for want of a right.
const NO_RIGHT: &str = "42501";
/// Refused by a trigger.
const GUARDED: &str = "AP003";
/// An address of somebody else's.
const TAKEN: &str = "AP005";
/// Refused by a check of the table.
const CHECKED: &str = "23514";
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

/// What stands for the names in braces that are no ids.
pub(crate) fn spelled(statement: &str) -> String {
    let proposed = "id, account_id, old_email, new_email, old_roles, new_roles, author_kind, author_id, requester_kind,
        reference, proposed_at, expires_at";
    statement
        .replace("{columns}", COLUMNS)
        .replace("{proposed}", &format!("({proposed})"))
        .replace(
            "{approved}",
            &format!("({proposed}, approver_kind, approver_id, approved_at, approval_entry)"),
        )
        .replace("{by}", "approved_at = 5, approval_entry = {entry}, approver_kind =")
        .replace("{ended}", "closed_at = 5, closing_entry = {entry}, closed_how =")
        .replace(
            "{linked}",
            "(id, hash, nonce, key_id, purpose, account_id, email, browser, issued_at, expires_at, epoch, language, order_id)",
        )
}

/// What an account is inserted with.
const COLUMNS: &str = "id, email, roles, shared, status, version, epoch, author_kind, created_at";

pub(crate) const KINDS: [Kind; 18] = [
    Kind {
        about: "seals and checkpoints (T2)",
        control: (
            Who::Server,
            "select aplus.seal_entries(1, array[{refusal}], array[{g}], {h}, 9, 'a note', false)",
        ),
        hostile: &[
            (NO_RIGHT, "insert into aplus.seal values (1, {refusal}, {g})"),
            (NO_RIGHT, "update aplus.seal set hash = {g}"),
            (NO_RIGHT, "delete from aplus.seal"),
            (NO_RIGHT, "update aplus.seal_tree set size = 0, peaks = ''"),
            (NO_RIGHT, "insert into aplus.checkpoint values (2, 9, 'forged')"),
            (NO_RIGHT, "update aplus.checkpoint set note = 'forged'"),
            (NO_RIGHT, "delete from aplus.checkpoint"),
            (NO_RIGHT, "delete from aplus.checkpoint_mail"),
            (NO_RIGHT, "delete from aplus.seal_queue where entry_id = {refusal}"),
            (NO_RIGHT, "insert into aplus.seal_queue values ({entry})"),
            // Over another tree, of what is sealed, of what does not wait, of one entry twice, of nothing.
            (NOTHING, "select aplus.seal_entries(0, array[{refusal}], array[{g}], {h}, 9, 'forged', false)"),
            (NOTHING, "select aplus.seal_entries(1, array[{entry}], array[{g}], {h}, 9, 'forged', false)"),
            (NOTHING, "select aplus.seal_entries(1, array[{nobody}], array[{g}], {h}, 9, 'forged', false)"),
            (NOTHING, "select aplus.seal_entries(1, array[{refusal}, {refusal}], array[{g}, {g}], {h}, 9, 'forged', false)"),
            (NOTHING, "select aplus.seal_entries(1, array[{refusal}], array[{g}, {g}], {h}, 9, 'forged', false)"),
            (NOTHING, "select aplus.seal_entries(1, '{}', '{}', {h}, 9, 'forged', true)"),
            (NOTHING, "select aplus.seal_entries(null, array[{refusal}], array[{g}], {h}, 9, 'forged', false)"),
            // With a tree that is none of that size, and hashes that are none.
            (CHECKED, "select aplus.seal_entries(1, array[{refusal}], array[{g}], {h} || {g}, 9, 'forged', false)"),
            (CHECKED, "select aplus.seal_entries(1, array[{refusal}], array['\\x00'::bytea], {h}, 9, 'forged', false)"),
        ],
    },
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
            (NO_RIGHT, "update aplus.account set roles = 3, version = version + 1, epoch = epoch + 1, order_id = {order}, ordered_at = 6 where id = {ada}"),
            (NO_RIGHT, "update aplus.account set order_id = {order}, ordered_at = 6, version = version + 1, epoch = epoch + 1 where id = {ada}"),
            (GUARDED, "insert into aplus.account ({columns}, order_id, ordered_at) values ({new}, 'eve@evil.example', 7, false, 'active', 0, 0, 'machine', 1, {order}, 6)"),
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
            (NO_RIGHT, "update aplus.operator set email = 'eve@evil.example' where id = {op}"),
            (NO_RIGHT, "update aplus.operator set created_at = 2 where id = {op}"),
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
        about: "suspended operators (A14)",
        control: (
            Who::Server,
            "update aplus.operator set restore_asked_by = {op}, restore_asked_at = 5, version = version + 1 where id = {suspended};
                update aplus.operator set status = 'active', restored_by = {second}, version = version + 1 where id = {suspended}",
        ),
        hostile: &[
            (GUARDED, "update aplus.operator set status = 'active', version = version + 1 where id = {suspended}"),
            (GUARDED, "update aplus.operator set epoch = epoch + 1, status = 'active' where id = {suspended}"),
            ("23514", "update aplus.operator set status = 'active', version = version + 1, restored_by = {op} where id = {suspended}"),
            // By one alone, in one statement and in two; by two who are one; by both at once, of whom none asked before.
            (GUARDED, "update aplus.operator set restore_asked_by = {op}, restore_asked_at = 5, restored_by = {op}, status = 'active', version = version + 1 where id = {suspended}"),
            (GUARDED, "update aplus.operator set restore_asked_by = {op}, restore_asked_at = 5, version = version + 1 where id = {suspended};
                update aplus.operator set restored_by = {op}, status = 'active', version = version + 1 where id = {suspended}"),
            (GUARDED, "update aplus.operator set restore_asked_by = {op}, restore_asked_at = 5, version = version + 1 where id = {suspended};
                update aplus.operator set status = 'active', version = version + 1 where id = {suspended}"),
            (GUARDED, "update aplus.operator set restore_asked_by = {op}, restore_asked_at = 5, restored_by = {second}, status = 'active', version = version + 1 where id = {suspended}"),
            (GUARDED, "update aplus.operator set restore_asked_by = {op}, restore_asked_at = 5, version = version + 1 where id = {suspended};
                update aplus.operator set restore_asked_by = {second}, restored_by = {op}, status = 'active', version = version + 1 where id = {suspended}"),
            // By themselves, by somebody who is none or is suspended meanwhile.
            (GUARDED, "update aplus.operator set restore_asked_by = {suspended}, restore_asked_at = 5, version = version + 1 where id = {suspended}"),
            (GUARDED, "update aplus.operator set restore_asked_by = {op}, restore_asked_at = 5, version = version + 1 where id = {suspended};
                update aplus.operator set restored_by = {suspended}, status = 'active', version = version + 1 where id = {suspended}"),
            (GUARDED, "update aplus.operator set restore_asked_by = {nobody}, restore_asked_at = 5, version = version + 1 where id = {suspended}"),
            (GUARDED, "update aplus.operator set restore_asked_by = {op}, restore_asked_at = 5, version = version + 1 where id = {suspended};
                update aplus.operator set status = 'suspended', version = version + 1, epoch = epoch + 1 where id = {op};
                update aplus.operator set restored_by = {second}, status = 'active', version = version + 1 where id = {suspended}"),
            // For one who is active, beside the version, without ending the sessions.
            (GUARDED, "update aplus.operator set restore_asked_by = {second}, restore_asked_at = 5, version = version + 1 where id = {op}"),
            (GUARDED, "update aplus.operator set restore_asked_by = {op}, restore_asked_at = 5 where id = {suspended}"),
            (GUARDED, "update aplus.operator set status = 'suspended', version = version + 1 where id = {op}"),
            (GUARDED, "update aplus.operator set status = 'suspended', epoch = epoch + 1 where id = {op}"),
            (GUARDED, "update aplus.operator set status = 'suspended', version = version + 1, epoch = epoch + 1, restore_asked_by = {second}, restore_asked_at = 5 where id = {op}"),
            (GUARDED, "begin isolation level repeatable read; select count(*) from aplus.operator;
                update aplus.operator set restore_asked_by = {op}, restore_asked_at = 5, version = version + 1 where id = {suspended}; commit"),
        ],
    },
    Kind {
        about: "proposing (A6)",
        control: (
            Who::Server,
            "insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, author_kind, author_id,
                requester_kind, reference, proposed_at, expires_at)
                values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'operator', {op}, 'person', 'x', 1, 9)",
        ),
        hostile: &[
            (NO_RIGHT, "insert into aplus.support_order {approved} values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'operator', {op}, 'person', 'x', 1, 9, 'operator', {second}, 5, {entry})"),
            (NO_RIGHT, "insert into aplus.support_order {approved} values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'operator', {op}, 'person', 'x', 1, 9, 'operator', {op}, 5, {entry})"),
            (NO_RIGHT, "insert into aplus.support_order {proposed} values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'operator', {op}, 'person', 'x', 1, 9) on conflict (id) do update set new_roles = 7"),
            (NO_RIGHT, "insert into aplus.support_order (id, account_id, carried_out_at) values ({entry}, {cleo}, 5)"),
            (GUARDED, "insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, author_kind, requester_kind, reference, proposed_at, expires_at, approved_at, approval_entry)
                values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'machine', 'person', 'x', 1, 9, 5, {entry})"),
            (GUARDED, "insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, author_kind, requester_kind, reference, proposed_at, expires_at, approved_at, approval_entry)
                values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'machine', 'person', 'x', 1, 9, 1, {refusal})"),
            (GUARDED, "insert into aplus.support_order {proposed} values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'operator', {suspended}, 'person', 'x', 1, 9)"),
            (GUARDED, "insert into aplus.support_order {proposed} values ({entry}, {cleo}, null, null, 1, 7, 'operator', {op}, 'person', 'x', 1, 9)"),
            ("23514", "insert into aplus.support_order {proposed} values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 1, 'operator', {op}, 'person', 'x', 1, 9)"),
            ("23514", "insert into aplus.support_order {proposed} values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'account', {ben}, 'person', 'x', 1, 9)"),
            ("23514", "insert into aplus.support_order {proposed} values ({entry}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'operator', {op}, 'person', 'x', 9, 9)"),
            ("23503", "insert into aplus.support_order {proposed} values ({new}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'operator', {op}, 'person', 'x', 1, 9)"),
            ("23505", "insert into aplus.support_order {proposed} values ({order}, {cleo}, 'cleo@ville.example', 'cleo@ville.example', 1, 7, 'operator', {op}, 'person', 'x', 1, 9)"),
            (NO_RIGHT, "update aplus.support_order set new_roles = 7 where id = {order}"),
            (NO_RIGHT, "update aplus.support_order set account_id = {gus} where id = {order}"),
            (NO_RIGHT, "update aplus.support_order set expires_at = 99999 where id = {lapsed}"),
            (NO_RIGHT, "update aplus.support_order set author_id = {second} where id = {draft}"),
            (NO_RIGHT, "update aplus.support_order set carried_out_at = 5 where id = {order}"),
            (NO_RIGHT, "copy aplus.support_order from stdin"),
        ],
    },
    Kind {
        about: "deciding on orders (A6)",
        control: (
            Who::Server,
            "update aplus.support_order set {by} 'account', approver_id = {ben} where id = {raise};
                update aplus.support_order set {by} 'operator', approver_id = {second} where id = {draft};
                update aplus.support_order set {ended} 'refused', closed_by_kind = 'operator', closed_by_id = {second} where id = {open}",
        ),
        hostile: &[
            // Nobody, the author, one who is suspended or is none.
            (GUARDED, "update aplus.support_order set approved_at = 5, approval_entry = {entry} where id = {draft}"),
            ("23514", "update aplus.support_order set {by} 'operator', approver_id = {op} where id = {draft}"),
            (GUARDED, "update aplus.support_order set {by} 'operator', approver_id = {suspended} where id = {draft}"),
            (GUARDED, "update aplus.support_order set {by} 'operator', approver_id = {nobody} where id = {draft}"),
            (GUARDED, "update aplus.support_order set {by} 'operator', approver_id = {ben} where id = {draft}"),
            ("23514", "update aplus.support_order set {by} 'machine', approver_id = {second} where id = {draft}"),
            // Whom it concerns, a responsable of another group, who is none, who is one no longer.
            (GUARDED, "update aplus.support_order set {by} 'account', approver_id = {ben} where id = {draft}"),
            (GUARDED, "update aplus.support_order set {by} 'account', approver_id = {ben} where id = {open}"),
            (GUARDED, "update aplus.support_order set {by} 'account', approver_id = {ada} where id = {draft}"),
            (GUARDED, "update aplus.account set status = 'deactivated', deactivated_by = 'support', version = version + 1, epoch = epoch + 1 where id = {ben};
                update aplus.support_order set {by} 'account', approver_id = {ben} where id = {raise}"),
            // What is over, twice, back again, by another.
            (GUARDED, "update aplus.support_order set approver_kind = 'operator', approver_id = {second}, approved_at = 100, approval_entry = {entry} where id = {lapsed}"),
            (GUARDED, "update aplus.support_order set {by} 'operator', approver_id = {second} where id = {closed}"),
            (GUARDED, "update aplus.support_order set approved_at = 6 where id = {order}"),
            (GUARDED, "update aplus.support_order set approver_kind = 'account', approver_id = {ben} where id = {order}"),
            (GUARDED, "update aplus.support_order set approver_kind = null, approver_id = null, approved_at = null, approval_entry = null where id = {order}"),
            ("23503", "update aplus.support_order set approver_kind = 'operator', approver_id = {second}, approved_at = 5, approval_entry = {new} where id = {draft}"),
            // Ended by whom it may not be, or twice.
            ("23514", "update aplus.support_order set {ended} 'refused', closed_by_kind = 'operator', closed_by_id = {op} where id = {draft}"),
            ("23514", "update aplus.support_order set {ended} 'refused', closed_by_kind = 'machine' where id = {draft}"),
            ("23514", "update aplus.support_order set {ended} 'refused', closed_by_kind = 'operator', closed_by_id = {second} where id = {order}"),
            ("23514", "update aplus.support_order set {ended} 'withdrawn', closed_by_kind = 'account', closed_by_id = {ben} where id = {raise}"),
            (GUARDED, "update aplus.support_order set {ended} 'refused', closed_by_kind = 'account', closed_by_id = {ben} where id = {open}"),
            (GUARDED, "update aplus.support_order set {ended} 'withdrawn', closed_by_kind = 'operator', closed_by_id = {suspended} where id = {draft}"),
            (GUARDED, "update aplus.support_order set closed_at = 100, closed_how = 'withdrawn', closed_by_kind = 'machine', closing_entry = {entry} where id = {lapsed}"),
            (GUARDED, "update aplus.support_order set closed_at = null, closed_how = null, closed_by_kind = null, closed_by_id = null, closing_entry = null where id = {closed}"),
            (GUARDED, "update aplus.support_order set closing_reason = 'another' where id = {closed}"),
            (GUARDED, "update aplus.support_order set {by} 'operator', approver_id = {second}, closed_at = 5, closed_how = 'withdrawn', closed_by_kind = 'machine', closing_entry = {entry} where id = {draft}"),
            (GUARDED, "begin isolation level repeatable read; select count(*) from aplus.support_order;
                update aplus.support_order set {by} 'operator', approver_id = {second} where id = {draft}; commit"),
            (NO_RIGHT, "delete from aplus.support_order where id = {draft}"),
            // What a guard looks for is hidden behind other things of the same name.
            (GUARDED, "create temp table operator (id uuid, status text); insert into pg_temp.operator values ({nobody}, 'active'); set search_path = pg_temp, aplus, pg_catalog;
                update aplus.support_order set {by} 'operator', approver_id = {nobody} where id = {draft}"),
        ],
    },
    Kind {
        about: "carrying orders out (A6)",
        control: (
            Who::Server,
            "update aplus.link set used_at = 6, session_id = {new} where id = {confirming}; select aplus.carry_out_order({moving}, 6, {entry})",
        ),
        hostile: &[
            (NOTHING, "select aplus.carry_out_order({draft}, 6, {entry})"),
            (NOTHING, "select aplus.carry_out_order({closed}, 6, {entry})"),
            (NOTHING, "select aplus.carry_out_order({lapsed}, 100, {entry})"),
            (NOTHING, "select aplus.carry_out_order({order}, 9000, {entry})"),
            (NOTHING, "select aplus.carry_out_order({nobody}, 6, {entry})"),
            // Nobody confirmed the address.
            (NOTHING, "select aplus.carry_out_order({moving}, 6, {entry})"),
            // An entry that is not written.
            ("23503", "select aplus.carry_out_order({order}, 6, {new})"),
            (NOTHING, "create temp table support_order as select {draft} as id, {ben} as account_id, 'ben@ville.example' as old_email, 'ben@ville.example' as new_email, 4 as old_roles, 7 as new_roles, 5 as approved_at, 9000 as expires_at;
                set search_path = pg_temp, aplus, pg_catalog; select aplus.carry_out_order({draft}, 6, {entry})"),
            // A link for another account, another address, a longer time, no order, an order that gives no address.
            (GUARDED, "insert into aplus.link {linked} values ({new}, {g}, {h}, '\\x0102030405060708', 'confirm_address', {ada}, 'cleo@region.example', {h}, 1, 1801, 0, 'fr', {moving})"),
            (GUARDED, "insert into aplus.link {linked} values ({new}, {g}, {h}, '\\x0102030405060708', 'confirm_address', {cleo}, 'eve@evil.example', {h}, 1, 1801, 0, 'fr', {moving})"),
            (GUARDED, "insert into aplus.link {linked} values ({new}, {g}, {h}, '\\x0102030405060708', 'confirm_address', {cleo}, 'cleo@region.example', {h}, 1, 9001, 0, 'fr', {moving})"),
            (GUARDED, "insert into aplus.link {linked} values ({new}, {g}, {h}, '\\x0102030405060708', 'confirm_address', {ada}, 'ada@ville.example', {h}, 1, 1801, 0, 'fr', {order})"),
            (GUARDED, "insert into aplus.link {linked} values ({new}, {g}, {h}, '\\x0102030405060708', 'confirm_address', {cleo}, 'cleo@region.example', {h}, 1, 1801, 0, 'fr', {nobody})"),
            ("23514", "insert into aplus.link {linked} values ({new}, {g}, {h}, '\\x0102030405060708', 'confirm_address', {cleo}, 'cleo@region.example', {h}, 1, 1801, 0, 'fr', null)"),
            ("23514", "insert into aplus.link {linked} values ({new}, {g}, {h}, '\\x0102030405060708', 'log_in', {cleo}, 'cleo@region.example', {h}, 1, 1801, 0, 'fr', {moving})"),
            (NO_RIGHT, "update aplus.link set order_id = {order} where id = {confirming}"),
        ],
    },
    Kind {
        about: "doors (A11)",
        control: (Who::Server, "select aplus.withdraw_account({fay})"),
        hostile: &[
            (NO_RIGHT, "select aplus.account_keeps()"),
            (NO_RIGHT, "select aplus.account_is_ordered()"),
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
            (NO_RIGHT, "alter function aplus.carry_out_order(uuid, bigint, uuid) security invoker"),
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
            (NOTHING, "grant all on all tables in schema aplus to {login}"),
            (NOTHING, "revoke select on aplus.account from {auditor}"),
            (NOTHING, "grant create on schema aplus to current_user"),
            (NO_RIGHT, "grant execute on function aplus.nothing_changes() to current_user"),
            (NOTHING, "grant all on aplus.support_order to current_user"),
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
            (GUARDED, "update aplus.link_look set times = 1"),
            (GUARDED, "update aplus.link_look set times = 9, first_at = 1100"),
            (GUARDED, "update aplus.link_look set times = 9, last_at = 1100"),
            (GUARDED, "insert into aplus.link_look values ({link}, 1, 1, 1) on conflict (link_id) do update set times = 1"),
            (NO_RIGHT, "update aplus.link_look set link_id = {used_link}"),
            (NO_RIGHT, "delete from aplus.link_look where link_id = {link}"),
            (CHECKED, "insert into aplus.link_look values ({used_link}, 0, 1, 1)"),
            (CHECKED, "insert into aplus.link_look values ({used_link}, 1, 2, 1)"),
            ("23503", "insert into aplus.link_look values ({nobody}, 1, 1, 1)"),
            ("23505", "insert into aplus.link_look values ({link}, 9, 1, 1)"),
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
        about: "what is erased by age (T3, T4)",
        control: (Who::Server, "select aplus.erase_journal({before}, 1)"),
        hostile: &[
            // The hour is the database's, whatever the server says it is.
            (GUARDED, "select aplus.erase_journal({lately}, 1)"),
            (GUARDED, "select aplus.erase_journal({now}, 2)"),
            (GUARDED, "select aplus.erase_journal(9223372036854775807, 1)"),
            (GUARDED, "select aplus.empty_account({hugo}, {now}, 5)"),
            (GUARDED, "select aplus.empty_account({ada}, {lately}, {now})"),
            (GUARDED, "set timezone = 'Pacific/Kiritimati'; select aplus.erase_journal({lately}, 1)"),
            (GUARDED, "create function pg_temp.now() returns timestamptz language sql as 'select timestamptz ''2100-01-01''';
                set search_path = pg_temp, pg_catalog; select aplus.erase_journal(3000000000000000, 1)"),
            (GUARDED, "create function pg_temp.least_kept() returns bigint language sql as 'select 9223372036854775807';
                set search_path = pg_temp, aplus, pg_catalog; select aplus.empty_account({hugo}, 9223372036854775807, 5)"),
            // More than there is, nothing at all, somebody in use.
            (NOTHING, "select aplus.erase_journal({before}, 2)"),
            (NOTHING, "select aplus.erase_journal(1, 1)"),
            (NOTHING, "select aplus.erase_journal({before}, null)"),
            (NOTHING, "select aplus.erase_journal(null, 1)"),
            ("2201W", "select aplus.erase_journal({before}, -1)"),
            (NOTHING, "select aplus.empty_account({hugo}, {before}, 5)"),
            (NOTHING, "select aplus.empty_account({ines}, {before}, 5)"),
            (NOTHING, "select aplus.empty_account({ada}, 1000, 5)"),
            (NOTHING, "select aplus.empty_account({jo}, {before}, 6)"),
            (NOTHING, "select aplus.empty_account({nobody}, {before}, 5)"),
            (NOTHING, "select aplus.empty_account({ada}, null, 5)"),
            (NOTHING, "select aplus.empty_account({ada}, {before}, null)"),
            ("23514", "select aplus.empty_account({ada}, {before}, -1)"),
            // The traces of one, though they are old.
            (NO_RIGHT, "delete from aplus.journal_erasable where entry_id = {old_entry}"),
            (NO_RIGHT, "update aplus.journal_erasable set at = 1 where entry_id = {entry}"),
            (NO_RIGHT, "insert into aplus.journal_erasable values ({entry}, '{}', {h}) on conflict (entry_id) do update set at = 1"),
            (NO_RIGHT, "update aplus.account set emptied_at = 5 where id = {ada}"),
            (NO_RIGHT, "update aplus.account set emptied_at = null, status = 'active', version = version + 1 where id = {jo}"),
            (NO_RIGHT, "select aplus.least_kept()"),
            // What was emptied stays empty.
            ("23514", "update aplus.account set first_name = 'Jo' where id = {jo}"),
            (GUARDED, "update aplus.account set status = 'active', version = version + 1 where id = {jo}"),
            (GUARDED, "update aplus.account set last_login_at = 7, version = version + 1 where id = {jo}"),
            (NOTHING, "select aplus.withdraw_account({jo})"),
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

-- The doors: the only ways in which an address or a role ever changes. Each is the owner's, with a search path of its own,
-- and is opened to a role by name in privileges.sql, or to nobody.

-- A11: an account that nobody ever used ends, and its address is free again.
create function aplus.withdraw_account(account uuid) returns uuid language sql volatile
    security definer set search_path = pg_catalog, pg_temp as $$
    update aplus.account
    set status = 'withdrawn', deactivated_by = null, email = null, version = version + 1
    where id = $1 and status <> 'withdrawn' and last_login_at is null
    returning id
$$;

-- A6: an approved order is carried out once; the account's sessions and links end by number. Answers `done`, `unknown`,
-- `used`, `closed`, `not_approved`, or `stale` where the account is no longer what the order says.
create function aplus.carry_out_order(id uuid, at bigint) returns text language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
declare
    ordered aplus.support_order;
begin
    select * into ordered from aplus.support_order o where o.id = carry_out_order.id for no key update;
    if not found then
        return 'unknown';
    elsif ordered.carried_out_at is not null then
        return 'used';
    elsif ordered.closed_at is not null then
        return 'closed';
    elsif ordered.approved_at is null then
        return 'not_approved';
    end if;
    update aplus.account a
    set email = ordered.new_email, roles = ordered.new_roles, version = a.version + 1, epoch = a.epoch + 1
    where a.id = ordered.account_id and a.email = ordered.old_email and a.roles = ordered.old_roles
        and a.status <> 'withdrawn';
    if not found then
        return 'stale';
    end if;
    update aplus.support_order o set carried_out_at = carry_out_order.at where o.id = ordered.id;
    return 'done';
end $$;

-- T3: what the oldest entries hold that can be erased goes, of exactly so many; of none, where fewer were written before
-- `before`. Answers how many. Nobody chooses whose.
create function aplus.erase_journal(before bigint, entries integer) returns integer language plpgsql strict
    security definer set search_path = pg_catalog, pg_temp as $$
declare
    due uuid[];
begin
    if before > aplus.least_kept() then
        raise exception 'T3: nothing of the journal is erased within six months' using errcode = 'AP003';
    end if;
    -- Who comes second waits here, and then finds those gone that the first has erased.
    due := array(
        select entry_id from aplus.journal_erasable e where e.at < erase_journal.before
        order by e.at, e.entry_id limit entries for update
    );
    if cardinality(due) < entries then
        return 0;
    end if;
    delete from aplus.journal_erasable where entry_id = any (due);
    return entries;
end $$;

-- T4: an account that was last used before `before` loses its address, its details and what is known of its requester; its
-- links and sessions end by number. Answers its id, or nothing where it was used since, or emptied before. Whatever else
-- holds the address, or a text about the person, is cleared here and nowhere else.
create function aplus.empty_account(account uuid, before bigint, at bigint) returns uuid language plpgsql strict
    security definer set search_path = pg_catalog, pg_temp as $$
declare
    address text;
begin
    if before > aplus.least_kept() then
        raise exception 'T4: no account is emptied within six months of its last use' using errcode = 'AP003';
    end if;
    select email into address from aplus.account a
    where a.id = account and a.emptied_at is null and coalesce(a.last_login_at, a.created_at) < before
    for no key update;
    if not found then
        return null;
    end if;
    update aplus.account a
    set status = 'withdrawn', deactivated_by = null, email = null, first_name = null, last_name = null, job_title = null,
        phone = null, requester_kind = null, requester_name = null, reference = null,
        emptied_at = empty_account.at, version = a.version + 1, epoch = a.epoch + 1
    where a.id = account;
    delete from aplus.link l where l.account_id = account;
    -- One that still waits is answered first: that the address is unknown.
    delete from aplus.login_request r where r.email = address and r.answered_at is not null;
    update aplus.outbox o set to_address = null, given_up_at = empty_account.at, reason = 'emptied'
    where o.to_address = address;
    return account;
end $$;

-- The id of the copy of a mail for one address, as the core makes it: a mail that is sent twice is seen to be one.
create function aplus.mail_id(cause uuid, number integer, address text) returns uuid language sql immutable
    set search_path = pg_catalog, pg_temp as $$
    select encode(set_byte(set_byte(digest, 6, get_byte(digest, 6) & 15 | 128), 8, get_byte(digest, 8) & 63 | 128), 'hex')::uuid
    from (
        select substring(sha256(
            convert_to('aplus/mail/1', 'UTF8') || '\x00'::bytea || uuid_send(cause) || int4send(number)
                || convert_to(address, 'UTF8')
        ) for 16) as digest
    ) as hashed
$$;

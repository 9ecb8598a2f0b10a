-- The doors: the only ways in which an address or a role ever changes, and an entry is sealed. Each is the owner's, with a search path of its own,
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

-- T2: seals entries onto a tree of `before`, and keeps the checkpoint over it; without entries it only keeps that the newest
-- checkpoint is told by a mail. False, and nothing written, if another sealer was first or is at it, an entry does not wait, or
-- a mail told this checkpoint before.
create function aplus.seal_entries(
    before bigint, entries uuid[], hashes bytea[], peaks bytea, at bigint, note text, is_mailed boolean
) returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    sealed bigint := before + cardinality(entries);
begin
    perform from aplus.seal_tree t where t.size = before for no key update skip locked;
    if not found
        or cardinality(hashes) <> cardinality(entries)
        or (select count(*) from aplus.seal_queue q where q.entry_id = any (entries)) <> cardinality(entries)
        or (is_mailed and exists (select from aplus.checkpoint_mail m where m.size = sealed))
    then
        return false;
    end if;
    if cardinality(entries) > 0 then
        insert into aplus.seal (place, entry_id, hash)
        select before + it.number - 1, it.entry, it.hash
        from unnest(entries, hashes) with ordinality as it (entry, hash, number) order by it.number;
        delete from aplus.seal_queue q where q.entry_id = any (entries);
        update aplus.seal_tree t set size = sealed, peaks = seal_entries.peaks;
        insert into aplus.checkpoint (size, at, note) values (sealed, seal_entries.at, seal_entries.note);
    end if;
    if is_mailed then
        insert into aplus.checkpoint_mail (size, at) values (sealed, seal_entries.at);
    end if;
    return true;
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

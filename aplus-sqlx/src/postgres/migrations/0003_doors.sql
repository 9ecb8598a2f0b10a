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

-- A6: an approved order is carried out once, at `at` and by the entry `entry`; the account's sessions and links end by number.
-- Answers `done`, or why nothing was written: `unknown`, `used`, `closed`, `not_approved`, `lapsed`, `unconfirmed`, `stale`
-- where the account is no longer what the order says, or another order changed it since, `taken` where the new address is
-- somebody's.
--
-- Its locks: the account, the order, the account's groups by their ids.
create function aplus.carry_out_order(id uuid, at bigint, entry uuid) returns text language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
declare
    ordered record;
    changed record;
    details jsonb;
    groups uuid[];
begin
    select o.account_id into ordered from aplus.support_order o where o.id = carry_out_order.id;
    if not found then
        return 'unknown';
    end if;
    select a.id, a.email, a.roles, a.status, a.ordered_at into changed
    from aplus.account a where a.id = ordered.account_id for no key update;
    select o.old_email, o.new_email, o.old_roles, o.new_roles, o.profile, o.proposed_at, o.expires_at, o.approved_at,
        o.closed_at, o.carried_out_at
    into ordered from aplus.support_order o where o.id = carry_out_order.id for no key update;
    if ordered.carried_out_at is not null then
        return 'used';
    elsif ordered.closed_at is not null then
        return 'closed';
    elsif ordered.approved_at is null then
        return 'not_approved';
    elsif carry_out_order.at >= ordered.expires_at then
        return 'lapsed';
    elsif ((changed.email, changed.roles) = (ordered.old_email, ordered.old_roles)) is not true
        or changed.ordered_at > ordered.proposed_at
    then
        return 'stale';
    elsif ordered.new_email <> ordered.old_email then
        if not exists (select from aplus.link l where l.order_id = carry_out_order.id and l.used_at is not null) then
            return 'unconfirmed';
        elsif exists (select from aplus.account a where a.email = ordered.new_email)
            or exists (select from aplus.operator o where o.email = ordered.new_email)
        then
            return 'taken';
        end if;
    end if;
    details := coalesce(ordered.profile, '{}')::jsonb;
    update aplus.account a
    set email = ordered.new_email, roles = ordered.new_roles, order_id = carry_out_order.id, ordered_at = carry_out_order.at,
        version = a.version + 1, epoch = a.epoch + 1,
        first_name = case when details ? 'first_name' then details ->> 'first_name' else a.first_name end,
        last_name = case when details ? 'last_name' then details ->> 'last_name' else a.last_name end,
        job_title = case when details ? 'job_title' then details ->> 'job_title' else a.job_title end,
        phone = case when details ? 'phone' then details ->> 'phone' else a.phone end
    where a.id = changed.id;
    update aplus.support_order o set carrying_entry = carry_out_order.entry where o.id = carry_out_order.id;
    -- The set of active responsables of each of its groups changes (A8).
    if changed.status = 'active' and ordered.old_roles & 4 <> ordered.new_roles & 4 then
        groups := array(select m.group_id from aplus.membership m where m.account_id = changed.id);
        perform from aplus.group g where g.id = any (groups) order by g.id for no key update;
        update aplus.group g set version = g.version + 1 where g.id = any (groups);
    end if;
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
    update aplus.support_order o
    set old_email = null, new_email = null, profile = null, requester_name = null, reference = null, reason = null,
        closing_reason = null
    where o.account_id = account;
    return account;
end $$;

-- T4: so many conversations, those whose last message is the oldest, lose what was said in them and the address that a visitor
-- typed; of none, where fewer were silent since before `before`. Answers how many. Nobody chooses whose.
create function aplus.erase_conversations(before bigint, conversations integer, at bigint) returns integer
    language plpgsql strict security definer set search_path = pg_catalog, pg_temp as $$
declare
    due uuid[];
    one uuid;
begin
    if before > aplus.least_kept() then
        raise exception 'T4: no conversation is erased within six months of its last message' using errcode = 'AP003';
    end if;
    -- Who comes second waits here, and then finds those erased that the first has erased.
    due := array(
        select c.id from aplus.conversation c where c.subject is not null and c.last_message_at < erase_conversations.before
        order by c.last_message_at, c.id limit conversations for update
    );
    if cardinality(due) < conversations then
        return 0;
    end if;
    update aplus.conversation c
    set subject = null, email = null, erased_at = erase_conversations.at, version = c.version + 1, state = 'closed',
        since = case c.state when 'closed' then c.since else erase_conversations.at end
    where c.id = any (due);
    -- One by one: of a whole list a planner without statistics takes all messages for it.
    foreach one in array due loop
        update aplus.conversation_message m set text = null where m.conversation_id = one;
    end loop;
    return conversations;
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

-- Triggers that check facts, never a flag: each one is the last line behind the rules of the core and the privileges of the
-- roles, not their place. They fire for the owner as well, and whatever session_replication_role says. What they refuse has
-- the SQLSTATE AP003; an address that two want at once has AP005.
--
-- Those that look at other lines than their own take a lock first and then look at what is committed by then. A transaction
-- of a higher isolation would look at what was there when it began, lock or no lock: it is refused (P2).

create function aplus.account_begins() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.email is null or new.status <> 'active' or new.last_login_at is not null then
        raise exception 'A5: an account begins active, with an address, before its first log-in' using errcode = 'AP003';
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'A5: an account is made in a transaction that is read committed' using errcode = 'AP003';
    end if;
    -- An address is one account's or one operator's, and the two stand in two tables: whoever comes second waits here, and
    -- then sees the first.
    perform pg_advisory_xact_lock(1634759797, hashtext(new.email));
    if exists (select from aplus.operator where email = new.email) then
        raise exception 'A5: the address is an operator''s' using errcode = 'AP005';
    end if;
    return new;
end $$;

create function aplus.account_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.id, new.shared, new.author_kind, new.author_id, new.requester_kind, new.requester_name, new.reference,
            new.created_at)
        is distinct from (old.id, old.shared, old.author_kind, old.author_id, old.requester_kind, old.requester_name,
            old.reference, old.created_at)
    then
        raise exception 'A3: the provenance of an account never changes' using errcode = 'AP003';
    end if;
    if (old.status = 'withdrawn' and new.status <> 'withdrawn')
        or (new.status = 'withdrawn' and (new.email is not null or new.last_login_at is not null))
    then
        raise exception 'A11: only an account that nobody ever used is withdrawn, for good, and its address is free'
            using errcode = 'AP003';
    end if;
    if new.version not in (old.version, old.version + 1)
        or new.epoch not in (old.epoch, old.epoch + 1)
        or (new.version = old.version and new.status <> old.status)
        or (new.version = old.version and old.last_login_at is null and new.last_login_at is not null)
        or (new.epoch = old.epoch and new.status = 'deactivated' and old.status <> 'deactivated')
        or (old.last_login_at is not null and new.last_login_at is null)
        or new.last_login_at < old.last_login_at
    then
        raise exception 'L10: version and epoch move with what they count, by one, and never back' using errcode = 'AP003';
    end if;
    if (new.email, new.roles) is not distinct from (old.email, old.roles) then
        return new;
    end if;
    if new.status = 'withdrawn' and old.status <> 'withdrawn' and new.roles = old.roles then
        return new;
    end if;
    -- An order that was approved and not used yet, with exactly these old and new values; it is used by this.
    update aplus.support_order
    set carried_out_at = approved_at
    where id = (
            select id from aplus.support_order
            where account_id = old.id and approved_at is not null and carried_out_at is null and closed_at is null
                and (old_email, new_email) = (old.email, new.email) and (old_roles, new_roles) = (old.roles, new.roles)
            order by approved_at, id limit 1
        )
        and new.version > old.version and new.epoch > old.epoch;
    if not found then
        raise exception 'A3: address and roles of an account change by an approved order alone' using errcode = 'AP003';
    end if;
    if new.email <> old.email then
        if current_setting('transaction_isolation') <> 'read committed' then
            raise exception 'A5: an address changes in a transaction that is read committed' using errcode = 'AP003';
        end if;
        perform pg_advisory_xact_lock(1634759797, hashtext(new.email));
        if exists (select from aplus.operator where email = new.email) then
            raise exception 'A5: the address is an operator''s' using errcode = 'AP005';
        end if;
    end if;
    return new;
end $$;

create trigger account_begins before insert on aplus.account for each row execute function aplus.account_begins();
create trigger account_keeps before update on aplus.account for each row execute function aplus.account_keeps();

create function aplus.operator_begins() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'A5: an operator is made in a transaction that is read committed' using errcode = 'AP003';
    end if;
    perform pg_advisory_xact_lock(1634759797, hashtext(new.email));
    if exists (select from aplus.account where email = new.email) then
        raise exception 'A5: the address is an account''s' using errcode = 'AP005';
    end if;
    return new;
end $$;

create function aplus.operator_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.id, new.email, new.created_at) is distinct from (old.id, old.email, old.created_at)
        or new.version not in (old.version, old.version + 1)
        or new.epoch not in (old.epoch, old.epoch + 1)
        or (new.version = old.version and new.status <> old.status)
    then
        raise exception 'A14: an operator keeps id and address; version and epoch move by one and never back' using errcode = 'AP003';
    end if;
    return new;
end $$;

create trigger operator_begins before insert on aplus.operator for each row execute function aplus.operator_begins();
create trigger operator_keeps before update on aplus.operator for each row execute function aplus.operator_keeps();

create function aplus.group_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.id, new.matricule, new.author_kind, new.author_id, new.requester_kind, new.requester_name, new.reference,
            new.created_at)
        is distinct from (old.id, old.matricule, old.author_kind, old.author_id, old.requester_kind, old.requester_name,
            old.reference, old.created_at)
        or new.version not in (old.version, old.version + 1)
    then
        raise exception 'A7: a group keeps id, number and provenance; its version moves by one and never back' using errcode = 'AP003';
    end if;
    return new;
end $$;

create trigger group_keeps before update on aplus.group for each row execute function aplus.group_keeps();

create function aplus.membership_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'A2: an account joins and leaves, it is not moved' using errcode = 'AP003';
end $$;

create function aplus.membership_stays() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'A2: an account leaves a group in a transaction that is read committed' using errcode = 'AP003';
    end if;
    -- Two who take an account out of its last two groups at once wait for each other here.
    perform from aplus.account where id = old.account_id for no key update;
    if exists (select from aplus.account where id = old.account_id and status <> 'withdrawn')
        and not exists (select from aplus.membership where account_id = old.account_id and group_id <> old.group_id)
    then
        raise exception 'A2: an account is never left without a group' using errcode = 'AP003';
    end if;
    return old;
end $$;

create trigger membership_keeps before update on aplus.membership for each row execute function aplus.membership_keeps();
create trigger membership_stays before delete on aplus.membership for each row execute function aplus.membership_stays();

create function aplus.login_request_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.id, new.at, new.browser, new.network, new.email, new.next, new.language)
        is distinct from (old.id, old.at, old.browser, old.network, old.email, old.next, old.language)
        or old.answered_at is not null
    then
        raise exception 'L4: an asking does not change, and is answered once' using errcode = 'AP003';
    end if;
    return new;
end $$;

create trigger login_request_keeps before update on aplus.login_request
    for each row execute function aplus.login_request_keeps();

create function aplus.link_begins() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.used_at is not null or new.wrong_addresses <> 0 then
        raise exception 'L3: a link begins unused' using errcode = 'AP003';
    end if;
    return new;
end $$;

create function aplus.link_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.id, new.hash, new.nonce, new.key_id, new.purpose, new.account_id, new.operator_id, new.email, new.browser,
            new.issued_at, new.expires_at, new.epoch, new.next, new.language)
        is distinct from (old.id, old.hash, old.nonce, old.key_id, old.purpose, old.account_id, old.operator_id, old.email,
            old.browser, old.issued_at, old.expires_at, old.epoch, old.next, old.language)
        or (old.used_at is not null
            and (new.used_at, new.session_id) is distinct from (old.used_at, old.session_id))
        or (old.superseded_at is not null and new.superseded_at is distinct from old.superseded_at)
        or (old.superseded_at is not null and old.used_at is null and new.used_at is not null)
        or (old.used_at is null and new.used_at >= old.expires_at)
        or new.wrong_addresses < old.wrong_addresses
    then
        raise exception 'L3: a link works once, within its life, for whom it was made' using errcode = 'AP003';
    end if;
    return new;
end $$;

create trigger link_begins before insert on aplus.link for each row execute function aplus.link_begins();
create trigger link_keeps before update on aplus.link for each row execute function aplus.link_keeps();

create function aplus.session_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.id, new.hash, new.nonce, new.key_id, new.account_id, new.operator_id, new.link_id, new.browser, new.opened_at,
            new.epoch)
        is distinct from (old.id, old.hash, old.nonce, old.key_id, old.account_id, old.operator_id, old.link_id,
            old.browser, old.opened_at, old.epoch)
        or new.last_seen_at < old.last_seen_at
        or (old.ended_at is not null
            and (new.ended_at, new.last_seen_at) is distinct from (old.ended_at, old.last_seen_at))
    then
        raise exception 'L11: a session does not change owner, age or secret, and does not come back'
            using errcode = 'AP003';
    end if;
    return new;
end $$;

create trigger session_keeps before update on aplus.session for each row execute function aplus.session_keeps();

create function aplus.outbox_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.id, new.kind, new.message, new.link_id, new.entry_id, new.urgent, new.language, new.queued_at)
        is distinct from (old.id, old.kind, old.message, old.link_id, old.entry_id, old.urgent, old.language, old.queued_at)
        or (new.to_address is not null and new.to_address is distinct from old.to_address)
        or (old.to_address is null and new is distinct from old)
    then
        raise exception 'T1: a mail keeps what it tells and to whom; a settled one is not sent again' using errcode = 'AP003';
    end if;
    return new;
end $$;

create trigger outbox_keeps before update on aplus.outbox for each row execute function aplus.outbox_keeps();

-- A count goes when its time is over and its entry is written, which nobody can see from here: that it goes too early is not refused.
create function aplus.refusal_count_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.entry_id, new.key, new.at) is distinct from (old.entry_id, old.key, old.at)
        or new.times not in (old.times, old.times + 1)
    then
        raise exception 'T1: equal refusals are counted one by one, and never back' using errcode = 'AP003';
    end if;
    return new;
end $$;

create trigger refusal_count_keeps before update on aplus.refusal_count
    for each row execute function aplus.refusal_count_keeps();

-- No entry without its line in the queue of the sealer, whoever writes it. The owner's, since nobody else may write there.
create function aplus.journal_entry_is_queued() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into aplus.seal_queue (entry_id) values (new.id);
    return null;
end $$;

create trigger journal_entry_is_queued after insert on aplus.journal_entry
    for each row execute function aplus.journal_entry_is_queued();

create function aplus.nothing_changes() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'T2: %.% never changes and never goes', tg_table_schema, tg_table_name using errcode = 'AP003';
end $$;

create trigger account_stays before delete on aplus.account for each row execute function aplus.nothing_changes();
create trigger operator_stays before delete on aplus.operator for each row execute function aplus.nothing_changes();
create trigger group_stays before delete on aplus.group for each row execute function aplus.nothing_changes();
create trigger support_order_stays before delete on aplus.support_order
    for each row execute function aplus.nothing_changes();
create trigger journal_entry_stays before update or delete on aplus.journal_entry
    for each row execute function aplus.nothing_changes();
-- Erasing by age (T3) and sealing (T2) bring their own conditions when they come.
create trigger journal_erasable_stays before update or delete on aplus.journal_erasable
    for each row execute function aplus.nothing_changes();
create trigger seal_queue_stays before update or delete on aplus.seal_queue
    for each row execute function aplus.nothing_changes();

-- An order that was closed or carried out stays as it is; the door writes the true hour of what a trigger marked.
create function aplus.support_order_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.id, new.account_id, new.old_email, new.new_email, new.old_roles, new.new_roles, new.operator_id)
        is distinct from (old.id, old.account_id, old.old_email, old.new_email, old.old_roles, old.new_roles,
            old.operator_id)
        or (old.approved_at is not null
            and (new.approver_kind, new.approver_id, new.approved_at)
                is distinct from (old.approver_kind, old.approver_id, old.approved_at))
        or (old.carried_out_at is not null and new.carried_out_at is null)
        or (old.closed_at is not null and new is distinct from old)
    then
        raise exception 'A6: an order does not change, and is approved and used once' using errcode = 'AP003';
    end if;
    return new;
end $$;

create trigger support_order_keeps before update on aplus.support_order
    for each row execute function aplus.support_order_keeps();

do $$
declare
    kept record;
begin
    for kept in
        select c.relname from pg_catalog.pg_class c
        where c.relnamespace = 'aplus'::regnamespace and c.relkind = 'r' and c.relname <> 'migration'
        order by c.relname
    loop
        execute format(
            'create trigger %I before truncate on aplus.%I for each statement execute function aplus.nothing_changes()',
            kept.relname || '_is_not_emptied', kept.relname);
    end loop;
    for kept in
        select c.relname, t.tgname from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid
        where c.relnamespace = 'aplus'::regnamespace and not t.tgisinternal
        order by c.relname, t.tgname
    loop
        execute format('alter table aplus.%I enable always trigger %I', kept.relname, kept.tgname);
    end loop;
end $$;

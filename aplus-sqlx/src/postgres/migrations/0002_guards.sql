-- Triggers that check facts, never a flag: each one is the last line behind the rules of the core and the privileges of the
-- roles, not their place. They fire for the owner as well, and whatever session_replication_role says. What they refuse has
-- the SQLSTATE AP003; an address that two want at once has AP005.
--
-- Those that look at other lines than their own take a lock first and then look at what is committed by then. A transaction
-- of a higher isolation would look at what was there when it began, lock or no lock: it is refused (P2).

-- What was written or used after this may not be erased, whatever the server says of the hour: the least setting of T3 and
-- T4, in months of the calendar. The one place where the database's clock is read.
create function aplus.least_kept() returns bigint language sql stable set search_path = pg_catalog, pg_temp as $$
    select (extract(epoch from (now() at time zone 'UTC') - interval '6 months') * 1000000)::bigint
$$;

create function aplus.account_begins() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.email is null or new.status <> 'active' or new.last_login_at is not null or new.emptied_at is not null
        or new.order_id is not null
    then
        raise exception 'A5: an account begins active, with an address, before its first log-in and any order'
            using errcode = 'AP003';
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
declare
    empties boolean := old.emptied_at is null and new.emptied_at is not null;
begin
    if (new.id, new.shared, new.author_kind, new.author_id, new.created_at)
        is distinct from (old.id, old.shared, old.author_kind, old.author_id, old.created_at)
        or (not empties and (new.requester_kind, new.requester_name, new.reference)
            is distinct from (old.requester_kind, old.requester_name, old.reference))
    then
        raise exception 'A3: the provenance of an account never changes' using errcode = 'AP003';
    end if;
    -- As a whole: what must be null by then, the table says.
    if new.emptied_at is distinct from old.emptied_at then
        if not empties
            or (new.version, new.epoch) <> (old.version + 1, old.epoch + 1)
            or (new.roles, new.last_login_at) is distinct from (old.roles, old.last_login_at)
            or coalesce(old.last_login_at, old.created_at) >= aplus.least_kept()
        then
            raise exception 'T4: an account is emptied once, as a whole, six months after its last use at the earliest'
                using errcode = 'AP003';
        end if;
    end if;
    if (old.status = 'withdrawn' and new.status <> 'withdrawn')
        or (new.status = 'withdrawn' and new.emptied_at is null and (new.email is not null or new.last_login_at is not null))
        or (old.emptied_at is not null and new.last_login_at is distinct from old.last_login_at)
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
    if (new.order_id, new.ordered_at) is not distinct from (old.order_id, old.ordered_at) then
        if empties or (new.email, new.roles) is not distinct from (old.email, old.roles)
            or (new.status = 'withdrawn' and old.status <> 'withdrawn' and new.roles = old.roles)
        then
            return new;
        end if;
        raise exception 'A3: address and roles of an account change by an order alone' using errcode = 'AP003';
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'A6: an order is carried out in a transaction that is read committed' using errcode = 'AP003';
    end if;
    -- This very order: approved, open, not used yet, with exactly these old and new values, which no other order has changed
    -- since it was proposed; and nothing else changes.
    perform from aplus.support_order
    where id = new.order_id and account_id = old.id and approved_at is not null and carried_out_at is null
        and closed_at is null and new.ordered_at < expires_at
        and (old_email, new_email) = (old.email, new.email) and (old_roles, new_roles) = (old.roles, new.roles)
        and (old.ordered_at > proposed_at) is not true
    for no key update;
    if not found
        or (new.version, new.epoch, new.status) is distinct from (old.version + 1, old.epoch + 1, old.status)
        or new.last_login_at is distinct from old.last_login_at
    then
        raise exception 'A3: address and roles of an account change by an approved order alone' using errcode = 'AP003';
    end if;
    if new.email <> old.email then
        -- A new address counts once the link that was sent to it is confirmed.
        if not exists (select from aplus.link where order_id = new.order_id and used_at is not null) then
            raise exception 'A6: nobody confirmed the new address' using errcode = 'AP003';
        end if;
        perform pg_advisory_xact_lock(1634759797, hashtext(new.email));
        if exists (select from aplus.operator where email = new.email) then
            raise exception 'A5: the address is an operator''s' using errcode = 'AP005';
        end if;
    end if;
    return new;
end $$;

-- The order that changed the account is used by that, and no other of the same values.
create function aplus.account_is_ordered() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    update aplus.support_order set carried_out_at = new.ordered_at where id = new.order_id;
    return null;
end $$;

create trigger account_begins before insert on aplus.account for each row execute function aplus.account_begins();
create trigger account_keeps before update on aplus.account for each row execute function aplus.account_keeps();
create trigger account_is_ordered after update on aplus.account
    for each row when (new.order_id is distinct from old.order_id) execute function aplus.account_is_ordered();

create function aplus.operator_begins() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.restore_asked_by is not null then
        raise exception 'A14: an operator begins with nothing that others asked' using errcode = 'AP003';
    end if;
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
    if (new.status, new.restore_asked_by, new.restore_asked_at, new.restored_by)
        is not distinct from (old.status, old.restore_asked_by, old.restore_asked_at, old.restored_by)
    then
        return new;
    end if;
    if new.version = old.version or new.status = 'active' and old.status = 'active' then
        raise exception 'A14: who asked for an operator does not change beside it' using errcode = 'AP003';
    end if;
    if new.status = 'suspended' and old.status = 'active' then
        if new.epoch = old.epoch or new.restore_asked_by is not null then
            raise exception 'A14: a suspension ends sessions and links, and what was asked before it' using errcode = 'AP003';
        end if;
        return new;
    end if;
    -- Whoever may make operators, the machine, brings one back by itself.
    if new.status = 'active' and new.restored_by is null
        and has_table_privilege(current_user, 'aplus.operator', 'insert')
    then
        return new;
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'A14: an operator is asked back in a transaction that is read committed' using errcode = 'AP003';
    end if;
    -- Who asks is another one, and active; so are both when the second brings the suspended one back.
    perform from aplus.operator where id in (new.restore_asked_by, new.restored_by) order by id for share;
    if new.status = 'active' and (new.restored_by is null
            or (new.restore_asked_by, new.restore_asked_at) is distinct from (old.restore_asked_by, old.restore_asked_at))
        or (select count(*) from aplus.operator
            where id in (new.restore_asked_by, new.restored_by) and id <> new.id and status = 'active')
            <> num_nonnulls(new.restore_asked_by, new.restored_by)
    then
        raise exception 'A14: only two other operators together bring one back' using errcode = 'AP003';
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
    -- Only what never changes: an order that was taken back since the courier looked makes the link dead, not wrong.
    if new.order_id is not null and not exists (
        select from aplus.support_order
        where id = new.order_id and account_id = new.account_id and new_email = new.email
            and old_email <> new_email and new.expires_at <= expires_at
    ) then
        raise exception 'A6: a link confirms the new address of an order, for its account and within its time'
            using errcode = 'AP003';
    end if;
    return new;
end $$;

create function aplus.link_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.id, new.hash, new.nonce, new.key_id, new.purpose, new.account_id, new.operator_id, new.email, new.browser,
            new.issued_at, new.expires_at, new.epoch, new.next, new.language, new.order_id)
        is distinct from (old.id, old.hash, old.nonce, old.key_id, old.purpose, old.account_id, old.operator_id, old.email,
            old.browser, old.issued_at, old.expires_at, old.epoch, old.next, old.language, old.order_id)
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

create function aplus.link_look_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.link_id <> old.link_id or new.times < old.times or new.first_at > old.first_at or new.last_at < old.last_at then
        raise exception 'L5: looks at a link add up' using errcode = 'AP003';
    end if;
    return new;
end $$;

create trigger link_look_keeps before update on aplus.link_look
    for each row execute function aplus.link_look_keeps();

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
    if (new.id, new.kind, new.message, new.link_id, new.entry_id, new.urgency, new.language, new.queued_at)
        is distinct from (old.id, old.kind, old.message, old.link_id, old.entry_id, old.urgency, old.language, old.queued_at)
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

create function aplus.journal_erasable_begins() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    select at into new.at from aplus.journal_entry where id = new.entry_id;
    return new;
end $$;

create trigger journal_erasable_begins before insert on aplus.journal_erasable
    for each row execute function aplus.journal_erasable_begins();

create function aplus.journal_erasable_stays() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if old.at >= aplus.least_kept() then
        raise exception 'T3: nothing of the journal is erased within six months' using errcode = 'AP003';
    end if;
    return old;
end $$;

create trigger journal_erasable_stays before delete on aplus.journal_erasable
    for each row execute function aplus.journal_erasable_stays();

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
create trigger journal_erasable_keeps before update on aplus.journal_erasable
    for each row execute function aplus.nothing_changes();
create trigger seal_queue_keeps before update on aplus.seal_queue
    for each row execute function aplus.nothing_changes();
create trigger seal_keeps before update or delete on aplus.seal for each row execute function aplus.nothing_changes();
create trigger seal_tree_stays before delete on aplus.seal_tree for each row execute function aplus.nothing_changes();
create trigger checkpoint_keeps before update or delete on aplus.checkpoint
    for each row execute function aplus.nothing_changes();
create trigger checkpoint_mail_keeps before update or delete on aplus.checkpoint_mail
    for each row execute function aplus.nothing_changes();

-- Sealing (T2): an entry waits until it is sealed, gets the place after the last, and never waits again; the tree grows to what
-- the seals say; a checkpoint is over the tree as it is.
create function aplus.seal_queue_begins() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from aplus.seal where entry_id = new.entry_id) then
        raise exception 'T2: what is sealed does not wait for its seal' using errcode = 'AP003';
    end if;
    return new;
end $$;

create function aplus.seal_queue_stays() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from aplus.seal where entry_id = old.entry_id) then
        raise exception 'T2: an entry waits until it is sealed' using errcode = 'AP003';
    end if;
    return old;
end $$;

create function aplus.seal_begins() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.place <> coalesce((select max(place) + 1 from aplus.seal), 0)
        or not exists (select from aplus.seal_queue where entry_id = new.entry_id)
    then
        raise exception 'T2: an entry that waits is sealed at the place after the last' using errcode = 'AP003';
    end if;
    return new;
end $$;

create function aplus.seal_tree_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.size <= old.size or new.size <> (select max(place) + 1 from aplus.seal) then
        raise exception 'T2: the tree grows to what is sealed' using errcode = 'AP003';
    end if;
    return new;
end $$;

create function aplus.checkpoint_begins() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.size <> (select size from aplus.seal_tree) then
        raise exception 'T2: a checkpoint is over the tree as it is' using errcode = 'AP003';
    end if;
    return new;
end $$;

create trigger seal_queue_begins before insert on aplus.seal_queue
    for each row execute function aplus.seal_queue_begins();
create trigger seal_queue_stays before delete on aplus.seal_queue
    for each row execute function aplus.seal_queue_stays();
create trigger seal_begins before insert on aplus.seal for each row execute function aplus.seal_begins();
create trigger seal_tree_keeps before update on aplus.seal_tree for each row execute function aplus.seal_tree_keeps();
create trigger checkpoint_begins before insert on aplus.checkpoint
    for each row execute function aplus.checkpoint_begins();

create function aplus.support_order_begins() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.old_email is null or new.approver_kind is not null or new.closed_at is not null or new.carried_out_at is not null
        or (new.approved_at, new.approval_entry) is distinct from (new.proposed_at, new.id) and new.approved_at is not null
    then
        raise exception 'A6: an order begins open, and approved only where it needs nobody' using errcode = 'AP003';
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'A6: an order is proposed in a transaction that is read committed' using errcode = 'AP003';
    end if;
    if new.author_kind = 'operator' then
        perform from aplus.operator where id = new.author_id and status = 'active' for share;
        if not found then
            raise exception 'A6: an order is proposed by an active operator, or by the machine' using errcode = 'AP003';
        end if;
    end if;
    return new;
end $$;

-- What was proposed, approved, closed or carried out stays as it is. An order is approved or refused by an active operator
-- other than its author, or by an active responsable who shares a group with the account and is not whom it concerns; taken
-- back by an active operator or the machine; all that while it is open. It is carried out where its account says so. What it
-- says of a person goes as a whole with an account that was emptied (T4).
create function aplus.support_order_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    approved boolean := old.approved_at is null and new.approved_at is not null;
    closed boolean := old.closed_at is null and new.closed_at is not null;
    emptied boolean := old.old_email is not null
        and num_nonnulls(new.old_email, new.new_email, new.profile, new.requester_name, new.reference, new.reason,
            new.closing_reason) = 0
        and exists (select from aplus.account where id = old.account_id and emptied_at is not null);
    by_kind text := new.approver_kind;
    by_id uuid := new.approver_id;
begin
    if (new.id, new.account_id, new.old_roles, new.new_roles, new.author_kind, new.author_id, new.requester_kind,
            new.proposed_at, new.expires_at)
        is distinct from (old.id, old.account_id, old.old_roles, old.new_roles, old.author_kind, old.author_id,
            old.requester_kind, old.proposed_at, old.expires_at)
        or (not emptied and (new.old_email, new.new_email, new.profile, new.requester_name, new.reference, new.reason)
            is distinct from (old.old_email, old.new_email, old.profile, old.requester_name, old.reference, old.reason))
        or (old.approved_at is not null
            and (new.approver_kind, new.approver_id, new.approved_at, new.approval_entry)
                is distinct from (old.approver_kind, old.approver_id, old.approved_at, old.approval_entry))
        or (old.closed_at is not null
            and (new.closed_at, new.closed_how, new.closed_by_kind, new.closed_by_id, new.closing_entry)
                is distinct from (old.closed_at, old.closed_how, old.closed_by_kind, old.closed_by_id, old.closing_entry))
        or (old.closed_at is not null and not emptied and new.closing_reason is distinct from old.closing_reason)
        or (old.carried_out_at is not null and new.carried_out_at is distinct from old.carried_out_at)
        or (old.carrying_entry is not null and new.carrying_entry is distinct from old.carrying_entry)
    then
        raise exception 'A6: an order does not change, and is approved, closed and used once' using errcode = 'AP003';
    end if;
    if new.carried_out_at is distinct from old.carried_out_at and not exists (
        select from aplus.account
        where id = new.account_id and order_id = new.id and ordered_at = new.carried_out_at
    ) then
        raise exception 'A6: an order is carried out by changing its account' using errcode = 'AP003';
    end if;
    if not approved and not closed then
        return new;
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'A6: an order is decided on in a transaction that is read committed' using errcode = 'AP003';
    end if;
    if closed then
        by_kind := new.closed_by_kind;
        by_id := new.closed_by_id;
    end if;
    if approved = closed or old.closed_at is not null or old.carried_out_at is not null
        or coalesce(new.closed_at, new.approved_at) >= new.expires_at
        or (approved and by_kind is null)
    then
        raise exception 'A6: an order is decided on once, by somebody, while it is open' using errcode = 'AP003';
    end if;
    if by_kind = 'operator' then
        perform from aplus.operator where id = by_id and status = 'active' for share;
        if not found then
            raise exception 'A6: only an active operator decides on an order' using errcode = 'AP003';
        end if;
    elsif by_kind = 'account' then
        -- Memberships move with the version of their account: they stand still while it is locked.
        perform from aplus.account where id in (by_id, new.account_id) order by id for share;
        if not exists (
            select from aplus.account
            where id = by_id and id <> new.account_id and status = 'active' and roles & 4 <> 0
        ) or not exists (
            select from aplus.membership
            where account_id = by_id
                and group_id = any (array(select group_id from aplus.membership where account_id = new.account_id))
        ) then
            raise exception 'A6: only a responsable of one of its groups decides on an order for an account'
                using errcode = 'AP003';
        end if;
    end if;
    return new;
end $$;

create function aplus.conversation_begins() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.state <> 'waiting' or new.version <> 1 or new.erased_at is not null
        or (new.since, new.last_message_at) <> (new.opened_at, new.opened_at)
    then
        raise exception 'S2: a conversation begins with its first message, waiting for an answer' using errcode = 'AP003';
    end if;
    return new;
end $$;

create function aplus.conversation_keeps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.id, new.account_id, new.acknowledged_on, new.opened_at)
        is distinct from (old.id, old.account_id, old.acknowledged_on, old.opened_at)
        or new.version <> old.version + 1
        or new.last_message_at < old.last_message_at
        or old.erased_at is not null
    then
        raise exception 'S2: a conversation keeps whose it is, and moves by one until it is erased' using errcode = 'AP003';
    end if;
    if new.erased_at is null then
        if (new.subject, new.email) is distinct from (old.subject, old.email) then
            raise exception 'S2: what a conversation is about does not change' using errcode = 'AP003';
        end if;
    elsif old.last_message_at >= aplus.least_kept() or new.last_message_at <> old.last_message_at then
        raise exception 'T4: no conversation is erased within six months of its last message' using errcode = 'AP003';
    end if;
    return new;
end $$;

create function aplus.conversation_message_begins() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp as $$
begin
    if new.text is null or not exists (
        select from aplus.conversation c
        where c.id = new.conversation_id and c.version = new.place and c.erased_at is null
    ) then
        raise exception 'S2: a message is written once, with the version of its conversation' using errcode = 'AP003';
    end if;
    return new;
end $$;

create function aplus.conversation_message_keeps() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp as $$
begin
    if (new.conversation_id, new.place, new.speaker_kind, new.speaker_id, new.at)
        is distinct from (old.conversation_id, old.place, old.speaker_kind, old.speaker_id, old.at)
        or new.text is not null
        or old.at >= aplus.least_kept()
    then
        raise exception 'T4: a message does not change; its text goes six months after it at the earliest' using errcode = 'AP003';
    end if;
    return new;
end $$;

create trigger conversation_begins before insert on aplus.conversation
    for each row execute function aplus.conversation_begins();
create trigger conversation_keeps before update on aplus.conversation
    for each row execute function aplus.conversation_keeps();
create trigger conversation_stays before delete on aplus.conversation
    for each row execute function aplus.nothing_changes();
create trigger conversation_message_begins before insert on aplus.conversation_message
    for each row execute function aplus.conversation_message_begins();
create trigger conversation_message_keeps before update on aplus.conversation_message
    for each row execute function aplus.conversation_message_keeps();
create trigger conversation_message_stays before delete on aplus.conversation_message
    for each row execute function aplus.nothing_changes();

create trigger support_order_begins before insert on aplus.support_order
    for each row execute function aplus.support_order_begins();
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

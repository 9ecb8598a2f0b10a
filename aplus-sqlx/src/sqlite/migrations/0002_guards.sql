-- Triggers that check facts, never a flag. Each one is the last line behind the rules of the core, not their place.
-- A `before insert` trigger that aborts where the key exists fires before `replace` takes a line away, whatever
-- `recursive_triggers` says on the connection.

create trigger aplus_account_begins before insert on aplus_account
when exists (select 1 from aplus_account where id = new.id)
    or exists (select 1 from aplus_account where email = new.email)
    or exists (select 1 from aplus_operator where email = new.email)
    or new.email is null
    or new.status != 'active'
    or new.last_login_at is not null
    or new.emptied_at is not null
    or new.order_id is not null
begin
    select raise(abort, 'A5: an account begins active, under an id and an address that nobody has, before any order');
end;

create trigger aplus_account_keeps before update on aplus_account
when new.id is not old.id
    or new.shared is not old.shared
    or new.author_kind is not old.author_kind
    or new.author_id is not old.author_id
    or new.created_at is not old.created_at
    or (
        (old.emptied_at is not null or new.emptied_at is null)
        and (
            new.requester_kind is not old.requester_kind
            or new.requester_name is not old.requester_name
            or new.reference is not old.reference
        )
    )
begin
    select raise(abort, 'A3: the provenance of an account never changes');
end;

-- As a whole: what must be null by then, the table says. By the database's own clock, in months of the calendar; where
-- SQLite is too old to count them like that, nothing is emptied.
create trigger aplus_account_is_emptied before update on aplus_account
when new.emptied_at is not old.emptied_at
    and (
        old.emptied_at is not null
        or new.emptied_at is null
        or new.version != old.version + 1
        or new.epoch != old.epoch + 1
        or new.last_login_at is not old.last_login_at
        or (coalesce(old.last_login_at, old.created_at) < unixepoch('now', '-6 months', 'floor') * 1000000) is not true
    )
begin
    select raise(abort, 'T4: an account is emptied once, as a whole, six months after its last use at the earliest');
end;

create trigger aplus_account_keeps_identity before update on aplus_account
when (new.email is not old.email or new.roles is not old.roles)
    and new.order_id is old.order_id
    and not (
        new.email is null
        and new.roles is old.roles
        and new.status = 'withdrawn'
        and old.status != 'withdrawn'
        and (
            new.emptied_at is not null
            or (old.last_login_at is null and new.last_login_at is null)
        )
    )
begin
    select raise(abort, 'A3: address and roles of an account change by an order alone');
end;

-- This very order: approved, open, not used yet, with exactly these old and new values, which no other order has changed since
-- it was proposed; a new address was confirmed; and nothing else changes.
create trigger aplus_account_is_ordered before update on aplus_account
when (new.order_id is not old.order_id or new.ordered_at is not old.ordered_at)
    and not (
        exists (
            select 1 from aplus_support_order
            where id = new.order_id and account_id = old.id and approved_at is not null and carried_out_at is null
                and closed_at is null and new.ordered_at < expires_at and old_email = old.email and new_email = new.email
                and old_roles = old.roles and new_roles = new.roles and (old.ordered_at > proposed_at) is not true
        )
        and (
            new.email is old.email
            or exists (select 1 from aplus_link where order_id = new.order_id and used_at is not null)
        )
        and new.version = old.version + 1
        and new.epoch = old.epoch + 1
        and new.status is old.status
        and new.last_login_at is old.last_login_at
    )
begin
    select raise(abort, 'A3: address and roles of an account change by an approved order alone');
end;

create trigger aplus_account_takes_address before update on aplus_account
when new.email is not old.email
    and (
        exists (select 1 from aplus_account where email = new.email)
        or exists (select 1 from aplus_operator where email = new.email)
    )
begin
    select raise(abort, 'A5: an address is one account''s or one operator''s');
end;

-- The order that changed the account is used by that, and no other of the same values.
create trigger aplus_account_was_ordered after update on aplus_account
when new.order_id is not old.order_id
begin
    update aplus_support_order set carried_out_at = new.ordered_at where id = new.order_id;
end;

create trigger aplus_account_is_withdrawn before update on aplus_account
when (old.status = 'withdrawn' and new.status != 'withdrawn')
    or (
        new.status = 'withdrawn'
        and new.emptied_at is null
        and (new.email is not null or new.last_login_at is not null)
    )
    or (old.emptied_at is not null and new.last_login_at is not old.last_login_at)
begin
    select raise(abort, 'A11: only an account that nobody ever used is withdrawn, for good, and its address is free');
end;

create trigger aplus_account_counts before update on aplus_account
when new.version not in (old.version, old.version + 1)
    or new.epoch not in (old.epoch, old.epoch + 1)
    or (new.version = old.version and new.status != old.status)
    or (new.version = old.version and old.last_login_at is null and new.last_login_at is not null)
    or (new.epoch = old.epoch and new.status = 'deactivated' and old.status != 'deactivated')
    or (old.last_login_at is not null and new.last_login_at is null)
    or new.last_login_at < old.last_login_at
begin
    select raise(abort, 'L10: version and epoch move with what they count, by one, and never back');
end;

create trigger aplus_account_stays before delete on aplus_account
begin
    select raise(abort, 'T1: the line of an account never goes');
end;

create trigger aplus_operator_begins before insert on aplus_operator
when exists (select 1 from aplus_operator where id = new.id)
    or exists (select 1 from aplus_operator where email = new.email)
    or exists (select 1 from aplus_account where email = new.email)
    or new.restore_asked_by is not null
begin
    select raise(abort, 'A5: an operator begins under an id and an address that nobody has');
end;

create trigger aplus_operator_keeps before update on aplus_operator
when new.id is not old.id
    or new.email is not old.email
    or new.created_at is not old.created_at
    or new.version not in (old.version, old.version + 1)
    or new.epoch not in (old.epoch, old.epoch + 1)
    or (new.version = old.version and new.status != old.status)
begin
    select raise(abort, 'A14: an operator keeps id and address; version and epoch move by one and never back');
end;

create trigger aplus_operator_is_suspended before update on aplus_operator
when new.status = 'suspended'
    and old.status = 'active'
    and (new.epoch = old.epoch or new.restore_asked_by is not null)
begin
    select raise(abort, 'A14: a suspension ends sessions and links, and what was asked before it');
end;

create trigger aplus_operator_is_asked before update on aplus_operator
when (new.restore_asked_by is not old.restore_asked_by or new.restore_asked_at is not old.restore_asked_at)
    and new.status = old.status
    and (
        new.status = 'active'
        or new.version = old.version
        or (
            new.restore_asked_by is not null
            and not exists (
                select 1 from aplus_operator where id = new.restore_asked_by and id != new.id and status = 'active'
            )
        )
    )
begin
    select raise(abort, 'A14: another operator asks for one who is suspended');
end;

-- Two active operators other than the suspended one; one whom nobody brought back was brought back by the machine, which is
-- not told apart here.
create trigger aplus_operator_is_restored before update on aplus_operator
when (new.restored_by is not old.restored_by and new.status = old.status)
    or (
        new.status = 'active'
        and old.status = 'suspended'
        and new.restored_by is not null
        and (
            new.restore_asked_by is not old.restore_asked_by
            or new.restore_asked_at is not old.restore_asked_at
            or new.restored_by is new.restore_asked_by
            or 2 != (
                select count(*) from aplus_operator
                where id in (new.restore_asked_by, new.restored_by) and id != new.id and status = 'active'
            )
        )
    )
begin
    select raise(abort, 'A14: only two other operators together bring one back');
end;

create trigger aplus_operator_stays before delete on aplus_operator
begin
    select raise(abort, 'T1: the line of an operator never goes');
end;

create trigger aplus_group_begins before insert on aplus_group
when exists (select 1 from aplus_group where id = new.id)
    or exists (select 1 from aplus_group where matricule = new.matricule)
begin
    select raise(abort, 'A7: a group begins under an id and a number that no other has');
end;

create trigger aplus_group_keeps before update on aplus_group
when new.id is not old.id
    or new.matricule is not old.matricule
    or new.author_kind is not old.author_kind
    or new.author_id is not old.author_id
    or new.requester_kind is not old.requester_kind
    or new.requester_name is not old.requester_name
    or new.reference is not old.reference
    or new.created_at is not old.created_at
    or new.version not in (old.version, old.version + 1)
begin
    select raise(abort, 'A7: a group keeps id, number and provenance; its version moves by one and never back');
end;

create trigger aplus_group_stays before delete on aplus_group
begin
    select raise(abort, 'T1: the line of a group never goes');
end;

create trigger aplus_membership_begins before insert on aplus_membership
when exists (select 1 from aplus_membership where account_id = new.account_id and group_id = new.group_id)
begin
    select raise(abort, 'A2: the account is in this group already');
end;

create trigger aplus_membership_keeps before update on aplus_membership
begin
    select raise(abort, 'A2: an account joins and leaves, it is not moved');
end;

create trigger aplus_membership_stays before delete on aplus_membership
when (select status from aplus_account where id = old.account_id) is not 'withdrawn'
    and not exists (
        select 1 from aplus_membership where account_id = old.account_id and group_id != old.group_id
    )
begin
    select raise(abort, 'A2: an account is never left without a group');
end;

create trigger aplus_login_request_begins before insert on aplus_login_request
when exists (select 1 from aplus_login_request where id = new.id)
begin
    select raise(abort, 'L4: this asking is queued already');
end;

create trigger aplus_login_request_keeps before update on aplus_login_request
when new.id is not old.id
    or new.at is not old.at
    or new.browser is not old.browser
    or new.network is not old.network
    or new.email is not old.email
    or new.next is not old.next
    or old.answered_at is not null
begin
    select raise(abort, 'L4: an asking does not change, and is answered once');
end;

create trigger aplus_link_begins before insert on aplus_link
when exists (select 1 from aplus_link where id = new.id)
    or exists (select 1 from aplus_link where hash = new.hash)
    or new.used_at is not null
begin
    select raise(abort, 'L3: a link begins once, unused');
end;

-- Only what never changes: an order that was taken back since the courier looked makes the link dead, not wrong.
create trigger aplus_link_confirms before insert on aplus_link
when new.order_id is not null
    and not exists (
        select 1 from aplus_support_order
        where id = new.order_id and account_id = new.account_id and new_email = new.email and old_email != new_email
            and new.expires_at <= expires_at
    )
begin
    select raise(abort, 'A6: a link confirms the new address of an order, for its account and within its time');
end;

create trigger aplus_link_keeps before update on aplus_link
when new.id is not old.id
    or new.hash is not old.hash
    or new.nonce is not old.nonce
    or new.key_id is not old.key_id
    or new.purpose is not old.purpose
    or new.account_id is not old.account_id
    or new.operator_id is not old.operator_id
    or new.email is not old.email
    or new.browser is not old.browser
    or new.issued_at is not old.issued_at
    or new.expires_at is not old.expires_at
    or new.epoch is not old.epoch
    or new.next is not old.next
    or new.order_id is not old.order_id
    or (old.used_at is not null and (new.used_at is not old.used_at or new.session_id is not old.session_id))
    or (old.superseded_at is not null and new.superseded_at is not old.superseded_at)
    or (old.superseded_at is not null and old.used_at is null and new.used_at is not null)
    or (old.used_at is null and new.used_at >= old.expires_at)
    or new.wrong_addresses < old.wrong_addresses
begin
    select raise(abort, 'L3: a link works once, within its life, for whom it was made');
end;

create trigger aplus_link_look_begins before insert on aplus_link_look
when exists (select 1 from aplus_link_look where link_id = new.link_id)
begin
    select raise(abort, 'L5: looks at a link add up');
end;

create trigger aplus_link_look_keeps before update on aplus_link_look
when new.link_id is not old.link_id
    or new.times < old.times
    or new.first_at > old.first_at
    or new.last_at < old.last_at
begin
    select raise(abort, 'L5: looks at a link add up');
end;

create trigger aplus_link_look_stays before delete on aplus_link_look
when exists (select 1 from aplus_link where id = old.link_id)
begin
    select raise(abort, 'L5: looks at a link go with it');
end;

create trigger aplus_session_begins before insert on aplus_session
when exists (select 1 from aplus_session where id = new.id)
    or exists (select 1 from aplus_session where hash = new.hash)
    or exists (select 1 from aplus_session where link_id = new.link_id)
begin
    select raise(abort, 'L3: a link opens one session');
end;

create trigger aplus_session_keeps before update on aplus_session
when new.id is not old.id
    or new.hash is not old.hash
    or new.nonce is not old.nonce
    or new.key_id is not old.key_id
    or new.account_id is not old.account_id
    or new.operator_id is not old.operator_id
    or new.link_id is not old.link_id
    or new.opened_at is not old.opened_at
    or new.epoch is not old.epoch
    or new.last_seen_at < old.last_seen_at
    or (old.ended_at is not null and new.ended_at is not old.ended_at)
    or (old.ended_at is not null and new.last_seen_at is not old.last_seen_at)
begin
    select raise(abort, 'L11: a session does not change owner, age or secret, and does not come back');
end;

create trigger aplus_outbox_begins before insert on aplus_outbox
when exists (select 1 from aplus_outbox where id = new.id)
begin
    select raise(abort, 'T1: this mail is queued already');
end;

create trigger aplus_outbox_keeps before update on aplus_outbox
when new.id is not old.id
    or new.message is not old.message
    or new.kind is not old.kind
    or new.link_id is not old.link_id
    or new.entry_id is not old.entry_id
    or new.queued_at is not old.queued_at
    or (new.to_address is not null and new.to_address is not old.to_address)
begin
    select raise(abort, 'T1: a mail keeps what it tells and to whom; a settled one is not sent again');
end;

create trigger aplus_journal_entry_begins before insert on aplus_journal_entry
when exists (select 1 from aplus_journal_entry where id = new.id)
    or exists (select 1 from aplus_journal_entry where request_id = new.request_id)
begin
    select raise(abort, 'T1: an entry is written once, and a request has one');
end;

-- No entry without its line in the queue of the sealer, whoever writes it.
create trigger aplus_journal_entry_is_queued after insert on aplus_journal_entry
begin
    insert into aplus_seal_queue (entry_id) values (new.id);
end;

create trigger aplus_journal_entry_keeps before update on aplus_journal_entry
begin
    select raise(abort, 'T2: an entry never changes');
end;

create trigger aplus_journal_entry_stays before delete on aplus_journal_entry
begin
    select raise(abort, 'T2: an entry never goes');
end;

create trigger aplus_journal_erasable_begins before insert on aplus_journal_erasable
when exists (select 1 from aplus_journal_erasable where entry_id = new.entry_id)
    or new.at is not (select at from aplus_journal_entry where id = new.entry_id)
begin
    select raise(abort, 'T2: the erasable part of an entry is written once, with the hour of its entry');
end;

create trigger aplus_journal_erasable_keeps before update on aplus_journal_erasable
begin
    select raise(abort, 'T2: the erasable part of an entry never changes');
end;

create trigger aplus_journal_erasable_stays before delete on aplus_journal_erasable
when (old.at < unixepoch('now', '-6 months', 'floor') * 1000000) is not true
begin
    select raise(abort, 'T3: nothing of the journal is erased within six months');
end;

create trigger aplus_seal_queue_begins before insert on aplus_seal_queue
when exists (select 1 from aplus_seal_queue where entry_id = new.entry_id)
    or exists (select 1 from aplus_seal where entry_id = new.entry_id)
begin
    select raise(abort, 'T2: this entry waits for its seal already, or is sealed');
end;

create trigger aplus_seal_queue_keeps before update on aplus_seal_queue
begin
    select raise(abort, 'T2: what waits for its seal does not change');
end;

create trigger aplus_seal_queue_stays before delete on aplus_seal_queue
when not exists (select 1 from aplus_seal where entry_id = old.entry_id)
begin
    select raise(abort, 'T2: an entry waits until it is sealed');
end;

create trigger aplus_support_order_begins before insert on aplus_support_order
when exists (select 1 from aplus_support_order where id = new.id)
    or new.old_email is null
    or new.approver_kind is not null
    or new.closed_at is not null
    or new.carried_out_at is not null
    or (new.approved_at is not null and (new.approved_at is not new.proposed_at or new.approval_entry is not new.id))
    or (
        new.author_kind = 'operator'
        and not exists (select 1 from aplus_operator where id = new.author_id and status = 'active')
    )
begin
    select raise(abort, 'A6: an order begins open, by an active operator, and approved only where it needs nobody');
end;

create trigger aplus_support_order_keeps before update on aplus_support_order
when new.id is not old.id
    or new.account_id is not old.account_id
    or new.old_roles is not old.old_roles
    or new.new_roles is not old.new_roles
    or new.author_kind is not old.author_kind
    or new.author_id is not old.author_id
    or new.requester_kind is not old.requester_kind
    or new.proposed_at is not old.proposed_at
    or new.expires_at is not old.expires_at
    or (old.approved_at is not null and (
        new.approved_at is not old.approved_at
        or new.approver_kind is not old.approver_kind
        or new.approver_id is not old.approver_id
        or new.approval_entry is not old.approval_entry
    ))
    or (old.closed_at is not null and (
        new.closed_at is not old.closed_at
        or new.closed_how is not old.closed_how
        or new.closed_by_kind is not old.closed_by_kind
        or new.closed_by_id is not old.closed_by_id
        or new.closing_entry is not old.closing_entry
    ))
    or (old.carried_out_at is not null and new.carried_out_at is not old.carried_out_at)
    or (old.carrying_entry is not null and new.carrying_entry is not old.carrying_entry)
begin
    select raise(abort, 'A6: an order does not change, and is approved, closed and used once');
end;

-- What it says of a person goes as a whole, with an account that was emptied (T4).
create trigger aplus_support_order_keeps_texts before update on aplus_support_order
when (
        new.old_email is not old.old_email
        or new.new_email is not old.new_email
        or new.profile is not old.profile
        or new.requester_name is not old.requester_name
        or new.reference is not old.reference
        or new.reason is not old.reason
        or (old.closed_at is not null and new.closing_reason is not old.closing_reason)
    )
    and not (
        coalesce(
            new.old_email, new.new_email, new.profile, new.requester_name, new.reference, new.reason, new.closing_reason
        ) is null
        and exists (select 1 from aplus_account where id = old.account_id and emptied_at is not null)
    )
begin
    select raise(abort, 'A6: an order does not change');
end;

-- By an active operator other than its author, or by an active responsable who shares a group with the account and is not
-- whom it concerns; while it is open.
create trigger aplus_support_order_is_approved before update on aplus_support_order
when old.approved_at is null
    and new.approved_at is not null
    and not (
        new.closed_at is null
        and new.carried_out_at is null
        and new.approved_at < new.expires_at
        and (
            (new.approver_kind is 'operator' and new.approver_id is not new.author_id and exists (
                select 1 from aplus_operator where id = new.approver_id and status = 'active'
            ))
            or (new.approver_kind is 'account' and exists (
                select 1 from aplus_account a
                join aplus_membership own on own.account_id = a.id
                join aplus_membership its on its.group_id = own.group_id and its.account_id = new.account_id
                where a.id = new.approver_id and a.id != new.account_id and a.status = 'active' and a.roles & 4 != 0
            ))
        )
    )
begin
    select raise(abort, 'A6: an order is approved once, by somebody else, while it is open');
end;

-- Refused as it would be approved; taken back by an active operator or the machine.
create trigger aplus_support_order_is_closed before update on aplus_support_order
when old.closed_at is null
    and new.closed_at is not null
    and not (
        new.carried_out_at is null
        and new.approved_at is old.approved_at
        and new.closed_at < new.expires_at
        and (
            (new.closed_how is 'withdrawn' and (new.closed_by_kind is 'machine' or (
                new.closed_by_kind is 'operator'
                and exists (select 1 from aplus_operator where id = new.closed_by_id and status = 'active')
            )))
            or (new.closed_how is 'refused' and new.approved_at is null and (
            (new.closed_by_kind is 'operator' and new.closed_by_id is not new.author_id and exists (
                select 1 from aplus_operator where id = new.closed_by_id and status = 'active'
            ))
            or (new.closed_by_kind is 'account' and exists (
                select 1 from aplus_account a
                join aplus_membership own on own.account_id = a.id
                join aplus_membership its on its.group_id = own.group_id and its.account_id = new.account_id
                where a.id = new.closed_by_id and a.id != new.account_id and a.status = 'active' and a.roles & 4 != 0
            ))
            ))
        )
    )
begin
    select raise(abort, 'A6: an order is refused or taken back once, by whom it may be, while it is open');
end;

create trigger aplus_support_order_is_carried_out before update on aplus_support_order
when new.carried_out_at is not old.carried_out_at
    and not exists (
        select 1 from aplus_account
        where id = new.account_id and order_id = new.id and ordered_at = new.carried_out_at
    )
begin
    select raise(abort, 'A6: an order is carried out by changing its account');
end;

create trigger aplus_support_order_stays before delete on aplus_support_order
begin
    select raise(abort, 'T1: the line of an order never goes');
end;

-- Sealing (T2): an entry that waits gets the place after the last; the tree grows to what the seals say; a checkpoint is over
-- the tree as it is. None of it changes or goes.
create trigger aplus_conversation_begins before insert on aplus_conversation
when exists (select 1 from aplus_conversation where id = new.id)
    or exists (
        select 1 from aplus_conversation where email = new.email and acknowledged_on = new.acknowledged_on
    )
    or new.state != 'waiting'
    or new.version != 1
    or new.erased_at is not null
    or new.since is not new.opened_at
    or new.last_message_at is not new.opened_at
begin
    select raise(abort, 'S2: a conversation begins once, with its first message, waiting for an answer');
end;

create trigger aplus_conversation_keeps before update on aplus_conversation
when new.id is not old.id
    or new.account_id is not old.account_id
    or new.acknowledged_on is not old.acknowledged_on
    or new.opened_at is not old.opened_at
    or new.version != old.version + 1
    or new.last_message_at < old.last_message_at
    or old.erased_at is not null
    or (new.erased_at is null and (new.subject is not old.subject or new.email is not old.email))
begin
    select raise(abort, 'S2: a conversation keeps whose it is and what it is about, and moves by one until it is erased');
end;

create trigger aplus_conversation_is_erased before update on aplus_conversation
when new.erased_at is not null
    and (
        new.last_message_at is not old.last_message_at
        or (old.last_message_at < unixepoch('now', '-6 months', 'floor') * 1000000) is not true
    )
begin
    select raise(abort, 'T4: no conversation is erased within six months of its last message');
end;

create trigger aplus_conversation_stays before delete on aplus_conversation
begin
    select raise(abort, 'T4: the line of a conversation never goes');
end;

create trigger aplus_conversation_message_begins before insert on aplus_conversation_message
when exists (
        select 1 from aplus_conversation_message where conversation_id = new.conversation_id and place = new.place
    )
    or new.text is null
    or not exists (
        select 1 from aplus_conversation where id = new.conversation_id and version = new.place and erased_at is null
    )
begin
    select raise(abort, 'S2: a message is written once, with the version of its conversation');
end;

create trigger aplus_conversation_message_keeps before update on aplus_conversation_message
when new.conversation_id is not old.conversation_id
    or new.place is not old.place
    or new.speaker_kind is not old.speaker_kind
    or new.speaker_id is not old.speaker_id
    or new.at is not old.at
    or new.text is not null
    or (old.at < unixepoch('now', '-6 months', 'floor') * 1000000) is not true
begin
    select raise(abort, 'T4: a message does not change; its text goes six months after it at the earliest');
end;

create trigger aplus_conversation_message_stays before delete on aplus_conversation_message
begin
    select raise(abort, 'T4: the line of a message never goes');
end;

create trigger aplus_seal_begins before insert on aplus_seal
when new.place != coalesce((select max(place) + 1 from aplus_seal), 0)
    or not exists (select 1 from aplus_seal_queue where entry_id = new.entry_id)
    or exists (select 1 from aplus_seal where entry_id = new.entry_id)
begin
    select raise(abort, 'T2: an entry that waits is sealed at the place after the last');
end;

create trigger aplus_seal_keeps before update on aplus_seal
begin
    select raise(abort, 'T2: a seal never changes');
end;

create trigger aplus_seal_stays before delete on aplus_seal
begin
    select raise(abort, 'T2: a seal never goes');
end;

create trigger aplus_seal_tree_begins before insert on aplus_seal_tree
when exists (select 1 from aplus_seal_tree)
begin
    select raise(abort, 'T2: there is one tree');
end;

create trigger aplus_seal_tree_keeps before update on aplus_seal_tree
when new.one is not old.one
    or new.size <= old.size
    or new.size is not (select max(place) + 1 from aplus_seal)
begin
    select raise(abort, 'T2: the tree grows to what is sealed');
end;

create trigger aplus_seal_tree_stays before delete on aplus_seal_tree
begin
    select raise(abort, 'T2: the tree never goes');
end;

create trigger aplus_checkpoint_begins before insert on aplus_checkpoint
when new.size is not (select size from aplus_seal_tree)
    or exists (select 1 from aplus_checkpoint where size = new.size)
begin
    select raise(abort, 'T2: a checkpoint is over the tree as it is, once');
end;

create trigger aplus_checkpoint_keeps before update on aplus_checkpoint
begin
    select raise(abort, 'T2: a checkpoint never changes');
end;

create trigger aplus_checkpoint_stays before delete on aplus_checkpoint
begin
    select raise(abort, 'T2: a checkpoint never goes');
end;

create trigger aplus_checkpoint_mail_begins before insert on aplus_checkpoint_mail
when exists (select 1 from aplus_checkpoint_mail where size = new.size)
begin
    select raise(abort, 'T2: a checkpoint is told once');
end;

create trigger aplus_checkpoint_mail_keeps before update on aplus_checkpoint_mail
begin
    select raise(abort, 'T2: when a checkpoint was told never changes');
end;

create trigger aplus_checkpoint_mail_stays before delete on aplus_checkpoint_mail
begin
    select raise(abort, 'T2: when a checkpoint was told is not forgotten');
end;

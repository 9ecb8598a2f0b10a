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
begin
    select raise(abort, 'A5: an account begins active, under an id and an address that nobody has');
end;

create trigger aplus_account_keeps before update on aplus_account
when new.id is not old.id
    or new.roles is not old.roles
    or new.shared is not old.shared
    or new.author_kind is not old.author_kind
    or new.author_id is not old.author_id
    or new.requester_kind is not old.requester_kind
    or new.requester_name is not old.requester_name
    or new.reference is not old.reference
    or new.created_at is not old.created_at
begin
    select raise(abort, 'A3: roles and provenance of an account never change');
end;

create trigger aplus_account_keeps_address before update on aplus_account
when new.email is not old.email
    and not (
        new.email is null
        and new.status = 'withdrawn'
        and old.status != 'withdrawn'
        and old.last_login_at is null
        and new.last_login_at is null
    )
begin
    select raise(abort, 'A3: an address changes only where an account that nobody ever used is withdrawn');
end;

create trigger aplus_account_is_withdrawn before update on aplus_account
when (old.status = 'withdrawn' and new.status != 'withdrawn')
    or (new.status = 'withdrawn' and (new.email is not null or new.last_login_at is not null))
begin
    select raise(abort, 'A11: only an account that nobody ever used is withdrawn, for good, and its address is free');
end;

create trigger aplus_account_counts before update on aplus_account
when new.version < old.version
    or new.epoch < old.epoch
    or (new.version = old.version and new.status != old.status)
    or (new.version = old.version and old.last_login_at is null and new.last_login_at is not null)
    or (new.epoch = old.epoch and new.status = 'deactivated' and old.status != 'deactivated')
    or (old.last_login_at is not null and new.last_login_at is null)
    or new.last_login_at < old.last_login_at
begin
    select raise(abort, 'L10: version and epoch move with what they count, and never back');
end;

create trigger aplus_account_stays before delete on aplus_account
begin
    select raise(abort, 'T1: the line of an account never goes');
end;

create trigger aplus_operator_begins before insert on aplus_operator
when exists (select 1 from aplus_operator where id = new.id)
    or exists (select 1 from aplus_operator where email = new.email)
    or exists (select 1 from aplus_account where email = new.email)
begin
    select raise(abort, 'A5: an operator begins under an id and an address that nobody has');
end;

create trigger aplus_operator_keeps before update on aplus_operator
when new.id is not old.id
    or new.email is not old.email
    or new.created_at is not old.created_at
    or new.version < old.version
    or new.epoch < old.epoch
    or (new.version = old.version and new.status != old.status)
begin
    select raise(abort, 'A14: an operator keeps id and address; version and epoch never go back');
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
    or new.version < old.version
begin
    select raise(abort, 'A7: a group keeps id, number and provenance; its version never goes back');
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
    or (old.used_at is not null and (new.used_at is not old.used_at or new.session_id is not old.session_id))
    or (old.superseded_at is not null and new.superseded_at is not old.superseded_at)
    or (old.superseded_at is not null and old.used_at is null and new.used_at is not null)
    or (old.used_at is null and new.used_at >= old.expires_at)
    or new.wrong_addresses < old.wrong_addresses
begin
    select raise(abort, 'L3: a link works once, within its life, for whom it was made');
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
begin
    select raise(abort, 'T2: the erasable part of an entry is written once');
end;

create trigger aplus_journal_erasable_keeps before update on aplus_journal_erasable
begin
    select raise(abort, 'T2: the erasable part of an entry never changes');
end;

-- Erasing by age (T3) brings its own condition when it comes.
create trigger aplus_journal_erasable_stays before delete on aplus_journal_erasable
begin
    select raise(abort, 'T3: nothing is erased before its time');
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

-- Sealing (T2): an entry that waits gets the place after the last; the tree grows to what the seals say; a checkpoint is over
-- the tree as it is. None of it changes or goes.
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

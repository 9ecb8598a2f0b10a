-- Ids are blobs of 16 bytes: they sort as the core sorts them, and take half of what their text would. Times are whole
-- microseconds. Every table is without rowid: a rowid would be one more key by which `insert or replace` could take a
-- line away.

create table aplus_operator (
    id blob not null primary key check (length(id) = 16),
    email text not null unique,
    status text not null check (status in ('active', 'suspended')),
    version integer not null check (version >= 0),
    epoch integer not null check (epoch >= 0),
    created_at integer not null check (created_at >= 0),
    restore_asked_by blob references aplus_operator (id) check (restore_asked_by != id),
    restore_asked_at integer check (restore_asked_at >= 0),
    restored_by blob references aplus_operator (id) check (restored_by != id),
    check ((restore_asked_by is null) = (restore_asked_at is null)),
    -- Who was brought back bears the two who did it; who never was, or by the machine, bears nobody.
    check (status = 'suspended' or (restore_asked_by is null) = (restored_by is null)),
    check (restored_by is null or (status = 'active' and restored_by != restore_asked_by))
) strict, without rowid;

create table aplus_group (
    id blob not null primary key check (length(id) = 16),
    name text not null,
    search_key text not null,
    organisation text,
    department text,
    contact text,
    france_services integer not null check (france_services in (0, 1)),
    matricule text unique,
    version integer not null check (version >= 0),
    author_kind text not null check (author_kind in ('account', 'operator', 'machine')),
    author_id blob check (length(author_id) = 16),
    requester_kind text,
    requester_name text,
    reference text,
    created_at integer not null check (created_at >= 0),
    check ((author_kind = 'machine') = (author_id is null)),
    check ((requester_kind is null) = (reference is null)),
    check (requester_kind is not null or requester_name is null)
) strict, without rowid;

create index aplus_group_by_name on aplus_group (search_key, department) where matricule is null;

create table aplus_account (
    id blob not null primary key check (length(id) = 16),
    email text unique,
    domain text generated always as (substr(email, instr(email, '@') + 1)) virtual,
    roles integer not null check (roles between 1 and 7),
    first_name text,
    last_name text,
    job_title text,
    phone text,
    shared integer not null check (shared in (0, 1)),
    status text not null check (status in ('active', 'deactivated', 'withdrawn')),
    deactivated_by text check (deactivated_by in ('responsable', 'support')),
    version integer not null check (version >= 0),
    epoch integer not null check (epoch >= 0),
    author_kind text not null check (author_kind in ('account', 'operator', 'machine')),
    author_id blob check (length(author_id) = 16),
    requester_kind text,
    requester_name text,
    reference text,
    created_at integer not null check (created_at >= 0),
    last_login_at integer check (last_login_at >= 0),
    emptied_at integer check (emptied_at >= 0),
    -- The order that changed it last, and when (A6).
    order_id blob references aplus_support_order (id),
    ordered_at integer check (ordered_at >= 0),
    check ((order_id is null) = (ordered_at is null)),
    check ((status = 'deactivated') = (deactivated_by is not null)),
    check (shared = 0 or roles & 4 = 0),
    -- An emptying is whole (T4).
    check (emptied_at is null or (
        status = 'withdrawn' and coalesce(email, first_name, last_name, job_title, phone, requester_kind) is null
    )),
    check ((author_kind = 'machine') = (author_id is null)),
    check ((requester_kind is null) = (reference is null)),
    check (requester_kind is not null or requester_name is null)
) strict, without rowid;

create index aplus_account_by_domain on aplus_account (domain);
create index aplus_account_by_last_use on aplus_account (coalesce(last_login_at, created_at), id) where emptied_at is null;
create index aplus_account_by_order on aplus_account (order_id) where order_id is not null;

create table aplus_membership (
    account_id blob not null references aplus_account (id),
    group_id blob not null references aplus_group (id),
    primary key (account_id, group_id)
) strict, without rowid;

create index aplus_membership_by_group on aplus_membership (group_id, account_id);

create table aplus_login_request (
    id blob not null primary key check (length(id) = 16),
    at integer not null check (at >= 0),
    browser blob not null check (length(browser) = 32),
    network text not null,
    email text not null,
    next text,
    language text not null check (language in ('fr', 'en')),
    answered_at integer check (answered_at >= 0),
    answer text,
    mailed integer check (mailed in (0, 1)),
    check ((answered_at is null) = (answer is null)),
    check ((answered_at is null) = (mailed is null))
) strict, without rowid;

create index aplus_login_request_waiting on aplus_login_request (at, id) where answered_at is null;
create index aplus_login_request_answered on aplus_login_request (at) where answered_at is not null;
create index aplus_login_request_mailed on aplus_login_request (email, at) where mailed = 1;
create index aplus_login_request_by_browser on aplus_login_request (email, browser, at, id) where answered_at is not null;
create index aplus_login_request_waiting_by_email on aplus_login_request (email, at, id) where answered_at is null;
create index aplus_login_request_told on aplus_login_request (email, answered_at) where answer = 'told';
create index aplus_login_request_by_network on aplus_login_request (network, at);

create table aplus_link (
    id blob not null primary key check (length(id) = 16),
    hash blob not null unique check (length(hash) = 32),
    nonce blob not null check (length(nonce) = 32),
    key_id blob not null check (length(key_id) = 8),
    purpose text not null check (purpose in ('log_in', 'confirm_address')),
    account_id blob references aplus_account (id),
    operator_id blob references aplus_operator (id),
    email text not null,
    browser blob not null check (length(browser) = 32),
    issued_at integer not null check (issued_at >= 0),
    expires_at integer not null check (expires_at >= issued_at),
    epoch integer not null check (epoch >= 0),
    next text,
    language text not null check (language in ('fr', 'en')),
    used_at integer check (used_at >= 0),
    session_id blob check (length(session_id) = 16),
    superseded_at integer check (superseded_at >= 0),
    wrong_addresses integer not null default 0 check (wrong_addresses between 0 and 255),
    order_id blob references aplus_support_order (id),
    check ((account_id is null) != (operator_id is null)),
    check ((used_at is null) = (session_id is null)),
    check ((purpose = 'confirm_address') = (order_id is not null))
) strict, without rowid;

create index aplus_link_by_account on aplus_link (account_id, issued_at, id) where account_id is not null;
create index aplus_link_by_operator on aplus_link (operator_id, issued_at, id) where operator_id is not null;
create index aplus_link_by_order on aplus_link (order_id) where order_id is not null;
create index aplus_link_by_end on aplus_link (expires_at);

-- How often a link was looked at (L5). It stands beside the link, which a look does not change, and goes with it (L9).
create table aplus_link_look (
    link_id blob not null primary key references aplus_link (id) on delete cascade,
    times integer not null check (times between 1 and 4294967295),
    first_at integer not null check (first_at >= 0),
    last_at integer not null check (last_at >= first_at)
) strict, without rowid;

create table aplus_session (
    id blob not null primary key check (length(id) = 16),
    hash blob not null unique check (length(hash) = 32),
    nonce blob not null check (length(nonce) = 32),
    key_id blob not null check (length(key_id) = 8),
    account_id blob references aplus_account (id),
    operator_id blob references aplus_operator (id),
    link_id blob not null unique check (length(link_id) = 16),
    browser text,
    opened_at integer not null check (opened_at >= 0),
    last_seen_at integer not null check (last_seen_at >= opened_at),
    ended_at integer check (ended_at >= 0),
    epoch integer not null check (epoch >= 0),
    check ((account_id is null) != (operator_id is null))
) strict, without rowid;

create index aplus_session_by_account on aplus_session (account_id, opened_at, id) where account_id is not null;
create index aplus_session_by_operator on aplus_session (operator_id, opened_at, id) where operator_id is not null;
create index aplus_session_by_age on aplus_session (opened_at);

-- An address stands here only until its mail is sent or given up.
create table aplus_outbox (
    id blob not null primary key check (length(id) = 16),
    to_address text,
    kind text not null,
    message text not null,
    link_id blob check (length(link_id) = 16),
    entry_id blob check (length(entry_id) = 16),
    -- 0 of an import, 1 usual, 2 somebody waits for it in front of a screen.
    urgency integer not null check (urgency in (0, 1, 2)),
    language text not null check (language in ('fr', 'en')),
    queued_at integer not null check (queued_at >= 0),
    next_at integer not null check (next_at >= 0),
    attempts integer not null default 0 check (attempts >= 0),
    sent_at integer check (sent_at >= 0),
    given_up_at integer check (given_up_at >= 0),
    reason text,
    check ((to_address is null) = (sent_at is not null or given_up_at is not null)),
    check (sent_at is null or given_up_at is null),
    check ((given_up_at is null) = (reason is null))
) strict, without rowid;

create index aplus_outbox_due on aplus_outbox (urgency, queued_at, id) where to_address is not null;
create index aplus_outbox_settled on aplus_outbox (queued_at) where to_address is null;
create index aplus_outbox_by_link on aplus_outbox (link_id) where link_id is not null;
create index aplus_outbox_by_address on aplus_outbox (to_address) where to_address is not null;

create table aplus_journal_entry (
    id blob not null primary key check (length(id) = 16),
    at integer not null check (at >= 0),
    kind text not null,
    author_kind text not null check (author_kind in ('account', 'operator', 'machine')),
    author_id blob check (length(author_id) = 16),
    account_id blob check (length(account_id) = 16),
    group_id blob check (length(group_id) = 16),
    details text not null,
    request_id blob unique check (length(request_id) = 16),
    body_hash blob check (length(body_hash) = 32),
    commitment blob not null check (length(commitment) = 32),
    check ((author_kind = 'machine') = (author_id is null)),
    check ((request_id is null) = (body_hash is null))
) strict, without rowid;

-- Each filter of a search has its own, in the order in which the journal is read; the machine has no id.
create index aplus_journal_entry_by_time on aplus_journal_entry (at, id);
create index aplus_journal_entry_by_account on aplus_journal_entry (account_id, at, id) where account_id is not null;
create index aplus_journal_entry_by_group on aplus_journal_entry (group_id, at, id) where group_id is not null;
create index aplus_journal_entry_by_author on aplus_journal_entry (author_kind, author_id, at, id);
create index aplus_journal_entry_by_kind on aplus_journal_entry (kind, at, id);

-- Here are only those that were not erased: the oldest are found without reading what is left of the erased ones.
create table aplus_journal_erasable (
    entry_id blob not null primary key references aplus_journal_entry (id),
    text text not null,
    salt blob not null check (length(salt) = 32),
    at integer not null check (at >= 0)
) strict, without rowid;

create index aplus_journal_erasable_by_age on aplus_journal_erasable (at, entry_id);

create table aplus_seal_queue (
    entry_id blob not null primary key references aplus_journal_entry (id)
) strict, without rowid;

-- What is sealed (T2): the places of the entries in the tree from 0, the tree itself as the roots of its perfect parts, and the
-- checkpoints that were signed over it.
create table aplus_seal (
    place integer not null primary key check (place >= 0),
    entry_id blob not null unique references aplus_journal_entry (id),
    hash blob not null check (length(hash) = 32)
) strict, without rowid;

create table aplus_seal_tree (
    one integer not null primary key default 1 check (one = 1),
    size integer not null check (size >= 0),
    peaks blob not null check (length(peaks) % 32 = 0)
) strict, without rowid;

insert into aplus_seal_tree (size, peaks) values (0, x'');

create table aplus_checkpoint (
    size integer not null primary key check (size > 0),
    at integer not null check (at >= 0),
    note text not null
) strict, without rowid;

-- When a checkpoint was queued as a mail: so that all servers together send one an hour.
create table aplus_checkpoint_mail (
    size integer not null primary key references aplus_checkpoint (size),
    at integer not null check (at >= 0)
) strict, without rowid;

create table aplus_refusal_count (
    entry_id blob not null primary key references aplus_journal_entry (id),
    key text not null,
    at integer not null check (at >= 0),
    times integer not null default 0 check (times >= 0)
) strict, without rowid;

create index aplus_refusal_count_by_key on aplus_refusal_count (key, at);
create index aplus_refusal_count_by_age on aplus_refusal_count (at, entry_id);

-- What a change of address or roles must find before it happens (A6). An order bears the id of the entry that proposed it, and
-- each further step names its own. An address goes when the account is emptied (T4).
create table aplus_support_order (
    id blob not null primary key references aplus_journal_entry (id),
    account_id blob not null references aplus_account (id),
    old_email text,
    new_email text,
    old_roles integer not null check (old_roles between 1 and 7),
    new_roles integer not null check (new_roles between 1 and 7),
    -- The details that it corrects, as canonical JSON; null for one that is emptied.
    profile text,
    author_kind text not null check (author_kind in ('operator', 'machine')),
    author_id blob references aplus_operator (id),
    requester_kind text not null,
    requester_name text,
    reference text,
    reason text,
    proposed_at integer not null check (proposed_at >= 0),
    expires_at integer not null check (expires_at > proposed_at),
    approver_kind text check (approver_kind in ('account', 'operator')),
    approver_id blob check (length(approver_id) = 16),
    approved_at integer check (approved_at >= 0),
    approval_entry blob references aplus_journal_entry (id),
    closed_at integer check (closed_at >= 0),
    closed_how text check (closed_how in ('refused', 'withdrawn')),
    closed_by_kind text check (closed_by_kind in ('account', 'operator', 'machine')),
    closed_by_id blob check (length(closed_by_id) = 16),
    closing_reason text,
    closing_entry blob references aplus_journal_entry (id),
    carried_out_at integer check (carried_out_at >= 0),
    carrying_entry blob references aplus_journal_entry (id),
    check ((old_email is null) = (new_email is null)),
    check (reference is not null or old_email is null),
    check (old_email is not new_email or old_roles != new_roles or profile is not null or old_email is null),
    check ((author_kind = 'machine') = (author_id is null)),
    check ((approver_kind is null) = (approver_id is null)),
    check (approver_kind is null or approved_at is not null),
    check ((approved_at is null) = (approval_entry is null)),
    check (approver_kind is not 'operator' or approver_id is not author_id),
    check (approver_kind is not 'account' or approver_id != account_id),
    check ((closed_at is null) = (closed_how is null)),
    check ((closed_at is null) = (closed_by_kind is null)),
    check ((closed_at is null) = (closing_entry is null)),
    check (coalesce(closed_by_kind != 'machine', 0) = (closed_by_id is not null)),
    check (closed_how is not 'withdrawn' or closed_by_kind != 'account'),
    check (closed_how is not 'refused' or (approved_at is null and closed_by_kind != 'machine'
        and (closed_by_kind != 'operator' or closed_by_id is not author_id)
        and (closed_by_kind != 'account' or closed_by_id != account_id))),
    check (closed_at is not null or closing_reason is null),
    check (carried_out_at is null or (approved_at is not null and closed_at is null)),
    check (carried_out_at is not null or carrying_entry is null)
) strict, without rowid;

create index aplus_support_order_by_account on aplus_support_order (account_id, id);
create index aplus_support_order_by_author on aplus_support_order (author_id) where author_id is not null;
create index aplus_support_order_by_approval on aplus_support_order (approval_entry) where approval_entry is not null;
create index aplus_support_order_by_closing on aplus_support_order (closing_entry) where closing_entry is not null;
create index aplus_support_order_by_carrying on aplus_support_order (carrying_entry) where carrying_entry is not null;
create index aplus_support_order_open on aplus_support_order (expires_at) where carried_out_at is null and closed_at is null;
create index aplus_support_order_to_confirm on aplus_support_order (new_email, approved_at, id)
    where approved_at is not null and carried_out_at is null and closed_at is null;

-- Conversations with support (S2). One bears the id of the entry that tells of its opening. Its texts, its subject and the address
-- that a visitor typed go 12 months after its last message (T4); its line stays.
create table aplus_conversation (
    id blob not null primary key references aplus_journal_entry (id),
    account_id blob references aplus_account (id),
    email text,
    -- The day, counted from 1970-01-01 in UTC, on which that address was sent an acknowledgement: one a day (L7).
    acknowledged_on integer,
    subject text,
    state text not null check (state in ('waiting', 'answered', 'closed')),
    since integer not null check (since >= 0),
    opened_at integer not null check (opened_at >= 0),
    last_message_at integer not null check (last_message_at >= 0),
    erased_at integer check (erased_at >= 0),
    version integer not null check (version >= 1),
    check ((erased_at is null) = (subject is not null)),
    check ((account_id is null and erased_at is null) = (email is not null)),
    check (account_id is null or acknowledged_on is null),
    check (erased_at is null or state = 'closed')
) strict, without rowid;

create index aplus_conversation_inbox on aplus_conversation (state, since, id) where state != 'closed';
create index aplus_conversation_by_account on aplus_conversation (account_id, id) where account_id is not null;
create index aplus_conversation_by_age on aplus_conversation (last_message_at, id) where subject is not null;
create unique index aplus_conversation_acknowledged on aplus_conversation (email, acknowledged_on)
    where acknowledged_on is not null;

create table aplus_conversation_message (
    conversation_id blob not null references aplus_conversation (id),
    -- The version of the conversation that came with it.
    place integer not null check (place >= 1),
    speaker_kind text not null check (speaker_kind in ('account', 'visitor', 'operator')),
    speaker_id blob check (length(speaker_id) = 16),
    text text,
    at integer not null check (at >= 0),
    primary key (conversation_id, place),
    check ((speaker_kind = 'visitor') = (speaker_id is null))
) strict, without rowid;

-- Links and sessions are read through these two alone: with their owner's epoch and standing of now (P24).
create view aplus_live_link as
select
    l.id, l.hash, l.nonce, l.key_id, l.purpose, l.account_id, l.operator_id, l.email, l.browser, l.issued_at,
    l.expires_at, l.epoch, l.next, l.language, l.used_at, l.session_id, l.superseded_at, l.wrong_addresses,
    l.order_id,
    coalesce(a.epoch, o.epoch) as current_epoch,
    -- One that confirms an address counts only while its order waits for just that (P63); the order's time ends its own.
    coalesce(a.status, o.status) = 'active' and (l.order_id is null or exists (
        select 1 from aplus_support_order s
        where s.id = l.order_id and s.account_id = l.account_id and s.approved_at is not null and s.carried_out_at is null
            and s.closed_at is null and s.old_email = a.email and s.old_roles = a.roles
            and (a.ordered_at > s.proposed_at) is not true
    )) as active
from aplus_link l
left join aplus_account a on a.id = l.account_id
left join aplus_operator o on o.id = l.operator_id;

create view aplus_live_session as
select
    s.id, s.hash, s.nonce, s.key_id, s.account_id, s.operator_id, s.link_id, s.browser, s.opened_at, s.last_seen_at,
    s.ended_at, s.epoch,
    coalesce(a.epoch, o.epoch) as current_epoch,
    coalesce(a.status, o.status) = 'active' as active
from aplus_session s
left join aplus_account a on a.id = s.account_id
left join aplus_operator o on o.id = s.operator_id;

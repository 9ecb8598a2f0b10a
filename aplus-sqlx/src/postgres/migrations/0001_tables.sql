-- Times are whole microseconds since 1970 (to_timestamp(at / 1e6) shows one); every one of them was bound by the server.
-- The database's clock is read in one place, least_kept(), so that nothing is erased early (T3, T4). Lines are compared byte by byte: the core made the normal forms.

create table aplus.operator (
    id uuid not null primary key,
    email text collate "C" not null unique,
    status text not null check (status in ('active', 'suspended')),
    version bigint not null check (version >= 0),
    epoch bigint not null check (epoch >= 0),
    created_at bigint not null check (created_at >= 0),
    restore_asked_by uuid references aplus.operator (id) check (restore_asked_by <> id),
    restore_asked_at bigint check (restore_asked_at >= 0),
    restored_by uuid references aplus.operator (id) check (restored_by <> id),
    check ((restore_asked_by is null) = (restore_asked_at is null)),
    -- Who was brought back bears the two who did it; who never was, or by the machine, bears nobody.
    check (status = 'suspended' or (restore_asked_by is null) = (restored_by is null)),
    check (restored_by is null or (status = 'active' and restored_by <> restore_asked_by))
);

create table aplus.group (
    id uuid not null primary key,
    name text not null,
    search_key text collate "C" not null,
    organisation text,
    department text collate "C",
    contact text,
    france_services boolean not null,
    matricule text collate "C" unique,
    version bigint not null check (version >= 0),
    author_kind text not null check (author_kind in ('account', 'operator', 'machine')),
    author_id uuid,
    requester_kind text,
    requester_name text,
    reference text,
    created_at bigint not null check (created_at >= 0),
    check ((author_kind = 'machine') = (author_id is null)),
    check ((requester_kind is null) = (reference is null)),
    check (requester_kind is not null or requester_name is null)
);

create index group_by_name on aplus.group (search_key, department) where matricule is null;

create table aplus.account (
    id uuid not null primary key,
    email text collate "C" unique,
    domain text collate "C" generated always as (substr(email, strpos(email, '@') + 1)) stored,
    roles smallint not null check (roles between 1 and 7),
    first_name text,
    last_name text,
    job_title text,
    phone text,
    shared boolean not null,
    status text not null check (status in ('active', 'deactivated', 'withdrawn')),
    deactivated_by text check (deactivated_by in ('responsable', 'support')),
    version bigint not null check (version >= 0),
    epoch bigint not null check (epoch >= 0),
    author_kind text not null check (author_kind in ('account', 'operator', 'machine')),
    author_id uuid,
    requester_kind text,
    requester_name text,
    reference text,
    created_at bigint not null check (created_at >= 0),
    last_login_at bigint check (last_login_at >= 0),
    emptied_at bigint check (emptied_at >= 0),
    -- The order that changed it last, and when (A6).
    order_id uuid,
    ordered_at bigint check (ordered_at >= 0),
    check ((order_id is null) = (ordered_at is null)),
    check ((status = 'deactivated') = (deactivated_by is not null)),
    check (not shared or roles & 4 = 0),
    -- An emptying is whole (T4).
    check (emptied_at is null or (
        status = 'withdrawn' and num_nonnulls(email, first_name, last_name, job_title, phone, requester_kind) = 0
    )),
    check ((author_kind = 'machine') = (author_id is null)),
    check ((requester_kind is null) = (reference is null)),
    check (requester_kind is not null or requester_name is null)
);

create index account_by_domain on aplus.account (domain);
create index account_by_last_use on aplus.account (coalesce(last_login_at, created_at), id) where emptied_at is null;

create table aplus.membership (
    account_id uuid not null references aplus.account (id),
    group_id uuid not null references aplus.group (id),
    primary key (account_id, group_id)
);

create index membership_by_group on aplus.membership (group_id, account_id);

create table aplus.login_request (
    id uuid not null primary key,
    at bigint not null check (at >= 0),
    browser bytea not null check (octet_length(browser) = 32),
    network text collate "C" not null,
    email text collate "C" not null,
    next text,
    language text not null check (language in ('fr', 'en')),
    answered_at bigint check (answered_at >= 0),
    answer text,
    mailed boolean,
    check ((answered_at is null) = (answer is null)),
    check ((answered_at is null) = (mailed is null))
);

create index login_request_waiting on aplus.login_request (at, id) where answered_at is null;
create index login_request_answered on aplus.login_request (at) where answered_at is not null;
create index login_request_mailed on aplus.login_request (email, at) where mailed;
create index login_request_by_browser on aplus.login_request (email, browser, at, id) where answered_at is not null;
create index login_request_waiting_by_email on aplus.login_request (email, at, id) where answered_at is null;
create index login_request_told on aplus.login_request (email, answered_at) where answer = 'told';
create index login_request_by_network on aplus.login_request (network, at);

create table aplus.link (
    id uuid not null primary key,
    hash bytea not null unique check (octet_length(hash) = 32),
    nonce bytea not null check (octet_length(nonce) = 32),
    key_id bytea not null check (octet_length(key_id) = 8),
    purpose text not null check (purpose in ('log_in', 'confirm_address')),
    account_id uuid references aplus.account (id),
    operator_id uuid references aplus.operator (id),
    email text collate "C" not null,
    browser bytea not null check (octet_length(browser) = 32),
    issued_at bigint not null check (issued_at >= 0),
    expires_at bigint not null check (expires_at >= issued_at),
    epoch bigint not null check (epoch >= 0),
    next text,
    language text not null check (language in ('fr', 'en')),
    used_at bigint check (used_at >= 0),
    session_id uuid,
    superseded_at bigint check (superseded_at >= 0),
    wrong_addresses smallint not null default 0 check (wrong_addresses between 0 and 255),
    order_id uuid,
    check ((account_id is null) <> (operator_id is null)),
    check ((used_at is null) = (session_id is null)),
    check ((purpose = 'confirm_address') = (order_id is not null))
);

create index link_by_account on aplus.link (account_id, issued_at, id) where account_id is not null;
create index link_by_operator on aplus.link (operator_id, issued_at, id) where operator_id is not null;
create index link_by_order on aplus.link (order_id) where order_id is not null;
create index link_by_end on aplus.link (expires_at);

-- How often a link was looked at (L5). It stands beside the link, which a look does not change, and goes with it (L9).
create table aplus.link_look (
    link_id uuid not null primary key references aplus.link (id) on delete cascade,
    times bigint not null check (times between 1 and 4294967295),
    first_at bigint not null check (first_at >= 0),
    last_at bigint not null check (last_at >= first_at)
);

create table aplus.session (
    id uuid not null primary key,
    hash bytea not null unique check (octet_length(hash) = 32),
    nonce bytea not null check (octet_length(nonce) = 32),
    key_id bytea not null check (octet_length(key_id) = 8),
    account_id uuid references aplus.account (id),
    operator_id uuid references aplus.operator (id),
    link_id uuid not null unique,
    browser text,
    opened_at bigint not null check (opened_at >= 0),
    last_seen_at bigint not null check (last_seen_at >= opened_at),
    ended_at bigint check (ended_at >= 0),
    epoch bigint not null check (epoch >= 0),
    check ((account_id is null) <> (operator_id is null))
);

create index session_by_account on aplus.session (account_id, opened_at, id) where account_id is not null;
create index session_by_operator on aplus.session (operator_id, opened_at, id) where operator_id is not null;
create index session_by_age on aplus.session (opened_at);

-- An address stands here only until its mail is sent or given up.
create table aplus.outbox (
    id uuid not null primary key,
    to_address text collate "C",
    kind text not null,
    message text not null,
    link_id uuid,
    entry_id uuid,
    -- 0 of an import, 1 usual, 2 somebody waits for it in front of a screen.
    urgency smallint not null check (urgency in (0, 1, 2)),
    language text not null check (language in ('fr', 'en')),
    queued_at bigint not null check (queued_at >= 0),
    next_at bigint not null check (next_at >= 0),
    attempts integer not null default 0 check (attempts >= 0),
    sent_at bigint check (sent_at >= 0),
    given_up_at bigint check (given_up_at >= 0),
    reason text collate "C",
    check ((to_address is null) = (sent_at is not null or given_up_at is not null)),
    check (sent_at is null or given_up_at is null),
    check ((given_up_at is null) = (reason is null))
);

create index outbox_due on aplus.outbox (urgency desc, queued_at, id) where to_address is not null;
create index outbox_settled on aplus.outbox (queued_at) where to_address is null;
create index outbox_by_link on aplus.outbox (link_id) where link_id is not null;
create index outbox_by_address on aplus.outbox (to_address) where to_address is not null;

create table aplus.journal_entry (
    id uuid not null primary key,
    at bigint not null check (at >= 0),
    kind text not null,
    author_kind text not null check (author_kind in ('account', 'operator', 'machine')),
    author_id uuid,
    account_id uuid,
    group_id uuid,
    details text not null,
    request_id uuid unique,
    body_hash bytea check (octet_length(body_hash) = 32),
    commitment bytea not null check (octet_length(commitment) = 32),
    check ((author_kind = 'machine') = (author_id is null)),
    check ((request_id is null) = (body_hash is null))
);

-- Each filter of a search has its own, in the order in which the journal is read; the machine has no id.
create index journal_entry_by_time on aplus.journal_entry (at, id);
create index journal_entry_by_account on aplus.journal_entry (account_id, at, id) where account_id is not null;
create index journal_entry_by_group on aplus.journal_entry (group_id, at, id) where group_id is not null;
create index journal_entry_by_author
    on aplus.journal_entry (author_kind, coalesce(author_id, '00000000-0000-0000-0000-000000000000'), at, id);
create index journal_entry_by_kind on aplus.journal_entry (kind, at, id);

-- Here are only those that were not erased: the oldest are found without reading what is left of the erased ones.
create table aplus.journal_erasable (
    entry_id uuid not null primary key references aplus.journal_entry (id),
    text text not null,
    salt bytea not null check (octet_length(salt) = 32),
    -- The entry's own, which a trigger sets.
    at bigint not null check (at >= 0)
);

create index journal_erasable_by_age on aplus.journal_erasable (at, entry_id);

create table aplus.seal_queue (
    entry_id uuid not null primary key references aplus.journal_entry (id)
);

-- What is sealed (T2): the places of the entries in the tree from 0, the tree itself as the roots of its perfect parts, and the
-- checkpoints that were signed over it.
create table aplus.seal (
    place bigint not null primary key check (place >= 0),
    entry_id uuid not null unique references aplus.journal_entry (id),
    hash bytea not null check (octet_length(hash) = 32)
);

create table aplus.seal_tree (
    one boolean not null primary key default true check (one),
    size bigint not null check (size >= 0),
    peaks bytea not null,
    check (octet_length(peaks) = 32 * bit_count(size::bit(64)))
);

insert into aplus.seal_tree (size, peaks) values (0, '');

create table aplus.checkpoint (
    size bigint not null primary key check (size > 0),
    at bigint not null check (at >= 0),
    note text not null
);

-- When a checkpoint was queued as a mail: so that all servers together send one an hour.
create table aplus.checkpoint_mail (
    size bigint not null primary key references aplus.checkpoint (size),
    at bigint not null check (at >= 0)
);

create table aplus.refusal_count (
    entry_id uuid not null primary key references aplus.journal_entry (id),
    key text collate "C" not null,
    at bigint not null check (at >= 0),
    times integer not null default 0 check (times >= 0)
);

create index refusal_count_by_key on aplus.refusal_count (key, at);
create index refusal_count_by_age on aplus.refusal_count (at, entry_id);

-- What a change of address or roles must find before it happens (A6). An order bears the id of the entry that proposed it, and
-- each further step names its own: those of one act are there when it is, in whatever order its statement writes them. An
-- address goes when the account is emptied (T4).
create table aplus.support_order (
    id uuid not null primary key references aplus.journal_entry (id) deferrable initially deferred,
    account_id uuid not null references aplus.account (id),
    old_email text collate "C",
    new_email text collate "C",
    old_roles smallint not null check (old_roles between 1 and 7),
    new_roles smallint not null check (new_roles between 1 and 7),
    -- The details that it corrects, as canonical JSON; null for one that is emptied.
    profile text,
    author_kind text not null check (author_kind in ('operator', 'machine')),
    author_id uuid references aplus.operator (id),
    requester_kind text not null,
    requester_name text,
    reference text,
    reason text,
    proposed_at bigint not null check (proposed_at >= 0),
    expires_at bigint not null check (expires_at > proposed_at),
    approver_kind text check (approver_kind in ('account', 'operator')),
    approver_id uuid,
    approved_at bigint check (approved_at >= 0),
    approval_entry uuid references aplus.journal_entry (id) deferrable initially deferred,
    closed_at bigint check (closed_at >= 0),
    closed_how text check (closed_how in ('refused', 'withdrawn')),
    closed_by_kind text check (closed_by_kind in ('account', 'operator', 'machine')),
    closed_by_id uuid,
    closing_reason text,
    closing_entry uuid references aplus.journal_entry (id) deferrable initially deferred,
    carried_out_at bigint check (carried_out_at >= 0),
    carrying_entry uuid references aplus.journal_entry (id) deferrable initially deferred,
    check ((old_email is null) = (new_email is null)),
    check (reference is not null or old_email is null),
    check (old_email is distinct from new_email or old_roles <> new_roles or profile is not null or old_email is null),
    check ((author_kind = 'machine') = (author_id is null)),
    check ((approver_kind is null) = (approver_id is null)),
    check (approver_kind is null or approved_at is not null),
    check ((approved_at is null) = (approval_entry is null)),
    check (approver_kind is distinct from 'operator' or approver_id is distinct from author_id),
    check (approver_kind is distinct from 'account' or approver_id <> account_id),
    check ((closed_at is null) = (closed_how is null)),
    check ((closed_at is null) = (closed_by_kind is null)),
    check ((closed_at is null) = (closing_entry is null)),
    check (coalesce(closed_by_kind <> 'machine', false) = (closed_by_id is not null)),
    check (closed_how is distinct from 'withdrawn' or closed_by_kind <> 'account'),
    check (closed_how is distinct from 'refused' or (approved_at is null and closed_by_kind <> 'machine'
        and (closed_by_kind <> 'operator' or closed_by_id is distinct from author_id)
        and (closed_by_kind <> 'account' or closed_by_id <> account_id))),
    check (closed_at is not null or closing_reason is null),
    check (carried_out_at is null or (approved_at is not null and closed_at is null)),
    check (carried_out_at is not null or carrying_entry is null)
);

create index support_order_by_account on aplus.support_order (account_id, id);
create index support_order_open on aplus.support_order (expires_at) where carried_out_at is null and closed_at is null;
create index support_order_to_confirm on aplus.support_order (new_email, approved_at, id)
    where approved_at is not null and carried_out_at is null and closed_at is null;

alter table aplus.account add foreign key (order_id) references aplus.support_order (id);
alter table aplus.link add foreign key (order_id) references aplus.support_order (id);

-- Conversations with support (S2). One bears the id of the entry that tells of its opening. Its texts, its subject and the address
-- that a visitor typed go 12 months after its last message (T4); its line stays.
create table aplus.conversation (
    id uuid not null primary key references aplus.journal_entry (id) deferrable initially deferred,
    account_id uuid references aplus.account (id),
    email text collate "C",
    -- The day, counted from 1970-01-01 in UTC, on which that address was sent an acknowledgement: one a day (L7).
    acknowledged_on bigint,
    subject text,
    state text not null check (state in ('waiting', 'answered', 'closed')),
    since bigint not null check (since >= 0),
    opened_at bigint not null check (opened_at >= 0),
    last_message_at bigint not null check (last_message_at >= 0),
    erased_at bigint check (erased_at >= 0),
    version bigint not null check (version >= 1),
    check ((erased_at is null) = (subject is not null)),
    check ((account_id is null and erased_at is null) = (email is not null)),
    check (account_id is null or acknowledged_on is null),
    check (erased_at is null or state = 'closed')
);

create index conversation_inbox on aplus.conversation (state, since, id) where state <> 'closed';
create index conversation_by_account on aplus.conversation (account_id, id) where account_id is not null;
-- Whatever is not erased has a subject, and that is what a planner without statistics takes for usual.
create index conversation_by_age on aplus.conversation (last_message_at, id) where subject is not null;
create unique index conversation_acknowledged on aplus.conversation (email, acknowledged_on)
    where acknowledged_on is not null;

create table aplus.conversation_message (
    conversation_id uuid not null references aplus.conversation (id),
    -- The version of the conversation that came with it.
    place bigint not null check (place >= 1),
    speaker_kind text not null check (speaker_kind in ('account', 'visitor', 'operator')),
    speaker_id uuid,
    text text,
    at bigint not null check (at >= 0),
    primary key (conversation_id, place),
    check ((speaker_kind = 'visitor') = (speaker_id is null))
);

-- Links and sessions are judged by what these two say, with their owner's epoch and standing of now (P24).
create view aplus.live_link with (security_invoker = true) as
select
    l.id, l.hash, l.nonce, l.key_id, l.purpose, l.account_id, l.operator_id, l.email, l.browser, l.issued_at,
    l.expires_at, l.epoch, l.next, l.language, l.used_at, l.session_id, l.superseded_at, l.wrong_addresses,
    l.order_id,
    coalesce(a.epoch, o.epoch) as current_epoch,
    -- One that confirms an address counts only while its order waits for just that (P63); the order's time ends its own.
    coalesce(a.status, o.status) = 'active' and (l.order_id is null or exists (
        select from aplus.support_order s
        where s.id = l.order_id and s.account_id = l.account_id and s.approved_at is not null and s.carried_out_at is null
            and s.closed_at is null and (s.old_email, s.old_roles) = (a.email, a.roles)
            and (a.ordered_at > s.proposed_at) is not true
    )) as active
from aplus.link l
left join aplus.account a on a.id = l.account_id
left join aplus.operator o on o.id = l.operator_id;

create view aplus.live_session with (security_invoker = true) as
select
    s.id, s.hash, s.nonce, s.key_id, s.account_id, s.operator_id, s.link_id, s.browser, s.opened_at, s.last_seen_at,
    s.ended_at, s.epoch,
    coalesce(a.epoch, o.epoch) as current_epoch,
    coalesce(a.status, o.status) = 'active' as active
from aplus.session s
left join aplus.account a on a.id = s.account_id
left join aplus.operator o on o.id = s.operator_id;

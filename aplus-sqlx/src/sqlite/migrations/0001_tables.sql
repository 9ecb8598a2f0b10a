-- Ids are blobs of 16 bytes: they sort as the core sorts them, and take half of what their text would. Times are whole
-- microseconds. Every table is without rowid: a rowid would be one more key by which `insert or replace` could take a
-- line away.

create table aplus_operator (
    id blob not null primary key check (length(id) = 16),
    email text not null unique,
    status text not null check (status in ('active', 'suspended')),
    version integer not null check (version >= 0),
    epoch integer not null check (epoch >= 0),
    created_at integer not null check (created_at >= 0)
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
    check ((status = 'deactivated') = (deactivated_by is not null)),
    check (shared = 0 or roles & 4 = 0),
    check ((author_kind = 'machine') = (author_id is null)),
    check ((requester_kind is null) = (reference is null)),
    check (requester_kind is not null or requester_name is null)
) strict, without rowid;

create index aplus_account_by_domain on aplus_account (domain);

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
    check ((account_id is null) != (operator_id is null)),
    check ((used_at is null) = (session_id is null))
) strict, without rowid;

create index aplus_link_by_account on aplus_link (account_id, issued_at, id) where account_id is not null;
create index aplus_link_by_operator on aplus_link (operator_id, issued_at, id) where operator_id is not null;
create index aplus_link_by_end on aplus_link (expires_at);

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
    urgent integer not null check (urgent in (0, 1)),
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

create index aplus_outbox_due on aplus_outbox (urgent, queued_at, id) where to_address is not null;
create index aplus_outbox_settled on aplus_outbox (queued_at) where to_address is null;
create index aplus_outbox_by_link on aplus_outbox (link_id) where link_id is not null;

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

create table aplus_journal_erasable (
    entry_id blob not null primary key references aplus_journal_entry (id),
    text text not null,
    salt blob not null check (length(salt) = 32)
) strict, without rowid;

create table aplus_seal_queue (
    entry_id blob not null primary key references aplus_journal_entry (id)
) strict, without rowid;

create table aplus_refusal_count (
    entry_id blob not null primary key references aplus_journal_entry (id),
    key text not null,
    at integer not null check (at >= 0),
    times integer not null default 0 check (times >= 0)
) strict, without rowid;

create index aplus_refusal_count_by_key on aplus_refusal_count (key, at);
create index aplus_refusal_count_by_age on aplus_refusal_count (at, entry_id);

-- Links and sessions are read through these two alone: with their owner's epoch and standing of now (P24).
create view aplus_live_link as
select
    l.id, l.hash, l.nonce, l.key_id, l.purpose, l.account_id, l.operator_id, l.email, l.browser, l.issued_at,
    l.expires_at, l.epoch, l.next, l.language, l.used_at, l.session_id, l.superseded_at, l.wrong_addresses,
    coalesce(a.epoch, o.epoch) as current_epoch,
    coalesce(a.status, o.status) = 'active' as active
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

-- A country in use: what a store holds after some years, older than the hour at which the people of a test act.
set auto_explain.log_min_duration = -1;
set session_replication_role = replica;
do $$
declare t record;
begin
    for t in select tgrelid::regclass as of, tgname from pg_trigger
        where tgenabled = 'A' and tgrelid in (select oid from pg_class where relnamespace = 'aplus'::regnamespace)
    loop
        execute format('alter table %s disable trigger %I', t.of, t.tgname);
    end loop;
end $$;

create function pg_temp.id(n bigint) returns uuid language sql immutable as $$ select lpad(to_hex(n), 32, '0')::uuid $$;
create function pg_temp.hash(n bigint) returns bytea language sql immutable as $$ select sha256(int8send(n)) $$;

insert into aplus.group (id, name, search_key, department, france_services, matricule, version, author_kind, created_at)
select pg_temp.id(n), 'Groupe ' || n, 'groupe ' || n, '38', false, case when n % 2 = 0 then 'ancien-' || n end, 0, 'machine', 1
from generate_series(1, 10000) as n;

-- Two hundred domains: not so many that one of them is rare.
insert into aplus.account (id, email, roles, shared, status, deactivated_by, version, epoch, author_kind, created_at, last_login_at)
select pg_temp.id(n), 'personne.' || n || '@ville' || n % 200 || '.example', case when n % 10 = 0 then 4 else 1 + n % 2 end, false,
    case when n % 20 = 1 then 'deactivated' else 'active' end, case when n % 20 = 1 then 'support' end, 3, 1, 'machine', 1,
    -- Some were not used for decades.
    case when n % 500 = 7 then 2 else 1600000000000000 - n end
from generate_series(1, 100000) as n;

insert into aplus.membership (account_id, group_id)
select pg_temp.id(n), pg_temp.id(1 + (n + other) % 10000) from generate_series(1, 100000) as n, generate_series(0, 1) as other;

-- One of each kind every 55 seconds, the last one an hour ago.
create temporary table past as
select n, pg_temp.id(n) as id, 1600000000000000 - 3600000000 - n * 55000000::bigint as at from generate_series(1, 100000) as n;

insert into aplus.login_request (id, at, browser, network, email, language, answered_at, answer, mailed)
select id, at, pg_temp.hash(n), '192.0.2.' || n % 250, 'personne.' || n || '@ville' || n % 200 || '.example', 'fr', at + 1,
    'issued', true
from past;

insert into aplus.link (id, hash, nonce, key_id, purpose, account_id, email, browser, issued_at, expires_at, epoch, language,
    used_at, session_id)
select id, pg_temp.hash(n), pg_temp.hash(n), '\x0102030405060708', 'log_in', id, 'personne.' || n || '@ville.example',
    pg_temp.hash(n), at, at + 1800000000, 1, 'fr', at + 5, id
from past;

insert into aplus.link_look (link_id, times, first_at, last_at) select id, 3, at + 1, at + 4 from past;

insert into aplus.session (id, hash, nonce, key_id, account_id, link_id, opened_at, last_seen_at, epoch)
select id, pg_temp.hash(n), pg_temp.hash(n), '\x0102030405060708', id, id, at, at, 1 from past;

insert into aplus.outbox (id, to_address, kind, message, link_id, urgency, language, queued_at, next_at, attempts, sent_at)
select id, null, 'login_link', '{}', id, 2, 'fr', at, at, 1, at + 1 from past;

-- Each filter of a search finds thousands, and hardly two of them meet.
insert into aplus.journal_entry (id, at, kind, author_kind, author_id, account_id, group_id, details, request_id, body_hash,
    commitment)
select id, at, case when n % 10 = 0 then 'refused' else 'logged_in' end,
    case when n % 7 = 0 then 'machine' else 'account' end, case when n % 7 > 0 then pg_temp.id(n % 20 * 5000 + 1) end,
    pg_temp.id(n % 19 * 5000 + 1), pg_temp.id(n % 23 + 1), '{}', id, pg_temp.hash(n), pg_temp.hash(n)
from past;

-- Most of them carried out; some were forgotten before their approval, some before their confirmation.
insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, author_kind, requester_kind,
    reference, proposed_at, expires_at, approved_at, approval_entry, carried_out_at, carrying_entry)
select id, id, 'personne.' || n || '@ville.example', 'personne.' || n || '@region.example', 1, 3, 'machine', 'anct', 'lettre 12',
    at, at + 1, case when n % 300 <> 1 then at end, case when n % 300 <> 1 then id end,
    case when n % 300 > 2 then at end, case when n % 300 > 2 then id end
from past;

-- A few hundred are open, whatever was ever asked; half of all are of visitors.
insert into aplus.conversation (id, account_id, email, acknowledged_on, subject, state, since, opened_at, last_message_at, version)
select id, case when n % 2 = 0 then id end, case when n % 2 = 1 then 'personne.' || n || '@ville.example' end,
    case when n % 2 = 1 then n end, 'Demande ' || n,
    case n % 500 when 0 then 'waiting' when 1 then 'answered' else 'closed' end, at, at, at, 1
from past;

insert into aplus.conversation_message (conversation_id, place, speaker_kind, speaker_id, text, at)
select id, 1, case when n % 2 = 0 then 'account' else 'visitor' end, case when n % 2 = 0 then id end, 'Bonjour', at from past;

insert into aplus.journal_erasable (entry_id, text, salt, at) select id, '{}', pg_temp.hash(n), at from past;

insert into aplus.seal_queue (entry_id) select id from past;

-- As many were sealed before: a tree of 2^16 leaves has one peak.
insert into aplus.journal_entry (id, at, kind, author_kind, details, commitment)
select pg_temp.id(1000000 + n), 1, 'looked', 'machine', '{}', pg_temp.hash(n) from generate_series(1, 65536) as n;

insert into aplus.seal (place, entry_id, hash)
select n - 1, pg_temp.id(1000000 + n), pg_temp.hash(n) from generate_series(1, 65536) as n;

insert into aplus.checkpoint (size, at, note) select n, n, 'a note' from generate_series(1, 65536) as n;
insert into aplus.checkpoint_mail (size, at) select n, n from generate_series(1, 65536) as n;
update aplus.seal_tree set size = 65536, peaks = pg_temp.hash(0);

-- None of them is old enough to be told: house-keeping would do nothing else.
insert into aplus.refusal_count (entry_id, key, at) select id, 'key ' || n, at + 10000000000000 from past;

do $$
declare t record;
begin
    for t in select tgrelid::regclass as of, tgname from pg_trigger
        where tgenabled = 'D' and tgrelid in (select oid from pg_class where relnamespace = 'aplus'::regnamespace)
    loop
        execute format('alter table %s enable always trigger %I', t.of, t.tgname);
    end loop;
end $$;

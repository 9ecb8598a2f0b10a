-- Who may do what, stated whole each time the schema is migrated. OWNER, RUNTIME and AUDITOR stand for the roles' names.

revoke all on schema aplus from public, RUNTIME, AUDITOR;
revoke all on all tables in schema aplus from public, RUNTIME, AUDITOR;
revoke all on all functions in schema aplus from public, RUNTIME, AUDITOR;

grant usage on schema aplus to RUNTIME, AUDITOR;

-- The server. No right to change an address, roles or provenance; none to take a line of the register or an entry away.
grant select on
    aplus.account, aplus.conversation, aplus.conversation_message, aplus.group, aplus.journal_entry,
    aplus.journal_erasable, aplus.link, aplus.link_look, aplus.live_link, aplus.live_session, aplus.login_request,
    aplus.membership, aplus.migration, aplus.operator, aplus.outbox, aplus.refusal_count, aplus.session,
    aplus.support_order, aplus.checkpoint, aplus.checkpoint_mail, aplus.seal,
    aplus.seal_queue, aplus.seal_tree
    to RUNTIME;
grant insert on
    aplus.account, aplus.group, aplus.journal_entry, aplus.journal_erasable, aplus.link, aplus.link_look,
    aplus.login_request, aplus.membership, aplus.outbox, aplus.refusal_count, aplus.session
    to RUNTIME;
grant update (first_name, last_name, job_title, phone, status, deactivated_by, version, epoch, last_login_at)
    on aplus.account to RUNTIME;
grant update (version) on aplus.group to RUNTIME;
-- Ending an operator's sessions, suspending one, two who bring one back; operators are made by the owner alone (A14).
grant update (status, version, epoch, restore_asked_by, restore_asked_at, restored_by) on aplus.operator to RUNTIME;
-- Proposing, approving, refusing, taking back; what an order says never changes, and the door alone uses it (A6).
grant insert (id, account_id, old_email, new_email, old_roles, new_roles, profile, author_kind, author_id, requester_kind,
    requester_name, reference, reason, proposed_at, expires_at, approved_at, approval_entry) on aplus.support_order to RUNTIME;
grant update (approver_kind, approver_id, approved_at, approval_entry, closed_at, closed_how, closed_by_kind, closed_by_id,
    closing_reason, closing_entry) on aplus.support_order to RUNTIME;
-- Opening, answering, closing; whose it is and what was said never changes, and the door alone erases it (S2, T4).
grant insert (id, account_id, email, acknowledged_on, subject, state, since, opened_at, last_message_at, version)
    on aplus.conversation to RUNTIME;
grant update (state, since, last_message_at, version) on aplus.conversation to RUNTIME;
grant insert on aplus.conversation_message to RUNTIME;
grant update (answered_at, answer, mailed) on aplus.login_request to RUNTIME;
grant update (used_at, session_id, superseded_at, wrong_addresses) on aplus.link to RUNTIME;
-- They go with their link alone.
grant update (times, first_at, last_at) on aplus.link_look to RUNTIME;
grant update (last_seen_at, ended_at) on aplus.session to RUNTIME;
grant update (to_address, next_at, attempts, sent_at, given_up_at, reason) on aplus.outbox to RUNTIME;
grant update (times) on aplus.refusal_count to RUNTIME;
grant delete on
    aplus.link, aplus.login_request, aplus.membership, aplus.outbox, aplus.refusal_count, aplus.session
    to RUNTIME;
grant execute on function
    aplus.carry_out_order(uuid, bigint, uuid), aplus.withdraw_account(uuid), aplus.erase_journal(bigint, integer),
    aplus.empty_account(uuid, bigint, bigint), aplus.erase_conversations(bigint, integer, bigint), aplus.mail_id(uuid, integer, text),
    aplus.seal_entries(bigint, uuid[], bytea[], bytea, bigint, text, boolean)
    to RUNTIME;

-- Who reads the register and the journal, and no secret's hash.
grant select on
    aplus.account, aplus.group, aplus.journal_entry, aplus.journal_erasable, aplus.membership, aplus.migration,
    aplus.operator, aplus.checkpoint, aplus.checkpoint_mail, aplus.seal, aplus.seal_queue, aplus.seal_tree, aplus.support_order
    to AUDITOR;

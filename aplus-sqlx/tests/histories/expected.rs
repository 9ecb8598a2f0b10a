//! The transitions that the model can reach in so few steps: each must be.
//!
//! Not here, since no port brings it about: a suspended operator (and so its refusals and its return), a deactivation or a
//! withdrawal that would take the last responsable away (who asks is one), a link for another purpose. What came
//! less than twice in thirty histories is counted where it comes and is, but for two refusals, not asked for.

/// Operation, and the kinds of its outcomes.
#[rustfmt::skip]
pub(crate) const EXPECTED: &[(&str, &[&str])] = &[
    ("add_member", &[
        "account_not_found", "already_member", "ask_support", "deactivated", "done", "group_not_found", "not_logged_in",
        "not_responsable", "not_your_group", "repeated", "stale",
    ]),
    ("add_member_for", &[
        "account_not_found", "address_deactivated", "already_member", "deactivated", "done", "group_not_found", "not_logged_in",
        "not_operator", "repeated", "responsable_elsewhere", "stale",
    ]),
    ("add_operator", &["done", "email_taken", "not_machine", "repeated", "taken"]),
    ("answer", &["done", "nothing", "stale"]),
    ("ask", &["full", "queued"]),
    ("asking answered", &[
        "address_limit", "issue", "network_limit", "not_written_to", "send_again", "supersedes", "tell", "too_late",
        "too_soon",
    ]),
    ("claim", &["none", "some"]),
    ("create_account", &[
        "deactivated", "done", "group_not_found", "not_logged_in", "not_responsable", "not_your_group", "repeated",
        "shared_not_allowed", "shared_responsable", "taken",
    ]),
    ("create_account_for", &[
        "broken", "deactivated", "done", "group_not_found", "not_logged_in", "not_operator", "repeated", "shared_not_allowed",
        "shared_responsable", "stale", "taken",
    ]),
    ("create_group", &["deactivated", "done", "not_logged_in", "not_operator", "repeated", "taken"]),
    ("deactivate", &[
        "account_not_found", "deactivated", "done", "not_active", "not_logged_in", "not_responsable", "other_group",
        "own_account", "repeated", "stale",
    ]),
    ("edit_profile", &["deactivated", "done", "not_account", "not_logged_in", "not_yourself", "repeated"]),
    ("end_all_sessions", &["deactivated", "done", "not_logged_in", "not_operator", "repeated", "stale"]),
    ("end_session", &["deactivated", "done", "not_logged_in", "not_operator", "not_yourself", "repeated", "stale"]),
    ("found_group", &[
        "account_not_found", "address_deactivated", "deactivated", "done", "not_logged_in", "not_operator", "repeated",
        "responsable_elsewhere", "shared_not_allowed", "shared_responsable", "stale", "taken",
    ]),
    ("give_up", &["done"]),
    ("look", &["deactivated", "done", "not_logged_in", "not_operator", "repeated"]),
    ("postpone", &["done"]),
    ("purge", &["none", "some"]),
    ("reactivate", &[
        "account_not_found", "deactivated", "deactivated_by_support", "done", "needs_approval", "not_deactivated",
        "not_logged_in", "not_responsable", "other_group", "own_account",
    ]),
    ("read account", &["none", "some"]),
    ("read account_by_email", &["none", "some"]),
    ("read counted_refusals", &["none", "some"]),
    ("read entries", &["none", "some"]),
    ("read facts", &["group", "nothing", "repeated", "target"]),
    ("read group", &["none", "some"]),
    ("read group_by_matricule", &["none", "some"]),
    ("read groups", &["last", "more", "none"]),
    ("read groups_by_name", &["none", "one", "two"]),
    ("read holder", &["account", "none", "operator"]),
    ("read is_empty", &["no"]),
    ("read link", &["ended", "expired", "live", "none", "used"]),
    ("read link_stories", &["none", "some"]),
    ("read members", &["last", "more", "none"]),
    ("read operator", &["none", "some"]),
    ("read operator_by_email", &["none", "some"]),
    ("read request", &["none", "some"]),
    ("read session", &["ended", "live", "logged_out", "none", "too_old"]),
    ("read session_key", &["none", "some"]),
    ("read sessions", &["none", "some"]),
    ("read waiting", &["none", "some"]),
    ("redeem", &[
        "asks_address", "counted", "done", "link_ended", "link_expired", "link_superseded", "link_unknown", "link_used",
        "not_counted", "repeated", "stale",
    ]),
    ("redeem by browser", &["no address", "other", "own"]),
    ("refuse", &["done"]),
    ("remove_member", &[
        "account_not_found", "deactivated", "done", "group_not_found", "last_group", "last_responsable", "not_logged_in",
        "not_member", "not_responsable", "not_your_group", "stale",
    ]),
    ("sent", &["done"]),
    ("settle_refusals", &["done", "nothing", "stale"]),
    ("touch", &["done"]),
    ("withdraw", &[
        "account_not_found", "already_used", "deactivated", "deactivated_by_support", "done", "not_logged_in",
        "not_responsable", "other_group", "own_account", "repeated", "stale",
    ]),
];

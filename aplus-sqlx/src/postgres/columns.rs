//! The columns that the readers in `rows` read, by name: a statement that took all that there are would change its answer, and
//! fail where it was prepared before, as soon as a migration adds one under a running server.

/// Columns of one table, view or alias.
macro_rules! columns {
    ($of:literal; $first:ident $(, $next:ident)*) => {
        concat!($of, ".", stringify!($first) $(, ", ", $of, ".", stringify!($next))*)
    };
}

/// Of the table `account`.
macro_rules! account_columns {
    ($of:literal) => {
        $crate::postgres::columns::columns!($of; id, email, roles, first_name, last_name, job_title, phone, shared, status,
            deactivated_by, version, epoch, author_kind, author_id, requester_kind, requester_name, reference, created_at,
            last_login_at)
    };
}

/// Of the table `group`.
macro_rules! group_columns {
    ($of:literal) => {
        $crate::postgres::columns::columns!($of; id, name, organisation, department, contact, france_services, matricule, version,
            author_kind, author_id, requester_kind, requester_name, reference, created_at)
    };
}

/// Of the table `operator`.
macro_rules! operator_columns {
    ($of:literal) => {
        $crate::postgres::columns::columns!($of; id, email, status, version, epoch, created_at)
    };
}

/// Of the view `live_link`, without its secret's parts.
macro_rules! link_columns {
    ($of:literal) => {
        $crate::postgres::columns::columns!($of; id, purpose, account_id, operator_id, email, browser, issued_at, expires_at, used_at,
            session_id, superseded_at, wrong_addresses, epoch, current_epoch, active, next)
    };
}

/// Of the view `live_session`, without its secret's parts.
macro_rules! session_columns {
    ($of:literal) => {
        $crate::postgres::columns::columns!($of; id, account_id, operator_id, opened_at, last_seen_at, ended_at, epoch, current_epoch,
            active)
    };
}

/// Of the table `journal_entry`.
macro_rules! entry_columns {
    ($of:literal) => {
        $crate::postgres::columns::columns!($of; id, at, kind, author_kind, author_id, account_id, group_id, details, request_id,
            body_hash, commitment)
    };
}

pub(super) use {
    account_columns, columns, entry_columns, group_columns, link_columns, operator_columns,
    session_columns,
};

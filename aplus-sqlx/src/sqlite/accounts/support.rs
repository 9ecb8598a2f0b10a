//! The acts that support and the machine alone do: groups and operators. As in `write`: an outcome other than `Done` has
//! written nothing, and after an error the transaction is to be dropped.

use aplus_core::Act;
use aplus_core::account::{Group, Operator};
use aplus_core::ports::{FirstMember, Outcome};
use aplus_core::rules::{
    AddMember, AddOperator, CreateAccount, CreateGroup, RestoreOperator, SuspendOperator,
};
use sqlx::{Connection, Result, SqliteConnection};

use super::super::acts::{record, refused};
use super::read;
use super::write::{add_member, create_account};
use crate::rows::{self, author_columns, requester_name};

/// Creates a group (A7); a number of the France Services list is one group's only.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn create_group(
    connection: &mut SqliteConnection,
    act: Act<CreateGroup>,
) -> Result<Outcome<Group>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let (draft, request) = (act.action().draft(), act.action().request());
    if let Some(matricule) = &draft.matricule
        && read::group_by_matricule(connection, matricule)
            .await?
            .is_some()
    {
        return Ok(Outcome::Taken);
    }
    let (author_kind, author_id) = author_columns(act.entry().author());
    sqlx::query(
        "insert into aplus_group (id, name, search_key, organisation, department, contact, france_services,
            matricule, version, author_kind, author_id, requester_kind, requester_name, reference, created_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, ?11, ?12, ?13, ?14)",
    )
    .bind(act.group().as_uuid())
    .bind(draft.name.as_str())
    .bind(draft.name.search_key())
    .bind(draft.organisation.as_ref().map(AsRef::as_ref))
    .bind(draft.department.as_ref().map(AsRef::as_ref))
    .bind(draft.contact.as_ref().map(AsRef::as_ref))
    .bind(draft.france_services)
    .bind(draft.matricule.as_ref().map(AsRef::as_ref))
    .bind(author_kind)
    .bind(author_id)
    .bind(request.requester.kind.as_str())
    .bind(requester_name(request))
    .bind(request.reference.as_str())
    .bind(act.at().as_unix_micros())
    .execute(&mut *connection)
    .await?;
    record(connection, &act).await?;
    Ok(Outcome::Done(act.begun()))
}

/// Creates a group of a list with its first account, both or neither, with an entry each (A7); `Stale` if a group is there
/// that the list means.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn found_group(
    connection: &mut SqliteConnection,
    group: Act<CreateGroup>,
    first: Option<FirstMember<Act<CreateAccount>, Act<AddMember>>>,
) -> Result<Outcome<Group>> {
    if let Some(refused) = refused(connection, &group).await? {
        return Ok(refused);
    }
    let draft = group.action().draft();
    let meant = match &draft.matricule {
        Some(matricule) => read::group_by_matricule(connection, matricule)
            .await?
            .is_some(),
        None => {
            let found = read::groups_by_name(connection, &draft.name, draft.department.as_ref());
            !found.await?.is_empty()
        }
    };
    if meant
        || first
            .as_ref()
            .is_some_and(|first| first.shares_request(&group))
    {
        return Ok(Outcome::Stale);
    }
    // A savepoint: where the account is refused the group goes as well, and what a host wrote before stays.
    let mut both = connection.begin().await?;
    let id = match create_group(&mut both, group).await? {
        Outcome::Done(group) => group.id,
        refused => return both.rollback().await.map(|()| refused),
    };
    let first = match first {
        None => Outcome::Done(()),
        Some(FirstMember::New(act)) => rows::done(create_account(&mut both, act).await?),
        Some(FirstMember::Existing(act)) => add_member(&mut both, act).await?,
    };
    match (first, read::group(&mut both, id).await?) {
        // Read back: a first responsable has moved its version.
        (Outcome::Done(()), Some(group)) => both.commit().await.map(|()| Outcome::Done(group)),
        (Outcome::Taken, _) => both.rollback().await.map(|()| Outcome::Taken),
        (Outcome::Repeated(it), _) => both.rollback().await.map(|()| Outcome::Repeated(it)),
        (Outcome::Done(()) | Outcome::Stale, _) => both.rollback().await.map(|()| Outcome::Stale),
    }
}

/// Adds an operator, or restores a suspended one (A14); `Taken` if a new one's address is somebody's.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn add_operator(
    connection: &mut SqliteConnection,
    act: Act<AddOperator>,
) -> Result<Outcome<Operator>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let email = act.action().email();
    match act.action().restored() {
        Some(id) => {
            let restored = sqlx::query(
                "update aplus_operator
                set status = 'active', version = version + 1, restore_asked_by = null, restore_asked_at = null
                where id = ?1 and email = ?2 and status = 'suspended'",
            )
            .bind(id.as_uuid())
            .bind(email.as_str())
            .execute(&mut *connection)
            .await?;
            if restored.rows_affected() == 0 {
                return Ok(Outcome::Stale);
            }
        }
        None => {
            if read::holder(connection, email).await?.is_some() {
                return Ok(Outcome::Taken);
            }
            sqlx::query(
                "insert into aplus_operator (id, email, status, version, epoch, created_at)
                values (?1, ?2, 'active', 0, 0, ?3)",
            )
            .bind(act.operator().as_uuid())
            .bind(email.as_str())
            .bind(act.at().as_unix_micros())
            .execute(&mut *connection)
            .await?;
        }
    }
    record(connection, &act).await?;
    // Read back: the operator is what is stored.
    let operator = read::operator(connection, act.operator()).await?;
    Ok(operator.map_or(Outcome::Stale, Outcome::Done))
}

/// Suspends an operator; sessions and links end by number (A14).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn suspend_operator(
    connection: &mut SqliteConnection,
    act: Act<SuspendOperator>,
) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let suspended = sqlx::query(
        "update aplus_operator
        set status = 'suspended', version = version + 1, epoch = epoch + 1, restore_asked_by = null,
            restore_asked_at = null, restored_by = null
        where id = ?1 and status = 'active'",
    )
    .bind(act.action().operator().as_uuid())
    .execute(&mut *connection)
    .await?;
    if suspended.rows_affected() == 0 {
        return Ok(Outcome::Stale);
    }
    record(connection, &act).await?;
    Ok(Outcome::Done(()))
}

/// Notes that an operator asked for a suspended one or, where another had asked before, brings the suspended one back (A14). Both
/// stay on the line of whom they brought back.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn restore_operator(
    connection: &mut SqliteConnection,
    act: Act<RestoreOperator>,
) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let action = act.action();
    let moved = match action.with() {
        None => {
            sqlx::query(
                "update aplus_operator set restore_asked_by = ?2, restore_asked_at = ?3, version = version + 1
                where id = ?1 and status = 'suspended'",
            )
            .bind(action.operator().as_uuid())
            .bind(action.by().as_uuid())
            .bind(act.at().as_unix_micros())
            .execute(&mut *connection)
            .await?
        }
        Some(with) => {
            sqlx::query(
                "update aplus_operator set status = 'active', restored_by = ?2, version = version + 1
                where id = ?1 and status = 'suspended' and restore_asked_by = ?3",
            )
            .bind(action.operator().as_uuid())
            .bind(action.by().as_uuid())
            .bind(with.as_uuid())
            .execute(&mut *connection)
            .await?
        }
    };
    if moved.rows_affected() == 0 {
        return Ok(Outcome::Stale);
    }
    record(connection, &act).await?;
    Ok(Outcome::Done(()))
}

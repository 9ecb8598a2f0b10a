//! The acts that support and the machine alone do: groups and operators. As in `write`.
//!
//! What changes the set of operators tells all of them, and a statement does not see who comes or goes beside it: two such acts
//! at once wait for each other.

use aplus_core::Act;
use aplus_core::account::{Group, Operator};
use aplus_core::ports::{FirstMember, Outcome};
use aplus_core::rules::{
    AddMember, AddOperator, CreateAccount, CreateGroup, RestoreOperator, SuspendOperator,
};
use sqlx::{Connection, PgConnection, Result};

use super::super::acts::{
    Changed, act_statement, bound, bound_changing, bound_with, is_again, micros, outcome,
    unless_by_itself,
};
use super::super::columns::operator_columns;
use super::read;
use super::write::{add_member, create_account};
use crate::rows::{self, author_columns, requester_name};

/// Creates a group (A7); a number of the France Services list is one group's only.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn create_group(
    connection: &mut PgConnection,
    act: Act<CreateGroup>,
) -> Result<Outcome<Group>> {
    let (draft, request) = (act.action().draft(), act.action().request());
    let (author_kind, author_id) = author_columns(act.entry().author());
    let row = bound(
        act_statement!(
            "share",
            "done as (
                insert into aplus.group (id, name, search_key, organisation, department, contact, france_services,
                    matricule, version, author_kind, author_id, requester_kind, requester_name, reference, created_at)
                select $31, $32, $33, $34, $35, $36, $37, $38, 0, $39, $40, $41, $42, $43, $44 from fresh
                on conflict (matricule) do nothing
                returning id
            )",
            ""
        ),
        &act,
    )
    .bind(*act.group().as_uuid())
    .bind(draft.name.as_str().to_owned())
    .bind(draft.name.search_key())
    .bind(draft.organisation.as_ref().map(ToString::to_string))
    .bind(draft.department.as_ref().map(ToString::to_string))
    .bind(draft.contact.as_ref().map(ToString::to_string))
    .bind(draft.france_services)
    .bind(draft.matricule.as_ref().map(ToString::to_string))
    .bind(author_kind)
    .bind(author_id)
    .bind(request.requester.kind.as_str())
    .bind(requester_name(request).map(str::to_owned))
    .bind(request.reference.as_str().to_owned())
    .bind(micros(act.at()))
    .fetch_one(&mut *connection)
    .await?;
    let outcome = outcome(&row, |_| Ok(act.begun()), Outcome::Taken)?;
    unless_by_itself(connection, act.entry(), outcome).await
}

/// Creates a group of a list with its first account, both or neither, with an entry each (A7); `Stale` if a group is there
/// that the list means. Several statements in one transaction: whoever founds a group of the same name waits for the first,
/// and then sees it.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn found_group(
    connection: &mut PgConnection,
    group: Act<CreateGroup>,
    first: Option<FirstMember<Act<CreateAccount>, Act<AddMember>>>,
) -> Result<Outcome<Group>> {
    // Within a host's own transaction this is a savepoint: where the account is refused the group goes as well, and what a
    // host wrote before stays.
    let mut both = connection.begin().await?;
    let draft = group.action().draft();
    sqlx::query("select pg_advisory_xact_lock(1634759798, hashtext($1))")
        .bind(match &draft.matricule {
            Some(matricule) => matricule.to_string(),
            None => draft.name.search_key(),
        })
        .execute(&mut *both)
        .await?;
    if let Some(again) = is_again(&mut both, group.entry()).await? {
        return both.rollback().await.map(|()| Outcome::Repeated(again));
    }
    let meant = match &draft.matricule {
        Some(matricule) => read::group_by_matricule(&mut both, matricule)
            .await?
            .is_some(),
        None => {
            let found = read::groups_by_name(&mut both, &draft.name, draft.department.as_ref());
            !found.await?.is_empty()
        }
    };
    if meant
        || first
            .as_ref()
            .is_some_and(|first| first.shares_request(&group))
    {
        return both.rollback().await.map(|()| Outcome::Stale);
    }
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
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn add_operator(
    connection: &mut PgConnection,
    act: Act<AddOperator>,
) -> Result<Outcome<Operator>> {
    let mut transaction = one_by_one(connection).await?;
    let email = act.action().email();
    // All operators are told, this one too, whom the statement cannot see yet.
    let new = act.mails().iter().map(|mail| mail.copy_to(email.clone()));
    let row = bound_with(
        act_statement!(
            "share",
            concat!(
                "made as (
                insert into aplus.operator (id, email, status, version, epoch, created_at)
                select $31, $32, 'active', 0, 0, $33 from fresh
                where not $34 and not exists (select from aplus.account where email = $32)
                on conflict (email) do nothing
                returning ",
                operator_columns!("operator"),
                "
            ),
            restored as (
                update aplus.operator
                set status = 'active', version = version + 1, restore_asked_by = null, restore_asked_at = null
                where $34 and id = $31 and email = $32 and status = 'suspended' and exists (select from fresh)
                returning ",
                operator_columns!("operator"),
                "
            ),
            done as (
                select ",
                operator_columns!("made"),
                " from made union all select ",
                operator_columns!("restored"),
                " from restored
            )"
            ),
            concat!(", ", operator_columns!("done"))
        ),
        &act,
        new.collect(),
    )
    .bind(*act.operator().as_uuid())
    .bind(email.as_str().to_owned())
    .bind(micros(act.at()))
    .bind(act.action().restored().is_some())
    .fetch_one(&mut *transaction)
    .await?;
    let not_done = match act.action().restored() {
        None => Outcome::Taken,
        Some(_) => Outcome::Stale,
    };
    let outcome = outcome(&row, rows::operator, not_done)?;
    let outcome = unless_by_itself(&mut transaction, act.entry(), outcome).await?;
    transaction.commit().await?;
    Ok(outcome)
}

/// Suspends an operator; sessions and links end by number (A14).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn suspend_operator(
    connection: &mut PgConnection,
    act: Act<SuspendOperator>,
) -> Result<Outcome<()>> {
    let mut transaction = one_by_one(connection).await?;
    let operator = act.action().operator();
    let row = bound_changing(
        act_statement!(
            "share",
            "no key update",
            "done as (
                update aplus.operator
                set status = 'suspended', version = version + 1, epoch = epoch + 1, restore_asked_by = null,
                    restore_asked_at = null, restored_by = null
                where id = $31 and status = 'active' and exists (select from fresh)
                returning id
            )",
            ""
        ),
        &act,
        Changed::Suspended(operator),
    )
    .bind(*operator.as_uuid())
    .fetch_one(&mut *transaction)
    .await?;
    let outcome = outcome(&row, |_| Ok(()), Outcome::Stale)?;
    transaction.commit().await?;
    Ok(outcome)
}

/// Notes that an operator asked for a suspended one or, where another had asked before, brings the suspended one back (A14). Both
/// stay on the line of whom they brought back.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn restore_operator(
    connection: &mut PgConnection,
    act: Act<RestoreOperator>,
) -> Result<Outcome<()>> {
    let mut transaction = one_by_one(connection).await?;
    let action = act.action();
    let row = bound_changing(
        act_statement!(
            "share",
            "no key update",
            "asked as (
                update aplus.operator set restore_asked_by = $32, restore_asked_at = $34, version = version + 1
                where $33::uuid is null and id = $31 and status = 'suspended' and exists (select from fresh)
                returning id
            ),
            restored as (
                update aplus.operator set status = 'active', restored_by = $32, version = version + 1
                where id = $31 and status = 'suspended' and restore_asked_by = $33 and exists (select from fresh)
                returning id
            ),
            done as (select id from asked union all select id from restored)",
            ""
        ),
        &act,
        Changed::Restored(action.operator()),
    )
    .bind(*action.operator().as_uuid())
    .bind(*action.by().as_uuid())
    .bind(action.with().map(|id| *id.as_uuid()))
    .bind(micros(act.at()))
    .fetch_one(&mut *transaction)
    .await?;
    let outcome = outcome(&row, |_| Ok(()), Outcome::Stale)?;
    transaction.commit().await?;
    Ok(outcome)
}

/// A transaction that waits for any other that changes the set of operators.
async fn one_by_one(
    connection: &mut PgConnection,
) -> Result<sqlx::Transaction<'_, sqlx::Postgres>> {
    let mut transaction = connection.begin().await?;
    sqlx::query("select pg_advisory_xact_lock(1634759800, 0)")
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}

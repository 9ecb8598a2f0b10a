//! What is read of accounts, groups and operators.

use aplus_core::account::{Account, Group, GroupMention, Operator, Version};
use aplus_core::group::{Department, Matricule};
use aplus_core::ports::{Facts, Page, People, PeopleWanted, TargetRef, Wanted};
use aplus_core::rules::Holder;
use aplus_core::{
    AccountId, Actor, Author, EmailAddress, GroupFacts, GroupId, GroupName, OperatorId, Role,
    Roles, Target,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Result, Row, SqliteConnection};

use super::super::journal;
use crate::rows;

/// Reads what a decision stands on, all at one moment if the connection is in a transaction.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn facts(connection: &mut SqliteConnection, wanted: &Wanted) -> Result<Facts> {
    let target = match &wanted.target {
        None => None,
        Some(TargetRef::Id(id)) => account(connection, *id).await?,
        Some(TargetRef::Email(email)) => account_by_email(connection, email).await?,
    };
    Ok(Facts {
        actor: actor(connection, wanted.author).await?,
        target: match target {
            None => None,
            Some(account) => Some(target_of(connection, &account).await?),
        },
        group: match wanted.group {
            None => None,
            Some(id) => group_facts(connection, id).await?,
        },
        repeated: match wanted.request {
            None => None,
            Some(id) => journal::request(connection, id).await?,
        },
    })
}

async fn actor(connection: &mut SqliteConnection, author: Author) -> Result<Actor> {
    Ok(match author {
        Author::Machine => Actor::Machine,
        Author::Account(id) => account(connection, id)
            .await?
            .map_or(Actor::Visitor, |account| Actor::Account(account.standing())),
        Author::Operator(id) => operator(connection, id)
            .await?
            .map_or(Actor::Visitor, |operator| {
                Actor::Operator(operator.standing())
            }),
    })
}

async fn target_of(connection: &mut SqliteConnection, account: &Account) -> Result<Target> {
    let mut groups = Vec::with_capacity(account.groups().len());
    for group in account.groups() {
        groups.extend(group_facts(connection, group.id).await?);
    }
    Ok(Target::new(account.standing(), groups).at(account.email().cloned()))
}

async fn group_facts(connection: &mut SqliteConnection, id: GroupId) -> Result<Option<GroupFacts>> {
    let row = sqlx::query(
        "select version, (
            select count(*) from aplus_membership m join aplus_account a on a.id = m.account_id
            where m.group_id = ?1 and a.status = 'active' and a.roles & ?2 != 0
        ) as active_responsables
        from aplus_group where id = ?1",
    )
    .bind(id.as_uuid())
    .bind(Roles::only(Role::Responsable).bits())
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(GroupFacts {
        id,
        version: Version(row.try_get("version")?),
        active_responsables: row.try_get("active_responsables")?,
    }))
}

/// An account by its id.
///
/// # Errors
/// Of the database.
pub async fn account(connection: &mut SqliteConnection, id: AccountId) -> Result<Option<Account>> {
    let row = sqlx::query("select * from aplus_account where id = ?1")
        .bind(id.as_uuid())
        .fetch_optional(&mut *connection)
        .await?;
    with_groups(connection, row).await
}

/// An account by its address.
///
/// # Errors
/// Of the database.
pub async fn account_by_email(
    connection: &mut SqliteConnection,
    email: &EmailAddress,
) -> Result<Option<Account>> {
    let row = sqlx::query("select * from aplus_account where email = ?1")
        .bind(email.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    with_groups(connection, row).await
}

async fn with_groups(
    connection: &mut SqliteConnection,
    row: Option<SqliteRow>,
) -> Result<Option<Account>> {
    let Some(row) = row else { return Ok(None) };
    let groups = mentions(connection, AccountId::from_uuid(row.try_get("id")?)).await?;
    rows::account(&row, groups).map(Some)
}

async fn mentions(
    connection: &mut SqliteConnection,
    account: AccountId,
) -> Result<Vec<GroupMention>> {
    let rows = sqlx::query(
        "select g.id, g.name from aplus_membership m join aplus_group g on g.id = m.group_id
        where m.account_id = ?1 order by m.group_id",
    )
    .bind(account.as_uuid())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| rows::mention(row.try_get("id")?, row.try_get("name")?))
        .collect()
}

/// Who has an address.
///
/// # Errors
/// Of the database.
pub async fn holder(
    connection: &mut SqliteConnection,
    email: &EmailAddress,
) -> Result<Option<Holder>> {
    let account = sqlx::query("select status, deactivated_by from aplus_account where email = ?1")
        .bind(email.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(row) = account {
        return Ok(Some(Holder::Account(rows::status(&row)?)));
    }
    let operator: bool =
        sqlx::query_scalar("select exists (select 1 from aplus_operator where email = ?1)")
            .bind(email.as_str())
            .fetch_one(connection)
            .await?;
    Ok(operator.then_some(Holder::Operator))
}

/// A group by its id.
///
/// # Errors
/// Of the database.
pub async fn group(connection: &mut SqliteConnection, id: GroupId) -> Result<Option<Group>> {
    let row = sqlx::query("select * from aplus_group where id = ?1")
        .bind(id.as_uuid())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(rows::group).transpose()
}

/// A group by its number in the France Services list.
///
/// # Errors
/// Of the database.
pub async fn group_by_matricule(
    connection: &mut SqliteConnection,
    matricule: &Matricule,
) -> Result<Option<Group>> {
    let row = sqlx::query("select * from aplus_group where matricule = ?1")
        .bind(matricule.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(rows::group).transpose()
}

/// Groups without such a number, by the key of their name and their department; at most two, so that a double is seen.
///
/// # Errors
/// Of the database.
pub async fn groups_by_name(
    connection: &mut SqliteConnection,
    name: &GroupName,
    department: Option<&Department>,
) -> Result<Vec<Group>> {
    let rows = sqlx::query(
        "select * from aplus_group
        where matricule is null and search_key = ?1 and department is ?2 order by id limit 2",
    )
    .bind(name.search_key())
    .bind(department.map(Department::as_str))
    .fetch_all(connection)
    .await?;
    rows.iter().map(rows::group).collect()
}

/// Groups in the order of their ids, after a cursor; at most `limit`.
///
/// # Errors
/// Of the database.
pub async fn groups(
    connection: &mut SqliteConnection,
    after: Option<GroupId>,
    limit: u32,
) -> Result<Page<Group>> {
    let after = after.map(|id| id.as_uuid().as_bytes().to_vec());
    let rows = sqlx::query("select * from aplus_group where id > ?1 order by id limit ?2")
        // Before every id comes the empty one.
        .bind(after.unwrap_or_default())
        .bind(i64::from(limit) + 1)
        .fetch_all(connection)
        .await?;
    let groups = rows.iter().map(rows::group).collect::<Result<_>>()?;
    Ok(rows::page(groups, limit, |group: &Group| {
        group.id.to_string()
    }))
}

/// The accounts of a group in the order of their ids, after a cursor; at most `limit`, withdrawn ones left out.
///
/// # Errors
/// Of the database.
pub async fn members(
    connection: &mut SqliteConnection,
    group: GroupId,
    after: Option<AccountId>,
    limit: u32,
) -> Result<Page<Account>> {
    let after = after.map(|id| id.as_uuid().as_bytes().to_vec());
    let rows = sqlx::query(
        "select a.* from aplus_membership m join aplus_account a on a.id = m.account_id
        where m.group_id = ?1 and m.account_id > ?2 and a.status != 'withdrawn'
        order by m.account_id limit ?3",
    )
    .bind(group.as_uuid())
    .bind(after.unwrap_or_default())
    .bind(i64::from(limit) + 1)
    .fetch_all(&mut *connection)
    .await?;
    let mut accounts = Vec::with_capacity(rows.len());
    for row in &rows {
        let groups = mentions(connection, AccountId::from_uuid(row.try_get("id")?)).await?;
        accounts.push(rows::account(row, groups)?);
    }
    Ok(rows::page(accounts, limit, |account| {
        account.id().to_string()
    }))
}

/// An operator by its id.
///
/// # Errors
/// Of the database.
pub async fn operator(
    connection: &mut SqliteConnection,
    id: OperatorId,
) -> Result<Option<Operator>> {
    let row = sqlx::query("select * from aplus_operator where id = ?1")
        .bind(id.as_uuid())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(rows::operator).transpose()
}

/// An operator by the address.
///
/// # Errors
/// Of the database.
pub async fn operator_by_email(
    connection: &mut SqliteConnection,
    email: &EmailAddress,
) -> Result<Option<Operator>> {
    let row = sqlx::query("select * from aplus_operator where email = ?1")
        .bind(email.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(rows::operator).transpose()
}

/// Accounts, operators and groups by their ids.
///
/// # Errors
/// Of the database.
pub async fn people(connection: &mut SqliteConnection, wanted: &PeopleWanted) -> Result<People> {
    let mut people = People::default();
    // One after the other: no network lies between.
    for id in &wanted.accounts {
        people.accounts.extend(account(connection, *id).await?);
    }
    for id in &wanted.operators {
        people.operators.extend(operator(connection, *id).await?);
    }
    for id in &wanted.groups {
        let row = sqlx::query("select id, name from aplus_group where id = ?1")
            .bind(id.as_uuid())
            .fetch_optional(&mut *connection)
            .await?;
        let mention = row.map(|row| rows::mention(row.try_get("id")?, row.try_get("name")?));
        people.groups.extend(mention.transpose()?);
    }
    Ok(people)
}

/// Operators in the order of their ids, after a cursor; at most `limit`.
///
/// # Errors
/// Of the database.
pub async fn operators(
    connection: &mut SqliteConnection,
    after: Option<OperatorId>,
    limit: u32,
) -> Result<Page<Operator>> {
    let after = after.map(|id| id.as_uuid().as_bytes().to_vec());
    let rows = sqlx::query(
        "select id, email, status, version, epoch, created_at, restore_asked_by, restore_asked_at from aplus_operator
        where id > ?1 order by id limit ?2",
    )
    .bind(after.unwrap_or_default())
    .bind(i64::from(limit) + 1)
    .fetch_all(connection)
    .await?;
    let operators = rows.iter().map(rows::operator).collect::<Result<_>>()?;
    Ok(rows::page(operators, limit, |operator: &Operator| {
        operator.id.to_string()
    }))
}

/// Whether there is no account, group or operator yet.
///
/// # Errors
/// Of the database.
pub async fn is_empty(connection: &mut SqliteConnection) -> Result<bool> {
    sqlx::query_scalar(
        "select not exists (select 1 from aplus_account where id > x'')
            and not exists (select 1 from aplus_group where id > x'')
            and not exists (select 1 from aplus_operator where id > x'')",
    )
    .fetch_one(connection)
    .await
}

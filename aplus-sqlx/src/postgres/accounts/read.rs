//! What is read of accounts, groups and operators: one statement each.

use aplus_core::account::{Account, Group, GroupMention, Operator, Version};
use aplus_core::group::{Department, Matricule};
use aplus_core::ports::{Facts, Page, People, PeopleWanted, TargetRef, Wanted};
use aplus_core::rules::Holder;
use aplus_core::{
    AccountId, Actor, Author, EmailAddress, GroupFacts, GroupId, GroupName, OperatorId,
    OperatorStanding, Standing, Target,
};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Result, Row};
use uuid::Uuid;

use super::super::columns::{account_columns, group_columns, operator_columns};
use super::super::row::{Part, list};
use crate::rows::{self, Line, author_columns};

/// Reads what a decision stands on, all at one moment.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn facts(connection: &mut PgConnection, wanted: &Wanted) -> Result<Facts> {
    let (kind, author) = author_columns(wanted.author);
    let (target, email) = match &wanted.target {
        None => (None, None),
        Some(TargetRef::Id(id)) => (Some(*id.as_uuid()), None),
        Some(TargetRef::Email(email)) => (None, Some(email.as_str())),
    };
    let row = sqlx::query(
        "select
            actor.id as actor_id, actor.version as actor_version, actor.status as actor_status,
            actor.deactivated_by as actor_deactivated_by, actor.roles as actor_roles, actor.shared as actor_shared,
            actor.last_login_at is not null as actor_used,
            array(select group_id from aplus.membership where account_id = actor.id) as actor_groups,
            operator.id as operator_id, operator.version as operator_version, operator.status as operator_status,
            target.id as target_id, target.version as target_version, target.status as target_status,
            target.deactivated_by as target_deactivated_by, target.roles as target_roles,
            target.shared as target_shared, target.last_login_at is not null as target_used,
            target_groups.ids as target_group_ids, target_groups.versions as target_group_versions,
            target_groups.responsables as target_group_responsables,
            wanted.id as group_id, wanted.version as group_version, (
                select count(*) from aplus.membership m
                where m.group_id = wanted.id and (
                    select a.status = 'active' and a.roles & 4 <> 0 from aplus.account a where a.id = m.account_id
                )
            ) as group_responsables,
            repeated.id as repeated_id, repeated.body_hash as repeated_body_hash,
            repeated.account_id as repeated_account_id, repeated.group_id as repeated_group_id
        from (select) as one
        left join aplus.account actor on $1 = 'account' and actor.id = $2
        left join aplus.operator operator on $1 = 'operator' and operator.id = $2
        left join aplus.account target
            on target.id = coalesce($3, (select id from aplus.account where email = $4))
        left join lateral (
            select array_agg(m.group_id) as ids,
                array_agg((select g.version from aplus.group g where g.id = m.group_id)) as versions, array_agg((
                    select count(*) from aplus.membership b
                    where b.group_id = m.group_id and (
                        select a.status = 'active' and a.roles & 4 <> 0 from aplus.account a where a.id = b.account_id
                    )
                )) as responsables
            from aplus.membership m where m.account_id = target.id
        ) as target_groups on true
        left join aplus.group wanted on wanted.id = $5
        left join aplus.journal_entry repeated on repeated.request_id = $6",
    )
    .bind(kind)
    .bind(author)
    .bind(target)
    .bind(email)
    .bind(wanted.group.map(|id| *id.as_uuid()))
    .bind(wanted.request.map(|id| *id.as_uuid()))
    .fetch_one(connection)
    .await?;
    let part = |prefix| Part { row: &row, prefix };
    Ok(Facts {
        actor: actor(&row, wanted.author)?,
        target: match part("target_").optional_uuid("id")? {
            None => None,
            Some(_) => Some(target_of(&row)?),
        },
        group: match part("group_").optional_uuid("id")? {
            None => None,
            Some(id) => Some(GroupFacts {
                id: GroupId::from_uuid(id),
                version: Version(row.try_get("group_version")?),
                active_responsables: rows::number(&row, "group_responsables")?,
            }),
        },
        repeated: match part("repeated_").optional_uuid("id")? {
            None => None,
            Some(_) => Some(rows::repeated(&part("repeated_"))?),
        },
    })
}

fn actor(row: &PgRow, author: Author) -> Result<Actor> {
    let part = |prefix| Part { row, prefix };
    if author == Author::Machine {
        return Ok(Actor::Machine);
    }
    if part("actor_").optional_uuid("id")?.is_some() {
        let groups: Vec<Uuid> = list(row, "actor_groups")?;
        let groups = groups.into_iter().map(GroupId::from_uuid);
        return standing(&part("actor_"), groups).map(Actor::Account);
    }
    Ok(match part("operator_").optional_uuid("id")? {
        None => Actor::Visitor,
        Some(id) => Actor::Operator(OperatorStanding {
            id: OperatorId::from_uuid(id),
            version: Version(row.try_get("operator_version")?),
            status: rows::operator_status(&part("operator_"))?,
        }),
    })
}

fn standing(part: &impl Line, groups: impl IntoIterator<Item = GroupId>) -> Result<Standing> {
    Ok(Standing {
        id: AccountId::from_uuid(part.uuid("id")?),
        version: Version(part.integer("version")?),
        status: rows::status(part)?,
        roles: rows::roles(part)?,
        shared: part.flag("shared")?,
        used: part.flag("used")?,
        groups: groups.into_iter().collect(),
    })
}

fn target_of(row: &PgRow) -> Result<Target> {
    let prefix = "target_";
    let ids: Vec<Uuid> = list(row, "target_group_ids")?;
    let versions: Vec<i64> = list(row, "target_group_versions")?;
    let responsables: Vec<i64> = list(row, "target_group_responsables")?;
    let groups = ids.into_iter().zip(versions).zip(responsables);
    let groups = groups.map(|((id, version), responsables)| GroupFacts {
        id: GroupId::from_uuid(id),
        version: Version(version),
        active_responsables: u32::try_from(responsables).unwrap_or(u32::MAX),
    });
    Ok(Target::new(standing(&Part { row, prefix }, [])?, groups))
}

/// The columns of an account with the groups that it belongs to, in the order of their ids.
macro_rules! accounts {
    ($from:expr) => {
        concat!(
            "select ",
            account_columns!("a"),
            ", belongs.ids as group_ids, belongs.names as group_names from ",
            $from,
            " left join lateral (
                select array_agg(m.group_id order by m.group_id) as ids,
                    array_agg((select name from aplus.group where id = m.group_id) order by m.group_id) as names
                from aplus.membership m where m.account_id = a.id
            ) as belongs on true"
        )
    };
}

/// The groups that were read beside an account.
pub(in super::super) fn mentions(row: &PgRow) -> Result<Vec<GroupMention>> {
    let ids: Vec<Uuid> = list(row, "group_ids")?;
    let names: Vec<String> = list(row, "group_names")?;
    ids.into_iter()
        .zip(names)
        .map(|(id, name)| rows::mention(id, &name))
        .collect()
}

pub(super) fn read_account(row: &PgRow) -> Result<Account> {
    rows::account(row, mentions(row)?)
}

macro_rules! account_where {
    ($key:literal) => {
        accounts!(concat!(
            "(select ",
            account_columns!("a"),
            " from aplus.account a where a.",
            $key,
            ") as a"
        ))
    };
}

/// An account by its id.
///
/// # Errors
/// Of the database.
pub async fn account(connection: &mut PgConnection, id: AccountId) -> Result<Option<Account>> {
    let row = sqlx::query(account_where!("id = $1"))
        .bind(id.as_uuid())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_account).transpose()
}

/// An account by its address.
///
/// # Errors
/// Of the database.
pub async fn account_by_email(
    connection: &mut PgConnection,
    email: &EmailAddress,
) -> Result<Option<Account>> {
    let row = sqlx::query(account_where!("email = $1"))
        .bind(email.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_account).transpose()
}

/// Who has an address.
///
/// # Errors
/// Of the database.
pub async fn holder(connection: &mut PgConnection, email: &EmailAddress) -> Result<Option<Holder>> {
    let row = sqlx::query(
        "select status, deactivated_by, false as operator from aplus.account where email = $1
        union all
        select null, null, true from aplus.operator where email = $1",
    )
    .bind(email.as_str())
    .fetch_optional(connection)
    .await?;
    match row {
        None => Ok(None),
        Some(row) if row.try_get("operator")? => Ok(Some(Holder::Operator)),
        Some(row) => Ok(Some(Holder::Account(rows::status(&row)?))),
    }
}

macro_rules! groups {
    ($which:literal) => {
        concat!(
            "select ",
            group_columns!("g"),
            " from aplus.group g ",
            $which
        )
    };
}

/// A group by its id.
///
/// # Errors
/// Of the database.
pub async fn group(connection: &mut PgConnection, id: GroupId) -> Result<Option<Group>> {
    let row = sqlx::query(groups!("where g.id = $1"))
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
    connection: &mut PgConnection,
    matricule: &Matricule,
) -> Result<Option<Group>> {
    let row = sqlx::query(groups!("where g.matricule = $1"))
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
    connection: &mut PgConnection,
    name: &GroupName,
    department: Option<&Department>,
) -> Result<Vec<Group>> {
    let rows = sqlx::query(groups!(
        "where g.matricule is null and g.search_key = $1 and g.department is not distinct from $2 order by g.id limit 2"
    ))
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
    connection: &mut PgConnection,
    after: Option<GroupId>,
    limit: u32,
) -> Result<Page<Group>> {
    let rows = sqlx::query(groups!(
        "where g.id >= coalesce($1, '00000000-0000-0000-0000-000000000000'::uuid) and g.id is distinct from $1
        order by g.id limit $2"
    ))
    .bind(after.map(|id| *id.as_uuid()))
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
    connection: &mut PgConnection,
    group: GroupId,
    after: Option<AccountId>,
    limit: u32,
) -> Result<Page<Account>> {
    let rows = sqlx::query(accounts!(concat!(
        "(
            select ",
        account_columns!("a"),
        " from aplus.membership m
            cross join lateral (
                select ",
        account_columns!("a"),
        " from aplus.account a where a.id = m.account_id offset 0
            ) as a
            where m.group_id = $1 and m.account_id >= coalesce($2, '00000000-0000-0000-0000-000000000000'::uuid)
                and m.account_id is distinct from $2 and a.status <> 'withdrawn'
            order by m.account_id limit $3
        ) as a"
    )))
    .bind(group.as_uuid())
    .bind(after.map(|id| *id.as_uuid()))
    .bind(i64::from(limit) + 1)
    .fetch_all(connection)
    .await?;
    let mut accounts = rows
        .iter()
        .map(read_account)
        .collect::<Result<Vec<Account>>>()?;
    accounts.sort_unstable_by_key(Account::id);
    Ok(rows::page(accounts, limit, |account| {
        account.id().to_string()
    }))
}

macro_rules! operator_where {
    ($key:literal) => {
        concat!(
            "select ",
            operator_columns!("o"),
            " from aplus.operator o where o.",
            $key
        )
    };
}

/// An operator by its id.
///
/// # Errors
/// Of the database.
pub async fn operator(connection: &mut PgConnection, id: OperatorId) -> Result<Option<Operator>> {
    let row = sqlx::query(operator_where!("id = $1"))
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
    connection: &mut PgConnection,
    email: &EmailAddress,
) -> Result<Option<Operator>> {
    let row = sqlx::query(operator_where!("email = $1"))
        .bind(email.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(rows::operator).transpose()
}

/// Accounts, operators and groups by their ids: a statement for each that is asked for.
///
/// # Errors
/// Of the database.
pub async fn people(connection: &mut PgConnection, wanted: &PeopleWanted) -> Result<People> {
    let mut people = People::default();
    if !wanted.accounts.is_empty() {
        let ids: Vec<Uuid> = wanted.accounts.iter().map(|id| *id.as_uuid()).collect();
        let rows = sqlx::query(account_where!("id = any($1)"))
            .bind(ids)
            .fetch_all(&mut *connection)
            .await?;
        people.accounts = rows.iter().map(read_account).collect::<Result<_>>()?;
    }
    if !wanted.operators.is_empty() {
        let ids: Vec<Uuid> = wanted.operators.iter().map(|id| *id.as_uuid()).collect();
        let rows = sqlx::query(
            "select id, email, status, version, epoch, created_at from aplus.operator where id = any($1)",
        )
        .bind(ids)
        .fetch_all(&mut *connection)
        .await?;
        people.operators = rows.iter().map(rows::operator).collect::<Result<_>>()?;
    }
    if !wanted.groups.is_empty() {
        let ids: Vec<Uuid> = wanted.groups.iter().map(|id| *id.as_uuid()).collect();
        let rows = sqlx::query("select id, name from aplus.group where id = any($1)")
            .bind(ids)
            .fetch_all(connection)
            .await?;
        let mention = |row: &PgRow| rows::mention(row.try_get("id")?, row.try_get("name")?);
        people.groups = rows.iter().map(mention).collect::<Result<_>>()?;
    }
    Ok(people)
}

/// Whether there is no account, group or operator yet.
///
/// # Errors
/// Of the database.
pub async fn is_empty(connection: &mut PgConnection) -> Result<bool> {
    sqlx::query_scalar(
        "select not exists (select from aplus.account) and not exists (select from aplus.group)
            and not exists (select from aplus.operator)",
    )
    .fetch_one(connection)
    .await
}

//! The guards that the migrations make: whether each of them stands, and putting back what somebody took away.

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::checks::OpenError;
use super::migrate;

/// A trigger of ours, as the migrations make it.
struct Guard {
    name: String,
    table: String,
    statement: String,
}

/// Each that a migration names, and the one of each table that keeps it from being emptied.
fn guards() -> Vec<Guard> {
    migrate::statements().flat_map(guards_of).collect()
}

fn guards_of(statements: &str) -> Vec<Guard> {
    let after = |mark: &'static str| statements.split(mark).skip(1);
    let word = |text: &str| -> String {
        let is_of_name = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '_';
        text.chars().take_while(is_of_name).collect()
    };
    let written = after("create trigger ").filter_map(|text| {
        let (statement, _) = text.split_once(';')?;
        let (_, on) = statement.split_once(" on aplus.")?;
        let (name, table) = (word(statement), word(on));
        let statement = format!("create trigger {statement}");
        // One whose name is made up on the way is not written here.
        (!name.is_empty() && !table.is_empty()).then_some(Guard {
            name,
            table,
            statement,
        })
    });
    let emptied = after("create table aplus.").map(|text| {
        let table = word(text);
        let name = format!("{table}_is_not_emptied");
        let statement = format!(
            "create trigger {name} before truncate on aplus.{table} for each statement execute function aplus.nothing_changes()"
        );
        Guard {
            name,
            table,
            statement,
        }
    });
    written.chain(emptied).collect()
}

/// How each guard stands: `A` if it is always on, another letter if somebody switched it, nothing if it is not there.
async fn standing(connection: &mut PgConnection) -> sqlx::Result<Vec<(Guard, Option<String>)>> {
    let guards = guards();
    let names: Vec<&str> = guards.iter().map(|guard| guard.name.as_str()).collect();
    let tables: Vec<&str> = guards.iter().map(|guard| guard.table.as_str()).collect();
    let rows = sqlx::query(
        "select (
            select t.tgenabled::text from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid
            where c.relnamespace = to_regnamespace('aplus') and c.relname = guard.place and t.tgname = guard.name
        ) as enabled
        from unnest($1::text[], $2::text[]) with ordinality as guard (name, place, number) order by guard.number",
    )
    .bind(names)
    .bind(tables)
    .fetch_all(connection)
    .await?;
    let enabled = rows.iter().map(|row| row.try_get("enabled"));
    let enabled: Vec<Option<String>> = enabled.collect::<sqlx::Result<_>>()?;
    Ok(guards.into_iter().zip(enabled).collect())
}

fn is_on(enabled: Option<&str>) -> bool {
    enabled == Some("A")
}

/// Refuses a schema in which a guard is missing, or does not fire whatever `session_replication_role` says.
pub(super) async fn check(connection: &mut PgConnection) -> Result<(), OpenError> {
    let all = standing(connection).await?;
    match all
        .into_iter()
        .find(|(_, enabled)| !is_on(enabled.as_deref()))
    {
        None => Ok(()),
        Some((guard, _)) => Err(OpenError::Unguarded {
            guard: guard.name,
            table: guard.table,
        }),
    }
}

/// Makes each guard that is missing, and switches on each that is not.
pub(super) async fn put_back(connection: &mut PgConnection) -> sqlx::Result<()> {
    for (guard, enabled) in standing(connection).await? {
        if is_on(enabled.as_deref()) {
            continue;
        }
        let Guard {
            name,
            table,
            statement,
        } = guard;
        let on = format!("alter table aplus.{table} enable always trigger {name}");
        let statements = match enabled {
            None => format!("{statement}; {on}"),
            Some(_) => on,
        };
        sqlx::raw_sql(AssertSqlSafe(statements))
            .execute(&mut *connection)
            .await?;
        tracing::warn!(guard = name, table, "a guard that was off is on again");
    }
    Ok(())
}

//! A line of PostgreSQL, for the readers that both databases share.

use sqlx::postgres::PgRow;
use sqlx::{Result, Row, TypeInfo, ValueRef};
use uuid::Uuid;

use crate::rows::Line;

/// `smallint` and `integer` where the range says so, `bigint` for the rest: the readers know one integer.
fn integer(row: &PgRow, column: &str) -> Result<Option<i64>> {
    let value = row.try_get_raw(column)?;
    Ok(match value.type_info().name() {
        "INT2" => row.try_get::<Option<i16>, _>(column)?.map(i64::from),
        "INT4" => row.try_get::<Option<i32>, _>(column)?.map(i64::from),
        _ => row.try_get(column)?,
    })
}

fn there<T>(value: Option<T>, column: &str) -> Result<T> {
    value.ok_or_else(|| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: Box::new(sqlx::error::UnexpectedNullError),
    })
}

impl Line for PgRow {
    fn uuid(&self, column: &'static str) -> Result<Uuid> {
        self.try_get(column)
    }

    fn optional_uuid(&self, column: &'static str) -> Result<Option<Uuid>> {
        self.try_get(column)
    }

    fn str(&self, column: &'static str) -> Result<&str> {
        self.try_get(column)
    }

    fn optional_str(&self, column: &'static str) -> Result<Option<&str>> {
        self.try_get(column)
    }

    fn integer(&self, column: &'static str) -> Result<i64> {
        there(integer(self, column)?, column)
    }

    fn optional_integer(&self, column: &'static str) -> Result<Option<i64>> {
        integer(self, column)
    }

    fn flag(&self, column: &'static str) -> Result<bool> {
        self.try_get(column)
    }

    fn blob(&self, column: &'static str) -> Result<&[u8]> {
        self.try_get(column)
    }

    fn optional_blob(&self, column: &'static str) -> Result<Option<&[u8]>> {
        self.try_get(column)
    }
}

/// The part of a line whose columns begin with a prefix: one statement reads several things at one moment.
pub(super) struct Part<'r> {
    pub(super) row: &'r PgRow,
    pub(super) prefix: &'static str,
}

impl Part<'_> {
    fn name(&self, column: &str) -> String {
        format!("{}{column}", self.prefix)
    }
}

impl Line for Part<'_> {
    fn uuid(&self, column: &'static str) -> Result<Uuid> {
        self.row.try_get(self.name(column).as_str())
    }

    fn optional_uuid(&self, column: &'static str) -> Result<Option<Uuid>> {
        self.row.try_get(self.name(column).as_str())
    }

    fn str(&self, column: &'static str) -> Result<&str> {
        self.row.try_get(self.name(column).as_str())
    }

    fn optional_str(&self, column: &'static str) -> Result<Option<&str>> {
        self.row.try_get(self.name(column).as_str())
    }

    fn integer(&self, column: &'static str) -> Result<i64> {
        there(integer(self.row, &self.name(column))?, column)
    }

    fn optional_integer(&self, column: &'static str) -> Result<Option<i64>> {
        integer(self.row, &self.name(column))
    }

    fn flag(&self, column: &'static str) -> Result<bool> {
        self.row.try_get(self.name(column).as_str())
    }

    fn blob(&self, column: &'static str) -> Result<&[u8]> {
        self.row.try_get(self.name(column).as_str())
    }

    fn optional_blob(&self, column: &'static str) -> Result<Option<&[u8]>> {
        self.row.try_get(self.name(column).as_str())
    }
}

/// The arrays of one part, whose elements belong together by their places.
pub(super) fn list<'r, T>(row: &'r PgRow, column: &'static str) -> Result<Vec<T>>
where
    Vec<T>: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let list: Option<Vec<T>> = row.try_get(column)?;
    Ok(list.unwrap_or_default())
}

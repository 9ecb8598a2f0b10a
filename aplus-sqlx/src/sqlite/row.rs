//! A line of SQLite, for the readers that both databases share.

use sqlx::sqlite::SqliteRow;
use sqlx::{Result, Row};
use uuid::Uuid;

use crate::rows::Line;

impl Line for SqliteRow {
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
        self.try_get(column)
    }

    fn optional_integer(&self, column: &'static str) -> Result<Option<i64>> {
        self.try_get(column)
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

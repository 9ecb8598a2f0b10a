//! From a row to the core's type, and from the core's type to what a column holds.
//!
//! What does not parse is an error of decoding: the store is broken, or was made by a newer program.

use std::error::Error;
use std::str::FromStr;

use aplus_core::account::{Account, AccountRecord, Epoch, Group, GroupMention, Operator, Version};
use aplus_core::asking::Answer;
use aplus_core::group::{Requester, RequesterKind};
use aplus_core::journal::{BodyHash, Commitment, StoredEntry};
use aplus_core::link::{LinkFacts, Purpose, Use};
use aplus_core::ports::{NewAsk, Repeated};
use aplus_core::session::SessionFacts;
use aplus_core::words::Language;
use aplus_core::{
    AccountId, AskId, Author, BrowserHash, DeactivatedBy, EntryId, GroupId, LinkId, OperatorId,
    OperatorStatus, Principal, Profile, Provenance, RequestId, Roles, SessionId, Status,
    SupportRequest, Timestamp,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Result, Row};
use uuid::Uuid;

/// A column that holds what no program of this version wrote.
#[derive(Debug, thiserror::Error)]
#[error("the column {column} holds what this version does not understand")]
struct Unreadable {
    column: &'static str,
    #[source]
    cause: Option<Box<dyn Error + Send + Sync>>,
}

fn unreadable(column: &'static str) -> sqlx::Error {
    let cause = None;
    sqlx::Error::Decode(Box::new(Unreadable { column, cause }))
}

fn because<E: Error + Send + Sync + 'static>(column: &'static str) -> impl Fn(E) -> sqlx::Error {
    move |cause| {
        let cause = Some(cause.into());
        sqlx::Error::Decode(Box::new(Unreadable { column, cause }))
    }
}

/// A value that parses from its text.
pub(super) fn text<T>(row: &SqliteRow, column: &'static str) -> Result<T>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    let text: &str = row.try_get(column)?;
    text.parse().map_err(because(column))
}

/// The same where the column may be empty.
pub(super) fn optional_text<T>(row: &SqliteRow, column: &'static str) -> Result<Option<T>>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    let text: Option<&str> = row.try_get(column)?;
    text.map(|text| text.parse().map_err(because(column)))
        .transpose()
}

pub(super) fn time(row: &SqliteRow, column: &'static str) -> Result<Timestamp> {
    Timestamp::from_unix_micros(row.try_get(column)?).map_err(because(column))
}

pub(super) fn optional_time(row: &SqliteRow, column: &'static str) -> Result<Option<Timestamp>> {
    let micros: Option<i64> = row.try_get(column)?;
    micros
        .map(|micros| Timestamp::from_unix_micros(micros).map_err(because(column)))
        .transpose()
}

pub(super) fn bytes<const N: usize>(row: &SqliteRow, column: &'static str) -> Result<[u8; N]> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes.try_into().map_err(because(column))
}

pub(super) fn language(row: &SqliteRow) -> Result<Language> {
    match row.try_get("language")? {
        "fr" => Ok(Language::French),
        "en" => Ok(Language::English),
        _ => Err(unreadable("language")),
    }
}

/// `author_kind` and `author_id`.
pub(super) fn author_columns(author: Author) -> (&'static str, Option<Uuid>) {
    match author {
        Author::Account(id) => ("account", Some(*id.as_uuid())),
        Author::Operator(id) => ("operator", Some(*id.as_uuid())),
        Author::Machine => ("machine", None),
    }
}

fn author(row: &SqliteRow) -> Result<Author> {
    match (row.try_get("author_kind")?, row.try_get("author_id")?) {
        ("account", Some(id)) => Ok(Author::Account(AccountId::from_uuid(id))),
        ("operator", Some(id)) => Ok(Author::Operator(OperatorId::from_uuid(id))),
        ("machine", None) => Ok(Author::Machine),
        _ => Err(unreadable("author_kind")),
    }
}

/// `account_id` and `operator_id`.
pub(super) fn principal_columns(principal: Principal) -> (Option<Uuid>, Option<Uuid>) {
    match principal {
        Principal::Account(id) => (Some(*id.as_uuid()), None),
        Principal::Operator(id) => (None, Some(*id.as_uuid())),
    }
}

fn principal(row: &SqliteRow) -> Result<Principal> {
    match (row.try_get("account_id")?, row.try_get("operator_id")?) {
        (Some(id), None) => Ok(Principal::Account(AccountId::from_uuid(id))),
        (None, Some(id)) => Ok(Principal::Operator(OperatorId::from_uuid(id))),
        _ => Err(unreadable("account_id")),
    }
}

fn provenance(row: &SqliteRow) -> Result<Provenance> {
    let kind: Option<RequesterKind> = optional_text(row, "requester_kind")?;
    let request = match kind {
        None => None,
        Some(kind) => Some(SupportRequest {
            requester: Requester {
                kind,
                name: optional_text(row, "requester_name")?,
            },
            reference: text(row, "reference")?,
        }),
    };
    Ok(Provenance {
        author: author(row)?,
        request,
    })
}

/// The word of a status, and who deactivated.
pub(super) fn status(row: &SqliteRow) -> Result<Status> {
    match (row.try_get("status")?, row.try_get("deactivated_by")?) {
        ("active", None) => Ok(Status::Active),
        ("deactivated", Some("responsable")) => Ok(Status::Deactivated(DeactivatedBy::Responsable)),
        ("deactivated", Some("support")) => Ok(Status::Deactivated(DeactivatedBy::Support)),
        ("withdrawn", None) => Ok(Status::Withdrawn),
        _ => Err(unreadable("status")),
    }
}

/// A line of `aplus_account`, with the groups that were read beside it.
pub(super) fn account(row: &SqliteRow, groups: Vec<GroupMention>) -> Result<Account> {
    Ok(Account::restore(AccountRecord {
        id: AccountId::from_uuid(row.try_get("id")?),
        email: optional_text(row, "email")?,
        roles: Roles::from_bits(row.try_get("roles")?).map_err(because("roles"))?,
        profile: profile(row)?,
        shared: row.try_get("shared")?,
        status: status(row)?,
        groups,
        version: Version(row.try_get("version")?),
        epoch: Epoch(row.try_get("epoch")?),
        provenance: provenance(row)?,
        created_at: time(row, "created_at")?,
        last_login_at: optional_time(row, "last_login_at")?,
    }))
}

fn profile(row: &SqliteRow) -> Result<Profile> {
    Ok(Profile {
        first_name: optional_text(row, "first_name")?,
        last_name: optional_text(row, "last_name")?,
        job_title: optional_text(row, "job_title")?,
        phone: optional_text(row, "phone")?,
    })
}

/// `id` and `name` of a group.
pub(super) fn mention(row: &SqliteRow) -> Result<GroupMention> {
    Ok(GroupMention {
        id: GroupId::from_uuid(row.try_get("id")?),
        name: text(row, "name")?,
    })
}

/// A line of `aplus_group`.
pub(super) fn group(row: &SqliteRow) -> Result<Group> {
    Ok(Group {
        id: GroupId::from_uuid(row.try_get("id")?),
        name: text(row, "name")?,
        organisation: optional_text(row, "organisation")?,
        department: optional_text(row, "department")?,
        contact: optional_text(row, "contact")?,
        france_services: row.try_get("france_services")?,
        matricule: optional_text(row, "matricule")?,
        version: Version(row.try_get("version")?),
        provenance: provenance(row)?,
        created_at: time(row, "created_at")?,
    })
}

/// A line of `aplus_operator`.
pub(super) fn operator(row: &SqliteRow) -> Result<Operator> {
    Ok(Operator {
        id: OperatorId::from_uuid(row.try_get("id")?),
        email: text(row, "email")?,
        status: match row.try_get("status")? {
            "active" => OperatorStatus::Active,
            "suspended" => OperatorStatus::Suspended,
            _ => return Err(unreadable("status")),
        },
        version: Version(row.try_get("version")?),
        epoch: Epoch(row.try_get("epoch")?),
        created_at: time(row, "created_at")?,
    })
}

/// A line of `aplus_login_request`.
pub(super) fn ask(row: &SqliteRow) -> Result<NewAsk> {
    Ok(NewAsk {
        id: AskId::from_uuid(row.try_get("id")?),
        email: text(row, "email")?,
        browser: BrowserHash::from_bytes(bytes(row, "browser")?),
        network: row.try_get("network")?,
        next: row.try_get("next")?,
        language: language(row)?,
        at: time(row, "at")?,
    })
}

/// The word of an answer, and whether a mail went out for it.
pub(super) fn answer_columns(answer: Answer) -> (&'static str, bool) {
    match answer {
        Answer::Issue { .. } => ("issued", true),
        Answer::SendAgain(_) => ("sent_again", true),
        Answer::Tell => ("told", true),
        Answer::Nothing(silence) => (silence.as_str(), false),
    }
}

/// A line of `aplus_live_link`.
pub(super) fn link(row: &SqliteRow) -> Result<LinkFacts> {
    let used = match (optional_time(row, "used_at")?, row.try_get("session_id")?) {
        (Some(at), Some(session)) => Some(Use {
            at,
            session: SessionId::from_uuid(session),
        }),
        (None, None) => None,
        _ => return Err(unreadable("used_at")),
    };
    Ok(LinkFacts {
        id: LinkId::from_uuid(row.try_get("id")?),
        purpose: match row.try_get("purpose")? {
            "log_in" => Purpose::LogIn,
            "confirm_address" => Purpose::ConfirmAddress,
            _ => return Err(unreadable("purpose")),
        },
        principal: principal(row)?,
        email: text(row, "email")?,
        browser: BrowserHash::from_bytes(bytes(row, "browser")?),
        issued_at: time(row, "issued_at")?,
        expires_at: time(row, "expires_at")?,
        used,
        superseded_at: optional_time(row, "superseded_at")?,
        wrong_addresses: row.try_get("wrong_addresses")?,
        epoch: Epoch(row.try_get("epoch")?),
        current_epoch: Epoch(row.try_get("current_epoch")?),
        active: row.try_get("active")?,
        next: row.try_get("next")?,
    })
}

/// A line of `aplus_live_session`.
pub(super) fn session(row: &SqliteRow) -> Result<SessionFacts> {
    Ok(SessionFacts {
        id: SessionId::from_uuid(row.try_get("id")?),
        principal: principal(row)?,
        opened_at: time(row, "opened_at")?,
        last_seen_at: time(row, "last_seen_at")?,
        ended_at: optional_time(row, "ended_at")?,
        epoch: Epoch(row.try_get("epoch")?),
        current_epoch: Epoch(row.try_get("current_epoch")?),
        active: row.try_get("active")?,
    })
}

/// An entry with its erasable part.
pub(super) fn entry(row: &SqliteRow) -> Result<StoredEntry> {
    let request = match row.try_get("request_id")? {
        None => None,
        Some(id) => Some((RequestId::from_uuid(id), BodyHash(bytes(row, "body_hash")?))),
    };
    Ok(StoredEntry {
        id: EntryId::from_uuid(row.try_get("id")?),
        at: time(row, "at")?,
        kind: row.try_get("kind")?,
        author: author(row)?,
        account: row
            .try_get::<Option<_>, _>("account_id")?
            .map(AccountId::from_uuid),
        group: row
            .try_get::<Option<_>, _>("group_id")?
            .map(GroupId::from_uuid),
        details: row.try_get("details")?,
        request,
        erasable: row.try_get("text")?,
        commitment: Commitment(bytes(row, "commitment")?),
    })
}

/// What a request that was carried out before came to.
pub(super) fn repeated(row: &SqliteRow) -> Result<Repeated> {
    Ok(Repeated {
        entry: EntryId::from_uuid(row.try_get("id")?),
        body: BodyHash(bytes(row, "body_hash")?),
        account: row
            .try_get::<Option<_>, _>("account_id")?
            .map(AccountId::from_uuid),
        group: row
            .try_get::<Option<_>, _>("group_id")?
            .map(GroupId::from_uuid),
    })
}

//! From a row to the core's type, and from the core's type to what a column holds.
//!
//! What does not parse is an error of decoding: the store is broken, or was made by a newer program.

#[cfg(feature = "desk")]
mod desk;
mod orders;

use std::error::Error;
use std::str::FromStr;

use aplus_core::account::{
    Account, AccountRecord, Epoch, Group, GroupMention, Operator, RestoreAsked, Version,
};
use aplus_core::asking::Answer;
use aplus_core::group::{Requester, RequesterKind};
use aplus_core::journal::seal::{
    ExportedCheckpoint, ExportedEntry, Frontier, KeptCheckpoint, Seal, TreeHash,
};
use aplus_core::journal::{BodyHash, Commitment, StoredEntry};
use aplus_core::link::{LinkFacts, Purpose, Use};
use aplus_core::ports::{Looks, MailedCheckpoint, Outcome, Page, Repeated, Unsealed};
use aplus_core::session::SessionFacts;
use aplus_core::words::Language;
use aplus_core::{
    AccountId, Author, BrowserHash, DeactivatedBy, EntryId, GroupId, LinkId, OperatorId,
    OperatorStatus, OrderId, Principal, Profile, Provenance, RequestId, Roles, SessionId, Status,
    SupportRequest, Timestamp,
};
use sqlx::Result;
use uuid::Uuid;

#[cfg(feature = "desk")]
pub(crate) use desk::{conversation, message, speaker_columns, written_answer};
pub(crate) use orders::{order, profile_text};

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

/// One line of a result, of whichever database: its columns by name.
pub(crate) trait Line {
    fn uuid(&self, column: &'static str) -> Result<Uuid>;
    fn optional_uuid(&self, column: &'static str) -> Result<Option<Uuid>>;
    fn str(&self, column: &'static str) -> Result<&str>;
    fn optional_str(&self, column: &'static str) -> Result<Option<&str>>;
    fn integer(&self, column: &'static str) -> Result<i64>;
    fn optional_integer(&self, column: &'static str) -> Result<Option<i64>>;
    fn flag(&self, column: &'static str) -> Result<bool>;
    fn blob(&self, column: &'static str) -> Result<&[u8]>;
    fn optional_blob(&self, column: &'static str) -> Result<Option<&[u8]>>;
}

/// An integer that fits a smaller type.
pub(crate) fn number<T>(row: &impl Line, column: &'static str) -> Result<T>
where
    T: TryFrom<i64, Error: Error + Send + Sync + 'static>,
{
    T::try_from(row.integer(column)?).map_err(because(column))
}

pub(crate) fn roles(row: &impl Line) -> Result<Roles> {
    roles_of(row, "roles")
}

fn roles_of(row: &impl Line, column: &'static str) -> Result<Roles> {
    Roles::from_bits(number(row, column)?).map_err(because(column))
}

/// A value that parses from its text.
pub(crate) fn text<T>(row: &impl Line, column: &'static str) -> Result<T>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    row.str(column)?.parse().map_err(because(column))
}

/// The same where the column may be empty.
pub(crate) fn optional_text<T>(row: &impl Line, column: &'static str) -> Result<Option<T>>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    row.optional_str(column)?
        .map(|text| text.parse().map_err(because(column)))
        .transpose()
}

pub(crate) fn time(row: &impl Line, column: &'static str) -> Result<Timestamp> {
    time_of(row.integer(column)?, column)
}

pub(crate) fn time_of(micros: i64, column: &'static str) -> Result<Timestamp> {
    Timestamp::from_unix_micros(micros).map_err(because(column))
}

pub(crate) fn optional_time(row: &impl Line, column: &'static str) -> Result<Option<Timestamp>> {
    row.optional_integer(column)?
        .map(|micros| Timestamp::from_unix_micros(micros).map_err(because(column)))
        .transpose()
}

pub(crate) fn bytes<const N: usize>(row: &impl Line, column: &'static str) -> Result<[u8; N]> {
    bytes_of(row.blob(column)?, column)
}

pub(crate) fn bytes_of<const N: usize>(bytes: &[u8], column: &'static str) -> Result<[u8; N]> {
    bytes.try_into().map_err(because(column))
}

pub(crate) fn language(row: &impl Line) -> Result<Language> {
    language_of(row.str("language")?)
}

pub(crate) fn language_of(word: &str) -> Result<Language> {
    match word {
        "fr" => Ok(Language::French),
        "en" => Ok(Language::English),
        _ => Err(unreadable("language")),
    }
}

/// `author_kind` and `author_id`.
pub(crate) fn author_columns(author: Author) -> (&'static str, Option<Uuid>) {
    match author {
        Author::Account(id) => ("account", Some(*id.as_uuid())),
        Author::Operator(id) => ("operator", Some(*id.as_uuid())),
        Author::Machine => ("machine", None),
    }
}

fn author(row: &impl Line) -> Result<Author> {
    author_of(
        row.str("author_kind")?,
        row.optional_uuid("author_id")?,
        "author_kind",
    )
}

fn author_of(kind: &str, id: Option<Uuid>, column: &'static str) -> Result<Author> {
    match (kind, id) {
        ("account", Some(id)) => Ok(Author::Account(AccountId::from_uuid(id))),
        ("operator", Some(id)) => Ok(Author::Operator(OperatorId::from_uuid(id))),
        ("machine", None) => Ok(Author::Machine),
        _ => Err(unreadable(column)),
    }
}

/// `account_id` and `operator_id`.
pub(crate) fn principal_columns(principal: Principal) -> (Option<Uuid>, Option<Uuid>) {
    match principal {
        Principal::Account(id) => (Some(*id.as_uuid()), None),
        Principal::Operator(id) => (None, Some(*id.as_uuid())),
    }
}

fn principal(row: &impl Line) -> Result<Principal> {
    match (
        row.optional_uuid("account_id")?,
        row.optional_uuid("operator_id")?,
    ) {
        (Some(id), None) => Ok(Principal::Account(AccountId::from_uuid(id))),
        (None, Some(id)) => Ok(Principal::Operator(OperatorId::from_uuid(id))),
        _ => Err(unreadable("account_id")),
    }
}

fn provenance(row: &impl Line) -> Result<Provenance> {
    Ok(Provenance {
        author: author(row)?,
        request: request(row)?,
    })
}

fn request(row: &impl Line) -> Result<Option<SupportRequest>> {
    let kind: Option<RequesterKind> = optional_text(row, "requester_kind")?;
    Ok(match kind {
        None => None,
        Some(kind) => Some(SupportRequest {
            requester: Requester {
                kind,
                name: optional_text(row, "requester_name")?,
            },
            reference: text(row, "reference")?,
        }),
    })
}

/// The word of a status, and who deactivated.
pub(crate) fn status(row: &impl Line) -> Result<Status> {
    match (row.str("status")?, row.optional_str("deactivated_by")?) {
        ("active", None) => Ok(Status::Active),
        ("deactivated", Some("responsable")) => Ok(Status::Deactivated(DeactivatedBy::Responsable)),
        ("deactivated", Some("support")) => Ok(Status::Deactivated(DeactivatedBy::Support)),
        ("withdrawn", None) => Ok(Status::Withdrawn),
        _ => Err(unreadable("status")),
    }
}

/// A line of the table `account`, with the groups that were read beside it.
pub(crate) fn account(row: &impl Line, groups: Vec<GroupMention>) -> Result<Account> {
    Ok(Account::restore(AccountRecord {
        id: AccountId::from_uuid(row.uuid("id")?),
        email: optional_text(row, "email")?,
        roles: roles(row)?,
        profile: profile(row)?,
        shared: row.flag("shared")?,
        status: status(row)?,
        groups,
        version: Version(row.integer("version")?),
        epoch: Epoch(row.integer("epoch")?),
        provenance: provenance(row)?,
        created_at: time(row, "created_at")?,
        last_login_at: optional_time(row, "last_login_at")?,
        emptied_at: optional_time(row, "emptied_at")?,
    }))
}

fn profile(row: &impl Line) -> Result<Profile> {
    Ok(Profile {
        first_name: optional_text(row, "first_name")?,
        last_name: optional_text(row, "last_name")?,
        job_title: optional_text(row, "job_title")?,
        phone: optional_text(row, "phone")?,
    })
}

/// A group that an account belongs to.
pub(crate) fn mention(id: Uuid, name: &str) -> Result<GroupMention> {
    Ok(GroupMention {
        id: GroupId::from_uuid(id),
        name: name.parse().map_err(because("name"))?,
    })
}

/// A line of the table `group`.
pub(crate) fn group(row: &impl Line) -> Result<Group> {
    Ok(Group {
        id: GroupId::from_uuid(row.uuid("id")?),
        name: text(row, "name")?,
        organisation: optional_text(row, "organisation")?,
        department: optional_text(row, "department")?,
        contact: optional_text(row, "contact")?,
        france_services: row.flag("france_services")?,
        matricule: optional_text(row, "matricule")?,
        version: Version(row.integer("version")?),
        provenance: provenance(row)?,
        created_at: time(row, "created_at")?,
    })
}

/// A line of the table `operator`. Who asked for one who was brought back stays there, and waits for nobody any more.
pub(crate) fn operator(row: &impl Line) -> Result<Operator> {
    let status = operator_status(row)?;
    let asked = match (
        row.optional_uuid("restore_asked_by")?,
        optional_time(row, "restore_asked_at")?,
    ) {
        (Some(by), Some(at)) => Some(RestoreAsked {
            by: OperatorId::from_uuid(by),
            at,
        }),
        (None, None) => None,
        _ => return Err(unreadable("restore_asked_by")),
    };
    Ok(Operator {
        id: OperatorId::from_uuid(row.uuid("id")?),
        email: text(row, "email")?,
        status,
        version: Version(row.integer("version")?),
        epoch: Epoch(row.integer("epoch")?),
        restore_asked: asked.filter(|_| status == OperatorStatus::Suspended),
        created_at: time(row, "created_at")?,
    })
}

/// The word of an answer, and whether a mail went out for it.
pub(crate) fn answer_columns(answer: Answer) -> (&'static str, bool) {
    match answer {
        Answer::Issue { .. } => ("issued", true),
        Answer::SendAgain(_) => ("sent_again", true),
        Answer::Tell => ("told", true),
        Answer::Nothing(silence) => (silence.as_str(), false),
    }
}

/// A line of the view `live_link`.
pub(crate) fn link(row: &impl Line) -> Result<LinkFacts> {
    let used = match (
        optional_time(row, "used_at")?,
        row.optional_uuid("session_id")?,
    ) {
        (Some(at), Some(session)) => Some(Use {
            at,
            session: SessionId::from_uuid(session),
        }),
        (None, None) => None,
        _ => return Err(unreadable("used_at")),
    };
    Ok(LinkFacts {
        id: LinkId::from_uuid(row.uuid("id")?),
        purpose: match (row.str("purpose")?, row.optional_uuid("order_id")?) {
            ("log_in", None) => Purpose::LogIn,
            ("confirm_address", Some(id)) => Purpose::ConfirmAddress(OrderId::from_uuid(id)),
            _ => return Err(unreadable("purpose")),
        },
        principal: principal(row)?,
        email: text(row, "email")?,
        browser: BrowserHash::from_bytes(bytes(row, "browser")?),
        issued_at: time(row, "issued_at")?,
        expires_at: time(row, "expires_at")?,
        used,
        superseded_at: optional_time(row, "superseded_at")?,
        wrong_addresses: number(row, "wrong_addresses")?,
        epoch: Epoch(row.integer("epoch")?),
        current_epoch: Epoch(row.integer("current_epoch")?),
        active: row.flag("active")?,
        next: row.optional_str("next")?.map(str::to_owned),
    })
}

/// `times`, `first_at` and `last_at`, of a link that was looked at.
pub(crate) fn looks(row: &impl Line) -> Result<Option<Looks>> {
    let Some(times) = row.optional_integer("times")? else {
        return Ok(None);
    };
    Ok(Some(Looks {
        times: times.try_into().map_err(because("times"))?,
        first: time(row, "first_at")?,
        last: time(row, "last_at")?,
    }))
}

/// A line of the view `live_session`.
pub(crate) fn session(row: &impl Line) -> Result<SessionFacts> {
    Ok(SessionFacts {
        id: SessionId::from_uuid(row.uuid("id")?),
        principal: principal(row)?,
        opened_at: time(row, "opened_at")?,
        last_seen_at: time(row, "last_seen_at")?,
        ended_at: optional_time(row, "ended_at")?,
        epoch: Epoch(row.integer("epoch")?),
        current_epoch: Epoch(row.integer("current_epoch")?),
        active: row.flag("active")?,
    })
}

/// An entry with its erasable part.
pub(crate) fn entry(row: &impl Line) -> Result<StoredEntry> {
    let request = match row.optional_uuid("request_id")? {
        None => None,
        Some(id) => Some((RequestId::from_uuid(id), BodyHash(bytes(row, "body_hash")?))),
    };
    Ok(StoredEntry {
        id: EntryId::from_uuid(row.uuid("id")?),
        at: time(row, "at")?,
        kind: row.str("kind")?.to_owned(),
        author: author(row)?,
        account: row.optional_uuid("account_id")?.map(AccountId::from_uuid),
        group: row.optional_uuid("group_id")?.map(GroupId::from_uuid),
        details: row.str("details")?.to_owned(),
        request,
        erasable: row.optional_str("text")?.map(str::to_owned),
        commitment: Commitment(bytes(row, "commitment")?),
    })
}

/// An entry that was looked at for a page: whether it is wanted, and whether it is the last that was to be looked at.
pub(crate) struct Walked {
    pub(crate) entry: StoredEntry,
    pub(crate) fits: bool,
    pub(crate) ended: bool,
}

/// The page of what was looked at, and from where it goes on: after what it shows, or after what was looked at last.
pub(crate) fn found(
    walked: impl IntoIterator<Item = Result<Walked>>,
    limit: u32,
) -> Result<Page<StoredEntry>> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (mut items, mut next) = (Vec::new(), None);
    for walked in walked {
        let Walked { entry, fits, ended } = walked?;
        if fits && items.len() == limit {
            next = items.last().map(StoredEntry::position);
            break;
        }
        next = ended.then(|| entry.position());
        if fits {
            items.push(entry);
        }
    }
    Ok(Page {
        items,
        next: next.map(|next| next.to_string()),
    })
}

/// The columns of an entry and of its erasable part, whatever stands in them.
pub(crate) fn exported(row: &impl Line) -> Result<ExportedEntry> {
    Ok(ExportedEntry {
        id: row.uuid("id")?,
        at: row.integer("at")?,
        kind: row.str("kind")?.to_owned(),
        author_kind: row.str("author_kind")?.to_owned(),
        author_id: row.optional_uuid("author_id")?,
        account_id: row.optional_uuid("account_id")?,
        group_id: row.optional_uuid("group_id")?,
        details: row.str("details")?.to_owned(),
        request_id: row.optional_uuid("request_id")?,
        body_hash: row.optional_blob("body_hash")?.map(<[u8]>::to_vec),
        commitment: row.blob("commitment")?.to_vec(),
        text: row.optional_str("text")?.map(str::to_owned),
        salt: row.optional_blob("salt")?.map(<[u8]>::to_vec),
    })
}

/// A line of the table `seal`.
pub(crate) fn seal(row: &impl Line) -> Result<Seal> {
    Ok(Seal {
        place: number(row, "place")?,
        entry: EntryId::from_uuid(row.uuid("entry_id")?),
        hash: TreeHash(bytes(row, "hash")?),
    })
}

/// A line of the table `checkpoint`.
pub(crate) fn checkpoint(row: &impl Line) -> Result<KeptCheckpoint> {
    Ok(KeptCheckpoint {
        size: number(row, "size")?,
        at: time(row, "at")?,
        note: row.str("note")?.to_owned(),
    })
}

/// The same for an export: its time need not be one.
pub(crate) fn exported_checkpoint(row: &impl Line) -> Result<ExportedCheckpoint> {
    Ok(ExportedCheckpoint {
        size: number(row, "size")?,
        at: row.integer("at")?,
        note: row.str("note")?.to_owned(),
    })
}

/// The one line of the table `seal_tree`, the newest checkpoint and the newest that was mailed; no entry yet.
pub(crate) fn unsealed(row: &impl Line) -> Result<Unsealed> {
    let mut peaks = Vec::new();
    for peak in row.blob("peaks")?.chunks(32) {
        peaks.push(TreeHash(bytes_of(peak, "peaks")?));
    }
    let size = number(row, "size")?;
    let checkpoint = match row.optional_str("note")? {
        None => None,
        Some(note) => Some(KeptCheckpoint {
            size: number(row, "checkpoint_size")?,
            at: time(row, "checkpoint_at")?,
            note: note.to_owned(),
        }),
    };
    let mailed = match optional_time(row, "mailed_at")? {
        None => None,
        Some(at) => Some(MailedCheckpoint {
            size: number(row, "mailed_size")?,
            at,
        }),
    };
    Ok(Unsealed {
        tree: Frontier::restore(size, peaks).map_err(because("peaks"))?,
        checkpoint,
        mailed,
        entries: Vec::new(),
    })
}

/// Peaks as the column of the tree holds them.
pub(crate) fn peaks_column(tree: &Frontier) -> Vec<u8> {
    tree.peaks().iter().flat_map(|peak| peak.0).collect()
}

/// A size or a place as a column holds it; no journal is near its bound.
pub(crate) fn count_column(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What a request that was carried out before came to.
pub(crate) fn repeated(row: &impl Line) -> Result<Repeated> {
    Ok(Repeated {
        entry: EntryId::from_uuid(row.uuid("id")?),
        body: BodyHash(bytes(row, "body_hash")?),
        account: row.optional_uuid("account_id")?.map(AccountId::from_uuid),
        group: row.optional_uuid("group_id")?.map(GroupId::from_uuid),
    })
}

pub(crate) fn operator_status(row: &impl Line) -> Result<OperatorStatus> {
    match row.str("status")? {
        "active" => Ok(OperatorStatus::Active),
        "suspended" => Ok(OperatorStatus::Suspended),
        _ => Err(unreadable("status")),
    }
}

/// The name of who asked support, where one was given.
pub(crate) fn requester_name(request: &SupportRequest) -> Option<&str> {
    request.requester.name.as_ref().map(AsRef::as_ref)
}

/// What was read with one more than the limit, cut to it, and from where it goes on.
pub(crate) fn page<T>(mut items: Vec<T>, limit: u32, id: impl Fn(&T) -> String) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(id) } else { None };
    Page { items, next }
}

/// Whether it is done, without what it made.
pub(crate) fn done<T>(outcome: Outcome<T>) -> Outcome<()> {
    match outcome {
        Outcome::Done(_) => Outcome::Done(()),
        Outcome::Taken => Outcome::Taken,
        Outcome::Stale => Outcome::Stale,
        Outcome::Repeated(repeated) => Outcome::Repeated(repeated),
    }
}

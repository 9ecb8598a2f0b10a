//! Reading the journal: the whole of it for support, one's own for everybody (T1).

use std::collections::BTreeMap;

use aplus_core::journal::{EntryFilter, EntryPosition, Event, Named, Origin, SeenEntry};
use aplus_core::ports::Page;
use aplus_core::words::{self, Language};
use aplus_core::{Author, Site, Timestamp};
use axum::Json;
use axum::extract::RawQuery;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Call;
use super::json::List;
use super::openapi::forms;
use super::paging::{Paging, query_fields};
use crate::fields::{Fault, Fields};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[schema(as = Entry)]
pub(super) struct EntryJson {
    id: String,
    at: String,
    kind: String,
    actor: ActorJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    group: Option<String>,
    details: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    request: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    text: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::Origin>, nullable = false)]
    origin: Option<Origin>,
    sentence: String,
}

/// Who did it; without an id where the reader knows operators as the support team alone, with an address where it is
/// somebody else's and is still there.
#[derive(Serialize, ToSchema)]
#[schema(as = Actor)]
struct ActorJson {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email: Option<String>,
}

impl ActorJson {
    fn new(author: Option<Author>, who: &Named) -> Self {
        let (kind, id) = match author {
            Some(Author::Account(id)) => ("account", Some(id.to_string())),
            Some(Author::Operator(id)) => ("operator", Some(id.to_string())),
            Some(Author::Machine) => ("machine", None),
            None => ("operator", None),
        };
        let email = match who {
            Named::Account(email) | Named::Operator(email) => Some(email.to_string()),
            Named::You | Named::Support | Named::Machine | Named::Gone | Named::Somebody => None,
        };
        Self { kind, id, email }
    }
}

impl EntryJson {
    fn new(entry: SeenEntry, language: Language, site: &Site) -> Self {
        let sentence = words::entry(&entry, language, site);
        // What cannot be read as an object was altered: its sentence says that it is not understood.
        let mut details: Map<String, Value> =
            serde_json::from_str(&entry.details).unwrap_or_default();
        details.remove("kind");
        Self {
            id: entry.id.to_string(),
            at: entry.at.to_string(),
            actor: ActorJson::new(entry.author, &entry.who),
            kind: entry.kind,
            account: entry.account.map(|id| id.to_string()),
            group: entry.group.map(|id| id.to_string()),
            details,
            request: entry.request.map(|id| id.to_string()),
            text: entry.text,
            origin: entry.origin,
            sentence,
        }
    }

    fn list(page: Page<SeenEntry>, call: &Call<()>) -> Json<List<Self>> {
        let (language, site) = (call.caller.language, call.aplus.site());
        let items = page.items.into_iter();
        Json(List {
            items: items
                .map(|entry| Self::new(entry, language, site))
                .collect(),
            next: page.next,
        })
    }
}

/// Who did something, as a filter says it: `machine`, `account:UUID` or `operator:UUID`.
pub(crate) fn actor(text: &str) -> Result<Author, Fault> {
    let known = match text.split_once(':') {
        None if text == "machine" => Some(Author::Machine),
        Some(("account", id)) => id.parse().ok().map(Author::Account),
        Some(("operator", id)) => id.parse().ok().map(Author::Operator),
        None | Some(_) => None,
    };
    known.ok_or(Fault::Actor)
}

/// The same the other way round.
pub(crate) fn actor_text(author: Author) -> String {
    match author {
        Author::Machine => "machine".to_owned(),
        Author::Account(id) => format!("account:{id}"),
        Author::Operator(id) => format!("operator:{id}"),
    }
}

fn filter(fields: &mut Fields) -> EntryFilter {
    let uuid = |_| Fault::NotUuid;
    let time = |text: &str| text.parse::<Timestamp>().map_err(|_| Fault::Time);
    let kind = |text: &str| Event::kind_named(text).ok_or(Fault::EntryKind);
    EntryFilter {
        account: fields.optional("account", |text| text.parse().map_err(uuid)),
        group: fields.optional("group", |text| text.parse().map_err(uuid)),
        author: fields.optional("actor", actor),
        kind: fields.optional("kind", kind),
        from: fields.optional("from", time),
        until: fields.optional("until", time),
    }
}

/// A page of the whole journal; the look is an entry. The right comes before what is wrong with the filter.
pub(super) async fn list(
    RawQuery(query): RawQuery,
    call: Call<()>,
) -> Result<Json<List<EntryJson>>, Problem> {
    let (aplus, current, context) = (&call.aplus, &call.current, &call.context);
    let mut fields = query_fields(query.as_deref().unwrap_or_default());
    let wanted = filter(&mut fields);
    let paging: Paging<EntryPosition> = Paging::take(&mut fields);
    aplus.may_read_journal(current, &wanted, context).await?;
    fields.finish(Some(()))?;
    let Paging { after, limit } = paging;
    let page = aplus
        .journal(current, &wanted, after, limit, context)
        .await?;
    Ok(EntryJson::list(page, &call))
}

/// A page of one's own journal; reading it is no entry.
pub(super) async fn own(
    Paging { after, limit }: Paging<EntryPosition>,
    call: Call<()>,
) -> Result<Json<List<EntryJson>>, Problem> {
    let page = call.aplus.my_journal(&call.current, after, limit).await?;
    Ok(EntryJson::list(page, &call))
}

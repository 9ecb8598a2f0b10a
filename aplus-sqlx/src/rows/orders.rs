//! A support order from its line, and the details that it corrects as text.

use std::collections::BTreeMap;

use aplus_core::journal::canonical_json;
use aplus_core::order::{Approval, Closed, Closing, Identity, Order};
use aplus_core::{AccountId, OperatorId, OrderId, Principal, ProfileChange, Requester};
use sqlx::Result;

use super::{
    Line, author, author_of, because, optional_text, optional_time, roles_of, text, time,
    unreadable,
};

/// A line of the table `support_order`, with `holds`: whether its account is now what it was when it was proposed.
pub(crate) fn order(row: &impl Line) -> Result<Order> {
    let identity = |email, roles| -> Result<Identity> {
        Ok(Identity {
            email: optional_text(row, email)?,
            roles: roles_of(row, roles)?,
        })
    };
    Ok(Order {
        id: OrderId::from_uuid(row.uuid("id")?),
        account: AccountId::from_uuid(row.uuid("account_id")?),
        author: author(row)?,
        from: identity("old_email", "old_roles")?,
        to: identity("new_email", "new_roles")?,
        profile: profile(row)?,
        requester: Requester {
            kind: text(row, "requester_kind")?,
            name: optional_text(row, "requester_name")?,
        },
        reference: optional_text(row, "reference")?,
        reason: optional_text(row, "reason")?,
        proposed_at: time(row, "proposed_at")?,
        expires_at: time(row, "expires_at")?,
        approval: approval(row)?,
        carried_out_at: optional_time(row, "carried_out_at")?,
        closed: closed(row)?,
        holds: row.flag("holds")?,
    })
}

fn approval(row: &impl Line) -> Result<Option<Approval>> {
    let Some(at) = optional_time(row, "approved_at")? else {
        return Ok(None);
    };
    let by = match (
        row.optional_str("approver_kind")?,
        row.optional_uuid("approver_id")?,
    ) {
        (None, None) => None,
        (Some("account"), Some(id)) => Some(Principal::Account(AccountId::from_uuid(id))),
        (Some("operator"), Some(id)) => Some(Principal::Operator(OperatorId::from_uuid(id))),
        _ => return Err(unreadable("approver_kind")),
    };
    Ok(Some(Approval { by, at }))
}

fn closed(row: &impl Line) -> Result<Option<Closed>> {
    let Some(at) = optional_time(row, "closed_at")? else {
        return Ok(None);
    };
    let kind = row.str("closed_by_kind")?;
    Ok(Some(Closed {
        how: match row.str("closed_how")? {
            "refused" => Closing::Refused,
            "withdrawn" => Closing::Withdrawn,
            _ => return Err(unreadable("closed_how")),
        },
        by: author_of(kind, row.optional_uuid("closed_by_id")?, "closed_by_kind")?,
        at,
        reason: optional_text(row, "closing_reason")?,
    }))
}

/// Each detail that a change names, with what it becomes; canonical, so that one change has one text. Nothing if it names none.
pub(crate) fn profile_text(change: &ProfileChange) -> Result<Option<String>> {
    let details = BTreeMap::from([
        ("first_name", change.first_name.as_ref().map(texts)),
        ("last_name", change.last_name.as_ref().map(texts)),
        ("job_title", change.job_title.as_ref().map(texts)),
        ("phone", change.phone.as_ref().map(texts)),
    ]);
    let named: BTreeMap<_, _> = details
        .into_iter()
        .filter_map(|(name, detail)| Some((name, detail?)))
        .collect();
    if named.is_empty() {
        return Ok(None);
    }
    let text = canonical_json(&named).map_err(|error| sqlx::Error::Encode(error.into()))?;
    Ok(Some(text))
}

fn texts<T: AsRef<str>>(detail: &Option<T>) -> Option<&str> {
    detail.as_ref().map(AsRef::as_ref)
}

fn profile(row: &impl Line) -> Result<ProfileChange> {
    let Some(text) = row.optional_str("profile")? else {
        return Ok(ProfileChange::default());
    };
    let mut named: BTreeMap<String, Option<String>> =
        serde_json::from_str(text).map_err(because("profile"))?;
    macro_rules! detail {
        ($name:literal) => {
            match named.remove($name) {
                None => None,
                Some(None) => Some(None),
                Some(Some(detail)) => Some(Some(detail.parse().map_err(because("profile"))?)),
            }
        };
    }
    let change = ProfileChange {
        first_name: detail!("first_name"),
        last_name: detail!("last_name"),
        job_title: detail!("job_title"),
        phone: detail!("phone"),
    };
    match named.is_empty() {
        true => Ok(change),
        false => Err(unreadable("profile")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_change_of_details_is_one_text() {
        let change = ProfileChange {
            job_title: Some(None),
            first_name: Some(Some("Zoé".parse().unwrap())),
            ..ProfileChange::default()
        };
        let text = profile_text(&change).unwrap();
        assert_eq!(
            text.as_deref(),
            Some(r#"{"first_name":"Zoé","job_title":null}"#)
        );
        assert_eq!(profile_text(&ProfileChange::default()).unwrap(), None);
    }
}

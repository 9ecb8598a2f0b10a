//! Cells to what a line wants: a group, and perhaps an account.

use super::layout::Layout;
use super::reading::Cells;
use crate::group::{Department, Matricule, Organisation};
use crate::rules::{AccountDraft, GroupDraft};
use crate::words::{self, Language};
use crate::{
    EmailAddress, EmailError, GroupName, JobTitle, LastName, Policy, Profile, Role, Roles,
    SharedMailboxes, TextError,
};

/// What a line wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) group: GroupDraft,
    pub(super) account: Option<AccountDraft>,
}

/// Why a line cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) code: String,
    pub(super) value: String,
    pub(super) detail: String,
}

impl Unread {
    /// A quote that opens a cell on the line is never closed, or closes where the line no longer makes sense.
    pub(super) fn torn(value: String) -> Self {
        let detail = "un guillemet ouvert sur cette ligne n'y est pas fermé".to_owned();
        Self {
            code: "quotes".to_owned(),
            value,
            detail,
        }
    }
}

/// Reads a line of this layout.
pub(super) fn read(
    layout: Layout,
    cells: &Cells<'_>,
    with_accounts: bool,
    policy: &Policy,
) -> Result<Wish, Unread> {
    if !cells.fit() {
        let value = cells.count().to_string();
        let detail = format!("cette ligne a {value} cellules, pas autant que l'en-tête");
        return Err(Unread {
            code: "columns".to_owned(),
            value,
            detail,
        });
    }
    match layout {
        Layout::FranceServices => france_services(cells, with_accounts, &policy.shared_mailboxes),
        Layout::Accounts => account(cells, &policy.shared_mailboxes),
    }
}

fn france_services(
    cells: &Cells<'_>,
    with_accounts: bool,
    shared: &SharedMailboxes,
) -> Result<Wish, Unread> {
    let contact = optional("email", cells.get("CONTACT MAIL"), EmailAddress::parse)?;
    let group = GroupDraft {
        name: required("name", cells.get("FRANCE SERVICES"), GroupName::parse)?,
        organisation: optional(
            "organisation",
            cells.get("STRUCTURE PORTEUSE"),
            Organisation::parse,
        )?,
        department: optional("department", cells.get("DEPARTEMENT"), Department::parse)?,
        contact: contact.clone(),
        france_services: true,
        matricule: Some(required(
            "matricule",
            cells.get("MATRICULE"),
            Matricule::parse,
        )?),
    };
    if !with_accounts {
        return Ok(Wish {
            group,
            account: None,
        });
    }
    let email = contact.ok_or_else(|| missing("email"))?;
    let is_shared = shared.matches(&email);
    let draft = AccountDraft::new(email, Roles::only(Role::Aidant));
    Ok(Wish {
        group,
        account: Some(AccountDraft {
            shared: is_shared,
            ..draft
        }),
    })
}

fn account(cells: &Cells<'_>, shared: &SharedMailboxes) -> Result<Wish, Unread> {
    let email = required("email", cells.get("Email"), EmailAddress::parse)?;
    let group = GroupDraft {
        organisation: optional(
            "organisation",
            cells.get("Organisation du groupe"),
            Organisation::parse,
        )?,
        department: optional("department", cells.get("Territoires"), Department::parse)?,
        contact: optional(
            "contact",
            cells.get("Bal générique / fonctionnelle"),
            EmailAddress::parse,
        )?,
        ..GroupDraft::new(required("group", cells.get("Groupe"), GroupName::parse)?)
    };
    let mut roles = Roles::only(Role::Aidant);
    for (column, role) in [
        ("Instructeur", Role::Instructeur),
        ("Responsable", Role::Responsable),
    ] {
        if cells
            .get(column)
            .to_lowercase()
            .contains(&column.to_lowercase())
        {
            roles = roles.with(role);
        }
    }
    let shared = !cells.get("Compte partagé").is_empty() || shared.matches(&email);
    let name = cells.get("Nom");
    let last_name = match LastName::parse(name) {
        // A shared mailbox is called as it likes: "Accueil 2" is nobody's name, and no reason to refuse the line.
        Err(_) if shared || name.is_empty() => None,
        parsed => Some(parsed.map_err(|error| invalid("last_name", name, error))?),
    };
    let job_title = optional("job_title", cells.get("Qualité"), JobTitle::parse)?;
    let profile = Profile {
        last_name,
        job_title,
        ..Profile::default()
    };
    Ok(Wish {
        group,
        account: Some(AccountDraft {
            email,
            roles,
            profile,
            shared,
        }),
    })
}

fn required<T, E: InWords>(
    field: &str,
    cell: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, Unread> {
    optional(field, cell, parse)?.ok_or_else(|| missing(field))
}

fn optional<T, E: InWords>(
    field: &str,
    cell: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, Unread> {
    if cell.is_empty() {
        return Ok(None);
    }
    parse(cell)
        .map(Some)
        .map_err(|error| invalid(field, cell, error))
}

fn missing(field: &str) -> Unread {
    let detail = format!("la ligne n'a pas de « {field} » utilisable");
    Unread {
        code: format!("missing_{field}"),
        value: String::new(),
        detail,
    }
}

fn invalid(field: &str, cell: &str, error: impl InWords) -> Unread {
    let value = cell.chars().take(300).collect();
    Unread {
        code: format!("invalid_{field}"),
        value,
        detail: error.in_words(),
    }
}

/// An error of a cell, as people read it.
trait InWords {
    fn in_words(&self) -> String;
}

impl InWords for EmailError {
    fn in_words(&self) -> String {
        words::email_error(self, Language::French)
    }
}

impl InWords for TextError {
    fn in_words(&self) -> String {
        words::text_error(self, Language::French)
    }
}

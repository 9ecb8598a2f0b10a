//! Two groups, four accounts, two operators: made by the machine, through the same use cases as anybody's.

use aplus::group::{Reference, Requester, RequesterKind};
use aplus::rules::{AccountDraft, GroupDraft};
use aplus::service::{Context, GroupForm};
use aplus::{Aplus, Author, EmailAddress, GroupName, Role, Roles, SupportRequest};

use crate::{Failure, say};

const GROUPS: [(&str, [(&str, Role); 2]); 2] = [
    (
        "Mairie de Démonstration",
        [
            ("responsable@demo.example", Role::Responsable),
            ("aidant@demo.example", Role::Aidant),
        ],
    ),
    (
        "Préfecture de Démonstration",
        [
            ("responsable2@demo.example", Role::Responsable),
            ("instructeur@demo.example", Role::Instructeur),
        ],
    ),
];

const OPERATORS: [&str; 2] = ["support1@demo.example", "support2@demo.example"];

/// Fills an empty database, and says with what. Sends no mail.
///
/// # Errors
/// What the store says.
pub(crate) async fn fill(aplus: &Aplus) -> Result<(), Failure> {
    if !aplus.store().is_empty().await? {
        return Ok(());
    }
    let context = Context {
        silent: true,
        ..Context::default()
    };
    let request = SupportRequest {
        requester: Requester {
            kind: RequesterKind::Anct,
            name: None,
        },
        reference: Reference::parse("démonstration")?,
    };
    for (name, accounts) in GROUPS {
        let draft = GroupDraft::new(GroupName::parse(name)?);
        let form = GroupForm {
            draft,
            request: request.clone(),
        };
        let group = aplus.create_group(Author::Machine, &form, &context).await?;
        say(&format!("  {name}"));
        for (address, role) in accounts {
            let draft = AccountDraft::new(EmailAddress::parse(address)?, Roles::only(role));
            aplus
                .create_account_for(Author::Machine, group.id, &draft, &request, &context)
                .await?;
            say(&format!("    {address}"));
        }
    }
    say("  équipe de support");
    for address in OPERATORS {
        aplus
            .add_operator(&EmailAddress::parse(address)?, &context)
            .await?;
        say(&format!("    {address}"));
    }
    Ok(())
}

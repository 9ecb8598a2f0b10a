//! The rules alone, over tables of one's own: no port, no async, no store of ours.
//!
//! This host has its users, groups and sessions already. It turns its rows into plain facts (`Standing`, `GroupFacts`),
//! asks, and writes to its own tables, after it has seen that what the decision stood on has not changed meanwhile.
//!
//! `cargo run --example rules --features words`

#![allow(clippy::print_stdout, reason = "it shows what it does")]

use std::collections::BTreeMap;

use aplus::rules::{self, AccountDraft, Basis, CreateAccount, Permit};
use aplus::words::{self, Language};
use aplus::*;
use uuid::Uuid;

/// A row of this host's own table of users; its version moves with status, roles and group.
struct User {
    email: String,
    roles: Roles,
    status: Status,
    group: GroupId,
    version: i64,
}

/// This host's own tables. A group's version moves with the set of its active responsables.
#[derive(Default)]
struct Host {
    users: BTreeMap<AccountId, User>,
    groups: BTreeMap<GroupId, Version>,
}

impl Host {
    fn standing(&self, id: AccountId) -> Standing {
        let user = &self.users[&id];
        Standing {
            version: Version(user.version),
            status: user.status,
            ..Standing::active(id, user.roles, [user.group])
        }
    }

    /// Who asks: this host's own session says which of its users it is.
    fn actor(&self, session: Option<AccountId>) -> Actor {
        session.map_or(Actor::Visitor, |id| Actor::Account(self.standing(id)))
    }

    fn group(&self, id: GroupId) -> GroupFacts {
        let standings = self.users.keys().map(|user| self.standing(*user));
        GroupFacts {
            id,
            version: self.groups.get(&id).copied().unwrap_or_default(),
            active_responsables: standings.map(|one| u32::from(one.manages(id))).sum(),
        }
    }

    fn target(&self, id: AccountId) -> Target {
        Target::new(self.standing(id), [self.group(self.users[&id].group)])
    }

    /// Whether what a decision stood on is as it was. In a database: `for share`, in the transaction that writes.
    fn still_holds(&self, basis: &Basis) -> bool {
        let (mut accounts, mut groups) = (basis.accounts().iter(), basis.groups().iter());
        accounts.all(|(id, seen)| self.standing(*id).version == *seen)
            && groups.all(|(id, seen)| self.group(*id).version == *seen)
    }

    /// This host's own write. It takes a permit, so that no path leads here but through the rules.
    fn insert(&mut self, id: AccountId, permit: Permit<CreateAccount>) -> Result<(), &'static str> {
        if !self.still_holds(permit.basis()) {
            return Err("stale: load and decide anew");
        }
        let draft = permit.action().draft();
        let user = User {
            email: draft.email.to_string(),
            roles: draft.roles,
            status: Status::Active,
            group: permit.action().group(),
            version: 0,
        };
        self.users.insert(id, user);
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [rachida, alix] = [1, 2].map(|number| AccountId::from_uuid(Uuid::from_u128(number)));
    let [hall, library] = [1, 2].map(|number| GroupId::from_uuid(Uuid::from_u128(number)));
    let (policy, site) = (Policy::default(), Site::new("https://aplus.example")?);
    let mut host = Host::default();
    let rachidas = User {
        email: "rachida@lens.example".to_owned(),
        roles: Roles::only(Role::Responsable),
        status: Status::Active,
        group: hall,
        version: 0,
    };
    host.users.insert(rachida, rachidas);
    let email = EmailAddress::parse("Alix.Moreau@Lens.example")?;
    let draft = AccountDraft::new(email, Roles::only(Role::Aidant));

    // Not in somebody else's group. A refusal has its rule, its code and its facts; the words are chosen last.
    let elsewhere = rules::may_create_accounts(&host.actor(Some(rachida)), &host.group(library));
    let (group, matter) = (library, GroupMatter::Acting);
    assert_eq!(elsewhere, Err(Refusal::NotYourGroup { group, matter }));
    if let Err(no) = elsewhere {
        for language in Language::ALL {
            let words = words::refusal(&no, language, &site);
            println!("{} {}: {}", no.rule(), no.code(), words.detail);
        }
    }

    // A right counts at the moment it is used (A10): Rachida's changes between the decision and the write.
    let group = host.group(hall);
    let create = |actor| rules::create_account(&actor, &group, &draft, &policy);
    let permit = create(host.actor(Some(rachida))).map_err(|no| no.code())?;
    let moved = |user: &mut User| user.version += 1;
    host.users.entry(rachida).and_modify(moved);
    assert!(host.insert(alix, permit).is_err());
    let permit = create(host.actor(Some(rachida))).map_err(|no| no.code())?;
    host.insert(alix, permit)?;
    assert_eq!(host.users[&alix].email, "alix.moreau@lens.example");

    // An aidant deactivates nobody, and nobody themselves; the responsable deactivates the aidant, who is then out.
    let (aidant, responsable) = (host.actor(Some(alix)), host.actor(Some(rachida)));
    let (of_alix, of_rachida) = (host.target(alix), host.target(rachida));
    let no = rules::may_deactivate(&aidant, &of_rachida);
    assert_eq!(no, Err(Refusal::NotResponsable));
    let no = rules::may_deactivate(&responsable, &of_rachida);
    assert_eq!(no, Err(Refusal::OwnAccount));
    let permit = rules::deactivate(&responsable, &of_alix).map_err(|no| no.code())?;
    assert!(host.still_holds(permit.basis()));
    let out = |user: &mut User| user.status = Status::Deactivated(permit.action().by());
    host.users.entry(alix).and_modify(out);
    let no = rules::may_log_in(&host.actor(Some(alix)));
    assert_eq!(no, Err(Refusal::Deactivated));
    Ok(())
}

//! What a dry run remembers of the lines before, as if they had been applied.

use std::collections::{HashMap, HashSet};

use crate::group::Matricule;
use crate::rules::{AccountDraft, GroupDraft};
use crate::{EmailAddress, GroupFacts, GroupId, Role, Standing, Target, Version};

/// By what a group is known again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum GroupKey {
    Matricule(Matricule),
    Name(String, Option<String>),
}

impl GroupKey {
    pub(super) fn of(draft: &GroupDraft) -> Self {
        match &draft.matricule {
            Some(matricule) => Self::Matricule(matricule.clone()),
            None => {
                let department = draft
                    .department
                    .as_ref()
                    .map(|department| department.as_str().to_owned());
                Self::Name(draft.name.search_key(), department)
            }
        }
    }
}

/// Groups and accounts that would be there.
#[derive(Debug, Default)]
pub(super) struct Plan {
    groups: HashMap<GroupKey, GroupId>,
    accounts: HashMap<EmailAddress, Standing>,
    responsables: HashSet<GroupId>,
}

impl Plan {
    pub(super) fn group(&self, key: &GroupKey) -> Option<GroupFacts> {
        self.groups.get(key).map(|id| GroupFacts {
            id: *id,
            version: Version::default(),
            active_responsables: u32::from(self.responsables.contains(id)),
        })
    }

    pub(super) fn account(&self, email: &EmailAddress) -> Option<Target> {
        let standing = self.accounts.get(email)?;
        let groups = standing.groups.iter().map(|id| GroupFacts {
            id,
            version: Version::default(),
            active_responsables: u32::from(self.responsables.contains(&id)),
        });
        Some(Target::new(standing.clone(), groups.collect::<Vec<_>>()))
    }

    pub(super) fn add_group(&mut self, key: GroupKey, id: GroupId) {
        self.groups.insert(key, id);
    }

    /// The account would be in these groups too; one that was there before is remembered with them.
    pub(super) fn add_account(&mut self, email: &EmailAddress, standing: Standing) {
        if standing.roles.contains(Role::Responsable) {
            self.responsables.extend(standing.groups.iter());
        }
        self.accounts.insert(email.clone(), standing);
    }

    pub(super) fn new_account(
        &mut self,
        draft: &AccountDraft,
        id: crate::AccountId,
        group: GroupId,
    ) {
        let standing = Standing {
            used: false,
            shared: draft.shared,
            ..Standing::active(id, draft.roles, [group])
        };
        self.add_account(&draft.email, standing);
    }

    /// Whether a line before would have made `group` have a responsable.
    pub(super) fn has_responsable(&self, group: GroupId) -> bool {
        self.responsables.contains(&group)
    }
}

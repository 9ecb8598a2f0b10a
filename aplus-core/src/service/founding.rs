//! A new group with its first account: both or neither (A7).

use super::{ATTEMPTS, Aplus, Context, Error};
use crate::ports::{Facts, FirstMember, Outcome, TargetRef, Wanted};
use crate::rules::{self, Action, AddMember, CreateAccount, CreateGroup, GroupDraft, Permit};
use crate::{Author, EmailAddress, Group, GroupFacts, GroupId, Refusal, Version};

/// What the rules allow together.
pub(crate) type Founding = (
    Permit<CreateGroup>,
    Option<FirstMember<Permit<CreateAccount>, Permit<AddMember>>>,
);

/// What became of a group that was to be founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Founded {
    /// It is there now, with its first account.
    New,
    /// Somebody else made it meanwhile; nothing was written.
    ThereAlready,
}

impl Aplus {
    /// An id for what is only foreseen.
    pub(crate) fn fresh_id(&self) -> Result<GroupId, Error> {
        Ok(GroupId::new(self.now(), self.random()?))
    }

    /// The groups that a line of a list means: by their number, or without one by name and department; at most two.
    pub(crate) async fn meant(&self, draft: &GroupDraft) -> Result<Vec<Group>, Error> {
        let store = &self.0.store;
        Ok(match &draft.matricule {
            Some(matricule) => {
                let group = store.group_by_matricule(matricule).await?;
                group.into_iter().collect()
            }
            None => {
                let department = draft.department.as_ref();
                store.groups_by_name(&draft.name, department).await?
            }
        })
    }

    /// Load, decide on both, write both in one transaction; anew if the facts moved.
    pub(crate) async fn found_group(
        &self,
        author: Author,
        draft: &GroupDraft,
        email: Option<&EmailAddress>,
        context: &Context,
        decide: impl Fn(&Facts, &GroupFacts) -> Result<Founding, Refusal> + Send + Sync,
    ) -> Result<Founded, Error> {
        let target = email.cloned().map(TargetRef::Email);
        let wanted = Wanted {
            author,
            target,
            group: None,
            request: None,
        };
        for _ in 0..ATTEMPTS {
            let facts = self.0.store.facts(&wanted).await?;
            let circumstances = self.circumstances(context, author)?;
            let id = GroupId::from_uuid(circumstances.created);
            let group = GroupFacts {
                id,
                version: Version::default(),
                active_responsables: 0,
            };
            let (founding, first) = match decide(&facts, &group) {
                Ok(permits) => permits,
                Err(refusal) => {
                    return Err(self
                        .refuse(&facts, Action::CreateGroup, &wanted, refusal, context)
                        .await);
                }
            };
            let founding = founding.into_act(circumstances);
            let circumstances = self.circumstances(context, author)?;
            let first = match first {
                None => None,
                Some(FirstMember::New(permit)) => {
                    let act = permit.into_act(circumstances);
                    Some(FirstMember::New(context.telling(act)))
                }
                Some(FirstMember::Existing(permit)) => {
                    let act = permit.into_act(circumstances);
                    Some(FirstMember::Existing(context.telling(act)))
                }
            };
            match self.0.store.found_group(founding, first).await? {
                Outcome::Done(_) => {
                    self.0.work.notify_one();
                    return Ok(Founded::New);
                }
                Outcome::Stale | Outcome::Repeated(_) => {
                    if !self.meant(draft).await?.is_empty() {
                        return Ok(Founded::ThereAlready);
                    }
                }
                Outcome::Taken => {
                    let holder = match email {
                        Some(email) => self.0.store.holder(email).await?,
                        None => None,
                    };
                    let refusal =
                        holder.map_or(Refusal::GroupTaken, |it| rules::taken(&facts.actor, it));
                    return Err(self
                        .refuse(&facts, Action::CreateGroup, &wanted, refusal, context)
                        .await);
                }
            }
        }
        Err(Error::Busy)
    }
}

//! A dry run: the same decisions, on facts that also hold what the lines before would have done.

use super::apply::{AccountEffect, Effect, ImportOptions, NoEffect, kept};
use super::line::Wish;
use super::plan::{GroupKey, Plan};
use crate::ports::Wanted;
use crate::rules::{self, AccountDraft, Holder};
use crate::service::Error;
use crate::{AccountId, Aplus, Author, GroupFacts, GroupId, Standing, Target, Version};

impl Aplus {
    /// The same decisions on facts that also hold what the lines before would have done.
    pub(super) async fn foresee(
        &self,
        wish: &Wish,
        options: &ImportOptions,
        plan: &mut Plan,
        key: GroupKey,
        group: Option<GroupId>,
    ) -> Result<Effect, NoEffect> {
        let author = options.author;
        let wanted = Wanted {
            author,
            target: None,
            group,
            request: None,
        };
        let facts = self.store().facts(&wanted).await.map_err(Error::from)?;
        let new_group = self.fresh_id()?;
        let in_group = match (facts.group, group) {
            (Some(stored), _) => stored,
            (None, id) => GroupFacts {
                id: id.unwrap_or(new_group),
                version: Version::default(),
                active_responsables: 0,
            },
        };
        let responsables = u32::from(plan.has_responsable(in_group.id));
        let in_group = GroupFacts {
            active_responsables: in_group.active_responsables.max(responsables),
            ..in_group
        };
        if group.is_none() {
            rules::may_act_as_support(&facts.actor)?;
        }
        let mut account = AccountEffect::None;
        if let Some(draft) = &wish.account {
            account = self
                .foresee_account(draft, author, &in_group, plan, &facts.actor)
                .await?;
        }
        if group.is_none() {
            plan.add_group(key, in_group.id);
        }
        Ok(Effect {
            group_created: group.is_none(),
            account,
        })
    }

    async fn foresee_account(
        &self,
        draft: &AccountDraft,
        author: Author,
        group: &GroupFacts,
        plan: &mut Plan,
        actor: &crate::Actor,
    ) -> Result<AccountEffect, NoEffect> {
        let target: Option<Target> = match plan.account(&draft.email) {
            Some(planned) => Some(planned),
            None => self.account_facts(author, &draft.email).await?.target,
        };
        let Some(target) = target else {
            rules::may_create_account_for(actor, draft, self.policy())?;
            if self
                .store()
                .holder(&draft.email)
                .await
                .map_err(Error::from)?
                == Some(Holder::Operator)
            {
                return Err(NoEffect::Refused(rules::taken(actor, Holder::Operator)));
            }
            let id = AccountId::from_uuid(*self.fresh_id()?.as_uuid());
            let ordered = rules::is_ordered(group, draft, self.policy());
            let roles = match ordered {
                true => rules::without_responsable(draft.roles),
                false => draft.roles,
            };
            let made = AccountDraft {
                roles,
                ..draft.clone()
            };
            plan.new_account(&made, id, group.id);
            return Ok(match ordered {
                true => AccountEffect::Ordered,
                false => AccountEffect::Created,
            });
        };
        if target.standing().groups.contains(group.id) {
            return Ok(kept(draft, target.standing().roles));
        }
        rules::may_add_listed(actor, group, &target, draft.roles)?;
        let groups = target.standing().groups.iter().chain([group.id]).collect();
        plan.add_account(
            &draft.email,
            Standing {
                groups,
                ..target.standing().clone()
            },
        );
        Ok(AccountEffect::Joined)
    }
}

//! Each line on its own: find the group and the account, ask the rules, write all of it or nothing.

use std::io::Read;

use super::layout::Layout;
use super::line::{Unread, Wish, read};
use super::plan::{GroupKey, Plan};
use super::reading::{Line, List};
use super::{ImportReport, RefusedLine};
use crate::ports::{Facts, FirstMember, TargetRef, Wanted};
use crate::rules::{self, AccountDraft, GroupDraft};
use crate::service::{Context, Error, Founded};
use crate::words::{self, Language};
use crate::{
    Aplus, Author, EmailAddress, GroupFacts, GroupId, Refusal, Role, Roles, SupportRequest,
};

/// Why an import does not start, or stops.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is nothing in the file.
    #[error("the file is empty")]
    Empty,
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Unreadable(#[source] std::io::Error),
    /// The header is none that is known.
    #[error(
        "the header is neither that of {} (MATRICULE;DEPARTEMENT;FRANCE SERVICES;…) nor that of {} (Nom;Qualité;Email;…); \
         to be that of {nearest} it must have the column `{missing}` once: {header}",
        Layout::FranceServices,
        Layout::Accounts
    )]
    UnknownHeader {
        /// The layout that it has most columns of.
        nearest: Layout,
        /// The first column of that layout that is missing or doubled.
        missing: &'static str,
        /// The header, its first 200 characters.
        header: String,
    },
    /// Whoever imports may not, or the store does not answer; the lines before are done, and a repeated import goes on.
    #[error("the import stopped at line {line}")]
    Stopped {
        /// Where.
        line: u64,
        /// Why.
        #[source]
        cause: Error,
    },
}

/// How a list is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOptions {
    /// Who imports: an operator, or the machine (A7).
    pub author: Author,
    /// At whose request.
    pub request: SupportRequest,
    /// Of the France Services list: whether accounts are made too.
    pub with_accounts: bool,
    /// Whether those who get an account or are added to a group are told (A12). Responsables of the groups, and whoever may
    /// decide on an order, are told in any case (A6, A7).
    pub welcome: bool,
    /// Whether it is only said what would happen.
    pub dry_run: bool,
}

/// What one line came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) group_created: bool,
    pub(super) account: AccountEffect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccountEffect {
    None,
    /// It is in the group already, and gets no Responsable by a list (A6).
    NotRaised,
    Created,
    /// Created without Responsable, which an order is to give (A7).
    Ordered,
    Joined,
}

/// Why a line did nothing: a rule, or a store that does not answer.
pub(super) enum NoEffect {
    Refused(Refusal),
    Ambiguous,
    Stopped(Error),
}

impl From<Error> for NoEffect {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => Self::Refused(refusal),
            error => Self::Stopped(error),
        }
    }
}

impl From<Refusal> for NoEffect {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Aplus {
    /// Imports a published list (A7): line by line, each all or nothing; `progress` is called after each line.
    ///
    /// Refused lines are in the report and stop nothing. An import that is repeated makes nothing twice.
    ///
    /// # Errors
    /// [`ImportError`]: before the first line nothing was written.
    pub async fn import<R: Read + Send>(
        &self,
        source: R,
        options: &ImportOptions,
        mut progress: impl FnMut(&ImportReport) + Send,
    ) -> Result<ImportReport, ImportError> {
        let mut list = List::open(source)?;
        let layout = list.layout;
        self.may_import(options)
            .await
            .map_err(|cause| ImportError::Stopped { line: 1, cause })?;
        let mut plan = Plan::default();
        let mut report = ImportReport::default();
        loop {
            let (line, mut wish) = match list.next_line()? {
                None => break,
                Some((line, Line::Cells(cells))) => (
                    line,
                    read(layout, &cells, options.with_accounts, self.policy()),
                ),
                Some((line, Line::Torn(value))) => (line, Err(Unread::torn(value))),
            };
            if let Err(unread) = &wish
                && list.give_back()
            {
                wish = Err(Unread::torn(unread.value.clone()));
            }
            report.lines += 1;
            let effect = match &wish {
                Err(Unread {
                    code,
                    value,
                    detail,
                }) => {
                    let (code, value, detail) = (code.clone(), value.clone(), detail.clone());
                    report.refused.push(RefusedLine {
                        line,
                        code,
                        value,
                        detail,
                    });
                    progress(&report);
                    continue;
                }
                Ok(wish) => self
                    .apply(wish, options, &mut plan)
                    .await
                    .map_err(|no| (no, wish)),
            };
            match effect {
                Ok(effect) => {
                    report.count(effect);
                    if let (AccountEffect::NotRaised, Ok(wish)) = (effect.account, &wish) {
                        let detail = "ce compte est déjà dans ce groupe et n'en devient pas responsable ainsi : une \
                             demande de modification peut lui donner ce rôle"
                            .to_owned();
                        report
                            .not_raised
                            .push(wish.line(line, "role_by_order", detail));
                    }
                }
                Err((NoEffect::Refused(refusal), wish)) => {
                    let detail = words::refusal(&refusal, Language::French, self.site()).detail;
                    report.refuse(line, refusal.code(), wish, detail);
                }
                Err((NoEffect::Ambiguous, wish)) => {
                    let detail = "plusieurs groupes portent ce nom sur ce territoire".to_owned();
                    report.refuse(line, "ambiguous_group", wish, detail);
                }
                Err((NoEffect::Stopped(cause), _)) => {
                    return Err(ImportError::Stopped { line, cause });
                }
            }
            progress(&report);
        }
        Ok(report)
    }

    async fn may_import(&self, options: &ImportOptions) -> Result<(), Error> {
        let wanted = Wanted {
            author: options.author,
            target: None,
            group: None,
            request: None,
        };
        let facts = self.store().facts(&wanted).await?;
        Ok(rules::may_act_as_support(&facts.actor)?)
    }

    async fn apply(
        &self,
        wish: &Wish,
        options: &ImportOptions,
        plan: &mut Plan,
    ) -> Result<Effect, NoEffect> {
        let key = GroupKey::of(&wish.group);
        let group = match plan.group(&key) {
            Some(facts) => Some(facts.id),
            None => self.known_group(&wish.group).await?,
        };
        if options.dry_run {
            self.foresee(wish, options, plan, key, group).await
        } else {
            self.carry_out(wish, options, group).await
        }
    }

    async fn known_group(&self, draft: &GroupDraft) -> Result<Option<GroupId>, NoEffect> {
        match self.meant(draft).await?.as_slice() {
            [] => Ok(None),
            [group] => Ok(Some(group.id)),
            [..] => Err(NoEffect::Ambiguous),
        }
    }

    async fn carry_out(
        &self,
        wish: &Wish,
        options: &ImportOptions,
        group: Option<GroupId>,
    ) -> Result<Effect, NoEffect> {
        let context = Context {
            without_welcome: !options.welcome,
            bulk: true,
            ..Context::default()
        };
        let ImportOptions {
            author, request, ..
        } = options;
        let group = match group {
            Some(group) => group,
            None => match self.start_group(wish, options, &context).await? {
                Some(effect) => return Ok(effect),
                // Another import made it meanwhile.
                None => match self.known_group(&wish.group).await? {
                    Some(group) => group,
                    None => return Err(Error::Busy.into()),
                },
            },
        };
        let account = match &wish.account {
            None => AccountEffect::None,
            Some(draft) => match self.member(*author, group, &draft.email).await? {
                Member::Already(roles) => kept(draft, roles),
                Member::Elsewhere => {
                    let (email, roles) = (&draft.email, Some(draft.roles));
                    self.add_for(*author, group, email, roles, request, &context)
                        .await?;
                    AccountEffect::Joined
                }
                Member::Nobody => {
                    let created = self
                        .create_account_for(*author, group, draft, request, &context)
                        .await?;
                    match created.order {
                        Some(_) => AccountEffect::Ordered,
                        None => AccountEffect::Created,
                    }
                }
            },
        };
        Ok(Effect {
            group_created: false,
            account,
        })
    }

    /// A new group with its first account, both or neither; none if somebody else made it meanwhile.
    async fn start_group(
        &self,
        wish: &Wish,
        options: &ImportOptions,
        context: &Context,
    ) -> Result<Option<Effect>, NoEffect> {
        let ImportOptions {
            author, request, ..
        } = options;
        let joins = match &wish.account {
            None => None,
            Some(draft) => self.account_facts(*author, &draft.email).await?.target,
        };
        let account = match (&wish.account, &joins) {
            (None, _) => AccountEffect::None,
            (Some(_), Some(_)) => AccountEffect::Joined,
            (Some(_), None) => AccountEffect::Created,
        };
        let decide = |facts: &Facts, group: &GroupFacts| {
            let founding = rules::create_group(&facts.actor, &wish.group, request)?;
            let first = match (&wish.account, &facts.target) {
                (None, _) => None,
                (Some(draft), Some(target)) => {
                    rules::may_add_listed(&facts.actor, group, target, draft.roles)?;
                    Some(FirstMember::Existing(rules::add_member_for(
                        &facts.actor,
                        group,
                        target,
                        request,
                    )?))
                }
                (Some(draft), None) => Some(FirstMember::New(rules::create_account_for(
                    &facts.actor,
                    group,
                    draft,
                    request,
                    self.policy(),
                    self.lifetimes(),
                )?)),
            };
            Ok((founding, first))
        };
        let email = wish.account.as_ref().map(|draft| &draft.email);
        let founded = self.found_group(*author, &wish.group, email, context, decide);
        Ok(match founded.await? {
            Founded::New => Some(Effect {
                group_created: true,
                account,
            }),
            Founded::ThereAlready => None,
        })
    }

    pub(super) async fn account_facts(
        &self,
        author: Author,
        email: &EmailAddress,
    ) -> Result<Facts, NoEffect> {
        let target = Some(TargetRef::Email(email.clone()));
        let wanted = Wanted {
            author,
            target,
            group: None,
            request: None,
        };
        Ok(self.store().facts(&wanted).await.map_err(Error::from)?)
    }

    async fn member(
        &self,
        author: Author,
        group: GroupId,
        email: &EmailAddress,
    ) -> Result<Member, NoEffect> {
        Ok(match self.account_facts(author, email).await?.target {
            None => Member::Nobody,
            Some(target) if target.standing().groups.contains(group) => {
                Member::Already(target.standing().roles)
            }
            Some(_) => Member::Elsewhere,
        })
    }
}

/// What a line comes to whose account is in the group already, with these roles.
pub(super) fn kept(draft: &AccountDraft, roles: Roles) -> AccountEffect {
    let asks = draft.roles.contains(Role::Responsable) && !roles.contains(Role::Responsable);
    match asks {
        true => AccountEffect::NotRaised,
        false => AccountEffect::None,
    }
}

enum Member {
    /// In this group, with these roles.
    Already(Roles),
    Elsewhere,
    Nobody,
}

impl ImportReport {
    fn count(&mut self, effect: Effect) {
        let kept = matches!(
            effect.account,
            AccountEffect::None | AccountEffect::NotRaised
        );
        if kept && !effect.group_created {
            self.unchanged += 1;
        } else {
            self.applied += 1;
        }
        self.groups_created += u64::from(effect.group_created);
        self.accounts_created += u64::from(matches!(
            effect.account,
            AccountEffect::Created | AccountEffect::Ordered
        ));
        self.orders_proposed += u64::from(effect.account == AccountEffect::Ordered);
        self.accounts_joined += u64::from(effect.account == AccountEffect::Joined);
    }

    fn refuse(&mut self, line: u64, code: &str, wish: &Wish, detail: String) {
        self.refused.push(wish.line(line, code, detail));
    }
}

impl Wish {
    /// What is said of this line.
    fn line(&self, line: u64, code: &str, detail: String) -> RefusedLine {
        let value = match &self.account {
            Some(draft) => draft.email.as_str().to_owned(),
            None => self.group.name.as_str().to_owned(),
        };
        RefusedLine {
            line,
            code: code.to_owned(),
            value,
            detail,
        }
    }
}

//! The page of an account: as much of it as one may see (A9), and what one may do to it (A2, A8, A11).

use aplus_core::ports::{Facts, TargetRef, Wanted};
use aplus_core::rules::{self, Sight};
use aplus_core::words;
use aplus_core::{Account, AccountId, Actor, Error, Refusal, Site, Target};
use askama::Template;
use axum::http::StatusCode;

use super::deeds::Deed;
use super::groups::group_page;
use super::journal::account_journal;
use super::proposal::proposal_page;
use super::requester;
use super::rights;
use super::shell::Shell;
use super::view::{self, FRENCH, Fact, Link, Moment};
use super::visit::{Answer, Signed};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "account.html")]
pub(super) struct AccountPage {
    pub(super) shell: Shell,
    pub(super) trail: Vec<Link>,
    pub(super) name: String,
    pub(super) facts: Vec<Fact>,
    pub(super) groups: Vec<GroupView>,
    pub(super) acts: Vec<ActView>,
    pub(super) links: Option<Vec<StepView>>,
    /// Where all that happened to it stands, for support.
    pub(super) journal: Option<String>,
}

pub(super) struct GroupView {
    name: String,
    href: Option<String>,
    remove: Option<Link>,
    why: Option<String>,
}

pub(super) struct ActView {
    label: String,
    href: Option<String>,
    hint: String,
}

/// One thing that happened to an account or its links.
pub(super) struct StepView {
    pub(super) at: Option<Moment>,
    pub(super) what: String,
}

/// The address of an account's page, for whoever looks.
pub(super) fn account_page(site: &Site, actor: &Actor, account: AccountId) -> String {
    if rights::is_support(actor) {
        site.path(&format!("{}/comptes/{account}", Site::SUPPORT))
    } else {
        site.path(&format!("/comptes/{account}"))
    }
}

pub(super) async fn show(signed: Signed) -> Answer {
    let id: AccountId = signed.id("account")?;
    let seen = signed
        .aplus()
        .view_account(&signed.current, id, &signed.context)
        .await?;
    let page = page(&signed, &seen.account, seen.sight, None).await?;
    signed.page(StatusCode::OK, &page)
}

/// What decides about an account, read for whoever looks at it.
pub(super) async fn read(signed: &Signed, id: AccountId) -> Result<(Facts, Target), Problem> {
    let wanted = Wanted {
        author: signed.author(),
        target: Some(TargetRef::Id(id)),
        group: None,
        request: None,
    };
    let facts = signed
        .aplus()
        .store()
        .facts(&wanted)
        .await
        .map_err(Error::from)?;
    let target = facts.target.clone().ok_or(Refusal::AccountNotFound)?;
    Ok((facts, target))
}

pub(super) async fn page(
    signed: &Signed,
    account: &Account,
    sight: Sight,
    links: Option<Vec<StepView>>,
) -> Result<AccountPage, Problem> {
    let site = signed.site();
    let (facts, target) = read(signed, account.id()).await?;
    let (groups, acts) = match sight {
        Sight::Colleague => (Vec::new(), Vec::new()),
        Sight::Whole => (
            groups(&facts.actor, account, &target, site),
            acts(signed, &facts.actor, &target),
        ),
    };
    Ok(AccountPage {
        shell: signed.shell(Site::GROUPS),
        trail: vec![Link::new(site.path(Site::GROUPS), "Groupes")],
        name: view::name(account),
        facts: about(account, sight, site),
        groups,
        acts,
        links,
        journal: rights::is_support(&facts.actor).then(|| account_journal(site, account.id())),
    })
}

fn about(account: &Account, sight: Sight, site: &Site) -> Vec<Fact> {
    let profile = account.profile();
    let mut facts = vec![
        Fact::new("Adresse e-mail", view::email(account)),
        Fact::new("Rôles", view::roles(account.roles())),
    ];
    facts.extend(Fact::known("Fonction", profile.job_title.as_ref()));
    match sight {
        Sight::Colleague => return facts,
        Sight::Whole => facts.extend(Fact::known("Téléphone", profile.phone.as_ref())),
    }
    facts.push(Fact::new("Statut", words::status(account.status(), FRENCH)));
    facts.extend(
        account
            .shared()
            .then(|| Fact::new("Boîte partagée", "Oui, lue par plusieurs personnes")),
    );
    facts.push(Fact::new(
        "Créé",
        Moment::full(account.created_at(), site).text,
    ));
    let used = account
        .last_login_at()
        .map(|at| Moment::full(at, site).text);
    facts.push(Fact::new(
        "Dernière connexion",
        used.unwrap_or_else(|| "Jamais".to_owned()),
    ));
    facts.extend(
        account
            .emptied_at()
            .map(|at| Fact::new("Vidé", Moment::full(at, site).text)),
    );
    let request = account.provenance().request.as_ref();
    facts.extend(request.map(requester::fact));
    facts
}

fn groups(actor: &Actor, account: &Account, target: &Target, site: &Site) -> Vec<GroupView> {
    let own = actor.author() == Some(aplus_core::Author::Account(account.id()));
    let view = |mention: &aplus_core::GroupMention| {
        let page = group_page(site, mention.id);
        let facts = target.groups().iter().find(|group| group.id == mention.id);
        let verdict = facts.map(|group| rights::removal(actor, group, target));
        let (remove, why) = match verdict {
            Some(Ok(())) if own => (
                Some(Link::new(format!("{page}/quitter"), "Quitter ce groupe")),
                None,
            ),
            Some(Ok(())) => (
                Some(Link::new(
                    format!("{page}/comptes/{}/retirer", account.id()),
                    "Retirer de ce groupe",
                )),
                None,
            ),
            Some(Err(refusal @ (Refusal::LastGroup | Refusal::LastResponsable { .. }))) => {
                (None, Some(words::refusal(&refusal, FRENCH, site).detail))
            }
            Some(Err(_)) | None => (None, None),
        };
        let href = rules::may_view_group(actor, mention.id)
            .is_ok()
            .then_some(page);
        GroupView {
            name: mention.name.to_string(),
            href,
            remove,
            why,
        }
    };
    account.groups().iter().map(view).collect()
}

fn acts(signed: &Signed, actor: &Actor, target: &Target) -> Vec<ActView> {
    let site = signed.site();
    let rights = rights::on_account(actor, target, signed.policy());
    let offered = [
        (rights.deactivate, Deed::Deactivate),
        (rights.reactivate, Deed::Reactivate),
        (rights.withdraw, Deed::Withdraw),
        (rights.end_sessions, Deed::EndSessions),
    ];
    let mut acts: Vec<_> = offered
        .into_iter()
        .filter(|(allowed, _)| *allowed)
        .map(|(_, deed)| ActView {
            label: deed.title().to_owned(),
            href: Some(deed.path(site, target.standing().id)),
            hint: deed.summary().to_owned(),
        })
        .collect();
    acts.extend(rights.propose.then(|| {
        ActView {
            label: "Proposer une modification".to_owned(),
            href: Some(site.path(&proposal_page(target.standing().id))),
            hint:
                "De son adresse ou de ses rôles ; de ses informations, si le compte est désactivé."
                    .to_owned(),
        }
    }));
    acts.extend(rights.why_not.map(|refusal| {
        let said = words::refusal(&refusal, FRENCH, site);
        ActView {
            label: said.title,
            href: None,
            hint: said.detail,
        }
    }));
    acts
}

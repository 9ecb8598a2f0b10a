//! One's groups, and the page of a group with its members (A9).

use aplus_core::ports::{Facts, TargetRef, Wanted};
use aplus_core::rules::Sight;
use aplus_core::service::Seen;
use aplus_core::words;
use aplus_core::{Account, AccountId, Error, Group, GroupFacts, GroupId, Refusal, Site};
use askama::Template;
use axum::http::StatusCode;

use super::account::account_page;
use super::journal_search::of_group;
use super::orders::{self, OrderLine, Part};
use super::rights::{self, OnGroup};
use super::shell::Shell;
use super::support;
use super::view::{self, FRENCH, Fact, Link};
use super::visit::{Answer, Signed};
use crate::problem::Problem;

/// How many lines a page lists.
pub(super) const LISTED: u32 = 50;

#[derive(Template)]
#[template(path = "groups.html")]
struct GroupsPage {
    shell: Shell,
    trail: Vec<Link>,
    title: &'static str,
    groups: Vec<Link>,
    next: Option<String>,
    create: Option<String>,
}

#[derive(Template)]
#[template(path = "group.html")]
struct GroupPage {
    shell: Shell,
    trail: Vec<Link>,
    name: String,
    facts: Vec<Fact>,
    alone: Option<&'static str>,
    acts: Vec<Link>,
    members: Vec<MemberView>,
    next: Option<String>,
    orders: Vec<OrderLine>,
    orders_next: Option<String>,
    leave: Option<Result<String, String>>,
}

struct MemberView {
    name: String,
    href: String,
    badge: Option<&'static str>,
    job_title: String,
    email: String,
    roles: String,
}

/// The address of a group's page.
pub(super) fn group_page(site: &Site, group: GroupId) -> String {
    site.path(&format!("{}/{group}", Site::GROUPS))
}

/// The way back to a group.
pub(super) fn trail(site: &Site, group: &Group) -> Vec<Link> {
    vec![
        Link::new(site.path(Site::GROUPS), "Groupes"),
        Link::new(group_page(site, group.id), group.name.as_str()),
    ]
}

/// A group with what decides about it, read for somebody who looks at it.
pub(super) async fn read(
    signed: &Signed,
    id: GroupId,
    target: Option<TargetRef>,
) -> Result<(Group, GroupFacts, Facts), Problem> {
    let group = signed.aplus().group(id).await?;
    let wanted = Wanted {
        author: signed.author(),
        target,
        group: Some(id),
        request: None,
    };
    let facts = signed
        .aplus()
        .store()
        .facts(&wanted)
        .await
        .map_err(Error::from)?;
    let of_group = facts.group.ok_or(Refusal::GroupNotFound)?;
    Ok((group, of_group, facts))
}

pub(super) async fn list(signed: Signed) -> Answer {
    let (aplus, site) = (signed.aplus(), signed.site());
    let page = aplus
        .my_groups(&signed.current, signed.after()?, LISTED, &signed.context)
        .await?;
    let support = rights::is_support(&signed.actor());
    let groups = page
        .items
        .iter()
        .map(|group| Link::new(group_page(site, group.id), group.name.as_str()));
    let page = GroupsPage {
        shell: signed.shell(Site::GROUPS),
        trail: Vec::new(),
        title: if support { "Groupes" } else { "Vos groupes" },
        groups: groups.collect(),
        next: signed.next(page.next),
        create: support.then(|| site.path(support::NEW_GROUP)),
    };
    signed.page(StatusCode::OK, &page)
}

pub(super) async fn show(signed: Signed) -> Answer {
    let (aplus, site) = (signed.aplus(), signed.site());
    let id: GroupId = signed.id("group")?;
    let after: Option<AccountId> = signed.after()?;
    let members = aplus
        .members(&signed.current, id, after, LISTED, &signed.context)
        .await?;
    let own = signed.current.account().map(Account::id);
    let (group, of_group, facts) = read(&signed, id, own.map(TargetRef::Id)).await?;
    let rights = rights::on_group(&facts.actor, &of_group);
    let orders = match rights.decides {
        true => orders::of_group(&signed, id).await?,
        false => Part::default(),
    };
    let leave = facts.target.as_ref().map(|target| {
        rights::removal(&facts.actor, &of_group, target)
            .map(|()| format!("{}/quitter", group_page(site, id)))
            .map_err(|refusal| words::refusal(&refusal, FRENCH, site).detail)
    });
    let page = GroupPage {
        shell: signed.shell(Site::GROUPS),
        trail: vec![Link::new(site.path(Site::GROUPS), "Groupes")],
        name: group.name.to_string(),
        facts: about(&group),
        alone: alone(rights),
        acts: acts(rights, site, id),
        members: members
            .items
            .iter()
            .map(|seen| member(seen, own, &signed))
            .collect(),
        next: signed.next(members.next),
        orders: orders.lines,
        orders_next: orders.next,
        leave,
    };
    signed.page(StatusCode::OK, &page)
}

fn about(group: &Group) -> Vec<Fact> {
    let facts = [
        Fact::known("Organisation", group.organisation.as_ref()),
        Fact::known("Département", group.department.as_ref()),
        Fact::known("Boîte de contact", group.contact.as_ref()),
        Fact::known("Numéro France Services", group.matricule.as_ref()),
    ];
    facts.into_iter().flatten().collect()
}

/// A group with a single responsable is told so (A8).
fn alone(rights: OnGroup) -> Option<&'static str> {
    match (rights.single, rights.manages) {
        (true, true) => Some("Vous êtes le seul responsable de ce groupe"),
        (true, false) => Some("Ce groupe n'a qu'un seul responsable"),
        (false, _) => None,
    }
}

fn acts(rights: OnGroup, site: &Site, group: GroupId) -> Vec<Link> {
    let page = group_page(site, group);
    let acts = [
        rights
            .creates
            .then(|| Link::new(format!("{page}/comptes/nouveau"), "Créer un compte")),
        rights.manages.then(|| {
            Link::new(
                format!("{page}/membres/nouveau"),
                "Ajouter une personne qui a un compte",
            )
        }),
        rights.creates_for.then(|| {
            Link::new(
                site.path(&support::new_account(group)),
                "Créer un compte à la demande d'un tiers",
            )
        }),
        rights
            .creates_for
            .then(|| Link::new(of_group(site, group), "Journal de ce groupe")),
    ];
    acts.into_iter().flatten().collect()
}

fn member(seen: &Seen, own: Option<AccountId>, signed: &Signed) -> MemberView {
    let account = &seen.account;
    let href = match own {
        Some(own) if own == account.id() => signed.site().path(Site::PROFILE),
        Some(_) | None => account_page(signed.site(), &signed.actor(), account.id()),
    };
    // The status is not among what colleagues see of each other (A9).
    let badge = match seen.sight {
        Sight::Whole => Some(words::status(account.status(), FRENCH)),
        Sight::Colleague => None,
    };
    MemberView {
        name: view::name(account),
        href,
        badge,
        job_title: account
            .profile()
            .job_title
            .as_ref()
            .map_or_else(|| "–".to_owned(), ToString::to_string),
        email: view::email(account),
        roles: view::roles(account.roles()),
    }
}

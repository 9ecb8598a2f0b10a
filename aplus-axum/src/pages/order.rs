//! The page of one support order: what it changes, what happens next, and the decision on it (A6).

use aplus_core::order::Identity;
use aplus_core::rules::{self, Action};
use aplus_core::words;
use aplus_core::{
    Account, Actor, Author, Error, Order, OrderId, OrderState, ProfileChange, Reason, Refusal,
    Roles, Site, Timestamp,
};
use askama::Template;
use axum::http::StatusCode;

use super::account::account_page;
use super::form::Errors;
use super::groups::group_page;
use super::orders::ORDERS;
use super::requester;
use super::rights;
use super::shell::Shell;
use super::slip::Note;
use super::view::{self, FRENCH, Fact, Field, FieldError, Link, Moment};
use super::visit::{Answer, Signed};
use crate::fields::{Fault, Invalid};
use crate::problem::Problem;

/// The field that says which button was pressed, and the one that says why.
const STEP: &str = "etape";
const REASON: &str = "reason";

/// Where the page is opened: among those of support, or by a responsable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Support,
    Groups,
}

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    shell: Shell,
    trail: Vec<Link>,
    account: Link,
    state: &'static str,
    changes: Vec<ChangeView>,
    facts: Vec<Fact>,
    steps: Vec<StepView>,
    next: Vec<String>,
    action: String,
    shown_at: (String, String),
    approve: bool,
    refuse: Option<Field>,
    withdraw: bool,
    why_not: Option<String>,
    errors: Vec<FieldError>,
}

/// One thing that an order changes.
pub(super) struct ChangeView {
    pub(super) label: &'static str,
    pub(super) old: Option<String>,
    pub(super) new: String,
}

/// What was done to an order, when and by whom.
struct StepView {
    label: &'static str,
    at: Moment,
    by: Option<Link>,
    reason: Option<String>,
}

/// The address of an order's page, for whoever looks.
pub(super) fn order_page(site: &Site, actor: &Actor, order: OrderId) -> String {
    match rights::is_support(actor) {
        true => site.path(&format!("{ORDERS}/{order}")),
        false => site.path(&format!("/demandes/{order}")),
    }
}

/// The address of an account, or that it has none any more.
pub(super) fn address(identity: &Identity) -> String {
    view::address(identity.email.as_ref())
}

/// What an order changes, in a few words.
pub(super) fn summary(order: &Order) -> String {
    let changes = changes(&order.from, &order.to, &order.profile);
    let labels: Vec<_> = changes.iter().map(|change| change.label).collect();
    labels.join(", ")
}

/// What changes, with what it is now.
pub(super) fn changes(from: &Identity, to: &Identity, profile: &ProfileChange) -> Vec<ChangeView> {
    let mut changes = Vec::new();
    if from.email != to.email {
        changes.push(ChangeView {
            label: "Adresse e-mail",
            old: Some(address(from)),
            new: address(to),
        });
    }
    if from.roles != to.roles {
        let said = |roles: Roles| view::roles(roles);
        changes.push(ChangeView {
            label: "Rôles",
            old: Some(said(from.roles)),
            new: said(to.roles),
        });
    }
    let after = profile.apply(aplus_core::Profile::default());
    let values = super::own::fields(&after);
    let named = profile.fields();
    let details = aplus_core::ProfileField::ALL.into_iter().zip(values);
    changes.extend(
        details
            .filter(|(field, _)| named.contains(field))
            .map(|(field, value)| ChangeView {
                label: words::profile_field(field, FRENCH),
                old: None,
                new: match value.as_str() {
                    "" => "Rien (effacé)".to_owned(),
                    _ => value,
                },
            }),
    );
    changes
}

/// What approving comes to, said before it is done.
pub(super) fn once_approved(changes_address: bool) -> String {
    let when = match changes_address {
        true => {
            "un lien est envoyé à la nouvelle adresse. La modification prend effet quand la personne l'ouvre et confirme ; \
             d'ici là, l'adresse actuelle reste celle du compte"
        }
        false => "la modification prend effet aussitôt",
    };
    format!(
        "Une fois la demande approuvée, {when}. Les sessions du compte sont alors fermées et ses liens de connexion ne \
         fonctionnent plus ; la personne en est avertie par e-mail."
    )
}

/// What happens next, in words.
fn next(signed: &Signed, order: &Order, account: &Account, outdated: bool) -> Vec<String> {
    let now = signed.aplus().now();
    let until = words::moment(order.expires_at, FRENCH, signed.site());
    let unchanged =
        "Le compte n'a pas changé. S'il le faut, le support peut proposer une autre demande.";
    match order.state(now) {
        OrderState::Proposed | OrderState::Approved if outdated => vec![
            "Le compte a changé depuis que cette demande a été proposée : elle ne peut plus s'appliquer. Le support peut la \
             retirer et en proposer une autre."
                .to_owned(),
        ],
        OrderState::Proposed => vec![
            format!(
                "Elle attend la décision de quelqu'un d'autre que la personne qui l'a proposée et que celle qu'elle \
                 concerne : un autre membre de l'équipe de support, ou un responsable d'un des groupes du compte. Sans \
                 décision, elle prend fin {until}."
            ),
            once_approved(order.changes_address()),
        ],
        OrderState::Approved => {
            let minutes = signed.aplus().lifetimes().link().as_secs() / 60;
            let mut said = vec![
                "Un lien est envoyé à la nouvelle adresse. La modification prend effet quand la personne l'ouvre et \
                 confirme ; d'ici là, l'adresse actuelle reste celle du compte."
                    .to_owned(),
                format!(
                    "Ce lien est valable {minutes}\u{a0}minutes. S'il a expiré, la personne saisit la nouvelle adresse sur la page \
                     de connexion et en reçoit un autre. Sans confirmation, la demande prend fin {until}."
                ),
            ];
            if rights::is_kept_out(account) {
                said.push(
                    "Le compte est désactivé : ce lien ne fonctionne pas tant que le compte n'est pas réactivé."
                        .to_owned(),
                );
            }
            said
        }
        OrderState::CarriedOut => vec!["La modification est faite : il n'y a plus rien à décider.".to_owned()],
        OrderState::Refused | OrderState::Withdrawn => vec![unchanged.to_owned()],
        OrderState::Lapsed => vec![format!(
            "Elle a pris fin {until}, sans avoir été appliquée. {unchanged}"
        )],
    }
}

/// Who did something: for support by name, for responsables by what they are.
async fn who(signed: &Signed, author: Author) -> Result<Link, Problem> {
    let plain = |label: &str| Link::new(String::new(), label);
    if author == signed.author() {
        return Ok(plain("vous"));
    }
    let support = rights::is_support(&signed.actor());
    Ok(match author {
        Author::Operator(id) if support => {
            let operator = signed.aplus().store().operator(id).await;
            let address = operator
                .map_err(Error::from)?
                .map(|it| it.email.to_string());
            plain(address.as_deref().unwrap_or("l'équipe de support"))
        }
        Author::Operator(_) => plain("l'équipe de support"),
        Author::Account(id) if support => Link::new(
            account_page(signed.site(), &signed.actor(), id),
            "un responsable",
        ),
        Author::Account(_) => plain("un responsable"),
        Author::Machine => plain("le serveur, par un import ou une commande"),
    })
}

async fn steps(signed: &Signed, order: &Order) -> Result<Vec<StepView>, Problem> {
    let at = |at: Timestamp| Moment::full(at, signed.site());
    let mut steps = vec![StepView {
        label: "Proposée",
        at: at(order.proposed_at),
        by: Some(who(signed, order.author).await?),
        reason: order.reason.as_ref().map(ToString::to_string),
    }];
    if let Some(approval) = order.approval {
        let by = match approval.by {
            Some(by) => who(signed, by.into()).await?,
            None => Link::new(
                String::new(),
                "le réglage de ce service, qui ne demande l'accord de personne",
            ),
        };
        steps.push(StepView {
            label: "Approuvée",
            at: at(approval.at),
            by: Some(by),
            reason: None,
        });
    }
    if let Some(done) = order.carried_out_at {
        steps.push(StepView {
            label: "Appliquée",
            at: at(done),
            by: None,
            reason: None,
        });
    }
    if let Some(closed) = &order.closed {
        steps.push(StepView {
            label: match closed.how {
                aplus_core::order::Closing::Refused => "Refusée",
                aplus_core::order::Closing::Withdrawn => "Retirée",
            },
            at: at(closed.at),
            by: Some(who(signed, closed.by).await?),
            reason: closed.reason.as_ref().map(ToString::to_string),
        });
    }
    Ok(steps)
}

/// The pages of support are for support alone; another way leads those who decide to the same page.
async fn enter(signed: &Signed, place: Place, action: Action) -> Result<(), Problem> {
    let verdict = match place {
        Place::Support => rules::may_act_as_support(&signed.actor()),
        Place::Groups => Ok(()),
    };
    let (aplus, context) = (signed.aplus(), &signed.context);
    Ok(aplus
        .allow(&signed.current, action, None, None, verdict, context)
        .await?)
}

pub(super) async fn show(signed: Signed, place: Place) -> Answer {
    enter(&signed, place, Action::ViewOrders).await?;
    page(&signed, StatusCode::OK, Vec::new()).await
}

fn trail(signed: &Signed, account: &Account) -> Vec<Link> {
    let (site, actor) = (signed.site(), signed.actor());
    if rights::is_support(&actor) {
        return vec![
            Link::new(site.path(Site::SUPPORT), "Support"),
            Link::new(site.path(ORDERS), "Demandes"),
        ];
    }
    let own = account
        .groups()
        .iter()
        .find(|group| rules::may_view_group(&actor, group.id).is_ok());
    let groups = Link::new(site.path(Site::GROUPS), "Groupes");
    let own = own.map(|group| Link::new(group_page(site, group.id), group.name.as_str()));
    std::iter::once(groups).chain(own).collect()
}

async fn page(signed: &Signed, status: StatusCode, errors: Vec<FieldError>) -> Answer {
    let id: OrderId = signed.id("order")?;
    let (aplus, site, actor) = (signed.aplus(), signed.site(), signed.actor());
    let (order, account) = aplus.order(&signed.current, id, &signed.context).await?;
    let now = aplus.now();
    let taken = aplus.address_is_taken(&order).await?;
    let rights = rights::on_order(&actor, &account.standing(), &order.facts(now), taken);
    let outdated = !order.holds || rights.why_not == Some(Refusal::OrderOutdated);
    let reason = Field::new(REASON, "Motif du refus", signed.form.text(REASON))
        .kind("text", "off")
        .hint("Il reste attaché à la demande.")
        .told(&errors);
    let section = match rights::is_support(&actor) {
        true => ORDERS,
        false => Site::GROUPS,
    };
    let page = OrderPage {
        shell: signed.shell(section),
        trail: trail(signed, &account),
        account: Link::new(
            account_page(site, &actor, order.account),
            address(&order.from),
        ),
        state: words::order_state(order.state(now), FRENCH),
        changes: changes(&order.from, &order.to, &order.profile),
        facts: vec![requester::told(&order.requester, order.reference.as_ref())],
        steps: steps(signed, &order).await?,
        next: next(signed, &order, &account, outdated),
        action: signed.path(),
        shown_at: signed.shown_now(),
        approve: rights.approve,
        refuse: rights.refuse.then_some(reason),
        withdraw: rights.withdraw,
        why_not: rights
            .why_not
            .filter(|_| !outdated)
            .map(|refusal| words::refusal(&refusal, FRENCH, site).detail),
        errors,
    };
    signed.page(status, &page)
}

/// The press on one of its buttons.
pub(super) async fn decide(signed: Signed, place: Place) -> Answer {
    let id: OrderId = signed.id("order")?;
    let (aplus, author, context) = (signed.aplus(), signed.author(), &signed.context);
    let known = signed.form.holds(&[STEP, REASON], &[]);
    let step = signed.form.text(STEP).to_owned();
    let pressed = match step.as_str() {
        "approuver" => Action::ApproveOrder,
        "retirer" => Action::WithdrawOrder,
        "refuser" => Action::RefuseOrder,
        _ => Action::ViewOrders,
    };
    enter(&signed, place, pressed).await?;
    let order = match step.as_str() {
        "approuver" if known.is_ok() => aplus.approve_order(author, id, context).await?,
        "retirer" if known.is_ok() => aplus.withdraw_order(author, id, context).await?,
        "refuser" if known.is_ok() => {
            let mut errors = Errors::default();
            let typed = signed.form.text(REASON);
            let reason = errors.given(REASON, typed, Reason::parse, |error| {
                words::text_error(error, FRENCH)
            });
            if !errors.0.is_empty() {
                let rule = rules::may_refuse_order;
                aplus
                    .allow_on_order(&signed.current, Action::RefuseOrder, id, rule, context)
                    .await?;
                return page(&signed, StatusCode::UNPROCESSABLE_ENTITY, errors.0).await;
            }
            aplus
                .refuse_order(author, id, reason.as_ref(), context)
                .await?
        }
        _ => {
            // Only who sees the order learns what is wrong with the form.
            aplus.order(&signed.current, id, context).await?;
            known?;
            return Err(Problem::Invalid(vec![Invalid::new(STEP, Fault::Missing)]));
        }
    };
    let note = note(order.state(aplus.now()));
    Ok(signed.go(&signed.path(), Some(note)))
}

/// What is said of an order that was just proposed or decided on.
pub(super) fn note(state: OrderState) -> Note {
    match state {
        OrderState::Proposed | OrderState::Lapsed => Note::OrderProposed,
        OrderState::Approved => Note::OrderApproved,
        OrderState::CarriedOut => Note::OrderCarriedOut,
        OrderState::Refused => Note::OrderRefused,
        OrderState::Withdrawn => Note::OrderWithdrawn,
    }
}

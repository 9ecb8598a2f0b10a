//! Proposing to change an account: filled in, shown once more, proposed (A4, A6).

use aplus_core::order::Identity;
use aplus_core::rules::{self, Action};
use aplus_core::words;
use aplus_core::{
    Account, AccountId, EmailAddress, OrderDraft, OrderedChange, ProfileField, Reason, Refusal,
    Roles, Site, Target,
};
use askama::Template;
use axum::http::StatusCode;

use super::account::{account_page, read};
use super::creation::{self, ROLES};
use super::form::{Errors, Pairs};
use super::order::{self, ChangeView, order_page};
use super::orders::ORDERS;
use super::own;
use super::requester::{self, RequestView};
use super::rights;
use super::shell::Shell;
use super::view::{self, Choice, FRENCH, Fact, Field, FieldError, Link, No};
use super::visit::{Answer, Signed};
use crate::problem::Problem;

/// The field that says which button was pressed.
const STEP: &str = "etape";
const EMAIL: &str = "email";
const REASON: &str = "reason";

#[derive(Template)]
#[template(path = "proposal.html")]
struct ProposalPage {
    shell: Shell,
    trail: Vec<Link>,
    address: String,
    action: String,
    /// None for an account that could not confirm a new address.
    email: Option<Field>,
    roles: Choice,
    /// Of an account whose person cannot correct them.
    details: Vec<Field>,
    request: RequestView,
    reason: Field,
    errors: Vec<FieldError>,
    no: Option<No>,
}

#[derive(Template)]
#[template(path = "proposal_check.html")]
struct CheckPage {
    shell: Shell,
    trail: Vec<Link>,
    address: String,
    changes: Vec<ChangeView>,
    facts: Vec<Fact>,
    next: Vec<String>,
    button: &'static str,
    action: String,
    pairs: Vec<(String, String)>,
}

/// Where support proposes to change an account, below the base path.
pub(super) fn proposal_page(account: AccountId) -> String {
    format!("{}/comptes/{account}/demande", Site::SUPPORT)
}

/// The account as it is, for who may propose something about it; the look is an entry (T1).
async fn look(signed: &Signed) -> Result<(Account, Target), Problem> {
    let id: AccountId = signed.id("account")?;
    let (aplus, current, context) = (signed.aplus(), &signed.current, &signed.context);
    aplus
        .act_as_support(current, Action::ProposeOrder, id, context)
        .await?;
    let seen = aplus.view_account(current, id, context).await?;
    let (facts, target) = read(signed, id).await?;
    let verdict = rights::proposing(&facts.actor, &target, signed.policy());
    aplus
        .allow(
            current,
            Action::ProposeOrder,
            Some(id),
            None,
            verdict,
            context,
        )
        .await?;
    Ok((seen.account, target))
}

pub(super) async fn show(signed: Signed) -> Answer {
    let (account, target) = look(&signed).await?;
    form(&signed, &account, &target, StatusCode::OK, Vec::new(), None)
}

fn trail(signed: &Signed, account: &Account) -> Vec<Link> {
    let (site, actor) = (signed.site(), signed.actor());
    vec![
        Link::new(site.path(Site::SUPPORT), "Support"),
        Link::new(
            account_page(site, &actor, account.id()),
            view::name(account),
        ),
    ]
}

/// What was typed, or the account as it is where nothing was yet.
fn form(
    signed: &Signed,
    account: &Account,
    target: &Target,
    status: StatusCode,
    errors: Vec<FieldError>,
    no: Option<No>,
) -> Answer {
    let sent = &signed.form;
    let typed = sent.names(REASON);
    let corrects = rights::corrects_details(&signed.actor(), target, signed.policy());
    let chosen: Vec<_> = match typed {
        true => sent.all(ROLES).collect(),
        false => account.roles().iter().map(|role| role.as_str()).collect(),
    };
    let details = match typed {
        true => own::typed(sent),
        false => own::fields(account.profile()),
    };
    let email = Field {
        label: "Nouvelle adresse e-mail",
        required: false,
        ..Field::email(sent.text(EMAIL), false)
    };
    let page = ProposalPage {
        shell: signed.shell(ORDERS),
        trail: trail(signed, account),
        address: view::email(account),
        action: signed.path(),
        email: (!corrects).then(|| {
            email
                .hint(
                    "Laissez vide pour garder l'adresse actuelle. La nouvelle ne compte qu'une fois confirmée. Qui change \
                     d'employeur reçoit un nouveau compte, et non une nouvelle adresse.",
                )
                .told(&errors)
        }),
        roles: creation::choice_of_roles(&chosen, "Ceux que le compte doit avoir, dans tous ses groupes.")
            .told(&errors),
        details: match corrects {
            true => own::inputs(&details, false, &errors),
            false => Vec::new(),
        },
        request: RequestView::new(sent, &errors),
        reason: Field::new(REASON, "Motif", sent.text(REASON))
            .required()
            .kind("text", "off")
            .hint("Ce qui justifie la modification. Qui en décide le lit.")
            .told(&errors),
        errors,
        no,
    };
    signed.page(status, &page)
}

fn draft(form: &Pairs, account: &Account, errors: &mut Errors) -> Option<OrderDraft> {
    let email = errors.given(EMAIL, form.text(EMAIL), EmailAddress::parse, |error| {
        words::email_error(error, FRENCH)
    });
    let roles: Option<Roles> = errors.of(ROLES, creation::roles(form), Clone::clone);
    let profile = own::change(form, errors).reduced(account.profile());
    let request = requester::read(form, errors);
    let reason = errors.of(REASON, Reason::parse(form.text(REASON)), |error| {
        words::text_error(error, FRENCH)
    });
    Some(OrderDraft {
        change: OrderedChange {
            email,
            roles: Some(roles?),
            profile,
        },
        request: request?,
        reason: reason?,
    })
}

fn names() -> Vec<&'static str> {
    [EMAIL, REASON, STEP]
        .into_iter()
        .chain(requester::FIELDS)
        .chain(ProfileField::ALL.map(ProfileField::as_str))
        .collect()
}

pub(super) async fn propose(signed: Signed) -> Answer {
    let (account, target) = look(&signed).await?;
    signed.form.holds(&names(), &[ROLES])?;
    let mut errors = Errors::default();
    let draft = draft(&signed.form, &account, &mut errors);
    let Some(draft) = draft.filter(|_| errors.0.is_empty()) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return form(&signed, &account, &target, status, errors.0, None);
    };
    let (aplus, current, context) = (signed.aplus(), &signed.current, &signed.context);
    let problem = match signed.form.text(STEP) {
        "corriger" => {
            return form(&signed, &account, &target, StatusCode::OK, Vec::new(), None);
        }
        "proposer" => {
            let id = account.id();
            match aplus
                .propose_order(signed.author(), id, &draft, context)
                .await
            {
                Ok(order) => {
                    let page = order_page(signed.site(), &signed.actor(), order.id);
                    let note = order::note(order.state(aplus.now()));
                    return Ok(signed.go(&page, Some(note)));
                }
                Err(error) => error.into(),
            }
        }
        _ => {
            let (actor, policy) = (signed.actor(), signed.policy());
            let verdict = rules::may_propose_order(&actor, Some(&target), &draft.change, policy);
            let (action, id) = (Action::ProposeOrder, Some(account.id()));
            match aplus
                .allow(current, action, id, None, verdict, context)
                .await
            {
                Ok(()) => return check(&signed, &account, &target, &draft),
                Err(error) => error.into(),
            }
        }
    };
    refused(&signed, &account, &target, problem)
}

/// What is refused of the change that was chosen leaves the form, so that another can be.
fn refused(signed: &Signed, account: &Account, target: &Target, problem: Problem) -> Answer {
    match problem {
        Problem::Refused(
            Refusal::NoChange
            | Refusal::AccountInactive
            | Refusal::TwoOrders
            | Refusal::NotYourself
            | Refusal::EmailTaken
            | Refusal::SharedAddress
            | Refusal::SharedResponsable,
        ) => {
            let no = No::new(&problem, signed.site());
            let status = problem.status();
            form(signed, account, target, status, Vec::new(), Some(no))
        }
        other => Err(other),
    }
}

/// The change once more, and what becomes of it.
fn check(signed: &Signed, account: &Account, target: &Target, draft: &OrderDraft) -> Answer {
    let change = &draft.change;
    let from = Identity {
        email: account.email().cloned(),
        roles: account.roles(),
    };
    let to = change.applied_to(&from);
    let once = order::once_approved(from.email != to.email);
    let approval = rules::needs_approval(target.standing(), change, signed.policy());
    let next = match approval {
        true => vec![
            "La demande attend ensuite la décision de quelqu'un d'autre : un autre membre de l'équipe de support, ou un \
             responsable d'un des groupes du compte, qui en sont avertis par e-mail."
                .to_owned(),
            once,
        ],
        false => vec![
            "Cette demande n'attend l'accord de personne, selon le réglage de ce service : elle est approuvée aussitôt."
                .to_owned(),
            once,
        ],
    };
    let mut names = names();
    names.retain(|name| *name != STEP);
    names.push(ROLES);
    let mut pairs = signed.form.only_of(&names);
    pairs.push(signed.shown_now());
    let page = CheckPage {
        shell: signed.shell(ORDERS),
        trail: trail(signed, account),
        address: view::email(account),
        changes: order::changes(&from, &to, &change.profile),
        facts: vec![
            requester::fact(&draft.request),
            Fact::new("Motif", draft.reason.as_str()),
        ],
        next,
        button: match approval {
            true => "Proposer la demande",
            false => "Proposer et approuver",
        },
        action: signed.path(),
        pairs,
    };
    signed.page(StatusCode::OK, &page)
}

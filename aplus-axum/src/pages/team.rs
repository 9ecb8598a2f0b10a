//! The support team: who is in it, suspending somebody, asking for somebody back (A14).

use aplus_core::rules::{self, Action};
use aplus_core::words;
use aplus_core::{Error, Lifetimes, Operator, OperatorId, OperatorStanding, Refusal, Site};
use askama::Template;
use axum::http::StatusCode;

use super::confirm::ConfirmPage;
use super::groups::LISTED;
use super::rights;
use super::shell::Shell;
use super::slip::Note;
use super::view::{FRENCH, Link};
use super::visit::{Answer, Signed};
use crate::problem::Problem;

/// The team's page, below the base path.
pub(super) const TEAM: &str = "/support/equipe";

/// What is done to an operator's access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Suspend,
    Restore,
}

#[derive(Template)]
#[template(path = "team.html")]
struct TeamPage {
    shell: Shell,
    trail: Vec<Link>,
    operators: Vec<OperatorView>,
    next: Option<String>,
}

struct OperatorView {
    address: String,
    suspended: bool,
    asked: Option<String>,
    act: Option<Link>,
}

impl Access {
    fn action(self) -> Action {
        match self {
            Self::Suspend => Action::SuspendOperator,
            Self::Restore => Action::RestoreOperator,
        }
    }

    fn path(self, site: &Site, operator: OperatorId) -> String {
        let act = match self {
            Self::Suspend => "suspendre",
            Self::Restore => "retablir",
        };
        site.path(&format!("{TEAM}/{operator}/{act}"))
    }

    fn verdict(self, signed: &Signed, target: &OperatorStanding) -> Result<(), Refusal> {
        match self {
            Self::Suspend => rules::may_suspend_operator(&signed.actor(), target),
            Self::Restore => rules::may_restore_operator(&signed.actor(), target),
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Suspend => "Suspendre cet accès",
            Self::Restore => "Demander à rétablir cet accès",
        }
    }

    fn lines(self) -> Vec<String> {
        match self {
            Self::Suspend => vec![
                "Cet accès ne permet plus rien, aussitôt : ses sessions et ses liens de connexion prennent fin. Les demandes \
                 déjà proposées restent."
                    .to_owned(),
                "Toute l'équipe en est avertie par e-mail. Pour rétablir cet accès, il faudra deux autres membres de \
                 l'équipe, ou la machine du serveur."
                    .to_owned(),
            ],
            Self::Restore => vec![format!(
                "Il faut deux membres de l'équipe pour rétablir un accès : l'un le demande, l'autre le demande aussi dans \
                 les {}\u{a0}heures. Au second, l'accès est rétabli et toute l'équipe en est avertie par e-mail.",
                Lifetimes::RESTORE.as_secs() / 3600
            )],
        }
    }
}

/// Who asked for an operator, and until when that counts; none where it no longer does.
async fn asked(signed: &Signed, operator: &Operator) -> Result<Option<String>, Problem> {
    let moment = |at| words::moment(at, FRENCH, signed.site());
    Ok(signed.aplus().asked_back(operator).await?.map(|(asked, by)| {
        let until = asked.at.saturating_add(Lifetimes::RESTORE);
        format!(
            "{} a demandé à rétablir cet accès {}. Si un autre membre de l'équipe le demande aussi, il est rétabli ; cela \
             compte jusqu'au {}.",
            by.email,
            moment(asked.at),
            moment(until).trim_start_matches("le ")
        )
    }))
}

async fn view(signed: &Signed, operator: &Operator) -> Result<OperatorView, Problem> {
    let standing = operator.standing();
    let access = [Access::Suspend, Access::Restore]
        .into_iter()
        .find(|access| access.verdict(signed, &standing).is_ok());
    Ok(OperatorView {
        address: operator.email.to_string(),
        suspended: rights::is_suspended(operator),
        asked: asked(signed, operator).await?,
        act: access
            .map(|access| Link::new(access.path(signed.site(), operator.id), access.label())),
    })
}

pub(super) async fn list(signed: Signed) -> Answer {
    let page = signed
        .aplus()
        .operators(&signed.current, signed.after()?, LISTED, &signed.context)
        .await?;
    let mut operators = Vec::new();
    for operator in &page.items {
        operators.push(view(&signed, operator).await?);
    }
    let page = TeamPage {
        shell: signed.shell(TEAM),
        trail: vec![Link::new(signed.site().path(Site::SUPPORT), "Support")],
        operators,
        next: signed.next(page.next),
    };
    signed.page(StatusCode::OK, &page)
}

/// The page that says what it means.
pub(super) async fn ask(signed: Signed, access: Access) -> Answer {
    let id: OperatorId = signed.id("operator")?;
    let (aplus, site) = (signed.aplus(), signed.site());
    let operator = aplus.store().operator(id).await.map_err(Error::from)?;
    let verdict = match operator {
        Some(operator) => access
            .verdict(&signed, &operator.standing())
            .map(|()| operator),
        None => rules::may_act_as_support(&signed.actor()).and(Err(Refusal::OperatorNotFound)),
    };
    let (action, context) = (access.action(), &signed.context);
    let operator = aplus
        .allow(&signed.current, action, None, None, verdict, context)
        .await?;
    let mut lines = access.lines();
    lines.extend(asked(&signed, &operator).await?);
    let page = ConfirmPage {
        shell: signed.shell(TEAM),
        trail: vec![
            Link::new(site.path(Site::SUPPORT), "Support"),
            Link::new(site.path(TEAM), "Équipe"),
        ],
        title: access.label().to_owned(),
        subject: Some(operator.email.to_string()),
        lines,
        action: signed.path(),
        pairs: vec![signed.shown_now()],
        button: match access {
            Access::Suspend => "Suspendre l'accès",
            Access::Restore => "Demander à rétablir",
        },
        cancel: site.path(TEAM),
    };
    signed.page(StatusCode::OK, &page)
}

/// The press on its button.
pub(super) async fn carry_out(signed: Signed, access: Access) -> Answer {
    let id: OperatorId = signed.id("operator")?;
    let (aplus, author, context) = (signed.aplus(), signed.author(), &signed.context);
    let note = match access {
        Access::Suspend => {
            aplus.suspend_operator(author, id, context).await?;
            Note::OperatorSuspended
        }
        Access::Restore => match aplus.restore_operator(author, id, context).await? {
            true => Note::OperatorRestored,
            false => Note::RestoreAsked,
        },
    };
    Ok(signed.go(&signed.site().path(TEAM), Some(note)))
}

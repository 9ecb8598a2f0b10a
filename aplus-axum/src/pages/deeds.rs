//! What is done to an account with one press after a page that says what it means (A8, A11, L11).

use aplus_core::rules::{self, Action};
use aplus_core::service::Context;
use aplus_core::{
    AccountId, Actor, Aplus, Author, Error, Policy, Principal, Refusal, Site, Target,
};
use axum::http::StatusCode;

use super::account::{account_page, read};
use super::confirm::ConfirmPage;
use super::slip::Note;
use super::view::{self, Link};
use super::visit::{Answer, Signed};
use crate::state::home;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Deactivate,
    Reactivate,
    Withdraw,
    EndSessions,
}

impl Deed {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Deactivate => "Désactiver ce compte",
            Self::Reactivate => "Réactiver ce compte",
            Self::Withdraw => "Retirer ce compte jamais utilisé",
            Self::EndSessions => "Fermer toutes les sessions de ce compte",
        }
    }

    pub(super) fn summary(self) -> &'static str {
        match self {
            Self::Deactivate => "La personne ne pourra plus se connecter.",
            Self::Reactivate => "La personne pourra de nouveau se connecter.",
            Self::Withdraw => {
                "Pour une adresse mal saisie : le compte prend fin et l'adresse redevient libre."
            }
            Self::EndSessions => "La personne devra demander un nouveau lien.",
        }
    }

    fn lines(self) -> Vec<String> {
        let lines: &[&str] = match self {
            Self::Deactivate => &[
                "La personne ne pourra plus se connecter. Ses sessions et ses liens de connexion prennent fin aussitôt, \
                 et elle en est avertie par e-mail.",
                "Le compte garde ses informations, ses rôles et ses groupes. Il pourra être réactivé.",
            ],
            Self::Reactivate => &[
                "La personne pourra de nouveau demander un lien et se connecter, avec les mêmes rôles et les mêmes \
                 groupes. Elle en est avertie par e-mail.",
            ],
            Self::Withdraw => &[
                "Personne ne s'est jamais connecté à ce compte. Le retirer y met fin pour de bon : il ne pourra pas être \
                 réactivé.",
                "Son adresse redevient libre, et un compte peut être créé à la bonne adresse.",
            ],
            Self::EndSessions => &[
                "Toutes les sessions de ce compte sont fermées, et les liens de connexion déjà envoyés ne fonctionnent \
                 plus. Le compte reste actif : la personne peut demander un nouveau lien.",
            ],
        };
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    fn button(self) -> &'static str {
        match self {
            Self::Deactivate => "Désactiver le compte",
            Self::Reactivate => "Réactiver le compte",
            Self::Withdraw => "Retirer le compte",
            Self::EndSessions => "Fermer les sessions",
        }
    }

    fn note(self) -> Note {
        match self {
            Self::Deactivate => Note::Deactivated,
            Self::Reactivate => Note::Reactivated,
            Self::Withdraw => Note::Withdrawn,
            Self::EndSessions => Note::SessionsEnded,
        }
    }

    fn action(self) -> Action {
        match self {
            Self::Deactivate => Action::Deactivate,
            Self::Reactivate => Action::Reactivate,
            Self::Withdraw => Action::Withdraw,
            Self::EndSessions => Action::EndAllSessions,
        }
    }

    pub(super) fn path(self, site: &Site, account: AccountId) -> String {
        match self {
            Self::Deactivate => site.path(&format!("/comptes/{account}/desactiver")),
            Self::Reactivate => site.path(&format!("/comptes/{account}/reactiver")),
            Self::Withdraw => site.path(&format!("/comptes/{account}/retirer")),
            Self::EndSessions => {
                site.path(&format!("{}/comptes/{account}/sessions", Site::SUPPORT))
            }
        }
    }

    fn verdict(self, actor: &Actor, target: &Target, policy: &Policy) -> Result<(), Refusal> {
        match self {
            Self::Deactivate => rules::may_deactivate(actor, target),
            Self::Reactivate => rules::may_reactivate(actor, target, policy),
            Self::Withdraw => rules::may_withdraw(actor, target),
            Self::EndSessions => {
                rules::may_end_sessions(actor, Principal::Account(target.standing().id))
            }
        }
    }

    async fn carry_out(
        self,
        aplus: &Aplus,
        author: Author,
        account: AccountId,
        context: &Context,
    ) -> Result<(), Error> {
        match self {
            Self::Deactivate => aplus.deactivate(author, account, context).await,
            Self::Reactivate => aplus.reactivate(author, account, context).await,
            Self::Withdraw => aplus.withdraw(author, account, context).await,
            Self::EndSessions => {
                aplus
                    .end_all_sessions(author, Principal::Account(account), context)
                    .await
            }
        }
    }

    /// Where one goes on to: an account that was withdrawn has no page any more.
    fn after(self, signed: &Signed, account: AccountId) -> String {
        match self {
            Self::Withdraw => home(&signed.current.holder, signed.site()),
            Self::Deactivate | Self::Reactivate | Self::EndSessions => {
                account_page(signed.site(), &signed.actor(), account)
            }
        }
    }
}

/// The page that says what it means.
pub(super) async fn ask(signed: Signed, deed: Deed) -> Answer {
    let id: AccountId = signed.id("account")?;
    let aplus = signed.aplus();
    let seen = aplus
        .view_account(&signed.current, id, &signed.context)
        .await?;
    let (facts, target) = read(&signed, id).await?;
    let verdict = deed.verdict(&facts.actor, &target, signed.policy());
    aplus
        .allow(
            &signed.current,
            deed.action(),
            Some(id),
            None,
            verdict,
            &signed.context,
        )
        .await?;
    let back = account_page(signed.site(), &signed.actor(), id);
    let page = ConfirmPage {
        shell: signed.shell(Site::GROUPS),
        trail: vec![Link::new(back.clone(), view::name(&seen.account))],
        title: deed.title().to_owned(),
        subject: Some(view::email(&seen.account)),
        lines: deed.lines(),
        action: signed.path(),
        pairs: vec![signed.shown_now()],
        button: deed.button(),
        cancel: back,
    };
    signed.page(StatusCode::OK, &page)
}

/// The press on its button.
pub(super) async fn carry_out(signed: Signed, deed: Deed) -> Answer {
    let id: AccountId = signed.id("account")?;
    deed.carry_out(signed.aplus(), signed.author(), id, &signed.context)
        .await?;
    Ok(signed.go(&deed.after(&signed, id), Some(deed.note())))
}

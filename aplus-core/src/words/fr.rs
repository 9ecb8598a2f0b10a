//! What people read in French. Before `:;!?»` and after `«` stands a space that does not break, `\u{a0}`.

mod errors;
#[cfg(feature = "service")]
mod journal;
mod refusals;
mod rules;
#[cfg(feature = "service")]
mod story;

pub(super) use errors::{email_error, roles_error, text_error};
#[cfg(feature = "service")]
pub(super) use journal::{deed, event_kind};
pub(super) use refusals::refusal;
pub(super) use rules::rule;
#[cfg(feature = "service")]
pub(super) use story::link_step;

use crate::account::DeactivatedBy;
use crate::rules::Action;
use crate::{
    Article, FrozenField, Instead, OrderState, ProfileField, RequesterKind, Role, Site, Status,
    Timestamp,
};

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Aidant => "Aidant",
        Role::Instructeur => "Instructeur",
        Role::Responsable => "Responsable",
    }
}

pub(super) fn order_state(state: OrderState) -> &'static str {
    match state {
        OrderState::Proposed => "proposée",
        OrderState::Approved => "approuvée",
        OrderState::CarriedOut => "appliquée",
        OrderState::Refused => "refusée",
        OrderState::Withdrawn => "retirée",
        OrderState::Lapsed => "périmée",
    }
}

pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Active => "Actif",
        Status::Deactivated(DeactivatedBy::Responsable) => "Désactivé par un responsable",
        Status::Deactivated(DeactivatedBy::Support) => "Désactivé par le support",
        Status::Withdrawn => {
            "Terminé (retiré avant sa première utilisation, ou vidé longtemps après la dernière)"
        }
    }
}

pub(super) fn requester(requester: RequesterKind) -> &'static str {
    match requester {
        RequesterKind::Prefecture => "Préfecture",
        RequesterKind::Anct => "ANCT (Agence nationale de la cohésion des territoires)",
        RequesterKind::Partner => "Partenaire du déploiement France Services",
        RequesterKind::Responsable => "Responsable du groupe",
        RequesterKind::Person => "Personne concernée",
    }
}

pub(super) fn frozen_field(field: FrozenField) -> &'static str {
    match field {
        FrozenField::Email => "Adresse e-mail",
        FrozenField::Roles => "Rôles",
        FrozenField::Groups => "Groupes",
        FrozenField::Status => "Statut",
    }
}

pub(super) fn profile_field(field: ProfileField) -> &'static str {
    match field {
        ProfileField::FirstName => "Prénom",
        ProfileField::LastName => "Nom",
        ProfileField::JobTitle => "Fonction",
        ProfileField::Phone => "Téléphone",
    }
}

pub(super) fn article_title(article: Article) -> &'static str {
    match article {
        Article::LoggingIn => "Se connecter avec un lien reçu par e-mail",
        Article::LinkNotReceived => "Je ne reçois pas le lien",
        Article::DeadLink => "Mon lien ne fonctionne plus",
        Article::AddressAgain => "Pourquoi mon adresse m'est redemandée",
        Article::NotRecognised => "Mon adresse n'est pas reconnue",
        Article::FranceServices => "Je travaille dans un espace France Services",
        Article::OwnDetails => "Mettre à jour mes informations",
        Article::AddressOrRole => "Faire changer une adresse ou un rôle",
        Article::CreatingAccount => "Créer un compte dans mon groupe",
        Article::Members => "Ajouter une personne à mon groupe, ou l'en retirer",
        Article::MistypedAddress => "J'ai créé un compte à une adresse mal saisie",
        Article::Deactivating => "Désactiver ou réactiver un compte",
        Article::Browser => "Quel navigateur utiliser",
        Article::WhatIsRecorded => "Ce qui est enregistré à mon sujet, et combien de temps",
        Article::Support => "Contacter le support",
    }
}

pub(super) fn action(action: Action) -> &'static str {
    match action {
        Action::LogIn => "Se connecter",
        Action::CreateAccount => "Créer un compte",
        Action::CreateAccountFor => "Créer un compte à la demande d'un tiers",
        Action::AddMember => "Ajouter un compte à un groupe",
        Action::AddMemberFor => "Ajouter un compte à un groupe à la demande d'un tiers",
        Action::RemoveMember => "Retirer un compte d'un groupe",
        Action::Deactivate => "Désactiver un compte",
        Action::Reactivate => "Réactiver un compte",
        Action::Withdraw => "Retirer un compte jamais utilisé",
        Action::EditProfile => "Modifier des informations",
        Action::ChangeFrozen => "Changer une adresse, un rôle, un groupe ou un statut",
        Action::ViewAccount => "Voir un compte",
        Action::ViewGroup => "Voir les membres d'un groupe",
        Action::ReadJournal => "Lire le journal",
        Action::ViewEntry => "Lire une entrée du journal",
        Action::EndSession => "Fermer une session",
        Action::EndAllSessions => "Fermer toutes les sessions",
        Action::CreateGroup => "Créer un groupe",
        Action::AddOperator => "Ajouter un membre à l'équipe de support",
        Action::Look => "Consulter un compte, un groupe ou le journal au titre du support",
        Action::EraseJournal => "Effacer du journal ce qui est ancien",
        Action::EmptyAccount => "Vider un compte inutilisé depuis longtemps",
        Action::OpenConversation => "Écrire au support",
        Action::ViewConversation => "Voir une demande au support",
        Action::AddMessage => "Ajouter un message à une demande au support",
        Action::AnswerConversation => "Répondre à une demande au support",
        Action::CloseConversation => "Clore une demande au support",
        Action::EraseConversations => "Effacer d'anciennes demandes au support",
        Action::SuspendOperator => "Suspendre un membre de l'équipe de support",
        Action::RestoreOperator => "Rétablir un membre de l'équipe de support",
        Action::ProposeOrder => "Proposer une demande de modification",
        Action::ViewOrders => "Voir les demandes de modification",
        Action::ApproveOrder => "Approuver une demande de modification",
        Action::RefuseOrder => "Refuser une demande de modification",
        Action::WithdrawOrder => "Retirer une demande de modification",
        Action::Enter => "Entrer dans un espace réservé",
    }
}

pub(super) fn instead(instead: Instead) -> &'static str {
    match instead {
        Instead::AnotherWay => "La même personne, de la façon indiquée",
        Instead::Person => "La personne concernée",
        Instead::GroupResponsable => "Un responsable du groupe",
        Instead::AccountResponsable => {
            "Un responsable de tous les groupes du compte, ou l'équipe de support"
        }
        Instead::Support => "L'équipe de support",
        Instead::SupportByOrder => "L'équipe de support, par une demande de modification",
        Instead::Approver => {
            "Un autre membre de l'équipe de support, ou un responsable d'un des groupes du compte"
        }
        Instead::AnotherOperator => "Un autre membre de l'équipe de support",
        Instead::TwoOperators => {
            "Deux membres de l'équipe de support ensemble, ou la personne qui administre le serveur"
        }
        Instead::Machine => "La personne qui administre le serveur",
        Instead::Nobody => "Personne",
    }
}

#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
];

pub(super) fn date(at: Timestamp, site: &Site) -> String {
    let local = site.local(at);
    let day = match local.day() {
        1 => "1er".to_owned(),
        day => day.to_string(),
    };
    let month = super::month(at, MONTHS, site);
    format!("{day} {month} {}", local.year())
}

/// Names of days from Monday on.
#[rustfmt::skip]
const WEEKDAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

pub(super) fn day(day: jiff::civil::Date) -> String {
    let weekday = super::weekday(day, WEEKDAYS);
    let number = match day.day() {
        1 => "1er".to_owned(),
        number => number.to_string(),
    };
    let month = super::month_named(day.month(), MONTHS);
    format!("{weekday} {number} {month} {}", day.year())
}

pub(super) fn moment(at: Timestamp, site: &Site) -> String {
    format!("le {} à {}", date(at, site), site.hour(at))
}

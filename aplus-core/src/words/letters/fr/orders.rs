//! Support orders and operators, in French (A6, A14).

use super::super::{Draft, Facts, LoginLink};
use super::{LOG_IN, MY_GROUPS};
use crate::{Roles, Site, words};

pub(super) fn proposed(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}\u{a0}: une demande de modification attend une décision",
        facts.site.name()
    ))
    .paragraph(
        "L'équipe de support a proposé de modifier un compte. La demande ne s'applique que si \
            quelqu'un d'autre l'approuve\u{a0}: un autre membre de l'équipe, ou un responsable \
            d'un des groupes du compte.",
    )
    .paragraph(
        "Pour la lire, puis l'approuver ou la refuser, un responsable passe par la page du groupe, \
            et l'équipe de support par ses demandes\u{a0}:",
    )
    .link(MY_GROUPS, facts.site.url(Site::GROUPS))
    .paragraph(
        "Si vous ne la comprenez pas, ne l'approuvez pas\u{a0}: demandez d'abord au support.",
    )
}

pub(super) fn confirm(link: &LoginLink, facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "Confirmez votre nouvelle adresse sur {}",
        facts.site.name()
    ))
    .paragraph(format!(
        "À la suite d'une demande faite au support, cette adresse doit devenir celle d'un compte \
            {}. Elle ne compte qu'une fois confirmée par ce lien, qui vous connecte aussi\u{a0}:",
        facts.site.name()
    ))
    .link("Confirmer cette adresse", link.reveal())
    .paragraph(format!(
        "Demandé à {}, il est valable {}\u{a0}minutes\u{a0}: il fonctionne jusqu'à {}. Il ne sert qu'une \
            fois, et cette adresse vous sera redemandée.",
        link.asked_at, link.minutes, link.until
    ))
    .paragraph("Passé ce délai, demandez un autre lien avec cette adresse\u{a0}:")
    .link("Demander un lien", facts.site.url(Site::LOGIN))
    .paragraph(
        "Vous n'avez rien demandé\u{a0}? N'ouvrez pas le lien et prévenez le support\u{a0}: sans \
            confirmation, rien ne change.",
    )
}

pub(super) fn carried_out(roles: Option<Roles>, details: bool, facts: &Facts<'_>) -> Draft {
    let draft =
        Draft::new(format!("Votre compte {} a été modifié", facts.site.name())).paragraph(format!(
            "À la suite d'une demande faite au support, votre compte {} a été modifié.",
            facts.site.name()
        ));
    let draft = match roles {
        Some(roles) => draft.paragraph(format!(
            "Vos rôles sont maintenant\u{a0}: {}.",
            words::role_list(roles, words::Language::French)
        )),
        None => draft,
    };
    let draft = match details {
        true => draft.paragraph("Vos informations ont été corrigées."),
        false => draft,
    };
    // Details are corrected of a deactivated account alone (A4).
    let draft = match details {
        true => draft.paragraph(
            "Le compte reste désactivé\u{a0}: cette modification ne permet pas de s'y connecter.",
        ),
        false => draft
            .paragraph(
                "Vos sessions sont fermées et vos liens de connexion ne fonctionnent plus. Pour \
                    vous connecter, demandez-en un nouveau avec cette adresse\u{a0}:",
            )
            .link(LOG_IN, facts.site.url(Site::LOGIN)),
    };
    draft.paragraph(format!(
        "C'est une erreur\u{a0}? Écrivez au support\u{a0}: {}.",
        facts.site.support()
    ))
}

pub(super) fn gained(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}\u{a0}: cette adresse est maintenant celle de votre compte",
        facts.site.name()
    ))
    .paragraph(format!(
        "Vous avez confirmé cette adresse\u{a0}: c'est maintenant celle de votre compte {}. \
            L'ancienne ne permet plus de s'y connecter, et les autres sessions sont fermées.",
        facts.site.name()
    ))
    .paragraph("Désormais, demandez vos liens de connexion avec cette adresse\u{a0}:")
    .link(LOG_IN, facts.site.url(Site::LOGIN))
    .paragraph(format!(
        "Ce n'était pas vous\u{a0}? Écrivez aussitôt au support\u{a0}: {}.",
        facts.site.support()
    ))
}

pub(super) fn lost(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}\u{a0}: cette adresse n'est plus celle d'un compte",
        facts.site.name()
    ))
    .paragraph(format!(
        "À la suite d'une demande faite au support et approuvée, cette adresse n'est plus celle \
            d'un compte {}\u{a0}: elle ne permet plus de s'y connecter.",
        facts.site.name()
    ))
    .paragraph(format!(
        "Vous ne vous y attendiez pas\u{a0}? Écrivez aussitôt au support\u{a0}: {}.",
        facts.site.support()
    ))
}

pub(super) fn operator_suspended(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}\u{a0}: un accès de l'équipe de support est suspendu",
        facts.site.name()
    ))
    .paragraph(
        "Un membre de l'équipe de support en a suspendu un autre. La page de l'équipe dit de qui \
            il s'agit, et le journal par qui.",
    )
    .paragraph("Deux membres de l'équipe, ensemble, peuvent rétablir cet accès.")
}

pub(super) fn operator_restored(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}\u{a0}: un accès de l'équipe de support est rétabli",
        facts.site.name()
    ))
    .paragraph(
        "Deux membres de l'équipe de support ont rétabli l'accès d'un troisième. La page de \
            l'équipe dit de qui il s'agit, et le journal par qui.",
    )
    .paragraph(
        "Si personne dans l'équipe n'attendait cela, suspendez cet accès et prévenez la personne \
            qui administre le serveur.",
    )
}

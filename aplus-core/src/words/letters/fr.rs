//! The letters in French.

mod desk;
mod orders;

use super::{Draft, Facts, LoginLink};
use crate::account::Author;
use crate::mail::Message;
use crate::{RequesterKind, Retention, Site};

const LOG_IN: &str = "Se connecter";
const MY_GROUPS: &str = "Voir mes groupes";

pub(super) fn draft(facts: &Facts<'_>) -> Draft {
    let draft = match *facts.message {
        Message::LoginLink { .. } => match &facts.link {
            Some(link) => login_link(link, facts),
            None => lost_link(facts),
        },
        Message::AddressUnknown => address_unknown(facts),
        Message::AddressDeactivated => address_deactivated(facts),
        Message::Welcome { by, requester } => welcome(by, requester, facts),
        Message::AddedToGroup { by, requester } => added(by, requester, facts),
        Message::RemovedFromGroup { by } => removed(by, facts),
        Message::AccountDeactivated { by } => deactivated(by, facts),
        Message::AccountReactivated { by } => reactivated(by, facts),
        Message::AccountCreatedInYourGroup {
            group, requester, ..
        } => Draft::new(format!(
            "{}\u{a0}: un compte créé dans votre groupe",
            facts.site.name()
        ))
        .paragraph(format!(
            "L'équipe de support a créé un compte dans un groupe dont vous êtes responsable{}.",
            at_request(requester)
        ))
        .paragraph(
            "La page du groupe dit de quel compte il s'agit. S'il n'a rien à y faire, vous \
                pouvez l'y désactiver ou l'en retirer\u{a0}:",
        )
        .link("Voir le groupe", facts.group_page(group)),
        Message::OperatorAdded => operator_added(facts),
        Message::OperatorSuspended => orders::operator_suspended(facts),
        Message::OperatorRestored => orders::operator_restored(facts),
        Message::OrderProposed { .. } => orders::proposed(facts),
        Message::ConfirmAddress { .. } => match &facts.link {
            Some(link) => orders::confirm(link, facts),
            None => lost_link(facts),
        },
        Message::OrderCarriedOut { roles, details } => orders::carried_out(roles, details, facts),
        Message::AddressGained => orders::gained(facts),
        Message::AddressLost => orders::lost(facts),
        Message::SupportRequestReceived { answer_by } => desk::received(answer_by, facts),
        Message::SupportAnswered { .. } => desk::answered(facts),
        Message::JournalCheckpoint { size } => journal_checkpoint(size, facts),
    };
    draft.paragraph(format!(
        "Ce message est envoyé automatiquement par {}. Une question\u{a0}? Écrivez au \
            support\u{a0}: {}.",
        facts.site.name(),
        facts.site.support()
    ))
}

fn login_link(link: &LoginLink, facts: &Facts<'_>) -> Draft {
    Draft::new(format!("Votre lien de connexion à {}", facts.site.name()))
        .paragraph(format!(
            "Voici le lien qui vous connecte à {}\u{a0}:",
            facts.site.name()
        ))
        .link("Se connecter avec ce lien", link.reveal())
        .paragraph(format!(
            "Demandé à {}, il est valable {}\u{a0}minutes\u{a0}: il fonctionne jusqu'à {}. Il ne sert \
                qu'une fois.",
            link.asked_at, link.minutes, link.until
        ))
        .paragraph(
            "Ouvrez-le de préférence dans le navigateur où vous l'avez demandé. Sur un autre \
                appareil ou dans un autre navigateur, votre adresse e-mail vous sera \
                redemandée.",
        )
        .paragraph(
            "Vous n'avez rien demandé\u{a0}? N'ouvrez pas le lien et ne le transmettez à \
                personne\u{a0}: sans lui, personne ne se connecte. Si cela se répète, prévenez \
                le support.",
        )
}

fn lost_link(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "Demandez un nouveau lien de connexion à {}",
        facts.site.name()
    ))
    .paragraph(
        "Un lien de connexion a été demandé pour votre adresse, mais il n'a pas pu être joint à \
            ce message. Demandez-en un nouveau\u{a0}:",
    )
    .link("Demander un lien", facts.site.url(Site::LOGIN))
}

fn address_unknown(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{} ne connaît pas votre adresse",
        facts.site.name()
    ))
    .paragraph(format!(
        "Un lien de connexion à {} vient d'être demandé pour cette adresse, mais aucun compte \
            n'y est rattaché\u{a0}: il n'y a donc pas de lien dans ce message.",
        facts.site.name()
    ))
    .paragraph("Que faire\u{a0}?")
    .list([
        "Essayez votre adresse nominative, de la forme prenom.nom@structure.fr\u{a0}: c'est \
            peut-être celle de votre compte."
            .to_owned(),
        "Si votre structure a un responsable de groupe, demandez-lui de créer votre \
            compte\u{a0}: il peut le faire lui-même."
            .to_owned(),
        "Dans le cadre du déploiement France Services, votre préfecture, l'ANCT ou un partenaire \
            peut demander un compte pour vous."
            .to_owned(),
        format!("Sinon, écrivez au support\u{a0}: {}.", facts.site.support()),
    ])
    .paragraph("Pour essayer une autre adresse\u{a0}:")
    .link("Demander un lien", facts.site.url(Site::LOGIN))
    .paragraph(format!(
        "France Services est une plateforme à part\u{a0}: un compte là-bas n'en est pas un sur \
            {}.",
        facts.site.name()
    ))
    .paragraph(
        "Vous n'avez rien demandé\u{a0}? Vous pouvez ignorer ce message, envoyé une fois par \
            jour au plus.",
    )
}

fn address_deactivated(facts: &Facts<'_>) -> Draft {
    Draft::new(format!("Votre compte {} est désactivé", facts.site.name()))
        .paragraph(format!(
            "Un lien de connexion à {} vient d'être demandé pour cette adresse, mais son compte \
                est désactivé\u{a0}: il n'y a donc pas de lien dans ce message.",
            facts.site.name()
        ))
        .paragraph("Que faire\u{a0}?")
        .list([
            "Si vous avez changé d'adresse, essayez votre adresse nominative actuelle, de la \
                forme prenom.nom@structure.fr."
                .to_owned(),
            "Demandez à un responsable de votre structure\u{a0}: ce qu'un responsable a \
                désactivé, un responsable de tous vos groupes peut le réactiver."
                .to_owned(),
            "Dans le cadre du déploiement France Services, votre préfecture, l'ANCT ou un \
                partenaire peut s'adresser au support pour vous."
                .to_owned(),
            format!(
                "Sinon, écrivez au support, qui seul réactive ce qu'il a désactivé\u{a0}: {}.",
                facts.site.support()
            ),
        ])
        .paragraph("Pour essayer une autre adresse\u{a0}:")
        .link("Demander un lien", facts.site.url(Site::LOGIN))
        .paragraph(format!(
            "France Services est une plateforme à part\u{a0}: un compte là-bas n'en est pas un \
                sur {}.",
            facts.site.name()
        ))
        .paragraph(
            "Vous n'avez rien demandé\u{a0}? Vous pouvez ignorer ce message, envoyé une fois par \
                jour au plus.",
        )
}

fn welcome(by: Author, requester: Option<RequesterKind>, facts: &Facts<'_>) -> Draft {
    let contact = facts.contact(by);
    let draft = Draft::new(format!(
        "Un compte {} a été créé pour vous",
        facts.site.name()
    ))
    .paragraph(format!(
        "Un compte {} a été créé pour cette adresse par {}{}.",
        facts.site.name(),
        author(by, facts),
        at_request(requester)
    ))
    .paragraph(
        "Il n'y a pas de mot de passe. Pour vous connecter, demandez un lien avec cette \
            adresse\u{a0}:",
    )
    .link(LOG_IN, facts.site.url(Site::LOGIN));
    kept(draft, facts.retention)
        .paragraph(format!(
            "Ce compte n'est pas pour vous\u{a0}? Ne vous connectez pas et écrivez à \
                {contact}\u{a0}: tant que personne ne s'y est connecté, le compte peut être \
                retiré et votre adresse effacée."
        ))
        .paragraph(format!(
            "Pour toute question sur ce compte ou sur vos données, écrivez aussi à {contact}."
        ))
}

fn added(by: Author, requester: Option<RequesterKind>, facts: &Facts<'_>) -> Draft {
    let contact = facts.contact(by);
    let draft = Draft::new(format!(
        "{}\u{a0}: vous faites partie d'un groupe de plus",
        facts.site.name()
    ))
    .paragraph(format!(
        "Votre compte {} a été ajouté à un groupe par {}{}. Vos rôles y sont les mêmes que dans \
            vos autres groupes.",
        facts.site.name(),
        author(by, facts),
        at_request(requester)
    ))
    .paragraph("Vos groupes sont sur cette page\u{a0}:")
    .link(MY_GROUPS, facts.site.url(Site::GROUPS));
    kept(draft, facts.retention).paragraph(format!(
        "Ce groupe n'est pas pour vous\u{a0}? Vous pouvez le quitter depuis sa page, ou écrire à \
            {contact}, comme pour toute question sur ce groupe ou sur vos données."
    ))
}

fn removed(by: Author, facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}\u{a0}: vous ne faites plus partie d'un groupe",
        facts.site.name()
    ))
    .paragraph(format!(
        "Votre compte {} a été retiré d'un de ses groupes par {}. Vos autres groupes ne changent \
            pas.",
        facts.site.name(),
        author(by, facts)
    ))
    .paragraph("Vos groupes sont sur cette page\u{a0}:")
    .link(MY_GROUPS, facts.site.url(Site::GROUPS))
    .paragraph(format!(
        "C'est une erreur\u{a0}? Écrivez à {}.",
        facts.contact(by)
    ))
}

fn deactivated(by: Author, facts: &Facts<'_>) -> Draft {
    let draft = Draft::new(format!(
        "Votre compte {} a été désactivé",
        facts.site.name()
    ))
    .paragraph(format!(
        "Votre compte {} a été désactivé par {}. Vos sessions sont fermées et vos liens de \
            connexion ne fonctionnent plus.",
        facts.site.name(),
        author(by, facts)
    ));
    let back = match by {
        Author::Account(_) => format!(
            "C'est une erreur\u{a0}? Un responsable de tous vos groupes peut réactiver le \
                compte, et le support aussi. Écrivez à {}.",
            facts.contact(by)
        ),
        Author::Operator(_) | Author::Machine => format!(
            "C'est une erreur\u{a0}? Seul le support peut réactiver le compte. \
                Écrivez-lui\u{a0}: {}.",
            facts.site.support()
        ),
    };
    draft.paragraph(back)
}

fn reactivated(by: Author, facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "Votre compte {} est de nouveau actif",
        facts.site.name()
    ))
    .paragraph(format!(
        "Votre compte {} a été réactivé par {}. Les liens reçus auparavant ne fonctionnent \
            plus\u{a0}; pour vous connecter, demandez-en un nouveau avec cette adresse\u{a0}:",
        facts.site.name(),
        author(by, facts)
    ))
    .link(LOG_IN, facts.site.url(Site::LOGIN))
    .paragraph(format!(
        "C'est une erreur\u{a0}? Écrivez à {}.",
        facts.contact(by)
    ))
}

fn operator_added(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}\u{a0}: un membre de plus dans l'équipe de support",
        facts.site.name()
    ))
    .paragraph(format!(
        "Une personne a été ajoutée à l'équipe de support sur {}, ou y a été rétablie, depuis la \
            machine du serveur. Chaque membre de l'équipe reçoit ce message, elle comprise.",
        facts.site.name()
    ))
    .paragraph("Si c'est vous, connectez-vous en demandant un lien avec cette adresse\u{a0}:")
    .link(LOG_IN, facts.site.url(Site::LOGIN))
    .paragraph(
        "Si personne dans l'équipe n'attendait cet ajout, prévenez aussitôt la personne qui \
            administre le serveur.",
    )
}

fn journal_checkpoint(size: u64, facts: &Facts<'_>) -> Draft {
    let draft = Draft::new(format!(
        "{}\u{a0}: point de contrôle du journal à {size} entrées",
        facts.site.name()
    ))
    .paragraph(format!(
        "Conservez ce message\u{a0}: c'est la preuve, hors du serveur, de ce qu'étaient les {size} \
            premières entrées du journal de {}. Il est envoyé au plus une fois par heure, et à l'arrêt d'un serveur.",
        facts.site.name()
    ));
    let draft = match facts.note {
        Some(note) => draft
            .paragraph(
                "Les lignes qui vont d'ici à la phrase suivante sont le point de contrôle signé, à la \
                    lettre. Mettez-les dans un fichier\u{a0}: la vérification du journal (journal verify \
                    --anchors FICHIER) s'y rapporte\u{a0}:",
            )
            .verbatim(note),
        None => draft.paragraph(
            "Le point de contrôle lui-même n'a pas été retrouvé\u{a0}: prévenez la personne qui \
                administre le serveur.",
        ),
    };
    draft.paragraph(
        "La vérification nomme ce qui a été modifié, retiré ou réécrit depuis, même par qui possède la \
            base de données et la clé.",
    )
}

/// What A12 wants told: what is kept, and for how long (T3, T4).
fn kept(draft: Draft, retention: &Retention) -> Draft {
    let (details, traces) = (retention.accounts(), retention.journal());
    draft
        .paragraph("Ce qui est conservé, et combien de temps\u{a0}:")
        .list([
            format!(
                "votre adresse et vos informations (prénom, nom, fonction, téléphone), si elles \
                    sont remplies\u{a0}: effacées {details}\u{a0}mois après la dernière \
                    utilisation du compte. Son numéro, ses rôles, ses groupes et ses dates \
                    restent\u{a0};"
            ),
            format!(
                "un journal de ce qui est fait. L'adresse réseau, le navigateur et les textes \
                    libres en sont effacés au bout de {traces}\u{a0}mois\u{a0}; qui a \
                    fait quoi sur quel compte y reste, avec un numéro à la place de chaque nom."
            ),
        ])
}

fn author(by: Author, facts: &Facts<'_>) -> String {
    match (by, facts.responsable(by)) {
        (Author::Account(_), Some(email)) => format!("un responsable de groupe ({email})"),
        (Author::Account(_), None) => "un responsable de groupe".to_owned(),
        (Author::Operator(_) | Author::Machine, _) => {
            format!("l'équipe de support ({})", facts.site.support())
        }
    }
}

fn at_request(requester: Option<RequesterKind>) -> &'static str {
    match requester {
        None => "",
        Some(RequesterKind::Prefecture) => ", à la demande d'une préfecture",
        Some(RequesterKind::Anct) => ", à la demande de l'ANCT",
        Some(RequesterKind::Partner) => {
            ", à la demande d'un partenaire du déploiement France Services"
        }
        Some(RequesterKind::Responsable) => ", à la demande d'un responsable du groupe",
        Some(RequesterKind::Person) => {
            ", à la demande de la personne à qui le compte est \
            destiné"
        }
    }
}

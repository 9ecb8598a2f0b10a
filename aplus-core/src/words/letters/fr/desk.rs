//! Requests to support, in French (S2).

use jiff::civil::Date;

use super::super::{Draft, Facts};
use crate::Site;
use crate::words::{Language, day};

/// To whomever somebody else's request brought a letter.
const NOT_YOURS: &str = "Vous n'avez rien demandé\u{a0}? Quelqu'un a saisi votre adresse, peut-être par erreur. Vous pouvez \
    ignorer ce message.";

/// It repeats nothing of what was written: the address may have been typed by anybody.
pub(super) fn received(answer_by: Date, facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}\u{a0}: votre demande au support est arrivée",
        facts.site.name()
    ))
    .paragraph(format!(
        "Une demande au support est arrivée sur {} avec cette adresse. Elle sera lue par une personne \
            de l'équipe, qui vous répondra par e-mail.",
        facts.site.name()
    ))
    .paragraph(format!(
        "Le support répond d'ordinaire sous un à deux jours ouvrés\u{a0}: pour cette demande, au plus \
            tard le {}. Ce délai est habituel, il n'est pas garanti.",
        day(answer_by, Language::French)
    ))
    .paragraph("Pour écrire de nouveau au support, ou pour retrouver vos demandes si vous avez un compte\u{a0}:")
    .link("Contacter le support", facts.site.url(Site::CONTACT))
    .paragraph(NOT_YOURS)
}

pub(super) fn answered(facts: &Facts<'_>) -> Draft {
    let draft = Draft::new(format!(
        "{}\u{a0}: réponse du support à votre demande",
        facts.site.name()
    ));
    let Some(answer) = facts.answer else {
        return draft
            .paragraph(
                "Le support a répondu à votre demande, mais sa réponse n'a pas pu être jointe à ce \
                    message. Si vous avez un compte, vous la trouverez sur la page de contact\u{a0}:",
            )
            .link("Contacter le support", facts.site.url(Site::CONTACT));
    };
    match answer.page {
        Some(conversation) => draft
            .paragraph(format!(
                "L'équipe de support répond à votre demande «\u{a0}{}\u{a0}»\u{a0}:",
                answer.subject
            ))
            .quote(answer.text.as_str())
            .paragraph("Pour relire votre demande, ou pour répondre\u{a0}:")
            .link("Voir la demande", facts.conversation_page(conversation)),
        // Whoever typed somebody else's address sends them none of their own words, a subject neither.
        None => draft
            .paragraph("L'équipe de support répond à une demande arrivée avec cette adresse\u{a0}:")
            .quote(answer.text.as_str())
            .paragraph("Pour écrire de nouveau au support\u{a0}:")
            .link("Contacter le support", facts.site.url(Site::CONTACT))
            .paragraph(NOT_YOURS),
    }
}

//! What happened to a link, in French.

use crate::Site;
use crate::service::LinkStep;
use crate::words::{Language, last};

pub(in crate::words) fn link_step(step: LinkStep, site: &Site) -> String {
    match step {
        LinkStep::Asked => "Le lien a été demandé.",
        LinkStep::HandedOver => "Le message avec le lien a été remis au serveur de messagerie.",
        LinkStep::Waits => "Le message avec le lien attend encore d'être envoyé.",
        LinkStep::GivenUp => {
            "Le message avec le lien n'a pas pu être remis au serveur de messagerie."
        }
        LinkStep::Looked(looks) => {
            let scanner = "Un filtre de messagerie peut le faire de lui-même.";
            return match looks.times {
                1 => format!("La page du lien a été ouverte une fois sans appui sur son bouton. {scanner}"),
                times => format!(
                    "La page du lien a été ouverte {times} fois sans appui sur son bouton, la dernière fois {}. {scanner}",
                    last(&looks, Language::French, site)
                ),
            };
        }
        LinkStep::Superseded => "Un lien plus récent l'a remplacé.",
        LinkStep::Used => "Le lien a servi à se connecter.",
        LinkStep::Expired => "Le lien a expiré sans servir.",
        LinkStep::Ended => "Le lien a été annulé.",
    }
    .to_owned()
}

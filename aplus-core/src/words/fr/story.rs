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
            // A press is no look, but most looks are those of who presses next: nothing is said of presses.
            let scanner = "L'ouvrir ne connecte personne\u{a0}; un filtre de messagerie peut le faire de lui-même.";
            return match looks.times {
                1 => format!("La page du lien a été ouverte une fois. {scanner}"),
                times => format!(
                    "La page du lien a été ouverte {times} fois, la dernière fois {}. {scanner}",
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

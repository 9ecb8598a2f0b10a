//! What happened to a link, in English.

use crate::Site;
use crate::service::LinkStep;
use crate::words::{Language, last};

pub(in crate::words) fn link_step(step: LinkStep, site: &Site) -> String {
    match step {
        LinkStep::Asked => "The link was asked for.",
        LinkStep::HandedOver => "The mail with the link was handed over to the mail server.",
        LinkStep::Waits => "The mail with the link still waits to be sent.",
        LinkStep::GivenUp => "The mail with the link could not be handed over to the mail server.",
        LinkStep::Looked(looks) => {
            let scanner = "Opening it logs nobody in; a mail scanner may do so by itself.";
            return match looks.times {
                1 => format!("The page of the link was opened once. {scanner}"),
                times => format!(
                    "The page of the link was opened {times} times, the last time {}. {scanner}",
                    last(&looks, Language::English, site)
                ),
            };
        }
        LinkStep::Superseded => "A newer link took its place.",
        LinkStep::Used => "The link was used to log in.",
        LinkStep::Expired => "The link expired unused.",
        LinkStep::Ended => "The link was cancelled.",
    }
    .to_owned()
}

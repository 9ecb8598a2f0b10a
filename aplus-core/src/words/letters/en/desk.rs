//! Requests to support, in English (S2).

use jiff::civil::Date;

use super::super::{Draft, Facts};
use crate::Site;
use crate::words::{Language, day};

/// To whomever somebody else's request brought a letter.
const NOT_YOURS: &str = "You asked for nothing? Somebody typed your address, perhaps by mistake. You can ignore this message.";

/// It repeats nothing of what was written: the address may have been typed by anybody.
pub(super) fn received(answer_by: Date, facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}: your request to support has arrived",
        facts.site.name()
    ))
    .paragraph(format!(
        "A request to the support of {} arrived with this address. Somebody of the team will read it and \
            answer you by e-mail.",
        facts.site.name()
    ))
    .paragraph(format!(
        "Support usually answers within one to two working days: this request by {}. That is usual, and \
            no promise.",
        day(answer_by, Language::English)
    ))
    .paragraph("To write to support again, or to find your requests if you have an account:")
    .link("Contact support", facts.site.url(Site::CONTACT))
    .paragraph(NOT_YOURS)
}

pub(super) fn answered(facts: &Facts<'_>) -> Draft {
    let draft = Draft::new(format!(
        "{}: an answer of support to your request",
        facts.site.name()
    ));
    let Some(answer) = facts.answer else {
        return draft
            .paragraph(
                "Support answered your request, but its answer could not be put into this message. If you \
                    have an account you find it on the contact page:",
            )
            .link("Contact support", facts.site.url(Site::CONTACT));
    };
    match answer.page {
        Some(conversation) => draft
            .paragraph(format!(
                "The support team answers your request “{}”:",
                answer.subject
            ))
            .quote(answer.text.as_str())
            .paragraph("To read your request again, or to reply:")
            .link("See the request", facts.conversation_page(conversation)),
        // Whoever typed somebody else's address sends them none of their own words, a subject neither.
        None => draft
            .paragraph("The support team answers a request that arrived with this address:")
            .quote(answer.text.as_str())
            .paragraph("To write to support again:")
            .link("Contact support", facts.site.url(Site::CONTACT))
            .paragraph(NOT_YOURS),
    }
}

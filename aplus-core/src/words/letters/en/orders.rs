//! Support orders and operators, in English (A6, A14).

use super::super::{Draft, Facts, LoginLink};
use super::{LOG_IN, MY_GROUPS};
use crate::{Roles, Site, words};

pub(super) fn proposed(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}: a support order waits for a decision",
        facts.site.name()
    ))
    .paragraph(
        "The support team proposed to change an account. Nothing changes unless somebody else \
            approves it: another operator, or a responsable of one of the account's groups.",
    )
    .paragraph(
        "To read it, and to approve or refuse it, a responsable goes by the page of the group, and \
            an operator by the support team's orders:",
    )
    .link(MY_GROUPS, facts.site.url(Site::GROUPS))
    .paragraph("If you do not understand it, do not approve it: ask support first.")
}

pub(super) fn confirm(link: &LoginLink, facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "Confirm your new address for {}",
        facts.site.name()
    ))
    .paragraph(format!(
        "Following a request to support, this address is to become that of a {} account. It \
                counts only once it is confirmed with this link, which logs you in as well:",
        facts.site.name()
    ))
    .link("Confirm this address", link.reveal())
    .paragraph(format!(
        "Sent at {}, it lives {} minutes: it works until {}. It works only once, and you \
                will be asked for this address again.",
        link.asked_at, link.minutes, link.until
    ))
    .paragraph("When it is over, ask for another link with this address:")
    .link("Ask for a link", facts.site.url(Site::LOGIN))
    .paragraph(
        "You asked for nothing? Do not open the link, and tell support: without a \
                confirmation nothing changes.",
    )
}

pub(super) fn carried_out(roles: Option<Roles>, details: bool, facts: &Facts<'_>) -> Draft {
    let draft =
        Draft::new(format!("Your {} account was changed", facts.site.name())).paragraph(format!(
            "Following a request to support, your {} account was changed.",
            facts.site.name()
        ));
    let draft = match roles {
        Some(roles) => draft.paragraph(format!(
            "Your roles are now: {}.",
            words::role_list(roles, words::Language::English)
        )),
        None => draft,
    };
    let draft = match details {
        true => draft.paragraph("Your details were corrected."),
        false => draft,
    };
    // Details are corrected of a deactivated account alone (A4).
    let draft = match details {
        true => {
            draft.paragraph("The account stays deactivated: this change does not let you log in.")
        }
        false => draft
            .paragraph(
                "Your sessions are closed and your login links no longer work. To log in, ask for \
                    a new one with this address:",
            )
            .link(LOG_IN, facts.site.url(Site::LOGIN)),
    };
    draft.paragraph(format!(
        "Is this a mistake? Write to support: {}.",
        facts.site.support()
    ))
}

pub(super) fn gained(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}: this address is now that of your account",
        facts.site.name()
    ))
    .paragraph(format!(
        "You confirmed this address: it is now that of your {} account. The former one no longer \
            logs into it, and the other sessions are closed.",
        facts.site.name()
    ))
    .paragraph("From now on ask for your login links with this address:")
    .link(LOG_IN, facts.site.url(Site::LOGIN))
    .paragraph(format!(
        "This was not you? Write to support at once: {}.",
        facts.site.support()
    ))
}

pub(super) fn lost(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}: this address is no longer that of an account",
        facts.site.name()
    ))
    .paragraph(format!(
        "Following a request to support, which was approved, this address is no longer that of a \
            {} account: it no longer logs in.",
        facts.site.name()
    ))
    .paragraph(format!(
        "You did not expect this? Write to support at once: {}.",
        facts.site.support()
    ))
}

pub(super) fn operator_suspended(facts: &Facts<'_>) -> Draft {
    Draft::new(format!("{}: an operator was suspended", facts.site.name()))
        .paragraph(
            "One of the support team suspended another. The team's page says whom, and the journal \
            by whom.",
        )
        .paragraph("Two operators together can bring them back.")
}

pub(super) fn operator_restored(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}: an operator was brought back",
        facts.site.name()
    ))
    .paragraph(
        "Two of the support team brought a third one back. The team's page says whom, and the \
            journal by whom.",
    )
    .paragraph(
        "If nobody in the team expected this, suspend them again and tell whoever administers \
            the server.",
    )
}

//! The letters in English.

mod desk;
mod orders;

use super::{Draft, Facts, LoginLink};
use crate::account::Author;
use crate::mail::Message;
use crate::{RequesterKind, Retention, Site};

const LOG_IN: &str = "Log in";
const MY_GROUPS: &str = "See my groups";

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
            "{}: an account created in your group",
            facts.site.name()
        ))
        .paragraph(format!(
            "The support team created an account in a group that you are a responsable of{}.",
            at_request(requester)
        ))
        .paragraph(
            "The group's page says which account. If it has no business there, you can \
                deactivate it or take it out on that page:",
        )
        .link("See the group", facts.group_page(group)),
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
        "This automatic message comes from {}. A question? Write to support: {}.",
        facts.site.name(),
        facts.site.support()
    ))
}

fn login_link(link: &LoginLink, facts: &Facts<'_>) -> Draft {
    Draft::new(format!("Your login link for {}", facts.site.name()))
        .paragraph(format!("This link logs you into {}:", facts.site.name()))
        .link("Log in with this link", link.reveal())
        .paragraph(format!(
            "Asked for at {}, it is valid for {} minutes: it works until {}. It works only once.",
            link.asked_at, link.minutes, link.until
        ))
        .paragraph(
            "Open it in the browser where you asked for it if you can. On another device or in \
                another browser you will be asked for your e-mail address again.",
        )
        .paragraph(
            "You did not ask for anything? Do not open the link and do not pass it on: without \
                it nobody logs in. If it happens again, tell support.",
        )
}

fn lost_link(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "Ask for a new login link for {}",
        facts.site.name()
    ))
    .paragraph(
        "A login link was asked for with your address, but it could not be put into this \
            message. Ask for a new one:",
    )
    .link("Ask for a link", facts.site.url(Site::LOGIN))
}

fn address_unknown(facts: &Facts<'_>) -> Draft {
    Draft::new(format!("{} does not know your address", facts.site.name()))
        .paragraph(format!(
            "A login link for {} was just asked for with this address, but no account goes with \
                it: so there is no link in this message.",
            facts.site.name()
        ))
        .paragraph("What to do?")
        .list([
            "Try your own address, such as prenom.nom@structure.fr: it may be the one of your \
                account."
                .to_owned(),
            "If your structure has a group's responsable, ask them to create your account: they \
                can do it themselves."
                .to_owned(),
            "In the France Services deployment, your préfecture, the ANCT or a partner can ask \
                for an account for you."
                .to_owned(),
            format!("Otherwise write to support: {}.", facts.site.support()),
        ])
        .paragraph("To try another address:")
        .link("Ask for a link", facts.site.url(Site::LOGIN))
        .paragraph(format!(
            "France Services is a separate platform: an account there is none on {}.",
            facts.site.name()
        ))
        .paragraph(
            "You did not ask for anything? You can ignore this message, sent once a day at most.",
        )
}

fn address_deactivated(facts: &Facts<'_>) -> Draft {
    Draft::new(format!("Your {} account is deactivated", facts.site.name()))
        .paragraph(format!(
            "A login link for {} was just asked for with this address, but its account is \
                deactivated: so there is no link in this message.",
            facts.site.name()
        ))
        .paragraph("What to do?")
        .list([
            "If your address has changed, try your own present one, such as \
                prenom.nom@structure.fr."
                .to_owned(),
            "Ask a responsable of your structure: what a responsable deactivated, a responsable \
                of all your groups can reactivate."
                .to_owned(),
            "In the France Services deployment, your préfecture, the ANCT or a partner can turn \
                to support for you."
                .to_owned(),
            format!(
                "Otherwise write to support, who alone reactivate what they deactivated: {}.",
                facts.site.support()
            ),
        ])
        .paragraph("To try another address:")
        .link("Ask for a link", facts.site.url(Site::LOGIN))
        .paragraph(format!(
            "France Services is a separate platform: an account there is none on {}.",
            facts.site.name()
        ))
        .paragraph(
            "You did not ask for anything? You can ignore this message, sent once a day at most.",
        )
}

fn welcome(by: Author, requester: Option<RequesterKind>, facts: &Facts<'_>) -> Draft {
    let contact = facts.contact(by);
    let draft = Draft::new(format!(
        "An account was created for you on {}",
        facts.site.name()
    ))
    .paragraph(format!(
        "An account on {} was created for this address by {}{}.",
        facts.site.name(),
        author(by, facts),
        at_request(requester)
    ))
    .paragraph("There is no password. To log in, ask for a link with this address:")
    .link(LOG_IN, facts.site.url(Site::LOGIN));
    kept(draft, facts.retention)
        .paragraph(format!(
            "This account is not for you? Do not log in, and write to {contact}: as long as \
                nobody has logged in, the account can be withdrawn and your address erased."
        ))
        .paragraph(format!(
            "For any question about this account or your data, write to {contact} too."
        ))
}

fn added(by: Author, requester: Option<RequesterKind>, facts: &Facts<'_>) -> Draft {
    let contact = facts.contact(by);
    let draft = Draft::new(format!(
        "{}: you belong to one more group",
        facts.site.name()
    ))
    .paragraph(format!(
        "Your {} account was added to a group by {}{}. Your roles there are those of your other \
            groups.",
        facts.site.name(),
        author(by, facts),
        at_request(requester)
    ))
    .paragraph("Your groups are on this page:")
    .link(MY_GROUPS, facts.site.url(Site::GROUPS));
    kept(draft, facts.retention).paragraph(format!(
        "This group is not for you? You can leave it on its page, or write to {contact}, as for \
            any question about this group or your data."
    ))
}

fn removed(by: Author, facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}: you no longer belong to a group",
        facts.site.name()
    ))
    .paragraph(format!(
        "Your {} account was taken out of one of its groups by {}. Your other groups stay as \
            they are.",
        facts.site.name(),
        author(by, facts)
    ))
    .paragraph("Your groups are on this page:")
    .link(MY_GROUPS, facts.site.url(Site::GROUPS))
    .paragraph(format!(
        "Is this a mistake? Write to {}.",
        facts.contact(by)
    ))
}

fn deactivated(by: Author, facts: &Facts<'_>) -> Draft {
    let draft = Draft::new(format!(
        "Your {} account was deactivated",
        facts.site.name()
    ))
    .paragraph(format!(
        "Your {} account was deactivated by {}. Your sessions have ended and your login links no \
            longer work.",
        facts.site.name(),
        author(by, facts)
    ));
    let back = match by {
        Author::Account(_) => format!(
            "Is this a mistake? A responsable of all your groups can reactivate the account, and \
                so can support. Write to {}.",
            facts.contact(by)
        ),
        Author::Operator(_) | Author::Machine => format!(
            "Is this a mistake? Only support can reactivate the account. Write to them: {}.",
            facts.site.support()
        ),
    };
    draft.paragraph(back)
}

fn reactivated(by: Author, facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "Your {} account is active again",
        facts.site.name()
    ))
    .paragraph(format!(
        "Your {} account was reactivated by {}. Links sent before no longer work; to log in, ask \
            for a new one with this address:",
        facts.site.name(),
        author(by, facts)
    ))
    .link(LOG_IN, facts.site.url(Site::LOGIN))
    .paragraph(format!(
        "Is this a mistake? Write to {}.",
        facts.contact(by)
    ))
}

fn operator_added(facts: &Facts<'_>) -> Draft {
    Draft::new(format!(
        "{}: one more member of the support team",
        facts.site.name()
    ))
    .paragraph(format!(
        "Somebody was added to the support team of {}, or restored to it, from the server's own \
            machine. Every member of the team gets this message, the new one too.",
        facts.site.name()
    ))
    .paragraph("If that is you, log in by asking for a link with this address:")
    .link(LOG_IN, facts.site.url(Site::LOGIN))
    .paragraph("If nobody in the team expected it, tell whoever runs the server at once.")
}

fn journal_checkpoint(size: u64, facts: &Facts<'_>) -> Draft {
    let draft = Draft::new(format!(
        "{}: checkpoint of the journal at {size} entries",
        facts.site.name()
    ))
    .paragraph(format!(
        "Keep this message: it is the proof, outside the server, of what the first {size} entries of \
            the journal of {} were. It is sent at most once an hour, and when a server stops.",
        facts.site.name()
    ));
    let draft = match facts.note {
        Some(note) => draft
            .paragraph(
                "The lines from here to the next sentence are the signed checkpoint, to the letter. Put \
                    them into a file, and the check of the journal (journal verify --anchors FILE) takes \
                    it as an anchor:",
            )
            .verbatim(note),
        None => draft.paragraph("The checkpoint itself was not found any more: tell whoever runs the server."),
    };
    draft.paragraph(
        "The check says what was altered, removed or written anew since then, even by whoever owns the \
            database and the key.",
    )
}

/// What A12 wants told: what is kept, and for how long (T3, T4).
fn kept(draft: Draft, retention: &Retention) -> Draft {
    let (details, traces) = (retention.accounts(), retention.journal());
    draft.paragraph("What is kept, and for how long:").list([
        format!(
            "your address and your details (first name, last name, job title, phone number), \
                where they are filled in: erased {details} months after the account's \
                last use. Its number, roles, groups and dates stay;"
        ),
        format!(
            "a journal of what is done. Network addresses, browsers and free text in it are \
                erased after {traces} months; who did what to which account stays, with \
                a number in place of each name."
        ),
    ])
}

fn author(by: Author, facts: &Facts<'_>) -> String {
    match (by, facts.responsable(by)) {
        (Author::Account(_), Some(email)) => format!("a group's responsable ({email})"),
        (Author::Account(_), None) => "a group's responsable".to_owned(),
        (Author::Operator(_) | Author::Machine, _) => {
            format!("the support team ({})", facts.site.support())
        }
    }
}

fn at_request(requester: Option<RequesterKind>) -> &'static str {
    match requester {
        None => "",
        Some(RequesterKind::Prefecture) => ", at the request of a préfecture",
        Some(RequesterKind::Anct) => ", at the request of the ANCT",
        Some(RequesterKind::Partner) => {
            ", at the request of a partner of the France Services deployment"
        }
        Some(RequesterKind::Responsable) => ", at the request of a responsable of the group",
        Some(RequesterKind::Person) => ", at the request of the person whom the account is for",
    }
}

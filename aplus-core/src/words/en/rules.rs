//! The rules in English, one sentence each.

use crate::Rule;

pub(in crate::words) fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::L1 => {
            "People log in by opening and confirming a link sent to their professional address, \
                without a password."
        }
        Rule::L2 => "A link lives 30 minutes at most and then no longer works.",
        Rule::L3 => "A link works once.",
        Rule::L4 => {
            "Each browser that asks for a link has one live link: a newer one takes the place of \
                the older."
        }
        Rule::L5 => "Opening a link changes nothing; only the button that confirms logs in.",
        Rule::L6 => {
            "In the browser that asked for the link one press is enough; in any other the \
                address is asked for."
        }
        Rule::L7 => {
            "The answer to asking for a link is the same for every address, known or \
            not."
        }
        Rule::L8 => {
            "After asking, the page says where the link went, until what hour it lives and what \
                to do if it does not arrive."
        }
        Rule::L9 => "A link that no longer works says why and offers a new one.",
        Rule::L10 => {
            "A deactivated account cannot log in, and its sessions and links end at \
            once."
        }
        Rule::L11 => {
            "A session ends at logout, after a limited time or without use; people see and end \
                their own."
        }
        Rule::L12 => {
            "After logging in one lands on the page that one wanted, if it is a page of this \
                site."
        }
        Rule::L13 => "Logging in never takes a puzzle or a picture to decipher.",
        Rule::L14 => {
            "An account may also be known by an identity provider, bound at a login with the \
                same address."
        }
        Rule::A1 => "Only an active account with the role responsable creates accounts.",
        Rule::A2 => {
            "A responsable creates accounts, adds and takes out members in their own groups and \
                in no other."
        }
        Rule::A3 => "Nobody changes the address or the roles of an existing account.",
        Rule::A4 => "People change their own details, and only those.",
        Rule::A5 => "An address has one account, and a shared mailbox is never a responsable.",
        Rule::A6 => "Only a support order changes an address or roles.",
        Rule::A7 => {
            "Support creates groups and accounts at the request of a requester, and the account \
                keeps the trace of it."
        }
        Rule::A8 => {
            "A responsable deactivates an account that has only their groups, never their own, \
                and a group keeps an active responsable."
        }
        Rule::A9 => {
            "An account is seen by the person, the members and responsables of its groups, and \
                support."
        }
        Rule::A10 => "A right counts at the moment it is used.",
        Rule::A11 => {
            "An account that nobody ever logged into may be withdrawn, and its address is free \
                again."
        }
        Rule::A12 => "Whoever gets an account or enters a group is told by e-mail.",
        Rule::A13 => {
            "An account unused for six months is deactivated, after two e-mails of warning."
        }
        Rule::A14 => {
            "Somebody joins the support team only from the server's own machine; one colleague \
                can suspend them, two restore them."
        }
        Rule::S1 => "Every refusal leads to the help article that shows the way out.",
        Rule::S2 => {
            "Anybody may write to support, logged in or not, and learns how soon it usually \
                answers."
        }
        Rule::S3 => "One can chat with support when somebody is there, without promised hours.",
        Rule::S4 => "Whoever uses an outdated browser is told so and can still read the page.",
        Rule::S5 => {
            "The foot of each page leads to accessibility, the legal notice, personal data and \
                support."
        }
        Rule::T1 => "Every change, login, look by support and refusal is entered in the journal.",
        Rule::T2 => "The journal can only be added to, and whatever is altered in it is seen.",
        Rule::T3 => {
            "Network addresses, browsers and free text go from the journal after some time; who \
                did what stays."
        }
        Rule::T4 => {
            "An account loses its details and address when it has not been used for \
            long."
        }
    }
}

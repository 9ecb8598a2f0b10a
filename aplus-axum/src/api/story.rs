//! What happened to an account and its links, in plain words, for support on the telephone.

use aplus_core::link::{self, LinkState, WRONG_ADDRESSES};
use aplus_core::ports::LinkStory;
use aplus_core::service::FoundAccount;
use aplus_core::words::Language;
use aplus_core::{LinkId, Timestamp};
use serde::Serialize;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Step {
    /// When; none where that is not kept.
    pub(crate) at: Option<Timestamp>,
    /// What, in a sentence.
    pub(crate) what: String,
    /// To which link, if to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

enum Event {
    AccountCreated,
    LastLogIn,
    LinkAsked,
    MailHandedOver,
    MailWaits,
    WrongAddresses(u8),
    LinkExpired,
    LinkUsed,
    LinkSuperseded,
    LinkEnded,
}

impl Event {
    fn words(&self, language: Language) -> String {
        let (french, english) = match self {
            Self::AccountCreated => ("Le compte a été créé.", "The account was created."),
            Self::LastLogIn => (
                "La personne s'est connectée pour la dernière fois.",
                "The person last logged in.",
            ),
            Self::LinkAsked => ("Un lien a été demandé.", "A link was asked for."),
            Self::MailHandedOver => (
                "Le message avec le lien a été remis au serveur de messagerie.",
                "The mail with the link was handed over to the mail server.",
            ),
            Self::MailWaits => (
                "Le message avec le lien attend encore d'être envoyé.",
                "The mail with the link still waits to be sent.",
            ),
            Self::WrongAddresses(number) => {
                return match language {
                    Language::French => format!(
                        "Dans un autre navigateur, une autre adresse a été saisie\u{a0}: {number} fois sur \
                         {WRONG_ADDRESSES} permises."
                    ),
                    Language::English => format!(
                        "In another browser, another address was given: {number} times of {WRONG_ADDRESSES} allowed."
                    ),
                };
            }
            Self::LinkExpired => ("Le lien a expiré sans servir.", "The link expired unused."),
            Self::LinkUsed => (
                "Le lien a servi à se connecter.",
                "The link was used to log in.",
            ),
            Self::LinkSuperseded => (
                "Un lien plus récent l'a remplacé.",
                "A newer link took its place.",
            ),
            Self::LinkEnded => (
                "Le lien ne sert plus\u{a0}: le compte a changé ou ses sessions ont été fermées.",
                "The link no longer works: the account changed or its sessions were ended.",
            ),
        };
        match language {
            Language::French => french,
            Language::English => english,
        }
        .to_owned()
    }
}

type Happened = (Option<Timestamp>, Event, Option<LinkId>);

/// The steps of an account's story at `now`, the newest first; what has no hour of its own follows its link.
pub(crate) fn steps(found: &FoundAccount, now: Timestamp, language: Language) -> Vec<Step> {
    let account = &found.account;
    let mut all: Vec<(Timestamp, Happened)> = found
        .links
        .iter()
        .flat_map(|story| of_link(story, now))
        .collect();
    all.push((
        account.created_at(),
        (Some(account.created_at()), Event::AccountCreated, None),
    ));
    all.extend(
        account
            .last_login_at()
            .map(|at| (at, (Some(at), Event::LastLogIn, None))),
    );
    // Stable, so that of one moment the later word comes first.
    all.reverse();
    all.sort_by_key(|(order, _)| std::cmp::Reverse(*order));
    let step = |(_, (at, event, link)): (Timestamp, Happened)| Step {
        at,
        what: event.words(language),
        link: link.map(|link| link.to_string()),
    };
    all.into_iter().map(step).collect()
}

fn of_link(story: &LinkStory, now: Timestamp) -> Vec<(Timestamp, Happened)> {
    let facts = &story.link;
    let id = Some(facts.id);
    let known = |at, event| (at, (Some(at), event, id));
    let unknown = |event| (facts.issued_at, (None, event, id));
    let mut steps = vec![known(facts.issued_at, Event::LinkAsked)];
    steps.extend(
        story
            .handed_over
            .iter()
            .map(|at| known(*at, Event::MailHandedOver)),
    );
    if story.waiting {
        steps.push(unknown(Event::MailWaits));
    }
    if facts.wrong_addresses > 0 {
        steps.push(unknown(Event::WrongAddresses(facts.wrong_addresses)));
    }
    match link::state(facts, now) {
        LinkState::Live | LinkState::Unknown => {}
        LinkState::Expired(at) => steps.push(known(at, Event::LinkExpired)),
        LinkState::Used(at) => steps.push(known(at, Event::LinkUsed)),
        LinkState::Superseded(at) => steps.push(known(at, Event::LinkSuperseded)),
        LinkState::Ended => steps.push(unknown(Event::LinkEnded)),
    }
    steps
}

//! What happened to an account and its links, in plain words, for support on the telephone.

use aplus_core::link::{self, LinkState, WRONG_ADDRESSES};
use aplus_core::ports::{LinkStory, Looks};
use aplus_core::service::{FoundAccount, LinkStep};
use aplus_core::words::{self, Language};
use aplus_core::{LinkId, Site, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Step {
    /// When; none where that is not kept.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub(crate) at: Option<Timestamp>,
    /// What, in a sentence.
    pub(crate) what: String,
    /// To which link, if to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    link: Option<String>,
}

enum Event {
    AccountCreated,
    LastLogIn,
    LinkAsked,
    MailHandedOver,
    MailGivenUp(String),
    MailWaits,
    LinkLooked(Looks),
    WrongAddresses(u8),
    LinkExpired,
    LinkUsed,
    LinkSuperseded,
    LinkEnded,
}

impl Event {
    fn words(&self, language: Language, site: &Site) -> String {
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
            Self::MailGivenUp(reason) => given_up(reason),
            Self::MailWaits => (
                "Le message avec le lien attend encore d'être envoyé.",
                "The mail with the link still waits to be sent.",
            ),
            Self::LinkLooked(looks) => {
                return words::link_step(LinkStep::Looked(*looks), language, site);
            }
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

/// Why a link's mail was not sent, by the word that the outbox keeps.
fn given_up(reason: &str) -> (&'static str, &'static str) {
    match reason {
        "refused" => (
            "Le serveur de messagerie a refusé le message avec le lien\u{a0}: vérifiez l'adresse.",
            "The mail server refused the mail with the link: check the address.",
        ),
        "late_link" => (
            "Le message avec le lien n'a pas pu partir à temps\u{a0}: il faut demander un nouveau lien.",
            "The mail with the link could not leave in time: a new link is to be asked for.",
        ),
        "dead_link" => (
            "Le message avec le lien n'est pas parti\u{a0}: le lien ne servait déjà plus.",
            "The mail with the link was not sent: the link no longer worked.",
        ),
        "withdrawn" => (
            "Le message avec le lien n'est pas parti\u{a0}: le compte avait été retiré.",
            "The mail with the link was not sent: the account had been withdrawn.",
        ),
        "unknown_key" => (
            "Le message avec le lien n'est pas parti\u{a0}: aucun serveur n'avait la clé du lien. Prévenez l'exploitation.",
            "The mail with the link was not sent: no server had the link's key. Tell those who run the servers.",
        ),
        "mismatch" | "unreadable" => (
            "Le message avec le lien n'a pas pu être préparé. Prévenez l'exploitation.",
            "The mail with the link could not be prepared. Tell those who run the servers.",
        ),
        _ => (
            "Le message avec le lien n'a pas pu être remis au serveur de messagerie.",
            "The mail with the link could not be handed over to the mail server.",
        ),
    }
}

type Happened = (Option<Timestamp>, Event, Option<LinkId>);

/// The steps of an account's story at `now`, the newest first; what has no hour of its own follows its link.
pub(crate) fn steps(
    found: &FoundAccount,
    now: Timestamp,
    language: Language,
    site: &Site,
) -> Vec<Step> {
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
        what: event.words(language, site),
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
    steps.extend(story.given_up.iter().map(|given_up| {
        let event = Event::MailGivenUp(given_up.reason.clone());
        known(given_up.at, event)
    }));
    if story.waiting {
        steps.push(unknown(Event::MailWaits));
    }
    steps.extend(
        story
            .looks
            .map(|looks| known(looks.first, Event::LinkLooked(looks))),
    );
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use aplus_core::link::{LinkFacts, Purpose};
    use aplus_core::ports::GivenUp;
    use aplus_core::{AccountId, BrowserHash, EmailAddress, Epoch, Principal};

    use super::*;

    fn story(at: Timestamp, reason: &str) -> LinkStory {
        LinkStory {
            link: LinkFacts {
                id: LinkId::from_uuid(uuid::Uuid::nil()),
                purpose: Purpose::LogIn,
                principal: Principal::Account(AccountId::from_uuid(uuid::Uuid::nil())),
                email: EmailAddress::parse("camille@mairie.example").unwrap(),
                browser: BrowserHash::from_bytes([0; 32]),
                issued_at: at,
                expires_at: at,
                used: None,
                superseded_at: None,
                wrong_addresses: 0,
                epoch: Epoch(1),
                current_epoch: Epoch(1),
                active: true,
                next: None,
            },
            handed_over: Vec::new(),
            given_up: vec![GivenUp {
                at,
                reason: reason.to_owned(),
            }],
            waiting: false,
            looks: None,
        }
    }

    #[test]
    fn support_reads_when_a_links_mail_was_given_up_and_why() {
        let at: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let reasons = [
            "refused",
            "late_link",
            "dead_link",
            "withdrawn",
            "unknown_key",
            "mismatch",
            "time_out",
        ];
        let site = Site::new("https://aplus.example").unwrap();
        for language in [Language::French, Language::English] {
            let mut told = BTreeSet::new();
            for reason in reasons {
                let steps = of_link(&story(at, reason), at);
                let found = steps.iter().find_map(|(_, (hour, event, _))| match event {
                    Event::MailGivenUp(_) => Some((*hour, event.words(language, &site))),
                    _ => None,
                });
                let (hour, sentence) = found.unwrap();
                assert_eq!(hour, Some(at));
                told.insert(sentence);
            }
            assert_eq!(told.len(), reasons.len(), "a sentence for each");
        }
    }
}

//! Small cookies of the pages, beside the two that log in: what was just done, and which address this browser typed.

use std::time::Duration;

use aplus_core::{EmailAddress, Lifetimes, Site, Timestamp};
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

/// A cookie for a page to come; what it holds changes nothing but what this browser is shown.
struct Slip {
    secure: &'static str,
    plain: &'static str,
}

const NOTE: Slip = Slip {
    secure: "__Host-aplus-note",
    plain: "aplus-note",
};
const ASKED: Slip = Slip {
    secure: "__Host-aplus-asked",
    plain: "aplus-asked",
};

impl Slip {
    fn name(&self, site: &Site) -> &'static str {
        if site.is_secure() {
            self.secure
        } else {
            self.plain
        }
    }

    fn read(&self, headers: &HeaderMap, site: &Site) -> Option<String> {
        CookieJar::from_headers(headers)
            .get(self.name(site))
            .map(|cookie| cookie.value().to_owned())
    }

    fn write(&self, value: String, life: Duration, site: &Site) -> Option<HeaderValue> {
        let cookie = Cookie::build((self.name(site), value))
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(site.is_secure())
            .path("/")
            .build();
        HeaderValue::try_from(format!("{}; Max-Age={}", cookie.encoded(), life.as_secs())).ok()
    }
}

/// What was just done: shown once, on the next page. A closed list, so that no cookie writes on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Note {
    DetailsSaved,
    AccountCreated,
    AccountCreatedLookAgain,
    MemberAdded,
    MemberRemoved,
    GroupLeft,
    Deactivated,
    Reactivated,
    Withdrawn,
    SessionEnded,
    SessionsEnded,
    LoggedOut,
    GroupCreated,
    AccountCreatedWithOrder,
    OrderProposed,
    OrderApproved,
    OrderCarriedOut,
    OrderRefused,
    OrderWithdrawn,
    AddressConfirmed,
    OperatorSuspended,
    RestoreAsked,
    OperatorRestored,
    #[cfg(feature = "desk")]
    RequestSent,
    #[cfg(feature = "desk")]
    MessageSent,
    #[cfg(feature = "desk")]
    AnswerSent,
    #[cfg(feature = "desk")]
    RequestClosed,
}

impl Note {
    const ALL: &[Self] = &[
        Self::DetailsSaved,
        Self::AccountCreated,
        Self::AccountCreatedLookAgain,
        Self::MemberAdded,
        Self::MemberRemoved,
        Self::GroupLeft,
        Self::Deactivated,
        Self::Reactivated,
        Self::Withdrawn,
        Self::SessionEnded,
        Self::SessionsEnded,
        Self::LoggedOut,
        Self::GroupCreated,
        Self::AccountCreatedWithOrder,
        Self::OrderProposed,
        Self::OrderApproved,
        Self::OrderCarriedOut,
        Self::OrderRefused,
        Self::OrderWithdrawn,
        Self::AddressConfirmed,
        Self::OperatorSuspended,
        Self::RestoreAsked,
        Self::OperatorRestored,
        #[cfg(feature = "desk")]
        Self::RequestSent,
        #[cfg(feature = "desk")]
        Self::MessageSent,
        #[cfg(feature = "desk")]
        Self::AnswerSent,
        #[cfg(feature = "desk")]
        Self::RequestClosed,
    ];

    fn code(self) -> &'static str {
        match self {
            Self::DetailsSaved => "details",
            Self::AccountCreated => "account",
            Self::AccountCreatedLookAgain => "account_look_again",
            Self::MemberAdded => "member",
            Self::MemberRemoved => "removed",
            Self::GroupLeft => "left",
            Self::Deactivated => "deactivated",
            Self::Reactivated => "reactivated",
            Self::Withdrawn => "withdrawn",
            Self::SessionEnded => "session",
            Self::SessionsEnded => "sessions",
            Self::LoggedOut => "logged_out",
            Self::GroupCreated => "group",
            Self::AccountCreatedWithOrder => "account_order",
            Self::OrderProposed => "order",
            Self::OrderApproved => "order_approved",
            Self::OrderCarriedOut => "order_done",
            Self::OrderRefused => "order_refused",
            Self::OrderWithdrawn => "order_withdrawn",
            Self::AddressConfirmed => "address",
            Self::OperatorSuspended => "suspended",
            Self::RestoreAsked => "restore_asked",
            Self::OperatorRestored => "restored",
            #[cfg(feature = "desk")]
            Self::RequestSent => "request_sent",
            #[cfg(feature = "desk")]
            Self::MessageSent => "message_sent",
            #[cfg(feature = "desk")]
            Self::AnswerSent => "answer_sent",
            #[cfg(feature = "desk")]
            Self::RequestClosed => "request_closed",
        }
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::DetailsSaved => "Vos informations sont enregistrées.",
            Self::AccountCreated => "Le compte est créé. La personne en est avertie par e-mail.",
            Self::AccountCreatedLookAgain => {
                "Le compte est créé et son adresse avertie par e-mail. Cette adresse n'est pas nominative : vérifiez \
                 qu'elle est la bonne. Tant que personne ne s'y est connecté, le compte peut être retiré."
            }
            Self::MemberAdded => {
                "Le compte est ajouté au groupe. La personne en est avertie par e-mail."
            }
            Self::MemberRemoved => {
                "Le compte est retiré du groupe. La personne en est avertie par e-mail."
            }
            Self::GroupLeft => "Vous avez quitté le groupe.",
            Self::Deactivated => "Le compte est désactivé. Ses sessions et ses liens ont pris fin.",
            Self::Reactivated => "Le compte est réactivé.",
            Self::Withdrawn => "Le compte est retiré. Son adresse est de nouveau libre.",
            Self::SessionEnded => "La session est fermée.",
            Self::SessionsEnded => "Toutes les sessions de ce compte sont fermées.",
            Self::LoggedOut => "Vous êtes déconnecté.",
            Self::GroupCreated => "Le groupe est créé.",
            Self::AccountCreatedWithOrder => {
                "Le compte est créé, sans le rôle de responsable : cette demande, proposée avec lui, le lui donnera si \
                 quelqu'un d'autre l'approuve."
            }
            Self::OrderProposed => "La demande est proposée.",
            Self::OrderApproved => {
                "La demande est approuvée. Un lien est envoyé à la nouvelle adresse."
            }
            Self::OrderCarriedOut => "La modification est faite.",
            Self::OrderRefused => "La demande est refusée. Le compte n'a pas changé.",
            Self::OrderWithdrawn => "La demande est retirée. Le compte n'a pas changé.",
            Self::AddressConfirmed => {
                "Votre nouvelle adresse est confirmée. Demandez désormais vos liens de connexion avec elle."
            }
            Self::OperatorSuspended => {
                "L'accès est suspendu. Ses sessions et ses liens ont pris fin."
            }
            Self::RestoreAsked => {
                "Votre demande est notée. L'accès sera rétabli si un autre membre de l'équipe le demande aussi."
            }
            Self::OperatorRestored => {
                "L'accès est rétabli. La personne peut de nouveau demander un lien."
            }
            #[cfg(feature = "desk")]
            Self::RequestSent => {
                "Votre demande est envoyée. Un e-mail le confirme ; la réponse viendra par e-mail et sur cette page."
            }
            #[cfg(feature = "desk")]
            Self::MessageSent => "Votre message est envoyé au support.",
            #[cfg(feature = "desk")]
            Self::AnswerSent => "La réponse est envoyée, par e-mail aussi.",
            #[cfg(feature = "desk")]
            Self::RequestClosed => {
                "La demande est close. Un nouveau message de la personne la rouvrira."
            }
        }
    }

    pub(super) fn read(headers: &HeaderMap, site: &Site) -> Option<Self> {
        let code = NOTE.read(headers, site)?;
        Self::ALL.iter().copied().find(|note| note.code() == code)
    }

    pub(super) fn write(self, site: &Site) -> Option<HeaderValue> {
        NOTE.write(self.code().to_owned(), Duration::from_secs(60), site)
    }

    pub(super) fn clear(site: &Site) -> Option<HeaderValue> {
        NOTE.write(String::new(), Duration::ZERO, site)
    }
}

/// What this browser asked for last: the page « Consultez vos e-mails » tells it back, and knows nothing else (L7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) email: EmailAddress,
    /// When its link was first asked for, as far as this browser can know.
    pub(super) first: Timestamp,
    /// When it was last asked for.
    pub(super) last: Timestamp,
}

impl Asked {
    /// An asking at `now`, after `before`. While the same link would be sent again (L4), its hour stays that of the first.
    pub(super) fn now(
        email: EmailAddress,
        before: Option<&Self>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Self {
        let same = before.filter(|before| {
            let over = before.first.saturating_add(lifetimes.link());
            before.email == email && over.duration_since(now) >= lifetimes.resend()
        });
        let first = same.map_or(now, |before| before.first);
        Self {
            email,
            first,
            last: now,
        }
    }

    pub(super) fn read(headers: &HeaderMap, site: &Site) -> Option<Self> {
        let text = ASKED.read(headers, site)?;
        let mut parts = text.splitn(3, '|');
        let mut moment = || {
            parts
                .next()?
                .parse()
                .ok()
                .and_then(|micros| Timestamp::from_unix_micros(micros).ok())
        };
        let (first, last) = (moment()?, moment()?);
        let email = EmailAddress::parse(parts.next()?).ok()?;
        Some(Self { email, first, last })
    }

    /// An address on a shared desk: it lives as long as the browser is known as the one that asked (a link's life, and the
    /// second press), which is a little longer than the link, whose page then still knows the address.
    pub(super) fn write(&self, lifetimes: &Lifetimes, site: &Site) -> Option<HeaderValue> {
        let text = format!(
            "{}|{}|{}",
            self.first.as_unix_micros(),
            self.last.as_unix_micros(),
            self.email
        );
        ASKED.write(text, lifetimes.link() + Lifetimes::SECOND_PRESS, site)
    }

    pub(super) fn clear(site: &Site) -> Option<HeaderValue> {
        ASKED.write(String::new(), Duration::ZERO, site)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::MIN.saturating_add(Duration::from_secs(1_000_000 + seconds))
    }

    fn email() -> EmailAddress {
        EmailAddress::parse("camille.roux+a@mairie.example").unwrap()
    }

    #[test]
    fn what_was_asked_comes_back_from_its_cookie() {
        let site = Site::new("https://aplus.example").unwrap();
        let asked = Asked {
            email: email(),
            first: at(0),
            last: at(5),
        };
        let short = Lifetimes::default()
            .with_link(Duration::from_secs(600))
            .unwrap();
        let set = asked.write(&short, &site).unwrap();
        assert!(set.to_str().unwrap().ends_with("; Max-Age=660"), "{set:?}");
        let set = asked.write(&Lifetimes::default(), &site).unwrap();
        let set = set.to_str().unwrap();
        assert!(
            set.contains("HttpOnly") && set.contains("Secure") && set.ends_with("; Max-Age=1860"),
            "{set}"
        );
        let mut headers = HeaderMap::new();
        headers.insert("cookie", set.split(';').next().unwrap().parse().unwrap());
        assert_eq!(Asked::read(&headers, &site), Some(asked));
        headers.insert("cookie", "__Host-aplus-asked=1|2|<b>".parse().unwrap());
        assert_eq!(Asked::read(&headers, &site), None);
    }

    #[test]
    fn the_hour_stays_that_of_the_link_that_is_sent_again() {
        let lifetimes = Lifetimes::default();
        let first = Asked::now(email(), None, &lifetimes, at(0));
        let again = Asked::now(email(), Some(&first), &lifetimes, at(900));
        assert_eq!((again.first, again.last), (at(0), at(900)));
        let anew = Asked::now(email(), Some(&again), &lifetimes, at(901));
        assert_eq!((anew.first, anew.last), (at(901), at(901)));
        let other = Asked::now(
            EmailAddress::parse("b@mairie.example").unwrap(),
            Some(&first),
            &lifetimes,
            at(1),
        );
        assert_eq!(other.first, at(1));
    }

    #[test]
    fn only_a_note_of_ours_is_shown() {
        let site = Site::new("http://127.0.0.1:3000").unwrap();
        let mut headers = HeaderMap::new();
        for note in Note::ALL.iter().copied() {
            headers.insert(
                "cookie",
                format!("aplus-note={}", note.code()).parse().unwrap(),
            );
            assert_eq!(Note::read(&headers, &site), Some(note));
        }
        headers.insert(
            "cookie",
            "aplus-note=Votre+compte+est+pirate".parse().unwrap(),
        );
        assert_eq!(Note::read(&headers, &site), None);
    }
}

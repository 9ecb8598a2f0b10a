//! The letters: subject, plain text and simple HTML for every [`Message`], in the language of the mail.
//!
//! No picture, no tracking, no external style, neither the name of a person nor that of a group (A12).

mod draft;
mod en;
mod fr;
#[cfg(test)]
mod tests;

use draft::Draft;
use secrecy::{ExposeSecret, SecretString};

use super::Language;
use crate::account::Author;
use crate::conversation::WrittenAnswer;
use crate::mail::Message;
use crate::ports::{Letter, QueuedMail};
use crate::{ConversationId, EmailAddress, GroupId, LinkSecret, Retention, Site};

/// Writes letters; a host may bring its own in place of [`StandardLetters`].
///
/// ```
/// use aplus_core::ports::{Letter, QueuedMail};
/// use aplus_core::words::letters::{Letters, StandardLetters};
/// use aplus_core::{LinkSecret, Retention, Site};
///
/// struct Signed;
///
/// impl Letters for Signed {
///     fn letter(
///         &self,
///         mail: &QueuedMail,
///         link: Option<&LinkSecret>,
///         site: &Site,
///         retention: &Retention,
///     ) -> Letter {
///         let mut letter = StandardLetters.letter(mail, link, site, retention);
///         letter.text.push_str("\nPréfecture de l'Ain\n");
///         letter
///     }
/// }
/// ```
pub trait Letters: Send + Sync {
    /// The letter for a mail, with the link's secret where the mail carries a link. Whoever is welcomed is told for how long
    /// what is kept: `retention` says it (A12).
    fn letter(
        &self,
        mail: &QueuedMail,
        link: Option<&LinkSecret>,
        site: &Site,
        retention: &Retention,
    ) -> Letter;
}

/// The letters of this library.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StandardLetters;

impl Letters for StandardLetters {
    fn letter(
        &self,
        mail: &QueuedMail,
        link: Option<&LinkSecret>,
        site: &Site,
        retention: &Retention,
    ) -> Letter {
        let facts = Facts::of(mail, link, site, retention);
        let draft = match mail.language {
            Language::French => fr::draft(&facts),
            Language::English => en::draft(&facts),
        };
        let subject = draft.subject();
        Letter {
            id: mail.id,
            to: mail.to.clone(),
            language: mail.language,
            text: draft.text(),
            html: draft.html(&subject, mail.language),
            subject,
            link: facts.link.map(|link| link.address),
        }
    }
}

/// What a letter may tell.
struct Facts<'a> {
    message: &'a Message,
    author_email: Option<&'a EmailAddress>,
    link: Option<LoginLink>,
    note: Option<&'a str>,
    answer: Option<&'a WrittenAnswer>,
    site: &'a Site,
    retention: &'a Retention,
}

/// A login link as it is read.
struct LoginLink {
    address: SecretString,
    minutes: u64,
    asked_at: String,
    until: String,
}

impl<'a> Facts<'a> {
    fn of(
        mail: &'a QueuedMail,
        secret: Option<&LinkSecret>,
        site: &'a Site,
        retention: &'a Retention,
    ) -> Self {
        let link = match (mail.message.link(), &mail.link, secret) {
            (Some(_), Some(key), Some(secret)) => {
                let (asked_at, until) = (key.facts.issued_at, key.facts.expires_at);
                Some(LoginLink {
                    address: site.link_url(secret),
                    minutes: until.duration_since(asked_at).as_secs() / 60,
                    asked_at: site.hour(asked_at),
                    until: site.hour(until),
                })
            }
            (None, _, _) | (_, None, _) | (_, _, None) => None,
        };
        Self {
            message: &mail.message,
            author_email: mail.author_email.as_ref(),
            link,
            note: mail.note.as_deref(),
            answer: mail.answer.as_ref(),
            site,
            retention,
        }
    }

    /// The address to write to about what `by` did: the responsable's own, otherwise support's.
    fn contact(&self, by: Author) -> &str {
        self.responsable(by)
            .map_or(self.site.support(), EmailAddress::as_str)
    }

    /// The address of the responsable who did it, if it was one and it is known.
    fn responsable(&self, by: Author) -> Option<&'a EmailAddress> {
        match by {
            Author::Account(_) => self.author_email,
            Author::Operator(_) | Author::Machine => None,
        }
    }

    fn conversation_page(&self, conversation: ConversationId) -> String {
        self.site.url(&format!("{}/{conversation}", Site::CONTACT))
    }

    fn group_page(&self, group: GroupId) -> String {
        self.site.url(&format!("{}/{group}", Site::GROUPS))
    }
}

impl LoginLink {
    fn reveal(&self) -> String {
        self.address.expose_secret().to_owned()
    }
}

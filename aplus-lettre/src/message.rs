//! A letter as a mail: headers, both bodies, the envelope.

use std::time::SystemTime;

use aplus_core::EmailAddress;
use aplus_core::ports::Letter;
use lettre::Message;
use lettre::address::{Address, Envelope};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use crate::SmtpError;

/// A subject is cut here, in characters: no letter of the library comes near, and a host's own could hold anything.
const SUBJECT: usize = 250;

/// Who sends, and who is written to in answer.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub(crate) from: Mailbox,
    pub(crate) contact: Mailbox,
}

impl Sender {
    /// Mails come from this address under this name.
    pub(crate) fn new(name: &str, from: Address, contact: Address) -> Self {
        let name = one_line(name);
        let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        Self {
            from: Mailbox::new(name, from),
            contact: contact.into(),
        }
    }

    /// The domain that answers for its mails.
    pub(crate) fn domain(&self) -> &str {
        self.from.email.domain()
    }

    /// The mail, with one recipient in the header and the same one in the envelope.
    pub(crate) fn write(&self, letter: &Letter) -> Result<Message, SmtpError> {
        let to = as_address(&letter.to).ok_or(SmtpError::Unwritable)?;
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![to.clone()])
            .map_err(|_| SmtpError::Unwritable)?;
        Message::builder()
            .from(self.from.clone())
            .reply_to(self.contact.clone())
            .to(to.into())
            .subject(one_line(&letter.subject))
            .date(SystemTime::now())
            .message_id(Some(format!("<{}@{}>", letter.id, self.domain())))
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("Content-Language", letter.language.as_str()))
            .envelope(envelope)
            .multipart(MultiPart::alternative_plain_html(
                printable(&letter.text),
                printable(&letter.html),
            ))
            .map_err(|_| SmtpError::Unwritable)
    }
}

/// The address of a mailbox, of a site's sender or support.
pub(crate) fn mailbox(address: &str) -> Option<Address> {
    as_address(&EmailAddress::parse(address).ok()?)
}

/// Nothing for a local part that reads like an encoded word (RFC 2047): some relays decode it, and find another address inside.
fn as_address(email: &EmailAddress) -> Option<Address> {
    if email.local().contains("=?") {
        return None;
    }
    Address::new(email.local(), email.domain()).ok()
}

fn header(name: &'static str, value: &'static str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// A line break would begin another header.
fn one_line(text: &str) -> String {
    text.chars()
        .take(SUBJECT)
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect()
}

/// Lines and their characters: nothing else may stand in a mail (RFC 5322), whatever a host writes into a letter of its own.
fn printable(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.replace(
        |character: char| character.is_control() && !matches!(character, '\n' | '\t'),
        " ",
    )
}

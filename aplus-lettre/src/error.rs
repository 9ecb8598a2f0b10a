//! Why a relay did not take a mail, without its own words.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use aplus_core::ports::MailError;
use lettre::transport::smtp::Error as ConversationError;

/// How far the conversation with the relay had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reaching it, up to its greeting and to what it offers.
    Connect,
    /// Going over to TLS.
    StartTls,
    /// Giving user and password.
    LogIn,
    /// Naming the sender.
    Mail,
    /// Naming the recipient.
    Recipient,
    /// Announcing the message.
    Data,
    /// The end of the message: whether the relay has it is not known until it answers.
    Message,
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connect => "the connection",
            Self::StartTls => "STARTTLS",
            Self::LogIn => "AUTH",
            Self::Mail => "MAIL",
            Self::Recipient => "RCPT",
            Self::Data => "DATA",
            Self::Message => "the message",
        })
    }
}

/// Why a relay did not take a mail. Its own words are not kept, since they usually quote an address: only the code of its answer.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// No connection, or none that is secure: the name, the certificate, the handshake.
    #[error("no connection to the relay ({step}): {cause}")]
    Connection {
        /// How far it had come.
        step: Step,
        /// What the system or the TLS library says of it.
        cause: String,
    },
    /// STARTTLS was required, and the relay does not offer it, or somebody in between removed it.
    #[error("the relay does not offer STARTTLS: nothing is sent without it")]
    NoStartTls,
    /// The relay does not offer AUTH PLAIN or AUTH LOGIN.
    #[error("the relay takes no user and password (neither AUTH PLAIN nor AUTH LOGIN)")]
    NoLogin,
    /// The relay said no.
    #[error("the relay answered {step} with {code}")]
    Answered {
        /// To what.
        step: Step,
        /// The three digits.
        code: u16,
    },
    /// The relay broke off, or did not speak SMTP.
    #[error("the relay broke off or cannot be understood ({step})")]
    BrokenOff {
        /// How far it had come.
        step: Step,
    },
    /// The relay did not answer in time.
    #[error("the relay did not answer {step} within {} seconds", after.as_secs())]
    TimedOut {
        /// How far it had come.
        step: Step,
        /// What it was given.
        after: Duration,
    },
    /// The address cannot stand in a mail: its local part reads like an encoded word (`=?…?=`), in which some relays find another
    /// address.
    #[error("the address cannot stand in a mail")]
    Unwritable,
}

impl SmtpError {
    /// Reads an error of the conversation; the relay's words stay behind.
    pub(crate) fn during(step: Step, error: &ConversationError) -> Self {
        if let Some(code) = error.status() {
            let code = u16::from(code);
            return Self::Answered { step, code };
        }
        // The source of these quotes what the relay wrote.
        if error.is_response() || error.is_client() {
            return Self::BrokenOff { step };
        }
        Self::Connection {
            step,
            cause: root(error),
        }
    }

    /// Whether the same mail may be taken at another time.
    ///
    /// A refusal (5xx) is one of this mail from the naming of the sender on. Before that it says that the relay, its password
    /// or its certificate is out of order, and so do 530, 534, 535 and 538, which ask for another log-in (RFC 4954): giving up
    /// all mails for that would lose them.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Answered { step, code } => {
                let about_the_mail = matches!(
                    step,
                    Step::Mail | Step::Recipient | Step::Data | Step::Message
                );
                !about_the_mail || *code < 500 || matches!(code, 530 | 534 | 535 | 538)
            }
            Self::Unwritable => false,
            Self::Connection { .. }
            | Self::NoStartTls
            | Self::NoLogin
            | Self::BrokenOff { .. }
            | Self::TimedOut { .. } => true,
        }
    }
}

impl From<SmtpError> for MailError {
    fn from(error: SmtpError) -> Self {
        if error.is_passing() {
            Self::Later(error.into())
        } else {
            Self::Never(error.into())
        }
    }
}

/// The innermost cause: what is around it says the same in general words.
pub(crate) fn root(error: &dyn Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_final_only_where_it_is_about_the_mail() {
        let answered = |step, code| SmtpError::Answered { step, code }.is_passing();
        for step in [Step::Connect, Step::StartTls, Step::LogIn] {
            assert!(answered(step, 421) && answered(step, 535) && answered(step, 554));
        }
        for step in [Step::Mail, Step::Recipient, Step::Data, Step::Message] {
            assert!(answered(step, 421) && answered(step, 450) && answered(step, 530));
            assert!(!answered(step, 550) && !answered(step, 554));
        }
        assert!(!SmtpError::Unwritable.is_passing());
        assert!(SmtpError::NoStartTls.is_passing());
    }
}

//! What became of mails since the process began, for a host's metrics.

use std::sync::{Mutex, PoisonError};

use super::Aplus;

/// What became of the mails that this process had in hand since it began, whoever drove the courier.
///
/// ```
/// use aplus_core::service::MailCounts;
/// # use aplus_core::{Aplus, HostKey, Site};
/// # use aplus_core::memory::MemoryStore;
/// # struct Nobody;
/// # #[async_trait::async_trait]
/// # impl aplus_core::ports::Mailer for Nobody {
/// #     async fn send(&self, _: &aplus_core::ports::Letter) -> Result<(), aplus_core::ports::MailError> { Ok(()) }
/// # }
/// # let site = Site::new("https://aplus.example")?;
/// # let key = HostKey::new(b"at least 32 random bytes from a file")?;
/// # let aplus = Aplus::builder(MemoryStore::default(), Nobody, site, key).build();
/// // As the host's metrics ask for it.
/// let MailCounts { sent, late, .. } = aplus.mail_counts();
/// println!("mails_sent_total {sent}\nlinks_late_total {late}");
/// # assert_eq!(aplus.mail_counts(), MailCounts::default());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MailCounts {
    /// Those that the relay took.
    pub sent: u64,
    /// How often one was put off to be tried again.
    pub postponed: u64,
    /// Those that are not tried again.
    pub given_up: u64,
    /// Those among them whose link would have left with too little of its life
    /// ([`is_worth_sending`](crate::link::is_worth_sending)): each is a person who has to ask again.
    pub late: u64,
}

/// What became of a mail that was claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sending {
    Sent,
    Postponed,
    GivenUp,
    Late,
}

/// The counts of one process.
#[derive(Debug, Default)]
pub(super) struct Counted(Mutex<MailCounts>);

impl Counted {
    pub(super) fn add(&self, sending: Sending) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match sending {
            Sending::Sent => counts.sent += 1,
            Sending::Postponed => counts.postponed += 1,
            Sending::GivenUp => counts.given_up += 1,
            Sending::Late => {
                counts.given_up += 1;
                counts.late += 1;
            }
        }
    }
}

impl Aplus {
    /// What became of the mails that this process had in hand since it began.
    #[must_use]
    pub fn mail_counts(&self) -> MailCounts {
        let counts = &self.0.mail_counts.0;
        *counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

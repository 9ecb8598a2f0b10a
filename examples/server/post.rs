//! How letters leave: over the relay that was named, or into the development mailbox, on this machine alone.

use std::net::SocketAddr;

use aplus::Site;
use aplus::ports::{Letter, MailError, Mailer};
use aplus::smtp::{DkimKey, SetupError, SmtpMailer};

use crate::Failure;
use crate::mailbox::Mailbox;
use crate::options::Common;

/// Who takes letters.
pub(crate) enum Post {
    Mailbox(Mailbox),
    Relay(Box<SmtpMailer>),
}

#[async_trait::async_trait]
impl Mailer for Post {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        match self {
            Self::Mailbox(mailbox) => mailbox.send(letter).await,
            Self::Relay(relay) => relay.send(letter).await,
        }
    }
}

impl Post {
    /// For a server that listens here.
    ///
    /// # Errors
    /// Without a relay anywhere but on loopback; with one, beyond loopback without https; what is wrong with the relay.
    pub(crate) fn open(common: &Common, site: &Site, listen: SocketAddr) -> Result<Self, Failure> {
        let here = listen.ip().is_loopback();
        let Some(url) = &common.smtp_url else {
            if site.is_secure() || !here {
                return Err(Failure(
                    "without --smtp-url mails go to the development mailbox, which shows every link: that is for loopback and http only"
                        .to_owned(),
                ));
            }
            only_with_a_relay(common)?;
            return Ok(Self::Mailbox(Mailbox::default()));
        };
        if !here && !site.is_secure() {
            return Err(Failure(format!(
                "--listen {listen} is open to other machines: --public-url must be https"
            )));
        }
        relay(common, url, site).map(|relay| Self::Relay(Box::new(relay)))
    }

    /// The development mailbox, if letters go there.
    pub(crate) fn mailbox(&self) -> Option<Mailbox> {
        match self {
            Self::Mailbox(mailbox) => Some(mailbox.clone()),
            Self::Relay(_) => None,
        }
    }

    /// Where letters go, for whoever started the server.
    pub(crate) fn sentence(&self, site: &Site) -> String {
        match self {
            Self::Mailbox(_) => format!(
                "Les messages ne partent pas, ils sont ici : {}/dev/mailbox",
                site.origin()
            ),
            Self::Relay(relay) => format!(
                "Les messages partent par {}, au nom de {}.",
                relay.place(),
                site.sender()
            ),
        }
    }
}

fn only_with_a_relay(common: &Common) -> Result<(), Failure> {
    let given = [
        (
            "--smtp-root-certificate",
            common.smtp_root_certificate.is_some(),
        ),
        ("--dkim-key-file", common.dkim_key_file.is_some()),
        ("--dkim-selector", common.dkim_selector.is_some()),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(Failure(format!(
            "{option} needs --smtp-url: no mail leaves without it"
        ))),
        None => Ok(()),
    }
}

fn relay(common: &Common, url: &str, site: &Site) -> Result<SmtpMailer, Failure> {
    let mut relay = SmtpMailer::new(url, site).map_err(|error| match error {
        SetupError::Address { .. } => Failure::about("--mail-from and --support-address", error),
        _ => Failure::about("--smtp-url", error),
    })?;
    if let Some(path) = &common.smtp_root_certificate {
        let name = path.display().to_string();
        let pem = std::fs::read(path).map_err(|error| Failure::about(&name, error))?;
        relay = relay
            .with_root_certificate(&pem)
            .map_err(|error| Failure::about(&name, error))?;
    }
    match (&common.dkim_key_file, &common.dkim_selector) {
        (None, None) => Ok(relay),
        (Some(path), Some(selector)) => {
            let name = path.display().to_string();
            let pem =
                std::fs::read_to_string(path).map_err(|error| Failure::about(&name, error))?;
            let key = DkimKey::rsa(selector, &pem).map_err(|error| Failure::about(&name, error))?;
            Ok(relay.with_dkim(key))
        }
        (Some(_), None) | (None, Some(_)) => Err(Failure(
            "--dkim-key-file and --dkim-selector go together".to_owned(),
        )),
    }
}

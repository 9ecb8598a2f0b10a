//! The mailer: settings, a few connections kept open, one attempt for one letter.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use aplus_core::Site;
use aplus_core::ports::{Letter, MailError, Mailer};
use lettre::Message;
use lettre::transport::smtp::client::{Certificate, TlsParameters, TlsParametersBuilder};
use lettre::transport::smtp::extension::ClientId;

use crate::connection::{Channel, Conversation, Deadline};
#[cfg(feature = "dkim")]
use crate::dkim::{DkimKey, Signature};
use crate::error::root;
use crate::message::{Sender, mailbox};
use crate::url::{Relay, Security};
use crate::{SmtpError, UrlError};

/// How many connections are kept open when they have nothing to do; as many as the courier of one server uses at once.
const KEPT: usize = 5;

/// A connection without use for this long is not used again: relays close them after some minutes.
const UNUSED: Duration = Duration::from_secs(60);

/// How much of its time a connection that was kept has for its first word: what keeps silent costs a moment, and the rest is
/// enough to open another.
fn first_word(opening: Duration) -> Duration {
    opening / 3
}

/// Why a mailer cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The relay's URL is wrong.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// Mails cannot come from, or be answered to, this address.
    #[error("{what} is no address of a mailbox: {address} (such as no-reply@example.fr)")]
    Address {
        /// The sender, or support.
        what: &'static str,
        /// The address.
        address: String,
    },
    /// The root certificate cannot be read.
    #[error("a root certificate is a PEM file with at least one certificate: {0}")]
    Certificate(String),
    /// The TLS library cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// A time is nothing, or longer than its bound.
    #[error(
        "a relay is given at most {} seconds for the connection and {} for a mail, and more than none",
        SmtpMailer::OPENING.as_secs(),
        SmtpMailer::HANDING_OVER.as_secs()
    )]
    Times,
}

/// Hands letters to a relay over SMTP.
///
/// | URL | connection | port |
/// |---|---|---|
/// | `smtps://user:password@host` | TLS from the first byte | 465 |
/// | `smtp://user:password@host?tls=required` | STARTTLS, without which nothing is sent | 587 |
/// | `smtp://localhost` | none, and to this machine only | 25 |
///
/// User and password are percent-encoded and may be left out; a port may stand after the host. The certificate must be for the
/// host, and signed by an authority that the system trusts (`SSL_CERT_FILE` names another list) or that
/// [`with_root_certificate`](Self::with_root_certificate) adds.
///
/// ```
/// use aplus_core::{EmailAddress, Site};
/// use aplus_lettre::SmtpMailer;
///
/// let site = Site::new("https://aplus.example.fr")?.with_support(&EmailAddress::parse("aide@example.fr")?);
/// let mailer = SmtpMailer::new("smtps://agent:s3cret@relay.example.fr", &site)?;
/// assert!(!format!("{mailer:?}").contains("s3cret"));
/// assert!(SmtpMailer::new("smtp://relay.example.fr", &site).is_err()); // without TLS, to another machine
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SmtpMailer {
    relay: Relay,
    roots: Vec<Certificate>,
    channel: Channel,
    sender: Sender,
    #[cfg(feature = "dkim")]
    signature: Option<Signature>,
    opening: Duration,
    handing_over: Duration,
    kept: Mutex<Vec<(Conversation, Instant)>>,
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SmtpMailer")
            .field("relay", &self.relay)
            .finish_non_exhaustive()
    }
}

impl SmtpMailer {
    /// A connection has this long: to be reached, secured and logged in. A third of it goes to one that was kept, where that
    /// says nothing any more.
    pub const OPENING: Duration = Duration::from_secs(15);
    /// A mail has this long, from the naming of its sender to the relay's last answer. With [`OPENING`](Self::OPENING) it is
    /// less than what the courier gives to one attempt.
    pub const HANDING_OVER: Duration = Duration::from_secs(30);

    /// Mails come from the site's sender, under the site's name, and are answered to its support.
    ///
    /// # Errors
    /// [`SetupError::Url`], which never repeats the URL; [`SetupError::Address`] where the site's sender or support is the address
    /// of no mailbox, as for a site without a domain; [`SetupError::Tls`].
    pub fn new(url: &str, site: &Site) -> Result<Self, SetupError> {
        let relay = Relay::parse(url)?;
        let mailbox = |what, address: &str| {
            mailbox(address).ok_or_else(|| SetupError::Address {
                what,
                address: address.to_owned(),
            })
        };
        let from = mailbox("the sender", site.sender())?;
        let contact = mailbox("the address of support", site.support())?;
        let sender = Sender::new(site.name(), from, contact);
        Ok(Self {
            channel: channel(&relay, &[])?,
            relay,
            roots: Vec::new(),
            sender,
            #[cfg(feature = "dkim")]
            signature: None,
            opening: Self::OPENING,
            handing_over: Self::HANDING_OVER,
            kept: Mutex::default(),
        })
    }

    /// The relay's host and port, without the login.
    #[must_use]
    pub fn place(&self) -> String {
        let Relay { host, port, .. } = &self.relay;
        match host.contains(':') {
            true => format!("[{host}]:{port}"),
            false => format!("{host}:{port}"),
        }
    }

    /// Also trusts this authority, beside the system's: the one of a private relay.
    ///
    /// # Errors
    /// [`SetupError::Certificate`] unless it is PEM with at least one certificate.
    pub fn with_root_certificate(mut self, pem: &[u8]) -> Result<Self, SetupError> {
        let wrong = |error: &dyn std::error::Error| SetupError::Certificate(root(error));
        let begin: &[u8] = b"-----BEGIN CERTIFICATE-----";
        if !pem.windows(begin.len()).any(|window| window == begin) {
            return Err(SetupError::Certificate("it holds none".to_owned()));
        }
        let certificate = Certificate::from_pem(pem).map_err(|error| wrong(&error))?;
        self.roots.push(certificate);
        self.channel = channel(&self.relay, &self.roots)?;
        Ok(self)
    }

    /// Signs each mail by DKIM, for the sender's domain.
    #[cfg(feature = "dkim")]
    #[must_use]
    pub fn with_dkim(mut self, key: DkimKey) -> Self {
        self.signature = Some(key.signs_for(self.sender.domain()));
        self
    }

    /// Gives a relay less time than [`OPENING`](Self::OPENING) and [`HANDING_OVER`](Self::HANDING_OVER).
    ///
    /// # Errors
    /// [`SetupError::Times`] for none and for more: the courier takes an attempt that lasts longer for lost.
    pub fn with_times(
        mut self,
        opening: Duration,
        handing_over: Duration,
    ) -> Result<Self, SetupError> {
        let fits = |given: Duration, most| !given.is_zero() && given <= most;
        if !fits(opening, Self::OPENING) || !fits(handing_over, Self::HANDING_OVER) {
            return Err(SetupError::Times);
        }
        self.opening = opening;
        self.handing_over = handing_over;
        Ok(self)
    }

    fn write(&self, letter: &Letter) -> Result<Message, SmtpError> {
        #[allow(unused_mut, reason = "only a signature changes it")]
        let mut mail = self.sender.write(letter)?;
        #[cfg(feature = "dkim")]
        if let Some(signature) = &self.signature {
            signature.sign(&mut mail);
        }
        Ok(mail)
    }

    async fn hand_over(&self, mail: &Message) -> Result<(), SmtpError> {
        let opening = Deadline::after(self.opening);
        // A connection that the relay closed meanwhile, or no longer answers on, shows it here, before anything of the mail
        // was said.
        if let Some(mut conversation) = self.kept() {
            let first = Deadline::after(first_word(self.opening).min(self.handing_over));
            let deadline = Deadline::after(self.handing_over);
            if conversation.begin(mail, first).await.is_ok() {
                conversation.finish(mail, deadline).await?;
                self.keep(conversation);
                return Ok(());
            }
        }
        let hello = ClientId::Domain(self.sender.domain().to_owned());
        let mut conversation =
            Conversation::open(&self.relay, &self.channel, &hello, opening).await?;
        let deadline = Deadline::after(self.handing_over);
        conversation.begin(mail, deadline).await?;
        conversation.finish(mail, deadline).await?;
        self.keep(conversation);
        Ok(())
    }

    fn kept(&self) -> Option<Conversation> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, since)| since.elapsed() < UNUSED);
        kept.pop().map(|(conversation, _)| conversation)
    }

    fn keep(&self, conversation: Conversation) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT {
            kept.push((conversation, Instant::now()));
        }
    }
}

/// How this relay is spoken with, where these authorities count beside the system's.
fn channel(relay: &Relay, roots: &[Certificate]) -> Result<Channel, SetupError> {
    let parameters = || {
        let parameters = TlsParameters::builder(relay.host.clone());
        let with_root = |parameters: TlsParametersBuilder, certificate: &Certificate| {
            parameters.add_root_certificate(certificate.clone())
        };
        let parameters = roots.iter().fold(parameters, with_root);
        let built = parameters.build_rustls();
        built.map_err(|error| SetupError::Tls(root(&error)))
    };
    Ok(match relay.security {
        Security::None => Channel::Plain,
        Security::Tls => Channel::Tls(parameters()?),
        Security::StartTls => Channel::StartTls(parameters()?),
    })
}

#[async_trait::async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let handed_over = match self.write(letter) {
            Ok(mail) => self.hand_over(&mail).await,
            Err(error) => Err(error),
        };
        handed_over.map_err(|error| {
            tracing::warn!(mail = %letter.id, %error, "a mail was not handed over");
            error.into()
        })
    }
}

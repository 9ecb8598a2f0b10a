//! One conversation with the relay. Each step has a deadline; whoever gives up drops the whole, so that no late answer is ever
//! taken for that of another mail.

use std::future::Future;
use std::io;
use std::time::Duration;

use lettre::Message;
use lettre::transport::smtp::Error as ConversationError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Response, Severity};
use secrecy::ExposeSecret;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use crate::plain::PlainStart;
use crate::url::{Login, Relay, Security};
use crate::{SmtpError, Step};

/// How long one of the relay's addresses is tried.
const ONE_ADDRESS: Duration = Duration::from_secs(5);

/// How a connection is secured, with what that takes.
pub(crate) enum Channel {
    /// Not at all, to this machine only.
    Plain,
    /// TLS from the first byte.
    Tls(TlsParameters),
    /// STARTTLS, or nothing is said.
    StartTls(TlsParameters),
}

/// An open connection, over which one mail goes after the other.
pub(crate) struct Conversation(AsyncSmtpConnection);

/// What a phase of the conversation was given, and until when.
#[derive(Clone, Copy)]
pub(crate) struct Deadline {
    after: Duration,
    at: Instant,
}

impl Deadline {
    pub(crate) fn after(after: Duration) -> Self {
        let at = Instant::now() + after;
        Self { after, at }
    }

    async fn hold<T>(
        self,
        step: Step,
        work: impl Future<Output = Result<T, ConversationError>>,
    ) -> Result<T, SmtpError> {
        let late = SmtpError::TimedOut {
            step,
            after: self.after,
        };
        let done = timeout_at(self.at, work).await.map_err(|_| late)?;
        done.map_err(|error| SmtpError::during(step, &error))
    }
}

impl Conversation {
    /// Reaches the relay, secures the connection as its URL says, and logs in.
    pub(crate) async fn open(
        relay: &Relay,
        channel: &Channel,
        hello: &ClientId,
        deadline: Deadline,
    ) -> Result<Self, SmtpError> {
        let mut connection = match channel {
            Channel::Tls(tls) => {
                let place = (relay.host.as_str(), relay.port);
                let tls = Some(tls.clone());
                let connecting =
                    AsyncSmtpConnection::connect_tokio1(place, Some(ONE_ADDRESS), hello, tls, None);
                deadline.hold(Step::Connect, connecting).await?
            }
            Channel::StartTls(tls) => {
                let mut connection = begin_plain(relay, hello, deadline).await?;
                if !connection.can_starttls() {
                    return Err(SmtpError::NoStartTls);
                }
                let securing = connection.starttls(tls.clone(), hello);
                deadline.hold(Step::StartTls, securing).await?;
                connection
            }
            Channel::Plain => begin_plain(relay, hello, deadline).await?,
        };
        if let Some(login) = &relay.login {
            log_in(&mut connection, login, deadline).await?;
        }
        Ok(Self(connection))
    }

    /// Names the sender. Where this fails, nothing of the mail was said yet.
    pub(crate) async fn begin(
        &mut self,
        mail: &Message,
        deadline: Deadline,
    ) -> Result<(), SmtpError> {
        let sender = mail.envelope().from().cloned();
        let naming = self.0.command(Mail::new(sender, Vec::new()));
        done(Step::Mail, &deadline.hold(Step::Mail, naming).await?)
    }

    /// The rest: the recipient, the message, and the relay's word that it has it.
    pub(crate) async fn finish(
        &mut self,
        mail: &Message,
        deadline: Deadline,
    ) -> Result<(), SmtpError> {
        for recipient in mail.envelope().to() {
            let naming = self.0.command(Rcpt::new(recipient.clone(), Vec::new()));
            let answer = deadline.hold(Step::Recipient, naming).await?;
            done(Step::Recipient, &answer)?;
        }
        let announced = deadline.hold(Step::Data, self.0.command(Data)).await?;
        if !announced.has_code(354) {
            return Err(SmtpError::BrokenOff { step: Step::Data });
        }
        let bytes = mail.formatted();
        let writing = self.0.message(&bytes);
        done(Step::Message, &deadline.hold(Step::Message, writing).await?)
    }
}

/// A 3xx where a 2xx belongs is an answer to something else.
fn done(step: Step, answer: &Response) -> Result<(), SmtpError> {
    match answer.code().severity {
        Severity::PositiveCompletion => Ok(()),
        _ => Err(SmtpError::BrokenOff { step }),
    }
}

async fn begin_plain(
    relay: &Relay,
    hello: &ClientId,
    deadline: Deadline,
) -> Result<AsyncSmtpConnection, SmtpError> {
    let step = Step::Connect;
    let late = SmtpError::TimedOut {
        step,
        after: deadline.after,
    };
    let stream = match timeout_at(deadline.at, reach(relay)).await {
        Ok(reached) => reached.map_err(|error| SmtpError::Connection {
            step,
            cause: error.to_string(),
        })?,
        Err(_) => return Err(late),
    };
    let stream = Box::new(PlainStart::new(stream));
    let greeting = AsyncSmtpConnection::connect_with_transport(stream, hello);
    deadline.hold(step, greeting).await
}

/// The first of the relay's addresses that answers; without TLS only one of this machine, whatever its name leads to.
async fn reach(relay: &Relay) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the relay's name has no address");
    for address in tokio::net::lookup_host((relay.host.as_str(), relay.port)).await? {
        if relay.security == Security::None && !address.ip().is_loopback() {
            last = io::Error::other("the relay's name leads to another machine");
            continue;
        }
        match timeout(ONE_ADDRESS, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

async fn log_in(
    connection: &mut AsyncSmtpConnection,
    login: &Login,
    deadline: Deadline,
) -> Result<(), SmtpError> {
    let known = [Mechanism::Plain, Mechanism::Login];
    if connection
        .server_info()
        .get_auth_mechanism(&known)
        .is_none()
    {
        return Err(SmtpError::NoLogin);
    }
    let credentials = Credentials::new(
        login.user.expose_secret().to_owned(),
        login.password.expose_secret().to_owned(),
    );
    let step = Step::LogIn;
    let answer = deadline.hold(step, connection.auth(&known, &credentials));
    done(step, &answer.await?)
}

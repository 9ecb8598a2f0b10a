//! Administration+ on one machine: `cargo run --example server --all-features -- --demo`.
//!
//! A host of its own: it merges the library's router into its own, adds `/`, `/health` and, without a relay, the development
//! mailbox, and keeps house.

mod app;
mod articles;
mod database;
mod demo;
mod import;
mod journal;
mod key;
mod listen;
mod mailbox;
mod options;
mod page;
mod post;
mod purge;

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

use aplus::memory::MemoryStore;
use aplus::ports::Mailer;
use aplus::service::{Builder, Context, FileAnchor};
use aplus::web::Web;
use aplus::{Aplus, EmailAddress, Error, Policy, Refusal, Site};
use clap::Parser;

use database::Database;
use listen::Limits;
use mailbox::Mailbox;
use options::{Command, Common, OperatorCommand, Options};
use post::Post;

/// One clear sentence about why the program ends, with exit code 2.
pub(crate) struct Failure(pub(crate) String);

impl Failure {
    /// What went wrong, after the option or the file that it is about.
    pub(crate) fn about(what: &str, error: impl std::error::Error) -> Self {
        let Self(sentence) = error.into();
        Self(format!("{what}: {sentence}"))
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut sentence = error.to_string();
        let mut cause = error.source();
        while let Some(next) = cause {
            sentence = format!("{sentence}: {next}");
            cause = next.source();
        }
        Self(sentence)
    }
}

#[tokio::main]
#[allow(
    clippy::print_stderr,
    reason = "the example talks to whoever started it"
)]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| "info,sqlx=warn".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(Options::parse()).await {
        Ok(code) => code,
        Err(Failure(sentence)) => {
            eprintln!("error: {sentence}");
            ExitCode::from(2)
        }
    }
}

async fn run(options: Options) -> Result<ExitCode, Failure> {
    let common = &options.common;
    let mailbox = Mailbox::default();
    match &options.command {
        None | Some(Command::Serve) => {
            let listener = tokio::net::TcpListener::bind(common.listen)
                .await
                .map_err(|error| Failure::about(&format!("--listen {}", common.listen), error))?;
            let here = listener.local_addr()?;
            let site = site(common, here)?;
            let post = Post::open(common, &site, here)?;
            if common.demo {
                database::may_make_operators(common)?;
                let (site, mailbox) = (site.clone(), mailbox.clone());
                let (aplus, database) = open(common, Purpose::Operators, site, mailbox).await?;
                demo::fill(&aplus).await?;
                database.close().await;
            }
            let (inbox, sentence) = (post.mailbox(), post.sentence(&site));
            let (aplus, database) = open(common, Purpose::Serving, site, post).await?;
            serve(common, listener, aplus, inbox, &sentence).await?;
            database.close().await;
        }
        Some(Command::Migrate) => say(&database::migrate(common).await?),
        Some(Command::Purge) => {
            let site = site(common, common.listen)?;
            let (aplus, database) = open(common, Purpose::Command, site, mailbox).await?;
            purge::run(&aplus).await?;
            database.close().await;
        }
        Some(Command::Operator {
            command: OperatorCommand::Add { email },
        }) => {
            let site = site(common, common.listen)?;
            database::may_make_operators(common)?;
            let (aplus, database) = open(common, Purpose::Operators, site, mailbox).await?;
            add_operator(&aplus, email).await?;
            database.close().await;
        }
        Some(Command::Import(args)) if args.dry_run => {
            let site = site(common, common.listen)?;
            let (aplus, database) = open_to_read(common, site, mailbox).await?;
            import::run(&aplus, args).await?;
            if let Some(database) = database {
                database.close().await;
            }
        }
        Some(Command::Import(args)) => {
            let site = site(common, common.listen)?;
            let (aplus, database) = open(common, Purpose::Command, site, mailbox).await?;
            import::run(&aplus, args).await?;
            database.close().await;
        }
        Some(Command::Journal { command }) => return journal::run(common, command, mailbox).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// What the database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To answer requests, with a key of its own and without the owner's login.
    Serving,
    /// To make operators, over the owner's login (A14).
    Operators,
    /// For anything else that a command does.
    Command,
}

/// The library, on the database that was named: made if it is not there, before a key is written beside it.
async fn open(
    common: &Common,
    purpose: Purpose,
    site: Site,
    mailer: impl Mailer,
) -> Result<(Aplus, Database), Failure> {
    let file = database::file(common)?;
    let named = match &common.key_file {
        Some(path) => Some(key::read(path)?),
        None if site.is_secure() || (file.is_none() && purpose == Purpose::Serving) => {
            return Err(key::missing());
        }
        None => None,
    };
    let database = match purpose {
        Purpose::Operators => Database::open_to_make_operators(common).await?,
        Purpose::Serving | Purpose::Command => Database::open(common).await?,
    };
    let key = match (named, file) {
        (Some(key), _) => key,
        (None, Some(file)) => key::beside(&file)?,
        // What a command queues is sent by the servers, with their key.
        (None, None) => key::passing()?,
    };
    let aplus = build(common, database.builder(mailer, site, key))?;
    Ok((aplus, database))
}

/// The library, on the database as it stands, or on an empty one in memory: nothing is made and nothing changed.
async fn open_to_read(
    common: &Common,
    site: Site,
    mailbox: Mailbox,
) -> Result<(Aplus, Option<Database>), Failure> {
    let key = key::passing()?;
    let Some(database) = Database::open_to_read(common).await? else {
        if let Some(file) = database::file(common)? {
            let file = file.display();
            note(&format!(
                "{file} n'existe pas encore : l'essai part d'une base vide."
            ));
        }
        let builder = Aplus::builder(MemoryStore::default(), mailbox, site, key);
        return Ok((build(common, builder)?, None));
    };
    let aplus = build(common, database.builder(mailbox, site, key))?;
    // It is not migrated for this: what another version made may not be readable.
    aplus
        .store()
        .is_empty()
        .await
        .map_err(|error| Failure::about("the database", error))?;
    Ok((aplus, Some(database)))
}

fn build(common: &Common, mut builder: Builder) -> Result<Aplus, Failure> {
    if let Some(path) = &common.journal_key_file {
        let name = site(common, common.listen)?.journal_name();
        builder = builder.journal_key(key::journal(path, &name)?);
    }
    if let Some(path) = &common.anchor_file {
        let anchor = FileAnchor::open(path)
            .map_err(|error| Failure::about(&format!("--anchor-file {}", path.display()), error))?;
        builder = builder.anchor(anchor);
    }
    if let Some(address) = &common.anchor_mail {
        builder = builder.anchor_mail(address.clone());
    }
    let policy = Policy {
        dual_control: common.dual_control.into(),
        ..Policy::default()
    };
    Ok(builder
        .policy(policy)
        .import_mails_per_minute(common.import_mails_per_minute)
        .retention(common.retention()?)
        .territory(common.territory.into())
        .build())
}

/// Adds an operator, or restores a suspended one; one who is active already is no error, so that a script may repeat it.
async fn add_operator(aplus: &Aplus, email: &EmailAddress) -> Result<(), Failure> {
    let before = aplus.store().operator_by_email(email).await?;
    let what = match aplus.add_operator(email, &Context::default()).await {
        Ok(_) if before.is_some() => "fait de nouveau",
        Ok(_) => "fait",
        Err(Error::Refused(Refusal::EmailTaken)) if before.is_some() => "faisait déjà",
        Err(error) => return Err(error.into()),
    };
    say(&format!("{email} {what} partie de l'équipe de support."));
    Ok(())
}

/// Where the service is found; `listen` is where it is reached if no public URL was given.
fn site(common: &Common, listen: SocketAddr) -> Result<Site, Failure> {
    let url = match &common.public_url {
        Some(url) => url.clone(),
        None if !listen.ip().is_loopback() => {
            return Err(Failure(format!(
                "--listen {listen} is open to other machines: name what people reach it by with --public-url https://…"
            )));
        }
        // Which port is free is known once it is taken.
        None => format!("http://{listen}").trim_end_matches(":0").to_owned(),
    };
    let mut site = Site::new(&url).map_err(|error| Failure::about("--public-url", error))?;
    if let Some(address) = &common.support_address {
        site = site.with_support(address);
    }
    if let Some(address) = &common.mail_from {
        site = site.with_sender(address);
    }
    Ok(site)
}

async fn serve(
    common: &Common,
    listener: tokio::net::TcpListener,
    aplus: Aplus,
    mailbox: Option<Mailbox>,
    sentence: &str,
) -> Result<(), Failure> {
    let mut web = Web::new(&aplus).help(articles::read(common.help_dir.as_deref())?);
    for network in &common.trusted_proxy {
        web = web.trust_proxy(*network);
    }
    let site = aplus.site().clone();
    say(&format!("Administration+ : {}", site.url(Site::LOGIN)));
    say(&format!("À l'écoute : {}", listener.local_addr()?));
    say(sentence);
    let house = tokio::spawn(aplus.clone().keep_house());
    let app = app::app(aplus.clone(), mailbox, web);
    listen::serve(listener, app, Limits::default(), stopped()).await;
    house.abort();
    // What was written until now is tamper-evident when the server has ended.
    aplus.seal_rest().await?;
    Ok(())
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        },
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}

/// Tells whoever started the program; that nobody listens is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The same beside a result that a program may read.
fn note(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

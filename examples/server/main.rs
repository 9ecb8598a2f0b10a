//! Administration+ on one machine: `cargo run --example server --all-features -- --demo`.
//!
//! A host of its own: it merges the library's router into its own, adds `/`, `/health` and the development mailbox, and
//! keeps house.

mod demo;
mod import;
mod key;
mod mailbox;
mod options;

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use aplus::service::Context;
use aplus::sqlx::sqlite::SqliteStore;
use aplus::web::{MaybeSession, Web};
use aplus::{Aplus, HostKey, Policy, Site};
use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::get;
use clap::Parser;

use mailbox::Mailbox;
use options::{Command, Common, OperatorCommand, Options};

/// One clear sentence about why the program ends, with exit code 2.
pub(crate) struct Failure(pub(crate) String);

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
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(sentence)) => {
            eprintln!("error: {sentence}");
            ExitCode::from(2)
        }
    }
}

async fn run(options: Options) -> Result<(), Failure> {
    let common = &options.common;
    let mailbox = Mailbox::default();
    match &options.command {
        None | Some(Command::Serve) => {
            let listener = tokio::net::TcpListener::bind(common.listen)
                .await
                .map_err(|error| Failure(format!("--listen {}: {error}", common.listen)))?;
            let aplus = open(common, listener.local_addr()?, mailbox.clone()).await?;
            serve(common, listener, aplus, mailbox).await
        }
        Some(Command::Operator {
            command: OperatorCommand::Add { email },
        }) => {
            let aplus = open(common, common.listen, mailbox).await?;
            aplus.add_operator(email, &Context::default()).await?;
            say(&format!("{email} fait partie de l'équipe de support."));
            Ok(())
        }
        Some(Command::Import(args)) => {
            let aplus = open(common, common.listen, mailbox).await?;
            import::run(&aplus, args).await
        }
    }
}

/// The library, on the database that was named; `listen` is where it is reached if no public URL was given.
async fn open(common: &Common, listen: SocketAddr, mailbox: Mailbox) -> Result<Aplus, Failure> {
    let site = site(common, listen)?;
    let file = database_file(&common.database_url)?;
    let key: HostKey = key::read(common.key_file.as_deref(), &file, !site.is_secure())?;
    let store = SqliteStore::connect(&common.database_url).await?;
    store.migrate().await?;
    let policy = Policy {
        dual_control: common.dual_control.into(),
        ..Policy::default()
    };
    Ok(Aplus::builder(store, mailbox, site, key)
        .policy(policy)
        .build())
}

fn site(common: &Common, listen: SocketAddr) -> Result<Site, Failure> {
    let url = common
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{listen}"));
    let mut site = Site::new(&url)?;
    if let Some(address) = &common.support_address {
        site = site.with_support(address);
    }
    if let Some(address) = &common.mail_from {
        site = site.with_sender(address);
    }
    Ok(site)
}

fn database_file(url: &str) -> Result<PathBuf, Failure> {
    match url.strip_prefix("sqlite:") {
        Some(file) => Ok(Path::new(
            file.trim_start_matches("//")
                .split('?')
                .next()
                .unwrap_or(file),
        )
        .to_owned()),
        None => Err(Failure(
            "the database must be `sqlite:FILE`: this version has no other store".to_owned(),
        )),
    }
}

#[derive(Clone)]
struct App {
    aplus: Aplus,
    mailbox: Mailbox,
}

impl FromRef<App> for Aplus {
    fn from_ref(app: &App) -> Self {
        app.aplus.clone()
    }
}

impl FromRef<App> for Mailbox {
    fn from_ref(app: &App) -> Self {
        app.mailbox.clone()
    }
}

/// The whole service as one router, without a listener.
fn app(aplus: Aplus, mailbox: Mailbox, web: Web) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/health/live", get(|| async { StatusCode::NO_CONTENT }))
        .route("/health/ready", get(ready))
        .merge(web.router())
        .merge(mailbox::router())
        .with_state(App { aplus, mailbox })
}

/// To one's groups, or to the login.
async fn home(State(aplus): State<Aplus>, session: MaybeSession) -> Redirect {
    let page = if session.0.is_some() {
        Site::GROUPS
    } else {
        Site::LOGIN
    };
    Redirect::to(&aplus.site().path(page))
}

async fn ready(State(aplus): State<Aplus>) -> StatusCode {
    match aplus.store().is_empty().await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn serve(
    common: &Common,
    listener: tokio::net::TcpListener,
    aplus: Aplus,
    mailbox: Mailbox,
) -> Result<(), Failure> {
    if aplus.site().is_secure() || !listener.local_addr()?.ip().is_loopback() {
        return Err(Failure(
            "this version sends no mail: it serves on loopback only, where its development mailbox shows every link"
                .to_owned(),
        ));
    }
    if common.demo {
        demo::fill(&aplus).await?;
    }
    let mut web = Web::new(&aplus);
    for network in &common.trusted_proxy {
        web = web.trust_proxy(*network);
    }
    let site = aplus.site().clone();
    say(&format!("Administration+ : {}", site.url(Site::LOGIN)));
    say(&format!(
        "Les messages ne partent pas, ils sont ici : {}/dev/mailbox",
        site.origin()
    ));
    let house = tokio::spawn(aplus.clone().keep_house());
    let app = app(aplus, mailbox, web).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app)
        .with_graceful_shutdown(stopped())
        .await?;
    house.abort();
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

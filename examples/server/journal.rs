//! `journal verify`, `journal export` and `journal key`.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;

use aplus::journal::seal::{self, Export, Verdict};
use aplus::memory::MemoryStore;
use aplus::{Aplus, HostKey, Timestamp};

use crate::database::{self, Database};
use crate::mailbox::Mailbox;
use crate::options::{Common, JournalCommand, VerifyArgs};
use crate::{Failure, build, key, note, say, site};

/// Runs one of them.
///
/// # Errors
/// For input that is not usable: exit code 2.
pub(crate) async fn run(
    common: &Common,
    command: &JournalCommand,
    mailbox: Mailbox,
) -> Result<ExitCode, Failure> {
    match command {
        JournalCommand::Key => print_keys(common, mailbox),
        JournalCommand::Verify(args) => match &args.export {
            Some(path) => verify_export(path, args),
            None => {
                let key = match args.public_key.is_empty() {
                    true => host_key(common)?,
                    false => key::passing()?,
                };
                let (aplus, database) = open(common, key, mailbox).await?;
                let verified = verify(&aplus, args).await;
                database.close().await;
                verified
            }
        },
        JournalCommand::Export { file } => {
            // Nothing is signed.
            let (aplus, database) = open(common, key::passing()?, mailbox).await?;
            let exported = export(&aplus, file.as_deref()).await;
            database.close().await;
            exported
        }
    }
}

fn print_keys(common: &Common, mailbox: Mailbox) -> Result<ExitCode, Failure> {
    let (key, site) = (host_key(common)?, site(common, common.listen)?);
    let builder = Aplus::builder(MemoryStore::default(), mailbox, site, key);
    for verifier in build(common, builder)?.journal_verifiers() {
        say(&verifier.to_string());
    }
    Ok(ExitCode::SUCCESS)
}

/// The database as it stands: nothing is made and nothing changed.
async fn open(
    common: &Common,
    key: HostKey,
    mailbox: Mailbox,
) -> Result<(Aplus, Database), Failure> {
    let site = site(common, common.listen)?;
    let Some(database) = Database::open_to_read(common).await? else {
        return Err(Failure(
            "there is no database yet, and so no journal".to_owned(),
        ));
    };
    let aplus = build(common, database.builder(mailbox, site, key))?;
    Ok((aplus, database))
}

/// The key of the servers: the one that is named, or the one that stands beside the database. None is made here.
fn host_key(common: &Common) -> Result<HostKey, Failure> {
    if let Some(path) = &common.key_file {
        return key::read(path);
    }
    match database::file(common)?.map(|file| key::path_beside(&file)) {
        Some(path) if path.exists() => key::read(&path),
        // It signs by a key of its own.
        Some(_) | None if common.journal_key_file.is_some() => key::passing(),
        Some(_) | None => Err(Failure(
            "name the servers' key with --key-file or --journal-key-file, or what it printed with --public-key"
                .to_owned(),
        )),
    }
}

async fn verify(aplus: &Aplus, args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let verifiers = match args.public_key.is_empty() {
        true => aplus.journal_verifiers(),
        false => &args.public_key,
    };
    let verdict = aplus.check_journal(verifiers, &anchors(args)?).await?;
    Ok(tell(&verdict))
}

async fn export(aplus: &Aplus, path: Option<&Path>) -> Result<ExitCode, Failure> {
    let counts = match path {
        Some(path) => {
            let about = |error| Failure::about(&path.display().to_string(), error);
            // Addresses and texts of people stand in it.
            let mut made = std::fs::OpenOptions::new();
            let made = made.write(true).create_new(true).mode(0o600).open(path);
            let file = made.map_err(about)?;
            let counts = aplus.export_journal(BufWriter::new(&file)).await?;
            file.sync_all().map_err(about)?;
            counts
        }
        None => {
            aplus
                .export_journal(BufWriter::new(std::io::stdout()))
                .await?
        }
    };
    note(&format!(
        "{} entrées, {} scellées, {} en attente.",
        counts.entries, counts.seals, counts.queued
    ));
    Ok(ExitCode::SUCCESS)
}

/// Neither a database nor a key file is opened.
fn verify_export(path: &Path, args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| Failure::about(&name, error))?;
    let export =
        Export::read(BufReader::new(file)).map_err(|error| Failure::about(&name, error))?;
    let journal = &export.journal;
    // It may have had another name before: then that name's key is given too.
    let mut keys = args.public_key.iter();
    if keys.all(|key| key.name() != journal) {
        return Err(Failure(format!(
            "{name}: it is an export of the journal {journal}, and no public key is of that name"
        )));
    }
    let verdict = seal::check(&export.kept, &args.public_key, &anchors(args)?);
    Ok(tell(&verdict))
}

fn anchors(args: &VerifyArgs) -> Result<Vec<String>, Failure> {
    let mut anchors = Vec::new();
    for path in &args.anchors {
        let file = std::fs::read_to_string(path)
            .map_err(|error| Failure::about(&path.display().to_string(), error))?;
        anchors.extend(seal::notes(&file));
    }
    Ok(anchors)
}

/// Each finding on a line, then how far the journal is covered: `docs/journal.md` promises these lines to programs.
fn tell(verdict: &Verdict) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let until = |at: Option<Timestamp>| at.map_or_else(String::new, |at| format!(" until {at}"));
    let lines = verdict.findings.iter().map(ToString::to_string).chain([
        format!("sealed {}", verdict.sealed),
        format!("waiting {}", verdict.waiting),
        format!(
            "covered {}{}",
            verdict.covered,
            until(verdict.covered_until)
        ),
        format!(
            "anchored {}{}",
            verdict.anchored,
            until(verdict.anchored_until)
        ),
    ]);
    for line in lines {
        // That nobody listens does not change the exit code.
        let _ = writeln!(out, "{line}");
    }
    match verdict.is_good() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(1),
    }
}

//! `import FILE`: the progress on a terminal, the result on standard output.

use std::fs::File;
use std::io::IsTerminal;

use aplus::import::{ImportError, ImportOptions, ImportReport, RefusedLine};
use aplus::{Aplus, Author, SupportRequest};
use indicatif::{ProgressBar, ProgressStyle};

use crate::options::{Format, ImportArgs};
use crate::{Failure, say};

/// Imports a file and prints what came of it.
///
/// # Errors
/// An unreadable or empty file, an unknown header, somebody who is no operator: nothing was written.
pub(crate) async fn run(aplus: &Aplus, args: &ImportArgs) -> Result<(), Failure> {
    let path = args.file.display();
    let file = File::open(&args.file).map_err(|error| Failure(format!("{path}: {error}")))?;
    let size = file
        .metadata()
        .map_err(|error| Failure(format!("{path}: {error}")))?
        .len();
    let options = ImportOptions {
        author: author(aplus, args).await?,
        request: SupportRequest {
            requester: args.requester.clone(),
            reference: args.reference.clone(),
        },
        with_accounts: args.with_accounts,
        welcome: !args.no_welcome,
        dry_run: args.dry_run,
    };
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(size)
    } else {
        ProgressBar::hidden()
    };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {msg}") {
        bar.set_style(style);
    }
    let shown = bar.clone();
    let progress =
        move |report: &ImportReport| shown.set_message(format!("{} lignes", report.lines));
    let report = aplus
        .import(bar.wrap_read(file), &options, progress)
        .await
        .map_err(|error| {
            let cause = std::error::Error::source(&error)
                .map_or_else(String::new, |cause| format!(": {cause}"));
            let written = matches!(error, ImportError::Stopped { .. }) && !args.dry_run;
            let more = if written {
                " (the lines before are done; repeat the import to go on)"
            } else {
                ""
            };
            Failure(format!("{path}: {error}{cause}{more}"))
        })?;
    bar.finish_and_clear();
    print(&report, args)
}

async fn author(aplus: &Aplus, args: &ImportArgs) -> Result<Author, Failure> {
    let Some(email) = &args.operator else {
        return Ok(Author::Machine);
    };
    match aplus.store().operator_by_email(email).await? {
        Some(operator) => Ok(Author::Operator(operator.id)),
        None => Err(Failure(format!(
            "{email} is no operator: see `operator add`"
        ))),
    }
}

fn print(report: &ImportReport, args: &ImportArgs) -> Result<(), Failure> {
    if args.format == Format::Json {
        let json =
            serde_json::to_string_pretty(report).map_err(|error| Failure(error.to_string()))?;
        say(&json);
        return Ok(());
    }
    for refused in report.refused.iter().chain(&report.not_raised) {
        let RefusedLine {
            line,
            code,
            value,
            detail,
        } = refused;
        say(&format!("ligne {line} : {detail} ({code}) « {value} »"));
    }
    let mode = if args.dry_run {
        "Essai à blanc : "
    } else {
        ""
    };
    say(&format!(
        "{mode}{} lignes : {} appliquées, {} inchangées, {} refusées ; {} groupes et {} comptes créés, {} comptes \
         ajoutés à un groupe, {} demandes de modification proposées.",
        report.lines,
        report.applied,
        report.unchanged,
        report.refused.len(),
        report.groups_created,
        report.accounts_created,
        report.accounts_joined,
        report.orders_proposed,
    ));
    Ok(())
}

//! The command line: each option is a flag and an environment variable.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use aplus::calendar::Territory;
use aplus::journal::seal::CheckpointVerifier;
use aplus::{DualControl, EmailAddress, Reference, Requester, Retention, RetentionReason};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::Failure;

/// Administration+ on one machine: accounts, roles and logins, on an embedded database.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) common: Common,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Where to listen.
    #[arg(
        long,
        env = "APLUS_LISTEN",
        default_value = "127.0.0.1:3000",
        global = true
    )]
    pub(crate) listen: SocketAddr,

    /// The database: `sqlite:FILE`, made if missing, or `postgres://…`, as a login that is a member of `aplus_runtime`.
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite:aplus.db",
        global = true
    )]
    pub(crate) database_url: String,

    /// PostgreSQL as the owner of the database: makes or updates the schema at the start; makes operators.
    #[arg(long, env = "APLUS_OWNER_URL", global = true, hide_env_values = true)]
    pub(crate) owner_url: Option<String>,

    /// Lets the server run as a PostgreSQL login that has more rights than `aplus_runtime`: for a trial on one machine.
    #[arg(long, env = "APLUS_INSECURE_ONE_ROLE", global = true)]
    pub(crate) insecure_one_role: bool,

    /// What links and redirects start with; never a request's Host. https anywhere but on loopback. [default: http:// and
    /// the address to listen on]
    #[arg(long, env = "APLUS_PUBLIC_URL", global = true)]
    pub(crate) public_url: Option<String>,

    /// The host key: a file of at least 32 random bytes (`head -c 32 /dev/urandom`), the same for all servers. [default:
    /// on loopback with SQLite, `aplus.key` beside the database, made if missing]
    #[arg(long, env = "APLUS_KEY_FILE", global = true)]
    pub(crate) key_file: Option<PathBuf>,

    /// The relay that takes mails: smtps://USER:PASSWORD@HOST, smtp://USER:PASSWORD@HOST?tls=required for STARTTLS, or
    /// smtp://localhost; user and password percent-encoded. [default: none, mails go to the development mailbox, on loopback
    /// only]
    #[arg(long, env = "APLUS_SMTP_URL", hide_env_values = true, global = true)]
    pub(crate) smtp_url: Option<String>,

    /// An authority that the relay's certificate may be signed by, beside the system's: a file in PEM.
    #[arg(long, env = "APLUS_SMTP_ROOT_CERTIFICATE", global = true)]
    pub(crate) smtp_root_certificate: Option<PathBuf>,

    /// Signs mails by DKIM, where the relay does not: an RSA key in PEM (`openssl genrsa -traditional 2048`).
    #[arg(long, env = "APLUS_DKIM_KEY_FILE", global = true)]
    pub(crate) dkim_key_file: Option<PathBuf>,

    /// Where the key's public half stands in the DNS: SELECTOR._domainkey. before the domain that mails come from.
    #[arg(long, env = "APLUS_DKIM_SELECTOR", global = true)]
    pub(crate) dkim_selector: Option<String>,

    /// How many mails of imports leave in a minute, behind all others; of each server.
    #[arg(
        long,
        env = "APLUS_IMPORT_MAILS_PER_MINUTE",
        default_value = "60",
        global = true
    )]
    pub(crate) import_mails_per_minute: NonZeroU32,

    /// A network whose Forwarded or X-Forwarded-For header is believed, such as 10.0.0.0/8; may be repeated.
    #[arg(
        long,
        env = "APLUS_TRUSTED_PROXY",
        value_delimiter = ',',
        global = true
    )]
    pub(crate) trusted_proxy: Vec<ipnet::IpNet>,

    /// The key that signs the journal's checkpoints: a file of 32 random bytes. [default: derived from the host key]
    #[arg(long, env = "APLUS_JOURNAL_KEY_FILE", global = true)]
    pub(crate) journal_key_file: Option<PathBuf>,

    /// A file to which each checkpoint of the journal is appended: keep it where the database's owner does not reach it.
    #[arg(long, env = "APLUS_ANCHOR_FILE", global = true)]
    pub(crate) anchor_file: Option<PathBuf>,

    /// An address to which a checkpoint of the journal is sent, at most one an hour, and one when a server stops.
    #[arg(long, env = "APLUS_ANCHOR_MAIL", global = true)]
    pub(crate) anchor_mail: Option<EmailAddress>,

    /// The address that mails come from. [default: ne-pas-repondre@ the public URL's host]
    #[arg(long, env = "APLUS_MAIL_FROM", global = true)]
    pub(crate) mail_from: Option<EmailAddress>,

    /// The address of support, shown on pages and in mails. [default: support@ the public URL's host]
    #[arg(long, env = "APLUS_SUPPORT_ADDRESS", global = true)]
    pub(crate) support_address: Option<EmailAddress>,

    /// Which support orders somebody else must approve: all, those that give Responsable or touch an account that holds it
    /// (`raising`), or none. With `none` support alone also makes, or brings back, a further responsable of a group (rules A6
    /// and A7).
    #[arg(long, env = "APLUS_DUAL_CONTROL", value_enum, default_value_t = Control::All, global = true)]
    pub(crate) dual_control: Control,

    /// Where support works: its holidays count in the day by which it usually answers (rule S2).
    #[arg(long, env = "APLUS_TERRITORY", value_enum, default_value_t = Place::Metropole, global = true)]
    pub(crate) territory: Place,

    /// After how many months network addresses, browsers and free text go from the journal: 6 to 12, up to 36 with a reason
    /// (rule T3).
    #[arg(
        long,
        env = "APLUS_JOURNAL_MONTHS",
        value_name = "MONTHS",
        default_value_t = 12,
        global = true
    )]
    pub(crate) journal_months: u8,

    /// Why the journal keeps them for more than 12 months; each entry that says what was erased carries it.
    #[arg(
        long,
        env = "APLUS_JOURNAL_REASON",
        value_name = "REASON",
        value_parser = RetentionReason::parse,
        global = true
    )]
    pub(crate) journal_reason: Option<RetentionReason>,

    /// How many months after its last use an account loses its address and details: 6 to 60 (rule T4).
    #[arg(
        long,
        env = "APLUS_ACCOUNT_MONTHS",
        value_name = "MONTHS",
        default_value_t = 24,
        global = true
    )]
    pub(crate) account_months: u8,

    /// A folder of articles of the help centre, `NAME.md` each, that stand in the place of the library's or beside them.
    #[arg(long, env = "APLUS_HELP_DIR", value_name = "DIR", global = true)]
    pub(crate) help_dir: Option<PathBuf>,

    /// If the database is empty, makes two groups, four accounts and two operators to try things with.
    #[arg(long, env = "APLUS_DEMO", global = true)]
    pub(crate) demo: bool,
}

impl Common {
    /// For how long personal data is kept.
    pub(crate) fn retention(&self) -> Result<Retention, Failure> {
        let kept = Retention::default().with_accounts(self.account_months);
        let kept = kept.map_err(|error| Failure::about("--account-months", error))?;
        let kept = match &self.journal_reason {
            None => kept.with_journal(self.journal_months),
            Some(reason) => kept.with_journal_for(self.journal_months, reason.clone()),
        };
        kept.map_err(|error| Failure::about("--journal-months", error))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Control {
    All,
    Raising,
    None,
}

impl From<Control> for DualControl {
    fn from(control: Control) -> Self {
        match control {
            Control::All => Self::All,
            Control::Raising => Self::Raising,
            Control::None => Self::None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Place {
    Metropole,
    AlsaceMoselle,
    Guadeloupe,
    Martinique,
    Guyane,
    Reunion,
    Mayotte,
    SaintBarthelemy,
    SaintMartin,
}

impl From<Place> for Territory {
    fn from(place: Place) -> Self {
        match place {
            Place::Metropole => Self::Metropole,
            Place::AlsaceMoselle => Self::AlsaceMoselle,
            Place::Guadeloupe => Self::Guadeloupe,
            Place::Martinique => Self::Martinique,
            Place::Guyane => Self::Guyane,
            Place::Reunion => Self::Reunion,
            Place::Mayotte => Self::Mayotte,
            Place::SaintBarthelemy => Self::SaintBarthelemy,
            Place::SaintMartin => Self::SaintMartin,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves the pages and the API (the default).
    Serve,
    /// Makes or updates the schema of the database; for PostgreSQL as its owner (--owner-url).
    Migrate,
    /// Forgets links dead for 30 days, ended sessions, and what was sent and answered before; erases what the journal and
    /// unused accounts have kept for as long as the options say (T3, T4). A server does it by itself.
    Purge,
    /// Makes operators, the support team.
    Operator {
        #[command(subcommand)]
        command: OperatorCommand,
    },
    /// Imports the France Services list or a list of accounts (rule A7).
    Import(ImportArgs),
    /// Checks and exports the journal (rule T2).
    Journal {
        #[command(subcommand)]
        command: JournalCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Names what was altered, removed, inserted, swapped, cut off or rewritten; exit code 0 only when all is well, 1 for
    /// findings, 2 for unusable input.
    Verify(VerifyArgs),
    /// Writes the whole journal as lines of JSON.
    Export {
        /// The file, which must not be there yet. [default: standard output]
        file: Option<PathBuf>,
    },
    /// Prints the public key, with which an export is checked.
    Key,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Checks an export instead of the database: neither database nor key is needed.
    #[arg(long, requires = "public_key")]
    pub(crate) export: Option<PathBuf>,

    /// What `journal key` printed; may be repeated for a journal whose key was replaced. [default: from the keys]
    #[arg(long)]
    pub(crate) public_key: Vec<CheckpointVerifier>,

    /// Files with checkpoints that were kept elsewhere, one after another.
    #[arg(long, num_args = 1..)]
    pub(crate) anchors: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OperatorCommand {
    /// Adds an operator, or restores a suspended one; recorded, and told to all operators (rule A14).
    Add {
        /// The operator's address, which must not be an account's.
        email: EmailAddress,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file: UTF-8 or Latin-1, `;` or `,`.
    pub(crate) file: PathBuf,

    /// At whose request: prefecture, anct, partner, responsable or person, with a name after a colon if there is one.
    #[arg(long)]
    pub(crate) requester: Requester,

    /// Where that request is kept: a letter, a ticket.
    #[arg(long, value_parser = Reference::parse)]
    pub(crate) reference: Reference,

    /// The operator who imports. [default: the machine]
    #[arg(long)]
    pub(crate) operator: Option<EmailAddress>,

    /// Of the France Services list: also makes an account at each contact address.
    #[arg(long)]
    pub(crate) with_accounts: bool,

    /// Tells nobody that they have an account now; responsables and whoever may decide on an order are told all the same.
    #[arg(long)]
    pub(crate) no_welcome: bool,

    /// Says line by line what would happen; writes nothing. Without a database: as if it were empty.
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// How the result is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

//! `journal verify`, `journal export` and `journal key` as commands, on both databases: what somebody does to a real journal who
//! owns the database is named (T2).
//!
//! `./check` builds the server; otherwise `cargo build --example server --all-features`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod common;

use std::path::{Path, PathBuf};

use aplus::Aplus;
use aplus::journal::seal::CheckpointVerifier;
use aplus::ports::Store;
use aplus::service::{Builder, Error, FileAnchor};
use aplus::sqlx::sqlite::SqliteStore;
use aplus_test_postgres::Cluster;
use common::Tokens;
use common::checker::{bare, checked};
use common::program::{Running, run, url};
use common::scene::{self, KEY};
use common::shared::Shared;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use tempfile::TempDir;

/// What a command said, line by line, and its exit code.
struct Said {
    code: i32,
    lines: Vec<String>,
    error: String,
}

impl Said {
    /// The lines that name something wrong, without their sentences for people.
    fn findings(&self) -> Vec<&str> {
        let ends = ["sealed ", "waiting ", "covered ", "anchored "];
        let lines = self.lines.iter();
        lines
            .filter(|line| !ends.iter().any(|end| line.starts_with(end)))
            .map(|line| line.split(" — ").next().unwrap())
            .collect()
    }

    fn says(&self, begin: &str) -> bool {
        self.lines.iter().any(|line| line.starts_with(begin))
    }
}

fn said(database: &str, arguments: &[&str]) -> Said {
    let output = run(database, arguments);
    Said {
        code: output.status.code().unwrap(),
        lines: String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect(),
        error: String::from_utf8(output.stderr).unwrap(),
    }
}

fn started(store: impl Store + 'static) -> Builder {
    let mailer = Tokens::default();
    let site = aplus::Site::new("http://127.0.0.1").unwrap();
    let key = aplus::HostKey::new(KEY).unwrap();
    Aplus::builder(store, mailer, site, key)
}

/// A journal of twelve sealed entries and one that waits, with a checkpoint after each fourth.
async fn fill(store: impl Store + 'static, anchors: &Path) -> Aplus {
    let anchor = FileAnchor::open(anchors).unwrap();
    let aplus = started(store).anchor(anchor).build();
    for number in 0..12 {
        scene::group(&aplus, &format!("Mairie {number}")).await;
        if number % 4 == 3 {
            aplus.seal_rest().await.unwrap();
        }
    }
    scene::group(&aplus, "Mairie 12").await;
    aplus
}

/// A database with a journal in it, and the owner's hand.
enum Place {
    Sqlite(PathBuf),
    Postgres(Box<Shared>, u16),
}

impl Place {
    fn url(&self) -> String {
        match self {
            Self::Sqlite(file) => url(file),
            Self::Postgres(shared, port) => shared.url(*port),
        }
    }

    /// The library as a server has it that was started just now.
    async fn started(&self) -> Aplus {
        match self {
            Self::Sqlite(file) => started(SqliteStore::connect(&url(file)).await.unwrap()).build(),
            Self::Postgres(shared, port) => started(shared.store(*port).await).build(),
        }
    }

    /// Does something that no guard lets pass, as whoever owns the database can: `{t}` stands for what names begin with.
    async fn by_the_owner(&self, statements: &str) {
        match self {
            Self::Sqlite(file) => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
                let mut owner = options.foreign_keys(false).connect().await.unwrap();
                let triggers: Vec<String> = sqlx::query_scalar(
                    "select 'drop trigger ' || name from sqlite_schema where type = 'trigger'",
                )
                .fetch_all(&mut owner)
                .await
                .unwrap();
                for drop in triggers {
                    run_on(&mut owner, &drop).await;
                }
                let statements = statements
                    .replace("{t}", "aplus_")
                    .replace("{one}", "x'00000000000000000000000000000001'")
                    .replace("{empty}", "x''");
                run_on(&mut owner, &statements).await;
                owner.close().await.unwrap();
            }
            Self::Postgres(shared, port) => {
                let mut owner = shared.admin(*port).await;
                let drops: String = sqlx::query_scalar(
                    "select coalesce(string_agg(format('drop trigger %I on %s', tgname, tgrelid::regclass), '; '), '')
                    from pg_trigger where tgrelid::regclass::text like 'aplus.%' and not tgisinternal",
                )
                .fetch_one(&mut owner)
                .await
                .unwrap();
                let statements = statements
                    .replace("{t}", "aplus.")
                    .replace("{one}", "'00000000-0000-0000-0000-000000000001'")
                    .replace("{empty}", "''");
                let all = format!("set session_replication_role = replica; {drops}; {statements}");
                sqlx::raw_sql(AssertSqlSafe(all))
                    .execute(&mut owner)
                    .await
                    .unwrap();
                owner.close().await.unwrap();
            }
        }
    }
}

async fn run_on(owner: &mut SqliteConnection, statements: &str) {
    let statements = AssertSqlSafe(statements.to_owned());
    sqlx::raw_sql(statements).execute(owner).await.unwrap();
}

/// Statements after which somebody else is to be found at it, and what names it; `E` stands for the entry at place 4.
const HARMS: [(&str, &str); 8] = [
    (
        "update {t}journal_entry set details = '{}' where id = (select entry_id from {t}seal where place = 4)",
        "altered place=4 entry=E",
    ),
    (
        "delete from {t}journal_erasable where entry_id = (select entry_id from {t}seal where place = 4);
        delete from {t}journal_entry where id = (select entry_id from {t}seal where place = 4)",
        "removed place=4 entry=E",
    ),
    (
        "update {t}journal_erasable set text = '{}' where entry_id = (select entry_id from {t}seal where place = 4)",
        "erasable_altered entry=E",
    ),
    (
        "insert into {t}journal_entry (id, at, kind, author_kind, details, commitment)
            select {one}, at, kind, author_kind, details, commitment from {t}journal_entry limit 1;
        delete from {t}seal_queue where entry_id = {one}",
        "inserted entry=00000000-0000-0000-0000-000000000001",
    ),
    (
        "create table swap as select place, hash from {t}seal where place in (4, 5);
        update {t}seal set hash = (select hash from swap where place = 9 - {t}seal.place) where place in (4, 5)",
        "swapped place=4 entry=E sealed_at=5",
    ),
    (
        "delete from {t}journal_erasable where entry_id = (select entry_id from {t}seal where place = 4)",
        "erased_early entry=E",
    ),
    (
        "update {t}checkpoint set at = 9223372036854775807 where size = 4;
        delete from {t}journal_erasable where entry_id = (select entry_id from {t}seal where place = 4)",
        "erased_early entry=E",
    ),
    (QUEUED, "sealed_and_queued entry=E"),
];

/// What is sealed waits again, which stops the sealer.
const QUEUED: &str = "insert into {t}seal_queue select entry_id from {t}seal where place = 4";

/// The end is cut off, as if it had never been.
const CUT: &str = "
    delete from {t}checkpoint where size > 8;
    delete from {t}seal_queue;
    delete from {t}journal_erasable where entry_id not in (select entry_id from {t}seal where place < 8);
    delete from {t}journal_entry where id not in (select entry_id from {t}seal where place < 8);
    delete from {t}seal where place >= 8";

/// One entry is another, and nothing was ever sealed: so that all of it can be sealed anew.
const UNSEALED: &str = "
    update {t}journal_entry set details = '{}' where id = (select entry_id from {t}seal where place = 4);
    delete from {t}checkpoint;
    insert into {t}seal_queue select entry_id from {t}seal;
    delete from {t}seal;
    update {t}seal_tree set size = 0, peaks = {empty}";

/// Opens a place of its own for each harm: with its library, and the file of its anchors.
async fn each_harm<F>(open: impl Fn(PathBuf) -> F, folder: &TempDir)
where
    F: Future<Output = (Place, Aplus)>,
{
    let key = folder.path().join("key");
    std::fs::write(&key, KEY).unwrap();
    let key = key.to_str().unwrap();
    let mut number = 0;
    let mut fresh = async || {
        number += 1;
        let anchors = folder.path().join(format!("anchors{number}"));
        let (place, aplus) = open(anchors.clone()).await;
        (place, aplus, anchors.to_str().unwrap().to_owned())
    };
    let verify = |place: &Place, more: &[&str]| {
        said(
            &place.url(),
            &[&["journal", "verify", "--key-file", key], more].concat(),
        )
    };

    let (place, aplus, anchors) = fresh().await;
    let good = verify(&place, &["--anchors", &anchors]);
    assert_eq!(good.code, 0, "{:?} {}", good.lines, good.error);
    assert!(good.findings().is_empty());
    assert_eq!(good.lines[..2], ["sealed 12", "waiting 1"]);
    assert!(good.says("covered 12 until 20") && good.says("anchored 12 until 20"));
    let alone = verify(&place, &[]);
    assert_eq!((alone.code, alone.says("anchored 0")), (0, true));
    exports(&place, &aplus, &anchors, folder, key);

    for (harm, expected) in HARMS {
        let (place, aplus, _) = fresh().await;
        let sealed = aplus.journal_since(4, 1).await.unwrap();
        let entry = sealed[0].entry.id.to_string();
        place.by_the_owner(harm).await;
        let found = verify(&place, &[]);
        assert_eq!(found.code, 1, "{harm}: {:?} {}", found.lines, found.error);
        let expected = expected.replace("entry=E", &format!("entry={entry}"));
        assert!(
            found.findings().contains(&expected.as_str()),
            "{harm}: {:?}",
            found.lines
        );
        if harm == QUEUED {
            let Err(Error::Broken(cause)) = aplus.seal_rest().await else {
                panic!("it is sealed twice")
            };
            let cause = format!("{cause:?}");
            let named = format!("{entry} is sealed and waits");
            assert!(cause.contains(&named), "{cause}");
        }
        // Its export shows the same, to us and to a checker that is not ours.
        let file = folder.path().join(format!("harmed{}", place.url().len()));
        let exported = said(&place.url(), &["journal", "export", file.to_str().unwrap()]);
        assert_eq!(exported.code, 0, "{harm}: {}", exported.error);
        let public = aplus.journal_verifiers()[0].to_string();
        let theirs = checked::<PathBuf>(&file, &public, &[]);
        let ours = bare(found.lines.iter().map(String::as_str));
        assert_eq!(theirs, (1, ours), "{harm}");
        std::fs::remove_file(file).unwrap();
    }
    // Only an anchor shows what somebody did who has the database: a server that is started afterwards seals it.
    for (harm, expected) in [
        (CUT, "cut_off was=12 is=8"),
        (UNSEALED, "rewritten size=12"),
    ] {
        let (place, aplus, anchors) = fresh().await;
        // It has made no pass yet and knows nothing, as after a start; a store does not open without its triggers.
        let started = place.started().await;
        place.by_the_owner(harm).await;
        if harm == UNSEALED {
            let running = aplus.seal_rest().await;
            assert!(matches!(running, Err(Error::Broken(_))), "{running:?}");
            assert_eq!(started.seal_rest().await.unwrap(), 13);
        }
        let alone = verify(&place, &[]);
        assert_eq!(alone.code, 0, "{harm}: {:?} {}", alone.lines, alone.error);
        let found = verify(&place, &["--anchors", &anchors]);
        assert_eq!(found.code, 1, "{harm}: {:?}", found.lines);
        assert!(
            found.findings().contains(&expected),
            "{harm}: {:?}",
            found.lines
        );
    }
}

/// An export is checked with the public key and the anchors alone.
fn exports(place: &Place, aplus: &Aplus, anchors: &str, folder: &TempDir, key: &str) {
    let file = folder.path().join(format!("export{}", place.url().len()));
    let file = file.to_str().unwrap();
    let nowhere = "sqlite:/nowhere/aplus.db";
    let export = said(&place.url(), &["journal", "export", file]);
    assert_eq!(export.code, 0, "{}", export.error);
    assert!(
        export
            .error
            .contains("13 entrées, 12 scellées, 1 en attente"),
        "{}",
        export.error
    );
    let again = said(&place.url(), &["journal", "export", file]);
    assert_eq!(again.code, 2, "no file is written over");
    let keys = said(&place.url(), &["journal", "key", "--key-file", key]);
    assert_eq!(keys.lines, [aplus.journal_verifiers()[0].to_string()]);
    let public = keys.lines[0].as_str();
    let check = |file: &str, public: &str| {
        let arguments = [
            "journal",
            "verify",
            "--export",
            file,
            "--public-key",
            public,
            "--anchors",
            anchors,
        ];
        said(nowhere, &arguments)
    };
    let good = check(file, public);
    assert_eq!(good.code, 0, "{:?} {}", good.lines, good.error);
    assert!(good.says("sealed 12") && good.says("anchored 12"));

    let text = std::fs::read_to_string(file).unwrap();
    let altered = format!("{file}.altered");
    std::fs::write(&altered, text.replacen("group_created", "group_ended", 1)).unwrap();
    let found = check(&altered, public);
    assert_eq!(found.code, 1);
    assert!(
        found.findings()[0].starts_with("altered place="),
        "{:?}",
        found.lines
    );

    // After the public URL changed the journal has another name, and the old one's key for what was signed before.
    let renamed = format!("{file}.renamed");
    let header = "\"journal\":\"127.0.0.1/journal\"";
    assert!(text.contains(header));
    std::fs::write(
        &renamed,
        text.replacen(header, "\"journal\":\"new/journal\"", 1),
    )
    .unwrap();
    let new = aplus::journal::seal::CheckpointKey::new("new/journal", &[1; 32])
        .unwrap()
        .verifier()
        .to_string();
    let both = ["--public-key", &new, "--public-key", public];
    let arguments = [&["journal", "verify", "--export", &renamed], &both[..]].concat();
    let verified = said(nowhere, &arguments);
    assert_eq!(verified.code, 0, "{:?} {}", verified.lines, verified.error);
    assert_eq!(check(&renamed, public).code, 2, "no key is of its name");

    // What is no usable input is no finding.
    let cut = format!("{file}.cut");
    std::fs::write(&cut, &text[..text.len() / 2]).unwrap();
    let other: CheckpointVerifier =
        aplus::journal::seal::CheckpointKey::new("other/journal", &[1; 32])
            .unwrap()
            .verifier();
    for (file, public) in [
        (cut.as_str(), public),
        (&altered, &other.to_string()),
        ("/nowhere", public),
    ] {
        let unusable = check(file, public);
        assert_eq!(unusable.code, 2, "{file}: {:?}", unusable.lines);
        assert_eq!(unusable.error.lines().count(), 1, "{}", unusable.error);
    }
    let without = said(nowhere, &["journal", "verify", "--export", file]);
    assert_eq!(without.code, 2, "{}", without.error);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_what_the_owner_does_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let open = async |anchors: PathBuf| {
        let file = anchors.with_extension("db");
        let store = SqliteStore::connect(&url(&file)).await.unwrap();
        store.migrate().await.unwrap();
        let aplus = fill(store, &anchors).await;
        (Place::Sqlite(file), aplus)
    };
    each_harm(open, &folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_what_the_owner_does_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(&[]).unwrap();
    let port = cluster.port();
    let open = async |anchors: PathBuf| {
        let shared = Shared::on(&cluster).await;
        let aplus = fill(shared.store(port).await, &anchors).await;
        (Place::Postgres(Box::new(shared), port), aplus)
    };
    each_harm(open, &folder).await;
}

#[test]
fn a_server_that_is_told_to_stop_leaves_nothing_unsealed() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("aplus.db");
    let anchors = folder.path().join("anchors");
    let anchors = anchors.to_str().unwrap();
    let mut running = Running::serve(&[
        "--demo",
        "--database-url",
        &url(&database),
        "--anchor-file",
        anchors,
        "--anchor-mail",
        "archives@ministere.example",
    ]);
    let host = format!("Host: {}", running.authority());
    // The letter comes with the first checkpoint.
    let told = (0..20_000).any(|_| {
        let letters = running.get("/dev/mailbox.json", &[&host]);
        letters.contains("archives@ministere.example") && letters.contains("127.0.0.1/journal\\n")
    });
    assert!(told, "no letter carries the checkpoint");
    assert!(running.stop().success());
    let verified = said(
        &url(&database),
        &["journal", "verify", "--anchors", anchors],
    );
    assert_eq!(verified.code, 0, "{:?} {}", verified.lines, verified.error);
    assert!(verified.says("waiting 0"), "{:?}", verified.lines);
    let sealed = verified.lines[0].strip_prefix("sealed ").unwrap();
    assert!(
        verified.says(&format!("anchored {sealed} until ")),
        "{:?}",
        verified.lines
    );
}

#[test]
fn what_cannot_be_checked_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let database = url(&folder.path().join("aplus.db"));
    for arguments in [
        &["journal", "verify"][..],
        &["journal", "key"],
        &["journal", "export"],
        &["journal", "key", "--journal-key-file", "/nowhere"],
    ] {
        let refused = said(&database, arguments);
        assert_eq!(refused.code, 2, "{arguments:?}: {}", refused.error);
        assert_eq!(refused.error.lines().count(), 1, "{}", refused.error);
    }
    assert_eq!(
        common::program::files(folder.path()),
        Vec::<PathBuf>::new(),
        "nothing is made"
    );
    // A key of the journal's own needs no other.
    let own = folder.path().join("journal.key");
    let seed: Vec<u8> = (0..32).collect();
    std::fs::write(&own, seed).unwrap();
    let own = own.to_str().unwrap();
    let key = said(
        &database,
        &[
            "journal",
            "key",
            "--journal-key-file",
            own,
            "--public-url",
            "https://a.example",
        ],
    );
    assert!(
        key.lines[0].starts_with("a.example/journal+"),
        "{:?} {}",
        key.lines,
        key.error
    );
}

//! The example server as people meet it: its own pages, its command line, what it leaves on the disk.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use aplus::ports::{Letter, MailError, Mailer};
use aplus::rules::{AccountDraft, GroupDraft};
use aplus::service::{Context, GroupForm};
use aplus::sqlx::sqlite::SqliteStore;
use aplus::test_util::FixedClock;
use aplus::{
    Aplus, Author, EmailAddress, GroupName, HostKey, Reference, Role, Roles, Site, SupportRequest,
    Timestamp,
};
use common::program::{Running, files, run, url};
use tempfile::TempDir;

const PAGE: &str = "Accept: text/html,*/*;q=0.8";

const REQUEST: [&str; 4] = ["--requester", "anct", "--reference", "lettre du 2 mars"];

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("aplus.db");
    (folder, database)
}

/// What a program said that ended as it should.
fn said(output: Output) -> String {
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout).unwrap() + &error
}

/// The one sentence of a program that refuses.
fn refused(output: Output) -> String {
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    error
}

fn sample(name: &str) -> String {
    format!("{}/examples/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn import<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["import", file][..], &REQUEST, more].concat()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_hosts_own_answers_carry_the_headers_of_the_library() {
    let (_folder, database) = folder();
    let server = Running::start(&database);
    let host = format!("Host: {}", server.authority());
    for (path, status) in [
        ("/", 303),
        ("/health/live", 204),
        ("/health/ready", 204),
        ("/dev/mailbox", 200),
        ("/dev/mailbox.json", 200),
        ("/connexion", 200),
        ("/api/v1/me", 401),
        ("/nowhere", 404),
        ("/aide", 200),
        ("/aide/roles", 404),
    ] {
        let answer = server.get(path, &[&host, PAGE]).to_lowercase();
        assert!(
            answer.starts_with(&format!("http/1.1 {status} ")),
            "{path}: {answer}"
        );
        for line in [
            "\r\ncontent-security-policy: default-src 'none'",
            "\r\nx-content-type-options: nosniff\r\n",
            "\r\nx-frame-options: deny\r\n",
            "\r\nreferrer-policy: strict-origin\r\n",
            "\r\ncache-control: no-store\r\n",
        ] {
            assert_eq!(answer.matches(line).count(), 1, "{path}, {line}: {answer}");
        }
    }
}

#[test]
fn an_unknown_address_helps_a_person_and_a_program() {
    let (_folder, database) = folder();
    let server = Running::start(&database);
    let host = format!("Host: {}", server.authority());
    let page = server.get("/nowhere", &[&host, PAGE]);
    assert!(
        page.contains("text/html") && page.contains("<html lang=\"fr\">"),
        "{page}"
    );
    assert!(
        page.contains("Adresse inconnue") && page.contains("href=\"/connexion\""),
        "{page}"
    );
    assert!(page.contains("support@127.0.0.1"), "{page}");
    let page = server.get("/nowhere", &[&host, PAGE, "Accept-Language: en"]);
    assert!(
        page.contains("<html lang=\"en\">") && page.contains("Unknown address"),
        "{page}"
    );
    let document = server.get("/nowhere", &[&host]);
    assert!(document.contains("application/problem+json"), "{document}");
    assert!(document.contains("\"code\":\"not_found\""), "{document}");
}

#[test]
fn a_folder_of_articles_stands_in_the_place_of_ours_or_beside_them() {
    let (folder, database) = folder();
    let articles = folder.path().join("aide");
    std::fs::create_dir(&articles).unwrap();
    let write = |name: &str, text: &str| std::fs::write(articles.join(name), text).unwrap();
    write(
        "lien-expire.md",
        "# Lien périmé\nPour : tous\n\nVoyez [le badge](aide:badge).\n",
    );
    write(
        "badge.md",
        "# Mon badge\nPour : aidants\n\nDemandez-le à l'accueil.\n",
    );
    write("notes.txt", "no article");
    let folder_of = articles.to_str().unwrap();
    let (database, url) = (&database, url(&database));
    let options = ["--database-url", &url, "--help-dir", folder_of];
    let server = Running::serve(&options);
    let host = format!("Host: {}", server.authority());
    for (path, said) in [
        ("/aide/lien-expire", "<h1>Lien périmé</h1>"),
        ("/aide/badge", "<h1>Mon badge</h1>"),
        ("/aide/se-connecter", "<h1>Se connecter avec"),
    ] {
        let page = server.get(path, &[&host, PAGE]);
        assert!(
            page.starts_with("HTTP/1.1 200 ") && page.contains(said),
            "{page}"
        );
    }
    drop(server);
    let on_a_free_port = ["--listen", "127.0.0.1:0", "--help-dir", folder_of];
    write(
        "badge.md",
        "# Mon badge\nPour : aidants\n\nVoyez [ceci](aide:rien).\n",
    );
    let error = refused(run(&url, &on_a_free_port));
    assert!(error.contains("`badge` leads to `rien`"), "{error}");
    write(
        "badge.md",
        "# Mon badge\nPour : aidants\n\nValable {dure}.\n",
    );
    let error = refused(run(&url, &on_a_free_port));
    assert!(
        error.contains("the help article `badge`: nothing stands for {dure}"),
        "{error}"
    );
    assert!(database.exists());
}

#[test]
fn the_mailbox_is_shown_under_the_sites_own_name_alone() {
    let (_folder, database) = folder();
    let server = Running::start(&database);
    let port = server.authority().rsplit(':').next().unwrap();
    for path in ["/dev/mailbox", "/dev/mailbox.json"] {
        for host in ["127.0.0.1", "127.0.0.1:8080", server.authority()] {
            let answer = server.get(path, &[&format!("Host: {host}")]);
            assert!(answer.starts_with("HTTP/1.1 200 "), "{host}: {answer}");
        }
        for host in [
            format!("Host: evil.example:{port}"),
            "Host: 127.0.0.1.evil.example".to_owned(),
            "Host: 127.0.0.1@evil.example".to_owned(),
            "Host:".to_owned(),
        ] {
            let answer = server.get(path, &[&host]);
            assert!(answer.starts_with("HTTP/1.1 421 "), "{host}: {answer}");
            assert!(
                answer.contains(&format!("{}/dev/mailbox", server.origin)),
                "{answer}"
            );
        }
    }
}

#[test]
fn a_dry_run_leaves_nothing_behind() {
    let (folder, database) = folder();
    let list = sample("accounts.csv");
    let dry = said(run(&url(&database), &import(&list, &["--dry-run"])));
    assert!(dry.contains("Essai à blanc"), "{dry}");
    assert!(dry.contains("n'existe pas encore"), "{dry}");
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());

    said(run(
        &url(&database),
        &["operator", "add", "support@anct.example"],
    ));
    let before = std::fs::read(&database).unwrap();
    let made = files(folder.path());
    let by_operator = import(&list, &["--dry-run", "--operator", "support@anct.example"]);
    let dry = said(run(&url(&database), &by_operator));
    assert!(
        dry.contains("Essai à blanc") && !dry.contains("n'existe pas encore"),
        "{dry}"
    );
    assert!(
        std::fs::read(&database).unwrap() == before,
        "the database has changed"
    );
    assert_eq!(files(folder.path()), made);
}

#[test]
fn both_sample_lists_are_imported_whole() {
    let (_folder, database) = folder();
    for (name, result) in [
        (
            "france-services.csv",
            "5 lignes : 5 appliquées, 0 inchangées, 0 refusées ; 5 groupes et 5 comptes créés",
        ),
        (
            "accounts.csv",
            "5 lignes : 5 appliquées, 0 inchangées, 0 refusées ; 2 groupes et 5 comptes créés",
        ),
    ] {
        let list = sample(name);
        let arguments = import(&list, &["--with-accounts"]);
        let dry = said(run(
            &url(&database),
            &[&arguments[..], &["--dry-run"]].concat(),
        ));
        assert!(dry.contains(result), "{dry}");
        let done = said(run(&url(&database), &arguments));
        assert!(done.contains(result), "{done}");
        let again = said(run(&url(&database), &arguments));
        assert!(again.contains("0 appliquées, 5 inchangées"), "{again}");
    }
}

#[test]
fn a_second_responsable_of_a_list_comes_with_an_order_unless_none_takes_an_approval() {
    let list = "Nom;Qualité;Email;Instructeur;Responsable;Territoires;Organisation du groupe;Groupe;\
                Bal générique / fonctionnelle;Précisions / Commentaires;Compte partagé\n\
                PETIT;;alix.petit@caisse.example;;Responsable;Ain;CAF;CAF de l'Ain;;;\n\
                ROUX;;dominique.roux@caisse.example;;Responsable;Ain;CAF;CAF de l'Ain;;;\n";
    for (control, orders) in [("all", 1), ("raising", 1), ("none", 0)] {
        let (folder, database) = folder();
        let file = folder.path().join("list.csv");
        std::fs::write(&file, list).unwrap();
        let file = file.display().to_string();
        let arguments = import(&file, &["--dual-control", control]);
        let dry = [&arguments[..], &["--dry-run"]].concat();
        let result = format!("{orders} demandes de modification proposées");
        let dry = said(run(&url(&database), &dry));
        assert!(dry.contains(&result), "{control}: {dry}");
        let json = [&arguments[..], &["--format", "json"]].concat();
        let done: serde_json::Value =
            serde_json::from_str(&said(run(&url(&database), &json))).unwrap();
        assert_eq!(done["orders_proposed"], orders, "{control}: {done}");
        assert_eq!(done["accounts_created"], 2, "{control}: {done}");
    }
}

#[test]
fn what_is_made_on_the_disk_is_its_owners_alone() {
    let (folder, database) = folder();
    let _server = Running::start(&database);
    let made = files(folder.path());
    assert!(made.len() >= 3, "database, log and key: {made:?}");
    for file in made {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_database_that_cannot_be_had_is_named_and_no_key_is_written() {
    let (folder, _) = folder();
    let add = ["operator", "add", "support@anct.example"];
    let nowhere = folder.path().join("nowhere/x.db");
    let error = refused(run(&url(&nowhere), &add));
    assert!(
        error.contains("nowhere/x.db") && !error.contains("aplus.key"),
        "{error}"
    );

    let error = refused(run("sqlite::memory:", &add));
    assert!(error.contains("in memory"), "{error}");
    assert!(!Path::new("aplus.key").exists());

    let read_only = folder.path().join("aplus.db?mode=ro");
    let error = refused(run(&url(&read_only), &add));
    assert!(error.contains("mode=ro"), "{error}");
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn a_key_of_equal_bytes_is_refused_by_name() {
    let (folder, database) = folder();
    let key = folder.path().join("zero.key");
    std::fs::write(&key, [0; 32]).unwrap();
    let key = key.display().to_string();
    let arguments = [
        "operator",
        "add",
        "support@anct.example",
        "--key-file",
        &key,
    ];
    let error = refused(run(&url(&database), &arguments));
    assert!(
        error.contains("zero.key") && error.contains("equal"),
        "{error}"
    );
    assert!(!database.exists(), "nothing is made before the key is read");
}

#[test]
fn beyond_this_machine_the_public_url_is_asked_for() {
    let (folder, database) = folder();
    let error = refused(run(&url(&database), &["--listen", "0.0.0.0:0"]));
    assert!(error.contains("--public-url"), "{error}");
    let error = refused(run(
        &url(&database),
        &["--listen", "127.0.0.1:0", "--public-url", "https://a..b"],
    ));
    assert!(
        error.contains("--public-url") && error.contains("https://a..b"),
        "{error}"
    );
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

/// Takes every letter and keeps none.
struct Nowhere;

#[async_trait::async_trait]
impl Mailer for Nowhere {
    async fn send(&self, _letter: &Letter) -> Result<(), MailError> {
        Ok(())
    }
}

/// A group and two accounts that were made three years ago.
#[tokio::main(flavor = "current_thread")]
async fn years_ago(database: &Path) {
    let store = SqliteStore::connect(&url(database)).await.unwrap();
    store.migrate().await.unwrap();
    let site = Site::new("http://127.0.0.1:3000").unwrap();
    let key = HostKey::new(&[7; 32]).unwrap();
    let now = Timestamp::from_system_time(std::time::SystemTime::now()).unwrap();
    let then = now.months_before(36);
    let aplus = Aplus::builder(store.clone(), Nowhere, site, key)
        .clock(FixedClock::new(then))
        .build();
    let request = |reference: &str| SupportRequest {
        requester: "anct".parse().unwrap(),
        reference: Reference::parse(reference).unwrap(),
    };
    let (by, none) = (Author::Machine, Context::default());
    let form = GroupForm {
        draft: GroupDraft::new(GroupName::parse("Mairie").unwrap()),
        request: request("lettre du préfet"),
    };
    let group = aplus.create_group(by, &form, &none).await.unwrap().id;
    let request = request("lettre de Camille");
    for address in ["camille.martin@mairie.example", "lea.roux@mairie.example"] {
        let email = EmailAddress::parse(address).unwrap();
        let draft = AccountDraft::new(email, Roles::only(Role::Aidant));
        let made = aplus.create_account_for(by, group, &draft, &request, &none);
        made.await.unwrap();
    }
    store.close().await;
}

#[test]
fn a_purge_erases_what_is_due_and_says_what() {
    let (_folder, database) = folder();
    years_ago(&database);
    let at = url(&database);
    let holds = |text: &str| {
        let bytes = std::fs::read(&database).unwrap();
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(holds("camille.martin@mairie.example"));
    let said_by = |arguments: &[&str]| said(run(&at, arguments));
    let purged = said_by(&["purge", "--account-months", "60", "--journal-months", "6"]);
    assert!(
        purged.contains("3 lignes du journal, vieilles de 6 mois"),
        "{purged}"
    );
    assert!(
        purged.contains("0 comptes, inutilisés depuis 60 mois"),
        "{purged}"
    );
    let purged = said_by(&["purge"]);
    assert!(
        purged.contains("2 comptes, inutilisés depuis 24 mois"),
        "{purged}"
    );
    for gone in ["camille.martin", "lea.roux", "lettre de Camille"] {
        assert!(!holds(gone), "{gone} is still in the file");
    }
    assert!(holds("account_emptied"));
    for (option, value) in [
        ("--journal-months", "13"),
        ("--journal-months", "5"),
        ("--account-months", "61"),
    ] {
        let why = refused(run(&at, &["purge", option, value]));
        assert!(why.contains(option) && why.contains(value), "{why}");
    }
    let reason = ["--journal-reason", "enquête en cours"];
    said_by(&[&["purge", "--journal-months", "36"], &reason[..]].concat());
}

#[test]
fn an_operator_who_is_there_already_is_said_to_be() {
    let (_folder, database) = folder();
    let add = ["operator", "add", "support@anct.example"];
    let first = said(run(&url(&database), &add));
    assert!(first.contains("fait partie"), "{first}");
    let second = said(run(&url(&database), &add));
    assert!(second.contains("faisait déjà partie"), "{second}");
}

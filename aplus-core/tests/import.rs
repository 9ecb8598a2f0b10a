//! The import of the two published lists (A7), on small lists of our own.

#![cfg(all(feature = "import", feature = "test-util"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use aplus_core::import::{ImportError, ImportOptions, ImportReport, Layout};
use aplus_core::ports::OrdersOf;
use aplus_core::{
    Aplus, Author, EmailAddress, OrderState, Reference, Requester, Role, Roles, SupportRequest,
};

const HOUSES: &str = "\
MATRICULE;DEPARTEMENT;FRANCE SERVICES;ADRESSE;CONTACT MAIL;TELEPHONE;STRUCTURE PORTEUSE;FORMAT
1;1;Vallon;\"1 rue de la Poste; bâtiment B\";franceservices@vallon.example;01 02 03 04 05;CC du Vallon;Espace
2;1;Sainte-Ève;2 rue;;01;La Poste;Espace
3;974;Le Port;3 rue;contact@leport;0262;Mairie du Port;Espace
;;;;;;;
4;2A;Mer & Mont;4 rue;camille.martin@mer.example;04;Association;Espace
5;2A;Mont;5 rue;Camille.Martin@MER.example;04;Association;Espace
";

const PEOPLE: &str = "\
Nom;Qualité;Email;Instructeur;Responsable;Territoires;Organisation du groupe;Groupe;Bal générique / fonctionnelle;Précisions / Commentaires;Compte partagé
Alix DURAND;Agente d'accueil;alix.durand@caf.example;;;Ain;CAF;CAF de l'Ain;contact@caf.example;;
Dominique PETIT;Chef de service;dominique.petit@caf.example;Instructeur;Responsable de groupe;Ain;CAF;CAF de l'Ain;contact@caf.example;;
Accueil 2;;accueil2@caf.example;;;Ain;CAF;CAF de l'Ain;;;Oui
Maxime ROY;;maxime.roy@caf.example;;Responsable;Ain;CAF;CAF de l'Ain;;;
R2D2;;maxime.roux@caf.example;;;Ain;CAF;CAF de l'Ain;;;
Sacha BLANC;;sacha.blanc@caf.example;Instructeur;;Isère;CAF;CAF de l'Isère;;;
Dominique PETIT;;dominique.petit@caf.example;;;Isère;CAF;CAF de l'Isère;;;
Alix DURAND;;alix.durand@caf.example;;;Isère;CAF;CAF de l'Isère;;;
";

fn options() -> ImportOptions {
    ImportOptions {
        author: Author::Machine,
        request: SupportRequest {
            requester: "anct".parse::<Requester>().unwrap(),
            reference: Reference::parse("lettre 12").unwrap(),
        },
        with_accounts: true,
        welcome: true,
        dry_run: false,
    }
}

async fn import(
    aplus: &Aplus,
    list: &[u8],
    options: &ImportOptions,
) -> Result<ImportReport, ImportError> {
    let mut seen = 0;
    let report = aplus
        .import(list, options, |report| seen = report.lines)
        .await?;
    assert_eq!(seen, report.lines, "progress is told after each line");
    assert_eq!(
        report.lines,
        report.applied + report.unchanged + report.refused.len() as u64
    );
    Ok(report)
}

fn refused(report: &ImportReport) -> Vec<(u64, &str, &str)> {
    report
        .refused
        .iter()
        .map(|line| (line.line, line.code.as_str(), line.value.as_str()))
        .collect()
}

#[tokio::test]
async fn houses_become_groups_and_their_mailboxes_marked_accounts() {
    let aplus = Aplus::in_memory().unwrap();
    let dry = import(
        &aplus,
        HOUSES.as_bytes(),
        &ImportOptions {
            dry_run: true,
            ..options()
        },
    )
    .await
    .unwrap();
    assert!(
        aplus.store().is_empty().await.unwrap(),
        "a dry run writes nothing"
    );
    let report = import(&aplus, HOUSES.as_bytes(), &options()).await.unwrap();
    assert_eq!(dry, report, "a dry run says what happens");
    assert_eq!(
        (report.lines, report.applied, report.groups_created),
        (5, 3, 3)
    );
    assert_eq!((report.accounts_created, report.accounts_joined), (2, 1));
    assert_eq!(
        refused(&report),
        [
            (3, "missing_email", ""),
            (4, "invalid_email", "contact@leport")
        ]
    );

    let mailbox = EmailAddress::parse("franceservices@vallon.example").unwrap();
    let account = aplus
        .store()
        .account_by_email(&mailbox)
        .await
        .unwrap()
        .unwrap();
    assert!(account.shared());
    assert_eq!(account.roles(), Roles::only(Role::Aidant));
    let group = aplus
        .store()
        .group(account.groups()[0].id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(group.contact, Some(mailbox));
    assert!(group.france_services);
    assert_eq!(group.organisation.unwrap().as_str(), "CC du Vallon");

    let again = import(&aplus, HOUSES.as_bytes(), &options()).await.unwrap();
    assert_eq!(
        (
            again.applied,
            again.unchanged,
            again.groups_created,
            again.accounts_created
        ),
        (0, 3, 0, 0)
    );
}

#[tokio::test]
async fn without_accounts_an_empty_contact_is_fine_and_a_malformed_one_is_not() {
    let aplus = Aplus::in_memory().unwrap();
    let groups = ImportOptions {
        with_accounts: false,
        ..options()
    };
    let report = import(&aplus, HOUSES.as_bytes(), &groups).await.unwrap();
    assert_eq!((report.groups_created, report.accounts_created), (4, 0));
    assert_eq!(refused(&report), [(4, "invalid_email", "contact@leport")]);
    // The accounts come later, into the groups that are there.
    let report = import(&aplus, HOUSES.as_bytes(), &options()).await.unwrap();
    assert_eq!(
        (
            report.groups_created,
            report.accounts_created,
            report.accounts_joined
        ),
        (0, 2, 1)
    );
}

#[tokio::test]
async fn people_get_accounts_and_a_second_responsable_waits_for_an_approval() {
    for dry_run in [true, false] {
        let aplus = Aplus::in_memory().unwrap();
        let report = import(
            &aplus,
            PEOPLE.as_bytes(),
            &ImportOptions {
                dry_run,
                ..options()
            },
        )
        .await
        .unwrap();
        assert_eq!(
            refused(&report),
            [
                (6, "invalid_last_name", "R2D2"),
                (8, "responsable_elsewhere", "dominique.petit@caf.example"),
            ],
            "dry run: {dry_run}"
        );
        assert_eq!(
            (
                report.groups_created,
                report.accounts_created,
                report.accounts_joined
            ),
            (2, 5, 1)
        );
        assert_eq!(report.orders_proposed, 1, "dry run: {dry_run}");
        if dry_run {
            assert!(aplus.store().is_empty().await.unwrap());
            continue;
        }
        let of = |text: &str| EmailAddress::parse(text).unwrap();
        let head = aplus
            .store()
            .account_by_email(&of("dominique.petit@caf.example"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(head.roles(), Roles::new(Role::ALL).unwrap());
        assert_eq!(head.groups().len(), 1);
        assert_eq!(
            head.profile().job_title.as_ref().unwrap().as_str(),
            "Chef de service"
        );
        // Maxime's line is applied, but for the role, which an order asks for (A7).
        let second = aplus
            .store()
            .account_by_email(&of("maxime.roy@caf.example"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(second.roles(), Roles::only(Role::Aidant));
        let orders = aplus.store().orders(OrdersOf::All, None, None, 10);
        let orders = orders.await.unwrap().items;
        assert_eq!(orders.len(), 1);
        assert_eq!(orders[0].account, second.id());
        let wanted = Roles::new([Role::Aidant, Role::Responsable]).unwrap();
        assert_eq!(orders[0].to.roles, wanted);
        assert_eq!(orders[0].author, Author::Machine);
        assert_eq!(orders[0].state(aplus.now()), OrderState::Proposed);
        let again = import(&aplus, PEOPLE.as_bytes(), &options()).await.unwrap();
        assert_eq!((again.orders_proposed, again.accounts_created), (0, 0));
        let desk = aplus
            .store()
            .account_by_email(&of("accueil2@caf.example"))
            .await
            .unwrap()
            .unwrap();
        assert!(desk.shared() && desk.profile().last_name.is_none());
        let joined = aplus
            .store()
            .account_by_email(&of("alix.durand@caf.example"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(joined.groups().len(), 2);
    }
}

#[tokio::test]
async fn latin_1_commas_quotes_and_a_byte_order_mark_read_the_same() {
    let reference = import(&Aplus::in_memory().unwrap(), PEOPLE.as_bytes(), &options())
        .await
        .unwrap();
    let latin_1: Vec<u8> = PEOPLE
        .chars()
        .map(|character| u8::try_from(character).unwrap())
        .collect();
    let quoted: String = PEOPLE
        .lines()
        .map(|line| {
            line.split(';')
                .map(|cell| format!("\"{cell}\""))
                .collect::<Vec<_>>()
                .join(",")
                + "\r\n"
        })
        .collect();
    let marked = [b"\xef\xbb\xbf", PEOPLE.as_bytes()].concat();
    for list in [latin_1.as_slice(), quoted.as_bytes(), &marked] {
        let aplus = Aplus::in_memory().unwrap();
        assert_eq!(import(&aplus, list, &options()).await.unwrap(), reference);
        let alix = EmailAddress::parse("alix.durand@caf.example").unwrap();
        let account = aplus
            .store()
            .account_by_email(&alix)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            account.profile().job_title.as_ref().unwrap().as_str(),
            "Agente d'accueil"
        );
    }
}

#[tokio::test]
async fn what_is_no_list_is_one_clear_error_and_nothing_is_written() {
    let aplus = Aplus::in_memory().unwrap();
    assert!(matches!(
        import(&aplus, b"", &options()).await,
        Err(ImportError::Empty)
    ));
    let doubled = PEOPLE.replace("Précisions / Commentaires", "Email");
    for (bad, layout, column) in [
        (&b"a;b;c\n1;2;3\n"[..], Layout::FranceServices, "MATRICULE"),
        (b"\x00\x01\x02\x03", Layout::FranceServices, "MATRICULE"),
        (&[b'x'; 100_000], Layout::FranceServices, "MATRICULE"),
        (
            b"MATRICULE;DEPARTEMENT\n1;2\n",
            Layout::FranceServices,
            "FRANCE SERVICES",
        ),
        (
            b"Email,Nom,DEPARTEMENT\na@b.example,,\n",
            Layout::Accounts,
            "Qualité",
        ),
        (doubled.as_bytes(), Layout::Accounts, "Email"),
    ] {
        let error = import(&aplus, bad, &options()).await.unwrap_err();
        assert!(
            error.to_string().contains(&format!("`{column}`")),
            "{error}"
        );
        assert!(
            matches!(&error, ImportError::UnknownHeader { nearest, missing, .. } if (*nearest, *missing) == (layout, column)),
            "{error}"
        );
    }
    assert!(aplus.store().is_empty().await.unwrap());
}

#[tokio::test]
async fn a_line_with_too_many_or_too_few_cells_stops_no_other() {
    let aplus = Aplus::in_memory().unwrap();
    let list = format!(
        "{HOUSES}6;1\n7;1;Bois;7 rue;x@bois.example;01;Mairie;Espace;trop\n8;1;Pré;8 rue;y@pre.example;01;M;E;;\n"
    );
    let report = import(&aplus, list.as_bytes(), &options()).await.unwrap();
    assert_eq!(
        &refused(&report)[2..],
        [(8, "columns", "2"), (9, "columns", "9")]
    );
    assert_eq!(report.groups_created, 4);
}

#[tokio::test]
async fn whoever_is_no_operator_imports_nothing() {
    let aplus = Aplus::in_memory().unwrap();
    let stranger = Author::Operator(aplus_core::OperatorId::from_uuid(uuid::Uuid::nil()));
    let error = import(
        &aplus,
        HOUSES.as_bytes(),
        &ImportOptions {
            author: stranger,
            ..options()
        },
    )
    .await
    .unwrap_err();
    assert!(
        matches!(error, ImportError::Stopped { line: 1, .. }),
        "{error}"
    );
    assert!(aplus.store().is_empty().await.unwrap());
}

#[tokio::test]
async fn a_quote_that_is_never_closed_spoils_its_own_line_alone() {
    let aplus = Aplus::in_memory().unwrap();
    let list = format!(
        "{HOUSES}6;1;\"Bois;6 rue;x@bois.example;01;M;E\n\
         7;1;Pré 5\" étage;7 rue;y@pre.example;01;M;E\n\
         8;1;Lac;\"8 rue\nbâtiment \"\"B\"\"\";z@lac.example;01;M;E\n\
         9;1;Cap;9 rue;t@cap.example;01;M;E\n"
    );
    let groups = ImportOptions {
        with_accounts: false,
        ..options()
    };
    let report = import(&aplus, list.as_bytes(), &groups).await.unwrap();
    assert_eq!(refused(&report)[1].0, 8);
    assert_eq!(refused(&report)[1].1, "quotes");
    assert_eq!(
        (report.refused.len(), report.groups_created, report.lines),
        (2, 7, 9),
        "{report:?}"
    );
}

#[tokio::test]
async fn a_quote_before_the_last_cell_swallows_no_line() {
    let aplus = Aplus::in_memory().unwrap();
    let list = format!(
        "{HOUSES}6;1;Bois;6 rue;x@bois.example;01;M;\"E\n\
         7;1;Lac;7 rue;z@lac.example;01;M;E\n\
         8;1;Cap;8 rue;t@cap.example;01;M;\"E\"\n"
    );
    let groups = ImportOptions {
        with_accounts: false,
        ..options()
    };
    let report = import(&aplus, list.as_bytes(), &groups).await.unwrap();
    assert_eq!(
        report
            .refused
            .iter()
            .map(|line| line.line)
            .collect::<Vec<_>>(),
        [4, 8]
    );
    assert_eq!((report.groups_created, report.lines), (6, 8), "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_imports_at_once_make_nothing_twice() {
    for list in [HOUSES, PEOPLE] {
        let aplus = Aplus::in_memory().unwrap();
        let imports = (0..4).map(|_| {
            let aplus = aplus.clone();
            tokio::spawn(async move { import(&aplus, list.as_bytes(), &options()).await.unwrap() })
        });
        let (mut groups, mut accounts) = (0, 0);
        for import in imports.collect::<Vec<_>>() {
            let report = import.await.unwrap();
            let ambiguous = refused(&report)
                .iter()
                .any(|(_, code, _)| *code == "ambiguous_group");
            assert!(!ambiguous, "{report:?}");
            groups += report.groups_created;
            accounts += report.accounts_created;
        }
        let alone = import(&Aplus::in_memory().unwrap(), list.as_bytes(), &options()).await;
        let alone = alone.unwrap();
        assert_eq!(groups, alone.groups_created);
        assert_eq!(accounts, alone.accounts_created);
    }
}

//! What the tests of this package share: a store in a folder of its own, and acts made by the rules on given facts.

#![allow(
    dead_code,
    reason = "each test file is a crate of its own and uses a part"
)]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::atomic::{AtomicU64, Ordering};

use aplus_core::account::SupportRequest;
use aplus_core::group::{Requester, RequesterKind};
use aplus_core::journal::{Origin, Salt};
use aplus_core::link::Purpose;
use aplus_core::ports::{
    Accounts, AnsweredAsks, AskReceipt, Logins, NewAsk, NewLink, Outcome, TargetRef, Wanted,
};
use aplus_core::rules::{self, AccountDraft, GroupDraft};
use aplus_core::words::Language;
use aplus_core::*;
use aplus_sqlx::sqlite::SqliteStore;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Row, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// An id that no other has in this process.
pub(crate) fn fresh() -> Uuid {
    Uuid::from_u128(
        0x0197_0000_0000_7000_8000_0000_0000_0000
            | u128::from(NEXT.fetch_add(1, Ordering::Relaxed)),
    )
}

pub(crate) fn at(second: u64) -> Timestamp {
    Timestamp::from_unix_micros(1_800_000_000_000_000)
        .unwrap()
        .saturating_add(std::time::Duration::from_secs(second))
}

pub(crate) fn now() -> Circumstances {
    Circumstances {
        at: at(0),
        origin: Origin::default(),
        request: None,
        entry: EntryId::from_uuid(fresh()),
        created: fresh(),
        salt: Salt([7; 32]),
    }
}

pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub(crate) fn requested() -> SupportRequest {
    SupportRequest {
        requester: Requester {
            kind: RequesterKind::Prefecture,
            name: None,
        },
        reference: Reference::parse("ticket 12").unwrap(),
    }
}

/// A migrated store in a folder of its own, which goes with it.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) store: SqliteStore,
}

impl Place {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::connect(&url(&folder)).await.unwrap();
        store.migrate().await.unwrap();
        Self { folder, store }
    }

    /// A connection that a host or an attacker opens by themselves, with nothing but the defaults.
    pub(crate) async fn bare(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.folder.path().join("aplus.db"));
        options.connect().await.unwrap()
    }

    pub(crate) async fn group(&self, name: &str) -> GroupId {
        let mut draft = GroupDraft::new(GroupName::parse(name).unwrap());
        draft.matricule = Some(Matricule::parse(name).unwrap());
        let permit = rules::create_group(&Actor::Machine, &draft, &requested()).unwrap();
        match self
            .store
            .create_group(permit.into_act(now()))
            .await
            .unwrap()
        {
            Outcome::Done(group) => group.id,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn account(&self, address: &str, roles: Roles, group: GroupId) -> AccountId {
        let facts = self
            .store
            .facts(&wanted(None, Some(group)))
            .await
            .unwrap()
            .group
            .unwrap();
        let draft = AccountDraft::new(email(address), roles);
        let policy = Policy {
            dual_control: DualControl::None,
            ..Policy::default()
        };
        let (machine, request, lifetimes) = (Actor::Machine, requested(), Lifetimes::default());
        let permit =
            rules::create_account_for(&machine, &facts, &draft, &request, &policy, &lifetimes);
        let permit = permit.unwrap();
        match self
            .store
            .create_account(permit.into_act(now()))
            .await
            .unwrap()
        {
            Outcome::Done(account) => account.id(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn operator(&self, address: &str) -> OperatorId {
        let permit = rules::add_operator(&Actor::Machine, &email(address), None).unwrap();
        match self
            .store
            .add_operator(permit.into_act(now()))
            .await
            .unwrap()
        {
            Outcome::Done(operator) => operator.id,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn target(&self, account: AccountId) -> Target {
        self.store
            .facts(&wanted(Some(account), None))
            .await
            .unwrap()
            .target
            .unwrap()
    }

    pub(crate) async fn ask(&self, address: &str, browser: u8, second: u64) -> AskId {
        let id = AskId::from_uuid(fresh());
        let ask = NewAsk {
            id,
            email: email(address),
            browser: BrowserHash::from_bytes([browser; 32]),
            network: "192.0.2.1".to_owned(),
            next: None,
            language: Language::French,
            at: at(second),
        };
        let receipt = self.store.ask(&ask, 1_000).await.unwrap();
        assert_eq!(receipt, AskReceipt::Queued);
        id
    }

    /// A link of an account, written as the courier writes it.
    pub(crate) async fn link(&self, account: AccountId, address: &str) -> LinkId {
        let (link, ask) = (fresh(), self.ask(address, 1, 0).await);
        let new = new_link(link, account, address);
        let answers = vec![(
            ask,
            asking::Answer::Issue {
                link: new.id,
                supersedes: None,
            },
        )];
        let answered = answered(address, answers, vec![new]);
        assert_eq!(
            self.store.answer(answered).await.unwrap(),
            Outcome::Done(())
        );
        LinkId::from_uuid(link)
    }
}

pub(crate) fn url(folder: &TempDir) -> String {
    format!("sqlite:{}", folder.path().join("aplus.db").display())
}

pub(crate) fn wanted(target: Option<AccountId>, group: Option<GroupId>) -> Wanted {
    Wanted {
        author: Author::Machine,
        target: target.map(TargetRef::Id),
        group,
        request: None,
    }
}

pub(crate) fn new_link(id: Uuid, account: AccountId, address: &str) -> NewLink {
    let mut hash = [9; 32];
    hash[..16].copy_from_slice(id.as_bytes());
    NewLink {
        id: LinkId::from_uuid(id),
        hash: LinkHash::from_bytes(hash),
        nonce: Nonce::from_bytes([3; 32]),
        key: KeyId::from_bytes([4; 8]),
        purpose: Purpose::LogIn,
        principal: Principal::Account(account),
        email: email(address),
        browser: BrowserHash::from_bytes([1; 32]),
        issued_at: at(0),
        expires_at: at(1_800),
        epoch: Epoch(0),
        next: None,
        language: Language::French,
        supersedes: None,
    }
}

pub(crate) fn answered(
    address: &str,
    answers: Vec<(AskId, asking::Answer)>,
    links: Vec<NewLink>,
) -> AnsweredAsks {
    AnsweredAsks {
        email: email(address),
        answers,
        links,
        entries: Vec::new(),
        mails: Vec::new(),
        language: Language::French,
        at: at(1),
    }
}

/// All lines of all tables of ours, as text in a fixed order.
pub(crate) async fn dump(connection: &mut SqliteConnection) -> String {
    let tables = sqlx::query_scalar::<_, String>(
        "select name from sqlite_schema where type = 'table' and name like 'aplus_%' order by name",
    );
    let mut lines = Vec::new();
    for table in tables.fetch_all(&mut *connection).await.unwrap() {
        let statement = sqlx::AssertSqlSafe(format!("select * from {table}"));
        let rows = sqlx::query(statement)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        for row in &rows {
            let mut line = table.clone();
            for column in 0..row.len() {
                let value: Option<Vec<u8>> = row.try_get_unchecked(column).unwrap();
                line.push_str(&format!(
                    "|{:?}",
                    value.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                ));
            }
            lines.push(line);
        }
    }
    lines.sort_unstable();
    lines.join("\n")
}

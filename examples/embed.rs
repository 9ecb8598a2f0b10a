//! Ours as the base: a host with its own state, home page, fallback, base path and table, that refers to `aplus_account`,
//! whose lines never go. One of its routes creates an account and the host's own row about it in one transaction.
//!
//! `cargo run --example embed --features axum,sqlx-sqlite,test-util` makes one request of each kind and ends.

use aplus::ports::{Accounts, Journal, Letter, MailError, Mailer, Outcome, Wanted};
use aplus::rules::{self, AccountDraft, Action, GroupDraft};
use aplus::service::{Context, GroupForm};
use aplus::sqlx::sqlite::{SqliteStore, accounts, store_error};
use aplus::web::{CurrentAccount, Session, Web};
use aplus::{
    Aplus, Author, EmailAddress, Error, GroupId, GroupName, HostKey, Reference, Refusal, Requester,
    RequesterKind, Role, Roles, Site, SupportRequest, test_util,
};
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, Path, State};
use axum::http::{Request, StatusCode, header};
use axum::routing::{get, post};
use secrecy::ExposeSecret;
use tower::ServiceExt;

/// The host's state: ours, and what it needs itself.
#[derive(Clone)]
struct Desks {
    aplus: Aplus,
    store: SqliteStore,
}

impl FromRef<Desks> for Aplus {
    fn from_ref(desks: &Desks) -> Self {
        desks.aplus.clone()
    }
}

/// A handler of the host's: who is logged in is an argument.
async fn home(CurrentAccount(account): CurrentAccount) -> String {
    format!("{} groupe(s)", account.groups().len())
}

/// Creates an account and the host's row about it: both, or neither. What is refused is recorded, as on our own routes.
async fn open_desk(
    State(desks): State<Desks>,
    Session(current): Session,
    Path((group, email)): Path<(GroupId, String)>,
) -> StatusCode {
    let Ok(email) = EmailAddress::parse(&email) else {
        return StatusCode::UNPROCESSABLE_ENTITY;
    };
    let context = Context::default();
    let created = async {
        // What was decided on may have moved: then it is decided anew, a few times.
        for _ in 0..5 {
            match create(&desks, current.author(), group, &email, &context).await? {
                Some(verdict) => {
                    let (action, group) = (Action::CreateAccount, Some(group));
                    return desks
                        .aplus
                        .allow(&current, action, None, group, verdict, &context)
                        .await;
                }
                None => continue,
            }
        }
        Err(Error::Busy)
    };
    match created.await {
        Ok(()) => StatusCode::CREATED,
        Err(Error::Refused(_)) => StatusCode::FORBIDDEN,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// One try: done, refused, or none if the facts moved between decision and write.
async fn create(
    desks: &Desks,
    author: Author,
    group: GroupId,
    email: &EmailAddress,
    context: &Context,
) -> Result<Option<Result<(), Refusal>>, Error> {
    let wanted = Wanted {
        author,
        target: None,
        group: Some(group),
        request: None,
    };
    let facts = desks.store.facts(&wanted).await?;
    let Some(group) = facts.group else {
        return Ok(Some(Err(Refusal::GroupNotFound)));
    };
    let draft = AccountDraft::new(email.clone(), Roles::only(Role::Aidant));
    let permit = match rules::create_account(&facts.actor, &group, &draft, desks.aplus.policy()) {
        Ok(permit) => permit,
        Err(refusal) => return Ok(Some(Err(refusal))),
    };
    let act = permit.into_act(desks.aplus.circumstances(context, author)?);

    let mut transaction = desks.store.begin().await?;
    match accounts::create_account(&mut transaction, act)
        .await
        .map_err(store_error)?
    {
        Outcome::Done(account) => {
            sqlx::query("insert into desk (account_id, number) values (?1, 1)")
                .bind(account.id().as_uuid().as_bytes().as_slice())
                .execute(&mut *transaction)
                .await
                .map_err(store_error)?;
            SqliteStore::commit(transaction).await?;
            Ok(Some(Ok(())))
        }
        Outcome::Taken => {
            let holder = accounts::holder(&mut transaction, email)
                .await
                .map_err(store_error)?;
            Ok(holder.map(|holder| Err(rules::taken(&facts.actor, holder))))
        }
        Outcome::Stale | Outcome::Repeated(_) => Ok(None),
    }
}

/// Where a host hands its mails to a relay.
struct Relay;

#[async_trait::async_trait]
impl Mailer for Relay {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        tracing::info!(id = %letter.id, "a letter would go out");
        Ok(())
    }
}

/// The host's router: its own pages, and ours below `/comptes`.
fn app(desks: Desks) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/desks/{group}/{email}", post(open_desk))
        .merge(Web::new(&desks.aplus).router())
        .fallback(|| async { (StatusCode::NOT_FOUND, "nothing here") })
        .with_state(desks)
}

/// A database with the host's table beside ours, a group and its responsable.
async fn open(folder: &std::path::Path) -> Result<(Desks, GroupId), Box<dyn std::error::Error>> {
    let store =
        SqliteStore::connect(&format!("sqlite:{}", folder.join("desks.db").display())).await?;
    store.migrate().await?;
    let mut transaction = store.begin().await?;
    sqlx::query("create table desk (account_id blob primary key references aplus_account (id), number integer)")
        .execute(&mut *transaction)
        .await?;
    SqliteStore::commit(transaction).await?;

    let site = Site::new("http://127.0.0.1:3000")?.with_base_path("/comptes")?;
    let key = HostKey::new(b"at least 32 random bytes of a file")?;
    let aplus = Aplus::builder(store.clone(), Relay, site, key).build();
    let request = SupportRequest {
        requester: Requester {
            kind: RequesterKind::Prefecture,
            name: None,
        },
        reference: Reference::parse("ouverture du service")?,
    };
    let form = GroupForm {
        draft: GroupDraft::new(GroupName::parse("Mairie de Valmy")?),
        request: request.clone(),
    };
    let group = aplus
        .create_group(Author::Machine, &form, &Context::default())
        .await?
        .id;
    let draft = AccountDraft::new(
        EmailAddress::parse("camille.martin@valmy.example")?,
        Roles::only(Role::Responsable),
    );
    aplus
        .create_account_for(
            Author::Machine,
            group,
            &draft,
            &request,
            &Context::default(),
        )
        .await?;
    Ok((Desks { aplus, store }, group))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let (desks, group) = open(folder.path()).await?;
    let app = app(desks.clone());
    let ask = |method: &str, path: &str, cookie: Option<&str>| {
        let request = Request::builder().method(method).uri(path);
        let request = cookie.iter().fold(request, |request, cookie| {
            request.header(header::COOKIE, *cookie)
        });
        request.body(Body::empty())
    };

    // Nobody is logged in: a navigation is led to our log-in, below the host's base path, and back.
    let navigation = Request::builder()
        .uri("/")
        .header(header::ACCEPT, "text/html")
        .body(Body::empty())?;
    let answer = app.clone().oneshot(navigation).await?;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        answer.headers()[header::LOCATION],
        "/comptes/connexion?suite=%2F"
    );

    // The responsable logs in, and opens a desk: an account and the host's row.
    let camille = EmailAddress::parse("camille.martin@valmy.example")?;
    let opened = test_util::log_in(&desks.aplus, &camille).await?;
    let cookie = format!("aplus={}", opened.secret.reveal().expose_secret());
    let answer = app.clone().oneshot(ask("GET", "/", Some(&cookie))?).await?;
    assert_eq!(answer.status(), StatusCode::OK);
    let path = format!("/desks/{group}/sacha.petit@valmy.example");
    let answer = app
        .clone()
        .oneshot(ask("POST", &path, Some(&cookie))?)
        .await?;
    assert_eq!(answer.status(), StatusCode::CREATED);

    // The same address again: refused, and neither an account nor a row came of it.
    let answer = app
        .clone()
        .oneshot(ask("POST", &path, Some(&cookie))?)
        .await?;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let entries = desks.store.entries(None, 100).await?;
    let last = entries.last().map(|entry| entry.kind.as_str());
    assert_eq!(last, Some("refused"), "what was refused is recorded (T1)");
    let mut read = desks.store.read().await?;
    let desk_count: i64 = sqlx::query_scalar("select count(*) from desk")
        .fetch_one(&mut *read)
        .await?;
    assert_eq!(desk_count, 1);

    let answer = app.oneshot(ask("GET", "/elsewhere", None)?).await?;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    Ok(())
}

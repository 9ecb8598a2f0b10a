//! Ours as the base: a host with its own state, home page, fallback, base path and table, that refers to `aplus_account`,
//! whose lines never go. One of its routes creates an account and the host's own row about it in one transaction.
//!
//! `cargo run --example embed --features axum,sqlx-sqlite,test-util` makes one request of each kind and ends.

use std::sync::Arc;

use aplus::ports::{Accounts, Letter, MailError, Mailer, Outcome, Wanted};
use aplus::rules::{self, AccountDraft, GroupDraft};
use aplus::service::{Context, GroupForm};
use aplus::sqlx::sqlite::{SqliteStore, accounts};
use aplus::web::{Caller, CurrentAccount, Problem, Web};
use aplus::{
    Aplus, Author, EmailAddress, Error, GroupId, GroupName, HostKey, Reference, Refusal, Requester, RequesterKind,
    Role, Roles, Site, SupportRequest, test_util,
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
    store: Arc<SqliteStore>,
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

/// Creates an account and the host's row about it: both, or neither.
async fn open_desk(
    State(desks): State<Desks>,
    CurrentAccount(responsable): CurrentAccount,
    Path((group, email)): Path<(GroupId, String)>,
    Caller(context): Caller,
) -> Result<StatusCode, Problem> {
    let desks_problem = |error: Error| Problem::of(&desks.aplus, error);
    let email = EmailAddress::parse(&email).map_err(|_| desks_problem(Refusal::AccountNotFound.into()))?;
    create(&desks, responsable.id().into(), group, email, &context).await.map_err(desks_problem)
}

async fn create(
    desks: &Desks,
    author: Author,
    group: GroupId,
    email: EmailAddress,
    context: &Context,
) -> Result<StatusCode, Error> {
    let wanted = Wanted { author, target: None, group: Some(group), request: None };
    let facts = desks.store.facts(&wanted).await?;
    let group = facts.group.ok_or(Refusal::GroupNotFound)?;
    let draft = AccountDraft::new(email, Roles::only(Role::Aidant));
    let permit = rules::create_account(&facts.actor, &group, &draft, desks.aplus.policy())?;
    let act = permit.into_act(desks.aplus.circumstances(context, author)?);

    let mut transaction = desks.store.begin().await?;
    match accounts::create_account(&mut transaction, act).await? {
        Outcome::Done(account) => {
            sqlx::query("insert into desk (account_id, number) values (?1, 1)")
                .bind(account.id().as_uuid().as_bytes().as_slice())
                .execute(&mut *transaction)
                .await
                .map_err(aplus::sqlx::sqlite::store_error)?;
            SqliteStore::commit(transaction).await?;
            Ok(StatusCode::CREATED)
        }
        Outcome::Taken => Err(Refusal::EmailTaken.into()),
        Outcome::Stale | Outcome::Repeated(_) => Err(Error::Busy),
    }
}

struct Printer;

#[async_trait::async_trait]
impl Mailer for Printer {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        tracing::info!(id = %letter.id, "a letter would go out");
        Ok(())
    }
}

fn main() {}

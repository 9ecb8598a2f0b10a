//! A host's property test: rules that the host relies on, checked for every actor and for random accounts.
//!
//! In a host these functions carry `#[test]`; here `main` calls them, so that the example runs.
//!
//! `cargo run --example property --features test-util`

use aplus::rules::{self, AccountDraft};
use aplus::test_util::{self, strategy};
use aplus::{
    Actor, Aplus, EmailAddress, FrozenField, GroupFacts, GroupId, Policy, Refusal, Role, Roles,
    Version,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn group(number: u128) -> GroupId {
    GroupId::from_uuid(uuid::Uuid::from_u128(number))
}

/// Whoever may create an account in a group is an active responsable of that group: for every actor, draft and role set.
fn only_responsables_create_accounts() -> Result<(), Failure> {
    let (theirs, other) = (group(1), group(2));
    let policy = Policy::default();
    let actors = test_util::every_actor(theirs, other);
    let mut allowed = 0;
    for actor in &actors {
        for roles in Roles::all_sets() {
            let draft =
                AccountDraft::new(EmailAddress::parse("camille.martin@mairie.example")?, roles);
            for id in [theirs, other] {
                let facts = GroupFacts {
                    id,
                    version: Version(0),
                    active_responsables: 1,
                };
                let verdict = rules::may_create_account(actor, &facts, &draft, &policy);
                let manages = matches!(actor, Actor::Account(standing) if standing.manages(id));
                assert_eq!(verdict.is_ok(), manages, "{actor:?} in {id}");
                allowed += usize::from(verdict.is_ok());
            }
        }
    }
    assert!(allowed > 0, "a property that never says yes proves nothing");
    Ok(())
}

/// Nobody changes what is frozen.
fn nobody_changes_what_is_frozen() {
    for actor in test_util::every_actor(group(1), group(2)) {
        for field in FrozenField::ALL {
            assert!(
                rules::may_change_frozen(&actor, field).is_err(),
                "{actor:?}"
            );
        }
    }
}

/// An address that shows itself as a shared mailbox never becomes a responsable, whatever else the draft says.
fn no_shared_mailbox_is_responsable() -> Result<(), Failure> {
    let policy = Policy::default();
    TestRunner::default().run(
        &(strategy::account_draft(), strategy::standing()),
        |(draft, standing)| {
            let shared = draft.shared || policy.shared_mailboxes.matches(&draft.email);
            prop_assume!(shared && draft.roles.contains(Role::Responsable));
            for id in standing.groups.iter() {
                let facts = GroupFacts {
                    id,
                    version: Version(0),
                    active_responsables: 1,
                };
                let actor = Actor::Account(standing.clone());
                prop_assert!(rules::create_account(&actor, &facts, &draft, &policy).is_err());
            }
            Ok(())
        },
    )?;
    Ok(())
}

/// The whole service in memory: an address that nobody has logs nobody in.
async fn an_unknown_address_logs_nobody_in() -> Result<(), Failure> {
    let aplus = Aplus::in_memory()?;
    let nobody = EmailAddress::parse("personne@inconnu.example")?;
    match test_util::log_in(&aplus, &nobody).await {
        Err(aplus::Error::Refused(Refusal::LinkUnknown)) => Ok(()),
        other => Err(format!("an unknown address came to {other:?}").into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    only_responsables_create_accounts()?;
    nobody_changes_what_is_frozen();
    no_shared_mailbox_is_responsable()?;
    an_unknown_address_logs_nobody_in().await
}

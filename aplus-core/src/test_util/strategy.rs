//! Strategies of `proptest` for the words of the domain: whatever they make, the doors of the library take.
//!
//! ```
//! use aplus_core::test_util::strategy;
//! use aplus_core::{Actor, rules};
//! use proptest::prelude::*;
//!
//! proptest!(|(target in strategy::target())| {
//!     // Nobody deactivates their own account (A8).
//!     let own = Actor::Account(target.standing().clone());
//!     prop_assert!(rules::may_deactivate(&own, &target).is_err());
//! });
//! ```

use std::str::FromStr;

use proptest::option;
use proptest::prelude::*;

use super::EVERY_STATUS;
use crate::account::{Author, Status, Version};
use crate::order::{OrderFacts, OrderState, OrderedChange};
use crate::rules::AccountDraft;
use crate::{
    AccountId, EmailAddress, FirstName, GroupFacts, GroupId, JobTitle, LastName, OperatorId,
    OrderId, Phone, Profile, ProfileChange, Roles, Standing, Target, Timestamp,
};

/// What is read from texts of this shape; a text that its door refuses is drawn anew.
fn read<T: FromStr + std::fmt::Debug + 'static>(shape: &'static str) -> impl Strategy<Value = T> {
    shape.prop_filter_map("refused at the door", |text| text.parse().ok())
}

/// An address in normal form: nominative ones, shared mailboxes, odd ones.
pub fn email() -> impl Strategy<Value = EmailAddress> {
    prop_oneof![
        4 => read("[a-z]{1,12}\\.[a-z]{1,12}@[a-z]{2,10}\\.(fr|example)"),
        1 => read("(accueil|contact|mairie)@[a-z]{2,10}\\.fr"),
        1 => read("[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,20}@[a-zéèï]{2,10}\\.[a-z0-9]{1,8}\\.gouv\\.fr"),
    ]
}

/// Any set of roles.
pub fn roles() -> impl Strategy<Value = Roles> {
    prop::sample::select(Roles::all_sets().to_vec())
}

/// Any status.
pub fn status() -> impl Strategy<Value = Status> {
    prop::sample::select(EVERY_STATUS.to_vec())
}

/// Any instant that there is.
pub fn timestamp() -> impl Strategy<Value = Timestamp> {
    let micros = Timestamp::MIN.as_unix_micros()..=Timestamp::MAX.as_unix_micros();
    micros.prop_filter_map("out of range", |it| Timestamp::from_unix_micros(it).ok())
}

/// Details, each there or not.
pub fn profile() -> impl Strategy<Value = Profile> {
    (
        option::of(read::<FirstName>(
            "[A-ZÀÉÎ][a-zàéîœ]{1,20}([ '-][A-Z][a-z]{1,10})?",
        )),
        option::of(read::<LastName>(
            "[A-ZÀÉÎ][a-zàéîœ]{1,20}([ '-][A-Z][a-z]{1,10})?",
        )),
        option::of(read::<JobTitle>("[A-Z][a-z ·'&<>]{1,60}")),
        option::of(read::<Phone>(
            "(0[1-9]( [0-9]{2}){4}|\\+33 [1-9]( [0-9]{2}){4}|3939)",
        )),
    )
        .prop_map(|(first_name, last_name, job_title, phone)| Profile {
            first_name,
            last_name,
            job_title,
            phone,
        })
}

/// The account that somebody wants to create. It may be one that the rules refuse, such as a shared Responsable (A5).
pub fn account_draft() -> impl Strategy<Value = AccountDraft> {
    let parts = (email(), roles(), profile(), any::<bool>());
    parts.prop_map(|(email, roles, profile, shared)| AccountDraft {
        email,
        roles,
        profile,
        shared,
    })
}

/// What support may want to change of an account; also nothing, which the rules refuse.
pub fn ordered_change() -> impl Strategy<Value = OrderedChange> {
    let profile = profile().prop_map(|profile| ProfileChange {
        first_name: profile.first_name.map(Some),
        last_name: profile.last_name.map(Some),
        job_title: profile.job_title.map(Some),
        phone: profile.phone.map(Some),
    });
    let parts = (option::of(email()), option::of(roles()), profile);
    parts.prop_map(|(email, roles, profile)| OrderedChange {
        email,
        roles,
        profile,
    })
}

/// What the rules know of an order on one of eight accounts, by the machine or one of eight operators.
pub fn order_facts() -> impl Strategy<Value = OrderFacts> {
    let author = option::of(1..=8_u128).prop_map(|number| match number {
        Some(number) => Author::Operator(OperatorId::from_uuid(uuid::Uuid::from_u128(number))),
        None => Author::Machine,
    });
    let parts = (
        account_id(),
        author,
        prop::sample::select(OrderState::ALL.to_vec()),
        any::<(bool, bool, bool)>(),
    );
    parts.prop_map(
        |(account, author, state, (changes_address, corrects_details, holds))| OrderFacts {
            id: OrderId::from_uuid(uuid::Uuid::from_u128(1)),
            account,
            author,
            state,
            changes_address,
            corrects_details,
            holds,
        },
    )
}

/// One of eight groups: few, so that two that are drawn often are the same.
pub fn group_id() -> impl Strategy<Value = GroupId> {
    (1..=8_u128).prop_map(|number| GroupId::from_uuid(uuid::Uuid::from_u128(number)))
}

/// One of eight accounts: few, so that two that are drawn often are the same.
pub fn account_id() -> impl Strategy<Value = AccountId> {
    (1..=8_u128).prop_map(|number| AccountId::from_uuid(uuid::Uuid::from_u128(number)))
}

/// What the rules know of a group.
pub fn group_facts() -> impl Strategy<Value = GroupFacts> {
    let parts = (group_id(), 0..1_000_i64, 0..4_u32);
    parts.prop_map(|(id, version, active_responsables)| GroupFacts {
        id,
        version: Version(version),
        active_responsables,
    })
}

/// What the rules know of an account, with up to three groups.
pub fn standing() -> impl Strategy<Value = Standing> {
    let groups = prop::collection::vec(group_id(), 0..=3);
    let parts = (
        account_id(),
        0..1_000_i64,
        status(),
        roles(),
        any::<(bool, bool)>(),
        groups,
    );
    parts.prop_map(
        |(id, version, status, roles, (shared, used), groups)| Standing {
            version: Version(version),
            status,
            shared,
            used,
            ..Standing::active(id, roles, groups)
        },
    )
}

/// An account that is acted on, with the facts of its groups. A group of an active responsable counts at least that one.
pub fn target() -> impl Strategy<Value = Target> {
    let groups = prop::collection::vec(group_facts(), 0..=3);
    (standing(), groups).prop_map(|(standing, groups)| {
        let least = u32::from(standing.is_responsable());
        let groups = groups.into_iter().map(|group| GroupFacts {
            active_responsables: group.active_responsables.max(least),
            ..group
        });
        Target::new(standing, groups.collect::<Vec<_>>())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    proptest! {
        #[test]
        fn an_address_is_in_its_normal_form(email in email()) {
            prop_assert_eq!(EmailAddress::parse(email.as_str()), Ok(email));
        }

        #[test]
        fn a_target_is_as_a_store_would_give_it(target in target()) {
            let ids: Vec<_> = target.groups().iter().map(|group| group.id).collect();
            prop_assert_eq!(ids, target.standing().groups.iter().collect::<Vec<_>>());
            if target.standing().is_responsable() {
                prop_assert!(target.groups().iter().all(|group| group.active_responsables > 0));
            }
        }

        #[test]
        fn a_button_and_its_act_agree(own in standing(), group in group_facts(), draft in account_draft()) {
            let actor = crate::Actor::Account(own);
            let policy = crate::Policy::default();
            let may = rules::may_create_account(&actor, &group, &draft, &policy);
            let permit = rules::create_account(&actor, &group, &draft, &policy);
            prop_assert_eq!(permit.err(), may.err());
        }

        #[test]
        fn whoever_may_approve_an_order_is_neither_its_author_nor_whom_it_concerns(
            own in standing(), target in target(), order in order_facts(),
        ) {
            let order = OrderFacts { account: target.standing().id, ..order };
            let account = crate::Actor::Account(own.clone());
            if rules::may_approve_order(&account, target.standing(), &order).is_ok() {
                prop_assert!(own.id != order.account && order.holds && order.state == OrderState::Proposed);
                prop_assert!(target.standing().groups.iter().any(|group| own.manages(group)));
            }
            if let Author::Operator(id) = order.author {
                let status = crate::OperatorStatus::Active;
                let author = crate::OperatorStanding { id, version: Version(0), status };
                let author = crate::Actor::Operator(author);
                prop_assert!(rules::may_approve_order(&author, target.standing(), &order).is_err());
            }
        }

        #[test]
        fn what_changes_nothing_is_not_proposed(target in target(), change in ordered_change()) {
            let target = target.at(change.email.clone());
            let same = change.profile.is_empty()
                && change.roles.is_none_or(|roles| roles == target.standing().roles);
            let (actor, policy) = (crate::Actor::Machine, crate::Policy::default());
            let may = rules::may_propose_order(&actor, Some(&target), &change, &policy);
            prop_assert!(!same || may.is_err());
        }

        #[test]
        fn an_instant_is_kept_by_its_text(at in timestamp()) {
            prop_assert_eq!(at.to_string().parse(), Ok(at));
        }
    }
}

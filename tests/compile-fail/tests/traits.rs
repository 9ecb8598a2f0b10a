//! What types must not be able to do, and what ports must: asserted, so that this file does not compile otherwise.

use aplus_core::link::Opening;
use aplus_core::ports::{Accounts, Clock, Entropy, Journal, Logins, Outbox, Store};
use aplus_core::rules::{
    AddMember, AddOperator, CreateAccount, CreateGroup, Deactivate, EditProfile, EndAllSessions,
    EndSession, Look, Permit, Reactivate, RemoveMember, Withdraw,
};
use aplus_core::{Account, Act, BrowserSecret, HostKey, LinkSecret, SessionSecret};
use serde::{Serialize, de::DeserializeOwned};
use static_assertions::{assert_not_impl_any, assert_obj_safe};
use std::fmt::Display;

/// Neither copied, defaulted, read from outside nor, by themselves, written there.
macro_rules! proofs {
    ($($action:ty),+ $(,)?) => {
        $(
            assert_not_impl_any!($action: Clone, Copy, Default, DeserializeOwned);
            assert_not_impl_any!(Permit<$action>: Clone, Copy, Default, DeserializeOwned, Serialize);
            assert_not_impl_any!(Act<$action>: Clone, Copy, Default, DeserializeOwned, Serialize);
        )+
    };
}

proofs! {
    AddMember, AddOperator, CreateAccount, CreateGroup, Deactivate, EditProfile, EndAllSessions, EndSession, Look,
    Reactivate, RemoveMember, Withdraw,
}

assert_not_impl_any!(Opening: Clone, Copy, Default, DeserializeOwned, Serialize);
assert_not_impl_any!(Account: Default, DeserializeOwned);

assert_not_impl_any!(LinkSecret: Clone, Copy, Default, Serialize, DeserializeOwned, Display, PartialEq);
assert_not_impl_any!(SessionSecret: Clone, Copy, Default, Serialize, DeserializeOwned, Display, PartialEq);
assert_not_impl_any!(BrowserSecret: Clone, Copy, Default, Serialize, DeserializeOwned, Display, PartialEq);
assert_not_impl_any!(HostKey: Clone, Copy, Default, Serialize, DeserializeOwned, Display, PartialEq);

assert_obj_safe!(Store, Accounts, Logins, Journal, Outbox, Clock, Entropy);

/// Never called: it compiles only while what a store answers can go from thread to thread.
#[allow(dead_code, reason = "what it proves, it proves by compiling")]
fn answers_are_send(store: &dyn Store, act: Act<CreateAccount>, account: aplus_core::AccountId) {
    fn is_send<T: Send>(_: T) {}
    is_send(store.create_account(act));
    is_send(store.account(account));
}

/// The assertions above mean nothing if types without these traits passed for types with them.
#[test]
fn the_assertions_can_fail() {
    use static_assertions::assert_impl_all;
    assert_impl_all!(aplus_core::EmailAddress: Clone, Display, Serialize, DeserializeOwned);
    assert_impl_all!(aplus_core::ProfileChange: Default, Clone);
    assert_impl_all!(aplus_core::LinkHash: Clone, Copy, PartialEq);
}

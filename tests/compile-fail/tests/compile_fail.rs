//! Three programs that must not compile, each beside what the compiler says of it.
//!
//! The `.stderr` files hold the messages of rustc 1.95. Another release may word them otherwise: read the difference, see
//! that each error is still there and still for the same reason, and renew them with
//! `TRYBUILD=overwrite cargo test -p compile-fail`.
//!
//! | case | what it proves |
//! |---|---|
//! | `permit_without_the_rules` | a permit, an act, an opening and an action are made by the rules alone |
//! | `no_setter_for_address_or_roles` | nothing sets an address or roles on an account (A3) |
//! | `used_once` | a permit, an act and an opening are used once |

#[test]
fn what_must_not_compile_does_not() {
    trybuild::TestCases::new().compile_fail("tests/cases/*.rs");
}

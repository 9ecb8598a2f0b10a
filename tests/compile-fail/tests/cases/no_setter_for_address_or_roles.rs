//! Nothing sets an address or roles on an account (A3), and a change of details has no place for them (A4).

use aplus_core::rules::EditProfile;
use aplus_core::{Account, EmailAddress, ProfileChange, Roles};

fn by_setter(mut account: Account, email: EmailAddress, roles: Roles) {
    account.set_email(email);
    account.set_roles(roles);
}

fn by_field(mut account: Account, roles: Roles) {
    account.0.roles = roles;
}

fn by_reference(mut account: Account, roles: Roles) {
    *account.roles() = roles;
}

fn by_details(email: EmailAddress, roles: Roles) -> [ProfileChange; 2] {
    [
        ProfileChange { email: Some(email), ..ProfileChange::default() },
        ProfileChange { roles: Some(roles), ..ProfileChange::default() },
    ]
}

fn by_the_act(edit: EditProfile) {
    edit.email();
    edit.roles();
}

fn main() {}

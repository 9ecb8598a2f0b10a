//! Nobody makes a permit, an act, an opening or an allowed action but the rules and the judgement of links.

use aplus_core::link::Opening;
use aplus_core::rules::{Action, Basis, CreateAccount, Deactivate, Permit, Permitted};
use aplus_core::{AccountId, Act, Author, LinkId};

fn permit(action: CreateAccount) -> Permit<CreateAccount> {
    Permit { action }
}

fn grant(action: CreateAccount) -> Permit<CreateAccount> {
    Permit::grant(action, Author::Machine, Basis::default())
}

fn action(account: AccountId) -> Deactivate {
    Deactivate { account }
}

fn act(permit: Permit<Deactivate>) -> Act<Deactivate> {
    let (action, ..) = permit.into_parts();
    Act { action }
}

fn opening(link: LinkId) -> Opening {
    Opening { link }
}

#[derive(Debug)]
struct Anything;

impl Permitted for Anything {
    const ACTION: Action = Action::CreateAccount;
}

fn main() {}

//! A permit, an act and an opening are used once: they move.

use aplus_core::link::Opening;
use aplus_core::ports::Store;
use aplus_core::rules::{CreateAccount, Permit};
use aplus_core::{Act, Circumstances};

fn permit_twice(permit: Permit<CreateAccount>, first: Circumstances, second: Circumstances) {
    let _one = permit.into_act(first);
    let _two = permit.into_act(second);
}

async fn act_twice(store: &dyn Store, act: Act<CreateAccount>) {
    let _one = store.create_account(act).await;
    let _two = store.create_account(act).await;
}

fn copies(permit: Permit<CreateAccount>, act: Act<CreateAccount>) {
    let _permit = permit.clone();
    let _act = act.clone();
}

fn opening_twice(opening: Opening, open: fn(Opening)) {
    open(opening);
    open(opening);
}

fn main() {}

//! P20 to P27: askings, links, sessions.

mod asking;
mod links;
mod looks;
mod sessions;

use super::deed::{Deed, Prepared};
use super::world::{World, browser};
use crate::ports::{NewLink, Outcome};
use crate::{LinkHash, Timestamp};

pub(super) use asking::*;
pub(super) use links::*;
pub(super) use looks::*;
pub(super) use sessions::*;

fn log_in(link: LinkHash, asked_by: u8, at: Timestamp) -> Deed {
    Deed::LogIn {
        link,
        browser: browser(asked_by),
        email: None,
        at,
    }
}

fn log_in_elsewhere(link: &NewLink) -> Deed {
    Deed::LogIn {
        link: link.hash,
        browser: browser(99),
        email: Some(link.email.clone()),
        at: link.issued_at,
    }
}

async fn write(world: &World, prepared: Prepared) -> Outcome<()> {
    prepared.write(&*world.store).await.unwrap()
}

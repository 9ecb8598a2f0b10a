//! What is handed to a store beside acts: for tests that write it through the ports, at a time and under ids of their own.

use crate::journal::{Entry, Erasable, Event, entry::About};
use crate::link::Opening;
use crate::order::Order;
use crate::ports::{AnsweredAsks, Confirmed, NewSession, Redemption, WaitingAsks};
use crate::{AccountId, Aplus, Author, Circumstances, Error, GroupId, Timestamp};

/// An entry that stands outside an act: of a log-in, of a refusal, of refusals that were counted.
pub fn entry(
    circumstances: Circumstances,
    author: Author,
    account: Option<AccountId>,
    group: Option<GroupId>,
    event: &Event,
) -> Entry {
    let erasable = Erasable {
        origin: circumstances.origin,
        ..Erasable::default()
    };
    Entry::new(
        circumstances.entry,
        circumstances.at,
        author,
        About { account, group },
        event,
        circumstances.request,
        &erasable,
        circumstances.salt,
    )
}

/// A judged link, the session that it opens, and the entry of that: as a confirmation writes them.
pub fn redemption(
    opening: Opening,
    session: NewSession,
    circumstances: Circumstances,
) -> Redemption {
    let principal = opening.principal();
    let event = Event::LoggedIn {
        link: opening.link(),
        session: session.id,
        by_address: opening.by_address().is_some(),
    };
    let account = Event::account_of(principal);
    let entry = entry(circumstances, principal.into(), account, None, &event);
    Redemption {
        opening,
        session,
        entry,
        order: None,
    }
}

/// A judged link that confirms the new address of `order`: the session and its entry under the first circumstances, the order's
/// carrying out and its mails under the second.
pub fn confirmation(
    opening: Opening,
    session: NewSession,
    order: &Order,
    [logged_in, carried_out]: [Circumstances; 2],
) -> Redemption {
    let (author, account) = (Author::Account(order.account), Some(order.account));
    let event = Event::OrderCarriedOut { order: order.id };
    let entry = entry(carried_out, author, account, None, &event);
    Redemption {
        order: Some(Confirmed::new(order, entry)),
        ..redemption(opening, session, logged_in)
    }
}

/// What the courier of `aplus` would write for the askings of one address; its entropy gives the ids and the nonces.
///
/// # Errors
/// What its entropy says.
pub fn answers(aplus: &Aplus, waiting: WaitingAsks, now: Timestamp) -> Result<AnsweredAsks, Error> {
    aplus.answers_to(waiting, now)
}

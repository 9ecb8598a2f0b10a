//! Support orders as lists: all of them for support, the open ones of a group for its responsables (A6).

use aplus_core::ports::Page;
use aplus_core::words;
use aplus_core::{GroupId, Order, Site, Timestamp};
use askama::Template;
use axum::http::StatusCode;

use super::order::{self, order_page};
use super::shell::Shell;
use super::view::{FRENCH, Link, Moment};
use super::visit::{AFTER, Answer, Signed};
use crate::problem::Problem;

/// Support's list of orders, below the base path.
pub(super) const ORDERS: &str = "/support/demandes";

/// How many lines one part of a list has: there are two lists on a page.
const LISTED: u32 = 25;

/// Each list goes on by a parameter of its own.
const OPEN: &str = "ouvertes";
const OF_GROUP: &str = "demandes";

#[derive(Template)]
#[template(path = "orders.html")]
struct OrdersPage {
    shell: Shell,
    trail: Vec<Link>,
    open: Option<Part>,
    closed: Option<Part>,
}

/// One order in a list.
pub(super) struct OrderLine {
    pub(super) href: String,
    pub(super) address: String,
    pub(super) changes: String,
    pub(super) proposed: Moment,
    pub(super) state: &'static str,
}

/// A part of a list, and where it goes on.
#[derive(Default)]
pub(super) struct Part {
    pub(super) lines: Vec<OrderLine>,
    pub(super) next: Option<String>,
}

fn line(signed: &Signed, order: &Order, now: Timestamp) -> OrderLine {
    OrderLine {
        href: order_page(signed.site(), &signed.actor(), order.id),
        address: order::address(&order.from),
        changes: order::summary(order),
        proposed: Moment::full(order.proposed_at, signed.site()),
        state: words::order_state(order.state(now), FRENCH),
    }
}

fn part(
    signed: &Signed,
    list: &str,
    page: Page<Order>,
    wanted: fn(&Order, Timestamp) -> bool,
) -> Part {
    let now = signed.aplus().now();
    let orders = page.items.iter().filter(|order| wanted(order, now));
    Part {
        lines: orders.map(|order| line(signed, order, now)).collect(),
        next: signed.next_in(list, page.next),
    }
}

/// What waits comes first; where one of the two lists goes on, it stands alone.
pub(super) async fn list(signed: Signed) -> Answer {
    let read = async |open: bool, list: &str| -> Result<Page<Order>, Problem> {
        let before = signed.after_in(list)?;
        let (aplus, current, context) = (signed.aplus(), &signed.current, &signed.context);
        Ok(aplus.orders(current, open, before, LISTED, context).await?)
    };
    let open = match signed.query.names(AFTER) {
        true => None,
        false => Some(part(&signed, OPEN, read(true, OPEN).await?, |_, _| true)),
    };
    let closed = match signed.query.names(OPEN) {
        true => None,
        false => {
            let all = read(false, AFTER).await?;
            let is_closed = |order: &Order, now| !order.state(now).is_open();
            Some(part(&signed, AFTER, all, is_closed))
        }
    };
    let page = OrdersPage {
        shell: signed.shell(ORDERS),
        trail: vec![Link::new(signed.site().path(Site::SUPPORT), "Support")],
        open,
        closed,
    };
    signed.page(StatusCode::OK, &page)
}

/// The open orders on the accounts of a group.
pub(super) async fn of_group(signed: &Signed, group: GroupId) -> Result<Part, Problem> {
    let before = signed.after_in(OF_GROUP)?;
    let page = signed
        .aplus()
        .orders_of_group(&signed.current, group, before, LISTED, &signed.context)
        .await?;
    Ok(part(signed, OF_GROUP, page, |_, _| true))
}

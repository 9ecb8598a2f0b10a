//! What stands around every page: name, menu, hours of the session, foot.

use aplus_core::ports::SessionHolder;
use aplus_core::service::Current;
use aplus_core::{Article, Site};
use axum::http::{HeaderMap, header};

use super::asset;
use super::foot::FootLink;
use super::orders;
use super::rights;
use super::slip::Note;
use super::team;
use super::view::{self, Link, Moment};
use crate::state::{Web, home};

/// Support's inbox, below the base path; a conversation's page for support is its id below this.
pub(super) const MESSAGES: &str = "/support/messages";

/// Where one writes to support, where the host has a desk.
fn contact(web: &Web) -> Option<String> {
    web.has_desk()
        .then(|| web.aplus().site().path(Site::CONTACT))
}

/// Where one logs out, below the base path.
pub(super) const LOG_OUT: &str = "/deconnexion";

#[derive(Debug, Clone)]
pub(super) struct Shell {
    pub(super) name: String,
    pub(super) support: String,
    pub(super) style: String,
    pub(super) home: String,
    pub(super) help: String,
    /// The article that a browser is sent to that is no longer supported.
    pub(super) browsers: Link,
    pub(super) person: Option<Person>,
    pub(super) note: Option<&'static str>,
    pub(super) foot: Vec<FootLink>,
    /// Whether the browser is one that is no longer supported (S4).
    pub(super) outdated: bool,
}

/// Who is logged in.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) address: String,
    pub(super) log_out: String,
    pub(super) menu: Vec<MenuEntry>,
    pub(super) until: Moment,
    pub(super) idle_until: Moment,
}

#[derive(Debug, Clone)]
pub(super) struct MenuEntry {
    pub(super) href: String,
    pub(super) label: &'static str,
    pub(super) current: bool,
}

impl Shell {
    pub(super) fn new(
        web: &Web,
        headers: &HeaderMap,
        session: Option<&Current>,
        section: &str,
    ) -> Self {
        let site = web.aplus().site();
        let browser = headers
            .get(header::USER_AGENT)
            .map(|value| String::from_utf8_lossy(value.as_bytes()));
        Self {
            name: site.name().to_owned(),
            support: site.support().to_owned(),
            style: site.path(&asset::style_href()),
            home: session.map_or_else(
                || site.path(Site::LOGIN),
                |current| home(&current.holder, site),
            ),
            help: site.path(Site::HELP),
            browsers: view::help(Article::Browser, site),
            person: session.map(|current| Person::new(current, web, section)),
            note: Note::read(headers, site).map(Note::text),
            foot: web.page_foot().links(contact(web)),
            outdated: browser
                .is_some_and(|text| text.contains("MSIE ") || text.contains("Trident/")),
        }
    }
}

impl Person {
    fn new(current: &Current, web: &Web, section: &str) -> Self {
        let site = web.aplus().site();
        let is_support = rights::is_support(&current.actor());
        let entries: &[(&str, &'static str)] = if is_support {
            &[
                (Site::SUPPORT, "Support"),
                (orders::ORDERS, "Demandes"),
                (Site::GROUPS, "Groupes"),
                (team::TEAM, "Équipe"),
                (Site::PROFILE, "Votre accès"),
                (Site::SESSIONS, "Vos sessions"),
            ]
        } else {
            &[
                (Site::GROUPS, "Vos groupes"),
                (Site::PROFILE, "Vos informations"),
                (Site::SESSIONS, "Vos sessions"),
            ]
        };
        let desk = web.has_desk().then_some(match is_support {
            true => (MESSAGES, "Messages"),
            false => (Site::CONTACT, "Contacter le support"),
        });
        let menu = entries.iter().chain(&desk).map(|(path, label)| MenuEntry {
            href: site.path(path),
            label,
            current: *path == section,
        });
        Self {
            address: address(&current.holder),
            log_out: site.path(LOG_OUT),
            menu: menu.collect(),
            until: Moment::full(current.until, site),
            idle_until: Moment::full(current.idle_until, site),
        }
    }
}

fn address(holder: &SessionHolder) -> String {
    match holder {
        SessionHolder::Account(account) => view::email(account),
        SessionHolder::Operator(operator) => operator.email.to_string(),
    }
}

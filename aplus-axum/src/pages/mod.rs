//! The pages: server-rendered, without scripts. A handler reads a form, hands it to its use case, and shows what came of it.
//!
//! What a page offers to whom is a verdict of the rules, asked in `rights`; a refusal is said in one place, `problem_page`.

mod account;
mod asset;
mod confirm;
#[cfg(feature = "desk")]
mod contact;
mod creation;
mod deeds;
mod foot;
mod form;
mod groups;
mod help;
#[cfg(feature = "desk")]
mod inbox;
mod journal;
mod journal_search;
mod link;
mod login;
mod members;
mod order;
mod orders;
mod own;
mod problem_page;
mod proposal;
mod requester;
mod rights;
mod sessions;
mod shell;
mod slip;
mod support;
mod team;
#[cfg(feature = "desk")]
mod thread;
mod view;
mod visit;

use aplus_core::Rule;
use axum::routing::on;

pub use foot::{Conformity, Foot};
pub(crate) use problem_page::say;

use self::creation::By;
use self::deeds::Deed;
use self::order::Place;
use self::team::Access;
use self::visit::Signed;
use crate::router::Verb::{Get, Post};
use crate::router::{Route, Who};

macro_rules! route {
    ($method:ident $path:literal, $who:ident, $rule:ident, $handler:expr) => {
        Route {
            method: $method,
            path: $path,
            who: Who::$who,
            rule: Rule::$rule,
            handler: |method| on(method, $handler),
        }
    };
}

/// The routes of the pages of the desk.
#[rustfmt::skip]
pub(crate) const DESK_ROUTES: &[Route] = &[
    #[cfg(feature = "desk")]
    route!(Get "/contact", Anybody, S2, contact::show),
    #[cfg(feature = "desk")]
    route!(Post "/contact", Anybody, S2, contact::send),
    #[cfg(feature = "desk")]
    route!(Get "/contact/{conversation}", Account, A9, thread::own),
    #[cfg(feature = "desk")]
    route!(Post "/contact/{conversation}", Account, S2, thread::add),
    #[cfg(feature = "desk")]
    route!(Get "/support/messages", Operator, T1, inbox::list),
    #[cfg(feature = "desk")]
    route!(Get "/support/messages/{conversation}", Operator, T1, thread::of_support),
    #[cfg(feature = "desk")]
    route!(Post "/support/messages/{conversation}", Operator, S2, thread::answer),
    #[cfg(feature = "desk")]
    route!(Post "/support/messages/{conversation}/clore", Operator, S2, thread::close),
];

/// The routes of the pages.
#[rustfmt::skip]
pub(crate) const ROUTES: &[Route] = &[
    route!(Get "/aplus.css", Anybody, S5, asset::style),
    route!(Get "/connexion", Anybody, L1, login::show),
    route!(Post "/connexion", Anybody, L7, login::ask),
    route!(Get "/connexion/envoye", Anybody, L8, login::sent),
    route!(Get "/connexion/lien", Anybody, L5, link::show),
    route!(Post "/connexion/lien", Anybody, L3, link::confirm),
    route!(Get "/aide", Anybody, S1, help::list),
    route!(Get "/aide/{article}", Anybody, S1, help::show),
    route!(Post "/deconnexion", Anybody, L11, sessions::log_out),
    route!(Get "/profil", Self_, A9, own::show),
    route!(Post "/profil", Account, A4, own::save),
    route!(Get "/journal", Self_, T1, journal::own),
    route!(Get "/sessions", Self_, L11, sessions::list),
    route!(Get "/sessions/fermer", Self_, L11, sessions::ask_end_all),
    route!(Post "/sessions/fermer", Self_, L11, sessions::end_all),
    route!(Post "/sessions/{session}/fermer", Self_, L11, sessions::end),
    route!(Get "/groupes", Self_, A9, groups::list),
    route!(Get "/groupes/{group}", Member, A9, groups::show),
    route!(Get "/groupes/{group}/quitter", Account, A2, members::ask_leaving),
    route!(Post "/groupes/{group}/quitter", Account, A2, members::leave),
    route!(Get "/groupes/{group}/comptes/nouveau", Responsable, A1, |signed: Signed| creation::show(signed, By::Responsable)),
    route!(Post "/groupes/{group}/comptes/nouveau", Responsable, A1, |signed: Signed| creation::create(signed, By::Responsable)),
    route!(Get "/groupes/{group}/membres/nouveau", Responsable, A2, members::show),
    route!(Post "/groupes/{group}/membres/nouveau", Responsable, A2, members::add),
    route!(Get "/groupes/{group}/comptes/{account}/retirer", Responsable, A2, members::ask_removal),
    route!(Post "/groupes/{group}/comptes/{account}/retirer", Responsable, A2, members::remove),
    route!(Get "/comptes/{account}", Member, A9, account::show),
    route!(Get "/comptes/{account}/desactiver", Responsable, A8, |signed: Signed| deeds::ask(signed, Deed::Deactivate)),
    route!(Post "/comptes/{account}/desactiver", Responsable, A8, |signed: Signed| deeds::carry_out(signed, Deed::Deactivate)),
    route!(Get "/comptes/{account}/reactiver", Responsable, A8, |signed: Signed| deeds::ask(signed, Deed::Reactivate)),
    route!(Post "/comptes/{account}/reactiver", Responsable, A8, |signed: Signed| deeds::carry_out(signed, Deed::Reactivate)),
    route!(Get "/comptes/{account}/retirer", Responsable, A11, |signed: Signed| deeds::ask(signed, Deed::Withdraw)),
    route!(Post "/comptes/{account}/retirer", Responsable, A11, |signed: Signed| deeds::carry_out(signed, Deed::Withdraw)),
    route!(Get "/demandes/{order}", Decider, A6, |signed: Signed| order::show(signed, Place::Groups)),
    route!(Post "/demandes/{order}", Decider, A6, |signed: Signed| order::decide(signed, Place::Groups)),
    route!(Get "/support", Operator, A7, support::show),
    route!(Post "/support", Operator, T1, support::find),
    route!(Get "/support/groupes/nouveau", Operator, A7, support::new_group),
    route!(Post "/support/groupes/nouveau", Operator, A7, support::create_group),
    route!(Get "/support/groupes/{group}/comptes/nouveau", Operator, A7, |signed: Signed| creation::show(signed, By::Support)),
    route!(Post "/support/groupes/{group}/comptes/nouveau", Operator, A7, |signed: Signed| creation::create(signed, By::Support)),
    route!(Get "/support/comptes/{account}", Operator, T1, support::account),
    route!(Get "/support/journal", Operator, T1, journal_search::show),
    route!(Post "/support/journal", Operator, T1, journal_search::ask),
    route!(Get "/support/comptes/{account}/journal", Operator, T1, journal::of_account),
    route!(Get "/support/comptes/{account}/demande", Operator, A6, proposal::show),
    route!(Post "/support/comptes/{account}/demande", Operator, A6, proposal::propose),
    route!(Get "/support/comptes/{account}/sessions", Operator, L11, |signed: Signed| deeds::ask(signed, Deed::EndSessions)),
    route!(Post "/support/comptes/{account}/sessions", Operator, L11, |signed: Signed| deeds::carry_out(signed, Deed::EndSessions)),
    route!(Get "/support/demandes", Operator, A6, orders::list),
    route!(Get "/support/demandes/{order}", Operator, A6, |signed: Signed| order::show(signed, Place::Support)),
    route!(Post "/support/demandes/{order}", Operator, A6, |signed: Signed| order::decide(signed, Place::Support)),
    route!(Get "/support/equipe", Operator, A14, team::list),
    route!(Get "/support/equipe/{operator}/suspendre", Operator, A14, |signed: Signed| team::ask(signed, Access::Suspend)),
    route!(Post "/support/equipe/{operator}/suspendre", Operator, A14, |signed: Signed| team::carry_out(signed, Access::Suspend)),
    route!(Get "/support/equipe/{operator}/retablir", Operator, A14, |signed: Signed| team::ask(signed, Access::Restore)),
    route!(Post "/support/equipe/{operator}/retablir", Operator, A14, |signed: Signed| team::carry_out(signed, Access::Restore)),
];

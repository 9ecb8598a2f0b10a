//! The journal as a list of days: one's own, and that of one account for support (T1).

use aplus_core::journal::{EntryFilter, Origin, SeenEntry};
use aplus_core::ports::Page;
use aplus_core::rules::Action;
use aplus_core::words;
use aplus_core::{AccountId, Error, Refusal, Site};
use askama::Template;
use axum::http::StatusCode;

use super::account::account_page;
use super::sessions::browser_name;
use super::shell::Shell;
use super::view::{self, FRENCH, Link, Moment};
use super::visit::{Answer, Signed};
use crate::problem::Problem;

/// How many entries a page lists: sentences are long.
pub(super) const ENTRIES: u32 = 30;

#[derive(Template)]
#[template(path = "journal.html")]
struct JournalPage {
    shell: Shell,
    trail: Vec<Link>,
    title: String,
    intro: &'static str,
    days: Vec<DayView>,
    next: Option<String>,
}

/// What happened on one day, the newest first.
pub(super) struct DayView {
    pub(super) day: String,
    pub(super) entries: Vec<EntryView>,
}

pub(super) struct EntryView {
    pub(super) at: Moment,
    pub(super) what: String,
    /// From where, as far as the reader may know it and it is kept.
    pub(super) origin: Option<String>,
    /// The account that it is about, where its page is another.
    pub(super) account: Option<Link>,
}

fn from_where(origin: &Origin) -> Option<String> {
    let network = origin
        .network
        .as_ref()
        .map(|network| format!("réseau {network}"));
    let browser = origin.browser.as_deref().map(browser_name);
    let told: Vec<_> = [network, browser].into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// Entries by day, in the order in which they come; each with a way to its account where `linked`.
pub(super) fn days(signed: &Signed, entries: &[SeenEntry], linked: bool) -> Vec<DayView> {
    let site = signed.site();
    let mut days: Vec<DayView> = Vec::new();
    for entry in entries {
        let day = words::date(entry.at, FRENCH, site);
        let account = entry.account.filter(|_| linked).map(|account| {
            let page = account_page(site, &signed.actor(), account);
            Link::new(page, "Voir le compte")
        });
        let view = EntryView {
            at: Moment::hour(entry.at, site),
            what: words::deed(entry, FRENCH),
            origin: entry.origin.as_ref().and_then(from_where),
            account,
        };
        match days.last_mut() {
            Some(last) if last.day == day => last.entries.push(view),
            Some(_) | None => days.push(DayView {
                day,
                entries: vec![view],
            }),
        }
    }
    days
}

fn list(
    signed: &Signed,
    page: &Page<SeenEntry>,
    title: String,
    intro: &'static str,
    trail: Vec<Link>,
    section: &str,
) -> Answer {
    let page = JournalPage {
        shell: signed.shell(section),
        trail,
        title,
        intro,
        days: days(signed, &page.items, false),
        next: signed.next(page.next.clone()),
    };
    signed.page(StatusCode::OK, &page)
}

/// One's own journal.
pub(super) async fn own(signed: Signed) -> Answer {
    let page = signed
        .aplus()
        .my_journal(&signed.current, signed.after()?, ENTRIES)
        .await?;
    let (title, intro, back) = match signed.current.account() {
        Some(_) => (
            "Ce qui a été fait sur votre compte",
            "Ce que d’autres y ont fait, et ce que vous avez fait vous-même, du plus récent au plus ancien. Les actes de \
             l’équipe de support portent son nom, et non celui de ses membres. Le réseau et le navigateur ne sont montrés \
             que pour vos propres actes\u{a0}; ils sont effacés après un délai.",
            "Vos informations",
        ),
        None => (
            "Ce que vous avez fait",
            "Vos connexions et vos actes au titre du support, du plus récent au plus ancien.",
            "Votre accès",
        ),
    };
    let trail = vec![Link::new(signed.site().path(Site::PROFILE), back)];
    list(
        &signed,
        &page,
        title.to_owned(),
        intro,
        trail,
        Site::PROFILE,
    )
}

/// The address of an account's journal, for support.
pub(super) fn account_journal(site: &Site, account: AccountId) -> String {
    site.path(&format!("{}/comptes/{account}/journal", Site::SUPPORT))
}

/// What happened to one account, for support; the look is an entry.
pub(super) async fn of_account(signed: Signed) -> Answer {
    let id: AccountId = signed.id("account")?;
    let aplus = signed.aplus();
    let filter = EntryFilter {
        account: Some(id),
        ..EntryFilter::default()
    };
    let (current, context) = (&signed.current, &signed.context);
    aplus.may_read_journal(current, &filter, context).await?;
    let before = signed.after()?;
    let found = aplus.store().account(id).await.map_err(Error::from)?;
    let found = found.ok_or(Refusal::AccountNotFound);
    let account = aplus
        .allow(current, Action::ReadJournal, Some(id), None, found, context)
        .await
        .map_err(Problem::from)?;
    let page = aplus
        .journal(current, &filter, before, ENTRIES, context)
        .await?;
    let name = view::name(&account);
    let trail = vec![
        Link::new(signed.site().path(Site::SUPPORT), "Support"),
        Link::new(
            account_page(signed.site(), &signed.actor(), id),
            name.as_str(),
        ),
    ];
    let intro = "Du plus récent au plus ancien. Cette consultation est inscrite au journal.";
    let title = format!("Journal de {name}");
    list(&signed, &page, title, intro, trail, Site::SUPPORT)
}

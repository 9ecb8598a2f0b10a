//! The page before what cannot be undone with one press.

use askama::Template;

use super::shell::Shell;
use super::view::Link;

#[derive(Template)]
#[template(path = "confirm.html")]
pub(super) struct ConfirmPage {
    pub(super) shell: Shell,
    pub(super) trail: Vec<Link>,
    pub(super) title: String,
    pub(super) subject: Option<String>,
    pub(super) lines: Vec<String>,
    pub(super) action: String,
    pub(super) pairs: Vec<(String, String)>,
    pub(super) button: &'static str,
    pub(super) cancel: String,
}

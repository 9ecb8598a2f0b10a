//! What a host may choose about the rules, with the defaults that the rules state.

use crate::SharedMailboxes;

/// Which support orders somebody else must approve (A6).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum DualControl {
    /// All of them: the default.
    #[default]
    All,
    /// Those that give Responsable or touch an account that holds it.
    Raising,
    /// None: support acts alone.
    None,
}

impl DualControl {
    /// The word of the command line: `all`, `raising` or `none`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Raising => "raising",
            Self::None => "none",
        }
    }
}

/// What a host chooses.
///
/// ```
/// use aplus_core::{DualControl, Policy};
///
/// let policy = Policy { dual_control: DualControl::Raising, ..Policy::default() };
/// assert!(policy.allow_shared_mailboxes);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Which orders need a second person (A6).
    pub dual_control: DualControl,
    /// Whether a shared mailbox may hold an account, marked and never Responsable (A5). Default: yes.
    pub allow_shared_mailboxes: bool,
    /// Which local parts are shared mailboxes (A5).
    pub shared_mailboxes: SharedMailboxes,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            dual_control: DualControl::default(),
            allow_shared_mailboxes: true,
            shared_mailboxes: SharedMailboxes::default(),
        }
    }
}

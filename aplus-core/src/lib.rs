//! The account, role and login rules of the French State's *Administration+*, as pure functions.
//!
//! Every decision is a function of its facts, the time included; a yes is a [`rules::Permit`], the only way to a write; a
//! no is a [`Refusal`] with its rule, its facts and the article that helps. No I/O; clock and entropy come through ports.
//!
//! By default: the words of the domain, the rules, the lifetimes, the judgement of links and sessions. The feature
//! `service` adds ports, use cases and the journal; see `Cargo.toml` for what each feature costs.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod account;
#[cfg(feature = "service")]
mod act;
pub mod asking;
pub mod calendar;
#[cfg(feature = "test-util")]
pub mod contract;
pub mod conversation;
mod email;
pub mod group;
mod help;
mod id;
#[cfg(feature = "import")]
pub mod import;
mod instead;
#[cfg(feature = "service")]
pub mod journal;
mod lifetimes;
pub mod link;
#[cfg(feature = "service")]
pub mod mail;
#[cfg(feature = "memory")]
pub mod memory;
pub mod order;
mod policy;
#[cfg(feature = "service")]
pub mod ports;
mod profile;
mod refusal;
mod retention;
mod role;
pub mod rules;
mod secret;
#[cfg(feature = "service")]
pub mod service;
pub mod session;
mod shared_mailbox;
#[cfg(feature = "words")]
mod site;
mod standing;
#[cfg(feature = "test-util")]
pub mod test_util;
mod text;
mod time;
#[cfg(feature = "words")]
pub mod words;

pub use account::{
    Account, Author, DeactivatedBy, Epoch, Group, GroupMention, Operator, OperatorStatus,
    Principal, Provenance, RestoreAsked, Status, SupportRequest, Version,
};
#[cfg(feature = "service")]
pub use act::{Act, Actable, Circumstances, acknowledgement_day};
pub use conversation::{
    Conversation, ConversationDraft, ConversationMessage, ConversationState, ConversationSubject,
    MessageText,
};
pub use email::{EmailAddress, EmailError};
pub use group::{
    Department, GroupName, Matricule, Organisation, Reference, Requester, RequesterError,
    RequesterKind, RequesterName,
};
pub use help::{Article, HelpQuestion};
pub use id::{
    AccountId, AskId, ConversationId, EntryId, GroupId, IdError, LinkId, MailId, OperatorId,
    OrderId, RequestId, SessionId,
};
pub use instead::Instead;
pub use lifetimes::{LifetimeError, Lifetimes};
pub use order::{Order, OrderDraft, OrderState, OrderedChange, Reason};
pub use policy::{DualControl, Policy};
pub use profile::{FirstName, JobTitle, LastName, Phone, Profile, ProfileChange, ProfileField};
pub use refusal::{FrozenField, GroupMatter, Refusal, Rule};
pub use retention::{Retention, RetentionError, RetentionReason};
pub use role::{Role, RoleError, Roles, RolesError};
pub use secret::{
    BrowserHash, BrowserSecret, HostKey, KeyError, KeyId, LinkHash, LinkSecret, Nonce, SecretError,
    SessionHash, SessionSecret,
};
#[cfg(feature = "service")]
pub use service::{Aplus, Error};
pub use shared_mailbox::{SharedMailboxError, SharedMailboxes};
#[cfg(feature = "words")]
pub use site::{Site, SiteError};
pub use standing::{Actor, GroupFacts, GroupIds, OperatorStanding, Standing, Target};
pub use text::{TextError, TextProblem};
pub use time::{Timestamp, TimestampError};

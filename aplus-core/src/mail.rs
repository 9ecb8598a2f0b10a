//! What is to be told to whom, as data: the letters' words are made when they are sent.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::account::{Author, Version};
use crate::group::RequesterKind;
use crate::{
    AccountId, ConversationId, EmailAddress, EntryId, GroupId, LinkId, MailId, Principal, Roles,
};

/// To whom a mail goes; the store finds the addresses inside the act's own transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// To this address.
    Address(EmailAddress),
    /// To the address of this account.
    Account(AccountId),
    /// To each active responsable of this group (A7).
    ResponsablesOf(GroupId),
    /// To each active responsable of any of this account's groups, once (A6).
    ResponsablesFor(AccountId),
    /// To each active operator (A14).
    Operators,
}

/// What a mail tells. It carries neither a name nor a secret (A12): a link's secret is derived when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "snake_case")]
pub enum Message {
    /// A login link (L1).
    LoginLink {
        /// Which link.
        link: LinkId,
    },
    /// Somebody asked for a link for an address that has no account (L7).
    AddressUnknown,
    /// Somebody asked for a link for a deactivated account (L7).
    AddressDeactivated,
    /// An account was created for you (A12).
    Welcome {
        /// By whom.
        by: Author,
        /// At whose request.
        requester: Option<RequesterKind>,
    },
    /// You were added to a group (A2, A12).
    AddedToGroup {
        /// By whom.
        by: Author,
        /// At whose request.
        requester: Option<RequesterKind>,
    },
    /// You were taken out of a group (A2).
    RemovedFromGroup {
        /// By whom.
        by: Author,
    },
    /// Your account was deactivated (A8).
    AccountDeactivated {
        /// By whom.
        by: Author,
    },
    /// Your account was brought back (A8).
    AccountReactivated {
        /// By whom.
        by: Author,
    },
    /// Support created an account in a group of yours (A7).
    AccountCreatedInYourGroup {
        /// Which account.
        account: AccountId,
        /// In which group.
        group: GroupId,
        /// At whose request.
        requester: Option<RequesterKind>,
    },
    /// An operator was added on the server's machine (A14).
    OperatorAdded,
    /// An operator was suspended by another (A14).
    OperatorSuspended,
    /// Two operators brought a suspended one back (A14).
    OperatorRestored,
    /// An order waits for somebody's approval (A6).
    OrderProposed {
        /// The account that it is to change.
        account: AccountId,
        /// Who proposed it.
        by: Author,
    },
    /// The link that confirms the new address of an order (A6).
    ConfirmAddress {
        /// Which link.
        link: LinkId,
    },
    /// Support changed your roles or corrected your details by an order (A6).
    OrderCarriedOut {
        /// The new roles, if they changed.
        roles: Option<Roles>,
        /// Whether details were corrected.
        details: bool,
    },
    /// This address is now that of your account (A6): to the new one.
    AddressGained,
    /// This address is no longer that of an account (A6): to the old one. It names neither the new one nor the person.
    AddressLost,
    /// A request reached support (S2). What was asked is not in it: the address may have been typed by anybody.
    SupportRequestReceived {
        /// By which day support usually answers.
        #[serde(with = "crate::calendar::as_text")]
        answer_by: jiff::civil::Date,
    },
    /// Support answered (S2); what it said is read when the letter is written.
    SupportAnswered {
        /// In which conversation.
        conversation: ConversationId,
        /// At which place in it.
        place: Version,
    },
    /// A checkpoint of the journal, to be kept elsewhere (T2).
    JournalCheckpoint {
        /// Over how many entries.
        size: u64,
    },
}

/// How soon a mail goes, the least urgent first; a store keeps its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// One of the many of an import (A7): they go out slowly, behind all others.
    Bulk,
    /// Nobody waits for it.
    Usual,
    /// Somebody waits for it in front of a screen.
    Urgent,
}

impl Urgency {
    /// All of them, the least urgent first.
    pub const ALL: [Self; 3] = [Self::Bulk, Self::Usual, Self::Urgent];
}

impl From<Urgency> for i16 {
    fn from(urgency: Urgency) -> Self {
        match urgency {
            Urgency::Bulk => 0,
            Urgency::Usual => 1,
            Urgency::Urgent => 2,
        }
    }
}

impl Message {
    /// The word that a store and a counter keep.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::LoginLink { .. } => "login_link",
            Self::AddressUnknown => "address_unknown",
            Self::AddressDeactivated => "address_deactivated",
            Self::Welcome { .. } => "welcome",
            Self::AddedToGroup { .. } => "added_to_group",
            Self::RemovedFromGroup { .. } => "removed_from_group",
            Self::AccountDeactivated { .. } => "account_deactivated",
            Self::AccountReactivated { .. } => "account_reactivated",
            Self::AccountCreatedInYourGroup { .. } => "account_created_in_your_group",
            Self::OperatorAdded => "operator_added",
            Self::OperatorSuspended => "operator_suspended",
            Self::OperatorRestored => "operator_restored",
            Self::OrderProposed { .. } => "order_proposed",
            Self::ConfirmAddress { .. } => "confirm_address",
            Self::OrderCarriedOut { .. } => "order_carried_out",
            Self::AddressGained => "address_gained",
            Self::AddressLost => "address_lost",
            Self::SupportRequestReceived { .. } => "support_request_received",
            Self::SupportAnswered { .. } => "support_answered",
            Self::JournalCheckpoint { .. } => "journal_checkpoint",
        }
    }

    /// The link that it carries, if it carries one.
    #[must_use]
    pub fn link(&self) -> Option<LinkId> {
        match self {
            Self::LoginLink { link } | Self::ConfirmAddress { link } => Some(*link),
            _ => None,
        }
    }

    /// The size of the checkpoint that it carries, if it carries one.
    #[must_use]
    pub fn checkpoint(&self) -> Option<u64> {
        match self {
            Self::JournalCheckpoint { size } => Some(*size),
            _ => None,
        }
    }

    /// The answer of support that it carries, if it carries one: its conversation and its place in it.
    #[must_use]
    pub fn answer(&self) -> Option<(ConversationId, Version)> {
        match self {
            Self::SupportAnswered {
                conversation,
                place,
            } => Some((*conversation, *place)),
            _ => None,
        }
    }

    /// The account that its letter names, by its address, as who did it (A12); none where it names nobody.
    #[must_use]
    pub fn named_author(&self) -> Option<AccountId> {
        match self {
            Self::Welcome { by, .. }
            | Self::AddedToGroup { by, .. }
            | Self::RemovedFromGroup { by }
            | Self::AccountDeactivated { by }
            | Self::AccountReactivated { by } => match by {
                Author::Account(id) => Some(*id),
                Author::Operator(_) | Author::Machine => None,
            },
            Self::LoginLink { .. }
            | Self::AddressUnknown
            | Self::AddressDeactivated
            | Self::AccountCreatedInYourGroup { .. }
            | Self::OperatorAdded
            | Self::OperatorSuspended
            | Self::OperatorRestored
            | Self::OrderProposed { .. }
            | Self::ConfirmAddress { .. }
            | Self::OrderCarriedOut { .. }
            | Self::AddressGained
            | Self::AddressLost
            | Self::SupportRequestReceived { .. }
            | Self::SupportAnswered { .. }
            | Self::JournalCheckpoint { .. } => None,
        }
    }

    /// Whether somebody waits for it in front of a screen: it goes before all others. What an address without an active
    /// account is told is not that: whoever invents addresses could make as many as they like, and links would wait behind them.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        matches!(self, Self::LoginLink { .. } | Self::ConfirmAddress { .. })
    }
}

/// One mail that an act causes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    cause: EntryId,
    bulk: bool,
    number: u32,
    /// To whom.
    pub to: Recipient,
    /// What it tells.
    pub message: Message,
}

impl Mail {
    pub(crate) fn new(cause: EntryId, number: usize, to: Recipient, message: Message) -> Self {
        Self {
            cause,
            bulk: false,
            number: u32::try_from(number).unwrap_or(u32::MAX),
            to,
            message,
        }
    }

    /// The same, as one of very many.
    pub(crate) fn in_bulk(self) -> Self {
        Self { bulk: true, ..self }
    }

    /// How soon it goes.
    #[must_use]
    pub fn urgency(&self) -> Urgency {
        match (self.message.is_urgent(), self.bulk) {
            (true, _) => Urgency::Urgent,
            (false, false) => Urgency::Usual,
            (false, true) => Urgency::Bulk,
        }
    }

    /// Which of the mails of its act it is, from 0.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Of all whom it goes to, the one who is left out: nobody is told of their own account as of somebody else's (A7), nor of
    /// what they proposed themselves (A6).
    #[must_use]
    pub fn skips(&self) -> Option<Principal> {
        match (&self.to, self.message) {
            (
                Recipient::ResponsablesOf(_) | Recipient::ResponsablesFor(_),
                Message::AccountCreatedInYourGroup { account, .. }
                | Message::OrderProposed { account, .. },
            ) => Some(Principal::Account(account)),
            (
                Recipient::Operators,
                Message::OrderProposed {
                    by: Author::Operator(id),
                    ..
                },
            ) => Some(Principal::Operator(id)),
            _ => None,
        }
    }

    /// The same mail to one address: its copy has the id that [`id_for`](Self::id_for) says.
    #[must_use]
    pub fn copy_to(&self, address: EmailAddress) -> Self {
        Self {
            to: Recipient::Address(address),
            ..self.clone()
        }
    }

    /// The id of the copy for one address: always the same, so that a mail sent twice is seen to be one.
    #[must_use]
    pub fn id_for(&self, address: &EmailAddress) -> MailId {
        let digest = Sha256::new_with_prefix(b"aplus/mail/1\0")
            .chain_update(self.cause.as_uuid().as_bytes())
            .chain_update(self.number.to_be_bytes())
            .chain_update(address.as_str())
            .finalize();
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(digest) {
            *to = from;
        }
        MailId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

//! The help centre (S1): its articles by name, and what somebody asks it. The texts and the search are the web layer's.

use crate::text::{line, text_type};

text_type! {
    /// What somebody types to find an article: 1 to 200 characters that can be seen (S1).
    HelpQuestion, "q", line, 200
}

/// An article of the help centre (S1): under a refusal, or at another dead end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Article {
    /// Logging in.
    LoggingIn,
    /// The link did not come.
    LinkNotReceived,
    /// The link is dead.
    DeadLink,
    /// It asks for my address again.
    AddressAgain,
    /// My address is not recognised.
    NotRecognised,
    /// France Services is another platform.
    FranceServices,
    /// What I may change.
    OwnDetails,
    /// Changing an address or a role.
    AddressOrRole,
    /// Creating an account.
    CreatingAccount,
    /// Adding somebody to a group, and taking out.
    Members,
    /// A mistyped address.
    MistypedAddress,
    /// Deactivating an account.
    Deactivating,
    /// Which browser.
    Browser,
    /// What is recorded about me, and for how long.
    WhatIsRecorded,
    /// Contacting support.
    Support,
}

impl Article {
    /// Every article, in the order of an account's life.
    pub const ALL: [Self; 15] = [
        Self::LoggingIn,
        Self::LinkNotReceived,
        Self::DeadLink,
        Self::AddressAgain,
        Self::NotRecognised,
        Self::FranceServices,
        Self::OwnDetails,
        Self::AddressOrRole,
        Self::CreatingAccount,
        Self::Members,
        Self::MistypedAddress,
        Self::Deactivating,
        Self::Browser,
        Self::WhatIsRecorded,
        Self::Support,
    ];

    /// The last part of the article's address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LoggingIn => "se-connecter",
            Self::LinkNotReceived => "lien-non-recu",
            Self::DeadLink => "lien-expire",
            Self::AddressAgain => "adresse-redemandee",
            Self::NotRecognised => "adresse-non-reconnue",
            Self::FranceServices => "france-services",
            Self::OwnDetails => "mes-informations",
            Self::AddressOrRole => "changer-adresse-ou-role",
            Self::CreatingAccount => "creer-un-compte",
            Self::Members => "ajouter-une-personne",
            Self::MistypedAddress => "adresse-mal-saisie",
            Self::Deactivating => "desactiver-un-compte",
            Self::Browser => "quel-navigateur",
            Self::WhatIsRecorded => "ce-qui-est-enregistre",
            Self::Support => "contacter-le-support",
        }
    }
}

//! One step of a history with all that is dated or random about it: every store is asked for exactly the same.

use aplus_core::account::SupportRequest;
use aplus_core::journal::{EntryFilter, EntryPosition};
use aplus_core::link::Presented;
use aplus_core::ports::{Claim, NewAsk, NewSession, PeopleWanted, TargetRef, Wanted};
use aplus_core::rules::{AccountDraft, GroupDraft, Subject};
use aplus_core::{
    AccountId, Author, BrowserHash, Circumstances, Department, EmailAddress, EntryId, GroupId,
    GroupName, LinkHash, Matricule, OperatorId, Policy, Principal, ProfileChange, RequestId,
    SessionHash, SessionId, Timestamp,
};

/// Who is added to a group as it is founded.
#[derive(Debug, Clone)]
pub(crate) enum First {
    Nobody,
    New(AccountDraft),
    Existing(EmailAddress),
}

/// What is done, or read.
#[derive(Debug, Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "one at a time, and most are of the same size"
)]
pub(crate) enum Deed {
    /// The second field: by the rules for support (A7), whoever asks.
    CreateAccount(Author, bool, GroupId, AccountDraft),
    AddMember(Author, bool, TargetRef, GroupId),
    RemoveMember(Author, TargetRef, GroupId),
    Deactivate(Author, TargetRef),
    Reactivate(Author, TargetRef),
    Withdraw(Author, TargetRef),
    EditProfile(Author, AccountId, ProfileChange),
    CreateGroup(Author, GroupDraft),
    FoundGroup(Author, GroupDraft, First),
    AddOperator(Author, EmailAddress),
    EndSession(Author, Principal, SessionId),
    EndAllSessions(Author, Principal),
    Look(Author, Subject),
    Refuse(Author, &'static str),
    Settle {
        until: Timestamp,
        nth: usize,
    },
    Ask(NewAsk, u32),
    Answer,
    Redeem(LinkHash, Option<BrowserHash>, Option<EmailAddress>),
    Touch(SessionId, Timestamp),
    Claim {
        until: Timestamp,
        limit: u32,
    },
    Sent(Claim),
    Postpone(Claim, Timestamp),
    GiveUp(Claim),
    Purge {
        dead_since: Timestamp,
        opened_before: Timestamp,
    },
    Read(Read),
}

/// What is read.
#[derive(Debug, Clone)]
pub(crate) enum Read {
    Facts(Wanted),
    Account(AccountId),
    AccountByEmail(EmailAddress),
    Holder(EmailAddress),
    Group(GroupId),
    GroupByMatricule(Matricule),
    GroupsByName(GroupName, Option<Department>),
    Groups(Option<GroupId>, u32),
    Members(GroupId, Option<AccountId>, u32),
    Operator(OperatorId),
    OperatorByEmail(EmailAddress),
    IsEmpty,
    Entries(Option<EntryId>, u32),
    Search(EntryFilter, Option<EntryPosition>, u32),
    EntriesOf(AccountId, Option<EntryPosition>, u32),
    People(PeopleWanted),
    Counted(Timestamp, u32),
    Link(LinkHash),
    Stories(AccountId, u32),
    Session(SessionHash),
    SessionKey(SessionId),
    Sessions(Principal, u32),
    Request(RequestId),
    Waiting,
}

/// A deed, and under which circumstances.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) deed: Deed,
    pub(crate) now: Circumstances,
    /// Of the second entry, where a group is founded with its first account.
    pub(crate) second: Circumstances,
    /// The session that a log-in opens.
    pub(crate) session: NewSession,
    /// What the courier's randomness is drawn from.
    pub(crate) seed: u64,
    pub(crate) request: SupportRequest,
    pub(crate) policy: Policy,
}

impl Plan {
    pub(crate) fn at(&self) -> Timestamp {
        self.now.at
    }

    /// For whoever looks for a divergence; the seed gives the rest.
    pub(crate) fn shown(&self) -> String {
        let request = self.now.request.map(|(id, _)| id);
        format!(
            "{:?} at {} as request {request:?}, entry {}",
            self.deed, self.now.at, self.now.entry
        )
    }

    /// The word that steps are counted under.
    pub(crate) fn operation(&self) -> &'static str {
        match &self.deed {
            Deed::CreateAccount(_, false, ..) => "create_account",
            Deed::CreateAccount(_, true, ..) => "create_account_for",
            Deed::AddMember(_, false, ..) => "add_member",
            Deed::AddMember(_, true, ..) => "add_member_for",
            Deed::RemoveMember(..) => "remove_member",
            Deed::Deactivate(..) => "deactivate",
            Deed::Reactivate(..) => "reactivate",
            Deed::Withdraw(..) => "withdraw",
            Deed::EditProfile(..) => "edit_profile",
            Deed::CreateGroup(..) => "create_group",
            Deed::FoundGroup(..) => "found_group",
            Deed::AddOperator(..) => "add_operator",
            Deed::EndSession(..) => "end_session",
            Deed::EndAllSessions(..) => "end_all_sessions",
            Deed::Look(..) => "look",
            Deed::Refuse(..) => "refuse",
            Deed::Settle { .. } => "settle_refusals",
            Deed::Ask(..) => "ask",
            Deed::Answer => "answer",
            Deed::Redeem(..) => "redeem",
            Deed::Touch(..) => "touch",
            Deed::Claim { .. } => "claim",
            Deed::Sent(_) => "sent",
            Deed::Postpone(..) => "postpone",
            Deed::GiveUp(_) => "give_up",
            Deed::Purge { .. } => "purge",
            Deed::Read(read) => read.operation(),
        }
    }

    /// What comes with a press on a link's button.
    pub(crate) fn presented(&self) -> Presented<'_> {
        match &self.deed {
            Deed::Redeem(_, browser, email) => Presented {
                browser: *browser,
                email: email.as_ref(),
            },
            _ => Presented::default(),
        }
    }
}

impl Read {
    fn operation(&self) -> &'static str {
        match self {
            Self::Facts(_) => "read facts",
            Self::Account(_) => "read account",
            Self::AccountByEmail(_) => "read account_by_email",
            Self::Holder(_) => "read holder",
            Self::Group(_) => "read group",
            Self::GroupByMatricule(_) => "read group_by_matricule",
            Self::GroupsByName(..) => "read groups_by_name",
            Self::Groups(..) => "read groups",
            Self::Members(..) => "read members",
            Self::Operator(_) => "read operator",
            Self::OperatorByEmail(_) => "read operator_by_email",
            Self::IsEmpty => "read is_empty",
            Self::Entries(..) => "read entries",
            Self::Search(..) => "read search",
            Self::EntriesOf(..) => "read entries_of",
            Self::People(_) => "read people",
            Self::Counted(..) => "read counted_refusals",
            Self::Link(_) => "read link",
            Self::Stories(..) => "read link_stories",
            Self::Session(_) => "read session",
            Self::SessionKey(_) => "read session_key",
            Self::Sessions(..) => "read sessions",
            Self::Request(_) => "read request",
            Self::Waiting => "read waiting",
        }
    }
}

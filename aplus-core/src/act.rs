//! What is committed together: an allowed action, its entry and its mails. All that a writing method of a store takes.

use crate::account::{Author, DeactivatedBy, Principal, SupportRequest};
use crate::journal::{BodyHash, Entry, Erasable, Event, Origin, Salt, entry::About};
use crate::mail::{Mail, Message, Recipient};
use crate::rules::{
    AddMember, AddOperator, Basis, CreateAccount, CreateGroup, Deactivate, EditProfile,
    EndAllSessions, EndSession, Look, Permit, Permitted, Reactivate, RemoveMember, Subject,
    Withdraw,
};
use crate::{AccountId, EntryId, GroupId, OperatorId, RequestId, Timestamp};

/// All that is dated or random about an act, made before it: no statement reads a clock or draws a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    /// When: the one clock's time, bound into each statement (L2).
    pub at: Timestamp,
    /// From where.
    pub origin: Origin,
    /// The request, and the hash of its body: the same request is carried out once.
    pub request: Option<(RequestId, BodyHash)>,
    /// The id of the entry.
    pub entry: EntryId,
    /// The id of what the act creates, if it creates something.
    pub created: uuid::Uuid,
    /// The salt of the entry's commitment.
    pub salt: Salt,
}

/// What a store writes, by value and once.
///
/// ```compile_fail
/// # async fn take(store: &dyn aplus_core::ports::Store, act: aplus_core::Act<aplus_core::rules::Deactivate>) {
/// store.deactivate(act).await;
/// store.deactivate(act).await;
/// # }
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an act does nothing until it is handed to a store"]
pub struct Act<A: Permitted> {
    action: A,
    basis: Basis,
    moved: Vec<GroupId>,
    entry: Entry,
    mails: Vec<Mail>,
    created: uuid::Uuid,
}

impl<A: Permitted> Act<A> {
    /// What is done.
    pub fn action(&self) -> &A {
        &self.action
    }

    /// The versions that were decided on: locked and compared in the statement that writes.
    pub fn basis(&self) -> &Basis {
        &self.basis
    }

    /// The groups whose active responsables change with it: their version moves by one.
    pub fn moved_groups(&self) -> &[GroupId] {
        &self.moved
    }

    /// Its entry.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The mails that it causes.
    pub fn mails(&self) -> &[Mail] {
        &self.mails
    }

    /// When it happens.
    pub fn at(&self) -> Timestamp {
        self.entry.at()
    }

    /// Without its mails: for an import that was told to send none, and for a demonstration.
    pub fn silent(mut self) -> Self {
        self.mails.clear();
        self
    }
}

impl Act<CreateAccount> {
    /// The id of the new account.
    #[must_use]
    pub fn account(&self) -> AccountId {
        AccountId::from_uuid(self.created)
    }
}

impl Act<CreateGroup> {
    /// The id of the new group.
    #[must_use]
    pub fn group(&self) -> GroupId {
        GroupId::from_uuid(self.created)
    }
}

impl Act<AddOperator> {
    /// The id of the operator, unless the address is one's already.
    #[must_use]
    pub fn operator(&self) -> OperatorId {
        OperatorId::from_uuid(self.created)
    }
}

/// What an action says of itself to the journal and to people.
trait Told: Permitted {
    fn about(&self, created: uuid::Uuid) -> About;
    fn event(&self) -> Event;
    fn text(&self, _erasable: &mut Erasable) {}
    fn mails(&self, _author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        Vec::new()
    }
}

impl<A: Permitted> Permit<A> {
    /// Adds when, from where and at which request: that makes the entry and the mails, which nobody can then forget.
    pub fn into_act(self, circumstances: Circumstances) -> Act<A>
    where
        A: Actable,
    {
        let (action, author, basis, moved) = self.into_parts();
        let Circumstances {
            at,
            origin,
            request,
            entry: id,
            created,
            salt,
        } = circumstances;
        let mut erasable = Erasable {
            origin,
            ..Erasable::default()
        };
        action.text(&mut erasable);
        let entry = Entry::new(
            id,
            at,
            author,
            action.about(created),
            &action.event(),
            request,
            &erasable,
            salt,
        );
        let mails = action.mails(author, created).into_iter().enumerate();
        let mails = mails
            .map(|(number, (to, message))| Mail::new(id, number, to, message))
            .collect();
        Act {
            action,
            basis,
            moved,
            entry,
            mails,
            created,
        }
    }
}

/// The actions that make an act: all that a permit can allow.
#[allow(
    private_bounds,
    reason = "sealed: implemented for the actions of this library alone"
)]
pub trait Actable: Told {}
impl<A: Told> Actable for A {}

fn account(account: AccountId) -> About {
    About {
        account: Some(account),
        group: None,
    }
}

fn membership(account: AccountId, group: GroupId) -> About {
    About {
        account: Some(account),
        group: Some(group),
    }
}

fn owner(principal: Principal) -> About {
    About {
        account: Event::account_of(principal),
        group: None,
    }
}

fn request_text(request: &SupportRequest, erasable: &mut Erasable) {
    erasable.text.insert(
        "reference".to_owned(),
        request.reference.as_str().to_owned(),
    );
    if let Some(name) = &request.requester.name {
        erasable
            .text
            .insert("requester_name".to_owned(), name.as_str().to_owned());
    }
}

impl Told for CreateAccount {
    fn about(&self, created: uuid::Uuid) -> About {
        membership(AccountId::from_uuid(created), self.group())
    }

    fn event(&self) -> Event {
        let draft = self.draft();
        Event::AccountCreated {
            roles: draft.roles,
            shared: draft.shared,
            fields: draft.profile.given(),
            requester: self
                .provenance()
                .request
                .as_ref()
                .map(|request| request.requester.kind),
        }
    }

    fn text(&self, erasable: &mut Erasable) {
        erasable
            .text
            .insert("email".to_owned(), self.draft().email.as_str().to_owned());
        if let Some(request) = &self.provenance().request {
            request_text(request, erasable);
        }
    }

    fn mails(&self, author: Author, created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        let to = Recipient::Address(self.draft().email.clone());
        let requester = self
            .provenance()
            .request
            .as_ref()
            .map(|request| request.requester.kind);
        let mut mails = vec![(
            to,
            Message::Welcome {
                by: author,
                requester,
            },
        )];
        if requester.is_some() {
            let (account, group) = (AccountId::from_uuid(created), self.group());
            let told = Message::AccountCreatedInYourGroup {
                account,
                group,
                requester,
            };
            mails.push((Recipient::ResponsablesOf(group), told));
        }
        mails
    }
}

impl Told for AddMember {
    fn about(&self, _created: uuid::Uuid) -> About {
        membership(self.account(), self.group())
    }

    fn event(&self) -> Event {
        Event::MemberAdded {
            requester: self.request().map(|request| request.requester.kind),
        }
    }

    fn text(&self, erasable: &mut Erasable) {
        if let Some(request) = self.request() {
            request_text(request, erasable);
        }
    }

    fn mails(&self, author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        let requester = self.request().map(|request| request.requester.kind);
        vec![(
            Recipient::Account(self.account()),
            Message::AddedToGroup {
                by: author,
                requester,
            },
        )]
    }
}

impl Told for RemoveMember {
    fn about(&self, _created: uuid::Uuid) -> About {
        membership(self.account(), self.group())
    }

    fn event(&self) -> Event {
        Event::MemberRemoved
    }

    fn mails(&self, author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        // Whoever leaves by themselves knows.
        if author == Author::Account(self.account()) {
            return Vec::new();
        }
        vec![(
            Recipient::Account(self.account()),
            Message::RemovedFromGroup { by: author },
        )]
    }
}

impl Told for Deactivate {
    fn about(&self, _created: uuid::Uuid) -> About {
        account(self.account())
    }

    fn event(&self) -> Event {
        Event::AccountDeactivated {
            by_support: self.by() == DeactivatedBy::Support,
        }
    }

    fn mails(&self, author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        vec![(
            Recipient::Account(self.account()),
            Message::AccountDeactivated { by: author },
        )]
    }
}

impl Told for Reactivate {
    fn about(&self, _created: uuid::Uuid) -> About {
        account(self.account())
    }

    fn event(&self) -> Event {
        Event::AccountReactivated
    }

    fn mails(&self, author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        vec![(
            Recipient::Account(self.account()),
            Message::AccountReactivated { by: author },
        )]
    }
}

impl Told for Withdraw {
    fn about(&self, _created: uuid::Uuid) -> About {
        account(self.account())
    }

    fn event(&self) -> Event {
        Event::AccountWithdrawn
    }
}

impl Told for EditProfile {
    fn about(&self, _created: uuid::Uuid) -> About {
        account(self.account())
    }

    fn event(&self) -> Event {
        Event::ProfileEdited {
            fields: self.change().fields(),
        }
    }
}

impl Told for CreateGroup {
    fn about(&self, created: uuid::Uuid) -> About {
        About {
            account: None,
            group: Some(GroupId::from_uuid(created)),
        }
    }

    fn event(&self) -> Event {
        Event::GroupCreated {
            requester: self.request().requester.kind,
        }
    }

    fn text(&self, erasable: &mut Erasable) {
        request_text(self.request(), erasable);
    }
}

impl Told for AddOperator {
    fn about(&self, _created: uuid::Uuid) -> About {
        About::default()
    }

    fn event(&self) -> Event {
        Event::OperatorAdded
    }

    fn text(&self, erasable: &mut Erasable) {
        erasable
            .text
            .insert("email".to_owned(), self.email().as_str().to_owned());
    }

    fn mails(&self, _author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        vec![(Recipient::Operators, Message::OperatorAdded)]
    }
}

impl Told for EndSession {
    fn about(&self, _created: uuid::Uuid) -> About {
        owner(self.owner())
    }

    fn event(&self) -> Event {
        Event::SessionEnded {
            owner: self.owner(),
            session: self.session(),
        }
    }
}

impl Told for EndAllSessions {
    fn about(&self, _created: uuid::Uuid) -> About {
        owner(self.owner())
    }

    fn event(&self) -> Event {
        Event::AllSessionsEnded {
            owner: self.owner(),
        }
    }
}

impl Told for Look {
    fn about(&self, _created: uuid::Uuid) -> About {
        match self.subject() {
            Subject::Account(id) | Subject::Links(id) => account(id),
            Subject::Group(group) => About {
                account: None,
                group: Some(group),
            },
        }
    }

    fn event(&self) -> Event {
        Event::Looked {
            subject: self.subject(),
        }
    }
}

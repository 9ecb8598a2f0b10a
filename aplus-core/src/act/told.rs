//! What each action tells: to the journal what happened, to people what they must know (A12, T1).

mod desk;
mod operators;
mod orders;

use crate::account::{Author, DeactivatedBy, Principal, SupportRequest};
use crate::journal::{Erasable, Event, entry::About};
use crate::mail::{Message, Recipient};
use crate::rules::{
    AddMember, CreateAccount, CreateGroup, Deactivate, EditProfile, EmptyAccount, EndAllSessions,
    EndSession, EraseJournal, Look, Permitted, Reactivate, RemoveMember, Subject, Withdraw,
};
use crate::{AccountId, GroupId};

/// What an action says of itself to the journal and to people.
pub(super) trait Told: Permitted {
    fn about(&self, created: uuid::Uuid) -> About;
    fn event(&self, created: uuid::Uuid) -> Event;
    fn text(&self, _erasable: &mut Erasable) {}
    fn mails(&self, _author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        Vec::new()
    }
}

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

fn text(erasable: &mut Erasable, name: &str, value: impl AsRef<str>) {
    erasable
        .text
        .insert(name.to_owned(), value.as_ref().to_owned());
}

fn request_text(request: &SupportRequest, erasable: &mut Erasable) {
    text(erasable, "reference", &request.reference);
    if let Some(name) = &request.requester.name {
        text(erasable, "requester_name", name);
    }
}

impl Told for CreateAccount {
    fn about(&self, created: uuid::Uuid) -> About {
        membership(AccountId::from_uuid(created), self.group())
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
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
            ordered: self.order().map(|order| order.to().roles),
        }
    }

    fn text(&self, erasable: &mut Erasable) {
        text(erasable, "email", &self.draft().email);
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
            if self.order().is_some() {
                // The account is in no other, and in none for a statement that only makes it.
                let responsables = Recipient::ResponsablesOf(group);
                mails.extend(orders::proposed(account, author, responsables));
            }
        }
        mails
    }
}

impl Told for AddMember {
    fn about(&self, _created: uuid::Uuid) -> About {
        membership(self.account(), self.group())
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
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

    fn event(&self, _created: uuid::Uuid) -> Event {
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

    fn event(&self, _created: uuid::Uuid) -> Event {
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

    fn event(&self, _created: uuid::Uuid) -> Event {
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

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::AccountWithdrawn
    }
}

impl Told for EditProfile {
    fn about(&self, _created: uuid::Uuid) -> About {
        account(self.account())
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
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

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::GroupCreated {
            requester: self.request().requester.kind,
        }
    }

    fn text(&self, erasable: &mut Erasable) {
        request_text(self.request(), erasable);
    }
}

impl Told for EndSession {
    fn about(&self, _created: uuid::Uuid) -> About {
        owner(self.owner())
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
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

    fn event(&self, _created: uuid::Uuid) -> Event {
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
            Subject::Orders | Subject::Inbox => About::default(),
            Subject::Conversation { account, .. } => About {
                account,
                group: None,
            },
            Subject::Journal { account, group } => About { account, group },
        }
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::Looked {
            subject: self.subject(),
        }
    }
}

impl Told for EraseJournal {
    fn about(&self, _created: uuid::Uuid) -> About {
        About::default()
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::JournalErased {
            before: self.before(),
            entries: self.entries(),
            months: self.months(),
            reason: self.reason().cloned(),
        }
    }
}

impl Told for EmptyAccount {
    fn about(&self, _created: uuid::Uuid) -> About {
        account(self.account())
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::AccountEmptied
    }
}

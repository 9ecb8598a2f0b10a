//! What is told of conversations with support (S2). What was written in them is not in the journal, and the acknowledgement of a
//! request carries none of it either: whoever types somebody else's address has nothing sent there in their own words.

use super::Told;
use crate::AccountId;
use crate::account::{Author, Version};
use crate::conversation::Enquirer;
use crate::journal::{Event, entry::About};
use crate::mail::{Message, Recipient};
use crate::rules::{
    AddMessage, AnswerConversation, CloseConversation, EraseConversations, OpenConversation,
};

fn of(account: Option<AccountId>) -> About {
    About {
        account,
        group: None,
    }
}

fn recipient(enquirer: &Enquirer) -> Option<Recipient> {
    match enquirer {
        Enquirer::Account(id) => Some(Recipient::Account(*id)),
        Enquirer::Visitor(email) => email.clone().map(Recipient::Address),
    }
}

impl Told for OpenConversation {
    fn about(&self, _created: uuid::Uuid) -> About {
        of(self.enquirer().account())
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::ConversationOpened {
            visitor: self.enquirer().account().is_none(),
        }
    }

    fn mails(&self, _author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        let to = recipient(self.enquirer()).filter(|_| self.acknowledged());
        let received = Message::SupportRequestReceived {
            answer_by: self.answer_by(),
        };
        to.map(|to| (to, received)).into_iter().collect()
    }
}

impl Told for AddMessage {
    fn about(&self, _created: uuid::Uuid) -> About {
        of(Some(self.account()))
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::MessageAdded {
            conversation: self.conversation(),
        }
    }
}

impl Told for AnswerConversation {
    fn about(&self, _created: uuid::Uuid) -> About {
        of(self.enquirer().account())
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::ConversationAnswered {
            conversation: self.conversation(),
        }
    }

    fn mails(&self, _author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        let answered = Message::SupportAnswered {
            conversation: self.conversation(),
            place: Version(self.version().0 + 1),
        };
        let to = recipient(self.enquirer());
        to.map(|to| (to, answered)).into_iter().collect()
    }
}

impl Told for CloseConversation {
    fn about(&self, _created: uuid::Uuid) -> About {
        of(self.account())
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::ConversationClosed {
            conversation: self.conversation(),
        }
    }
}

impl Told for EraseConversations {
    fn about(&self, _created: uuid::Uuid) -> About {
        About::default()
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::ConversationsErased {
            before: self.before(),
            conversations: self.conversations(),
        }
    }
}

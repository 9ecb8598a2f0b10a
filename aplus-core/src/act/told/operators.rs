//! What is told of operators: to all of them (A14).

use super::{Told, text};
use crate::OperatorId;
use crate::account::Author;
use crate::journal::{Erasable, Event, entry::About};
use crate::mail::{Message, Recipient};
use crate::rules::{AddOperator, RestoreOperator, SuspendOperator};

impl Told for AddOperator {
    fn about(&self, _created: uuid::Uuid) -> About {
        About::default()
    }

    fn event(&self, created: uuid::Uuid) -> Event {
        Event::OperatorAdded {
            operator: self
                .restored()
                .unwrap_or_else(|| OperatorId::from_uuid(created)),
            restored: self.restored().is_some(),
        }
    }

    fn text(&self, erasable: &mut Erasable) {
        text(erasable, "email", self.email());
    }

    fn mails(&self, _author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        vec![(Recipient::Operators, Message::OperatorAdded)]
    }
}

impl Told for SuspendOperator {
    fn about(&self, _created: uuid::Uuid) -> About {
        About::default()
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::OperatorSuspended {
            operator: self.operator(),
        }
    }

    fn mails(&self, _author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        vec![(Recipient::Operators, Message::OperatorSuspended)]
    }
}

impl Told for RestoreOperator {
    fn about(&self, _created: uuid::Uuid) -> About {
        About::default()
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        let operator = self.operator();
        match self.with() {
            None => Event::OperatorRestoreAsked { operator },
            Some(with) => Event::OperatorRestored { operator, with },
        }
    }

    fn mails(&self, _author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        match self.with() {
            None => Vec::new(),
            Some(_) => vec![(Recipient::Operators, Message::OperatorRestored)],
        }
    }
}

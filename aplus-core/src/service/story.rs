//! What happened to a link, for whoever holds it: hours, and nothing about anybody.

use super::{Aplus, Error};
use crate::link::{self, LinkState};
use crate::ports::{LinkStory, Looks};
use crate::{LinkSecret, Timestamp};

/// One thing that happened to a link. It names no address, no browser, no network and nobody: whoever holds a dead link may
/// read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStep {
    /// Somebody asked for it.
    Asked,
    /// Its mail was handed to the relay.
    HandedOver,
    /// Its mail still waits.
    Waits,
    /// Its mail is not tried again.
    GivenUp,
    /// It was looked at, without a press: from the first time on.
    Looked(Looks),
    /// A newer one took its place.
    Superseded,
    /// It logged somebody in.
    Used,
    /// Its time was over.
    Expired,
    /// Its account was deactivated or changed, or all its sessions were ended.
    Ended,
}

impl Aplus {
    /// What happened to the link that somebody holds, in the order in which it did, each with its moment where that is kept: for
    /// the page of a dead link (L9). Nothing for a link that is unknown, or was dead for 30 days.
    ///
    /// # Errors
    /// What the store says.
    pub async fn steps_of_link(
        &self,
        secret: &LinkSecret,
    ) -> Result<Vec<(Option<Timestamp>, LinkStep)>, Error> {
        let story = self.0.store.link_story(&secret.hash()).await?;
        Ok(story.map_or_else(Vec::new, |story| steps(&story, self.now())))
    }
}

fn steps(story: &LinkStory, now: Timestamp) -> Vec<(Option<Timestamp>, LinkStep)> {
    let state = link::state(&story.link, now);
    let over = match state {
        LinkState::Unknown => return Vec::new(),
        LinkState::Live => None,
        LinkState::Superseded(_) => Some(LinkStep::Superseded),
        LinkState::Used(_) => Some(LinkStep::Used),
        LinkState::Expired(_) => Some(LinkStep::Expired),
        LinkState::Ended => Some(LinkStep::Ended),
    };
    let handed_over = story.handed_over.iter();
    let given_up = story.given_up.iter();
    let mut steps = vec![(story.link.issued_at, LinkStep::Asked)];
    steps.extend(handed_over.map(|at| (*at, LinkStep::HandedOver)));
    steps.extend(given_up.map(|it| (it.at, LinkStep::GivenUp)));
    steps.extend(story.looks.map(|it| (it.first, LinkStep::Looked(it))));
    steps.extend(state.at().zip(over));
    // Stable: of one moment what is named first came first.
    steps.sort_by_key(|(at, _)| *at);
    let mut steps: Vec<_> = steps.into_iter().map(|(at, it)| (Some(at), it)).collect();
    steps.extend(story.waiting.then_some((None, LinkStep::Waits)));
    steps.extend(over.filter(|_| state.at().is_none()).map(|it| (None, it)));
    steps
}

#[cfg(test)]
mod tests;

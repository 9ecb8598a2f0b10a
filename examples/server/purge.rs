//! What a server does by itself once a minute, at once: forgetting and erasing what is due.

use aplus::ports::Clock;
use aplus::service::{ErasureReport, SystemClock};
use aplus::{Aplus, Retention};

use crate::{Failure, say};

/// Forgets and erases what is due, in passes that keep nobody waiting, and says what it was.
pub(crate) async fn run(aplus: &Aplus) -> Result<(), Failure> {
    let now = SystemClock::default().now();
    let (mut purged, mut all) = (0, ErasureReport::default());
    loop {
        let report = aplus.housekeeping_pass(now).await?;
        let ErasureReport {
            erased,
            emptied,
            conversations,
        } = report.erasure;
        purged += report.purged;
        all.erased += erased;
        all.emptied += emptied;
        all.conversations += conversations;
        if report.purged + erased + emptied + conversations == 0 {
            break;
        }
    }
    let retention = aplus.retention();
    say(&format!(
        "{purged} lignes oubliées (liens, sessions, demandes et messages)."
    ));
    say(&format!(
        "{} lignes du journal, vieilles de {} mois, ont perdu adresse réseau, navigateur et textes libres.",
        all.erased,
        retention.journal()
    ));
    say(&format!(
        "{} comptes, inutilisés depuis {} mois, ont perdu adresse et informations.",
        all.emptied,
        retention.accounts()
    ));
    say(&format!(
        "{} demandes au support, sans message depuis {} mois, ont perdu leurs textes.",
        all.conversations,
        Retention::CONVERSATION_MONTHS
    ));
    Ok(())
}

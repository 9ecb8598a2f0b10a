//! What every store must do: one function per numbered MUST of the [ports](crate::ports), for any store to be run through.
//!
//! A store's test file says how to open one, and ends with [`store_contract!`](crate::store_contract):
//!
//! ```
//! use std::sync::Arc;
//!
//! use aplus_core::contract::{Harness, OutboxLine, Probe};
//! use aplus_core::memory::MemoryStore;
//! use aplus_core::ports::Store;
//! use aplus_core::{EntryId, store_contract};
//!
//! struct Memory;
//!
//! #[aplus_core::contract::async_trait]
//! impl Harness for Memory {
//!     async fn fresh(&self) -> Box<dyn Probe> {
//!         Box::new(Opened(MemoryStore::default()))
//!     }
//! }
//!
//! struct Opened(MemoryStore);
//!
//! #[aplus_core::contract::async_trait]
//! impl Probe for Opened {
//!     fn store(&self) -> Arc<dyn Store> {
//!         Arc::new(self.0.clone())
//!     }
//!     async fn seal_queue(&self) -> Vec<EntryId> {
//!         self.0.seal_queue()
//!     }
//!     async fn outbox(&self) -> Vec<OutboxLine> {
//!         self.0.outbox().into_iter().map(OutboxLine::from).collect()
//!     }
//!     fn has_a_clock(&self) -> bool {
//!         false
//!     }
//! }
//!
//! store_contract!(Memory);
//! # fn main() {}
//! ```
//!
//! Permits come from the public rules, on facts that the store itself gave: a case never invents what it decides on, except
//! to show that facts which are no longer true are caught.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, though they are exported: a store that breaks its contract fails them"
)]

mod accounts;
mod deed;
mod desk;
mod erasure;
mod gate;
mod journal;
mod logins;
mod operators;
mod orders;
mod outbox;
mod races;
mod scene;
mod seals;
mod searching;
mod world;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// For implementing [`Harness`] and [`Probe`].
pub use async_trait::async_trait;

use crate::ports::{Desk, Store};
use crate::{EmailAddress, EntryId, MailId, Timestamp};

/// Opens stores for the suite.
#[async_trait]
pub trait Harness: Send + Sync {
    /// A store with nothing in it, that no other case sees.
    async fn fresh(&self) -> Box<dyn Probe>;
}

/// One store, and what a test sees of it that no port shows.
#[async_trait]
pub trait Probe: Send + Sync {
    /// Another handle of the same store; with a connection of its own where the store has connections.
    fn store(&self) -> Arc<dyn Store>;

    /// The desk of the same store, another handle each time; none by default. [`desk_contract!`](crate::desk_contract) needs it.
    fn desk(&self) -> Option<Arc<dyn Desk>> {
        None
    }

    /// The entries that wait for the sealer, in any order (P1).
    async fn seal_queue(&self) -> Vec<EntryId>;

    /// Each mail that was ever queued, in any order (P41, P42).
    async fn outbox(&self) -> Vec<OutboxLine>;

    /// Whether the store has a clock of its own, against which erasures are held (P72).
    fn has_a_clock(&self) -> bool {
        true
    }
}

/// What a store keeps of one mail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutboxLine {
    /// Its id.
    pub id: MailId,
    /// To whom, as long as it waits.
    pub to: Option<EmailAddress>,
    /// When it was sent or given up.
    pub settled_at: Option<Timestamp>,
}

impl From<(MailId, Option<EmailAddress>, Option<Timestamp>)> for OutboxLine {
    fn from((id, to, settled_at): (MailId, Option<EmailAddress>, Option<Timestamp>)) -> Self {
        Self { id, to, settled_at }
    }
}

/// One case of the suite.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// The MUST that it holds a store to, such as `P22`; `docs` for what a method's own documentation says.
    pub must: &'static str,
    /// The port, or what else the case belongs to.
    pub group: &'static str,
    /// What it says.
    pub name: &'static str,
    run: Run,
}

type Run = for<'a> fn(&'a dyn Harness) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Hands the list of all cases to another macro. The one list.
#[doc(hidden)]
#[macro_export]
macro_rules! contract_cases {
    ([$($then:tt)+] $($given:tt)*) => {
        $($then)+! {
            [$($given)*]
            accounts {
                docs facts_are_read_as_they_stand;
                docs groups_and_members_are_read_in_pages;
                docs people_and_groups_are_read_by_their_ids_together;
                docs a_group_is_found_by_its_number_and_by_its_name;
                P1 an_act_its_entry_its_seal_line_and_its_mails_are_written_together;
                P3 a_request_is_carried_out_once;
                P4 the_same_acts_make_the_same_store_at_any_time;
                P5 an_abandoned_write_is_whole_or_absent_and_the_same_request_tells;
                P10 an_address_is_one_accounts_or_one_operators;
                docs a_number_of_the_list_is_one_groups;
                docs a_group_and_its_first_account_are_founded_together;
                P11 address_and_roles_outlive_every_act;
                P12 versions_move_by_one_and_only_with_what_rights_stand_on;
                P13 deactivation_adds_one_to_the_epoch;
                P14 withdrawal_frees_the_address_and_keeps_line_and_entries;
            }
            gate {
                P2 what_moved_between_decision_and_write_is_caught;
                P2 facts_that_were_never_true_are_caught;
                P2 each_act_against_each_other;
            }
            logins {
                P20 asking_is_the_same_for_every_address;
                P20 a_full_queue_is_full_for_everybody;
                P21 askings_are_answered_once;
                P21 what_waits_comes_with_all_that_decides;
                P21 a_link_that_was_used_meanwhile_is_not_sent_again;
                docs the_last_log_in_does_not_go_back;
                docs a_link_is_superseded_by_one_of_the_same_answer;
                docs a_flood_is_read_in_parts;
                P22 a_link_is_used_only_while_it_works;
                P22 a_link_logs_in_to_the_last_microsecond;
                P22 another_browser_needs_its_count_unchanged;
                P23 a_wrong_address_is_counted_once_per_judgement;
                P24 what_was_ended_by_number_does_not_count;
                P25 a_touch_neither_revives_nor_goes_back;
                P26 reading_a_link_changes_nothing;
                P27 looks_add_up_beside_their_link;
                P27 looks_go_with_their_link;
                docs the_story_of_a_link_is_the_one_among_its_accounts;
                docs a_session_is_its_owners_alone_to_end;
                docs what_is_dead_is_forgotten_and_nothing_else;
            }
            journal {
                P30 entries_stay_as_they_were_written;
                P31 equal_refusals_are_counted_beside_the_first;
                P31 a_count_that_moved_is_not_settled;
                docs counted_refusals_come_the_oldest_first;
            }
            searching {
                P32 pages_hold_every_entry_that_fits_once_and_the_newest_first;
                P32 what_is_written_meanwhile_changes_no_page_before_it;
                docs each_filter_alone_and_with_others_finds_what_fits;
                docs what_is_rare_among_many_is_found_in_the_end;
                docs time_is_bounded_from_its_beginning_and_before_its_end;
                docs ones_own_journal_holds_what_one_did_and_what_was_done_to_one;
            }
            operators {
                docs an_operator_is_suspended_at_once;
                docs two_bring_an_operator_back;
                docs operators_are_read_in_pages;
            }
            orders {
                P60 an_order_is_carried_out_once_and_only_on_what_it_was_proposed_on;
                P41 whoever_may_approve_an_order_is_told_of_it_once;
                P60 an_outdated_order_stays_so_where_the_account_becomes_again_what_it_was;
                P61 a_new_address_is_confirmed_by_its_own_link_alone;
                P61 an_address_that_is_somebodys_when_it_is_confirmed_is_taken;
                P62 without_a_new_address_it_is_carried_out_with_its_approval;
                P63 a_confirming_link_counts_only_while_its_order_waits;
                P63 a_confirming_link_is_asked_for_with_the_new_address;
                P64 an_order_is_decided_on_once;
                docs an_order_is_kept_as_it_was_proposed;
                docs an_order_is_proposed_with_its_account;
                docs orders_are_read_the_newest_first;
            }
            outbox {
                P40 a_mail_is_claimed_by_one_at_a_time;
                P40 a_claim_settles_nothing_once_another_followed;
                P40 urgent_mails_go_first_then_the_oldest;
                P40 a_claim_leaves_what_is_less_urgent;
                P41 a_mail_is_there_exactly_if_its_act_is;
                P42 a_settled_mail_loses_its_address_and_keeps_its_hour;
            }
            erasure {
                P70 the_erasable_parts_of_the_oldest_entries_go_and_nothing_else;
                P70 an_erasure_of_more_than_there_is_writes_nothing;
                P70 an_erasure_is_written_once_with_its_entry;
                P71 an_emptied_account_keeps_its_line_and_loses_the_rest;
                P71 a_withdrawn_account_loses_its_details_too;
                P71 an_account_that_was_used_meanwhile_is_not_emptied;
                P72 nothing_young_goes_whatever_hour_comes_with_the_act;
                docs the_longest_unused_come_first;
            }
            seals {
                P50 a_sealing_is_whole_and_in_order;
                P50 a_sealing_and_its_mail_are_written_together;
                P51 a_sealing_on_what_moved_writes_nothing;
                P52 what_is_sealed_stays_and_does_not_wait_again;
                P53 sealed_entries_are_read_by_their_places;
                P54 an_export_is_the_whole_journal;
                P54 what_was_erased_is_exported_without_its_salt;
                P54 an_export_is_of_one_moment;
            }
            races {
                P22 of_sixty_four_confirmations_one_wins;
                P2 of_two_last_responsables_leaving_at_once_one_stays;
                P2 nobody_creates_after_losing_the_right;
                P2 of_two_who_deactivate_each_other_one_stays;
                P10 an_address_that_two_want_at_once_is_ones;
                P3 a_request_that_comes_twice_at_once_is_carried_out_once;
                docs a_group_that_many_found_at_once_is_one;
                P41 of_operators_added_at_once_the_earlier_are_told_of_the_later;
                P21 of_many_couriers_one_answers;
                P40 of_many_couriers_one_claims;
                P70 of_many_who_erase_at_once_each_entry_is_one_acts;
                P71 of_many_who_empty_an_account_one_does;
                P60 of_many_who_confirm_one_order_one_carries_it_out;
                P64 of_those_who_decide_on_one_order_at_once_one_does;
                P2 nobody_approves_after_losing_the_right;
                P51 of_many_sealers_one_seals;
                P53 no_act_that_commits_late_is_missed;
                P27 looks_that_many_add_at_once_add_up;
            }
        }
    };
}

/// Hands the list of the cases of a desk to another macro.
#[doc(hidden)]
#[macro_export]
macro_rules! desk_cases {
    ([$($then:tt)+] $($given:tt)*) => {
        $($then)+! {
            [$($given)*]
            desk {
                P1 a_conversation_is_written_with_its_entry_and_mails;
                P2 nobody_answers_after_losing_the_right;
                P3 a_request_to_support_is_carried_out_once;
                P80 a_conversation_begins_with_its_first_message;
                P80 what_moved_since_it_was_seen_is_stale;
                P80 of_answers_at_once_one_is_written;
                P81 whose_turn_it_is_moves_with_each_act;
                P82 the_inbox_holds_each_open_conversation_once;
                P83 an_address_is_acknowledged_once_a_day;
                P83 of_many_requests_at_once_one_is_acknowledged;
                P84 an_erased_conversation_loses_what_was_said;
                P84 no_young_conversation_is_erased;
                docs ones_own_conversations_are_read_the_newest_first;
                docs an_answer_is_read_for_its_letter;
            }
        }
    };
}

macro_rules! list {
    ([$cases:ident $doc:literal] $($group:ident { $($must:ident $name:ident;)* })*) => {
        #[doc = $doc]
        pub const $cases: &[Case] = &[$($(
            Case {
                must: stringify!($must),
                group: stringify!($group),
                name: stringify!($name),
                run: |harness| Box::pin($group::$name(harness)),
            },
        )*)*];
    };
}

contract_cases!([list] CASES "All cases of a store.");
desk_cases!([list] DESK_CASES "All cases of a store's desk.");

/// One test for each case, for one store: `store_contract!(harness)`, where `harness` is an expression that makes a
/// [`Harness`](crate::contract::Harness).
#[macro_export]
macro_rules! store_contract {
    ($harness:expr) => {
        $crate::contract_cases! { [$crate::contract_tests] $harness }
    };
}

/// The same for the desk of a store, where it has one: `desk_contract!(harness)`, in a test file of its own or beside the other.
#[macro_export]
macro_rules! desk_contract {
    ($harness:expr) => {
        $crate::desk_cases! { [$crate::contract_tests] $harness }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! contract_tests {
    ([$harness:expr] $($group:ident { $($must:ident $name:ident;)* })*) => {
        $(mod $group {
            #[allow(unused_imports, reason = "the harness may be named by its path")]
            use super::*;
            $(
                #[test]
                fn $name() {
                    $crate::contract::run(&$harness, stringify!($group), stringify!($name));
                }
            )*
        })*
    };
}

/// Runs all cases, one after the other.
pub async fn run_all(harness: &dyn Harness) {
    for case in CASES {
        (case.run)(harness).await;
    }
}

/// Runs one case, on several threads.
///
/// # Panics
/// If the store breaks it, or if there is no such case.
pub fn run(harness: &dyn Harness, group: &str, name: &str) {
    let case = CASES
        .iter()
        .chain(DESK_CASES)
        .find(|case| case.group == group && case.name == name)
        .expect("the case is in the list");
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on((case.run)(harness));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The numbers of the MUSTs in the docs of the ports.
    fn musts() -> BTreeSet<String> {
        let ports = [
            include_str!("../ports/mod.rs"),
            include_str!("../ports/accounts.rs"),
            include_str!("../ports/logins.rs"),
            include_str!("../ports/journal.rs"),
            include_str!("../ports/orders.rs"),
            include_str!("../ports/outbox.rs"),
            include_str!("../ports/erasure.rs"),
            include_str!("../ports/seals.rs"),
            include_str!("../ports/desk.rs"),
        ];
        let parts = ports.iter().flat_map(|port| port.split("**"));
        parts
            .filter(|part| {
                part.strip_prefix('P').is_some_and(|number| {
                    !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
                })
            })
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn every_must_has_a_case_and_every_case_a_must() {
        let cited: BTreeSet<_> = CASES
            .iter()
            .chain(DESK_CASES)
            .filter(|case| case.must != "docs")
            .map(|case| case.must.to_owned())
            .collect();
        assert!(musts().len() >= 22, "the docs of the ports are read");
        assert_eq!(cited, musts());
    }

    #[test]
    fn no_two_cases_have_one_name() {
        let all = || CASES.iter().chain(DESK_CASES);
        let names: BTreeSet<_> = all().map(|case| (case.group, case.name)).collect();
        assert_eq!(names.len(), all().count());
    }
}

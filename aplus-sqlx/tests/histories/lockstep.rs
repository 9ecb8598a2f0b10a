//! One step after the other, on three stores at once: each decision and each result is compared as it comes.

use aplus_core::asking;
use aplus_core::link::Verdict;

use super::coverage::Coverage;
use super::dump;
use super::history::{Foreseen, History};
use super::plan::{Deed, Plan};
use super::prepare::{Decided, Prepared, prepare};
use super::reads::{Seen, ordered};
use super::stores::{NAMES, Stores};
use super::write::{Answer, write};

/// After so many steps everything is compared, not the results alone.
const DUMP_EVERY: u64 = 200;

/// A decision that waits while other steps are taken: what it stands on may be gone when it is written.
struct Held {
    plan: Plan,
    decided: [Decided; 3],
    steps: u64,
}

/// A history that is carried out on three stores.
pub(crate) struct Lockstep {
    pub(crate) seed: u64,
    pub(crate) history: History,
    pub(crate) stores: Stores,
    pub(crate) coverage: Coverage,
    number: u64,
    held: Option<Held>,
}

impl Lockstep {
    pub(crate) async fn new(seed: u64) -> Self {
        Self {
            seed,
            history: History::new(seed),
            stores: Stores::new().await,
            coverage: Coverage::default(),
            number: 0,
            held: None,
        }
    }

    pub(crate) fn whence(&self) -> String {
        format!("APLUS_SEED={} step {}", self.seed, self.number)
    }

    /// Takes `steps` steps, then answers what still waits and compares everything.
    pub(crate) async fn run(&mut self, steps: u64) {
        for _ in 0..steps {
            self.step().await;
            if self.number.is_multiple_of(DUMP_EVERY) {
                dump::compare(&self.stores, &self.history, &self.whence()).await;
            }
        }
        self.drain().await;
        dump::compare(&self.stores, &self.history, &self.whence()).await;
    }

    /// What waits shows itself only as it is answered and claimed.
    pub(crate) async fn drain(&mut self) {
        for _ in 0..1_000 {
            let plan = self.history.envelope(Deed::Answer);
            let decided = self.decide(&plan).await;
            if decided[0].1 == Prepared::Nothing {
                break;
            }
            self.finish(plan, decided).await;
        }
        let far = std::time::Duration::from_secs(400 * 86_400);
        self.history.now = self.history.now.saturating_add(far);
        let plan = self.history.envelope(Deed::Claim {
            until: self.history.now,
            limit: u32::MAX,
        });
        let decided = self.decide(&plan).await;
        self.finish(plan, decided).await;
    }

    pub(crate) async fn step(&mut self) {
        self.number += 1;
        if let Some(mut held) = self.held.take() {
            match held.steps {
                0 => return self.finish(held.plan, held.decided).await,
                _ => {
                    held.steps -= 1;
                    self.held = Some(held);
                }
            }
        }
        let rival = self.held.as_ref().map(|held| held.plan.deed.clone());
        let plan = match rival {
            // The same is wanted by somebody else, who is faster.
            Some(rival) if self.history.random.percent(30) => self.history.envelope(rival),
            _ => self.history.plan(),
        };
        let decided = self.decide(&plan).await;
        let writes = !matches!(
            decided[0].1,
            Prepared::Refused(_) | Prepared::Nothing | Prepared::Verdict(_) | Prepared::AsPlanned
        );
        if writes && self.held.is_none() && self.history.random.percent(25) {
            let steps = self.history.random.below(6);
            self.held = Some(Held {
                plan,
                decided,
                steps,
            });
            return;
        }
        self.finish(plan, decided).await;
    }

    /// What each store says of the facts, and the rules of those.
    async fn decide(&self, plan: &Plan) -> [Decided; 3] {
        let [memory, sqlite, postgres] = self.stores.all();
        let settings = &self.history.settings;
        let (first, second, third) = tokio::join!(
            prepare(&memory, plan, settings),
            prepare(&sqlite, plan, settings),
            prepare(&postgres, plan, settings)
        );
        let decided = [first, second, third].map(|decided| decided.unwrap());
        for (one, name) in decided.iter().zip(NAMES) {
            assert!(
                *one == decided[0],
                "{}: memory and {name} decide differently on {}:\n{:#?}\nand\n{one:#?}",
                self.whence(),
                plan.shown(),
                decided[0]
            );
        }
        decided
    }

    async fn finish(&mut self, plan: Plan, decided: [Decided; 3]) {
        let foreseen = History::foresee(&decided[0].1);
        self.count_answers(&decided[0].1);
        let [memory, sqlite, postgres] = self.stores.all();
        let [(_, first), (_, second), (_, third)] = decided;
        let settings = &self.history.settings;
        let (first, second, third) = tokio::join!(
            write(&memory, &plan, first, settings),
            write(&sqlite, &plan, second, settings),
            write(&postgres, &plan, third, settings)
        );
        let answers = [first, second, third].map(in_order);
        for (one, name) in answers.iter().zip(NAMES) {
            assert!(
                *one == answers[0],
                "{}: memory and {name} answer differently to {}:\n{:#?}\nand\n{one:#?}",
                self.whence(),
                plan.shown(),
                answers[0]
            );
        }
        let [answer, ..] = answers;
        self.note(&plan, foreseen, &answer);
    }

    pub(crate) fn note(&mut self, plan: &Plan, foreseen: Foreseen, answer: &Answer) {
        self.coverage.step(plan.operation(), answer.kind());
        self.history.learn(plan, foreseen, answer);
    }

    /// The courier decides on several askings in one step.
    fn count_answers(&mut self, prepared: &Prepared) {
        match prepared {
            Prepared::Answer(answered) => {
                for (_, answer) in &answered.answers {
                    let word = match answer {
                        asking::Answer::Issue {
                            supersedes: Some(_),
                            ..
                        } => "supersedes",
                        asking::Answer::Issue { .. } => "issue",
                        asking::Answer::SendAgain(_) => "send_again",
                        asking::Answer::Tell => "tell",
                        asking::Answer::Nothing(silence) => silence.as_str(),
                    };
                    self.coverage.count("asking answered", word);
                }
            }
            Prepared::Redeem(redemption) => {
                let way = redemption.opening().by_address().map_or("own", |_| "other");
                self.coverage.count("redeem by browser", way);
            }
            Prepared::Verdict(Verdict::AsksAddress { .. }) => {
                self.coverage.count("redeem by browser", "no address");
            }
            _ => {}
        }
    }
}

/// The order of some of what is read is nobody's promise.
fn in_order(answer: Answer) -> Answer {
    match answer {
        Answer::Seen(Seen::Waiting(waiting)) => Answer::Seen(Seen::Waiting(waiting.map(ordered))),
        other => other,
    }
}

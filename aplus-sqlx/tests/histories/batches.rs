//! Several acts at once, decided on the same facts: what comes of them must be what comes of them in some order, one after
//! the other, on the model.

use std::sync::Arc;

use aplus_core::AskId;
use aplus_core::memory::MemoryStore;
use aplus_core::ports::Store;

use super::coverage::Coverage;
use super::dump::Dump;
use super::history::{Foreseen, History};
use super::plan::{Deed, Plan};
use super::prepare::{Decided, Prepared, prepare};
use super::stores::{Stores, Which};
use super::write::{Answer, write};

/// Steps that make a world before anything happens at once.
const FIRST: u64 = 50;

/// What was seen, beside the transitions.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) batches: u64,
    /// In which somebody came too late: the acts met.
    pub(crate) met: u64,
    /// Which no order explains but one that is not that of their start.
    pub(crate) overtook: u64,
}

/// A history in batches, on the model and one database.
pub(crate) struct Batches {
    seed: u64,
    which: Which,
    history: History,
    stores: Stores,
    pub(crate) coverage: Coverage,
    pub(crate) tally: Tally,
}

/// What the model says of one order.
struct Order {
    memory: MemoryStore,
    answers: Vec<Answer>,
    in_turn: bool,
}

impl Batches {
    pub(crate) async fn new(seed: u64, which: Which) -> Self {
        Self {
            seed,
            which,
            history: History::new(seed),
            stores: Stores::new().await,
            coverage: Coverage::default(),
            tally: Tally::default(),
        }
    }

    pub(crate) async fn run(&mut self, batches: u64) {
        for _ in 0..FIRST {
            let plan = self.history.plan();
            self.alone(plan).await;
        }
        for _ in 0..batches {
            self.batch().await;
            // What nobody answers would wait forever, and no link would ever be issued.
            let plan = self.history.envelope(Deed::Answer);
            self.alone(plan).await;
        }
    }

    fn whence(&self) -> String {
        format!(
            "APLUS_SEED={} batch {} on {:?}",
            self.seed, self.tally.batches, self.which
        )
    }

    async fn alone(&mut self, plan: Plan) {
        let settings = &self.history.settings;
        let model: Arc<dyn Store> = Arc::new(self.stores.memory.clone());
        let [store, _] = self.stores.pair(self.which);
        let (_, wanted) = prepare(&model, &plan, settings).await.unwrap();
        let (_, decided) = prepare(&store, &plan, settings).await.unwrap();
        let foreseen = History::foresee(&wanted);
        let wanted = write(&model, &plan, wanted, settings).await;
        drop(write(&store, &plan, decided, settings).await);
        self.history.learn(&plan, foreseen, &wanted);
    }

    /// Two to four deeds of which some want the same.
    async fn plans(&mut self) -> Vec<(Plan, Foreseen)> {
        let number = usize::try_from(2 + self.history.random.below(3)).unwrap();
        let model: Arc<dyn Store> = Arc::new(self.stores.memory.clone());
        let mut plans: Vec<(Plan, Foreseen)> = Vec::with_capacity(number);
        for _ in 0..10_000 {
            let rival = self
                .history
                .random
                .pick(&plans)
                .map(|(plan, _)| plan.clone());
            let plan = match rival {
                Some(rival) if self.history.random.percent(50) => {
                    let mut plan = self.history.envelope(rival.deed.clone());
                    if let Deed::Ask(ask, _) = &mut plan.deed {
                        ask.id = AskId::from_uuid(self.history.random.uuid());
                    }
                    if self.history.random.percent(30) {
                        plan.now.request = rival.now.request;
                    }
                    plan
                }
                _ => self.history.plan(),
            };
            let (_, prepared) = prepare(&model, &plan, &self.history.settings)
                .await
                .unwrap();
            if is_written(&plan, &prepared) {
                plans.push((plan, History::foresee(&prepared)));
            }
            if plans.len() == number {
                break;
            }
        }
        plans
    }

    async fn batch(&mut self) {
        self.tally.batches += 1;
        let plans = self.plans().await;
        // The clock went on while they were drawn; all of them happen now.
        let (plans, foreseen): (Vec<_>, Vec<_>) = plans.into_iter().unzip();
        let answers = self.at_once(&plans).await;
        let dump = Dump::of_database(&self.stores, self.which, &self.history).await;
        let mut orders = Vec::new();
        for order in permutations(plans.len()) {
            orders.push(self.in_order(&plans, &order).await);
        }
        let mut nearest = String::new();
        let mut found: Option<Order> = None;
        for order in orders {
            if !alike(&plans, &answers, &order.answers) {
                continue;
            }
            let model = Dump::of_memory(&order.memory, &self.history).await;
            match model.difference(&dump) {
                None if found
                    .as_ref()
                    .is_none_or(|found| !found.in_turn && order.in_turn) =>
                {
                    found = Some(order);
                }
                None => {}
                Some(difference) => nearest = difference,
            }
        }
        let Some(found) = found else {
            let shown: Vec<_> = plans.iter().map(Plan::shown).collect();
            panic!(
                "{}: no order of these acts explains what came of them:\n{}\n{answers:#?}\n{nearest}",
                self.whence(),
                shown.join("\n")
            );
        };
        self.tally.overtook += u64::from(!found.in_turn);
        let late = ["stale", "taken", "repeated", "not_counted"];
        let met = answers.iter().any(|answer| late.contains(&answer.kind()));
        self.tally.met += u64::from(met);
        for ((plan, foreseen), answer) in plans.iter().zip(foreseen).zip(&found.answers) {
            self.coverage.step(plan.operation(), answer.kind());
            self.history.learn(plan, foreseen, answer);
        }
        self.stores.memory = found.memory;
    }

    /// All of them decided, then all of them written by tasks of their own, over two handles.
    async fn at_once(&self, plans: &[Plan]) -> Vec<Answer> {
        let handles = self.stores.pair(self.which);
        let [store, _] = &handles;
        let mut decided = Vec::with_capacity(plans.len());
        for plan in plans {
            decided.push(prepare(store, plan, &self.history.settings).await.unwrap());
        }
        let gate = Arc::new(tokio::sync::Barrier::new(plans.len()));
        let mut tasks = Vec::with_capacity(plans.len());
        for (number, ((_, prepared), plan)) in decided.into_iter().zip(plans).enumerate() {
            let store = handles[number % 2].clone();
            let (plan, settings) = (plan.clone(), self.history.settings.clone());
            let gate = gate.clone();
            tasks.push(tokio::spawn(async move {
                gate.wait().await;
                write(&store, &plan, prepared, &settings).await
            }));
        }
        let mut answers = Vec::with_capacity(tasks.len());
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        answers
    }

    /// The same on a copy of the model, one after the other.
    async fn in_order(&self, plans: &[Plan], order: &[usize]) -> Order {
        let memory = self.stores.memory.copy();
        let store: Arc<dyn Store> = Arc::new(memory.clone());
        let settings = &self.history.settings;
        let mut decided: Vec<Option<Decided>> = Vec::with_capacity(plans.len());
        for plan in plans {
            decided.push(Some(prepare(&store, plan, settings).await.unwrap()));
        }
        let mut answers = vec![Answer::Nothing; plans.len()];
        for number in order {
            let (_, prepared) = decided[*number].take().unwrap();
            answers[*number] = write(&store, &plans[*number], prepared, settings).await;
        }
        Order {
            memory,
            answers,
            in_turn: order.is_sorted(),
        }
    }
}

/// What is written, and of which the port promises one result: of what one claims or forgets another may skip a part, and
/// the bound of the queue of askings is one of many.
fn is_written(plan: &Plan, prepared: &Prepared) -> bool {
    let decided = !matches!(
        prepared,
        Prepared::Refused(_) | Prepared::Nothing | Prepared::Verdict(_)
    );
    let alone = match &plan.deed {
        Deed::Ask(_, most) => *most < 1_000,
        deed => matches!(
            deed,
            Deed::Claim { .. } | Deed::Purge { .. } | Deed::Postpone(..) | Deed::Read(_)
        ),
    };
    decided && !alone
}

/// Equal answers; but where one request came twice at once, the second may be told to look again, and will then be told
/// what became of the first.
fn alike(plans: &[Plan], answers: &[Answer], wanted: &[Answer]) -> bool {
    let request = |plan: &Plan| plan.now.request.map(|(id, _)| id);
    let twice = |number: usize| {
        let own = plans.get(number).and_then(request);
        own.is_some() && plans.iter().filter(|plan| request(plan) == own).count() > 1
    };
    let mut pairs = answers.iter().zip(wanted).enumerate();
    pairs.all(|(number, (answer, wanted))| {
        answer == wanted
            || (answer.kind() == "stale" && wanted.kind() == "repeated" && twice(number))
    })
}

fn permutations(length: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..length {
        all = all
            .into_iter()
            .flat_map(|some| {
                let rest = (0..length).filter(|next| !some.contains(next));
                let longer = rest.map(|next| [some.clone(), vec![next]].concat());
                longer.collect::<Vec<_>>()
            })
            .collect();
    }
    all
}

//! Which transitions were reached, and which must be.

use std::collections::BTreeMap;

/// Operation and kind of outcome, with how often.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    counts: BTreeMap<(&'static str, String), u64>,
    pub(crate) steps: u64,
}

impl Coverage {
    pub(crate) fn count(&mut self, operation: &'static str, kind: &str) {
        *self.counts.entry((operation, kind.to_owned())).or_default() += 1;
    }

    pub(crate) fn step(&mut self, operation: &'static str, kind: &str) {
        self.steps += 1;
        self.count(operation, kind);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.steps += other.steps;
        for (transition, times) in other.counts {
            *self.counts.entry(transition).or_default() += times;
        }
    }

    /// One line per operation: how often in all, and each kind of outcome with its number.
    pub(crate) fn shown(&self) -> String {
        let mut lines: BTreeMap<&str, (u64, Vec<String>)> = BTreeMap::new();
        for ((operation, kind), times) in &self.counts {
            let line = lines.entry(operation).or_default();
            line.0 += times;
            line.1.push(format!("{kind} {times}"));
        }
        let lines = lines
            .iter()
            .map(|(operation, (all, kinds))| format!("{operation}: {all} ({})", kinds.join(", ")));
        lines.collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn fewest(&self) -> u64 {
        let mut operations: BTreeMap<&str, u64> = BTreeMap::new();
        for ((operation, _), times) in &self.counts {
            *operations.entry(operation).or_default() += times;
        }
        operations.values().copied().min().unwrap_or_default()
    }

    /// The transitions that must be reached and were not.
    pub(crate) fn missed(&self, expected: &[(&str, &[&str])]) -> Vec<String> {
        let reached = |operation: &str, kind: &str| {
            let mut keys = self.counts.keys();
            keys.any(|(of, what)| *of == operation && what == kind)
        };
        let missed = expected.iter().flat_map(|(operation, kinds)| {
            let missed = kinds.iter().filter(|kind| !reached(operation, kind));
            missed.map(move |kind| format!("never reached: {operation}: {kind}"))
        });
        missed.collect()
    }
}

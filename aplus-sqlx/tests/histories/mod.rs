//! | file | what |
//! |---|---|
//! | `random` `twins` | numbers that repeat; texts of which many are written differently and the same, or alike and different |
//! | `plan` | one step with all that is dated or random about it |
//! | `history` `drawing` `people` | which step comes next, drawn from what the history has made so far |
//! | `prepare` | the decision, on the facts that each store gives |
//! | `write` `reads` | what the store answers |
//! | `stores` `dump` | the three stores, and all that each shows |
//! | `coverage` | which transitions must have been reached |
//! | `lockstep` `batches` | the two ways to run a history: one step after the other, and several at once |

pub(crate) mod batches;
pub(crate) mod coverage;
mod drawing;
mod dump;
pub(crate) mod expected;
mod history;
pub(crate) mod lockstep;
mod people;
mod plan;
mod prepare;
mod random;
mod reads;
pub(crate) mod stores;
mod twins;
mod write;

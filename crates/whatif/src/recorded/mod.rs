//! Recorded days: a centre's facts, read back into calls, agents' hours and what became of them.
//!
//! What is not in the facts is not invented: talks keep their recorded length whoever takes them, and the patience of those who
//! were answered is known to be longer than their wait, no more. Knows facts and plans; opens no database.

mod days;
mod fold;

use model::{Fact, Moment};
use plan::Plan;

use crate::draw::{Draw, Stream};
use crate::given::Given;
use crate::replay::Told;
use crate::scenario::Scenario;
use fold::Fold;

/// Recorded days.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// A scenario that expects what was recorded.
    pub scenario: Scenario,
    /// The calls and the agents' hours.
    pub given: Given,
    /// What became of them, day by day.
    pub told: Vec<Told>,
}

/// A day of the calendar, as a number, and the seconds since its midnight, where the centre is.
pub type Local = (i32, f64);

/// Reads facts, in their order. `local` says on which day and at which second a moment was.
pub fn recorded(
    facts: impl Iterator<Item = Fact>,
    plan: &Plan,
    local: &dyn Fn(Moment) -> Local,
    seed: u64,
) -> Result<Recorded, NothingRecorded> {
    let mut fold = Fold::default();
    facts.for_each(|fact| fold.hear(&fact));
    let found = fold.end();
    days::build(&found, plan, local, &mut Draw::new(seed, Stream::Given)).ok_or(NothingRecorded)
}

/// There is no call in a queue, or nobody on duty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NothingRecorded;

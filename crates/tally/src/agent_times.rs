//! How long agents were what, by quarter of an hour. Time counts where it passed, unlike calls.
//! Knows states and moments; doesn't know calls.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{AgentId, AgentState, Moment, PauseReason};

use crate::{Digest, Quarter};

/// Agent-quarters that are kept; above it the oldest go (they are in the database): a week of 90 agents on duty all day.
const AGENT_CELLS_MAX: usize = 65_536;
/// Quarters that one span is spread over at most (a hundred days); what is longer counts in the last one.
const SPAN_QUARTERS_MAX: usize = 9_600;

/// Time spent in each state, in microseconds. Off is not counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AgentTimes {
    /// Free.
    pub ready_us: u64,
    /// A call was ringing.
    pub offered_us: u64,
    /// Talking.
    pub talking_us: u64,
    /// Writing down.
    pub wrap_up_us: u64,
    /// Paused.
    pub paused_us: u64,
    /// Kept from citizens by a call of the agent's own. No pause, and no work for the queues either.
    pub own_call_us: u64,
}

impl AgentTimes {
    /// Adds a span.
    pub fn add(&mut self, state: &AgentState, span: Duration) {
        let us = span.as_micros() as u64;
        match state {
            AgentState::Off => {}
            AgentState::Ready => self.ready_us += us,
            AgentState::Offered => self.offered_us += us,
            AgentState::Talking => self.talking_us += us,
            AgentState::WrapUp => self.wrap_up_us += us,
            AgentState::Paused(PauseReason::OwnCall) => self.own_call_us += us,
            AgentState::Paused(_) => self.paused_us += us,
        }
    }
    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        self.ready_us += other.ready_us;
        self.offered_us += other.offered_us;
        self.talking_us += other.talking_us;
        self.wrap_up_us += other.wrap_up_us;
        self.paused_us += other.paused_us;
        self.own_call_us += other.own_call_us;
    }
}

/// Agents' times of the last days.
#[derive(Clone, Debug, Default)]
pub(crate) struct AgentSheet {
    cells: BTreeMap<(Quarter, AgentId), AgentTimes>,
}

impl AgentSheet {
    pub(crate) fn add(&mut self, agent: &AgentId, state: &AgentState, from: Moment, to: Moment) {
        if *state == AgentState::Off {
            return;
        }
        for_each_quarter(from, to, |quarter, span| {
            self.cells.entry((quarter, agent.clone())).or_default().add(state, span);
        });
        while self.cells.len() > AGENT_CELLS_MAX {
            self.cells.pop_first();
        }
    }

    /// Sums by agent over quarters that begin in `from .. to`.
    pub(crate) fn sum(&self, from: Moment, to: Moment) -> BTreeMap<AgentId, AgentTimes> {
        let mut sums: BTreeMap<AgentId, AgentTimes> = BTreeMap::new();
        for ((quarter, agent), times) in &self.cells {
            if from <= quarter.start() && quarter.start() < to {
                sums.entry(agent.clone()).or_default().merge(times);
            }
        }
        sums
    }

    pub(crate) fn digest(&self, digest: &mut Digest) {
        for ((quarter, agent), times) in &self.cells {
            digest.number(quarter.start().as_micros() as u64);
            digest.text(agent);
            let (work, rest) =
                ([times.talking_us, times.wrap_up_us, times.own_call_us], [times.ready_us, times.offered_us]);
            for us in rest.into_iter().chain(work).chain([times.paused_us]) {
                digest.number(us);
            }
        }
    }
}

/// Cuts a span into the quarters in which it passed (at most a hundred days; the rest counts in the last one).
pub fn for_each_quarter(from: Moment, to: Moment, mut each: impl FnMut(Quarter, Duration)) {
    let mut start = from;
    for _ in 1..SPAN_QUARTERS_MAX {
        let quarter = Quarter::of(start);
        let end = quarter.next().start();
        if end >= to {
            break;
        }
        each(quarter, end.since(start));
        start = end;
    }
    if to > start {
        each(Quarter::of(start), to.since(start));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_counts_in_the_quarter_in_which_it_passed() {
        let mut sheet = AgentSheet::default();
        let agent = AgentId::new("agent0001");
        let (from, to) = (Moment::from_secs(890), Moment::from_secs(1_810));
        sheet.add(&agent, &AgentState::Ready, from, to);
        let ready = |from, to| sheet.sum(Moment::from_secs(from), Moment::from_secs(to))[&agent].ready_us / 1_000_000;
        assert_eq!((ready(0, 900), ready(900, 1_800), ready(1_800, 2_700)), (10, 900, 10));
        assert_eq!(ready(0, 10_000), 920);
    }
}

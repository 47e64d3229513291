//! After a crash: which calls never ended and which agents never left, and the facts that say so.
//!
//! The facts are dated with the last moment known of the node that died, so that no wait or talk grows by the time it was down.

use std::collections::{BTreeMap, BTreeSet};

use model::{About, AgentId, AgentState, CallId, Fact, FactId, Moment, Outcome, ShardNo, What};

use crate::NumberedFact;

/// Ids of closing facts begin here in a shard's counters, far above what any centre reaches.
const CLOSING_COUNTER: u64 = 1 << 63;

/// Follows facts and remembers what is open.
#[derive(Clone, Debug, Default)]
pub struct OpenEnds {
    calls: BTreeMap<CallId, u32>,
    agents: BTreeMap<AgentId, (u32, bool)>,
    unkept: BTreeSet<CallId>,
    last: Moment,
}

impl OpenEnds {
    /// Takes in one fact.
    pub fn apply(&mut self, numbered: &NumberedFact) {
        let fact = &numbered.fact;
        self.last = self.last.max(fact.at);
        match &fact.about {
            About::Call { call, seq } => {
                if let What::Ended { .. } = fact.what {
                    self.calls.remove(call);
                } else {
                    self.calls.insert(*call, *seq);
                }
            }
            About::Agent { agent, seq } => {
                let known = self.agents.entry(agent.clone()).or_default();
                known.0 = *seq;
                if let What::AgentBecame { state, .. } = &fact.what {
                    known.1 = *state != AgentState::Off;
                }
            }
            About::Node => {}
        }
    }

    /// Calls that have not ended.
    pub fn open_calls(&self) -> usize {
        self.calls.len()
    }

    /// That call goes on in the next node: it is not closed. The number of its last fact, if it is known and has not ended.
    pub fn goes_on(&mut self, call: CallId) -> Option<u32> {
        self.calls.remove(&call)
    }

    /// Nobody can keep what was promised to that call, which has so many facts at least: it is closed as a callback that failed.
    pub fn cannot_be_kept(&mut self, call: CallId, facts: u32) {
        let seq = self.calls.entry(call).or_default();
        *seq = facts.max(*seq);
        self.unkept.insert(call);
    }

    /// The facts that close them: each open call is cut or has failed, each agent on duty is off. To be saved before anything of the new
    /// node, which started at `epoch_ms`. The same open ends give the same ids within one start.
    pub fn closing_cuts(&self, epoch_ms: u64) -> Vec<Fact> {
        let outcome = |call: &CallId| if self.unkept.contains(call) { Outcome::CallbackFailed } else { Outcome::Cut };
        let ended = |(call, seq): (&CallId, &u32)| {
            (About::Call { call: *call, seq: seq + 1 }, What::Ended { outcome: outcome(call) })
        };
        let calls = self.calls.iter().map(ended);
        let on_duty = self.agents.iter().filter(|(_, (_, on_duty))| *on_duty);
        let agents = on_duty.map(|(agent, (seq, _))| {
            let off = What::AgentBecame { state: AgentState::Off, call: None };
            (About::Agent { agent: agent.clone(), seq: seq + 1 }, off)
        });
        let id = |nth| FactId::new(epoch_ms, ShardNo::default(), nth);
        let ends = (CLOSING_COUNTER..).zip(calls.chain(agents));
        ends.map(|(nth, (about, what))| Fact { id: id(nth), at: self.last, about, what }).collect()
    }
}

/// The closing facts for a list of facts; see [`OpenEnds::closing_cuts`].
pub fn closing_cuts<'a>(facts: impl IntoIterator<Item = &'a NumberedFact>, epoch_ms: u64) -> Vec<Fact> {
    let mut open = OpenEnds::default();
    facts.into_iter().for_each(|fact| open.apply(fact));
    open.closing_cuts(epoch_ms)
}

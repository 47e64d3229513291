//! The last decisions, by number: which call went to which agent, and what decided. Filled from facts.
//! Bounded: the oldest decision makes room. Doesn't know how a decision is taken.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use model::{About, AgentId, CallId, DecisionNo, Fact, Moment, OfferedWhy, What};

/// Decisions kept; older ones are forgotten.
const DECISIONS_MAX: usize = 8_192;

/// The last decisions.
#[derive(Default)]
pub(crate) struct Decisions(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    by_number: BTreeMap<DecisionNo, Decision>,
    order: VecDeque<DecisionNo>,
}

/// A decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Decision {
    pub(crate) at: Moment,
    pub(crate) call: CallId,
    pub(crate) agent: AgentId,
    pub(crate) why: OfferedWhy,
}

impl Decisions {
    /// Keeps it if the fact is an offer.
    pub(crate) fn note<'a>(&self, facts: impl IntoIterator<Item = &'a Fact>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for fact in facts {
            if let (About::Call { call, .. }, What::Offered { agent, decision, why, .. }) = (&fact.about, &fact.what) {
                kept.put(*decision, Decision { at: fact.at, call: *call, agent: agent.clone(), why: *why });
            }
        }
    }

    /// The decision of that number.
    pub(crate) fn find(&self, number: DecisionNo) -> Option<Decision> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).by_number.get(&number).cloned()
    }
}

impl Kept {
    fn put(&mut self, number: DecisionNo, decision: Decision) {
        if self.by_number.insert(number, decision).is_none() {
            self.order.push_back(number);
        }
        if self.order.len() > DECISIONS_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_number.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{FactId, ShardNo};

    #[test]
    fn the_last_8192_decisions_can_be_explained() {
        let decisions = Decisions::default();
        for number in 0..=DECISIONS_MAX as u64 {
            let what = What::Offered {
                agent: AgentId::new("anna"),
                decision: DecisionNo(number),
                why: OfferedWhy::BestFreeAgent,
                because: None,
            };
            let about = About::Call { call: CallId::new(1, ShardNo(0), number), seq: 3 };
            decisions.note([&Fact { id: FactId::new(1, ShardNo(0), number), at: Moment::EPOCH, about, what }]);
        }
        assert_eq!(decisions.find(DecisionNo(0)), None);
        assert_eq!(decisions.find(DecisionNo(1)).map(|found| found.agent), Some(AgentId::new("anna")));
    }
}

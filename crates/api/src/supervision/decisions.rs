//! The last decisions, by number: which call went to which agent, and why. Filled from facts.
//! Bounded: the oldest decision makes room. Doesn't know how a decision is taken.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::{About, AgentId, Because, CallId, DecisionNo, Fact, Moment, OfferEnd, OfferedWhy, What};

/// Decisions kept; older ones are forgotten here, and found by their call in the archive.
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
    pub(crate) number: DecisionNo,
    pub(crate) at: Moment,
    /// None for one whose fact is not saved yet.
    pub(crate) call: Option<CallId>,
    pub(crate) agent: AgentId,
    pub(crate) why: OfferedWhy,
    /// None in facts of older versions.
    pub(crate) because: Option<Box<Because>>,
    /// What became of the offer; none while it rings, or when that is not known.
    pub(crate) became: Option<Became>,
}

/// What became of an offer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Became {
    Answered,
    Ended(OfferEnd),
}

impl Decisions {
    /// Keeps it if the fact is an offer.
    pub(crate) fn note<'a>(&self, facts: impl IntoIterator<Item = &'a Fact>) {
        let mut kept = self.lock();
        facts.into_iter().filter_map(offer).for_each(|decision| kept.put(decision));
    }

    /// The decision of that number.
    pub(crate) fn find(&self, number: DecisionNo) -> Option<Decision> {
        self.lock().by_number.get(&number).cloned()
    }

    /// The last one.
    pub(crate) fn last(&self) -> Option<DecisionNo> {
        self.lock().order.back().copied()
    }

    /// Those of a call, in order. Looks at all that are kept.
    pub(crate) fn of_call(&self, call: CallId) -> Vec<Decision> {
        self.lock().by_number.values().filter(|decision| decision.call == Some(call)).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call's decisions from its facts, in order, each with what became of it.
pub(crate) fn of_facts<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Vec<Decision> {
    let mut decisions: Vec<Decision> = Vec::new();
    for fact in facts {
        if let Some(decision) = offer(fact) {
            decisions.push(decision);
        } else if let (Some(became), Some(last)) = (became(&fact.what), decisions.last_mut()) {
            last.became = Some(became);
        }
    }
    decisions
}

fn offer(fact: &Fact) -> Option<Decision> {
    let (About::Call { call, .. }, What::Offered { agent, decision, why, because }) = (&fact.about, &fact.what) else {
        return None;
    };
    Some(Decision {
        number: *decision,
        at: fact.at,
        call: Some(*call),
        agent: agent.clone(),
        why: *why,
        because: because.clone(),
        became: None,
    })
}

fn became(what: &What) -> Option<Became> {
    if let What::OfferEnded { why, .. } = what {
        return Some(Became::Ended(*why));
    }
    matches!(what, What::Answered { .. }).then_some(Became::Answered)
}

impl Kept {
    fn put(&mut self, decision: Decision) {
        let number = decision.number;
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

    fn fact(number: u64, what: What) -> Fact {
        let about = About::Call { call: CallId::new(1, ShardNo(0), number), seq: 3 };
        Fact { id: FactId::new(1, ShardNo(0), number), at: Moment::EPOCH, about, what }
    }

    fn offered(agent: &str, number: u64) -> What {
        let (decision, why) = (DecisionNo(number), OfferedWhy::BestFreeAgent);
        What::Offered { agent: AgentId::new(agent), decision, why, because: None }
    }

    #[test]
    fn the_last_8192_decisions_can_be_explained() {
        let decisions = Decisions::default();
        for number in 1..=DECISIONS_MAX as u64 + 1 {
            decisions.note([&fact(number, offered("anna", number))]);
        }
        assert_eq!(decisions.find(DecisionNo(1)), None);
        assert_eq!(decisions.find(DecisionNo(2)).map(|found| found.agent), Some(AgentId::new("anna")));
        assert_eq!(decisions.last(), Some(DecisionNo(8_193)));
        assert_eq!(decisions.of_call(CallId::new(1, ShardNo(0), 7)).len(), 1);
    }

    #[test]
    fn each_offer_of_a_call_says_what_became_of_it() {
        let declined = What::OfferEnded { agent: AgentId::new("anna"), why: OfferEnd::Declined };
        let answered = What::Answered { agent: AgentId::new("bo") };
        let story = [offered("anna", 5), declined, offered("bo", 9), answered].map(|what| fact(1, what));
        let told: Vec<_> = of_facts(&story).into_iter().map(|one| (one.number.0, one.became)).collect();
        assert_eq!(told, [(5, Some(Became::Ended(OfferEnd::Declined))), (9, Some(Became::Answered))]);
    }
}

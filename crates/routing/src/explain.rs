//! Why this agent, why now: the last decisions, kept in a ring that writers and readers never wait for.
//!
//! Each entry is a few atomics with the decision's number in front: zero while it is being written. A reader takes an
//! entry only if the number is the same before and after; a writer that meets another in its entry leaves it.

use model::{DecisionNo, Moment, OfferedWhy};
use plan::{AgentNo, ClassNo};

use crate::sync::{AcqRel, Acquire, AtomicU64, Relaxed, Release, fence};

/// Why a decision was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// Which decision.
    pub decision: DecisionNo,
    /// When.
    pub at: Moment,
    /// Which side decided.
    pub why: OfferedWhy,
    /// The call's class.
    pub class: ClassNo,
    /// Who got it.
    pub agent: AgentNo,
    /// Since when that agent was idle: of all candidates the longest, where the call chose.
    pub idle_since: Moment,
    /// Since when the call waited: of all candidates the longest, where the agent chose.
    pub waits_since: Moment,
    /// How many there were to choose from: idle agents who fit, or lanes with someone for this agent.
    pub candidates: u32,
}

const FIELDS: usize = 6;
/// The number of an entry that is being written.
const WRITING: u64 = u64::MAX;

/// The last decisions.
pub(crate) struct Explanations {
    entries: Box<[Entry]>,
}

struct Entry {
    number: AtomicU64,
    fields: [AtomicU64; FIELDS],
}

impl Explanations {
    /// Room for `count`; the oldest goes.
    pub(crate) fn new(count: usize) -> Self {
        let entry = |_| Entry { number: AtomicU64::new(0), fields: std::array::from_fn(|_| AtomicU64::new(0)) };
        Self { entries: (0..count).map(entry).collect() }
    }

    pub(crate) fn keep(&self, explanation: &Explanation) {
        let Some(entry) = self.entry(explanation.decision) else { return };
        // The swap below decides.
        let seen = entry.number.load(Relaxed);
        // Pairs with the same swap of another writer: one of them leaves.
        let is_free = seen != WRITING && entry.number.compare_exchange(seen, WRITING, AcqRel, Relaxed).is_ok();
        if !is_free {
            return;
        }
        // Pairs with the fence in `find`: a reader who sees any field of this entry sees WRITING, or what follows it.
        fence(Release);
        for (field, value) in entry.fields.iter().zip(pack(explanation)) {
            field.store(value, Relaxed);
        }
        // Pairs with the first load in `find`.
        entry.number.store(explanation.decision.0, Release);
    }

    pub(crate) fn find(&self, decision: DecisionNo) -> Option<Explanation> {
        let entry = self.entry(decision)?;
        // Pairs with the last store in `keep`.
        if entry.number.load(Acquire) != decision.0 {
            return None;
        }
        let values: [u64; FIELDS] = std::array::from_fn(|field| entry.fields[field].load(Relaxed));
        // Pairs with the fence in `keep`.
        fence(Acquire);
        (entry.number.load(Relaxed) == decision.0).then(|| unpack(decision, values))
    }

    fn entry(&self, decision: DecisionNo) -> Option<&Entry> {
        let count = self.entries.len() as u64;
        if count == 0 || decision.0 == 0 {
            return None;
        }
        Some(&self.entries[(decision.0 % count) as usize])
    }
}

fn pack(explanation: &Explanation) -> [u64; FIELDS] {
    let why = match explanation.why {
        OfferedWhy::BestFreeAgent => 0,
        OfferedWhy::BestWaitingCall => 1,
    };
    [
        explanation.at.as_micros() as u64,
        why,
        (u64::from(explanation.class.0) << 32) | u64::from(explanation.agent.0),
        explanation.idle_since.as_micros() as u64,
        explanation.waits_since.as_micros() as u64,
        u64::from(explanation.candidates),
    ]
}

fn unpack(decision: DecisionNo, values: [u64; FIELDS]) -> Explanation {
    let [at, why, class_agent, idle_since, waits_since, candidates] = values;
    Explanation {
        decision,
        at: Moment::from_micros(at as i64),
        why: if why == 0 { OfferedWhy::BestFreeAgent } else { OfferedWhy::BestWaitingCall },
        class: ClassNo((class_agent >> 32) as u32),
        agent: AgentNo(class_agent as u32),
        idle_since: Moment::from_micros(idle_since as i64),
        waits_since: Moment::from_micros(waits_since as i64),
        candidates: candidates as u32,
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn decision(number: u64) -> Explanation {
        Explanation {
            decision: DecisionNo(number),
            at: Moment::from_secs(9),
            why: OfferedWhy::BestWaitingCall,
            class: ClassNo(7),
            agent: AgentNo(number as u32),
            idle_since: Moment::from_secs(3),
            waits_since: Moment::from_secs(4),
            candidates: 5,
        }
    }

    #[test]
    fn the_last_decisions_can_be_explained_and_older_ones_are_not_confused_with_them() {
        let kept = Explanations::new(4);
        (1..=6).for_each(|number| kept.keep(&decision(number)));
        assert_eq!(kept.find(DecisionNo(6)), Some(decision(6)));
        assert_eq!(kept.find(DecisionNo(3)), Some(decision(3)));
        assert_eq!((kept.find(DecisionNo(2)), kept.find(DecisionNo(0))), (None, None));
    }
}

//! Why this agent, why now: the last decisions, kept in a ring that writers and readers never wait for.
//!
//! Each entry is a few atomics with the decision's number in front: zero while it is being written. A reader takes an
//! entry only if the number is the same before and after; a writer that meets another in its entry leaves it.

use model::{DecisionNo, Moment, OfferedWhy};
use plan::{AgentNo, ClassNo};

use crate::sync::{AcqRel, Acquire, AtomicU64, Relaxed, Release, fence};

/// Why a decision was made: what was compared, what came next, and what kept the others out.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Explanation {
    /// Which decision.
    pub decision: DecisionNo,
    /// When.
    pub at: Moment,
    /// Which side decided.
    pub why: OfferedWhy,
    /// The call's class.
    pub class: ClassNo,
    /// Which lane of the class the call stood in.
    pub lane: LaneKind,
    /// The level that the decision used: −1 front, 0 normal, 1 surge, 2 later.
    pub level: i8,
    /// Who got it.
    pub agent: AgentNo,
    /// Since when that agent was idle.
    pub idle_since: Moment,
    /// Since when the call's wait counts.
    pub waits_since: Moment,
    /// What it was chosen for: where the call chose, its cost K in seconds (the least wins); where the agent chose, the
    /// index I (the greatest wins within level and urgency).
    pub score: f32,
    /// How many were compared: idle agents, or lanes with someone for this agent.
    pub candidates: u32,
    /// The next best, the best of them first.
    pub others: [Option<Other>; OTHERS_MAX],
    /// What kept others out.
    pub excluded: Excluded,
}

/// How many of the next best are kept.
pub const OTHERS_MAX: usize = 3;

/// One who was compared and not chosen.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Other {
    /// An agent's number where the call chose, a class's where the agent chose.
    pub who: u32,
    /// As [`Explanation::score`].
    pub score: f32,
}

/// Scores are numbers: what is compared is never NaN.
impl Eq for Other {}
impl Eq for Explanation {}

/// How many were kept out, by the reason. Where the call chose these are idle agents, else lanes with someone waiting.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Excluded {
    /// An offer of this call to this agent failed lately.
    pub barred: u16,
    /// Kept for a scarce class for some seconds.
    pub reserved: u16,
    /// Not allowed yet by the queue's steps, or never by the agent's membership.
    pub step: u16,
    /// Beyond the surge guard, while few agents are idle.
    pub kept_back: u16,
}

/// Which lane of its class a ticket stands in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum LaneKind {
    /// The line itself, returned tickets included.
    #[default]
    Normal,
    /// Authorised grants.
    Granted,
    /// In front of everything.
    Front,
    /// Booked slots and second attempts.
    Later,
    /// Calls of a surging municipality that has no token left.
    Diverted,
    /// One agent's own.
    Own,
}

const FIELDS: usize = 10;
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
    let Excluded { barred, reserved, step, kept_back } = explanation.excluded;
    let other =
        |number: usize| explanation.others[number].map_or(NOBODY, |other| halves(other.who, other.score.to_bits()));
    [
        explanation.at.as_micros() as u64,
        why | (explanation.lane as u64) << 8 | u64::from(explanation.level as u8) << 16,
        halves(explanation.class.0, explanation.agent.0),
        explanation.idle_since.as_micros() as u64,
        explanation.waits_since.as_micros() as u64,
        halves(explanation.candidates, explanation.score.to_bits()),
        u64::from(barred) | u64::from(reserved) << 16 | u64::from(step) << 32 | u64::from(kept_back) << 48,
        other(0),
        other(1),
        other(2),
    ]
}

/// No other: a number that no agent or class has.
const NOBODY: u64 = u64::MAX;

fn halves(upper: u32, lower: u32) -> u64 {
    (u64::from(upper) << 32) | u64::from(lower)
}

fn unpack(decision: DecisionNo, values: [u64; FIELDS]) -> Explanation {
    let [at, kinds, class_agent, idle_since, waits_since, compared, kept_out, others @ ..] = values;
    let other = |packed: u64| {
        (packed != NOBODY).then(|| Other { who: (packed >> 32) as u32, score: f32::from_bits(packed as u32) })
    };
    Explanation {
        decision,
        at: Moment::from_micros(at as i64),
        why: if kinds as u8 == 0 { OfferedWhy::BestFreeAgent } else { OfferedWhy::BestWaitingCall },
        class: ClassNo((class_agent >> 32) as u32),
        lane: lane_kind((kinds >> 8) as u8),
        level: (kinds >> 16) as u8 as i8,
        agent: AgentNo(class_agent as u32),
        idle_since: Moment::from_micros(idle_since as i64),
        waits_since: Moment::from_micros(waits_since as i64),
        score: f32::from_bits(compared as u32),
        candidates: (compared >> 32) as u32,
        others: others.map(other),
        excluded: Excluded {
            barred: kept_out as u16,
            reserved: (kept_out >> 16) as u16,
            step: (kept_out >> 32) as u16,
            kept_back: (kept_out >> 48) as u16,
        },
    }
}

const fn lane_kind(number: u8) -> LaneKind {
    match number {
        1 => LaneKind::Granted,
        2 => LaneKind::Front,
        3 => LaneKind::Later,
        4 => LaneKind::Diverted,
        5 => LaneKind::Own,
        _ => LaneKind::Normal,
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
            lane: LaneKind::Diverted,
            level: -1,
            agent: AgentNo(number as u32),
            idle_since: Moment::from_secs(3),
            waits_since: Moment::from_secs(4),
            score: 1.5,
            candidates: 5,
            others: [Some(Other { who: 3, score: -2.5 }), None, None],
            excluded: Excluded { barred: 1, reserved: 2, step: 3, kept_back: 65_535 },
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

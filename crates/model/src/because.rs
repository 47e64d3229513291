//! Why an offer was made: what was compared, what came next, and what kept others out; as it lies on the offer's fact.
//!
//! The routing core's explanation in ids that mean the same for ever. Knows no rule; says only what decided.

use std::time::Duration;

use crate::{AgentId, Language, TopicId};

/// Why this agent, why now.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Because {
    /// The level that the decision used: −1 front, 0 normal, 1 surge, 2 later.
    pub level: i8,
    /// The lane that the call stood in.
    pub lane: Lane,
    /// What the choice was made by: where the call chose, the agent's cost in seconds (the least wins); where the agent
    /// chose, the call's index (the greatest wins within level and urgency).
    pub score: Score,
    /// How long the call had waited.
    pub waited: Duration,
    /// How long the agent had been idle.
    pub idle: Duration,
    /// How many were compared: idle agents, or lines with someone for this agent.
    pub candidates: u32,
    /// The next best, the best of them first; at most [`Because::OTHERS_MAX`].
    pub others: Vec<Other>,
    /// What kept others out.
    pub excluded: Excluded,
}

impl Because {
    /// How many of the next best are kept.
    pub const OTHERS_MAX: usize = 3;
}

/// A cost or an index, in thousandths, so that equal ones are equal everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Score(pub i64);

impl Score {
    /// Rounded to thousandths; what is no number counts as 0, and what is too great as the greatest.
    pub fn of(value: f32) -> Self {
        Self((f64::from(value) * 1_000.0).round() as i64)
    }
    /// As a number again.
    pub fn value(self) -> f64 {
        self.0 as f64 / 1_000.0
    }
}

/// Which lane of its topic and language a call stood in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Lane {
    /// The line itself, returned calls in front of it.
    #[default]
    Normal,
    /// Authorised grants.
    Granted,
    /// In front of everything.
    Front,
    /// Booked slots and second attempts.
    Later,
    /// Calls of a municipality in a flood, beyond its share.
    Diverted,
    /// One agent's own.
    Own,
}

/// One who was compared and not chosen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Other {
    /// Who.
    pub who: Rival,
    /// As [`Because::score`].
    pub score: Score,
}

/// Who else there was to choose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rival {
    /// An idle agent, where the call chose.
    Agent(AgentId),
    /// The first call of a line, where the agent chose.
    Line {
        /// About what.
        topic: TopicId,
        /// In which language.
        language: Language,
    },
}

/// How many were kept out, by the reason. Where the call chose these are idle agents, else lines with someone waiting.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Excluded {
    /// An offer of this call to this agent failed lately.
    pub barred: u32,
    /// Kept for a scarce skill for some seconds.
    pub reserved: u32,
    /// Not allowed yet by the queue's steps, or never by whom the agent serves.
    pub step: u32,
    /// Beyond the surge guard, while few agents are idle.
    pub kept_back: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_a_number_whatever_was_computed() {
        assert_eq!(Score::of(-12.3456), Score(-12_346));
        assert_eq!((Score::of(f32::NAN), Score::of(f32::INFINITY)), (Score(0), Score(i64::MAX)));
        assert!((Score::of(431.25).value() - 431.25).abs() < 1e-9);
    }
}

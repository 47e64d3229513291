//! One claim: what was found, what it must be, and whether it is.
//! Knows numbers and bounds; doesn't know where they come from.

use std::fmt;

use crate::figures::Estimate;

/// A claim.
#[derive(Clone, PartialEq, Debug)]
pub struct Claim {
    /// The proof's number in docs/routing.md.
    pub proof: u8,
    /// What is claimed.
    pub what: String,
    /// What was found; none: nothing to measure.
    pub found: Option<Estimate>,
    /// The least that it may be.
    pub least: f64,
    /// The most.
    pub most: f64,
    /// A goal: not reached is told, but is no failure.
    pub is_goal: bool,
    /// Digits behind the point.
    pub digits: usize,
}

/// Whether a claim holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// With its whole 95 % interval.
    HoldsSurely,
    /// The figure does, its interval reaches beyond the bound.
    Holds,
    /// It does not.
    Fails,
}

impl Claim {
    /// A claim that must hold, with bounds that may be infinite.
    pub fn new(proof: u8, what: impl Into<String>, found: Option<Estimate>, (least, most): (f64, f64)) -> Self {
        Self { proof, what: what.into(), found, least, most, is_goal: false, digits: 2 }
    }

    /// The same as a goal.
    pub fn goal(self) -> Self {
        Self { is_goal: true, ..self }
    }

    /// With so many digits.
    pub fn digits(self, digits: usize) -> Self {
        Self { digits, ..self }
    }

    /// Whether it holds.
    pub fn verdict(&self) -> Verdict {
        let Some(Estimate { value, half }) = self.found else { return Verdict::Fails };
        let bounds = self.least..=self.most;
        let half = half.unwrap_or(0.0);
        match bounds.contains(&value) {
            true if bounds.contains(&(value - half)) && bounds.contains(&(value + half)) => Verdict::HoldsSurely,
            true => Verdict::Holds,
            false => Verdict::Fails,
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits;
        let word = match (self.verdict(), self.is_goal) {
            (Verdict::HoldsSurely, _) => "holds, and so does its interval",
            (Verdict::Holds, _) => "holds",
            (Verdict::Fails, true) => "goal not reached",
            (Verdict::Fails, false) => "DOES NOT HOLD",
        };
        let found = match self.found {
            Some(Estimate { value, half: Some(half) }) => format!("{value:.digits$} ± {half:.digits$}"),
            Some(Estimate { value, half: None }) => format!("{value:.digits$}"),
            None => "nothing to measure".into(),
        };
        let bounds = match (self.least.is_finite(), self.most.is_finite()) {
            (true, true) => format!("{:.digits$} to {:.digits$}", self.least, self.most),
            (true, false) => format!("≥ {:.digits$}", self.least),
            (false, _) => format!("≤ {:.digits$}", self.most),
        };
        write!(f, "{:>2}  {:<62} {found:>18}   {bounds:<18} {word}", self.proof, self.what)
    }
}

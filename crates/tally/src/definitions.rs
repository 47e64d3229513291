//! The definitions of the trade, each with its formula in words beside it: a figure is never shown without.
//!
//! Letters: O offered to the queue · A answered, A_s within T · B abandoned, B_s within T · X short abandons.
//! T begins at the first entry to a queue. Of no calls there is no figure, not 100 %.

use std::time::Duration;

use crate::{AgentTimes, Counts};

/// A share of a whole, or nothing when there is no whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ratio {
    /// What counts.
    pub part: u64,
    /// Of how many; never 0.
    pub whole: u64,
}

impl Ratio {
    /// None when the whole is 0: *no data*.
    pub fn new(part: u64, whole: u64) -> Option<Self> {
        (whole > 0).then_some(Self { part, whole })
    }
    /// From 0 to 1.
    pub fn value(self) -> f64 {
        self.part as f64 / self.whole as f64
    }
    /// In percent, to two places: `77.78`.
    pub fn percent(self) -> String {
        format!("{:.2}", self.value() * 100.0)
    }
}

/// The service level in each of its five meanings. All are kept; contracts differ in which they mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServiceLevel {
    /// Who gives up in time counts as if never offered.
    AbandonsIgnored,
    /// Who gives up counts as not served.
    AbandonsNegative,
    /// Who gives up in time counts as served in time.
    AbandonsPositive,
    /// Only answered calls are looked at.
    HandledOnly,
    /// Who gives up at once is left out.
    ShortAbandonsOut,
}

impl ServiceLevel {
    /// All of them, in the order in which tables show them.
    pub const ALL: [Self; 5] = [
        Self::AbandonsIgnored,
        Self::AbandonsNegative,
        Self::AbandonsPositive,
        Self::HandledOnly,
        Self::ShortAbandonsOut,
    ];

    /// Its name in tables and on the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AbandonsIgnored => "service_level_abandons_ignored",
            Self::AbandonsNegative => "service_level_abandons_negative",
            Self::AbandonsPositive => "service_level_abandons_positive",
            Self::HandledOnly => "service_level_handled_only",
            Self::ShortAbandonsOut => "service_level_short_abandons_out",
        }
    }

    /// What it is, to be printed beside the figure.
    pub const fn formula(self) -> &'static str {
        match self {
            Self::AbandonsIgnored => "A_s / (O − B_s)",
            Self::AbandonsNegative => "A_s / O",
            Self::AbandonsPositive => "(A_s + B_s) / O",
            Self::HandledOnly => "A_s / A",
            Self::ShortAbandonsOut => "A_s / (O − X)",
        }
    }

    /// Its value; none when there is nothing to divide by.
    pub fn of(self, counts: &Counts) -> Option<Ratio> {
        let offered = counts.offered;
        let (part, whole) = match self {
            Self::AbandonsIgnored => (counts.answered_in_time, offered.saturating_sub(counts.abandoned_in_time)),
            Self::AbandonsNegative => (counts.answered_in_time, offered),
            Self::AbandonsPositive => (counts.answered_in_time + counts.abandoned_in_time, offered),
            Self::HandledOnly => (counts.answered_in_time, counts.answered),
            Self::ShortAbandonsOut => (counts.answered_in_time, offered.saturating_sub(counts.short_abandons)),
        };
        Ratio::new(part, whole)
    }
}

/// Other shares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rate {
    /// Svarprocent.
    Answer,
    /// Opgivne kald. Hang-ups before the queue are counted apart (`abandoned_early`).
    Abandon,
    /// Straksafklaret, as the agents told at wrap-up.
    Solved,
    /// How often the wait that was promised first was long enough.
    PromiseKept,
}

impl Rate {
    /// All of them, in the order in which tables show them.
    pub const ALL: [Self; 4] = [Self::Answer, Self::Abandon, Self::Solved, Self::PromiseKept];

    /// Its name in tables and on the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer_rate",
            Self::Abandon => "abandon_rate",
            Self::Solved => "solved_rate",
            Self::PromiseKept => "promise_kept_rate",
        }
    }

    /// What it is, to be printed beside the figure.
    pub const fn formula(self) -> &'static str {
        match self {
            Self::Answer => "A / (O − X)",
            Self::Abandon => "B / O",
            Self::Solved => "solved at once / calls of which the agent said so or not",
            Self::PromiseKept => {
                "answered within the first promise / promises whose time came or whose call was answered"
            }
        }
    }

    /// Its value; none when there is nothing to divide by.
    pub fn of(self, counts: &Counts) -> Option<Ratio> {
        match self {
            Self::Answer => Ratio::new(counts.answered, counts.offered.saturating_sub(counts.short_abandons)),
            Self::Abandon => Ratio::new(counts.abandoned, counts.offered),
            Self::Solved => Ratio::new(counts.solved, counts.solved_told),
            Self::PromiseKept => Ratio::new(counts.promises_kept, counts.promises),
        }
    }
}

impl Counts {
    /// What ASA is, to be printed beside it.
    pub const ASA_FORMULA: &'static str = "mean from first queue entry to first agent answer, answered calls";
    /// What AHT is, to be printed beside it.
    pub const AHT_FORMULA: &'static str = "(talk + wrap-up) / A";

    /// ASA: the mean wait of answered calls.
    pub fn average_speed_of_answer(&self) -> Option<Duration> {
        self.answered_waits.mean()
    }

    /// AHT: what an answered call costs an agent.
    pub fn average_handling_time(&self) -> Option<Duration> {
        (self.answered > 0).then(|| Duration::from_micros((self.talk_us + self.wrap_up_us) / self.answered))
    }
}

impl AgentTimes {
    /// What occupancy is, to be printed beside it.
    pub const OCCUPANCY_FORMULA: &'static str = "(talk + wrap-up) / (talk + wrap-up + ready)";

    /// How much of the time in which a call could have come was work.
    pub fn occupancy(&self) -> Option<Ratio> {
        let busy = self.talking_us + self.wrap_up_us;
        Ratio::new(busy, busy + self.ready_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(level: ServiceLevel, counts: &Counts) -> String {
        level.of(counts).expect("there are calls").percent()
    }

    #[test]
    fn a_hundred_calls_have_the_levels_of_the_textbook() {
        let counts = Counts {
            offered: 100,
            answered: 90,
            answered_in_time: 70,
            abandoned: 10,
            abandoned_in_time: 10,
            ..Counts::default()
        };
        assert_eq!(percent(ServiceLevel::AbandonsIgnored, &counts), "77.78");
        assert_eq!(percent(ServiceLevel::AbandonsNegative, &counts), "70.00");
        assert_eq!(percent(ServiceLevel::AbandonsPositive, &counts), "80.00");
    }

    #[test]
    fn a_thousand_answered_calls_have_the_levels_of_the_textbook() {
        let counts = Counts {
            offered: 1_075,
            answered: 1_000,
            answered_in_time: 800,
            abandoned: 75,
            short_abandons: 25,
            ..Counts::default()
        };
        assert_eq!(percent(ServiceLevel::HandledOnly, &counts), "80.00");
        assert_eq!(percent(ServiceLevel::AbandonsNegative, &counts), "74.42");
        assert_eq!(percent(ServiceLevel::ShortAbandonsOut, &counts), "76.19");
    }

    #[test]
    fn of_no_calls_there_is_no_figure() {
        let none = Counts::default();
        assert!(ServiceLevel::ALL.into_iter().all(|level| level.of(&none).is_none()));
        assert!(Rate::ALL.into_iter().all(|rate| rate.of(&none).is_none()));
        assert_eq!((none.average_speed_of_answer(), none.average_handling_time()), (None, None));
        assert_eq!(AgentTimes::default().occupancy(), None);
    }
}

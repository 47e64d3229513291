//! A scenario: an invented centre, its citizens and its agents, as numbers that are known to make sense.
//!
//! Read from a TOML file (`file`), with all faults told at once (`check`); built upon by floods and changes. Knows no
//! chance and opens no file: the caller brings the text of the file that another is based on.

mod check;
mod clock_time;
pub mod file;
mod read;

pub(crate) use check::kommunekode;
pub use clock_time::Minute;
pub use file::ScenarioFile;
pub use read::{NamedFault, NoSuchFile, read_scenario};

use model::{Language, MunicipalityId, TopicId};

/// A scenario.
#[derive(Clone, PartialEq, Debug)]
pub struct Scenario {
    /// A name for tables and plots.
    pub title: String,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// Replications: each draws its agents anew.
    pub replications: u32,
    /// Days in each.
    pub days: u32,
    /// Opening time.
    pub opens: Minute,
    /// Closing time.
    pub closes: Minute,
    /// Days of facts that the forecast rests on.
    pub days_known: u32,
    /// Calls on a mean day.
    pub calls_a_day: f64,
    /// Share of the day's calls in each half-hour from opening; they add up to 1.
    pub profile: Vec<f64>,
    /// Gamma noise of a whole day: coefficient of variation.
    pub day_noise: f64,
    /// Gamma noise of each half-hour.
    pub half_hour_noise: f64,
    /// Share of calls from citizens of non-members.
    pub outside_share: f64,
    /// What calls are about.
    pub topics: Vec<TopicShare>,
    /// In which language.
    pub languages: Vec<LanguageShare>,
    /// From where.
    pub members: Vec<MemberShare>,
    /// Who answers.
    pub agents: file::Agents,
    /// Agents on duty all day who are added, or so many opening hours of shifts taken away: of one employer, or of any.
    pub added: Vec<(Option<MunicipalityId>, i32)>,
    /// Members who join: their calls as a share of what there was, and on top of it.
    pub new_members: Vec<(MunicipalityId, f64)>,
    /// When they work.
    pub shifts: Vec<ShiftOf>,
    /// How long a talk takes.
    pub talk: file::Talk,
    /// How long a citizen waits.
    pub patience: file::Patience,
    /// What the queues promise.
    pub queues: file::Queues,
    /// Calls on top.
    pub floods: Vec<FloodOf>,
}

/// A topic's part.
#[derive(Clone, PartialEq, Debug)]
pub struct TopicShare {
    /// Which.
    pub id: TopicId,
    /// Share of the calls; all add up to 1.
    pub share: f64,
    /// Mean talk, as a multiple of the centre's.
    pub talk: f64,
    /// Weight among the topics that agents can do.
    pub agents: f64,
}

/// A language's part.
#[derive(Clone, PartialEq, Debug)]
pub struct LanguageShare {
    /// Which.
    pub id: Language,
    /// Share of the calls; all add up to 1.
    pub share: f64,
    /// Share of the agents who speak it.
    pub agents: f64,
    /// Whether those who speak it take every topic in it.
    pub all_topics: bool,
}

/// A member's part.
#[derive(Clone, PartialEq, Debug)]
pub struct MemberShare {
    /// Which.
    pub id: MunicipalityId,
    /// Share of all members' calls; all add up to 1, and what a new member adds comes on top.
    pub share: f64,
    /// Weight among the employers of agents.
    pub agents: f64,
}

/// Some agents' working time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ShiftOf {
    /// When it begins.
    pub from: Minute,
    /// When it ends.
    pub to: Minute,
    /// How many agents.
    pub agents: u32,
}

/// Calls on top of the ordinary ones.
#[derive(Clone, PartialEq, Debug)]
pub struct FloodOf {
    /// Place of the topic in [`Scenario::topics`].
    pub topic: Option<usize>,
    /// Place of the municipality in [`Scenario::members`].
    pub member: Option<usize>,
    /// Additional calls, as a multiple of the ordinary ones of the topic and municipality (or of all).
    pub more: f64,
    /// Whether that is a multiple of all calls.
    pub of_all: bool,
    /// When it begins.
    pub from: Minute,
    /// When it is over.
    pub to: Minute,
}

impl Scenario {
    /// Length of the opening hours in seconds.
    pub fn open_s(&self) -> f64 {
        f64::from(self.closes.0 - self.opens.0) * 60.0
    }

    /// Ordinary calls that are expected in a half-hour from opening.
    pub fn expected_in(&self, half_hour: usize) -> f64 {
        self.profile.get(half_hour).map_or(0.0, |share| share * self.calls_a_day)
    }

    /// Mean patience in seconds.
    pub fn patience_mean_s(&self) -> f64 {
        let patience = &self.patience;
        patience.impatient_share * patience.impatient_s + (1.0 - patience.impatient_share) * patience.patient_s
    }
}

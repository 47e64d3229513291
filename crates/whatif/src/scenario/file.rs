//! The scenario file as it is written: every setting of an invented centre, with its default.
//!
//! The manual is `config/scenarios/benchmark.toml`. Knows names and defaults; what may not be is told by `check`.

use serde::Deserialize;

/// A scenario file.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScenarioFile {
    /// A name for tables and plots.
    pub title: String,
    /// Another scenario file in the same folder, whose settings count where this one says nothing.
    pub based_on: Option<String>,
    /// Days and their hours.
    pub days: Days,
    /// How many calls, and when.
    pub calls: Calls,
    /// What they are about.
    pub topics: Vec<Topic>,
    /// In which language.
    pub languages: Vec<Language>,
    /// From where.
    pub municipalities: Vec<Municipality>,
    /// Who answers.
    pub agents: Agents,
    /// When they work.
    pub shifts: Vec<Shift>,
    /// How long a talk takes.
    pub talk: Talk,
    /// How long a citizen waits.
    pub patience: Patience,
    /// What the queues promise.
    pub queues: Queues,
    /// What comes on top.
    pub floods: Vec<Flood>,
}

/// Days and their hours.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Days {
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// Replications: each draws its agents anew.
    pub replications: u32,
    /// Days in each.
    pub days: u32,
    /// Opening time, `08:00`.
    pub opens: String,
    /// Closing time; who waits then is still served.
    pub closes: String,
    /// Days of facts that the forecast rests on; below 14 the surge guard is off.
    pub known: u32,
}

impl Default for Days {
    fn default() -> Self {
        Self { seed: 1, replications: 40, days: 5, opens: "08:00".into(), closes: "20:00".into(), known: 200 }
    }
}

/// How many calls, and when.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calls {
    /// Calls on a mean day.
    pub a_day: f64,
    /// Weight of each half-hour from opening; empty: all the same.
    pub profile: Vec<f64>,
    /// Gamma noise of a whole day: coefficient of variation.
    pub day_noise: f64,
    /// Gamma noise of each half-hour.
    pub half_hour_noise: f64,
    /// Share of calls from citizens of non-members, 0 to 1.
    pub outside_share: f64,
}

impl Default for Calls {
    fn default() -> Self {
        Self { a_day: 1_000.0, profile: Vec::new(), day_noise: 0.0, half_hour_noise: 0.0, outside_share: 0.0 }
    }
}

/// What calls are about.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Topic {
    /// Its id, as in the plan: `pas`.
    pub id: String,
    /// Weight among the topics' calls.
    pub share: f64,
    /// Mean talk of its calls, as a multiple of `talk.mean_s`. Default 1.
    pub talk: Option<f64>,
    /// Weight among the topics that agents can do. Default: its share of calls to the power `agents.topics_follow_calls`.
    pub agents: Option<f64>,
}

/// In which language.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Language {
    /// Its BCP 47 tag: `da`.
    pub id: String,
    /// Weight among the calls.
    pub share: f64,
    /// Share of the agents who speak it, 0 to 1.
    pub agents: f64,
    /// Whether those who speak it take every topic in it, as other topics. Default false.
    pub all_topics: bool,
}

/// A member.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Municipality {
    /// Its kommunekode: `0751`.
    pub id: String,
    /// Weight among the members' calls.
    pub share: f64,
    /// Weight among the employers of agents. Default: its share.
    pub agents: Option<f64>,
}

/// Who answers.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Agents {
    /// How many there are, on duty or not.
    pub count: u32,
    /// The fewest topics that one can do.
    pub topics_min: u32,
    /// The most.
    pub topics_max: u32,
    /// How many on the mean (binomial between both). Default: in the middle.
    pub topics_mean: Option<f64>,
    /// Share of an agent's topics that are primary (level 1, faster), 0 to 1.
    pub primary_share: f64,
    /// How much likelier agents are to know what is asked often: 0 all topics alike, 1 in proportion to calls.
    pub topics_follow_calls: f64,
    /// Whether the roster spreads the rarest language and then the municipalities evenly over days and shifts; else chance does.
    pub spread: bool,
    /// Spread of agents' own pace (lognormal): coefficient of variation.
    pub pace_cv: f64,
}

impl Default for Agents {
    fn default() -> Self {
        Self {
            count: 100,
            topics_min: 2,
            topics_max: 8,
            topics_mean: None,
            primary_share: 0.5,
            topics_follow_calls: 0.0,
            spread: false,
            pace_cv: 0.18,
        }
    }
}

/// Some agents' working time, each day.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shift {
    /// When it begins: `08:00`.
    pub from: String,
    /// How long it is.
    pub hours: f64,
    /// How many agents.
    pub agents: u32,
}

/// How long a talk takes.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Talk {
    /// Mean before multipliers.
    pub mean_s: f64,
    /// Standard deviation of its logarithm (lognormal).
    pub sigma: f64,
    /// Multiplier of an agent's primary topic.
    pub primary: f64,
    /// Of another topic that the agent can do.
    pub other: f64,
    /// Of one that the agent can't, where a policy asks for it all the same.
    pub lacking: f64,
    /// Of a citizen of another municipality.
    pub away: f64,
    /// Wrap-up after each talk.
    pub wrap_up_s: f64,
    /// From the offer to the answer.
    pub ring_s: f64,
}

impl Default for Talk {
    fn default() -> Self {
        Self {
            mean_s: 450.0,
            sigma: 0.88,
            primary: 0.92,
            other: 1.12,
            lacking: 1.40,
            away: 1.05,
            wrap_up_s: 60.0,
            ring_s: 0.0,
        }
    }
}

/// How long a citizen waits before hanging up: a mixture of two exponentials.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Patience {
    /// Share of impatient citizens, 0 to 1.
    pub impatient_share: f64,
    /// Their mean.
    pub impatient_s: f64,
    /// Mean of the others.
    pub patient_s: f64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { impatient_share: 0.12, impatient_s: 60.0, patient_s: 480.0 }
    }
}

/// What the queues promise.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Queues {
    /// T of the service level.
    pub target_s: f64,
    /// Whether the surge guard is on.
    pub surge_guard: bool,
    /// Calls that may wait at once for one class.
    pub waiting_max: u32,
}

impl Default for Queues {
    fn default() -> Self {
        Self { target_s: 60.0, surge_guard: true, waiting_max: 100_000 }
    }
}

/// Calls on top of the ordinary ones, each day.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Flood {
    /// Which topic the additional calls are about; none: as the ordinary ones.
    pub topic: Option<String>,
    /// From which municipality they come; none: as the ordinary ones.
    pub municipality: Option<String>,
    /// How many times the ordinary calls there are then.
    pub times: f64,
    /// Whether `times` means all calls of the centre (the additional ones then are all about `topic`), instead of those of
    /// the topic or municipality.
    pub of_all: bool,
    /// When it begins: `10:00`.
    pub from: String,
    /// How long it lasts.
    pub hours: f64,
}

//! The constants of the routing policy: settings, with the defaults that simulation found.
//!
//! They are flat around the optimum: half or double changes the service level by less than 0.3 points. Which rule each of
//! them belongs to stands in `routing/src/choose.rs`, `routing/src/index.rs` and `routing/src/guard.rs`.

use std::time::Duration;

/// How calls and agents find each other.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Routing {
    /// Which rules.
    pub policy: Policy,
    /// Seconds of talk that one lost cover of a class with all the calls would be worth. Default 600.
    pub coverage_s: f64,
    /// What each further idle agent leaves of that, 0 to 1. Default 0.6.
    pub coverage_decay: f64,
    /// Seconds that an agent of the citizen's own municipality is better by. Default 60.
    pub home_s: f64,
    /// Seconds of talk that one second of idleness is worth. Default 0.15.
    pub idle_worth: f64,
    /// How long an agent is kept for a scarce class, at most. Zero: never. Default 15 s.
    pub reserve_max: Duration,
    /// A class is scarce when no more than so many on duty fit it. Default 4.
    pub scarce_max: u32,
    /// Seconds that are added to each wait before it is compared. Default 30.
    pub wait_offset_s: f64,
    /// How much more a call is worth whose target can still be met, when a third of it is over. Default 4.
    pub urgent_factor: f64,
    /// A call is overdue after so many times its target. Default 4.
    pub overdue_factor: f64,
    /// How much more a call of the agent's own municipality is worth. Default 1.1.
    pub home_factor: f64,
    /// How much longer a talk with another municipality's citizen takes. Default 1.05.
    pub away_factor: f64,
    /// Idle agents that calls beyond the surge guard never take, at most. Default 4.
    pub kept_idle_max: u32,
    /// One of them for so many on duty; none when fewer than this are on duty. Default 10.
    pub kept_idle_per: u32,
    /// The surge guard's constants.
    pub surge: Surge,
}

/// Which rules agents and calls choose by. All but the first are there to be compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Policy {
    /// The least cost for the call, the greatest index for the agent, reserves and the surge guard.
    #[default]
    Ours,
    /// The oldest call that the agent fits; the longest idle agent.
    Fcfs,
    /// As many systems do it: each class a line of its own; a free agent serves the lines by level of skill, and the
    /// longest idle agent gets a call.
    LongestIdle,
}

/// When a flood is one, and what it may have.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Surge {
    /// A topic surges above so many times its forecast. Default 1.8.
    pub topic_on: f64,
    /// And above so many recent calls. Default 8.
    pub topic_on_calls: f64,
    /// And no longer below so many times its forecast. Default 1.3.
    pub topic_off: f64,
    /// What is recent for a topic (time constant). Default 300 s.
    pub topic_recent: Duration,
    /// Service that a surging topic is sure of, as a multiple of its forecast. Default 1.15.
    pub topic_refill: f64,
    /// Tokens that a topic may save up: so much of its refill, plus 3. Default 12.5 min.
    pub topic_burst: Duration,
    /// A municipality surges above so many times its forecast, plus 5 calls. Default 2.
    pub municipality_on: f64,
    /// And no longer below so many times its forecast, plus 2 calls. Default 1.3.
    pub municipality_off: f64,
    /// What is recent for a municipality (time constant). Default 600 s.
    pub municipality_recent: Duration,
    /// Default 1.5.
    pub municipality_refill: f64,
    /// Tokens that a municipality may save up: so much of its refill, plus 4. Default 22 min.
    pub municipality_burst: Duration,
    /// The least forecast of a topic or a municipality, in calls an hour. Default 2.
    pub least_an_hour: f64,
    /// Days of own facts for a half-hour below which the guard is off. Default 14.
    pub days_known_min: u32,
}

impl Default for Routing {
    fn default() -> Self {
        Self {
            policy: Policy::Ours,
            coverage_s: 600.0,
            coverage_decay: 0.6,
            home_s: 60.0,
            idle_worth: 0.15,
            reserve_max: Duration::from_secs(15),
            scarce_max: 4,
            wait_offset_s: 30.0,
            urgent_factor: 4.0,
            overdue_factor: 4.0,
            home_factor: 1.1,
            away_factor: 1.05,
            kept_idle_max: 4,
            kept_idle_per: 10,
            surge: Surge::default(),
        }
    }
}

impl Default for Surge {
    fn default() -> Self {
        Self {
            topic_on: 1.8,
            topic_on_calls: 8.0,
            topic_off: 1.3,
            topic_recent: Duration::from_secs(300),
            topic_refill: 1.15,
            topic_burst: Duration::from_secs(750),
            municipality_on: 2.0,
            municipality_off: 1.3,
            municipality_recent: Duration::from_secs(600),
            municipality_refill: 1.5,
            municipality_burst: Duration::from_secs(1_320),
            least_an_hour: 2.0,
            days_known_min: 14,
        }
    }
}

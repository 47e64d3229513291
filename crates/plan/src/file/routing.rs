//! The table `[routing]` as people write it: constants of how calls and agents find each other.
//!
//! What each means stands at [`crate::Routing`], what it may be in `compile/routing.rs`. Missing: the default.

use serde::Deserialize;

/// How calls and agents find each other.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields of plan::Routing, with their units; explained there")]
pub struct RoutingEntry {
    pub policy: Option<PolicyEntry>,
    pub coverage_s: Option<f64>,
    pub coverage_decay: Option<f64>,
    pub home_s: Option<f64>,
    pub idle_worth: Option<f64>,
    pub reserve_max_s: Option<u64>,
    pub scarce_max: Option<u64>,
    pub wait_offset_s: Option<f64>,
    pub urgent_factor: Option<f64>,
    pub overdue_factor: Option<f64>,
    pub home_factor: Option<f64>,
    pub away_factor: Option<f64>,
    pub kept_idle_max: Option<u64>,
    pub kept_idle_per: Option<u64>,
    pub surge: SurgeEntry,
}

/// Which rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyEntry {
    /// Ours.
    Ours,
    /// First come, first served.
    Fcfs,
    /// As many systems do it.
    LongestIdle,
}

/// The surge guard's constants.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields of plan::Surge, with their units; explained there")]
pub struct SurgeEntry {
    pub topic_on: Option<f64>,
    pub topic_on_calls: Option<f64>,
    pub topic_off: Option<f64>,
    pub topic_recent_s: Option<u64>,
    pub topic_refill: Option<f64>,
    pub topic_burst_s: Option<u64>,
    pub municipality_on: Option<f64>,
    pub municipality_off: Option<f64>,
    pub municipality_recent_s: Option<u64>,
    pub municipality_refill: Option<f64>,
    pub municipality_burst_s: Option<u64>,
    pub least_an_hour: Option<f64>,
    pub days_known_min: Option<u64>,
}

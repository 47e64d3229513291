//! What is expected of one half-hour: the numbers that routing decides by, whoever found them.
//!
//! Made by a learner from facts, by a scenario, or from nothing (a cold start). Only numbers; no rule lives here.

use std::collections::BTreeMap;

use model::{AgentId, Language, MunicipalityId, TopicId};

/// What is expected of one half-hour of one weekday.
#[derive(Clone, PartialEq, Debug)]
pub struct Outlook {
    /// Pairs of topic and language that something is known of.
    pub classes: BTreeMap<(TopicId, Language), ClassOutlook>,
    /// Calls an hour from each member's citizens.
    pub municipalities: BTreeMap<MunicipalityId, f64>,
    /// Calls an hour from everybody else: citizens of non-members, and those of whom it is not known.
    pub others_an_hour: f64,
    /// Mean talk in seconds, of a class of which nothing is known.
    pub talk_s: f64,
    /// Talk at each level of skill 1 to 9, as a multiple of the class's mean, agents' own pace taken out.
    pub levels: [f64; 9],
    /// The same for an agent and a topic, where enough is known; it comes before the level's.
    pub agents: BTreeMap<AgentId, BTreeMap<TopicId, f64>>,
    /// Mean wrap-up in seconds.
    pub wrap_up_s: f64,
    /// Mean patience in seconds: 1/θ of Erlang A.
    pub patience_s: f64,
    /// Days with facts of our own for this half-hour: days of the same kind (workday, Saturday, Sunday) within the last 16 weeks
    /// on which this half-hour by the wall was served. Below 14 the surge guard stays off: three weeks of workdays, but also
    /// fourteen Sundays, since a Sunday's forecast is made from Sundays. A quiet half-hour counts, a closed one doesn't.
    pub days_known: u32,
}

/// What is expected of a class.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ClassOutlook {
    /// Calls an hour.
    pub calls_an_hour: f64,
    /// Mean talk in seconds.
    pub talk_s: f64,
}

impl Outlook {
    /// Nothing is known yet: every class as likely as the others, talks of 450 s, a first skill 8 % faster than the mean
    /// and others 12 % slower, patience of 430 s (fitted on one public bank's calls; the centre's own facts replace them).
    pub fn unknown() -> Self {
        let mut levels = [1.12; 9];
        levels[0] = 0.92;
        Self {
            classes: BTreeMap::new(),
            municipalities: BTreeMap::new(),
            others_an_hour: 0.0,
            talk_s: 450.0,
            levels,
            agents: BTreeMap::new(),
            wrap_up_s: 60.0,
            patience_s: 430.0,
            days_known: 0,
        }
    }
}

impl Default for Outlook {
    fn default() -> Self {
        Self::unknown()
    }
}

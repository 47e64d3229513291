//! Calls and agents that are given instead of drawn: from a file of calls, or from recorded days.
//! Knows days as they were; what is added to them (a flood, a new member, more agents) is drawn as in a scenario.

use crate::day::{Call, Presence};
use crate::scenario::Scenario;
use crate::world::World;

/// What is given.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Given {
    /// One for each day.
    pub days: Vec<GivenDay>,
    /// The agents; none: drawn from the scenario.
    pub world: Option<World>,
}

/// One day that is given.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct GivenDay {
    /// Ascending by arrival.
    pub calls: Vec<Call>,
    /// Who was on duty when; none: drawn from the scenario's shifts.
    pub presences: Option<Vec<Presence>>,
}

impl Given {
    /// Makes the scenario expect what is given: as many calls, at those times, about that, from there. This is what the
    /// forecast of these days will be, and what floods and new members are multiples of.
    pub fn fit(&self, scenario: &mut Scenario) {
        let calls = || self.days.iter().flat_map(|day| &day.calls);
        let count = calls().count();
        if count == 0 {
            return;
        }
        scenario.days = self.days.len() as u32;
        scenario.calls_a_day = count as f64 / self.days.len() as f64;
        let opens_s = scenario.opens.seconds();
        let languages = scenario.languages.len();
        let mut profile = vec![0.0; scenario.profile.len()];
        let (mut topics, mut spoken) = (vec![0.0; scenario.topics.len()], vec![0.0; languages]);
        let mut members = vec![0.0; scenario.members.len()];
        for call in calls() {
            let half_hour = ((call.at_s - opens_s) / 1_800.0) as usize;
            profile[half_hour.min(scenario.profile.len() - 1)] += 1.0;
            topics[call.class as usize / languages] += 1.0;
            spoken[call.class as usize % languages] += 1.0;
            if let Some(place) = scenario.members.iter().position(|member| Some(member.id) == call.municipality) {
                members[place] += 1.0;
            }
        }
        let inside: f64 = members.iter().sum();
        let all = count as f64;
        scenario.outside_share = 1.0 - inside / all;
        scenario.profile = profile.iter().map(|calls| calls / all).collect();
        scenario.topics.iter_mut().zip(topics).for_each(|(topic, calls)| topic.share = calls / all);
        scenario.languages.iter_mut().zip(spoken).for_each(|(language, calls)| language.share = calls / all);
        scenario.members.iter_mut().zip(members).for_each(|(member, calls)| member.share = calls / inside.max(1.0));
    }
}

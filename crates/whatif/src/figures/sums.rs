//! Sums over calls and agents, from which every figure is a quotient: they add up over days and replications.
//! Knows counts; which quotient is which figure is said in `figure`.

use std::collections::BTreeMap;

use model::MunicipalityId;

use crate::day::{Call, Day};
use crate::replay::{AgentTold, CallEnd, CallTold, Told};

/// Waits are counted by the second up to here; longer ones as this long.
const WAIT_MAX_S: usize = 7_200;

/// The quarter of an hour after a flood's end in which its levels should be 0 again, in seconds. Later ones are floods of their own.
const LATE_S: (f64, f64) = (45.0 * 60.0, 60.0 * 60.0);

/// Offered, and of these answered within the target, answered at all, and given up.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Share {
    /// Calls.
    pub offered: f64,
    /// Answered within the target.
    pub in_time: f64,
    /// Answered.
    pub served: f64,
    /// Given up, or no room to wait.
    pub lost: f64,
}

/// The sums of some days.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sums {
    /// Days.
    pub days: f64,
    /// All calls.
    pub all: Share,
    /// By class.
    pub classes: Vec<Share>,
    /// By municipality of the citizen.
    pub municipalities: BTreeMap<MunicipalityId, Share>,
    /// Calls during a flood that are not of its kind.
    pub bystanders: Share,
    /// Calls during a flood that are.
    pub flooded: Share,
    /// Ordinary calls of the flooded kind that were expected during the flood.
    pub flood_expected: f64,
    /// Calls of the flooded kind that were answered during the flood.
    pub flood_answered: f64,
    /// Days on which calls of the flooded kind still had a level above 0 45 to 60 min after it.
    pub late_surges: f64,
    /// Waits of answered calls, by whole seconds.
    pub waits: Vec<f64>,
    /// Waits of all calls: until the answer, or until the citizen gave up.
    pub all_waits: Vec<f64>,
    /// Sum of the waits of answered calls, in seconds.
    pub wait_s: f64,
    /// Answered calls of citizens of members.
    pub of_members: f64,
    /// Of these, by an agent of their own.
    pub own: f64,
    /// Agents' days on duty; sums of their occupancy, and of its square.
    pub occupancy: (f64, f64, f64),
    /// Agents' hours on duty, and of these busy, in seconds.
    pub hours_s: (f64, f64),
    /// What callers were told.
    pub told: Promise,
}

/// How well the wait that was told came true, over calls that waited and were answered.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Promise {
    /// Such calls.
    pub calls: f64,
    /// Sum of waits in seconds.
    pub wait_s: f64,
    /// Sum of expected − actual.
    pub error_s: f64,
    /// Sum of its square.
    pub square: f64,
    /// Answered no later than announced.
    pub kept: f64,
}

/// The announcement is this many times the expected wait, in whole minutes, and at least one.
const ANNOUNCED: f64 = 1.75;

impl Share {
    fn count(&mut self, told: &CallTold, target_s: f64) {
        self.offered += 1.0;
        match told.end {
            CallEnd::Served => {
                self.served += 1.0;
                self.in_time += f64::from(u8::from(told.wait_s <= target_s));
            }
            CallEnd::Lost | CallEnd::Full | CallEnd::Open => self.lost += 1.0,
        }
    }

    fn add(&mut self, other: &Self, times: f64) {
        self.offered += times * other.offered;
        self.in_time += times * other.in_time;
        self.served += times * other.served;
        self.lost += times * other.lost;
    }
}

impl Sums {
    /// Of one replayed day, in a centre of so many classes.
    pub fn of_day(classes: usize, day: &Day, told: &Told, target_s: f64) -> Self {
        let mut sums = Self {
            days: 1.0,
            classes: vec![Share::default(); classes],
            waits: vec![0.0; WAIT_MAX_S + 1],
            all_waits: vec![0.0; WAIT_MAX_S + 1],
            flood_expected: day.flood_expected,
            ..Self::default()
        };
        for (call, told) in day.calls.iter().zip(&told.calls) {
            sums.count(day, call, told, target_s);
        }
        let flood_ends = day.floods.iter().map(|(_, to)| *to).fold(f64::NAN, f64::max);
        let late = flood_ends + LATE_S.0..flood_ends + LATE_S.1;
        let is_late = |(at_s, call): &(f64, u32)| late.contains(at_s) && day.calls[*call as usize].is_flooded;
        let is_late = told.surges.iter().any(is_late);
        sums.late_surges = f64::from(u8::from(is_late));
        sums.count_agents(&told.agents);
        sums
    }

    fn count(&mut self, day: &Day, call: &Call, told: &CallTold, target_s: f64) {
        self.all.count(told, target_s);
        self.classes[call.class as usize].count(told, target_s);
        if let Some(municipality) = call.municipality {
            self.municipalities.entry(municipality).or_default().count(told, target_s);
        }
        let during = |at_s: f64| day.floods.iter().any(|(from, to)| (*from..*to).contains(&at_s));
        if during(call.at_s) {
            let side = if call.is_flooded { &mut self.flooded } else { &mut self.bystanders };
            side.count(told, target_s);
        }
        let second = (told.wait_s as usize).min(WAIT_MAX_S);
        self.all_waits[second] += 1.0;
        if told.end == CallEnd::Served {
            self.waits[second] += 1.0;
            self.wait_s += told.wait_s;
            self.of_members += f64::from(u8::from(call.municipality.is_some()));
            self.own += f64::from(u8::from(told.own));
            let in_flood = call.is_flooded && during(call.at_s + told.wait_s);
            self.flood_answered += f64::from(u8::from(in_flood));
            self.told.count(told);
        }
    }

    fn count_agents(&mut self, agents: &[AgentTold]) {
        for agent in agents.iter().filter(|agent| agent.present_s > 0.0) {
            let occupancy = agent.busy_s / agent.present_s;
            let (count, sum, square) = self.occupancy;
            self.occupancy = (count + 1.0, sum + occupancy, square + occupancy * occupancy);
            self.hours_s = (self.hours_s.0 + agent.present_s, self.hours_s.1 + agent.busy_s);
        }
    }

    /// Adds others, so many times: −1 takes them away.
    pub fn add(&mut self, other: &Self, times: f64) {
        let list = |mine: &mut Vec<f64>, theirs: &[f64]| {
            mine.resize(mine.len().max(theirs.len()), 0.0);
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += times * theirs);
        };
        self.days += times * other.days;
        self.all.add(&other.all, times);
        self.classes.resize(self.classes.len().max(other.classes.len()), Share::default());
        self.classes.iter_mut().zip(&other.classes).for_each(|(mine, theirs)| mine.add(theirs, times));
        for (id, theirs) in &other.municipalities {
            self.municipalities.entry(*id).or_default().add(theirs, times);
        }
        self.bystanders.add(&other.bystanders, times);
        self.flooded.add(&other.flooded, times);
        self.flood_expected += times * other.flood_expected;
        self.flood_answered += times * other.flood_answered;
        self.late_surges += times * other.late_surges;
        list(&mut self.waits, &other.waits);
        list(&mut self.all_waits, &other.all_waits);
        self.wait_s += times * other.wait_s;
        self.of_members += times * other.of_members;
        self.own += times * other.own;
        let (count, sum, square) = other.occupancy;
        self.occupancy.0 += times * count;
        self.occupancy.1 += times * sum;
        self.occupancy.2 += times * square;
        self.hours_s.0 += times * other.hours_s.0;
        self.hours_s.1 += times * other.hours_s.1;
        self.told.add(&other.told, times);
    }
}

impl Promise {
    fn count(&mut self, told: &CallTold) {
        let Some(expected) = told.estimate_s else { return };
        let error = expected - told.wait_s;
        let announced_s = (ANNOUNCED * expected / 60.0).ceil().max(1.0) * 60.0;
        self.calls += 1.0;
        self.wait_s += told.wait_s;
        self.error_s += error;
        self.square += error * error;
        self.kept += f64::from(u8::from(told.wait_s <= announced_s));
    }

    fn add(&mut self, other: &Self, times: f64) {
        self.calls += times * other.calls;
        self.wait_s += times * other.wait_s;
        self.error_s += times * other.error_s;
        self.square += times * other.square;
        self.kept += times * other.kept;
    }
}

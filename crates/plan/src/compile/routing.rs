//! The constants of the routing policy: each within bounds, and those that belong together in order.
//!
//! Knows what may be written; what the constants do stands at [`crate::Routing`] and in the routing core.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::Work;
use super::checks::within;
use crate::file::{PolicyEntry, RoutingEntry, SurgeEntry};
use crate::{Fault, Policy, Routing, Surge};

const TIMES: (&str, &str) = ("(gange)", "(times)");
const SECONDS: (&str, &str) = ("sekunder", "seconds");
const PEOPLE: (&str, &str) = ("agenter", "agents");
const CALLS: (&str, &str) = ("opkald", "calls");

impl Work<'_> {
    pub(super) fn routing(&mut self) {
        let mut reader = Reader { faults: &mut self.faults, table: "routing" };
        self.plan.routing = reader.routing(&self.file.routing);
    }
}

struct Reader<'f> {
    faults: &'f mut Vec<Fault>,
    table: &'static str,
}

impl Reader<'_> {
    fn routing(&mut self, it: &RoutingEntry) -> Routing {
        let usual = Routing::default();
        Routing {
            policy: policy(it.policy),
            coverage_s: self.number("coverage_s", it.coverage_s, usual.coverage_s, 0.0..=100_000.0, SECONDS),
            coverage_decay: self.number("coverage_decay", it.coverage_decay, usual.coverage_decay, 0.0..=1.0, TIMES),
            home_s: self.number("home_s", it.home_s, usual.home_s, 0.0..=3_600.0, SECONDS),
            idle_worth: self.number("idle_worth", it.idle_worth, usual.idle_worth, 0.0..=10.0, TIMES),
            reserve_max: self.time("reserve_max_s", it.reserve_max_s, usual.reserve_max, 0..=300),
            scarce_max: self.count("scarce_max", it.scarce_max, usual.scarce_max, 0..=1_000, PEOPLE),
            wait_offset_s: self.number("wait_offset_s", it.wait_offset_s, usual.wait_offset_s, 0.0..=3_600.0, SECONDS),
            urgent_factor: self.number("urgent_factor", it.urgent_factor, usual.urgent_factor, 1.0..=100.0, TIMES),
            overdue_factor: self.number("overdue_factor", it.overdue_factor, usual.overdue_factor, 1.0..=100.0, TIMES),
            home_factor: self.number("home_factor", it.home_factor, usual.home_factor, 1.0..=10.0, TIMES),
            away_factor: self.number("away_factor", it.away_factor, usual.away_factor, 0.5..=3.0, TIMES),
            kept_idle_max: self.count("kept_idle_max", it.kept_idle_max, usual.kept_idle_max, 0..=1_000, PEOPLE),
            kept_idle_per: self.count("kept_idle_per", it.kept_idle_per, usual.kept_idle_per, 1..=1_000, PEOPLE),
            surge: Reader { faults: self.faults, table: "routing.surge" }.surge(&it.surge),
        }
    }

    fn surge(&mut self, it: &SurgeEntry) -> Surge {
        let usual = Surge::default();
        let (topic_on, topic_off) = self.on_and_off(
            ("topic_on", it.topic_on.unwrap_or(usual.topic_on)),
            ("topic_off", it.topic_off.unwrap_or(usual.topic_off)),
        );
        let (municipality_on, municipality_off) = self.on_and_off(
            ("municipality_on", it.municipality_on.unwrap_or(usual.municipality_on)),
            ("municipality_off", it.municipality_off.unwrap_or(usual.municipality_off)),
        );
        Surge {
            topic_on,
            topic_on_calls: self.number(
                "topic_on_calls",
                it.topic_on_calls,
                usual.topic_on_calls,
                0.0..=1_000.0,
                CALLS,
            ),
            topic_off,
            topic_recent: self.time("topic_recent_s", it.topic_recent_s, usual.topic_recent, 10..=3_600),
            topic_refill: self.number("topic_refill", it.topic_refill, usual.topic_refill, 0.1..=100.0, TIMES),
            topic_burst: self.time("topic_burst_s", it.topic_burst_s, usual.topic_burst, 0..=86_400),
            municipality_on,
            municipality_off,
            municipality_recent: self.time(
                "municipality_recent_s",
                it.municipality_recent_s,
                usual.municipality_recent,
                10..=3_600,
            ),
            municipality_refill: self.number(
                "municipality_refill",
                it.municipality_refill,
                usual.municipality_refill,
                0.1..=100.0,
                TIMES,
            ),
            municipality_burst: self.time(
                "municipality_burst_s",
                it.municipality_burst_s,
                usual.municipality_burst,
                0..=86_400,
            ),
            least_an_hour: self.number("least_an_hour", it.least_an_hour, usual.least_an_hour, 0.1..=1_000.0, CALLS),
            days_known_min: self.count(
                "days_known_min",
                it.days_known_min,
                usual.days_known_min,
                0..=366,
                ("dage", "days"),
            ),
        }
    }

    /// A surge that ended above where it begins would begin and end with each call.
    fn on_and_off(&mut self, (on_field, on): (&str, f64), (off_field, off): (&str, f64)) -> (f64, f64) {
        let on = self.bounded(on_field, on, 1.0..=100.0, TIMES);
        let off = self.bounded(off_field, off, 1.0..=100.0, TIMES);
        if off > on {
            self.faults.push(Fault::new(
                format!("{}.{off_field}", self.table),
                format!("{off} er over {on_field} = {on}; skriv højst {on}"),
                format!("{off} is above {on_field} = {on}; write at most {on}"),
            ));
        }
        (on, off)
    }

    fn number(
        &mut self,
        field: &str,
        written: Option<f64>,
        usual: f64,
        range: RangeInclusive<f64>,
        unit: (&str, &str),
    ) -> f64 {
        self.bounded(field, written.unwrap_or(usual), range, unit)
    }

    fn count(
        &mut self,
        field: &str,
        written: Option<u64>,
        usual: u32,
        range: RangeInclusive<u64>,
        unit: (&str, &str),
    ) -> u32 {
        self.bounded(field, written.unwrap_or(u64::from(usual)), range, unit) as u32
    }

    fn time(&mut self, field: &str, written: Option<u64>, usual: Duration, range: RangeInclusive<u64>) -> Duration {
        Duration::from_secs(self.bounded(field, written.unwrap_or(usual.as_secs()), range, SECONDS))
    }

    fn bounded<T: PartialOrd + Copy + Display>(
        &mut self,
        field: &str,
        value: T,
        range: RangeInclusive<T>,
        unit: (&str, &str),
    ) -> T {
        within(self.faults, &format!("{}.{field}", self.table), value, range, unit)
    }
}

fn policy(written: Option<PolicyEntry>) -> Policy {
    match written {
        None | Some(PolicyEntry::Ours) => Policy::Ours,
        Some(PolicyEntry::Fcfs) => Policy::Fcfs,
        Some(PolicyEntry::LongestIdle) => Policy::LongestIdle,
    }
}

//! The same agent again: bounds of its settings, and what is meant where nothing is said.
//! Knows no number of a citizen, and no agent.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::Work;
use super::checks::{seconds, within};
use crate::SameAgent;
use crate::file::LineEntry;

/// For so many minutes after a call, unless the line says otherwise; numbers are remembered for a day.
const WITHIN_MIN: u64 = 240;
const WITHIN_RANGE_MIN: RangeInclusive<u64> = 1..=1_440;
/// So many seconds that agent alone is waited for, unless the line says otherwise.
const WAIT_S: u64 = 20;
const WAIT_RANGE_S: RangeInclusive<u64> = 1..=120;

impl Work<'_> {
    pub(super) fn same_agent(&mut self, at: &str, entry: &LineEntry) -> Option<SameAgent> {
        let written = entry.same_agent.as_ref()?;
        let at = format!("{at}.same_agent");
        let (minutes, wait_s) = (written.within_min.unwrap_or(WITHIN_MIN), written.wait_s.unwrap_or(WAIT_S));
        let faults = &mut self.faults;
        let minutes = within(faults, &format!("{at}.within_min"), minutes, WITHIN_RANGE_MIN, ("minutter", "minutes"));
        let wait_s = seconds(faults, &format!("{at}.wait_s"), wait_s, WAIT_RANGE_S);
        Some(SameAgent { within: Duration::from_secs(minutes * 60), wait: Duration::from_secs(wait_s) })
    }
}

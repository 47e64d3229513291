//! Times to be called in: bounds of what a line says of them, and ways that lead there.
//! Sees to it that no way leads to a choice of times where the line has none.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::Work;
use super::checks::within;
use crate::file::LineEntry;
use crate::{Booking, LineNo, WayOut};

const SLOT_MIN: u64 = 30;
const SLOT_RANGE_MIN: RangeInclusive<u64> = 15..=120;
const PER_SLOT: u64 = 4;
const PER_SLOT_RANGE: RangeInclusive<u64> = 1..=100;
const DAYS_AHEAD: u64 = 5;
const DAYS_AHEAD_RANGE: RangeInclusive<u64> = 1..=14;
const NOT_BEFORE_MIN: u64 = 60;
const NOT_BEFORE_RANGE_MIN: RangeInclusive<u64> = 0..=1_440;

impl Work<'_> {
    pub(super) fn booking(&mut self, at: &str, entry: &LineEntry) -> Option<Booking> {
        let written = entry.booking.as_ref()?;
        let faults = &mut self.faults;
        let mut of = |field: &str, written: Option<u64>, usual: u64, range, unit| {
            within(faults, &format!("{at}.booking.{field}"), written.unwrap_or(usual), range, unit)
        };
        let minutes = ("minutter", "minutes");
        let slot = of("slot_min", written.slot_min, SLOT_MIN, SLOT_RANGE_MIN, minutes);
        let per_slot = of("per_slot", written.per_slot, PER_SLOT, PER_SLOT_RANGE, ("borgere", "citizens"));
        let days = of("days_ahead", written.days_ahead, DAYS_AHEAD, DAYS_AHEAD_RANGE, ("dage", "days"));
        let not_before = of("not_before_min", written.not_before_min, NOT_BEFORE_MIN, NOT_BEFORE_RANGE_MIN, minutes);
        Some(Booking {
            slot_min: u16::try_from(slot).unwrap_or(30),
            per_slot: usize::try_from(per_slot).unwrap_or(1),
            days_ahead: u8::try_from(days).unwrap_or(1),
            not_before: Duration::from_secs(60 * not_before),
        })
    }

    /// To the choice of a time on that line; a line that has none is a fault.
    pub(super) fn leads_to_booking(&mut self, at: &str, line: LineNo) -> WayOut {
        let line = &self.plan.lines[line.at()];
        if line.booking.is_some() {
            return WayOut::Callback;
        }
        let id = line.id.clone();
        self.fault(
            at,
            format!("linjen {id} har ingen tider at vælge imellem; skriv booking = {{}} på linjen"),
            format!("the line {id} has no times to choose from; write booking = {{}} on the line"),
        );
        WayOut::Callback
    }
}

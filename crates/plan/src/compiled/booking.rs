//! Times that a citizen may choose to be called in: which there are, by the line's hours and the wall clock.
//! Knows hours; not who has chosen which.

use std::time::Duration;

use jiff::ToSpan;
use model::{BookedSlot, Moment};

use super::callback::{RING_FROM_HOUR, RING_UNTIL_HOUR};
use crate::local::{copenhagen, local_time, wall_moment};
use crate::{HoursState, LineNo, Plan};

/// Which times a line offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Booking {
    /// How long each is, in minutes, 15 to 120; they follow each other from eight in the morning on.
    pub slot_min: u16,
    /// How many citizens may have the same, 1 to 100.
    pub per_slot: usize,
    /// For how many days from today on, 1 to 14.
    pub days_ahead: u8,
    /// The first begins so long from now at the earliest.
    pub not_before: Duration,
}

/// A citizen who has chosen a time is called so often at most …
pub const BOOKED_ATTEMPTS: u8 = 3;
/// … the second time so long after the first …
pub const BOOKED_AGAIN_AFTER: Duration = Duration::from_secs(5 * 60);
/// … and until so long after the chosen time.
pub const BOOKED_KEEP: Duration = Duration::from_secs(24 * 3_600);

impl Plan {
    /// The times of a line that begin at `from` or later, as it is offered `now`: whole within its hours, and within the hours in
    /// which citizens may be called. In order; at most 14 days with 52 each.
    pub fn slots(&self, line: LineNo, from: Moment, now: Moment) -> impl Iterator<Item = BookedSlot> + '_ {
        let line = &self.lines[line.at()];
        let calendar = &self.calendars[line.calendar.at()];
        let (zone, today) = (copenhagen(), local_time(now).date());
        let days = line.booking.into_iter().flat_map(move |rule| {
            (0..=i32::from(rule.days_ahead))
                .filter_map(move |ahead| Some((rule, today.checked_add(ahead.days()).ok()?)))
        });
        let slots = days.flat_map(move |(rule, day)| {
            let zone = zone.clone();
            let starts = (RING_FROM_HOUR * 60..RING_UNTIL_HOUR * 60).step_by(usize::from(rule.slot_min));
            let within = starts.filter(move |start| start + rule.slot_min <= RING_UNTIL_HOUR * 60);
            within.map(move |start| {
                let at = |minute| wall_moment(&zone, day, minute, |first, _| first);
                (rule, BookedSlot { from: at(start), until: at(start + rule.slot_min) })
            })
        });
        let offered = slots.filter(move |(rule, slot)| slot.from >= from && slot.from >= now + rule.not_before);
        let is_open = move |slot: &BookedSlot| match calendar.state(slot.from) {
            HoursState::Open { until } => until.is_none_or(|until| slot.until <= until),
            HoursState::Closed { .. } => false,
        };
        offered.map(|(_, slot)| slot).filter(is_open)
    }
}

//! Since when and until when a municipality is a member: outside that its lines are closed, and its numbers on shared ones.
//!
//! Knows days and whose a line is; its citizens are not turned away where they ring a shared number, and its agents stay until they
//! are taken out of the plan.

use jiff::civil::Date;
use model::{Moment, MunicipalityId};

use crate::hours::{Calendar, HoursState};
use crate::local::{copenhagen, wall_moment};
use crate::{Line, Plan};

/// From when to when, half-open; a missing end is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Membership {
    /// The first moment.
    pub from: Option<Moment>,
    /// The first moment after it.
    pub until: Option<Moment>,
}

impl Membership {
    /// From the first to the last day, both included.
    pub(crate) fn of_days(first: Option<Date>, last: Option<Date>) -> Self {
        let midnight = |day| wall_moment(&copenhagen(), day, 0, |first, _| first);
        let after = |day: Date| day.tomorrow().ok().map(midnight);
        Self { from: first.map(midnight), until: last.and_then(after) }
    }

    /// Whether it holds at that moment.
    pub fn holds(&self, at: Moment) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

impl Plan {
    /// Whether a municipality is a member at that moment; one without dates always is.
    pub fn is_member(&self, municipality: MunicipalityId, at: Moment) -> bool {
        self.memberships.get(&municipality).is_none_or(|membership| membership.holds(at))
    }

    /// Whether a line is open at that moment for a call that came for this municipality (by its number, or as its line is its own).
    pub fn open_for(&self, line: &Line, municipality: Option<MunicipalityId>, at: Moment) -> HoursState {
        let calendar = &self.calendars[line.calendar.at()];
        match municipality.and_then(|id| self.memberships.get(&id)) {
            Some(membership) if !membership.holds(at) => calendar.within(membership).state(at),
            Some(_) | None => calendar.state(at),
        }
    }
}

impl Calendar {
    /// The same, closed outside the membership.
    pub(crate) fn within(&self, membership: &Membership) -> Self {
        let before = membership.from.map(|from| (Moment::EPOCH, from));
        let after = membership.until.map(|until| (until, Moment::from_secs(FAR_S)));
        self.closed_in(before.into_iter().chain(after))
    }
}

/// The end of time: in the year 9999.
const FAR_S: i64 = 253_000_000_000;

//! From when to when municipalities are members, and the hours of their own lines within that.
//! Knows days as they are written; what a call meets outside them is known elsewhere.

use jiff::civil::Date;
use model::MunicipalityId;

use super::Work;
use crate::CalendarNo;
use crate::file::MunicipalityEntry;
use crate::membership::Membership;

impl Work<'_> {
    pub(super) fn membership(&mut self, at: &str, id: MunicipalityId, entry: &MunicipalityEntry) {
        let first = self.member_day(&format!("{at}.from"), entry.from.as_deref());
        let last = self.member_day(&format!("{at}.until"), entry.until.as_deref());
        if first.zip(last).is_some_and(|(first, last)| last < first) {
            self.fault(
                format!("{at}.until"),
                "den sidste dag ligger før den første; ret en af dem",
                "the last day is before the first; mend one of them",
            );
        }
        if first.is_some() || last.is_some() {
            self.plan.memberships.insert(id, Membership::of_days(first, last));
        }
    }

    fn member_day(&mut self, at: &str, written: Option<&str>) -> Option<Date> {
        let written = written?;
        let day = written.parse().ok();
        if day.is_none() {
            self.fault(
                at,
                format!("\"{written}\" er ingen dag; skriv år, måned og dag, fx \"2026-01-01\""),
                format!("\"{written}\" is no day; write year, month and day, such as \"2026-01-01\""),
            );
        }
        day
    }

    /// After lines and calendars: a member's own line is closed outside its membership, in a calendar of its own.
    pub(super) fn lines_of_members(&mut self) {
        let (lines, calendars) = (&mut self.plan.lines, &mut self.plan.calendars);
        for line in lines {
            let membership = line.municipality.and_then(|owner| self.plan.memberships.get(&owner));
            if let Some(membership) = membership {
                let within = calendars[line.calendar.at()].within(membership);
                line.calendar = CalendarNo(calendars.len() as u32);
                calendars.push(within);
            }
        }
    }
}

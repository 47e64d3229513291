//! The directory: to whom citizens are handed on by name, and when somebody is there.
//! Knows where an entry leads and its hours; doesn't know who hands on.

use std::sync::Arc;

use model::{Dialled, Moment, MunicipalityId, PromptName};

use super::{AgentNo, CalendarNo, Line, LineNo, Plan};
use crate::HoursState;

/// Changes of hours that are looked through for one at which an entry and its line are both open: two calendars that take
/// turns for a month.
const CHANGES_MAX: usize = 64;

/// One of the directory.
#[derive(Clone, Debug)]
pub struct DirectoryEntry {
    /// By which phones and desks name it; no agent has the same id.
    pub id: Arc<str>,
    /// As agents see it.
    pub title: Arc<str>,
    /// Where it leads.
    pub to: DirectoryTo,
    /// Its own hours; none: always.
    pub calendar: Option<CalendarNo>,
    /// Whose it is; none: everyone's.
    pub municipality: Option<MunicipalityId>,
}

/// Where an entry of the directory leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DirectoryTo {
    /// Outside.
    Number(Dialled),
    /// To a line of ours, by its queue. An entry whose number is one of ours leads there too, so that nothing goes out by
    /// a trunk only to come back.
    Line {
        /// Which.
        line: LineNo,
        /// The plan names it by a number.
        by_number: bool,
    },
    /// To a colleague.
    Agent(AgentNo),
}

impl Line {
    /// What is said where a way out leads outside and comes to nothing: nobody answered, or it is closed there. Sounds of fixed
    /// names, which each municipality may replace as any other.
    pub fn outside_said(&self, called: bool) -> PromptName {
        let name = if called { "gave_up" } else { "closed" };
        PromptName::new(&format!("{name}.{}", self.language))
    }
}

impl Plan {
    /// An entry of the directory by its id.
    pub fn in_directory(&self, id: &str) -> Option<&DirectoryEntry> {
        let at = self.directory.binary_search_by(|entry| (*entry.id).cmp(id)).ok()?;
        self.directory.get(at)
    }

    /// Whether an entry can be reached at that moment, by its own hours and those of the line that it leads to; else when
    /// both are open next. Told as never after so many changes of hours that never meet.
    pub fn reaches(&self, entry: &DirectoryEntry, at: Moment) -> HoursState {
        let of_line = match entry.to {
            DirectoryTo::Line { line, .. } => Some(self.lines[line.at()].calendar),
            DirectoryTo::Number(_) | DirectoryTo::Agent(_) => None,
        };
        let hours = [entry.calendar, of_line];
        let mut state = self.all_open(&hours, at);
        for _ in 0..CHANGES_MAX {
            let HoursState::Closed { opens_at: Some(next) } = state else { return state };
            match self.all_open(&hours, next) {
                HoursState::Open { .. } => return state,
                later @ HoursState::Closed { .. } => state = later,
            }
        }
        HoursState::Closed { opens_at: None }
    }

    /// The entry and its number, where it leads outside and is open at that moment.
    pub fn leads_outside_at(&self, id: &str, at: Moment) -> Option<(&DirectoryEntry, &Dialled)> {
        let entry = self.in_directory(id)?;
        let HoursState::Open { .. } = self.reaches(entry, at) else { return None };
        match &entry.to {
            DirectoryTo::Number(number) => Some((entry, number)),
            DirectoryTo::Line { .. } | DirectoryTo::Agent(_) => None,
        }
    }

    /// Open until the first closes; else closed until the last of those that are closed now opens.
    fn all_open(&self, hours: &[Option<CalendarNo>], at: Moment) -> HoursState {
        let mut all = HoursState::Open { until: None };
        for no in hours.iter().flatten() {
            all = both(all, self.calendars[no.at()].state(at));
        }
        all
    }
}

fn both(one: HoursState, other: HoursState) -> HoursState {
    use HoursState::{Closed, Open};
    match (one, other) {
        (Open { until: one }, Open { until: other }) => Open { until: [one, other].into_iter().flatten().min() },
        (Closed { opens_at }, Open { .. }) | (Open { .. }, Closed { opens_at }) => Closed { opens_at },
        (Closed { opens_at: one }, Closed { opens_at: other }) => {
            Closed { opens_at: one.zip(other).map(|(one, other)| one.max(other)) }
        }
    }
}

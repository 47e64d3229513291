//! What the municipalities have decided, compiled and immutable: numbers, lines, opening hours, queues, skills.
//!
//! A plan file is read (`reading`), compiled with all its faults told at once (`compile`), and then only asked:
//! which line (`numbers`), is it open (`hours`). Knows nothing of calls in progress or of storage.

#![deny(clippy::iter_over_hash_type)]

mod announcement;
mod compile;
mod compiled;
mod dialling;
mod difference;
mod fault;
pub mod file;
mod holidays;
mod hours;
mod local;
mod membership;
mod numbers;
mod reading;
mod routing;
mod succession;
#[cfg(test)]
mod tests;
mod walk;

pub use announcement::Announcement;
pub use compile::{
    AGENTS_MAX, ANNOUNCEMENTS_MAX, CALENDARS_MAX, CLASSES_MAX, DIRECTORY_MAX, FAULTS_MAX, LANGUAGES_MAX, LINES_MAX,
    MAILBOXES_MAX, MENUS_MAX, MUNICIPALITIES_MAX, NUMBERS_MAX, QUEUES_MAX, STEPS_MAX, TOPICS_MAX, WAITING_MAX,
    WRAP_UP_CODES_MAX, agent_range, compile,
};
pub use compiled::*;
pub use dialling::{Dialling, EMERGENCY, MayDial, ShownOutside};
pub use difference::{Difference, differences, without_secrets};
pub use fault::{Fault, nearest, suggestion};
pub use file::{PlaceEntry, PlanFile};
pub use hours::{Calendar, Change, Day, DayHours, DayWhy, HoursState, Layer, Span, Week, YearDay};
pub use local::{end_by_the_wall, local_time};
pub use membership::Membership;
pub use numbers::{LineFound, UnknownNumber};
pub use reading::{Source, read, read_plan, read_plan_table};
pub use routing::{Policy, Routing, Surge};
pub use succession::Gone;
pub use walk::{Luck, Pace, Walk, walk};

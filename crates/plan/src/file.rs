//! The plan file as people write it (TOML), before anything in it has been checked.
//!
//! Every field may be missing here: `compile` says what is missing, so that all faults are told at once.
//! `config/plan-reference.toml` is its manual. Knows no rule but the names of the fields.

use std::collections::BTreeMap;

use serde::Deserialize;

mod announcements;
mod bot;
mod callback;
mod dialling;
mod directory;
mod lines;
mod mailboxes;
mod menus;
mod queues;
mod routing;
mod wrap_up;

pub use announcements::AnnouncementEntry;
pub use bot::BotEntry;
pub use callback::{BookingEntry, CallbackEntry};
pub use dialling::DiallingEntry;
pub use directory::DirectoryEntry;
pub use lines::{ClosingEntry, LineEntry, PlaceEntry, RecordEntry, SameAgentEntry, WaitingEntry, WayOutEntry};
pub use mailboxes::MailboxEntry;
pub use menus::{ChoiceEntry, MenuEntry};
pub use queues::{OverflowEntry, QueueEntry, StandbyEntry, StepEntry, WhoEntry};
pub use routing::{PolicyEntry, RoutingEntry, SurgeEntry};
pub use wrap_up::WrapUpCodeEntry;

/// A whole plan file.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanFile {
    /// The members.
    pub municipalities: Vec<MunicipalityEntry>,
    /// Organisations that take part without being a municipality.
    pub organisations: Vec<MunicipalityEntry>,
    /// What calls can be about.
    pub topics: Vec<NamedEntry>,
    /// In which languages.
    pub languages: Vec<NamedEntry>,
    /// Opening hours.
    pub calendars: Vec<CalendarEntry>,
    /// Where calls wait.
    pub queues: Vec<QueueEntry>,
    /// Where citizens' messages go.
    pub mailboxes: Vec<MailboxEntry>,
    /// What lines ask before their queues.
    pub menus: Vec<MenuEntry>,
    /// What can be rung for.
    pub lines: Vec<LineEntry>,
    /// Numbers beside the lines' own: those of municipalities.
    pub numbers: Vec<NumberEntry>,
    /// Who may take calls.
    pub agents: Vec<AgentEntry>,
    /// How calls and agents find each other.
    pub routing: RoutingEntry,
    /// Whom agents' phones may call.
    pub dialling: DiallingEntry,
    /// To whom citizens are handed on by name.
    pub directory: Vec<DirectoryEntry>,
    /// What agents can write down after a conversation.
    pub wrap_up_codes: Vec<WrapUpCodeEntry>,
    /// What may be played to one side of a conversation.
    pub announcements: Vec<AnnouncementEntry>,
}

/// A member.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MunicipalityEntry {
    /// Kommunekode, four digits: `"0751"`.
    pub id: Option<String>,
    /// Its name: `"Aarhus"`.
    pub name: Option<String>,
    /// Its first day as a member, `"2026-01-01"`; missing: it always was.
    pub from: Option<String>,
    /// Its last day as a member, included; missing: without an end.
    pub until: Option<String>,
    /// Postal codes of its citizens: `"8000"`, `"8200-8220"`.
    pub postal_codes: Vec<String>,
    /// To whom recordings of its citizens' calls are sealed: an age recipient, `"age1…"`; missing: nothing is recorded.
    pub recording_key: Option<String>,
    /// For how many days they are kept.
    pub recording_days: Option<u64>,
}

/// A topic or a language.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NamedEntry {
    /// Its id; for a language its BCP 47 tag.
    pub id: Option<String>,
    /// Its name, as agents see it.
    pub title: Option<String>,
}

/// Opening hours.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CalendarEntry {
    /// Its id.
    pub id: Option<String>,
    /// Another calendar, whose week, holidays and days count wherever this one says nothing.
    pub based_on: Option<String>,
    /// The ordinary week: spans such as `"08:00-16:00"` by weekday. With any span it is a whole week of its own.
    pub week: WeekEntry,
    /// `"danish"` closes on public holidays; `"none"` does not.
    pub holidays: Option<String>,
    /// Days on which it is closed: `"2026-12-24"`.
    pub closed: Vec<String>,
    /// Days with hours of their own, which come before holidays and the week.
    pub days: Vec<DayEntry>,
    /// The same for days that come every year.
    pub yearly: Vec<YearlyEntry>,
    /// Closures and extensions with an end, which come before all else.
    pub changes: Vec<ChangeEntry>,
    /// Says that it is meant to be closed always, so that an empty week is no fault.
    pub always_closed: bool,
}

/// The spans of each weekday, local time, half-open.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the weekdays explain themselves")]
pub struct WeekEntry {
    pub mon: Vec<String>,
    pub tue: Vec<String>,
    pub wed: Vec<String>,
    pub thu: Vec<String>,
    pub fri: Vec<String>,
    pub sat: Vec<String>,
    pub sun: Vec<String>,
}

/// One day with hours of its own.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DayEntry {
    /// The day: `"2026-12-31"`.
    pub date: Option<String>,
    /// Its spans; none: closed.
    pub open: Vec<String>,
    /// What it is.
    pub why: Option<String>,
}

/// A day of every year: one of `on` and `easter`.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct YearlyEntry {
    /// Month and day: `"12-24"`.
    pub on: Option<String>,
    /// Days after Easter Sunday, before it when negative: 40 is the Friday after Ascension.
    pub easter: Option<i64>,
    /// Its spans; none: closed.
    pub open: Vec<String>,
    /// What it is.
    pub why: Option<String>,
}

/// A closure or an extension.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeEntry {
    /// When it begins, local time: `"2026-11-24T12:00"`.
    pub from: Option<String>,
    /// When it ends.
    pub until: Option<String>,
    /// Whether it is open meanwhile.
    pub open: Option<bool>,
    /// Why.
    pub why: Option<String>,
}

/// A number beside the lines' own.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NumberEntry {
    /// The number.
    pub number: Option<String>,
    /// The line that it rings; missing: it only tells the municipality of forwarded calls.
    pub line: Option<String>,
    /// Whose number it is.
    pub municipality: Option<String>,
}

/// One agent, or a range of them.
#[derive(Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AgentEntry {
    /// One agent's id.
    pub id: Option<String>,
    /// A range: `"agent0001..agent0200"`, both included.
    pub ids: Option<String>,
    /// Name; `{id}` stands for the id. Missing: the id.
    pub name: Option<String>,
    /// Kommunekode of the employer; missing: staff of the joint centre.
    pub home: Option<String>,
    /// Level 1 (best) to 9 by topic.
    pub skills: BTreeMap<String, u64>,
    /// Languages; missing: `["da"]`.
    pub languages: Option<Vec<String>>,
    /// A fixed contact; `{id}` stands for the id.
    pub contact: Option<String>,
    /// Password of phone and desk; `{id}` stands for the id.
    pub password: Option<String>,
    /// What makes the agent ready.
    pub ready: Option<ReadyEntry>,
    /// Kommunekoder of those whose citizens the agent may take; missing: everyone's.
    pub serves: Option<Vec<String>>,
    /// Gets calls only while a queue calls its standby agents in.
    pub standby: bool,
}

impl std::fmt::Debug for AgentEntry {
    /// Without the password and the name, which are nobody's business in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AgentEntry").field("id", &self.id).field("ids", &self.ids).finish_non_exhaustive()
    }
}

/// What makes an agent ready.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadyEntry {
    /// The agent says so.
    AtTheDesk,
    /// The phone is registered.
    WhenRegistered,
    /// From the start of the node.
    FromTheStart,
}

//! A line as people write it, before anything in it has been checked.
//!
//! Knows the names of the fields; `compile` says what is missing.

use serde::Deserialize;

use super::{BookingEntry, CallbackEntry};
use crate::file::BotEntry;

/// What can be rung for.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LineEntry {
    /// Its id.
    pub id: Option<String>,
    /// Its name, as agents see it.
    pub title: Option<String>,
    /// The numbers that ring it.
    pub numbers: Vec<String>,
    /// Whose it is; missing: shared.
    pub municipality: Option<String>,
    /// What about.
    pub topic: Option<String>,
    /// In which language.
    pub language: Option<String>,
    /// Where its calls wait.
    pub queue: Option<String>,
    /// When it is open; `"always"` needs no calendar.
    pub calendar: Option<String>,
    /// Said first; `"none"`: nothing.
    pub greeting: Option<String>,
    /// The menu in which a language is chosen.
    pub choose_language: Option<String>,
    /// The menu that asks for the municipality where it is unknown.
    pub ask_municipality: Option<String>,
    /// The menu in which the topic is chosen.
    pub topic_menu: Option<String>,
    /// Said when closed; `"none"`: refused unanswered.
    pub closed_message: Option<String>,
    /// Said when the queue is full; `"none"`: busy.
    pub full_message: Option<String>,
    /// Said when the longest wait is over; `"none"`: nothing.
    pub gave_up_message: Option<String>,
    /// What comes after the closed message; missing: good-bye.
    pub when_closed: Option<WayOutEntry>,
    /// What comes after the full message.
    pub when_full: Option<WayOutEntry>,
    /// What comes after the message that the longest wait is over.
    pub when_gave_up: Option<WayOutEntry>,
    /// Why a caller may be refused, or let go, without a word.
    pub may_end_in_silence: Option<String>,
    /// Why there may be no agent who could take its calls.
    pub may_have_nobody: Option<String>,
    /// Whether a citizen who agrees may be recorded; missing: `"never"`.
    pub record: Option<RecordEntry>,
    /// The question that asks for it.
    pub consent_message: Option<String>,
    /// `"music"` or `"unanswered"`.
    pub waiting: Option<WaitingEntry>,
    /// The music.
    pub music: Option<String>,
    /// What is told of the citizen's place while waiting: `"number"` or `"people"`; missing: nothing.
    pub announce_place: Option<PlaceEntry>,
    /// Whether it is told how long the wait may be.
    pub announce_wait: bool,
    /// How often either is told, in seconds.
    pub announce_every_s: Option<u64>,
    /// When citizens may choose to be called back; missing: never.
    pub callback: Option<CallbackEntry>,
    /// Which times may be chosen to be called in, where a way or a key leads to that; missing: none.
    pub booking: Option<BookingEntry>,
    /// Whether who rings again gets the same agent; missing: no.
    pub same_agent: Option<SameAgentEntry>,
    /// What becomes of those who wait when the line closes; missing: `"serve"`.
    pub at_closing: Option<ClosingEntry>,
    /// Told while waiting, in turn, between the music.
    pub messages: Vec<String>,
    /// How often one of them is told, in seconds.
    pub message_every_s: Option<u64>,
    /// Whether a closed line tells when it opens.
    pub announce_opening: bool,
    /// An unanswered wait is answered into music after so many seconds.
    pub unanswered_max_s: Option<u64>,
    /// The longest wait, in seconds.
    pub wait_max_s: Option<u64>,
    /// Why a wait may have no end.
    pub may_wait_for_ever: Option<String>,
    /// A bot that callers talk with before any person.
    pub bot: Option<BotEntry>,
}

/// For how long, and how patiently, who rings again gets the agent whom they talked with.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SameAgentEntry {
    /// After the last call, in minutes.
    pub within_min: Option<u64>,
    /// How long that agent alone is waited for, in seconds.
    pub wait_s: Option<u64>,
}

/// Where a call goes on that a line can't serve.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WayOutEntry {
    /// Another line.
    pub line: Option<String>,
    /// A time to be called in can be chosen, as the line's booking says.
    pub callback: bool,
    /// A mailbox, where a message can be left.
    pub voicemail: Option<String>,
    /// Or an entry of the directory: somebody outside.
    pub directory: Option<String>,
}

/// Who is recorded. There is no third way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordEntry {
    /// Nobody.
    Never,
    /// Who is asked, and presses the key that agrees.
    Consent,
}

/// How the place in the queue is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceEntry {
    /// "You are number three in the queue."
    Number,
    /// "There are two people ahead of you."
    People,
}

/// What becomes of those who wait when the line closes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClosingEntry {
    /// They are served.
    Serve,
    /// They are served, and told that they will be.
    Tell,
}

/// How the wait sounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WaitingEntry {
    /// Answered, music.
    Music,
    /// Not answered, ringing.
    Unanswered,
}

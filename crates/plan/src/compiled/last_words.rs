//! What is true to say on a line that is full, or was waited on for too long: "try again a little later" only where the line is
//! open then.
//!
//! Knows hours and the names of messages; not who is told.

use model::{Moment, PromptName};

use super::{Line, Plan, WayOut};

/// How soon "a little later" is.
const LITTLE_LATER: std::time::Duration = std::time::Duration::from_secs(30 * 60);
/// Messages that tell to try again a little later, and what is said in their place when the line closes before that.
const BEFORE_CLOSING: [(&str, &str); 2] = [("full", "full_closing"), ("gave_up", "gave_up_closing")];

/// A last message, and the next opening to be told after it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastWords {
    /// The message; none: nothing is said.
    pub message: Option<PromptName>,
    /// When the line opens again, where that is to be told.
    pub opens_at: Option<Moment>,
}

impl Plan {
    /// What a line says at this moment to whom it can't serve though it is, or was, open. A message of the plan's own stays as it is; the
    /// usual ones give way where the line has closed a little later, and a line with `announce_opening` tells when it opens again.
    pub fn not_served(&self, line: &Line, message: Option<&PromptName>, way: &WayOut, at: Moment) -> LastWords {
        let plain = LastWords { message: message.cloned(), opens_at: None };
        let Some(opens_at) = self.calendars[line.calendar.at()].closes_within(LITTLE_LATER, at) else { return plain };
        if *way != WayOut::GoodBye {
            return plain;
        }
        LastWords { message: message.map(before_closing), opens_at: opens_at.filter(|_| line.announce_opening) }
    }
}

/// `full.da` as `full_closing.da`.
fn before_closing(message: &PromptName) -> PromptName {
    let (name, language) = message.split_once('.').unwrap_or((message, ""));
    let other = BEFORE_CLOSING.iter().find(|(usual, _)| *usual == name);
    other.map_or_else(|| message.clone(), |(_, other)| PromptName::new(&format!("{other}.{language}")))
}

//! What waiting citizens are told beside place and time: messages in turn, and that they are served though the line closes.
//!
//! Sees to it that there is something to tell and some music between; whether there are such sounds, their store says.

use std::ops::RangeInclusive;
use std::time::Duration;

use model::PromptName;

use super::Work;
use super::checks::{prompt, seconds};
use crate::Meanwhile;
use crate::file::{ClosingEntry, LineEntry};

/// From one message to the next, unless the line says otherwise; and what it may say, in seconds.
const MESSAGE_EVERY_S: u64 = 90;
const MESSAGE_EVERY_RANGE_S: RangeInclusive<u64> = 30..=1_800;
/// Nobody waits so long that they would hear more.
const MESSAGES_MAX: usize = 8;

impl Work<'_> {
    pub(super) fn meanwhile(&mut self, at: &str, entry: &LineEntry, language: &str) -> Meanwhile {
        if entry.messages.len() > MESSAGES_MAX {
            self.fault(
                format!("{at}.messages"),
                format!("{} beskeder er for mange; slet nogle, højst {MESSAGES_MAX} er tilladt", entry.messages.len()),
                format!(
                    "{} messages are too many; delete some, at most {MESSAGES_MAX} are allowed",
                    entry.messages.len()
                ),
            );
        }
        if entry.message_every_s.is_some() && entry.messages.is_empty() {
            self.fault(
                format!("{at}.message_every_s"),
                "der er intet at sige: skriv messages = [\"…\"], eller slet indstillingen",
                "there is nothing to tell: write messages = [\"…\"], or delete the setting",
            );
        }
        let messages: Box<[PromptName]> = (entry.messages.iter().take(MESSAGES_MAX).enumerate())
            .filter_map(|(n, name)| self.message(&format!("{at}.messages[{n}]"), name, language))
            .collect();
        let every = entry.message_every_s.unwrap_or(MESSAGE_EVERY_S);
        let every = seconds(&mut self.faults, &format!("{at}.message_every_s"), every, MESSAGE_EVERY_RANGE_S);
        let closing = match entry.at_closing {
            None | Some(ClosingEntry::Serve) => None,
            Some(ClosingEntry::Tell) => Some(PromptName::new(&format!("still_served.{language}"))),
        };
        Meanwhile { closing, messages, every: Duration::from_secs(every) }
    }

    fn message(&mut self, at: &str, name: &str, language: &str) -> Option<PromptName> {
        if name == "none" {
            self.fault(
                at,
                "\"none\" er ingen besked; slet den af listen",
                "\"none\" is no message; delete it from the list",
            );
        }
        prompt(&mut self.faults, at, Some(name), name, language)
    }
}

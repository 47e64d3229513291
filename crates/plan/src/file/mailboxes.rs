//! Mailboxes for citizens' messages, as they are written in the plan file.
//! Names only; what is missing or won't do is told when the plan is compiled.

use serde::Deserialize;

/// A mailbox: where a citizen's message goes when no line can serve.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailboxEntry {
    /// Its id.
    pub id: Option<String>,
    /// Its name, as officials see it.
    pub title: Option<String>,
    /// Whose it is; missing: shared, and each message is that of the citizen's municipality.
    pub municipality: Option<String>,
    /// What asks for a message; missing: the built-in words.
    pub prompt: Option<String>,
    /// The longest message, in seconds.
    pub length_max_s: Option<u64>,
    /// A message is to be answered within so many hours.
    pub answer_within_h: Option<u64>,
    /// Only open hours of this calendar count for that; missing: every hour.
    pub calendar: Option<String>,
    /// A message is deleted so many days after it was closed.
    pub keep_days: Option<u64>,
    /// Open messages that it holds at most.
    pub messages_max: Option<u64>,
    /// Who is told by mail that there is a message.
    pub mail: Option<String>,
    /// Whether the sound goes with the mail.
    pub attach: bool,
}

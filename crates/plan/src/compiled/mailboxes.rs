//! Mailboxes of the compiled plan: what a citizen hears there, how long a message may be, and until when it is to be answered.
//! Knows rules; no message, and no sound.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use model::{Language, MailTo, MailboxId, Moment, MunicipalityId, PromptName};

use super::{CalendarNo, Plan};
use crate::{Calendar, HoursState};

/// Changes of hours that are looked through for a deadline: two a day for some months. Further away counts as then.
const CHANGES_MAX: usize = 400;

/// Where a citizen's message goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mailbox {
    /// Its id.
    pub id: MailboxId,
    /// As officials see it.
    pub title: Arc<str>,
    /// Whose it is; none: shared.
    pub municipality: Option<MunicipalityId>,
    /// What asks for a message, as it was written; see [`Mailbox::prompt_in`].
    pub prompt: PromptName,
    /// The longest message: 10 to 300 s.
    pub length_max: Duration,
    /// A message is to be answered within so much time.
    pub answer_within: Duration,
    /// Only open hours of this calendar count for that; none: every hour.
    pub calendar: Option<CalendarNo>,
    /// Days after its closing on which a message is deleted, from 1.
    pub keep_days: u16,
    /// Open messages that it holds at most.
    pub messages_max: u32,
    /// Who is told by mail.
    pub mail: Option<MailTo>,
}

/// What a mailbox says, beside its own prompt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VoicemailSaid {
    /// The message is kept.
    Thanks,
    /// Nothing was heard.
    Nothing,
    /// It takes no message now.
    Full,
    /// The message could not be kept.
    Lost,
}

impl VoicemailSaid {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Thanks, Self::Nothing, Self::Full, Self::Lost];

    const fn name(self) -> &'static str {
        match self {
            Self::Thanks => "voicemail_thanks",
            Self::Nothing => "voicemail_nothing",
            Self::Full => "voicemail_full",
            Self::Lost => "voicemail_lost",
        }
    }

    /// Its sound.
    pub fn prompt_in(self, language: &Language) -> PromptName {
        PromptName::new(&format!("{}.{language}", self.name()))
    }
}

impl Mailbox {
    /// The tone after which a citizen speaks.
    pub fn tone() -> PromptName {
        PromptName::new("voicemail_tone")
    }

    /// What is sent to a citizen who speaks: nothing that is heard, so that the line is not thought dead.
    pub fn silence() -> PromptName {
        PromptName::new("silence")
    }

    /// What asks for a message, for a citizen who speaks that language.
    pub fn prompt_in(&self, language: &Language) -> PromptName {
        let names_one = self.prompt.rsplit('/').next().is_some_and(|last| last.contains('.'));
        if names_one { self.prompt.clone() } else { PromptName::new(&format!("{}.{language}", self.prompt)) }
    }

    /// Every sound that is heard there in that language.
    pub(crate) fn prompts(&self, language: &Language) -> Vec<PromptName> {
        let said = VoicemailSaid::ALL.into_iter().map(|said| said.prompt_in(language));
        [self.prompt_in(language), Self::tone(), Self::silence()].into_iter().chain(said).collect()
    }
}

impl Plan {
    /// The mailboxes' sounds in every language that is spoken on some line.
    pub(super) fn said_at_mailboxes(&self) -> impl Iterator<Item = PromptName> {
        let languages: BTreeSet<&Language> = self.lines.iter().map(|line| &line.language).collect();
        let said = move |mailbox: &Mailbox| -> Vec<_> {
            languages.iter().flat_map(|spoken| mailbox.prompts(spoken)).collect()
        };
        self.mailboxes.iter().flat_map(said)
    }

    /// Until when a message that was left then is to be answered.
    pub fn answer_until(&self, mailbox: &Mailbox, left: Moment) -> Moment {
        let calendar = mailbox.calendar.map(|no| &self.calendars[no.at()]);
        calendar.map_or(left + mailbox.answer_within, |hours| open_hours_later(hours, left, mailbox.answer_within))
    }
}

/// So much open time later. A calendar that never opens again leaves the clock's hours.
fn open_hours_later(hours: &Calendar, from: Moment, within: Duration) -> Moment {
    let (mut at, mut left) = (from, within);
    for _ in 0..CHANGES_MAX {
        match hours.state(at) {
            HoursState::Open { until: Some(until) } if at + left > until => {
                left = left.saturating_sub(until.since(at));
                at = until;
            }
            HoursState::Open { .. } => return at + left,
            HoursState::Closed { opens_at: Some(opens) } => at = opens,
            HoursState::Closed { opens_at: None } => return from + within,
        }
    }
    at
}

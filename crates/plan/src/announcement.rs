//! What an agent or a supervisor may have played to one side of a conversation.
//! Knows names of sounds; not when one is played, or to whom.

use std::sync::Arc;

use model::{AnnouncementId, Language, PromptName};

/// Something that may be played.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Announcement {
    /// Its id.
    pub id: AnnouncementId,
    /// Its name, as agents see it: `Samtalen optages`.
    pub title: Arc<str>,
    /// Its sound, as it was written.
    prompt: PromptName,
}

impl Announcement {
    /// Of that sound, as it was written.
    pub fn new(id: AnnouncementId, title: &str, prompt: PromptName) -> Self {
        Self { id, title: title.into(), prompt }
    }

    /// Its sound for a citizen who speaks that language: `notice.da`, or what was written if that names one language.
    pub fn prompt_in(&self, language: &Language) -> PromptName {
        let names_one = self.prompt.rsplit('/').next().is_some_and(|last| last.contains('.'));
        if names_one { self.prompt.clone() } else { PromptName::new(&format!("{}.{language}", self.prompt)) }
    }
}

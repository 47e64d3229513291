//! What may be played to one side of a conversation: ids, titles, sounds.
//! Knows that each has a name and a sound; whether there is such a sound is looked up when sounds are loaded.

use model::{AnnouncementId, PromptName};

use super::Work;
use super::checks::{said, title};
use super::names::{Kind, Names};
use crate::{ANNOUNCEMENTS_MAX, Announcement};

impl Work<'_> {
    pub(super) fn announcements(&mut self) {
        let mut names = Names::new(Kind::ANNOUNCEMENT);
        let entries = self.bounded(&self.file.announcements, "announcements", ANNOUNCEMENTS_MAX);
        for (i, entry) in entries.iter().enumerate() {
            let at = format!("announcements[{i}]");
            names.add(&mut self.faults, &format!("{at}.id"), entry.id.as_deref());
            let title = title(&mut self.faults, &format!("{at}.title"), entry.title.as_deref());
            let prompt = entry.prompt.as_deref().unwrap_or("");
            said(&mut self.faults, &format!("{at}.prompt"), prompt);
            let id = AnnouncementId::new(entry.id.as_deref().unwrap_or_default());
            self.plan.announcements.push(Announcement::new(id, &title, PromptName::new(prompt)));
        }
    }
}

//! Agents' pages: what they say goes to the shards' mailboxes.
//! Knows which shard is meant; doesn't know what is said.

use api::PageDoor;
use model::AgentId;
use page::Says;

use super::Reception;
use crate::shard::{Mail, PageMail};

impl PageDoor for Reception {
    fn opened(&self, agent: &AgentId) {
        self.mailboxes[0].post(Mail::Page(PageMail::Opened(agent.clone())));
    }

    fn closed(&self, agent: &AgentId) {
        self.mailboxes[0].post(Mail::Page(PageMail::Closed(agent.clone())));
    }

    fn says(&self, says: Says) {
        // A leg of a shard that doesn't exist is none of ours.
        if let Some(mailbox) = self.mailboxes.get(usize::from(says.leg.shard().0)) {
            mailbox.post(Mail::Page(PageMail::Says(says)));
        }
    }
}

//! Agents' pages: what they say goes to the shards' mailboxes.
//! Knows which shard is meant; doesn't know what is said.

use api::PageDoor;
use centre::desk_shard;
use model::AgentId;
use page::{Calls, Says};

use super::Reception;
use crate::shard::{Mail, PageMail};

impl PageDoor for Reception {
    fn opened(&self, agent: &AgentId) {
        self.mailboxes[0].post(Mail::Page(PageMail::Opened(agent.clone())));
    }

    fn closed(&self, agent: &AgentId) {
        self.mailboxes[0].post(Mail::Page(PageMail::Closed(agent.clone())));
    }

    fn calls(&self, calls: Calls) {
        // One who is not in the plan has no desk, and calls nobody.
        let Some(&agent) = self.current.plan().agents_by_id.get(&calls.agent) else { return };
        let shard = desk_shard(agent, self.mailboxes.len() as u8);
        self.mailboxes[usize::from(shard.0)].post(Mail::Page(PageMail::Calls(calls)));
    }

    fn says(&self, says: Says) {
        // A leg of a shard that doesn't exist is none of ours.
        if let Some(mailbox) = self.mailboxes.get(usize::from(says.leg.shard().0)) {
            mailbox.post(Mail::Page(PageMail::Says(says)));
        }
    }
}

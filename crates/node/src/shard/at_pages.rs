//! Agents' pages, as a shard's hands move them: what is said there comes in, what is told goes to the API. The shard that
//! keeps the registrations weighs pages against phones, and tells all shards at once what is called from now on.
//! Decides nothing about a call.

use std::sync::Arc;

use centre::{Input, desk_shard};
use model::{AgentId, LegCommand, Moment, ShardNo};
use page::PageOut;
use plan::{AgentNo, Plan};
use sip::bindings::Binding;

use super::hands::ShardHands;
use super::mailbox::{Mail, PageMail};

impl ShardHands {
    /// Something of an agent's page.
    pub(crate) fn page(&mut self, mail: PageMail) {
        match mail {
            PageMail::Opened(agent) => self.page_is(&agent, true),
            PageMail::Closed(agent) => self.page_is(&agent, false),
            PageMail::Is { agent, open, web } => {
                // In one step, so that no call is described for the one and rings at the other.
                if let Some(agent) = self.number_of(&agent) {
                    self.inputs.push_back(Input::PhoneSpeaks { agent, web });
                }
                if open {
                    self.pages.opened(&agent, &mut self.told);
                } else {
                    self.pages.closed(&agent, &mut self.told);
                }
            }
            PageMail::Calls(calls) => self.pages.calls(calls, &mut self.told),
            PageMail::Says(says) => self.pages.says(says, &mut self.told),
        }
        self.carry_pages();
    }

    /// Carries a command out at a page, if it is for one.
    pub(super) fn at_page(&mut self, command: LegCommand, at: Moment) -> Option<LegCommand> {
        if !self.pages.takes(&command) {
            return Some(command);
        }
        self.pages.command(command, at, &mut self.told);
        self.carry_pages();
        None
    }

    /// What is due at pages.
    pub(super) fn wake_pages(&mut self, at: Moment) {
        if self.pages.next_wakeup().is_some_and(|due| due <= at) {
            self.pages.wake(at, &mut self.told);
            self.carry_pages();
        }
    }

    pub(super) fn let_pages_go(&mut self) {
        self.pages.hang_up_all(&mut self.told);
        self.carry_pages();
    }

    /// A phone can be reached now, or no longer.
    pub(super) fn phone_is(&mut self, agent: &AgentId, reachable: bool) {
        let Some(agent) = self.number_of(agent) else { return };
        let reachable = self.contacts.phone(agent, reachable);
        self.tell_desk(agent, reachable);
    }

    /// Every shard hears when an agent's phone is a browser from now on, or no longer: any of them may call it.
    pub(super) fn registered(&mut self, agent: &AgentId, bindings: &[Binding]) {
        let Some(number) = self.number_of(agent) else { return };
        // Which contacts ring then says `Bindings::contacts_called`.
        let is_web = |binding: &Binding| binding.live && binding.contact.is_web();
        if let Some(web) = self.contacts.browser(number, bindings.iter().any(is_web)) {
            for mailbox in self.exits.mailboxes.iter() {
                mailbox.post(Mail::Centre(Input::PhoneSpeaks { agent: number, web }));
            }
        }
    }

    /// The desk hears of each browser that has come: a talk whose page was lost may go on there.
    pub(super) fn browser_came(&self, agent: &AgentId) {
        let Some(agent) = self.number_of(agent) else { return };
        self.post_to_desk(agent, Input::BrowserCame(agent));
    }

    /// Another plan's names and numbers. Who had a phone at a fixed place and has none now may have a registered one.
    pub(super) fn come_under(&mut self, plan: &Arc<Plan>, shard: ShardNo) {
        let before = std::mem::replace(&mut self.exits.plan, Arc::clone(plan));
        if shard != ShardNo(0) {
            return;
        }
        for (no, (was, is)) in (0..).map(AgentNo).zip(before.agents.iter().zip(&plan.agents)) {
            if was.contact.is_some() && is.contact.is_none() && self.contacts.is_reachable(no) {
                self.tell_desk(no, true);
            }
        }
    }

    fn page_is(&mut self, agent: &AgentId, open: bool) {
        let Some(number) = self.number_of(agent) else { return };
        self.contacts.page(number, open);
        let web = self.contacts.is_web(number);
        for mailbox in self.exits.mailboxes.iter() {
            mailbox.post(Mail::Page(PageMail::Is { agent: agent.clone(), open, web }));
        }
        // Also when nothing has changed: a desk that waits for its phone hears that it is back.
        self.tell_desk(number, self.contacts.is_reachable(number));
    }

    fn tell_desk(&self, agent: AgentNo, reachable: bool) {
        self.post_to_desk(agent, Input::Phone { agent, reachable });
    }

    fn post_to_desk(&self, agent: AgentNo, input: Input) {
        let shard = desk_shard(agent, self.exits.mailboxes.len() as u8);
        self.exits.mailboxes[usize::from(shard.0)].post(Mail::Centre(input));
    }

    fn number_of(&self, agent: &AgentId) -> Option<AgentNo> {
        self.exits.plan.agents_by_id.get(agent).copied()
    }

    fn carry_pages(&mut self) {
        for out in self.told.drain(..) {
            match out {
                PageOut::Leg(event) => self.inputs.push_back(Input::Leg(event)),
                PageOut::Tell(tells) => self.exits.api.on_page_told(tells),
            }
        }
    }
}

//! A shard's hands: they move what the centre asks for to the stack, the packet workers, the spool and the desks,
//! and bring back what the stack tells. They decide nothing.

use std::sync::Arc;
use std::time::Duration;

use api::Api;
use bytes::Bytes;
use centre::{Centre, DeskAnswer, Hands, Input, Output};
use media_net::MediaNet;
use model::{Cause, Fact, LegCommand, Moment, PersonRecord, ShardNo};
use page::{PageOut, Pages};
use plan::Plan;
use sip::net::SipNet;
use sip::stack::{Counts, Incoming, Stack, StackOut};
use sip::trace::Tap;
use store::{PromisesDoor, RegistrationsDoor};

use super::Inputs;
use super::contacts::Contacts;
use super::mailbox::{Mail, Mailbox};
use super::tapping::{Tapping, agent_of};
use crate::facts::FactsOut;
use crate::kept::{self, Kept};

/// How long a shard that stops waits for the answers to its goodbyes.
const FAREWELL_MAX: Duration = Duration::from_secs(2);

/// Where a shard's outputs go.
pub(crate) struct Exits {
    pub(crate) net: SipNet,
    pub(crate) media: Arc<MediaNet>,
    pub(crate) facts: FactsOut,
    pub(crate) api: Api,
    pub(crate) mailboxes: Arc<[Arc<Mailbox>]>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) tap: Arc<Tap>,
    pub(crate) registrations: RegistrationsDoor,
    pub(crate) promises: PromisesDoor,
}

/// The hands of one shard.
pub(crate) struct ShardHands {
    stack: Stack,
    /// Agents' pages that are called as phones.
    pub(super) pages: Pages,
    pub(super) exits: Exits,
    tapping: Tapping,
    /// What the stack told while something else was carried out.
    pub(crate) inputs: Inputs,
    sip: Vec<StackOut>,
    /// By what agents can be reached; known only to the shard that keeps the registrations.
    pub(super) contacts: Contacts,
    /// What follows at pages, while a step is carried out.
    pub(super) told: Vec<PageOut>,
    facts: Vec<Fact>,
    persons: Vec<PersonRecord>,
    /// Answers that wait until the facts before them are saved.
    after_saved: Vec<DeskAnswer>,
    /// When the last goodbyes must be over.
    stops_at: Option<Moment>,
}

impl ShardHands {
    pub(crate) fn new(shard: ShardNo, stack: Stack, exits: Exits) -> Self {
        let tapping = Tapping::new(exits.tap.clone());
        Self {
            stack,
            pages: Pages::new(shard),
            exits,
            tapping,
            inputs: Inputs::new(),
            sip: Vec::new(),
            contacts: Contacts::default(),
            told: Vec::new(),
            facts: Vec::new(),
            persons: Vec::new(),
            after_saved: Vec::new(),
            stops_at: None,
        }
    }

    pub(crate) fn receive(&mut self, incoming: Incoming, at: Moment) {
        let traced = self.tapping.is_on().then(|| incoming.message.headers().call_id().to_owned());
        self.stack.receive(incoming, at, &mut self.sip);
        if let Some(call_id) = traced {
            self.tapping.came(&call_id, &self.sip);
        }
        self.carry_sip();
    }

    /// A new call that waited too long: refused without work.
    pub(crate) fn turn_away(&mut self, incoming: Incoming, at: Moment) {
        self.stack.turn_away(incoming, at, &mut self.sip);
        self.carry_sip();
    }

    /// Tells the tap, if anything is traced, which legs this step was about.
    pub(crate) fn tell_tap(&mut self, centre: &Centre) {
        self.tapping.tell(centre, &self.stack);
    }

    pub(crate) fn restore(&mut self, kept: Kept, at: Moment) {
        self.stack.restore(kept, at, &mut self.sip);
        self.carry_sip();
    }

    pub(crate) fn flow_gone(&mut self, connection: u64, at: Moment) {
        self.stack.flow_gone(connection, at, &mut self.sip);
        self.carry_sip();
    }

    pub(crate) fn undelivered(&mut self, bytes: &Bytes, at: Moment) {
        self.stack.undelivered(bytes, at, &mut self.sip);
        self.carry_sip();
    }

    pub(crate) fn wake(&mut self, at: Moment) {
        if self.stack.next_wakeup().is_some_and(|due| due <= at) {
            self.stack.wake(at, &mut self.sip);
            self.carry_sip();
        }
        self.wake_pages(at);
    }

    pub(crate) fn next_wakeup(&self) -> Option<Moment> {
        self.stack.next_wakeup().into_iter().chain(self.pages.next_wakeup()).chain(self.stops_at).min()
    }

    pub(crate) fn counts(&self) -> Counts {
        self.stack.counts()
    }

    /// Legs to agents' pages.
    pub(crate) fn page_legs(&self) -> usize {
        self.pages.legs()
    }

    /// Lets every leg go; the shard ends when the stack has none left, or when nobody answered the goodbyes in time.
    pub(crate) fn stop(&mut self, at: Moment) {
        self.stops_at = Some(at + FAREWELL_MAX);
        self.let_pages_go();
        self.stack.hang_up_all(Cause::Draining, at, &mut self.sip);
        self.carry_sip();
    }

    pub(crate) fn stopped(&self, at: Moment) -> bool {
        self.stops_at.is_some_and(|until| at >= until || self.stack.counts().legs == 0)
    }

    /// What this turn has noted goes to the spool in one piece.
    pub(crate) fn hand_over_facts(&mut self) {
        if self.facts.is_empty() && self.persons.is_empty() && self.after_saved.is_empty() {
            self.exits.facts.send_kept();
            return;
        }
        let facts = std::mem::take(&mut self.facts);
        let persons = std::mem::take(&mut self.persons);
        let answers = std::mem::take(&mut self.after_saved);
        self.exits.facts.append(facts, persons, answers);
    }

    /// Whether facts wait because the spool has no room.
    pub(crate) fn is_behind(&self) -> bool {
        self.exits.facts.is_behind()
    }

    /// Whether so many facts wait that no new call should be taken.
    pub(crate) fn is_far_behind(&self) -> bool {
        self.exits.facts.is_far_behind()
    }

    fn carry_sip(&mut self) {
        let mut outs = std::mem::take(&mut self.sip);
        for out in outs.drain(..) {
            match out {
                StackOut::Send { to, bytes } => self.exits.net.send(&to, bytes),
                StackOut::Leg(event) => self.inputs.push_back(Input::Leg(event)),
                StackOut::Phone { agent, reachable } => self.phone_is(&agent, reachable),
                StackOut::BrowserCame { agent } => self.browser_came(&agent),
                StackOut::Registered { agent, bindings } => {
                    self.registered(&agent, &bindings);
                    self.exits.registrations.keep(kept::lines(agent, &bindings));
                }
                StackOut::Proof { from, right } => self.exits.net.judged(&from, right),
            }
        }
        self.sip = outs;
    }
}

impl Hands for ShardHands {
    fn carry(&mut self, output: Output, at: Moment) {
        match output {
            Output::Leg(command) => {
                let Some(command) = self.at_page(command, at) else { return };
                tell_refused_sound(&command);
                let traced = self.tapping.is_on().then(|| (command.leg(), agent_of(&command)));
                self.stack.command(command, at, &mut self.sip);
                if let Some((leg, agent)) = traced {
                    self.tapping.commanded(leg, agent.as_ref(), &self.sip);
                }
                self.carry_sip();
            }
            Output::Media(command) => self.exits.media.command(command),
            Output::Fact(fact) => self.facts.push(fact),
            Output::Person(person) => self.persons.push(person),
            Output::Promise(change) => self.exits.promises.change(change),
            Output::ToShard(shard, input) => {
                if let Some(mailbox) = self.exits.mailboxes.get(usize::from(shard.0)) {
                    mailbox.post(Mail::Centre(*input));
                }
            }
            Output::DeskAnswer(answer) if answer.after_saved => self.after_saved.push(answer),
            Output::DeskAnswer(answer) => self.exits.api.on_desk_answer(answer),
            Output::DeskEvent(event) => self.exits.api.on_desk_event(event),
            Output::Core(_) => debug_assert!(false, "the core is asked before the hands see it"),
        }
    }
}

/// Who is refused for the encryption of their sound finds the setting here, not in silence.
fn tell_refused_sound(command: &LegCommand) {
    let LegCommand::Refuse { leg, cause: cause @ (Cause::SoundOpen | Cause::SoundSealed) } = command else { return };
    let setting = if *cause == Cause::SoundOpen { "required" } else { "off" };
    tracing::warn!(
        ?leg,
        setting,
        "a call was refused (488) for its sound's encryption: see srtp of its trunk, or media.phones_srtp"
    );
}

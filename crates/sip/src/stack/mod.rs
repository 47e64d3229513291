//! The signalling stack of one shard: SIP messages in, what happens to legs out; leg commands in, SIP messages out.
//!
//! Sans-IO: plain `&mut`, no clock (every call brings its moment), no sockets, random only by its seed. So whole
//! calls run in a test within microseconds. Knows transactions, dialogs, legs; no queue, no session description.

mod answered;
mod arrival;
mod arriving;
mod calling;
mod cause;
mod challenged;
mod client;
mod dealt;
mod dialog;
mod early;
mod heeding;
mod leaving;
mod leg;
mod marks;
mod offered;
mod outward;
mod peers;
mod placing;
mod presentation;
mod probing;
mod refresh;
mod registering;
pub mod seam;
mod server;
mod session_timer;
pub mod settings;
mod step;
mod table;
mod talking;
#[cfg(test)]
mod tests;
mod timers;
mod too_late;
mod traced;
mod transfer;
mod trunks;
mod waiting;

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use model::{Cause, LegCommand, LegId, Moment, ShardNo};

pub(crate) use dealt::own_tag_of;
pub use seam::{Destination, Incoming, Path, StackOut, Target, Transport};
pub use settings::{OurAddress, PhoneBook, PhoneEntry, RegistrarSettings, Spans, StackSettings};
pub use traced::Papers;
pub use trunks::{
    CallerId, DiversionStyle, NumberFormat, TrunkDigest, TrunkListing, TrunkLogin, TrunkSettings, Trunks,
};

use crate::bindings::Bindings;
use crate::message::{Message, Writer};
use crate::registrar::Registrar;
use calling::Calling;
use client::Clients;
use dialog::HOPS;
use leg::{Leg, LegInput, Stage};
use marks::Marks;
use outward::Outward;
use placing::Owner;
use probing::Probing;
use server::Servers;
use step::{Ground, Step};
use table::Table;
use timers::{Due, Timers};

/// The signalling stack of one shard.
pub struct Stack {
    ground: Ground,
    legs: Table<Leg>,
    registrar: Option<Registrar>,
    /// Legs of agents' phones; an entry goes with its leg.
    owners: Table<Box<Owner>>,
    probing: Probing,
    inbound: u64,
    draining: bool,
}

/// How much a stack holds; all 0 at rest, transactions 64·T1 after the last message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Legs of citizens and agents.
    pub legs: usize,
    /// Dialogs that can be found by a tag of ours.
    pub dialogs: usize,
    /// Transactions, those included that only linger.
    pub transactions: usize,
}

impl Stack {
    /// The stack of a shard. The same seed draws the same tags, branches and Call-IDs.
    pub fn new(shard: ShardNo, settings: Arc<StackSettings>, bindings: Arc<Bindings>, seed: u64) -> Self {
        let spans = settings.spans;
        let registrar = settings.registrar.as_ref().map(|registrar| Registrar::new(shard, registrar));
        let ground = Ground {
            marks: Marks::new(shard, seed),
            servers: Servers::new(spans),
            clients: Clients::new(spans),
            timers: Timers::default(),
            dialogs: Table::default(),
            writer: Writer::default(),
            channels: Table::default(),
            settings,
            bindings,
        };
        Self {
            ground,
            legs: Table::default(),
            registrar,
            owners: Table::default(),
            probing: Probing::default(),
            inbound: 0,
            draining: false,
        }
    }

    /// A message came from the network.
    pub fn receive(&mut self, incoming: Incoming, at: Moment, out: &mut Vec<StackOut>) {
        match incoming.message {
            Message::Request(request) => self.request(&request, incoming.path, incoming.trunk, at, out),
            Message::Response(response) => self.response(&response, incoming.path, incoming.trunk.as_ref(), at, out),
        }
    }

    /// The centre asks for something. What is asked of a leg that is over is dropped.
    pub fn command(&mut self, command: LegCommand, at: Moment, out: &mut Vec<StackOut>) {
        let leg = command.leg();
        let calls = matches!(command, LegCommand::CallAgent { .. } | LegCommand::CallOut { .. });
        if calls && self.legs.contains_key(&leg.bits()) {
            return;
        }
        if let LegCommand::CallOut { for_leg, number, caller, emergency, offer, ring_time_max, .. } = command {
            let hops =
                for_leg.and_then(|leg| self.legs.get(&leg.bits())).map_or(HOPS, |leg| leg.hops.saturating_sub(1));
            let step = &mut Step { ground: &mut self.ground, at, out };
            let outward = Outward::new(number, caller, (emergency, hops), step);
            match Calling::begin_out(leg, outward, offer, ring_time_max, step) {
                Some(stage) => self.add_leg(leg, stage, None),
                None => drop(self.ground.channels.remove(&leg.bits())),
            }
            return;
        }
        if let LegCommand::CallAgent { agent, shown, offer, ring_time_max, .. } = command {
            let step = &mut Step { ground: &mut self.ground, at, out };
            if let Some(stage) = Calling::begin(leg, &agent, &shown, offer, ring_time_max, step) {
                self.add_leg(leg, stage, None);
                self.belongs_to(leg, agent, None);
            }
            return;
        }
        self.pass_on(leg.bits(), LegInput::Command(command), at, out);
    }

    /// The moment of [`Stack::next_wakeup`] has come.
    pub fn wake(&mut self, at: Moment, out: &mut Vec<StackOut>) {
        while let Some(due) = self.ground.timers.pop(at) {
            match due {
                Due::Server(key) => {
                    if let Some((path, bytes)) = self.ground.servers.on_time(key, at, &mut self.ground.timers) {
                        out.push(StackOut::Send { to: Destination::Path(path), bytes });
                    }
                }
                Due::Client(branch) => {
                    let timed = self.ground.clients.on_time(branch, at, &mut self.ground.timers);
                    self.timed(branch, timed, at, out);
                }
                Due::Leg(bits) => {
                    if let Some(leg) = self.legs.get_mut(&bits) {
                        leg.due = None;
                    }
                    self.pass_on(bits, LegInput::Time, at, out);
                }
            }
        }
        self.ground.servers.expire(at);
        self.ground.clients.expire(at);
        self.expire_registrations(at, out);
        self.probe(at, out);
    }

    /// When `wake` is to be called.
    pub fn next_wakeup(&self) -> Option<Moment> {
        let ground = &self.ground;
        let registrations = self.registrar.as_ref().and_then(Registrar::next);
        let transactions = ground.servers.next().into_iter().chain(ground.clients.next());
        ground.timers.next().into_iter().chain(transactions).chain(registrations).chain(self.next_probe()).min()
    }

    /// The net half could not deliver a message of ours (no connection, no such host).
    pub fn undelivered(&mut self, bytes: &Bytes, at: Moment, out: &mut Vec<StackOut>) {
        if bytes.starts_with(b"SIP/") {
            return self.unheard(bytes, at, out);
        }
        let Some(branch) = dealt::branch_of(bytes).and_then(|branch| self.ground.marks.read_branch(branch)) else {
            return;
        };
        // An attempt that was overtaken is nobody's loss.
        if branch != self.ground.clients.on_the_wire(branch & !client::ATTEMPT_BITS) {
            return;
        }
        let branch = branch & !client::ATTEMPT_BITS;
        let timed = self.ground.clients.fail(branch, &mut self.ground.timers);
        self.timed(branch, timed, at, out);
    }

    /// Ringing or an answer reached nobody, so the citizen is gone: nobody waits on a connection that is no more. An answered leg
    /// has one repetition more; one that talks has the sound to tell.
    fn unheard(&mut self, bytes: &Bytes, at: Moment, out: &mut Vec<StackOut>) {
        let tag = own_tag_of(bytes).and_then(|tag| self.ground.marks.read_tag(tag));
        let Some(bits) = tag.and_then(|tag| self.ground.dialogs.get(&tag)).map(|leg| leg.bits()) else { return };
        self.pass_on(bits, LegInput::Undelivered, at, out);
    }

    /// From now on new calls are refused with 503; those that are here go on.
    pub fn drain(&mut self) {
        self.draining = true;
    }

    /// Ends all legs.
    pub fn hang_up_all(&mut self, cause: Cause, at: Moment, out: &mut Vec<StackOut>) {
        let mut all: Vec<LegId> = self.legs.values().map(|leg| leg.id).collect();
        all.sort_unstable();
        for leg in all {
            self.command(LegCommand::HangUp { leg, cause }, at, out);
        }
    }

    /// One thing happens to a leg; afterwards its timer is set anew, or it is gone.
    fn pass_on(&mut self, bits: u64, input: LegInput<'_>, at: Moment, out: &mut Vec<StackOut>) {
        let Some(leg) = self.legs.get_mut(&bits) else { return };
        let Some(stage) = leg.stage.take() else { return };
        let id = leg.id;
        match stage.handle(id, input, &mut Step { ground: &mut self.ground, at, out }) {
            Some(stage) => self.keep(bits, stage),
            None => self.forget(bits),
        }
    }

    fn add_leg(&mut self, id: LegId, stage: Stage, heard_from: Option<IpAddr>) {
        self.legs.insert(id.bits(), Leg { id, stage: None, due: None, tag: None, trunk: None, hops: HOPS, heard_from });
        self.keep(id.bits(), stage);
    }

    fn keep(&mut self, bits: u64, stage: Stage) {
        let Some(leg) = self.legs.get_mut(&bits) else { return };
        let (due, tag) = (stage.due(), stage.tag());
        self.ground.timers.set(Due::Leg(bits), leg.due, due);
        leg.due = due;
        if leg.tag != tag {
            if let Some(old) = leg.tag {
                self.ground.dialogs.remove(&old);
            }
            if let Some(new) = tag {
                self.ground.dialogs.insert(new, leg.id);
            }
            leg.tag = tag;
        }
        leg.stage = Some(stage);
    }

    fn forget(&mut self, bits: u64) {
        self.belongs_to_nobody(bits);
        self.ground.channels.remove(&bits);
        let Some(leg) = self.legs.remove(&bits) else { return };
        self.ground.timers.set(Due::Leg(bits), leg.due, None);
        if let Some(tag) = leg.tag {
            self.ground.dialogs.remove(&tag);
        }
    }

    /// How much it holds.
    pub fn counts(&self) -> Counts {
        Counts {
            legs: self.legs.len(),
            dialogs: self.ground.dialogs.len(),
            transactions: self.ground.servers.len() + self.ground.clients.len(),
        }
    }
}

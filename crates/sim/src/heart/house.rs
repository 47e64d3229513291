//! The whole heart in one place: one or more shards, the mail between them, one core, and the watch over all of it.
//! Carries out one input at a time at the moment it is told; knows no party and draws nothing but the mail's order.

use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use centre::{Centre, CentreSettings, Hands, Input, Output, ProveSound, SrtpRules, carry_out, carry_outbox};
use forecast::Outlook;
use media::{Codec, MediaSeed, OurSide, PortPool, PortRange};
use model::{Moment, ShardNo};
use plan::Plan;

use crate::heart::log::{Keep, Log};
use crate::heart::mail::{MAIL_MAX, Mail};
use crate::heart::watched::{Seen, Watched};
use crate::lot::Lot;
use crate::spoil::Spoil;
use crate::watch::{Check, Watch};

/// Inputs that a shard may need for one moment's timers; above it it is woken for nothing again and again.
const WAKEUPS_MAX: u32 = 1_000;
/// Every number is about to be used up: after ten more legs theirs (55 bits) begin anew. Nothing may come of it.
const NUMBERS_BEGIN: u64 = (1 << 55) - 11;
/// Tickets of the core.
const TICKETS: usize = 2_000;

/// What a heart is made of.
#[derive(Clone, Debug)]
pub(crate) struct HouseSettings {
    pub(crate) shards: u8,
    pub(crate) calls_max: usize,
    pub(crate) ports: PortRange,
    pub(crate) silence_max: Duration,
    pub(crate) slow_core: bool,
    pub(crate) keep: Keep,
    pub(crate) prove_sound: ProveSound,
}

/// The heart.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) shards: Vec<Centre>,
    core: Watched,
    mail: Mail,
    pub(crate) watch: Watch,
    pub(crate) log: Log,
    wakeups: Vec<Option<Moment>>,
    woken: (Moment, u32),
    outputs: Vec<Output>,
}

/// Keeps what a shard puts out, in the order of all that is seen.
struct Keeping<'a> {
    core: &'a Watched,
}

impl Hands for Keeping<'_> {
    fn carry(&mut self, output: Output, _at: Moment) {
        let spoilt = self.core.spoil.borrow_mut().output(output);
        self.core.trace.borrow_mut().extend(spoilt.into_iter().flatten().map(Seen::Out));
    }
}

impl House {
    pub(crate) fn new(plan: &Arc<Plan>, outlook: &Outlook, settings: &HouseSettings, spoil: Spoil) -> Self {
        let shard = |number: u8| {
            let told = CentreSettings {
                shard: ShardNo(number),
                shards: settings.shards,
                epoch_ms: 1,
                sound: OurSide {
                    address: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
                    codecs: vec![Codec::Pcma, Codec::Pcmu],
                    seed: MediaSeed::new([number; 32]),
                    web: None,
                },
                srtp: SrtpRules::default(),
                wordings: speech::Wordings::built_in(),
                silence_max: settings.silence_max,
                prove_sound: settings.prove_sound,
                calls_max: settings.calls_max,
            };
            let part = if spoil.shares_ports() { (0, 1) } else { (number, settings.shards) };
            let mut centre = Centre::new(told, Arc::clone(plan), PortPool::for_shard(settings.ports, part.0, part.1));
            centre.count_from(NUMBERS_BEGIN);
            centre
        };
        let shards: Vec<Centre> = (0..settings.shards).map(shard).collect();
        Self {
            mail: Mail::new(shards.len()),
            watch: Watch::new(plan, outlook),
            log: Log::new(settings.keep),
            wakeups: vec![None; shards.len()],
            woken: (Moment::EPOCH, 0),
            outputs: Vec::new(),
            core: Watched::new(plan, outlook, settings.slow_core, TICKETS, spoil),
            shards,
        }
    }

    /// The node starts.
    pub(crate) fn open(&mut self, at: Moment) -> Check {
        for shard in 0..self.shards.len() {
            let mut outbox = Vec::new();
            self.shards[shard].open(at, &mut outbox);
            carry_outbox(&mut self.shards[shard], &self.core, &mut Keeping { core: &self.core }, outbox, at);
            self.settle(ShardNo(shard as u8), at)?;
        }
        Ok(())
    }

    /// One input to one shard, and all that follows in it.
    pub(crate) fn give(&mut self, shard: ShardNo, input: Input, at: Moment) -> Check {
        if self.core.spoil.borrow_mut().is_unheard(&input) {
            return Ok(());
        }
        self.log.note(at, shard, &input);
        self.watch.input(&input);
        let centre = &mut self.shards[usize::from(shard.0)];
        carry_out(centre, &self.core, &mut Keeping { core: &self.core }, input, at);
        self.settle(shard, at)
    }

    /// The oldest letter of a link that is drawn. False: no mail is under way.
    pub(crate) fn deliver(&mut self, lot: &mut Lot, at: Moment) -> Result<bool, String> {
        let Some((shard, input)) = self.mail.take(lot) else { return Ok(false) };
        self.give(shard, input, at)?;
        Ok(true)
    }

    pub(crate) fn has_mail(&self) -> bool {
        self.mail.under_way() > 0
    }

    /// The shard that wants to be woken first.
    pub(crate) fn next_wakeup(&self) -> Option<(Moment, ShardNo)> {
        let late = if self.core.spoil.borrow().wakes_late() { Duration::from_secs(30) } else { Duration::ZERO };
        let wanted = self.wakeups.iter().enumerate();
        wanted.filter_map(|(shard, at)| at.map(|at| (at + late, ShardNo(shard as u8)))).min()
    }

    /// Wakes a shard, as it asked.
    pub(crate) fn wake(&mut self, shard: ShardNo, at: Moment) -> Check {
        self.woken = if self.woken.0 == at { (at, self.woken.1 + 1) } else { (at, 1) };
        if self.woken.1 > WAKEUPS_MAX {
            return Err(format!("shard {} wants to be woken again and again", shard.0));
        }
        self.give(shard, Input::Wakeup, at)
    }

    /// Nothing is under way and nothing is due.
    pub(crate) fn rest(&mut self, at: Moment) -> Check {
        let core = &self.core;
        self.watch.at_rest(at, || core.figures())
    }

    /// Everybody has gone home.
    pub(crate) fn end(&mut self, at: Moment) -> Check {
        let counts: Vec<_> = self.shards.iter().map(Centre::counts).collect();
        let figures = self.core.figures();
        self.watch.end(at, &counts, &figures)
    }

    /// What the shards put out since this was last asked, for the parties to react to.
    pub(crate) fn take_outputs(&mut self, into: &mut Vec<Output>) {
        into.append(&mut self.outputs);
    }

    fn settle(&mut self, shard: ShardNo, at: Moment) -> Check {
        let mut trace = RefCell::take(&self.core.trace);
        for seen in trace.drain(..) {
            self.watch.seen(&seen, shard, at)?;
            match seen {
                Seen::Out(Output::ToShard(to, input)) => self.mail.post(shard, to, *input),
                Seen::Out(output) => self.outputs.push(output),
                Seen::Asked(_) | Seen::Answered(_) => {}
            }
        }
        self.core.trace.replace(trace);
        if self.mail.under_way() > MAIL_MAX {
            return Err("the shards write to each other without end".to_owned());
        }
        let place = usize::from(shard.0);
        self.wakeups[place] = self.shards[place].next_wakeup().map(|(at, _)| at);
        Ok(())
    }
}

//! A packet worker: one thread, one poll, its own legs. Nothing is shared, locked or allocated for a packet.
//!
//! A round is: wait, take in packets, carry out commands, play frames, and once a second look after silence, reports
//! and figures. Every part of a round is bounded, so that none can starve another.

mod opening;
mod streaming;
mod taking_in;
mod taping;
mod web;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use media::{MediaCommand, MediaEvent, Place, Prompt, Secured};
use mio::{Events, Token};
use model::Moment;

use crate::MediaConfig;
use crate::beat::Beat;
use crate::clock::Clock;
use crate::figures::Figures;
use crate::leg::Path;
use crate::mailbox::Mailbox;
use crate::playing::Playing;
use crate::prompts::PromptStore;
use crate::rest::Rest;
use crate::ring::Ring;
use crate::scribe::{Feed, ToScribe};
use crate::streaming::Streams;
use crate::table::Table;
use crate::web::Web;

/// Sockets that one wait may tell of; the others are told by the next.
const SOCKETS_PER_ROUND: usize = 1024;
/// Commands that are carried out before packets have their turn.
const COMMANDS_PER_ROUND: usize = 256;
/// Between two looks at silence and figures; also the longest wait.
const LOOK: Duration = Duration::from_secs(1);
/// Looks between two reports of a leg (RFC 3550 §6.2: about each 5 s).
const LOOKS_PER_REPORT: usize = 5;

pub(crate) struct Worker<E> {
    mailbox: Arc<Mailbox>,
    rest: Rest,
    clock: Clock,
    events: E,
    table: Table,
    prompts: Arc<ArcSwap<PromptStore>>,
    /// A frame of it, for what muted legs say.
    silence: Arc<Prompt>,
    bind: IpAddr,
    dscp: u8,
    ports: Arc<AtomicUsize>,
    beat: Beat,
    /// Sockets that had more than their turn allowed; at most one entry each.
    unfinished: VecDeque<Token>,
    look_at: Moment,
    looks: usize,
    figures: Figures,
    ring: Ring,
    /// Browsers' sound, where this node has it.
    web: Option<Web>,
    /// The way to the scribe, where recordings are kept.
    feed: Option<Rc<RefCell<Feed>>>,
    /// By which programs are called.
    streams: Arc<Streams>,
}

impl<E: Fn(MediaEvent)> Worker<E> {
    pub(crate) fn new(
        config: &MediaConfig,
        mailbox: Arc<Mailbox>,
        rest: Rest,
        clock: Clock,
        (ports, prompts): (Arc<AtomicUsize>, Arc<ArcSwap<PromptStore>>),
        (web, scribe, streams): (Option<Web>, Option<ToScribe>, Arc<Streams>),
        events: E,
    ) -> Self {
        Self {
            mailbox,
            rest,
            clock,
            events,
            table: Table::default(),
            silence: config.prompts.silence(),
            prompts,
            bind: config.bind,
            dscp: config.dscp,
            ports,
            beat: Beat::new(),
            unfinished: VecDeque::new(),
            look_at: clock.now(),
            looks: 0,
            figures: Figures::default(),
            ring: Ring::new(),
            web,
            feed: scribe.map(ToScribe::feed),
            streams,
        }
    }

    /// Until the mailbox is stopped. A panic ends one round, not the sound of all other legs.
    pub(crate) fn run(&mut self) {
        let mut events = Events::with_capacity(SOCKETS_PER_ROUND);
        while !self.mailbox.is_stopped() {
            if catch_unwind(AssertUnwindSafe(|| self.round(&mut events))).is_err() {
                metrics::counter!("samkald_media_panics_total").increment(1);
                tracing::error!("a round of a packet worker panicked; it goes on with the next");
            }
        }
        self.end_all_recordings(self.clock.now());
        let pairs = self.table.legs.iter().filter(|(_, leg)| matches!(leg.path, Path::Pair { .. })).count();
        self.ports.fetch_sub(pairs, Ordering::Relaxed);
    }

    fn round(&mut self, events: &mut Events) {
        self.wait(events);
        for _ in 0..self.unfinished.len() {
            if let Some(token) = self.unfinished.pop_front() {
                self.take_in(token);
            }
        }
        for event in events.iter() {
            self.take_in(event.token());
        }
        for _ in 0..COMMANDS_PER_ROUND {
            let Some(command) = self.mailbox.take() else { break };
            self.carry_out(command);
        }
        self.take_crossed();
        self.play();
        self.look_after_web(self.clock.now());
        self.hand_over(self.clock.now());
        self.look();
    }

    fn wait(&mut self, events: &mut Events) {
        let may_sleep = self.mailbox.may_sleep() && self.unfinished.is_empty();
        let turn_at = self.table.has_turns().then(|| self.beat.next_at());
        let look_at = self.web.as_ref().map_or(self.look_at, |web| web.look_at().min(self.look_at));
        let look_at = self.hand_over_at().map_or(look_at, |due| due.min(look_at));
        let waited =
            if may_sleep { self.rest.rest(events, self.clock, turn_at, look_at) } else { self.rest.glance(events) };
        if let Err(fault) = waited {
            tracing::error!(%fault, "a packet worker can't wait for its sockets");
        }
        self.mailbox.awake();
    }

    fn carry_out(&mut self, command: MediaCommand) {
        let at = self.clock.now();
        match command {
            MediaCommand::Open { leg, place: Place::Pair(port) } => self.open(leg, port),
            MediaCommand::Open { leg, place: Place::Web(local) } => self.open_web(leg, &local),
            MediaCommand::Secure { leg, keys } => {
                if let Secured::Web(said) = &*keys {
                    self.secure_web(leg, said, at);
                }
                self.table.secure(leg, &keys);
            }
            MediaCommand::Settle { leg, sound } => {
                if let Err(fault) = self.table.settle(leg, sound, self.rest.registry(), at) {
                    tracing::error!(%fault, ?leg, "a leg's sockets can't be listened to");
                }
            }
            MediaCommand::Play { leg, play, list } => {
                if let Some(over) = self.table.play(leg, Playing::find(play, &list, &self.prompts.load())) {
                    (self.events)(over);
                }
            }
            MediaCommand::Hush { leg } => self.table.hush(leg),
            MediaCommand::Join { a, b } => self.table.join(a, b),
            MediaCommand::Part { leg } => self.table.part(leg),
            MediaCommand::Mix { leg: _, members } => self.table.mix(&members),
            MediaCommand::Key { leg, key } => self.table.key(leg, key),
            MediaCommand::Mute { leg, muted } => self.table.mute(leg, muted),
            MediaCommand::Record { leg, tape } => self.record(leg, tape, at),
            MediaCommand::PauseRecording { leg, paused } => self.pause_recording(leg, paused),
            MediaCommand::EndRecording { leg } => self.end_recording(leg, at),
            MediaCommand::TakeMessage { leg, message } => self.take_message(leg, message, at),
            MediaCommand::BeginMessage { leg } => self.begin_message(leg),
            MediaCommand::EndMessage { leg, keep } => self.end_message(leg, keep, at),
            MediaCommand::Listen { leg, in_band } => self.table.listen(leg, in_band),
            MediaCommand::Stream { leg, to } => self.stream(leg, *to),
            MediaCommand::EndStream { leg } => self.table.end_stream(leg),
            MediaCommand::Watch { leg, silence_max } => self.table.watch(leg, silence_max),
            MediaCommand::Measure { leg, loud } => self.table.measure(leg, loud),
            MediaCommand::Close { leg } => self.close(leg),
        }
    }

    /// Plays a frame to each leg of the groups whose turn has come.
    fn play(&mut self) {
        let at = self.clock.now();
        while let Some(group) = self.beat.due(at) {
            let mut ended = Vec::new();
            for place in &self.table.playing[group] {
                let leg = &mut self.table.legs[*place];
                let turn = leg.play_frame(at);
                self.figures.packets_out += u64::from(turn.sent);
                if turn.ended {
                    ended.push(*place);
                }
                if let Some(play) = turn.over {
                    (self.events)(MediaEvent::Played { leg: leg.id, play });
                }
            }
            for place in ended {
                self.table.played(group, place);
            }
            self.figures.packets_out += self.table.beat(group, at);
            self.beat_streams(group);
        }
    }

    /// Once a second: who has fallen silent, reports, figures.
    fn look(&mut self) {
        let at = self.clock.now();
        if at < self.look_at {
            return;
        }
        self.look_at = at + LOOK;
        self.look_who_is_away(at);
        self.looks = self.looks.wrapping_add(1);
        for (place, leg) in &mut self.table.legs {
            if leg.sound.is_silent(at) {
                (self.events)(MediaEvent::Silent { leg: leg.id });
            }
            if (place + self.looks).is_multiple_of(LOOKS_PER_REPORT) {
                leg.send_report(at);
            }
        }
        self.rest.note(self.figures.packets_in);
        self.figures.publish(self.ports.load(Ordering::Relaxed));
        self.publish_web();
    }
}

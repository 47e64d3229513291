//! A worker's end of the way to the scribe: copies packets of recorded legs, and never waits.
//!
//! When the scribe is behind by all strips there are, packets are left out of the recordings and counted; none is late for
//! anybody who talks. Knows tapes by number; no leg, no file.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::Thread;
use std::time::Duration;

use crossbeam_queue::ArrayQueue;
use media::{Codec, RtpHeader, Side, Taped};
use model::{LegId, MessageTape, Moment, Tape};

use super::strip::{Strip, TapeNo};

/// Strips of one worker: 4 MiB, three seconds of a hundred recorded talks. At the bound packets are left out and counted.
const STRIPS: usize = 128;
/// Beginnings, ends and strips that may wait for the scribe. No room: a recording doesn't begin; an end waits here.
const ITEMS_MAX: usize = 1_024;
/// A strip that isn't full is handed over after this long.
const HAND_OVER: Duration = Duration::from_millis(100);

/// What the scribe gets from a worker, in order.
#[derive(Debug)]
pub(super) enum Item {
    Begin { number: TapeNo, leg: LegId, tape: Begun },
    Strip(Strip),
    End { number: TapeNo, at: Moment, lost: u32, keep: bool },
}

/// What is put on tape.
#[derive(Debug)]
pub(crate) enum Begun {
    /// A talk of two.
    Talk(Box<Tape>),
    /// What a citizen says alone.
    Message(Box<MessageTape>),
}

/// What a worker and the scribe share.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) items: ArrayQueue<Item>,
    /// Strips that were read.
    pub(super) read: ArrayQueue<Strip>,
}

impl Way {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { items: ArrayQueue::new(ITEMS_MAX), read: ArrayQueue::new(STRIPS) })
    }
}

/// A worker's end.
#[derive(Debug)]
pub(crate) struct Feed {
    way: Arc<Way>,
    scribe: Thread,
    strip: Option<Strip>,
    strip_began: Moment,
    /// Strips that were made so far.
    made: usize,
    tapes: u32,
    /// Ends that found no room; as many as there are recordings, at most.
    ends: VecDeque<Item>,
    /// Packets that were left out since the last look.
    lost: u64,
}

/// A leg's tape. Ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Taping {
    feed: Rc<RefCell<Feed>>,
    number: TapeNo,
    paused: bool,
    /// A message: what the leg is sent is no part of it.
    alone: bool,
    /// Whether it is kept when it ends.
    keep: bool,
    lost: u32,
    /// When its last packet was heard.
    heard_at: Moment,
}

impl Feed {
    pub(super) fn new(way: Arc<Way>, scribe: Thread) -> Self {
        let strip_began = Moment::EPOCH;
        Self { way, scribe, strip: None, strip_began, made: 0, tapes: 0, ends: VecDeque::new(), lost: 0 }
    }

    /// When something must be handed over, whatever comes.
    pub(crate) fn due_at(&self) -> Option<Moment> {
        self.strip.as_ref().filter(|strip| !strip.is_empty()).map(|_| self.strip_began + HAND_OVER)
    }

    /// Hands over what has waited long enough; gives how many packets were left out since the last time.
    pub(crate) fn look(&mut self, at: Moment) -> u64 {
        if self.due_at().is_some_and(|due| due <= at) {
            self.hand_over(at);
        }
        while let Some(end) = self.ends.pop_front() {
            if let Err(end) = self.way.items.push(end) {
                self.ends.push_front(end);
                break;
            }
        }
        std::mem::take(&mut self.lost)
    }

    /// False: left out.
    fn put(&mut self, number: TapeNo, packet: &Taped<'_>) -> bool {
        for _ in 0..2 {
            if self.strip.is_none() {
                self.strip = self.empty_strip();
                self.strip_began = packet.at;
            }
            let Some(strip) = &mut self.strip else { break };
            if strip.put(number, packet) {
                return true;
            }
            self.hand_over(packet.at);
        }
        self.lost += 1;
        false
    }

    fn empty_strip(&mut self) -> Option<Strip> {
        let read = self.way.read.pop();
        if read.is_some() || self.made == STRIPS {
            return read;
        }
        self.made += 1;
        Some(Strip::new())
    }

    /// Gives the strip to the scribe. No room for it: it is kept, and what comes is left out.
    fn hand_over(&mut self, at: Moment) {
        let Some(mut strip) = self.strip.take() else { return };
        strip.until = at;
        if let Err(Item::Strip(strip)) = self.way.items.push(Item::Strip(strip)) {
            self.strip = Some(strip);
        }
    }

    fn end(&mut self, number: TapeNo, at: Moment, (lost, keep): (u32, bool)) {
        self.hand_over(at);
        let end = Item::End { number, at, lost, keep };
        if !self.ends.is_empty() || self.strip.is_some() {
            self.ends.push_back(end);
        } else if let Err(end) = self.way.items.push(end) {
            self.ends.push_back(end);
        }
    }
}

impl Taping {
    /// A leg's tape begins; that of a message begins paused. `None`: there is no room for one more.
    pub(crate) fn begin(feed: &Rc<RefCell<Feed>>, leg: LegId, tape: Begun, at: Moment) -> Option<Self> {
        let mut room = feed.borrow_mut();
        room.hand_over(at);
        room.tapes = room.tapes.wrapping_add(1);
        let number = TapeNo(room.tapes);
        let alone = matches!(tape, Begun::Message(_));
        room.way.items.push(Item::Begin { number, leg, tape }).ok()?;
        room.scribe.unpark();
        Some(Self { feed: Rc::clone(feed), number, paused: alone, alone, keep: true, lost: 0, heard_at: at })
    }

    /// Silence from now on, or sound again.
    pub(crate) const fn pause(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// A packet of voice that came from the leg.
    pub(crate) fn came(&mut self, codec: Codec, header: &RtpHeader, packet: &[u8], at: Moment) {
        self.put(Side::Left, codec, header, packet, at);
    }

    /// A packet of voice that the leg is sent.
    pub(crate) fn went(&mut self, codec: Codec, packet: &[u8], at: Moment) {
        if !self.alone
            && let Some(header) = RtpHeader::read(packet)
        {
            self.put(Side::Right, codec, &header, packet, at);
        }
    }

    fn put(&mut self, side: Side, codec: Codec, header: &RtpHeader, packet: &[u8], at: Moment) {
        self.heard_at = at;
        let Some(payload) = packet.get(header.payload.clone()).filter(|_| !self.paused) else { return };
        let packet = Taped { side, codec, ssrc: header.ssrc, timestamp: header.timestamp, at, payload };
        if !self.feed.borrow_mut().put(self.number, &packet) {
            self.lost = self.lost.saturating_add(1);
        }
    }

    /// The tape ends at this moment.
    pub(crate) fn end(mut self, at: Moment) {
        self.heard_at = at;
    }

    /// A message's tape ends at this moment; nothing is left of it unless it is kept.
    pub(crate) fn end_message(mut self, at: Moment, keep: bool) {
        (self.heard_at, self.keep) = (at, keep);
    }

    /// Whether it is a message's.
    pub(crate) const fn is_message(&self) -> bool {
        self.alone
    }
}

impl Drop for Taping {
    fn drop(&mut self) {
        self.feed.borrow_mut().end(self.number, self.heard_at, (self.lost, self.keep));
    }
}

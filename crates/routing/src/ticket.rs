//! Tickets: one slab, one atomic word each, and who is barred from them.
//!
//! A ticket is free, waiting or taken. Only its call's shard makes it wait or frees it; anyone may take it for a seat,
//! by one compare-and-swap, and that swap is the match.

use model::{CallId, Moment, MunicipalityId};
use plan::{ClassNo, QueueNo};

use crate::api::{NewTicket, Precedence, TicketId};
use crate::free_list::FreeList;
use crate::lane_no::LaneNo;
use crate::sync::{AcqRel, Acquire, AtomicU64, Relaxed, Release};
pub(crate) use crate::ticket_word::{Stint, TicketState, TicketWord};

/// Bars that a ticket remembers; at the bound the one that ends first goes.
pub(crate) const BARS_MAX: usize = if cfg!(loom) { 1 } else { 8 };

/// All tickets.
pub(crate) struct Tickets {
    tickets: Box<[Ticket]>,
    free: FreeList,
}

/// One ticket. All but the word is written by the call's shard while the ticket isn't waiting, and published by the word.
/// What every look reads lies in one cache line, what only failed offers need in the next.
#[repr(C, align(64))]
struct Ticket {
    word: AtomicU64,
    call: [AtomicU64; 2],
    /// Class (24 bits) · queue (24) · municipality (16; 0 is unknown).
    asked: AtomicU64,
    /// Where it stands, or will when it comes back.
    lane: AtomicU64,
    /// Until when it stands in an agent's own lane, µs since the epoch.
    preferred_until: AtomicU64,
    /// Arrival less credit, µs since the epoch.
    since: AtomicU64,
    /// Until when even a void bar holds, µs since the epoch.
    firm_until: AtomicU64,
    /// Ends in ms since the epoch, rounded up (48 bits) · agent (16); 0 is none.
    bars: [AtomicU64; BARS_MAX],
}

impl Tickets {
    pub(crate) fn new(count: usize) -> Self {
        let empty = |_| Ticket {
            word: AtomicU64::new(0),
            call: [AtomicU64::new(0), AtomicU64::new(0)],
            asked: AtomicU64::new(0),
            lane: AtomicU64::new(0),
            preferred_until: AtomicU64::new(0),
            since: AtomicU64::new(0),
            firm_until: AtomicU64::new(0),
            bars: std::array::from_fn(|_| AtomicU64::new(0)),
        };
        Self { tickets: (0..count).map(empty).collect(), free: FreeList::new(count) }
    }

    /// Bytes per ticket, its place in the free list included.
    pub(crate) const fn bytes() -> usize {
        size_of::<Ticket>() + size_of::<u32>()
    }

    /// How many are in use.
    pub(crate) fn in_use(&self) -> usize {
        self.free.taken()
    }

    /// Fills in a free ticket, which isn't waiting yet. None: the slab is full.
    pub(crate) fn fill_in(&self, new: &NewTicket, queue: QueueNo) -> Option<usize> {
        let slot = self.free.take()?;
        let ticket = &self.tickets[slot];
        let bits = new.call.bits();
        // All of these are published by the swap in `begin_to_wait`; the slot is ours alone.
        ticket.call[0].store(bits as u64, Relaxed);
        ticket.call[1].store((bits >> 64) as u64, Relaxed);
        let municipality = new.municipality.map_or(0, |code| code.0);
        let asked = (u64::from(new.class.0) << 40) | (u64::from(queue.0) << 16) | u64::from(municipality);
        ticket.asked.store(asked, Relaxed);
        let until = match new.precedence {
            Precedence::Preferred { until, .. } | Precedence::SameAgent { until, .. } => until,
            Precedence::Normal | Precedence::Granted | Precedence::Front | Precedence::Later => Moment::EPOCH,
        };
        ticket.preferred_until.store(until.as_micros() as u64, Relaxed);
        ticket.since.store(new.since.as_micros() as u64, Relaxed);
        ticket.firm_until.store(i64::MIN as u64, Relaxed);
        for bar in &ticket.bars {
            bar.store(0, Relaxed);
        }
        Some(slot)
    }

    /// Makes a filled-in or taken ticket wait. By its call's shard, before it is put into a lane.
    pub(crate) fn begin_to_wait(&self, slot: usize) -> Stint {
        let word = self.word(slot);
        debug_assert!(word.state() != TicketState::Waiting, "a ticket waits once");
        let waiting = word.waiting_again();
        // Publishes what was filled in; pairs with the load in `word`. Nobody else changes a ticket that isn't waiting.
        self.tickets[slot].word.store(waiting.0, Release);
        Stint::new(slot, waiting)
    }

    pub(crate) fn word(&self, slot: usize) -> TicketWord {
        // Pairs with the store in `begin_to_wait` and with the swaps of `take`, `call_off` and `free`.
        TicketWord(self.tickets[slot].word.load(Acquire))
    }

    /// The ticket's word, if it still waits as a place remembers it.
    pub(crate) fn waiting(&self, stint: Stint) -> Option<TicketWord> {
        let word = self.word(stint.slot());
        (word.state() == TicketState::Waiting && stint.is_of(word)).then_some(word)
    }

    /// The match: takes a waiting ticket for an agent.
    pub(crate) fn take(&self, slot: usize, seen: TicketWord, agent: usize) -> bool {
        // Pairs with every other swap of the word: a ticket is taken, left or called off, never two of them.
        self.swap(slot, seen, seen.taken_by(agent))
    }

    /// Makes a match fail that was begun with this word; the ticket goes on waiting.
    pub(crate) fn call_off(&self, slot: usize, seen: TicketWord) -> bool {
        self.swap(slot, seen, seen.with_next_tag())
    }

    /// Frees a ticket as it was seen. By its call's shard only.
    pub(crate) fn free(&self, slot: usize, seen: TicketWord) -> bool {
        let done = self.swap(slot, seen, seen.freed());
        if done {
            self.free.give(slot);
        }
        done
    }

    /// Gives back a ticket that was filled in and never waited.
    pub(crate) fn tear_up(&self, slot: usize) {
        self.free.give(slot);
    }

    fn swap(&self, slot: usize, seen: TicketWord, to: TicketWord) -> bool {
        // Pairs with the load in `word`: whoever sees the new word sees what was done before it.
        self.tickets[slot].word.compare_exchange(seen.0, to.0, AcqRel, Acquire).is_ok()
    }

    /// The slot and word of an id, if the ticket is still the one that the id was given for.
    pub(crate) fn find(&self, id: TicketId) -> Option<(usize, TicketWord)> {
        let slot = (id.0 & 0xffff_ffff) as usize;
        let ticket = self.tickets.get(slot)?;
        // Pairs as in `word`.
        let word = TicketWord(ticket.word.load(Acquire));
        (word.generation() == id.0 >> 32 && word.state() != TicketState::Free).then_some((slot, word))
    }

    // What follows reads what was filled in. It is right if the ticket's word was seen before and is unchanged after;
    // a torn reading of a ticket that changed meanwhile is thrown away when the swap of its word fails.

    pub(crate) fn call(&self, slot: usize) -> CallId {
        let ticket = &self.tickets[slot];
        // Published by the word.
        let halves = [ticket.call[0].load(Relaxed), ticket.call[1].load(Relaxed)];
        CallId::from_bits((u128::from(halves[1]) << 64) | u128::from(halves[0]))
    }

    pub(crate) fn asked(&self, slot: usize) -> (ClassNo, QueueNo, Option<MunicipalityId>) {
        // Published by the word.
        let asked = self.tickets[slot].asked.load(Relaxed);
        let municipality = Some(MunicipalityId(asked as u16)).filter(|code| code.0 != 0);
        (ClassNo((asked >> 40) as u32), QueueNo((asked >> 16) as u32 & 0xff_ffff), municipality)
    }

    /// Where it stands, or stood when it was taken.
    pub(crate) fn lane(&self, slot: usize) -> LaneNo {
        // Published by the word.
        LaneNo(self.tickets[slot].lane.load(Relaxed) as u32)
    }

    /// Says where it is going to stand. By its call's shard, before it waits there.
    pub(crate) fn set_lane(&self, slot: usize, lane: LaneNo) {
        // Published by the word.
        self.tickets[slot].lane.store(u64::from(lane.0), Relaxed);
    }

    /// Says in which queue it waits from now on. By its call's shard, before it is found there.
    pub(crate) fn set_queue(&self, slot: usize, queue: QueueNo) {
        // Published by the lane's link to its new stint.
        let asked = &self.tickets[slot].asked;
        let others = asked.load(Relaxed) & !(0xff_ffff << 16);
        asked.store(others | (u64::from(queue.0) << 16), Relaxed);
    }

    /// Until when it stands in an agent's own lane.
    pub(crate) fn preferred_until(&self, slot: usize) -> Moment {
        // Published by the word.
        Moment::from_micros(self.tickets[slot].preferred_until.load(Relaxed) as i64)
    }

    /// Makes a waiting ticket wait anew, elsewhere: its old place is dead. By its call's shard. None: it was taken.
    pub(crate) fn move_over(&self, slot: usize, seen: TicketWord) -> Option<Stint> {
        let waiting = seen.waiting_again();
        self.swap(slot, seen, waiting).then(|| Stint::new(slot, waiting))
    }

    pub(crate) fn since(&self, slot: usize) -> Moment {
        // Published by the word.
        Moment::from_micros(self.tickets[slot].since.load(Relaxed) as i64)
    }

    /// Until when even void bars hold.
    pub(crate) fn firm_until(&self, slot: usize) -> Moment {
        // Published by the word.
        Moment::from_micros(self.tickets[slot].firm_until.load(Relaxed) as i64)
    }

    /// The bars that have not ended: who, and until when.
    pub(crate) fn bars(&self, slot: usize, at: Moment) -> impl Iterator<Item = (usize, Moment)> {
        self.tickets[slot].bars.iter().filter_map(move |bar| {
            // Published by the word.
            let bar = bar.load(Relaxed);
            let until = Moment::from_millis((bar >> 16) as i64);
            (bar != 0 && until > at).then_some(((bar & 0xffff) as usize, until))
        })
    }

    /// Bars an agent from a taken ticket. By its call's shard, before the ticket waits again.
    pub(crate) fn bar(&self, slot: usize, agent: usize, until: Moment, firm_until: Moment) {
        let ticket = &self.tickets[slot];
        // The ticket is taken, so its bars are ours; published by the word.
        let read = |bar: &AtomicU64| bar.load(Relaxed);
        let same = ticket.bars.iter().find(|bar| read(bar) != 0 && (read(bar) & 0xffff) as usize == agent);
        let place = same.or_else(|| ticket.bars.iter().min_by_key(|bar| read(bar) >> 16));
        let until_ms = (until.as_micros().max(1) as u64).div_ceil(1_000);
        if let Some(bar) = place {
            bar.store((until_ms << 16) | agent as u64, Relaxed);
        }
        ticket.firm_until.store(firm_until.as_micros() as u64, Relaxed);
    }
}

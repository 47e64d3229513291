//! A seat: one atomic word per agent, and the one table of how it may change.
//!
//! A claim is a compare-and-swap of that word. A seat knows who holds it (the ticket's slot) and by which claim (its
//! generation), and nothing of phones or timers: every claim's end is the holder's duty.

use model::Moment;

use crate::api::{Closed, Generation};
use crate::sync::{AcqRel, Acquire, AtomicU64, Relaxed};

/// What a seat is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SeatState {
    /// Not logged in.
    Off,
    /// Free for the next call.
    Idle,
    /// Someone is about to claim it for the ticket in the word; settled by that ticket's word, and by whoever needs
    /// to know sooner (`Core::settle_seat`). Never told to anyone.
    Sought,
    /// Claimed for a ticket: the phone is being called.
    Claimed,
    /// In a conversation.
    Busy,
    /// Wrapping up.
    Wrap,
    /// Logged in, gets no calls.
    Paused,
    /// Ready, and counted nowhere until called in.
    Standby,
}

/// Who may change a seat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Who {
    /// The shard of the agent's desk.
    Desk,
    /// Anyone who matches a call with this seat.
    Matcher,
    /// The shard of the call that holds the claim.
    Holder,
    /// Whoever finds that standby agents are needed, or no longer.
    Switch,
}

/// The one table of transitions. Everything else is a bug.
pub(crate) const fn may_change(from: SeatState, to: SeatState, who: Who) -> bool {
    use SeatState::{Busy, Claimed, Idle, Off, Paused, Sought, Standby, Wrap};
    match who {
        // A sought seat is closed or reopened only after its ticket was made unclaimable. A desk that becomes ready
        // seeks a waiting call at once, and is idle only if there is none.
        Who::Desk => {
            matches!(
                (from, to),
                (Off | Idle | Sought | Wrap | Paused | Standby, Off | Idle | Wrap | Paused | Standby)
                    | (Off | Wrap | Paused | Standby, Sought)
            )
        }
        Who::Matcher => matches!((from, to), (Idle | Sought, Sought) | (Sought, Idle | Claimed)),
        // Called in, and sent back.
        Who::Switch => matches!((from, to), (Standby, Idle) | (Idle, Standby)),
        Who::Holder => matches!((from, to), (Claimed, Busy) | (Claimed | Busy, Wrap)),
    }
}

/// A seat's word: generation (24 bits) · tag (16) · ticket's slot (20) · state (4).
/// The tag grows with each change, so that a word is never seen twice within one generation's lifetime.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SeatWord(u64);

const STATE_BITS: u32 = 4;
const SLOT_BITS: u32 = 20;
const TAG_BITS: u32 = 16;
const GENERATION_SHIFT: u32 = STATE_BITS + SLOT_BITS + TAG_BITS;

impl SeatWord {
    pub(crate) const fn state(self) -> SeatState {
        match self.0 & 0xf {
            1 => SeatState::Idle,
            2 => SeatState::Sought,
            3 => SeatState::Claimed,
            4 => SeatState::Busy,
            5 => SeatState::Wrap,
            6 => SeatState::Paused,
            7 => SeatState::Standby,
            _ => SeatState::Off,
        }
    }

    /// The slot of the ticket that it is sought or claimed for; meaningless in other states.
    pub(crate) const fn slot(self) -> usize {
        ((self.0 >> STATE_BITS) & ((1 << SLOT_BITS) - 1)) as usize
    }

    pub(crate) const fn generation(self) -> Generation {
        Generation((self.0 >> GENERATION_SHIFT) as u32)
    }

    /// Whether the agent is at work: comes back to calls without anyone's choice.
    pub(crate) const fn is_on_duty(self) -> bool {
        match self.state() {
            SeatState::Idle | SeatState::Sought | SeatState::Claimed | SeatState::Busy | SeatState::Wrap => true,
            SeatState::Off | SeatState::Paused | SeatState::Standby => false,
        }
    }

    /// Whether it is to be found among the idle.
    pub(crate) const fn is_open(self) -> bool {
        matches!(self.state(), SeatState::Idle | SeatState::Sought)
    }

    /// The same claim in another state.
    pub(crate) fn to(self, state: SeatState) -> Self {
        self.pack(self.generation().0, self.slot(), state)
    }

    /// The same generation, for this ticket.
    pub(crate) fn sought_for(self, slot: usize) -> Self {
        self.pack(self.generation().0, slot, SeatState::Sought)
    }

    /// The claim is over.
    pub(crate) fn released(self) -> Self {
        self.pack(self.generation().0.wrapping_add(1), 0, SeatState::Wrap)
    }

    fn pack(self, generation: u32, slot: usize, state: SeatState) -> Self {
        let tag = ((self.0 >> (STATE_BITS + SLOT_BITS)) + 1) & ((1 << TAG_BITS) - 1);
        let generation = u64::from(generation) & 0xff_ffff;
        Self(
            (generation << GENERATION_SHIFT)
                | (tag << (STATE_BITS + SLOT_BITS))
                | ((slot as u64) << STATE_BITS)
                | state as u64,
        )
    }
}

impl From<Closed> for SeatState {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::Off => Self::Off,
            Closed::Paused => Self::Paused,
            Closed::Wrap => Self::Wrap,
        }
    }
}

/// All seats, by agent number.
pub(crate) struct Seats {
    seats: Box<[Seat]>,
}

/// One seat; both words share a cache line, since a scan reads both.
struct Seat {
    word: AtomicU64,
    /// Since when it is idle, in µs since the epoch.
    idle_since: AtomicU64,
}

impl Seats {
    /// All off.
    pub(crate) fn new(count: usize) -> Self {
        let seats = (0..count).map(|_| Seat { word: AtomicU64::new(0), idle_since: AtomicU64::new(0) }).collect();
        Self { seats }
    }

    /// All off, as after so many claims that ten more use up the generations.
    pub(crate) fn grow_old(&self) {
        let word = SeatWord(0xff_fff5 << GENERATION_SHIFT);
        // Before anyone else knows of the seats.
        self.seats.iter().for_each(|seat| seat.word.store(word.0, Relaxed));
    }

    /// Bytes per seat.
    pub(crate) const fn bytes() -> usize {
        size_of::<Seat>()
    }

    pub(crate) fn word(&self, agent: usize) -> SeatWord {
        // Pairs with the swap in `change`.
        SeatWord(self.seats[agent].word.load(Acquire))
    }

    /// Changes a seat if it is still as it was seen.
    pub(crate) fn change(&self, agent: usize, seen: SeatWord, to: SeatWord, who: Who) -> Result<SeatWord, SeatWord> {
        debug_assert!(may_change(seen.state(), to.state(), who), "{who:?} may not turn {seen:?} into {to:?}");
        // Pairs with the load in `word` and with every other swap of this word: a claim happens once.
        match self.seats[agent].word.compare_exchange(seen.0, to.0, AcqRel, Acquire) {
            Ok(_) => Ok(to),
            Err(now) => Err(SeatWord(now)),
        }
    }

    /// Notes since when the seat is idle; by the desk's shard, before it makes the seat idle.
    pub(crate) fn set_idle_since(&self, agent: usize, at: Moment) {
        // Published by the swap to Idle or Sought in `change`.
        self.seats[agent].idle_since.store(at.as_micros() as u64, Relaxed);
    }

    /// Since when the seat is idle; of an idle seat.
    pub(crate) fn idle_since(&self, agent: usize) -> Moment {
        // Read after the word was seen Idle (Acquire), which publishes it. A newer one is harmless: the word changed too.
        Moment::from_micros(self.seats[agent].idle_since.load(Relaxed) as i64)
    }

    /// How many seats are in a state that `wanted` names.
    pub(crate) fn count(&self, wanted: impl Fn(SeatState) -> bool) -> usize {
        (0..self.seats.len()).filter(|agent| wanted(self.word(*agent).state())).count()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const ALL: [SeatState; 8] = [
        SeatState::Off,
        SeatState::Idle,
        SeatState::Sought,
        SeatState::Claimed,
        SeatState::Busy,
        SeatState::Wrap,
        SeatState::Paused,
        SeatState::Standby,
    ];

    #[test]
    fn a_word_keeps_what_it_is_given() {
        for state in ALL {
            let word = SeatWord(0).sought_for(0xf_fffe).to(state);
            assert_eq!((word.state(), word.slot(), word.generation()), (state, 0xf_fffe, Generation(0)));
        }
        let mut word = SeatWord(0);
        for _ in 0..(1 << 24) {
            word = word.released();
        }
        assert_eq!((word.generation(), word.state()), (Generation(0), SeatState::Wrap), "generations start anew");
    }

    #[test]
    fn only_the_holder_ends_a_claim_and_only_matchers_begin_one() {
        for from in ALL {
            for to in ALL {
                let begins = may_change(from, to, Who::Matcher) && to == SeatState::Claimed;
                assert!(!begins || from == SeatState::Sought);
                let held = matches!(from, SeatState::Claimed | SeatState::Busy);
                assert!(!held || !may_change(from, to, Who::Desk), "the desk took a held seat: {from:?} → {to:?}");
                assert!(!held || !may_change(from, to, Who::Matcher));
                assert!(held || !may_change(from, to, Who::Holder));
            }
        }
    }

    #[test]
    fn a_seat_changes_only_if_it_is_as_it_was_seen() {
        let seats = Seats::new(1);
        let off = seats.word(0);
        let idle = seats.change(0, off, off.to(SeatState::Idle), Who::Desk).expect("nobody else is here");
        assert_eq!(seats.change(0, off, off.to(SeatState::Paused), Who::Desk), Err(idle));
        assert_eq!(seats.count(|state| state == SeatState::Idle), 1);
    }
}

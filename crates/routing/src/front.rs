//! What stands in front of each lane: how many wait there, and who is first, in one small row that an agent's look
//! reads through without touching a ticket.
//!
//! `waiting` is never less than there are, and nobody is overlooked by it. Who is first is a hint: right whenever nobody
//! is at work in the lane, checked before anything is done with it.

use model::{Moment, MunicipalityId};
use plan::ClassNo;

use crate::lane_no::{LaneMap, LaneNo, Special};
use crate::sync::{AcqRel, Acquire, AtomicU32, Count, Hint, Relaxed};

/// The first of a lane: since when, in ms (42 bits: until 2109) · municipality (10; 0 is unknown) · whether it has come
/// back, and may be barred from some (1) · version (11).
/// The version grows with each change in the lane, so that no older sight of it is written over a newer one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct First(u64);

const SINCE_SHIFT: u32 = 22;
const NOBODY: u64 = u64::MAX >> SINCE_SHIFT;

impl First {
    /// Since when the first waits, in ms; none: nobody is known to wait.
    pub(crate) const fn since_ms(self) -> Option<i64> {
        let since = self.0 >> SINCE_SHIFT;
        if since == NOBODY { None } else { Some(since as i64) }
    }

    /// Whose citizen it is.
    pub(crate) fn municipality(self) -> Option<MunicipalityId> {
        Some(MunicipalityId((self.0 >> 12) as u16 & 0x3ff)).filter(|code| code.0 != 0)
    }

    /// Whether it waits for the second time or more: then it may be barred from some agents.
    pub(crate) const fn has_come_back(self) -> bool {
        self.0 & 0x800 != 0
    }

    fn next(self, first: Option<Seen>) -> Self {
        let version = (self.0 + 1) & 0x7ff;
        let (since, rest) = first.map_or((NOBODY, 0), |seen| {
            let ms = Moment::from_micros(seen.since).as_millis().clamp(0, NOBODY as i64 - 1) as u64;
            let code = seen.municipality.map_or(0, |code| u64::from(code.0 & 0x3ff));
            (ms, (code << 12) | (u64::from(seen.has_come_back) << 11))
        });
        Self((since << SINCE_SHIFT) | rest | version)
    }
}

/// Who was seen to be first.
#[derive(Clone, Copy)]
pub(crate) struct Seen {
    /// µs since the epoch.
    pub(crate) since: i64,
    pub(crate) municipality: Option<MunicipalityId>,
    pub(crate) has_come_back: bool,
}

/// One lane's front. Four share a cache line.
#[repr(C, align(16))]
struct Front {
    first: Hint,
    waiting: AtomicU32,
    /// Of a class's normal lane: special lanes of the class that someone has ever stood in. Raised before the joiner's
    /// fence, never lowered.
    specials: Count,
}

/// The fronts of all lanes.
pub(crate) struct Fronts {
    lanes: Box<[Front]>,
    /// Lanes below this number are the classes' own.
    classes: usize,
    /// How many wait in all others: mostly nobody, and then nobody looks for them.
    beside: Count,
}

impl Fronts {
    pub(crate) fn new(lanes: usize, classes: usize) -> Self {
        let nobody =
            |_| Front { first: Hint::new(NOBODY << SINCE_SHIFT), waiting: AtomicU32::new(0), specials: Count::new(0) };
        Self { lanes: (0..lanes).map(nobody).collect(), classes, beside: Count::new(0) }
    }

    /// Special lanes of a class that someone has ever stood in, as bits.
    pub(crate) fn specials(&self, class: ClassNo) -> u32 {
        // Pairs, by the fences of `Look`, with `use_special`.
        self.lanes[LaneMap::normal(class).at()].specials.load(Relaxed)
    }

    /// Someone is about to stand there.
    pub(crate) fn use_special(&self, class: ClassNo, special: Special) {
        // Before the fence of the look that follows, as `will_wait`; never taken back.
        self.lanes[LaneMap::normal(class).at()].specials.fetch_or(1 << special.0, Relaxed);
    }

    /// Whether anyone waits beside the classes' own lanes.
    pub(crate) fn somebody_waits_beside(&self) -> bool {
        // Raised before the joiner's fence, as `waiting`; the looker's fence comes before this.
        self.beside.load(Relaxed) != 0
    }

    /// How many wait; never less than there are.
    pub(crate) fn waiting(&self, lane: LaneNo) -> u32 {
        // A joiner raises it before its fence; the looker's fence (`Look::for_call`) comes before this.
        self.lanes[lane.at()].waiting.load(Relaxed)
    }

    /// Counts one more, before that is so.
    pub(crate) fn will_wait(&self, lane: LaneNo) {
        // Pairs, by the fences of `Look`, with `waiting`.
        self.lanes[lane.at()].waiting.fetch_add(1, AcqRel);
        if lane.at() >= self.classes {
            self.beside.fetch_add(1, AcqRel);
        }
    }

    /// Counts one less, after that is so.
    pub(crate) fn waits_no_more(&self, lane: LaneNo) {
        // After the ticket's swap, so that it is never less than there are.
        self.lanes[lane.at()].waiting.fetch_sub(1, AcqRel);
        if lane.at() >= self.classes {
            self.beside.fetch_sub(1, AcqRel);
        }
    }

    /// Who is first.
    pub(crate) fn first(&self, lane: LaneNo) -> First {
        // Pairs with the swap in `renew`.
        First(self.lanes[lane.at()].first.load(Acquire))
    }

    /// Something has changed in the lane: `look` says who is first now.
    pub(crate) fn renew(&self, lane: LaneNo, mut look: impl FnMut() -> Option<Seen>) {
        loop {
            let seen = self.first(lane);
            let now = seen.next(look());
            // Pairs with itself in other threads: who saw the lane before another's change fails here and looks again.
            if self.lanes[lane.at()].first.compare_exchange(seen.0, now.0, AcqRel, Acquire).is_ok() {
                return;
            }
        }
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_known_to_the_millisecond_with_its_municipality() {
        let (fronts, lane) = (Fronts::new(1, 1), LaneNo(0));
        assert_eq!(fronts.first(lane).since_ms(), None);
        for turn in 0..5_000 {
            let since = 1_800_000_000_123_456 + turn;
            let municipality = Some(MunicipalityId(860));
            fronts.renew(lane, || Some(Seen { since, municipality, has_come_back: turn % 3 == 0 }));
            let first = fronts.first(lane);
            assert_eq!(first.has_come_back(), turn % 3 == 0);
            assert_eq!((first.since_ms(), first.municipality()), (Some(since / 1_000), Some(MunicipalityId(860))));
        }
        fronts.renew(lane, || Some(Seen { since: -5, municipality: None, has_come_back: false }));
        assert_eq!((fronts.first(lane).since_ms(), fronts.first(lane).municipality()), (Some(0), None));
        fronts.renew(lane, || None);
        assert_eq!(fronts.first(lane).since_ms(), None);
    }
}

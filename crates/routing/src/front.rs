//! What stands in front of each lane: how many wait there, and who is first, in two small rows that an agent's look
//! reads through without touching a ticket.
//!
//! `waiting` is never less than there are, and nobody is overlooked by it. Who is first is a hint: right whenever nobody
//! is at work in the lane, checked before anything is done with it.

use model::{Moment, MunicipalityId};

use crate::lane_no::LaneNo;
use crate::sync::{AcqRel, Acquire, AtomicU32, LongCount, Relaxed, zeroes_u32};

/// The first of a lane: since when, in ms (42 bits: until 2109) · municipality (10; 0 is unknown) · version (12).
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

    fn next(self, first: Option<(i64, Option<MunicipalityId>)>) -> Self {
        let version = (self.0 + 1) & 0xfff;
        let (since, code) = first.map_or((NOBODY, 0), |(micros, municipality)| {
            let ms = Moment::from_micros(micros).as_millis().clamp(0, NOBODY as i64 - 1) as u64;
            (ms, municipality.map_or(0, |code| u64::from(code.0 & 0x3ff)))
        });
        Self((since << SINCE_SHIFT) | (code << 12) | version)
    }
}

/// The fronts of all lanes.
pub(crate) struct Fronts {
    waiting: Box<[AtomicU32]>,
    firsts: Box<[LongCount]>,
}

impl Fronts {
    pub(crate) fn new(lanes: usize) -> Self {
        let nobody = |_| LongCount::new(NOBODY << SINCE_SHIFT);
        Self { waiting: zeroes_u32(lanes), firsts: (0..lanes).map(nobody).collect() }
    }

    /// How many wait; never less than there are.
    pub(crate) fn waiting(&self, lane: LaneNo) -> u32 {
        // A joiner raises it before its fence; the looker's fence (`Look::for_call`) comes before this.
        self.waiting[lane.at()].load(Relaxed)
    }

    /// Counts one more, before that is so.
    pub(crate) fn will_wait(&self, lane: LaneNo) {
        // Pairs, by the fences of `Look`, with `waiting`.
        self.waiting[lane.at()].fetch_add(1, AcqRel);
    }

    /// Counts one less, after that is so.
    pub(crate) fn waits_no_more(&self, lane: LaneNo) {
        // After the ticket's swap, so that it is never less than there are.
        self.waiting[lane.at()].fetch_sub(1, AcqRel);
    }

    /// Who is first.
    pub(crate) fn first(&self, lane: LaneNo) -> First {
        // Pairs with the swap in `renew`.
        First(self.firsts[lane.at()].load(Acquire))
    }

    /// Something has changed in the lane: `look` says who is first now.
    pub(crate) fn renew(&self, lane: LaneNo, mut look: impl FnMut() -> Option<(i64, Option<MunicipalityId>)>) {
        loop {
            let seen = self.first(lane);
            let now = seen.next(look());
            // Pairs with itself in other threads: who saw the lane before another's change fails here and looks again.
            if self.firsts[lane.at()].compare_exchange(seen.0, now.0, AcqRel, Acquire).is_ok() {
                return;
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_known_to_the_millisecond_with_its_municipality() {
        let (fronts, lane) = (Fronts::new(1), LaneNo(0));
        assert_eq!(fronts.first(lane).since_ms(), None);
        for turn in 0..5_000 {
            let since = 1_800_000_000_123_456 + turn;
            fronts.renew(lane, || Some((since, Some(MunicipalityId(860)))));
            let first = fronts.first(lane);
            assert_eq!((first.since_ms(), first.municipality()), (Some(since / 1_000), Some(MunicipalityId(860))));
        }
        fronts.renew(lane, || Some((-5, None)));
        assert_eq!((fronts.first(lane).since_ms(), fronts.first(lane).municipality()), (Some(0), None));
        fronts.renew(lane, || None);
        assert_eq!(fronts.first(lane).since_ms(), None);
    }
}

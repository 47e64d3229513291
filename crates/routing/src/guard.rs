//! The surge guard: a flood of one topic, or from one municipality, gets its share and what is spare, and drowns nobody.
//!
//! Levels: 0 normal, 1 beyond the guard. A surging municipality's calls without a token stand in a diverted lane of their
//! own. Nobody owns the buckets: whoever brings a call or makes a match brings them up to date, and `Tick` does it while
//! a surge is on. Knows buckets and lanes' numbers; doesn't know who is idle.

use model::{Moment, MunicipalityId};
use plan::ClassNo;

use crate::api::Charge;
use crate::bucket::Bucket;
use crate::guard_rates::GuardRates;
use crate::lane_no::{DIVERSIONS_MAX, Special};
use crate::sync::{AtomicU32, AtomicU64, Count, Relaxed, SeqCst, fence};

/// Topics and municipalities that a plan may have.
const BUCKETS: usize = if cfg!(loom) {
    2
} else if cfg!(shuttle) {
    5
} else {
    257
};

/// Buckets and diversions.
pub(crate) struct Guard {
    topics: Box<[Bucket]>,
    municipalities: Box<[Bucket]>,
    diversions: [Diversion; DIVERSIONS_MAX],
    /// Buckets that surge.
    surging: Count,
}

/// A set of diverted lanes, one in each class, for one bucket of municipalities.
struct Diversion {
    /// Bucket + 1 of whose it is; 0: free.
    owner: AtomicU64,
    /// Tickets that stand in its lanes, or are about to.
    standing: AtomicU32,
}

impl Guard {
    pub(crate) fn new() -> Self {
        let buckets = || (0..BUCKETS).map(|_| Bucket::new()).collect();
        Self {
            topics: buckets(),
            municipalities: buckets(),
            diversions: std::array::from_fn(|_| Diversion { owner: AtomicU64::new(0), standing: AtomicU32::new(0) }),
            surging: Count::new(0),
        }
    }

    /// Counts a call that came. True: a surge began.
    pub(crate) fn arrives(&self, rates: &GuardRates, class: ClassNo, from: Option<MunicipalityId>, at: Moment) -> bool {
        let mut began = false;
        if let Some((topic, bound, _)) = rates.topic(class) {
            self.topics[topic].arrives(bound, at);
            began |= self.note(self.topics[topic].look(bound, at));
        }
        if self.is_the_topics_flood(rates, class, from, at) {
            return began;
        }
        let (municipality, bound) = rates.municipality(from);
        self.municipalities[municipality].arrives(bound, at);
        let news = self.municipalities[municipality].look(bound, at);
        if news == (true, true) {
            self.open_diversion(municipality);
        }
        began | self.note(news)
    }

    /// Whether a call is beyond its topic's guard, and its municipality has no flood of its own: then it counts as the
    /// topic's alone. Else a flood of one topic from everywhere would count as a flood of every larger municipality, and
    /// their calls about other things would be diverted with it.
    fn is_the_topics_flood(
        &self,
        rates: &GuardRates,
        class: ClassNo,
        from: Option<MunicipalityId>,
        at: Moment,
    ) -> bool {
        let (municipality, _) = rates.municipality(from);
        self.topic_level(rates, class, at) >= 1 && !self.municipalities[municipality].surges()
    }

    fn note(&self, (surges, news): (bool, bool)) -> bool {
        if news && surges {
            self.surging.fetch_add(1, Relaxed); // a figure; says whether ticks are needed
        } else if news {
            self.surging.fetch_sub(1, Relaxed); // a figure
        }
        news && surges
    }

    /// Where a call of that municipality stands, and charges it: none is the normal lane.
    /// `someone_waits` says whether a diverted lane of the class has someone in it.
    pub(crate) fn lane_for(
        &self,
        rates: &GuardRates,
        class: ClassNo,
        from: Option<MunicipalityId>,
        at: Moment,
        someone_waits: impl Fn(Special) -> bool,
    ) -> Option<Special> {
        if self.is_the_topics_flood(rates, class, from, at) {
            return None;
        }
        let (number, bound) = rates.municipality(from);
        let bucket = &self.municipalities[number];
        let slot = self.diversion_of(number).filter(|_| rates.topic(class).is_some_and(|(.., guarded)| guarded));
        if let Some(slot) = slot.filter(|slot| someone_waits(Special::diverted(*slot)))
            && self.stand_in(slot, number)
        {
            return Some(Special::diverted(slot));
        }
        if bucket.take(bound, at) || !bucket.surges() {
            return None;
        }
        slot.filter(|slot| self.stand_in(*slot, number)).map(Special::diverted)
    }

    /// Charges a call's municipality that stands in no line of the guard's.
    pub(crate) fn charge_arrival(&self, rates: &GuardRates, from: Option<MunicipalityId>, at: Moment) {
        let (number, bound) = rates.municipality(from);
        self.municipalities[number].take(bound, at);
    }

    /// The level of a class's own lane.
    pub(crate) fn topic_level(&self, rates: &GuardRates, class: ClassNo, at: Moment) -> i8 {
        rates.topic(class).map_or(0, |(topic, bound, guarded)| {
            let bucket = &self.topics[topic];
            i8::from(guarded && bucket.surges() && !bucket.has_token(bound, at))
        })
    }

    /// The level of a diverted lane.
    pub(crate) fn diverted_level(&self, rates: &GuardRates, class: ClassNo, slot: usize, at: Moment) -> i8 {
        let guarded = rates.topic(class).is_some_and(|(.., guarded)| guarded);
        let own = self.owner(slot).map_or(0, |number| {
            let (bucket, bound) = (&self.municipalities[number], &rates.municipalities()[number]);
            i8::from(guarded && bucket.surges() && !bucket.has_token(bound, at))
        });
        own.max(self.topic_level(rates, class, at))
    }

    /// Takes what a match costs.
    pub(crate) fn charge_match(&self, rates: &GuardRates, class: ClassNo, slot: Option<usize>, at: Moment) -> Charge {
        match slot.and_then(|slot| self.owner(slot)) {
            Some(number) => {
                let took = self.municipalities[number].take(&rates.municipalities()[number], at);
                if took { Charge::Municipality } else { Charge::Nothing }
            }
            None if slot.is_some() => Charge::Nothing,
            None => {
                let took = rates.topic(class).is_some_and(|(topic, bound, _)| self.topics[topic].take(bound, at));
                if took { Charge::Topic } else { Charge::Nothing }
            }
        }
    }

    /// Gives back what a match cost that came to nothing.
    pub(crate) fn give_back(
        &self,
        rates: &GuardRates,
        charge: Charge,
        class: ClassNo,
        from: Option<MunicipalityId>,
        at: Moment,
    ) {
        match charge {
            Charge::Nothing => {}
            Charge::Topic => {
                if let Some((topic, bound, _)) = rates.topic(class) {
                    self.topics[topic].give_back(bound, at);
                }
            }
            Charge::Municipality => {
                let (number, bound) = rates.municipality(from);
                self.municipalities[number].give_back(bound, at);
            }
        }
    }

    /// Brings all flags up to date; frees diversions that nobody needs any more.
    pub(crate) fn tick(&self, rates: &GuardRates, at: Moment) {
        for (bucket, bound) in self.topics.iter().zip(rates.topics()).filter(|(bucket, _)| bucket.surges()) {
            self.note(bucket.look(bound, at));
        }
        for (bucket, bound) in
            self.municipalities.iter().zip(rates.municipalities()).filter(|(bucket, _)| bucket.surges())
        {
            self.note(bucket.look(bound, at));
        }
        (0..DIVERSIONS_MAX).for_each(|slot| self.close_diversion(slot));
    }

    /// Whether anything surges, or stands diverted.
    pub(crate) fn is_on(&self) -> bool {
        self.surging() > 0 || self.diversions.iter().any(|diversion| diversion.owner.load(Relaxed) != 0)
    }

    /// How many topics and municipalities surge.
    pub(crate) fn surging(&self) -> u32 {
        self.surging.load(Relaxed) // a figure
    }

    fn owner(&self, slot: usize) -> Option<usize> {
        // Whoever stands in it keeps it from changing hands (`close_diversion`).
        (self.diversions[slot].owner.load(SeqCst) as usize).checked_sub(1)
    }

    fn diversion_of(&self, number: usize) -> Option<usize> {
        (0..DIVERSIONS_MAX).find(|slot| self.owner(*slot) == Some(number))
    }

    fn open_diversion(&self, number: usize) {
        if self.diversion_of(number).is_some() {
            return;
        }
        // Two that open one for the same bucket leave one unused until `close_diversion` finds it empty.
        for diversion in &self.diversions {
            // Pairs with the swaps of others who open or close it.
            if diversion.owner.compare_exchange(0, number as u64 + 1, SeqCst, SeqCst).is_ok() {
                return;
            }
        }
    }

    /// Counts one more who stands there, if it is still that bucket's.
    fn stand_in(&self, slot: usize, number: usize) -> bool {
        let diversion = &self.diversions[slot];
        // Counted first, looked second: pairs with `close_diversion`, which looks at the count after it closed.
        diversion.standing.fetch_add(1, SeqCst);
        fence(SeqCst);
        let is_ours = self.owner(slot) == Some(number);
        if !is_ours {
            diversion.standing.fetch_sub(1, SeqCst);
        }
        is_ours
    }

    /// How many stand in each diversion's lanes, or are about to.
    #[cfg(shuttle)]
    pub(crate) fn standing(&self) -> [u32; DIVERSIONS_MAX] {
        std::array::from_fn(|slot| self.diversions[slot].standing.load(SeqCst))
    }

    /// One who stood there is gone for good.
    pub(crate) fn stands_no_more(&self, slot: usize) {
        // Pairs with the load in `close_diversion`.
        self.diversions[slot].standing.fetch_sub(1, SeqCst);
    }

    fn close_diversion(&self, slot: usize) {
        let diversion = &self.diversions[slot];
        let Some(number) = self.owner(slot) else { return };
        if self.municipalities[number].surges() || diversion.standing.load(SeqCst) > 0 {
            return;
        }
        // Closed first, counted second: pairs with `stand_in`.
        let owner = number as u64 + 1;
        if diversion.owner.compare_exchange(owner, 0, SeqCst, SeqCst).is_err() {
            return;
        }
        fence(SeqCst);
        if diversion.standing.load(SeqCst) > 0 {
            // Someone came just now. If the slot has found another owner meanwhile, that is whose lanes they share:
            // they are served all the same.
            let _ = diversion.owner.compare_exchange(0, owner, SeqCst, SeqCst);
        }
    }
}

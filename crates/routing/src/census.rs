//! The census: how many on duty fit each class, and how many of them are idle.
//!
//! Kept beside the seats, and a moment behind them: it weighs and reserves, and proves nothing. Each seat remembers as
//! what it has been counted, so that whoever sees a difference counts it once, in whatever order threads come by.

use plan::ClassNo;

use crate::seat::{SeatState, Seats};
use crate::sync::{AcqRel, Acquire, Count, Hint, LongCount, Relaxed};
use crate::tables::Tables;

/// As what a seat is counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Counted {
    No,
    OnDuty,
    Idle,
}

/// All counts.
pub(crate) struct Census {
    /// By class: N (upper half) and n (lower half).
    classes: Box<[LongCount]>,
    on_duty: Count,
    /// By seat: epoch of the skills that it was counted by (upper half) · as what.
    seats: Box<[Hint]>,
}

impl Census {
    pub(crate) fn new(classes: usize, seats: usize) -> Self {
        Self {
            classes: (0..classes).map(|_| LongCount::new(0)).collect(),
            on_duty: Count::new(0),
            seats: (0..seats).map(|_| Hint::new(0)).collect(),
        }
    }

    /// N: on duty and fit at their last step; and n, those of them who are idle.
    pub(crate) fn of(&self, class: ClassNo) -> (u32, u32) {
        let both = self.classes[class.at()].load(Relaxed); // a figure
        // Below zero for the moment in which two threads count the same seat in the other order.
        let at_least_none = |half: u32| (half as i32).max(0) as u32;
        (at_least_none((both >> 32) as u32), at_least_none(both as u32))
    }

    /// Everyone on duty.
    pub(crate) fn on_duty(&self) -> u32 {
        (self.on_duty.load(Relaxed) as i32).max(0) as u32 // a figure
    }

    /// Whether a seat is counted as on duty.
    pub(crate) fn counts(&self, agent: usize) -> bool {
        // Pairs with the swap in `recount`; a moment behind is right enough.
        unpack(self.seats[agent].load(Acquire)).1 != Counted::No
    }

    /// Counts a seat as what it is now. False: the snapshot is older than the one that it was counted by.
    pub(crate) fn recount(&self, agent: usize, seats: &Seats, tables: &Tables) -> bool {
        loop {
            // Pairs with the swap below.
            let seen = self.seats[agent].load(Acquire);
            let counted = counted_as(seats.word(agent).state());
            let (epoch, classes) = tables.counted(agent);
            let (seen_epoch, seen_as) = unpack(seen);
            if (seen_epoch.wrapping_sub(epoch) as i32) > 0 {
                return false;
            }
            if (seen_epoch, seen_as) == (epoch, counted) {
                return true;
            }
            // Pairs with the load above: each difference is counted by one thread.
            if self.seats[agent].compare_exchange(seen, pack(epoch, counted), AcqRel, Acquire).is_ok() {
                let old = if seen_epoch == epoch { classes } else { tables.counted_before(agent) };
                self.count(old, seen_as, classes, counted);
            }
        }
    }

    fn count(&self, old: &[ClassNo], was: Counted, new: &[ClassNo], is: Counted) {
        let worth = |counted: Counted| match counted {
            Counted::No => 0,
            Counted::OnDuty => 1_u64 << 32,
            Counted::Idle => (1_u64 << 32) + 1,
        };
        if std::ptr::eq(old, new) {
            let by = worth(is).wrapping_sub(worth(was));
            self.add(new, by);
        } else {
            self.add(old, worth(was).wrapping_neg());
            self.add(new, worth(is));
        }
        let on_duty = |counted| u32::from(counted != Counted::No);
        self.on_duty.fetch_add(on_duty(is).wrapping_sub(on_duty(was)), Relaxed); // a figure
    }

    fn add(&self, classes: &[ClassNo], by: u64) {
        for class in classes {
            self.classes[class.at()].fetch_add(by, Relaxed); // a figure
        }
    }
}

const fn counted_as(state: SeatState) -> Counted {
    match state {
        SeatState::Idle | SeatState::Sought => Counted::Idle,
        SeatState::Claimed | SeatState::Busy | SeatState::Wrap => Counted::OnDuty,
        SeatState::Off | SeatState::Paused | SeatState::Standby => Counted::No,
    }
}

const fn pack(epoch: u32, counted: Counted) -> u64 {
    ((epoch as u64) << 32) | counted as u64
}

const fn unpack(word: u64) -> (u32, Counted) {
    let counted = match word as u32 {
        0 => Counted::No,
        1 => Counted::OnDuty,
        _ => Counted::Idle,
    };
    ((word >> 32) as u32, counted)
}

#[cfg(all(test, loom))]
mod races {
    use std::sync::Arc;

    use forecast::Outlook;
    use model::{AgentId, Language, TopicId};
    use plan::{Agent, Class, Plan};

    use super::*;
    use crate::seat::Who;

    /// A seat, its census, and a plan with that one agent.
    fn floor() -> (Seats, Census, Tables) {
        let class = Class { topic: TopicId::new("t"), language: Language::new("da") };
        let agent = Agent { skills: vec![(ClassNo(0), 1)], ..Agent::new(AgentId::new("agent")) };
        let plan = Plan { classes: vec![class], agents: vec![agent], ..Plan::default() };
        (Seats::new(1), Census::new(1, 1), Tables::new(&plan, &Outlook::unknown()))
    }

    #[test]
    fn a_seat_that_is_opened_claimed_and_let_go_is_counted_as_what_it_is_in_the_end() {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = Some(3);
        builder.check(|| {
            let floor = Arc::new(floor());
            let desk = Arc::clone(&floor);
            let opens = loom::thread::spawn(move || {
                let (seats, census, tables) = &*desk;
                let off = seats.word(0);
                seats.change(0, off, off.to(SeatState::Idle), Who::Desk).expect("nobody changes a seat that is off");
                census.recount(0, seats, tables);
            });
            let (seats, census, tables) = &*floor;
            let seen = seats.word(0);
            if seen.state() == SeatState::Idle {
                let sought = seats.change(0, seen, seen.sought_for(0), Who::Matcher).expect("only we seek it");
                seats.change(0, sought, sought.to(SeatState::Claimed), Who::Matcher).expect("only we claim it");
                census.recount(0, seats, tables);
            }
            opens.join().expect("no panic");
            let idle = u32::from(seats.word(0).state() == SeatState::Idle);
            assert_eq!((census.of(ClassNo(0)), census.on_duty()), ((1, idle), 1));
        });
    }
}

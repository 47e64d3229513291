//! The races of one lane with few places, so that places are used again at the worst moments, and of what is said to stand
//! in front of it: explored by loom.
//! Tells a lane's order from outside; the whole floor's races are in `tests/loom.rs`.

use std::sync::Arc;

use crate::front::{Fronts, Seen};
use crate::lane::{Lanes, TOMBSTONES_MAX};
use crate::lane_no::LaneNo;
use crate::sync::{AcqRel, Acquire, AtomicU64, zeroes_u64};
use crate::ticket::Stint;

/// A lane with few places, who of its stints still waits, and who is said to be first.
struct Row {
    lanes: Lanes,
    fronts: Fronts,
    alive: Box<[AtomicU64]>,
}

impl Row {
    fn joins(&self, number: usize) {
        let at = self.lanes.take_place(0).expect("there are enough");
        self.alive[number].swap(1, AcqRel);
        self.lanes.join(0, at, Stint(number as u64), 5, |stint| self.waits(stint));
    }

    fn leaves(&self, number: usize) {
        self.alive[number].swap(0, AcqRel);
        self.lanes.tidy(0, 0, TOMBSTONES_MAX, |stint| self.waits(stint));
    }

    fn comes_back(&self, number: usize, since: i64) {
        let at = self.lanes.take_place(0).expect("there are enough");
        self.alive[number].swap(1, AcqRel);
        self.lanes.come_back(0, at, Stint(number as u64), since, |stint| self.waits(stint));
    }

    fn waits(&self, stint: Stint) -> bool {
        self.alive[stint.slot()].load(Acquire) == 1
    }

    /// As the core does after each change of a lane.
    fn renews_the_front(&self) {
        self.fronts.renew(LaneNo(0), || {
            let first = self.lanes.walk(0, |stint| self.waits(stint)).next()?;
            Some(Seen { since: first.since, municipality: None, has_come_back: false })
        });
    }

    fn standing(&self) -> Vec<usize> {
        let mut walk = self.lanes.walk(0, |stint| self.waits(stint));
        std::iter::from_fn(|| walk.next()).map(|standing| standing.stint.slot()).collect()
    }
}

fn explore(preemptions: usize, story: impl Fn(Arc<Row>) + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(move || {
        story(Arc::new(Row { lanes: Lanes::new(1, 4), fronts: Fronts::new(1, 1), alive: zeroes_u64(6) }))
    });
}

#[test]
fn a_place_used_again_is_not_taken_for_its_former_self() {
    explore(2, |row| {
        row.joins(0);
        let other = Arc::clone(&row);
        let thread = loom::thread::spawn(move || {
            other.leaves(0);
            other.joins(1);
            other.leaves(1);
            other.joins(2);
        });
        row.joins(3);
        thread.join().expect("no panic");
        let mut standing = row.standing();
        standing.sort_unstable();
        assert_eq!(standing, [2, 3]);
    });
}

#[test]
fn one_who_comes_back_stands_in_front_while_others_join_and_leave() {
    explore(3, |row| {
        row.joins(0);
        row.joins(1);
        let other = Arc::clone(&row);
        let thread = loom::thread::spawn(move || {
            other.leaves(0);
            other.joins(2);
        });
        row.comes_back(3, 1);
        thread.join().expect("no panic");
        assert_eq!(row.standing(), [3, 1, 2]);
    });
}

#[test]
fn who_is_said_to_be_first_is_first_once_all_is_quiet() {
    explore(3, |row| {
        row.joins(0);
        row.renews_the_front();
        let other = Arc::clone(&row);
        let thread = loom::thread::spawn(move || {
            other.leaves(0);
            other.renews_the_front();
        });
        row.comes_back(1, 2_000);
        row.renews_the_front();
        thread.join().expect("no panic");
        assert_eq!(row.fronts.first(LaneNo(0)).since_ms(), Some(2));
    });
}

#[test]
fn nobody_is_said_to_be_first_in_a_lane_that_all_have_left() {
    explore(3, |row| {
        row.joins(0);
        row.renews_the_front();
        let other = Arc::clone(&row);
        let thread = loom::thread::spawn(move || {
            other.joins(1);
            other.renews_the_front();
            other.leaves(1);
            other.renews_the_front();
        });
        row.leaves(0);
        row.renews_the_front();
        thread.join().expect("no panic");
        assert_eq!(row.fronts.first(LaneNo(0)).since_ms(), None);
    });
}

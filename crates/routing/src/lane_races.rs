//! The races of one lane with few places, so that places are used again at the worst moments: explored by loom.
//! Tells a lane's order from outside; the whole floor's races are in `tests/loom.rs`.

use std::sync::Arc;

use crate::lane::{Lanes, TOMBSTONES_MAX};
use crate::sync::{AcqRel, Acquire, AtomicU32, zeroes_u32};
use crate::ticket::Stint;

/// A lane with few places, and who of its stints still waits.
struct Row {
    lanes: Lanes,
    alive: Box<[AtomicU32]>,
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

    fn standing(&self) -> Vec<usize> {
        let mut walk = self.lanes.walk(0, |stint| self.waits(stint));
        std::iter::from_fn(|| walk.next()).map(|standing| standing.stint.slot()).collect()
    }
}

fn explore(preemptions: usize, story: impl Fn(Arc<Row>) + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(move || story(Arc::new(Row { lanes: Lanes::new(1, 4), alive: zeroes_u32(6) })));
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

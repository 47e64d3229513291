//! A scheduler that stops threads: each of the first takes so many steps, then the last runs to its end while they stand
//! still, then they go on, one after the other.
//!
//! A step is one atomic operation. The first run stops them all before their first step, each further run one step later,
//! until the first comes to its end without being stopped. The main thread goes first whenever it can, so it looks
//! around while they stand.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use shuttle::scheduler::{Schedule, Scheduler, Task, TaskId};

/// Steps within which the last must have come to its end: fifty times what the longest deed takes alone.
pub(crate) const STEPS_MAX: usize = 20_000;

/// What is seen from outside the runs.
#[derive(Default)]
pub(crate) struct Stops {
    /// After how many steps this run stops each of them.
    pub(crate) after: Mutex<Vec<usize>>,
    pub(crate) runs: AtomicUsize,
    /// The most steps that the last took.
    pub(crate) most: AtomicUsize,
    /// The last did not come to its end while the others stood still.
    pub(crate) held_up: AtomicBool,
}

pub(crate) struct Stopper {
    stops: Arc<Stops>,
    after: Vec<usize>,
    /// Steps of each in this run, and of the last.
    steps: Vec<usize>,
    last: usize,
    has_begun: bool,
}

impl Stopper {
    /// For so many threads to be stopped: those that are started first.
    pub(crate) fn new(stops: &Arc<Stops>, count: usize) -> Self {
        Self { stops: Arc::clone(stops), after: vec![0; count], steps: vec![0; count], last: 0, has_begun: false }
    }

    /// One step later than the last run. False: they all have been stopped everywhere.
    fn goes_on(&mut self) -> bool {
        for number in (0..self.after.len()).rev() {
            let was_stopped = self.steps[number] == self.after[number];
            if was_stopped {
                self.after[number] += 1;
                return true;
            }
            // Through without being stopped: from the beginning, while the one before it stops a step later.
            self.after[number] = 0;
        }
        false
    }
}

impl Scheduler for Stopper {
    fn new_execution(&mut self) -> Option<Schedule> {
        if self.has_begun && !self.goes_on() {
            return None;
        }
        self.has_begun = true;
        self.steps.fill(0);
        self.last = 0;
        self.stops.runs.fetch_add(1, SeqCst);
        self.stops.after.lock().expect("no panic elsewhere").clone_from(&self.after);
        Some(Schedule::new(0))
    }

    fn next_task(&mut self, runnable: &[&Task], _current: Option<TaskId>, _is_yielding: bool) -> Option<TaskId> {
        let number_of = |task: &&Task| usize::from(task.id());
        let find = |wanted: usize| runnable.iter().find(|task| number_of(task) == wanted).map(|task| task.id());
        if let Some(main) = find(0) {
            return Some(main);
        }
        let count = self.after.len();
        let before_its_stop = (0..count).find(|one| self.steps[*one] < self.after[*one] && find(one + 1).is_some());
        if let Some(one) = before_its_stop {
            self.steps[one] += 1;
            return find(one + 1);
        }
        if let Some(last) = find(count + 1) {
            if self.last < STEPS_MAX {
                self.last += 1;
                self.stops.most.fetch_max(self.last, SeqCst);
                return Some(last);
            }
            self.stops.held_up.store(true, SeqCst);
        }
        // Everyone else, as they come.
        runnable.iter().find(|task| number_of(task) <= count).or(runnable.first()).map(|task| task.id())
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}

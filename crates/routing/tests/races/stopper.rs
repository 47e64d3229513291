//! A scheduler that stops one thread: A takes so many steps, then B runs to its end while A stands still, then A goes on.
//!
//! A step is one atomic operation. The first run stops A before its first step, each further run one step later, until
//! A comes to its end without being stopped. The main thread goes first whenever it can, so it looks around while A stands.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use shuttle::scheduler::{Schedule, Scheduler, Task, TaskId};

/// Steps within which B must have come to its end. Ten times what the longest deed takes alone.
pub(crate) const STEPS_MAX: usize = 20_000;

/// What is seen from outside the runs.
#[derive(Default)]
pub(crate) struct Stops {
    /// After how many of A's steps this run stops it.
    pub(crate) after: AtomicUsize,
    /// The most steps that B took.
    pub(crate) most: AtomicUsize,
    /// B did not come to its end while A stood still.
    pub(crate) held_up: AtomicBool,
}

pub(crate) struct Stopper {
    stops: Arc<Stops>,
    runs: usize,
    /// Steps of A, and of B, in this run.
    steps: (usize, usize),
}

impl Stopper {
    pub(crate) fn new(stops: &Arc<Stops>) -> Self {
        Self { stops: Arc::clone(stops), runs: 0, steps: (0, 0) }
    }
}

impl Scheduler for Stopper {
    fn new_execution(&mut self) -> Option<Schedule> {
        let a_was_through = self.steps.0 < self.runs.saturating_sub(1);
        if a_was_through {
            return None;
        }
        self.stops.after.store(self.runs, SeqCst);
        self.runs += 1;
        self.steps = (0, 0);
        Some(Schedule::new(0))
    }

    fn next_task(&mut self, runnable: &[&Task], _current: Option<TaskId>, _is_yielding: bool) -> Option<TaskId> {
        let [main, a, b] = [0, 1, 2].map(|number| runnable.iter().find(|task| usize::from(task.id()) == number));
        let chosen = match (main, a, b) {
            (Some(main), ..) => main,
            (None, Some(a), _) if self.steps.0 + 1 < self.runs => {
                self.steps.0 += 1;
                a
            }
            (None, Some(a), Some(_)) if self.steps.1 >= STEPS_MAX => {
                self.stops.held_up.store(true, SeqCst);
                a
            }
            (None, _, Some(b)) => {
                self.steps.1 += 1;
                self.stops.most.fetch_max(self.steps.1, SeqCst);
                b
            }
            (None, Some(a), None) => a,
            (None, None, None) => return None,
        };
        Some(chosen.id())
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}

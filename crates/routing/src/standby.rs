//! Standby agents: called in when a queue is over its bounds for some seconds, sent back when it has been calm for long.
//! Looked after by `Tick` alone, so one thread at a time decides; what it decided is read by all.

use std::time::Duration;

use model::Moment;
use plan::{QueueNo, StandbyRule};

use crate::lane_no::LaneMap;
use crate::matching::Look;
use crate::seat::{SeatState, SeatWord, Who};
use crate::sync::{Count, LongCount, Relaxed, SeqCst, fence, no_counts};

/// How long a queue must be over a bound before its standby agents are called in.
const CALLED_IN_AFTER: Duration = Duration::from_secs(10);
/// How long it must be below half of both before they are sent back.
const SENT_BACK_AFTER: Duration = Duration::from_secs(120);

/// Which queues have called their standby agents in.
pub(crate) struct Standby {
    /// By queue; 1: called in.
    called_in: Box<[Count]>,
    /// By queue: since when it asks for the other, µs since the epoch; 0: it doesn't.
    since: Box<[LongCount]>,
}

impl Standby {
    pub(crate) fn new(queues: usize) -> Self {
        Self { called_in: no_counts(queues), since: (0..queues).map(|_| LongCount::new(0)).collect() }
    }

    /// Whether any of these queues has called its agents in.
    pub(crate) fn is_called_in(&self, queues: &[QueueNo]) -> bool {
        // Ordered by the fences of `Look::switch_standby` and `Look::stand_by`.
        queues.iter().any(|queue| self.called_in[queue.at()].load(Relaxed) != 0)
    }

    /// What a queue asks for now, and since when: true when it is time to change.
    fn is_due(&self, queue: QueueNo, asks_for_change: bool, after: Duration, at: Moment) -> bool {
        let since = &self.since[queue.at()];
        if !asks_for_change {
            since.store(0, Relaxed); // only `Tick` writes it
            return false;
        }
        if since.load(Relaxed) == 0 {
            since.store(at.as_micros().max(1) as u64, Relaxed);
        }
        at.since(Moment::from_micros(since.load(Relaxed) as i64)) >= after
    }

    /// How many queues have called their agents in.
    pub(crate) fn queues_called_in(&self) -> u32 {
        self.called_in.iter().map(|queue| queue.load(Relaxed)).sum() // a figure
    }
}

impl Look<'_> {
    /// Looks after all queues that have standby agents. True: one of them must be looked at again soon.
    pub(crate) fn look_after_standby(&mut self) -> bool {
        let tables = self.tables;
        let mut again = false;
        for &queue in &tables.standby_queues {
            let Some((rule, classes)) = tables.standby_rule(queue) else { continue };
            let on = self.core.standby.is_called_in(&[queue]);
            let longest = classes.iter().filter_map(|class| self.waits_since_ms(LaneMap::normal(*class))).min();
            let waited = longest.map_or(0.0, |since| self.seconds_since(since));
            let waiting = self.core.waiting_in_queue(queue) as u32;
            let (asks, after) = asks_for_change(&rule, on, waiting, waited);
            if self.core.standby.is_due(queue, asks, after, self.at) {
                self.core.standby.since[queue.at()].store(0, Relaxed); // only `Tick` writes it
                self.core.standby.called_in[queue.at()].store(u32::from(!on), Relaxed);
                self.switch_standby();
            }
            again |= waiting > 0 || on || asks;
        }
        again
    }

    fn waits_since_ms(&self, lane: crate::lane_no::LaneNo) -> Option<i64> {
        self.core.fronts.first(lane).since_ms().filter(|_| self.core.fronts.waiting(lane) > 0)
    }

    /// Opens the seats of those who are called in now or stand by no more, and sends idle ones back who must stand by.
    pub(crate) fn switch_standby(&mut self) {
        // Pairs with the fence in `stand_by`.
        fence(SeqCst);
        for agent in 0..self.tables.sizes().0 {
            let stands_by = self.stands_by(agent);
            let seen = self.core.seats.word(agent);
            match seen.state() {
                SeatState::Standby if !stands_by => {
                    // Seen at once when the word changes: should this thread stop there, nobody must wait for it.
                    self.core.idle.set(agent);
                    if self.core.seats.change(agent, seen, seen.to(SeatState::Idle), Who::Switch).is_ok() {
                        self.becomes_idle(agent, false);
                    } else {
                        self.core.idle.clear(agent, || self.core.seats.word(agent).is_open());
                    }
                }
                SeatState::Idle if stands_by => self.send_back(agent, seen),
                SeatState::Standby
                | SeatState::Idle
                | SeatState::Off
                | SeatState::Sought
                | SeatState::Claimed
                | SeatState::Busy
                | SeatState::Wrap
                | SeatState::Paused => {}
            }
        }
    }

    /// Whether an agent who is ready stands by, rather than being idle.
    pub(crate) fn stands_by(&self, agent: usize) -> bool {
        self.tables.standby(agent).is_some_and(|queues| !self.core.standby.is_called_in(queues))
    }

    fn send_back(&mut self, agent: usize, seen: SeatWord) {
        let seats = &self.core.seats;
        if seats.change(agent, seen, seen.to(SeatState::Standby), Who::Switch).is_ok() {
            self.core.idle.clear(agent, || seats.word(agent).is_open());
            self.core.recount(agent, self.tables);
            // Whoever was barred because of this agent is looked for as if the agent had gone.
            self.wake_after(agent);
        }
    }
}

/// Whether the queue asks for a change, and how long it must do so.
fn asks_for_change(rule: &StandbyRule, on: bool, waiting: u32, waited_s: f64) -> (bool, Duration) {
    let bound_s = rule.wait_over.as_secs_f64();
    if on {
        let calm = f64::from(waiting) < f64::from(rule.waiting_over) / 2.0 && waited_s < bound_s / 2.0;
        (calm, SENT_BACK_AFTER)
    } else {
        (waiting > rule.waiting_over || waited_s > bound_s, CALLED_IN_AFTER)
    }
}

//! What time alone changes for many: surges that end, tokens that come, standby agents who are called in or sent back.
//! Knows when to be asked again; the surge guard's sums are `guard`'s.

use std::time::Duration;

use model::Moment;
use plan::{AgentNo, ClassNo, QueueNo, StandbyRule};

use super::expected::queues_of;
use super::{Lane, Reference, State, seconds};
use crate::{LaneKind, Reply};

/// Between two ticks while something surges.
const SURGE_TICK: Duration = Duration::from_millis(100);
/// Between two ticks while only standby agents are looked after.
const STANDBY_TICK: Duration = Duration::from_secs(1);
/// How long a queue must be over a bound before its standby agents are called in.
const CALLED_IN_AFTER: Duration = Duration::from_secs(10);
/// How long it must be below half of both before they are sent back.
const SENT_BACK_AFTER: Duration = Duration::from_secs(120);

/// How a queue with standby agents stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standby {
    pub(super) called_in: bool,
    /// Since when it asks for the other.
    asks_since: Option<Moment>,
}

impl Reference {
    /// New tables. A ticket that waits on was told by the old ones when to look again, so for as long as a reserve or a
    /// step may last, ticks look on its behalf.
    pub(super) fn settles(&mut self) {
        self.switch_standby();
        self.all_look();
        let steps = self.plan.queues.iter().flat_map(|queue| &queue.steps).map(|step| step.after);
        let longest = steps.chain([self.plan.routing.reserve_max]).max();
        self.settling_until = self.at + longest.unwrap_or_default();
        self.want_tick(STANDBY_TICK);
    }

    pub(super) fn tick(&mut self) {
        self.tick_due = None;
        let (guards, until) = (self.guard.is_busy(), self.settling_until);
        let settles = until != Moment::EPOCH;
        // However late the tick comes, it looks once at or behind the end.
        if settles && self.at >= until {
            self.settling_until = Moment::EPOCH;
        }
        if guards {
            let stands = |whose| {
                let all = self.waiting.iter().chain(&self.taken);
                all.map(|ticket| ticket.lane).any(|lane| matches!(lane, Lane::Diverted(_, of) if of == whose))
            };
            self.guard.tick(self.at, stands);
        }
        if guards || settles {
            self.all_look();
        }
        if self.guard.is_busy() {
            self.want_tick(SURGE_TICK);
        }
        if self.look_after_standby() || (settles && self.at < until) {
            self.want_tick(STANDBY_TICK);
        }
    }

    /// After a ticket began to wait: what it makes necessary.
    pub(super) fn want_ticks(&mut self, lane: Lane, queue: QueueNo) {
        if self.guard.is_busy() {
            self.want_tick(SURGE_TICK);
        } else if self.plan.queues[queue.at()].standby.is_some() && !self.in_lane(lane).is_empty() {
            self.want_tick(STANDBY_TICK);
        }
    }

    /// Asks for a tick, unless one is on its way that comes no later. One that is late is asked for again.
    fn want_tick(&mut self, after: Duration) {
        let at = self.at + after;
        let is_on_its_way = |due: Moment| due <= at && due + SURGE_TICK + STANDBY_TICK >= self.at;
        if !self.tick_due.is_some_and(is_on_its_way) {
            self.tick_due = Some(at);
            self.said.push(Reply::TickWanted { at });
        }
    }

    /// Whether the agent is on standby, and no queue has called the agent in.
    pub(super) fn stands_by(&self, agent: AgentNo) -> bool {
        let is_on_standby = self.plan.agents.get(agent.at()).is_some_and(|agent| agent.standby);
        is_on_standby && !self.is_called_in(&self.standby_queues_of(agent))
    }

    fn is_called_in(&self, queues: &[QueueNo]) -> bool {
        queues.iter().any(|queue| self.standby[queue.at()].called_in)
    }

    /// Queues whose rule calls the agent in.
    fn standby_queues_of(&self, agent: AgentNo) -> Vec<QueueNo> {
        let classes = self.expected.counts_for(agent);
        let of_class = |class: &ClassNo| queues_of(&self.plan, *class);
        let has_rule = |queue: &QueueNo| self.plan.queues[queue.at()].standby.is_some();
        classes.iter().flat_map(of_class).filter(has_rule).collect()
    }

    /// True: a queue must be looked at again soon.
    fn look_after_standby(&mut self) -> bool {
        let mut again = false;
        for number in 0..self.plan.queues.len() {
            let Some(rule) = self.plan.queues[number].standby else { continue };
            let queue = QueueNo(number as u32);
            let waiting = self.waiting.iter().filter(|ticket| ticket.new.queue == queue).count();
            let on = self.standby[number].called_in;
            let asks = asks_for_change(rule, on, waiting, self.longest_wait_s(queue));
            let since = self.standby[number].asks_since.unwrap_or(self.at);
            self.standby[number].asks_since = asks.then_some(since);
            let after = if on { SENT_BACK_AFTER } else { CALLED_IN_AFTER };
            if asks && self.at.since(since) >= after {
                self.standby[number] = Standby { called_in: !on, asks_since: None };
                self.switch_standby();
            }
            again |= waiting > 0 || on || asks;
        }
        again
    }

    /// The longest wait in the normal lines of the queue's classes.
    fn longest_wait_s(&self, queue: QueueNo) -> f64 {
        let classes = (0..self.plan.classes.len() as u32).map(ClassNo);
        let own = classes.filter(|class| queues_of(&self.plan, *class).contains(&queue));
        let firsts = own.filter_map(|class| self.in_lane(Lane::Of(class, LaneKind::Normal)).first().copied());
        firsts.map(|first| seconds(self.at, self.waiting[first].new.since)).fold(0.0, f64::max)
    }

    /// Opens the seats of those who are called in now or stand by no more; sends idle ones back who must stand by.
    fn switch_standby(&mut self) {
        for agent in (0..self.plan.agents.len() as u32).map(AgentNo) {
            match (self.seats[agent.at()].state, self.stands_by(agent)) {
                (State::Standby, false) => {
                    self.seats[agent.at()].state = State::Idle;
                    self.agent_looks(agent);
                    self.kept_back_look();
                }
                (State::Idle, true) => {
                    self.seats[agent.at()].state = State::Standby;
                    self.look_after_one_is_gone(agent);
                }
                (State::Standby | State::Idle | State::Closed(_) | State::Claimed | State::Busy, _) => {}
            }
        }
    }
}

fn asks_for_change(rule: StandbyRule, on: bool, waiting: usize, longest_wait_s: f64) -> bool {
    let (most, bound_s) = (f64::from(rule.waiting_over), rule.wait_over.as_secs_f64());
    let waiting = waiting as f64;
    if on { waiting < most / 2.0 && longest_wait_s < bound_s / 2.0 } else { waiting > most || longest_wait_s > bound_s }
}

//! What is going on now: who waits where and since when, what each agent does, and how today's calls ended.
//!
//! Kept up with each fact, so that a snapshot costs only its own size. Calls that have ended leave it.

use std::collections::{BTreeMap, BTreeSet};

use model::{AgentId, AgentState, CallId, LineId, Moment, QueueId};

use crate::{Change, Counts, EndedCall, OutcomeCounts, Place, Stage, Targets, day_of};

/// A queue now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueNow {
    /// Which.
    pub queue: QueueId,
    /// Citizens who wait, and no phone rings for them.
    pub waiting: u32,
    /// Citizens who wait while an agent's phone rings for them.
    pub offered: u32,
    /// Conversations.
    pub talking: u32,
    /// From when on the one waits who has waited longest, a phone ringing or not.
    pub longest_waiting_since: Option<Moment>,
    /// Calls of today that are over, by the queue's promise.
    pub today: Counts,
}

/// A line now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineNow {
    /// Which.
    pub line: LineId,
    /// Calls on it, wherever they are.
    pub calls: u32,
    /// How today's calls ended.
    pub today: OutcomeCounts,
}

/// An agent now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AgentNow {
    /// Who.
    pub agent: AgentId,
    /// What the agent is.
    pub state: AgentState,
    /// Since when.
    pub since: Moment,
    /// The call that it has to do with.
    pub call: Option<CallId>,
}

/// Everything at a moment, in order of names.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BoardSnapshot {
    /// The last fact that is in it.
    pub fact_no: u64,
    /// Calls that live.
    pub calls: u32,
    /// Queues that had a call since the node started.
    pub queues: Vec<QueueNow>,
    /// Lines that had a call since the node started.
    pub lines: Vec<LineNow>,
    /// Agents who were on duty since the node started.
    pub agents: Vec<AgentNow>,
    /// How today's calls ended.
    pub today: OutcomeCounts,
}

/// The live board. Its size follows the calls that live, and the plan's queues, lines and agents.
#[derive(Clone, Debug, Default)]
pub struct LiveBoard {
    targets: Targets,
    calls: u32,
    queues: BTreeMap<QueueId, QueueLive>,
    lines: BTreeMap<LineId, (u32, OutcomeCounts)>,
    agents: BTreeMap<AgentId, (AgentState, Moment, Option<CallId>)>,
    today: OutcomeCounts,
    day: Option<(Moment, Moment)>,
}

#[derive(Clone, Debug, Default)]
struct QueueLive {
    standing: BTreeSet<(Moment, CallId)>,
    waiting: u32,
    offered: u32,
    talking: u32,
    today: Counts,
}

impl LiveBoard {
    /// An empty board.
    pub fn new(targets: Targets) -> Self {
        Self { targets, ..Self::default() }
    }

    /// New promises, for calls that end from now on.
    pub fn set_targets(&mut self, targets: Targets) {
        self.targets = targets;
    }

    /// Takes in a change.
    pub fn take(&mut self, change: &Change) {
        match change {
            Change::Moved { call, from, to } => {
                if let Some(from) = from {
                    self.count(*call, from, false);
                }
                if let Some(to) = to {
                    self.count(*call, to, true);
                }
            }
            Change::Ended(call) => self.ended(call),
            Change::Agent { agent, state, at, call, .. } => {
                self.agents.insert(agent.clone(), (state.clone(), *at, *call));
            }
            Change::AgentDone { .. } | Change::Written { .. } => {}
        }
    }

    /// Everything as it is at `now`, by which it is told what "today" is.
    pub fn snapshot(&self, now: Moment, fact_no: u64) -> BoardSnapshot {
        let is_today = self.day.is_some_and(|(_, end)| now < end);
        let today = |counts: &OutcomeCounts| if is_today { *counts } else { OutcomeCounts::default() };
        let queue = |(queue, live): (&QueueId, &QueueLive)| QueueNow {
            queue: queue.clone(),
            waiting: live.waiting,
            offered: live.offered,
            talking: live.talking,
            longest_waiting_since: live.standing.first().map(|(since, _)| *since),
            today: if is_today { live.today.clone() } else { Counts::default() },
        };
        let line = |(line, (calls, counts)): (&LineId, &(u32, OutcomeCounts))| LineNow {
            line: line.clone(),
            calls: *calls,
            today: today(counts),
        };
        BoardSnapshot {
            fact_no,
            calls: self.calls,
            queues: self.queues.iter().map(queue).collect(),
            lines: self.lines.iter().map(line).collect(),
            agents: self.agents.iter().map(|(agent, now)| agent_now(agent, now)).collect(),
            today: today(&self.today),
        }
    }

    /// Adds a call to the counters of a place, or takes it away.
    fn count(&mut self, call: CallId, place: &Place, comes: bool) {
        step(&mut self.calls, comes);
        if let Some(line) = &place.line {
            step(&mut self.lines.entry(line.clone()).or_default().0, comes);
        }
        let Some(queue) = &place.queue else { return };
        let live = self.queues.entry(queue.clone()).or_default();
        let counter = match place.stage {
            Stage::Arriving | Stage::Elsewhere | Stage::Ending => return,
            Stage::Waiting => &mut live.waiting,
            Stage::Offered => &mut live.offered,
            Stage::Talking => &mut live.talking,
        };
        step(counter, comes);
        if let (Stage::Waiting | Stage::Offered, Some(since)) = (place.stage, place.since) {
            if comes {
                live.standing.insert((since, call));
            } else {
                live.standing.remove(&(since, call));
            }
        }
    }

    fn ended(&mut self, call: &EndedCall) {
        if call.own.is_some() || !self.is_of_today(call.arrived) {
            return;
        }
        self.today.add(call.outcome);
        if let Some(line) = &call.line {
            self.lines.entry(line.clone()).or_default().1.add(call.outcome);
        }
        if let Some(queue) = &call.queue {
            let target = self.targets.of(Some(queue));
            self.queues.entry(queue.clone()).or_default().today.add(call, &target);
        }
    }

    /// A call belongs to the day in which it began. The first call of a new day begins new counters.
    fn is_of_today(&mut self, arrived: Moment) -> bool {
        let (start, end) = *self.day.get_or_insert_with(|| day_of(arrived));
        if arrived >= end {
            self.day = Some(day_of(arrived));
            self.today = OutcomeCounts::default();
            self.lines.values_mut().for_each(|(_, counts)| *counts = OutcomeCounts::default());
            self.queues.values_mut().for_each(|live| live.today = Counts::default());
        }
        arrived >= start
    }
}

fn step(counter: &mut u32, up: bool) {
    *counter = if up { counter.saturating_add(1) } else { counter.saturating_sub(1) };
}

fn agent_now(agent: &AgentId, (state, since, call): &(AgentState, Moment, Option<CallId>)) -> AgentNow {
    AgentNow { agent: agent.clone(), state: state.clone(), since: *since, call: *call }
}

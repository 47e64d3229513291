//! The board as messages: whole, and as what changed since the last one. Pure: two boards in, one message out.
//! Doesn't know who watches, nor how often it is told.

use std::collections::BTreeMap;

use model::{AgentState, Moment};
use plan::Plan;
use tally::{AgentNow, BoardSnapshot, QueueNow};

use crate::mirror;
use crate::proto::supervision as pb;

/// The board as it was last shown.
#[derive(Default)]
pub(crate) struct LastShown {
    queues: BTreeMap<String, pb::Queue>,
    agents: BTreeMap<String, pb::Agent>,
    totals: pb::Totals,
}

impl LastShown {
    /// Takes the board as it is now, and tells what changed; none when nothing did.
    pub(crate) fn change(&mut self, plan: &Plan, board: &BoardSnapshot, at: Moment) -> Option<pb::WatchResponse> {
        let next = Self::of(plan, board);
        let queues: Vec<_> = changed(&self.queues, &next.queues);
        let agents: Vec<_> = changed(&self.agents, &next.agents);
        let queues_gone = gone(&self.queues, &next.queues);
        let agents_gone = gone(&self.agents, &next.agents);
        let same = queues.is_empty() && agents.is_empty() && queues_gone.is_empty() && agents_gone.is_empty();
        let same = same && self.totals == next.totals;
        *self = next;
        let totals = Some(self.totals.clone());
        (!same).then(|| pb::WatchResponse {
            at_unix_ms: at.as_millis(),
            whole: false,
            queues,
            agents,
            totals,
            queues_gone,
            agents_gone,
        })
    }

    /// The whole board, as it was last shown.
    pub(crate) fn whole(&self, at: Moment) -> pb::WatchResponse {
        pb::WatchResponse {
            at_unix_ms: at.as_millis(),
            whole: true,
            queues: self.queues.values().cloned().collect(),
            agents: self.agents.values().cloned().collect(),
            totals: Some(self.totals.clone()),
            queues_gone: Vec::new(),
            agents_gone: Vec::new(),
        }
    }

    fn of(plan: &Plan, board: &BoardSnapshot) -> Self {
        let counted: BTreeMap<_, _> = board.queues.iter().map(|queue| (queue.queue.clone(), queue)).collect();
        let known: BTreeMap<_, _> = board.agents.iter().map(|agent| (agent.agent.clone(), agent)).collect();
        let queues = plan.queues.iter().map(|queue| (queue.id.to_string(), self::queue(queue, counted.get(&queue.id))));
        let agents = plan.agents.iter().map(|agent| (agent.id.to_string(), self::agent(agent, known.get(&agent.id))));
        Self { queues: queues.collect(), agents: agents.collect(), totals: totals(board) }
    }
}

fn changed<T: Clone + PartialEq>(before: &BTreeMap<String, T>, now: &BTreeMap<String, T>) -> Vec<T> {
    now.iter().filter(|(id, value)| before.get(*id) != Some(*value)).map(|(_, value)| value.clone()).collect()
}

fn gone<T>(before: &BTreeMap<String, T>, now: &BTreeMap<String, T>) -> Vec<String> {
    before.keys().filter(|id| !now.contains_key(*id)).cloned().collect()
}

fn queue(plan: &plan::Queue, counted: Option<&&QueueNow>) -> pb::Queue {
    let mut queue = pb::Queue {
        id: plan.id.to_string(),
        title: plan.title.to_string(),
        target_ms: plan.target.as_millis() as u64,
        ..pb::Queue::default()
    };
    if let Some(now) = counted {
        queue.waiting = now.waiting;
        queue.longest_since_unix_ms = now.longest_waiting_since.map(Moment::as_millis);
        queue.offered = now.offered;
        queue.talking = now.talking;
        queue.today_arrived = now.today.offered;
        queue.today_answered = now.today.answered;
        queue.today_answered_in_time = now.today.answered_in_time;
        queue.today_abandoned = now.today.abandoned;
    }
    queue
}

fn agent(plan: &plan::Agent, known: Option<&&AgentNow>) -> pb::Agent {
    pb::Agent {
        id: plan.id.to_string(),
        name: plan.name.to_string(),
        state: Some(mirror::state(known.map_or(&AgentState::Off, |now| &now.state))),
        since_unix_ms: known.map_or(0, |now| now.since.as_millis()),
        call_id: known.and_then(|now| now.call).map(|call| call.to_string()).unwrap_or_default(),
        home_code: mirror::municipality(plan.home),
    }
}

fn totals(board: &BoardSnapshot) -> pb::Totals {
    let on_duty = board.agents.iter().filter(|agent| agent.state != AgentState::Off);
    let ready = board.agents.iter().filter(|agent| agent.state == AgentState::Ready);
    let today = board.today.iter();
    pb::Totals {
        calls_now: board.calls,
        waiting: board.queues.iter().map(|queue| queue.waiting).sum(),
        agents_on_duty: on_duty.count() as u32,
        agents_ready: ready.count() as u32,
        today: today.map(|(outcome, calls)| pb::OutcomeCount { outcome: outcome.name().to_owned(), calls }).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::a_plan;
    use model::AgentId;

    #[test]
    fn the_first_change_is_everything_and_the_next_only_what_changed() {
        let (plan, mut shown, mut board) = (a_plan(), LastShown::default(), BoardSnapshot::default());
        let first = shown.change(&plan, &board, Moment::EPOCH).expect("all is new");
        assert_eq!((first.queues.len(), first.agents.len()), (1, 3));
        assert!(shown.change(&plan, &board, Moment::EPOCH).is_none(), "nothing changed");
        let (state, since) = (AgentState::Ready, Moment::from_secs(9));
        board.agents.push(AgentNow { agent: AgentId::new("agent0002"), state, since, call: None });
        let second = shown.change(&plan, &board, Moment::EPOCH).expect("an agent became ready");
        assert!(second.queues.is_empty());
        assert_eq!(second.agents.iter().map(|agent| agent.id.as_str()).collect::<Vec<_>>(), ["agent0002"]);
        assert_eq!(second.totals.expect("always").agents_ready, 1);
        assert_eq!(shown.whole(Moment::EPOCH).agents.len(), 3);
    }

    #[test]
    fn what_left_the_plan_is_said_to_be_gone() {
        let (mut plan, mut shown, board) = (a_plan(), LastShown::default(), BoardSnapshot::default());
        shown.change(&plan, &board, Moment::EPOCH);
        plan.agents.pop();
        let told = shown.change(&plan, &board, Moment::EPOCH).expect("one is gone");
        assert_eq!(told.agents_gone, ["agent0003"]);
    }
}

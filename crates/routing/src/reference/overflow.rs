//! In which queue a call waits: written as the manual says it, slowly.
//! Knows queues, who waits in them and who is there; what stands where among the others is `queue`'s.

use std::time::Duration;

use model::{MunicipalityId, OverflowWhy};
use plan::{AgentNo, ClassNo, OverflowRule, QueueNo, StepWho};

use super::{Break, Reference};
use crate::{NewTicket, Reply, TicketId};

impl Reference {
    /// The queue that was asked for, or one that its overflow leads to, and why.
    pub(super) fn where_to(&self, new: &NewTicket, anyway: bool) -> Option<(QueueNo, Option<OverflowWhy>)> {
        if self.waiting.len() + self.taken.len() >= self.limits.tickets {
            return None;
        }
        if anyway {
            return Some((new.queue, None));
        }
        let why = self.rule(new.queue).and_then(|rule| self.why(&rule, new.queue, new));
        if why.is_none() && self.has_room(new.queue) {
            return Some((new.queue, None));
        }
        if let Some(queue) = self.better(new.queue, new) {
            return Some((queue, Some(why.unwrap_or(OverflowWhy::Full))));
        }
        let all = std::iter::once(new.queue).chain(self.after(new.queue));
        let queue = all.into_iter().find(|queue| self.has_room(*queue))?;
        Some((queue, (queue != new.queue).then_some(OverflowWhy::Full)))
    }

    pub(super) fn move_on(&mut self, id: TicketId) {
        let Some(index) = self.waiting.iter().position(|ticket| ticket.id == id) else { return };
        let (new, lane) = (self.waiting[index].new, self.waiting[index].lane);
        let Some(rule) = self.rule(new.queue).filter(|_| !matches!(lane, super::Lane::Own(_))) else { return };
        let rule = OverflowRule { calls_per_agent_over: None, ..rule };
        let Some(overflow) = self.why(&rule, new.queue, &new) else { return };
        let Some(queue) = self.better(new.queue, &new).filter(|_| !self.breaks(Break::OverflowForgotten)) else {
            return;
        };
        let mut ticket = self.waiting.remove(index);
        ticket.new.queue = queue;
        self.stand(ticket, |standing, since| standing >= since);
        self.said.push(Reply::MovedOn { call: new.call, queue, since: new.since, overflow });
        self.lane_looks(lane, Some(id));
        self.want_ticks(lane, queue);
    }

    fn rule(&self, queue: QueueNo) -> Option<OverflowRule> {
        self.plan.queues[queue.at()].overflow_when
    }

    fn after(&self, queue: QueueNo) -> Vec<QueueNo> {
        let next =
            |queue: &QueueNo| self.plan.queues[queue.at()].overflow.filter(|_| !self.breaks(Break::OverflowForgotten));
        std::iter::successors(next(&queue), next).collect()
    }

    fn has_room(&self, queue: QueueNo) -> bool {
        let room = self.plan.queues[queue.at()].waiting_max as usize;
        self.waits_in(queue) < room || self.breaks(Break::QueueWithoutBound)
    }

    fn waits_in(&self, queue: QueueNo) -> usize {
        self.waiting.iter().filter(|ticket| ticket.new.queue == queue).count()
    }

    /// The first on the way with room where neither its own rule holds nor the numbers of the one that is left.
    fn better(&self, left: QueueNo, new: &NewTicket) -> Option<QueueNo> {
        self.after(left).into_iter().find(|queue| {
            let own = self.rule(*queue).and_then(|rule| self.why(&rule, *queue, new));
            let numbers = self.rule(left).map(|rule| OverflowRule { wait_over: None, ..rule });
            let same = numbers.and_then(|rule| self.why(&rule, *queue, new));
            self.has_room(*queue) && own.is_none() && same.is_none()
        })
    }

    fn why(&self, rule: &OverflowRule, queue: QueueNo, new: &NewTicket) -> Option<OverflowWhy> {
        let agents = self.agents().filter(|agent| self.could_take(*agent, queue, new.class, new.municipality)).count();
        let (calls, waited): (usize, Duration) = (self.waits_in(queue), self.at.since(new.since));
        if rule.wait_over.is_some_and(|over| over <= waited) {
            Some(OverflowWhy::Wait)
        } else if rule.agents_under.is_some_and(|under| agents < under as usize) {
            Some(OverflowWhy::AgentsUnder)
        } else if rule.calls_per_agent_over.is_some_and(|over| calls > over as usize * agents) {
            Some(OverflowWhy::CallsPerAgent)
        } else {
            None
        }
    }

    /// On duty, and skill, membership and the queue's last step are enough.
    fn could_take(&self, agent: AgentNo, queue: QueueNo, class: ClassNo, from: Option<MunicipalityId>) -> bool {
        let row = &self.plan.agents[agent.at()];
        let Some((_, level)) = row.skills.iter().find(|(skill, _)| *skill == class) else { return false };
        let serves = row.serves.as_ref().is_none_or(|members| from.is_some_and(|code| members.contains(&code)));
        let is_home = row.home.is_some() && row.home == from;
        let step = self.plan.queues[queue.at()].steps.last();
        let allows = step.is_none_or(|step| *level <= step.level_max && (step.who == StepWho::Everyone || is_home));
        self.is_on_duty(agent) && serves && allows
    }
}

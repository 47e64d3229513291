//! In which queue a call should wait: the first on its way that has room and is not pressed, as the manual of plans says it.
//! Knows queues and who is on duty. Who of those on standby is called in is not known here: with them any queue may be right.

use std::time::Duration;

use model::{CallId, Moment, OverflowWhy};
use plan::{OverflowRule, QueueNo, StepWho};
use routing::NewTicket;

use crate::watch::Check;
use crate::watch::line::Line;

/// The queue that a call stands in, and why there.
type Stands = (QueueNo, Option<OverflowWhy>);

impl Line {
    /// One that has come.
    pub(super) fn is_where_it_belongs(&self, new: &NewTicket, stands: Stands, at: Moment) -> Check {
        let (call, asked) = (new.call, new.queue);
        if self.is_unsure() {
            let may_be = self.way_on(asked).contains(&stands.0) || stands == (asked, None);
            return if may_be {
                Ok(())
            } else {
                Err(format!("{call:?} asked for queue {}, stands in {stands:?}", asked.0))
            };
        }
        let expected = self.should_stand(new, at);
        if expected == Some(stands) {
            return Ok(());
        }
        Err(format!("{call:?} asked for queue {}, stands in {stands:?}, and should in {expected:?}", asked.0))
    }

    /// One that waits goes on.
    pub(super) fn moves_on(
        &mut self,
        call: CallId,
        (to, why): (QueueNo, OverflowWhy),
        since: Moment,
        at: Moment,
    ) -> Check {
        let found = self.tickets.iter().find(|(_, ticket)| ticket.new.call == call && ticket.waits);
        let (id, ticket) = found.ok_or_else(|| format!("{call:?} goes on and does not wait"))?;
        let (id, from, new) = (*id, ticket.queue, ticket.new);
        if !self.is_unsure() {
            let pressed = self.pressed(&self.rule(from, true), from, &new, at);
            if since != new.since || pressed != Some(why) || self.better(from, &new, at) != Some(to) {
                return Err(format!("{call:?} went on from queue {} to {} ({why:?}), and {pressed:?}", from.0, to.0));
            }
        }
        self.queues[from.at()] -= 1;
        self.queues[to.at()] += 1;
        self.joined.insert(call, since);
        if let Some(ticket) = self.tickets.get_mut(&id) {
            ticket.queue = to;
        }
        Ok(())
    }

    fn should_stand(&self, new: &NewTicket, at: Moment) -> Option<Stands> {
        let why = self.pressed(&self.rule(new.queue, true), new.queue, new, at);
        if why.is_none() && self.has_room(new.queue) {
            return Some((new.queue, None));
        }
        if let Some(queue) = self.better(new.queue, new, at) {
            return Some((queue, Some(why.unwrap_or(OverflowWhy::Full))));
        }
        let queue = self.first_with_room(new.queue)?;
        Some((queue, (queue != new.queue).then_some(OverflowWhy::Full)))
    }

    pub(super) fn first_with_room(&self, asked: QueueNo) -> Option<QueueNo> {
        std::iter::once(asked).chain(self.way_on(asked)).find(|queue| self.has_room(*queue))
    }

    fn better(&self, left: QueueNo, new: &NewTicket, at: Moment) -> Option<QueueNo> {
        let is_pressed = |queue, rule| self.pressed(&rule, queue, new, at).is_some();
        let is_better = |queue: &QueueNo| {
            !is_pressed(*queue, self.rule(*queue, true)) && !is_pressed(*queue, self.rule(left, false))
        };
        self.way_on(left).into_iter().find(|queue| self.has_room(*queue) && is_better(queue))
    }

    fn way_on(&self, from: QueueNo) -> Vec<QueueNo> {
        let next = |queue: &QueueNo| self.plan.queues[queue.at()].overflow;
        std::iter::successors(next(&from), next).collect()
    }

    /// (One whose offer failed comes back in any case.)
    fn has_room(&self, queue: QueueNo) -> bool {
        self.queues[queue.at()] < self.plan.queues[queue.at()].waiting_max
    }

    fn rule(&self, queue: QueueNo, with_time: bool) -> OverflowRule {
        let rule = self.plan.queues[queue.at()].overflow_when.unwrap_or_default();
        OverflowRule { wait_over: rule.wait_over.filter(|_| with_time), ..rule }
    }

    fn is_unsure(&self) -> bool {
        let has_rules = self.plan.queues.iter().any(|queue| queue.overflow_when.is_some());
        has_rules && self.plan.agents.iter().any(|agent| agent.standby)
    }

    fn pressed(&self, rule: &OverflowRule, queue: QueueNo, new: &NewTicket, at: Moment) -> Option<OverflowWhy> {
        let waited: Duration = at.since(new.since);
        let could = |agent: &&usize| self.is_on_duty(**agent) && self.may_ever_take(**agent, queue, new);
        let agents = self.fitting[new.class.at()].iter().filter(could).count() as u32;
        if rule.wait_over.is_some_and(|over| waited >= over) {
            return Some(OverflowWhy::Wait);
        }
        if rule.agents_under.is_some_and(|under| agents < under) {
            return Some(OverflowWhy::AgentsUnder);
        }
        let is_over = |over: u32| self.queues[queue.at()] > over.saturating_mul(agents);
        rule.calls_per_agent_over.filter(|over| is_over(*over)).map(|_| OverflowWhy::CallsPerAgent)
    }

    fn may_ever_take(&self, agent: usize, queue: QueueNo, new: &NewTicket) -> bool {
        let row = &self.plan.agents[agent];
        let Some((_, level)) = row.skills.iter().find(|(class, _)| *class == new.class) else { return false };
        let serves =
            row.serves.as_ref().is_none_or(|members| new.municipality.is_some_and(|code| members.contains(&code)));
        let is_home = row.home.is_some() && row.home == new.municipality;
        let last = self.plan.queues[queue.at()].steps.last();
        serves && last.is_none_or(|step| *level <= step.level_max && (step.who == StepWho::Everyone || is_home))
    }
}

//! What a match is worth: the cost K of an agent to a call, the index I of a call to an agent.
//! Knows how well; whether at all is `eligible`'s.

use plan::{AgentNo, ClassNo};

use super::{Reference, Ticket, seconds};

/// Idle agents of a class beyond which one more is worth nothing.
const IDLE_MAX: usize = 64;

impl Reference {
    /// K(a): expected talk, and what the agent's leaving costs the other classes, less membership and idleness.
    pub(super) fn cost(&self, agent: AgentNo, ticket: &Ticket) -> f64 {
        let (routing, class) = (&self.plan.routing, ticket.new.class);
        let is_home = self.expected.is_home(agent, ticket.new.municipality);
        let (away, home_s) = if is_home { (1.0, routing.home_s) } else { (routing.away_factor, 0.0) };
        let talk_s = self.expected.talk_s(class) * (1.0 / self.expected.speed(&self.plan, agent, class)) * away;
        let coverage: f64 = self.expected.counts_for(agent).iter().map(|class| self.coverage(*class)).sum();
        let idle_s = seconds(self.at, self.seats[agent.at()].idle_since);
        talk_s + routing.coverage_s * coverage - home_s - routing.idle_worth * idle_s
    }

    /// What one of a class's idle agents is worth to it.
    fn coverage(&self, class: ClassNo) -> f64 {
        let others = self.idle_for(class).clamp(1, IDLE_MAX) - 1;
        self.expected.share(class) * self.plan.routing.coverage_decay.powi(others as i32)
    }

    /// I: how much a call matters to an agent within its level and urgency.
    pub(super) fn index(&self, agent: AgentNo, ticket: &Ticket) -> f64 {
        let (routing, class) = (&self.plan.routing, ticket.new.class);
        let wait = seconds(self.at, ticket.new.since);
        let target = self.expected.target(class).as_secs_f64();
        let is_home = self.expected.is_home(agent, ticket.new.municipality);
        let home = if is_home { routing.home_factor } else { 1.0 / routing.away_factor };
        let can_still_be_met = wait > target / 3.0 && wait <= target;
        let urgent = if can_still_be_met { routing.urgent_factor } else { 1.0 };
        (wait + routing.wait_offset_s) * self.expected.speed(&self.plan, agent, class) * home * urgent
    }

    /// A call is overdue after some times its target.
    pub(super) fn is_overdue(&self, ticket: &Ticket) -> bool {
        let target = self.expected.target(ticket.new.class).as_secs_f64();
        seconds(self.at, ticket.new.since) > self.plan.routing.overdue_factor * target
    }
}

//! Who may be offered what: skill, membership and step; bars after a failed offer; reserves for scarce classes.
//! Knows whether, not how well.

use std::time::Duration;

use model::Moment;
use plan::{AgentNo, ClassNo, Policy, Step, StepWho};

use super::{Break, Lane, Reference, Ticket};

/// Bars that a ticket remembers; at the bound the one that ends first goes.
const BARS_MAX: usize = 8;

impl Reference {
    /// fits(a, ticket, w).
    pub(super) fn fits(&self, agent: AgentNo, ticket: &Ticket) -> bool {
        if let Lane::Own(named) = ticket.lane {
            return named == agent;
        }
        let Some(level) = self.level_in(agent, ticket.new.class) else {
            return self.breaks(Break::SkillIgnored);
        };
        self.serves(agent, ticket) && self.step_allows(agent, level, ticket)
    }

    pub(super) fn level_in(&self, agent: AgentNo, class: ClassNo) -> Option<u8> {
        let agent = self.plan.agents.get(agent.at())?;
        agent.skills.iter().find(|(own, _)| *own == class).map(|(_, level)| *level)
    }

    /// Whose citizens the agent may take.
    fn serves(&self, agent: AgentNo, ticket: &Ticket) -> bool {
        let members = &self.plan.agents[agent.at()].serves;
        let citizen_of = ticket.new.municipality;
        self.breaks(Break::MembershipIgnored)
            || members.as_ref().is_none_or(|members| citizen_of.is_some_and(|code| members.contains(&code)))
    }

    /// The step that the ticket's wait has reached.
    fn step_allows(&self, agent: AgentNo, level: u8, ticket: &Ticket) -> bool {
        let waited = self.at.since(ticket.new.since);
        let steps = &self.plan.queues[ticket.new.queue.at()].steps;
        let reached = |step: &&Step| step.after <= waited || self.breaks(Break::StepIgnored);
        let Some(step) = steps.iter().rfind(reached) else { return true };
        let whose = match step.who {
            StepWho::Everyone => true,
            StepWho::Home => self.expected.is_home(agent, ticket.new.municipality),
        };
        level <= step.level_max && whose
    }

    /// The wait at which the next step of the ticket's queue begins.
    pub(super) fn next_step(&self, ticket: &Ticket) -> Option<Moment> {
        let steps = self.plan.queues[ticket.new.queue.at()].steps.iter();
        let begins = steps.map(|step| ticket.new.since + step.after).filter(|begins| *begins > self.at);
        begins.min().filter(|_| !self.breaks(Break::StepNotLookedAt))
    }

    /// An offer of this ticket to this agent failed lately, and somebody else could take it; or it failed just now.
    pub(super) fn is_barred(&self, agent: AgentNo, ticket: &Ticket) -> bool {
        self.has_bar(agent, ticket) && (self.at < ticket.firm_until || self.somebody_else_fits(ticket))
    }

    fn has_bar(&self, agent: AgentNo, ticket: &Ticket) -> bool {
        self.bars(ticket).any(|(barred, _)| barred == agent)
    }

    /// The bars that have not ended.
    pub(super) fn bars<'a>(&self, ticket: &'a Ticket) -> impl Iterator<Item = (AgentNo, Moment)> + use<'a> {
        let at = self.at;
        ticket.bars.iter().copied().filter(move |(_, until)| *until > at)
    }

    fn somebody_else_fits(&self, ticket: &Ticket) -> bool {
        self.agents().any(|agent| self.is_on_duty(agent) && self.fits(agent, ticket) && !self.has_bar(agent, ticket))
    }

    /// Bars an agent from a ticket.
    pub(super) fn bar(&self, ticket: &mut Ticket, agent: AgentNo, until: Moment) {
        ticket.firm_until = until.min(self.at + self.limits.void_bar_holds);
        if self.breaks(Break::BarsForgotten) {
            return;
        }
        let same = ticket.bars.iter().position(|(barred, _)| *barred == agent);
        let first_to_end = (0..ticket.bars.len()).min_by_key(|bar| ticket.bars[*bar].1);
        let bar = (agent, whole_millis(until));
        match same.or(first_to_end.filter(|_| ticket.bars.len() == BARS_MAX)) {
            Some(place) => ticket.bars[place] = bar,
            None => ticket.bars.push(bar),
        }
    }

    /// For the first seconds of a call's wait, an agent is kept who is the only idle one of a scarcer class.
    pub(super) fn is_reserved(&self, agent: AgentNo, ticket: &Ticket) -> bool {
        let routing = &self.plan.routing;
        let over = self.at >= ticket.new.since + routing.reserve_max && !self.breaks(Break::ReserveNeverEnds);
        let is_its_own = matches!(ticket.lane, Lane::Own(_));
        if routing.policy != Policy::Ours || over || is_its_own || self.breaks(Break::ReserveForgotten) {
            return false;
        }
        let class = ticket.new.class;
        self.expected.counts_for(agent).iter().filter(|other| **other != class).any(|other| {
            let on_duty = self.on_duty_for(*other);
            on_duty <= routing.scarce_max as usize
                && on_duty < self.on_duty_for(class)
                && self.idle_for(*other) == 1
                && self.is_idle(agent)
        })
    }

    /// When a reserve against this ticket could end.
    pub(super) fn reserve_end(&self, ticket: &Ticket) -> Option<Moment> {
        let routing = &self.plan.routing;
        let could_be = routing.policy == Policy::Ours
            && routing.reserve_max > Duration::ZERO
            && self.agents().any(|agent| self.is_idle(agent) && self.level_in(agent, ticket.new.class).is_some());
        Some(ticket.new.since + routing.reserve_max).filter(|end| could_be && *end > self.at)
    }
}

/// A bar's end is kept in whole milliseconds, rounded up.
fn whole_millis(until: Moment) -> Moment {
    Moment::from_millis(until.as_micros().div_euclid(1_000) + i64::from(until.as_micros() % 1_000 != 0))
}

//! An agent looks for a call: of the first tickets of all lanes that are for the agent, the one that matters most.
//! Knows an order among tickets; doesn't know who else is idle.

use std::cmp::Ordering;

use model::OfferedWhy;
use plan::{AgentNo, Policy};

use super::{Break, Lane, Reference, Ticket};
use crate::LaneKind;

impl Reference {
    /// Whether the agent got a call.
    pub(super) fn agent_looks(&mut self, agent: AgentNo) -> bool {
        if !self.is_idle(agent) {
            return false;
        }
        let firsts = self.lanes().into_iter().filter_map(|lane| self.first_for(agent, lane));
        let open = firsts.filter(|index| !self.is_kept_back(&self.waiting[*index]));
        let best = open.min_by(|one, other| self.order(agent, &self.waiting[*one], &self.waiting[*other]));
        let Some(index) = best else { return false };
        let score = self.score(agent, &self.waiting[index]);
        self.bring_together(agent, index, OfferedWhy::BestWaitingCall, score);
        true
    }

    /// The lane's first ticket that fits the agent and isn't barred.
    fn first_for(&self, agent: AgentNo, lane: Lane) -> Option<usize> {
        self.in_lane(lane).into_iter().find(|index| {
            let ticket = &self.waiting[*index];
            self.fits(agent, ticket) && !self.is_barred(agent, ticket)
        })
    }

    /// Less is sooner.
    fn order(&self, agent: AgentNo, one: &Ticket, other: &Ticket) -> Ordering {
        let level = |ticket: &Ticket| if self.breaks(Break::LevelIgnored) { 0 } else { self.level(ticket) };
        let since = |ticket: &Ticket| ticket.new.since.as_millis();
        let place = |ticket: &Ticket| (ticket.new.class, ticket.lane.kind(), self.place_of(ticket.lane));
        let by_rule = match self.plan.routing.policy {
            Policy::Ours => self.overdue_then_index(agent, one, other),
            Policy::Fcfs => Ordering::Equal,
            Policy::LongestIdle => self.skill(agent, one).cmp(&self.skill(agent, other)),
        };
        let by_since = since(one).cmp(&since(other));
        let by_since = if self.breaks(Break::LastComeFirstServed) { by_since.reverse() } else { by_since };
        level(one).cmp(&level(other)).then(by_rule).then(by_since).then_with(|| place(one).cmp(&place(other)))
    }

    fn overdue_then_index(&self, agent: AgentNo, one: &Ticket, other: &Ticket) -> Ordering {
        let in_time = |ticket: &Ticket| self.breaks(Break::OverduePassedOver) || !self.is_overdue(ticket);
        let by_index = self.index(agent, other).total_cmp(&self.index(agent, one));
        in_time(one).cmp(&in_time(other)).then(by_index)
    }

    /// What the ticket is chosen for.
    fn score(&self, agent: AgentNo, ticket: &Ticket) -> f64 {
        match self.plan.routing.policy {
            Policy::Ours => self.index(agent, ticket),
            Policy::Fcfs => 0.0,
            Policy::LongestIdle => -f64::from(self.skill(agent, ticket)),
        }
    }

    /// The level of the agent's skill; a call for this agent alone asks for none.
    fn skill(&self, agent: AgentNo, ticket: &Ticket) -> u8 {
        if ticket.lane.kind() == LaneKind::Own { 9 } else { self.level_in(agent, ticket.new.class).unwrap_or(9) }
    }

    /// Which of the diversions a lane belongs to.
    pub(super) fn place_of(&self, lane: Lane) -> Option<usize> {
        match lane {
            Lane::Diverted(_, whose) => self.guard.place_of(whose),
            Lane::Of(..) | Lane::Own(_) => None,
        }
    }

    /// All lanes with somebody in them.
    pub(super) fn lanes(&self) -> Vec<Lane> {
        let mut lanes: Vec<Lane> = self.waiting.iter().map(|ticket| ticket.lane).collect();
        lanes.sort();
        lanes.dedup();
        lanes
    }

    /// Where a lane's tickets stand, in its order.
    pub(super) fn in_lane(&self, lane: Lane) -> Vec<usize> {
        (0..self.waiting.len()).filter(|index| self.waiting[*index].lane == lane).collect()
    }
}

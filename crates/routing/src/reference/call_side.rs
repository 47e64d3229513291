//! A call looks for an agent: its lane's tickets in order, each for the agent who costs least.
//! Knows who was there first; whom an agent prefers is `agent_side`'s.

use model::{DecisionNo, Moment, OfferedWhy};
use plan::{AgentNo, Policy};

use super::{Break, Lane, Reference, State, Ticket};
use crate::{Charge, Claim, Excluded, Explanation, Generation, Reply, TicketId};

/// Tickets of a lane that a look serves in order; behind them it looks for the asking ticket only.
const LOOK_MAX: usize = 64;

impl Reference {
    /// The lane's tickets look, until the asking one is matched (or without one, as long as any is), or nobody can be.
    pub(super) fn lane_looks(&mut self, lane: Lane, asking: Option<TicketId>) {
        let still_asks = |look: &Self| asking.is_none_or(|id| look.waiting.iter().any(|ticket| ticket.id == id));
        while still_asks(self) && self.one_is_matched(lane, asking) {}
        self.tell_no_match(asking);
    }

    fn one_is_matched(&mut self, lane: Lane, asking: Option<TicketId>) -> bool {
        let mut without = Vec::new();
        for index in self.in_turn(lane, asking) {
            let ticket = &self.waiting[index];
            if self.is_kept_back(ticket) {
                return false;
            }
            // Whoever stands behind another of the same municipality and queue gets no agent whom that one may not have.
            let alike = (ticket.new.municipality, ticket.new.queue);
            if without.contains(&alike) {
                continue;
            }
            if let Some((agent, cost)) = self.best_agent(ticket) {
                self.bring_together(agent, index, OfferedWhy::BestFreeAgent, cost);
                return true;
            }
            if self.is_as_all_behind_it(ticket) {
                return false;
            }
            if !self
                .agents()
                .any(|agent| self.is_idle(agent) && self.fits(agent, ticket) && self.is_barred(agent, ticket))
            {
                without.push(alike);
            }
        }
        false
    }

    /// The first tickets of the lane, and the asking one.
    fn in_turn(&self, lane: Lane, asking: Option<TicketId>) -> Vec<usize> {
        let (mut turn, behind) = {
            let mut all = self.in_lane(lane);
            let behind = all.split_off(all.len().min(LOOK_MAX));
            (all, behind)
        };
        turn.extend(behind.into_iter().filter(|index| Some(self.waiting[*index].id) == asking));
        turn
    }

    /// Nobody for this one: then nobody for any that stands behind it.
    fn is_as_all_behind_it(&self, ticket: &Ticket) -> bool {
        self.expected.is_plain(ticket.new.class) && self.bars(ticket).next().is_none()
    }

    /// The eligible idle agent who costs least; ties: the longest idle, the lowest number.
    fn best_agent(&self, ticket: &Ticket) -> Option<(AgentNo, f64)> {
        let eligible = |agent: &AgentNo| {
            self.is_idle(*agent)
                && self.fits(*agent, ticket)
                && !self.is_barred(*agent, ticket)
                && !self.is_reserved(*agent, ticket)
        };
        let cost = |agent: AgentNo| match self.plan.routing.policy {
            Policy::Ours if self.breaks(Break::DearestAgent) => -self.cost(agent, ticket),
            Policy::Ours => self.cost(agent, ticket),
            Policy::Fcfs | Policy::LongestIdle => 0.0,
        };
        let idle_since = |agent: AgentNo| self.seats[agent.at()].idle_since;
        let candidates = self.agents().filter(eligible).map(|agent| (agent, cost(agent)));
        candidates.min_by(|(one, its), (other, others)| {
            its.total_cmp(others).then_with(|| (idle_since(*one), one).cmp(&(idle_since(*other), other)))
        })
    }

    /// The match.
    pub(super) fn bring_together(&mut self, agent: AgentNo, index: usize, why: OfferedWhy, score: f64) {
        let level = self.level(&self.waiting[index]);
        let ticket = self.waiting.remove(index);
        let charge = self.charge_match(&ticket);
        let seat = &mut self.seats[agent.at()];
        seat.state = State::Claimed;
        self.decisions += 1;
        let (decision, generation) = (DecisionNo(self.decisions), Generation(seat.generation));
        let because = Explanation {
            decision,
            at: self.at,
            why,
            class: ticket.new.class,
            lane: ticket.lane.kind(),
            level,
            agent,
            idle_since: seat.idle_since,
            waits_since: ticket.new.since,
            score: score as f32,
            candidates: 0,
            others: [None; crate::OTHERS_MAX],
            excluded: Excluded::default(),
        };
        let claim = Claim { agent, generation, ticket: ticket.id, call: ticket.new.call, decision, why, charge };
        self.said.push(Reply::Matched { claim, because });
        self.taken.push(ticket);
    }

    fn tell_no_match(&mut self, asking: Option<TicketId>) {
        let Some(ticket) = self.waiting.iter().find(|ticket| Some(ticket.id) == asking) else { return };
        let (id, call, look_again_at) = (ticket.id, ticket.new.call, self.look_again_at(ticket));
        self.said.push(Reply::NoMatch { ticket: id, call, look_again_at });
    }

    /// The first moment at which time alone may change something for a ticket.
    fn look_again_at(&self, ticket: &Ticket) -> Option<Moment> {
        let first_bar = self.bars(ticket).map(|(_, until)| until).min();
        // The others may go meanwhile, so that only the firm part of the bar is left.
        let bar = first_bar.map(|first| if self.at < ticket.firm_until { first.min(ticket.firm_until) } else { first });
        let moments = [bar, self.next_step(ticket), self.reserve_end(ticket), self.preferred_until(ticket)];
        moments.into_iter().flatten().min()
    }

    /// Takes what a match costs.
    fn charge_match(&mut self, ticket: &Ticket) -> Charge {
        let owes = self.breaks(Break::TokenDebt);
        match ticket.lane {
            Lane::Diverted(_, bucket) => self.guard.charge_municipality(bucket, self.at, owes),
            Lane::Of(..) | Lane::Own(_) => self.guard.charge_topic(&self.plan, ticket.new.class, self.at, owes),
        }
    }
}

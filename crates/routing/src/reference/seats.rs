//! What desks and holders of claims do with seats: open, close, talk, let go; and what a tick looks after.
//! Knows seats; who is matched is `call_side`'s and `agent_side`'s.

use plan::AgentNo;

use super::{Break, GENERATIONS, Reference, State};
use crate::{Claim, Closed, Generation, Reply};

impl Reference {
    pub(super) fn ready(&mut self, agent: AgentNo) {
        match self.seats[agent.at()].state {
            State::Claimed | State::Busy => return self.said.push(Reply::SeatHeld { agent }),
            State::Closed(_) | State::Standby => {
                let seat = &mut self.seats[agent.at()];
                (seat.state, seat.idle_since) = (State::Idle, self.at);
            }
            State::Idle => {}
        }
        if self.breaks(Break::SeatDoesNotLook) || !self.agent_looks(agent) {
            self.said.push(Reply::SeatIdle { agent });
        }
        self.kept_back_look(agent);
    }

    pub(super) fn close(&mut self, agent: AgentNo, to: Closed) {
        if matches!(self.seats[agent.at()].state, State::Claimed | State::Busy) {
            return self.said.push(Reply::SeatHeld { agent });
        }
        self.seats[agent.at()].state = State::Closed(to);
        self.said.push(Reply::SeatIs { agent, closed: to });
        if to != Closed::Wrap {
            self.wake_the_barred(agent);
            self.kept_back_look(agent);
        }
    }

    /// Those who were barred from calls because this agent would have come back to them may now be the only ones left.
    fn wake_the_barred(&mut self, gone: AgentNo) {
        let classes: Vec<_> = self.plan.agents[gone.at()].skills.iter().map(|(class, _)| *class).collect();
        for lane in self.lanes() {
            let of_class = self.in_lane(lane).first().is_some_and(|index| classes.contains(&self.waiting[*index].new.class));
            if of_class {
                self.lane_looks(lane, None);
            }
        }
    }

    pub(super) fn commit(&mut self, claim: &Claim) {
        self.taken.retain(|ticket| ticket.id != claim.ticket);
        if let Some(seat) = self.seats.get_mut(claim.agent.at())
            && seat.state == State::Claimed
            && seat.generation == claim.generation.0
        {
            seat.state = State::Busy;
        }
    }

    pub(super) fn release(&mut self, agent: AgentNo, generation: Generation) {
        let anyones = self.breaks(Break::StaleReleaseFrees);
        let seat = &mut self.seats[agent.at()];
        let is_its_own = matches!(seat.state, State::Claimed | State::Busy) && seat.generation == generation.0;
        if is_its_own || anyones {
            seat.state = State::Closed(Closed::Wrap);
            seat.generation = (seat.generation + 1) % GENERATIONS;
        }
    }

    pub(super) fn tick(&mut self) {
        self.guard.tick(self.at);
        self.all_look();
    }
}

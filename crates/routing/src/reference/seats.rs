//! What desks and holders of claims do with seats: open, close, talk, let go.
//! Knows seats; who is matched is `call_side`'s and `agent_side`'s.

use plan::{AgentNo, ClassNo};

use super::{Break, GENERATIONS, Reference, State};
use crate::{Claim, Closed, Generation, Reply};

impl Reference {
    /// An agent is ready: who stands by and isn't called in waits for that, anybody else looks for a call.
    pub(super) fn ready(&mut self, agent: AgentNo) {
        let (stands_by, was_idle) = (self.stands_by(agent), self.is_idle(agent));
        match self.seats[agent.at()].state {
            State::Claimed | State::Busy => return self.said.push(Reply::SeatHeld { agent }),
            State::Standby if stands_by => return self.said.push(Reply::SeatIdle { agent }),
            State::Closed(_) | State::Standby => {
                let seat = &mut self.seats[agent.at()];
                seat.idle_since = self.at;
                seat.state = if stands_by { State::Standby } else { State::Idle };
            }
            State::Idle => {}
        }
        if stands_by && !self.is_idle(agent) {
            return self.said.push(Reply::SeatIdle { agent });
        }
        if !self.breaks(Break::SeatDoesNotLook) && self.agent_looks(agent) {
            // One who gets a call at once was never idle: nobody else is any nearer to an agent.
            if was_idle {
                self.kept_back_look();
            }
            return;
        }
        self.said.push(Reply::SeatIdle { agent });
        self.kept_back_look();
    }

    pub(super) fn close(&mut self, agent: AgentNo, to: Closed) {
        if matches!(self.seats[agent.at()].state, State::Claimed | State::Busy) {
            return self.said.push(Reply::SeatHeld { agent });
        }
        self.seats[agent.at()].state = State::Closed(to);
        self.said.push(Reply::SeatIs { agent, closed: to });
        if to != Closed::Wrap {
            self.look_after_one_is_gone(agent);
        }
    }

    /// Those who were barred from calls because this agent would have come back to them may now be the only ones left;
    /// and fewer are kept idle.
    pub(super) fn look_after_one_is_gone(&mut self, gone: AgentNo) {
        let skills = self.plan.agents.get(gone.at()).map(|agent| &agent.skills[..]).unwrap_or_default();
        let classes: Vec<ClassNo> = skills.iter().map(|(class, _)| *class).collect();
        for class in classes {
            self.class_looks(class, |_| true);
        }
        self.kept_back_look();
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
}

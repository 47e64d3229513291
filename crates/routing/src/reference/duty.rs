//! Who is there: on duty, idle, and for which classes; and how many of them are kept for ordinary calls.
//! Knows seats and skills; no ticket.

use plan::{AgentNo, ClassNo, Policy};

use super::{Reference, State};
use crate::Closed;

impl Reference {
    pub(super) fn is_idle(&self, agent: AgentNo) -> bool {
        self.seats[agent.at()].state == State::Idle
    }

    /// On duty: idle, being called, talking, or wrapping up.
    pub(super) fn is_on_duty(&self, agent: AgentNo) -> bool {
        match self.seats[agent.at()].state {
            State::Idle | State::Claimed | State::Busy | State::Closed(Closed::Wrap) => true,
            State::Closed(Closed::Off | Closed::Paused) | State::Standby => false,
        }
    }

    pub(super) fn idle(&self) -> usize {
        self.agents().filter(|agent| self.is_idle(*agent)).count()
    }

    /// N_c: on duty, and fits the class at its last step.
    pub(super) fn on_duty_for(&self, class: ClassNo) -> usize {
        self.agents().filter(|agent| self.is_on_duty(*agent) && self.counts_for(*agent, class)).count()
    }

    /// n_c: the idle ones of these.
    pub(super) fn idle_for(&self, class: ClassNo) -> usize {
        self.agents().filter(|agent| self.is_idle(*agent) && self.counts_for(*agent, class)).count()
    }

    fn counts_for(&self, agent: AgentNo, class: ClassNo) -> bool {
        self.expected.counts_for(agent).contains(&class)
    }

    /// K₀: idle agents that calls beyond the surge guard never take; none where few are on duty.
    pub(super) fn kept_idle(&self) -> usize {
        let routing = &self.plan.routing;
        let on_duty = self.agents().filter(|agent| self.is_on_duty(*agent)).count();
        let per = routing.kept_idle_per as usize;
        if routing.policy != Policy::Ours || per == 0 || on_duty < per {
            return 0;
        }
        on_duty.div_ceil(per).min(routing.kept_idle_max as usize)
    }
}

//! Agents: they log in, take pauses, decline, hang up, write things down, go home, and press the wrong key; their
//! phones register and go. Knows what an agent sees; knows no seat and no claim.

use std::time::Duration;

use centre::{DeskCommand, Input, Wanted, desk_shard};
use model::{About, AgentState, Fact, Moment, PauseReason, ShardNo, What, WrapUp};
use plan::{AgentNo, ReadyRule};

use crate::parties::agenda::Happening;
use crate::parties::town::Town;

impl Town {
    pub(crate) fn agent_becomes(&mut self, fact: &Fact) {
        let (About::Agent { agent, .. }, What::AgentBecame { state, call }) = (&fact.about, &fact.what) else { return };
        if let Some(agent) = self.plan.agents_by_id.get(agent) {
            self.agents[agent.at()].state = state.clone();
            self.agents[agent.at()].call = *call;
        }
    }

    /// What comes to an agent's mind, by what the desk shows; now and then something that makes no sense.
    pub(crate) fn agent_acts(&mut self, agent: usize, at: Moment) -> Option<(ShardNo, Input)> {
        if self.closing_time {
            return None;
        }
        let next = self.lot.millis(200, 40_000);
        self.soon(at, next, Happening::AgentActs(agent));
        let chance = self.habits.hands_on;
        if self.lot.percent(chance) && self.lot.one_in(4) {
            let soon = self.lot.millis(0, 3_000);
            self.soon(at, soon, Happening::AgentCalls(agent));
        }
        if self.lot.percent(chance)
            && let Some(command) = self.beside_a_talk(agent)
        {
            return Some(self.ask(agent, command));
        }
        let at_the_desk = self.plan.agents[agent].ready == ReadyRule::AtTheDesk;
        if self.habits.tests_sound && self.lot.one_in(20) {
            return Some(self.ask(agent, DeskCommand::TestSound));
        }
        let command = if self.lot.one_in(25) { Some(self.any_key()) } else { self.sensible(agent) };
        let command = command?;
        let own = at_the_desk || matches!(command, DeskCommand::Decline | DeskCommand::HangUp | DeskCommand::Snapshot);
        own.then(|| self.ask(agent, command))
    }

    fn sensible(&mut self, agent: usize) -> Option<DeskCommand> {
        let pause = DeskCommand::SetState(Wanted::Paused("lunch".into()));
        let ready = DeskCommand::SetState(Wanted::Ready);
        match self.agents[agent].state {
            AgentState::Off => Some(DeskCommand::LogIn),
            AgentState::Paused(PauseReason::Chosen(_)) => self.lot.percent(70).then_some(ready),
            AgentState::Paused(
                PauseReason::NoAnswer
                | PauseReason::PhoneGone
                | PauseReason::BusyElsewhere
                | PauseReason::SoundUnproven,
            ) => self.lot.percent(60).then_some(ready),
            AgentState::Paused(PauseReason::OwnCall | PauseReason::SoundTest) => match self.lot.below(10) {
                0 => Some(pause),
                1 => Some(ready),
                2 => Some(DeskCommand::LogOut),
                _ => None,
            },
            AgentState::Ready => match self.lot.below(30) {
                0 => Some(DeskCommand::LogOut),
                1..3 => Some(pause),
                _ => None,
            },
            AgentState::Offered => match self.lot.below(10) {
                0 => Some(DeskCommand::Decline),
                1 => Some(pause),
                2 => Some(DeskCommand::LogOut),
                _ => None,
            },
            AgentState::Talking => match self.lot.below(12) {
                0 => Some(DeskCommand::SetNextState(Wanted::Paused("meeting".into()))),
                1 => Some(DeskCommand::SetNextState(Wanted::Ready)),
                2 => Some(DeskCommand::HangUp),
                3 => Some(DeskCommand::LogOut),
                _ => None,
            },
            AgentState::WrapUp => match self.lot.below(6) {
                0..3 => {
                    let solved = *self.lot.pick(&[None, Some(true), Some(false)]);
                    Some(DeskCommand::WrapUp(WrapUp { solved, ..WrapUp::default() }))
                }
                3 => Some(ready),
                4 => Some(pause),
                _ => None,
            },
        }
    }

    fn any_key(&mut self) -> DeskCommand {
        match self.lot.below(9) {
            0 => DeskCommand::LogIn,
            1 => DeskCommand::SetState(Wanted::Ready),
            2 => DeskCommand::SetState(Wanted::Paused("lunch".into())),
            3 => DeskCommand::SetNextState(Wanted::Paused("meeting".into())),
            4 => DeskCommand::Decline,
            5 => DeskCommand::HangUp,
            6 => DeskCommand::WrapUp(WrapUp::default()),
            7 => DeskCommand::LogOut,
            _ => DeskCommand::Snapshot,
        }
    }

    pub(crate) fn registers(&mut self, agent: usize, reachable: bool, at: Moment) -> (ShardNo, Input) {
        self.agents[agent].registered = reachable;
        if !self.closing_time {
            let span = if reachable { self.lot.millis(30_000, 1_800_000) } else { self.lot.millis(0, 60_000) };
            self.soon(at, span, Happening::Registers(agent, !reachable));
        }
        let agent = AgentNo(agent as u32);
        (desk_shard(agent, self.shards), Input::Phone { agent, reachable })
    }

    /// All is quiet: the phone is there, and the agent says "ready" where that is how it goes.
    pub(crate) fn evening(&mut self, agent: usize, at: Moment) {
        if self.plan.agents[agent].contact.is_none() {
            self.soon(at, Duration::from_secs(1), Happening::Registers(agent, true));
        }
        if self.plan.agents[agent].ready == ReadyRule::AtTheDesk {
            self.soon(at, Duration::from_secs(2), Happening::AgentDoes(agent, DeskCommand::LogIn));
            let ready = DeskCommand::SetState(Wanted::Ready);
            self.soon(at, Duration::from_secs(3), Happening::AgentDoes(agent, ready.clone()));
            if self.habits.tests_sound {
                // One after the other: a test wants ports, of which a shard may have few.
                let turn = Duration::from_secs(600 + 60 * agent as u64);
                self.soon(at, turn, Happening::AgentDoes(agent, ready));
            }
        }
    }
}

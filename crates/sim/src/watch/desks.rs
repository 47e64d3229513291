//! Desks as they should be: what people see of an agent agrees with the seat, nobody becomes ready against their
//! word, every request is answered once. Knows facts, answers and events of desks; no calls.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use centre::{DeskAnswer, DeskCommand, DeskDone, DeskEvent, DeskRequest, RequestNo, Wanted};
use model::{AgentId, AgentState, CallId, Moment};
use plan::{AgentNo, Plan, ReadyRule};

use crate::watch::Check;
use crate::watch::line::{Line, Seat};

/// A ready agent's seat may be closed this long: the breather after an offer that was turned down, and some mail.
const BREATHER_MAX: Duration = Duration::from_millis(1_500);

#[derive(Debug)]
pub(crate) struct Desks {
    plan: Arc<Plan>,
    states: Vec<AgentState>,
    /// The call that each desk shows.
    calls: Vec<Option<CallId>>,
    /// How many offers each was shown.
    offers: Vec<u64>,
    /// Offers that were declined or hung up on since the last rest, and what the agent was.
    ended: Vec<(usize, u64, AgentState)>,
    /// Whether the agent has said "not ready" last.
    leaving: Vec<bool>,
    /// Requests under way, with what the agent had said before.
    asked: BTreeMap<RequestNo, (AgentNo, DeskCommand, bool)>,
    events: Vec<u64>,
    dirty: BTreeSet<usize>,
    /// Ready, with the seat closed, until this moment at most.
    resting: BTreeSet<(Moment, usize)>,
}

impl Desks {
    pub(crate) fn new(plan: &Arc<Plan>) -> Self {
        let agents = plan.agents.len();
        Self {
            states: vec![AgentState::Off; agents],
            calls: vec![None; agents],
            offers: vec![0; agents],
            ended: Vec::new(),
            leaving: vec![false; agents],
            asked: BTreeMap::new(),
            events: vec![0; agents],
            dirty: BTreeSet::new(),
            resting: BTreeSet::new(),
            plan: Arc::clone(plan),
        }
    }

    pub(crate) fn asked(&mut self, request: &DeskRequest) {
        // Its facts come before its answer: until that says no, the agent is taken at their word.
        let leaving = &mut self.leaving[request.agent.at()];
        self.asked.insert(request.request, (request.agent, request.command.clone(), *leaving));
        *leaving &= !says_ready(&request.command);
    }

    pub(crate) fn answered(&mut self, answer: &DeskAnswer) -> Check {
        let Some((agent, command, leaving)) = self.asked.remove(&answer.request) else {
            return Err(format!("{:?} was answered twice", answer.request));
        };
        if let Ok(DeskDone::Snapshot(snapshot)) = &answer.result
            && snapshot.desk.state != self.states[agent.at()]
        {
            return Err(format!("{}'s desk shows another state than the facts", self.name(agent.at())));
        }
        self.dirty.insert(agent.at());
        let ended = match command {
            DeskCommand::Decline => Some(AgentState::Offered),
            DeskCommand::HangUp => Some(AgentState::Talking),
            DeskCommand::LogIn
            | DeskCommand::SetState(_)
            | DeskCommand::SetNextState(_)
            | DeskCommand::WrapUp(_)
            | DeskCommand::ExtendWrapUp
            | DeskCommand::LogOut
            | DeskCommand::InCall(_)
            | DeskCommand::Supervise { .. }
            | DeskCommand::TestSound
            | DeskCommand::Snapshot => None,
        };
        if let (Ok(_), Some(state)) = (&answer.result, ended) {
            self.ended.push((agent.at(), self.offers[agent.at()], state));
        }
        // A wish that another shard answers may be overtaken by a word about the agent's own state: it says nothing of that.
        match answer.result {
            Err(_) if says_ready(&command) => self.leaving[agent.at()] = leaving,
            Ok(_) if says_not_ready(&command) => self.leaving[agent.at()] = true,
            Ok(_) | Err(_) => {}
        }
        Ok(())
    }

    pub(crate) fn shown(&mut self, event: &DeskEvent) -> Check {
        self.events[event.agent.at()] += 1;
        let last = self.events[event.agent.at()];
        if last == event.seq {
            return Ok(());
        }
        Err(format!("{}'s desk was shown event {} as number {last}", self.name(event.agent.at()), event.seq))
    }

    /// No citizen can be offered to a phone that is in a call of the agent's own.
    pub(crate) fn are_kept_from_citizens<'a>(&self, mut own: impl Iterator<Item = &'a AgentId>, line: &Line) -> Check {
        let is_open = |agent: &&AgentId| {
            let known = self.plan.agents_by_id.get(*agent);
            known.is_some_and(|agent| matches!(line.seat(agent.at()), Seat::Idle(_)))
        };
        match own.find(is_open) {
            Some(agent) => Err(format!("{agent} is in a call of their own, and the seat is open")),
            None => Ok(()),
        }
    }

    /// Who talks sees the citizen at the desk with whom they talk, and nobody else.
    pub(crate) fn show_whom_they_talk_to(&self, calls: &[Option<CallId>]) -> Check {
        for (agent, call) in calls.iter().enumerate() {
            if self.states[agent] == AgentState::Talking && self.calls[agent] != *call {
                let shown = self.calls[agent];
                return Err(format!("{} talks on {call:?}, and the desk shows {shown:?}", self.name(agent)));
            }
        }
        Ok(())
    }

    pub(crate) fn became(
        &mut self,
        agent: &AgentId,
        (state, call): (&AgentState, Option<CallId>),
        at: Moment,
    ) -> Check {
        let Some(agent) = self.plan.agents_by_id.get(agent).map(|agent| agent.at()) else { return Ok(()) };
        self.calls[agent] = call;
        let before = std::mem::replace(&mut self.states[agent], state.clone());
        self.offers[agent] += u64::from(*state == AgentState::Offered);
        self.dirty.insert(agent);
        self.resting.retain(|(_, resting)| *resting != agent);
        // By the same claim with another citizen: a colleague's question became the citizen's call.
        if before == *state && *state == AgentState::Talking {
            return Ok(());
        }
        if before == *state {
            return Err(format!("{} became what they were: {state}", self.name(agent), state = text(state)));
        }
        let at_the_desk = self.plan.agents[agent].ready == ReadyRule::AtTheDesk;
        if *state == AgentState::Ready && self.leaving[agent] && at_the_desk {
            return Err(format!("{} asked not to get calls, and became ready at {at:?}", self.name(agent)));
        }
        let possible = match state {
            AgentState::Talking => before == AgentState::Offered,
            AgentState::WrapUp => matches!(before, AgentState::Talking | AgentState::Offered),
            // A claim may be faster than a seat that is being closed: then it is shown for as long as it lasts.
            AgentState::Offered => !matches!(before, AgentState::Talking),
            AgentState::Off | AgentState::Ready | AgentState::Paused(_) => true,
        };
        if possible {
            return Ok(());
        }
        Err(format!("{} went from {} to {}", self.name(agent), text(&before), text(state)))
    }

    /// What people see agrees with the seat; where it doesn't yet, it must soon.
    pub(crate) fn at_rest(&mut self, at: Moment, line: &Line) -> Check {
        for (agent, offer, state) in std::mem::take(&mut self.ended) {
            // An answer on the phone may be faster than a decline at the desk: then they talk.
            if self.states[agent] == state && self.offers[agent] == offer {
                return Err(format!("{} declined or hung up, and the call is still there", self.name(agent)));
            }
        }
        for agent in std::mem::take(&mut self.dirty) {
            let agrees = match (&self.states[agent], line.seat(agent)) {
                (AgentState::Ready, Seat::Idle(_))
                | (AgentState::Offered, Seat::Claimed(..))
                | (AgentState::Talking, Seat::Busy(_))
                | (AgentState::WrapUp | AgentState::Paused(_) | AgentState::Off, Seat::Closed(_)) => true,
                (AgentState::Ready, Seat::Closed(_)) => {
                    self.resting.insert((at + BREATHER_MAX, agent));
                    self.dirty.insert(agent);
                    true
                }
                (AgentState::Ready, Seat::Claimed(..) | Seat::Busy(_))
                | (AgentState::Offered, Seat::Closed(_) | Seat::Idle(_) | Seat::Busy(_))
                | (AgentState::Talking, Seat::Closed(_) | Seat::Idle(_) | Seat::Claimed(..))
                | (
                    AgentState::WrapUp | AgentState::Paused(_) | AgentState::Off,
                    Seat::Idle(_) | Seat::Claimed(..) | Seat::Busy(_),
                ) => false,
            };
            let at_the_desk = self.plan.agents[agent].ready == ReadyRule::AtTheDesk;
            let open = matches!(line.seat(agent), Seat::Idle(_) | Seat::Claimed(..));
            if self.leaving[agent] && at_the_desk && open {
                return Err(format!("{} asked not to get calls, and gets them", self.name(agent)));
            }
            if !agrees {
                let (state, seat) = (text(&self.states[agent]), line.seat(agent));
                return Err(format!("{} is shown as {state}, and the seat is {seat:?}", self.name(agent)));
            }
        }
        self.keep_first_end(line);
        if let Some((request, (agent, ..))) = self.asked.first_key_value() {
            return Err(format!("{request:?} of {} got no answer", self.name(agent.at())));
        }
        Ok(())
    }

    /// Of several ends noted for one rest, the first counts; a seat that is open again has none.
    fn keep_first_end(&mut self, line: &Line) {
        let mut met = BTreeSet::new();
        self.resting.retain(|(_, agent)| matches!(line.seat(*agent), Seat::Closed(_)) && met.insert(*agent));
    }

    pub(crate) fn time(&mut self, at: Moment, line: &Line) -> Check {
        if self.resting.first().is_none_or(|(until, _)| *until >= at) {
            return Ok(());
        }
        self.keep_first_end(line);
        match self.resting.first() {
            Some((until, agent)) if *until < at => {
                Err(format!("{} is ready, and has no open seat for more than a second", self.name(*agent)))
            }
            Some(_) | None => Ok(()),
        }
    }

    pub(crate) fn end(&self) -> Check {
        if self.asked.is_empty() { Ok(()) } else { Err("a desk's request was never answered".to_owned()) }
    }

    pub(crate) fn all_ready(&self, except_off: bool) -> Check {
        for (agent, state) in self.states.iter().enumerate() {
            let excused = except_off && *state == AgentState::Off;
            if *state != AgentState::Ready && !excused {
                return Err(format!("when all was quiet {} was not ready but {}", self.name(agent), text(state)));
            }
        }
        Ok(())
    }

    fn name(&self, agent: usize) -> &str {
        &self.plan.agents[agent].id
    }
}

fn says_ready(command: &DeskCommand) -> bool {
    match command {
        DeskCommand::SetState(Wanted::Ready) | DeskCommand::SetNextState(Wanted::Ready) | DeskCommand::LogIn => true,
        DeskCommand::SetState(Wanted::Paused(_))
        | DeskCommand::SetNextState(Wanted::Paused(_))
        | DeskCommand::Decline
        | DeskCommand::HangUp
        | DeskCommand::WrapUp(_)
        | DeskCommand::ExtendWrapUp
        | DeskCommand::LogOut
        | DeskCommand::InCall(_)
        | DeskCommand::Supervise { .. }
        | DeskCommand::TestSound
        | DeskCommand::Snapshot => false,
    }
}

fn says_not_ready(command: &DeskCommand) -> bool {
    match command {
        DeskCommand::SetState(Wanted::Paused(_))
        | DeskCommand::SetNextState(Wanted::Paused(_))
        | DeskCommand::LogOut => true,
        DeskCommand::SetState(Wanted::Ready)
        | DeskCommand::SetNextState(Wanted::Ready)
        | DeskCommand::LogIn
        | DeskCommand::Decline
        | DeskCommand::HangUp
        | DeskCommand::WrapUp(_)
        | DeskCommand::ExtendWrapUp
        | DeskCommand::InCall(_)
        | DeskCommand::Supervise { .. }
        | DeskCommand::TestSound
        | DeskCommand::Snapshot => false,
    }
}

fn text(state: &AgentState) -> String {
    match state {
        AgentState::Paused(reason) => format!("paused ({reason})"),
        AgentState::Off | AgentState::Ready | AgentState::Offered | AgentState::Talking | AgentState::WrapUp => {
            format!("{state:?}").to_lowercase()
        }
    }
}

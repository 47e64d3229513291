//! The town: everybody who lives around the heart, what they plan, and what they hear of it.
//! Knows legs and agents by number; each kind of party has a room of its own beside this one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use centre::{DeskRequest, Input, Output, RequestNo, desk_shard};
use media::{MediaEvent, PlayNo};
use model::{AgentState, CallId, Dialled, LegId, Moment, ShardNo};
use plan::{AgentNo, Plan};

use crate::lot::Lot;
use crate::parties::agenda::{Agenda, Happening};

/// What people here are like.
#[derive(Clone, Debug)]
pub(crate) struct Habits {
    /// Calls that will come.
    pub(crate) calls: u64,
    /// Mean time between calls.
    pub(crate) between: Duration,
    /// Mean length of a talk.
    pub(crate) talk: Duration,
    /// Mean patience.
    pub(crate) patience: Duration,
    /// How often things go wrong, in per cent of what they may.
    pub(crate) trouble: u64,
    /// How often agents hand on, and call on their own, in per cent of what they may.
    pub(crate) hands_on: u64,
    /// Whether agents' sound must be proved, and they test it now and then.
    pub(crate) tests_sound: bool,
    /// Whether the node is told to drain before the last calls come.
    pub(crate) drains: bool,
}

/// One leg, as its party sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    Ringing,
    Answered,
    Talking,
    /// We were told that it is over, and say so soon.
    Dying,
}

#[derive(Debug)]
pub(crate) struct Party {
    pub(crate) stage: Stage,
    /// Plans of an older version are off.
    pub(crate) version: u32,
    /// Of an agent's phone: whose.
    pub(crate) agent: Option<usize>,
    /// Of a trunk's call: whether the offer is left to us.
    pub(crate) offerless: bool,
    /// Gone without a word.
    pub(crate) vanished: bool,
    pub(crate) heard_silent: bool,
}

/// A leg's sound at the packet workers.
#[derive(Debug, Default)]
pub(crate) struct Sounding {
    pub(crate) play: PlayNo,
    pub(crate) watch: Option<Duration>,
    /// Counts changes of the watch.
    pub(crate) watches: u32,
    /// Its phone's signalling is over before it, and nothing comes.
    pub(crate) left: bool,
}

#[derive(Debug)]
pub(crate) struct AgentLife {
    pub(crate) state: AgentState,
    /// The call that goes with it.
    pub(crate) call: Option<CallId>,
    pub(crate) registered: bool,
}

/// Everybody around the heart.
#[derive(Debug)]
pub(crate) struct Town {
    pub(crate) plan: Arc<Plan>,
    pub(crate) habits: Habits,
    pub(crate) lot: Lot,
    pub(crate) agenda: Agenda,
    pub(crate) legs: BTreeMap<LegId, Party>,
    pub(crate) sounds: BTreeMap<LegId, Sounding>,
    pub(crate) agents: Vec<AgentLife>,
    /// All numbers; those of open lines first.
    pub(crate) numbers: Vec<Dialled>,
    pub(crate) lines: usize,
    pub(crate) shards: u8,
    pub(crate) came: u64,
    /// Calls that agents' phones have made.
    pub(crate) own_calls: u64,
    /// Agents' pages that were called anew for a talk.
    pub(crate) called_again: u64,
    requests: u64,
    pub(crate) closing_time: bool,
}

impl Town {
    pub(crate) fn new(plan: &Arc<Plan>, habits: Habits, lot: Lot, shards: u8) -> Self {
        let life =
            |agent: &plan::Agent| AgentLife { state: AgentState::Off, call: None, registered: agent.contact.is_some() };
        let is_line = |number: &Dialled| {
            let line = plan.numbers.get(number).and_then(|known| known.line);
            line.is_some_and(|line| !plan.lines[line.at()].id.starts_with("closed"))
        };
        let (mut numbers, others): (Vec<_>, Vec<_>) = plan.numbers.keys().cloned().partition(is_line);
        let lines = numbers.len();
        numbers.extend(others);
        Self {
            numbers,
            lines,
            agents: plan.agents.iter().map(life).collect(),
            plan: Arc::clone(plan),
            habits,
            lot,
            agenda: Agenda::new(),
            legs: BTreeMap::new(),
            sounds: BTreeMap::new(),
            shards,
            came: 0,
            own_calls: 0,
            called_again: 0,
            requests: 0,
            closing_time: false,
        }
    }

    /// The day begins.
    pub(crate) fn begin(&mut self, at: Moment) {
        self.in_a_while(at, Duration::from_secs(2), Happening::Rings);
        for agent in 0..self.agents.len() {
            if !self.agents[agent].registered {
                let soon = self.lot.millis(0, 5_000);
                self.soon(at, soon, Happening::Registers(agent, true));
            }
            let soon = self.lot.millis(0, 8_000);
            self.soon(at, soon, Happening::AgentActs(agent));
        }
    }

    /// The last call is over: whoever can becomes ready, to see that nobody is stuck.
    pub(crate) fn close(&mut self, at: Moment) {
        self.closing_time = true;
        self.agenda = Agenda::new();
        for agent in 0..self.agents.len() {
            self.evening(agent, at);
        }
    }

    pub(crate) fn soon(&mut self, at: Moment, span: Duration, what: Happening) {
        self.agenda.plan(at + span, what, &mut self.lot);
    }

    pub(crate) fn in_a_while(&mut self, at: Moment, mean: Duration, what: Happening) {
        let span = self.lot.around(mean);
        self.soon(at, span, what);
    }

    pub(crate) fn trouble(&mut self) -> bool {
        let chance = self.habits.trouble;
        // In the evening all phones are well: whoever can be ready is.
        self.lot.percent(chance) && !(self.closing_time && self.habits.tests_sound)
    }

    /// The party of a leg, if the plan is still on.
    pub(crate) fn party(&mut self, leg: LegId, version: u32) -> Option<&mut Party> {
        self.legs.get_mut(&leg).filter(|party| party.version == version)
    }

    /// The leg's plans so far are off.
    pub(crate) fn replan(&mut self, leg: LegId) -> u32 {
        self.legs.get_mut(&leg).map_or(0, |party| {
            party.version += 1;
            party.version
        })
    }

    /// Something happens: what a shard gets of it, if anything.
    pub(crate) fn happen(&mut self, what: Happening, at: Moment) -> Option<(ShardNo, Input)> {
        match what {
            Happening::Rings => self.citizen_rings(at),
            Happening::Confirms(leg) => self.citizen_confirms(leg),
            Happening::Ends(leg, version, why) => self.leg_ends(leg, version, why),
            Happening::PhoneRings(leg, version) => self.phone_rings(leg, version),
            Happening::PhoneAnswers(leg, version, session) => self.phone_answers(leg, version, session),
            Happening::PhoneRefuses(leg, version, why) => self.phone_refuses(leg, version, why),
            Happening::Reinvites(leg, version, session) => self.reinvites(leg, version, session, at),
            Happening::AnswersSession(leg, version) => self.answers_session(leg, version),
            Happening::Vanishes(leg, version) => {
                self.vanishes(leg, version, at);
                None
            }
            Happening::Silent(leg, watches) => self.is_silent(leg, watches),
            Happening::GoesAway(leg, version) => self.goes_away(leg, version, at),
            Happening::IsBack(leg) => self.tells(leg, MediaEvent::Back { leg }),
            Happening::LosesSignalling(leg, version) => self.loses_signalling(leg, version),
            Happening::OpensPage(agent) => Some(self.opens_page(agent)),
            Happening::Comes(leg) => self.tells(leg, MediaEvent::Comes { leg }),
            Happening::OfMessage(leg, what) => self.tells(leg, MediaEvent::Message { leg, what }),
            Happening::Streamed(leg, what) => self.tells(leg, MediaEvent::Streamed { leg, what }),
            Happening::Sounds(leg) => self.tells(leg, MediaEvent::Sounds { leg }),
            Happening::Played(leg, play) => self.was_played(leg, play),
            Happening::PortTaken(leg) => self.port_is_taken(leg),
            Happening::Closed(leg) => self.was_closed(leg),
            Happening::AgentActs(agent) => self.agent_acts(agent, at),
            Happening::AgentCalls(agent) => self.agent_calls(agent, at),
            Happening::HandsOn(leg, version) => self.hands_on(leg, version, at),
            Happening::BringsTogether(leg, other) => self.brings_together(leg, other),
            Happening::AgentDoes(agent, command) => Some(self.ask(agent, command)),
            Happening::Registers(agent, reachable) => Some(self.registers(agent, reachable, at)),
            Happening::KeyHeard(leg, key) => self.key_is_heard(leg, key),
            Happening::KeySignalled(leg, key) => self.key_is_signalled(leg, key),
            Happening::RecordingFails(leg, recording) => self.recording_fails(leg, recording),
            Happening::Drain => None,
        }
    }

    /// A shard put something out.
    pub(crate) fn hear(&mut self, output: &Output, at: Moment) {
        match output {
            Output::Leg(command) => self.leg_is_told(command, at),
            Output::Media(command) => self.worker_is_told(command, at),
            Output::Fact(fact) => self.agent_becomes(fact),
            Output::Core(_)
            | Output::Person(_)
            | Output::Promise(_)
            | Output::ToShard(..)
            | Output::DeskAnswer(_)
            | Output::DeskEvent(_) => {}
        }
    }

    /// A desk's request, on its way.
    pub(crate) fn ask(&mut self, agent: usize, command: centre::DeskCommand) -> (ShardNo, Input) {
        self.requests += 1;
        let (request, agent) = (RequestNo(self.requests), AgentNo(agent as u32));
        (desk_shard(agent, self.shards), Input::Desk(DeskRequest { request, agent, command }))
    }
}

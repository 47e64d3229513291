//! A small centre on virtual time: real shards and the real core, with hands that only write down what they are told.
//!
//! Mail between shards waits until `rest` is called, so that a story can let things cross. Holds no expectation but one:
//! `is_clean` at its end.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use centre::{
    Centre, CentreSettings, DeskAnswer, DeskCommand, DeskDone, DeskRefusal, DeskRequest, DeskState, Hands, Input,
    Output, ProveSound, RequestNo, Shown, SrtpRules, Wanted, carry_out, carry_outbox,
};
use forecast::Outlook;
use media::{Codec, MediaCommand, MediaEvent, MediaSeed, OurSide, OurWeb, PlayNo, PortPool, PortRange, Traffic};
use model::{
    AgentId, AgentState, Arrival, Caller, Dialled, Fact, LegCommand, LegEnd, LegEvent, LegId, LegSide, Moment,
    PauseReason, PromiseChange, Refusal, ShardNo, TrunkId,
};
use plan::{AgentNo, Plan};
use routing::{Core, Limits};

use crate::place::PLAN;
pub(crate) use crate::place::{at_the_desk, from_the_start};

/// Room for small stories.
pub(crate) const SMALL: Limits =
    Limits { tickets: 64, seats: 16, classes: 8, queues: 8, explanations: 16, void_bar_holds: Duration::from_secs(1) };

/// A phone's session: both laws.
pub(crate) const SESSION: &[u8] = b"v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\n\
    m=audio 40000 RTP/AVP 8 0\r\na=sendrecv\r\n";

/// Monday 2 March 2026, 12:00 in Copenhagen.
pub(crate) const NOON: Moment = Moment::from_secs(1_772_449_200);

/// The centre.
pub(crate) struct House {
    pub(crate) shards: Vec<Centre>,
    pub(crate) core: Core,
    pub(crate) at: Moment,
    pub(crate) mail: VecDeque<(ShardNo, Input)>,
    pub(crate) told: Told,
    arrived: u64,
}

/// What the hands were told.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) legs: Vec<LegCommand>,
    pub(crate) facts: Vec<Fact>,
    /// What packet workers were told, but for `Close` and messages.
    pub(crate) sound: Vec<MediaCommand>,
    pub(crate) shown: Vec<(AgentNo, Shown)>,
    answers: Vec<DeskAnswer>,
    /// Phones that ring now.
    ringing: BTreeMap<LegId, AgentId>,
    /// Messages that are being said.
    saying: BTreeMap<LegId, PlayNo>,
    closed: Vec<LegId>,
    pub(crate) promises: Vec<PromiseChange>,
    posted: Vec<(ShardNo, Input)>,
}

impl Hands for Told {
    fn carry(&mut self, output: Output, _at: Moment) {
        match output {
            Output::Leg(command) => self.note(command),
            Output::Media(MediaCommand::Close { leg }) => self.closed.push(leg),
            Output::Media(MediaCommand::Play { leg, play, list }) if list.is_once() => {
                self.saying.insert(leg, play);
            }
            Output::Media(command) => self.sound.push(command),
            Output::Person(_) => {}
            Output::Promise(change) => self.promises.push(change),
            Output::Fact(fact) => self.facts.push(fact),
            Output::ToShard(shard, input) => self.posted.push((shard, *input)),
            Output::DeskAnswer(answer) => self.answers.push(answer),
            Output::DeskEvent(event) => self.shown.push((event.agent, event.shown)),
            Output::Core(_) => unreachable!("the core is asked before the hands see it"),
        }
    }
}

impl Told {
    fn note(&mut self, command: LegCommand) {
        match &command {
            LegCommand::CallAgent { leg, agent, .. } => {
                self.ringing.insert(*leg, agent.clone());
            }
            LegCommand::HangUp { leg, .. } => {
                self.ringing.remove(leg);
            }
            LegCommand::Ring { .. }
            | LegCommand::RingWithSound { .. }
            | LegCommand::CallOut { .. }
            | LegCommand::AnswerTransfer { .. }
            | LegCommand::TellTransfer { .. }
            | LegCommand::Answer { .. }
            | LegCommand::Refuse { .. }
            | LegCommand::AcceptSession { .. }
            | LegCommand::RejectSession { .. } => {}
        }
        self.legs.push(command);
    }
}

impl House {
    /// A centre of so many shards with these agents, open since noon.
    pub(crate) fn open(shards: u8, agents: &[String]) -> Self {
        Self::of_plan(shards, &format!("{PLAN}\n{}", agents.concat()))
    }

    /// The same, with a plan of the story's own.
    pub(crate) fn of_plan(shards: u8, text: &str) -> Self {
        Self::of_sound(shards, text, &SrtpRules::default())
    }

    /// A centre of so many shards with these agents, and this decided about encrypted sound; browsers have a port.
    pub(crate) fn encrypting(agents: &[String], srtp: &SrtpRules) -> Self {
        Self::of_sound(1, &format!("{PLAN}\n{}", agents.concat()), srtp)
    }

    fn of_sound(shards: u8, text: &str, srtp: &SrtpRules) -> Self {
        Self::of_size(shards, text, srtp, (SMALL, 8))
    }

    /// The same, with room for so many tickets and so many calls.
    pub(crate) fn of_size(shards: u8, text: &str, srtp: &SrtpRules, (limits, calls_max): (Limits, usize)) -> Self {
        let plan: Plan = plan::read_plan(text).unwrap_or_else(|faults| panic!("{faults:?}"));
        let plan = Arc::new(plan);
        let shard = |number: u8| {
            let settings = CentreSettings {
                shard: ShardNo(number),
                shards,
                epoch_ms: 1,
                sound: OurSide {
                    address: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
                    codecs: vec![Codec::Pcma, Codec::Pcmu],
                    seed: MediaSeed::new([number; 32]),
                    web: Some(OurWeb {
                        addresses: vec![([10, 0, 0, 1], 8443).into()],
                        fingerprint: [0xab; 32],
                        tcp: false,
                    }),
                },
                srtp: srtp.clone(),
                wordings: speech::Wordings::built_in(),
                silence_max: Duration::from_secs(15),
                prove_sound: ProveSound::Off,
                calls_max,
            };
            let ports = PortRange { from: 4000, to: if calls_max > 8 { 9999 } else { 4099 } };
            Centre::new(settings, plan.clone(), PortPool::for_shard(ports, number, shards))
        };
        let mut house = Self {
            shards: (0..shards).map(shard).collect(),
            core: Core::new(&plan, &Outlook::unknown(), limits),
            at: NOON,
            mail: VecDeque::new(),
            told: Told::default(),
            arrived: 0,
        };
        for shard in &mut house.shards {
            let mut outbox = Vec::new();
            shard.open(NOON, &mut outbox);
            carry_outbox(shard, &house.core, &mut house.told, outbox, NOON);
        }
        house.rest();
        house
    }

    /// One input; mail to other shards stays under way.
    pub(crate) fn give(&mut self, shard: u8, input: Input) {
        carry_out(&mut self.shards[usize::from(shard)], &self.core, &mut self.told, input, self.at);
        self.mail.extend(self.told.posted.drain(..));
    }

    /// Delivers all mail, and lets the packet workers close what they were told to.
    pub(crate) fn rest(&mut self) {
        loop {
            if let Some(leg) = self.told.closed.pop() {
                self.give(leg.shard().0, Input::Media(MediaEvent::Closed { leg, traffic: Traffic::default() }));
            } else if let Some((shard, input)) = self.mail.pop_front() {
                self.give(shard.0, input);
            } else if let Some((shard, input)) = self.told.posted.pop() {
                self.mail.push_back((shard, input));
            } else {
                return;
            }
        }
    }

    /// Time goes by, with every timer on its way.
    pub(crate) fn later(&mut self, span: Duration) {
        let until = self.at + span;
        loop {
            let due = |shard: &Centre| shard.next_wakeup().map(|(at, _)| at).filter(|at| *at <= until);
            let next = self.shards.iter().enumerate().filter_map(|(no, shard)| Some((due(shard)?, no))).min();
            let Some((at, shard)) = next else { break };
            self.at = self.at.max(at);
            self.give(shard as u8, Input::Wakeup);
            self.rest();
        }
        self.at = until;
    }

    /// A citizen rings; the call is the shard's.
    pub(crate) fn rings(&mut self, shard: u8, number: &str) -> LegId {
        let leg = self.arrives(shard, number);
        self.rest();
        leg
    }

    /// The same, with all mail still under way.
    pub(crate) fn arrives(&mut self, shard: u8, number: &str) -> LegId {
        self.arrives_speaking(shard, number, SESSION)
    }

    /// The same, with a description of sound of one's own.
    pub(crate) fn arrives_speaking(&mut self, shard: u8, number: &str, session: &'static [u8]) -> LegId {
        self.arrives_from(shard, number, (Caller::Withheld, session))
    }

    /// The same, from a number.
    pub(crate) fn arrives_from(
        &mut self,
        shard: u8,
        number: &str,
        (caller, session): (Caller, &'static [u8]),
    ) -> LegId {
        self.arrived += 1;
        let leg = LegId::new(ShardNo(shard), LegSide::Inbound, self.arrived);
        let arrival = Arrival {
            leg,
            trunk: TrunkId::new("trunk"),
            dialled: Dialled::parse(number).expect("a number"),
            reached_by: Vec::new(),
            caller,
            offer: Some(Bytes::from_static(session)),
        };
        self.give(shard, Input::Leg(LegEvent::Arrived(arrival)));
        leg
    }

    pub(crate) fn leg(&mut self, event: LegEvent) {
        self.give(event.leg().shard().0, Input::Leg(event));
        self.rest();
    }

    pub(crate) fn confirms(&mut self, leg: LegId) {
        self.leg(LegEvent::Confirmed { leg, session: None });
    }

    pub(crate) fn hangs_up(&mut self, leg: LegId) {
        self.leg(LegEvent::Ended { leg, why: LegEnd::HungUp });
    }

    /// The phone of this agent that rings; none does.
    pub(crate) fn phone_of(&self, agent: &str) -> Option<LegId> {
        self.told.ringing.iter().find(|(_, whose)| whose.as_str() == agent).map(|(leg, _)| *leg)
    }

    /// The agent takes the call that rings.
    pub(crate) fn takes(&mut self, agent: &str) -> LegId {
        let leg = self.phone_of(agent).expect("it rings");
        self.told.ringing.remove(&leg);
        self.leg(LegEvent::Answered { leg, session: Bytes::from_static(SESSION) });
        leg
    }

    /// The agent's phone turns the call down.
    pub(crate) fn refuses(&mut self, agent: &str, why: Refusal) {
        let leg = self.phone_of(agent).expect("it rings");
        self.told.ringing.remove(&leg);
        self.leg(LegEvent::Refused { leg, why });
    }

    /// The message that is said to this leg is over.
    pub(crate) fn is_said(&mut self, leg: LegId) {
        let play = self.told.saying.remove(&leg).expect("something is said");
        self.give(leg.shard().0, Input::Media(MediaEvent::Played { leg, play }));
        self.rest();
    }

    /// What the agent's desk asks, and the answer; mail stays under way.
    pub(crate) fn asks(&mut self, agent: u32, command: DeskCommand) -> Result<DeskDone, DeskRefusal> {
        let request = DeskRequest { request: RequestNo(0), agent: AgentNo(agent), command };
        self.give(self.desk_of(agent), Input::Desk(request));
        self.told.answers.pop().expect("each request is answered").result
    }

    /// The same, and all that follows.
    pub(crate) fn does(&mut self, agent: u32, command: DeskCommand) {
        self.asks(agent, command).expect("it may be done now");
        self.rest();
    }

    pub(crate) fn phone(&mut self, agent: u32, reachable: bool) {
        self.give(self.desk_of(agent), Input::Phone { agent: AgentNo(agent), reachable });
    }

    /// Comes on duty with a registered phone, and is ready.
    pub(crate) fn comes(&mut self, agent: u32) {
        self.phone(agent, true);
        self.does(agent, DeskCommand::LogIn);
        self.does(agent, DeskCommand::SetState(Wanted::Ready));
    }

    pub(crate) fn desk(&mut self, agent: u32) -> DeskState {
        match self.asks(agent, DeskCommand::Snapshot) {
            Ok(DeskDone::Snapshot(snapshot)) => snapshot.desk,
            other => panic!("no snapshot: {other:?}"),
        }
    }

    pub(crate) fn state(&mut self, agent: u32) -> AgentState {
        self.desk(agent).state
    }

    fn desk_of(&self, agent: u32) -> u8 {
        (agent % self.shards.len() as u32) as u8
    }
}

/// Paused by choice.
pub(crate) fn paused(code: &str) -> AgentState {
    AgentState::Paused(PauseReason::Chosen(code.into()))
}

//! The floor that is measured, and the core on it.
//! A thousand classes, of which each agent has 32; the dice choose among them.

use forecast::Outlook;
use model::{AgentId, CallId, Language, Moment, MunicipalityId, QueueId, ShardNo, TopicId};
use plan::{Agent, AgentNo, Class, ClassNo, Plan, Queue, QueueNo};
use routing::{Claim, Closed, Core, Limits, NewTicket, Precedence, Reply, Request};

/// Pairs of topic and language.
pub(crate) const CLASSES: usize = 1_000;
/// Of which each agent has this many.
pub(crate) const SKILLS: usize = 32;

/// How big the floor is.
pub(crate) struct Shape {
    pub(crate) agents: usize,
    pub(crate) waiting: usize,
    /// The calls that wait are for these agents (agent's side); otherwise for others, who are off (call's side).
    pub(crate) idle_serve_all: bool,
}

impl Shape {
    /// The `skill`th class of an agent.
    pub(crate) fn served_class(&self, agent: usize, skill: usize) -> u32 {
        let classes = if self.idle_serve_all { CLASSES } else { CLASSES / 2 };
        ((agent * 13 + skill * 29) % classes) as u32
    }

    /// A class in which calls wait.
    pub(crate) fn waiting_class(&self, agent: usize, skill: usize) -> u32 {
        let class = self.served_class(agent, skill);
        if self.idle_serve_all { class } else { class + CLASSES as u32 / 2 }
    }

    /// An agent's classes, ascending.
    pub(crate) fn skills(&self, agent: usize) -> Vec<u32> {
        let mut classes: Vec<u32> = (0..SKILLS).map(|skill| self.served_class(agent, skill)).collect();
        classes.sort_unstable();
        classes.dedup();
        classes
    }
}

/// What is measured.
pub(crate) trait Matcher: Sync {
    type Matched: Send;
    /// A call comes; who gets a call, if anyone.
    fn join(&self, call: u64, class: u32, at: i64) -> Option<Self::Matched>;
    /// An agent is free; the call that follows, if any.
    fn ready(&self, agent: usize, at: i64) -> Option<Self::Matched>;
    /// The agent is off again.
    fn close(&self, agent: usize);
    /// The conversation was had; the agent is off. Who it was.
    fn finish(&self, matched: Self::Matched) -> usize;
}

/// The core.
pub(crate) struct LockFree(Core);

impl LockFree {
    pub(crate) fn new(shape: &Shape) -> Self {
        Self::keeping(shape, Limits::default().explanations)
    }

    /// With the last so many explanations kept.
    pub(crate) fn keeping(shape: &Shape, explanations: usize) -> Self {
        let limits = Limits { explanations, ..Limits::default() };
        Self(Core::new(&plan(shape), &Outlook::unknown(), limits))
    }

    pub(crate) fn footprint(&self) -> String {
        let footprint = self.0.footprint();
        format!("bytes: {} a seat, {} a ticket with its places", footprint.seat, footprint.ticket)
    }

    fn ask(&self, request: Request, at: i64) -> Option<Claim> {
        let mut claim = None;
        self.0.carry_out(request, Moment::from_millis(at), &mut |reply| {
            if let Reply::Matched { claim: matched, .. } = reply {
                claim = Some(matched);
            }
        });
        claim
    }
}

impl Matcher for LockFree {
    type Matched = Claim;

    fn join(&self, call: u64, class: u32, at: i64) -> Option<Claim> {
        let new = NewTicket {
            call: CallId::new(1, ShardNo(0), call),
            class: ClassNo(class),
            queue: QueueNo(0),
            municipality: Some(home(call as usize)),
            since: Moment::from_millis(at),
            precedence: Precedence::Normal,
        };
        self.ask(Request::Join(new), at)
    }

    fn ready(&self, agent: usize, at: i64) -> Option<Claim> {
        self.ask(Request::SeatReady { agent: AgentNo(agent as u32) }, at)
    }

    fn close(&self, agent: usize) {
        self.ask(Request::SeatClose { agent: AgentNo(agent as u32), to: Closed::Wrap }, 0);
    }

    fn finish(&self, claim: Claim) -> usize {
        self.ask(Request::Commit { claim }, 0);
        self.ask(Request::SeatRelease { agent: claim.agent, generation: claim.generation }, 0);
        claim.agent.at()
    }
}

/// One of 37 municipalities.
pub(crate) fn home(number: usize) -> MunicipalityId {
    MunicipalityId(101 + (number % 37) as u16)
}

fn plan(shape: &Shape) -> Plan {
    let agent = |number| Agent {
        home: Some(home(number)),
        skills: shape.skills(number).into_iter().map(|class| (ClassNo(class), 1)).collect(),
        ..Agent::new(AgentId::new(&format!("agent{number:05}")))
    };
    let class = |number| Class { topic: TopicId::new(&format!("t{number:04}")), language: Language::new("da") };
    Plan {
        classes: (0..CLASSES).map(class).collect(),
        agents: (0..shape.agents).map(agent).collect(),
        queues: vec![Queue { waiting_max: u32::MAX, ..Queue::new(QueueId::new("q")) }],
        ..Plan::default()
    }
}

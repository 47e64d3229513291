//! A small contact centre for the tests: a plan from a list of skills, and the core with its replies in a list.
//! Knows requests and replies; looks at no table of the core.

#![allow(dead_code, reason = "each test file uses its part")]

use std::time::Duration;

use forecast::Outlook;
use model::{AgentId, CallId, Language, LineId, Moment, QueueId, ShardNo, TopicId, WaitingStage};
use plan::{Agent, AgentNo, CalendarNo, Class, ClassNo, Line, Plan, Queue, QueueNo};
use routing::{Claim, Closed, Core, Limits, NewTicket, Precedence, Reply, Request, Tables, TicketId};

/// Room for small tests.
pub(crate) const SMALL: Limits =
    Limits { tickets: 64, seats: 16, classes: 8, queues: 8, explanations: 16, void_bar_holds: Duration::from_secs(1) };

/// A plan in which agent `i` has the classes and levels of `skills[i]`; class `c` waits in queue `c`, which holds 100.
pub(crate) fn plan(classes: usize, skills: &[&[(u32, u8)]]) -> Plan {
    let agent = |(number, skills): (usize, &&[(u32, u8)])| Agent {
        skills: skills.iter().map(|&(class, level)| (ClassNo(class), level)).collect(),
        ..Agent::new(AgentId::new(&format!("agent{number:05}")))
    };
    let class = |number: usize| Class { topic: TopicId::new(&format!("t{number:04}")), language: Language::new("da") };
    Plan {
        lines: (0..classes as u32).map(|class| line(class, class)).collect(),
        classes: (0..classes).map(class).collect(),
        queues: (0..classes).map(queue).collect(),
        agents: skills.iter().enumerate().map(agent).collect(),
        ..Plan::default()
    }
}

pub(crate) fn queue(number: usize) -> Queue {
    Queue { waiting_max: 100, ..Queue::new(QueueId::new(&format!("q{number}"))) }
}

/// A line whose calls are of that class, and wait in that queue.
pub(crate) fn line(class: u32, queue: u32) -> Line {
    Line {
        id: LineId::new(&format!("line{class}-{queue}")),
        title: "En linje".into(),
        municipality: None,
        topic: TopicId::new(&format!("t{class:04}")),
        language: Language::new("da"),
        class: ClassNo(class),
        queue: QueueNo(queue),
        calendar: CalendarNo(0),
        greeting: None,
        closed_message: None,
        full_message: None,
        waiting: WaitingStage::Music,
        unanswered_max: None,
        music: model::PromptName::new("music"),
        announce: None,
        bot: None,
        callback: None,
        booking: None,
        same_agent: None,
        meanwhile: plan::Meanwhile::none(),
        announce_opening: false,
        wait_max: None,
        gave_up_message: None,
        menus: plan::Menus::default(),
        ways: plan::Ways::default(),
        consent_message: None,
    }
}

pub(crate) const fn second(at: i64) -> Moment {
    Moment::from_secs(1_000_000 + at)
}

pub(crate) fn call(number: u64) -> CallId {
    CallId::new(1, ShardNo((number % 3) as u8), number)
}

pub(crate) fn ticket(number: u64, class: u32, since: Moment) -> NewTicket {
    NewTicket {
        call: call(number),
        class: ClassNo(class),
        queue: QueueNo(class),
        municipality: None,
        since,
        precedence: Precedence::Normal,
    }
}

/// The core, with words that read as a story.
pub(crate) struct Floor {
    pub(crate) core: Core,
    pub(crate) at: Moment,
}

impl Floor {
    pub(crate) fn new(classes: usize, skills: &[&[(u32, u8)]]) -> Self {
        Self::of(&plan(classes, skills), &Outlook::unknown())
    }

    pub(crate) fn of(plan: &Plan, outlook: &Outlook) -> Self {
        Self { core: Core::new(plan, outlook, SMALL), at: second(0) }
    }

    /// Another plan; the matches of those who meet by it.
    pub(crate) fn swaps(&self, plan: &Plan, outlook: &Outlook) -> Vec<Reply> {
        self.core.swap(Tables::new(plan, outlook)).expect("it fits");
        let mut replies = Vec::new();
        self.core.settle(self.at, &mut |reply| replies.push(reply));
        replies.retain(|reply| matches!(reply, Reply::Matched { .. }));
        replies
    }

    pub(crate) fn ask(&self, request: Request) -> Vec<Reply> {
        let mut replies = Vec::new();
        self.core.carry_out(request, self.at, &mut |reply| replies.push(reply));
        replies
    }

    /// A second later, a call joins; its ticket.
    pub(crate) fn joins(&mut self, number: u64, class: u32) -> (TicketId, Vec<Reply>) {
        self.at = self.at + Duration::from_secs(1);
        self.joins_as(ticket(number, class, self.at))
    }

    /// A call joins now, as told; its ticket.
    pub(crate) fn joins_as(&self, new: NewTicket) -> (TicketId, Vec<Reply>) {
        let replies = self.ask(Request::Join(new));
        let Some(Reply::Queued { ticket, .. }) = replies.first() else { panic!("not queued: {replies:?}") };
        (*ticket, replies[1..].to_vec())
    }

    /// A second later, an agent is ready; who is matched.
    pub(crate) fn ready(&mut self, agent: u32) -> Vec<Reply> {
        self.at = self.at + Duration::from_secs(1);
        self.ask(Request::SeatReady { agent: AgentNo(agent) })
    }

    pub(crate) fn close(&self, agent: u32, to: Closed) -> Vec<Reply> {
        self.ask(Request::SeatClose { agent: AgentNo(agent), to })
    }

    pub(crate) fn leave(&self, ticket: TicketId) -> Vec<Reply> {
        self.ask(Request::Leave { ticket })
    }

    /// The offer fails: the ticket comes back, and the seat is let go.
    pub(crate) fn fails(&self, claim: Claim, barred_for_s: u64) -> Vec<Reply> {
        let barred_until = self.at + Duration::from_secs(barred_for_s);
        let replies = self.ask(Request::Return { claim, barred_until });
        self.ask(Request::SeatRelease { agent: claim.agent, generation: claim.generation });
        replies
    }

    pub(crate) fn commit(&self, claim: Claim) {
        assert!(self.ask(Request::Commit { claim }).is_empty());
    }

    pub(crate) fn release(&self, claim: Claim) {
        let replies = self.ask(Request::SeatRelease { agent: claim.agent, generation: claim.generation });
        assert!(replies.is_empty());
    }
}

/// The only claim among replies.
pub(crate) fn claim(replies: &[Reply]) -> Claim {
    let claims: Vec<Claim> = replies
        .iter()
        .filter_map(|reply| if let Reply::Matched { claim, .. } = reply { Some(*claim) } else { None })
        .collect();
    assert_eq!(claims.len(), 1, "not one match: {replies:?}");
    claims[0]
}

/// Who got which call.
pub(crate) fn who(replies: &[Reply]) -> (u32, CallId) {
    let claim = claim(replies);
    (claim.agent.0, claim.call)
}

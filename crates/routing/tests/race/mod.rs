//! The tiny floor that loom explores: two seats, three tickets, and the core with everything it has replied.
//! Knows requests and replies; looks at no table of the core.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use forecast::Outlook;
use model::Moment;
use plan::AgentNo;
use routing::{Claim, Closed, Core, Limits, NewTicket, Reply, Request, TicketId};

use crate::floor::{plan, second, ticket};

pub(crate) const TINY: Limits =
    Limits { tickets: 3, seats: 2, classes: 2, queues: 2, explanations: 0, void_bar_holds: Duration::ZERO };

/// The core with everything it has replied.
#[derive(Clone)]
pub(crate) struct Race {
    pub(crate) core: Arc<Core>,
    pub(crate) replies: Arc<Mutex<Vec<Reply>>>,
}

impl Race {
    pub(crate) fn new(agents: usize) -> Self {
        let skills: [&[(u32, u8)]; 2] = [&[(0, 1)], &[(0, 1)]];
        Self::of(1, &skills[..agents])
    }

    pub(crate) fn of(classes: usize, skills: &[&[(u32, u8)]]) -> Self {
        let core = Core::new(&plan(classes, skills), &Outlook::unknown(), Limits { classes, queues: classes, ..TINY });
        Self { core: Arc::new(core), replies: Arc::default() }
    }

    pub(crate) fn ask(&self, request: Request) -> Vec<Reply> {
        self.ask_at(request, second(1))
    }

    pub(crate) fn ask_at(&self, request: Request, at: Moment) -> Vec<Reply> {
        let mut replies = Vec::new();
        self.core.carry_out(request, at, &mut |reply| replies.push(reply));
        self.replies.lock().expect("no panic elsewhere").extend(replies.iter().copied());
        replies
    }

    pub(crate) fn join(&self, number: u64) -> TicketId {
        self.joins_as(ticket_of(number))
    }

    pub(crate) fn joins_as(&self, new: NewTicket) -> TicketId {
        let replies = self.ask(Request::Join(new));
        let Reply::Queued { ticket, .. } = replies[0] else { panic!("not queued: {replies:?}") };
        ticket
    }

    pub(crate) fn ready(&self, agent: u32) -> Vec<Reply> {
        self.ask(Request::SeatReady { agent: AgentNo(agent) })
    }

    pub(crate) fn close(&self, agent: u32) -> Vec<Reply> {
        self.ask(Request::SeatClose { agent: AgentNo(agent), to: Closed::Paused })
    }

    /// Agent 0 has talked to a call, and wraps up.
    pub(crate) fn wraps_up(&self) {
        self.ready(0);
        self.join(1);
        let claim = self.claims()[0];
        self.ask(Request::Commit { claim });
        self.ask(Request::SeatRelease { agent: claim.agent, generation: claim.generation });
    }

    /// Call 1 waits, barred until 60 from agent 0, who is idle; agent 1 wraps up. Its ticket.
    pub(crate) fn is_barred_from_an_idle_agent(&self) -> TicketId {
        self.ask(Request::SeatClose { agent: AgentNo(1), to: Closed::Wrap });
        self.ready(0);
        let ticket = self.join(1);
        let claim = self.claims()[0];
        self.ask(Request::Return { claim, barred_until: second(60) });
        self.ask(Request::SeatRelease { agent: claim.agent, generation: claim.generation });
        self.ready(0);
        ticket
    }

    /// The claims so far, forgetting them.
    pub(crate) fn claims(&self) -> Vec<Claim> {
        let mut replies = self.replies.lock().expect("no panic elsewhere");
        let claim = |reply| if let Reply::Matched { claim, .. } = reply { Some(claim) } else { None };
        replies.drain(..).filter_map(claim).collect()
    }

    /// Each claim holds its own seat and ticket; nobody waits while an agent is idle; figures agree.
    pub(crate) fn is_at_rest(&self, waiting: usize, claims: &[Claim]) {
        let figures = self.core.figures();
        assert_eq!((figures.waiting, figures.claimed), (waiting, claims.len()), "{figures:?} {claims:?}");
        assert!(waiting == 0 || figures.idle == 0, "a lost match: {figures:?}");
        for (index, claim) in claims.iter().enumerate() {
            assert!(claims[..index].iter().all(|other| other.agent != claim.agent && other.call != claim.call));
        }
    }
}

pub(crate) fn ticket_of(number: u64) -> NewTicket {
    ticket(number, 0, second(0))
}

pub(crate) fn explore(preemptions: usize, story: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 100_000;
    builder.check(story);
}

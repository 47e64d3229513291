//! What citizens and agents would notice: a plain picture of who waits, who is idle and who is barred from whom, kept from
//! requests and replies alone. The proofs of `routing.md` are asked of it; it shares no code with either matcher.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{CallId, Moment, OfferedWhy};
use plan::{AgentNo, Plan, QueueNo, StepWho};
use routing::{Claim, Closed, Explanation, Generation, LaneKind, NewTicket, Precedence, Reply, Request, TicketId};

/// As told to the core: how long even a void bar holds.
const VOID_BAR_HOLDS: Duration = Duration::from_secs(1);

/// A call that waits or is offered.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) new: NewTicket,
    pub(crate) queue: QueueNo,
    pub(crate) is_waiting: bool,
    bars: Vec<(AgentNo, Moment)>,
    firm_until: Moment,
    /// Matches that were made before it joined, or came back.
    after_match: usize,
}

/// A match, as it was told.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) standing: Standing,
    pub(crate) because: Explanation,
    /// Those who went on waiting.
    pub(crate) others: Vec<Standing>,
}

/// The picture.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) plan: Plan,
    pub(crate) calls: BTreeMap<CallId, Standing>,
    tickets: BTreeMap<TicketId, CallId>,
    pub(crate) seats: Vec<Seat>,
    joining: Option<NewTicket>,
    pub(crate) made: Vec<Made>,
    pub(crate) at: Moment,
    pub(crate) joined: usize,
    pub(crate) left: usize,
    pub(crate) talked: usize,
    /// The last who was told that there is nobody, and when to look again.
    pub(crate) no_match: Option<(CallId, Option<Moment>)>,
    /// What was noticed at once.
    pub(crate) wrong: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Seat {
    Closed(Closed),
    Idle,
    /// With a call: whose, and by which claim.
    Held(CallId, Generation),
}

impl Watch {
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            calls: BTreeMap::new(),
            tickets: BTreeMap::new(),
            seats: vec![Seat::Closed(Closed::Off); plan.agents.len()],
            joining: None,
            made: Vec::new(),
            at: Moment::EPOCH,
            joined: 0,
            left: 0,
            talked: 0,
            no_match: None,
            wrong: Vec::new(),
            plan,
        }
    }

    pub(crate) fn swaps(&mut self, plan: Plan) {
        self.no_match = None;
        self.plan = plan;
    }

    pub(crate) fn asked(&mut self, request: &Request, at: Moment) {
        self.at = at;
        self.no_match = None;
        match request {
            Request::Join(new) => self.joining = Some(*new),
            Request::Return { claim, barred_until } => {
                let after_match = self.made.len();
                let known = self.tickets.get(&claim.ticket).and_then(|call| self.calls.get_mut(call));
                let Some(standing) = known.filter(|standing| !standing.is_waiting) else { return };
                standing.is_waiting = true;
                standing.bars.push((claim.agent, *barred_until));
                standing.firm_until = (*barred_until).min(at + VOID_BAR_HOLDS);
                standing.after_match = after_match;
            }
            Request::Commit { claim } => {
                if let Some(call) = self.tickets.remove(&claim.ticket) {
                    self.calls.remove(&call);
                    self.talked += 1;
                }
            }
            Request::SeatRelease { agent, generation } => {
                if let Seat::Held(_, held) = self.seats[agent.at()]
                    && held == *generation
                {
                    self.seats[agent.at()] = Seat::Closed(Closed::Wrap);
                }
            }
            Request::SeatReady { agent } => {
                if let Seat::Closed(_) = self.seats[agent.at()] {
                    self.seats[agent.at()] = Seat::Idle;
                }
            }
            Request::Leave { ticket } => {
                if let Some(call) = self.tickets.remove(ticket) {
                    self.calls.remove(&call);
                    self.left += 1;
                }
            }
            Request::SeatClose { .. }
            | Request::MoveOn { .. }
            | Request::LookForAgent { .. }
            | Request::Estimate { .. }
            | Request::Tick => {}
        }
    }

    pub(crate) fn answered(&mut self, reply: &Reply, at: Moment) {
        self.at = at;
        match *reply {
            Reply::Queued { call, ticket, queue, .. } => {
                let new = self.joining.take().expect("one asks, one is queued");
                self.joined += 1;
                self.tickets.insert(ticket, call);
                let (bars, firm_until, after_match) = (Vec::new(), Moment::EPOCH, self.made.len());
                let standing = Standing { new, queue, is_waiting: true, bars, firm_until, after_match };
                if self.calls.insert(call, standing).is_some() {
                    self.wrong.push(format!("{call:?} stands in two places"));
                }
            }
            Reply::MovedOn { call, queue, .. } => {
                self.calls.get_mut(&call).filter(|standing| standing.is_waiting).expect("who waits moves on").queue =
                    queue;
            }
            Reply::Matched { claim, because } => self.matched(&claim, because),
            Reply::SeatIs { agent, closed } => self.seats[agent.at()] = Seat::Closed(closed),
            Reply::NoMatch { call, look_again_at, .. } => self.no_match = Some((call, look_again_at)),
            Reply::Full { .. }
            | Reply::Left { .. }
            | Reply::Estimated { .. }
            | Reply::TickWanted { .. }
            | Reply::SeatIdle { .. }
            | Reply::SeatHeld { .. } => {}
        }
    }

    fn matched(&mut self, claim: &Claim, because: Explanation) {
        let (call, agent) = (claim.call, claim.agent);
        if self.seats[agent.at()] != Seat::Idle {
            self.wrong.push(format!("{agent:?} gets {call:?}, and is {:?}", self.seats[agent.at()]));
        }
        self.seats[agent.at()] = Seat::Held(call, claim.generation);
        let Some(standing) = self.calls.get_mut(&call).filter(|standing| standing.is_waiting) else {
            return self.wrong.push(format!("{call:?} is matched, and does not wait"));
        };
        standing.is_waiting = false;
        let standing = standing.clone();
        let others = self.calls.values().filter(|other| other.is_waiting).cloned().collect();
        self.made.push(Made { standing, because, others });
    }

    /// Offered and not yet told what became of it.
    pub(crate) fn offered(&self) -> usize {
        self.calls.values().filter(|standing| !standing.is_waiting).count()
    }

    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Standing> {
        self.calls.values().filter(|standing| standing.is_waiting)
    }

    /// Agents who are idle, and may be offered the call now.
    pub(crate) fn could_take(&self, standing: &Standing) -> impl Iterator<Item = AgentNo> {
        let agents = (0..self.seats.len() as u32).map(AgentNo);
        agents.filter(move |agent| {
            self.seats[agent.at()] == Seat::Idle
                && self.fits(*agent, standing, self.at)
                && !self.may_be_barred(*agent, standing)
        })
    }

    /// Skill, membership and step.
    pub(crate) fn fits(&self, agent: AgentNo, standing: &Standing, at: Moment) -> bool {
        let (new, row) = (&standing.new, &self.plan.agents[agent.at()]);
        let waited = at.since(new.since);
        let step = self.plan.queues[standing.queue.at()].steps.iter().rfind(|step| step.after <= waited);
        let is_home = row.home.is_some() && row.home == new.municipality;
        let skill = row.skills.iter().find(|(class, _)| *class == new.class);
        skill.is_some_and(|(_, level)| {
            row.serves.as_ref().is_none_or(|codes| new.municipality.is_some_and(|code| codes.contains(&code)))
                && step.is_none_or(|step| *level <= step.level_max && (is_home || step.who == StepWho::Everyone))
        })
    }

    /// A bar that has not ended; whether it is void is not asked, but for its first second.
    pub(crate) fn may_be_barred(&self, agent: AgentNo, standing: &Standing) -> bool {
        let has_bar = |agent: AgentNo| standing.bars.iter().any(|(barred, until)| *barred == agent && *until > self.at);
        let agents = (0..self.seats.len() as u32).map(AgentNo);
        let is_on_duty = |agent: AgentNo| !matches!(self.seats[agent.at()], Seat::Closed(Closed::Off | Closed::Paused));
        let mut others = agents.filter(|other| is_on_duty(*other) && self.fits(*other, standing, self.at));
        has_bar(agent) && (self.at < standing.firm_until || others.any(|other| !has_bar(other)))
    }

    /// Only for one agent, for a while.
    pub(crate) fn is_preferred(standing: &Standing) -> bool {
        matches!(standing.new.precedence, Precedence::Preferred { .. } | Precedence::SameAgent { .. })
    }
}

impl Made {
    /// Whether another stood in the same lane, for the same agents, all the time that this one did.
    pub(crate) fn stood_beside(&self, other: &Standing) -> bool {
        let (one, two) = (&self.standing.new, &other.new);
        one.class == two.class
            && self.standing.queue == other.queue
            && one.municipality == two.municipality
            && std::mem::discriminant(&one.precedence) == std::mem::discriminant(&two.precedence)
            && other.bars.is_empty()
            && !Watch::is_preferred(other)
    }

    pub(crate) fn by_agent(&self) -> bool {
        self.because.why == OfferedWhy::BestWaitingCall
    }

    pub(crate) fn is_diverted(&self) -> bool {
        self.because.lane == LaneKind::Diverted
    }
}

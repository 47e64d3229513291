//! The whole policy once more, slow and obvious: sorted lists, one thought at a time, for tests to hold the core against.
//!
//! Takes the core's requests and gives its replies; what the core does with atomics, lanes and bitmaps is done here by
//! walking over everything. Each rule is a short function that reads as its sentence in `routing.md`, and can be broken
//! on purpose ([`Break`]). For one thread; knows nothing of races.

mod agent_side;
mod breaks;
mod call_side;
mod duty;
mod eligible;
mod expected;
mod guard;
mod kept_back;
mod overflow;
mod prices;
mod queue;
mod seats;
mod ticks;

use forecast::Outlook;
use model::{Moment, MunicipalityId};
use plan::{AgentNo, ClassNo, Plan};

use crate::{Closed, Figures, LaneKind, Limits, NewTicket, Reply, Request, TicketId};
pub use breaks::Break;
use expected::Expected;
use guard::Guard;
use ticks::Standby;

/// The slow matcher.
#[derive(Debug)]
pub struct Reference {
    limits: Limits,
    plan: Plan,
    expected: Expected,
    guard: Guard,
    seats: Vec<Seat>,
    /// Who waits; each lane's tickets stand in the order in which they are to be served.
    waiting: Vec<Ticket>,
    /// Tickets of claims that are neither committed nor given up.
    taken: Vec<Ticket>,
    /// By queue.
    standby: Vec<Standby>,
    tick_due: Option<Moment>,
    /// Until when ticks look after what new tables have changed.
    settling_until: Moment,
    numbers: u64,
    decisions: u64,
    at: Moment,
    said: Vec<Reply>,
    broken: Option<Break>,
}

/// What a seat is, with its claims' number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Seat {
    state: State,
    generation: u32,
    idle_since: Moment,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Closed(Closed),
    /// Ready, and not called in.
    Standby,
    Idle,
    Claimed,
    Busy,
}

/// A place in a queue.
#[derive(Clone, Debug)]
struct Ticket {
    id: TicketId,
    /// As it joined; the queue is where it waits.
    new: NewTicket,
    lane: Lane,
    /// Who is barred from it, and until when.
    bars: Vec<(AgentNo, Moment)>,
    /// Until when even a void bar holds.
    firm_until: Moment,
}

/// A line of tickets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Lane {
    /// Of a class: normal, granted, front or later.
    Of(ClassNo, LaneKind),
    /// Of a class and a surging municipality (none: everybody who is no member's citizen).
    Diverted(ClassNo, Option<MunicipalityId>),
    /// One agent's own.
    Own(AgentNo),
}

impl Lane {
    const fn kind(self) -> LaneKind {
        match self {
            Self::Of(_, kind) => kind,
            Self::Diverted(..) => LaneKind::Diverted,
            Self::Own(_) => LaneKind::Own,
        }
    }
}

impl Reference {
    /// A matcher for a plan: one seat per agent, all off.
    pub fn new(plan: &Plan, outlook: &Outlook, limits: Limits) -> Self {
        let off = Seat { state: State::Closed(Closed::Off), generation: 0, idle_since: Moment::EPOCH };
        Self {
            limits,
            expected: Expected::new(plan, outlook),
            guard: Guard::new(plan, outlook),
            plan: plan.clone(),
            seats: vec![off; limits.seats],
            waiting: Vec::new(),
            taken: Vec::new(),
            standby: vec![Standby::default(); plan.queues.len()],
            tick_due: None,
            settling_until: Moment::EPOCH,
            numbers: 0,
            decisions: 0,
            at: Moment::EPOCH,
            said: Vec::new(),
            broken: None,
        }
    }

    /// The same with one rule broken.
    #[must_use]
    pub fn breaking(mut self, rule: Option<Break>) -> Self {
        self.broken = rule;
        self
    }

    /// As the core's: ten claims of each seat before its generations begin anew.
    pub fn grow_old(&mut self) {
        self.seats.iter_mut().for_each(|seat| seat.generation = GENERATIONS - 11);
    }

    /// Another plan from the next decision on; as big as the one before, with the same classes and members.
    pub fn swap(&mut self, plan: &Plan, outlook: &Outlook) {
        self.plan = plan.clone();
        self.expected = Expected::new(plan, outlook);
        self.guard.measure_by(plan, outlook);
    }

    /// Matches whoever can be matched after a swap.
    pub fn settle(&mut self, at: Moment, replies: &mut impl FnMut(Reply)) {
        self.at = at;
        self.settles();
        self.said.drain(..).for_each(replies);
    }

    /// Carries out a request.
    pub fn carry_out(&mut self, request: Request, at: Moment, replies: &mut impl FnMut(Reply)) {
        self.at = at;
        match request {
            Request::Join(new) => self.join(new),
            Request::LookForAgent { ticket } => self.look_again(ticket),
            Request::MoveOn { ticket } => self.move_on(ticket),
            Request::Leave { ticket } => self.leave(ticket),
            Request::Return { claim, barred_until } => self.come_back(&claim, barred_until),
            Request::Commit { claim } => self.commit(&claim),
            Request::SeatReady { agent } if agent.at() < self.seats.len() => self.ready(agent),
            Request::SeatClose { agent, to } if agent.at() < self.seats.len() => self.close(agent, to),
            Request::SeatRelease { agent, generation } if agent.at() < self.seats.len() => {
                self.release(agent, generation);
            }
            Request::SeatReady { .. } | Request::SeatClose { .. } | Request::SeatRelease { .. } => {}
            // What a caller is told is no decision; it is held against its formula elsewhere.
            Request::Estimate { .. } => {}
            Request::Tick => self.tick(),
        }
        self.said.drain(..).for_each(replies);
    }

    /// How it stands.
    pub fn figures(&self) -> Figures {
        let count = |wanted: State| self.seats.iter().filter(|seat| seat.state == wanted).count();
        Figures {
            waiting: self.waiting.len(),
            tickets: self.waiting.len() + self.taken.len(),
            places: self.waiting.len(),
            idle: count(State::Idle),
            claimed: count(State::Claimed),
            busy: count(State::Busy),
            decisions: self.decisions,
            surging: self.guard.surging(),
            standby_called_in: self.standby.iter().filter(|queue| queue.called_in).count() as u32,
        }
    }

    fn breaks(&self, rule: Break) -> bool {
        self.broken == Some(rule)
    }

    fn agents(&self) -> impl Iterator<Item = AgentNo> + use<> {
        (0..self.seats.len() as u32).map(AgentNo)
    }
}

/// Claims of one seat before their numbers begin anew.
const GENERATIONS: u32 = 1 << 24;

/// Seconds from `earlier` to `at`, in whole milliseconds; zero if it lies ahead.
fn seconds(at: Moment, earlier: Moment) -> f64 {
    (at.as_millis() - earlier.as_millis()).max(0) as f64 / 1_000.0
}

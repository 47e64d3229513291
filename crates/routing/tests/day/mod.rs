//! A day that the core and the slow matcher live together: each request goes to both, and both must say the same.
//! Keeps the day's story, so that a failure can be read; looks again and ticks when the core asked for it.

#![allow(dead_code, reason = "each test file uses its part")]

mod doings;
pub(crate) mod events;
pub(crate) mod scene;
pub(crate) mod watch;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use model::{CallId, Moment};
use plan::AgentNo;
use routing::reference::{Break, Reference};
use routing::{Claim, Core, Figures, Limits, Reply, Request, TicketId};

use crate::floor::{SMALL, second};
use doings::taken_from;
use events::{Event, How};
use scene::Scene;
use watch::Watch;
use words::{in_words, plain};

/// Looks and ticks that are followed while time passes; a longer time goes on without them. A surge ticks ten times a
/// second, all else once.
const FOLLOWED_MAX: [usize; 2] = [400, 12];
/// As the core: a call this little older than its lane's last stands behind it. Drawn waits keep away from that.
const ORDER_SLACK: Duration = Duration::from_millis(100);

/// What the core asked to be reminded of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reminder {
    Look(CallId),
    Tick,
}

/// That both said the same so far; otherwise the day's story, and who said what.
pub(crate) type Agreed = Result<(), String>;

/// Both matchers, living the same day.
pub(crate) struct Day {
    pub(crate) scene: Scene,
    pub(crate) core: Core,
    slow: Reference,
    pub(crate) at: Moment,
    calls: u64,
    sinces: BTreeSet<Moment>,
    /// Both matchers' tickets of calls that are not over.
    pub(crate) tickets: BTreeMap<CallId, [TicketId; 2]>,
    offers: Vec<Claim>,
    talks: Vec<Claim>,
    late_release: Option<Request>,
    reminders: BTreeSet<(Moment, Reminder)>,
    /// What people would notice, in a picture of its own.
    pub(crate) watch: Watch,
    story: String,
}

impl Day {
    pub(crate) fn new(scene: &Scene) -> Self {
        Self::with_slow(scene, None)
    }

    /// With a rule of the slow matcher broken.
    pub(crate) fn with_slow(scene: &Scene, broken: Option<Break>) -> Self {
        let limits = Limits { tickets: 512, seats: scene.agents.len(), ..SMALL };
        let (plan, outlook) = (scene.plan(), scene.outlook());
        Self {
            core: Core::new(&plan, &outlook, limits),
            slow: Reference::new(&plan, &outlook, limits).breaking(broken),
            watch: Watch::new(plan),
            scene: scene.clone(),
            at: second(100),
            calls: 0,
            sinces: BTreeSet::new(),
            tickets: BTreeMap::new(),
            offers: Vec::new(),
            talks: Vec::new(),
            late_release: None,
            reminders: BTreeSet::new(),
            story: String::new(),
        }
    }

    pub(crate) fn lives(&mut self, event: &Event) -> Agreed {
        match event {
            Event::Joins { line, from, credit_s, how } => self.joins(*line, *from, *credit_s, *how),
            Event::Flood { line, from, calls } => {
                (0..*calls).try_for_each(|_| self.joins(*line, *from, 0, How::InLine))
            }
            Event::Leaves(which) => {
                let Some((call, _)) = self.pick(*which) else { return Ok(()) };
                self.leaves(call)
            }
            Event::LooksAgain(which) => {
                let Some((call, _)) = self.pick(*which) else { return Ok(()) };
                self.looks(call)
            }
            Event::MovesOn(which) => {
                let Some((_, [ticket, slow])) = self.pick(*which) else { return Ok(()) };
                self.asks([Request::MoveOn { ticket }, Request::MoveOn { ticket: slow }])
            }
            Event::Ready(agent) => self.asks_the_same(Request::SeatReady { agent: self.scene.agent_no(*agent) }),
            Event::Closes(agent, to) => {
                self.asks_the_same(Request::SeatClose { agent: self.scene.agent_no(*agent), to: *to })
            }
            Event::OfferFails { which, released_first, barred_s } => {
                self.offer_fails(*which, *released_first, *barred_s)
            }
            Event::Talks(which) => {
                let Some(claim) = taken_from(&mut self.offers, *which) else { return Ok(()) };
                self.talks.push(claim);
                self.commits(claim)
            }
            Event::HangsUp(which) => {
                let Some(claim) = taken_from(&mut self.talks, *which) else { return Ok(()) };
                self.release(claim)
            }
            Event::IsServed(which) => {
                let Some(claim) = taken_from(&mut self.offers, *which) else { return Ok(()) };
                self.commits(claim)?;
                self.release(claim)?;
                self.asks_the_same(Request::SeatReady { agent: claim.agent })
            }
            Event::EverybodyIsReady => {
                let agents = 0..self.scene.agents.len() as u32;
                agents.map(AgentNo).try_for_each(|agent| self.asks_the_same(Request::SeatReady { agent }))
            }
            Event::Learns(agent, skills) => self.swaps(|scene| scene.agent_drawn(*agent).skills = skills.clone()),
            Event::Serves(agent, members) => self.swaps(|scene| scene.agent_drawn(*agent).serves.clone_from(members)),
            Event::StepsChange(queue, steps) => self.swaps(|scene| {
                let queue = queue % scene.queues.len();
                scene.queues[queue].steps = *steps;
            }),
            Event::ForecastIsKnown(is_known) => self.swaps(|scene| scene.is_known = *is_known),
            Event::Ticks => self.asks_the_same(Request::Tick),
            Event::Passes { ms } => self.passes(Duration::from_millis(*ms)),
        }
    }

    fn asks_the_same(&mut self, request: Request) -> Agreed {
        self.asks([request, request])
    }

    fn asks(&mut self, [request, slow]: [Request; 2]) -> Agreed {
        self.tell(&format!("{request:?}"));
        self.watch.asked(&request, self.at);
        let (mut ours, mut slows) = (Vec::new(), Vec::new());
        self.core.carry_out(request, self.at, &mut |reply| ours.push(reply));
        self.slow.carry_out(slow, self.at, &mut |reply| slows.push(reply));
        self.agree(&ours, &slows)
    }

    fn tell(&mut self, what: &str) {
        writeln!(self.story, "{:?} {what}", self.at).expect("a string takes all");
    }

    fn agree(&mut self, ours: &[Reply], slows: &[Reply]) -> Agreed {
        for reply in ours {
            self.tell(&format!("    {}", in_words(reply)));
        }
        for reply in ours {
            self.watch.answered(reply, self.at);
        }
        let one: Vec<Reply> = ours.iter().copied().map(plain).collect();
        let other: Vec<Reply> = slows.iter().copied().map(plain).collect();
        if one != other {
            let slow: Vec<String> = slows.iter().map(in_words).collect();
            return Err(format!("after\n{}the slow matcher said\n    {}\n", self.story, slow.join("\n    ")));
        }
        for (ours, slows) in ours.iter().zip(slows) {
            self.remember(ours, slows);
        }
        let (core, slow) = (self.core.figures(), self.slow.figures());
        let core = Figures { places: slow.places, ..core };
        if core == slow {
            Ok(())
        } else {
            Err(format!("after\n{}the core: {core:?}, the slow matcher: {slow:?}", self.story))
        }
    }

    fn remember(&mut self, reply: &Reply, slow: &Reply) {
        match (*reply, *slow) {
            (Reply::Queued { call, ticket, .. }, Reply::Queued { ticket: slow, .. }) => {
                self.tickets.insert(call, [ticket, slow]);
            }
            (Reply::Matched { claim, .. }, _) => {
                assert_eq!(self.tickets.get(&claim.call).map(|both| both[0]), Some(claim.ticket));
                self.offers.push(claim);
            }
            (Reply::NoMatch { call, look_again_at: Some(at), .. }, _) => {
                self.reminders.insert((at, Reminder::Look(call)));
            }
            (Reply::TickWanted { at }, _) => {
                self.reminders.insert((at, Reminder::Tick));
            }
            _ => {}
        }
    }

    /// The day's story so far.
    pub(crate) fn story(&self) -> &str {
        &self.story
    }

    /// Nothing that the core asked to be reminded of is overdue: it is at rest.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.reminders.first().is_none_or(|(due, _)| *due > self.at)
    }

    /// One of the calls that hold a ticket.
    fn pick(&self, which: usize) -> Option<(CallId, [TicketId; 2])> {
        let index = which.checked_rem(self.tickets.len())?;
        self.tickets.iter().nth(index).map(|(call, tickets)| (*call, *tickets))
    }

    /// Everyone hangs up: nothing is left.
    pub(crate) fn ends(&mut self) -> Agreed {
        while let Some((call, _)) = self.pick(0) {
            self.leaves(call)?;
        }
        let claims: Vec<Claim> = self.offers.drain(..).chain(self.talks.drain(..)).collect();
        claims.into_iter().try_for_each(|claim| self.release(claim))?;
        let figures = self.core.figures();
        assert_eq!((figures.waiting, figures.tickets, figures.claimed, figures.busy), (0, 0, 0, 0));
        Ok(())
    }
}

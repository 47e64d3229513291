//! A day through the real core on virtual time: citizens, agents and their clocks, but no rule of matching.
//!
//! Does what the shell of a node does: carries requests out against [`routing::Core`] and acts on its replies. Draws
//! nothing: all luck was drawn with the day. Two replays of the same day and house are the same to the last assignment.

mod events;
mod floor;
mod told;

pub use told::{AgentTold, Assigned, CallEnd, CallTold, Told};

use model::Moment;
use routing::{Core, Limits, Tables, TooBig};

use crate::day::Day;
use crate::house::House;
use events::{Event, Events};
use floor::Floor;

/// Midnight of the replayed day: a Monday, long ago enough to be nobody's day.
const MIDNIGHT_S: i64 = 4 * 86_400;

/// Replays a day.
pub fn replay(house: &House, day: &Day) -> Result<Told, TooBig> {
    let limits = limits(house, day);
    limits.check(&house.plan)?;
    let (_, first) = house.outlooks.first().expect("a house has a forecast");
    let core = Core::new(&house.plan, first, limits);
    let mut replay = Replay { floor: Floor::new(&core, house, day), events: Events::default(), house, day };
    replay.foresee();
    replay.run();
    Ok(replay.floor.told())
}

/// Tables just as big as the day needs.
fn limits(house: &House, day: &Day) -> Limits {
    let plan = &house.plan;
    Limits {
        tickets: (day.calls.len() + 1).min(Limits::default().tickets),
        seats: plan.agents.len(),
        classes: plan.classes.len(),
        queues: plan.queues.len(),
        explanations: 0,
        ..Limits::default()
    }
}

struct Replay<'r> {
    floor: Floor<'r>,
    events: Events,
    house: &'r House,
    day: &'r Day,
}

impl Replay<'_> {
    fn foresee(&mut self) {
        for (number, (from_s, _)) in self.house.outlooks.iter().enumerate().skip(1) {
            self.events.at(moment(*from_s), Event::Outlook(number as u32));
        }
        for presence in &self.day.presences {
            self.events.at(moment(presence.from_s), Event::Comes(presence.person));
            self.events.at(moment(presence.to_s), Event::Goes(presence.person));
        }
    }

    fn run(&mut self) {
        let mut arrivals = 0;
        loop {
            let arrives = self.day.calls.get(arrivals).map(|call| moment(call.at_s));
            match (arrives, self.events.next_at()) {
                (Some(at), next) if next.is_none_or(|next| at < next) => {
                    self.floor.arrives(arrivals as u32, at, &mut self.events);
                    arrivals += 1;
                }
                (_, Some(_)) => self.step(),
                (_, None) => break,
            }
        }
    }

    fn step(&mut self) {
        let Some((at, event)) = self.events.next() else { return };
        let (floor, events) = (&mut self.floor, &mut self.events);
        match event {
            Event::Comes(person) => floor.comes(person, at, events),
            Event::Goes(person) => floor.goes(person, at, events),
            Event::Outlook(number) => {
                let (_, outlook) = &self.house.outlooks[number as usize];
                floor.swap(Tables::new(&self.house.plan, outlook), at, events);
            }
            Event::HangsUp(call) => floor.hangs_up(call, at, events),
            Event::LooksAgain(call) => floor.looks_again(call, at, events),
            Event::Answers(claim) => floor.answers(&claim, at, events),
            Event::TalkEnds(claim) => floor.talk_ends(&claim, at, events),
            Event::WrapUpEnds(person) => floor.wrap_up_ends(person, at, events),
            Event::Tick => floor.tick(at, events),
        }
        floor.lets_go_home(at, events);
    }
}

/// Seconds since midnight as a moment.
fn moment(since_midnight_s: f64) -> Moment {
    Moment::from_micros(MIDNIGHT_S * 1_000_000 + (since_midnight_s * 1e6).round() as i64)
}

/// A moment as seconds since midnight.
fn seconds(at: Moment) -> f64 {
    (at.as_micros() - MIDNIGHT_S * 1_000_000) as f64 / 1e6
}

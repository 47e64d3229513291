//! The invariants: what must be true after every step, whatever happens. Each is a sentence when it is broken.
//! Reads what was seen at the seams, and keeps its own plain picture; never looks into a shard.

mod beside;
mod books;
mod desks;
mod duty;
mod fairness;
mod hearing;
mod line;
mod overflow;
mod recordings;
mod rest;
mod stories;
mod surge;
mod wires;

use std::sync::Arc;

use centre::{Counts, Input, Output};
use forecast::Outlook;
use model::{About, Moment, ShardNo, What};
use plan::Plan;
use routing::Figures;

use crate::heart::Seen;
use beside::BesideTalks;
pub(crate) use books::Books;
use desks::Desks;
use hearing::Hearing;
use line::Line;
use recordings::Recordings;
use stories::Stories;
use wires::Wires;

/// Why a world is broken: a sentence.
pub(crate) type Check = Result<(), String>;

/// Every how many rests the core's own figures are compared.
const REST_FIGURES_EACH: u64 = 8;

/// All invariants.
#[derive(Debug)]
pub(crate) struct Watch {
    line: Line,
    stories: Stories,
    desks: Desks,
    wires: Wires,
    hearing: Hearing,
    beside: BesideTalks,
    recordings: Recordings,
    pub(crate) books: Books,
    rests: u64,
}

impl Watch {
    pub(crate) fn new(plan: &Arc<Plan>, outlook: &Outlook) -> Self {
        Self {
            line: Line::new(plan, outlook),
            stories: Stories::new(plan),
            desks: Desks::new(plan),
            wires: Wires::default(),
            hearing: Hearing::default(),
            beside: BesideTalks::default(),
            recordings: Recordings::new(plan),
            books: Books::new(plan),
            rests: 0,
        }
    }

    /// Something is given to a shard.
    pub(crate) fn input(&mut self, input: &Input) {
        match input {
            Input::Leg(event) => {
                self.recordings.leg_event(event);
                self.hearing.leg_event(event);
                self.wires.leg_event(event);
            }
            Input::Media(event) => {
                self.recordings.media_event(event);
                self.hearing.media_event(event);
                self.wires.media_event(event);
            }
            Input::Desk(request) => self.desks.asked(request),
            Input::Core(_)
            | Input::Phone { .. }
            | Input::PhoneSpeaks { .. }
            | Input::BrowserCame(_)
            | Input::CallIsOver(_)
            | Input::FromCall(_)
            | Input::FromDesk(_)
            | Input::Supervises(_)
            | Input::OwnCall(_)
            | Input::FromColleague(_)
            | Input::Plan(_)
            | Input::PlanIsEverywhere
            | Input::TakeUp(..)
            | Input::SlotAsked { .. }
            | Input::PromiseAsked(_)
            | Input::PromiseTakenUp(_)
            | Input::PromiseOver(_)
            | Input::ForCall(..)
            | Input::Wakeup
            | Input::TestSound { .. }
            | Input::Drain => {}
        }
    }

    /// Something was seen while a shard carried it out.
    pub(crate) fn seen(&mut self, seen: &Seen, shard: ShardNo, at: Moment) -> Check {
        match seen {
            Seen::Asked(request) => {
                self.line.asked(request, at);
                Ok(())
            }
            Seen::Answered(reply) => self.line.answered(reply, at),
            Seen::Out(Output::Fact(fact)) => {
                self.books.take(fact);
                self.stories.fact(fact, shard)?;
                self.hearing.fact(&fact.what);
                if let About::Call { call, .. } = &fact.about {
                    self.beside.fact(*call, &fact.what)?;
                    self.recordings.fact(*call, &fact.what)?;
                }
                match (&fact.about, &fact.what) {
                    (About::Agent { agent, .. }, What::AgentBecame { state, call }) => {
                        self.desks.became(agent, (state, *call), at)
                    }
                    (About::Call { call, .. }, What::Queued { since, .. }) => self.line.queued(*call, *since),
                    _ => Ok(()),
                }
            }
            Seen::Out(Output::Leg(command)) => {
                self.hearing.leg_command(command);
                self.wires.leg_command(command, shard)
            }
            Seen::Out(Output::Media(command)) => {
                self.recordings.media_command(command)?;
                self.hearing.media_command(command);
                self.wires.media_command(command)
            }
            Seen::Out(Output::DeskAnswer(answer)) => self.desks.answered(answer),
            Seen::Out(Output::DeskEvent(event)) => self.desks.shown(event),
            Seen::Out(Output::Person(person)) => stories::person(person),
            Seen::Out(Output::Core(_) | Output::ToShard(..) | Output::Promise(_)) => Ok(()),
        }
    }

    /// Nothing is under way and nothing is due at this moment.
    pub(crate) fn at_rest(&mut self, at: Moment, figures: impl FnOnce() -> Figures) -> Check {
        self.rests += 1;
        self.line.at_rest(at)?;
        self.desks.at_rest(at, &self.line)?;
        self.desks.show_whom_they_talk_to(self.stories.calls_of_agents())?;
        self.desks.are_kept_from_citizens(self.wires.own_calls(), &self.line)?;
        self.wires.at_rest()?;
        self.hearing.at_rest()?;
        self.recordings.at_rest()?;
        if self.rests.is_multiple_of(REST_FIGURES_EACH) {
            self.line.agrees_with(&figures())?;
        }
        Ok(())
    }

    /// Time goes on to this moment.
    pub(crate) fn time(&mut self, at: Moment) -> Check {
        self.line.time(at)?;
        self.desks.time(at, &self.line)
    }

    /// Calls that arrived and have not ended.
    pub(crate) fn open_calls(&self) -> usize {
        self.stories.open()
    }

    /// Everybody has gone home: nothing may be left, and the books must be right.
    pub(crate) fn end(&mut self, at: Moment, counts: &[Counts], figures: &Figures) -> Check {
        for (shard, counts) in counts.iter().enumerate() {
            if *counts != Counts::default() {
                return Err(format!("at the end shard {shard} still has {counts:?}"));
            }
        }
        self.line.agrees_with(figures)?;
        if figures.tickets + figures.waiting + figures.claimed + figures.busy > 0 {
            return Err(format!("at the end the core still has {figures:?}"));
        }
        self.stories.end()?;
        self.wires.end()?;
        self.recordings.end()?;
        self.desks.end()?;
        self.books.end(at)
    }

    /// Every agent who may be ready is.
    pub(crate) fn all_ready(&self, except_off: bool) -> Check {
        self.desks.all_ready(except_off)
    }
}

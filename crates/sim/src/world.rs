//! A day, drawn by a seed: people around the heart, from the first call until the last agent is ready again.
//! Decides in what order things reach the heart; what then happens is the heart's own.

use std::fmt;
use std::time::Duration;

use centre::{Input, Output, ProveSound};
use model::{LegEvent, Moment, Outcome, ShardNo};
use tally::NumberedFact;

use crate::bugs::Bug;
use crate::heart::{House, Keep, Log};
use crate::lot::Lot;
use crate::parties::{Habits, Happening, Town};
use crate::spoil::Spoil;
use crate::{habits, scene, waits};

/// Friday 20 November 2026, ten o'clock in Denmark.
const MORNING: Moment = Moment::from_secs(1_795_165_200);
/// Every call has ended this long after the last came: a session timer, twice, and a talk; or a time that was agreed on where
/// nobody could keep it, which is given up a day later.
const CALLS_END: Duration = Duration::from_secs(30 * 3_600);
/// Every pause of ours has ended this long after the last call.
const ALL_QUIET: Duration = Duration::from_secs(3_600);

/// What kind of day is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Day {
    /// From which everything is drawn.
    pub seed: u64,
    /// Calls that come.
    pub calls: u64,
    /// How much of the log is kept.
    pub keep: Keep,
    /// Whether the slow, obvious matcher stands in for the core.
    pub slow_core: bool,
    /// Whether lines may offer to call back. That hangs on the wait that is told, which the slow matcher doesn't reckon.
    pub callbacks: bool,
}

/// A broken invariant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// The day's seed.
    pub seed: u64,
    /// When.
    pub at: Moment,
    /// After how many inputs.
    pub inputs: u64,
    /// What is wrong.
    pub sentence: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, input {}, {:?}: {}", self.seed, self.inputs, self.at, self.sentence)
    }
}

/// What a day was.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Calls that came, those turned away at the door included.
    pub calls: u64,
    /// Calls turned away at the door: overload, draining.
    pub turned_away: u64,
    /// Ends of the others, in the order of [`Outcome::ALL`].
    pub outcomes: [u64; Outcome::ALL.len()],
    /// Phones that were called.
    pub offers: u64,
    /// Talks that were recorded.
    pub recordings: u64,
    /// Citizens handed on, each time.
    pub transfers: u64,
    /// Talks whose agent's page was called anew.
    pub called_again: u64,
    /// Talks whose agent never came back.
    pub agents_lost: u64,
    /// Calls of agents' own that were let in.
    pub own_calls: u64,
    /// Inputs to the heart.
    pub inputs: u64,
    /// Of the log, where one was kept.
    pub log_digest: u64,
}

/// One day around the heart.
#[derive(Debug)]
pub struct World {
    seed: u64,
    house: House,
    town: Town,
    lot: Lot,
    at: Moment,
    outputs: Vec<Output>,
    draining: bool,
    /// Calls that were refused without a word in the books: overload and draining.
    turned_away: u64,
}

impl World {
    /// A day of this kind.
    pub fn new(day: Day) -> Self {
        Self::build(day, None)
    }

    /// A day with one thing done wrong on purpose.
    #[cfg(feature = "planted-bugs")]
    pub fn with_bug(day: Day, bug: Bug) -> Self {
        Self::build(day, Some(bug))
    }

    fn build(day: Day, bug: Option<Bug>) -> Self {
        let mut lot = Lot::new(day.seed, 0);
        let agents = *lot.pick(&[2, 5, 8, 15, 30]);
        let mut offers = bug.is_none().then(|| Lot::new(day.seed, 4));
        let mut plan = scene::draw_plan(&mut lot, agents, offers.as_mut(), day.callbacks);
        let outlook = scene::draw_outlook(&mut lot, &plan);
        let people = habits::draw_habits(&mut lot, day.calls, agents);
        let mut settings = habits::draw_settings(&mut lot, day.keep, day.slow_core);
        if bug.is_none() {
            settings.prove_sound = habits::draw_proof(&mut Lot::new(day.seed, 2));
            plan = waits::draw(&mut Lot::new(day.seed, 3), &plan);
        }
        let habits = Habits { tests_sound: settings.prove_sound != ProveSound::Off, ..people };
        let mut towns = Lot::new(day.seed, 1);
        towns.set_grain(Duration::from_micros(*lot.pick(&[1, 1, 100_000, 1_000_000])));
        Self {
            seed: day.seed,
            house: House::new(&plan, &outlook, &settings, Spoil::new(bug, day.seed)),
            town: Town::new(&plan, habits, towns, settings.shards),
            lot,
            at: MORNING,
            outputs: Vec::new(),
            draining: false,
            turned_away: 0,
        }
    }

    /// From the first call to the evening. The first broken invariant ends it.
    pub fn run(&mut self) -> Result<Summary, Box<Broken>> {
        match self.day() {
            Ok(()) => Ok(self.summary()),
            Err(sentence) => {
                let inputs = self.house.log.entries();
                Err(Box::new(Broken { seed: self.seed, at: self.at, inputs, sentence }))
            }
        }
    }

    /// The log of inputs.
    pub fn log(&self) -> &Log {
        &self.house.log
    }

    /// All facts, in the order in which they were told.
    pub fn facts(&self) -> &[NumberedFact] {
        self.house.watch.books.facts()
    }

    fn day(&mut self) -> Result<(), String> {
        self.house.open(self.at)?;
        self.hear();
        self.town.begin(self.at);
        let mut last_came = self.at;
        while !self.all_calls_over() {
            if self.town.came < self.town.habits.calls {
                last_came = self.at;
            }
            if self.at > last_came + CALLS_END {
                return Err(format!("{} calls have not ended for hours", self.house.watch.open_calls()));
            }
            self.step()?;
        }
        self.town.close(self.at);
        let quiet = self.at + ALL_QUIET;
        while self.at < quiet && self.step()? {}
        self.house.watch.all_ready(self.draining)?;
        self.house.end(self.at)?;
        if self.town.came == self.house.watch.books.arrived + self.turned_away {
            return Ok(());
        }
        let (came, known) = (self.town.came, self.house.watch.books.arrived);
        Err(format!("{came} calls came, {known} are in the books, {} were turned away", self.turned_away))
    }

    fn all_calls_over(&self) -> bool {
        self.town.came >= self.town.habits.calls
            && self.town.legs.is_empty()
            && self.town.sounds.is_empty()
            && !self.house.has_mail()
            && self.house.shards.iter().all(|shard| shard.counts().calls == 0)
    }

    /// One thing happens. False: nothing will ever happen any more.
    fn step(&mut self) -> Result<bool, String> {
        let happens = self.town.agenda.next();
        let wakes = self.house.next_wakeup();
        let happens_now = happens.is_some_and(|due| due <= self.at);
        let wakes_now = wakes.is_some_and(|(due, _)| due <= self.at);
        let mail = self.house.has_mail();
        // Mail is mostly faster than people, and sometimes slower than the next thing.
        let mail_first = mail && !((happens_now || wakes_now) && self.lot.one_in(3)) && !self.lot.one_in(16);
        if mail_first || (mail && happens.is_none() && wakes.is_none()) {
            self.house.deliver(&mut self.lot, self.at)?;
        } else if happens_now && !(wakes_now && self.lot.one_in(2)) {
            self.happen()?;
        } else if wakes_now {
            self.wake(wakes)?;
        } else {
            return self.time_goes_on(mail, happens, wakes);
        }
        self.hear();
        Ok(true)
    }

    /// Nothing is due now: the next moment at which something is. With mail under way only a little time may pass.
    fn time_goes_on(
        &mut self,
        mail: bool,
        happens: Option<Moment>,
        wakes: Option<(Moment, ShardNo)>,
    ) -> Result<bool, String> {
        let next = happens.into_iter().chain(wakes.map(|(due, _)| due)).min();
        let soon = self.at + Duration::from_millis(20);
        match next {
            _ if mail && next.is_none_or(|next| next > soon) => {
                self.house.deliver(&mut self.lot, self.at)?;
                self.hear();
                Ok(true)
            }
            None => {
                self.house.rest(self.at)?;
                Ok(false)
            }
            Some(next) => {
                if !mail {
                    self.house.rest(self.at)?;
                }
                self.at = next;
                self.house.watch.time(self.at)?;
                Ok(true)
            }
        }
    }

    fn happen(&mut self) -> Result<(), String> {
        let Some(what) = self.town.agenda.take() else { return Ok(()) };
        self.drain_in_time()?;
        if what == Happening::Drain {
            return Ok(());
        }
        let Some((shard, input)) = self.town.happen(what, self.at) else { return Ok(()) };
        let (came, in_the_books) = (matches!(input, Input::Leg(LegEvent::Arrived(_))), self.house.watch.books.arrived);
        self.house.give(shard, input, self.at)?;
        self.turned_away += u64::from(came && self.house.watch.books.arrived == in_the_books);
        Ok(())
    }

    fn wake(&mut self, wakes: Option<(Moment, ShardNo)>) -> Result<(), String> {
        let Some((_, shard)) = wakes else { return Ok(()) };
        self.house.wake(shard, self.at)
    }

    /// A day that drains does so shortly before the last calls.
    fn drain_in_time(&mut self) -> Result<(), String> {
        let habits = &self.town.habits;
        if self.draining || !habits.drains || self.town.came + 20 < habits.calls {
            return Ok(());
        }
        self.draining = true;
        (0..self.house.shards.len()).try_for_each(|shard| self.house.give(ShardNo(shard as u8), Input::Drain, self.at))
    }

    fn hear(&mut self) {
        self.house.take_outputs(&mut self.outputs);
        for output in std::mem::take(&mut self.outputs) {
            self.town.hear(&output, self.at);
        }
    }

    fn summary(&self) -> Summary {
        let books = &self.house.watch.books;
        Summary {
            calls: self.town.came,
            turned_away: self.turned_away,
            outcomes: Outcome::ALL.map(|outcome| books.outcome(outcome)),
            offers: books.offers(),
            recordings: books.recordings(),
            transfers: books.transfers(),
            called_again: self.town.called_again,
            agents_lost: books.agents_lost,
            own_calls: books.own_calls(),
            inputs: self.house.log.entries(),
            log_digest: self.house.log.digest(),
        }
    }
}

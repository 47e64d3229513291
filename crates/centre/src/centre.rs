//! The shard itself: one door in, one outbox out, and the tables of what is here.
//! Knows calls, desks and timers by their ids; what an input means is known in the rooms beside this one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use media::{OurSide, PortPool, Protection};
use model::{CallId, LegEvent, LegId, Moment, ShardNo, TrunkId};
use plan::{AgentNo, LineNo, Plan};
use speech::Wordings;

use crate::call::Call;
use crate::desk::Desk;
use crate::earlier::Earlier;
use crate::input::Input;
use crate::leg_sound::Room;
use crate::output::Output;
use crate::promise_book::{self, PromiseBook};
use crate::proof::ProveSound;
use crate::sound_test::SoundTest;
use crate::timers::{Timer, TimerKey, Timers};
use crate::{arrivals, company, decided, desks, earlier, floor, own_calls, promises, queueing, sound, sound_test};

/// What a shard is told once.
#[derive(Clone, Debug)]
pub struct CentreSettings {
    /// Which shard this is.
    pub shard: ShardNo,
    /// How many there are, at least 1.
    pub shards: u8,
    /// When the node started, in ms since the Unix epoch: makes ids unique over restarts.
    pub epoch_ms: u64,
    /// What all our session descriptions say of us.
    pub sound: OurSide,
    /// What is decided about encrypted sound.
    pub srtp: SrtpRules,
    /// How announcements are worded.
    pub wordings: Wordings,
    /// How long no sound may come in a conversation before it is ended.
    pub silence_max: Duration,
    /// When agents' sound must be proved.
    pub prove_sound: ProveSound,
    /// Calls at once; above it a new one is refused as overloaded.
    pub calls_max: usize,
}

/// What is decided about SRTP with keys in the descriptions; browsers always encrypt.
#[derive(Clone, Debug, Default)]
pub struct SrtpRules {
    /// Agents' phones.
    pub phones: Protection,
    /// Calls that go out, by whichever trunk.
    pub outside: Protection,
    /// Calls that come by these trunks; by others it is off.
    pub trunks: BTreeMap<TrunkId, Protection>,
}

impl SrtpRules {
    /// For calls that come by a trunk.
    pub fn of_trunk(&self, trunk: &TrunkId) -> Protection {
        self.trunks.get(trunk).copied().unwrap_or_default()
    }
}

/// What is here now, for the leak check and the metrics.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Calls in progress, and tests of agents' sound.
    pub calls: usize,
    /// Of them those that are to be called back, with nobody on a phone: the promise outlives the node.
    pub promised: usize,
    /// Ports in use, or not yet given back by the packet workers.
    pub rtp_ports: usize,
    /// Timers that run.
    pub timers: usize,
}

/// Why a shard wants to be woken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// A station's alarm: an unanswered wait, the longest wait, a ring time, a message, another look.
    Call,
    /// A desk's wrap-up, pause or breather, or a test of its sound.
    Desk,
    /// The routing core's tick: what time alone changes for many.
    Tick,
}

/// One shard of the centre.
#[derive(Debug)]
pub struct Centre {
    pub(crate) settings: CentreSettings,
    pub(crate) plan: Arc<Plan>,
    /// A plan on trial, and the line whose new calls come under it.
    pub(crate) tried: Option<(LineNo, Arc<Plan>)>,
    pub(crate) calls: BTreeMap<CallId, Call>,
    pub(crate) legs: BTreeMap<LegId, CallId>,
    pub(crate) desks: BTreeMap<AgentNo, Desk>,
    /// Desks that a new plan has brought or changed, until every shard knows it.
    pub(crate) opening: BTreeSet<AgentNo>,
    /// Tests of agents' sound that go on, by their legs; at most one for each desk.
    pub(crate) sound_tests: BTreeMap<LegId, SoundTest>,
    pub(crate) ports: PortPool,
    /// Room of legs that are over, until the packet workers have closed them.
    pub(crate) closing: BTreeMap<LegId, Room>,
    /// Agents whose phone is a browser now; bounded by the plan's agents.
    pub(crate) web_phones: BTreeSet<AgentNo>,
    /// Numbers that rang not long ago.
    pub(crate) earlier: Earlier,
    pub(crate) timers: Timers,
    /// When the routing core's tick is due (shard 0 only).
    pub(crate) tick: Option<(Moment, TimerKey)>,
    pub(crate) counters: Counters,
    pub(crate) draining: bool,
    /// All promises to call citizens back; kept by one shard.
    pub(crate) book: PromiseBook,
}

/// Numbers given out since the node started.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) calls: u64,
    pub(crate) legs: u64,
    pub(crate) facts: u64,
    /// Promises to call back that are kept now, with nobody on a phone.
    pub(crate) promised: usize,
}

impl Centre {
    /// A shard with this plan and its own ports. Call [`Centre::open`] before anything else.
    pub fn new(settings: CentreSettings, plan: Arc<Plan>, ports: PortPool) -> Self {
        let desks = desks::of_shard(&plan, settings.shard, settings.shards);
        Self {
            settings,
            plan,
            tried: None,
            opening: BTreeSet::new(),
            calls: BTreeMap::new(),
            legs: BTreeMap::new(),
            desks,
            sound_tests: BTreeMap::new(),
            ports,
            closing: BTreeMap::new(),
            web_phones: BTreeSet::new(),
            earlier: Earlier::default(),
            timers: Timers::default(),
            tick: None,
            counters: Counters::default(),
            draining: false,
            book: PromiseBook::default(),
        }
    }

    /// Numbers of calls, legs and facts go on after `last`: what it is like after that many, for tests. A number that
    /// has no room in an id begins anew there; ids are told apart by what lives.
    pub fn count_from(&mut self, last: u64) {
        self.counters = Counters { calls: last, legs: last, facts: last, ..Counters::default() };
    }

    /// The node starts: agents whose rule says so become ready.
    pub fn open(&mut self, at: Moment, out: &mut Vec<Output>) {
        desks::open(self, at, out);
    }

    /// One input, one moment; all consequences are appended to `out`. Nothing else is pending but timers.
    pub fn handle(&mut self, input: Input, at: Moment, out: &mut Vec<Output>) {
        match input {
            Input::Leg(LegEvent::Arrived(arrival)) => arrivals::arrived(self, arrival, at, out),
            Input::Leg(LegEvent::AgentCalls(call)) => own_calls::begins(self, &call, at, out),
            Input::OwnCall(notice) => desks::on_own_call(self, notice, at, out),
            Input::FromColleague(answer) => own_calls::on_answer(self, answer, at, out),
            Input::Leg(event) if self.sound_tests.contains_key(&event.leg()) => {
                sound_test::on_leg(self, &event, at, out);
            }
            Input::Leg(event) => floor::on_leg(self, event, at, out),
            Input::Media(event) if self.sound_tests.contains_key(&event.leg()) => {
                sound_test::on_media(self, &event, at, out);
            }
            Input::TestSound { agent } => sound_test::begin(self, agent, at, out),
            Input::Media(event) => sound::on_media(self, &event, at, out),
            Input::Core(reply) => queueing::on_core(self, reply, at, out),
            Input::Desk(request) => desks::on_request(self, request, at, out),
            Input::Phone { agent, reachable } => desks::on_phone(self, agent, reachable, at, out),
            Input::PhoneSpeaks { agent, web: true } => drop(self.web_phones.insert(agent)),
            Input::PhoneSpeaks { agent, web: false } => drop(self.web_phones.remove(&agent)),
            Input::BrowserCame(agent) => desks::on_browser(self, agent, at, out),
            Input::FromCall(notice) => desks::on_notice(self, notice, at, out),
            Input::FromDesk(notice) => floor::on_desk(self, notice, at, out),
            Input::Supervises(wish) => company::supervised(self, wish, at, out),
            Input::CallIsOver(over) => earlier::remember(self, *over, at),
            Input::Plan(decided) => decided::take_in(self, *decided, at, out),
            Input::PlanIsEverywhere => decided::is_everywhere(self, at, out),
            Input::Wakeup => self.wake(at, out),
            Input::TakeUp(promise, line) => promises::take_up(self, &promise, line, at, out),
            Input::SlotAsked { call, line, from } => promise_book::find(self, (call, line, from), at, out),
            Input::PromiseAsked(asked) => promise_book::asked(self, &asked, out),
            Input::PromiseTakenUp(asked) => promise_book::taken_up(self, &asked),
            Input::PromiseOver(call) => promise_book::over(self, call),
            Input::ForCall(call, event) => floor::step(self, call, event, at, out),
            Input::Drain => {
                self.draining = true;
                promises::rest_all(self, out);
            }
        }
    }

    /// When [`Input::Wakeup`] is wanted, and why.
    pub fn next_wakeup(&self) -> Option<(Moment, Why)> {
        self.timers.next().map(|(at, timer)| {
            let why = match timer {
                Timer::Call(..) => Why::Call,
                Timer::Desk(_) | Timer::SoundTest(_) => Why::Desk,
                Timer::Tick => Why::Tick,
            };
            (at, why)
        })
    }

    /// What is here now.
    pub fn counts(&self) -> Counts {
        let calls = self.calls.len() + self.sound_tests.len();
        Counts { calls, promised: self.counters.promised, rtp_ports: self.ports.in_use(), timers: self.timers.len() }
    }

    /// Which shard this is.
    pub fn shard(&self) -> ShardNo {
        self.settings.shard
    }

    fn wake(&mut self, at: Moment, out: &mut Vec<Output>) {
        while let Some(timer) = self.timers.take_due(at) {
            match timer {
                Timer::Call(call, alarm) => floor::on_alarm(self, call, alarm, at, out),
                Timer::Desk(agent) => desks::on_timer(self, agent, at, out),
                Timer::SoundTest(leg) => sound_test::on_timer(self, leg, at, out),
                Timer::Tick => queueing::tick(self, out),
            }
        }
    }
}

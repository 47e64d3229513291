//! One agent's desk: what the agent is, what comes next, and the only place that opens or closes the agent's seat.
//!
//! Every stage has an end: an offer ends with its claim, a wrap-up and a pause of ours with a timer, a pause of the
//! agent's own with the agent. So no state can stick.

use std::sync::Arc;
use std::time::Duration;

use model::{AgentId, AgentState, InCall, LegId, Moment, OfferEnd, PauseReason, SoundPath, What};
use plan::{Agent, AgentNo, ReadyRule};
use routing::{Closed, Generation, Request};

use crate::centre::{CentreSettings, Counters};
use crate::input::{OfferShown, Wanted};
use crate::notes;
use crate::output::{DeskEvent, Output, Shown};
use crate::timers::{Timer, TimerKey, Timers};

/// After an offer that the phone turned down, the next one comes no sooner than this after it, so that a phone on
/// "do not disturb" can't race through a queue.
const BREATHER: Duration = Duration::from_secs(1);

/// A desk.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) agent: AgentNo,
    pub(crate) id: AgentId,
    pub(crate) rule: ReadyRule,
    pub(crate) fixed: bool,
    pub(crate) reachable: bool,
    pub(crate) stage: Stage,
    pub(crate) next: Option<Next>,
    pub(crate) since: Moment,
    facts: u32,
    pub(crate) events: u64,
    timer: Option<TimerKey>,
    /// When the last offer came, if the phone turned it down.
    turned_down: Option<Moment>,
    /// Offers in a row that did not reach the phone.
    pub(crate) unreached: u32,
    /// Legs of calls of the agent's own that the phone is in.
    pub(crate) own: Vec<LegId>,
    /// What is known of the phone's sound.
    pub(crate) sound: SoundPath,
    /// A test of it was asked for, and is not over.
    pub(crate) testing: bool,
    /// What is beside the conversation.
    pub(crate) in_call: Option<Box<InCall>>,
}

/// What a desk is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    Off,
    Ready(Seat),
    Offered { generation: Generation, shown: Box<OfferShown> },
    Talking { generation: Generation, shown: Box<OfferShown> },
    WrapUp { shown: Box<OfferShown>, until: Moment, extended: bool },
    Paused(PauseReason),
}

/// How a ready agent's seat stands in the core.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Seat {
    /// Open: any shard may claim it.
    Open,
    /// Closed for the rest of the breather.
    Resting,
    /// We asked for it to be closed and don't know yet whether a claim was faster.
    Closing,
}

/// What comes after what is now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Next {
    Ready,
    Paused(PauseReason),
    Off,
}

/// What a desk needs of its shard for one step.
pub(crate) struct Step<'a> {
    pub(crate) settings: &'a CentreSettings,
    pub(crate) counters: &'a mut Counters,
    pub(crate) timers: &'a mut Timers,
    pub(crate) at: Moment,
    pub(crate) out: &'a mut Vec<Output>,
}

impl Desk {
    pub(crate) fn new(agent: AgentNo, known: &Agent) -> Self {
        Self {
            agent,
            id: known.id.clone(),
            rule: known.ready,
            fixed: known.contact.is_some(),
            reachable: known.contact.is_some(),
            stage: Stage::Off,
            next: None,
            since: Moment::EPOCH,
            facts: 0,
            events: 0,
            timer: None,
            turned_down: None,
            unreached: 0,
            own: Vec::new(),
            sound: SoundPath::Unproven,
            testing: false,
            in_call: None,
        }
    }

    pub(crate) fn rule(&self) -> ReadyRule {
        self.rule
    }

    /// What people see.
    pub(crate) fn state(&self) -> AgentState {
        match &self.stage {
            Stage::Off => AgentState::Off,
            Stage::Ready(_) => AgentState::Ready,
            Stage::Offered { .. } => AgentState::Offered,
            Stage::Talking { .. } => AgentState::Talking,
            Stage::WrapUp { .. } => AgentState::WrapUp,
            Stage::Paused(reason) => AgentState::Paused(reason.clone()),
        }
    }

    pub(crate) fn call(&self) -> Option<&OfferShown> {
        match &self.stage {
            Stage::Offered { shown, .. } | Stage::Talking { shown, .. } | Stage::WrapUp { shown, .. } => Some(shown),
            Stage::Off | Stage::Ready(_) | Stage::Paused(_) => None,
        }
    }

    /// Ready now, or after the breather; paused instead where the phone can't be reached.
    pub(crate) fn go_ready(&mut self, step: &mut Step<'_>) {
        self.next = None;
        if !self.reachable {
            self.pause(PauseReason::PhoneGone, step);
            return;
        }
        if !self.own.is_empty() {
            self.pause(PauseReason::OwnCall, step);
            return;
        }
        if self.must_be_proven(step) {
            self.wait_for_proof(step);
            return;
        }
        let rested = self.turned_down.map_or(step.at, |offered| offered + BREATHER);
        if rested > step.at {
            self.enter(Stage::Ready(Seat::Resting), step);
            self.set_timer(rested, step);
        } else {
            self.enter(Stage::Ready(Seat::Open), step);
            step.out.push(Output::Core(Request::SeatReady { agent: self.agent }));
        }
    }

    /// Paused now. The seat must be closed for matching already.
    pub(crate) fn pause(&mut self, reason: PauseReason, step: &mut Step<'_>) {
        self.next = None;
        let back = self.comes_back_after(&reason);
        self.enter(Stage::Paused(reason), step);
        step.out.push(Output::Core(Request::SeatClose { agent: self.agent, to: Closed::Paused }));
        if let Some(back) = back {
            self.set_timer(step.at + back, step);
        }
    }

    /// Off duty now. The seat must be closed for matching already.
    pub(crate) fn go_off(&mut self, step: &mut Step<'_>) {
        self.next = None;
        self.enter(Stage::Off, step);
        step.out.push(Output::Core(Request::SeatClose { agent: self.agent, to: Closed::Off }));
    }

    /// Asks the core to close an open seat; the answer tells whether a claim was faster.
    pub(crate) fn close_seat(&mut self, next: Next, step: &mut Step<'_>) {
        self.next = Some(next);
        self.stage = Stage::Ready(Seat::Closing);
        step.out.push(Output::Core(Request::SeatClose { agent: self.agent, to: Closed::Paused }));
    }

    /// What comes next, after an offer, a conversation, a wrap-up or a closed seat.
    pub(crate) fn go_on(&mut self, step: &mut Step<'_>) {
        match self.next.take() {
            Some(Next::Off) => self.go_off(step),
            // The phone came back while the seat was being closed: nothing will tell of it again.
            Some(Next::Paused(PauseReason::PhoneGone)) if self.reachable => self.go_ready(step),
            Some(Next::Paused(PauseReason::OwnCall)) if self.own.is_empty() => self.go_ready(step),
            // It may have been proven meanwhile.
            Some(Next::Paused(PauseReason::SoundTest | PauseReason::SoundUnproven)) => self.go_ready(step),
            Some(Next::Paused(reason)) => self.pause(reason, step),
            Some(Next::Ready) | None => self.go_ready(step),
        }
    }

    /// A call rings at the phone. True: it is welcome; false: the agent has left meanwhile, and it must be declined.
    pub(crate) fn offered(&mut self, generation: Generation, shown: Box<OfferShown>, step: &mut Step<'_>) -> bool {
        let welcome = match &self.stage {
            Stage::Ready(Seat::Open) => true,
            Stage::Ready(Seat::Closing) => self.next.is_none() || self.next == Some(Next::Ready),
            Stage::Off | Stage::Ready(Seat::Resting) | Stage::Paused(_) => false,
            Stage::Offered { .. } | Stage::Talking { .. } | Stage::WrapUp { .. } => false,
        };
        // The word of a claim that was faster than a closed seat takes nobody out of a pause, or back on duty.
        match &self.stage {
            Stage::Off => self.next = Some(Next::Off),
            Stage::Paused(reason) => self.next = Some(Next::Paused(reason.clone())),
            Stage::Ready(_) | Stage::Offered { .. } | Stage::Talking { .. } | Stage::WrapUp { .. } => {}
        }
        let event = Shown::Offered(shown.clone());
        self.enter(Stage::Offered { generation, shown }, step);
        self.show(event, step);
        welcome
    }

    /// The offer of this claim came to nothing. What the agent becomes is in `routing.md`, "After a failed offer"; an
    /// agent who wants to leave leaves, and one who only said "ready" is told all the same.
    pub(crate) fn withdrawn(&mut self, generation: Generation, why: OfferEnd, step: &mut Step<'_>) {
        match &self.stage {
            Stage::Offered { generation: held, .. } | Stage::Talking { generation: held, .. }
                if *held == generation => {}
            Stage::Ready(seat) => return self.ask_again(*seat, step),
            // The late word of an older claim.
            Stage::Offered { .. } | Stage::Talking { .. } => return,
            Stage::Off | Stage::WrapUp { .. } | Stage::Paused(_) => return,
        }
        if let Some(call) = self.call().map(|shown| shown.call) {
            self.show(Shown::Withdrawn { call, why }, step);
        }
        self.turned_down = (why != OfferEnd::CitizenGone).then_some(self.since);
        self.unreached = if why == OfferEnd::Unreachable { self.unreached + 1 } else { 0 };
        let reason = match why {
            OfferEnd::NoAnswer => Some(PauseReason::NoAnswer),
            OfferEnd::Busy => Some(PauseReason::BusyElsewhere),
            OfferEnd::Unreachable => Some(PauseReason::PhoneGone),
            OfferEnd::Declined | OfferEnd::CitizenGone | OfferEnd::Failed => None,
        };
        let leaves = matches!(self.next, Some(Next::Off | Next::Paused(_)));
        match reason {
            Some(reason) if !leaves => self.pause(reason, step),
            Some(_) | None => self.go_on(step),
        }
    }

    /// A claim was let go before it was shown here, which leaves the seat closed in the core: what we want of the seat
    /// is said again, and the core's answer is as good as the first time, should the next claim be faster.
    fn ask_again(&self, seat: Seat, step: &mut Step<'_>) {
        let agent = self.agent;
        match seat {
            Seat::Open => step.out.push(Output::Core(Request::SeatReady { agent })),
            Seat::Closing => step.out.push(Output::Core(Request::SeatClose { agent, to: Closed::Paused })),
            Seat::Resting => {}
        }
    }

    pub(crate) fn talking(&mut self, generation: Generation, step: &mut Step<'_>) {
        let Stage::Offered { generation: offered, shown } = &self.stage else { return };
        if *offered != generation {
            return;
        }
        self.unreached = 0;
        self.turned_down = None;
        let (call, shown) = (shown.call, shown.clone());
        self.enter(Stage::Talking { generation, shown }, step);
        self.show(Shown::Talking { call }, step);
    }

    /// The conversation of this claim is over.
    pub(crate) fn over(&mut self, generation: Generation, wrap_up: Duration, step: &mut Step<'_>) {
        let (Stage::Talking { generation: held, shown } | Stage::Offered { generation: held, shown }) = &self.stage
        else {
            return;
        };
        if *held != generation {
            return;
        }
        if wrap_up.is_zero() {
            return self.go_on(step);
        }
        let (call, until, shown) = (shown.call, step.at + wrap_up, shown.clone());
        self.enter(Stage::WrapUp { shown, until, extended: false }, step);
        self.set_timer(until, step);
        self.show(Shown::WrapUp { call, until }, step);
    }

    pub(crate) fn phone(&mut self, reachable: bool, step: &mut Step<'_>) {
        let changed = self.reachable != reachable;
        self.reachable = reachable;
        if changed {
            self.show(Shown::Phone { reachable }, step);
        }
        if !reachable {
            self.is_unproven_again();
        }
        match (&self.stage, reachable) {
            (Stage::Paused(PauseReason::PhoneGone), true) => self.go_ready(step),
            (Stage::Off, true) if self.rule == ReadyRule::WhenRegistered => self.go_ready(step),
            (Stage::Ready(Seat::Open), false) => self.close_seat(Next::Paused(PauseReason::PhoneGone), step),
            (Stage::Ready(Seat::Resting), false) => self.pause(PauseReason::PhoneGone, step),
            (_, true | false) => {}
        }
    }

    /// The timer of a wrap-up, a pause of ours or a breather is over.
    pub(crate) fn time_over(&mut self, step: &mut Step<'_>) {
        self.timer = None;
        match &self.stage {
            Stage::Ready(Seat::Resting) | Stage::WrapUp { .. } => self.go_on(step),
            Stage::Paused(PauseReason::PhoneGone | PauseReason::NoAnswer | PauseReason::BusyElsewhere) => {
                self.go_ready(step);
            }
            Stage::Off
            | Stage::Ready(Seat::Open | Seat::Closing)
            | Stage::Offered { .. }
            | Stage::Talking { .. }
            | Stage::Paused(
                PauseReason::Chosen(_) | PauseReason::OwnCall | PauseReason::SoundTest | PauseReason::SoundUnproven,
            ) => {}
        }
    }

    fn enter(&mut self, stage: Stage, step: &mut Step<'_>) {
        self.stop_timer(step);
        let before = self.state();
        self.in_call = None;
        self.stage = stage;
        let state = self.state();
        if state != before {
            self.since = step.at;
            let call = self.call().map(|shown| shown.call);
            self.note(What::AgentBecame { state: state.clone(), call }, step);
            self.show(Shown::State(state), step);
        }
    }

    pub(crate) fn note(&mut self, what: What, step: &mut Step<'_>) {
        self.facts += 1;
        notes::of_agent(step.settings, step.counters, (self.id.clone(), self.facts), what, step.at, step.out);
    }

    pub(crate) fn show(&mut self, shown: Shown, step: &mut Step<'_>) {
        self.events += 1;
        step.out.push(Output::DeskEvent(DeskEvent { agent: self.agent, seq: self.events, at: step.at, shown }));
    }

    pub(crate) fn set_timer(&mut self, at: Moment, step: &mut Step<'_>) {
        self.stop_timer(step);
        self.timer = Some(step.timers.set(at, Timer::Desk(self.agent)));
    }

    fn stop_timer(&mut self, step: &mut Step<'_>) {
        if let Some(timer) = self.timer.take() {
            step.timers.stop(timer);
        }
    }
}

impl From<&Wanted> for Next {
    fn from(wanted: &Wanted) -> Self {
        match wanted {
            Wanted::Ready => Self::Ready,
            Wanted::Paused(code) => Self::Paused(PauseReason::Chosen(Arc::clone(code))),
        }
    }
}

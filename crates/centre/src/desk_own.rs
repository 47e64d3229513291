//! A desk and the calls of the agent's own: while the phone is in one, the seat is closed and the desk says why; after it
//! the agent is what would have been. Beside a citizen (a consultation) and in a pause nothing changes.

use model::{AgentState, InCall, LegId, OfferEnd, PauseReason, What};
use routing::Generation;

use crate::OfferShown;
use crate::desk::{Desk, Next, Seat, Stage, Step};
use crate::input::{DeskState, Wanted};
use crate::output::{DeskSnapshot, Shown};

/// Calls of one agent's own at once that are known; an emergency call above it is carried, and its end changes nothing.
const OWN_MAX: usize = 8;

impl Desk {
    /// The whole desk, for whoever begins to watch it.
    pub(crate) fn snapshot(&self) -> DeskSnapshot {
        let wrap_up_until = match &self.stage {
            Stage::WrapUp { until, .. } => Some(*until),
            Stage::Off | Stage::Ready(_) | Stage::Offered { .. } | Stage::Talking { .. } | Stage::Paused(_) => None,
        };
        let next = self.next.as_ref().and_then(|next| match next {
            Next::Ready => Some(Wanted::Ready),
            Next::Paused(reason) => Some(Wanted::Paused(reason.to_string().into())),
            Next::Off => None,
        });
        let call = self.call().cloned().map(Box::new);
        let in_call = self.in_call.as_deref().cloned().unwrap_or_default();
        let desk = DeskState {
            state: self.state(),
            since: self.since,
            call,
            wrap_up_until,
            next,
            phone: self.reachable,
            in_call,
            sound: self.sound,
        };
        DeskSnapshot { seq: self.events, desk }
    }

    /// The agent's phone has made a call.
    pub(crate) fn own_begins(&mut self, leg: LegId, step: &mut Step<'_>) {
        if self.own.len() < OWN_MAX {
            self.own.push(leg);
            self.phone_is_taken(step);
        }
    }

    /// A colleague calls. True: the phone is free, and taken from now on.
    pub(crate) fn is_asked(&mut self, leg: LegId, step: &mut Step<'_>) -> bool {
        let has_citizen = matches!(self.stage, Stage::Offered { .. } | Stage::Talking { .. });
        let free = self.reachable && self.own.is_empty() && !has_citizen;
        if free {
            self.own_begins(leg, step);
        }
        free
    }

    fn phone_is_taken(&mut self, step: &mut Step<'_>) {
        match &self.stage {
            Stage::Ready(Seat::Open) => self.close_seat(Next::Paused(PauseReason::OwnCall), step),
            Stage::Ready(Seat::Resting) => self.pause(PauseReason::OwnCall, step),
            Stage::Ready(Seat::Closing) => {
                if matches!(self.next, None | Some(Next::Ready)) {
                    self.next = Some(Next::Paused(PauseReason::OwnCall));
                }
            }
            Stage::Off | Stage::Offered { .. } | Stage::Talking { .. } | Stage::WrapUp { .. } | Stage::Paused(_) => {}
        }
    }

    /// A call of the agent's own is over.
    pub(crate) fn own_over(&mut self, leg: LegId, step: &mut Step<'_>) {
        self.own.retain(|known| *known != leg);
        if !self.own.is_empty() {
            return;
        }
        if self.stage == Stage::Paused(PauseReason::OwnCall) {
            self.go_on(step);
        } else if self.stage == Stage::Ready(Seat::Closing) && self.next == Some(Next::Paused(PauseReason::OwnCall)) {
            self.next = None;
        }
    }

    /// Something beside the conversation is as it wasn't before.
    pub(crate) fn in_call(&mut self, generation: Generation, now: Box<InCall>, step: &mut Step<'_>) {
        let Stage::Talking { generation: held, shown } = &self.stage else { return };
        if *held != generation {
            return;
        }
        let call = shown.call;
        self.in_call = Some(now.clone());
        self.show(Shown::InCall { call, now }, step);
    }

    /// Nobody has taken over the citizen; the agent talks on.
    pub(crate) fn not_handed_on(&mut self, generation: Generation, why: OfferEnd, step: &mut Step<'_>) {
        let Stage::Talking { generation: held, shown } = &self.stage else { return };
        if *held == generation {
            self.show(Shown::NotHandedOn { call: shown.call, why }, step);
        }
    }

    /// The agent talks with another citizen now, by the same claim: a colleague's question became the citizen's call.
    pub(crate) fn taken_over(&mut self, generation: Generation, shown: Box<OfferShown>, step: &mut Step<'_>) {
        if !matches!(&self.stage, Stage::Talking { generation: held, .. } if *held == generation) {
            return;
        }
        let call = shown.call;
        self.in_call = None;
        self.stage = Stage::Talking { generation, shown: shown.clone() };
        self.note(What::AgentBecame { state: AgentState::Talking, call: Some(call) }, step);
        self.show(Shown::Offered(shown), step);
        self.show(Shown::Talking { call }, step);
    }
}

//! A leg while somebody is called: an agent's phone, with one INVITE to each contact, of which the first that answers wins; or
//! somebody outside, by one trunk after the other.
//!
//! Knows how long we wait for whom and what each answer means; does not know which call it is for, nor what
//! the agent becomes when nobody answers. Challenges are never answered: we have no password for a phone.

mod begun;

use std::time::Duration;

use bytes::Bytes;
use model::{AgentId, Cause, LegCommand, LegEnd, LegEvent, LegId, Moment, Presentation, Refusal};
use smallvec::SmallVec;

use super::cause::{refusal, weight};
use super::dialog::Dialog;
use super::heeding::{Heed, Heeded};
use super::leg::{LegInput, Stage};
use super::outward::{Outward, is_trunks_own, is_trunks_own_silence};
use super::session_timer::SessionClock;
use super::step::Step;
use super::talking::Talking;
use crate::message::Response;

/// A leg that we called, before the answer.
pub(crate) struct Calling {
    /// Whose phone it is, where it has registered.
    registered: Option<AgentId>,
    offer: Bytes,
    forks: SmallVec<[Fork; 1]>,
    ring_time_max: Duration,
    /// When the phone counts as unreachable; none once anything was heard.
    silent_until: Option<Moment>,
    ring_until: Moment,
    rang: bool,
    early: bool,
    /// The refusal that tells most, of those that came.
    refusal: Option<Refusal>,
    letting_go: bool,
    /// The ways that are left of a call to somebody outside.
    outward: Option<Box<Outward>>,
    /// Those who ring reliably.
    heeded: Heeded,
}

/// One contact's INVITE.
pub(crate) struct Fork {
    branch: u64,
    /// With which it can be sent once more to a phone; calls to trunks have their own ways to be tried again.
    again: Option<Box<Again>>,
    listener: u16,
    rang: bool,
    over: bool,
}

/// What a second INVITE to a phone needs.
struct Again {
    papers: Dialog,
    shown: Presentation,
    /// The phone found our session interval too short once (422).
    lengthened: bool,
}

impl Fork {
    /// An INVITE that has just been sent.
    pub(crate) const fn new(branch: u64, listener: u16) -> Self {
        Self { branch, again: None, listener, rang: false, over: false }
    }
}

impl Calling {
    pub(crate) fn handle(mut self: Box<Self>, leg: LegId, input: &LegInput<'_>, step: &mut Step<'_>) -> Option<Stage> {
        match input {
            LegInput::Command(LegCommand::HangUp { cause, .. } | LegCommand::Refuse { cause, .. }) => {
                self.let_go(*cause, step);
                Some(Stage::Calling(self))
            }
            LegInput::Heard { branch, response } if response.status < 200 => {
                self.provisional(leg, *branch, response, step);
                Some(Stage::Calling(self))
            }
            LegInput::Heard { branch, response } if response.status < 300 => {
                self.answered(leg, *branch, response, step)
            }
            LegInput::Heard { branch, response }
                if response.status == 422 && self.again(leg, *branch, response, step) =>
            {
                Some(Stage::Calling(self))
            }
            LegInput::Heard { branch, response } => self.refused(leg, *branch, response.status, step),
            LegInput::GivenUp { branch } => {
                let rang = self.fork(*branch).is_some_and(|fork| fork.rang);
                let why = if rang { Refusal::NoAnswer } else { Refusal::Unreachable };
                if is_trunks_own_silence(why) && self.tries_another(leg, *branch, step) {
                    return Some(Stage::Calling(self));
                }
                self.over(leg, *branch, why, step)
            }
            LegInput::Time => self.on_time(leg, step),
            // Nothing else belongs to a call that has no dialog yet.
            LegInput::Command(_)
            | LegInput::Asked(_)
            | LegInput::Ack(_)
            | LegInput::Cancelled
            | LegInput::Undelivered => Some(Stage::Calling(self)),
        }
    }

    pub(crate) fn due(&self) -> Moment {
        self.silent_until.map_or(self.ring_until, |silent| silent.min(self.ring_until))
    }

    fn fork(&mut self, branch: u64) -> Option<&mut Fork> {
        self.forks.iter_mut().find(|fork| fork.branch == branch)
    }

    fn provisional(&mut self, leg: LegId, branch: u64, response: &Response, step: &mut Step<'_>) {
        self.silent_until = None;
        if self.heeded.hear(branch, response, step) == Heed::Nothing || self.letting_go || response.status == 100 {
            return;
        }
        if let Some(fork) = self.fork(branch) {
            fork.rang = true;
        }
        let audible = self.outward.as_ref().is_none_or(|outward| outward.early_media);
        let session = response.session().filter(|_| !self.early && audible);
        if !self.rang {
            self.ring_until = step.at + self.ring_time_max;
        } else if session.is_none() {
            return;
        }
        self.rang = true;
        self.early |= session.is_some();
        let session = session.map(|session| Bytes::copy_from_slice(&session));
        step.tell(LegEvent::Ringing { leg, session });
    }

    fn answered(
        mut self: Box<Self>,
        leg: LegId,
        branch: u64,
        response: &Response,
        step: &mut Step<'_>,
    ) -> Option<Stage> {
        let listener = self.fork(branch).map_or(0, |fork| fork.listener);
        if self.letting_go {
            step.send_off(branch, response);
            return self.over(leg, branch, Refusal::NoAnswer, step);
        }
        let Some(mut dialog) = step.accept(branch, response) else {
            return self.over(leg, branch, Refusal::Unreachable, step);
        };
        self.forks.retain(|fork| fork.branch != branch);
        self.abandon(Cause::CallerGone, step);
        let said_before = self.heeded.accepted(branch, &mut dialog);
        let session = response.session().map(|session| Bytes::copy_from_slice(&session));
        let session = session.or(said_before).unwrap_or_default();
        step.tell(LegEvent::Answered { leg, session });
        let clock = SessionClock::from_answer(&response.headers, step.at);
        let talking = Talking::new(dialog, listener, self.offer, clock);
        Some(Stage::Talking(Box::new(talking.watched(step.ground.settings.session_expires, step.at))))
    }

    /// A phone or trunk that finds our session interval too short is called once more with the one that it asks for (RFC 4028 §7.3).
    fn again(&mut self, leg: LegId, branch: u64, response: &Response, step: &mut Step<'_>) -> bool {
        let ours = step.ground.settings.session_expires;
        let longer = SessionClock::alone(ours, step.at).lengthened(&response.headers).map(|clock| clock.interval());
        let Some(interval) = longer.filter(|_| !self.letting_go) else { return false };
        let (offer, interval) = (self.offer.clone(), interval.max(ours));
        if let Some(outward) = &mut self.outward {
            let Some(fork) = outward.again(leg, &offer, interval, step) else { return false };
            self.forks.retain(|fork| fork.branch != branch);
            self.forks.push(fork);
            return true;
        }
        let Some(fork) = self.fork(branch) else { return false };
        let Some(again) = fork.again.as_mut().filter(|again| !again.lengthened) else { return false };
        again.lengthened = true;
        fork.invite(leg, &offer, interval, step)
    }

    fn refused(mut self: Box<Self>, leg: LegId, branch: u64, status: u16, step: &mut Step<'_>) -> Option<Stage> {
        self.silent_until = None;
        let rang = self.fork(branch).is_some_and(|fork| fork.rang);
        // 6xx speaks for the person, not for one phone (RFC 3261 §21.6).
        if status >= 600 && !self.letting_go {
            self.forks.retain(|fork| fork.branch != branch);
            self.abandon(Cause::CallerGone, step);
            self.end(leg, refusal(status, rang), step);
            return None;
        }
        if !rang && is_trunks_own(status) && self.tries_another(leg, branch, step) {
            return Some(Stage::Calling(self));
        }
        self.over(leg, branch, refusal(status, rang), step)
    }

    /// The trunk has failed before anything rang: the next one is tried, as if nothing had been.
    fn tries_another(&mut self, leg: LegId, branch: u64, step: &mut Step<'_>) -> bool {
        if self.letting_go || self.rang || step.at >= self.ring_until {
            return false;
        }
        let Some(fork) = self.outward.as_mut().and_then(|outward| outward.next(leg, &self.offer, step)) else {
            return false;
        };
        self.forks.retain(|fork| fork.branch != branch);
        self.forks.push(fork);
        self.silent_until = Some(step.at + step.ground.settings.unreachable_after);
        true
    }

    /// One contact's call came to an end; the leg's too, if it was the last.
    fn over(mut self: Box<Self>, leg: LegId, branch: u64, why: Refusal, step: &mut Step<'_>) -> Option<Stage> {
        if let Some(fork) = self.fork(branch) {
            fork.over = true;
        }
        if self.refusal.is_none_or(|known| weight(why) > weight(known)) {
            self.refusal = Some(why);
        }
        if self.forks.iter().any(|fork| !fork.over) {
            return Some(Stage::Calling(self));
        }
        self.end(leg, self.refusal.unwrap_or(why), step);
        None
    }

    fn on_time(mut self: Box<Self>, leg: LegId, step: &mut Step<'_>) -> Option<Stage> {
        let silent = self.silent_until.is_some_and(|until| until <= step.at);
        if !silent && self.ring_until > step.at {
            return Some(Stage::Calling(self));
        }
        let first = self.forks.first().map(|fork| fork.branch);
        if let Some(branch) = first.filter(|branch| silent && self.tries_another(leg, *branch, step)) {
            step.take_back(branch, Cause::CallerGone);
            step.ground.clients.disown(branch);
            return Some(Stage::Calling(self));
        }
        self.abandon(Cause::CallerGone, step);
        let unheard = self.refusal.unwrap_or(Refusal::Unreachable);
        self.end(leg, if self.rang { Refusal::NoAnswer } else { unheard }, step);
        None
    }

    /// The leg's last event.
    fn end(&self, leg: LegId, why: Refusal, step: &mut Step<'_>) {
        if self.letting_go {
            return step.tell(LegEvent::Ended { leg, why: LegEnd::LetGo });
        }
        if let Some(agent) = self.registered.as_ref().filter(|_| why == Refusal::Unreachable) {
            step.ground.bindings.doubt(agent);
        }
        step.tell(LegEvent::Refused { leg, why });
    }

    /// We hang up: all phones stop ringing, and the leg waits for them to say so, but not for ever.
    fn let_go(&mut self, cause: Cause, step: &mut Step<'_>) {
        if self.letting_go {
            return;
        }
        self.letting_go = true;
        self.silent_until = None;
        self.ring_until = step.at + step.ground.settings.spans.give_up();
        for fork in self.forks.iter().filter(|fork| !fork.over) {
            step.take_back(fork.branch, cause);
        }
    }

    /// Nobody waits for these phones any more: their transactions end by themselves, a late 2xx is hung up.
    fn abandon(&mut self, cause: Cause, step: &mut Step<'_>) {
        for fork in self.forks.iter().filter(|fork| !fork.over) {
            step.take_back(fork.branch, cause);
            step.ground.clients.disown(fork.branch);
        }
    }
}

//! How a worker's legs are put on tape, and what of it waits to be handed to the scribe.
//! Knows legs and their tapes; whether anybody agreed to it was decided long before.

use std::mem;

use media::{MediaEvent, MessageTold};
use model::{LegId, MessageTape, Moment, Tape};

use super::Worker;
use crate::scribe::{Begun, Taping};

impl<E: Fn(MediaEvent)> Worker<E> {
    /// Begins a leg's tape; the one before ends. That it can't be is told at once.
    pub(super) fn record(&mut self, leg: LegId, tape: Box<Tape>, at: Moment) {
        let recording = tape.recording;
        self.end_recording(leg, at);
        let taping = self.feed.as_ref().and_then(|feed| Taping::begin(feed, leg, Begun::Talk(tape), at));
        match (self.table.get(leg), taping) {
            (Some(leg), Some(taping)) => leg.tape = Some(Box::new(taping)),
            (_, taping) => {
                drop(taping);
                (self.events)(MediaEvent::RecordingFailed { leg, recording });
            }
        }
    }

    pub(super) fn pause_recording(&mut self, leg: LegId, paused: bool) {
        if let Some(tape) = self.table.get(leg).and_then(|leg| leg.tape.as_mut()) {
            tape.pause(paused);
        }
    }

    pub(super) fn end_recording(&mut self, leg: LegId, at: Moment) {
        if let Some(tape) = self.table.get(leg).and_then(|leg| leg.tape.take()) {
            tape.end(at);
        }
    }

    /// Begins the tape of a citizen's message, on which nothing is before [`Self::begin_message`]. That it can't be is told at once.
    pub(super) fn take_message(&mut self, leg: LegId, message: Box<MessageTape>, at: Moment) {
        self.end_recording(leg, at);
        let taping = self.feed.as_ref().and_then(|feed| Taping::begin(feed, leg, Begun::Message(message), at));
        match (self.table.get(leg), taping) {
            (Some(leg), Some(taping)) => leg.tape = Some(Box::new(taping)),
            (_, taping) => {
                if let Some(taping) = taping {
                    taping.end_message(at, false);
                }
                (self.events)(MediaEvent::Message { leg, what: MessageTold::Failed });
            }
        }
    }

    pub(super) fn begin_message(&mut self, leg: LegId) {
        if let Some(tape) = self.table.get(leg).and_then(|leg| leg.tape.as_mut()).filter(|tape| tape.is_message()) {
            tape.pause(false);
        }
    }

    pub(super) fn end_message(&mut self, leg: LegId, keep: bool, at: Moment) {
        if let Some(tape) = self.table.get(leg).and_then(|leg| leg.tape.take_if(|tape| tape.is_message())) {
            tape.end_message(at, keep);
        }
    }

    /// When the scribe must get what it has waited for.
    pub(super) fn hand_over_at(&self) -> Option<Moment> {
        self.feed.as_ref()?.borrow().due_at()
    }

    pub(super) fn hand_over(&mut self, at: Moment) {
        if let Some(feed) = &self.feed {
            self.figures.not_taped += feed.borrow_mut().look(at);
        }
    }

    /// The worker ends, and with it all its tapes.
    pub(super) fn end_all_recordings(&mut self, at: Moment) {
        let tapes = self.table.legs.iter_mut().filter_map(|(_, leg)| leg.tape.take());
        tapes.for_each(|tape| tape.end(at));
        self.hand_over(at);
        mem::take(&mut self.feed);
    }
}

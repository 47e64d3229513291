//! Keys that citizens press: an answer to the question for consent, numbers typed in a conversation, and whatever else. Some
//! phones tell a press in their sound, some by their signalling, some both ways.
//! Knows what is heard; not what a key means.

use std::time::Duration;

use centre::Input;
use media::{MediaEvent, Playlist};
use model::{LegEvent, LegId, Moment, RecordingId, ShardNo};

use crate::parties::agenda::Happening;
use crate::parties::town::Town;

/// How a name of the question begins, whatever municipality says it in whatever language.
const QUESTION: &str = "recording_consent";

impl Town {
    /// Something is said to a citizen, who may press a key.
    pub(crate) fn may_press(&mut self, leg: LegId, list: &Playlist, at: Moment) {
        if list.clips().iter().any(|clip| clip.prompt.contains(QUESTION)) {
            match self.lot.below(8) {
                0 => {}
                1 => self.presses(leg, '2', at),
                _ => self.presses(leg, '1', at),
            }
        } else if self.lot.one_in(20) {
            self.presses(leg, '1', at);
        }
    }

    /// A talk is recorded: some citizens type, and some archives are full.
    pub(crate) fn is_recorded(&mut self, leg: LegId, recording: RecordingId, at: Moment) {
        if self.lot.one_in(3) {
            for key in ['4', '1', '#'] {
                self.presses(leg, key, at);
            }
        }
        if self.trouble() && self.lot.one_in(3) {
            let soon = self.lot.millis(0, 30_000);
            self.soon(at, soon, Happening::RecordingFails(leg, recording));
        }
    }

    fn presses(&mut self, leg: LegId, key: char, at: Moment) {
        let when = self.lot.millis(50, 15_000);
        let ways = self.lot.below(3);
        if ways != 0 {
            self.soon(at, when, Happening::KeyHeard(leg, key));
        }
        if ways != 1 {
            let later = self.lot.millis(0, 900);
            self.soon(at, when + later, Happening::KeySignalled(leg, key));
        }
        if self.lot.one_in(10) {
            self.soon(at, when + Duration::from_millis(200), Happening::KeyHeard(leg, key));
        }
    }

    pub(crate) fn key_is_heard(&self, leg: LegId, digit: char) -> Option<(ShardNo, Input)> {
        self.sounds.get(&leg)?;
        Some((leg.shard(), Input::Media(MediaEvent::Digit { leg, digit })))
    }

    pub(crate) fn key_is_signalled(&self, leg: LegId, digit: char) -> Option<(ShardNo, Input)> {
        self.legs.get(&leg)?;
        Some((leg.shard(), Input::Leg(LegEvent::Digit { leg, digit })))
    }

    pub(crate) fn recording_fails(&self, leg: LegId, recording: RecordingId) -> Option<(ShardNo, Input)> {
        self.sounds.get(&leg)?;
        Some((leg.shard(), Input::Media(MediaEvent::RecordingFailed { leg, recording })))
    }
}

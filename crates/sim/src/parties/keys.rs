//! Keys that citizens press: an answer to the question for consent, numbers typed in a conversation, and whatever else. Some
//! phones tell a press in their sound, some by their signalling, some both ways.
//! Knows what is heard; not what a key means.

use std::time::Duration;

use centre::Input;
use media::{MediaEvent, Playlist};
use model::{LegEvent, LegId, Moment, RecordingId, ShardNo};

use crate::offers::MENU;
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
        } else if let Some(keys) = self.answer_to(list) {
            self.types(leg, keys, at);
        } else if self.lot.one_in(20) {
            self.presses(leg, '1', at);
        }
    }

    /// What is pressed at a menu or an offer to be called back; some wait, and some press what means nothing.
    fn answer_to(&mut self, list: &Playlist) -> Option<&'static str> {
        let asks = |name: &str| list.clips().iter().any(|clip| clip.prompt.contains(name));
        if asks(MENU) {
            return Some(*self.lot.pick(&["", "1", "2", "3", "8", "*", "9", "5", "8050", "8199", "9999", "7", "7"]));
        }
        if asks("voicemail") {
            return Some(*self.lot.pick(&["", "", "#", "3"]));
        }
        if asks("callback_slot") {
            return Some(*self.lot.pick(&["1", "1", "1", "2", "21", "", "5"]));
        }
        if asks("callback_confirm") {
            return Some(*self.lot.pick(&["1", "1", "1", "2", "", "7"]));
        }
        if asks("callback_type") {
            return Some(*self.lot.pick(&["20333333#", "20333333#", "*20333333#", "112#", ""]));
        }
        asks("callback_offer").then(|| *self.lot.pick(&["1", "1", "", "4"]))
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

    /// One key after the other.
    fn types(&mut self, leg: LegId, keys: &str, at: Moment) {
        let mut when = at + self.lot.millis(100, 9_000);
        for key in keys.chars() {
            self.soon(when, Duration::ZERO, Happening::KeyHeard(leg, key));
            when = when + self.lot.millis(50, 1_500);
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

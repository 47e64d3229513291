//! What a large crowd needs beyond the small house: room, numbers to ring from, keys, and phones that we call outside.
//! Holds no expectation.

use bytes::Bytes;
use centre::{Input, SrtpRules};
use media::MediaEvent;
use model::{About, CallId, Caller, LegCommand, LegEvent, LegId, PhoneNumber, What};
use routing::Limits;

use crate::house::{House, SESSION, SMALL};

impl House {
    /// One shard with this plan, and room for so many calls.
    pub(crate) fn of_crowd(text: &str, calls_max: usize) -> Self {
        let limits = Limits { tickets: 2 * calls_max, ..SMALL };
        Self::of_size(1, text, &SrtpRules::default(), (limits, calls_max))
    }

    /// A citizen rings, whose number is known.
    pub(crate) fn rings_from(&mut self, shard: u8, number: &str, from: &str) -> LegId {
        let caller = Caller::Number(PhoneNumber::parse(from).expect("a number"));
        let leg = self.arrives_from(shard, number, (caller, SESSION));
        self.rest();
        leg
    }

    /// A key, told in the sound.
    pub(crate) fn presses(&mut self, leg: LegId, digit: char) {
        self.give(leg.shard().0, Input::Media(MediaEvent::Digit { leg, digit }));
        self.rest();
    }

    /// The call that arrived last.
    pub(crate) fn newest_call(&self) -> CallId {
        let arrived = self.told.facts.iter().rev().find(|fact| matches!(fact.what, What::CallArrived { .. }));
        match arrived.map(|fact| &fact.about) {
            Some(About::Call { call, .. }) => *call,
            Some(About::Agent { .. } | About::Node) | None => panic!("nobody has rung"),
        }
    }

    /// The phone outside that was called last.
    pub(crate) fn outside(&self) -> Option<LegId> {
        let outside = |command: &&LegCommand| matches!(command, LegCommand::CallOut { .. });
        self.told.legs.iter().rev().find(outside).map(LegCommand::leg)
    }

    /// It is answered.
    pub(crate) fn answers(&mut self, leg: LegId) {
        self.leg(LegEvent::Answered { leg, session: Bytes::from_static(SESSION) });
    }
}

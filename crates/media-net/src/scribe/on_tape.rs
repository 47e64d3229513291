//! What a tape of the scribe holds: a talk of two, or a citizen's message.
//! Knows that both are heard, rolled and ended alike; not where their bytes go.

use media::{MessageReel, Reel, Taped};
use model::{Moment, RecordingId};

use super::feed::Begun;
use super::strip::TapeNo;

/// What is on the tape.
pub(super) enum OnTape {
    Talk(RecordingId, Box<Reel>),
    Message(Box<MessageReel>),
}

impl OnTape {
    pub(super) fn new(tape: &Begun, number: TapeNo) -> Self {
        match tape {
            Begun::Talk(tape) => {
                let id = tape.recording;
                Self::Talk(id, Box::new(Reel::new(tape.began, &id.to_string(), number.0)))
            }
            Begun::Message(_) => Self::Message(Box::default()),
        }
    }

    pub(super) const fn is_talk(&self) -> bool {
        matches!(self, Self::Talk(..))
    }

    pub(super) fn hear(&mut self, packet: &Taped<'_>) {
        match self {
            Self::Talk(_, reel) => reel.hear(packet),
            Self::Message(reel) => reel.hear(packet),
        }
    }

    pub(super) fn roll(&mut self, to: Moment) {
        match self {
            Self::Talk(_, reel) => reel.roll(to),
            Self::Message(reel) => reel.roll(to),
        }
    }

    pub(super) fn end(&mut self, at: Moment) {
        match self {
            Self::Talk(_, reel) => reel.end(at),
            Self::Message(reel) => reel.end(at),
        }
    }

    pub(super) fn take(&mut self) -> Vec<u8> {
        match self {
            Self::Talk(_, reel) => reel.take(),
            Self::Message(reel) => reel.take(),
        }
    }
}

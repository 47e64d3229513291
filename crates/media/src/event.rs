//! The seam between the centre and the packet workers: what sound tells.
//! A worker tells only what the centre cannot know; what is asked of it is in `command`.

use model::{LegId, RecordingId};

use crate::{PlayNo, StreamEvent, Traffic};

/// What becomes of the tape for a citizen's message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageTold {
    /// There is room for it.
    Ready,
    /// It is kept.
    Kept,
    /// There is no room, or it can't be kept.
    Failed,
}

/// What the packet workers tell.
#[derive(Clone, PartialEq, Debug)]
pub enum MediaEvent {
    /// The port could not be bound: another program has it. The pool lets it rest.
    PortTaken {
        /// Which leg asked.
        leg: LegId,
    },
    /// The clips of a list have ended (or none existed: then at once). Told also when music follows them.
    Played {
        /// Which leg.
        leg: LegId,
        /// Which play.
        play: PlayNo,
    },
    /// A key was pressed (RFC 4733, or in the sound itself while that is listened to), told once for each press.
    Digit {
        /// Which leg.
        leg: LegId,
        /// `0`–`9`, `*`, `#`, `A`–`D`.
        digit: char,
    },
    /// Nothing has come from a watched leg for its `silence_max`.
    Silent {
        /// Which leg.
        leg: LegId,
    },
    /// A measured leg's packets come.
    Comes {
        /// Which leg.
        leg: LegId,
    },
    /// A measured leg was as loud as was asked for.
    Sounds {
        /// Which leg.
        leg: LegId,
    },
    /// A browser whose sound should come, and came, has sent none for some seconds: its page was left, its machine sleeps,
    /// its network changes.
    Away {
        /// Which leg.
        leg: LegId,
    },
    /// One that was away is heard again.
    Back {
        /// Which leg.
        leg: LegId,
    },
    /// A recording can't go on (the disk is full, the archive is gone): nothing more is written to it. Told once; the talk
    /// goes on.
    RecordingFailed {
        /// The citizen's leg.
        leg: LegId,
        /// Which recording.
        recording: RecordingId,
    },
    /// Something became of the tape for a citizen's message.
    Message {
        /// The citizen's leg.
        leg: LegId,
        /// What.
        what: MessageTold,
    },
    /// Something became of the program that is the leg's other side.
    Streamed {
        /// Which leg.
        leg: LegId,
        /// What.
        what: StreamEvent,
    },
    /// The leg's sockets are given back; its port may be used again.
    Closed {
        /// Which leg.
        leg: LegId,
        /// What went through it.
        traffic: Traffic,
    },
}

impl MediaEvent {
    /// The leg that it is about.
    pub const fn leg(&self) -> LegId {
        match self {
            Self::PortTaken { leg }
            | Self::Played { leg, .. }
            | Self::Digit { leg, .. }
            | Self::Silent { leg }
            | Self::Comes { leg }
            | Self::Sounds { leg }
            | Self::Away { leg }
            | Self::Back { leg }
            | Self::RecordingFailed { leg, .. }
            | Self::Message { leg, .. }
            | Self::Streamed { leg, .. }
            | Self::Closed { leg, .. } => *leg,
        }
    }
}

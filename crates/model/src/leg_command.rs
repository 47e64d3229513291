//! The seam between the centre and signalling: what may be asked of a leg, and why one is refused or ended.
//! A closed list; what happens to a leg is in `leg`.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

#[cfg(doc)]
use crate::Refusal;
use crate::{AgentId, Caller, Dialled, LegId};

/// Everything that may be asked of a leg.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LegCommand {
    /// Let an inbound leg hear ringing (180). The shell repeats it each 55 s until the leg is answered (RFC 3261 §13.3.1.1: at least each minute).
    Ring {
        /// Which leg.
        leg: LegId,
    },
    /// Let an inbound leg hear sound before it is answered (183 with our answer to its offer). The later `Answer` repeats the session.
    RingWithSound {
        /// Which leg.
        leg: LegId,
        /// The answer to its offer.
        session: Bytes,
    },
    /// Answer an inbound leg (200).
    Answer {
        /// Which leg.
        leg: LegId,
        /// The answer to its offer, or our offer if it made none.
        session: Bytes,
    },
    /// Refuse an inbound leg that is not answered. The leg is over; no event follows.
    Refuse {
        /// Which leg.
        leg: LegId,
        /// Why, which becomes the status.
        cause: Cause,
    },
    /// Call an agent's phone. Followed by `Ringing`*, then `Answered` or `Refused`.
    CallAgent {
        /// The new leg's number, made by the centre.
        leg: LegId,
        /// Whose phone: its registered contacts, or its fixed one.
        agent: AgentId,
        /// What the phone's display shows.
        shown: Presentation,
        /// Our offer.
        offer: Bytes,
        /// Cancelled and reported as [`Refusal::NoAnswer`] when it rang this long.
        ring_time_max: Duration,
    },
    /// Call a number outside, by the first trunk that can. Followed by `Ringing`*, then `Answered` or `Refused`.
    CallOut {
        /// The new leg's number, made by the centre.
        leg: LegId,
        /// The leg of whom it is called for: the new one has as many hops left as that one, less one (RFC 3261 §20.22), so that
        /// a number which leads back to us doesn't go round for ever. None: it begins here.
        for_leg: Option<LegId>,
        /// The number. The trunk's settings say how it is written.
        number: Dialled,
        /// Whose number is shown; withheld: the trunk's own.
        caller: Caller,
        /// Whether it is an emergency number, which is called whatever the trunk's channels in use.
        emergency: bool,
        /// Our offer.
        offer: Bytes,
        /// Cancelled and reported as [`Refusal::NoAnswer`] when it rang this long.
        ring_time_max: Duration,
    },
    /// The answer to `TransferAsked`.
    AnswerTransfer {
        /// Which leg asked.
        leg: LegId,
        /// Begun (202), or why not.
        answer: Result<(), Cause>,
    },
    /// How a transfer that was begun ended (the last NOTIFY of RFC 3515 §2.4.4). Also after the leg has hung up: then nothing is said.
    TellTransfer {
        /// Which leg asked.
        leg: LegId,
        /// Done (200), or why not.
        end: Result<(), Cause>,
    },
    /// End a leg in whatever state it is: CANCEL, BYE or a refusal. `Ended` (or `Refused`) follows when it is over for the other side too.
    HangUp {
        /// Which leg.
        leg: LegId,
        /// Why.
        cause: Cause,
    },
    /// The answer (or our offer) to `SessionOffered`.
    AcceptSession {
        /// Which leg.
        leg: LegId,
        /// The session.
        session: Bytes,
    },
    /// `SessionOffered` can't be accepted (488); the session stays as it was.
    RejectSession {
        /// Which leg.
        leg: LegId,
    },
}

impl LegCommand {
    /// The leg that it is for.
    pub const fn leg(&self) -> LegId {
        match self {
            Self::Ring { leg }
            | Self::RingWithSound { leg, .. }
            | Self::CallOut { leg, .. }
            | Self::AnswerTransfer { leg, .. }
            | Self::TellTransfer { leg, .. }
            | Self::Answer { leg, .. }
            | Self::Refuse { leg, .. }
            | Self::CallAgent { leg, .. }
            | Self::HangUp { leg, .. }
            | Self::AcceptSession { leg, .. }
            | Self::RejectSession { leg } => *leg,
        }
    }
}

/// What the agent's phone shows while it rings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Presentation {
    /// Who rings, in From and `P-Asserted-Identity`; anonymous when withheld.
    pub caller: Caller,
    /// Municipality and line, the display name: `Aarhus: Pas og kørekort`.
    pub title: Arc<str>,
    /// Whether the agent's talk goes on with it, whose phone has been lost: one that can should answer by itself.
    pub goes_on: bool,
}

/// Why we refuse or end a leg. One table in the SIP shell turns it into status and Reason (RFC 3326).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// The normal end of a call (Q.850 cause 16).
    Normal,
    /// Nobody has that number (404, cause 1).
    UnknownNumber,
    /// The line is closed and said so (480, cause 31 "normal, unspecified").
    Closed,
    /// The queue is full (486, cause 17).
    Full,
    /// The party that was called is busy (486, cause 17).
    Busy,
    /// The party that was called does not want to, or did not answer (603, cause 21; 480, cause 19).
    Declined,
    /// Not allowed: a number that agents may not call, a transfer to a closed line (403, cause 21).
    NotAllowed,
    /// The wait was longer than the line allows (480, cause 19).
    GaveUp,
    /// No codec in common, or a session that can't be read (488, cause 88).
    NotAcceptable,
    /// The sound is not encrypted, and must be by our settings (488, cause 88).
    SoundOpen,
    /// The sound is encrypted, and may not be by our settings (488, cause 88).
    SoundSealed,
    /// Too much to do just now: 503 with a randomised Retry-After (cause 42).
    Overloaded,
    /// A fault of ours (500, cause 41).
    Fault,
    /// The citizen has gone: an agent's phone stops ringing (cause 16).
    CallerGone,
    /// The node is draining: 503 (cause 41).
    Draining,
    /// The other leg or the sound was lost (cause 27).
    PeerLost,
}

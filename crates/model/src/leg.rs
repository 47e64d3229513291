//! The seam between signalling and the centre: what happens to a leg, and what may be asked of it.
//!
//! Two closed lists. Session descriptions (SDP) pass as bytes: the signalling shell never reads them,
//! only `media` does. One leg is one party's dialog with us, from first ring to last goodbye.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::{AgentId, Caller, Dialled, LegId, TrunkId};

/// A citizen's call, as it comes in from a trunk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// The leg that it came on.
    pub leg: LegId,
    /// The trunk that brought it.
    pub trunk: TrunkId,
    /// The user part of the Request-URI; an `Err` text would be refused before it gets here.
    pub dialled: Dialled,
    /// Numbers that may tell the municipality when the line is shared, in the order of trust:
    /// History-Info (oldest first), Diversion (bottom-most first), P-Called-Party-ID, To.
    pub reached_by: Vec<Dialled>,
    /// Who rings.
    pub caller: Caller,
    /// The session offered; none when the trunk wants us to offer.
    pub offer: Option<Bytes>,
}

/// A call that an agent's phone makes; it has proved by its password whose phone it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AgentCall {
    /// The leg that it came on.
    pub leg: LegId,
    /// Whose phone.
    pub agent: AgentId,
    /// Whom it calls.
    pub to: CalledParty,
    /// The session offered; none when the phone wants us to offer.
    pub offer: Option<Bytes>,
}

/// Whom an agent's phone calls, or hands a call over to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CalledParty {
    /// A number: a line of ours, or somebody outside.
    Number(Dialled),
    /// A colleague, by the id that is also the phone's user name.
    Agent(AgentId),
}

/// To whom the party at the other end of a leg is to be handed over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TransferTo {
    /// Somebody who is not called yet (blind transfer, RFC 5589 §6).
    Party(CalledParty),
    /// The party of another leg of the same phone and shard (attended transfer: Replaces, RFC 3891, RFC 5589 §7).
    Leg(LegId),
}

/// Everything that can happen to a leg.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LegEvent {
    /// A citizen rings. The leg is alive until `Ended`, or until we refuse it.
    Arrived(Arrival),
    /// An agent's phone calls somebody. The leg is alive until `Ended`, or until we refuse it.
    AgentCalls(AgentCall),
    /// The phone that we call rings, perhaps with early sound.
    Ringing {
        /// Which leg.
        leg: LegId,
        /// Its session, if early media was described.
        session: Option<Bytes>,
    },
    /// The phone that we called was answered.
    Answered {
        /// Which leg.
        leg: LegId,
        /// The answer to our offer; empty when the phone sent none.
        session: Bytes,
    },
    /// The phone that we called will not be answered; the leg is over.
    Refused {
        /// Which leg.
        leg: LegId,
        /// Why.
        why: Refusal,
    },
    /// Our answer to an inbound leg was acknowledged (ACK).
    Confirmed {
        /// Which leg.
        leg: LegId,
        /// The answer to our offer, where the trunk left the offer to us.
        session: Option<Bytes>,
    },
    /// The other side wants to change the session (re-INVITE, UPDATE): hold, resume, address, codec.
    /// Answered by `AcceptSession` or `RejectSession`.
    SessionOffered {
        /// Which leg.
        leg: LegId,
        /// The new offer; none when the other side wants us to offer.
        offer: Option<Bytes>,
    },
    /// The other side's answer to an offer of ours: in response to an offerless re-INVITE, in a refresh of the session, or before the
    /// answer (PRACK).
    SessionAnswered {
        /// Which leg.
        leg: LegId,
        /// The answer.
        session: Bytes,
    },
    /// A key was pressed (SIP INFO).
    Digit {
        /// Which leg.
        leg: LegId,
        /// `0`–`9`, `*`, `#`, `A`–`D`.
        digit: char,
    },
    /// An agent's phone asks that the party at the other end be handed over (REFER, RFC 3515). Answered by `AnswerTransfer`.
    TransferAsked {
        /// Which leg of the agent's.
        leg: LegId,
        /// To whom.
        to: TransferTo,
    },
    /// The leg is over. The last event of every leg that was not refused.
    Ended {
        /// Which leg.
        leg: LegId,
        /// How.
        why: LegEnd,
    },
}

impl LegEvent {
    /// The leg that it happened to.
    pub const fn leg(&self) -> LegId {
        match self {
            Self::Arrived(arrival) => arrival.leg,
            Self::AgentCalls(call) => call.leg,
            Self::Ringing { leg, .. }
            | Self::Answered { leg, .. }
            | Self::Refused { leg, .. }
            | Self::Confirmed { leg, .. }
            | Self::SessionOffered { leg, .. }
            | Self::SessionAnswered { leg, .. }
            | Self::Digit { leg, .. }
            | Self::TransferAsked { leg, .. }
            | Self::Ended { leg, .. } => *leg,
        }
    }
}

/// Why a phone that we called will not be answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// 486, 600: busy with something else.
    Busy,
    /// 603, 480, 403 and others said by a person or phone that is there.
    Declined,
    /// 408, 487 after our own ring time: nobody took it.
    NoAnswer,
    /// No phone is registered, no answer of any kind, transport failure, 404, 410, 5xx.
    Unreachable,
    /// 415, 488, 606: it cannot speak our session.
    NotAcceptable,
}

/// How a leg that was alive ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LegEnd {
    /// The other side hung up (BYE), or gave up before we answered (CANCEL).
    HungUp,
    /// We hung up, as commanded.
    LetGo,
    /// Our answer was never acknowledged (64·T1, RFC 3261 §13.3.1.4).
    NeverConfirmed,
    /// The session timer ran out (RFC 4028 §10), or a request inside the dialog met 408 or 481.
    Lost,
}

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

//! The seam between signalling and the centre: what happens to a leg. What may be asked of one is in `leg_command`.
//!
//! A closed list. Session descriptions (SDP) pass as bytes: the signalling shell never reads them,
//! only `media` does. One leg is one party's dialog with us, from first ring to last goodbye.

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
    /// A colleague, by the id that is also the phone's user name; or an entry of the directory, whose ids are none of agents'.
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

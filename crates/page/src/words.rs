//! What pages say and are told. Session descriptions pass as bytes.
//! Knows words; doesn't know when they are said.

use bytes::Bytes;
use model::{AgentId, CalledParty, LegEvent, LegId, Presentation};

/// Something that an agent's page says about one of its legs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Says {
    /// Whose page, as its token proves.
    pub agent: AgentId,
    /// Which leg; one that isn't that agent's is passed over.
    pub leg: LegId,
    /// What.
    pub said: Said,
}

/// What a page can say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// The agent takes the call: the answer to the offer that it rang with.
    Answer(Bytes),
    /// The page has come back, or its network has changed: a new session for a call that goes on.
    Offer {
        /// The page's own number for it, which the answer repeats.
        number: u32,
        /// The offer.
        session: Bytes,
    },
    /// The agent declines what rings, or hangs up.
    End,
}

/// An agent's page calls somebody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calls {
    /// Whose page, as its token proves.
    pub agent: AgentId,
    /// The page's own number for it, which is repeated until the leg is known.
    pub number: u32,
    /// Whom.
    pub to: CalledParty,
    /// The offer.
    pub session: Bytes,
}

/// Something that an agent's page is told about one of its legs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tells {
    /// Whose page.
    pub agent: AgentId,
    /// Which leg.
    pub leg: LegId,
    /// What.
    pub told: Told,
}

/// What a page can be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// Somebody calls; also told to a page that comes while it rings.
    Rings {
        /// Our offer.
        offer: Bytes,
        /// What is shown.
        shown: Presentation,
    },
    /// The page's own call has begun, and this is its leg.
    Called {
        /// The call's number.
        number: u32,
    },
    /// The page's own call was answered.
    Taken,
    /// A page has come, and this call was answered before: it should offer a new session.
    GoesOn,
    /// The answer to the page's offer, or to its call.
    Accepted {
        /// The offer's number.
        number: u32,
        /// Our answer.
        session: Bytes,
    },
    /// The page's offer can't be accepted; what was agreed before stands.
    Rejected {
        /// The offer's number.
        number: u32,
    },
    /// It rings no longer, or the call is over.
    Over,
}

/// What follows from a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PageOut {
    /// For the centre.
    Leg(LegEvent),
    /// For the agent's page.
    Tell(Tells),
}

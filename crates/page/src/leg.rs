//! One leg to an agent's page: it rings there or calls from there, and then it is talked in.
//! Knows its own stage; doesn't know whether the page is there.

use bytes::Bytes;
use model::{AgentId, Moment, Presentation};

use crate::words::Told;

/// A leg.
#[derive(Clone, Debug)]
pub(crate) struct PageLeg {
    pub(crate) agent: AgentId,
    pub(crate) stage: Stage,
}

/// Where a leg is.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// It rings until then.
    Rings { offer: Bytes, shown: Presentation, until: Moment },
    /// The agent calls somebody; whether the answer to the offer of that number was told already, with early sound.
    Calls { number: u32, accepted: bool },
    /// It was answered. The number of the page's offer that the centre has not answered yet; a newer one replaces it.
    Talks { offered: Option<u32> },
}

impl PageLeg {
    /// What a page that has just come is told of it.
    pub(crate) fn told_anew(&self) -> Told {
        match &self.stage {
            Stage::Rings { offer, shown, .. } => Told::Rings { offer: offer.clone(), shown: shown.clone() },
            // A call that nobody has answered yet ends with its page; so does what is told here.
            Stage::Calls { .. } => Told::Over,
            Stage::Talks { .. } => Told::GoesOn,
        }
    }
}

//! What happens to a citizen who chose to be called back: the words of the facts.
//! Knows no number: whom is called stands in the table of persons, as for every caller.

use crate::{BookedSlot, OfferEnd};

/// Something about calling a citizen back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallbackFact {
    /// The waiting citizen was told that it is possible; noted once a call.
    Offered,
    /// The citizen has confirmed a number: the place in the queue is kept, and nobody has to stay on the phone for it.
    Promised,
    /// The citizen has chosen a time and confirmed a number: no place is kept until then.
    Booked {
        /// When.
        slot: BookedSlot,
    },
    /// An agent is there, and the citizen's phone is called.
    Called {
        /// For the how-manieth time, from 1.
        attempt: u8,
    },
    /// It was not answered.
    NotReached {
        /// Why.
        why: OfferEnd,
    },
    /// The node that promised it has ended; this one keeps the promise.
    Resumed,
}

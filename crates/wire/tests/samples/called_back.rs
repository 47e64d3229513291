//! What happens to callbacks, one of each kind.
//! Knows facts alone; where they stand among the others is `mod`'s.

use model::{BookedSlot, CallbackFact, Moment, OfferEnd};

/// Those that were there first.
pub(super) fn all() -> [(&'static str, CallbackFact); 5] {
    [
        ("callback_offered", CallbackFact::Offered),
        ("callback_promised", CallbackFact::Promised),
        ("callback_called", CallbackFact::Called { attempt: 3 }),
        ("callback_not_reached", CallbackFact::NotReached { why: OfferEnd::NoAnswer }),
        ("callback_resumed", CallbackFact::Resumed),
    ]
}

/// A time that was chosen.
pub(super) fn booked() -> CallbackFact {
    let (from, until) = (Moment::from_secs(1_772_449_200), Moment::from_secs(1_772_451_000));
    CallbackFact::Booked { slot: BookedSlot { from, until } }
}

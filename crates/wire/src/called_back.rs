//! What happens to callbacks, on the wire and back.
//! Knows numbers and names; a number that nobody knows is told, never guessed.

use model::{BookedSlot, CallbackFact, Moment};

use crate::bits::{offer_end_from, offer_end_to};
use crate::pen::Pen;
use crate::read::BadFact;
use crate::v1;
use crate::v1::CallbackKind as Kind;

pub(crate) fn write_callback(pen: &mut Pen<'_>, what: CallbackFact) {
    let kind = match what {
        CallbackFact::Offered => Kind::Offered,
        CallbackFact::Promised => Kind::Promised,
        CallbackFact::Called { .. } => Kind::Called,
        CallbackFact::NotReached { .. } => Kind::NotReached,
        CallbackFact::Resumed => Kind::Resumed,
        CallbackFact::Booked { .. } => Kind::Booked,
    };
    pen.number(1, kind as u64);
    match what {
        CallbackFact::Called { attempt } => pen.number(2, u64::from(attempt)),
        CallbackFact::NotReached { why } => pen.number(3, offer_end_to(why) as u64),
        CallbackFact::Booked { slot } => {
            pen.signed(4, slot.from.as_micros());
            pen.signed(5, slot.until.as_micros());
        }
        CallbackFact::Offered | CallbackFact::Promised | CallbackFact::Resumed => {}
    }
}

pub(crate) fn read_callback(it: v1::Callback) -> Result<CallbackFact, BadFact> {
    Ok(match Kind::try_from(it.kind) {
        Ok(Kind::Offered) => CallbackFact::Offered,
        Ok(Kind::Promised) => CallbackFact::Promised,
        Ok(Kind::Called) => {
            CallbackFact::Called { attempt: it.attempt.try_into().map_err(|_| BadFact::BadValue("callback.attempt"))? }
        }
        Ok(Kind::NotReached) => {
            CallbackFact::NotReached { why: offer_end_from(it.why).ok_or(BadFact::BadValue("callback.why"))? }
        }
        Ok(Kind::Resumed) => CallbackFact::Resumed,
        Ok(Kind::Booked) => CallbackFact::Booked {
            slot: BookedSlot { from: Moment::from_micros(it.from_us), until: Moment::from_micros(it.until_us) },
        },
        Ok(Kind::Unspecified) | Err(_) => return Err(BadFact::BadValue("callback.kind")),
    })
}

//! A citizen whom no line can serve is led to somebody outside, by an entry of the directory: with no agent in the call.
//!
//! A place outside that sends its callers back to us would lead them round: so many go there at once, and nobody who rings as
//! whom we show there. Knows numbers and bounds; what may follow is the journey's.

use journey::Event;
use model::{CallId, Caller, Moment, Refusal};

use crate::call::{Call, Outgoing};
use crate::centre::Centre;
use crate::output::Output;
use crate::own_calls;

/// Calls of one shard that are led to the same number at once; the next is told that nobody answers.
const LED_MAX: usize = 32;

/// Calls the entry's number.
pub(crate) fn call_entry(
    centre: &mut Centre,
    id: CallId,
    entry: &str,
    at: Moment,
    out: &mut Vec<Output>,
) -> Option<Event> {
    let call = centre.calls.get(&id)?;
    let Some((_, number)) = call.plan.leads_outside_at(entry, at) else { return Some(Event::AgentNotReachable) };
    let is_there = |other: &&Call| {
        let to = other.outgoing.as_deref();
        let same = matches!(to, Some(Outgoing::Outside { number: theirs, .. }) if theirs == number);
        same && other.id != id && other.journey.is_led_outside()
    };
    let led = centre.calls.values().filter(is_there).count();
    let caller = call.plan.shown_calling_back(call.journey.municipality(), call.journey.line());
    // It comes back as whom we showed there; citizens behind one number are others.
    let is_whom_we_show = |shown: &Caller| matches!(shown, Caller::Number(_)) && *shown == call.caller;
    let showed = |other: &Call| match other.outgoing.as_deref() {
        Some(Outgoing::Outside { caller, .. }) => is_whom_we_show(caller),
        Some(Outgoing::Colleague(_)) | None => false,
    };
    if led >= LED_MAX || is_whom_we_show(&caller) || centre.calls.values().filter(is_there).any(showed) {
        return Some(Event::AgentRefused(Refusal::Busy));
    }
    let number = number.clone();
    let call = centre.calls.get_mut(&id)?;
    call.outgoing = Some(Box::new(Outgoing::Outside { number, caller, emergency: false }));
    own_calls::call_out(centre, id, at, out)
}

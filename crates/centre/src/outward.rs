//! A citizen whom no line can serve is led to somebody outside, by an entry of the directory: with no agent in the call.
//!
//! A place outside that sends its callers back to us would lead them round: so many go there at once, and each number once. Knows
//! numbers and bounds; what may follow is the journey's.

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
    let goes_round = |other: &Call| matches!(call.caller, Caller::Number(_)) && other.caller == call.caller;
    if led >= LED_MAX || centre.calls.values().filter(is_there).any(goes_round) {
        return Some(Event::AgentRefused(Refusal::Busy));
    }
    let (number, line) = (number.clone(), call.journey.line());
    let caller = call.plan.shown_calling_back(call.journey.municipality(), line);
    let call = centre.calls.get_mut(&id)?;
    call.outgoing = Some(Box::new(Outgoing::Outside { number, caller, emergency: false }));
    own_calls::call_out(centre, id, at, out)
}

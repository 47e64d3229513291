//! A talk on tape: what the packet workers are told of recordings, and what they tell.
//! Knows legs; when something is recorded is the journey's (`recording`), what becomes of it the archive's.

use journey::{Event, Recording, RecordingEvent};
use media::MediaCommand;
use model::{CallId, Caller, LegId, Moment, PersonRef, RecordingId};

use crate::call::Call;
use crate::centre::Centre;
use crate::floor;
use crate::output::Output;

/// Records the citizen, and whoever the citizen hears, from now on. The next event if a phone holds already.
pub(crate) fn record(
    centre: &Centre,
    id: CallId,
    recording: Recording,
    at: Moment,
    out: &mut Vec<Output>,
) -> Option<Event> {
    let call = centre.calls.get(&id)?;
    let tape = recording.tape(id, person(call), at);
    out.push(Output::Media(MediaCommand::Record { leg: call.citizen.leg, tape: Box::new(tape) }));
    is_on_hold(call).then_some(Event::Recording(RecordingEvent::OnHold(true)))
}

/// Tells the worker of the citizen's leg, if it has room there.
pub(crate) fn tell(centre: &Centre, id: CallId, what: impl FnOnce(LegId) -> MediaCommand, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get(&id) else { return };
    if call.citizen.sound.room.is_some() {
        out.push(Output::Media(what(call.citizen.leg)));
    }
}

/// A phone holds, or listens again.
pub(crate) fn held(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) {
    let Some(holds) = centre.calls.get(&id).map(is_on_hold) else { return };
    floor::step(centre, id, Event::Recording(RecordingEvent::OnHold(holds)), at, out);
}

/// The archive could not take a recording.
pub(crate) fn failed(centre: &mut Centre, leg: LegId, recording: RecordingId, at: Moment, out: &mut Vec<Output>) {
    if centre.legs.get(&leg) == Some(&recording.call) {
        let event = Event::Recording(RecordingEvent::Failed(recording.number));
        floor::step(centre, recording.call, event, at, out);
    }
}

/// Whether one of the two who talk listens no more.
fn is_on_hold(call: &Call) -> bool {
    let holds = |sound: Option<media::Sound>| sound.is_some_and(|sound| !sound.send);
    holds(call.citizen.sound.settled) || call.partner().is_some_and(|partner| holds(partner.sound.settled))
}

/// The reference under which the caller's number is kept: it is the call's own.
fn person(call: &Call) -> Option<PersonRef> {
    match call.caller {
        Caller::Withheld => None,
        Caller::Number(_) | Caller::Text(_) => Some(PersonRef(call.id.bits())),
    }
}

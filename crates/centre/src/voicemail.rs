//! A citizen's message: what the packet workers are told of it, and what they tell.
//! Knows who rings and for which mailbox; when a message begins and ends is the journey's, what becomes of it its keeper's.

use journey::{Event, MessageEvent, Stage};
use media::{Level, MediaCommand, MessageTold};
use model::{CallId, LegId, MessageTape, Moment};
use plan::MailboxNo;

use crate::centre::Centre;
use crate::floor;
use crate::output::Output;

/// As loud as a voice at least; a quiet room and a bad line stay below.
const VOICE: Level = Level::dbov(-45);

/// Makes room for a message. Without sound there is none.
pub(crate) fn take(
    centre: &Centre,
    id: CallId,
    mailbox: MailboxNo,
    at: Moment,
    out: &mut Vec<Output>,
) -> Option<Event> {
    let call = centre.calls.get(&id)?;
    let (plan, journey) = (&call.plan, &call.journey);
    let Some(mailbox) = plan.mailboxes.get(mailbox.at()).filter(|_| call.citizen.sound.settled.is_some()) else {
        return Some(Event::Message(MessageEvent::Failed));
    };
    let message = MessageTape {
        call: id,
        mailbox: mailbox.id.clone(),
        title: mailbox.title.clone(),
        line: plan.lines[journey.line().at()].id.clone(),
        municipality: mailbox.municipality.or(journey.municipality()),
        caller: call.caller.clone(),
        began: at,
        due: plan.answer_until(mailbox, at),
        keep_days: mailbox.keep_days,
        messages_max: mailbox.messages_max,
        mail: mailbox.mail.clone(),
    };
    out.push(Output::Media(MediaCommand::TakeMessage { leg: call.citizen.leg, message: Box::new(message) }));
    None
}

/// Whether a voice is to be told of.
pub(crate) fn listen(leg: LegId, on: bool) -> MediaCommand {
    MediaCommand::Measure { leg, loud: on.then_some(VOICE) }
}

/// The citizen has gone, and the leg is about to be closed: its message ends before.
pub(crate) fn citizen_leaves(centre: &Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get(&id) else { return };
    if *call.journey.stage() == Stage::Voicemail && call.citizen.sound.room.is_some() {
        let keep = call.journey.has_left_message();
        out.push(Output::Media(MediaCommand::EndMessage { leg: call.citizen.leg, keep }));
    }
}

/// The packet workers tell something of it.
pub(crate) fn told(centre: &mut Centre, leg: LegId, what: MessageTold, at: Moment, out: &mut Vec<Output>) {
    let event = match what {
        MessageTold::Ready => MessageEvent::Ready,
        MessageTold::Kept => MessageEvent::Kept,
        MessageTold::Failed => MessageEvent::Failed,
    };
    step(centre, leg, event, at, out);
}

/// A leg was as loud as was asked for. False: it speaks no message.
pub(crate) fn sounds(centre: &mut Centre, leg: LegId, at: Moment, out: &mut Vec<Output>) -> bool {
    let call = centre.legs.get(&leg).and_then(|call| centre.calls.get(call));
    let speaks = call.is_some_and(|call| call.citizen.leg == leg && *call.journey.stage() == Stage::Voicemail);
    if speaks {
        step(centre, leg, MessageEvent::Voice, at, out);
    }
    speaks
}

fn step(centre: &mut Centre, leg: LegId, event: MessageEvent, at: Moment, out: &mut Vec<Output>) {
    if let Some(call) = centre.legs.get(&leg).copied() {
        floor::step(centre, call, Event::Message(event), at, out);
    }
}

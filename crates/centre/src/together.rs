//! Who hears whom: two legs joined, a citizen left alone with us, and sound that comes before an answer.
//! Knows ports and sessions that are there; settles none after an answer (`sound`).

use std::net::SocketAddr;

use media::{LocalSession, MediaCommand, Place, read_answer};
use model::{CallId, LegCommand, LegId, Moment};

use crate::call::LegSound;
use crate::centre::Centre;
use crate::output::Output;
use crate::sound::{OURS, WAITING_SILENCE_FACTOR};

/// Two legs that are settled hear each other from now on, and are watched.
pub(crate) fn join(centre: &Centre, (a, b): (LegId, LegId), out: &mut Vec<Output>) {
    out.push(Output::Media(MediaCommand::Join { a, b }));
    for leg in [a, b] {
        let silence_max = Some(centre.settings.silence_max);
        out.push(Output::Media(MediaCommand::Watch { leg, silence_max }));
    }
}

/// The citizen is alone with us, and may be silent for longer.
pub(crate) fn citizen_waits(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let silence_max = centre.settings.silence_max * WAITING_SILENCE_FACTOR;
    let Some(call) = centre.calls.get(&id) else { return };
    let (leg, sound) = (call.citizen.leg, &call.citizen.sound);
    // Who holds us may be silent for as long as they like.
    let holds = sound.settled.is_some_and(|settled| !(settled.send && settled.receive));
    if sound.port.is_none() {
        return;
    }
    out.push(Output::Media(MediaCommand::Part { leg }));
    if !holds {
        out.push(Output::Media(MediaCommand::Watch { leg, silence_max: Some(silence_max) }));
    }
}

/// Whom an agent calls sends sound before the answer (a tone, an announcement): the agent hears it.
pub(crate) fn early(centre: &mut Centre, id: CallId, session: &[u8], at: Moment, out: &mut Vec<Output>) -> Option<()> {
    let theirs = read_answer(session).ok()?;
    let call = centre.calls.get(&id)?;
    let offer = call.citizen.offer.clone().filter(|_| call.citizen.early.is_none())?;
    let port = centre.ports.take(at)?;
    let local = SocketAddr::new(centre.settings.media_address, port);
    let call = centre.calls.get_mut(&id)?;
    let mut ours = LocalSession::new(call.citizen.leg);
    let Ok((description, settled)) = ours.answer(&offer, local, &OURS, Some(theirs.codec)) else {
        centre.ports.give_back(port);
        return None;
    };
    let (citizen, agent) = (&mut call.citizen, call.agent.as_mut()?);
    citizen.offer = None;
    citizen.sound = LegSound { port: Some(port), local: Some(ours), settled: Some(settled), plays: 0 };
    citizen.early = Some(description.clone());
    agent.sound.settled = Some(theirs);
    let leg = citizen.leg;
    out.push(Output::Media(MediaCommand::Open { leg, place: Place::Pair(port) }));
    out.push(Output::Media(MediaCommand::Settle { leg, sound: settled }));
    out.push(Output::Media(MediaCommand::Settle { leg: agent.leg, sound: theirs }));
    out.push(Output::Leg(LegCommand::RingWithSound { leg, session: description }));
    out.push(Output::Media(MediaCommand::Join { a: leg, b: agent.leg }));
    Some(())
}

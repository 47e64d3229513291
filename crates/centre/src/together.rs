//! Who hears whom: two legs joined, a citizen left alone with us, and sound that comes before an answer.
//! Knows ports and sessions that are there; settles none after an answer (`sound`).

use media::MediaCommand;
use model::{CallId, LegCommand, LegId, Moment};

use crate::call::AgentLeg;
use crate::centre::Centre;
use crate::leg_sound::LegSound;
use crate::output::Output;
use crate::room::{give_back, make_room, open, tell_settled};
use crate::sound::WAITING_SILENCE_FACTOR;

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
    if sound.room.is_none() {
        return;
    }
    out.push(Output::Media(MediaCommand::Part { leg }));
    if !holds {
        out.push(Output::Media(MediaCommand::Watch { leg, silence_max: Some(silence_max) }));
    }
}

/// The citizen hears the agent again, and no music; unless the agent's phone has put them on hold meanwhile.
pub(crate) fn hear_agent(centre: &Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get(&id) else { return };
    let holds = |agent: &AgentLeg| agent.sound.settled.is_some_and(|settled| !settled.send);
    if !call.partner().is_some_and(holds) {
        out.push(Output::Media(MediaCommand::Hush { leg: call.citizen.leg }));
    }
}

/// Nobody hears the agent, or everybody again.
pub(crate) fn mute(centre: &Centre, id: CallId, muted: bool, out: &mut Vec<Output>) {
    if let Some(agent) = centre.calls.get(&id).and_then(|call| call.partner()) {
        out.push(Output::Media(MediaCommand::Mute { leg: agent.leg, muted }));
    }
}

/// Whom an agent calls sends sound before the answer (a tone, an announcement): the agent hears it.
pub(crate) fn early(centre: &mut Centre, id: CallId, session: &[u8], at: Moment, out: &mut Vec<Output>) -> Option<()> {
    let call = centre.calls.get_mut(&id)?;
    let called = call.agent.as_mut()?;
    let theirs = called.sound.local.as_mut()?.answered(&centre.settings.sound, session).ok()?;
    let agent = called.leg;
    let offer = call.citizen.offer.clone().filter(|_| call.citizen.early.is_none())?;
    let (leg, far) = (call.citizen.leg, call.citizen.far);
    let (room, mut ours) = make_room(centre, leg, far, at)?;
    let prefer = Some(theirs.sound.codec);
    let Ok(answered) = ours.answer(&centre.settings.sound, &offer, room.port(), prefer) else {
        give_back(centre, room);
        return None;
    };
    open(centre, leg, room, &ours, out);
    let description = answered.description;
    let settled = Some(tell_settled(leg, answered.settled, out));
    let theirs = tell_settled(agent, theirs, out);
    let call = centre.calls.get_mut(&id)?;
    call.citizen.offer = None;
    call.citizen.sound = LegSound { room: Some(room), local: Some(ours), settled, ..LegSound::default() };
    call.citizen.early = Some(description.clone());
    call.agent.as_mut()?.sound.settled = Some(theirs);
    out.push(Output::Leg(LegCommand::RingWithSound { leg, session: description }));
    out.push(Output::Media(MediaCommand::Join { a: leg, b: agent }));
    Some(())
}

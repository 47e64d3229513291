//! A citizen who is called back: the promised number, the leg to the citizen's phone, and the agent who waits for it.
//!
//! The agent's conversation begins, for seat and desk, when the agent is there; what comes of it is the journey's.

use journey::{CallbackEvent, Event};
use media::{Codec, FarEnd, MediaCommand, Playlist};
use model::{CallId, Caller, Cause, Dialled, LegCommand, LegId, LegSide, Moment, PromptName, Refusal};

use crate::call::CitizenLeg;
use crate::centre::Centre;
use crate::output::Output;
use crate::{claims, floor, proof, room, together};

/// What an agent hears while the citizen's phone is called.
const RINGING: &str = "ringing";

/// From now on the number that was confirmed is the caller's: the agent sees it, and it is what is called.
pub(crate) fn promise(centre: &mut Centre, id: CallId) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    if let Some(number) = call.journey.number_to_call() {
        call.caller = Caller::Number(number.clone());
    }
}

/// The agent is there: the claim is a conversation from now on, and the citizen's phone is called.
pub(crate) fn call_citizen(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) -> Option<Event> {
    claims::commit(centre, id, at, out);
    ring_to_agent(centre, id, out);
    let call = centre.calls.get(&id)?;
    let codec = call.agent.as_ref()?.sound.settled.map(|sound| sound.codec);
    let number = call.journey.number_to_call()?;
    let number = Dialled::from_kept(number.reveal()).ok()?;
    let caller = call.plan.shown_calling_back(call.journey.municipality(), call.journey.line());
    let ring_time_max = call.plan.dialling.ring_time_max;
    centre.counters.legs += 1;
    let leg = LegId::new(centre.settings.shard, LegSide::Outbound, centre.counters.legs);
    let far = FarEnd::Phone(centre.settings.srtp.outside);
    let Some((place, session)) = room::make_room(centre, leg, far, at) else {
        return Some(Event::CitizenNotAnswerable(Cause::Overloaded));
    };
    room::open(centre, leg, place, &session, out);
    let preferred: Vec<Codec> = codec.into_iter().collect();
    let (sound, offer) = room::offer(centre, preferred, (place, session));
    centre.legs.insert(leg, id);
    let call = centre.calls.get_mut(&id)?;
    call.citizen = CitizenLeg { leg, sound, offer: None, far, alive: true, early: None };
    let (for_leg, emergency) = (None, false);
    out.push(Output::Leg(LegCommand::CallOut { leg, for_leg, number, caller, emergency, offer, ring_time_max }));
    None
}

/// The agent hears that it rings.
fn ring_to_agent(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(agent) = centre.calls.get_mut(&id).and_then(|call| call.agent.as_mut()) else { return };
    agent.sound.plays += 1;
    let (leg, play) = (agent.leg, media::PlayNo(agent.sound.plays));
    let list = Playlist::music(PromptName::new(RINGING));
    out.push(Output::Media(MediaCommand::Play { leg, play, list }));
}

/// The citizen's phone was answered.
pub(crate) fn answered(centre: &mut Centre, id: CallId, session: &[u8], at: Moment, out: &mut Vec<Output>) {
    let Centre { calls, settings, .. } = centre;
    let Some(citizen) = calls.get_mut(&id).map(|call| &mut call.citizen) else { return };
    let local = citizen.sound.local.as_mut();
    let event = match local.and_then(|local| local.answered(&settings.sound, session).ok()) {
        Some(settled) => {
            citizen.sound.settled = Some(room::tell_settled(citizen.leg, settled, out));
            Event::Callback(CallbackEvent::Answered)
        }
        None => Event::CitizenNotAnswerable(Cause::NotAcceptable),
    };
    floor::step(centre, id, event, at, out);
}

/// It will not be answered.
pub(crate) fn refused(centre: &mut Centre, id: CallId, why: Refusal, at: Moment, out: &mut Vec<Output>) {
    floor::citizen_left(centre, id, out);
    floor::step(centre, id, Event::Callback(CallbackEvent::Refused(why)), at, out);
}

/// Both are there.
pub(crate) fn join(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(legs) = joined(centre, id) else { return };
    together::join(centre, legs, out);
    proof::measure(centre, id, out);
}

fn joined(centre: &mut Centre, id: CallId) -> Option<(LegId, LegId)> {
    let call = centre.calls.get_mut(&id)?;
    let agent = call.agent.as_mut()?;
    agent.joined = true;
    Some((call.citizen.leg, agent.leg))
}

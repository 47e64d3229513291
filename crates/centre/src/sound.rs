//! The sound of a call's legs: ports out of the shard's own pool, session descriptions, and what the packet workers
//! are told. No call waits for a worker: the centre picks the port and describes it, the worker binds it meanwhile.

use journey::{CompanyEvent, Event};
use media::{Direction, MediaCommand, MediaEvent, RemoteSession, Settled};
use model::{CallId, Cause, LegCommand, LegId, Moment};

use crate::call::{Call, Side};
use crate::centre::Centre;
use crate::leg_sound::LegSound;
use crate::output::Output;
use crate::proof::TalkSound;
use crate::room::{cause_of, give_back, make_room, open, rest, tell_settled};
use crate::{arrange, bot, company, floor, keys, recall, tape, voicemail};

/// A citizen who only listens may be silent for longer than one who talks: this many times `silence_max`.
pub(crate) const WAITING_SILENCE_FACTOR: u32 = 4;

/// The packet workers tell something.
pub(crate) fn on_media(centre: &mut Centre, event: &MediaEvent, at: Moment, out: &mut Vec<Output>) {
    let leg = event.leg();
    match event {
        MediaEvent::Closed { .. } => {
            if let Some(room) = centre.closing.remove(&leg) {
                give_back(centre, room);
            }
        }
        MediaEvent::PortTaken { .. } => port_taken(centre, leg, at, out),
        MediaEvent::Played { play, .. } => {
            let Some(call) = call_of_mut(centre, leg) else { return };
            if arrange::is_announced(call, leg, *play) {
                let id = call.id;
                floor::step(centre, id, Event::Company(CompanyEvent::AnnouncementOver), at, out);
            } else if call.citizen.leg == leg && call.citizen.sound.plays == play.0 {
                let id = call.id;
                floor::step(centre, id, Event::Said, at, out);
            }
        }
        MediaEvent::Silent { .. } => {
            let Some(call) = call_of(centre, leg) else { return };
            let (id, side) = (call.id, call.side(leg));
            if side.is_beside() {
                return company::lost(centre, (id, side), at, out);
            }
            if side == Side::Citizen && call.journey.agent_is_away() {
                return recall::citizen_is_lost(centre, id, at, out);
            }
            was_heard(centre, leg, |heard| heard.lost = true);
            floor::step(centre, id, recall::is_silent(side), at, out);
        }
        MediaEvent::Away { .. } | MediaEvent::Back { .. } => {
            recall::away_or_back(centre, leg, matches!(event, MediaEvent::Back { .. }), at, out);
        }
        MediaEvent::Streamed { what, .. } => bot::told(centre, leg, *what, at, out),
        MediaEvent::Comes { .. } => comes(centre, leg, at, out),
        MediaEvent::Sounds { .. } if voicemail::sounds(centre, leg, at, out) => {}
        MediaEvent::Message { what, .. } => voicemail::told(centre, leg, *what, at, out),
        MediaEvent::Sounds { .. } => was_heard(centre, leg, |heard| heard.sounds = true),
        MediaEvent::Digit { digit, .. } => keys::heard(centre, leg, *digit, at, out),
        MediaEvent::RecordingFailed { recording, .. } => tape::failed(centre, leg, *recording, at, out),
    }
}

/// Packets come from a leg that somebody asked about.
fn comes(centre: &mut Centre, leg: LegId, at: Moment, out: &mut Vec<Output>) {
    match call_of_mut(centre, leg) {
        Some(call) if call.side(leg) == Side::Returning => recall::comes(centre, leg, at, out),
        Some(call) if call.citizen.leg == leg => call.citizen_comes(),
        Some(_) | None => was_heard(centre, leg, |heard| heard.comes = true),
    }
}

/// Something is known of whether an agent is heard.
fn was_heard(centre: &mut Centre, leg: LegId, note: impl FnOnce(&mut TalkSound)) {
    if let Some(phone) = call_of_mut(centre, leg).and_then(|call| call.called_leg_mut(leg)) {
        note(&mut phone.heard);
    }
}

/// Answers the citizen: a port, a description, a worker that listens. What is impossible is the next event.
pub(crate) fn answer_citizen(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) -> Option<Event> {
    let prefer = centre.calls.get(&id)?.agent.as_ref().and_then(|agent| agent.sound.settled).map(|sound| sound.codec);
    if let Some(citizen) = centre.calls.get_mut(&id).map(|call| &mut call.citizen)
        && let Some(session) = citizen.early.take()
    {
        out.push(Output::Leg(LegCommand::Answer { leg: citizen.leg, session }));
        return None;
    }
    let citizen = &centre.calls.get(&id)?.citizen;
    let (leg, far) = (citizen.leg, citizen.far);
    let Some((room, mut session)) = make_room(centre, leg, far, at) else {
        return Some(Event::CitizenNotAnswerable(Cause::Overloaded));
    };
    let offer = centre.calls.get_mut(&id)?.citizen.offer.take();
    let ours = &centre.settings.sound;
    let (description, settled) = match offer {
        None => (session.offer(ours, room.port(), &ours.codecs, Direction::SendReceive), None),
        Some(offer) => match session.answer(ours, &offer, room.port(), prefer) {
            Ok(answered) => (answered.description, Some(answered.settled)),
            Err(refused) => {
                give_back(centre, room);
                return Some(Event::CitizenNotAnswerable(cause_of(refused)));
            }
        },
    };
    open(centre, leg, room, &session, out);
    let settled = settled.map(|settled| tell_settled(leg, settled, out));
    let citizen = &mut centre.calls.get_mut(&id)?.citizen;
    citizen.sound = LegSound { room: Some(room), local: Some(session), settled, ..std::mem::take(&mut citizen.sound) };
    out.push(Output::Leg(LegCommand::Answer { leg, session: description }));
    None
}

/// The citizen's phone has heard our answer, perhaps with its own answer to our offer.
pub(crate) fn citizen_confirmed(
    centre: &mut Centre,
    id: CallId,
    session: Option<&[u8]>,
    out: &mut Vec<Output>,
) -> Option<Event> {
    let silence_max = centre.settings.silence_max * WAITING_SILENCE_FACTOR;
    let call = centre.calls.get_mut(&id)?;
    let leg = call.citizen.leg;
    if call.citizen.sound.settled.is_none() {
        let ours = &centre.settings.sound;
        let local = call.citizen.sound.local.as_mut();
        let Some(settled) = session.zip(local).and_then(|(answer, local)| local.answered(ours, answer).ok()) else {
            // Answered already, so no longer to be refused.
            return Some(Event::CitizenSoundLost);
        };
        call.citizen.sound.settled = Some(tell_settled(leg, settled, out));
    }
    if call.partner().is_none() {
        out.push(Output::Media(MediaCommand::Watch { leg, silence_max: Some(silence_max) }));
    }
    Some(Event::CitizenConfirmed)
}

/// The agent's phone was answered: its sound is settled, if it is one that we speak.
pub(crate) fn agent_answered(centre: &mut Centre, id: CallId, session: &[u8], out: &mut Vec<Output>) -> Event {
    let agent = centre.calls.get_mut(&id).and_then(|call| call.agent.as_mut());
    let Some(agent) = agent else { return Event::AgentNotReachable };
    if session.is_empty() && agent.sound.settled.is_some() {
        // Described with its ringing already.
        return Event::AgentAnswered;
    }
    let local = agent.sound.local.as_mut();
    let Some(settled) = local.and_then(|local| local.answered(&centre.settings.sound, session).ok()) else {
        return Event::AgentNotReachable;
    };
    agent.sound.settled = Some(tell_settled(agent.leg, settled, out));
    Event::AgentAnswered
}

/// The other side changes its session: hold, resume, another address or codec.
pub(crate) fn session_offered(
    centre: &mut Centre,
    leg: LegId,
    offer: Option<&[u8]>,
    at: Moment,
    out: &mut Vec<Output>,
) {
    let Centre { calls, legs, settings, .. } = centre;
    let ours = &settings.sound;
    let Some(call) = legs.get(&leg).and_then(|call| calls.get_mut(call)) else { return };
    let Some(sound) = call.sound_of(leg) else {
        out.push(Output::Leg(LegCommand::RejectSession { leg }));
        return;
    };
    let (Some(room), Some(session)) = (sound.room, sound.local.as_mut()) else { return };
    let Some(offer) = offer else {
        let session = session.offer(ours, room.port(), &ours.codecs, Direction::SendReceive);
        out.push(Output::Leg(LegCommand::AcceptSession { leg, session }));
        return;
    };
    let prefer = sound.settled.map(|settled| settled.codec);
    let offer = RemoteSession::parse(offer).ok();
    match offer.and_then(|offer| session.answer(ours, &offer, room.port(), prefer).ok()) {
        Some(answered) => {
            out.push(Output::Leg(LegCommand::AcceptSession { leg, session: answered.description }));
            settle(centre, leg, answered.settled, at, out);
        }
        None => out.push(Output::Leg(LegCommand::RejectSession { leg })),
    }
}

/// The other side's answer to the offer that we made when it asked for one.
pub(crate) fn session_answered(centre: &mut Centre, leg: LegId, answer: &[u8], at: Moment, out: &mut Vec<Output>) {
    let Centre { calls, legs, settings, .. } = centre;
    let sound = legs.get(&leg).and_then(|call| calls.get_mut(call)).and_then(|call| call.sound_of(leg));
    let local = sound.and_then(|sound| sound.local.as_mut());
    if let Some(settled) = local.and_then(|local| local.answered(&settings.sound, answer).ok()) {
        settle(centre, leg, settled, at, out);
    }
}

/// Whoever is held hears music instead of nothing; who holds us may be silent.
fn settle(centre: &mut Centre, leg: LegId, settled: Settled, at: Moment, out: &mut Vec<Output>) {
    let silence_max = centre.settings.silence_max;
    let Some(call) = call_of_mut(centre, leg) else { return };
    let Some(sound) = call.sound_of(leg) else { return };
    let settled = tell_settled(leg, settled, out);
    let before = sound.settled.replace(settled);
    let Some(partner) = call.partner().map(|partner| partner.leg) else { return };
    let talks = leg == partner || leg == call.citizen.leg || call.beside_leg(leg).is_some();
    if !talks || before.is_some_and(|before| (before.send, before.receive) == (settled.send, settled.receive)) {
        return;
    }
    // Who holds with `sendonly` may send music, and most phones send nothing: neither is silence.
    let silence_max = (settled.send && settled.receive).then_some(silence_max);
    out.push(Output::Media(MediaCommand::Watch { leg, silence_max }));
    // A phone that holds no longer listens, whether it says `sendonly` or `inactive` (RFC 3264 §8.4).
    if before.is_none_or(|before| before.send != settled.send) {
        let id = call.id;
        if call.beside.is_some() {
            arrange::arrange(centre, id, out);
        } else {
            let other = if leg == partner { call.citizen.leg } else { partner };
            hold_or_resume(call, (leg, other), settled.send, out);
        }
        tape::held(centre, id, at, out);
    }
}

/// `leg` holds, or listens again. While both hold, nobody hears anybody; who listens again to one who still holds hears music.
pub(crate) fn hold_or_resume(call: &mut Call, (leg, other): (LegId, LegId), resume: bool, out: &mut Vec<Output>) {
    let other_holds = call.sound_of(other).and_then(|sound| sound.settled).is_some_and(|settled| !settled.send);
    if resume && !other_holds {
        out.push(Output::Media(MediaCommand::Join { a: call.citizen.leg, b: partner_of(call, leg, other) }));
        return;
    }
    if !resume {
        out.push(Output::Media(MediaCommand::Part { leg: call.citizen.leg }));
    }
    play_music(call, if resume { leg } else { other }, out);
}

fn partner_of(call: &Call, leg: LegId, other: LegId) -> LegId {
    if leg == call.citizen.leg { other } else { leg }
}

fn play_music(call: &mut Call, leg: LegId, out: &mut Vec<Output>) {
    let Some(music) = call.plan.lines.get(call.journey.line().at()).map(|line| line.music.clone()) else { return };
    let Some(sound) = call.sound_of(leg) else { return };
    sound.plays += 1;
    let play = media::PlayNo(sound.plays);
    out.push(Output::Media(MediaCommand::Play { leg, play, list: media::Playlist::music(music) }));
}

/// Another program has the port: the leg can't be heard, so what it was for has failed.
fn port_taken(centre: &mut Centre, leg: LegId, at: Moment, out: &mut Vec<Output>) {
    if let Some(room) = centre.closing.remove(&leg) {
        return rest(centre, room, at);
    }
    let Some(call) = call_of_mut(centre, leg) else { return };
    let id = call.id;
    let side = call.side(leg);
    let room = call.sound_of(leg).and_then(|sound| sound.room.take());
    if let Some(room) = room {
        rest(centre, room, at);
    }
    let event = match side {
        Side::Citizen => Event::CitizenSoundLost,
        Side::Agent => Event::AgentNotReachable,
        Side::Former => recall::is_silent(side),
        Side::Returning => return recall::has_no_sound(centre, (id, leg), at, out),
        Side::Third | Side::Listener => return company::lost(centre, (id, side), at, out),
    };
    floor::step(centre, id, event, at, out);
}

fn call_of(centre: &Centre, leg: LegId) -> Option<&Call> {
    centre.calls.get(centre.legs.get(&leg)?)
}

fn call_of_mut(centre: &mut Centre, leg: LegId) -> Option<&mut Call> {
    centre.calls.get_mut(centre.legs.get(&leg)?)
}

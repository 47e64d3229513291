//! An agent's page that was reloaded in a talk: the softphone on it is a new one, which knows nothing of the call. It is called
//! anew for the same talk, and once it is heard its leg takes the place of the lost one: no other offer, no wrap-up, the same claim.
//!
//! Knows legs and their sound. How long a citizen waits for an agent who is away is the packet workers' to tell, and what comes
//! after that the journey's.

use std::time::Duration;

use journey::Event;
use media::{Level, MediaCommand};
use model::{CallId, Cause, LegCommand, LegEnd, LegEvent, LegId, LegSide, Moment, Presentation, Refusal};

use crate::call::{AgentLeg, Call, Side};
use crate::centre::Centre;
use crate::output::Output;
use crate::{arrange, floor, proof, ringing, room, sound, tape, together};

/// A page that is reloaded registers before the packet workers notice that nothing comes from the old one: at most so long.
const BROWSER_COMES_BEFORE: Duration = Duration::from_secs(30);

/// Another browser of the agent's has come.
pub(crate) fn browser_came(centre: &mut Centre, (id, side): (CallId, Side), at: Moment, out: &mut Vec<Output>) {
    let agent = centre.calls.get_mut(&id).and_then(|call| match side {
        Side::Former => call.former.as_mut()?.agent.as_mut(),
        Side::Agent => call.agent.as_mut(),
        Side::Citizen | Side::Returning | Side::Third | Side::Listener => None,
    });
    if let Some(agent) = agent {
        agent.browser_came = Some(at);
    }
    follow(centre, id, at, out);
}

/// After each step: is the agent's phone to be called anew? Not any more when the lost page is heard again, or somebody else
/// talks with the citizen.
pub(crate) fn follow(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get(&id) else { return };
    match (is_wanted(call), call.returning.is_some()) {
        (true, false) => begin(centre, id, at, out).unwrap_or_default(),
        (false, true) => end(centre, id, out),
        (true, true) | (false, false) => {}
    }
}

fn is_wanted(call: &Call) -> bool {
    let lost = call.agent.as_ref().is_some_and(|agent| agent.joined && agent.browser_came.is_some());
    lost && call.claim.is_some() && call.journey.agent_is_away()
}

/// Calls it. Without room for its sound the talk waits for the page as before.
fn begin(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) -> Option<()> {
    let claim = centre.calls.get(&id)?.claim?;
    centre.counters.legs += 1;
    let leg = LegId::new(centre.settings.shard, LegSide::Outbound, centre.counters.legs);
    let far = room::far_of_agent(centre, claim.agent);
    let (place, session) = room::make_room(centre, leg, far, at)?;
    room::open(centre, leg, place, &session, out);
    centre.legs.insert(leg, id);
    let (sound, offer) = room::offer_called(centre, &centre.calls.get(&id)?.citizen, (place, session));
    // It rings no longer than the citizen waits.
    let ring_time_max: Duration = centre.settings.silence_max;
    let call = centre.calls.get_mut(&id)?;
    call.returning = Some(Box::new(AgentLeg { sound, called: true, ..AgentLeg::new(leg, None) }));
    let line = &call.plan.lines[call.journey.line().at()];
    let title = ringing::title(&call.plan, &call.journey, line);
    let shown = Presentation { caller: call.caller.clone(), title, goes_on: true };
    let agent = call.plan.agents[claim.agent.at()].id.clone();
    out.push(Output::Leg(LegCommand::CallAgent { leg, agent, shown, offer, ring_time_max }));
    Some(())
}

/// Something happened to the leg of the phone that is called anew. Whether that is done with.
pub(crate) fn on_leg(centre: &mut Centre, id: CallId, event: &LegEvent, at: Moment, out: &mut Vec<Output>) -> bool {
    match event {
        LegEvent::Answered { session, .. } => answered(centre, id, session, at, out),
        LegEvent::Refused { why, .. } => refused(centre, id, *why, at, out),
        LegEvent::Ended { .. } => refused(centre, id, Refusal::Declined, at, out),
        LegEvent::Ringing { .. } | LegEvent::Digit { .. } => {}
        LegEvent::SessionOffered { .. } | LegEvent::SessionAnswered { .. } | LegEvent::TransferAsked { .. } => {
            return false;
        }
        LegEvent::Arrived(_) | LegEvent::AgentCalls(_) | LegEvent::Confirmed { .. } => return false,
    }
    true
}

/// It was answered. The citizen hears music until something comes from it.
fn answered(centre: &mut Centre, id: CallId, session: &[u8], at: Moment, out: &mut Vec<Output>) {
    let Some(returning) = centre.calls.get_mut(&id).and_then(|call| call.returning.as_mut()) else { return };
    let (leg, sound) = (returning.leg, &mut returning.sound);
    let settled = sound.local.as_mut().and_then(|local| local.answered(&centre.settings.sound, session).ok());
    let Some(settled) = settled else {
        return has_no_sound(centre, (id, leg), at, out);
    };
    sound.settled = Some(room::tell_settled(leg, settled, out));
    out.push(Output::Media(MediaCommand::Measure { leg, loud: Some(Level::SILENCE) }));
}

/// It speaks none of our codecs, or its port was another program's: it is let go.
pub(crate) fn has_no_sound(centre: &mut Centre, (id, leg): (CallId, LegId), at: Moment, out: &mut Vec<Output>) {
    out.push(Output::Leg(LegCommand::HangUp { leg, cause: Cause::NotAcceptable }));
    refused(centre, id, Refusal::NotAcceptable, at, out);
}

/// It won't be answered, or was hung up before it was heard: the agent is not coming back. A page that was gone again may
/// register once more.
pub(crate) fn refused(centre: &mut Centre, id: CallId, why: Refusal, at: Moment, out: &mut Vec<Output>) {
    forget(centre, id, out);
    if let Some(agent) = centre.calls.get_mut(&id).and_then(|call| call.agent.as_mut()) {
        agent.browser_came = None;
    }
    match why {
        Refusal::Unreachable => {}
        Refusal::Busy | Refusal::Declined | Refusal::NoAnswer | Refusal::NotAcceptable => {
            floor::step(centre, id, Event::AgentRefused(why), at, out);
        }
    }
}

/// It is heard: its leg takes the place of the lost one.
pub(crate) fn comes(centre: &mut Centre, leg: LegId, at: Moment, out: &mut Vec<Output>) {
    let Some(&id) = centre.legs.get(&leg) else { return };
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let Some(returning) = call.returning.take() else { return };
    let lost = call.agent.replace(AgentLeg { joined: true, ..*returning });
    if let Some(lost) = lost {
        if lost.called {
            out.push(Output::Leg(LegCommand::HangUp { leg: lost.leg, cause: Cause::Normal }));
        }
        floor::forget_leg(centre, &lost, out);
    }
    let silence_max = Some(centre.settings.silence_max);
    hear(centre, id, leg, out);
    out.push(Output::Media(MediaCommand::Watch { leg, silence_max }));
    proof::measure(centre, id, out);
    tape::held(centre, id, at, out);
    floor::step(centre, id, Event::AgentBack, at, out);
}

/// Who heard the lost leg hears the new one, and the other way round.
fn hear(centre: &mut Centre, id: CallId, leg: LegId, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let muted = call.journey.company().is_some_and(|company| company.muted);
    let beside = call.beside.is_some();
    // Before anybody hears the leg.
    if muted {
        together::mute(centre, id, true, out);
    }
    if beside {
        arrange::arrange(centre, id, out);
    } else if let Some(call) = centre.calls.get_mut(&id) {
        let citizen = call.citizen.leg;
        sound::hold_or_resume(call, (leg, citizen), true, out);
    }
}

/// Not needed any more.
pub(crate) fn end(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(returning) = centre.calls.get(&id).and_then(|call| call.returning.as_ref()) else { return };
    out.push(Output::Leg(LegCommand::HangUp { leg: returning.leg, cause: Cause::CallerGone }));
    forget(centre, id, out);
}

fn forget(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(returning) = centre.calls.get_mut(&id).and_then(|call| call.returning.take()) else { return };
    floor::forget_leg(centre, &returning, out);
}

/// Nothing comes from the citizen either while the agent is away. They wait for nobody: in the queue nobody would notice any
/// more that they are not there, as a watch notices only who was heard since it began.
pub(crate) fn citizen_is_lost(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) {
    floor::end_citizen(centre, id, |leg| LegCommand::HangUp { leg, cause: Cause::PeerLost }, out);
    floor::step(centre, id, Event::CitizenGone(LegEnd::Lost), at, out);
}

/// The signalling of a page that is away is lost: its place is kept until it is back, or given up. Whether that is so.
pub(crate) fn awaits(centre: &mut Centre, id: CallId, leg: LegId) -> bool {
    let Some(call) = centre.calls.get_mut(&id).filter(|call| call.journey.agent_is_away()) else { return false };
    let Some(agent) = call.talking_mut().filter(|agent| agent.leg == leg) else { return false };
    agent.called = false;
    true
}

/// Nothing comes any more from somebody who talks. An agent who was handing the citizen on is let go as if they had hung up:
/// whoever is called may still come.
pub(crate) fn is_silent(side: Side) -> Event {
    match side {
        Side::Former => Event::FormerHangsUp,
        Side::Citizen | Side::Agent | Side::Returning | Side::Third | Side::Listener => Event::Silent,
    }
}

/// Nothing is heard of an agent's browser just now, or it is heard again. One whose signalling was lost meanwhile is a page in
/// which nobody can hang up: while another rings it counts for nothing, and else the agent is not coming back.
pub(crate) fn away_or_back(centre: &mut Centre, leg: LegId, is_back: bool, at: Moment, out: &mut Vec<Output>) {
    let Some(call) = centre.legs.get(&leg).and_then(|id| centre.calls.get_mut(id)) else { return };
    let (id, is_away, is_called_anew) = (call.id, call.journey.agent_is_away(), call.returning.is_some());
    let side = call.side(leg);
    let Some(agent) = call.talking_mut().filter(|agent| agent.leg == leg) else { return };
    let event = match (is_back, agent.called) {
        (false, _) => {
            // Not one that was opened long before, beside the page that is away now.
            let may_be_it = |came: &Moment| is_away || at.since(*came) <= BROWSER_COMES_BEFORE;
            agent.browser_came = agent.browser_came.filter(may_be_it);
            Event::AgentAway
        }
        (true, true) => {
            agent.browser_came = None;
            Event::AgentBack
        }
        (true, false) if is_called_anew => return,
        (true, false) => is_silent(side),
    };
    floor::step(centre, id, event, at, out);
}

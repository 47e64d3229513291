//! A citizen is handed on: which legs and claims belong to which call while somebody else is called, and after.
//!
//! The agent who hands on is kept as the *former* one until somebody has taken over, or nobody has. Knows who is who; what
//! may follow what is the journey's.

use std::time::Duration;

use journey::{Event, Party, Stage};
use media::MediaCommand;
use model::{CallId, Cause, HandedTo, LegCommand, LegId, Moment, TransferTo};

use crate::call::Side;
use crate::centre::Centre;
use crate::claims::give_seat_back;
use crate::floor::{forget_leg, notify, step};
use crate::input::{CallNoticeWhat, DeskNotice};
use crate::output::Output;
use crate::{company, decided, handing_on, offer_shown, proof, together};

/// An agent's phone asks that the party at the other end be handed on.
pub(crate) fn asked(centre: &mut Centre, id: CallId, leg: LegId, to: TransferTo, at: Moment, out: &mut Vec<Output>) {
    let answer = match to {
        TransferTo::Party(party) => blind(centre, id, leg, &party, at, out),
        TransferTo::Leg(other) => attended(centre, (id, leg), other, at, out),
    };
    if let Err(cause) = answer {
        out.push(Output::Leg(LegCommand::AnswerTransfer { leg, answer: Err(cause) }));
    }
}

/// To somebody who is not called yet. Only an agent who talks with a citizen can.
fn blind(
    centre: &mut Centre,
    id: CallId,
    leg: LegId,
    party: &model::CalledParty,
    at: Moment,
    out: &mut Vec<Output>,
) -> Result<(), Cause> {
    let call = centre.calls.get(&id).ok_or(Cause::NotAllowed)?;
    let (agent, line) = match call.journey.stage() {
        Stage::Talk { agent } if call.side(leg) == Side::Agent => (*agent, call.journey.line()),
        Stage::Handing { .. } => return Err(Cause::Busy),
        Stage::Talk { .. }
        | Stage::Greeting
        | Stage::Menu(_)
        | Stage::Consent
        | Stage::Bot
        | Stage::Waiting
        | Stage::Offer { .. }
        | Stage::Callback
        | Stage::CallingBack { .. }
        | Stage::Elsewhere
        | Stage::Booking
        | Stage::Voicemail
        | Stage::Onward { .. }
        | Stage::Farewell { .. }
        | Stage::Over => return Err(Cause::NotAllowed),
    };
    handing_on::begin(centre, id, (agent, line), party, Some(leg), at, out)
}

/// To somebody with whom the same agent has a call of their own, whichever of the two the phone names.
fn attended(
    centre: &mut Centre,
    (id, leg): (CallId, LegId),
    other: LegId,
    at: Moment,
    out: &mut Vec<Output>,
) -> Result<(), Cause> {
    let beside = *centre.legs.get(&other).ok_or(Cause::NotAllowed)?;
    let talks = |id: CallId, leg: LegId| {
        let call = centre.calls.get(&id)?;
        let agent = match call.journey.stage() {
            Stage::Talk { agent } => *agent,
            Stage::Greeting
            | Stage::Menu(_)
            | Stage::Consent
            | Stage::Bot
            | Stage::Waiting
            | Stage::Offer { .. }
            | Stage::Callback
            | Stage::CallingBack { .. }
            | Stage::Handing { .. }
            | Stage::Elsewhere
            | Stage::Booking
            | Stage::Voicemail
            | Stage::Onward { .. }
            | Stage::Farewell { .. }
            | Stage::Over => return None,
        };
        (call.side(leg) == Side::Agent).then_some(agent)
    };
    let (with_citizen, agent, own) = match (talks(id, leg), talks(beside, other)) {
        (Some(agent), _) => (id, agent, beside),
        (None, Some(agent)) => (beside, agent, id),
        (None, None) => return Err(Cause::NotAllowed),
    };
    let is_own = centre.calls.get(&own).is_some_and(|call| call.own == Some(agent));
    if with_citizen == own || !is_own {
        return Err(Cause::NotAllowed);
    }
    let busy = |id: CallId| centre.calls.get(&id).is_some_and(|call| call.journey.has_third());
    if busy(with_citizen) || busy(own) {
        return Err(Cause::Busy);
    }
    // Either may name what the other's plan doesn't have.
    decided::is_handed_on(centre, with_citizen);
    decided::is_handed_on(centre, own);
    take_over(centre, with_citizen, own, leg, at, out)
}

/// The other party of an agent's own call becomes the citizen's.
fn take_over(
    centre: &mut Centre,
    id: CallId,
    own: CallId,
    asked: LegId,
    at: Moment,
    out: &mut Vec<Output>,
) -> Result<(), Cause> {
    let call = centre.calls.get(&own).ok_or(Cause::NotAllowed)?;
    let talks = match call.journey.stage() {
        Stage::Talk { agent } => Some(Party::Agent(*agent)),
        Stage::Elsewhere => Some(Party::Third),
        Stage::Handing { from: None, to: Party::Third } => None,
        // Whoever answered this call hands it on just now: one after the other.
        Stage::Handing { .. } => return Err(Cause::Busy),
        Stage::Waiting | Stage::Offer { .. } => return take_place(centre, id, own, asked, at, out),
        Stage::Greeting
        | Stage::Menu(_)
        | Stage::Consent
        | Stage::Bot
        | Stage::Booking
        | Stage::Voicemail
        | Stage::Onward { .. }
        | Stage::Farewell { .. }
        | Stage::Over => {
            return Err(Cause::NotAllowed);
        }
        Stage::Callback | Stage::CallingBack { .. } => return Err(Cause::NotAllowed),
    };
    let to = match talks {
        Some(Party::Agent(agent)) => HandedTo::Agent(call.plan.agents[agent.at()].id.clone()),
        Some(Party::Third) | None => call.journey.handed_to().cloned().ok_or(Cause::NotAllowed)?,
    };
    company::end(centre, own, out);
    let Some((taken, claim)) = centre.calls.get_mut(&own).and_then(|call| {
        let mut taken = call.agent.take()?;
        if std::mem::take(&mut taken.joined) {
            out.push(Output::Media(MediaCommand::Part { leg: taken.leg }));
            if call.journey.company().is_some_and(|company| company.muted) {
                out.push(Output::Media(MediaCommand::Mute { leg: taken.leg, muted: false }));
            }
        }
        Some((taken, call.claim.take()))
    }) else {
        return Err(Cause::NotAllowed);
    };
    centre.legs.insert(taken.leg, id);
    if let Some(call) = centre.calls.get_mut(&id) {
        call.step_aside();
        call.agent = Some(taken);
        call.claim = claim;
        call.asked = Some(asked);
    }
    step(centre, id, Event::TakenOver { to, talks }, at, out);
    // The agent's own call ends here; a phone that asked on it hears now, not later, that it is done.
    let asked_there = centre.calls.get(&own).is_some_and(|call| call.citizen.leg == asked);
    if asked_there {
        tell(centre, id, Ok(()), at, out);
    }
    step(centre, own, Event::Dissolved, at, out);
    Ok(())
}

/// The agent waits in a line on the citizen's behalf: the citizen takes that place, with the longer wait of the two.
fn take_place(
    centre: &mut Centre,
    id: CallId,
    own: CallId,
    asked: LegId,
    at: Moment,
    out: &mut Vec<Output>,
) -> Result<(), Cause> {
    let call = centre.calls.get(&own).ok_or(Cause::NotAllowed)?;
    let line = call.journey.line();
    let waited = call.queued_at.map_or(Duration::ZERO, |since| at.since(since));
    let Some(call) = centre.calls.get_mut(&id) else { return Err(Cause::NotAllowed) };
    let before = call.waited;
    call.waited = before.max(waited);
    call.asked = Some(asked);
    call.yields = Some((own, before));
    step(centre, id, Event::HandOn(journey::Target::Line(line)), at, out);
    Ok(())
}

/// Whether the transfer that was asked for has begun.
pub(crate) fn answer(centre: &mut Centre, id: CallId, answer: Result<(), Cause>, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let Some(leg) = call.asked else { return handing_on::answered(centre, id, answer, out) };
    if answer.is_err() {
        call.asked = None;
        if let Some((_, waited)) = call.yields.take() {
            call.waited = waited;
        }
    }
    out.push(Output::Leg(LegCommand::AnswerTransfer { leg, answer }));
}

/// How it has ended.
pub(crate) fn tell(centre: &mut Centre, id: CallId, end: Result<(), Cause>, at: Moment, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let yields = call.yields.take();
    if let Some(leg) = call.asked.take() {
        out.push(Output::Leg(LegCommand::TellTransfer { leg, end }));
    }
    if let Err(cause) = end {
        handing_on::failed(centre, id, cause, out);
    }
    // The citizen stands in the line now, and the agent who stood there for them leaves it.
    if let Some((own, _)) = yields {
        step(centre, own, Event::Dissolved, at, out);
    }
}

/// Nobody took over: the agent who wanted to hand on is the other party again.
pub(crate) fn restore(centre: &mut Centre, id: CallId) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    if let Some(former) = call.former.take() {
        call.agent = former.agent;
        call.claim = former.claim;
    }
}

/// The two hear each other.
pub(crate) fn join_third(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let Some(agent) = call.agent.as_mut() else { return };
    agent.joined = true;
    let legs = (call.citizen.leg, agent.leg);
    together::join(centre, legs, out);
}

/// By the same claim the agent talks with this citizen now; the desk is told, and shows the citizen.
pub(crate) fn join_taken(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) {
    join_third(centre, id, out);
    let Some(claim) = centre.calls.get(&id).and_then(|call| call.claim) else { return };
    if let Some(shown) = offer_shown::shown(centre, id, &claim, at) {
        notify(centre, &claim, CallNoticeWhat::TakenOver(Box::new(shown)), out);
    }
}

/// The agent who handed on is done with the call: the phone is let go, the seat goes to wrap-up.
pub(crate) fn let_former_go(centre: &mut Centre, id: CallId, wrap_up: Duration, out: &mut Vec<Output>) {
    let Some(former) = centre.calls.get_mut(&id).and_then(|call| call.former.take()) else { return };
    if let Some(agent) = former.agent {
        out.push(Output::Media(MediaCommand::Part { leg: agent.leg }));
        if agent.called {
            out.push(Output::Leg(LegCommand::HangUp { leg: agent.leg, cause: Cause::Normal }));
        }
        proof::tell(centre, former.claim, &agent, out);
        forget_leg(centre, &agent, out);
    }
    if let Some(claim) = former.claim {
        give_seat_back(centre, &claim, wrap_up, out);
    }
}

/// The leg of the agent who hands on is over.
pub(crate) fn forget_former_leg(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(former) = centre.calls.get_mut(&id).and_then(|call| call.former.as_mut()) else { return };
    let claim = former.claim;
    if let Some(agent) = former.agent.take() {
        proof::tell(centre, claim, &agent, out);
        forget_leg(centre, &agent, out);
    }
}

/// The call that a desk's claim belongs to now. A claim that was taken over is named by the call that it was made for,
/// until the desk has heard of it.
pub(crate) fn held_by(centre: &Centre, notice: &DeskNotice) -> Option<(CallId, Side)> {
    let is_it = |claim: &routing::Claim| claim.agent == notice.agent && claim.generation == notice.generation;
    let side = |call: &crate::call::Call| {
        if call.claim.as_ref().is_some_and(is_it) {
            return Some((call.id, Side::Agent));
        }
        let former = call.former.as_ref().and_then(|former| former.claim.as_ref());
        former.is_some_and(is_it).then_some((call.id, Side::Former))
    };
    centre.calls.get(&notice.call).and_then(side).or_else(|| centre.calls.values().find_map(side))
}

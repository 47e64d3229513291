//! A citizen is handed on without a question, by the desk or by the phone: to whom it may be, and what the desk is told.
//! Knows hours and bounces; what may follow is the journey's, which legs belong where is `transfers`'.

use journey::{Event, Stage, Target};
use model::{CallId, CalledParty, Cause, LegId, Moment, OfferEnd, What};
use plan::{AgentNo, HoursState, LineNo, Plan};

use crate::centre::Centre;
use crate::floor::{notify, step};
use crate::input::{CallNoticeWhat, RequestNo};
use crate::output::{DeskRefusal, Output};
use crate::{company, decided, meant, notes};

/// A desk wishes it; the answer comes when the journey knows whether it can begin.
pub(crate) fn wished(
    centre: &mut Centre,
    (id, agent): (CallId, AgentNo),
    request: RequestNo,
    party: &CalledParty,
    at: Moment,
    out: &mut Vec<Output>,
) {
    let plan = centre.plan.clone();
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let line = call.journey.line();
    let refusal = if *call.journey.stage() != (Stage::Talk { agent }) {
        Some(DeskRefusal::NotTalking)
    } else if call.journey.has_third() {
        Some(DeskRefusal::ThirdThere)
    } else if let HoursState::Closed { opens_at } = meant::hours(&plan, party, at) {
        Some(DeskRefusal::Closed { opens_at })
    } else {
        None
    };
    if let Some(refusal) = refusal {
        return company::answer(request, Err(refusal), out);
    }
    call.wishing = Some(request);
    if let Err(cause) = begin(centre, id, (agent, line), party, None, at, out) {
        answered(centre, id, Err(cause), out);
    }
}

/// Begins it, if whoever is meant may be handed citizens at all. `asked`: the phone that is told how it goes.
pub(crate) fn begin(
    centre: &mut Centre,
    id: CallId,
    (agent, line): (AgentNo, LineNo),
    party: &CalledParty,
    asked: Option<LegId>,
    at: Moment,
    out: &mut Vec<Output>,
) -> Result<(), Cause> {
    let call = centre.calls.get(&id).ok_or(Cause::NotAllowed)?;
    let rung = [call.journey.line(), call.journey.rung()];
    decided::is_handed_on(centre, id);
    let plan = centre.plan.clone();
    let meant = meant::meant(centre, &plan, agent, Some(line), party, at, out)?;
    if let Target::Line(to) = &meant.target
        && (meant.bounces || rung.contains(to))
    {
        let (by, line) = (plan.agents[agent.at()].id.clone(), plan.lines[to.at()].id.clone());
        notes::of_call(centre, id, What::Bounced { by, line }, at, out);
    }
    if let Some(call) = centre.calls.get_mut(&id) {
        call.asked = asked;
        call.outgoing = meant.outgoing.map(Box::new);
    }
    step(centre, id, Event::HandOn(meant.target), at, out);
    Ok(())
}

/// Whether what a desk wished has begun.
pub(crate) fn answered(centre: &mut Centre, id: CallId, result: Result<(), Cause>, out: &mut Vec<Output>) {
    let Some(request) = centre.calls.get_mut(&id).and_then(|call| call.wishing.take()) else { return };
    company::answer(request, result.map_err(|cause| refusal(cause, None)), out);
}

/// Why an agent can't call somebody, or hand on to them.
pub(crate) fn denied(cause: Cause, plan: &Plan, party: &CalledParty, at: Moment) -> DeskRefusal {
    let HoursState::Closed { opens_at } = meant::hours(plan, party, at) else { return refusal(cause, None) };
    refusal(cause, opens_at)
}

fn refusal(cause: Cause, opens_at: Option<Moment>) -> DeskRefusal {
    match cause {
        Cause::UnknownNumber => DeskRefusal::UnknownParty,
        Cause::Closed => DeskRefusal::Closed { opens_at },
        Cause::Busy => DeskRefusal::PartyBusy,
        Cause::Full => DeskRefusal::PartyFull,
        Cause::Normal
        | Cause::Declined
        | Cause::NotAllowed
        | Cause::GaveUp
        | Cause::NotAcceptable
        | Cause::SoundOpen
        | Cause::SoundSealed
        | Cause::Overloaded
        | Cause::Fault
        | Cause::CallerGone
        | Cause::Draining
        | Cause::PeerLost => DeskRefusal::MayNotCall,
    }
}

/// Nobody has taken over, and the agent talks on: the desk shows it.
pub(crate) fn failed(centre: &Centre, id: CallId, cause: Cause, out: &mut Vec<Output>) {
    let why = match cause {
        Cause::Busy | Cause::Full => OfferEnd::Busy,
        Cause::Declined => OfferEnd::Declined,
        Cause::GaveUp => OfferEnd::NoAnswer,
        Cause::CallerGone | Cause::Normal => return,
        Cause::UnknownNumber
        | Cause::Closed
        | Cause::NotAllowed
        | Cause::NotAcceptable
        | Cause::SoundOpen
        | Cause::SoundSealed
        | Cause::Overloaded
        | Cause::Fault
        | Cause::Draining
        | Cause::PeerLost => OfferEnd::Failed,
    };
    if let Some(claim) = centre.calls.get(&id).and_then(|call| call.claim) {
        notify(centre, &claim, CallNoticeWhat::NotHandedOn { why }, out);
    }
}

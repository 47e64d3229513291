//! Calls of agents' own: from an agent's phone to a line, a colleague or somebody outside. They are calls like a citizen's, with
//! the agent's phone on the citizen's side; desks are told, so that no citizen is offered to a phone that is in one.
//!
//! Emergency numbers pass whatever else: while the node drains, above its bound of calls, whatever the agent is doing.

use std::sync::Arc;

use journey::{Event, Journey, Target};
use media::{FarEnd, LocalSession, RemoteSession};
use model::{
    AgentCall, CallId, CalledParty, Caller, CallerText, Cause, HandedTo, LegCommand, LegId, LegSide, Moment,
    Presentation, Refusal, What,
};
use plan::{AgentNo, MayDial, Plan};

use crate::call::{AgentLeg, Call, CitizenLeg, Outgoing, Side};
use crate::centre::Centre;
use crate::desks::desk_shard;
use crate::input::{ColleagueAnswer, Input, OwnNotice, OwnNoticeWhat};
use crate::leg_sound::LegSound;
use crate::meant::{self, Meant};
use crate::output::Output;
use crate::{company, floor, notes, room, together};

/// Calls of one agent's own at once: one, beside a citizen if there is one. The next is refused as busy.
const OWN_MAX: usize = 1;

/// An agent's phone calls.
pub(crate) fn begins(centre: &mut Centre, call: &AgentCall, at: Moment, out: &mut Vec<Output>) {
    let leg = call.leg;
    if let Err(cause) = try_begin(centre, call, at, out) {
        out.push(Output::Leg(LegCommand::Refuse { leg, cause }));
    }
}

fn try_begin(centre: &mut Centre, call: &AgentCall, at: Moment, out: &mut Vec<Output>) -> Result<(), Cause> {
    let plan = Arc::clone(&centre.plan);
    let agent = *plan.agents_by_id.get(&call.agent).ok_or(Cause::NotAllowed)?;
    if !is_emergency(&plan, &call.to) {
        let others = centre.calls.values().filter(|known| known.own == Some(agent)).count();
        if centre.draining {
            return Err(Cause::Draining);
        } else if centre.calls.len() >= centre.settings.calls_max {
            return Err(Cause::Overloaded);
        } else if others >= OWN_MAX {
            return Err(Cause::Busy);
        }
    }
    let offer = call.offer.as_deref().map(RemoteSession::parse).transpose().map_err(|_| Cause::NotAcceptable)?;
    let far = far_of_caller(centre, agent, offer.as_ref());
    if let Some(offer) = &offer {
        let session = LocalSession::new(call.leg, far);
        session.could_answer(&centre.settings.sound, offer).map_err(room::cause_of)?;
    }
    let meant = meant::meant(centre, &plan, agent, None, &call.to, at, out)?;
    let citizen = CitizenLeg {
        leg: call.leg,
        sound: LegSound::default(),
        offer: offer.map(Box::new),
        far,
        alive: true,
        early: None,
    };
    begin(centre, &plan, (agent, meant), citizen, at, out);
    Ok(())
}

/// What an agent's phone that calls is: what its offer says; where it leaves that to us, what it registered as.
fn far_of_caller(centre: &Centre, agent: AgentNo, offer: Option<&RemoteSession>) -> FarEnd {
    match offer {
        Some(offer) if offer.is_web() => FarEnd::Browser,
        Some(_) => FarEnd::Phone(centre.settings.srtp.phones),
        None => room::far_of_agent(centre, agent),
    }
}

fn is_emergency(plan: &Plan, to: &CalledParty) -> bool {
    matches!(to, CalledParty::Number(number) if plan.may_dial(number) == MayDial::Emergency)
}

fn begin(
    centre: &mut Centre,
    plan: &Arc<Plan>,
    (agent, meant): (AgentNo, Meant),
    citizen: CitizenLeg,
    at: Moment,
    out: &mut Vec<Output>,
) {
    centre.counters.calls += 1;
    let id = CallId::new(centre.settings.epoch_ms, centre.settings.shard, centre.counters.calls);
    let (leg, mut effects) = (citizen.leg, Vec::with_capacity(8));
    let (journey, to) = match &meant.target {
        Target::Line(line) => {
            let to = HandedTo::Line(plan.lines[line.at()].id.clone());
            (Journey::begin_own(plan, agent, *line, at, &mut effects), to)
        }
        Target::Agent(colleague) => {
            let to = HandedTo::Agent(plan.agents[colleague.at()].id.clone());
            (Journey::begin_out(plan, agent, &meant.target, at, &mut effects), to)
        }
        Target::Outside(person) => {
            (Journey::begin_out(plan, agent, &meant.target, at, &mut effects), HandedTo::Outside(*person))
        }
    };
    let id_of_agent = plan.agents[agent.at()].id.clone();
    let caller = Caller::Text(CallerText::new(&plan.agents[agent.at()].name));
    let mut call = Call::new(id, Arc::clone(plan), journey, citizen, caller);
    (call.own, call.outgoing) = (Some(agent), meant.outgoing.map(Box::new));
    centre.legs.insert(leg, id);
    centre.calls.insert(id, call);
    tell(centre, (agent, leg), OwnNoticeWhat::Begins, out);
    notes::of_call(centre, id, What::OwnCall { agent: id_of_agent, to }, at, out);
    floor::carry(centre, id, effects, at, out);
}

/// Tells a desk of a call of its agent's own.
pub(crate) fn tell(centre: &Centre, (agent, leg): (AgentNo, LegId), what: OwnNoticeWhat, out: &mut Vec<Output>) {
    let shard = desk_shard(agent, centre.settings.shards);
    out.push(Output::ToShard(shard, Box::new(Input::OwnCall(OwnNotice { agent, leg, what }))));
}

/// Calls the number that is kept with the call. Whoever talks with the citizen stays there meanwhile.
pub(crate) fn call_out(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) -> Option<Event> {
    let call = centre.calls.get_mut(&id)?;
    call.step_aside();
    let Some(Outgoing::Outside { number, caller, emergency }) = call.outgoing.as_deref().cloned() else {
        return Some(Event::AgentNotReachable);
    };
    let (for_leg, ring_time_max) = (Some(call.citizen.leg), call.plan.dialling.ring_time_max);
    let leg = new_leg(centre, id, None);
    let far = FarEnd::Phone(centre.settings.srtp.outside);
    let Some(offer) = open(centre, id, far, at, out) else { return Some(Event::AgentNotReachable) };
    out.push(Output::Leg(LegCommand::CallOut { leg, for_leg, number, caller, emergency, offer, ring_time_max }));
    None
}

/// Asks the colleague's desk whether the phone is free.
pub(crate) fn ask_colleague(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let outgoing = centre.calls.get(&id).and_then(|call| call.outgoing.as_deref());
    let Some(Outgoing::Colleague(colleague)) = outgoing else { return };
    let colleague = *colleague;
    let leg = new_leg(centre, id, Some(colleague));
    tell(centre, (colleague, leg), OwnNoticeWhat::Asks, out);
}

/// The colleague's desk has said whether the phone is free.
pub(crate) fn on_answer(centre: &mut Centre, answer: ColleagueAnswer, at: Moment, out: &mut Vec<Output>) {
    let ColleagueAnswer { leg, free } = answer;
    let Some(&id) = centre.legs.get(&leg) else { return };
    if centre.calls.get(&id).is_some_and(|call| call.side(leg).is_beside()) {
        return company::on_free(centre, (id, leg), free, at, out);
    }
    if !free {
        floor::forget_agent_leg(centre, id, out);
        return floor::step(centre, id, Event::AgentRefused(Refusal::Busy), at, out);
    }
    let lent = centre.calls.get(&id).and_then(|call| call.agent.as_ref()?.lent);
    let far =
        lent.map_or(FarEnd::Phone(centre.settings.srtp.phones), |colleague| room::far_of_agent(centre, colleague));
    let Some(offer) = open(centre, id, far, at, out) else {
        return floor::step(centre, id, Event::AgentNotReachable, at, out);
    };
    let Some(call) = centre.calls.get(&id) else { return };
    let Some(colleague) = call.agent.as_ref().and_then(|agent| agent.lent) else { return };
    let title = match call.own {
        Some(own) => Arc::clone(&call.plan.agents[own.at()].name),
        None => Arc::from("Viderestillet"),
    };
    let shown = Presentation { caller: call.caller.clone(), title, goes_on: false };
    let (agent, ring_time_max) = (call.plan.agents[colleague.at()].id.clone(), call.plan.dialling.ring_time_max);
    out.push(Output::Leg(LegCommand::CallAgent { leg, agent, shown, offer, ring_time_max }));
}

/// A leg that is to be called, in the place of the other party.
fn new_leg(centre: &mut Centre, id: CallId, lent: Option<AgentNo>) -> LegId {
    centre.counters.legs += 1;
    let leg = LegId::new(centre.settings.shard, LegSide::Outbound, centre.counters.legs);
    if let Some(call) = centre.calls.get_mut(&id) {
        call.agent = Some(AgentLeg::new(leg, lent));
        centre.legs.insert(leg, id);
    }
    leg
}

/// Opens the sound of the leg that is about to be called, and describes it. None: no port is left.
fn open(centre: &mut Centre, id: CallId, far: FarEnd, at: Moment, out: &mut Vec<Output>) -> Option<bytes::Bytes> {
    let leg = centre.calls.get(&id)?.agent.as_ref()?.leg;
    let (place, session) = room::make_room(centre, leg, far, at)?;
    room::open(centre, leg, place, &session, out);
    let (sound, offer) = room::offer_called(centre, &centre.calls.get(&id)?.citizen, (place, session));
    let agent = centre.calls.get_mut(&id)?.agent.as_mut()?;
    agent.sound = sound;
    agent.called = true;
    Some(offer)
}

/// Whom an agent calls rings: the agent hears it, or the sound that comes with it. A citizen who is handed on hears what
/// was heard before.
pub(crate) fn rings(
    centre: &mut Centre,
    id: CallId,
    side: Side,
    session: Option<&[u8]>,
    at: Moment,
    out: &mut Vec<Output>,
) {
    let Some(call) = centre.calls.get(&id) else { return };
    let leg = call.citizen.leg;
    if side != Side::Agent || call.own.is_none() || call.journey.answered() || call.claim.is_some() {
        return;
    }
    let heard = session.and_then(|session| together::early(centre, id, session, at, out));
    let has_sound = centre.calls.get(&id).is_some_and(|call| call.citizen.early.is_some());
    if heard.is_none() && !has_sound {
        out.push(Output::Leg(LegCommand::Ring { leg }));
    }
}

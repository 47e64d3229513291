//! Who is beside a conversation: the legs of whoever an agent asks or adds, and of a supervisor; what desks wish for it,
//! and what they are answered and shown.
//!
//! Knows who is who; what may follow what is the journey's (`company`), who hears whom is `arrange`'s.

use std::sync::Arc;

use journey::{CompanyEvent, Denied, Event, Wish};
use media::{FarEnd, MediaCommand};
use model::{CallId, Cause, LegCommand, LegId, LegSide, Moment, Presentation};
use plan::AgentNo;

use crate::call::{AgentLeg, Beside, Former, Outgoing, Side};
use crate::centre::Centre;
use crate::floor::{forget_leg, notify, step};
use crate::input::{CallNoticeWhat, DeskNotice, OwnNoticeWhat, RequestNo, SuperviseRequest};
use crate::output::{DeskAnswer, DeskDone, DeskRefusal, Output};
use crate::wish::InCallWish;
use crate::{arrange, decided, handing_on, meant, own_calls, room, transfers};

/// What is shown on the phone of somebody who is asked.
const ASKS_YOU: &str = "Forespørgsel";
/// What is shown on a supervisor's own phone.
const SUPERVISION: &str = "Medlyt";

/// An agent's desk wishes something of the conversation that it holds.
pub(crate) fn wished(
    centre: &mut Centre,
    notice: &DeskNotice,
    (request, wish): (RequestNo, InCallWish),
    at: Moment,
    out: &mut Vec<Output>,
) {
    // While somebody else's phone rings, who hands on still talks, and may have that recorded or not.
    let may = |side: &Side| *side == Side::Agent || matches!(wish, InCallWish::PauseRecording(_));
    let held = transfers::held_by(centre, notice).filter(|(_, side)| may(side));
    let Some((id, _)) = held else { return answer(request, Err(DeskRefusal::NotTalking), out) };
    if let InCallWish::HandOn(party) = &wish {
        return handing_on::wished(centre, (id, notice.agent), request, party, at, out);
    }
    let wish = match meant(centre, id, notice.agent, wish, at, out) {
        Ok(wish) => wish,
        Err(refusal) => return answer(request, Err(refusal), out),
    };
    ask(centre, id, request, CompanyEvent::Wishes(wish), at, out);
}

/// A supervisor wishes something of a conversation.
pub(crate) fn supervised(centre: &mut Centre, wish: SuperviseRequest, at: Moment, out: &mut Vec<Output>) {
    let SuperviseRequest { request, by, call, what } = wish;
    if !centre.calls.contains_key(&call) {
        return answer(request, Err(DeskRefusal::NoSuchTalk), out);
    }
    decided::meets(centre, call);
    ask(centre, call, request, CompanyEvent::Supervises(by, what), at, out);
}

fn ask(centre: &mut Centre, id: CallId, request: RequestNo, event: CompanyEvent, at: Moment, out: &mut Vec<Output>) {
    if let Some(call) = centre.calls.get_mut(&id) {
        call.wishing = Some(request);
    }
    step(centre, id, Event::Company(event), at, out);
}

/// Whom an agent wants to ask: a colleague's phone, or a number outside; kept with the call until they are called.
fn meant(
    centre: &mut Centre,
    id: CallId,
    agent: AgentNo,
    wish: InCallWish,
    at: Moment,
    out: &mut Vec<Output>,
) -> Result<Wish, DeskRefusal> {
    let party = match wish {
        InCallWish::Ask(party) => party,
        InCallWish::HandOn(_) => return Err(DeskRefusal::NotTalking),
        InCallWish::Hold => return Ok(Wish::Hold),
        InCallWish::Resume => return Ok(Wish::Resume),
        InCallWish::Mute(muted) => return Ok(Wish::Mute(muted)),
        InCallWish::PauseRecording(pause) => return Ok(Wish::PauseRecording(pause)),
        InCallWish::Toggle => return Ok(Wish::Toggle),
        InCallWish::Conference => return Ok(Wish::Conference),
        InCallWish::Back => return Ok(Wish::Back),
        InCallWish::HandOver => return Ok(Wish::HandOver),
        InCallWish::Announce(what, to) => return Ok(Wish::Announce(what, to)),
        InCallWish::StopAnnouncement => return Ok(Wish::StopAnnouncement),
    };
    let call = centre.calls.get(&id).ok_or(DeskRefusal::NotTalking)?;
    if call.journey.has_third() {
        return Err(DeskRefusal::ThirdThere);
    }
    let line = call.journey.line();
    decided::is_handed_on(centre, id);
    let plan = Arc::clone(&centre.plan);
    let meant = meant::meant(centre, &plan, agent, Some(line), &party, at, out);
    let meant = meant.map_err(|cause| handing_on::denied(cause, &plan, &party, at))?;
    // A line has no phone to ask; its citizens' queue is called from the phone.
    let outgoing = meant.outgoing.ok_or(DeskRefusal::MayNotCall)?;
    let to = journey::handed_to(&plan, &meant.target);
    if let Some(call) = centre.calls.get_mut(&id) {
        call.outgoing = Some(Box::new(outgoing));
    }
    Ok(Wish::Ask(to))
}

/// Whether what was wished is done.
pub(crate) fn answer_wish(centre: &mut Centre, id: CallId, result: Result<(), Denied>, out: &mut Vec<Output>) {
    let Some(request) = centre.calls.get_mut(&id).and_then(|call| call.wishing.take()) else { return };
    let result = result.map_err(DeskRefusal::from);
    answer(request, result, out);
}

pub(crate) fn answer(request: RequestNo, result: Result<(), DeskRefusal>, out: &mut Vec<Output>) {
    let result = result.map(|()| DeskDone::Done);
    out.push(Output::DeskAnswer(DeskAnswer { request, result, after_saved: false }));
}

/// Calls whom the agent asks.
pub(crate) fn call_third(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) -> Option<Event> {
    let outgoing = centre.calls.get(&id)?.outgoing.as_deref().cloned()?;
    match outgoing {
        Outgoing::Colleague(colleague) => {
            let leg = new_leg(centre, id, Side::Third, Some(colleague))?;
            own_calls::tell(centre, (colleague, leg), OwnNoticeWhat::Asks, out);
        }
        Outgoing::Outside { number, caller, emergency } => {
            let leg = new_leg(centre, id, Side::Third, None)?;
            let Some(offer) = open(centre, id, leg, at, out) else {
                forget(centre, id, Side::Third, out);
                return Some(Event::Company(CompanyEvent::ThirdRefused));
            };
            let call = centre.calls.get(&id)?;
            let (for_leg, ring_time_max) = (Some(call.citizen.leg), call.plan.dialling.ring_time_max);
            out.push(Output::Leg(LegCommand::CallOut {
                leg,
                for_leg,
                number,
                caller,
                emergency,
                offer,
                ring_time_max,
            }));
        }
    }
    None
}

/// Asks whether the supervisor's phone is free; the wish is answered when that is known.
pub(crate) fn call_listener(centre: &mut Centre, id: CallId, by: AgentNo, out: &mut Vec<Output>) {
    let Some(leg) = new_leg(centre, id, Side::Listener, Some(by)) else { return };
    if let Some(call) = centre.calls.get_mut(&id) {
        let request = call.wishing.take();
        if let Some(beside) = &mut call.beside {
            beside.asking = request;
        }
    }
    own_calls::tell(centre, (by, leg), OwnNoticeWhat::Asks, out);
}

/// A colleague's or supervisor's desk has said whether the phone is free.
pub(crate) fn on_free(centre: &mut Centre, (id, leg): (CallId, LegId), free: bool, at: Moment, out: &mut Vec<Output>) {
    let Some(side) = centre.calls.get(&id).map(|call| call.side(leg)) else { return };
    let offer = if free { open(centre, id, leg, at, out) } else { None };
    if side == Side::Listener
        && let Some(request) = centre.calls.get_mut(&id).and_then(|call| call.beside.as_mut()?.asking.take())
    {
        answer(request, if offer.is_some() { Ok(()) } else { Err(DeskRefusal::PhoneBusy) }, out);
    }
    let Some(offer) = offer else {
        forget(centre, id, side, out);
        return step(centre, id, Event::Company(refused(side)), at, out);
    };
    let Some(call) = centre.calls.get(&id) else { return };
    let Some(lent) = call.beside_leg(leg).and_then(|beside| beside.lent) else { return };
    let title = if side == Side::Listener { SUPERVISION } else { ASKS_YOU };
    let shown = Presentation { caller: call.caller.clone(), title: Arc::from(title), goes_on: false };
    let (agent, ring_time_max) = (call.plan.agents[lent.at()].id.clone(), call.plan.dialling.ring_time_max);
    out.push(Output::Leg(LegCommand::CallAgent { leg, agent, shown, offer, ring_time_max }));
}

fn refused(side: Side) -> CompanyEvent {
    if side == Side::Listener { CompanyEvent::ListenerRefused } else { CompanyEvent::ThirdRefused }
}

/// The phone was answered; one with which we have no sound in common is let go again.
pub(crate) fn answered(
    centre: &mut Centre,
    (id, leg): (CallId, LegId),
    session: &[u8],
    at: Moment,
    out: &mut Vec<Output>,
) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let side = call.side(leg);
    let ours = &centre.settings.sound;
    let answer = call.sound_of(leg).and_then(|sound| {
        let settled = sound.local.as_mut()?.answered(ours, session).ok()?;
        sound.settled = Some(room::tell_settled(leg, settled, out));
        sound.settled
    });
    if answer.is_none() {
        hang_up(centre, id, side, Cause::NotAcceptable, out);
        return step(centre, id, Event::Company(refused(side)), at, out);
    }
    let silence_max = Some(centre.settings.silence_max);
    out.push(Output::Media(MediaCommand::Watch { leg, silence_max }));
    let event = if side == Side::Listener { CompanyEvent::ListenerAnswered } else { CompanyEvent::ThirdAnswered };
    step(centre, id, Event::Company(event), at, out);
}

/// The phone will not be answered, has hung up or is lost: its leg is over.
pub(crate) fn gone(centre: &mut Centre, (id, side): (CallId, Side), at: Moment, out: &mut Vec<Output>) {
    forget(centre, id, side, out);
    let event = if side == Side::Listener { CompanyEvent::ListenerGone } else { CompanyEvent::ThirdGone };
    step(centre, id, Event::Company(event), at, out);
}

/// Nothing is heard of it, or it can't be heard: it is let go.
pub(crate) fn lost(centre: &mut Centre, (id, side): (CallId, Side), at: Moment, out: &mut Vec<Output>) {
    hang_up(centre, id, side, Cause::PeerLost, out);
    gone(centre, (id, side), at, out);
}

pub(crate) fn hang_up(centre: &mut Centre, id: CallId, side: Side, cause: Cause, out: &mut Vec<Output>) {
    let leg = centre.calls.get(&id).and_then(|call| call.beside.as_deref()?.leg(side));
    if let Some(AgentLeg { leg, called: true, .. }) = leg {
        out.push(Output::Leg(LegCommand::HangUp { leg: *leg, cause }));
    }
    forget(centre, id, side, out);
}

fn forget(centre: &mut Centre, id: CallId, side: Side, out: &mut Vec<Output>) {
    let Some(beside) = centre.calls.get_mut(&id).and_then(|call| call.beside.as_mut()) else { return };
    let asking = if side == Side::Listener { beside.asking.take() } else { None };
    let leg = beside.slot(side).and_then(Option::take);
    if let Some(request) = asking {
        answer(request, Err(DeskRefusal::NoSuchTalk), out);
    }
    if let Some(leg) = leg {
        forget_leg(centre, &leg, out);
    }
}

/// The third party or the supervisor takes the agent's place, who becomes the former one.
pub(crate) fn takes_over(centre: &mut Centre, id: CallId, side: Side) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let Some(taken) = call.beside.as_mut().and_then(|beside| beside.slot(side)?.take()) else { return };
    call.former = Some(Box::new(Former { claim: call.claim.take(), agent: call.agent.take() }));
    call.agent = Some(taken);
}

/// Nobody and nothing is beside the conversation any more.
pub(crate) fn end(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    hang_up(centre, id, Side::Third, Cause::Normal, out);
    hang_up(centre, id, Side::Listener, Cause::Normal, out);
    arrange::hush(centre, id, out);
    if let Some(call) = centre.calls.get_mut(&id) {
        call.beside = None;
    }
}

/// The agent's desk shows what is beside the conversation.
pub(crate) fn show(centre: &Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get(&id) else { return };
    let former = call.former.as_ref().and_then(|former| former.claim);
    let Some(claim) = former.or(call.claim) else { return };
    let shown = call.journey.in_call();
    notify(centre, &claim, CallNoticeWhat::InCall(Box::new(shown)), out);
}

/// A leg that is to be called.
fn new_leg(centre: &mut Centre, id: CallId, side: Side, lent: Option<AgentNo>) -> Option<LegId> {
    let call = centre.calls.get_mut(&id)?;
    if call.beside.is_none() {
        let heard = arrange::heard(call, &journey::Company::default());
        call.beside = Some(Box::new(Beside::new(heard)));
    }
    centre.counters.legs += 1;
    let leg = LegId::new(centre.settings.shard, LegSide::Outbound, centre.counters.legs);
    *call.beside.as_mut()?.slot(side)? = Some(AgentLeg::new(leg, lent));
    centre.legs.insert(leg, id);
    Some(leg)
}

/// Opens its sound and describes it. None: no port is left.
fn open(centre: &mut Centre, id: CallId, leg: LegId, at: Moment, out: &mut Vec<Output>) -> Option<bytes::Bytes> {
    let lent = centre.calls.get(&id)?.beside_leg(leg)?.lent;
    let far = match lent {
        Some(agent) => room::far_of_agent(centre, agent),
        None => FarEnd::Phone(centre.settings.srtp.outside),
    };
    let (place, session) = room::make_room(centre, leg, far, at)?;
    room::open(centre, leg, place, &session, out);
    let (sound, offer) = room::offer_called(centre, &centre.calls.get(&id)?.citizen, (place, session));
    let beside = centre.calls.get_mut(&id)?.beside_leg_mut(leg)?;
    beside.sound = sound;
    beside.called = true;
    Some(offer)
}

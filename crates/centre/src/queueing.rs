//! What is asked of the routing core for a call, and what its answers mean here: places in queues, claims, waits.
//!
//! Each claim is remembered until it is committed, released or returned. Knows no rule of a call, and not which agent is
//! best.

use journey::Event;
use model::{CallId, Moment, OfferEnd, What};
use plan::QueueNo;
use routing::{Claim, Explanation, NewTicket, Precedence, Reply, Request, TicketId};

use crate::because::because;
use crate::centre::Centre;
use crate::floor::{notify, step};
use crate::input::{CallNoticeWhat, OfferShown};
use crate::output::Output;
use crate::timers::Timer;
use crate::{desks, notes};

/// The core answers.
pub(crate) fn on_core(centre: &mut Centre, reply: Reply, at: Moment, out: &mut Vec<Output>) {
    match reply {
        Reply::Queued { call, ticket, queue } => queued(centre, call, (ticket, queue), at, out),
        Reply::Full { call } => step(centre, call, Event::QueueFull, at, out),
        Reply::Matched { claim, because } => matched(centre, claim, &because, at, out),
        Reply::NoMatch { call, look_again_at, .. } => step(centre, call, Event::NoMatch(look_again_at), at, out),
        Reply::Estimated { call, wait, ahead } => step(centre, call, Event::Estimated { wait, ahead }, at, out),
        Reply::TickWanted { at: wanted } => tick_wanted(centre, wanted),
        Reply::Left { .. } => {}
        Reply::SeatIdle { agent } => desks::on_seat(centre, agent, desks::SeatAnswer::Idle, at, out),
        Reply::SeatIs { agent, .. } => desks::on_seat(centre, agent, desks::SeatAnswer::Closed, at, out),
        Reply::SeatHeld { agent } => desks::on_seat(centre, agent, desks::SeatAnswer::Held, at, out),
    }
}

/// Only now it is known where the call waits, and that it does: a call that found every queue full never stood in one.
fn queued(centre: &mut Centre, id: CallId, (ticket, queue): (TicketId, QueueNo), at: Moment, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    call.ticket = Some(ticket);
    let since = call.queued_at.unwrap_or(at);
    let what = What::Queued { queue: call.plan.queues[queue.at()].id.clone(), since };
    notes::of_call(centre, id, what, at, out);
    step(centre, id, Event::Queued { queue }, at, out);
}

/// A match: the call rings the agent, or frees the seat at once if it has no use for it any more.
fn matched(centre: &mut Centre, claim: Claim, why: &Explanation, at: Moment, out: &mut Vec<Output>) {
    let usable =
        centre.calls.get_mut(&claim.call).filter(|call| call.claim.is_none() && call.ticket == Some(claim.ticket));
    let Some(call) = usable else {
        release(centre, &claim, OfferEnd::CitizenGone, out);
        return;
    };
    call.claim = Some(claim);
    let because = Some(Box::new(because(why, &call.plan)));
    let event = Event::Matched { agent: claim.agent, decision: claim.decision, why: claim.why, because };
    step(centre, claim.call, event, at, out);
}

/// The core wants to be asked for a tick at that moment. One timer is enough: a tick says when the next is wanted.
fn tick_wanted(centre: &mut Centre, wanted: Moment) {
    match centre.tick {
        Some((set, _)) if set <= wanted => {}
        Some((_, key)) => {
            centre.timers.stop(key);
            centre.tick = Some((wanted, centre.timers.set(wanted, Timer::Tick)));
        }
        None => centre.tick = Some((wanted, centre.timers.set(wanted, Timer::Tick))),
    }
}

/// The tick's moment has come.
pub(crate) fn tick(centre: &mut Centre, out: &mut Vec<Output>) {
    centre.tick = None;
    out.push(Output::Core(Request::Tick));
}

pub(crate) fn join(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let line = &call.plan.lines[call.journey.line().at()];
    call.queued_at = Some(at);
    out.push(Output::Core(Request::Join(NewTicket {
        call: id,
        class: line.class,
        queue: line.queue,
        municipality: call.journey.municipality(),
        since: at,
        precedence: Precedence::Normal,
    })));
}

pub(crate) fn leave(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    if let Some(ticket) = centre.calls.get_mut(&id).and_then(|call| call.ticket.take()) {
        out.push(Output::Core(Request::Leave { ticket }));
    }
}

pub(crate) fn look(centre: &Centre, id: CallId, out: &mut Vec<Output>) {
    if let Some(ticket) = centre.calls.get(&id).and_then(|call| call.ticket) {
        out.push(Output::Core(Request::LookForAgent { ticket }));
    }
}

pub(crate) fn estimate(centre: &Centre, id: CallId, out: &mut Vec<Output>) {
    if let Some(ticket) = centre.calls.get(&id).and_then(|call| call.ticket) {
        out.push(Output::Core(Request::Estimate { ticket }));
    }
}

/// The claim came to nothing: the seat is free to go, its desk is told why. The claim itself is kept, should the call go
/// back to its queue by it.
pub(crate) fn release_seat(centre: &mut Centre, id: CallId, why: OfferEnd, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    if let Some(claim) = call.claim.take() {
        call.failed_claim = Some(claim);
        release(centre, &claim, why, out);
    }
}

fn release(centre: &Centre, claim: &Claim, why: OfferEnd, out: &mut Vec<Output>) {
    out.push(Output::Core(Request::SeatRelease { agent: claim.agent, generation: claim.generation }));
    notify(centre, claim, CallNoticeWhat::Withdrawn { why }, out);
}

/// In front of the queue again; the agent whose offer came to nothing is barred from this call for a while.
pub(crate) fn return_to_queue(centre: &mut Centre, id: CallId, barred_until: Moment, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    if let (Some(_), Some(claim)) = (call.ticket, call.failed_claim.take()) {
        out.push(Output::Core(Request::Return { claim, barred_until }));
    }
}

/// What the agent is shown of a call that rings.
pub(crate) fn shown(centre: &Centre, id: CallId, claim: &Claim, at: Moment) -> Option<OfferShown> {
    let call = centre.calls.get(&id)?;
    let line = &call.plan.lines[call.journey.line().at()];
    Some(OfferShown {
        call: id,
        caller: call.caller.clone(),
        municipality: call.journey.municipality(),
        line: line.id.clone(),
        topic: line.topic.clone(),
        language: line.language.clone(),
        queue: call.plan.queues[call.journey.queue().at()].id.clone(),
        waited: call.queued_at.map(|since| at.since(since)).unwrap_or_default(),
        decision: claim.decision,
        why: claim.why,
    })
}

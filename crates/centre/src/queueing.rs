//! What is asked of the routing core for a call, and what its answers mean here: places in queues, claims, waits.
//!
//! Each claim is remembered until it is committed, released or returned. Knows no rule of a call, and not which agent is
//! best.

use std::time::Duration;

use journey::Event;
use model::{CallId, Moment, OfferEnd, OverflowWhy};
use plan::{AgentNo, QueueNo};
use routing::{Claim, Explanation, NewTicket, Precedence, Reply, Request, TicketId};

use crate::because::because;
use crate::call::Call;
use crate::centre::Centre;
use crate::floor::{notify, step};
use crate::input::CallNoticeWhat;
use crate::output::Output;
use crate::timers::Timer;
use crate::{decided, desks};

/// A colleague who is asked for must be ready at once; the core wants a time all the same.
const ASKED_FOR: Duration = Duration::from_secs(1);
/// An agent who calls a line is kept from that call for so long; the seat is closed much sooner.
const BARRED_FROM_OWN: Duration = Duration::from_secs(60);

/// The core answers.
pub(crate) fn on_core(centre: &mut Centre, reply: Reply, at: Moment, out: &mut Vec<Output>) {
    match reply {
        Reply::Queued { call, ticket, queue, overflow } => queued(centre, call, ticket, (queue, overflow), at, out),
        Reply::MovedOn { call, queue, since, overflow } => {
            step(centre, call, Event::Queued { queue, since, overflow: Some(overflow) }, at, out);
        }
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
fn queued(
    centre: &mut Centre,
    id: CallId,
    ticket: TicketId,
    (queue, overflow): (QueueNo, Option<OverflowWhy>),
    at: Moment,
    out: &mut Vec<Output>,
) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    call.ticket = Some(ticket);
    let since = call.queued_at.unwrap_or(at);
    decided::meets(centre, id);
    step(centre, id, Event::Queued { queue, since, overflow }, at, out);
}

/// A match: the call rings the agent, or frees the seat at once if it has no use for it any more.
fn matched(centre: &mut Centre, claim: Claim, why: &Explanation, at: Moment, out: &mut Vec<Output>) {
    decided::meets(centre, claim.call);
    let is_free = |call: &Call| call.claim.is_none() || call.journey.asks_for(claim.agent);
    let usable = centre.calls.get_mut(&claim.call).filter(|call| call.ticket == Some(claim.ticket) && is_free(call));
    let Some(call) = usable else {
        release(centre, &claim, OfferEnd::CitizenGone, out);
        return;
    };
    if call.own == Some(claim.agent) {
        // The desk has not closed the seat yet: nobody is rung by their own call.
        release(centre, &claim, OfferEnd::Declined, out);
        out.push(Output::Core(Request::Return { claim, barred_until: at + BARRED_FROM_OWN }));
        return;
    }
    call.step_aside();
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
    call.queued_at = Some(at);
    out.push(Output::Core(Request::Join(NewTicket {
        call: id,
        class: call.journey.class(&call.plan),
        queue: call.plan.lines[call.journey.line().at()].queue,
        municipality: call.journey.municipality(),
        since: at,
        precedence: same_agent(call, at).unwrap_or_default(),
    })));
}

/// Who rings again is first for the agent whom they talked with, where the line says so.
fn same_agent(call: &Call, at: Moment) -> Option<Precedence> {
    let rule = call.plan.lines[call.journey.line().at()].same_agent?;
    let (agent, talked) = call.earlier.as_ref()?.last_agent.as_ref()?;
    let (class, municipality) = (call.journey.class(&call.plan), call.journey.municipality());
    let agent = call.plan.same_agent(agent, class, municipality)?;
    (at.since(*talked) <= rule.within).then_some(Precedence::SameAgent { agent, until: at + rule.wait })
}

/// In line from when it came, and let in however full the queue is: for a place that is there already. (Preferred by nobody any
/// more.)
const KEPT_PLACE: Precedence = Precedence::Preferred { agent: AgentNo(0), until: Moment::EPOCH };

/// In the queue of its line once more, with the time that was waited before. Who takes another's place there needs no room of
/// their own.
pub(crate) fn join_again(centre: &mut Centre, id: CallId, front: bool, at: Moment, out: &mut Vec<Output>) {
    let takes_a_place = centre.calls.get(&id).is_some_and(|call| call.yields.is_some());
    let precedence = match (front, takes_a_place) {
        (true, _) => Precedence::Front,
        (false, true) => KEPT_PLACE,
        (false, false) => Precedence::Normal,
    };
    join_as(centre, id, precedence, at, out);
}

/// As a second attempt, behind whoever waits for the first.
pub(crate) fn join_later(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) {
    join_as(centre, id, Precedence::Later, at, out);
}

fn join_as(centre: &mut Centre, id: CallId, precedence: Precedence, at: Moment, out: &mut Vec<Output>) {
    let Some(waited) = centre.calls.get(&id).map(|call| call.waited) else { return };
    join_since(centre, id, precedence, at - waited, out);
}

/// In the place that was promised, from then on.
pub(crate) fn join_kept(centre: &mut Centre, id: CallId, since: Moment, out: &mut Vec<Output>) {
    join_since(centre, id, KEPT_PLACE, since, out);
}

/// Nobody who is to be called back joins a node that is being drained.
fn join_since(centre: &mut Centre, id: CallId, precedence: Precedence, since: Moment, out: &mut Vec<Output>) {
    let draining = centre.draining;
    let Some(call) = centre.calls.get_mut(&id) else { return };
    if draining && call.journey.is_called_back() {
        return;
    }
    call.queued_at = Some(since);
    out.push(Output::Core(Request::Join(NewTicket {
        call: id,
        class: call.journey.class(&call.plan),
        queue: call.plan.lines[call.journey.line().at()].queue,
        municipality: call.journey.municipality(),
        since,
        precedence,
    })));
}

/// For one agent alone, who is ready now or not at all.
pub(crate) fn ask_for(centre: &Centre, id: CallId, agent: AgentNo, at: Moment, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get(&id) else { return };
    out.push(Output::Core(Request::Join(NewTicket {
        call: id,
        class: call.journey.class(&call.plan),
        queue: call.journey.queue(),
        municipality: call.journey.municipality(),
        since: at,
        precedence: Precedence::Preferred { agent, until: at + ASKED_FOR },
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

pub(crate) fn move_on(centre: &Centre, id: CallId, out: &mut Vec<Output>) {
    if let Some(ticket) = centre.calls.get(&id).and_then(|call| call.ticket) {
        out.push(Output::Core(Request::MoveOn { ticket }));
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

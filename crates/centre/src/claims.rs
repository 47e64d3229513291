//! A claim that becomes a conversation, and the end of that for its agent: the core and the desk are told.
//! Knows claims and seats; not what was said.

use std::time::Duration;

use model::{CallId, Moment};
use routing::{Claim, Request};

use crate::centre::Centre;
use crate::floor::notify;
use crate::input::CallNoticeWhat;
use crate::output::Output;
use crate::{proof, together};

/// Citizen and agent hear each other: the claim is a conversation.
pub(crate) fn join(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let Some(agent) = call.agent.as_mut().filter(|_| call.claim.is_some()) else { return };
    agent.joined = true;
    let legs = (call.citizen.leg, agent.leg);
    together::join(centre, legs, out);
    proof::measure(centre, id, out);
    commit(centre, id, at, out);
}

/// The claim is a conversation from now on: its place in the queue is done with, and its desk is told.
pub(crate) fn commit(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let Some(claim) = call.claim else { return };
    call.ticket = None;
    call.waited = call.queued_at.take().map_or(call.waited, |since| at.since(since));
    out.push(Output::Core(Request::Commit { claim }));
    notify(centre, &claim, CallNoticeWhat::Talking, out);
}

pub(crate) fn end_talk(centre: &mut Centre, id: CallId, wrap_up: Duration, out: &mut Vec<Output>) {
    if let Some(claim) = centre.calls.get_mut(&id).and_then(|call| call.claim.take()) {
        give_seat_back(centre, &claim, wrap_up, out);
    }
}

/// A conversation is over for its agent.
pub(crate) fn give_seat_back(centre: &Centre, claim: &Claim, wrap_up: Duration, out: &mut Vec<Output>) {
    out.push(Output::Core(Request::SeatRelease { agent: claim.agent, generation: claim.generation }));
    notify(centre, claim, CallNoticeWhat::Over { wrap_up }, out);
}

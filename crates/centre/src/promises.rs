//! Promises to call citizens back, as they outlive the node: told whenever one has changed, taken up at the next start.
//!
//! What is told is derived from where the call stands after each step, so that no way can forget it. Knows calls and legs; not
//! where a promise is kept, nor how many there may be (`promise_book`).

use std::time::Duration;

use journey::{Journey, Promised};
use media::FarEnd;
use model::{BookedSlot, CallId, Caller, LegId, LegSide, Moment, Promise, PromiseChange, ShardNo};
use plan::LineNo;

use crate::call::{Call, CitizenLeg};
use crate::centre::{Centre, Counters};
use crate::input::{Input, PromiseAsked};
use crate::leg_sound::LegSound;
use crate::output::Output;
use crate::{floor, queueing};

/// The shard that keeps the book of all promises.
pub(crate) const BOOKKEEPER: ShardNo = ShardNo(0);

/// What was told of a call's promise last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Told {
    promised: Promised,
    waited: Duration,
    /// Nobody is on a phone for it: an end of the node cuts nothing, so a node that drains doesn't wait for it.
    rests: bool,
}

/// After a step: whoever keeps promises is told what is new of this one.
pub(crate) fn follow(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let Centre { calls, counters, .. } = centre;
    let Some(call) = calls.get_mut(&id) else { return };
    if !call.journey.is_called_back() && call.told.is_none() {
        return;
    }
    let Some(promised) = call.journey.promised() else { return over(counters, call, out) };
    let now = Told { promised, waited: call.waited, rests: call.journey.waits_without_a_phone() };
    if call.told.as_deref() == Some(&now) {
        return;
    }
    let change = PromiseChange::Kept(Box::new(as_kept(call, &now)));
    counters.promised += usize::from(now.rests);
    let before = call.told.replace(Box::new(now));
    counters.promised -= usize::from(before.is_some_and(|before| before.rests));
    out.push(Output::Promise(change));
}

/// There is nothing left to keep.
pub(crate) fn over(counters: &mut Counters, call: &mut Call, out: &mut Vec<Output>) {
    if let Some(told) = call.told.take() {
        counters.promised -= usize::from(told.rests);
        out.push(Output::Promise(PromiseChange::Over(call.id)));
    }
    if std::mem::take(&mut call.in_book) {
        out.push(Output::ToShard(BOOKKEEPER, Box::new(Input::PromiseOver(call.id))));
    }
}

fn as_kept(call: &Call, told: &Told) -> Promise {
    let (journey, plan) = (&call.journey, &call.plan);
    let line = &plan.lines[journey.line().at()];
    let Told { promised, waited, rests: _ } = told.clone();
    Promise {
        call: call.id,
        number: promised.number,
        line: line.id.clone(),
        rung: plan.lines[journey.rung().at()].id.clone(),
        queue: plan.queues[line.queue.at()].id.clone(),
        language: line.language.clone(),
        municipality: journey.municipality(),
        since: promised.since,
        waited,
        until: promised.until,
        not_before: promised.not_before,
        attempts: promised.attempts,
        attempts_max: promised.attempts_max,
        again_after: promised.again_after,
        slot: promised.slot,
        facts: call.facts,
    }
}

/// Which time is free, the book says.
pub(crate) fn find_slot(centre: &Centre, id: CallId, from: Moment, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get(&id) else { return };
    let asked = Input::SlotAsked { call: id, line: call.journey.line(), from };
    out.push(Output::ToShard(BOOKKEEPER, Box::new(asked)));
}

/// A promise may be made if the book has room for it.
pub(crate) fn ask(centre: &mut Centre, id: CallId, slot: Option<BookedSlot>, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let Some(number) = call.journey.number_to_call() else { return };
    call.in_book = true;
    let asked = PromiseAsked { call: id, number: number.clone(), line: call.journey.line(), slot };
    out.push(Output::ToShard(BOOKKEEPER, Box::new(Input::PromiseAsked(asked))));
}

/// A promise of a node that has ended is kept by this one. Its line was found in the plan.
pub(crate) fn take_up(centre: &mut Centre, promise: &Promise, line: LineNo, at: Moment, out: &mut Vec<Output>) {
    let id = promise.call;
    let mut effects = Vec::with_capacity(8);
    let journey = Journey::resume(&centre.plan, line, promise, at, &mut effects);
    centre.counters.legs += 1;
    let citizen = CitizenLeg {
        leg: LegId::new(centre.settings.shard, LegSide::Outbound, centre.counters.legs),
        sound: LegSound::default(),
        offer: None,
        far: FarEnd::Phone(centre.settings.srtp.outside),
        alive: false,
        early: None,
    };
    let mut call = Call::new(id, centre.plan.clone(), journey, citizen, Caller::Number(promise.number.clone()));
    call.facts = promise.facts;
    // Who chose a time waits from its beginning on, whenever the node came back.
    let late = promise.slot.filter(|_| promise.attempts == 0).map(|slot| at.since(slot.from));
    call.waited = late.unwrap_or(promise.waited);
    call.in_book = true;
    let Some(told) = call.journey.promised() else { return };
    call.told = Some(Box::new(Told { promised: told, waited: promise.waited, rests: true }));
    centre.counters.promised += 1;
    centre.calls.insert(id, call);
    let asked = PromiseAsked { call: id, number: promise.number.clone(), line, slot: promise.slot };
    out.push(Output::ToShard(BOOKKEEPER, Box::new(Input::PromiseTakenUp(asked))));
    floor::carry(centre, id, effects, at, out);
    follow(centre, id, out);
}

/// No new conversations any more: who is to be called is called by the next node.
pub(crate) fn rest_all(centre: &mut Centre, out: &mut Vec<Output>) {
    let promised = centre.calls.values().filter(|call| call.told.is_some());
    let promised: Vec<CallId> = promised.map(|call| call.id).collect();
    for id in promised {
        queueing::leave(centre, id, out);
    }
}

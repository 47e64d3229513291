//! Station 5: a citizen who waits goes on to another queue, where their own queue's rule of overflow says so.
//!
//! Knows when to ask; whether another queue is less pressed, and where the citizen stands there, the core knows.

use std::time::Duration;

use model::{Moment, OverflowWhy, What};
use plan::{OverflowRule, Plan, QueueNo};

use crate::{Alarm, Effect, Effects, Journey};

/// How soon it is asked again whether another queue takes the call, or whether enough agents are still on duty.
const ASK_AGAIN: Duration = Duration::from_secs(15);

/// In which queue it stands, since when, and why there.
pub(crate) type Stands = (QueueNo, Moment, Option<OverflowWhy>);

/// Where it waits is known.
pub(crate) fn queued(
    journey: &mut Journey,
    (queue, since, overflow): Stands,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    journey.queue = queue;
    journey.way_in.waited = true;
    out.push(Effect::Note(What::Queued { queue: plan.queues[queue.at()].id.clone(), since, overflow }));
    let Some(rule) = rule(journey, plan) else { return };
    let wait_over = rule.wait_over.map(|longest| (since + longest).max(at));
    let first = wait_over.into_iter().chain(rule.agents_under.map(|_| at + ASK_AGAIN)).min();
    out.extend(first.map(|first| Effect::SetAlarm(Alarm::MoveOn, first)));
}

/// Time to ask. Asked again as long as it stands here.
pub(crate) fn again(journey: &Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    later(journey, plan, at, out);
    out.push(Effect::MoveOn);
}

/// Not while a phone rings: that may be the end of the wait.
pub(crate) fn later(journey: &Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    if rule(journey, plan).is_some() {
        out.push(Effect::SetAlarm(Alarm::MoveOn, at + ASK_AGAIN));
    }
}

fn rule<'a>(journey: &Journey, plan: &'a Plan) -> Option<&'a OverflowRule> {
    journey.queue_of(plan).overflow_when.as_ref()
}

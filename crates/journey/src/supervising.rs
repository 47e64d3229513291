//! Station 8, with a supervisor: who listens, whispers to the agent, joins the two, or takes the citizen over.
//! Knows one supervisor a conversation; who may be one is asked elsewhere.

use model::{Cause, HandedTo, InCallFact, Moment, What};
use plan::{AgentNo, Plan};

use crate::beside::{Listener, Supervision};
use crate::company::{changed, note, part};
use crate::handing::join_third;
use crate::offer::RING_GRACE;
use crate::stage::agent_id;
use crate::{Alarm, Denied, Effect, Effects, Journey, announcing, talk};

pub(crate) fn supervise(
    journey: &mut Journey,
    agent: AgentNo,
    (by, what): (AgentNo, &Supervision),
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    let listener = journey.company.as_ref().and_then(|company| company.listener);
    let denied = match (listener, what) {
        _ if by == agent => Some(Denied::NotYours),
        (Some(listener), _) if listener.by != by => Some(Denied::Supervised),
        (None, Supervision::TakeOver | Supervision::Stop) => Some(Denied::NotYours),
        (_, Supervision::Announce(..) | Supervision::StopAnnouncement) => None,
        (Some(listener), Supervision::TakeOver) if !listener.there => Some(Denied::NobodyThere),
        (Some(_), Supervision::TakeOver) if journey.has_third() => Some(Denied::ThirdThere),
        (Some(_) | None, _) => None,
    };
    if let Some(denied) = denied {
        return out.push(Effect::AnswerWish(Err(denied)));
    }
    match (listener, what) {
        (None, Supervision::TakePart(how)) => {
            let how = *how;
            journey.company_mut().listener = Some(Listener { by, how, there: false });
            out.push(Effect::SetAlarm(Alarm::ListenerOver, at + plan.dialling.ring_time_max + RING_GRACE));
            // Answered when it is known whether the phone is free.
            return out.push(Effect::CallListener(by));
        }
        (Some(listener), Supervision::TakePart(how)) => {
            let how = *how;
            journey.company_mut().listener = Some(Listener { how, ..listener });
            if listener.there && listener.how != how {
                out.push(note(InCallFact::Supervised { by: agent_id(plan, by), how }));
            }
        }
        (Some(_), Supervision::Stop) => {
            out.push(Effect::HangUpListener(Cause::Normal));
            listener_gone(journey, plan, out);
            return out.push(Effect::AnswerWish(Ok(())));
        }
        (Some(_), Supervision::TakeOver) => {
            take_over(journey, agent, by, plan, out);
            return out.push(Effect::AnswerWish(Ok(())));
        }
        (_, Supervision::Announce(what, to)) => {
            if let Err(denied) = announcing::begin(journey, (by, what, *to), plan, out) {
                return out.push(Effect::AnswerWish(Err(denied)));
            }
        }
        (_, Supervision::StopAnnouncement) => announcing::cut(journey, out),
        (None, Supervision::TakeOver | Supervision::Stop) => {}
    }
    out.push(Effect::AnswerWish(Ok(())));
    changed(journey, out);
}

/// The supervisor's phone has the citizen from now on; no seat is claimed for it.
fn take_over(journey: &mut Journey, agent: AgentNo, by: AgentNo, plan: &Plan, out: &mut Effects) {
    let to = HandedTo::Agent(agent_id(plan, by));
    journey.talked = true;
    journey.handed_to = Some(to.clone());
    out.push(Effect::ListenerTakesOver);
    part(journey, plan, out);
    out.push(Effect::Note(What::Transferred { by: agent_id(plan, agent), to }));
    out.push(Effect::LetFormerGo { wrap_up: journey.queue_of(plan).wrap_up });
    join_third(journey, out);
}

pub(crate) fn listener_answered(journey: &mut Journey, plan: &Plan, out: &mut Effects) {
    out.push(Effect::StopAlarm(Alarm::ListenerOver));
    let Some(listener) = journey.company.as_mut().and_then(|company| company.listener.as_mut()) else { return };
    listener.there = true;
    let (by, how) = (agent_id(plan, listener.by), listener.how);
    out.push(note(InCallFact::Supervised { by, how }));
    changed(journey, out);
}

pub(crate) fn listener_gone(journey: &mut Journey, plan: &Plan, out: &mut Effects) {
    out.push(Effect::StopAlarm(Alarm::ListenerOver));
    end_supervision(journey, plan, out);
    changed(journey, out);
}

pub(crate) fn end_supervision(journey: &mut Journey, plan: &Plan, out: &mut Effects) {
    let listener = journey.company.as_mut().and_then(|company| company.listener.take());
    if let Some(Listener { by, there: true, .. }) = listener {
        out.push(note(InCallFact::SupervisionOver { by: agent_id(plan, by) }));
    }
}

/// A supervisor takes part in a conversation, not in what comes after it.
pub(crate) fn leave_unsupervised(journey: &mut Journey, plan: &Plan, out: &mut Effects) {
    if journey.company.as_ref().is_some_and(|company| company.listener.is_some()) {
        out.push(Effect::HangUpListener(Cause::Normal));
        listener_gone(journey, plan, out);
        talk::music_if_agent_is_away(journey, plan, out);
    }
}

//! Station 8, between two conversations: an agent hands the citizen on, to a line, a colleague or somebody outside; or an
//! agent calls somebody, with no citizen yet.
//!
//! The agent talks on until somebody takes over, or hangs up sooner. A citizen whom nobody takes over talks on with the
//! agent, or stands in front of the queue again: no way leads out of here without a next station.

use std::time::Duration;

use model::{Cause, HandedTo, Moment, OfferEnd, Outcome, What};
use plan::{AgentNo, HoursState, LineNo, Plan, QueueNo};

use crate::elsewhere::{cause_of_refusal, end_of_called};
use crate::offer::{RING_GRACE, refused};
use crate::stage::{Asked, agent_id, decline_claim};
use crate::{Alarm, Effect, Effects, Event, Journey, Party, Stage, Target, waiting};

/// An agent calls a colleague's phone, or somebody outside. (A line's number begins as any call, `arrival`.)
pub(crate) fn begin(plan: &Plan, agent: AgentNo, to: &Target, at: Moment, out: &mut Effects) -> Journey {
    let journey = Journey {
        stage: Stage::Handing { from: None, to: Party::Third },
        line: LineNo(0),
        queue: QueueNo(0),
        municipality: plan.agents[agent.at()].home,
        answered: false,
        confirmed: false,
        last_words: None,
        wait_asked: true,
        own: Some(agent),
        talked: false,
        spoken: LineNo(0),
        asked: None,
        handed_to: Some(handed_to(plan, to)),
    };
    out.push(Effect::SetAlarm(Alarm::RingOver, at + plan.dialling.ring_time_max + RING_GRACE));
    out.push(if matches!(to, Target::Agent(_)) { Effect::CallColleague } else { Effect::CallOut });
    journey
}

/// Whom facts name.
pub(crate) fn handed_to(plan: &Plan, to: &Target) -> HandedTo {
    match to {
        Target::Line(line) => HandedTo::Line(plan.lines[line.at()].id.clone()),
        Target::Agent(agent) => HandedTo::Agent(agent_id(plan, *agent)),
        Target::Outside(person) => HandedTo::Outside(*person),
    }
}

/// The agent who talks asks that the citizen be handed on.
pub(crate) fn ask(journey: &mut Journey, agent: AgentNo, to: &Target, plan: &Plan, at: Moment, out: &mut Effects) {
    if journey.asked.is_some() {
        return out.push(Effect::AnswerTransfer(Err(Cause::Busy)));
    }
    match to {
        Target::Line(line) => {
            let calendar = &plan.calendars[plan.lines[line.at()].calendar.at()];
            if let HoursState::Closed { .. } = calendar.state(at) {
                return out.push(Effect::AnswerTransfer(Err(Cause::NotAllowed)));
            }
            journey.asked = Some(Asked::Line(journey.line));
            journey.line = *line;
            out.push(Effect::JoinAgain { front: false });
        }
        Target::Agent(to) => {
            // Skill is the agents' business; whose citizens somebody may take is the members'.
            let serves = plan.agents[to.at()].serves.as_ref();
            let may_take =
                serves.is_none_or(|members| journey.municipality.is_some_and(|code| members.contains(&code)));
            if *to == agent || !may_take {
                return out.push(Effect::AnswerTransfer(Err(Cause::NotAllowed)));
            }
            journey.asked = Some(Asked::Agent(*to));
            out.push(Effect::AskFor(*to));
        }
        Target::Outside(_) => {
            let handed_to = handed_to(plan, to);
            out.push(Effect::AnswerTransfer(Ok(())));
            out.push(Effect::Note(What::TransferBegan { by: agent_id(plan, agent), to: handed_to.clone() }));
            journey.handed_to = Some(handed_to);
            begin_to_call(journey, agent, Party::Third, plan.dialling.ring_time_max, at, out);
            out.push(Effect::CallOut);
        }
    }
}

fn begin_to_call(
    journey: &mut Journey,
    from: AgentNo,
    to: Party,
    ring_time_max: Duration,
    at: Moment,
    out: &mut Effects,
) {
    journey.stage = Stage::Handing { from: Some(from), to };
    out.push(Effect::SetAlarm(Alarm::RingOver, at + ring_time_max + RING_GRACE));
}

/// The queue that was asked for has room: the citizen stands in it, the agent is done.
pub(crate) fn has_room(
    journey: &mut Journey,
    agent: AgentNo,
    (queue, since): (QueueNo, Moment),
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    // A colleague is asked for in a lane of their own: that is no queue to stand in.
    let Some(Asked::Line(_)) = journey.asked else { return };
    journey.asked = None;
    let to = handed_to(plan, &Target::Line(journey.line));
    out.push(Effect::AnswerTransfer(Ok(())));
    out.push(Effect::Note(What::Transferred { by: agent_id(plan, agent), to }));
    out.push(Effect::TellTransfer(Ok(())));
    out.push(Effect::EndTalk { wrap_up: journey.queue_of(plan).wrap_up });
    out.push(Effect::HangUpAgent(Cause::Normal));
    waiting::again(journey, plan, at, out);
    waiting::queued(journey, queue, since, plan, out);
}

/// The queue is full, or the lane of a colleague can't be had.
pub(crate) fn has_no_room(journey: &mut Journey, out: &mut Effects) {
    match journey.asked.take() {
        Some(Asked::Line(before)) => {
            journey.line = before;
            out.push(Effect::AnswerTransfer(Err(Cause::Full)));
        }
        Some(Asked::Agent(_)) => out.push(Effect::AnswerTransfer(Err(Cause::Busy))),
        None => {}
    }
}

/// The colleague is not ready just now.
pub(crate) fn is_not_ready(journey: &mut Journey, out: &mut Effects) {
    if let Some(Asked::Agent(_)) = journey.asked {
        journey.asked = None;
        out.push(Effect::LeaveQueue);
        out.push(Effect::AnswerTransfer(Err(Cause::Busy)));
    }
}

/// The colleague's phone rings, while citizen and agent talk on.
pub(crate) fn ring(journey: &mut Journey, from: AgentNo, to: AgentNo, plan: &Plan, at: Moment, out: &mut Effects) {
    journey.asked = None;
    journey.handed_to = Some(HandedTo::Agent(agent_id(plan, to)));
    begin_to_call(journey, from, Party::Agent(to), journey.queue_of(plan).ring_time_max, at, out);
    out.push(Effect::RingAgent);
}

/// The agent's own call beside this one becomes the citizen's: whoever is there takes over at once, and a phone that
/// still rings goes on ringing.
pub(crate) fn taken_over(
    journey: &mut Journey,
    agent: AgentNo,
    to: &HandedTo,
    talks: Option<Party>,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    out.push(Effect::AnswerTransfer(Ok(())));
    journey.handed_to = Some(to.clone());
    let Some(party) = talks else {
        out.push(Effect::Note(What::TransferBegan { by: agent_id(plan, agent), to: to.clone() }));
        return begin_to_call(journey, agent, Party::Third, plan.dialling.ring_time_max, at, out);
    };
    let_former_go(journey, agent, plan, out);
    match party {
        Party::Agent(agent) => {
            journey.stage = Stage::Talk { agent };
            out.push(Effect::JoinTaken);
            out.push(Effect::Note(What::Talking { agent: agent_id(plan, agent) }));
        }
        Party::Third => join_third(journey, out),
    }
}

pub(crate) fn on(
    journey: &mut Journey,
    from: Option<AgentNo>,
    to: Party,
    event: &Event,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    match event {
        Event::AgentAnswered => answered(journey, from, to, plan, out),
        Event::AgentRefused(why) => failed(journey, from, to, refused(*why), plan, at, out),
        Event::AgentGone(end) => failed(journey, from, to, end_of_called(*end), plan, at, out),
        Event::AgentDeclined => give_up(journey, from, to, OfferEnd::Declined, plan, at, out),
        Event::AgentNotReachable => give_up(journey, from, to, OfferEnd::Failed, plan, at, out),
        Event::Alarm(Alarm::RingOver) => give_up(journey, from, to, OfferEnd::NoAnswer, plan, at, out),
        Event::FormerGone => former_gone(journey, from, to, plan, out),
        Event::FormerHangsUp => {
            // The phone is let go of by us: as far as the agent is concerned the transfer is done.
            out.push(Effect::TellTransfer(Ok(())));
            former_gone(journey, from, to, plan, out);
        }
        Event::CitizenGone(end) => {
            stop(journey, from, to, plan, out);
            let outcome = if journey.own.is_some() { Outcome::AbandonedEarly } else { crate::talk::outcome_of(*end) };
            journey.over(outcome, out);
        }
        Event::Dissolved => {
            stop(journey, from, to, plan, out);
            journey.end(Outcome::AbandonedEarly, Cause::Normal, out);
        }
        Event::Silent | Event::CitizenSoundLost => {
            stop(journey, from, to, plan, out);
            let outcome = if journey.own.is_some() { Outcome::Failed } else { Outcome::Talked };
            journey.end(outcome, Cause::PeerLost, out);
        }
        Event::CitizenNotAnswerable(cause) => {
            stop(journey, from, to, plan, out);
            journey.answered = false;
            journey.end(Outcome::Failed, *cause, out);
        }
        Event::CitizenConfirmed if from.is_none() && journey.own.is_none() => waiting::music(journey, plan, out),
        Event::HandOn(_) => out.push(Effect::AnswerTransfer(Err(Cause::Busy))),
        Event::Matched { .. } => decline_claim(out),
        Event::CitizenConfirmed
        | Event::Said
        | Event::Queued { .. }
        | Event::QueueFull
        | Event::NoMatch(_)
        | Event::Estimated { .. }
        | Event::AgentHangsUp
        | Event::TakenOver { .. }
        | Event::Alarm(
            Alarm::GreetingOver | Alarm::Unanswered | Alarm::WaitOver | Alarm::LookAgain | Alarm::FarewellOver,
        ) => {}
    }
}

/// Whoever was called is there.
fn answered(journey: &mut Journey, from: Option<AgentNo>, to: Party, plan: &Plan, out: &mut Effects) {
    out.push(Effect::StopAlarm(Alarm::RingOver));
    if let Some(from) = from {
        let_former_go(journey, from, plan, out);
    }
    match to {
        Party::Agent(agent) => crate::talk::join(journey, agent, plan, out),
        Party::Third => join_third(journey, out),
    }
}

/// The agent who handed on is done.
fn let_former_go(journey: &mut Journey, from: AgentNo, plan: &Plan, out: &mut Effects) {
    transferred(journey, from, plan, out);
    out.push(Effect::TellTransfer(Ok(())));
    out.push(Effect::LetFormerGo { wrap_up: journey.queue_of(plan).wrap_up });
}

fn transferred(journey: &mut Journey, from: AgentNo, plan: &Plan, out: &mut Effects) {
    journey.talked = true;
    if let Some(to) = journey.handed_to.clone() {
        out.push(Effect::Note(What::Transferred { by: agent_id(plan, from), to }));
    }
}

fn join_third(journey: &mut Journey, out: &mut Effects) {
    journey.stage = Stage::Elsewhere;
    journey.talked = true;
    journey.answer(out);
    out.push(Effect::JoinThird);
    out.push(Effect::Note(What::Connected));
}

/// The agent who hands on hangs up before anybody is there: the citizen hears music while the phone rings.
fn former_gone(journey: &mut Journey, from: Option<AgentNo>, to: Party, plan: &Plan, out: &mut Effects) {
    let Some(from) = from else { return };
    transferred(journey, from, plan, out);
    out.push(Effect::LetFormerGo { wrap_up: journey.queue_of(plan).wrap_up });
    journey.stage = Stage::Handing { from: None, to };
    out.push(Effect::CitizenWaits);
    waiting::music(journey, plan, out);
}

/// The phone that was called is told to stop; then as if it had not been answered.
fn give_up(
    journey: &mut Journey,
    from: Option<AgentNo>,
    to: Party,
    why: OfferEnd,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    out.push(Effect::HangUpAgent(if why == OfferEnd::Failed { Cause::NotAcceptable } else { Cause::Normal }));
    failed(journey, from, to, why, plan, at, out);
}

/// Nobody takes over.
fn failed(
    journey: &mut Journey,
    from: Option<AgentNo>,
    to: Party,
    why: OfferEnd,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    end_offer(to, why, plan, out);
    if journey.own.is_some() {
        return journey.end(Outcome::GaveUp, cause_of_refusal(why), out);
    }
    out.push(Effect::Note(What::TransferFailed { why }));
    if let Some(agent) = from {
        journey.stage = Stage::Talk { agent };
        out.push(Effect::Restore);
        out.push(Effect::TellTransfer(Err(cause_of_refusal(why))));
    } else {
        waiting::again(journey, plan, at, out);
        out.push(Effect::JoinAgain { front: true });
    }
}

/// The citizen is gone, or can't be heard: nobody is needed any more.
fn stop(journey: &Journey, from: Option<AgentNo>, to: Party, plan: &Plan, out: &mut Effects) {
    out.push(Effect::HangUpAgent(Cause::CallerGone));
    end_offer(to, OfferEnd::CitizenGone, plan, out);
    if from.is_some() {
        out.push(Effect::Note(What::HungUp { by: model::Party::Citizen }));
        out.push(Effect::TellTransfer(Err(Cause::CallerGone)));
        out.push(Effect::LetFormerGo { wrap_up: journey.queue_of(plan).wrap_up });
    }
}

fn end_offer(to: Party, why: OfferEnd, plan: &Plan, out: &mut Effects) {
    out.push(Effect::StopAlarm(Alarm::RingOver));
    if let Party::Agent(to) = to {
        out.push(Effect::Note(What::OfferEnded { agent: agent_id(plan, to), why }));
        out.push(Effect::ReleaseSeat(why));
        out.push(Effect::LeaveQueue);
    }
}

//! Station 8, its beginning: an agent asks that the citizen be handed on, or calls somebody with no citizen yet. What is not
//! possible is refused at once, and the conversation goes on.
//!
//! Knows hours, membership and who may be asked for; what becomes of a call that was begun is `handing`'s.

use std::time::Duration;

use model::{Cause, HandedTo, Moment, What};
use plan::{AgentNo, HoursState, LineNo, Plan, QueueNo};

use crate::arrival::WayIn;
use crate::handing::{join_third, let_former_go};
use crate::offer::RING_GRACE;
use crate::stage::{Asked, agent_id};
use crate::{Alarm, Effect, Effects, Journey, Party, Stage, Target, company, moving_on, supervising, waiting};

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
        opening: None,
        promise: None,
        waits_since: at,
        wait_asked: true,
        failed_in_a_row: 0,
        resting: false,
        own: Some(agent),
        talked: false,
        agent_away: false,
        spoken: LineNo(0),
        way_in: WayIn::new(at),
        meanwhile: crate::meanwhile::Meanwhile::default(),
        asked: None,
        handed_to: Some(handed_to(plan, to)),
        company: None,
        caller: None,
        callback: None,
        booking: None,
        led_on: None,
        consented: None,
        message: None,
    };
    out.push(Effect::SetAlarm(Alarm::RingOver, at + plan.dialling.ring_time_max + RING_GRACE));
    out.push(if matches!(to, Target::Agent(_)) { Effect::CallColleague } else { Effect::CallOut });
    journey
}

/// Whom facts name.
pub fn handed_to(plan: &Plan, to: &Target) -> HandedTo {
    match to {
        Target::Line(line) => HandedTo::Line(plan.lines[line.at()].id.clone()),
        Target::Agent(agent) => HandedTo::Agent(agent_id(plan, *agent)),
        Target::Outside(person) => HandedTo::Outside(*person),
    }
}

/// The agent who talks asks that the citizen be handed on.
pub(crate) fn ask(journey: &mut Journey, agent: AgentNo, to: &Target, plan: &Plan, at: Moment, out: &mut Effects) {
    if journey.asked.is_some() || journey.has_third() {
        return out.push(Effect::AnswerTransfer(Err(Cause::Busy)));
    }
    match to {
        Target::Line(line) => {
            let calendar = &plan.calendars[plan.lines[line.at()].calendar.at()];
            if let HoursState::Closed { .. } = calendar.state(at) {
                return out.push(Effect::AnswerTransfer(Err(Cause::Closed)));
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
            begin_to_call(journey, agent, Party::Third, plan.dialling.ring_time_max, (plan, at), out);
            out.push(Effect::CallOut);
        }
    }
}

fn begin_to_call(
    journey: &mut Journey,
    from: AgentNo,
    to: Party,
    ring_time_max: Duration,
    (plan, at): (&Plan, Moment),
    out: &mut Effects,
) {
    supervising::leave_unsupervised(journey, plan, out);
    journey.stage = Stage::Handing { from: Some(from), to };
    out.push(Effect::SetAlarm(Alarm::RingOver, at + ring_time_max + RING_GRACE));
}

/// The queue that was asked for has room: the citizen stands in it, the agent is done.
pub(crate) fn has_room(
    journey: &mut Journey,
    agent: AgentNo,
    stands: moving_on::Stands,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    // A colleague is asked for in a lane of their own: that is no queue to stand in.
    let Some(Asked::Line(_)) = journey.asked else { return };
    journey.asked = None;
    company::part(journey, plan, out);
    let to = handed_to(plan, &Target::Line(journey.line));
    out.push(Effect::AnswerTransfer(Ok(())));
    out.push(Effect::Note(What::Transferred { by: agent_id(plan, agent), to }));
    out.push(Effect::TellTransfer(Ok(())));
    out.push(Effect::HangUpAgent(Cause::Normal));
    out.push(Effect::EndTalk { wrap_up: journey.queue_of(plan).wrap_up });
    waiting::again(journey, plan, at, out);
    moving_on::queued(journey, stands, plan, at, out);
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
    let ring_time_max = journey.queue_of(plan).ring_time_max;
    begin_to_call(journey, from, Party::Agent(to), ring_time_max, (plan, at), out);
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
        return begin_to_call(journey, agent, Party::Third, plan.dialling.ring_time_max, (plan, at), out);
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

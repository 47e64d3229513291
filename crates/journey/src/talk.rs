//! Stations 8 and 9: citizen and agent talk, until one of them hangs up or is lost.
//! Knows who hung up; doesn't know wrap-ups, which are the desk's.

use model::{Cause, HandedTo, Hearer, LegEnd, Moment, OfferEnd, Outcome, Party, ThirdStage, What};
use plan::{AgentNo, Plan};

use crate::ends::decline_claim;
use crate::stage::agent_id;
use crate::{Alarm, Company, Effect, Effects, Event, Journey, Stage, asking, company, waiting};

/// The agent's phone was answered: both are joined.
pub(crate) fn join(journey: &mut Journey, agent: AgentNo, plan: &Plan, out: &mut Effects) {
    waiting::stop_alarms(out);
    out.push(Effect::StopAlarm(Alarm::RingOver));
    out.push(Effect::Note(What::Answered { agent: agent_id(plan, agent) }));
    journey.stage = Stage::Talk { agent };
    journey.agent_away = false;
    journey.answer(out);
    out.push(Effect::Join);
    out.push(Effect::Note(What::Talking { agent: agent_id(plan, agent) }));
}

pub(crate) fn on(journey: &mut Journey, agent: AgentNo, event: &Event, plan: &Plan, at: Moment, out: &mut Effects) {
    match event {
        Event::HandOn(to) => asking::ask(journey, agent, to, plan, at, out),
        Event::TakenOver { to, talks } => asking::taken_over(journey, agent, to, *talks, plan, at, out),
        Event::Queued { queue, since, overflow } => {
            asking::has_room(journey, agent, (*queue, *since, *overflow), plan, at, out);
        }
        Event::QueueFull => asking::has_no_room(journey, out),
        Event::NoMatch(_) => asking::is_not_ready(journey, out),
        Event::Dissolved => {
            hung_up(journey, plan, Party::Agent, out);
            journey.end(Outcome::Talked, Cause::Normal, out);
        }
        Event::CitizenGone(end) => {
            out.push(Effect::HangUpAgent(Cause::Normal));
            let by = by_whom(*end, journey.caller());
            hung_up(journey, plan, by, out);
            journey.over(outcome_of(*end), out);
        }
        Event::AgentGone(end) => {
            if company::hand_over(journey, agent, plan, at, out) {
                return;
            }
            hung_up(journey, plan, by_whom(*end, Party::Agent), out);
            journey.end(outcome_of(*end), cause_of(*end), out);
        }
        Event::AgentHangsUp => {
            out.push(Effect::HangUpAgent(Cause::Normal));
            hung_up(journey, plan, Party::Agent, out);
            journey.end(Outcome::Talked, Cause::Normal, out);
        }
        Event::AgentAway => away(journey, plan, out),
        Event::AgentBack => back(journey, out),
        Event::Silent if journey.agent_away => without_agent(journey, agent, plan, at, out),
        // The page that the agent came back to doesn't take the talk.
        Event::AgentRefused(_) if journey.agent_away => without_agent(journey, agent, plan, at, out),
        Event::Silent | Event::AgentNotReachable => lost(journey, plan, Outcome::Talked, out),
        // A citizen who could never be heard has talked with nobody.
        Event::CitizenSoundLost => lost(journey, plan, Outcome::Failed, out),
        // Told while both are being joined: there was no conversation, only an offer.
        Event::CitizenNotAnswerable(cause) => {
            out.push(Effect::HangUpAgent(*cause));
            out.push(Effect::Note(What::OfferEnded { agent: agent_id(plan, agent), why: OfferEnd::Failed }));
            out.push(Effect::ReleaseSeat(OfferEnd::Failed));
            out.push(Effect::LeaveQueue);
            journey.answered = false;
            journey.end(Outcome::Failed, *cause, out);
        }
        Event::Matched { agent: to, decision, why, because } if journey.asks_for(*to) => {
            out.push(Effect::AnswerTransfer(Ok(())));
            let began = What::TransferBegan { by: agent_id(plan, agent), to: HandedTo::Agent(agent_id(plan, *to)) };
            out.push(Effect::Note(began));
            let because = because.clone();
            let offered = What::Offered { agent: agent_id(plan, *to), decision: *decision, why: *why, because };
            out.push(Effect::Note(offered));
            asking::ring(journey, agent, *to, plan, at, out);
        }
        Event::Matched { .. } => decline_claim(out),
        Event::CitizenConfirmed
        | Event::Said
        | Event::FormerGone
        | Event::FormerHangsUp
        | Event::Key(_)
        | Event::Company(_)
        | Event::Recording(_)
        | Event::Callback(_)
        | Event::Bot(_)
        | Event::Message(_)
        | Event::Estimated { .. }
        | Event::AgentAnswered
        | Event::AgentRefused(_)
        | Event::AgentDeclined
        | Event::Alarm(_) => {}
    }
}

/// Nothing is heard of the agent's browser just now.
pub(crate) fn away(journey: &mut Journey, plan: &Plan, out: &mut Effects) {
    journey.agent_away = true;
    music_if_agent_is_away(journey, plan, out);
}

/// The agent is heard again.
pub(crate) fn back(journey: &mut Journey, out: &mut Effects) {
    journey.agent_away = false;
    if hears_the_agent_alone(journey) {
        out.push(Effect::HearAgent);
    }
}

/// A citizen whose agent's browser is away hears music in the agent's place.
pub(crate) fn music_if_agent_is_away(journey: &Journey, plan: &Plan, out: &mut Effects) {
    if journey.agent_away && hears_the_agent_alone(journey) {
        waiting::music(journey, plan, out);
    }
}

/// Whether the citizen hears the agent and nothing else: not while on hold or told something, and not in a conversation of three.
fn hears_the_agent_alone(journey: &Journey) -> bool {
    let told = |company: &Company| matches!(company.announcing, Some((_, Hearer::Citizen)));
    let is_alone = |company: &Company| matches!(company.third, None | Some((_, ThirdStage::Aside)));
    journey.company().is_none_or(|company| !company.held && is_alone(company) && !told(company))
}

/// The agent who was away doesn't come back. Whoever talks with the citizen as well has them; else the citizen, who did nothing
/// wrong, stands in front of the queue again.
fn without_agent(journey: &mut Journey, agent: AgentNo, plan: &Plan, at: Moment, out: &mut Effects) {
    let joined = |company: &Company| matches!(company.third, Some((_, ThirdStage::Joined)));
    if journey.company().is_some_and(joined) {
        company::hand_over(journey, agent, plan, at, out);
        return;
    }
    company::part(journey, plan, out);
    out.push(Effect::HangUpAgent(Cause::PeerLost));
    out.push(Effect::Note(What::AgentLost { agent: agent_id(plan, agent) }));
    out.push(Effect::EndTalk { wrap_up: journey.queue_of(plan).wrap_up });
    waiting::again(journey, plan, at, out);
    out.push(Effect::JoinAgain { front: true });
}

fn lost(journey: &mut Journey, plan: &Plan, outcome: Outcome, out: &mut Effects) {
    out.push(Effect::HangUpAgent(Cause::PeerLost));
    hung_up(journey, plan, Party::Centre, out);
    journey.end(outcome, Cause::PeerLost, out);
}

fn hung_up(journey: &mut Journey, plan: &Plan, by: Party, out: &mut Effects) {
    company::part(journey, plan, out);
    out.push(Effect::Note(What::HungUp { by }));
    out.push(Effect::EndTalk { wrap_up: journey.queue_of(plan).wrap_up });
}

pub(crate) fn by_whom(end: LegEnd, party: Party) -> Party {
    match end {
        LegEnd::HungUp => party,
        LegEnd::LetGo | LegEnd::NeverConfirmed | LegEnd::Lost => Party::Centre,
    }
}

/// A citizen whose phone never confirmed our answer has talked with nobody.
pub(crate) fn outcome_of(end: LegEnd) -> Outcome {
    match end {
        LegEnd::HungUp | LegEnd::LetGo | LegEnd::Lost => Outcome::Talked,
        LegEnd::NeverConfirmed => Outcome::Failed,
    }
}

pub(crate) fn cause_of(end: LegEnd) -> Cause {
    match end {
        LegEnd::HungUp | LegEnd::LetGo => Cause::Normal,
        LegEnd::NeverConfirmed | LegEnd::Lost => Cause::PeerLost,
    }
}

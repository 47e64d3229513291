//! Stations 2 and 3: the line is known; is it open?
//!
//! A call that arrived before closing is served: hours are asked here and never again.

use model::{Cause, Moment, MunicipalityId, Outcome, WaitingStage, What};
use plan::{AgentNo, HoursState, LineNo, Plan};

use crate::{Effect, Effects, Journey, Opening, Stage, consent, farewell, waiting};

pub(crate) fn begin(
    plan: &Plan,
    line: LineNo,
    municipality: Option<MunicipalityId>,
    own: Option<AgentNo>,
    at: Moment,
    out: &mut Effects,
) -> Journey {
    let rung = &plan.lines[line.at()];
    let mut journey = Journey {
        stage: Stage::Waiting,
        line,
        queue: rung.queue,
        municipality,
        answered: false,
        confirmed: false,
        last_words: None,
        opening: None,
        promise: None,
        waits_since: at,
        wait_asked: false,
        failed_in_a_row: 0,
        resting: false,
        own,
        talked: false,
        agent_away: false,
        spoken: line,
        asked: None,
        handed_to: None,
        company: None,
        consented: None,
    };
    out.push(Effect::Note(What::LineFound {
        line: rung.id.clone(),
        municipality,
        topic: rung.topic.clone(),
        language: rung.language.clone(),
    }));
    match plan.calendars[rung.calendar.at()].state(at) {
        HoursState::Closed { opens_at } => {
            out.push(Effect::Note(What::FoundClosed { opens_at }));
            let message = journey.words(plan, rung.closed_message.as_ref());
            journey.opening = opens_at.filter(|_| rung.announce_opening).map(|opens| Opening { at: opens, now: at });
            farewell::say(&mut journey, message, Outcome::Closed, Cause::Closed, at, out);
        }
        HoursState::Open { .. } => open(&mut journey, plan, at, out),
    }
    journey
}

fn open(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let line = journey.line_of(plan);
    if line.greeting.is_some() || consent::is_asked(journey, plan) {
        journey.answer(out);
        journey.stage = Stage::Greeting;
        return;
    }
    match line.waiting {
        WaitingStage::Music => journey.answer(out),
        WaitingStage::Unanswered => out.push(Effect::RingCitizen),
    }
    waiting::join(journey, plan, at, out);
}

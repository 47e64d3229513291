//! Station 4, its end: the citizen is asked whether the call may be recorded, and agrees by one key alone.
//!
//! The only place where a [`Consent`] is made, and without one nothing can be recorded. No answer, another key, and every
//! doubt mean no; either way the call goes on. Knows the question; not how anything is recorded.

use std::time::Duration;

use model::{Moment, MunicipalityId, RecordingFact, What};
use plan::Plan;

use crate::ends::on_the_way_in;
use crate::stage::MESSAGE_MAX;
use crate::{Alarm, Effect, Effects, Event, Journey, Stage, Tone, bot, recording};

/// The key that agrees.
const AGREES: char = '1';
/// How long after the question an answer is waited for.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// A citizen has agreed to be recorded for this municipality. Nobody outside this file can make one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consent {
    municipality: MunicipalityId,
}

impl Consent {
    /// Whose recording the citizen agreed to.
    pub fn municipality(&self) -> MunicipalityId {
        self.municipality
    }
}

/// Whether this call's citizen is to be asked. On an agent's own call there is none who could be.
pub(crate) fn is_asked(journey: &Journey, plan: &Plan) -> bool {
    journey.own.is_none()
        && !journey.way_in.consent_asked
        && plan.recordings(journey.line, journey.municipality).is_some()
}

/// The greeting is over, and the citizen hears us.
pub(crate) fn ask(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let question = journey.words(plan, journey.line_of(plan).consent_message.as_ref());
    let Some(question) = question.filter(|_| is_asked(journey, plan)) else {
        return bot::enter(journey, plan, at, out);
    };
    journey.stage = Stage::Consent;
    journey.way_in.consent_asked = true;
    out.push(Effect::SetAlarm(Alarm::ConsentOver, at + MESSAGE_MAX));
    out.push(Effect::ListenForKeys(true));
    out.push(Effect::Play(Tone::Message(question, None)));
}

pub(crate) fn on(journey: &mut Journey, event: &Event, plan: &Plan, at: Moment, out: &mut Effects) {
    if let Event::Key(key) = event {
        answered(journey, *key == AGREES, plan, at, out);
    } else if let Event::Alarm(Alarm::ConsentOver) = event {
        answered(journey, false, plan, at, out);
    } else if let Event::Said = event {
        out.push(Effect::SetAlarm(Alarm::ConsentOver, at + ANSWER_MAX));
    } else {
        on_the_way_in(journey, event, asked_no_more, out);
    }
}

fn answered(journey: &mut Journey, agrees: bool, plan: &Plan, at: Moment, out: &mut Effects) {
    asked_no_more(out);
    let owner = plan.recordings(journey.line, journey.municipality).map(|(municipality, _)| municipality);
    let fact = match owner.filter(|_| agrees) {
        Some(municipality) => {
            recording::consented(journey, Consent { municipality });
            RecordingFact::ConsentGiven
        }
        None => RecordingFact::ConsentRefused,
    };
    out.push(Effect::Note(What::Recording(fact)));
    bot::enter(journey, plan, at, out);
}

fn asked_no_more(out: &mut Effects) {
    out.push(Effect::StopAlarm(Alarm::ConsentOver));
    out.push(Effect::ListenForKeys(false));
}

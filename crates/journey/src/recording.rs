//! Station 8, beside the conversation: each talk of a citizen who has agreed is a recording of its own, which pauses and ends
//! as it must.
//!
//! What is recorded follows from where the call stands, after each step: a talk that begins is recorded, one that is over
//! isn't, and while the citizen is on hold or types, a third party talks with them, or the agent asks for it, nothing is. Knows no
//! sound, no file, no seal.

use std::time::Duration;

use model::{
    AgentId, CallId, InCall, LineId, Moment, MunicipalityId, PersonRef, RecordingFact, RecordingId, RecordingKey,
    RecordingPause, RecordingShown, Tape, ThirdStage, What,
};
use plan::{AgentNo, Plan};

use crate::beside::Denied;
use crate::consent::Consent;
use crate::stage::agent_id;
use crate::{Alarm, Company, Effect, Effects, Journey, Stage};

/// After the citizen's last key in a talk nothing is recorded for so long: the digits of a card's or a person's number
/// come with pauses between.
const TYPING: Duration = Duration::from_secs(10);
/// Recordings of one call. Talks beyond are not recorded.
const RECORDINGS_MAX: u16 = 999;

/// A talk that is to be recorded. Made of a [`Consent`] alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recording {
    number: u16,
    municipality: MunicipalityId,
    line: LineId,
    agent: AgentId,
    key: RecordingKey,
    keep_days: u16,
}

impl Recording {
    /// What the recording of this call is born with.
    pub fn tape(self, call: CallId, person: Option<PersonRef>, began: Moment) -> Tape {
        let Self { number, municipality, line, agent, key, keep_days } = self;
        let recording = RecordingId { call, number };
        Tape { recording, person, municipality, line, agent, key, keep_days, began }
    }
}

/// What happens to a recording from outside the call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecordingEvent {
    /// One of the two phones has put the other on hold by itself, or neither has any more.
    OnHold(bool),
    /// The archive can't take the recording of that number.
    Failed(u16),
}

/// A citizen has agreed: what becomes of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Consented {
    consent: Consent,
    /// Recordings that have begun.
    begun: u16,
    /// An agent wanted the one before paused: the next begins so, and whoever talks then may go on.
    held_back: bool,
    now: Option<Now>,
}

/// The talk that is recorded now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Now {
    agent: AgentNo,
    failed: bool,
    /// Why it pauses, as far as it began with.
    paused: Option<RecordingPause>,
    /// The agent wants it paused.
    by_agent: bool,
    /// A phone holds.
    phone_holds: bool,
    /// The citizen has pressed keys a moment ago.
    typing: bool,
}

impl Now {
    fn of(agent: AgentNo) -> Self {
        Self { agent, failed: false, paused: None, by_agent: false, phone_holds: false, typing: false }
    }

    fn shown(self) -> RecordingShown {
        match (self.failed, self.paused) {
            (true, _) => RecordingShown::Failed,
            (false, Some(_)) => RecordingShown::Paused,
            (false, None) => RecordingShown::On,
        }
    }

    /// Why nothing may be recorded now; `waits`: the citizen hears music; `third`: somebody else talks with them.
    fn reason(self, waits: bool, third: bool) -> Option<RecordingPause> {
        let reasons = [
            (self.by_agent, RecordingPause::Agent),
            (self.phone_holds || waits, RecordingPause::Hold),
            (self.typing, RecordingPause::Keys),
            (third, RecordingPause::Third),
        ];
        reasons.into_iter().find_map(|(is_so, why)| is_so.then_some(why))
    }
}

/// From now on talks are recorded.
pub(crate) fn consented(journey: &mut Journey, consent: Consent) {
    journey.consented = Some(Box::new(Consented { consent, begun: 0, held_back: false, now: None }));
}

/// The citizen presses a key.
pub(crate) fn typed(journey: &mut Journey, at: Moment, out: &mut Effects) {
    if let Some(now) = now(journey) {
        now.typing = true;
        out.push(Effect::SetAlarm(Alarm::TypingOver, at + TYPING));
    }
}

/// The last key was a while ago.
pub(crate) fn typed_enough(journey: &mut Journey) {
    if let Some(now) = now(journey) {
        now.typing = false;
    }
}

/// The agent wants the recording to pause, or to go on.
pub(crate) fn wished(journey: &mut Journey, pause: bool) -> Result<(), Denied> {
    now(journey).ok_or(Denied::NotRecorded)?.by_agent = pause;
    Ok(())
}

pub(crate) fn on(journey: &mut Journey, event: RecordingEvent, out: &mut Effects) {
    let begun = journey.consented.as_deref().map(|consented| consented.begun);
    let Some(now) = now(journey) else { return };
    match event {
        RecordingEvent::OnHold(holds) => now.phone_holds = holds,
        // A late word about an earlier one changes nothing.
        RecordingEvent::Failed(number) if Some(number) != begun => {}
        RecordingEvent::Failed(_) => {
            now.failed = true;
            out.extend([Effect::StopAlarm(Alarm::TypingOver), Effect::ListenForKeys(false)]);
            out.extend([note(RecordingFact::Failed), Effect::ShowInCall]);
        }
    }
}

/// After each step: what is recorded now? An end comes before all else that the step asks for, which began at `first`.
pub(crate) fn follow(journey: &mut Journey, first: usize, plan: &Plan, out: &mut Effects) {
    let Some(consented) = journey.consented.as_deref() else { return };
    let talks = match journey.stage {
        Stage::Talk { agent } | Stage::Handing { from: Some(agent), .. } => Some(agent),
        Stage::Greeting | Stage::Menu(_) | Stage::Consent | Stage::Bot => None,
        Stage::Waiting | Stage::Offer { .. } => None,
        Stage::Callback | Stage::CallingBack { .. } => None,
        Stage::Handing { from: None, .. } | Stage::Elsewhere => None,
        Stage::Booking | Stage::Voicemail | Stage::Onward { .. } | Stage::Farewell { .. } | Stage::Over => None,
    };
    if consented.now.is_some_and(|now| talks != Some(now.agent)) {
        end(journey, first, out);
    }
    if let Some(agent) = talks {
        begin(journey, agent, plan, out);
        pause(journey, first, out);
    }
}

fn begin(journey: &mut Journey, agent: AgentNo, plan: &Plan, out: &mut Effects) {
    let owner = plan.recordings(journey.line, journey.municipality);
    let (line, asks) = (&plan.lines[journey.line.at()].id, journey.asked.is_some());
    let Some(consented) = journey.consented.as_deref_mut() else { return };
    // A line that the citizen was handed on to may be another municipality's, or one where nobody is recorded.
    let Some((municipality, kept)) = owner.filter(|(id, _)| *id == consented.consent.municipality()) else { return };
    // While it is asked whether a line has room, that line stands for nothing yet.
    if consented.now.is_some() || consented.begun == RECORDINGS_MAX || asks {
        return;
    }
    consented.begun += 1;
    consented.now = Some(Now { by_agent: consented.held_back, ..Now::of(agent) });
    let number = consented.begun;
    out.push(Effect::Record(Box::new(Recording {
        number,
        municipality,
        line: line.clone(),
        agent: agent_id(plan, agent),
        key: kept.key.clone(),
        keep_days: kept.keep_days,
    })));
    out.extend([Effect::ListenForKeys(true), note(RecordingFact::Began { number }), Effect::ShowInCall]);
}

fn end(journey: &mut Journey, first: usize, out: &mut Effects) {
    let ended = journey.consented.as_deref_mut().and_then(|consented| consented.now.take());
    if let (Some(consented), Some(ended)) = (journey.consented.as_deref_mut(), ended) {
        consented.held_back = ended.by_agent;
    }
    if ended.is_some_and(|ended| !ended.failed) {
        let stop = [Effect::StopAlarm(Alarm::TypingOver), Effect::ListenForKeys(false)];
        let over = [Effect::EndRecording, note(RecordingFact::Ended)];
        out.splice(first..first, stop.into_iter().chain(over));
    }
}

fn pause(journey: &mut Journey, first: usize, out: &mut Effects) {
    let (waits, third) = (waits(journey), has_joined(journey));
    let Some(now) = now(journey) else { return };
    let (before, why) = (now.paused, now.reason(waits, third));
    now.paused = why.and(before).or(why);
    let fact = match (before, why) {
        (None, Some(why)) => RecordingFact::Paused { why },
        (Some(_), None) => RecordingFact::Resumed,
        (None, None) | (Some(_), Some(_)) => return,
    };
    out.push(Effect::PauseRecording(why.is_some()));
    out.push(note(fact));
    if !out[first..].contains(&Effect::ShowInCall) {
        out.push(Effect::ShowInCall);
    }
}

/// Whether the citizen hears music in place of the agent.
fn waits(journey: &Journey) -> bool {
    let is_alone =
        |company: &Company| company.held || matches!(company.third, Some((_, ThirdStage::Called | ThirdStage::Asked)));
    journey.agent_away || journey.company().is_some_and(is_alone)
}

/// Whether somebody talks with both who has agreed to nothing.
fn has_joined(journey: &Journey) -> bool {
    journey.company().is_some_and(|company| matches!(company.third, Some((_, ThirdStage::Joined))))
}

/// The talk that is recorded, if it hasn't failed.
fn now(journey: &mut Journey) -> Option<&mut Now> {
    journey.consented.as_deref_mut()?.now.as_mut().filter(|now| !now.failed)
}

fn note(what: RecordingFact) -> Effect {
    Effect::Note(What::Recording(what))
}

impl Journey {
    /// What is beside the conversation, as the agent's desk shows it.
    pub fn in_call(&self) -> InCall {
        let now = self.consented.as_deref().and_then(|consented| consented.now);
        let recording = now.map_or(RecordingShown::Off, Now::shown);
        InCall { recording, ..self.company().map(Company::shown).unwrap_or_default() }
    }
}

//! Stations 3 to 5, another end: no line can serve the citizen, who leaves a message for the municipality.
//!
//! Whether there is room is known before a word is asked for; a message ends by a key, by silence, by its length or with the
//! call, and what is too little to be one is none. Knows what is said when; not where a message lies, or who reads it.

use std::time::Duration;

use model::{Cause, LegEnd, Moment, Outcome, VoicemailFact, VoicemailWhat, What};
use plan::{Mailbox, MailboxNo, Plan, VoicemailSaid};

use crate::ends::on_the_way_in;
use crate::stage::MESSAGE_MAX;
use crate::{Alarm, Effect, Effects, Event, Journey, Stage, Tone, callback, farewell};

/// The key that ends a message.
const DONE: char = '#';
/// Whoever keeps messages must have made room within this long; else it counts as refused.
const ROOM_MAX: Duration = Duration::from_secs(5);
/// Nobody waits longer for a message to be kept: its keeper has it then, and alarms its operator if it is lost after all.
const KEPT_MAX: Duration = Duration::from_secs(10);
/// A message is over when nothing was heard for so long.
const QUIET_MAX: Duration = Duration::from_secs(8);
/// Quarters of a second with a voice in them that make a message: two seconds.
const VOICE_MIN: u16 = 8;

/// What becomes of the tape for a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageEvent {
    /// There is room: the citizen may be asked to speak.
    Ready,
    /// A quarter of a second was as loud as a voice.
    Voice,
    /// The message is kept.
    Kept,
    /// There is no room, or what was said can't be kept.
    Failed,
}

/// A message that is asked for, or spoken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Message {
    mailbox: MailboxNo,
    step: Step,
    /// What the call is if no message is left.
    instead: (Outcome, Cause),
    /// Quarters of a second with a voice in them.
    voice: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// The citizen doesn't hear us yet.
    Answering,
    /// Room for the message is asked for.
    Opening,
    /// The mailbox's words are said.
    Asked,
    /// The tone.
    Tone,
    /// The citizen speaks, since then.
    Speaking(Moment),
    /// The message is being kept; it is so long.
    Keeping(Duration),
}

/// To a mailbox; `instead`: what the call is if no message is left.
pub(crate) fn enter(
    journey: &mut Journey,
    mailbox: MailboxNo,
    instead: (Outcome, Cause),
    (plan, at): (&Plan, Moment),
    out: &mut Effects,
) {
    callback::not_needed(journey, out);
    journey.stage = Stage::Voicemail;
    journey.message = Some(Box::new(Message { mailbox, step: Step::Answering, instead, voice: 0 }));
    note(journey, VoicemailWhat::Asked, plan, out);
    journey.answer(out);
    if journey.confirmed {
        open(journey, at, out);
    }
}

pub(crate) fn on(journey: &mut Journey, event: &Event, plan: &Plan, at: Moment, out: &mut Effects) {
    match (step(journey), event) {
        (Step::Answering, Event::CitizenConfirmed) => open(journey, at, out),
        (_, Event::Message(told)) => told_of_tape(journey, *told, plan, at, out),
        (Step::Opening, Event::Alarm(Alarm::MessageOver)) => refused(journey, plan, at, out),
        (Step::Asked, Event::Said | Event::Alarm(Alarm::MessageOver)) => tone(journey, at, out),
        (Step::Tone, Event::Said | Event::Alarm(Alarm::MessageOver)) => speaks(journey, plan, at, out),
        (Step::Speaking(since), Event::Key(DONE) | Event::Alarm(Alarm::MessageOver | Alarm::QuietOver)) => {
            done(journey, since, plan, at, out);
        }
        (Step::Keeping(length), Event::Alarm(Alarm::MessageOver)) => kept(journey, length, plan, at, out),
        (_, Event::CitizenGone(end)) => gone(journey, *end, plan, at, out),
        (_, Event::Dissolved) => gone(journey, LegEnd::HungUp, plan, at, out),
        (_, Event::Silent | Event::CitizenSoundLost) => unheard(journey, plan, at, out),
        _ => on_the_way_in(journey, event, |_| {}, out),
    }
}

fn told_of_tape(journey: &mut Journey, told: MessageEvent, plan: &Plan, at: Moment, out: &mut Effects) {
    match (step(journey), told) {
        (Step::Opening, MessageEvent::Ready) => ask(journey, plan, at, out),
        (Step::Opening, MessageEvent::Failed) => refused(journey, plan, at, out),
        (Step::Speaking(_), MessageEvent::Voice) => heard(journey, at, out),
        (Step::Keeping(length), MessageEvent::Kept) => kept(journey, length, plan, at, out),
        (Step::Asked | Step::Tone | Step::Speaking(_) | Step::Keeping(_), MessageEvent::Failed) => {
            lost(journey, plan, at, out);
        }
        (_, MessageEvent::Ready | MessageEvent::Voice | MessageEvent::Kept | MessageEvent::Failed) => {}
    }
}

fn open(journey: &mut Journey, at: Moment, out: &mut Effects) {
    let Some(message) = &mut journey.message else { return };
    message.step = Step::Opening;
    out.push(Effect::SetAlarm(Alarm::MessageOver, at + ROOM_MAX));
    out.push(Effect::TakeMessage(message.mailbox));
}

fn ask(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let prompt = mailbox(journey, plan).map(|mailbox| mailbox.prompt_in(journey.language(plan)));
    let Some(prompt) = journey.words(plan, prompt.as_ref()) else { return refused(journey, plan, at, out) };
    on_step(journey, Step::Asked);
    out.push(Effect::SetAlarm(Alarm::MessageOver, at + MESSAGE_MAX));
    out.push(Effect::ListenForKeys(true));
    out.push(Effect::Play(Tone::Greeting(prompt)));
}

fn tone(journey: &mut Journey, at: Moment, out: &mut Effects) {
    on_step(journey, Step::Tone);
    out.push(Effect::SetAlarm(Alarm::MessageOver, at + MESSAGE_MAX));
    out.push(Effect::Play(Tone::Message(Mailbox::tone(), None)));
}

fn speaks(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let longest = mailbox(journey, plan).map_or(Duration::ZERO, |mailbox| mailbox.length_max);
    on_step(journey, Step::Speaking(at));
    out.push(Effect::SetAlarm(Alarm::MessageOver, at + longest));
    out.push(Effect::SetAlarm(Alarm::QuietOver, at + QUIET_MAX));
    out.push(Effect::Play(Tone::Music(Mailbox::silence())));
    out.push(Effect::BeginMessage);
    out.push(Effect::ListenForVoice(true));
}

/// A voice: it is listened on.
fn heard(journey: &mut Journey, at: Moment, out: &mut Effects) {
    if let Some(message) = &mut journey.message {
        message.voice = message.voice.saturating_add(1);
    }
    out.push(Effect::SetAlarm(Alarm::QuietOver, at + QUIET_MAX));
    out.push(Effect::ListenForVoice(true));
}

/// The citizen has said all.
fn done(journey: &mut Journey, since: Moment, plan: &Plan, at: Moment, out: &mut Effects) {
    all_over(journey, out);
    if journey.has_left_message() {
        on_step(journey, Step::Keeping(at.since(since)));
        out.push(Effect::SetAlarm(Alarm::MessageOver, at + KEPT_MAX));
        out.push(Effect::EndMessage { keep: true });
        return;
    }
    out.push(Effect::EndMessage { keep: false });
    note(journey, VoicemailWhat::NothingSaid, plan, out);
    no_message(journey, VoicemailSaid::Nothing, (plan, at), out);
}

fn kept(journey: &mut Journey, length: Duration, plan: &Plan, at: Moment, out: &mut Effects) {
    all_over(journey, out);
    note(journey, VoicemailWhat::Left { length }, plan, out);
    say(journey, VoicemailSaid::Thanks, (Outcome::LeftMessage, Cause::Normal), (plan, at), out);
}

fn refused(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    all_over(journey, out);
    out.push(Effect::EndMessage { keep: false });
    note(journey, VoicemailWhat::Refused, plan, out);
    no_message(journey, VoicemailSaid::Full, (plan, at), out);
}

fn lost(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    all_over(journey, out);
    out.push(Effect::EndMessage { keep: false });
    note(journey, VoicemailWhat::Lost, plan, out);
    no_message(journey, VoicemailSaid::Lost, (plan, at), out);
}

/// The citizen has gone: what was said until then is a message, if it is enough for one.
fn gone(journey: &mut Journey, end: LegEnd, plan: &Plan, at: Moment, out: &mut Effects) {
    let left = leaves(journey, plan, at, out);
    let (instead, _) = instead(journey);
    match (left, end) {
        (true, _) => journey.over(Outcome::LeftMessage, out),
        (false, LegEnd::HungUp) => journey.over(instead, out),
        (false, LegEnd::LetGo | LegEnd::NeverConfirmed | LegEnd::Lost) => journey.over(Outcome::Failed, out),
    }
}

/// Nothing comes from the citizen's phone any more.
fn unheard(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let outcome = if leaves(journey, plan, at, out) { Outcome::LeftMessage } else { Outcome::Failed };
    journey.end(outcome, Cause::PeerLost, out);
}

/// Ends the message where the call ends. Whether there is one.
fn leaves(journey: &Journey, plan: &Plan, at: Moment, out: &mut Effects) -> bool {
    all_over(journey, out);
    let keep = journey.has_left_message();
    let what = match step(journey) {
        Step::Keeping(length) => Some(VoicemailWhat::Left { length }),
        Step::Speaking(since) if keep => Some(VoicemailWhat::Left { length: at.since(since) }),
        Step::Speaking(_) => Some(VoicemailWhat::NothingSaid),
        Step::Answering | Step::Opening | Step::Asked | Step::Tone => None,
    };
    if !matches!(step(journey), Step::Keeping(_)) {
        out.push(Effect::EndMessage { keep });
    }
    if let Some(what) = what {
        note(journey, what, plan, out);
    }
    keep
}

fn no_message(journey: &mut Journey, said: VoicemailSaid, (plan, at): (&Plan, Moment), out: &mut Effects) {
    let instead = instead(journey);
    say(journey, said, instead, (plan, at), out);
}

fn say(
    journey: &mut Journey,
    said: VoicemailSaid,
    (outcome, cause): (Outcome, Cause),
    (plan, at): (&Plan, Moment),
    out: &mut Effects,
) {
    let prompt = said.prompt_in(journey.language(plan));
    journey.opening = None;
    let words = journey.words(plan, Some(&prompt));
    farewell::say(journey, words, outcome, cause, at, out);
}

/// Takes back what the step has begun.
fn all_over(journey: &Journey, out: &mut Effects) {
    let (keys, voice) = match step(journey) {
        Step::Answering => return,
        Step::Opening | Step::Keeping(_) => (false, false),
        Step::Asked | Step::Tone => (true, false),
        Step::Speaking(_) => (true, true),
    };
    out.push(Effect::StopAlarm(Alarm::MessageOver));
    if voice {
        out.extend([Effect::StopAlarm(Alarm::QuietOver), Effect::ListenForVoice(false)]);
    }
    if keys {
        out.push(Effect::ListenForKeys(false));
    }
}

fn step(journey: &Journey) -> Step {
    journey.message.as_ref().map_or(Step::Answering, |message| message.step)
}

fn on_step(journey: &mut Journey, step: Step) {
    if let Some(message) = &mut journey.message {
        message.step = step;
    }
}

fn instead(journey: &Journey) -> (Outcome, Cause) {
    journey.message.as_ref().map_or((Outcome::Failed, Cause::Fault), |message| message.instead)
}

fn mailbox<'p>(journey: &Journey, plan: &'p Plan) -> Option<&'p Mailbox> {
    plan.mailboxes.get(journey.message.as_ref()?.mailbox.at())
}

fn note(journey: &Journey, what: VoicemailWhat, plan: &Plan, out: &mut Effects) {
    if let Some(mailbox) = mailbox(journey, plan) {
        out.push(Effect::Note(What::Voicemail(VoicemailFact { mailbox: mailbox.id.clone(), what })));
    }
}

impl Journey {
    /// Whether what was said at a mailbox so far is a message: for whoever must end its tape before the call's end is known here.
    pub fn has_left_message(&self) -> bool {
        let enough = |message: &Message| {
            matches!(message.step, Step::Speaking(_) | Step::Keeping(_)) && message.voice >= VOICE_MIN
        };
        self.message.as_deref().is_some_and(enough)
    }
}

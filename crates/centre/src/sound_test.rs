//! A test of an agent's sound: the centre calls the agent's phone, plays a tone and a sentence, and listens for a voice or a
//! key. It is no call of anybody's: it has no journey, no facts and no number, only a leg, until the desk is told its end.
//!
//! Bounded in time at each stage, one for each desk. Knows the leg; what becomes of the agent is the desk's (`desk_sound`).

use std::sync::Arc;
use std::time::Duration;

use media::{Direction, Level, MediaCommand, MediaEvent, PlayNo, Playlist};
use model::{
    Caller, CallerText, Cause, LegCommand, LegEvent, LegId, LegSide, Moment, Presentation, PromptName, SoundFault,
    SoundTestEnd,
};
use plan::AgentNo;

use crate::centre::Centre;
use crate::leg_sound::LegSound;
use crate::output::Output;
use crate::timers::{Timer, TimerKey};
use crate::{desks, room};

/// What the phone's display says; citizens' and colleagues' calls say other things.
const TITLE: &str = "Lydprøve";
/// How long the phone rings.
const RING_MAX: Duration = Duration::from_secs(20);
/// A phone that neither answers nor refuses is let go.
const ANSWER_MAX: Duration = Duration::from_secs(35);
/// What is said is over by then, whatever a worker tells.
const SAYING_MAX: Duration = Duration::from_secs(10);
/// How long an agent who was asked to speak has for it.
const LISTEN: Duration = Duration::from_secs(3);
/// A voice into a microphone is louder than this for a quarter second; a muted one and a quiet room are not.
const HEARD: Level = Level::dbov(-50);
/// A tone, then "Say something, or press 1".
const ASKED: [&str; 2] = ["sound_check", "sound_check_ask.da"];

/// One test.
#[derive(Debug)]
pub(crate) struct SoundTest {
    agent: AgentNo,
    sound: LegSound,
    stage: Stage,
    /// Whether anything has come from the phone.
    comes: bool,
    timer: TimerKey,
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// The phone rings.
    Ringing,
    /// The agent is asked to say something, and listened to already.
    Asking,
    /// The time to say it in.
    Listening,
    /// The agent is told how it ended.
    Telling(SoundTestEnd),
}

/// A desk wants its agent's sound tested.
pub(crate) fn begin(centre: &mut Centre, agent: AgentNo, at: Moment, out: &mut Vec<Output>) {
    let Some(desk) = centre.desks.get(&agent) else { return };
    let (id, free) = (desk.id.clone(), desk.is_free_for_a_test());
    centre.counters.legs += 1;
    let leg = LegId::new(centre.settings.shard, LegSide::Outbound, centre.counters.legs);
    let far = room::far_of_agent(centre, agent);
    let made = if free { room::make_room(centre, leg, far, at) } else { None };
    let Some((place, mut session)) = made else {
        return desks::on_sound_tested(centre, (agent, leg), SoundTestEnd::NotPossible, at, out);
    };
    room::open(centre, leg, place, &session, out);
    let ours = &centre.settings.sound;
    let offer = session.offer(ours, place.port(), &ours.codecs, Direction::SendReceive);
    let sound = LegSound { room: Some(place), local: Some(session), ..LegSound::default() };
    let timer = centre.timers.set(at + ANSWER_MAX, Timer::SoundTest(leg));
    centre.sound_tests.insert(leg, SoundTest { agent, sound, stage: Stage::Ringing, comes: false, timer });
    desks::on_sound_test(centre, (agent, leg), at, out);
    let shown = Presentation { caller: Caller::Text(CallerText::new(TITLE)), title: Arc::from(TITLE), goes_on: false };
    out.push(Output::Leg(LegCommand::CallAgent { leg, agent: id, shown, offer, ring_time_max: RING_MAX }));
}

/// Something happened to the leg of a test.
pub(crate) fn on_leg(centre: &mut Centre, event: &LegEvent, at: Moment, out: &mut Vec<Output>) {
    let leg = event.leg();
    let Some(test) = centre.sound_tests.get(&leg) else { return };
    match event {
        LegEvent::Answered { session, .. } => answered(centre, leg, session, at, out),
        LegEvent::Refused { .. } => over(centre, leg, SoundTestEnd::NotAnswered, at, out),
        LegEvent::Ended { .. } => {
            let end = match test.stage {
                Stage::Telling(end) => end,
                Stage::Ringing | Stage::Asking | Stage::Listening => SoundTestEnd::BrokenOff,
            };
            over(centre, leg, end, at, out);
        }
        LegEvent::Digit { .. } => heard(centre, leg, at, out),
        // There is nothing to hold, and nobody to hand on.
        LegEvent::SessionOffered { .. } => out.push(Output::Leg(LegCommand::RejectSession { leg })),
        LegEvent::TransferAsked { .. } => {
            out.push(Output::Leg(LegCommand::AnswerTransfer { leg, answer: Err(Cause::NotAllowed) }));
        }
        LegEvent::Arrived(_)
        | LegEvent::AgentCalls(_)
        | LegEvent::Ringing { .. }
        | LegEvent::Confirmed { .. }
        | LegEvent::SessionAnswered { .. } => {}
    }
}

/// The packet workers tell something of it.
pub(crate) fn on_media(centre: &mut Centre, event: &MediaEvent, at: Moment, out: &mut Vec<Output>) {
    let leg = event.leg();
    let Some(test) = centre.sound_tests.get_mut(&leg) else { return };
    match event {
        MediaEvent::Comes { .. } => test.comes = true,
        MediaEvent::Sounds { .. } | MediaEvent::Digit { .. } => heard(centre, leg, at, out),
        MediaEvent::Played { play, .. } if play.0 == test.sound.plays => said(centre, leg, at, out),
        MediaEvent::PortTaken { .. } => {
            if let Some(room) = test.sound.room.take() {
                room::rest(centre, room, at);
            }
            hang_up(centre, leg, SoundTestEnd::NotPossible, at, out);
        }
        MediaEvent::Played { .. }
        | MediaEvent::Silent { .. }
        | MediaEvent::Away { .. }
        | MediaEvent::Back { .. }
        | MediaEvent::RecordingFailed { .. }
        | MediaEvent::Message { .. }
        | MediaEvent::Streamed { .. }
        | MediaEvent::Closed { .. } => {}
    }
}

/// The time of its stage is over.
pub(crate) fn on_timer(centre: &mut Centre, leg: LegId, at: Moment, out: &mut Vec<Output>) {
    let Some(test) = centre.sound_tests.get(&leg) else { return };
    match test.stage {
        Stage::Ringing => hang_up(centre, leg, SoundTestEnd::NotAnswered, at, out),
        Stage::Asking => said(centre, leg, at, out),
        Stage::Listening => {
            let fault = if test.comes { SoundFault::Silent } else { SoundFault::NoPackets };
            tell(centre, leg, SoundTestEnd::Dead(fault), at, out);
        }
        Stage::Telling(end) => hang_up(centre, leg, end, at, out),
    }
}

/// The phone was answered: the agent is asked, and listened to from now on.
fn answered(centre: &mut Centre, leg: LegId, session: &[u8], at: Moment, out: &mut Vec<Output>) {
    let Centre { sound_tests, settings, .. } = &mut *centre;
    let Some(test) = sound_tests.get_mut(&leg).filter(|test| test.stage == Stage::Ringing) else { return };
    let local = test.sound.local.as_mut();
    let Some(settled) = local.and_then(|local| local.answered(&settings.sound, session).ok()) else {
        return hang_up(centre, leg, SoundTestEnd::Dead(SoundFault::NoPackets), at, out);
    };
    test.sound.settled = Some(room::tell_settled(leg, settled, out));
    out.push(Output::Media(MediaCommand::Measure { leg, loud: Some(HEARD) }));
    play(centre, leg, &ASKED, out);
    enter(centre, leg, Stage::Asking, at + SAYING_MAX);
}

/// What was said is over.
fn said(centre: &mut Centre, leg: LegId, at: Moment, out: &mut Vec<Output>) {
    let Some(test) = centre.sound_tests.get(&leg) else { return };
    match test.stage {
        Stage::Asking => enter(centre, leg, Stage::Listening, at + LISTEN),
        Stage::Telling(end) => hang_up(centre, leg, end, at, out),
        Stage::Ringing | Stage::Listening => {}
    }
}

/// A voice or a key came.
fn heard(centre: &mut Centre, leg: LegId, at: Moment, out: &mut Vec<Output>) {
    match centre.sound_tests.get(&leg).map(|test| test.stage) {
        Some(Stage::Asking | Stage::Listening) => tell(centre, leg, SoundTestEnd::Proven, at, out),
        Some(Stage::Ringing | Stage::Telling(_)) | None => {}
    }
}

/// The agent hears how it ended.
fn tell(centre: &mut Centre, leg: LegId, end: SoundTestEnd, at: Moment, out: &mut Vec<Output>) {
    let sentence = if end == SoundTestEnd::Proven { "sound_check_ok.da" } else { "sound_check_unheard.da" };
    out.push(Output::Media(MediaCommand::Measure { leg, loud: None }));
    play(centre, leg, &[sentence], out);
    enter(centre, leg, Stage::Telling(end), at + SAYING_MAX);
}

fn play(centre: &mut Centre, leg: LegId, names: &[&str], out: &mut Vec<Output>) {
    let Some(test) = centre.sound_tests.get_mut(&leg) else { return };
    test.sound.plays += 1;
    let clips = names.iter().map(|name| media::Clip { prompt: PromptName::new(name), gap: 0 });
    let list = Playlist::new(clips);
    out.push(Output::Media(MediaCommand::Play { leg, play: PlayNo(test.sound.plays), list }));
}

fn enter(centre: &mut Centre, leg: LegId, stage: Stage, until: Moment) {
    let Centre { sound_tests, timers, .. } = centre;
    let Some(test) = sound_tests.get_mut(&leg) else { return };
    test.stage = stage;
    timers.stop(test.timer);
    test.timer = timers.set(until, Timer::SoundTest(leg));
}

fn hang_up(centre: &mut Centre, leg: LegId, end: SoundTestEnd, at: Moment, out: &mut Vec<Output>) {
    out.push(Output::Leg(LegCommand::HangUp { leg, cause: Cause::Normal }));
    over(centre, leg, end, at, out);
}

/// Nothing is left of it but what the desk is told.
fn over(centre: &mut Centre, leg: LegId, end: SoundTestEnd, at: Moment, out: &mut Vec<Output>) {
    let Some(test) = centre.sound_tests.remove(&leg) else { return };
    centre.timers.stop(test.timer);
    room::close(centre, leg, test.sound.room, out);
    desks::on_sound_tested(centre, (test.agent, leg), end, at, out);
}

//! How single things are called in a ladder: states, ends, spans of time, what is played.
//! Knows one value at a time; who is meant is the names' (`words`).

use std::time::Duration;

use media::Playlist;
use model::{
    AgentState, CallbackFact, HandedTo, InCall, InCallFact, OfferEnd, RecordingFact, RecordingShown, SoundFault,
    SoundPath, VoicemailFact, VoicemailWhat,
};

/// Whole seconds, with as many thousandths as there are.
pub(crate) fn seconds(span: Duration) -> String {
    let text = format!("{}.{:03}", span.as_secs(), span.subsec_millis());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn state_name(state: &AgentState) -> String {
    match state {
        AgentState::Paused(reason) => format!("paused ({reason})"),
        AgentState::Off | AgentState::Ready | AgentState::Offered | AgentState::Talking | AgentState::WrapUp => {
            plain(state)
        }
    }
}

pub(super) fn handed(to: &HandedTo) -> String {
    match to {
        HandedTo::Line(line) => format!("line {line}"),
        HandedTo::Agent(agent) => agent.to_string(),
        HandedTo::Outside(_) => "somebody outside".to_owned(),
    }
}

pub(super) fn in_call(what: &InCallFact) -> String {
    match what {
        InCallFact::Held => "put on hold".to_owned(),
        InCallFact::Resumed => "taken back from hold".to_owned(),
        InCallFact::Asks { by, to } => format!("{by} asks {}", handed(to)),
        InCallFact::ThirdThere => "whoever was asked is there".to_owned(),
        InCallFact::Conferenced => "all three talk".to_owned(),
        InCallFact::ThirdGone => "the third party is gone".to_owned(),
        InCallFact::Supervised { by, how } => format!("supervised by {by}: {}", plain(how)),
        InCallFact::SupervisionOver { by } => format!("no longer supervised by {by}"),
        InCallFact::Announced { by, announcement, to } => {
            format!("{by} has {announcement} played to the {}", plain(to))
        }
        InCallFact::AnnouncementOver { whole: true } => "the announcement is over".to_owned(),
        InCallFact::AnnouncementOver { whole: false } => "the announcement is stopped".to_owned(),
    }
}

pub(super) fn called_back(what: CallbackFact) -> String {
    match what {
        CallbackFact::Offered => "may choose to be called back".to_owned(),
        CallbackFact::Promised => "will be called back".to_owned(),
        CallbackFact::Called { attempt } => format!("is called back, attempt {attempt}"),
        CallbackFact::NotReached { why } => format!("not reached, {}", offer_end(why)),
        CallbackFact::Booked { slot } => format!("will be called back from {} on", slot.from.as_micros() / 1_000_000),
        CallbackFact::Resumed => "will be called back by this node".to_owned(),
    }
}

pub(super) fn recording(what: RecordingFact) -> String {
    match what {
        RecordingFact::ConsentGiven => "agrees to be recorded".to_owned(),
        RecordingFact::ConsentRefused => "is not to be recorded".to_owned(),
        RecordingFact::Began { number } => format!("recording {number} begins"),
        RecordingFact::Paused { why } => format!("the recording pauses, {}", plain(&why)),
        RecordingFact::Resumed => "the recording goes on".to_owned(),
        RecordingFact::Failed => "the recording has failed".to_owned(),
        RecordingFact::Ended => "the recording is over".to_owned(),
    }
}

pub(super) fn now_in_call(now: &InCall) -> String {
    let mut words = Vec::new();
    words.extend(now.held.then(|| "on hold".to_owned()));
    words.extend(now.muted.then(|| "muted".to_owned()));
    words.extend(now.third.as_ref().map(|(to, stage)| format!("{} is {}", handed(to), plain(stage))));
    words.extend(now.listening.map(|how| format!("a supervisor: {}", plain(&how))));
    words.extend(now.announced.as_ref().map(|(what, to)| format!("the {} hears {what}", plain(to))));
    let is_recorded = now.recording != RecordingShown::Off;
    words.extend(is_recorded.then(|| format!("recording {}", plain(&now.recording))));
    if words.is_empty() { "nobody and nothing beside the conversation".to_owned() } else { words.join(", ") }
}

pub(super) fn offer_end(why: OfferEnd) -> String {
    plain(&why)
}

pub(super) fn sound_path(sound: SoundPath) -> &'static str {
    match sound {
        SoundPath::Unproven => "unproven",
        SoundPath::Proven => "proven",
        SoundPath::Dead(SoundFault::NoPackets) => "dead, no packets",
        SoundPath::Dead(SoundFault::Silent) => "dead, silent",
    }
}

/// `CitizenGone` → `citizen gone`.
pub(super) fn plain(word: &impl std::fmt::Debug) -> String {
    let mut text = String::new();
    for c in format!("{word:?}").chars() {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}

/// What is heard, in order.
pub(super) fn played(list: &Playlist) -> String {
    let clips = list.clips().iter().map(|clip| clip.prompt.to_string());
    clips.chain(list.then().map(|music| format!("{music}, on and on"))).collect::<Vec<_>>().join(", ")
}

pub(super) fn voicemail(told: &VoicemailFact) -> String {
    let mailbox = &told.mailbox;
    match told.what {
        VoicemailWhat::Asked => format!("may leave a message in {mailbox}"),
        VoicemailWhat::Left { length } => format!("left a message of {} s in {mailbox}", seconds(length)),
        VoicemailWhat::NothingSaid => format!("said nothing at {mailbox}"),
        VoicemailWhat::Refused => format!("{mailbox} takes no message"),
        VoicemailWhat::Lost => format!("the message for {mailbox} is lost"),
    }
}

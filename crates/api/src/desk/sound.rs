//! What a desk is told of its phone's sound: the word for programs and the sentence for the agent.
//! Knows sentences; not how sound is tested.

use model::{SoundFault, SoundPath, SoundTestEnd};

use crate::proto::desk as pb;

const NO_PACKETS: &str = "Der kommer ingen lyd fra din telefon. Tjek, at headsettet er sat i, at browseren må bruge mikrofonen, \
                          og at netværket virker. Tag så en ny lydprøve.";
const SILENT: &str = "Din mikrofon er stum. Tjek mute-knappen på headsettet, og at den rigtige mikrofon er valgt. Tag så en ny \
                      lydprøve.";

/// What is known of the sound.
pub(crate) fn now(sound: SoundPath) -> pb::Sound {
    let (state, text) = match sound {
        SoundPath::Unproven => (pb::SoundState::Unproven, ""),
        SoundPath::Proven => (pb::SoundState::Proven, ""),
        SoundPath::Dead(SoundFault::NoPackets) => (pb::SoundState::NoPackets, NO_PACKETS),
        SoundPath::Dead(SoundFault::Silent) => (pb::SoundState::Silent, SILENT),
    };
    pb::Sound { state: state.into(), text_da: text.to_owned() }
}

/// How a test ended.
pub(crate) fn tested(end: SoundTestEnd, sound: SoundPath) -> pb::SoundTested {
    let (end, text) = match end {
        SoundTestEnd::Proven => (pb::SoundTestEnd::Proven, "Lydprøven er bestået: du kan høres."),
        SoundTestEnd::Dead(SoundFault::NoPackets) => (pb::SoundTestEnd::NoPackets, NO_PACKETS),
        SoundTestEnd::Dead(SoundFault::Silent) => (pb::SoundTestEnd::Silent, SILENT),
        SoundTestEnd::NotAnswered => (pb::SoundTestEnd::NotAnswered, "Din telefon svarede ikke på lydprøven."),
        SoundTestEnd::BrokenOff => (pb::SoundTestEnd::BrokenOff, "Lydprøven blev afbrudt, før du kunne høres."),
        SoundTestEnd::NotPossible => {
            (pb::SoundTestEnd::NotPossible, "Lydprøven kunne ikke begynde. Prøv igen om lidt.")
        }
    };
    pb::SoundTested { end: end.into(), sound: Some(now(sound)), text_da: text.to_owned() }
}

//! Whether an agent was heard in a conversation: what the packet workers told of the leg, and what follows from it.
//!
//! A conversation proves the sound as well as a test, and shows when it is dead. Knows no seat; what a desk does with the
//! answer is its own.

use std::time::Duration;

use media::{Level, MediaCommand};
use model::{CallId, SoundFault, SoundPath};
use routing::Claim;

use crate::call::AgentLeg;
use crate::centre::Centre;
use crate::floor::notify;
use crate::input::CallNoticeWhat;
use crate::output::Output;

/// A talking agent is louder than this at some time. What is below is digital silence, or the hiss of a line.
const TALKING: Level = Level::dbov(-65);
/// In a shorter conversation a phone that sends nothing may not have begun to.
const COMES_WITHIN: Duration = Duration::from_secs(3);
/// In a shorter one an agent may have said nothing.
const TALKS_WITHIN: Duration = Duration::from_secs(10);

/// When an agent's sound must be proved before citizens are offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ProveSound {
    /// Never, and conversations are not judged.
    #[default]
    Off,
    /// After a conversation in which the agent's sound was lost, or never came though the citizen's did.
    AfterLoss,
    /// Then, after one in which the agent was silent, and each time that a phone has come.
    Always,
}

/// What was told of an agent's leg in a conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TalkSound {
    /// Whether the leg was listened to at all.
    pub measured: bool,
    /// Whether its packets came.
    pub comes: bool,
    /// Whether it was as loud as a voice.
    pub sounds: bool,
    /// Whether the citizen's packets came meanwhile.
    pub citizen_comes: bool,
    /// Whether it fell silent for so long that it was given up.
    pub lost: bool,
}

impl TalkSound {
    /// What a conversation of this length shows; none: it shows nothing. Where nothing came from either side, it says nothing
    /// of the agent; and silence is no fault of its own where the operator hasn't asked for a proof each time.
    pub(crate) fn shows(self, talked: Duration, when: ProveSound) -> Option<SoundPath> {
        let Self { measured, comes, sounds, citizen_comes, lost } = self;
        let never_came = !comes && citizen_comes && talked >= COMES_WITHIN;
        if !measured {
            None
        } else if lost || never_came {
            Some(SoundPath::Dead(SoundFault::NoPackets))
        } else if sounds {
            Some(SoundPath::Proven)
        } else if comes && talked >= TALKS_WITHIN && when == ProveSound::Always {
            Some(SoundPath::Dead(SoundFault::Silent))
        } else {
            None
        }
    }
}

/// A conversation begins: its agent is listened to until heard.
pub(crate) fn measure(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let judged = centre.settings.prove_sound != ProveSound::Off;
    let Some(call) = centre.calls.get_mut(&id).filter(|_| judged) else { return };
    let Some(agent) = &mut call.agent else { return };
    agent.heard = TalkSound { measured: true, ..TalkSound::default() };
    out.push(Output::Media(MediaCommand::Measure { leg: agent.leg, loud: Some(TALKING) }));
    // Of the citizen only whether anything comes.
    out.push(Output::Media(MediaCommand::Measure { leg: call.citizen.leg, loud: Some(Level::SILENCE) }));
}

/// An agent's leg is about to be over: the desk hears what it was like. Nothing is known of one who held us to the end.
pub(crate) fn tell(centre: &Centre, claim: Option<Claim>, agent: &AgentLeg, out: &mut Vec<Output>) {
    let receives = agent.sound.settled.is_some_and(|sound| sound.receive);
    if let Some(claim) = claim.filter(|_| agent.heard.measured && (receives || agent.heard.lost)) {
        notify(centre, &claim, CallNoticeWhat::Heard(agent.heard), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_shows_what_it_was_long_enough_for() {
        let none = TalkSound { measured: true, citizen_comes: true, ..TalkSound::default() };
        let comes = TalkSound { comes: true, ..none };
        let sounds = TalkSound { sounds: true, ..comes };
        let after = |sound: TalkSound, seconds| sound.shows(Duration::from_secs(seconds), ProveSound::Always);
        let dead = |fault| Some(SoundPath::Dead(fault));
        assert_eq!([after(none, 2), after(none, 3)], [None, dead(SoundFault::NoPackets)]);
        assert_eq!([after(comes, 9), after(comes, 10)], [None, dead(SoundFault::Silent)]);
        assert_eq!(comes.shows(Duration::from_secs(600), ProveSound::AfterLoss), None, "nobody asked for a proof");
        assert_eq!(after(sounds, 1), Some(SoundPath::Proven));
        assert_eq!(after(TalkSound { lost: true, ..sounds }, 1), dead(SoundFault::NoPackets));
        assert_eq!(after(TalkSound { citizen_comes: false, ..none }, 600), None, "nothing came from anybody");
        assert_eq!(after(TalkSound::default(), 600), None, "nobody listened");
    }
}

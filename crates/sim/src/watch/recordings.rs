//! Nobody is on tape who has not pressed the key, by their own phone and in this call; and no tape has music, or another
//! municipality's seal. Reads what phones and workers were told and tell; knows nothing of the journey's own reasons.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use media::{MediaCommand, MediaEvent};
use model::{CallId, LegEvent, LegId, RecordingFact, RecordingId, Tape, What};
use plan::Plan;

use crate::watch::Check;

/// The key that agrees.
const AGREES: char = '1';

#[derive(Debug)]
struct Running {
    recording: RecordingId,
    paused: bool,
}

#[derive(Debug)]
pub(crate) struct Recordings {
    plan: Arc<Plan>,
    /// Legs whose phone has told that key.
    pressed: BTreeSet<LegId>,
    agreed: BTreeSet<CallId>,
    running: BTreeMap<LegId, Running>,
    /// Legs that hear something of ours.
    played: BTreeSet<LegId>,
}

impl Recordings {
    pub(crate) fn new(plan: &Arc<Plan>) -> Self {
        Self {
            plan: Arc::clone(plan),
            pressed: BTreeSet::new(),
            agreed: BTreeSet::new(),
            running: BTreeMap::new(),
            played: BTreeSet::new(),
        }
    }

    pub(crate) fn leg_event(&mut self, event: &LegEvent) {
        if let LegEvent::Digit { leg, digit: AGREES } = event {
            self.pressed.insert(*leg);
        }
    }

    pub(crate) fn media_event(&mut self, event: &MediaEvent) {
        if let MediaEvent::Digit { leg, digit: AGREES } = event {
            self.pressed.insert(*leg);
        } else if let MediaEvent::RecordingFailed { leg, recording } = event
            && self.running.get(leg).is_some_and(|running| running.recording == *recording)
        {
            self.running.remove(leg);
        }
    }

    pub(crate) fn fact(&mut self, call: CallId, what: &What) -> Check {
        let of_call = |running: &&Running| running.recording.call == call;
        let number = self.running.values().find(of_call).map(|running| running.recording.number);
        let What::Recording(told) = what else {
            let right = number.is_none() || !matches!(what, What::Ended { .. });
            return if right { Ok(()) } else { Err(format!("{call:?} is over, and recording {number:?} of it runs")) };
        };
        let right = match told {
            RecordingFact::ConsentGiven => self.agreed.insert(call),
            RecordingFact::ConsentRefused => !self.agreed.contains(&call),
            RecordingFact::Began { number: begun } => number == Some(*begun),
            RecordingFact::Paused { .. } | RecordingFact::Resumed => number.is_some(),
            RecordingFact::Failed | RecordingFact::Ended => number.is_none(),
        };
        if right { Ok(()) } else { Err(format!("{what:?} of {call:?} while recording {number:?} of it runs")) }
    }

    pub(crate) fn media_command(&mut self, command: &MediaCommand) -> Check {
        self.hears(command);
        if let MediaCommand::Record { leg, tape } = command {
            return self.records(*leg, tape);
        }
        let right = if let MediaCommand::PauseRecording { leg, paused } = command {
            let running = self.running.get_mut(leg);
            running.is_some_and(|running| std::mem::replace(&mut running.paused, *paused) != *paused)
        } else if let MediaCommand::EndRecording { leg } = command {
            self.running.remove(leg).is_some()
        } else {
            true
        };
        if right { Ok(()) } else { Err(format!("{command:?}, and nothing is recorded, or it is so already")) }
    }

    fn hears(&mut self, command: &MediaCommand) {
        if let MediaCommand::Play { leg, list, .. } = command {
            // What both talk on under is no music.
            if list.is_over_a_talk() {
                self.played.remove(leg);
            } else {
                self.played.insert(*leg);
            }
        } else if let MediaCommand::Hush { leg } = command {
            self.played.remove(leg);
        } else if let MediaCommand::Close { leg } = command {
            self.running.remove(leg);
            self.played.remove(leg);
        } else if let MediaCommand::Join { a, b } = command {
            self.played.remove(a);
            self.played.remove(b);
        } else if let MediaCommand::Mix { members, .. } = command {
            members.iter().for_each(|member| {
                self.played.remove(&member.leg);
            });
        }
    }

    fn records(&mut self, leg: LegId, tape: &Tape) -> Check {
        let call = tape.recording.call;
        if !self.agreed.contains(&call) || !self.pressed.contains(&leg) {
            return Err(format!("{call:?} is recorded, and its citizen has not agreed"));
        }
        let line = self.plan.lines.iter().find(|line| line.id == tape.line);
        let asks = line.is_some_and(|line| {
            line.consent_message.is_some() && line.municipality.is_none_or(|owner| owner == tape.municipality)
        });
        let kept = self.plan.municipalities.get(&tape.municipality).and_then(|owner| owner.recordings.as_ref());
        if !asks || kept.is_none_or(|kept| kept.key != tape.key || kept.keep_days != tape.keep_days) {
            return Err(format!(
                "{call:?} is recorded on a line, or for a municipality, that records nobody: {tape:?}"
            ));
        }
        match self.running.insert(leg, Running { recording: tape.recording, paused: false }) {
            Some(before) => Err(format!("{call:?} is recorded twice at once: {before:?}")),
            None => Ok(()),
        }
    }

    /// Nothing is under way: whoever hears us is not on tape.
    pub(crate) fn at_rest(&self) -> Check {
        match self.running.iter().find(|(leg, running)| !running.paused && self.played.contains(leg)) {
            Some((leg, running)) => Err(format!("{running:?} goes on while {leg:?} hears music")),
            None => Ok(()),
        }
    }

    pub(crate) fn end(&self) -> Check {
        match self.running.first_key_value() {
            Some((leg, running)) => Err(format!("at the end {leg:?} is still recorded: {running:?}")),
            None => Ok(()),
        }
    }
}

//! What citizen, agent and colleague hear in a story: tones found in what came to each ear since it was last asked.
//! Knows whose ear is where; doesn't know calls.

use samkald_tests::{RunningSoftphone, Voice, tone, until};

use super::{PATIENCE, Scene};

impl Scene {
    /// From now on the citizen hears this for so many seconds.
    pub(crate) fn citizen_hears(&mut self, hz: f64, seconds: f64) -> Result<(), String> {
        self.hears(0, "citizen", hz, seconds)
    }

    /// From now on the agent hears this for so many seconds.
    pub(crate) fn agent_hears(&mut self, hz: f64, seconds: f64) -> Result<(), String> {
        self.hears(1, "agent", hz, seconds)
    }

    /// From now on the colleague hears this for so many seconds.
    pub(crate) fn colleague_hears(&mut self, hz: f64, seconds: f64) -> Result<(), String> {
        self.hears(2, "colleague", hz, seconds)
    }

    /// Sooner or later the citizen hears something else than this, and only that, for so many seconds: music on hold.
    pub(crate) fn citizen_hears_other_than(&mut self, hz: f64, seconds: f64) -> Result<(), String> {
        let mark = self.marks[0];
        let enough = (seconds * f64::from(tone::RATE)) as usize;
        let other = || {
            let ear = self.ear(0);
            let end = ear.get(ear.len().saturating_sub(enough).max(mark)..).unwrap_or_default();
            let loud = end.iter().any(|sample| sample.unsigned_abs() > 100);
            (loud && end.len() >= enough && tone::seconds_of(end, hz) < 0.05).then_some(())
        };
        let found = until(PATIENCE, other);
        self.marks[0] = self.ear(0).len();
        found.ok_or_else(|| format!("the citizen on hold never hears {seconds} s of something else than the agent"))
    }

    /// What was heard so far belongs to an earlier moment.
    pub(crate) fn nothing_heard_since(&mut self) {
        self.marks = [0, 1, 2].map(|who| self.ear(who).len());
    }

    /// The citizen's side has been told of these presses, each once.
    pub(crate) fn citizen_is_told_keys(&self, keys: &[u8]) -> Result<(), String> {
        let told = || self.citizens_voice.as_ref().map(Voice::keys_so_far).unwrap_or_default();
        until(PATIENCE, || (told().len() >= keys.len()).then_some(()));
        if told() == keys { Ok(()) } else { Err(format!("the citizen's side is told {:?}, not {keys:?}", told())) }
    }

    fn hears(&mut self, who: usize, name: &str, hz: f64, seconds: f64) -> Result<(), String> {
        let mark = self.marks[who];
        let heard = || {
            let ear = self.ear(who);
            tone::seconds_of(ear.get(mark..).unwrap_or_default(), hz)
        };
        let enough = until(PATIENCE, || (heard() >= seconds).then_some(()));
        let told = heard();
        self.marks[who] = self.ear(who).len();
        enough.ok_or_else(|| format!("the {name} hears {hz} Hz for {told} s only"))
    }

    fn ear(&self, who: usize) -> Vec<i16> {
        match who {
            0 => self.citizens_voice.as_ref().map(Voice::heard_so_far).unwrap_or_default(),
            1 if self.phone.is_none() => self.agents_voice.as_ref().map(Voice::heard_so_far).unwrap_or_default(),
            1 => self.phone.as_ref().map(RunningSoftphone::heard_so_far).unwrap_or_default(),
            _ => self.colleagues_voice.as_ref().map(Voice::heard_so_far).unwrap_or_default(),
        }
    }
}

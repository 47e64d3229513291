//! Sounds that a test can name by ear: each prompt is a tone of its own, written into a folder as an operator's own sounds are,
//! and what a phone has heard is read back as the names of what was played and of who spoke. Knows no call.

use std::path::Path;

use crate::tone;

/// A window of 100 ms: tones as far apart as these can't be mistaken for each other in it.
const WINDOW: usize = 800;
/// Lowest tone, and how far the next one is above it.
const LOWEST_HZ: f64 = 350.0;
const STEP_HZ: f64 = 50.0;
/// Above it a phone of 8,000 samples a second hears nothing for sure.
const HIGHEST_HZ: f64 = 3_400.0;
/// This share of a window's power makes it one tone's.
const SHARE_MIN: f64 = 0.8;
/// Seconds of a message, and of a clip that sentences are put together from (its name holds a `-`).
const MESSAGE_S: f64 = 0.8;
const CLIP_S: f64 = 0.35;
/// And of one whose name begins so: longer than anybody listens.
const LONG: (&str, f64) = ("long", 30.0);
/// Seconds of nothing around each.
const EDGE_S: f64 = 0.05;

/// Names of sounds and people, and the tone of each.
#[derive(Clone, Debug)]
pub struct Melody {
    notes: Vec<(String, f64)>,
    /// So many of the first are people's.
    people: usize,
}

impl Melody {
    /// A tone for each sound, beside those of these people.
    pub fn of(people: &[(&str, f64)], sounds: &[&str]) -> Self {
        let mut notes: Vec<(String, f64)> = people.iter().map(|&(name, hz)| (name.to_owned(), hz)).collect();
        let mut hz = LOWEST_HZ;
        for sound in sounds {
            while notes.iter().any(|(_, taken)| (taken - hz).abs() < STEP_HZ / 2.0) {
                hz += STEP_HZ;
            }
            assert!(hz <= HIGHEST_HZ, "there are more sounds than tones");
            notes.push(((*sound).to_owned(), hz));
        }
        Self { notes, people: people.len() }
    }

    /// Writes the sounds, as `NAME.wav`.
    pub fn write(&self, folder: &Path) {
        for (name, hz) in &self.notes[self.people..] {
            let usual = if name.contains('-') { CLIP_S } else { MESSAGE_S };
            let seconds = if name.starts_with(LONG.0) { LONG.1 } else { usual };
            let edge = vec![0; (EDGE_S * f64::from(tone::RATE)) as usize];
            let sound = [edge.clone(), tone::tone(*hz, seconds), edge].concat();
            tone::write_wav(&folder.join(format!("{name}.wav")), &sound);
        }
    }

    /// Whose tone it is.
    pub fn hz(&self, name: &str) -> f64 {
        let found = self.notes.iter().find(|(note, _)| note == name);
        found.unwrap_or_else(|| panic!("nothing is called {name}")).1
    }

    /// What is heard in a window; none: nothing, or no one thing.
    fn note(&self, window: &[i16]) -> Option<&str> {
        let loudest = self.notes.iter().find(|(_, hz)| tone::share_of(window, *hz) > SHARE_MIN);
        loudest.map(|(name, _)| name.as_str())
    }
}

/// What one phone hears, read as it comes.
#[derive(Debug)]
pub struct Ear {
    melody: Melody,
    /// Samples that were read.
    read: usize,
    /// What was heard in the last window.
    last: Option<String>,
    /// All that was heard, in order, each once while it lasts.
    heard: Vec<String>,
    /// So much of it was asked for already.
    asked: usize,
}

impl Ear {
    /// An ear that has heard nothing yet.
    pub const fn new(melody: Melody) -> Self {
        Self { melody, read: 0, last: None, heard: Vec::new(), asked: 0 }
    }

    /// Reads on in all that the phone has heard so far.
    pub fn listen(&mut self, samples: &[i16]) {
        for window in samples.get(self.read..).unwrap_or_default().as_chunks::<WINDOW>().0 {
            let note = self.melody.note(window).map(str::to_owned);
            if let Some(new) = note.as_ref().filter(|new| self.last.as_ref() != Some(new)) {
                self.heard.push(new.clone());
            }
            self.last = note;
            self.read += WINDOW;
        }
    }

    /// Whether it was heard after what was asked for last; from now on that was the last.
    pub fn hears(&mut self, name: &str) -> bool {
        let _known = self.melody.hz(name);
        let found = self.heard[self.asked..].iter().position(|heard| heard == name);
        self.asked += found.map_or(0, |at| at + 1);
        found.is_some()
    }

    /// Whose tone it is.
    pub fn hz(&self, name: &str) -> f64 {
        self.melody.hz(name)
    }

    /// All that was heard so far, in order.
    pub fn heard(&self) -> &[String] {
        &self.heard
    }
}

#[test]
fn sounds_are_told_apart_in_the_order_in_which_they_are_heard() {
    let sounds: Vec<String> = (0..50).map(|n| format!("sound{n}")).collect();
    let names: Vec<&str> = sounds.iter().map(String::as_str).collect();
    let melody = Melody::of(&[("agent", tone::AGENT_HZ), ("citizen", tone::CITIZEN_HZ)], &names);
    let order = ["sound49", "agent", "sound0", "sound1", "citizen", "sound17"];
    let heard: Vec<i16> = order.iter().flat_map(|name| tone::tone(melody.hz(name), 0.33)).collect();
    let mut ear = Ear::new(melody);
    ear.listen(&heard[..5_000]);
    ear.listen(&heard);
    assert_eq!(ear.heard(), order);
    assert!(ear.hears("agent") && ear.hears("sound17") && !ear.hears("sound0"), "asked for in order");
}

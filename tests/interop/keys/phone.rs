//! A phone in somebody's hand: baresip, or sipp with a voice of the test's own. What it hears is asked for in order, by the
//! names of the house's tones. Knows no story.

use std::time::{Duration, Instant};

use samkald_tests::{Ear, RunningBaresip, RunningSipp, Voice, tone, until};

/// Longest wait for a sound that should come at once.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks at what was heard.
const LOOK: Duration = Duration::from_millis(100);
/// Between two presses.
const BETWEEN_KEYS: Duration = Duration::from_millis(350);

/// What makes the phone ring, answer and hear.
pub(crate) enum Hand {
    Softphone(RunningBaresip),
    Script(RunningSipp, Voice),
}

/// A phone in somebody's hand.
pub(crate) struct Phone {
    pub(crate) who: &'static str,
    pub(crate) hand: Hand,
    pub(crate) ear: Ear,
}

impl Phone {
    /// Hears this, sooner or later, after what was heard before.
    pub(crate) fn hears(&mut self, what: &str) {
        self.hears_within(PATIENCE, what);
    }

    /// The same, for what takes its time.
    pub(crate) fn hears_within(&mut self, patience: Duration, what: &str) {
        let begun = Instant::now();
        loop {
            let heard = self.heard_so_far();
            self.ear.listen(&heard);
            if self.ear.hears(what) {
                return;
            }
            let waits = begun.elapsed() < patience;
            assert!(waits, "{} never hears {what}, but {:?}\n{}", self.who, self.ear.heard(), self.shows());
            std::thread::sleep(LOOK);
        }
    }

    /// All of these, one after the other.
    pub(crate) fn hears_all(&mut self, sounds: &[&str]) {
        for sound in sounds {
            self.hears(sound);
        }
    }

    fn heard_so_far(&self) -> Vec<i16> {
        match &self.hand {
            Hand::Softphone(phone) => phone.heard_so_far(),
            Hand::Script(_, voice) => voice.heard_so_far(),
        }
    }

    /// Goes on hearing this, a second more from now on.
    pub(crate) fn still_hears(&mut self, what: &str) {
        let enough = self.seconds_of(what) + 1.0;
        let heard = until(PATIENCE, || (self.seconds_of(what) >= enough).then_some(()));
        assert!(heard.is_some(), "{} hears {what} no more", self.who);
    }

    /// For how many seconds this was heard until now.
    pub(crate) fn seconds_of(&self, what: &str) -> f64 {
        tone::seconds_of(&self.heard_so_far(), self.ear.hz(what))
    }

    /// Presses keys, one after the other.
    pub(crate) fn presses(&self, keys: &str) {
        let Hand::Softphone(phone) = &self.hand else { panic!("{} has no keys", self.who) };
        for key in keys.chars() {
            phone.press(key);
            std::thread::sleep(BETWEEN_KEYS);
        }
    }

    /// A script's phone is called, answers, and talks from now on.
    pub(crate) fn is_called(&self) {
        let Hand::Script(script, voice) = &self.hand else { panic!("{}'s phone answers by itself", self.who) };
        let media = script.other_sides_media(PATIENCE);
        voice.talk_to(media.unwrap_or_else(|| panic!("{} is never called", self.who)));
    }

    /// The centre hangs up.
    pub(crate) fn hears_the_end(self) {
        let Hand::Softphone(phone) = &self.hand else { panic!("{} parts by the script", self.who) };
        assert!(phone.says("session closed", PATIENCE), "{} is never let go:\n{}", self.who, phone.screen());
        self.parts();
    }

    /// What the phone showed.
    pub(crate) fn shows(&self) -> String {
        match &self.hand {
            Hand::Softphone(phone) => {
                // Not the echo of what it was told, nor the clock that it counts up while it talks.
                let said = |line: &&str| !line.starts_with('/') && !line.contains("(bit/s)") && !line.trim().is_empty();
                phone.screen().split(['\r', '\n']).filter(said).collect::<Vec<_>>().join("\n")
            }
            Hand::Script(script, _) => script.log().join("\n"),
        }
    }

    /// Hangs up; a script is let go by the other side, and all was as written there.
    pub(crate) fn parts(self) {
        match self.hand {
            Hand::Softphone(phone) => drop(phone.finish()),
            Hand::Script(script, _voice) => script.succeed(),
        }
    }
}

/// Citizen and agent hear each other.
pub(crate) fn both_talk(citizen: &mut Phone, agent: &mut Phone) {
    citizen.hears(if agent.who == "bo" { "bo" } else { "agent" });
    agent.hears("citizen");
}

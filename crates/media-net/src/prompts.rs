//! What can be played: the built-in set, and the operator's folders over it.
//!
//! All files are read and checked at the start, so that nothing can go wrong while a citizen listens. A name is
//! `greeting.da`, or a municipality's own `0751/greeting.da`. Knows nothing of who says it when.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use media::Prompt;
use model::PromptName;

use crate::prompt_files::{Loaded, PromptFault, PromptWarned, Reading, Stamp};

include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// Built-in sounds that are always ready, in every language; the clips of numbers and sentences only where they are
/// wanted: to prepare them all takes a second.
const ALWAYS: [&str; 35] = [
    "callback_already",
    "callback_booked",
    "callback_confirm",
    "callback_no_slot",
    "callback_not_booked",
    "callback_number",
    "callback_offer",
    "callback_promised",
    "callback_slot",
    "callback_type",
    "callback_wrong",
    "closed",
    "full",
    "full_closing",
    "gave_up",
    "gave_up_closing",
    "greeting",
    "menu_callback",
    "menu_language",
    "menu_postal_code",
    "menu_voicemail",
    "music",
    "recording_consent",
    "ringing",
    "sound_check",
    "sound_check_ask",
    "sound_check_ok",
    "sound_check_unheard",
    "still_served",
    "voicemail",
    "voicemail_full",
    "voicemail_lost",
    "voicemail_nothing",
    "voicemail_thanks",
    "voicemail_tone",
];

/// The name of nothing.
const SILENCE: &str = "silence";

/// The names that somebody will ask for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// What is said.
    pub spoken: BTreeSet<PromptName>,
    /// Music, which is made softer than speech.
    pub music: BTreeSet<PromptName>,
}

/// Everything that can be played. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PromptStore {
    prompts: Arc<BTreeMap<String, Loaded>>,
    warned: Arc<[PromptWarned]>,
    /// One frame of nothing, for the pauses between clips.
    silence: Arc<Prompt>,
}

impl PromptStore {
    /// Only the built-in messages, music and signals.
    pub fn built_in() -> Self {
        Self::of(BTreeMap::new(), Vec::new(), &Wanted::default(), None)
    }

    /// Every `.wav` and `.opus` file of the folders and of the folders in them, a later folder before an earlier one; and below
    /// them what is wanted of the built-in set. All faults at once.
    pub fn load(folders: &[PathBuf], wanted: &Wanted) -> Result<Self, Vec<PromptFault>> {
        Self::read(folders, wanted, None)
    }

    /// The same once more, while this one is played: files and built-in sounds that are as they were are not prepared anew.
    pub fn load_again(&self, folders: &[PathBuf], wanted: &Wanted) -> Result<Self, Vec<PromptFault>> {
        Self::read(folders, wanted, Some(self))
    }

    /// With these names as they are heard in `before`, where nothing is heard for them here any more.
    #[must_use]
    pub fn keeping<'n>(self, before: &Self, names: impl IntoIterator<Item = &'n PromptName>) -> Self {
        let gone = |name: &&PromptName| !self.has(name);
        let kept = names.into_iter().filter(gone).filter_map(|name| Some((name.to_string(), before.find(name)?)));
        let kept: Vec<_> = kept.map(|(name, prompt)| (name, Loaded { prompt, stamp: None })).collect();
        let mut prompts = Arc::unwrap_or_clone(self.prompts);
        prompts.extend(kept);
        Self { prompts: Arc::new(prompts), ..self }
    }

    fn read(folders: &[PathBuf], wanted: &Wanted, before: Option<&Self>) -> Result<Self, Vec<PromptFault>> {
        let known = before.map(|before| (&*before.prompts, &*before.warned));
        let mut reading = Reading::new(&wanted.music, known);
        for folder in folders {
            reading.folder(folder);
        }
        let (prompts, warned, faults) = reading.done();
        if faults.is_empty() { Ok(Self::of(prompts, warned, wanted, before)) } else { Err(faults) }
    }

    fn of(
        mut prompts: BTreeMap<String, Loaded>,
        warned: Vec<PromptWarned>,
        wanted: &Wanted,
        before: Option<&Self>,
    ) -> Self {
        let wanted: BTreeSet<&str> = wanted.spoken.iter().chain(&wanted.music).flat_map(|name| chain(name)).collect();
        for (name, file) in BUILT_IN {
            let always = ALWAYS.contains(&without_language(name));
            if (always || wanted.contains(name)) && !prompts.contains_key(name) {
                prompts.insert(name.to_owned(), built_in(name, file, before));
            }
        }
        let silence = Arc::new(Prompt::from_samples(&[0.0; 320], 16_000).expect("a frame of silence is a prompt"));
        // Also by name: what is sent to who speaks and is to hear nothing.
        let stays = Loaded { prompt: Arc::clone(&silence), stamp: Some(Stamp::BuiltIn) };
        prompts.entry(SILENCE.to_owned()).or_insert(stays);
        Self { prompts: Arc::new(prompts), warned: warned.into(), silence }
    }

    /// One frame of silence.
    pub(crate) fn silence(&self) -> Arc<Prompt> {
        Arc::clone(&self.silence)
    }

    /// The prompt that is heard for a name, the first that exists: for `0751/greeting.da` that one, then `greeting.da`,
    /// `0751/greeting` and `greeting`. The language counts more than the municipality.
    pub fn find(&self, name: &PromptName) -> Option<Arc<Prompt>> {
        let found = chain(name).into_iter().find_map(|name| self.prompts.get(name))?;
        Some(Arc::clone(&found.prompt))
    }

    /// Whether anything is heard for a name.
    pub fn has(&self, name: &PromptName) -> bool {
        self.find(name).is_some()
    }

    /// The names of all that is there, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.prompts.keys().map(String::as_str)
    }

    /// What is unfortunate about files that are played all the same.
    pub fn warned(&self) -> &[PromptWarned] {
        &self.warned
    }
}

/// A sound of the built-in set; one that is ready already is not prepared anew.
fn built_in(name: &str, file: &[u8], before: Option<&PromptStore>) -> Loaded {
    let ready = before.and_then(|before| before.prompts.get(name)).filter(|known| known.stamp == Some(Stamp::BuiltIn));
    ready.cloned().unwrap_or_else(|| {
        // They were made at the house's loudness.
        let prompt = Prompt::from_file(file).expect("the built-in prompts are read in a test");
        Loaded { prompt: Arc::new(prompt), stamp: Some(Stamp::BuiltIn) }
    })
}

/// The names that are tried for one, in order.
fn chain(name: &str) -> [&str; 4] {
    let shared = name.rsplit_once('/').map_or(name, |(_, shared)| shared);
    [name, shared, without_language(name), without_language(shared)]
}

/// `0751/greeting.da` → `0751/greeting`.
pub(crate) fn without_language(name: &str) -> &str {
    let from = name.rfind('/').map_or(0, |slash| slash + 1);
    &name[..name[from..].rfind('.').map_or(name.len(), |dot| from + dot)]
}

#[cfg(test)]
mod tests {
    use speech::Wordings;

    use super::*;

    #[test]
    fn the_built_in_set_needs_no_files() {
        let store = PromptStore::load(&[], &Wanted::default()).expect("no folder");
        for name in ["greeting.da", "closed.en", "full.da", "gave_up.en", "music", "music.da", "0751/greeting.da"] {
            assert!(store.has(&PromptName::new(name)), "{name}");
        }
        assert!(!store.has(&PromptName::new("greeting.uk")) && !store.has(&PromptName::new("number-3.da")));
        assert!(store.find(&PromptName::new("music")).expect("music").frames() > 1000);
        assert_eq!(store.find(&PromptName::new("ringing")).map(|ringing| ringing.frames()), Some(250));
    }

    #[test]
    fn whatever_can_be_said_in_the_houses_own_words_has_a_sound() {
        let wordings = Wordings::built_in();
        let said: BTreeSet<String> = wordings
            .iter()
            .flat_map(|(_, words)| words.clips().into_iter().map(|clip| format!("{clip}.{}", words.tongue().tag())))
            .collect();
        let built_in: BTreeSet<&str> = BUILT_IN.map(|(name, _)| name).into();
        let missing: Vec<_> = said.iter().filter(|name| !built_in.contains(name.as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
        let message = |name: &str| ALWAYS.contains(&without_language(name));
        let unsaid: Vec<_> = built_in.iter().filter(|name| !said.contains(**name) && !message(name)).collect();
        assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
        let wanted = Wanted { spoken: [PromptName::new("0751/number-3.da")].into(), ..Wanted::default() };
        let store = PromptStore::of(BTreeMap::new(), Vec::new(), &wanted, None);
        assert!(store.has(&PromptName::new("number-3.da")) && !store.has(&PromptName::new("number-4.da")));
    }

    #[test]
    fn the_built_in_set_is_small_begins_and_ends_softly_and_is_as_loud_as_a_prompt_should_be() {
        assert!(BUILT_IN.iter().map(|(_, file)| file.len()).sum::<usize>() < 2_000_000);
        for (name, file) in BUILT_IN {
            let sound = media::heard(file).expect("readable");
            // Half a millisecond.
            let edge = (sound.rate / 2_000) as usize;
            let edges = [&sound.sound[..edge], &sound.sound[sound.sound.len() - edge..]];
            // Music has no edges: its end is its beginning.
            let soft = |edge: &&[f32]| edge.iter().all(|sample| sample.abs() < 0.01);
            assert!(name == "music" || edges.iter().all(soft), "{name} would click");
            let target = if name == "music" { media::MUSIC_LUFS } else { media::SPEECH_LUFS };
            let loudness = sound.loudness.expect("no silence");
            // One gain for a whole voice: its words differ by some dB, as in any voice.
            assert!((loudness - target).abs() < 8.0, "{name}: {loudness} LUFS");
        }
    }
}

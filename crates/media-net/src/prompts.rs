//! What can be played: the built-in set, and the operator's folders over it.
//!
//! All files are read and checked at the start, so that nothing can go wrong while a citizen listens. A name is
//! `greeting.da`, or a municipality's own `0751/greeting.da`. Knows nothing of who says it when.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use media::{BadPrompt, Prompt};
use model::PromptName;

/// Most prompts of all folders. More: a fault, and the node doesn't start.
pub const PROMPTS_MAX: usize = 5_000;
/// Largest file, in bytes: ten minutes of 48 kHz stereo at 24 bits.
const FILE_BYTES_MAX: u64 = 180_000_000;
/// How deep folders are read: a folder of folders, one for each municipality.
const DEPTH_MAX: usize = 2;

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_bytes!(concat!("../prompts/", $name, ".wav")).as_slice())),*]
    };
}

const BUILT_IN: [(&str, &[u8]); 9] = built_in![
    "closed.da",
    "closed.en",
    "full.da",
    "full.en",
    "gave_up.da",
    "gave_up.en",
    "greeting.da",
    "greeting.en",
    "music",
];

/// Everything that can be played. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PromptStore {
    prompts: Arc<BTreeMap<String, Arc<Prompt>>>,
    /// One frame of nothing, for the pauses between clips.
    silence: Arc<Prompt>,
}

/// A folder or file that can't be used; the words are for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct PromptFault {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub why: PromptFaultWhy,
}

/// Why a folder or file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PromptFaultWhy {
    /// The operating system says so.
    #[error("can't be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// The file is no prompt.
    #[error("{0}")]
    Bad(#[from] BadPrompt),
    /// Larger than ten minutes of any sound.
    #[error("is larger than 180 MB")]
    TooLarge,
    /// More than 5000 in all folders.
    #[error("is one prompt too many: 5000 can be kept")]
    TooMany,
}

impl PromptStore {
    /// Only the built-in set: `greeting`, `closed`, `full` and `gave_up` in `da` and `en`, and `music`.
    pub fn built_in() -> Self {
        let read = |(name, wav): (&str, &[u8])| {
            let prompt = Prompt::from_wav(wav).expect("the built-in prompts are read in a test");
            (name.to_owned(), Arc::new(prompt))
        };
        Self::of(BUILT_IN.into_iter().map(read).collect())
    }

    /// The built-in set, and over it every `.wav` file of the folders and of the folders in them; a later folder goes
    /// before an earlier one. All faults at once.
    pub fn load(folders: &[PathBuf]) -> Result<Self, Vec<PromptFault>> {
        let mut prompts = (*Self::built_in().prompts).clone();
        let mut faults = Vec::new();
        for folder in folders {
            read_folder(folder, "", DEPTH_MAX, &mut prompts, &mut faults);
        }
        if faults.is_empty() { Ok(Self::of(prompts)) } else { Err(faults) }
    }

    fn of(prompts: BTreeMap<String, Arc<Prompt>>) -> Self {
        let silence = Prompt::from_samples(&[0.0], 8_000).expect("a frame of silence is a prompt");
        Self { prompts: Arc::new(prompts), silence: Arc::new(silence) }
    }

    /// One frame of silence.
    pub(crate) fn silence(&self) -> Arc<Prompt> {
        Arc::clone(&self.silence)
    }

    /// The prompt that is heard for a name, the first that exists: for `0751/greeting.da` that one, then `greeting.da`,
    /// `0751/greeting` and `greeting`. The language counts more than the municipality.
    pub fn find(&self, name: &PromptName) -> Option<Arc<Prompt>> {
        let shared = name.rsplit_once('/').map_or(name.as_str(), |(_, shared)| shared);
        let any_language = |name: &str| {
            let from = name.rfind('/').map_or(0, |slash| slash + 1);
            name[from..].rfind('.').map_or(name.len(), |dot| from + dot)
        };
        let names = [name.as_str(), shared, &name[..any_language(name)], &shared[..any_language(shared)]];
        names.into_iter().find_map(|name| self.prompts.get(name)).cloned()
    }

    /// Whether anything is heard for a name.
    pub fn has(&self, name: &PromptName) -> bool {
        self.find(name).is_some()
    }

    /// The names of all that is there, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.prompts.keys().map(String::as_str)
    }
}

fn read_folder(
    folder: &Path,
    prefix: &str,
    depth: usize,
    prompts: &mut BTreeMap<String, Arc<Prompt>>,
    faults: &mut Vec<PromptFault>,
) {
    let entries = match fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
        Ok(entries) => entries,
        Err(fault) => return faults.push(PromptFault { path: folder.to_owned(), why: fault.into() }),
    };
    for path in entries.into_iter().map(|entry| entry.path()) {
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        if path.is_dir() {
            if depth > 1 {
                read_folder(&path, &format!("{prefix}{stem}/"), depth - 1, prompts, faults);
            }
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav")) {
            let name = format!("{prefix}{stem}");
            match read_file(&path, prompts.len()) {
                Ok(prompt) => drop(prompts.insert(name, Arc::new(prompt))),
                Err(why) => faults.push(PromptFault { path, why }),
            }
        }
    }
}

fn read_file(path: &Path, known: usize) -> Result<Prompt, PromptFaultWhy> {
    if known >= PROMPTS_MAX {
        return Err(PromptFaultWhy::TooMany);
    }
    if fs::metadata(path)?.len() > FILE_BYTES_MAX {
        return Err(PromptFaultWhy::TooLarge);
    }
    Ok(Prompt::from_wav(&fs::read(path)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a faulty folder, for the operator.
    fn words(faults: &[PromptFault]) -> String {
        faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    fn length(store: &PromptStore, name: &str) -> Option<usize> {
        store.find(&PromptName::new(name)).map(|prompt| prompt.frames())
    }

    /// A WAV file of so many frames of 20 ms.
    fn wav(frames: usize) -> Vec<u8> {
        let sound = vec![0xd5_u8; frames * 160];
        let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x06\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data".to_vec();
        bytes.extend((sound.len() as u32).to_le_bytes());
        bytes.extend(sound);
        bytes
    }

    #[test]
    fn the_built_in_set_needs_no_files() {
        let store = PromptStore::load(&[]).expect("no folder");
        for name in ["greeting.da", "closed.en", "full.da", "gave_up.en", "music", "music.da", "0751/greeting.da"] {
            assert!(store.has(&PromptName::new(name)), "{name}");
        }
        assert!(!store.has(&PromptName::new("greeting.uk")));
        assert!(length(&store, "music").expect("music") > 1000);
    }

    #[test]
    fn the_folders_go_before_the_built_in_set_and_fall_back_by_language_first() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("0751")).expect("a folder");
        for (name, frames) in [("greeting.da", 1), ("greeting", 2), ("0751/greeting.da", 3), ("0751/full", 4)] {
            fs::write(folder.path().join(format!("{name}.wav")), wav(frames)).expect("a file");
        }
        fs::write(folder.path().join("README.md"), "no sound").expect("a file");
        let store = PromptStore::load(&[folder.path().to_owned()]).expect("good files");
        assert_eq!(length(&store, "0751/greeting.da"), Some(3));
        assert_eq!(length(&store, "0101/greeting.da"), Some(1));
        assert_eq!(length(&store, "0751/greeting.uk"), Some(2));
        assert_eq!(length(&store, "0751/full.uk"), Some(4));
        assert_eq!(length(&store, "0751/full.da"), length(&store, "full.da"), "language before municipality");
    }

    #[test]
    fn every_bad_file_is_named_with_its_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("one.wav"), b"no sound").expect("a file");
        fs::write(folder.path().join("two.WAV"), wav(0)).expect("a file");
        let faults = PromptStore::load(&[folder.path().to_owned(), folder.path().join("absent")]).expect_err("faults");
        let words = words(&faults);
        assert_eq!(faults.len(), 3, "{words}");
        assert!(words.contains("one.wav: is no WAV file") && words.contains("two.WAV: is empty"), "{words}");
        assert!(words.contains("absent: can't be read"), "{words}");
    }
}

//! The operator's folders: sounds, each brought to the loudness of the house, and files of wording.
//!
//! `greeting.da.wav` (or `.opus`) and `words.da.ftl` are everybody's; in a folder `0751` they are that municipality's. Knows folders and
//! names; how a sound or a sentence must be, `media` and `speech` know.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use media::{BadPrompt, MUSIC_LUFS, Prompt, PromptWarning, SPEECH_LUFS};
use model::{MunicipalityId, PromptName};
use speech::{Tongue, Wording, WordingFault, Wordings};

use crate::prompts::without_language;

/// Most prompts of all folders. More: a fault, and the node doesn't start.
pub const PROMPTS_MAX: usize = 5_000;
/// Largest file, in bytes: ten minutes of 48 kHz stereo at 24 bits.
const FILE_BYTES_MAX: u64 = 180_000_000;
/// How deep folders are read: a folder of folders, one for each municipality.
const DEPTH_MAX: usize = 2;

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
    /// The folder has a sound of that name already, in the other form.
    #[error("is there twice, as .opus and as .wav: keep one of them")]
    Twice,
    /// The file's sentences can't be used.
    #[error("{0}")]
    Wording(WordingFault),
    /// Wording in a language whose grammar isn't known.
    #[error("is in a language whose numbers nobody has taught us: words.da.ftl and words.en.ftl can be used")]
    Tongue,
}

/// A file that is played, but could be better.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("{}: {what}", path.display())]
pub struct PromptWarned {
    /// Which.
    pub path: PathBuf,
    /// What could be better.
    pub what: PromptWarning,
}

/// A sound that is ready to be played.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) prompt: Arc<Prompt>,
    /// What it was made of; none: of what isn't there any more.
    pub(crate) stamp: Option<Stamp>,
}

/// What a sound was made of: as long as that is the same, so is the sound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Stamp {
    BuiltIn,
    File { inode: (u64, u64), bytes: u64, changed_at: (i64, i64), music: bool },
}

impl Stamp {
    fn of(path: &Path, music: bool) -> Option<Self> {
        let about = fs::metadata(path).ok()?;
        let changed_at = (about.mtime(), about.mtime_nsec());
        Some(Self::File { inode: (about.dev(), about.ino()), bytes: about.len(), changed_at, music })
    }
}

/// What was read the last time.
type Known<'a> = (&'a BTreeMap<String, Loaded>, &'a [PromptWarned]);

type Read = (BTreeMap<String, Loaded>, Vec<PromptWarned>, Vec<PromptFault>);

/// Folders being read.
pub(crate) struct Reading<'a> {
    music: BTreeSet<&'a str>,
    known: Option<Known<'a>>,
    prompts: BTreeMap<String, Loaded>,
    warned: Vec<PromptWarned>,
    faults: Vec<PromptFault>,
}

impl<'a> Reading<'a> {
    /// `music`: what is music, by the names that the plan gives it. What is known already is not read again.
    pub(crate) fn new(music: &'a BTreeSet<PromptName>, known: Option<Known<'a>>) -> Self {
        let music = music.iter().map(|name| base(name)).collect();
        Self { music, known, prompts: BTreeMap::new(), warned: Vec::new(), faults: Vec::new() }
    }

    /// A folder over those before it.
    pub(crate) fn folder(&mut self, folder: &Path) {
        self.read_folder(folder, "", DEPTH_MAX);
    }

    pub(crate) fn done(self) -> Read {
        (self.prompts, self.warned, self.faults)
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str, depth: usize) {
        let paths = match paths_of(folder) {
            Ok(paths) => paths,
            Err(fault) => return self.faults.push(fault),
        };
        let mut here = BTreeSet::new();
        for path in paths {
            let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
            if path.is_dir() {
                if depth > 1 {
                    self.read_folder(&path, &format!("{prefix}{stem}/"), depth - 1);
                }
            } else if path.extension().is_some_and(is_sound) {
                let name = format!("{prefix}{stem}");
                if here.insert(name.clone()) {
                    self.read_file(name, path);
                } else {
                    self.faults.push(PromptFault { path, why: PromptFaultWhy::Twice });
                }
            }
        }
    }

    fn read_file(&mut self, name: String, path: PathBuf) {
        let music = self.music.contains(base(&name));
        // Before it is read: who changes it in the middle is read again the next time.
        let stamp = Stamp::of(&path, music);
        if self.is_as_it_was(&name, &path, stamp.as_ref()) {
            return;
        }
        let loudness = if music { MUSIC_LUFS } else { SPEECH_LUFS };
        let bytes = match bytes_of(&path, self.prompts.len()) {
            Ok(bytes) => bytes,
            Err(why) => return self.faults.push(PromptFault { path, why }),
        };
        match Prompt::read(&bytes, Some(loudness)) {
            Ok((prompt, mut warnings)) => {
                // Music ends where it begins, in the middle of a sound.
                warnings.retain(|what| !(music && *what == PromptWarning::Edge));
                self.prompts.insert(name, Loaded { prompt: Arc::new(prompt), stamp });
                self.warned.extend(warnings.into_iter().map(|what| PromptWarned { path: path.clone(), what }));
            }
            Err(whys) => {
                let fault = |why: BadPrompt| PromptFault { path: path.clone(), why: why.into() };
                self.faults.extend(whys.into_iter().map(fault));
            }
        }
    }

    /// Takes over what was made of the same file the last time.
    fn is_as_it_was(&mut self, name: &str, path: &Path, stamp: Option<&Stamp>) -> bool {
        let Some((prompts, warned)) = self.known else { return false };
        let Some(loaded) = prompts.get(name).filter(|known| stamp.is_some() && known.stamp.as_ref() == stamp) else {
            return false;
        };
        self.prompts.insert(name.to_owned(), loaded.clone());
        self.warned.extend(warned.iter().filter(|warned| warned.path == *path).cloned());
        true
    }
}

/// The wordings of the folders, over the house's own: everybody's first, then those of municipalities over them.
pub fn load_wordings(folders: &[PathBuf]) -> Result<Wordings, Vec<PromptFault>> {
    let mut own: BTreeMap<(Option<MunicipalityId>, Tongue), Wording> = BTreeMap::new();
    let mut faults = Vec::new();
    for municipal in [false, true] {
        for path in folders.iter().flat_map(|folder| words_of(folder, municipal)) {
            if let Err(more) = lay(&mut own, &path) {
                faults.extend(more.into_iter().map(|why| PromptFault { path: path.clone(), why }));
            }
        }
    }
    if faults.is_empty() {
        Ok(Wordings::new(own.into_iter().map(|((whose, _), words)| (whose, words))))
    } else {
        Err(faults)
    }
}

/// One file over what stood before.
fn lay(own: &mut BTreeMap<(Option<MunicipalityId>, Tongue), Wording>, path: &Path) -> Result<(), Vec<PromptFaultWhy>> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let tongue = Tongue::ALL.into_iter().find(|tongue| name == format!("words.{}.ftl", tongue.tag()));
    let tongue = tongue.ok_or_else(|| vec![PromptFaultWhy::Tongue])?;
    let source = fs::read_to_string(path).map_err(|fault| vec![fault.into()])?;
    let whose = path.parent().and_then(municipality);
    let below = own.get(&(whose, tongue)).or_else(|| own.get(&(None, tongue))).cloned();
    let below = below.unwrap_or_else(|| Wording::built_in(tongue));
    let words =
        below.with(&source).map_err(|faults| faults.into_iter().map(PromptFaultWhy::Wording).collect::<Vec<_>>())?;
    own.insert((whose, tongue), words);
    Ok(())
}

/// Files of wording in a folder, or in the municipalities' folders in it. What can't be read is told with the sounds.
fn words_of(folder: &Path, municipal: bool) -> Vec<PathBuf> {
    let paths = paths_of(folder).unwrap_or_default();
    if municipal {
        return paths
            .iter()
            .filter(|path| municipality(path).is_some())
            .flat_map(|path| words_of(path, false))
            .collect();
    }
    let is_words = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with("words.")) && path.extension().is_some_and(|last| last == "ftl")
    };
    paths.into_iter().filter(is_words).collect()
}

/// The municipality whose folder it is: four digits.
fn municipality(folder: &Path) -> Option<MunicipalityId> {
    let name = folder.file_name()?.to_str()?;
    let digits = name.len() == 4 && name.bytes().all(|b| b.is_ascii_digit());
    name.parse().ok().filter(|_| digits).map(MunicipalityId)
}

/// Files of these names are sounds.
fn is_sound(extension: &OsStr) -> bool {
    extension.eq_ignore_ascii_case("wav") || extension.eq_ignore_ascii_case("opus")
}

/// In order, so that the same folder gives the same words about it.
fn paths_of(folder: &Path) -> Result<Vec<PathBuf>, PromptFault> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|fault| PromptFault { path: folder.to_owned(), why: fault.into() })?;
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// A name without municipality and language.
fn base(name: &str) -> &str {
    without_language(name.rsplit_once('/').map_or(name, |(_, shared)| shared))
}

fn bytes_of(path: &Path, known: usize) -> Result<Vec<u8>, PromptFaultWhy> {
    if known >= PROMPTS_MAX {
        return Err(PromptFaultWhy::TooMany);
    }
    if fs::metadata(path)?.len() > FILE_BYTES_MAX {
        return Err(PromptFaultWhy::TooLarge);
    }
    Ok(fs::read(path)?)
}

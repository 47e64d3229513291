//! The folder in which versions of the plan are kept: one file a version, the plan files that they stand on, uploaded sounds.
//!
//! Files are written beside, flushed and renamed, so each is whole or not there; what nothing names any more is swept away. Never
//! the database, which may be down. Knows names and bytes; doesn't know what stands in them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};

use crate::spool::{private, sync_folder};

/// The folder, in the data folder.
const FOLDER: &str = "plan";
/// One file a version, called by its number.
const VERSIONS: &str = "versions";
/// Texts and sounds, called by their SHA-256.
const TEXTS: &str = "texts";
const SOUNDS: &str = "sounds";
/// One folder a version, with its sounds by name.
const PROMPTS: &str = "prompts";
/// Which version is in force, and the greatest number ever given.
const IN_FORCE: &str = "in-force";
/// What is being written has this at its end, and counts for nothing.
const BESIDE: &str = ".new";
/// Longest file that is read, in bytes: a plan of 16,384 agents needs four million, a version with all its edits a few.
const FILE_BYTES_MAX: u64 = 32 << 20;

/// The open folder. One process at a time writes in it.
#[derive(Clone, Debug)]
pub struct PlanFolder {
    root: PathBuf,
}

/// What the folder says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct InForce {
    /// The version in force; 0: none yet.
    pub version: u64,
    /// The greatest number ever given.
    pub last: u64,
    /// The version in force has not proved itself yet.
    pub unproven: Option<Unproven>,
}

/// What is known of a version that has only just come into force.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Unproven {
    /// The version that had proved itself before; 0: none.
    pub before: u64,
    /// How often the program has died under this one.
    pub deaths: u8,
}

impl PlanFolder {
    /// Makes the folder where it is missing.
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        let root = data_dir.join(FOLDER);
        for part in [VERSIONS, TEXTS, SOUNDS, PROMPTS] {
            fs::create_dir_all(root.join(part))?;
        }
        Ok(Self { root })
    }

    /// Keeps a text; what it is called from now on.
    pub fn keep_text(&self, text: &str) -> io::Result<String> {
        self.keep_named(TEXTS, text.as_bytes())
    }

    /// A text that was kept.
    pub fn text(&self, name: &str) -> io::Result<String> {
        String::from_utf8(self.read(&self.named(TEXTS, name)?)?).map_err(|_| io::ErrorKind::InvalidData.into())
    }

    /// How long a text is that was kept, in bytes.
    pub fn text_bytes(&self, name: &str) -> io::Result<u64> {
        Ok(fs::metadata(self.named(TEXTS, name)?)?.len())
    }

    /// Keeps a sound; what it is called from now on.
    pub fn keep_sound(&self, bytes: &[u8]) -> io::Result<String> {
        self.keep_named(SOUNDS, bytes)
    }

    /// A sound that was kept.
    pub fn sound(&self, name: &str) -> io::Result<Vec<u8>> {
        self.read(&self.named(SOUNDS, name)?)
    }

    /// What a sound would be called if it were kept.
    pub fn name_of_sound(bytes: &[u8]) -> String {
        name_of(bytes)
    }

    /// How many bytes all sounds take.
    pub fn sounds_bytes(&self) -> io::Result<u64> {
        let mut all = 0;
        for entry in fs::read_dir(self.root.join(SOUNDS))? {
            all += entry?.metadata()?.len();
        }
        Ok(all)
    }

    /// Whether that sound is kept.
    pub fn has_sound(&self, name: &str) -> bool {
        self.named(SOUNDS, name).is_ok_and(|path| path.is_file())
    }

    /// Keeps a version. It comes into force by [`Self::set_in_force`] alone.
    pub fn keep_version(&self, number: u64, text: &str) -> io::Result<()> {
        write_whole(&self.root.join(VERSIONS).join(number.to_string()), text.as_bytes())
    }

    /// All versions that are kept, by number. What is no version is passed over; one whose file can't be read has no text.
    pub fn versions(&self) -> io::Result<Vec<(u64, String)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.root.join(VERSIONS))? {
            let path = entry?.path();
            let number = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
            if let Some(number) = number {
                let text = self.read(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                found.push((number, text.unwrap_or_default()));
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// A version is forgotten.
    pub fn forget(&self, number: u64) -> io::Result<()> {
        match fs::remove_file(self.root.join(VERSIONS).join(number.to_string())) {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => Err(fault),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Which version is in force.
    pub fn in_force(&self) -> io::Result<InForce> {
        let text = match fs::read_to_string(self.root.join(IN_FORCE)) {
            Ok(text) => text,
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(InForce::default()),
            Err(fault) => return Err(fault),
        };
        let numbers: Result<Vec<u64>, _> = text.split_whitespace().map(str::parse).collect();
        match numbers.as_deref() {
            Ok([version, last]) => Ok(InForce { version: *version, last: *last, unproven: None }),
            Ok([version, last, before, deaths]) => {
                let deaths = u8::try_from(*deaths).unwrap_or(u8::MAX);
                Ok(InForce { version: *version, last: *last, unproven: Some(Unproven { before: *before, deaths }) })
            }
            Ok(_) | Err(_) => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// Says which version is in force from now on.
    pub fn set_in_force(&self, now: InForce) -> io::Result<()> {
        let InForce { version, last, unproven } = now;
        let mark = unproven.map_or(String::new(), |Unproven { before, deaths }| format!(" {before} {deaths}"));
        write_whole(&self.root.join(IN_FORCE), format!("{version} {last}{mark}\n").as_bytes())
    }

    /// A folder with these sounds by the names of prompts, as `[prompts] dirs` wants it; made anew for this version. The sounds
    /// are links, and take no room of their own.
    pub fn prompts<'p>(&self, version: u64, sounds: impl Iterator<Item = (&'p str, &'p str)>) -> io::Result<PathBuf> {
        let folder = self.root.join(PROMPTS).join(version.to_string());
        match fs::remove_dir_all(&folder) {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(fault),
            Ok(()) | Err(_) => {}
        }
        fs::create_dir_all(&folder)?;
        for (prompt, sound) in sounds {
            let from = self.named(SOUNDS, sound)?;
            let ending = if fs::read(&from)?.starts_with(b"OggS") { "opus" } else { "wav" };
            let to = folder.join(format!("{prompt}.{ending}"));
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::hard_link(&from, &to)?;
        }
        Ok(folder)
    }

    /// Deletes texts and sounds that no version names any more, folders of prompts of all versions but these, and what was never
    /// finished.
    pub fn sweep(&self, texts: &BTreeSet<String>, sounds: &BTreeSet<String>, versions: &[u64]) -> io::Result<()> {
        for (part, kept) in [(TEXTS, texts), (SOUNDS, sounds)] {
            for entry in fs::read_dir(self.root.join(part))? {
                let entry = entry?;
                if entry.file_name().to_str().is_none_or(|name| !kept.contains(name)) {
                    fs::remove_file(entry.path())?;
                }
            }
        }
        for entry in fs::read_dir(self.root.join(PROMPTS))? {
            let entry = entry?;
            let number = entry.file_name().to_str().and_then(|name| name.parse().ok());
            if number.is_none_or(|number| !versions.contains(&number)) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    fn keep_named(&self, part: &str, bytes: &[u8]) -> io::Result<String> {
        let name = name_of(bytes);
        let path = self.root.join(part).join(&name);
        if !path.is_file() {
            write_whole(&path, bytes)?;
        }
        Ok(name)
    }

    /// Where something lies that is called by its hash; nothing else is looked for.
    fn named(&self, part: &str, name: &str) -> io::Result<PathBuf> {
        let is_hash = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hash { Ok(self.root.join(part).join(name)) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        debug_assert!(path.starts_with(&self.root), "only what is kept here is read");
        if fs::metadata(path)?.len() > FILE_BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        fs::read(path)
    }
}

fn name_of(bytes: &[u8]) -> String {
    let mut name = String::new();
    for byte in digest(&SHA256, bytes).as_ref() {
        // A text takes all that is written to it.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// The whole file or none of it, on the disk when this returns.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(BESIDE);
    let beside = PathBuf::from(beside);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    private(&mut options);
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_folder(path)
}

#[cfg(test)]
mod tests;

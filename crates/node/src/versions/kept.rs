//! A version as it is kept: its text, and the sounds that it names.
//! Knows JSON and the folder; decides nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use change::{Book, Edit, Version};
use store::PlanFolder;
use tracing::{error, warn};

/// A version as text.
pub(super) fn text_of(version: &Version) -> String {
    serde_json::to_string_pretty(version).expect("a version has nothing that JSON can't say")
}

/// All that is kept, and which is in force. What can't be read is left out, and told.
pub(super) fn read(folder: &PlanFolder) -> io::Result<Book> {
    let in_force = folder.in_force()?;
    let mut versions: Vec<Version> = Vec::new();
    for (number, text) in folder.versions()? {
        match serde_json::from_str(&text) {
            Ok(version) => versions.push(version),
            Err(fault) => error!(version = number, %fault, "a version of the plan can't be read, and is left out"),
        }
    }
    Ok(Book::of(versions, in_force.version, in_force.last))
}

/// The prompts of a version's uploaded sounds, the last edit of a prompt counting.
fn sounds(version: &Version) -> BTreeMap<&str, &str> {
    let mut sounds = BTreeMap::new();
    for made in &version.edits {
        if let Edit::Prompt { name, sound } = &made.wish.edit {
            match sound {
                Some(sound) => sounds.insert(&**name, &**sound),
                None => sounds.remove(&**name),
            };
        }
    }
    sounds
}

/// What a prompt's uploaded sound is called.
pub(super) fn sound_of<'v>(version: &'v Version, prompt: &str) -> Option<&'v str> {
    sounds(version).get(prompt).copied()
}

/// The folder of a version's sounds, made anew; none where it has none.
pub(super) fn sounds_of(folder: &PlanFolder, version: &Version) -> io::Result<Option<PathBuf>> {
    let sounds = sounds(version);
    if sounds.is_empty() { Ok(None) } else { folder.prompts(version.number, sounds.into_iter()).map(Some) }
}

/// Deletes what no version names any more.
pub(super) fn sweep(folder: &PlanFolder, book: &Book) {
    let (mut texts, mut all) = (BTreeSet::new(), BTreeSet::new());
    for version in book.newest_first() {
        texts.extend([version.base.clone(), version.file.clone()]);
        all.extend(sounds(version).into_values().map(str::to_owned));
    }
    let in_force = book.in_force().map_or(0, |version| version.number);
    if let Err(fault) = folder.sweep(&texts, &all, in_force) {
        warn!(%fault, "what no version of the plan names any more can't be deleted");
    }
}

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

/// All that is kept, and which is in force; and whether all of it could be read. What can't be is left out, and told: where that is the
/// version in force, the newest one before it is.
pub(super) fn read(folder: &PlanFolder) -> io::Result<(Book, bool)> {
    let in_force = folder.in_force()?;
    let (mut versions, mut is_whole): (Vec<Version>, bool) = (Vec::new(), true);
    for (number, text) in folder.versions()? {
        match serde_json::from_str(&text) {
            Ok(version) => versions.push(version),
            Err(fault) => {
                is_whole = false;
                error!(version = number, %fault, "a version of the plan can't be read, and is left out");
            }
        }
    }
    let before = versions.iter().map(|version| version.number).filter(|number| *number <= in_force.version).max();
    let now = before.unwrap_or(in_force.version);
    if now != in_force.version {
        error!(
            version = now,
            instead_of = in_force.version,
            "the plan in force can't be read: an older one is taken up"
        );
    }
    let texts: BTreeSet<String> =
        versions.iter().flat_map(|version| [version.base.clone(), version.file.clone()]).collect();
    let mut book = Book::of(versions, now, in_force.last.max(in_force.version));
    for text in &texts {
        weigh(folder, &mut book, text);
    }
    Ok((book, is_whole))
}

/// How much room a plan file takes counts with the versions that stand on it.
pub(super) fn weigh(folder: &PlanFolder, book: &mut Book, text: &str) {
    // One that is missing takes none, and is told where it is needed.
    if let Ok(bytes) = folder.text_bytes(text) {
        book.weigh(text, bytes);
    }
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

/// Deletes what no version names any more, nor the one that is being tried.
pub(super) fn sweep(folder: &PlanFolder, book: &Book, tried: Option<&Version>) {
    let (mut texts, mut all) = (BTreeSet::new(), BTreeSet::new());
    for version in book.newest_first().chain(tried) {
        texts.extend([version.base.clone(), version.file.clone()]);
        all.extend(sounds(version).into_values().map(str::to_owned));
    }
    let played: Vec<u64> = book.in_force().into_iter().chain(tried).map(|version| version.number).collect();
    if let Err(fault) = folder.sweep(&texts, &all, &played) {
        warn!(%fault, "what no version of the plan names any more can't be deleted");
    }
}

#[cfg(test)]
mod tests {
    use store::InForce;

    use super::*;

    fn version(number: u64) -> Version {
        let none = String::new;
        Version {
            number,
            at_ms: 0,
            who: none(),
            why: none(),
            base: none(),
            file: none(),
            edits: Vec::new(),
            touched: Vec::new(),
            changed: Vec::new(),
            back_to: None,
            quarantined: false,
        }
    }

    #[test]
    fn where_the_version_in_force_can_not_be_read_the_newest_before_it_counts_and_nothing_is_swept() {
        let data = tempfile::tempdir().expect("a folder");
        let folder = PlanFolder::open(data.path()).expect("made");
        for number in 1..=2 {
            folder.keep_version(number, &text_of(&version(number))).expect("written");
        }
        folder.keep_version(3, "{\"of\": \"a newer program\"}").expect("written");
        folder.set_in_force(InForce { version: 2, last: 3, unproven: None }).expect("written");
        let (book, is_whole) = read(&folder).expect("readable");
        assert_eq!((book.in_force().map(|version| version.number), is_whole), (Some(2), false));
        folder.set_in_force(InForce { version: 3, last: 3, unproven: None }).expect("written");
        let (book, is_whole) = read(&folder).expect("readable");
        assert_eq!((book.in_force().map(|version| version.number), is_whole), (Some(2), false));
    }
}

//! The plan's versions as the API asks for them.
//! Knows the door's words; each answer is found or made in the rooms beside it.

use std::time::Duration;

use api::{Deciding, Denied, TryWhat};
use change::{Asked, Edit, Refused, Version, Wish, apply};
use plan::{Difference, differences};
use store::PlanFolder;
use toml::Table;

use super::{Versions, kept, no_disk, now};

/// Room for all uploaded sounds that some version names, in bytes: hours of speech. At the bound an upload is refused.
const SOUNDS_BYTES_MAX: u64 = 512 << 20;

impl Deciding for Versions {
    fn in_force(&self) -> (Version, Table) {
        let held = self.held();
        let version = held.book.in_force().cloned();
        (version.expect("a node starts with a version"), held.table.clone())
    }

    fn versions(&self, before: u64, limit: usize) -> Vec<Version> {
        let held = self.held();
        let older = |version: &&Version| before == 0 || version.number < before;
        held.book.newest_first().filter(older).take(limit).cloned().collect()
    }

    fn differences(&self, from: u64, to: u64) -> Result<Vec<Difference>, Denied> {
        let (one, other) = {
            let held = self.held();
            let to = if to == 0 { held.book.in_force().map_or(0, |current| current.number) } else { to };
            let find = |number| held.book.version(number).cloned().ok_or(Refused::NoSuchVersion(number));
            (find(from)?, find(to)?)
        };
        let mut found = differences(&self.table(&one)?, &self.table(&other)?);
        let prompts = one.edits.iter().chain(&other.edits).filter_map(|made| made.wish.edit.prompt());
        for prompt in prompts.collect::<std::collections::BTreeSet<_>>() {
            let sound = |version: &Version| kept::sound_of(version, prompt).map(str::to_owned);
            let (before, after) = (sound(&one), sound(&other));
            if before != after {
                found.push(Difference { at: format!("prompts[\"{prompt}\"]"), before, after });
            }
        }
        Ok(found)
    }

    fn change(&self, asked: &Asked, wishes: &[Wish], dry_run: bool) -> Result<Version, Denied> {
        let mut held = self.held();
        let sounds = wishes.iter().filter_map(|wish| wish.edit.sound());
        if sounds.into_iter().any(|sound| !self.folder.has_sound(sound)) {
            return Err(Denied::NoDisk);
        }
        let base = held.base.clone();
        let draft = held.book.change(asked, wishes, &base, now())?;
        self.take(&mut held, draft, base, dry_run)
    }

    fn reload(&self, asked: &Asked, dry_run: bool) -> Result<Version, Denied> {
        self.reload_file(asked, dry_run)
    }

    fn try_on(&self, asked: &Asked, what: TryWhat, line: &str, span: Duration) -> Result<Version, Denied> {
        self.begin_trial(asked, what, line, span)
    }

    fn take_back(&self, asked: &Asked) -> Result<(), Denied> {
        self.take_trial_back(asked)
    }

    fn roll_back(&self, asked: &Asked, to: u64, dry_run: bool) -> Result<Version, Denied> {
        let mut held = self.held();
        let target = held.book.version(to).ok_or(Refused::NoSuchVersion(to))?.base.clone();
        let base = self.base(&target)?;
        let draft = held.book.roll_back(asked, to, (&base, &held.base), now())?;
        self.take(&mut held, draft, base, dry_run)
    }

    fn upload(&self, asked: &Asked, prompt: &str, sound: &[u8], dry_run: bool) -> Result<Version, Denied> {
        if !(sound.starts_with(b"RIFF") || sound.starts_with(b"OggS")) {
            let da = "filen er hverken WAV eller Ogg Opus; eksportér lyden som WAV, mono, 16 bit";
            let en = "the file is neither WAV nor Ogg Opus; export mono WAV";
            return Err(Denied::NotTaken(da.to_owned(), en.to_owned()));
        }
        let mut held = self.held();
        let edit = Edit::Prompt { name: prompt.to_owned(), sound: Some(PlanFolder::name_of_sound(sound)) };
        let base = held.base.clone();
        let draft = held.book.change(asked, &[Wish { edit, until_ms: None }], &base, now())?;
        if dry_run {
            return Ok(draft.version);
        }
        let taken = self.folder.sounds_bytes().map_err(|fault| no_disk(&fault))?;
        if taken + sound.len() as u64 > SOUNDS_BYTES_MAX {
            return Err(Denied::NoRoom);
        }
        self.folder.keep_sound(sound).map_err(|fault| no_disk(&fault))?;
        let done = self.take(&mut held, draft, base, false);
        if done.is_err() {
            self.sweep(&held);
        }
        done
    }

    fn sound(&self, prompt: &str) -> Result<Option<Vec<u8>>, Denied> {
        let (version, _) = self.in_force();
        let sound = kept::sound_of(&version, prompt).map(|sound| self.folder.sound(sound));
        sound.transpose().map_err(|fault| no_disk(&fault))
    }
}

impl Versions {
    /// A kept plan file.
    fn base(&self, name: &str) -> Result<Table, Denied> {
        let text = self.folder.text(name).map_err(|fault| no_disk(&fault))?;
        text.parse().map_err(|_| Denied::NoDisk)
    }

    /// A version's plan file with the edits that it had.
    fn table(&self, version: &Version) -> Result<Table, Denied> {
        Ok(apply(&self.base(&version.base)?, &version.edits).0)
    }
}

//! The versions of the plan, and how the next one comes to be: by a change, a way back, a new file, or edits that have ended.
//!
//! A change names the version that it was based on: what somebody else has touched since is refused and shown, all else goes
//! through. Knows no file; each version's base comes in as a table, and a draft is only kept when the node has taken it over.

use std::collections::BTreeMap;

use model::Moment;
use toml::Table;

use crate::apply::{Misfit, apply};
use crate::draft::{Draft, changed, compiled, draft};
use crate::edit::Wish;
use crate::ends::{ends_well, standing};
use crate::read::overlap;
use crate::refused::Refused;
use crate::scope::Coordinator;
use crate::version::{Made, Version};

/// Versions that are kept; at the bound the oldest is forgotten, and can't be gone back to any more.
pub const VERSIONS_MAX: usize = 2_000;
/// Room that all versions take together, in bytes, but for the one in force; at the bound the oldest are forgotten.
pub const BOOK_BYTES_MAX: usize = 64 << 20;
/// Room that the plan files take which versions stand on, each once, in bytes; at the bound the oldest versions are forgotten.
pub const TEXTS_BYTES_MAX: u64 = 256 << 20;
/// Edits in force at once; at the bound a change is refused until some are undone, ended, or written into the plan file.
pub const EDITS_MAX: usize = 500;
/// Edits of one change.
pub const EDITS_PER_CHANGE_MAX: usize = 100;
/// How long a reason is, in characters.
pub const WHY_CHARS: std::ops::RangeInclusive<usize> = 3..=200;
/// Who makes a version when edits end by themselves.
const CLOCK: &str = "clock";

/// All versions that are known, and which is in force.
#[derive(Clone, Debug, Default)]
pub struct Book {
    versions: BTreeMap<u64, Version>,
    /// How long the plan files are that versions stand on, in bytes.
    texts: BTreeMap<String, u64>,
    in_force: u64,
    /// The greatest number that was ever given, also to a version that did not come into force.
    last: u64,
}

/// A change that somebody asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Who.
    pub who: Coordinator,
    /// Why, in [`WHY_CHARS`] characters on one line.
    pub why: String,
    /// The version that they looked at; none: the one in force, whatever it is.
    pub based_on: Option<u64>,
}

impl Book {
    /// Of versions that were kept, and the one in force among them; `last` is the greatest number ever given.
    pub fn of(versions: impl IntoIterator<Item = Version>, in_force: u64, last: u64) -> Self {
        let versions: BTreeMap<u64, Version> = versions.into_iter().map(|one| (one.number, one)).collect();
        let last = versions.keys().next_back().copied().unwrap_or(0).max(last).max(in_force);
        Self { versions, texts: BTreeMap::new(), in_force, last }
    }

    /// The version in force; none before the first.
    pub fn in_force(&self) -> Option<&Version> {
        self.versions.get(&self.in_force)
    }

    /// A version, if it is still known.
    pub fn version(&self, number: u64) -> Option<&Version> {
        self.versions.get(&number)
    }

    /// All that are known, the newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Version> {
        self.versions.values().rev()
    }

    /// A draft is in force now. Versions beyond the bounds, oldest first, are forgotten and returned.
    pub fn keep(&mut self, version: Version) -> Vec<u64> {
        (self.in_force, self.last) = (version.number, self.last.max(version.number));
        self.versions.insert(version.number, version);
        let mut bytes: usize = self.versions.values().map(Version::bytes).sum();
        let mut forgotten = Vec::new();
        while (self.versions.len() > VERSIONS_MAX || bytes > BOOK_BYTES_MAX || self.texts_bytes() > TEXTS_BYTES_MAX)
            && self.versions.first_key_value().is_some_and(|(oldest, _)| *oldest != self.in_force)
            && let Some((oldest, version)) = self.versions.pop_first()
        {
            bytes -= version.bytes();
            forgotten.push(oldest);
        }
        forgotten
    }

    /// How long a plan file is that versions stand on.
    pub fn weigh(&mut self, text: &str, bytes: u64) {
        self.texts.insert(text.to_owned(), bytes);
    }

    /// Room that plan files take which some version still stands on, each once.
    fn texts_bytes(&self) -> u64 {
        let named =
            |text: &String| self.versions.values().any(|version| version.base == *text || version.file == *text);
        self.texts.iter().filter(|(text, _)| named(text)).map(|(_, bytes)| bytes).sum()
    }

    /// A number was given to a draft that did not come into force; it is not given again.
    pub fn pass_over(&mut self, number: u64) {
        self.last = self.last.max(number);
    }

    /// When the next edit ends by itself.
    pub fn next_end(&self) -> Option<Moment> {
        let ends = self.in_force()?.edits.iter().filter_map(|made| made.wish.ends_ms());
        ends.min().map(Moment::from_millis)
    }

    /// Several edits as one change on the version in force, whose base this is.
    pub fn change(&self, asked: &Asked, wishes: &[Wish], base: &Table, now: Moment) -> Result<Draft, Refused> {
        let current = self.checked(asked)?;
        if wishes.len() > EDITS_PER_CHANGE_MAX {
            return Err(Refused::TooMany(EDITS_PER_CHANGE_MAX));
        }
        let touches: Vec<String> = wishes.iter().map(|wish| wish.edit.touches()).collect();
        self.not_overtaken(asked, &touches)?;
        let standing = not_over(current, now);
        let edits = self.with(&standing, wishes, asked, now);
        if edits.len() > EDITS_MAX {
            return Err(Refused::TooMany(EDITS_MAX));
        }
        let (before, _) = apply(base, &standing);
        let (after, misfits) = apply(base, &edits);
        for wish in wishes {
            asked.who.may(&wish.edit, &before, &after)?;
        }
        if !misfits.is_empty() {
            return Err(Refused::Misfits(misfits));
        }
        let version = self.next(asked, now, (current.base.clone(), current.file.clone()), edits);
        let changed = changed((&before, &standing), (&after, &version.edits));
        let draft = draft(Version { touched: touches, ..version }, changed, after)?;
        ends_well((base, &draft.version.edits), (base, &standing), now)?;
        Ok(draft)
    }

    /// Back to a version, whose base this is; as a new version. A municipality's coordinator may undo what is within its own.
    pub fn roll_back(
        &self,
        asked: &Asked,
        to: u64,
        (base, current_base): (&Table, &Table),
        now: Moment,
    ) -> Result<Draft, Refused> {
        let current = self.checked(asked)?;
        let target = self.versions.get(&to).ok_or(Refused::NoSuchVersion(to))?;
        if let Some(version) = self.since(asked).last() {
            return Err(Refused::Overtaken(Box::new(version.clone())));
        }
        let (had, edits) = (not_over(current, now), not_over(target, now));
        let (before, _) = apply(current_base, &had);
        let (after, misfits) = apply(base, &edits);
        if !misfits.is_empty() {
            return Err(Refused::Misfits(misfits));
        }
        if asked.who.municipality.is_some() && current.base != target.base {
            return Err(Refused::NotYours { what: "plan".to_owned(), whose: None });
        }
        let turned =
            had.iter().filter(|made| !edits.contains(made)).chain(edits.iter().filter(|made| !had.contains(made)));
        for made in turned {
            asked
                .who
                .may(&made.wish.edit, &before, &after)
                .or_else(|_| asked.who.may(&made.wish.edit, &after, &before))?;
        }
        let bases = (target.base.clone(), current.file.clone());
        let version = Version { back_to: Some(to), ..self.next(asked, now, bases, edits) };
        let changed = changed((&before, &had), (&after, &version.edits));
        let draft = draft(version, changed, after)?;
        ends_well((base, &draft.version.edits), (current_base, &had), now)?;
        Ok(draft)
    }

    /// The operator's file says something else: the edits in force are put into it. Those that no longer fit are faults, or
    /// left out where `leave_out` says so; they are returned with the draft.
    pub fn rebase(
        &self,
        asked: &Asked,
        (file, table): (&str, &Table),
        before: &Table,
        leave_out: bool,
        now: Moment,
    ) -> Result<(Draft, Vec<Misfit>), Refused> {
        let had = self.in_force().map(|version| not_over(version, now)).unwrap_or_default();
        let (edits, left_out) = if leave_out { standing(table, had.clone()) } else { (had.clone(), Vec::new()) };
        let (after, misfits) = apply(table, &edits);
        if !misfits.is_empty() {
            return Err(Refused::Misfits(misfits));
        }
        let version = self.next(asked, now, (file.to_owned(), file.to_owned()), edits);
        let changed = changed((before, &had), (&after, &version.edits));
        let draft = compiled(version, changed, after)?;
        if !leave_out {
            ends_well((table, &draft.version.edits), (table, &[]), now)?;
        }
        Ok((draft, left_out))
    }

    /// Edits that are over drop out, and with them those that can't stand without; these are returned with the draft. None: no
    /// edit is over.
    pub fn without_ended(&self, base: &Table, now: Moment) -> Option<Result<(Draft, Vec<Misfit>), Refused>> {
        let current = self.in_force()?;
        let first = current.edits.iter().find(|made| made.wish.is_over(now))?;
        let who = Coordinator { name: CLOCK.to_owned(), municipality: None };
        let asked = Asked { who, why: format!("udløbet (ended): {}", first.why), based_on: None };
        let (edits, left_out) = standing(base, not_over(current, now));
        let (before, after) = (apply(base, &current.edits).0, apply(base, &edits).0);
        let version = self.next(&asked, now, (current.base.clone(), current.file.clone()), edits);
        let changed = changed((&before, &current.edits), (&after, &version.edits));
        // That somebody's closure has ended is no change that overtakes anyone's.
        Some(compiled(version, changed, after).map(|draft| {
            let version = Version { touched: Vec::new(), ..draft.version };
            (Draft { version, ..draft }, left_out)
        }))
    }

    /// The version in force, if the change is asked for as it should be.
    fn checked(&self, asked: &Asked) -> Result<&Version, Refused> {
        let why = asked.why.trim();
        if !WHY_CHARS.contains(&why.chars().count()) || why.chars().any(char::is_control) {
            return Err(Refused::BadWhy);
        }
        let based_on = asked.based_on.unwrap_or(self.in_force);
        if based_on > self.in_force || !self.versions.contains_key(&based_on) {
            return Err(Refused::NoSuchVersion(based_on));
        }
        self.in_force().ok_or(Refused::NoSuchVersion(0))
    }

    /// The versions that came into force since the one that somebody looked at.
    fn since(&self, asked: &Asked) -> impl Iterator<Item = &Version> {
        let based_on = asked.based_on.unwrap_or(self.in_force);
        self.versions.values().filter(move |version| version.number > based_on && version.number <= self.in_force)
    }

    fn not_overtaken(&self, asked: &Asked, touches: &[String]) -> Result<(), Refused> {
        for version in self.since(asked) {
            let same = |touched: &String| touches.iter().any(|mine| overlap(mine, touched));
            if version.touched.iter().any(same) {
                return Err(Refused::Overtaken(Box::new(version.clone())));
            }
        }
        Ok(())
    }

    /// The edits in force and the new ones; of one setting the last counts, and what it replaces for good goes.
    fn with(&self, standing: &[Made], wishes: &[Wish], asked: &Asked, now: Moment) -> Vec<Made> {
        let mut edits = standing.to_vec();
        for wish in wishes {
            let replaces = |made: &Made| {
                !wish.edit.adds_up() && !made.wish.edit.adds_up() && made.wish.edit.touches() == wish.edit.touches()
            };
            if wish.until_ms.is_none() {
                edits.retain(|made| !replaces(made));
            }
            if !wish.is_over(now) {
                edits.push(Made {
                    wish: wish.clone(),
                    version: self.last + 1,
                    at_ms: now.as_millis(),
                    who: asked.who.name.clone(),
                    why: asked.why.trim().to_owned(),
                });
            }
        }
        edits
    }

    fn next(&self, asked: &Asked, now: Moment, (base, file): (String, String), edits: Vec<Made>) -> Version {
        Version {
            number: self.last + 1,
            at_ms: now.as_millis(),
            who: asked.who.name.clone(),
            why: asked.why.trim().to_owned(),
            base,
            file,
            edits,
            touched: Vec::new(),
            changed: Vec::new(),
            back_to: None,
            quarantined: false,
        }
    }
}

fn not_over(version: &Version, now: Moment) -> Vec<Made> {
    version.edits.iter().filter(|made| !made.wish.is_over(now)).cloned().collect()
}

//! Whether the archive is as it was written: the book's chain, the rows against the book, the files against the rows.
//! Changes nothing, and tells the first thing that doesn't fit.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use model::RecordingId;

use super::book::{self, Entry};
use super::care::digest;
use super::row::{Kept, KeptState, Wanted};
use super::{Archive, ArchiveError};

/// Everything fits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// Entries in the book.
    pub entries: usize,
    /// Files that were read and fit.
    pub files: usize,
    /// The last link: written down elsewhere, it shows later that the book was only added to.
    pub last_link: String,
}

/// The first thing that doesn't fit.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Misfit {
    /// An entry was changed, taken out or put in.
    #[error("entry {0} of the book doesn't follow from the one before: it, or one before it, was changed or taken out")]
    Chain(i64),
    /// A row says something else than the book.
    #[error("recording {0}: its row says something else than the book")]
    Row(RecordingId),
    /// The book tells of a recording that has no row.
    #[error("recording {0} is in the book and has no row")]
    NoRow(String),
    /// A file is gone that was never deleted.
    #[error("recording {0}: its file is gone, and nobody deleted it")]
    FileGone(RecordingId),
    /// A file was changed.
    #[error("recording {0}: its file is not the one that was written")]
    FileChanged(RecordingId),
    /// A file is there again, or still, though the recording was deleted.
    #[error("recording {0} was deleted, and its file is there")]
    FileBack(RecordingId),
    /// A file that no row knows.
    #[error("{0} lies in the folder, and is no recording of this archive")]
    Stranger(String),
}

/// What the book says of each recording, by its number: birth, end and whether it was deleted.
#[derive(Default)]
struct Told {
    birth: String,
    ending: Option<String>,
    deleted: bool,
}

impl Archive {
    /// Walks chain, rows and files. Reads every file, so it takes as long as the disk needs.
    pub async fn verify(&self) -> Result<Result<Verified, Misfit>, ArchiveError> {
        let (entries, kept) = {
            let mut rows = self.rows.begin().await?;
            let all = Wanted { deleted: true, ..Wanted::default() };
            (book::read(&mut rows).await?, all.find(usize::MAX, &mut rows).await?)
        };
        Ok(self.check(&entries, kept).await?.map(|files| Verified {
            entries: entries.len(),
            files,
            last_link: entries.last().map(|entry| entry.link.clone()).unwrap_or_default(),
        }))
    }

    pub(super) async fn check(
        &self,
        entries: &[Entry],
        kept: Vec<Kept>,
    ) -> Result<Result<usize, Misfit>, ArchiveError> {
        if let Err(misfit) = chain(entries).and_then(|()| rows(&told(entries), &kept)) {
            return Ok(Err(misfit));
        }
        let known: BTreeSet<String> = kept.iter().map(|kept| kept.recording.to_string()).collect();
        let mut files = 0;
        for kept in kept {
            match self.fits_in_the_end(kept).await? {
                Err(misfit) => return Ok(Err(misfit)),
                Ok(is_there) => files += usize::from(is_there),
            }
        }
        Ok(self.stranger(&known).await?.map_or(Ok(files), |name| Err(Misfit::Stranger(name))))
    }

    /// As [`Archive::file_fits`]; but what was ended or deleted since its row was read is judged by what it says now.
    async fn fits_in_the_end(&self, mut kept: Kept) -> Result<Result<bool, Misfit>, ArchiveError> {
        let failed = |error| ArchiveError::Disk { path: self.folder.clone(), error };
        loop {
            let fits = self.file_fits(&kept).map_err(failed)?;
            if fits.is_ok() {
                return Ok(fits);
            }
            // A row only goes on towards deleted, so this ends.
            match self.row_now(kept.recording).await? {
                Some(now) if now != kept => kept = now,
                Some(_) | None => return Ok(fits),
            }
        }
    }

    /// A recording's row, after whoever is changing it.
    async fn row_now(&self, recording: RecordingId) -> Result<Option<Kept>, ArchiveError> {
        let mut transaction = self.rows.begin_with("BEGIN IMMEDIATE").await?;
        let wanted = Wanted { recording: Some(recording), deleted: true, ..Wanted::default() };
        let found = wanted.find(1, &mut transaction).await?;
        transaction.rollback().await?;
        Ok(found.into_iter().next())
    }

    /// The first file that is named as a recording is, and has no row: neither among the known ones, nor born since.
    async fn stranger(&self, known: &BTreeSet<String>) -> Result<Option<String>, ArchiveError> {
        let failed = |error| ArchiveError::Disk { path: self.folder.clone(), error };
        for entry in std::fs::read_dir(&self.folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
            let Some(stem) = name.strip_suffix(".ogg.age").or_else(|| name.strip_suffix(".part")) else { continue };
            let is_known = known.contains(stem)
                || match RecordingId::parse(stem) {
                    Some(recording) => self.row_now(recording).await?.is_some(),
                    None => false,
                };
            // One that couldn't begin is there for a moment only.
            if !is_known && self.folder.join(&name).exists() {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// Whether there is a file, if it is as it should be.
    fn file_fits(&self, kept: &Kept) -> io::Result<Result<bool, Misfit>> {
        let id = kept.recording;
        let read = match digest(&self.file(id)) {
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => None,
            read => Some(read?),
        };
        Ok(match (kept.state, read) {
            (KeptState::Running, _) | (KeptState::Deleted, None) => Ok(false),
            (KeptState::Deleted, Some(_)) => Err(Misfit::FileBack(id)),
            (KeptState::Whole | KeptState::Broken, None) if kept.bytes == 0 => Ok(false),
            (KeptState::Whole | KeptState::Broken, None) => Err(Misfit::FileGone(id)),
            (KeptState::Whole | KeptState::Broken, Some(read)) => {
                if read == (kept.bytes, kept.sha256.clone()) {
                    Ok(true)
                } else {
                    Err(Misfit::FileChanged(id))
                }
            }
        })
    }
}

fn chain(entries: &[Entry]) -> Result<(), Misfit> {
    let mut before = "";
    for (entry, number) in entries.iter().zip(1..) {
        if entry.number != number || book::link(before, number, entry.at, &entry.what) != entry.link {
            return Err(Misfit::Chain(entry.number));
        }
        before = &entry.link;
    }
    Ok(())
}

fn told(entries: &[Entry]) -> BTreeMap<&str, Told> {
    let mut told: BTreeMap<&str, Told> = BTreeMap::new();
    for what in entries.iter().map(|entry| &*entry.what) {
        let mut words = what.split(' ');
        let (Some(deed), Some(id)) = (words.next(), words.next()) else { continue };
        match deed {
            "born" => what.clone_into(&mut told.entry(id).or_default().birth),
            "whole" | "broken" => told.entry(id).or_default().ending = Some(what.to_owned()),
            "deleted" => told.entry(id).or_default().deleted = true,
            // Who listed and fetched changes no recording.
            _ => {}
        }
    }
    told
}

fn rows(told: &BTreeMap<&str, Told>, kept: &[Kept]) -> Result<(), Misfit> {
    let none = Told::default();
    for kept in kept {
        let id = kept.recording;
        let told = told.get(&*id.to_string()).unwrap_or(&none);
        let ending = |state| told.ending.as_ref() == Some(&kept.ending(state));
        let fits = match kept.state {
            KeptState::Running => told.ending.is_none() && !told.deleted,
            KeptState::Whole | KeptState::Broken => ending(kept.state) && !told.deleted,
            KeptState::Deleted => told.deleted && (ending(KeptState::Whole) || ending(KeptState::Broken)),
        };
        if told.birth != kept.birth() || !fits {
            return Err(Misfit::Row(id));
        }
    }
    let known: BTreeSet<String> = kept.iter().map(|kept| kept.recording.to_string()).collect();
    match told.keys().find(|id| !known.contains(**id)) {
        Some(id) => Err(Misfit::NoRow((*id).to_owned())),
        None => Ok(()),
    }
}

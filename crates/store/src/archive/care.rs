//! Care for what is kept: lists, copies, deletion by hand and on its date.
//! Each of these is written into the book with who asked and why.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use aws_lc_rs::digest::{Context, SHA256};
use model::{Moment, RecordingId};

use super::book::{self, Asked, hex};
use super::row::{self, Kept, KeptState, Wanted};
use super::{Archive, ArchiveError};

/// Most recordings that one question gives.
pub const LISTED_MAX: usize = 10_000;

/// An answer to [`Archive::list`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Oldest first, at most [`LISTED_MAX`].
    pub kept: Vec<Kept>,
    /// There are more of them than these.
    pub more: bool,
}

/// What became of a deletion.
#[derive(Debug, Default)]
pub struct Deleted {
    /// Their files are gone.
    pub gone: Vec<RecordingId>,
    /// They still run, and were left: to be deleted when they have ended.
    pub running: Vec<RecordingId>,
    /// The first that could not be deleted, and why; the others were gone on with.
    pub fault: Option<ArchiveError>,
}

impl Archive {
    /// The recordings that are wanted. That they were listed is written down.
    pub async fn list(&self, wanted: &Wanted, asked: &Asked) -> Result<Listed, ArchiveError> {
        let mut transaction = self.rows.begin_with("BEGIN IMMEDIATE").await?;
        let mut kept = wanted.find(LISTED_MAX + 1, &mut transaction).await?;
        let more = kept.len() > LISTED_MAX;
        kept.truncate(LISTED_MAX);
        let what = format!("listed {} recordings", kept.len());
        book::write(&mut transaction, asked.at(), &asked.words(&what)).await?;
        transaction.commit().await?;
        Ok(Listed { kept, more })
    }

    /// Where a recording's sealed file lies, for who will copy it. That it was fetched is written down first.
    pub async fn fetch(&self, recording: RecordingId, asked: &Asked) -> Result<(Kept, PathBuf), ArchiveError> {
        let mut transaction = self.rows.begin_with("BEGIN IMMEDIATE").await?;
        let wanted = Wanted { recording: Some(recording), deleted: true, ..Wanted::default() };
        let found = wanted.find(1, &mut transaction).await?;
        let kept = found.into_iter().next().ok_or(ArchiveError::Unknown(recording))?;
        match kept.state {
            KeptState::Whole | KeptState::Broken => {}
            KeptState::Running | KeptState::Deleted => return Err(ArchiveError::NoFile(recording)),
        }
        book::write(&mut transaction, asked.at(), &asked.words(&format!("fetched {recording}"))).await?;
        transaction.commit().await?;
        let path = self.file(recording);
        Ok((kept, path))
    }

    /// Deletes the files of the recordings that are wanted; their rows stay, as deleted. An error: nothing was deleted.
    pub async fn delete(&self, wanted: &Wanted, asked: &Asked) -> Result<Deleted, ArchiveError> {
        let found = wanted.find(usize::MAX, &mut *self.rows.acquire().await?).await?;
        Ok(self.delete_all(found, asked).await)
    }

    /// Writes the ends that are owed, then deletes what is over its date. An error: nothing was deleted.
    pub async fn sweep(&self, now: Moment) -> Result<Deleted, ArchiveError> {
        let closed = self.close_owed().await;
        let found = row::due(now, &mut *self.rows.acquire().await?).await?;
        let deleted = self.delete_all(found, &Asked::by_rule("its date has come", now)).await;
        Ok(Deleted { fault: deleted.fault.or(closed.err()), ..deleted })
    }

    async fn delete_all(&self, found: Vec<Kept>, asked: &Asked) -> Deleted {
        let mut deleted = Deleted::default();
        for kept in found {
            let recording = kept.recording;
            match kept.state {
                KeptState::Running => deleted.running.push(recording),
                KeptState::Deleted => {}
                KeptState::Whole | KeptState::Broken => match self.delete_one(kept, asked).await {
                    Ok(()) => deleted.gone.push(recording),
                    Err(fault) => deleted.fault = deleted.fault.or(Some(fault)),
                },
            }
        }
        deleted
    }

    async fn delete_one(&self, kept: Kept, asked: &Asked) -> Result<(), ArchiveError> {
        let (recording, path, was) = (kept.recording, self.file(kept.recording), kept.state);
        // Within the lock, so that whoever reads the row under it too never finds the file gone and the row unchanged.
        let mut transaction = self.rows.begin_with("BEGIN IMMEDIATE").await?;
        // The file first: what is written down as deleted is gone.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(ArchiveError::Disk { path, error }),
            Ok(()) | Err(_) => {}
        }
        if (Kept { state: KeptState::Deleted, ..kept }).update(was, &mut transaction).await? {
            book::write(&mut transaction, asked.at(), &asked.words(&format!("deleted {recording}"))).await?;
        }
        Ok(transaction.commit().await?)
    }
}

/// Length and SHA-256 of a file.
pub(super) fn digest(path: &std::path::Path) -> io::Result<(u64, String)> {
    struct Sum(Context);
    impl io::Write for Sum {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut sum = Sum(Context::new(&SHA256));
    let bytes = io::copy(&mut File::open(path)?, &mut sum)?;
    Ok((bytes, hex(sum.0.finish().as_ref())))
}

//! How recordings end in the archive's rows, also when that can't be written at once: on a full disk, beside a locked database.
//!
//! What couldn't be written is owed: tried again before each beginning and with each sweep, so that no recording lies there
//! beyond its date. Knows rows and files; nothing of sound.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};

use model::{Moment, RecordingId};

use super::care::digest;
use super::row::{Kept, KeptState, Wanted};
use super::{Archive, ArchiveError, book};
use crate::spool::sync_folder;

/// Most ends that are owed at a time. What is more stays as running in its row, until the next start closes it.
const OWED_MAX: usize = 1_000;

/// Recordings whose ends couldn't be written, oldest first; those still named running were not even named.
#[derive(Clone, Debug, Default)]
pub(super) struct Owed(Arc<Mutex<VecDeque<Kept>>>);

impl Owed {
    fn push(&self, kept: Kept) {
        let mut owed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if owed.len() < OWED_MAX {
            owed.push_back(kept);
        } else {
            tracing::error!(recording = %kept.recording, "too many ends can't be written; the next start closes this one");
        }
    }

    fn pop(&self) -> Option<Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Archive {
    /// Names a recording and writes how it ended: as it says, or as broken if it still says running. After an error it is
    /// owed.
    pub(super) async fn close_one(&self, kept: Kept) -> Result<(), ArchiveError> {
        let closed = match kept.state {
            KeptState::Running => self.close_part(&kept).await,
            KeptState::Whole | KeptState::Broken | KeptState::Deleted => self.close_named(&kept).await,
        };
        if closed.is_err() {
            self.owed.push(kept);
        }
        closed
    }

    /// Writes the ends that are owed. A database that doesn't answer ends it, for it wouldn't answer for the next one.
    pub(super) async fn close_owed(&self) -> Result<(), ArchiveError> {
        let mut first = Ok(());
        for _ in 0..self.owed.len() {
            let Some(kept) = self.owed.pop() else { break };
            match self.close_one(kept).await {
                Ok(()) => {}
                Err(fault @ ArchiveError::Sql(_)) => return first.and(Err(fault)),
                Err(fault) => first = first.and(Err(fault)),
            }
        }
        first
    }

    /// After a crash, before anything is recorded: what was being written is closed as broken, and what has no row is removed.
    /// How many were closed, and the first fault: what it left is owed.
    pub async fn close_cut(&self, now: Moment) -> Result<(usize, Option<ArchiveError>), ArchiveError> {
        let found = {
            let mut connection = self.rows.acquire().await?;
            Wanted { deleted: true, ..Wanted::default() }.find(usize::MAX, &mut connection).await?
        };
        let mut fault = self.remove_unknown(&found).err();
        let mut cut = 0;
        for kept in found.into_iter().filter(|kept| kept.state == KeptState::Running) {
            match self.close_one(Kept { ended: Some(now), ..kept }).await {
                Ok(()) => cut += 1,
                Err(one) => fault = fault.or(Some(one)),
            }
        }
        Ok((cut, fault))
    }

    /// Parts without a row: the node died before the row was written. Nobody could find, or delete, them.
    fn remove_unknown(&self, known: &[Kept]) -> Result<(), ArchiveError> {
        let failed = |error| ArchiveError::Disk { path: self.folder.clone(), error };
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let part = name.to_str().and_then(|name| name.strip_suffix(".part")).and_then(RecordingId::parse);
            if let Some(part) = part.filter(|part| known.iter().all(|kept| kept.recording != *part)) {
                let path = self.part(part);
                fs::remove_file(&path).map_err(|error| ArchiveError::Disk { path, error })?;
            }
        }
        Ok(())
    }

    /// Names what there is of a recording, and writes it down as broken.
    async fn close_part(&self, kept: &Kept) -> Result<(), ArchiveError> {
        self.name_if_there(kept.recording)?;
        let path = self.file(kept.recording);
        let (bytes, sha256) = match digest(&path) {
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => (0, String::new()),
            read => read.map_err(|error| ArchiveError::Disk { path, error })?,
        };
        self.ended(&Kept { state: KeptState::Broken, bytes, sha256, ..kept.clone() }).await
    }

    async fn close_named(&self, kept: &Kept) -> Result<(), ArchiveError> {
        self.name_if_there(kept.recording)?;
        self.ended(kept).await
    }

    /// Gives a recording's part its name, so that it can be found. No part: it has its name already.
    fn name_if_there(&self, recording: RecordingId) -> Result<(), ArchiveError> {
        let (part, file) = (self.part(recording), self.file(recording));
        match fs::rename(&part, &file).and_then(|()| sync_folder(&file)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ArchiveError::Disk { path: part, error }),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Writes how a recording ended, once.
    async fn ended(&self, kept: &Kept) -> Result<(), ArchiveError> {
        let mut transaction = self.rows.begin_with("BEGIN IMMEDIATE").await?;
        if kept.update(KeptState::Running, &mut transaction).await? {
            let at = kept.ended.unwrap_or(kept.began);
            book::write(&mut transaction, at, &kept.ending(kept.state)).await?;
        }
        Ok(transaction.commit().await?)
    }
}

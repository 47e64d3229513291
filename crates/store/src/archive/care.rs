//! Care for what is kept: lists, copies, deletion by hand and on its date, and what a crash left behind.
//! Each of these is written into the book with who asked and why.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use aws_lc_rs::digest::{Context, SHA256};
use model::{Moment, RecordingId};

use super::book::{self, Asked, hex};
use super::row::{Kept, KeptState, Wanted};
use super::{Archive, ArchiveError};

/// Most recordings that one question gives.
const LISTED_MAX: usize = 10_000;

impl Archive {
    /// The recordings that are wanted, oldest first, at most 10,000. That they were listed is written down.
    pub async fn list(&self, wanted: &Wanted, asked: &Asked) -> Result<Vec<Kept>, ArchiveError> {
        let mut transaction = self.rows.begin_with("BEGIN IMMEDIATE").await?;
        let mut found = wanted.find(&mut transaction).await?;
        found.truncate(LISTED_MAX);
        let what = format!("listed {} recordings", found.len());
        book::write(&mut transaction, asked.at(), &asked.words(&what)).await?;
        transaction.commit().await?;
        Ok(found)
    }

    /// Where a recording's sealed file lies, for who will copy it. That it was fetched is written down first.
    pub async fn fetch(&self, recording: RecordingId, asked: &Asked) -> Result<(Kept, PathBuf), ArchiveError> {
        let mut transaction = self.rows.begin_with("BEGIN IMMEDIATE").await?;
        let wanted = Wanted { recording: Some(recording), deleted: true, ..Wanted::default() };
        let found = wanted.find(&mut transaction).await?;
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

    /// Deletes the files of the recordings that are wanted; their rows stay, as deleted. Those that still run are left: they
    /// are in the second list, to be deleted when they have ended.
    pub async fn delete(
        &self,
        wanted: &Wanted,
        asked: &Asked,
    ) -> Result<(Vec<RecordingId>, Vec<RecordingId>), ArchiveError> {
        let found = {
            let mut connection = self.rows.acquire().await?;
            wanted.find(&mut connection).await?
        };
        let (mut gone, mut running) = (Vec::new(), Vec::new());
        for kept in found {
            match kept.state {
                KeptState::Running => running.push(kept.recording),
                KeptState::Deleted => {}
                KeptState::Whole | KeptState::Broken => gone.push(self.delete_one(kept, asked).await?),
            }
        }
        Ok((gone, running))
    }

    /// Deletes what is over its date; how many.
    pub async fn sweep(&self, now: Moment) -> Result<usize, ArchiveError> {
        let wanted = Wanted { due: Some(now), ..Wanted::default() };
        Ok(self.delete(&wanted, &Asked::by_rule("its date has come", now)).await?.0.len())
    }

    /// After a crash, before anything is recorded: what was being written is closed as broken; how many.
    pub async fn close_cut(&self, now: Moment) -> Result<usize, ArchiveError> {
        let found = {
            let mut connection = self.rows.acquire().await?;
            Wanted::default().find(&mut connection).await?
        };
        let mut cut = 0;
        for kept in found.into_iter().filter(|kept| kept.state == KeptState::Running) {
            self.close_part(kept, now).await?;
            cut += 1;
        }
        Ok(cut)
    }

    /// Names what there is of a recording, and writes it down as broken.
    pub(super) async fn close_part(&self, kept: Kept, ended: Moment) -> Result<(), ArchiveError> {
        let path = self.part(kept.recording);
        let failed = |error| ArchiveError::Disk { path: path.clone(), error };
        match self.name(kept.recording) {
            // Named, and the node died before it was written down.
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => {}
            Err(fault) => return Err(failed(fault)),
            Ok(()) => {}
        }
        let (bytes, sha256) = match digest(&self.file(kept.recording)) {
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => (0, String::new()),
            read => read.map_err(failed)?,
        };
        self.ended(&Kept { state: KeptState::Broken, ended: Some(ended), bytes, sha256, ..kept }).await
    }

    async fn delete_one(&self, kept: Kept, asked: &Asked) -> Result<RecordingId, ArchiveError> {
        let (recording, path) = (kept.recording, self.file(kept.recording));
        // The file first: what is written down as deleted is gone.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(ArchiveError::Disk { path, error }),
            Ok(()) | Err(_) => {}
        }
        let mut transaction = self.rows.begin_with("BEGIN IMMEDIATE").await?;
        Kept { state: KeptState::Deleted, ..kept }.update(&mut transaction).await?;
        book::write(&mut transaction, asked.at(), &asked.words(&format!("deleted {recording}"))).await?;
        transaction.commit().await?;
        Ok(recording)
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

//! A recording that is being written: sealed as it comes, named only when it is whole.
//! Knows one file. Its row is written before the first byte and after the last, so that none lies there unknown.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};

use aws_lc_rs::digest::{Context, SHA256};
use model::{Moment, Tape};

use super::book::hex;
use super::row::{Kept, KeptState};
use super::seal::Sealer;
use super::{Archive, ArchiveError, book};
use crate::spool::private;

/// A recording that is being written.
pub struct OpenRecording {
    archive: Archive,
    kept: Kept,
    sealer: Sealer<Counted>,
}

/// Why a recording broke off, after which [`OpenRecording::broken`] follows.
pub type BrokenOff = io::Error;

/// A file that knows what was written to it.
struct Counted {
    file: File,
    bytes: u64,
    digest: Context,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Archive {
    /// A recording is born: its row first, with the date of its deletion, then its file.
    pub async fn begin(&self, tape: &Tape) -> Result<OpenRecording, ArchiveError> {
        if let Err(fault) = self.close_owed().await {
            tracing::warn!(%fault, "ends of earlier recordings still can't be written");
        }
        let path = self.part(tape.recording);
        let failed = |error| ArchiveError::Disk { path: path.clone(), error };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let kept = Kept::born(tape);
        let mut transaction = self.rows.begin_with("BEGIN IMMEDIATE").await?;
        kept.insert(&mut transaction).await?;
        book::write(&mut transaction, tape.began, &kept.birth()).await?;
        let file = options.open(&path).map_err(failed)?;
        let counted = Counted { file, bytes: 0, digest: Context::new(&SHA256) };
        let begun = Sealer::begin(&tape.key, counted).map_err(failed);
        let committed = match begun {
            Ok(sealer) => transaction.commit().await.map(|()| sealer).map_err(ArchiveError::from),
            Err(fault) => Err(fault),
        };
        if committed.is_err() {
            let _gone = fs::remove_file(&path);
        }
        Ok(OpenRecording { archive: self.clone(), kept, sealer: committed? })
    }
}

impl OpenRecording {
    /// What comes next of it. After an error, only [`OpenRecording::broken`] may follow.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), BrokenOff> {
        self.sealer.write(bytes)
    }

    /// It is whole; `lost` packets of it had to be left out.
    pub async fn whole(self, ended: Moment, lost: u32) -> Result<(), ArchiveError> {
        let Self { archive, kept, sealer } = self;
        let finished = sealer.finish().and_then(|counted| {
            counted.file.sync_all()?;
            Ok((counted.bytes, hex(counted.digest.finish().as_ref())))
        });
        let kept = Kept { ended: Some(ended), lost, ..kept };
        match finished {
            Ok((bytes, sha256)) => archive.close_one(Kept { state: KeptState::Whole, bytes, sha256, ..kept }).await,
            Err(error) => {
                let path = archive.part(kept.recording);
                archive.close_one(kept).await?;
                Err(ArchiveError::Disk { path, error })
            }
        }
    }

    /// It can't go on: what is sealed of it is kept as broken, until its date.
    pub async fn broken(self, ended: Moment) -> Result<(), ArchiveError> {
        let Self { archive, kept, sealer } = self;
        drop(sealer.give_up());
        archive.close_one(Kept { ended: Some(ended), ..kept }).await
    }
}

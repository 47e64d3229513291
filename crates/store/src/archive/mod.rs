//! The archive of recordings: one folder with a sealed file each, and a small database of its own beside them.
//!
//! Its own, so that folder and database move, are backed up and are checked together, and the operator's commands work on it
//! beside a running node. Knows files, rows and dates; can open no recording.

mod book;
mod care;
mod ends;
mod file;
mod row;
mod seal;
mod verify;

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use model::{Moment, RecordingId, RecordingKey};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use self::ends::Owed;

pub use book::{Asked, BadAsked};
pub use care::{Deleted, LISTED_MAX, Listed};
pub use file::{BrokenOff, OpenRecording};
pub use row::{Kept, KeptState, Wanted};
pub use verify::{Misfit, Verified};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/recordings");

/// The database's file, in the recordings' folder.
const DATABASE_FILE: &str = "recordings.db";
/// What the group and everybody else may do, in a folder's mode.
const OTHERS: u32 = 0o077;
/// How long a statement waits for another process's lock before it fails.
const BUSY_MAX: Duration = Duration::from_secs(2);

/// The archive said no.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The folder or a file in it.
    #[error("the recordings' folder {path}: {error}")]
    Disk {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Others than the node's own user may look into the folder, and it isn't ours to shut.
    #[error(
        "{path} can be read by others (mode {mode:o}): say `chmod 700` of it, or name a folder for recordings alone"
    )]
    Open {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Its database.
    #[error("the recordings' database does not answer: {0}")]
    Sql(#[from] sqlx::Error),
    /// Its tables are of another version.
    #[error("the recordings' database can't be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Nobody knows it.
    #[error("there is no recording {0}")]
    Unknown(RecordingId),
    /// It is gone, or still runs.
    #[error("recording {0} has no file: it was deleted, or still runs")]
    NoFile(RecordingId),
}

/// The archive. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Archive {
    folder: PathBuf,
    rows: SqlitePool,
    /// Ends that couldn't be written yet.
    owed: Owed,
}

impl Archive {
    /// Opens it; a new folder is made, for the node's own user alone. One that others can read is refused. Must be called
    /// within a tokio runtime.
    pub async fn open(folder: &Path) -> Result<Self, ArchiveError> {
        make_private(folder)?;
        let rows = connect(folder);
        MIGRATIONS.run(&rows).await?;
        Ok(Self { folder: folder.to_owned(), rows, owed: Owed::default() })
    }

    /// The same archive for another runtime, within which this must be called: with connections of its own, and the same
    /// ends still to be written.
    pub fn again(&self) -> Self {
        Self { rows: connect(&self.folder), ..self.clone() }
    }

    /// Whether there is one in this folder.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(DATABASE_FILE).is_file()
    }

    /// Closes its database.
    pub async fn close(&self) {
        self.rows.close().await;
    }

    /// Where a whole or broken recording's sealed file lies.
    fn file(&self, recording: RecordingId) -> PathBuf {
        self.folder.join(format!("{recording}.ogg.age"))
    }

    /// Where it lies while it runs.
    fn part(&self, recording: RecordingId) -> PathBuf {
        self.folder.join(format!("{recording}.part"))
    }
}

/// A new pair of keys for a municipality: the public one, and the text of the secret one. `None`: no randomness to be had.
pub fn make_recording_key() -> Option<(RecordingKey, String)> {
    seal::make_key().ok()
}

/// When what was born then is deleted.
pub(crate) fn delete_on(began: Moment, keep_days: u16) -> Moment {
    began + Duration::from_secs(86_400) * u32::from(keep_days)
}

fn connect(folder: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(folder.join(DATABASE_FILE))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_MAX);
    SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options)
}

/// A new folder is ours alone. What was there before keeps its mode: it may be somebody else's, too.
fn make_private(folder: &Path) -> Result<(), ArchiveError> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    let failed = |error| ArchiveError::Disk { path: folder.to_owned(), error };
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above).map_err(failed)?;
    }
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(fault) if fault.kind() != io::ErrorKind::AlreadyExists => return Err(failed(fault)),
        Ok(()) | Err(_) => {}
    }
    match fs::metadata(folder).map_err(failed)?.permissions().mode() & 0o777 {
        mode if mode & OTHERS == 0 => Ok(()),
        mode => Err(ArchiveError::Open { path: folder.to_owned(), mode }),
    }
}

#[cfg(test)]
mod tests;

//! Citizens' messages: one folder with a WAV file each, and a small database of its own beside them.
//!
//! A message's row comes before its first byte and says how far it is, so that a crash leaves nothing that nobody knows.
//! Knows files, rows and dates; not why a message was left, nor who may hear it.

mod care;
mod mail;
mod row;
mod taking;

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use model::CallId;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

pub use mail::MAILED_AT_ONCE_MAX;
pub use row::MessagesWanted;
pub use taking::OpenMessage;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/voicemail");

/// The database's file, in the messages' folder.
const DATABASE_FILE: &str = "voicemail.db";
/// How long a statement waits for another's lock before it fails.
const BUSY_MAX: Duration = Duration::from_secs(2);
/// Bytes of all messages together. At the bound no mailbox takes one, and citizens are told so before they speak.
pub const VOICEMAIL_BYTES_MAX: u64 = 8 << 30;
/// Messages that one question gives at most: the newest, of overdue ones the oldest.
pub const MESSAGES_LISTED_MAX: usize = 5_000;

/// Something could not be done with messages.
#[derive(Debug, thiserror::Error)]
pub enum VoicemailError {
    /// The folder or a file in it.
    #[error("the messages' folder {path}: {error}")]
    Disk {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The mailbox holds as many open messages as it may.
    #[error("the mailbox {0} is full: close messages that were answered, or raise its messages_max")]
    Full(model::MailboxId),
    /// All mailboxes together hold as much as they may.
    #[error(
        "all messages together take {VOICEMAIL_BYTES_MAX} bytes: close those that were answered, or keep them for fewer days"
    )]
    AllFull,
    /// It was too short to be a message.
    #[error("nothing was said")]
    TooShort,
    /// Its database.
    #[error("the messages' database does not answer: {0}")]
    Sql(#[from] sqlx::Error),
    /// Its tables are of another version.
    #[error("the messages' database can't be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Nobody knows it.
    #[error("there is no message {0}")]
    Unknown(CallId),
}

/// All messages. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Voicemail {
    folder: PathBuf,
    rows: SqlitePool,
}

impl Voicemail {
    /// Opens the folder; a new one is made, for the node's own user alone. Must be called within a tokio runtime.
    pub async fn open(folder: &Path) -> Result<Self, VoicemailError> {
        use std::os::unix::fs::DirBuilderExt;
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|error| VoicemailError::Disk { path: folder.to_owned(), error })?;
        let rows = connect(folder);
        MIGRATIONS.run(&rows).await?;
        Ok(Self { folder: folder.to_owned(), rows })
    }

    /// The same for another runtime, within which this must be called.
    pub fn again(&self) -> Self {
        Self { folder: self.folder.clone(), rows: connect(&self.folder) }
    }

    /// Where a message's sound lies.
    pub fn sound(&self, call: CallId) -> PathBuf {
        self.folder.join(format!("{call}.wav"))
    }

    /// Where it lies while it is spoken.
    fn part(&self, call: CallId) -> PathBuf {
        self.folder.join(format!("{call}.part"))
    }

    fn failed(&self, error: io::Error) -> VoicemailError {
        VoicemailError::Disk { path: self.folder.clone(), error }
    }
}

fn connect(folder: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(folder.join(DATABASE_FILE))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY_MAX);
    SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options)
}

/// A call's id as it is written in rows and names of files.
pub(crate) fn call_of(text: &str) -> Option<CallId> {
    let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u128::from_str_radix(text, 16).ok().filter(|_| digits).map(CallId::from_bits)
}

#[cfg(test)]
mod tests;

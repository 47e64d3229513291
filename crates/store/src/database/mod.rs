//! The database that is filled from the spool: SQLite in a file beside it.
//!
//! One connection writes, a few read. Every SQL text here also runs on PostgreSQL, but for the placeholders that
//! `statements.rs` writes. It may be away, locked or slow: only those who ask it notice.

mod batch;
mod calls;
mod carry;
mod facts;
mod persons;
mod statements;

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

pub(crate) use batch::Batch;
pub use calls::CallsWanted;
pub use persons::Forget;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// Connections that read at once; more wait up to [`ACQUIRE_MAX`].
const READERS_MAX: u32 = 4;
/// How long a question waits for a connection before it is refused.
const ACQUIRE_MAX: Duration = Duration::from_millis(800);
/// How long a statement waits for another's lock before it fails.
const BUSY_MAX: Duration = Duration::from_millis(500);

/// The database said no. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// It can't be reached, is locked, or refused a statement.
    #[error("the database does not answer: {0}")]
    Sql(#[from] sqlx::Error),
    /// Its tables are of another version.
    #[error("the tables of the database can't be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Something in a row can't be read.
    #[error("a row of {0} can't be read")]
    BadRow(&'static str),
    /// The spool could not be read.
    #[error("the spool can't be read: {0}")]
    Spool(#[from] std::io::Error),
    /// It already holds facts with the numbers of this spool, from another one.
    #[error("the database holds facts of another spool under the same numbers (up to {0})")]
    OtherSpool(u64),
}

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Database {
    /// Prepares connections to the file, without touching it: that it can't be reached now is no reason not to start.
    /// Must be called within a tokio runtime.
    pub fn new(file: &Path) -> Self {
        make_private(file);
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // The spool is the truth: what a power cut takes from the database is carried again.
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(BUSY_MAX);
        let pool = |max| SqlitePoolOptions::new().max_connections(max).acquire_timeout(ACQUIRE_MAX);
        Self {
            writer: pool(1).connect_lazy_with(options.clone()),
            readers: pool(READERS_MAX).connect_lazy_with(options),
        }
    }

    /// Brings the tables up to date.
    pub async fn migrate(&self) -> Result<(), DatabaseError> {
        Ok(MIGRATIONS.run(&self.writer).await?)
    }

    /// The highest fact number that it holds; a new spool must number above it. 0: none.
    pub async fn last_fact_no(&self) -> Result<u64, DatabaseError> {
        let last: Option<i64> = sqlx::query_scalar("SELECT MAX(fact_no) FROM fact").fetch_one(&self.readers).await?;
        Ok(last.unwrap_or(0) as u64)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

/// The table of persons is for nobody but the node's own user. A failure shows again when the file is opened.
fn make_private(file: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    crate::spool::private(&mut options);
    let _ = options.open(file);
}

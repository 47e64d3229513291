//! Agents' free notes about calls: a small database of its own, so that they can be deleted without touching a figure or a fact.
//!
//! Knows rows, bounds and dates; not whose number rang, and not who may read what. What is deleted is overwritten in the file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use model::{AgentId, CallId, LineId, Moment, MunicipalityId, Note, NoteText};
use sqlx::Row;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use tokio::sync::OnceCell;

use crate::database::DatabaseError;
use crate::spool::private;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/notes");

/// The database's file, in the data folder.
const FILE: &str = "notes.db";
/// Notes in one answer at most.
const LISTED_MAX: u32 = 1_000;
/// Calls of one number whose notes are looked for; of one that rang oftener the last.
pub const CALLS_OF_A_NUMBER_MAX: u32 = 200;
/// How long a question waits for the one connection, or for another process's lock, before it is refused.
const WAIT_MAX: Duration = Duration::from_secs(2);

const KEEP: &str = "INSERT INTO note (call, agent, municipality, line, written_us, body) VALUES ($1, $2, $3, $4, $5, $6) \
    ON CONFLICT (call, agent) DO UPDATE SET written_us = excluded.written_us, body = excluded.body";
const LIST: &str = "SELECT * FROM note WHERE written_us >= $1 AND written_us < $2 \
    AND ($3 IS NULL OR municipality = $3) AND ($4 IS NULL OR call = $4) ORDER BY written_us DESC, call LIMIT $5";

/// Which notes are wanted, the newest first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotesWanted {
    /// Written at this moment or later.
    pub from: Moment,
    /// Written before this moment.
    pub to: Moment,
    /// Only of this municipality's citizens.
    pub municipality: Option<MunicipalityId>,
    /// Only about this call.
    pub call: Option<CallId>,
    /// How many at most; 1 to 1,000.
    pub notes_max: u32,
}

/// The notes. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Notes {
    rows: SqlitePool,
    file: PathBuf,
    ready: std::sync::Arc<OnceCell<()>>,
}

impl Notes {
    /// Prepares them in this folder, without touching it yet: that it can't be had now is no reason not to start. Must be called
    /// within a tokio runtime.
    pub fn new(folder: &Path) -> Self {
        let file = folder.join(FILE);
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("secure_delete", "ON")
            .busy_timeout(WAIT_MAX);
        let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(WAIT_MAX);
        Self { rows: pool.connect_lazy_with(options), file, ready: std::sync::Arc::default() }
    }

    /// Keeps a note; one of the same agent about the same call takes its place.
    pub async fn keep(&self, note: &Note) -> Result<(), DatabaseError> {
        let insert = sqlx::query(KEEP)
            .bind(blob(note.call))
            .bind(note.agent.as_str())
            .bind(note.municipality.map(|code| i64::from(code.0)))
            .bind(note.line.as_str())
            .bind(note.written.as_micros())
            .bind(note.text.reveal());
        insert.execute(self.rows().await?).await?;
        self.carry_over().await
    }

    /// A list of notes.
    pub async fn list(&self, wanted: &NotesWanted) -> Result<Vec<Note>, DatabaseError> {
        let question = sqlx::query(LIST)
            .bind(wanted.from.as_micros())
            .bind(wanted.to.as_micros())
            .bind(wanted.municipality.map(|code| i64::from(code.0)))
            .bind(wanted.call.map(blob))
            .bind(wanted.notes_max.clamp(1, LISTED_MAX));
        question.fetch_all(self.rows().await?).await?.iter().map(read).collect()
    }

    /// Notes about any of these calls, at most [`CALLS_OF_A_NUMBER_MAX`] of them; the newest first.
    pub async fn about(&self, calls: &[CallId]) -> Result<Vec<Note>, DatabaseError> {
        let calls = &calls[..calls.len().min(CALLS_OF_A_NUMBER_MAX as usize)];
        let mut question = sqlx::QueryBuilder::new("SELECT * FROM note WHERE call IN (");
        let mut places = question.separated(",");
        for call in calls {
            places.push_bind(blob(*call));
        }
        question.push(") ORDER BY written_us DESC, call");
        question.build().fetch_all(self.rows().await?).await?.iter().map(read).collect()
    }

    /// Deletes what was written about a call, of that municipality's citizens alone where one is named; how many notes.
    pub async fn delete(&self, call: CallId, municipality: Option<MunicipalityId>) -> Result<u64, DatabaseError> {
        let deletion = sqlx::query("DELETE FROM note WHERE call = $1 AND ($2 IS NULL OR municipality = $2)")
            .bind(blob(call))
            .bind(municipality.map(|code| i64::from(code.0)));
        let gone = deletion.execute(self.rows().await?).await?.rows_affected();
        self.carry_over().await?;
        Ok(gone)
    }

    /// Deletes what was written before this moment; how many notes.
    pub async fn sweep(&self, before: Moment) -> Result<u64, DatabaseError> {
        let deletion = sqlx::query("DELETE FROM note WHERE written_us < $1").bind(before.as_micros());
        let gone = deletion.execute(self.rows().await?).await?.rows_affected();
        self.carry_over().await?;
        Ok(gone)
    }

    /// What was deleted or replaced still stands in the log beside the file until it is carried over. Somebody else who reads the file
    /// just now may prevent it: then the next one does it, each hour at the latest.
    async fn carry_over(&self) -> Result<(), DatabaseError> {
        let busy: i64 = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.rows).await?.try_get(0)?;
        if busy != 0 {
            tracing::warn!("another process reads the notes; what was deleted is overwritten with the next look");
        }
        Ok(())
    }

    /// The connections, once the tables are there.
    async fn rows(&self) -> Result<&SqlitePool, DatabaseError> {
        let made = async {
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            private(&mut options);
            // That it is there already is how it should be; another fault shows as the file is opened.
            let _there = options.open(&self.file);
            MIGRATIONS.run(&self.rows).await.map_err(DatabaseError::from)
        };
        self.ready.get_or_try_init(|| made).await?;
        Ok(&self.rows)
    }
}

fn blob(call: CallId) -> Vec<u8> {
    call.bits().to_be_bytes().to_vec()
}

fn read(row: &SqliteRow) -> Result<Note, DatabaseError> {
    let call: &[u8] = row.try_get("call")?;
    let bits = call.try_into().map(u128::from_be_bytes).map_err(|_| DatabaseError::BadRow("note"))?;
    let municipality: Option<i64> = row.try_get("municipality")?;
    let code = |code| u16::try_from(code).map(MunicipalityId).map_err(|_| DatabaseError::BadRow("note"));
    Ok(Note {
        call: CallId::from_bits(bits),
        agent: AgentId::new(row.try_get("agent")?),
        municipality: municipality.map(code).transpose()?,
        line: LineId::new(row.try_get("line")?),
        written: Moment::from_micros(row.try_get("written_us")?),
        text: NoteText::from_kept(row.try_get("body")?),
    })
}

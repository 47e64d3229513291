//! The spool: an append-only log of facts in files, flushed in groups by one thread. It is the truth of the house.
//!
//! It alone numbers facts, gaplessly from 1. Knows nothing of SQL; the database is filled from it afterwards
//! and may be away for days. Layout of the files: `record.rs` and `docs/formats-facts.md`.

mod disk;
mod door;
mod keep;
mod log;
mod persons;
mod read;
mod record;
mod recovery;
mod segments;
mod writer;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use model::CallId;
use tally::NumberedFact;

pub use disk::{Disk, RealDisk, SegmentFile};
pub(crate) use disk::{private, sync_folder};
pub use door::{SpoolDoor, SpoolStatus, Subscriber};
pub use read::RawFacts;
pub(crate) use read::decode_all;
pub use recovery::{Recovered, SpoolId};

/// How the spool works. [`SpoolOptions::default`] suits everyone.
#[derive(Clone)]
pub struct SpoolOptions {
    /// While busy, facts are flushed to disk at most this often; when idle, at once. 0 to 100 ms.
    pub flush_every: Duration,
    /// Facts that may wait to be saved; above it [`SpoolDoor::append`] refuses. About 200 bytes each.
    pub facts_waiting_max: usize,
    /// Above this a new segment file is begun, in bytes.
    pub segment_bytes_max: u64,
    /// The first number given is above this one; what the database already holds (0: nothing).
    pub numbers_above: u64,
    /// The disk.
    pub disk: Arc<dyn Disk>,
}

/// Facts that may wait to be saved, unless the options say otherwise: some minutes of the heaviest load.
const FACTS_WAITING_MAX: usize = 262_144;

impl Default for SpoolOptions {
    fn default() -> Self {
        Self {
            flush_every: Duration::from_millis(4),
            facts_waiting_max: FACTS_WAITING_MAX,
            segment_bytes_max: log::SEGMENT_BYTES_MAX,
            numbers_above: 0,
            disk: Arc::new(RealDisk),
        }
    }
}

/// The spool can't be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// Two processes on one folder would number facts twice.
    #[error("another process uses {0}: stop it, or give this one a data folder of its own")]
    InUse(PathBuf),
    /// A file of another spool lies in the folder.
    #[error("{0} belongs to another spool: take it out of the folder, then start again")]
    Foreign(PathBuf),
    /// The disk said no.
    #[error("{path}: {error}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl SpoolError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Disk { path, error }
    }
}

/// The open spool. Dropping it saves what waits, and stops the writer.
pub struct Spool {
    door: SpoolDoor,
    reader: read::Reader,
    folder: PathBuf,
    closed_persons: persons::ClosedPersons,
    writer: Option<JoinHandle<()>>,
    _lock: std::fs::File,
}

impl Spool {
    /// Opens or makes the spool in `data_dir/spool`, cuts a torn tail, and starts the writer.
    pub fn open(data_dir: &Path, options: SpoolOptions) -> Result<(Self, Recovered), SpoolError> {
        recovery::open(data_dir, options)
    }

    /// The way in, for any thread.
    pub fn door(&self) -> SpoolDoor {
        self.door.clone()
    }

    /// Counters and state, for metrics and readiness.
    pub fn status(&self) -> SpoolStatus {
        self.door.status()
    }

    /// Which spool this is; resume tokens name it.
    pub fn id(&self) -> SpoolId {
        self.reader.id
    }

    /// Every fact that is still in the spool, in order: older facts of calls and agents that were still open when their
    /// segment went, then all segments. Returns how many facts could not be read (written by a newer version).
    pub fn replay(&self, each: impl FnMut(NumberedFact)) -> io::Result<u64> {
        self.reader.replay(each)
    }

    /// Facts behind `fact_no`, at most `facts_max` and about 4 MiB.
    pub fn read_after(&self, fact_no: u64, facts_max: usize) -> io::Result<RawFacts> {
        self.reader.read_after(fact_no, facts_max)
    }

    /// The number of the oldest fact that [`Spool::read_after`] can give; one more than the last when there is none.
    pub fn oldest_no(&self) -> u64 {
        self.reader.oldest_no()
    }

    /// Deletes segments with nothing behind `carried`, keeping the facts of calls that are `still_open`, and each agent's last state.
    pub fn release(&self, carried: u64, still_open: impl Fn(CallId) -> bool) -> io::Result<()> {
        keep::release(&self.folder, &self.reader, carried, still_open)
    }

    /// A file of persons to be carried into the table, if there is one. The current file is closed when it is the only one,
    /// so that its persons come with one of the next calls.
    pub(crate) fn persons_to_carry(&self) -> Option<PathBuf> {
        let oldest = self.closed_persons.oldest();
        if oldest.is_none() {
            self.door.close_persons();
        }
        oldest
    }

    pub(crate) fn read_persons(path: &Path) -> io::Result<Vec<model::PersonRecord>> {
        persons::read_persons(path)
    }

    pub(crate) fn persons_carried(&self, path: &Path) -> io::Result<()> {
        self.closed_persons.carried(path)
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.door.stop();
        if let Some(writer) = self.writer.take() {
            // A panic of the writer was told by the panic hook; there is nothing left to do about it here.
            let _ = writer.join();
        }
    }
}

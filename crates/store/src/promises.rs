//! Promises to call citizens back, kept over a restart: a small file beside the spool, for its owner alone.
//!
//! Not in the database, which may be away: a promise is made, and kept, without it. A node that dies loses what was promised in its
//! last fiftieth of a second; the sentence that tells the citizen takes longer. Knows promises as lines; not how they are kept.

mod written;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{CallId, Promise, PromiseChange};

use crate::Disk;
use crate::line_file::{LineDoor, LineFile, RegistrationsStatus, Ways};

/// The file, in the data folder; more promises than the centre makes.
const WAYS: Ways = Ways { name: "promises", entries_max: 65_536, gather: Duration::from_millis(20) };

/// The open file. Dropping it writes what waits, and stops the writer.
pub struct Promises {
    file: LineFile,
    door: PromisesDoor,
}

/// The way in, for any thread; never waits for the disk.
#[derive(Clone)]
pub struct PromisesDoor {
    lines: LineDoor,
    kept: Arc<Mutex<BTreeMap<CallId, Promise>>>,
}

impl Promises {
    /// Reads what is kept in `data_dir`, oldest arrival first, and begins to keep. How many lines nobody could read is told, too:
    /// they are of another version, and stay in the file.
    pub fn open(data_dir: &Path, disk: Arc<dyn Disk>) -> io::Result<(Self, Vec<Promise>, usize)> {
        let (file, lines) = LineFile::open(data_dir, WAYS, disk)?;
        let all = lines.len();
        let mut kept: Vec<Promise> = lines.iter().filter_map(|(key, parts)| written::read(key, parts)).collect();
        kept.sort_by_key(|promise| (promise.since, promise.call));
        let by_call = kept.iter().map(|promise| (promise.call, promise.clone())).collect();
        let door = PromisesDoor { lines: file.door(), kept: Arc::new(Mutex::new(by_call)) };
        let unread = all - kept.len();
        Ok((Self { file, door }, kept, unread))
    }

    /// The way in.
    pub fn door(&self) -> PromisesDoor {
        self.door.clone()
    }

    /// How the keeping goes.
    pub fn status(&self) -> RegistrationsStatus {
        self.file.door().status()
    }
}

impl PromisesDoor {
    /// Keeps what has become of a promise.
    pub fn change(&self, change: PromiseChange) {
        let (call, parts, promise) = match change {
            PromiseChange::Kept(promise) => (promise.call, written::write(&promise), Some(*promise)),
            PromiseChange::Over(call) => (call, Vec::new(), None),
        };
        let ended = promise.is_none();
        if !self.lines.keep(call.to_string(), parts) && !ended {
            tracing::warn!("a promise to call back can't be kept over a restart; it is kept as long as the node lives");
        }
        match promise {
            Some(promise) => drop(self.lock().insert(call, promise)),
            None => drop(self.lock().remove(&call)),
        }
    }

    /// All promises that are kept, oldest arrival first.
    pub fn all(&self) -> Vec<Promise> {
        let mut all: Vec<Promise> = self.lock().values().cloned().collect();
        all.sort_by_key(|promise| (promise.since, promise.call));
        all
    }

    /// One of them.
    pub fn of(&self, call: CallId) -> Option<Promise> {
        self.lock().get(&call).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<CallId, Promise>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

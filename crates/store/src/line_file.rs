//! A small file of lines beside the spool, written behind the calls' backs: what must outlive the node and is no fact.
//!
//! Of an entry the newest line counts. Knows keys and parts of lines; what stands in them is somebody else's business. A node that
//! dies loses what was said in the last moment before, while it was gathered.

mod lines;
mod writer;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::Disk;

/// What stands in a file: of each key the parts of its line.
pub(crate) type Lines = BTreeMap<String, Vec<String>>;

/// How a file is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ways {
    /// Its name, in the data folder, and what it keeps.
    pub(crate) name: &'static str,
    /// Entries at most. At the bound a further one is not kept, and counted as left out.
    pub(crate) entries_max: usize,
    /// Changes are gathered for so long before they are written together.
    pub(crate) gather: Duration,
}

/// How the keeping goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RegistrationsStatus {
    /// Entries with something in the file.
    pub kept: usize,
    /// Entries whose last change is not on disk yet.
    pub waiting: usize,
    /// Changes that were left out because the table is full, or because a line could not be written.
    pub left_out: u64,
    /// Writes that failed since the start; they are tried again.
    pub failures: u64,
}

/// The open file. Dropping it writes what waits, and stops the writer.
pub(crate) struct LineFile {
    door: LineDoor,
    writer: Option<JoinHandle<()>>,
}

/// The way in, for any thread; never waits for the disk.
#[derive(Clone)]
pub(crate) struct LineDoor {
    shared: Arc<Shared>,
}

struct Shared {
    ways: Ways,
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    /// The last change of each entry that is not on disk.
    waiting: Lines,
    stopped: bool,
    status: RegistrationsStatus,
}

impl LineFile {
    /// Reads what is kept in `data_dir`, and begins to keep. A file that is not there or is torn gives what is whole in it;
    /// that it can't be written is met later, and tried again.
    pub(crate) fn open(data_dir: &Path, ways: Ways, disk: Arc<dyn Disk>) -> io::Result<(Self, Lines)> {
        let path: PathBuf = data_dir.join(ways.name);
        let kept = match std::fs::read(&path) {
            Ok(bytes) => lines::read_all(&bytes),
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => Lines::new(),
            Err(fault) => return Err(fault),
        };
        let told = kept.clone();
        let state =
            State { status: RegistrationsStatus { kept: kept.len(), ..Default::default() }, ..State::default() };
        let shared = Arc::new(Shared { ways, state: Mutex::new(state), news: Condvar::new() });
        let mut work = writer::Work::new(path, disk, kept);
        let of_writer = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name(ways.name.into());
        let thread = thread.spawn(move || work.run(&of_writer))?;
        Ok((Self { door: LineDoor { shared }, writer: Some(thread) }, told))
    }

    /// The way in.
    pub(crate) fn door(&self) -> LineDoor {
        self.door.clone()
    }
}

impl LineDoor {
    /// Keeps these parts of a key, in place of what was; none: nothing any more. Whether it is kept.
    pub(crate) fn keep(&self, key: String, parts: Vec<String>) -> bool {
        let mut state = self.shared.lock();
        let full = state.waiting.len().max(state.status.kept) >= self.shared.ways.entries_max;
        let new = !state.waiting.contains_key(&key) && !parts.is_empty();
        if !parts.iter().all(|part| lines::can_be_written(part)) || full && new {
            state.status.left_out += 1;
            return false;
        }
        state.waiting.insert(key, parts);
        drop(state);
        self.shared.news.notify_one();
        true
    }

    /// How the keeping goes.
    pub(crate) fn status(&self) -> RegistrationsStatus {
        let state = self.shared.lock();
        RegistrationsStatus { waiting: state.waiting.len() + state.status.waiting, ..state.status }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for LineFile {
    fn drop(&mut self) {
        self.door.shared.lock().stopped = true;
        self.door.shared.news.notify_one();
        if let Some(writer) = self.writer.take() {
            // A panic of the writer was told by the panic hook; there is nothing left to do about it here.
            let _ = writer.join();
        }
    }
}

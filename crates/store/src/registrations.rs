//! What agents' phones have registered, kept over a restart: a small file beside the spool, written behind the calls' backs.
//!
//! Lines of text, the newest of an agent counts. Knows agents and lines; what stands in them is the registrar's business.
//! A node that dies loses what was registered in its last quarter of a second at most, and phones say that again anyway.

mod lines;
mod writer;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use model::AgentId;

use crate::Disk;

/// The file, in the data folder.
const FILE: &str = "registrations";
/// Agents that are kept at most; more than any plan has. At the bound a further one is not kept, and counted as left out.
const AGENTS_MAX: usize = 65_536;

/// What is registered for one agent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Registered {
    /// Whose.
    pub agent: AgentId,
    /// One line a contact, without line breaks and record separators (U+001E); none: nothing is registered any more.
    pub contacts: Vec<String>,
}

/// How the keeping goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RegistrationsStatus {
    /// Agents with something in the file.
    pub kept: usize,
    /// Agents whose last change is not on disk yet.
    pub waiting: usize,
    /// Changes that were left out because the table is full, or because a line could not be written.
    pub left_out: u64,
    /// Writes that failed since the start; they are tried again.
    pub failures: u64,
}

/// The open file. Dropping it writes what waits, and stops the writer.
pub struct Registrations {
    door: RegistrationsDoor,
    writer: Option<JoinHandle<()>>,
}

/// The way in, for any thread; never waits for the disk.
#[derive(Clone)]
pub struct RegistrationsDoor {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    /// The last change of each agent that is not on disk.
    waiting: BTreeMap<AgentId, Vec<String>>,
    stopped: bool,
    status: RegistrationsStatus,
}

impl Registrations {
    /// Reads what is kept in `data_dir`, and begins to keep. A file that is not there or is torn gives what is whole in it;
    /// that it can't be written is met later, and tried again.
    pub fn open(data_dir: &Path, disk: Arc<dyn Disk>) -> io::Result<(Self, Vec<Registered>)> {
        let path: PathBuf = data_dir.join(FILE);
        let kept = match std::fs::read(&path) {
            Ok(bytes) => lines::read_all(&bytes),
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(fault) => return Err(fault),
        };
        let told = kept.iter().map(|(agent, contacts)| Registered { agent: agent.clone(), contacts: contacts.clone() });
        let told = told.collect();
        let state =
            State { status: RegistrationsStatus { kept: kept.len(), ..Default::default() }, ..State::default() };
        let shared = Arc::new(Shared { state: Mutex::new(state), news: Condvar::new() });
        let mut work = writer::Work::new(path, disk, kept);
        let of_writer = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("registrations".into());
        let thread = thread.spawn(move || work.run(&of_writer))?;
        Ok((Self { door: RegistrationsDoor { shared }, writer: Some(thread) }, told))
    }

    /// The way in.
    pub fn door(&self) -> RegistrationsDoor {
        self.door.clone()
    }
}

impl RegistrationsDoor {
    /// Keeps what is registered for an agent, in place of what was.
    pub fn keep(&self, registered: Registered) {
        let mut state = self.shared.lock();
        let full = state.waiting.len().max(state.status.kept) >= AGENTS_MAX;
        let new = !state.waiting.contains_key(&registered.agent);
        if !registered.contacts.iter().all(|line| lines::can_be_written(line)) || full && new {
            state.status.left_out += 1;
            return;
        }
        state.waiting.insert(registered.agent, registered.contacts);
        drop(state);
        self.shared.news.notify_one();
    }

    /// How the keeping goes.
    pub fn status(&self) -> RegistrationsStatus {
        let state = self.shared.lock();
        RegistrationsStatus { waiting: state.waiting.len() + state.status.waiting, ..state.status }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Registrations {
    fn drop(&mut self) {
        self.door.shared.lock().stopped = true;
        self.door.shared.news.notify_one();
        if let Some(writer) = self.writer.take() {
            // A panic of the writer was told by the panic hook; there is nothing left to do about it here.
            let _ = writer.join();
        }
    }
}

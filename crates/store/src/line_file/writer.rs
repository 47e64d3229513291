//! The thread that writes: gathers changes for a moment, adds them to the file, flushes; writes the file anew when it has
//! grown, and whenever it could not be written. The old file stays until the new one is whole.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::{Lines, Shared, lines};
use crate::spool::sync_folder;
use crate::{Disk, SegmentFile};

/// After a failure it is tried again so soon.
const RETRY: Duration = Duration::from_secs(1);
/// A file below this is not written anew, in bytes.
const REWRITE_BYTES_MIN: u64 = 1 << 20;
/// A file is written anew when it is so many times as long as what counts in it.
const REWRITE_TIMES: u64 = 4;

/// What the writer holds.
pub(super) struct Work {
    path: PathBuf,
    disk: Arc<dyn Disk>,
    /// Everything that counts, whether it is on disk or not.
    kept: Lines,
    /// The file, while it holds all of `kept`.
    file: Option<Box<dyn SegmentFile>>,
    bytes: u64,
    bytes_of_kept: u64,
}

impl Work {
    pub(super) fn new(path: PathBuf, disk: Arc<dyn Disk>, kept: Lines) -> Self {
        Self { path, disk, kept, file: None, bytes: 0, bytes_of_kept: 0 }
    }

    /// Until it is told to stop and nothing waits, or until the last try has failed.
    pub(super) fn run(&mut self, shared: &Shared) {
        loop {
            let (changes, stopped) = gather(shared);
            let changed = changes.len();
            let written = self.write(changes);
            let mut state = shared.lock();
            state.status.kept = self.kept.len();
            state.status.waiting = if written.is_ok() { 0 } else { state.status.waiting.max(changed) };
            if let Err(fault) = written {
                state.status.failures += 1;
                if state.status.failures == 1 {
                    let what = shared.ways.name;
                    tracing::warn!(%fault, "{what} can't be written: they hold, but not over a restart; tried again");
                }
                if stopped {
                    return;
                }
                // Woken early or late, it is tried again.
                let _ = shared.news.wait_timeout(state, RETRY).unwrap_or_else(PoisonError::into_inner);
            } else if stopped && state.waiting.is_empty() {
                return;
            }
        }
    }

    fn write(&mut self, changes: Lines) -> io::Result<()> {
        let mut text = String::new();
        for (key, parts) in changes {
            text += &lines::write(&key, &parts);
            if parts.is_empty() {
                self.kept.remove(&key);
            } else {
                self.kept.insert(key, parts);
            }
        }
        // A file that failed once may end in half a line: it is left, and a new one written.
        let Some(mut file) = self.file.take() else { return self.write_anew() };
        if self.bytes > REWRITE_BYTES_MIN.max(self.bytes_of_kept * REWRITE_TIMES) {
            return self.write_anew();
        }
        file.append(text.as_bytes())?;
        file.sync()?;
        self.bytes += text.len() as u64;
        self.file = Some(file);
        Ok(())
    }

    fn write_anew(&mut self) -> io::Result<()> {
        let beside = self.path.with_extension("new");
        let text: String = self.kept.iter().map(|(key, parts)| lines::write(key, parts)).collect();
        let mut file = self.disk.create(&beside)?;
        file.append(text.as_bytes())?;
        file.sync()?;
        std::fs::rename(&beside, &self.path)?;
        sync_folder(&self.path)?;
        (self.bytes, self.bytes_of_kept) = (text.len() as u64, text.len() as u64);
        self.file = Some(file);
        Ok(())
    }
}

/// Waits for news, then a moment for more of them.
fn gather(shared: &Shared) -> (Lines, bool) {
    let mut state = shared.lock();
    while state.waiting.is_empty() && !state.stopped && state.status.waiting == 0 {
        state = shared.news.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    if !state.stopped {
        drop(state);
        std::thread::sleep(shared.ways.gather);
        state = shared.lock();
    }
    let changes = std::mem::take(&mut state.waiting);
    state.status.waiting = state.status.waiting.max(changes.len());
    (changes, state.stopped)
}

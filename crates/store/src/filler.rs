//! Fills the database from the spool, on a thread of its own, in batches; tries for ever when the database is away.
//!
//! It reads the spool's files, not a queue in memory: however long the database is gone, nothing grows but the spool.

mod work;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;

use tally::Fold;
use tokio::sync::{Notify, mpsc, oneshot};

use self::work::Work;
use crate::spool::Spool;
use crate::{Database, Forget};

/// Requests to forget that wait; more are refused.
const FORGETS_MAX: usize = 64;

/// How the filling goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FillerStatus {
    /// The last fact that is in the database.
    pub carried: u64,
    /// Facts that are saved but not yet in the database.
    pub behind: u64,
    /// Failed tries so far.
    pub errors: u64,
    /// The last try failed.
    pub failing: bool,
    /// Facts of a newer version, kept as bytes only.
    pub unreadable: u64,
}

/// A request to forget was not carried out; nothing was deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the database is away or busy: try again")]
pub struct NotForgotten;

/// The running filler.
pub struct Filler {
    shared: Arc<Shared>,
    spool: Arc<Spool>,
    forgets: mpsc::Sender<(Forget, oneshot::Sender<u64>)>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    news: Notify,
    carried: AtomicU64,
    errors: AtomicU64,
    unreadable: AtomicU64,
    failing: AtomicBool,
    stopping: AtomicBool,
}

impl Filler {
    /// Starts the thread. `database` is a function because connections belong to the runtime of that thread.
    pub fn start(spool: Arc<Spool>, database: impl FnOnce() -> Database + Send + 'static) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let news = Arc::clone(&shared);
        spool.door().subscribe(Box::new(move |_| {
            news.news.notify_one();
            if news.stopping.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }));
        let (forgets, wanted) = mpsc::channel(FORGETS_MAX);
        let (for_thread, its_spool) = (Arc::clone(&shared), Arc::clone(&spool));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name("filler".into()).spawn(move || {
            runtime.block_on(async move {
                let work = Work {
                    shared: for_thread,
                    spool: its_spool,
                    database: database(),
                    fold: Fold::default(),
                    wanted,
                    released: 0,
                };
                work.run().await;
            });
        })?;
        Ok(Self { shared, spool, forgets, thread: Some(thread) })
    }

    /// How it goes.
    pub fn status(&self) -> FillerStatus {
        let carried = self.shared.carried.load(Ordering::Relaxed);
        FillerStatus {
            carried,
            behind: self.spool.status().last_saved.saturating_sub(carried),
            errors: self.shared.errors.load(Ordering::Relaxed),
            failing: self.shared.failing.load(Ordering::Relaxed),
            unreadable: self.shared.unreadable.load(Ordering::Relaxed),
        }
    }

    /// Forgets persons, those included that are still on their way to the table; how many rows went.
    pub async fn forget(&self, forget: Forget) -> Result<u64, NotForgotten> {
        let (answer, answered) = oneshot::channel();
        self.forgets.try_send((forget, answer)).map_err(|_| NotForgotten)?;
        self.shared.news.notify_one();
        answered.await.map_err(|_| NotForgotten)
    }

    /// Carries what is saved, if the database lets it, and stops. What is left is carried after the next start.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        self.shared.news.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic there was told by the panic hook; the spool still has everything.
            let _ = thread.join();
        }
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        self.end();
    }
}

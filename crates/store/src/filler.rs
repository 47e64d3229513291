//! Fills the database from the spool, on a thread of its own, in batches; tries for ever when the database is away.
//!
//! It reads the spool's files, not a queue in memory: however long the database is gone, nothing grows but the spool.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tally::{Append, Fold};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{sleep, timeout};

use crate::database::{Batch, Forget};
use crate::spool::Spool;
use crate::{Database, DatabaseError};

/// Facts of one transaction at most.
const BATCH_FACTS_MAX: usize = 5_000;
/// How long facts are gathered before they are carried, when there are fewer.
const GATHER: Duration = Duration::from_millis(200);
/// Pauses between tries when the database is away: it is back in the figures within 10 s of its return.
const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// How often it looks for persons when no fact comes.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Facts carried between two looks for segments that can go.
const RELEASE_EVERY_FACTS: u64 = 50_000;
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

struct Work {
    shared: Arc<Shared>,
    spool: Arc<Spool>,
    database: Database,
    fold: Fold,
    wanted: mpsc::Receiver<(Forget, oneshot::Sender<u64>)>,
    released: u64,
}

impl Work {
    async fn run(mut self) {
        let mut carried = match self.begin().await {
            Some(carried) => carried,
            None => return,
        };
        loop {
            let stopping = self.shared.stopping.load(Ordering::Relaxed);
            let went_on = self.carry_facts(&mut carried).await;
            self.carry_persons().await;
            self.forget_wanted().await;
            if went_on {
                continue;
            }
            if stopping {
                break;
            }
            let _ = timeout(LOOK_EVERY, self.shared.news.notified()).await;
            self.gather(carried).await;
        }
        self.database.close().await;
    }

    /// Brings the tables up to date and finds out where to go on. None: it was stopped before the database came.
    async fn begin(&mut self) -> Option<u64> {
        let mut pause = PAUSE_MIN;
        let carried = loop {
            match self.find_place().await {
                Ok(carried) => break carried,
                Err(error) => self.failed(&error, &mut pause).await?,
            }
        };
        self.shared.failing.store(false, Ordering::Relaxed);
        self.shared.carried.store(carried, Ordering::Relaxed);
        let fold = &mut self.fold;
        let replayed = self.spool.replay(|fact| {
            if fact.fact_no <= carried {
                fold.apply(&fact, |_| {});
            }
        });
        if let Err(error) = replayed {
            tracing::error!(%error, "the spool can't be read from its beginning; calls that were open may lack their row");
        }
        Some(carried)
    }

    async fn find_place(&self) -> Result<u64, DatabaseError> {
        self.database.migrate().await?;
        let carried = self.database.carried(self.spool.id()).await?;
        let before_spool = self.spool.oldest_no() - 1;
        if carried == 0 {
            let held = self.database.last_fact_no().await?;
            if held > before_spool {
                return Err(DatabaseError::OtherSpool(held));
            }
        } else if carried < before_spool {
            tracing::error!(missing = before_spool - carried, "the database is older than the spool and lacks facts");
        }
        Ok(carried.max(before_spool))
    }

    /// Carries one batch, trying until it works. False when there was nothing to carry, or it was stopped.
    async fn carry_facts(&mut self, carried: &mut u64) -> bool {
        let raw = match self.spool.read_after(*carried, BATCH_FACTS_MAX) {
            Ok(raw) => raw,
            Err(error) => {
                let mut pause = PAUSE_MAX;
                return self.failed(&error.into(), &mut pause).await.is_some();
            }
        };
        if raw.is_empty() {
            return false;
        }
        let batch = Batch::make(&raw, &mut self.fold);
        let mut pause = PAUSE_MIN;
        while let Err(error) = self.database.carry(self.spool.id(), &batch).await {
            if self.failed(&error, &mut pause).await.is_none() {
                return false;
            }
        }
        if self.shared.failing.swap(false, Ordering::Relaxed) {
            tracing::warn!("the database is being filled again");
        }
        *carried = batch.carried;
        self.shared.carried.store(*carried, Ordering::Relaxed);
        self.shared.unreadable.fetch_add(batch.unreadable, Ordering::Relaxed);
        self.release(*carried);
        true
    }

    /// Counts, tells once, and pauses. None: it is being stopped and gives up.
    async fn failed(&self, error: &DatabaseError, pause: &mut Duration) -> Option<()> {
        self.shared.errors.fetch_add(1, Ordering::Relaxed);
        if !self.shared.failing.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, "the database can't be filled; the spool keeps everything until it can");
        }
        if self.shared.stopping.load(Ordering::Relaxed) {
            return None;
        }
        sleep(*pause).await;
        *pause = (*pause * 2).min(PAUSE_MAX);
        Some(())
    }

    /// Waits a little for more, so that a busy node writes few, large batches.
    async fn gather(&self, carried: u64) {
        let few = self.spool.status().last_saved.saturating_sub(carried) < BATCH_FACTS_MAX as u64;
        if few && !self.shared.stopping.load(Ordering::Relaxed) {
            sleep(GATHER).await;
        }
    }

    fn release(&mut self, carried: u64) {
        if carried < self.released + RELEASE_EVERY_FACTS {
            return;
        }
        self.released = carried;
        let fold = &self.fold;
        if let Err(error) = self.spool.release(carried, |call| fold.is_open(call)) {
            tracing::warn!(%error, "segments of the spool that are no longer needed can't be deleted");
        }
    }

    /// Carries person files while there are any; a failure is tried again at the next look.
    async fn carry_persons(&self) {
        while let Some(path) = self.spool.persons_to_carry() {
            let carried = match Spool::read_persons(&path) {
                Ok(persons) => self.database.carry_persons(&persons).await,
                Err(error) => Err(error.into()),
            };
            let done = carried.and_then(|()| Ok(self.spool.persons_carried(&path)?));
            if let Err(error) = done {
                self.shared.errors.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(%error, "persons can't be carried into the database yet");
                return;
            }
        }
    }

    async fn forget_wanted(&mut self) {
        while let Ok((forget, answer)) = self.wanted.try_recv() {
            // First everyone who was on the way comes in, or would come back after having been forgotten.
            self.persons_are_closed().await;
            self.carry_persons().await;
            if let Ok(count) = self.database.forget(&forget).await {
                // Whoever no longer waits for the answer doesn't need it.
                let _ = answer.send(count);
            }
        }
    }

    async fn persons_are_closed(&self) {
        let _ = self.spool.persons_to_carry();
        let (saved, is_saved) = oneshot::channel();
        let tell = move || saved.send(()).unwrap_or_default();
        let word = Append { when_saved: Some(Box::new(tell)), ..Append::default() };
        if self.spool.door().append(word).is_ok() {
            let _ = timeout(PAUSE_MAX, is_saved).await;
        }
    }
}

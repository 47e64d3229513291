//! The filler's thread: finds its place, carries batch after batch, lets segments and person files go.
//!
//! A batch is made once and written until it is in; the database may refuse as long as it likes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tally::{Append, Fold};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};

use super::Shared;
use crate::database::Batch;
use crate::spool::Spool;
use crate::{Database, DatabaseError, Forget};

/// Facts of one transaction at most.
const BATCH_FACTS_MAX: usize = 5_000;
/// How long facts are gathered before they are carried, when there are fewer.
const GATHER: Duration = Duration::from_millis(200);
/// Pauses between tries when the database is away: it is back in the figures within 10 s of its return.
const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// How often it looks for persons when no fact comes.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often persons are carried: each time costs a file begun, flushed and deleted.
const PERSONS_EVERY: Duration = Duration::from_secs(2);
/// Facts carried between two looks for segments that can go.
const RELEASE_EVERY_FACTS: u64 = 50_000;

/// What the thread owns.
pub(super) struct Work {
    pub(super) shared: Arc<Shared>,
    pub(super) spool: Arc<Spool>,
    pub(super) database: Database,
    pub(super) fold: Fold,
    pub(super) wanted: mpsc::Receiver<(Forget, oneshot::Sender<u64>)>,
    pub(super) released: u64,
}

impl Work {
    /// Runs until it is stopped; then carries what the database still takes.
    pub(super) async fn run(mut self) {
        let Some(mut carried) = self.begin().await else { return };
        let mut persons_carried = Instant::now();
        loop {
            let stopping = self.shared.stopping.load(Ordering::Relaxed);
            let went_on = self.carry_facts(&mut carried).await;
            if stopping || persons_carried.elapsed() >= PERSONS_EVERY {
                persons_carried = Instant::now();
                self.carry_persons().await;
            }
            self.forget_wanted().await;
            if !went_on {
                if stopping {
                    break;
                }
                let _ = timeout(LOOK_EVERY, self.shared.news.notified()).await;
            }
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

//! The way to the table of pages: one task owns it; shards hand in what pages are told without ever waiting, and the gRPC
//! side hands in what pages say.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::AgentId;
use page::Tells;
use tokio::sync::{mpsc, oneshot};

use crate::badges::{BadgeHash, Badges};
use crate::doors::CentreDoor;
use crate::refusal::Refusal;

use super::door::ForPages;
use super::ear::EarStream;
use super::table::{Table, Word};

/// Words on their way from the shards. At the bound they are dropped and counted; the page asks again, or is opened anew.
const FROM_SHARDS_MAX: usize = 65_536;
/// Words on their way from pages; one more is told that the node is busy.
const FROM_PAGES_MAX: usize = 4_096;
/// How often what has gone is looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// The way to the table of pages.
#[derive(Clone)]
pub(crate) struct Ears {
    from_shards: mpsc::Sender<Tells>,
    from_pages: mpsc::Sender<FromPage>,
}

enum FromPage {
    Open { agent: AgentId, badge: BadgeHash, reply: oneshot::Sender<Result<EarStream, Refusal>> },
    Says { agent: AgentId, page: u64, word: Word, reply: oneshot::Sender<Result<(), Refusal>> },
    Close,
}

impl Ears {
    /// Starts the task. It ends when the last handle is dropped.
    pub(crate) fn start(pages: ForPages, clock: Arc<dyn CentreDoor>, badges: Arc<Mutex<Badges>>) -> Self {
        let (from_shards, shards) = mpsc::channel(FROM_SHARDS_MAX);
        let (from_pages, said) = mpsc::channel(FROM_PAGES_MAX);
        tokio::spawn(run(Table::new(pages, clock), badges, shards, said));
        Self { from_shards, from_pages }
    }

    /// From a shard's thread: never waits.
    pub(crate) fn tell(&self, tells: Tells) {
        if self.from_shards.try_send(tells).is_err() {
            metrics::counter!("samkald_page_words_dropped_total").increment(1);
        }
    }

    /// Opens an agent's page.
    pub(crate) async fn open(&self, agent: AgentId, badge: BadgeHash) -> Result<EarStream, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.hand_in(FromPage::Open { agent, badge, reply })?;
        answer.await.unwrap_or(Err(Refusal::Stopping))
    }

    /// Passes on what a page says.
    pub(crate) async fn says(&self, agent: AgentId, page: u64, word: Word) -> Result<(), Refusal> {
        let (reply, answer) = oneshot::channel();
        self.hand_in(FromPage::Says { agent, page, word, reply })?;
        answer.await.unwrap_or(Err(Refusal::Stopping))
    }

    /// Ends every page and takes no new one.
    pub(crate) async fn close(&self) {
        // The task has ended already: so have the pages.
        drop(self.from_pages.send(FromPage::Close).await);
    }

    fn hand_in(&self, word: FromPage) -> Result<(), Refusal> {
        self.from_pages.try_send(word).map_err(|_full| Refusal::Busy)
    }
}

async fn run(
    mut table: Table,
    badges: Arc<Mutex<Badges>>,
    mut shards: mpsc::Receiver<Tells>,
    mut pages: mpsc::Receiver<FromPage>,
) {
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            tells = shards.recv() => match tells {
                Some(tells) => table.tell(&tells),
                None => return,
            },
            word = pages.recv() => match word {
                // Whoever has gone meanwhile needs no answer.
                Some(FromPage::Open { agent, badge, reply }) => {
                    let _ = reply.send(table.open(&agent, badge, Instant::now()));
                }
                Some(FromPage::Says { agent, page, word, reply }) => {
                    let _ = reply.send(table.says(page, word, &agent, Instant::now()));
                }
                Some(FromPage::Close) => table.close(),
                None => return,
            },
            _ = sweep.tick() => {
                let now = Instant::now();
                let badges = badges.lock().unwrap_or_else(PoisonError::into_inner);
                table.sweep(now, |badge| badges.whose(badge, now).is_some());
            }
        }
    }
}

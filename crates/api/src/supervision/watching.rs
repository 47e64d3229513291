//! Those who watch the board: one task looks at it when something changed, at most four times a second, and tells all.
//!
//! While nobody watches nothing is looked at.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{Notify, broadcast, mpsc, oneshot};
use tokio_stream::Stream;
use tonic::Status;

use crate::doors::Doors;
use crate::proto::supervision::WatchResponse;
use crate::refusal::Refusal;
use crate::supervision::changes::LastShown;

/// Messages that a reader may be behind; at the bound it is cut off.
const BEHIND_MAX: usize = 64;
/// Streams on a node; one more is refused.
const READERS_MAX: usize = 512;
/// Newcomers on their way; one more is told that the node is busy.
const NEWCOMERS_MAX: usize = 64;
/// Changes are told at most this often.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// The way to those who watch.
#[derive(Clone)]
pub(crate) struct Watching {
    newcomers: mpsc::Sender<Newcomer>,
    changed: Arc<Changed>,
}

type Newcomer = oneshot::Sender<Result<First, Refusal>>;

struct First {
    whole: WatchResponse,
    later: broadcast::Receiver<Arc<WatchResponse>>,
}

/// Whether something changed since the board was last looked at.
#[derive(Default)]
struct Changed {
    flag: AtomicBool,
    wake: Notify,
    stopping: OnceLock<()>,
}

impl Watching {
    /// Starts the task. It ends when the last handle is dropped, or by [`Self::close`].
    pub(crate) fn start(doors: Doors) -> Self {
        let (newcomers, inbox) = mpsc::channel(NEWCOMERS_MAX);
        let changed = Arc::new(Changed::default());
        tokio::spawn(run(doors, inbox, changed.clone()));
        Self { newcomers, changed }
    }

    /// Something on the board changed. Never waits.
    pub(crate) fn changed(&self) {
        // A plain read first: most facts find the flag up already. Pairs with the swap of the task.
        if !self.changed.flag.load(Ordering::Acquire) && !self.changed.flag.swap(true, Ordering::AcqRel) {
            self.changed.wake.notify_one();
        }
    }

    /// The whole board, then what changes.
    pub(crate) async fn watch(
        &self,
    ) -> Result<impl Stream<Item = Result<WatchResponse, Status>> + Send + use<>, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.newcomers.try_send(reply).map_err(|_full| Refusal::Busy)?;
        let First { whole, later } = answer.await.unwrap_or(Err(Refusal::Stopping))?;
        Ok(stream(whole, later))
    }

    /// Ends every stream.
    pub(crate) fn close(&self) {
        self.changed.stopping.get_or_init(|| ());
        self.changed.wake.notify_one();
    }
}

async fn run(doors: Doors, mut newcomers: mpsc::Receiver<Newcomer>, changed: Arc<Changed>) {
    let (tell, _) = broadcast::channel(BEHIND_MAX);
    let mut last = LastShown::default();
    loop {
        tokio::select! {
            newcomer = newcomers.recv() => match newcomer {
                Some(reply) => welcome(&doors, &mut last, &tell, reply),
                None => return,
            },
            () = changed.wake.notified() => {
                if changed.stopping.get().is_some() {
                    return;
                }
                changed.flag.store(false, Ordering::Release);
                if tell.receiver_count() > 0 {
                    look(&doors, &mut last, &tell);
                    tokio::time::sleep(TELL_EVERY).await;
                }
            }
        }
    }
}

/// A newcomer is told the whole board as it is; what changed by it goes to the others.
fn welcome(doors: &Doors, last: &mut LastShown, tell: &broadcast::Sender<Arc<WatchResponse>>, reply: Newcomer) {
    if tell.receiver_count() >= READERS_MAX {
        drop(reply.send(Err(Refusal::TooManyStreams)));
        return;
    }
    look(doors, last, tell);
    let first = First { whole: last.whole(doors.centre.now()), later: tell.subscribe() };
    // A client that has gone needs no board.
    drop(reply.send(Ok(first)));
}

fn look(doors: &Doors, last: &mut LastShown, tell: &broadcast::Sender<Arc<WatchResponse>>) {
    let (plan, board) = (doors.centre.plan(), doors.board.now());
    if let Some(change) = last.change(&plan, &board, doors.centre.now()) {
        // Nobody listens: nobody needs it.
        drop(tell.send(Arc::new(change)));
    }
}

fn stream(
    whole: WatchResponse,
    later: broadcast::Receiver<Arc<WatchResponse>>,
) -> impl Stream<Item = Result<WatchResponse, Status>> + Send {
    futures::stream::unfold((Some(whole), Some(later)), |(whole, later)| async move {
        let mut later = later?;
        if let Some(whole) = whole {
            return Some((Ok(whole), (None, Some(later))));
        }
        match later.recv().await {
            Ok(change) => Some((Ok(WatchResponse::clone(&change)), (None, Some(later)))),
            Err(broadcast::error::RecvError::Lagged(_)) => Some((Err(Refusal::TooSlow.status()), (None, None))),
            Err(broadcast::error::RecvError::Closed) => Some((Err(Refusal::Stopping.status()), (None, None))),
        }
    })
}

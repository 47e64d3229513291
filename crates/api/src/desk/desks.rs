//! The way to the desks' table: one task owns it; shards hand in answers and events without ever waiting, and the
//! gRPC side hands in requests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use centre::{DeskAnswer, DeskCommand, DeskEvent, DeskSnapshot};
use plan::AgentNo;
use tokio::sync::{mpsc, oneshot};

use crate::badges::{BadgeHash, Badges};
use crate::desk::feed::WatchStream;
use crate::desk::table::{Ask, Look, Table, Watch};
use crate::doors::CentreDoor;
use crate::refusal::Refusal;

/// Answers and events on their way from the shards. At the bound they are dropped and counted: a lost event is a gap,
/// which makes its readers begin anew; a lost answer is a time-out.
const FROM_SHARDS_MAX: usize = 65_536;
/// Requests on their way from clients; one more is told that the node is busy.
const FROM_CLIENTS_MAX: usize = 4_096;
/// Agents whose events can be listened to; those of higher numbers are always passed on.
const LISTENING_AGENTS: usize = 16_384;
/// How often what waits too long is looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// The way to the table of desks.
#[derive(Clone)]
pub(crate) struct Desks {
    from_shards: mpsc::Sender<FromShard>,
    from_clients: mpsc::Sender<FromClient>,
    listening: Arc<Listening>,
}

/// Which desks are watched: one bit each, so that an event of a desk that nobody watches costs one load.
pub(crate) struct Listening(Vec<AtomicU64>);

enum FromShard {
    Answer(DeskAnswer),
    Event(DeskEvent),
}

enum FromClient {
    Ask(Ask),
    Watch(Watch),
    Look(AgentNo, Look),
    Close,
}

impl Desks {
    /// Starts the task. It ends when the last handle is dropped.
    pub(crate) fn start(door: Arc<dyn CentreDoor>, badges: Arc<Mutex<Badges>>) -> Self {
        let (from_shards, shards) = mpsc::channel(FROM_SHARDS_MAX);
        let (from_clients, clients) = mpsc::channel(FROM_CLIENTS_MAX);
        let listening = Arc::new(Listening::nobody());
        tokio::spawn(run(Table::new(door, listening.clone()), badges, shards, clients));
        Self { from_shards, from_clients, listening }
    }

    /// From a shard's thread: never waits.
    pub(crate) fn on_answer(&self, answer: DeskAnswer) {
        self.hand_in(FromShard::Answer(answer));
    }

    /// From a shard's thread: never waits.
    pub(crate) fn on_event(&self, event: DeskEvent) {
        if self.listening.to(event.agent) {
            self.hand_in(FromShard::Event(event));
        }
    }

    /// Carries out a command, or refuses it; at most five seconds.
    pub(crate) async fn ask(&self, agent: AgentNo, request_id: String, command: DeskCommand) -> Result<(), Refusal> {
        let (reply, answer) = oneshot::channel();
        let ask = FromClient::Ask(Ask { agent, request_id, command, reply });
        self.from_clients.try_send(ask).map_err(|_full| Refusal::Busy)?;
        answer.await.unwrap_or(Err(Refusal::Stopping))
    }

    /// The desk as it is now; at most five seconds.
    pub(crate) async fn look(&self, agent: AgentNo) -> Result<Box<DeskSnapshot>, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.from_clients.try_send(FromClient::Look(agent, reply)).map_err(|_full| Refusal::Busy)?;
        answer.await.unwrap_or(Err(Refusal::Stopping))
    }

    /// A stream of what happens at the desk.
    pub(crate) async fn watch(
        &self,
        agent: AgentNo,
        badge: BadgeHash,
        resume_token: String,
    ) -> Result<WatchStream, Refusal> {
        let (reply, answer) = oneshot::channel();
        let watch = FromClient::Watch(Watch { agent, badge, resume_token, reply });
        self.from_clients.try_send(watch).map_err(|_full| Refusal::Busy)?;
        answer.await.unwrap_or(Err(Refusal::Stopping))
    }

    /// Ends every stream and takes nothing new.
    pub(crate) async fn close(&self) {
        // The task has ended already: so have the streams.
        drop(self.from_clients.send(FromClient::Close).await);
    }

    fn hand_in(&self, note: FromShard) {
        if self.from_shards.try_send(note).is_err() {
            metrics::counter!("samkald_desk_notes_dropped_total").increment(1);
        }
    }
}

async fn run(
    mut table: Table,
    badges: Arc<Mutex<Badges>>,
    mut shards: mpsc::Receiver<FromShard>,
    mut clients: mpsc::Receiver<FromClient>,
) {
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            note = shards.recv() => match note {
                Some(FromShard::Answer(answer)) => table.answer(answer, Instant::now()),
                Some(FromShard::Event(event)) => table.event(event, Instant::now()),
                None => return,
            },
            asked = clients.recv() => match asked {
                Some(FromClient::Ask(ask)) => table.ask(ask, Instant::now()),
                Some(FromClient::Watch(watch)) => table.watch(watch, Instant::now()),
                Some(FromClient::Look(agent, look)) => table.look(agent, look, Instant::now()),
                Some(FromClient::Close) => table.close(),
                None => return,
            },
            _ = sweep.tick() => {
                let now = Instant::now();
                let mut badges = badges.lock().unwrap_or_else(PoisonError::into_inner);
                badges.sweep(now);
                table.sweep(now, |badge| badges.whose(badge, now).is_some());
            }
        }
    }
}

impl Listening {
    pub(crate) fn nobody() -> Self {
        Self((0..LISTENING_AGENTS / 64).map(|_| AtomicU64::new(0)).collect())
    }

    /// From now on, or no longer. The request for a snapshot that follows carries it to the shard: its mailbox orders the two.
    pub(crate) fn set(&self, agent: AgentNo, on: bool) {
        let Some(word) = self.0.get(agent.at() / 64) else { return };
        let bit = 1 << (agent.at() % 64);
        if on {
            word.fetch_or(bit, Ordering::Release);
        } else {
            word.fetch_and(!bit, Ordering::Release);
        }
    }

    fn to(&self, agent: AgentNo) -> bool {
        let bit = 1 << (agent.at() % 64);
        // Pairs with `set`.
        self.0.get(agent.at() / 64).is_none_or(|word| word.load(Ordering::Acquire) & bit != 0)
    }
}

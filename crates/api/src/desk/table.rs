//! Everything that the API knows of desks: requests on their way, ids used lately, and the streams.
//!
//! Owned by one task and plain `&mut`; the time is handed in. Asks the desks' shards through one door.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use centre::{DeskAnswer, DeskCommand, DeskDone, DeskEvent, DeskRequest, DeskSnapshot, RequestNo};
use plan::AgentNo;
use tokio::sync::oneshot;

use crate::badges::BadgeHash;
use crate::desk::desks::Listening;
use crate::desk::feed::{Feed, Sight, WatchStream};
use crate::desk::repeats::{Outcome, Repeats, Seen};
use crate::doors::CentreDoor;
use crate::refusal::Refusal;

/// How long the centre may take.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Requests on their way; one more is told that the node is busy.
const PENDING_MAX: usize = 16_384;
/// Clients that wait for one and the same request; one more is told that the node is busy.
const WAITERS_MAX: usize = 8;
/// Streams in all; one more is refused.
const STREAMS_MAX: usize = 4_096;
/// How long a desk that nobody watches keeps its events for a resumption.
const ALONE_MAX: Duration = Duration::from_secs(600);

/// All desks.
pub(crate) struct Table {
    door: Arc<dyn CentreDoor>,
    listening: Arc<Listening>,
    epoch_ms: u64,
    feeds: BTreeMap<AgentNo, Feed>,
    pending: BTreeMap<RequestNo, Pending>,
    repeats: Repeats,
    next_request: u64,
    next_stretch: u64,
    streams: usize,
    closed: bool,
}

/// A command of a client.
pub(crate) struct Ask {
    pub(crate) agent: AgentNo,
    pub(crate) request_id: String,
    pub(crate) command: DeskCommand,
    pub(crate) reply: oneshot::Sender<Outcome>,
}

/// A client that wants to watch.
pub(crate) struct Watch {
    pub(crate) agent: AgentNo,
    pub(crate) badge: BadgeHash,
    pub(crate) resume_token: String,
    pub(crate) reply: oneshot::Sender<Result<WatchStream, Refusal>>,
}

/// A client's own desk, as it is now.
pub(crate) type Look = oneshot::Sender<Result<Box<DeskSnapshot>, Refusal>>;

struct Pending {
    agent: AgentNo,
    until: Instant,
    whose: Whose,
}

enum Whose {
    Clients(Vec<oneshot::Sender<Outcome>>),
    Feed,
    Look(Look),
}

impl Table {
    pub(crate) fn new(door: Arc<dyn CentreDoor>, listening: Arc<Listening>) -> Self {
        Self {
            epoch_ms: u64::try_from(door.now().as_millis()).unwrap_or(0),
            door,
            listening,
            feeds: BTreeMap::new(),
            pending: BTreeMap::new(),
            repeats: Repeats::default(),
            next_request: 1,
            next_stretch: 1,
            streams: 0,
            closed: false,
        }
    }

    /// A client asks something of its desk.
    pub(crate) fn ask(&mut self, ask: Ask, now: Instant) {
        let Ask { agent, request_id, command, reply } = ask;
        let refused = match self.repeats.look(agent, &request_id, &command, now) {
            Seen::Done(outcome) => Some(outcome),
            Seen::Other => Some(Err(Refusal::RequestIdReused)),
            Seen::Waiting(request) => return self.wait_too(request, reply),
            Seen::New if self.closed => Some(Err(Refusal::Stopping)),
            Seen::New => None,
        };
        if let Some(outcome) = refused {
            tell(vec![reply], outcome);
            return;
        }
        match self.send(agent, command.clone()) {
            Ok(request) => {
                self.repeats.begin(agent, &request_id, &command, request, now);
                self.pend(agent, request, Whose::Clients(vec![reply]), now);
            }
            Err(refusal) => tell(vec![reply], Err(refusal)),
        }
    }

    /// Somebody wants to know what is at a desk now.
    pub(crate) fn look(&mut self, agent: AgentNo, look: Look, now: Instant) {
        let asked = if self.closed { Err(Refusal::Stopping) } else { self.send(agent, DeskCommand::Snapshot) };
        match asked {
            Ok(request) => self.pend(agent, request, Whose::Look(look), now),
            Err(refusal) => drop(look.send(Err(refusal))),
        }
    }

    /// A client wants to watch its desk.
    pub(crate) fn watch(&mut self, watch: Watch, now: Instant) {
        let answer = self.join(&watch, now);
        // A client that has gone needs no stream; the feed sees that it is closed.
        drop(watch.reply.send(answer));
    }

    /// The centre answers.
    pub(crate) fn answer(&mut self, answer: DeskAnswer, now: Instant) {
        let Some(pending) = self.pending.remove(&answer.request) else { return };
        match (pending.whose, answer.result) {
            (Whose::Clients(clients), result) => {
                let outcome = result.map(|_| ()).map_err(Refusal::Desk);
                self.repeats.end(pending.agent, answer.request, Some(outcome));
                tell(clients, outcome);
            }
            (Whose::Feed, Ok(DeskDone::Snapshot(snapshot))) => {
                let (plan, at, stretch) = (self.door.plan(), self.door.now(), self.fresh_stretch());
                if let Some(feed) = self.feeds.get_mut(&pending.agent) {
                    feed.snapshot(&snapshot, stretch, Sight { plan: &plan, now: at });
                }
                self.ask_snapshot(pending.agent, now);
            }
            (Whose::Look(look), result) => {
                let desk = match result {
                    Ok(DeskDone::Snapshot(snapshot)) => Ok(snapshot),
                    Ok(DeskDone::Done) => Err(Refusal::NoAnswer),
                    Err(refusal) => Err(Refusal::Desk(refusal)),
                };
                // Whoever has gone needs no answer.
                let _ = look.send(desk);
            }
            (Whose::Feed, Ok(DeskDone::Done)) => self.no_snapshot(pending.agent, Refusal::NoAnswer),
            (Whose::Feed, Err(refusal)) => self.no_snapshot(pending.agent, Refusal::Desk(refusal)),
        }
    }

    /// Something happened at a desk.
    pub(crate) fn event(&mut self, event: DeskEvent, now: Instant) {
        let agent = event.agent;
        if !self.feeds.contains_key(&agent) {
            return;
        }
        let (plan, at, stretch) = (self.door.plan(), self.door.now(), self.fresh_stretch());
        if let Some(feed) = self.feeds.get_mut(&agent) {
            feed.event(event, stretch, Sight { plan: &plan, now: at });
        }
        self.ask_snapshot(agent, now);
    }

    /// Once a second: ends what has waited too long, forgets what is too old.
    pub(crate) fn sweep(&mut self, now: Instant, good: impl Fn(BadgeHash) -> bool) {
        while let Some(first) = self.pending.first_entry().filter(|first| first.get().until <= now) {
            let (request, pending) = first.remove_entry();
            match pending.whose {
                Whose::Clients(clients) => {
                    self.repeats.end(pending.agent, request, None);
                    tell(clients, Err(Refusal::NoAnswer));
                }
                Whose::Feed => self.no_snapshot(pending.agent, Refusal::NoAnswer),
                Whose::Look(look) => drop(look.send(Err(Refusal::NoAnswer))),
            }
        }
        self.repeats.sweep(now);
        let listening = &self.listening;
        self.feeds.retain(|agent, feed| {
            feed.keep_only(&good, Refusal::TokenVoid);
            if feed.readers() > 0 {
                feed.alone_since = None;
                return true;
            }
            let kept = now.duration_since(*feed.alone_since.get_or_insert(now)) < ALONE_MAX;
            if !kept {
                listening.set(*agent, false);
            }
            kept
        });
        self.streams = self.feeds.values().map(Feed::readers).sum();
        metrics::gauge!("samkald_desk_streams").set(self.streams as f64);
    }

    /// Ends every stream and every request; nothing new is taken.
    pub(crate) fn close(&mut self) {
        self.closed = true;
        for feed in self.feeds.values_mut() {
            feed.keep_only(|_| false, Refusal::Stopping);
        }
        for (_, pending) in std::mem::take(&mut self.pending) {
            match pending.whose {
                Whose::Clients(clients) => tell(clients, Err(Refusal::Stopping)),
                Whose::Feed => {}
                Whose::Look(look) => drop(look.send(Err(Refusal::Stopping))),
            }
        }
    }

    fn join(&mut self, watch: &Watch, now: Instant) -> Result<WatchStream, Refusal> {
        if self.closed {
            return Err(Refusal::Stopping);
        }
        if self.streams >= STREAMS_MAX {
            return Err(Refusal::TooManyStreams);
        }
        let (plan, at, stretch) = (self.door.plan(), self.door.now(), self.fresh_stretch());
        // Listening begins before the snapshot is asked for, so that no event between the two is missed.
        self.listening.set(watch.agent, true);
        let feed = self.feeds.entry(watch.agent).or_insert_with(|| Feed::new(watch.agent, self.epoch_ms, stretch));
        let stream = feed.join(watch.badge, &watch.resume_token, Sight { plan: &plan, now: at })?;
        self.streams += 1;
        self.ask_snapshot(watch.agent, now);
        Ok(stream)
    }

    fn ask_snapshot(&mut self, agent: AgentNo, now: Instant) {
        if !self.feeds.get(&agent).is_some_and(Feed::wants_snapshot) {
            return;
        }
        match self.send(agent, DeskCommand::Snapshot) {
            Ok(request) => {
                self.pend(agent, request, Whose::Feed, now);
                if let Some(feed) = self.feeds.get_mut(&agent) {
                    feed.snapshot_asked = true;
                }
            }
            Err(refusal) => self.no_snapshot(agent, refusal),
        }
    }

    fn no_snapshot(&mut self, agent: AgentNo, why: Refusal) {
        if let Some(feed) = self.feeds.get_mut(&agent) {
            feed.no_snapshot(why);
        }
    }

    fn send(&mut self, agent: AgentNo, command: DeskCommand) -> Result<RequestNo, Refusal> {
        if self.pending.len() >= PENDING_MAX {
            return Err(Refusal::Busy);
        }
        let request = RequestNo(self.next_request);
        self.next_request += 1;
        self.door.send(DeskRequest { request, agent, command }).map_err(|_full| Refusal::Busy)?;
        Ok(request)
    }

    fn pend(&mut self, agent: AgentNo, request: RequestNo, whose: Whose, now: Instant) {
        self.pending.insert(request, Pending { agent, until: now + ANSWER_MAX, whose });
    }

    fn wait_too(&mut self, request: RequestNo, reply: oneshot::Sender<Outcome>) {
        match self.pending.get_mut(&request).map(|pending| &mut pending.whose) {
            Some(Whose::Clients(clients)) if clients.len() < WAITERS_MAX => clients.push(reply),
            Some(_) | None => tell(vec![reply], Err(Refusal::Busy)),
        }
    }

    fn fresh_stretch(&mut self) -> u64 {
        self.next_stretch += 1;
        self.next_stretch
    }
}

fn tell(clients: Vec<oneshot::Sender<Outcome>>, outcome: Outcome) {
    for client in clients {
        // A client that has gone needs no answer.
        let _ = client.send(outcome);
    }
}

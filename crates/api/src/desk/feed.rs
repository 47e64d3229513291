//! The streams of one agent's desk: a ring of the last events, and the readers that follow it.
//!
//! Knows sequence numbers and who is behind; knows no shard and asks for nothing itself: when a snapshot is needed,
//! [`Feed::wants_snapshot`] says so.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Instant;

use centre::{DeskEvent, DeskSnapshot};
use model::Moment;
use plan::{AgentNo, Plan};
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tonic::Status;

use crate::badges::BadgeHash;
use crate::desk::resume::Place;
use crate::desk::show;
use crate::proto::desk::WatchResponse;
use crate::refusal::Refusal;

/// Events kept for those who resume; older ones are forgotten, and a reader behind them begins anew.
const RING_MAX: usize = 256;
/// Messages that a reader may be behind, above a whole ring; at the bound it is cut off.
const BEHIND_MAX: usize = RING_MAX + 32;
/// Streams of one agent; one more is refused.
const READERS_MAX: usize = 8;
/// Snapshots in a row that may come too old for a reader before it is cut off.
const SNAPSHOTS_IN_VAIN_MAX: u8 = 3;

/// The streams of one desk.
pub(crate) struct Feed {
    agent: AgentNo,
    epoch_ms: u64,
    stretch: u64,
    last_seq: Option<u64>,
    ring: VecDeque<DeskEvent>,
    readers: Vec<Reader>,
    /// Whether a snapshot is on its way.
    pub(crate) snapshot_asked: bool,
    /// Since when nobody reads.
    pub(crate) alone_since: Option<Instant>,
}

/// The plan's names and the time, for whatever is shown.
#[derive(Clone, Copy)]
pub(crate) struct Sight<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) now: Moment,
}

struct Reader {
    badge: BadgeHash,
    out: mpsc::Sender<WatchResponse>,
    cut: Arc<OnceLock<Refusal>>,
    waits_for_snapshot: Option<u8>,
}

/// What a client reads.
pub(crate) struct WatchStream {
    inbox: mpsc::Receiver<WatchResponse>,
    cut: Arc<OnceLock<Refusal>>,
    over: bool,
}

impl Feed {
    pub(crate) fn new(agent: AgentNo, epoch_ms: u64, stretch: u64) -> Self {
        let (ring, readers) = (VecDeque::new(), Vec::new());
        Self { agent, epoch_ms, stretch, last_seq: None, ring, readers, snapshot_asked: false, alone_since: None }
    }

    /// One more reader, which goes on after `resume_token` if that is possible here.
    pub(crate) fn join(
        &mut self,
        badge: BadgeHash,
        resume_token: &str,
        sight: Sight<'_>,
    ) -> Result<WatchStream, Refusal> {
        self.readers.retain(|reader| !reader.out.is_closed());
        if self.readers.len() >= READERS_MAX {
            return Err(Refusal::TooManyStreams);
        }
        let (out, inbox) = mpsc::channel(BEHIND_MAX);
        let cut = Arc::new(OnceLock::new());
        let mut reader = Reader { badge, out, cut: cut.clone(), waits_for_snapshot: Some(0) };
        if !resume_token.is_empty() {
            match self.place_here(resume_token) {
                Some(seq) => {
                    reader.waits_for_snapshot = None;
                    self.catch_up(&reader, seq, sight);
                }
                None => reader.tell(show::resync(sight.now)),
            }
        }
        self.readers.push(reader);
        self.alone_since = None;
        Ok(WatchStream { inbox, cut, over: false })
    }

    /// An event of the desk. After a gap everyone begins anew, with a new stretch of the name `fresh_stretch`.
    pub(crate) fn event(&mut self, event: DeskEvent, fresh_stretch: u64, sight: Sight<'_>) {
        if self.last_seq.is_some_and(|last| event.seq != last + 1) {
            self.begin_anew(fresh_stretch, sight);
        }
        self.last_seq = Some(event.seq);
        let token = self.token(event.seq);
        if self.readers.iter().any(|reader| reader.waits_for_snapshot.is_none()) {
            let message = show::event(sight.plan, &event, token);
            for reader in self.readers.iter().filter(|reader| reader.waits_for_snapshot.is_none()) {
                reader.tell(message.clone());
            }
        }
        if self.ring.len() >= RING_MAX {
            self.ring.pop_front();
        }
        self.ring.push_back(event);
        self.drop_gone();
    }

    /// The desk as it was after event `snapshot.seq`, for those who wait for it.
    pub(crate) fn snapshot(&mut self, snapshot: &DeskSnapshot, fresh_stretch: u64, sight: Sight<'_>) {
        self.snapshot_asked = false;
        if self.last_seq.is_some_and(|last| last < snapshot.seq) {
            self.begin_anew(fresh_stretch, sight);
        }
        self.last_seq.get_or_insert(snapshot.seq);
        let reaches = self.reaches(snapshot.seq);
        let message = show::snapshot(sight.plan, snapshot, sight.now, self.token(snapshot.seq));
        let mut readers = std::mem::take(&mut self.readers);
        for reader in &mut readers {
            let Some(in_vain) = reader.waits_for_snapshot else { continue };
            if reaches {
                reader.waits_for_snapshot = None;
                reader.tell(message.clone());
                self.catch_up(reader, snapshot.seq, sight);
            } else if in_vain < SNAPSHOTS_IN_VAIN_MAX {
                reader.waits_for_snapshot = Some(in_vain + 1);
            } else {
                reader.cut_off(Refusal::Busy);
            }
        }
        self.readers = readers;
        self.drop_gone();
    }

    /// No snapshot can be had: those who wait for one are cut off.
    pub(crate) fn no_snapshot(&mut self, why: Refusal) {
        self.snapshot_asked = false;
        for reader in self.readers.iter().filter(|reader| reader.waits_for_snapshot.is_some()) {
            reader.cut_off(why);
        }
        self.drop_gone();
    }

    /// Whether a reader waits for one, and none is on its way.
    pub(crate) fn wants_snapshot(&self) -> bool {
        !self.snapshot_asked && self.readers.iter().any(|reader| reader.waits_for_snapshot.is_some())
    }

    /// Cuts off every reader whose badge is no longer good.
    pub(crate) fn keep_only(&mut self, good: impl Fn(BadgeHash) -> bool, why: Refusal) {
        for reader in self.readers.iter().filter(|reader| !good(reader.badge)) {
            reader.cut_off(why);
        }
        self.drop_gone();
    }

    /// How many read.
    pub(crate) fn readers(&self) -> usize {
        self.readers.len()
    }

    fn begin_anew(&mut self, fresh_stretch: u64, sight: Sight<'_>) {
        self.stretch = fresh_stretch;
        self.ring.clear();
        self.last_seq = None;
        for reader in &mut self.readers {
            reader.tell(show::resync(sight.now));
            reader.waits_for_snapshot.get_or_insert(0);
        }
    }

    /// The place's number, if all that came after it is still here.
    fn place_here(&self, resume_token: &str) -> Option<u64> {
        let place: Place = resume_token.parse().ok()?;
        let ours = place.epoch_ms == self.epoch_ms && place.stretch == self.stretch && place.agent == self.agent;
        let known = self.last_seq.is_some_and(|last| place.seq <= last);
        (ours && known && self.reaches(place.seq)).then_some(place.seq)
    }

    /// Whether the ring holds every event after `seq`.
    fn reaches(&self, seq: u64) -> bool {
        match (self.last_seq, self.ring.front()) {
            (Some(last), _) if last <= seq => true,
            (_, Some(front)) => front.seq <= seq + 1,
            (_, None) => false,
        }
    }

    fn catch_up(&self, reader: &Reader, seq: u64, sight: Sight<'_>) {
        for event in self.ring.iter().filter(|event| event.seq > seq) {
            reader.tell(show::event(sight.plan, event, self.token(event.seq)));
        }
    }

    fn token(&self, seq: u64) -> String {
        Place { epoch_ms: self.epoch_ms, stretch: self.stretch, agent: self.agent, seq }.to_string()
    }

    fn drop_gone(&mut self) {
        self.readers.retain(|reader| reader.cut.get().is_none() && !reader.out.is_closed());
    }
}

impl Reader {
    /// Never waits: who is too far behind is cut off.
    fn tell(&self, message: WatchResponse) {
        if self.cut.get().is_some() {
            return;
        }
        if let Err(mpsc::error::TrySendError::Full(_)) = self.out.try_send(message) {
            self.cut_off(Refusal::TooSlow);
        }
    }

    /// The stream ends with this after what already lies in it; the first reason counts.
    fn cut_off(&self, why: Refusal) {
        self.cut.get_or_init(|| why);
    }
}

impl Stream for WatchStream {
    type Item = Result<WatchResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over {
            return Poll::Ready(None);
        }
        match self.inbox.poll_recv(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(message)) => Poll::Ready(Some(Ok(message))),
            Poll::Ready(None) => {
                self.over = true;
                Poll::Ready(self.cut.get().map(|why| Err(why.status())))
            }
        }
    }
}

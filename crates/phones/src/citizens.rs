//! Citizens' calls, as a trunk brings them: one socket, any number of calls at once.
//!
//! A citizen rings a number, waits as long as the patience lasts, talks, hangs up.

mod engine;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use engine::Trunk;

use crate::socket::bind;
use crate::sound::{Heard, Tone};

/// One call that a citizen makes.
#[derive(Clone, Debug)]
pub struct Ring {
    /// The number dialled.
    pub number: String,
    /// The citizen's own number; unique where offers are to be recognised.
    pub caller: String,
    /// A number that the call was forwarded from (`Diversion`).
    pub forwarded_from: Option<String>,
    /// How long the citizen waits for an agent; then hangs up.
    pub patience: Duration,
    /// How long the citizen talks, counted from the answer; none: until the other side hangs up.
    pub talk: Option<Duration>,
    /// The tone that the citizen speaks, and the one that is listened for; none: no RTP.
    pub sound: Option<(Tone, Tone)>,
    /// A WAV file for what is heard; needs `sound`.
    pub record: Option<PathBuf>,
}

/// What became of a call.
#[derive(Clone, Debug)]
pub(crate) enum Happened {
    /// The call was answered.
    Answered { caller: String, at: Instant },
    /// It is over: the final status of a call that was not answered, or what was heard.
    Over { caller: String, end: End, heard: Heard },
    /// A request was sent again.
    Repeated,
}

/// How a citizen's call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// Answered, and ended in good order by either side.
    Good,
    /// Refused with this status.
    Refused(u16),
    /// The citizen's patience was over.
    GaveUp,
    /// Nothing came in time.
    NoAnswer,
}

/// Totals of the citizens' calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CitizenCounts {
    /// Calls that were answered.
    pub answered: u64,
    /// Calls that ended in good order after an answer.
    pub good: u64,
    /// Calls whose citizen lost patience.
    pub gave_up: u64,
    /// Calls that were refused.
    pub refused: u64,
    /// Calls of which nothing was heard.
    pub unanswered: u64,
    /// What was heard, together.
    pub heard: Heard,
}

/// A running set of citizens; they end when this is dropped.
pub struct Citizens {
    address: SocketAddr,
    rings: UnboundedSender<Ring>,
    happened: UnboundedReceiver<Happened>,
    task: tokio::task::JoinHandle<()>,
    counts: CitizenCounts,
}

impl Citizens {
    /// Citizens whose trunk is at `at` (port 0: a free one) and rings `server`.
    pub fn start(at: SocketAddr, server: SocketAddr) -> anyhow::Result<Self> {
        let socket = Arc::new(bind(at)?);
        let address = socket.local_addr()?;
        let (rings, rings_out) = unbounded_channel();
        let (happened_in, happened) = unbounded_channel();
        let trunk = Trunk::new(socket, address, server, happened_in);
        let task = tokio::spawn(trunk.run(rings_out));
        Ok(Self { address, rings, happened, task, counts: CitizenCounts::default() })
    }

    /// Where they ring from.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// One more call.
    pub fn ring(&self, ring: Ring) {
        let _ = self.rings.send(ring);
    }

    /// Totals so far.
    pub fn counts(&mut self) -> CitizenCounts {
        while let Ok(happened) = self.happened.try_recv() {
            self.count(&happened);
        }
        self.counts
    }

    pub(crate) async fn next(&mut self) -> Option<Happened> {
        let happened = self.happened.recv().await?;
        self.count(&happened);
        Some(happened)
    }

    fn count(&mut self, happened: &Happened) {
        match happened {
            Happened::Answered { .. } => self.counts.answered += 1,
            Happened::Repeated => {}
            Happened::Over { end, heard, .. } => {
                match end {
                    End::Good => self.counts.good += 1,
                    End::Refused(_) => self.counts.refused += 1,
                    End::GaveUp => self.counts.gave_up += 1,
                    End::NoAnswer => self.counts.unanswered += 1,
                }
                self.counts.heard.packets += heard.packets;
                self.counts.heard.with_tone += heard.with_tone;
                self.counts.heard.lost += heard.lost;
            }
        }
    }
}

impl Drop for Citizens {
    fn drop(&mut self) {
        self.task.abort();
    }
}

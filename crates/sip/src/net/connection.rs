//! A connection's life: one task, which reads, writes, and closes when the peer is silent, slow or not to be trusted.
//! Knows messages and their peer; where a message ends is known by its `line`, what becomes of it by `gate`.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, sleep_until, timeout};

use super::connections::Place;
use super::gate::Gate;
use super::line::{Bye, Heard, Line};
use crate::message::{Writer, parse_framed};
use crate::stack::Path;

/// How long a goodbye may take.
const GOODBYE_MAX: Duration = Duration::from_secs(1);

pub(super) struct Connection<L> {
    line: L,
    path: Path,
    place: Place,
    gate: Arc<Gate>,
    writer: Writer,
    /// Whether a whole message has come; we trust whom we called.
    known: bool,
    /// When the last whole message, sign of life or first byte of an unfinished message came.
    since: Instant,
    /// Whether the peer was asked for a sign of life since.
    asked: bool,
}

/// Why it is over.
enum End {
    /// The peer closed, or its place was given to somebody else.
    Gone,
    /// The peer is silent, slow, or does not read.
    Late,
    /// What came can't be trusted.
    Broken,
}

impl<L: Line> Connection<L> {
    /// `known`: whom we called, or who has shown a certificate.
    pub(super) fn new(line: L, path: Path, place: Place, gate: Arc<Gate>, known: bool) -> Self {
        Self { line, path, place, gate, writer: Writer::default(), known, since: Instant::now(), asked: false }
    }

    /// Until it is over; then whoever leans on it is told.
    pub(super) async fn run(mut self) {
        let why = match self.live().await {
            End::Gone | End::Late => Bye::Away,
            End::Broken => Bye::Protocol,
        };
        // A peer that does not even take a goodbye is cut off.
        let _ = timeout(GOODBYE_MAX, self.line.close(why)).await;
        self.gate.certified.remove(self.path.connection);
        self.place.unwritten().for_each(|bytes| self.gate.lost(bytes));
        if self.place.was_settled() {
            self.gate.flow_gone(self.path.connection);
        }
    }

    async fn live(&mut self) -> End {
        loop {
            let due = self.since + self.patience();
            let over = tokio::select! {
                heard = self.line.hear() => self.take(heard).await,
                bytes = self.place.inbox.recv() => match bytes {
                    Some(bytes) => self.send(bytes).await,
                    None => Some(End::Gone),
                },
                () = sleep_until(due) => self.on_time().await,
            };
            if let Some(end) = over {
                return end;
            }
        }
    }

    /// How long after `since` something is due.
    fn patience(&self) -> Duration {
        let limits = &self.gate.config.tcp;
        match L::ASKED_AFTER.map(|after| after.min(limits.idle_max / 2)) {
            _ if self.is_owed() => limits.message_max,
            None => limits.idle_max,
            Some(after) if self.asked => after + limits.message_max,
            Some(after) => after,
        }
    }

    /// Whether a message is due: the first, or the rest of one.
    fn is_owed(&self) -> bool {
        !self.known || self.line.is_midway()
    }

    async fn on_time(&mut self) -> Option<End> {
        if self.is_owed() {
            self.gate.counts.connections_slow.one_more();
            return Some(End::Late);
        }
        if L::ASKED_AFTER.is_none() || self.asked {
            self.gate.counts.connections_idle.one_more();
            return Some(End::Late);
        }
        self.asked = true;
        let asked = timeout(self.gate.config.tcp.message_max, self.line.ping()).await;
        self.or_slow(&asked)
    }

    async fn take(&mut self, heard: Heard) -> Option<End> {
        match heard {
            Heard::Sign => {
                self.live_sign();
                None
            }
            Heard::Ping => {
                self.live_sign();
                let answered = timeout(self.gate.config.tcp.message_max, self.line.pong()).await;
                self.or_slow(&answered)
            }
            Heard::Message(message) => self.message(message).await,
            Heard::Broken(head) => {
                let read = head.map(parse_framed);
                let answer = read.and_then(|read| self.gate.refuse_broken(read, self.path, &mut self.writer));
                if let Some(answer) = answer {
                    self.write(&answer.bytes).await;
                }
                Some(End::Broken)
            }
            Heard::Gone => Some(End::Gone),
        }
    }

    /// Who has not said anything of worth yet gains no time by signs of life.
    fn live_sign(&mut self) {
        self.asked = false;
        if self.known {
            self.since = Instant::now();
        }
    }

    async fn message(&mut self, message: Bytes) -> Option<End> {
        self.known = true;
        self.live_sign();
        if self.gate.trunk_of(&self.path).is_none() && !self.gate.hears(self.path.peer) {
            return None;
        }
        let read = parse_framed(message);
        let trusted = !read.as_ref().is_err_and(|error| error.fault.is_of_the_frame());
        if let Some(answer) = self.gate.take(read, self.path, &mut self.writer)
            && let Some(end) = self.write(&answer.bytes).await
        {
            return Some(end);
        }
        (!trusted).then_some(End::Broken)
    }

    /// What a shard sends.
    async fn send(&mut self, bytes: Bytes) -> Option<End> {
        let end = self.write(&bytes).await;
        if end.is_some() {
            self.gate.lost(bytes);
        }
        end
    }

    /// A peer that does not take our bytes within the time of a message is let go.
    async fn write(&mut self, bytes: &Bytes) -> Option<End> {
        let written = timeout(self.gate.config.tcp.message_max, self.line.say(bytes)).await;
        let end = self.or_slow(&written);
        if end.is_none() {
            self.gate.counts.sent.one_more();
        }
        end
    }

    fn or_slow(&self, written: &Result<io::Result<()>, Elapsed>) -> Option<End> {
        match written {
            Ok(Ok(())) => None,
            Ok(Err(_)) => Some(End::Gone),
            Err(_) => {
                self.gate.counts.connections_slow.one_more();
                Some(End::Late)
            }
        }
    }
}

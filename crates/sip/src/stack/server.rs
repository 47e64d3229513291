//! Server transactions: every request from others that we answer, until no repetition of it can come any more.
//!
//! RFC 3261 §17.2 with RFC 6026: one state, one function a happening. Knows bytes, paths and moments;
//! does not know what a request meant. Answers to strangers have no transaction at all.

use std::time::Duration;

use bytes::Bytes;
use model::{LegId, Moment};

use super::seam::Path;
use super::settings::Spans;
use super::table::Table;
use super::timers::{Due, Lingering, Timers};

/// Server transactions of one shard at most. At the bound the one that has lingered longest goes; if none lingers, the
/// new request gets 503 (INVITE) or no transaction at all.
const SERVERS_MAX: usize = 200_000;

/// All server transactions of a shard.
pub(crate) struct Servers {
    table: Table<Box<Server>>,
    /// Initial INVITEs by From tag, Call-ID and CSeq: a second one by another way is a merged request (RFC 3261 §8.2.2.2).
    merged: Table<u64>,
    /// Answered ones: timers J and L, 64·T1.
    answered: Lingering,
    /// Refused INVITEs whose ACK came: timer I, T4.
    confirmed: Lingering,
    spans: Spans,
}

/// One server transaction.
struct Server {
    state: State,
    path: Path,
    last: Bytes,
    leg: Option<LegId>,
    merge: Option<u64>,
    due: Option<Moment>,
}

/// Where a server transaction stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// No final answer yet (Trying, Proceeding).
    Open,
    /// An INVITE was refused: the refusal is repeated (timer G) until the ACK comes, or until 64·T1 (timer H).
    Refused { again_in: Duration, until: Moment },
    /// That ACK came: later ones are swallowed (timer I).
    Confirmed,
    /// An INVITE was accepted; its 200 is repeated by the leg. Repetitions of the INVITE are swallowed (timer L).
    Accepted,
    /// A final answer to another request; repeated when the request is (timer J).
    Answered,
}

/// Whether a request was seen before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Again {
    /// No.
    New,
    /// Yes, and nothing is to be said.
    Known,
    /// Yes, and this is the answer again.
    Repeat(Path, Bytes),
}

/// What an ACK that carries an INVITE's own branch was for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AckFor {
    /// A refusal: nothing more to do.
    Refusal,
    /// Not for a refusal: look for the dialog.
    Dialog,
}

impl Servers {
    pub(crate) fn new(spans: Spans) -> Self {
        Self {
            table: Table::default(),
            merged: Table::default(),
            answered: Lingering::new(spans.give_up()),
            confirmed: Lingering::new(spans.t4),
            spans,
        }
    }

    /// Begins a transaction. False at the bound: answer without one.
    pub(crate) fn open(&mut self, key: u64, path: Path, leg: Option<LegId>, merge: Option<u64>) -> bool {
        if self.table.len() >= SERVERS_MAX && !self.make_room() {
            return false;
        }
        if let Some(merge) = merge {
            self.merged.insert(merge, key);
        }
        let server = Server { state: State::Open, path, last: Bytes::new(), leg, merge, due: None };
        self.table.insert(key, Box::new(server));
        true
    }

    /// Whether the request was seen before.
    pub(crate) fn again(&self, key: u64) -> Again {
        let Some(server) = self.table.get(&key) else { return Again::New };
        match server.state {
            State::Open | State::Refused { .. } | State::Answered if !server.last.is_empty() => {
                Again::Repeat(server.path, server.last.clone())
            }
            State::Open | State::Refused { .. } | State::Answered | State::Confirmed | State::Accepted => Again::Known,
        }
    }

    /// Whether an initial INVITE with this From tag, Call-ID and CSeq came by another way.
    pub(crate) fn is_merged(&self, merge: u64) -> bool {
        self.merged.contains_key(&merge)
    }

    /// The leg whose INVITE this is, while it has no final answer.
    pub(crate) fn open_leg(&self, key: u64) -> Option<LegId> {
        let server = self.table.get(&key)?;
        server.leg.filter(|_| server.state == State::Open)
    }

    /// By which path its request came.
    pub(crate) fn path(&self, key: u64) -> Option<Path> {
        Some(self.table.get(&key)?.path)
    }

    /// The initial INVITE with this From tag, Call-ID and CSeq.
    pub(crate) fn merged_with(&self, merge: u64) -> Option<u64> {
        self.merged.get(&merge).copied()
    }

    /// Whether such a transaction exists.
    pub(crate) fn knows(&self, key: u64) -> bool {
        self.table.contains_key(&key)
    }

    /// A provisional answer; returns by which path it goes. None: the final answer has been given.
    pub(crate) fn provisional(&mut self, key: u64, bytes: &Bytes) -> Option<Path> {
        let server = self.table.get_mut(&key)?;
        if server.state != State::Open {
            return None;
        }
        server.last = bytes.clone();
        Some(server.path)
    }

    /// An INVITE is accepted: from now on its repetitions are swallowed. Returns by which path the 200 goes.
    pub(crate) fn accept(&mut self, key: u64, at: Moment) -> Option<Path> {
        let server = self.table.get_mut(&key)?;
        if server.state != State::Open {
            return None;
        }
        server.state = State::Accepted;
        server.last = Bytes::new();
        server.leg = None;
        self.answered.push(key, at);
        Some(server.path)
    }

    /// An INVITE is refused: repeated until its ACK comes. Returns by which path the refusal goes.
    pub(crate) fn refuse(&mut self, key: u64, bytes: &Bytes, at: Moment, timers: &mut Timers) -> Option<Path> {
        let spans = self.spans;
        let server = self.table.get_mut(&key)?;
        if server.state != State::Open {
            return None;
        }
        let until = at + spans.give_up();
        server.state = State::Refused { again_in: spans.t1, until };
        server.last = bytes.clone();
        server.leg = None;
        let first = if server.path.transport.reliable() { until } else { at + spans.t1 };
        timers.set(Due::Server(key), server.due, Some(first));
        server.due = Some(first);
        Some(server.path)
    }

    /// Another request than INVITE is answered for good. Returns by which path the answer goes.
    pub(crate) fn answer(&mut self, key: u64, bytes: &Bytes, at: Moment) -> Option<Path> {
        let server = self.table.get_mut(&key)?;
        if server.state != State::Open {
            return None;
        }
        server.state = State::Answered;
        server.leg = None;
        let path = server.path;
        if path.transport.reliable() {
            self.remove(key);
        } else {
            server.last = bytes.clone();
            self.answered.push(key, at);
        }
        Some(path)
    }

    /// An ACK with the branch of this INVITE.
    pub(crate) fn ack(&mut self, key: u64, at: Moment, timers: &mut Timers) -> AckFor {
        let Some(server) = self.table.get_mut(&key) else { return AckFor::Dialog };
        match server.state {
            State::Refused { .. } => {
                timers.set(Due::Server(key), server.due.take(), None);
                server.state = State::Confirmed;
                server.last = Bytes::new();
                if server.path.transport.reliable() {
                    self.remove(key);
                } else {
                    self.confirmed.push(key, at);
                }
                AckFor::Refusal
            }
            State::Confirmed => AckFor::Refusal,
            State::Open | State::Accepted | State::Answered => AckFor::Dialog,
        }
    }

    /// The timer that was set has come: what to send again.
    pub(crate) fn on_time(&mut self, key: u64, at: Moment, timers: &mut Timers) -> Option<(Path, Bytes)> {
        let spans = self.spans;
        let server = self.table.get_mut(&key)?;
        server.due = None;
        let State::Refused { again_in, until } = server.state else { return None };
        if at >= until {
            self.remove(key);
            return None;
        }
        let again_in = spans.doubled(again_in);
        server.state = State::Refused { again_in, until };
        let next = (at + again_in).min(until);
        timers.set(Due::Server(key), None, Some(next));
        server.due = Some(next);
        Some((server.path, server.last.clone()))
    }

    /// Lets those go that have lingered long enough.
    pub(crate) fn expire(&mut self, at: Moment) {
        while let Some(key) = self.answered.pop(at) {
            self.remove(key);
        }
        while let Some(key) = self.confirmed.pop(at) {
            self.remove(key);
        }
    }

    /// When the next one goes.
    pub(crate) fn next(&self) -> Option<Moment> {
        self.answered.next().into_iter().chain(self.confirmed.next()).min()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    fn make_room(&mut self) -> bool {
        while let Some(key) = self.confirmed.pop_oldest().or_else(|| self.answered.pop_oldest()) {
            if self.remove(key) {
                return true;
            }
        }
        false
    }

    fn remove(&mut self, key: u64) -> bool {
        let Some(server) = self.table.remove(&key) else { return false };
        if let Some(merge) = server.merge {
            self.merged.remove(&merge);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::seam::Transport;

    fn path(transport: Transport) -> Path {
        Path { transport, listener: 0, connection: 0, peer: ([127, 0, 0, 2], 5060).into() }
    }

    fn opened(transport: Transport) -> (Servers, Timers) {
        let mut servers = Servers::new(Spans::default());
        assert!(servers.open(1, path(transport), None, Some(9)));
        (servers, Timers::default())
    }

    #[test]
    fn a_refusal_is_repeated_with_growing_gaps_until_it_is_given_up() {
        let (mut servers, mut timers) = opened(Transport::Udp);
        servers.refuse(1, &Bytes::from_static(b"404"), Moment::EPOCH, &mut timers).expect("open");
        let mut sent = Vec::new();
        while let Some(at) = timers.next() {
            timers.pop(at);
            if servers.on_time(1, at, &mut timers).is_some() {
                sent.push(at.as_millis());
            }
        }
        assert_eq!(sent, [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
        assert_eq!((servers.len(), servers.is_merged(9)), (0, false));
    }

    #[test]
    fn an_acknowledged_refusal_is_quiet_and_goes_after_t4() {
        let (mut servers, mut timers) = opened(Transport::Udp);
        servers.refuse(1, &Bytes::from_static(b"404"), Moment::EPOCH, &mut timers).expect("open");
        assert_eq!(servers.ack(1, Moment::EPOCH, &mut timers), AckFor::Refusal);
        assert_eq!((timers.next(), servers.again(1)), (None, Again::Known));
        servers.expire(Moment::from_millis(4_999));
        assert_eq!(servers.len(), 1);
        servers.expire(Moment::from_secs(5));
        assert_eq!(servers.len(), 0);
    }

    #[test]
    fn an_accepted_invite_swallows_its_repetitions_for_32_seconds() {
        let (mut servers, mut timers) = opened(Transport::Udp);
        servers.accept(1, Moment::EPOCH).expect("open");
        assert_eq!(servers.again(1), Again::Known);
        assert_eq!(servers.ack(1, Moment::EPOCH, &mut timers), AckFor::Dialog);
        assert!(servers.refuse(1, &Bytes::new(), Moment::EPOCH, &mut timers).is_none());
        servers.expire(Moment::from_secs(32));
        assert_eq!(servers.len(), 0);
    }

    #[test]
    fn over_a_stream_nothing_is_repeated_and_nothing_lingers_after_the_answer() {
        let (mut servers, mut timers) = opened(Transport::Tcp);
        servers.refuse(1, &Bytes::from_static(b"404"), Moment::EPOCH, &mut timers).expect("open");
        assert_eq!(timers.next(), Some(Moment::from_secs(32)));
        servers.ack(1, Moment::EPOCH, &mut timers);
        assert_eq!(servers.len(), 0);
        assert!(servers.open(2, path(Transport::Tcp), None, None));
        servers.answer(2, &Bytes::from_static(b"200"), Moment::EPOCH).expect("open");
        assert_eq!(servers.len(), 0);
    }
}

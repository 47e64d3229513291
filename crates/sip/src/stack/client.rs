//! Client transactions: every request of ours, repeated until it is answered, and what remains of it.
//!
//! RFC 3261 §17.1 with RFC 6026. Knows bytes, statuses and moments; what an answer means is for the leg. An INVITE
//! keeps the papers with which it can be acknowledged and cancelled even when its leg is gone.

mod attempts;
mod taken_back;

use std::time::Duration;

use bytes::Bytes;
use model::{LegId, Moment};

use super::dialog::Dialog;
use super::seam::Destination;
use super::settings::Spans;
use super::table::Table;
use super::timers::{Due, Lingering, Timers};

pub(crate) use attempts::{ATTEMPT_BITS, Challenged};

/// Client transactions of one shard at most. At the bound the one that has lingered longest goes; if none lingers, the
/// new request is not sent, as if its transport had failed.
const CLIENTS_MAX: usize = 200_000;

/// All client transactions of a shard, by the number of their branch.
pub(crate) struct Clients {
    table: Table<Box<Client>>,
    /// INVITEs that have their final answer: timers D and M, 64·T1.
    invites: Lingering,
    /// Others: timer K, T4.
    others: Lingering,
    spans: Spans,
}

/// One client transaction.
pub(crate) struct Client {
    pub(crate) owner: Option<LegId>,
    pub(crate) to: Destination,
    request: Bytes,
    /// How often it went out again with credentials: the low bits of the branch on the wire.
    attempt: u8,
    /// The ACK of the challenge that was answered last, for its repetitions.
    answered: Option<Bytes>,
    state: State,
    until: Moment,
    due: Option<Moment>,
    invite: Option<Box<Invite>>,
}

/// A request as it is sent for the first time.
pub(crate) struct Begun {
    pub(crate) owner: Option<LegId>,
    pub(crate) to: Destination,
    pub(crate) request: Bytes,
    pub(crate) invite: Option<Invite>,
}

/// What an INVITE keeps besides.
pub(crate) struct Invite {
    /// The dialog as far as it was known when the INVITE went out.
    pub(crate) papers: Dialog,
    pub(crate) cseq: u32,
    pub(crate) cancel: Cancel,
}

/// Whether an INVITE is to be taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cancel {
    /// No.
    No,
    /// As soon as something was heard of it (RFC 3261 §9.1).
    Wanted,
    /// The CANCEL is on its way.
    Sent,
}

/// Where a client transaction stands.
#[derive(Clone, PartialEq, Eq, Debug)]
enum State {
    /// Nothing was heard yet: repeated (timers A and E), given up at B or F.
    Calling { again_in: Duration },
    /// A provisional answer came. INVITE: not repeated; others: each T2.
    Proceeding,
    /// An INVITE was refused: each repetition of the refusal is acknowledged again (D).
    Refused { ack: Bytes },
    /// An INVITE was accepted: each repetition of the 200 is acknowledged again (M).
    Accepted { ack: Bytes, to: Destination, tag: Box<str> },
    /// Another request was answered (K).
    Answered,
}

/// What a response was for its transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Heard {
    /// Nobody asked for it, or it was heard before.
    Nothing,
    /// A provisional answer.
    Provisional,
    /// The final answer, for the first time.
    Final,
    /// A final answer to an INVITE came again: this acknowledges it.
    Again(Destination, Bytes),
    /// A second phone behind the same contact accepted too (RFC 3261 §13.2.2.4).
    AnotherAccepted,
}

/// What a timer led to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Timed {
    /// Nothing.
    Nothing,
    /// Send it again.
    Again(Destination, Bytes),
    /// No answer came: the transaction is over.
    GivenUp { owner: Option<LegId> },
}

impl Clients {
    pub(crate) fn new(spans: Spans) -> Self {
        Self {
            table: Table::default(),
            invites: Lingering::new(spans.give_up()),
            others: Lingering::new(spans.t4),
            spans,
        }
    }

    /// Begins a transaction; the caller sends the bytes. False at the bound.
    pub(crate) fn open(&mut self, branch: u64, begun: Begun, at: Moment, timers: &mut Timers) -> bool {
        let Begun { owner, to, request, invite } = begun;
        if self.table.len() >= CLIENTS_MAX && !self.make_room() {
            return false;
        }
        let until = at + self.spans.give_up();
        let due = if to.reliable() { until } else { at + self.spans.t1 };
        timers.set(Due::Client(branch), None, Some(due));
        let state = State::Calling { again_in: self.spans.t1 };
        let invite = invite.map(Box::new);
        let (attempt, answered) = (0, None);
        let client = Client { owner, to, request, attempt, answered, state, until, due: Some(due), invite };
        self.table.insert(branch, Box::new(client));
        true
    }

    /// A response with this branch, as it stood on the wire, came. `tag`: of its To.
    pub(crate) fn hear(&mut self, branch: u64, status: u16, tag: &str, at: Moment, timers: &mut Timers) -> Heard {
        let spans = self.spans;
        let (branch, attempt) = (branch & !ATTEMPT_BITS, branch & ATTEMPT_BITS);
        let Some(client) = self.table.get_mut(&branch) else { return Heard::Nothing };
        if attempt != u64::from(client.attempt) {
            let ack = client.answered.clone().filter(|_| attempt < u64::from(client.attempt) && status >= 300);
            return ack.map_or(Heard::Nothing, |ack| Heard::Again(client.to.clone(), ack));
        }
        match &client.state {
            State::Calling { .. } | State::Proceeding if status < 200 => {
                // A re-INVITE that is only ever called "trying" must not stand for ever: nobody else would end it (RFC 3261 knows no timer).
                let reinvite = client.invite.as_ref().is_some_and(|invite| !invite.papers.remote_tag.is_empty());
                if reinvite {
                    client.until = at + spans.give_up();
                }
                let repeat = if client.to.reliable() { client.until } else { (at + spans.t2).min(client.until) };
                let due = client.invite.is_none().then_some(repeat);
                let due = if reinvite { Some(client.until) } else { due };
                let due = if client.cancelled() { client.due } else { due };
                client.state = State::Proceeding;
                client.wait(branch, due, timers);
                Heard::Provisional
            }
            State::Calling { .. } | State::Proceeding => {
                client.wait(branch, None, timers);
                if client.invite.is_none() {
                    self.end_other(branch, at);
                }
                Heard::Final
            }
            State::Refused { ack } if status >= 300 => Heard::Again(client.to.clone(), ack.clone()),
            State::Accepted { ack, to, tag: ours } if (200..300).contains(&status) => {
                if **ours == *tag {
                    Heard::Again(to.clone(), ack.clone())
                } else {
                    Heard::AnotherAccepted
                }
            }
            State::Refused { .. } | State::Accepted { .. } | State::Answered => Heard::Nothing,
        }
    }

    /// Keeps the ACK of a refused INVITE as long as the refusal may be repeated.
    pub(crate) fn refused(&mut self, branch: u64, ack: Bytes, at: Moment) {
        let Some(client) = self.table.get_mut(&branch) else { return };
        if client.to.reliable() {
            self.table.remove(&branch);
            return;
        }
        client.request = Bytes::new();
        client.invite = None;
        client.owner = None;
        client.state = State::Refused { ack };
        self.invites.push(branch, at);
    }

    /// Keeps the ACK of an accepted INVITE as long as the 200 may be repeated, or another one come.
    pub(crate) fn accepted(&mut self, branch: u64, ack: Bytes, to: Destination, tag: &str, at: Moment) {
        let Some(client) = self.table.get_mut(&branch) else { return };
        client.request = Bytes::new();
        client.owner = None;
        client.state = State::Accepted { ack, to, tag: tag.into() };
        self.invites.push(branch, at);
    }

    /// The INVITE with that branch and its papers.
    pub(crate) fn invite(&mut self, branch: u64) -> Option<&mut Invite> {
        self.table.get_mut(&branch)?.invite.as_deref_mut()
    }

    /// Whose request it is.
    pub(crate) fn owner(&self, branch: u64) -> Option<LegId> {
        self.table.get(&branch)?.owner
    }

    /// Where it went.
    pub(crate) fn destination(&self, branch: u64) -> Option<Destination> {
        Some(self.table.get(&branch)?.to.clone())
    }

    /// The leg is gone or has lost interest; the transaction ends by itself.
    pub(crate) fn disown(&mut self, branch: u64) {
        if let Some(client) = self.table.get_mut(&branch) {
            client.owner = None;
        }
    }

    /// The transport could not carry it. As when no answer came, only at once.
    pub(crate) fn fail(&mut self, branch: u64, timers: &mut Timers) -> Timed {
        match self.table.get(&branch).map(|client| &client.state) {
            Some(State::Calling { .. } | State::Proceeding) => self.give_up(branch, timers),
            Some(State::Refused { .. } | State::Accepted { .. } | State::Answered) | None => Timed::Nothing,
        }
    }

    /// The timer that was set has come.
    pub(crate) fn on_time(&mut self, branch: u64, at: Moment, timers: &mut Timers) -> Timed {
        let spans = self.spans;
        let Some(client) = self.table.get_mut(&branch) else { return Timed::Nothing };
        client.due = None;
        let given_up = at >= client.until || client.cancelled();
        let again_in = match client.state {
            State::Calling { .. } | State::Proceeding if given_up => return self.give_up(branch, timers),
            State::Calling { again_in } if client.invite.is_some() => again_in * 2,
            State::Calling { again_in } => spans.doubled(again_in),
            State::Proceeding => spans.t2,
            State::Refused { .. } | State::Accepted { .. } | State::Answered => return Timed::Nothing,
        };
        if client.state != State::Proceeding {
            client.state = State::Calling { again_in };
        }
        let due = (at + again_in).min(client.until);
        client.wait(branch, Some(due), timers);
        Timed::Again(client.to.clone(), client.request.clone())
    }

    /// Lets those go that have lingered long enough.
    pub(crate) fn expire(&mut self, at: Moment) {
        while let Some(branch) = self.invites.pop(at).or_else(|| self.others.pop(at)) {
            self.table.remove(&branch);
        }
    }

    /// When the next one goes.
    pub(crate) fn next(&self) -> Option<Moment> {
        self.invites.next().into_iter().chain(self.others.next()).min()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    fn end_other(&mut self, branch: u64, at: Moment) {
        let Some(client) = self.table.get_mut(&branch) else { return };
        client.request = Bytes::new();
        client.state = State::Answered;
        // Over a stream nothing is repeated (timer K is 0); it goes with the next tick all the same.
        self.others.push(branch, at);
    }

    fn give_up(&mut self, branch: u64, timers: &mut Timers) -> Timed {
        let Some(mut client) = self.table.remove(&branch) else { return Timed::Nothing };
        client.wait(branch, None, timers);
        Timed::GivenUp { owner: client.owner }
    }

    fn make_room(&mut self) -> bool {
        while let Some(branch) = self.others.pop_oldest().or_else(|| self.invites.pop_oldest()) {
            if self.table.remove(&branch).is_some() {
                return true;
            }
        }
        false
    }
}

impl Client {
    fn cancelled(&self) -> bool {
        self.invite.as_ref().is_some_and(|invite| invite.cancel != Cancel::No)
    }
    fn wait(&mut self, branch: u64, due: Option<Moment>, timers: &mut Timers) {
        timers.set(Due::Client(branch), self.due, due);
        self.due = due;
    }
}

//! A request that goes out again with credentials: one transaction after the other under one number.
//!
//! Knows how often, and what is kept of the attempt before; whether the challenge is to be answered is known by `challenged`.

use bytes::Bytes;
use model::Moment;

use super::{Clients, State};
use crate::stack::seam::Destination;
use crate::stack::timers::Timers;

/// A request that a challenge came to.
pub(crate) struct Challenged {
    /// How often a challenge of it was answered.
    pub(crate) attempt: u8,
    pub(crate) request: Bytes,
}

/// The bits of a branch that count attempts; the table knows a transaction by the others.
pub(crate) const ATTEMPT_BITS: u64 = 3;

impl Clients {
    /// The request that was challenged, if it has no final answer yet and is not being taken back.
    pub(crate) fn challenged(&self, branch: u64) -> Option<Challenged> {
        let client = self.table.get(&branch)?;
        let open = matches!(client.state, State::Calling { .. } | State::Proceeding) && !client.cancelled();
        open.then(|| Challenged { attempt: client.attempt, request: client.request.clone() })
    }

    /// It goes out again with credentials: a new transaction in the place of the old one, of which only the ACK remains.
    pub(crate) fn try_again(
        &mut self,
        branch: u64,
        request: Bytes,
        cseq: u32,
        ack: Option<Bytes>,
        at: Moment,
        timers: &mut Timers,
    ) -> Option<Destination> {
        let spans = self.spans;
        let client = self.table.get_mut(&branch)?;
        client.attempt += 1;
        client.answered = ack;
        client.request = request;
        client.until = at + spans.give_up();
        client.state = State::Calling { again_in: spans.t1 };
        if let Some(invite) = &mut client.invite {
            invite.cseq = cseq;
            invite.papers.local_seq = cseq;
        }
        let due = if client.to.reliable() { client.until } else { at + spans.t1 };
        client.wait(branch, Some(due), timers);
        Some(client.to.clone())
    }

    /// The number of a transaction's branch as it stands on the wire now.
    pub(crate) fn on_the_wire(&self, branch: u64) -> u64 {
        branch | self.table.get(&branch).map_or(0, |client| u64::from(client.attempt))
    }
}

//! An INVITE that is taken back: now if something was heard of it, else as soon as something is (RFC 3261 §9.1).
//! Knows what may still come of it; why it is taken back is known by the leg.

use model::Moment;

use super::{Cancel, Clients, State};
use crate::stack::timers::Timers;

impl Clients {
    /// Wants an INVITE taken back. True: a CANCEL must be sent now.
    pub(crate) fn take_back(&mut self, branch: u64, at: Moment, timers: &mut Timers) -> bool {
        let give_up = self.spans.give_up();
        let Some(client) = self.table.get_mut(&branch) else { return false };
        let heard = client.state == State::Proceeding;
        let calling = matches!(client.state, State::Calling { .. });
        let Some(invite) = client.invite.as_deref_mut().filter(|invite| invite.cancel != Cancel::Sent) else {
            return false;
        };
        if heard {
            invite.cancel = Cancel::Sent;
            client.wait(branch, Some(at + give_up), timers);
        } else if calling {
            invite.cancel = Cancel::Wanted;
            // Not repeated any more: it is no longer meant. What was heard of it until B is still cancelled or hung up.
            let until = client.until;
            client.wait(branch, Some(until), timers);
        }
        heard
    }
}

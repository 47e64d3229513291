//! Deals SIP messages to the shards' mailboxes by their kind, and says how busy a shard is.
//! Knows kinds and mailboxes; doesn't know what a message asks for.

use std::sync::Arc;

use bytes::Bytes;
use model::ShardNo;
use sip::message::{Message, Method};
use sip::net::{Deal, Full, Kind, Load};
use sip::stack::Incoming;
use sip::whereabouts::Whereabouts;

use crate::clock::Clock;
use crate::shard::{Mail, Mailbox};

/// Deals to these mailboxes.
pub(crate) struct Dealer {
    clock: Clock,
    mailboxes: Arc<[Arc<Mailbox>]>,
    whereabouts: Arc<Whereabouts>,
}

impl Dealer {
    pub(crate) fn new(clock: Clock, mailboxes: Arc<[Arc<Mailbox>]>, whereabouts: Arc<Whereabouts>) -> Self {
        Self { clock, mailboxes, whereabouts }
    }

    fn of(&self, shard: ShardNo) -> Option<&Mailbox> {
        self.mailboxes.get(usize::from(shard.0)).map(|mailbox| &**mailbox)
    }
}

impl Deal for Dealer {
    fn deal(&self, shard: ShardNo, incoming: Incoming, kind: Kind) -> Result<(), Full> {
        let incoming = Box::new(incoming);
        let Some(mailbox) = self.of(shard) else { return Err(Full(incoming)) };
        if is_cancel(&incoming.message) {
            mailbox.post_cancel(incoming, self.clock.now());
            return Ok(());
        }
        mailbox.post_sip(incoming, kind, self.clock.now()).map_err(Full)
    }

    fn load(&self, shard: ShardNo) -> Load {
        self.of(shard).map_or(Load::default(), |mailbox| mailbox.load(self.clock.now()))
    }

    fn flow_gone(&self, connection: u64) {
        if let Some(registrar) = self.mailboxes.first() {
            registrar.post(Mail::FlowGone(connection));
        }
    }

    fn whereabouts(&self) -> Option<&Whereabouts> {
        Some(&self.whereabouts)
    }

    fn undelivered(&self, shard: ShardNo, bytes: Bytes) {
        if let Some(mailbox) = self.of(shard) {
            mailbox.post(Mail::Undelivered(bytes));
        }
    }
}

fn is_cancel(message: &Message) -> bool {
    matches!(message, Message::Request(request) if request.method == Method::Cancel)
}

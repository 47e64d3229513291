//! Deals SIP messages to the shards' mailboxes: new calls to one, all else to the other.
//! Knows marks and mailboxes; doesn't know what a message asks for.

use std::sync::Arc;

use bytes::Bytes;
use model::ShardNo;
use sip::message::{Message, Method};
use sip::net::{Deal, Full, is_new_call};
use sip::stack::Incoming;
use sip::whereabouts::Whereabouts;

use crate::shard::{self, Mail, Mailbox};

/// Deals to these mailboxes.
pub(crate) struct Dealer {
    mailboxes: Arc<[Arc<Mailbox>]>,
    whereabouts: Arc<Whereabouts>,
}

impl Dealer {
    pub(crate) fn new(mailboxes: Arc<[Arc<Mailbox>]>, whereabouts: Arc<Whereabouts>) -> Self {
        Self { mailboxes, whereabouts }
    }
}

impl Deal for Dealer {
    fn deal(&self, shard: ShardNo, incoming: Incoming) -> Result<(), Full> {
        let Some(mailbox) = self.mailboxes.get(usize::from(shard.0)) else { return Err(Full(Box::new(incoming))) };
        let cancel = is_cancel(&incoming.message);
        if !cancel && !is_new_call(&incoming.message) {
            mailbox.post(Mail::Sip(Box::new(incoming)));
            return Ok(());
        }
        match mailbox.post_new_call(Mail::Sip(Box::new(incoming))) {
            Ok(()) => Ok(()),
            Err(shard::Full(mail)) if cancel => {
                mailbox.post(mail);
                Ok(())
            }
            Err(shard::Full(Mail::Sip(incoming))) => Err(Full(incoming)),
            Err(shard::Full(
                Mail::Centre(_)
                | Mail::Expect(_)
                | Mail::Restore(_)
                | Mail::FlowGone(_)
                | Mail::Undelivered(_)
                | Mail::Stop,
            )) => Ok(()),
        }
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
        if let Some(mailbox) = self.mailboxes.get(usize::from(shard.0)) {
            mailbox.post(Mail::Undelivered(bytes));
        }
    }
}

/// A CANCEL waits behind its INVITE, which may not have been looked at yet: overtaking it, it would find nothing to cancel.
fn is_cancel(message: &Message) -> bool {
    matches!(message, Message::Request(request) if request.method == Method::Cancel)
}

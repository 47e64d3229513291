//! New calls that waited so long for their shard that nobody may be there any more.
//! Knows only whether such a request is really new; how long is too long is known by whoever keeps the mailbox.

use model::Moment;

use super::Stack;
use super::dealt::{answer_path, server_key};
use super::seam::{Incoming, StackOut};
use super::step::Asked;
use crate::message::{Message, Method};

impl Stack {
    /// Refuses a new call without a transaction and without work (503, Retry-After), unless it repeats one that is here, or
    /// takes it back.
    pub fn turn_away(&mut self, incoming: Incoming, at: Moment, out: &mut Vec<StackOut>) {
        let path = incoming.path;
        let from_trunk = incoming.trunk.is_some();
        match &incoming.message {
            Message::Request(request) if request.method == Method::Invite && request.headers.to_tag().is_none() => {
                let key = server_key(request, &request.method, &self.ground.marks);
                if self.ground.servers.knows(key) {
                    return self.receive(incoming, at, out);
                }
                let path = if from_trunk { answer_path(request, path) } else { path };
                let asked = Asked { request, path, key };
                self.step(at, out).answer_once(&asked, 503, |_| {});
            }
            Message::Request(_) | Message::Response(_) => self.receive(incoming, at, out),
        }
    }
}

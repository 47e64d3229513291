//! Masking: a message in, the same message out without what is personal, and always without what is secret.
//!
//! Nothing is shown because it was not thought of: a header, parameter or attribute that is not known loses its value.
//! One person keeps one alias through a trace, so that it is still seen who is who. Pure: it reads text and writes text.

mod address;
mod aliases;
mod body;
mod lines;
mod plain;
mod session;

use std::net::IpAddr;

use bytes::Bytes;

pub(super) use aliases::Aliases;
pub use plain::says_nothing;

use crate::message::HeaderName;

/// How much is masked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// Numbers, names, user parts and foreign addresses, besides secrets.
    Personal,
    /// Secrets alone: proofs of passwords, keys of media, keys that were pressed; and callers who withheld their number.
    SecretsOnly,
}

/// What needs no mask, because it belongs to the house: agents' ids, lines' numbers, hosts of ours and of trunks.
pub trait Public: Send + Sync {
    /// Whether a user part (unescaped) is no person's.
    fn user(&self, user: &str) -> bool;
    /// Whether a host, name or address, is ours or a trunk's.
    fn host(&self, host: &str) -> bool;
}

/// Nothing is public.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl Public for Nothing {
    fn user(&self, _user: &str) -> bool {
        false
    }
    fn host(&self, _host: &str) -> bool {
        false
    }
}

/// Masks the messages of one trace.
pub(super) struct Masker<'a> {
    pub(super) ours: &'a dyn Public,
    pub(super) aliases: &'a mut Aliases,
    pub(super) depth: Depth,
    /// Whether the caller of this message withheld their number.
    pub(super) withheld: bool,
}

impl Masker<'_> {
    /// A whole message: its head without the blank line, and its body. Content-Length is made right again.
    pub(super) fn message(&mut self, head: &str, body: &[u8]) -> Bytes {
        self.learn(head);
        let body = self.body(lines::content_type(head), body);
        let mut text = String::with_capacity(head.len() + body.len() + 32);
        for (at, line) in head.split("\r\n").enumerate() {
            let masked = if at == 0 { self.first_line(line) } else { self.line(line, body.len()) };
            text.push_str(&masked);
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&body);
        bytes.into()
    }

    /// An address of the network, as it may be shown.
    pub(super) fn address(&mut self, address: IpAddr) -> IpAddr {
        if self.depth == Depth::SecretsOnly || says_nothing(address) || self.ours.host(&address.to_string()) {
            return address;
        }
        self.aliases.address(address)
    }

    /// Whether persons are masked in a line of that name.
    fn hides(&self, name: HeaderName) -> bool {
        match self.depth {
            Depth::Personal => true,
            Depth::SecretsOnly => self.withheld && is_of_the_caller(name),
        }
    }
}

/// Headers in which a caller who withheld their number still stands. An unknown one may be `Remote-Party-ID` and the like.
fn is_of_the_caller(name: HeaderName) -> bool {
    matches!(
        name,
        HeaderName::PAssertedIdentity
            | HeaderName::From
            | HeaderName::Contact
            | HeaderName::Diversion
            | HeaderName::HistoryInfo
            | HeaderName::Other
    )
}

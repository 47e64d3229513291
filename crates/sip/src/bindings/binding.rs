//! One registered contact of an agent's phone, and how it is written down for the time after a restart.
//!
//! Knows when two of them are the same phone (RFC 3261 §10.3, RFC 5626 §6); does not know who may register.

use model::Moment;
use smallvec::SmallVec;

use crate::message::Uri;
use crate::stack::{Path, Transport};

/// Earlier connections of one binding that are remembered, so that a call of before finds the phone; the oldest goes.
const EARLIER_MAX: usize = 4;
/// The preference of a contact that names none (RFC 3261 §10.2.1.2), in thousandths.
pub(crate) const PREFERENCE_MAX: u16 = 1_000;
/// Parts of a binding that is written down.
const KEPT_PARTS: usize = 10;

/// One place where an agent's phone can be called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contact {
    /// The address that the phone gave.
    pub uri: Uri,
    /// The path by which it registered, and is called (a phone behind a NAT has no other); none for fixed contacts.
    pub path: Option<Path>,
}

impl Contact {
    /// Whether it is a browser.
    pub fn is_web(&self) -> bool {
        self.path.is_some_and(|path| path.transport.is_web())
    }
}

/// Which phone it is, and which of its registrations (RFC 5626 §4.2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Device {
    /// `+sip.instance`, in its quotes: the same over restarts of the phone.
    pub instance: Box<str>,
    /// `reg-id`; 0 where the phone names none.
    pub reg_id: u32,
}

/// A registered contact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Binding {
    /// Where.
    pub contact: Contact,
    /// Until when.
    pub expires_at: Moment,
    /// The registration's Call-ID and CSeq, which say what is newer (RFC 3261 §10.3).
    pub call_id: Box<str>,
    /// See `call_id`.
    pub cseq: u32,
    /// Which phone, where it says so.
    pub device: Option<Device>,
    /// How much it is preferred, 0 to 1,000 (`q`).
    pub preference: u16,
    /// Whether it can be called. Not so when its connection is gone: then it waits for the phone to come back.
    pub live: bool,
    /// Connections of before, the newest last.
    pub(crate) earlier: SmallVec<[u64; EARLIER_MAX]>,
}

impl Binding {
    /// Whether a contact that is registered anew is this one: the same phone, or the same address where it names none.
    pub(crate) fn is_of(&self, uri: &Uri, device: Option<&Device>) -> bool {
        match (&self.device, device) {
            (Some(ours), Some(theirs)) => ours == theirs,
            (Some(_) | None, None) | (None, Some(_)) => self.contact.uri.is_same_as(uri),
        }
    }

    /// Whether it can be called at that moment.
    pub fn is_callable(&self, at: Moment) -> bool {
        self.live && self.expires_at > at
    }

    /// The connection that it hangs on, if it does on one.
    pub(crate) fn connection(&self) -> Option<u64> {
        self.contact.path.filter(|path| path.transport.reliable()).map(|path| path.connection)
    }

    /// Follows on another registration of the same phone: calls that went by its connections go by this one's.
    pub(crate) fn follow(&mut self, before: &Self) {
        self.earlier.clone_from(&before.earlier);
        let left = before.connection().filter(|connection| self.connection() != Some(*connection));
        if let Some(connection) = left.filter(|connection| !self.earlier.contains(connection)) {
            if self.earlier.len() == EARLIER_MAX {
                self.earlier.remove(0);
            }
            self.earlier.push(connection);
        }
    }

    /// One line without a line break, for [`Binding::read`]; none where a part has a character that would break the line.
    pub fn write(&self) -> Option<String> {
        let path = self.contact.path?;
        let (instance, reg_id) = self.device.as_ref().map_or(("", 0), |device| (&*device.instance, device.reg_id));
        let texts = [self.contact.uri.as_str(), &*self.call_id, instance];
        if texts.iter().any(|text| text.chars().any(char::is_control)) {
            return None;
        }
        Some(format!(
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{instance}\t{reg_id}",
            self.contact.uri,
            self.expires_at.as_micros(),
            self.call_id,
            self.cseq,
            path.transport.name(),
            path.listener,
            path.peer,
            self.preference,
        ))
    }

    /// Reads what was written before a restart. Who registered by datagrams can be called at once; who did by a connection
    /// has to come back first, because that is no more.
    pub fn read(line: &str) -> Option<Self> {
        let parts: Vec<&str> = line.split('\t').collect();
        let [uri, expires_at, call_id, cseq, transport, listener, peer, preference, instance, reg_id] =
            <[&str; KEPT_PARTS]>::try_from(parts).ok()?;
        let transport = Transport::ALL.into_iter().find(|known| known.name() == transport)?;
        let path = Path { transport, listener: listener.parse().ok()?, connection: 0, peer: peer.parse().ok()? };
        let device = Device { instance: instance.into(), reg_id: reg_id.parse().ok()? };
        Some(Self {
            contact: Contact { uri: Uri::parse(uri).ok()?, path: Some(path) },
            expires_at: Moment::from_micros(expires_at.parse().ok()?),
            call_id: call_id.into(),
            cseq: cseq.parse().ok()?,
            device: Some(device).filter(|device| !device.instance.is_empty()),
            preference: preference.parse().ok().filter(|preference| *preference <= PREFERENCE_MAX)?,
            live: !transport.reliable(),
            earlier: SmallVec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(transport: Transport, instance: &str) -> Binding {
        let path =
            Path { transport, listener: 1, connection: 0, peer: "[2001:db8::7]:5070".parse().expect("an address") };
        Binding {
            contact: Contact { uri: Uri::parse("sip:a@192.0.2.1:5060;ob").expect("a URI"), path: Some(path) },
            expires_at: Moment::from_millis(1_795_000_000_123),
            call_id: "x@y".into(),
            cseq: 7,
            device: (!instance.is_empty()).then(|| Device { instance: instance.into(), reg_id: 2 }),
            preference: 500,
            live: !transport.reliable(),
            earlier: SmallVec::new(),
        }
    }

    #[test]
    fn what_is_written_down_is_read_back_and_a_connection_of_before_carries_no_call() {
        for kept in [
            binding(Transport::Udp, "\"<urn:uuid:1 2>\""),
            binding(Transport::Udp, ""),
            binding(Transport::Wss, "\"x\""),
        ] {
            let line = kept.write().expect("one line");
            assert_eq!(Binding::read(&line), Some(kept.clone()), "{line}");
            assert_eq!(kept.is_callable(Moment::EPOCH), !kept.contact.path.expect("a path").transport.reliable());
        }
    }

    #[test]
    fn half_a_line_is_no_binding() {
        let line = binding(Transport::Udp, "\"x\"").write().expect("one line");
        for end in 0..line.len() {
            let cut = line.get(..end).expect("ASCII");
            assert!(Binding::read(cut).is_none() || cut.len() + 1 >= line.len(), "{cut}");
        }
        assert!(Binding { call_id: "a\tb".into(), ..binding(Transport::Udp, "") }.write().is_none());
    }
}

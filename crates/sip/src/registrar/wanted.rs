//! What a registration asks for, and what is registered after it (RFC 3261 §10.3, RFC 5626 §6).
//!
//! Read and checked as a whole before anything changes. Knows contacts and spans; not who may register.

use std::time::Duration;

use model::Moment;
use smallvec::SmallVec;

use crate::bindings::{Binding, CONTACTS_MAX, Contact, Device, PREFERENCE_MAX};
use crate::message::{HeaderName, Headers, NameAddr, Scheme, Uri};
use crate::stack::{Path, RegistrarSettings, Transport};

/// Longest Contact that is kept, in bytes. Beyond: 400.
const CONTACT_BYTES_MAX: usize = 512;
/// Longest name of a phone (`+sip.instance`) that is kept, in bytes; a longer one counts as none.
const INSTANCE_BYTES_MAX: usize = 128;

/// What a registration asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    /// Tell what is registered.
    Fetch,
    /// Remove all.
    RemoveAll,
    /// Add, refresh or remove each of these.
    Change(Vec<Change>),
}

/// One contact to be added or refreshed for so long, or removed (for zero).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Change {
    uri: Uri,
    device: Option<Device>,
    preference: u16,
    span: Duration,
}

/// How long registrations may last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spans {
    pub(super) min: Duration,
    default: Duration,
    max: Duration,
    spread_percent: u8,
}

impl Spans {
    pub(super) fn new(settings: &RegistrarSettings) -> Self {
        Self {
            min: settings.expires_min,
            default: settings.expires_default,
            max: settings.expires_max,
            spread_percent: settings.spread_percent.min(90),
        }
    }

    fn wanted(&self, seconds: Option<u32>) -> Result<Duration, u16> {
        let span = seconds.map_or(self.default, |seconds| Duration::from_secs(u64::from(seconds)));
        if !span.is_zero() && span < self.min {
            return Err(423);
        }
        Ok(span.min(self.max))
    }

    /// Up to some percent less than is wanted, so that phones that registered all at once do not come back all at once.
    pub(super) fn granted(&self, span: Duration, draw: u64) -> Duration {
        let spread = span.as_secs() * u64::from(self.spread_percent) / 100;
        let less = draw % (spread + 1);
        Duration::from_secs(span.as_secs() - less).max(self.min).min(span)
    }
}

/// Reads what is wanted, or says with which status it is refused.
pub(super) fn read(headers: &Headers, path: Path, spans: &Spans) -> Result<Wanted, u16> {
    let mut changes = Vec::new();
    let mut star = false;
    for contact in headers.contacts() {
        if contact.is_star() {
            star = true;
            continue;
        }
        let uri = contact.uri().map_err(|_| 400u16)?;
        if !is_callable(uri.scheme(), path) || uri.as_str().len() > CONTACT_BYTES_MAX {
            return Err(400);
        }
        let own = contact.params().get("expires").and_then(seconds);
        let span = spans.wanted(own.or(headers.expires()))?;
        changes.push(Change { uri, device: device_of(&contact), preference: preference_of(&contact), span });
    }
    match (star, changes.is_empty()) {
        (true, true) if headers.expires() == Some(0) => Ok(Wanted::RemoveAll),
        (true, _) => Err(400),
        (false, true) if headers.get(HeaderName::Contact).is_some() => Err(400),
        (false, true) => Ok(Wanted::Fetch),
        (false, false) => Ok(Wanted::Change(changes)),
    }
}

/// Applies changes to what is registered; all of them or, with a status, none. What is to be removed goes first: a phone that
/// has moved says old and new address in one request.
pub(super) fn apply(
    before: &[Binding],
    changes: &[Change],
    (headers, path, live): (&Headers, Path, bool),
    granted: impl Fn(Duration) -> Duration,
    at: Moment,
) -> Result<Vec<Binding>, u16> {
    let of = |binding: &Binding, change: &Change| binding.is_of(&change.uri, change.device.as_ref());
    // An older request that was overtaken (RFC 3261 §10.3, step 7).
    if before.iter().any(|one| is_overtaken(one, headers) && changes.iter().any(|change| of(one, change))) {
        return Err(500);
    }
    let mut after: Vec<Binding> = before.iter().filter(|binding| binding.expires_at > at).cloned().collect();
    let (removed, added): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(|change| change.span.is_zero());
    let stays = |binding: &Binding| added.iter().any(|change| of(binding, change));
    after.retain(|binding| stays(binding) || !removed.iter().any(|change| of(binding, change)));
    for change in added {
        let mut new = Binding {
            contact: Contact { uri: change.uri.clone(), path: Some(path) },
            expires_at: at + granted(change.span),
            call_id: headers.call_id().into(),
            cseq: headers.cseq(),
            device: change.device.clone(),
            preference: change.preference,
            live,
            earlier: SmallVec::new(),
        };
        if let Some(known) = after.iter().position(|binding| of(binding, change)) {
            new.follow(&after.remove(known));
        }
        if after.len() == CONTACTS_MAX {
            // Who waits for a phone to come back waits in vain more often than not.
            let least = after.iter().position(|binding| !binding.live).unwrap_or(0);
            after.remove(least);
        }
        after.push(new);
    }
    Ok(after)
}

/// Whether a binding was made by a later request of the same registration.
pub(crate) fn is_overtaken(binding: &Binding, headers: &Headers) -> bool {
    *binding.call_id == *headers.call_id() && binding.cseq >= headers.cseq()
}

/// Whether the phone may count on its flow (RFC 5626 §6): it asks for it, names itself, and nobody stands between us. Its
/// keep-alives are answered by the sockets (CRLF on connections, STUN on datagrams).
pub(crate) fn grants_outbound(headers: &Headers) -> bool {
    let named = |contact: NameAddr<'_>| device_of(&contact).is_some_and(|device| device.reg_id > 0);
    headers.lists(HeaderName::Supported, "outbound") && headers.vias().count() == 1 && headers.contacts().any(named)
}

fn is_callable(scheme: Scheme, path: Path) -> bool {
    match (scheme, path.transport) {
        (Scheme::Sip, _) | (Scheme::Sips, Transport::Tls | Transport::Wss) => true,
        (Scheme::Sips, Transport::Udp | Transport::Tcp | Transport::Ws) | (Scheme::Tel | Scheme::Other, _) => false,
    }
}

fn device_of(contact: &NameAddr<'_>) -> Option<Device> {
    let instance = contact.params().get("+sip.instance")?;
    let quoted = instance.len() > 2 && instance.starts_with('"') && instance.ends_with('"');
    let plain = instance.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\');
    let reg_id = contact.params().get("reg-id").and_then(seconds).unwrap_or(0);
    let fits = quoted && plain && instance.len() <= INSTANCE_BYTES_MAX;
    fits.then(|| Device { instance: instance.into(), reg_id })
}

/// `q` in thousandths; what is no such number counts as none.
fn preference_of(contact: &NameAddr<'_>) -> u16 {
    let read = |text: &str| {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) {
            return None;
        }
        let thousandths: u16 = format!("{part:0<3}").parse().ok()?;
        Some((whole.parse::<u16>().ok()? * PREFERENCE_MAX + thousandths).min(PREFERENCE_MAX))
    };
    contact.params().get("q").and_then(read).unwrap_or(PREFERENCE_MAX)
}

/// Digits to seconds, what is too large to the largest (RFC 3261 §20.19).
fn seconds(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

//! A browser's part of a session description: ICE, DTLS and bundling, read and written (RFC 8829, RFC 8839, RFC 8842).
//!
//! We are ICE-lite: the browser's candidates are not read, wherever they come from. Knows no socket.

use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

use sdp_types::{Media, Session};

use super::ours::OurWeb;
use super::text::line;
use crate::{DtlsRole, IceLocal};

/// Longest ICE name or password that is read (RFC 8839 §5.4).
const ICE_CHARS_MAX: usize = 256;
/// Longest name of a media line that is read; a longer one is as none.
const MID_CHARS_MAX: usize = 32;
/// Of the best host candidate (RFC 8445 §5.1.2.1).
const UDP_PRIORITY: u32 = 2_130_706_431;
/// Of the best one by TCP: type preference 90, below all that go by UDP; local preference 2¹³·4 + 2¹³ − 1, the passive one's
/// (RFC 6544 §4.2).
const TCP_PRIORITY: u32 = (90 << 24) + (((4 << 13) + (1 << 13) - 1) << 8) + 255;
/// Candidates by TCP have foundations of their own (RFC 8445 §5.1.1.3).
const TCP_FOUNDATIONS: usize = 100;

/// What a browser says of its ICE and DTLS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RemoteWeb {
    pub(crate) ufrag: Box<str>,
    pub(crate) pwd: Box<str>,
    /// SHA-256 of its certificate.
    pub(crate) fingerprint: [u8; 32],
    pub(crate) setup: Setup,
    /// The media line's name; empty where it has none.
    pub(crate) mid: Box<str>,
    /// Whether that name stands in a bundle (RFC 9143).
    pub(crate) bundled: bool,
    pub(crate) ssrc: Option<u32>,
}

/// Who begins the DTLS handshake, as one side says it of itself (RFC 5763 §5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Setup {
    Active,
    Passive,
    ActPass,
}

impl RemoteWeb {
    /// `None` where something that we need is missing or out of bounds.
    pub(super) fn read(media: &Media, session: &Session) -> Option<Self> {
        let (ufrag, pwd) = (value(media, session, "ice-ufrag")?, value(media, session, "ice-pwd")?);
        if !is_ice(ufrag, 4) || !is_ice(pwd, 22) {
            return None;
        }
        let setup = match value(media, session, "setup")? {
            "active" => Setup::Active,
            "passive" => Setup::Passive,
            "actpass" => Setup::ActPass,
            _ => return None,
        };
        let mid = media.get_first_attribute_value("mid").flatten().map(str::trim).filter(|mid| is_name(mid));
        let mid = mid.unwrap_or_default();
        let in_group = |group: &str| {
            let mut parts = group.split_ascii_whitespace();
            parts.next() == Some("BUNDLE") && parts.any(|part| part == mid)
        };
        let bundled = session.get_attribute_values("group").flatten().any(in_group);
        let ssrc = media.get_attribute_values("ssrc").flatten().next();
        Some(Self {
            ufrag: ufrag.into(),
            pwd: pwd.into(),
            fingerprint: fingerprint(media, session)?,
            setup,
            mid: mid.into(),
            bundled,
            ssrc: ssrc.and_then(|ssrc| ssrc.split(' ').next()?.parse().ok()),
        })
    }
}

/// The media line's own value goes before the session's.
fn value<'a>(media: &'a Media, session: &'a Session, name: &'static str) -> Option<&'a str> {
    let own = media.get_first_attribute_value(name).flatten();
    own.or_else(|| session.get_first_attribute_value(name).flatten()).map(str::trim)
}

/// The SHA-256 one of however many are told (RFC 8122 §5): every browser has it.
fn fingerprint(media: &Media, session: &Session) -> Option<[u8; 32]> {
    let told = media.get_attribute_values("fingerprint").chain(session.get_attribute_values("fingerprint"));
    told.flatten().find_map(|told| {
        let (hash, hex) = told.trim().split_once(' ')?;
        hash.eq_ignore_ascii_case("sha-256").then(|| read_hex(hex))?
    })
}

fn read_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let mut parts = text.trim().split(':');
    for byte in &mut bytes {
        let part = parts.next().filter(|part| part.len() == 2 && part.bytes().all(|c| c.is_ascii_hexdigit()))?;
        *byte = u8::from_str_radix(part, 16).ok()?;
    }
    parts.next().is_none().then_some(bytes)
}

fn is_ice(text: &str, least: usize) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '=' | '_' | '#');
    (least..=ICE_CHARS_MAX).contains(&text.len()) && text.chars().all(fits)
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MID_CHARS_MAX
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+~".contains(c))
}

/// The lines of the session that a browser wants.
pub(super) fn write_session(text: &mut String, mid: &str, bundled: bool) {
    line(text, format_args!("a=ice-lite"));
    if bundled {
        line(text, format_args!("a=group:BUNDLE {mid}"));
    }
    line(text, format_args!("a=msid-semantic: WMS samkald"));
}

/// The lines of the media that a browser wants. `role` is none in an offer: the browser chooses.
pub(super) fn write_media(text: &mut String, ours: &OurWeb, ice: &IceLocal, mid: &str, role: Option<DtlsRole>) {
    if !mid.is_empty() {
        line(text, format_args!("a=mid:{mid}"));
    }
    line(text, format_args!("a=msid:samkald sound"));
    line(text, format_args!("a=ice-ufrag:{}", ice.ufrag));
    line(text, format_args!("a=ice-pwd:{}", ice.pwd));
    let mut hex = String::with_capacity(96);
    for byte in ours.fingerprint {
        write!(hex, "{}{byte:02X}", if hex.is_empty() { "" } else { ":" }).expect("a String takes everything");
    }
    line(text, format_args!("a=fingerprint:sha-256 {hex}"));
    let setup = match role {
        None => "actpass",
        Some(DtlsRole::Client) => "active",
        Some(DtlsRole::Server) => "passive",
    };
    line(text, format_args!("a=setup:{setup}"));
    line(text, format_args!("a=rtcp-mux"));
    for (foundation, address) in (1..).zip(&ours.addresses) {
        write_candidates(text, foundation, address, ours.tcp);
    }
    line(text, format_args!("a=end-of-candidates"));
}

fn write_candidates(text: &mut String, foundation: usize, address: &SocketAddr, tcp: bool) {
    let (ip, port): (IpAddr, u16) = (address.ip(), address.port());
    // The earlier address is tried first.
    let later = (foundation.min(0xff) as u32 - 1) << 8;
    line(text, format_args!("a=candidate:{foundation} 1 udp {} {ip} {port} typ host", UDP_PRIORITY - later));
    if tcp {
        let (foundation, priority) = (TCP_FOUNDATIONS + foundation, TCP_PRIORITY - later);
        line(text, format_args!("a=candidate:{foundation} 1 tcp {priority} {ip} {port} typ host tcptype passive"));
    }
}

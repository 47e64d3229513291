//! What one audio line says: where it listens, its codecs and their numbers, key presses, and how it is protected.
//!
//! Every number is checked before it is believed. Knows nothing of us.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use sdp_types::{Media, Session};

use super::crypto::Crypto;
use super::direction::Direction;
use super::remote::BadSession;
use super::web::RemoteWeb;
use crate::{Codec, KeyEvents};

/// Clocks of key presses that we read; others are passed over.
const EVENT_CLOCKS: [u32; 2] = [8_000, 48_000];

/// What an audio line says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RemoteAudio {
    /// Where it listens; of a browser nothing is known by it.
    pub(crate) remote: SocketAddr,
    /// The codecs that we speak too, and their numbers there; best first for the other side.
    pub(crate) codecs: Vec<(Codec, u8)>,
    /// Its telephone events (RFC 4733), at most one for each clock.
    pub(crate) keys: Vec<KeyEvents>,
    /// What it says of itself; never receiving when its address is 0.0.0.0 (hold of RFC 2543).
    pub(crate) direction: Direction,
    /// Milliseconds of sound that it wants in a packet.
    pub(crate) packet_ms: Option<u16>,
    /// Whether it takes RTCP on the RTP port (RFC 5761).
    pub(crate) rtcp_mux: bool,
    /// How its sound is carried.
    pub(crate) carried: Carried,
    /// Keys that it names and we can use, in its order.
    pub(crate) crypto: Vec<Crypto>,
}

/// How sound is carried, by the transport that the line names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Carried {
    /// `RTP/AVP`: plain, or encrypted where keys are named beside it (RFC 8643).
    Plain,
    /// `RTP/SAVP`: encrypted with keys in the description (RFC 4568).
    Keyed,
    /// `UDP/TLS/RTP/SAVPF`: a browser; none where it says too little to be reached.
    Web(Option<Box<RemoteWeb>>),
}

impl Carried {
    fn read(media: &Media, session: &Session) -> Option<Self> {
        let is = |name: &str| media.proto.eq_ignore_ascii_case(name);
        if !media.media.eq_ignore_ascii_case("audio") {
            None
        } else if is("RTP/AVP") || is("RTP/AVPF") {
            Some(Self::Plain)
        } else if is("RTP/SAVP") || is("RTP/SAVPF") {
            // Some browsers' libraries name their transport so; who has a certificate speaks DTLS (RFC 8829 §5.1.2).
            let browser = media.has_attribute("fingerprint") || session.has_attribute("fingerprint");
            Some(if browser { Self::Web(RemoteWeb::read(media, session).map(Box::new)) } else { Self::Keyed })
        } else if is("UDP/TLS/RTP/SAVPF") || is("TCP/TLS/RTP/SAVPF") || is("UDP/TLS/RTP/SAVP") {
            Some(Self::Web(RemoteWeb::read(media, session).map(Box::new)))
        } else {
            None
        }
    }
}

impl RemoteAudio {
    /// `None` for a line that is switched off (port 0), or that is no sound that we could speak.
    pub(super) fn read(media: &Media, session: &Session, formats: &[&str]) -> Result<Option<Self>, BadSession> {
        let Some(carried) = Carried::read(media, session) else { return Ok(None) };
        let types = formats.iter().map(|format| payload_type(format)).collect::<Result<Vec<u8>, _>>()?;
        if media.port == 0 {
            return Ok(None);
        }
        let ip = address(media, session)?;
        let said = Direction::among(&media.attributes).or_else(|| Direction::among(&session.attributes));
        let said = said.unwrap_or_default();
        // A browser that gathers its candidates later says 0.0.0.0 too, and holds nobody by it.
        let holds = ip.is_unspecified() && !matches!(carried, Carried::Web(_));
        let maps = rtp_maps(media)?;
        Ok(Some(Self {
            remote: SocketAddr::new(ip, media.port),
            codecs: codecs(&types, &maps),
            keys: keys(&types, &maps),
            direction: if holds { Direction::new(said.sends(), false) } else { said },
            packet_ms: media.get_first_attribute_value("ptime").flatten().and_then(|ms| ms.trim().parse().ok()),
            rtcp_mux: media.has_attribute("rtcp-mux"),
            crypto: Crypto::all(media),
            carried,
        }))
    }

    /// The key presses that go with a codec: on its clock where there are such (RFC 4733 §2.1), else on any.
    pub(super) fn keys_beside(&self, codec: Codec) -> Option<KeyEvents> {
        let same = self.keys.iter().find(|keys| keys.clock_rate == codec.clock_rate());
        same.or(self.keys.first()).copied()
    }
}

fn codecs(types: &[u8], maps: &[(u8, &str)]) -> Vec<(Codec, u8)> {
    let mut codecs: Vec<(Codec, u8)> = Vec::new();
    for number in types.iter().copied() {
        let codec = map_of(maps, number).map_or_else(|| Codec::from_static_payload_type(number), Codec::from_rtp_map);
        if let Some(codec) = codec
            && codecs.iter().all(|(known, _)| *known != codec)
        {
            codecs.push((codec, number));
        }
    }
    codecs
}

fn keys(types: &[u8], maps: &[(u8, &str)]) -> Vec<KeyEvents> {
    let mut keys: Vec<KeyEvents> = Vec::new();
    for payload_type in types.iter().copied() {
        let clock = map_of(maps, payload_type).and_then(event_clock);
        if let Some(clock_rate) = clock
            && keys.iter().all(|known| known.clock_rate != clock_rate)
        {
            keys.push(KeyEvents { payload_type, clock_rate });
        }
    }
    keys
}

/// The clock of telephone events that a map means.
fn event_clock(map: &str) -> Option<u32> {
    let (name, clock) = map.split_once('/')?;
    let clock = clock.strip_suffix("/1").unwrap_or(clock);
    let clock = name.eq_ignore_ascii_case("telephone-event").then(|| clock.parse().ok())??;
    EVENT_CLOCKS.contains(&clock).then_some(clock)
}

fn map_of<'a>(maps: &[(u8, &'a str)], number: u8) -> Option<&'a str> {
    maps.iter().find(|(known, _)| *known == number).map(|(_, map)| *map)
}

fn payload_type(format: &str) -> Result<u8, BadSession> {
    let number = u8::from_str(format).map_err(|_| BadSession::PayloadType)?;
    if number <= 127 { Ok(number) } else { Err(BadSession::PayloadType) }
}

/// The line's own address goes before the session's (RFC 8866 §5.7). Multicast is no place for a conversation.
fn address(media: &Media, session: &Session) -> Result<IpAddr, BadSession> {
    let connection = media.connections.first().or(session.connection.as_ref()).ok_or(BadSession::Address)?;
    let ip = connection.try_address().map_err(|_| BadSession::Address)?.ip;
    if ip.is_multicast() { Err(BadSession::Address) } else { Ok(ip) }
}

/// Payload types and what they are mapped to: `101` → `telephone-event/8000`.
fn rtp_maps(media: &Media) -> Result<Vec<(u8, &str)>, BadSession> {
    let values = media.get_attribute_values("rtpmap").flatten();
    values
        .map(|value| {
            let (number, name) = value.trim().split_once(' ').ok_or(BadSession::Malformed)?;
            Ok((payload_type(number)?, name.trim()))
        })
        .collect()
}

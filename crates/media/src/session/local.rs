//! Our side of a session: makes offers and answers (RFC 3264), one small state for each leg.
//!
//! Remembers only what the next description must agree with: the session's id, its version, and which of its media
//! lines is the sound. Knows nothing of why a leg is held or joined.

use std::fmt::Write;
use std::net::SocketAddr;

use bytes::Bytes;
use model::LegId;

use super::remote::{Direction, RemoteMedia, RemoteSession};
use super::{TELEPHONE_EVENT_OFFERED, usual_payload_type};
use crate::{Codec, Sound};

/// Sound in a packet, in milliseconds: what we send, and what we ask for.
const PACKET_MS: u16 = 20;
/// Length of the usual description, in bytes, so that it is written without growing.
const USUAL_BYTES: usize = 320;

/// There is no sound that both sides can speak: no codec in common, another address family, or only encrypted sound.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no sound that both sides can speak")]
pub struct NoCommonCodec;

/// One leg's side of its session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LocalSession {
    id: u64,
    /// Of the last description; grows with each (RFC 3264 §8).
    version: u32,
    /// Media lines of the session so far: a later offer must have as many.
    lines: u8,
    /// Which of them is the sound.
    sound_at: u8,
}

impl LocalSession {
    /// Before the first description.
    pub const fn new(leg: LegId) -> Self {
        // Some phones read the id as a signed number.
        Self { id: leg.bits() & (i64::MAX as u64), version: 0, lines: 1, sound_at: 0 }
    }

    /// An offer of these codecs, best first, with telephone events. `direction` is ours: `SendOnly` or `Inactive` holds
    /// the other side, `SendReceive` resumes.
    pub fn offer(&mut self, local: SocketAddr, codecs: &[Codec], direction: Direction) -> Bytes {
        let mut text = self.begin(local);
        let numbered = |codec: &Codec| (*codec, usual_payload_type(*codec));
        let codecs: Vec<(Codec, u8)> = codecs.iter().map(numbered).collect();
        for line in 0..self.lines {
            if line == self.sound_at {
                write_sound(&mut text, "RTP/AVP", local.port(), &codecs, Some(TELEPHONE_EVENT_OFFERED), direction);
            } else {
                text.push_str("m=audio 0 RTP/AVP 0\r\n");
            }
        }
        Bytes::from(text)
    }

    /// The answer to an offer. The codec is one of `ours`: `prefer` where the other side speaks it, else its own first
    /// choice. Every media line is answered, other media with port 0; the direction is mirrored.
    pub fn answer(
        &mut self,
        offer: &RemoteSession,
        local: SocketAddr,
        ours: &[Codec],
        prefer: Option<Codec>,
    ) -> Result<(Bytes, Sound), NoCommonCodec> {
        let (at, audio) = offer.sound.zip(offer.audio()).ok_or(NoCommonCodec)?;
        if audio.remote.is_ipv4() != local.is_ipv4() {
            return Err(NoCommonCodec);
        }
        let mut common = audio.codecs.iter().filter(|(codec, _)| ours.contains(codec));
        let preferred = common.clone().find(|(codec, _)| Some(*codec) == prefer);
        let spoken = *preferred.or_else(|| common.next()).ok_or(NoCommonCodec)?;
        let keys = audio.telephone_event.map(|events| events.payload_type);
        self.lines = offer.media.len() as u8;
        self.sound_at = at as u8;
        let mut text = self.begin(local);
        for (place, media) in offer.media.iter().enumerate() {
            if place == at {
                let direction = audio.direction.mirrored();
                write_sound(&mut text, &media.transport, local.port(), &[spoken], keys, direction);
            } else {
                write_rejection(&mut text, media);
            }
        }
        Ok((Bytes::from(text), audio.sound(spoken)))
    }

    /// The lines before the media, with the next version.
    fn begin(&mut self, local: SocketAddr) -> String {
        self.version = self.version.wrapping_add(1);
        let (ip, family) = (local.ip(), if local.is_ipv4() { "IP4" } else { "IP6" });
        let mut text = String::with_capacity(USUAL_BYTES);
        line(&mut text, format_args!("v=0"));
        line(&mut text, format_args!("o=- {} {} IN {family} {ip}", self.id, self.version));
        line(&mut text, format_args!("s=-"));
        line(&mut text, format_args!("c=IN {family} {ip}"));
        line(&mut text, format_args!("t=0 0"));
        text
    }
}

fn write_sound(
    text: &mut String,
    transport: &str,
    port: u16,
    codecs: &[(Codec, u8)],
    telephone_event: Option<u8>,
    direction: Direction,
) {
    let mut formats = String::with_capacity(16);
    for payload_type in codecs.iter().map(|(_, number)| *number).chain(telephone_event) {
        write!(formats, " {payload_type}").expect("a String takes everything");
    }
    line(text, format_args!("m=audio {port} {transport}{formats}"));
    for (codec, number) in codecs {
        line(text, format_args!("a=rtpmap:{number} {}", codec.rtp_map()));
    }
    if let Some(number) = telephone_event {
        line(text, format_args!("a=rtpmap:{number} telephone-event/8000"));
        line(text, format_args!("a=fmtp:{number} 0-15"));
    }
    line(text, format_args!("a=ptime:{PACKET_MS}"));
    line(text, format_args!("a={}", direction.name()));
}

/// Port 0 rejects a media line; the rest repeats what was offered (RFC 3264 §6).
fn write_rejection(text: &mut String, media: &RemoteMedia) {
    line(text, format_args!("m={} 0 {} {}", media.kind, media.transport, media.first_format));
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    text.write_fmt(content).expect("a String takes everything");
    text.push_str("\r\n");
}

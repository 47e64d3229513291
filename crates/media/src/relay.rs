//! One side of a joined pair: what comes from a leg, and what the leg is sent.
//!
//! All rules of the packet path in one pure place: source lock, continuity, payload types, key presses, silence. The
//! packet worker owns the sockets and the pairs; this knows neither.

use std::net::SocketAddr;
use std::time::Duration;

use model::Moment;

use crate::reception::Reception;
use crate::rtp::{RTP_HEADER_BYTES, RtpHeader};
use crate::sending::{FRAME_SAMPLES, Sending};
use crate::session::{OPUS_OFFERED, TELEPHONE_EVENT_OFFERED};
use crate::source::Source;
use crate::telephone_event::KeyPresses;
use crate::{Codec, KeyEvents, Sound, Traffic, rtcp};

/// Bytes of one of our own packets: header and 20 ms of G.711.
pub const FRAME_PACKET_BYTES: usize = RTP_HEADER_BYTES + FRAME_SAMPLES as usize;

/// One leg's sound.
#[derive(Clone, Debug)]
pub struct LegSound {
    sound: Option<Sound>,
    source: Source,
    reception: Reception,
    keys: KeyPresses,
    sending: Sending,
    refused: u64,
    watch: Option<Watch>,
    sender_report: Option<rtcp::SenderSeen>,
}

/// What a packet from a leg is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Heard {
    /// From elsewhere, no RTP, or of a payload type that wasn't agreed: dropped and counted.
    Refused,
    /// Accepted, with nothing to pass on (the leg shouldn't be sending now).
    Nothing,
    /// Voice in this codec.
    Voice(RtpHeader, Codec),
    /// A key press; the digit with its first packet.
    Key(RtpHeader, Option<char>),
}

/// Silence is told once, and only after something was heard.
#[derive(Clone, Copy, Debug)]
struct Watch {
    silence_max: Duration,
    heard_at: Option<Moment>,
}

impl LegSound {
    /// Before its session is settled: nothing comes in, nothing goes out. The seed gives the stream its first numbers.
    pub const fn new(seed: u64) -> Self {
        Self {
            sound: None,
            source: Source::new(),
            reception: Reception::new(),
            keys: KeyPresses::new(),
            sending: Sending::new(seed),
            refused: 0,
            watch: None,
            sender_report: None,
        }
    }

    /// What the session description settled; may come again.
    pub fn settle(&mut self, sound: Sound, at: Moment) {
        self.source.settle(sound.remote, sound.receive, at);
        if self.sound.is_none_or(|before| !before.send && sound.send) {
            self.sending.switch();
        }
        self.sound = Some(sound);
    }

    /// What was settled that it speaks; none so far.
    pub fn codec(&self) -> Option<Codec> {
        self.sound.map(|sound| sound.codec)
    }

    /// Takes in a packet that came to the leg's RTP port.
    pub fn receive(&mut self, packet: &[u8], from: SocketAddr, at: Moment) -> Heard {
        let heard = self.sort(packet, from, at);
        if heard == Heard::Refused {
            self.refused += 1;
        } else {
            self.note_life(at);
        }
        heard
    }

    /// Counts a packet that was not authentic: dropped.
    pub const fn refuse(&mut self) {
        self.refused += 1;
    }

    /// Whether RTCP goes and comes on the RTP port (RFC 5761).
    pub fn is_muxed(&self) -> bool {
        self.sound.is_some_and(|sound| sound.rtcp_mux)
    }

    /// Takes in a packet that came to the leg's RTCP port: a sign of life when it comes from the leg's host.
    /// Says whether it was taken.
    pub fn receive_report(&mut self, packet: &[u8], from: SocketAddr, at: Moment) -> bool {
        if !self.source.is_same_host(from) || !rtcp::is_valid(packet) {
            self.refused += 1;
            return false;
        }
        self.sender_report = rtcp::SenderSeen::read(packet, at).or(self.sender_report.take());
        self.note_life(at);
        true
    }

    /// Where the leg's packets go, while it wants any.
    pub fn destination(&self) -> Option<SocketAddr> {
        self.sound.filter(|sound| sound.send)?;
        self.source.destination()
    }

    /// Rewrites the partner's packet, in place, as this leg shall hear it. `None`: this leg can't hear it.
    pub fn relay<'a>(&mut self, heard: &Heard, packet: &'a mut [u8], at: Moment) -> Option<&'a [u8]> {
        let sound = self.sound.filter(|sound| sound.send)?;
        let (header, payload_type) = match heard {
            Heard::Refused | Heard::Nothing => return None,
            Heard::Voice(header, codec) => {
                if *codec != sound.codec {
                    codec.law()?.convert(sound.codec.law()?, &mut packet[header.payload.clone()]);
                }
                (header, sound.payload_type)
            }
            Heard::Key(header, _) => (header, sound.telephone_event?.payload_type),
        };
        Some(self.sending.forward(header, payload_type, at).write(packet))
    }

    /// Writes the packet of one frame that we play; `frame` has it in each codec, at most 160 bytes. `None`: the leg
    /// hears nothing now.
    pub fn frame<'a, 'p>(
        &mut self,
        frame: impl FnOnce(Codec) -> Option<&'a [u8]>,
        packet: &'p mut [u8; FRAME_PACKET_BYTES],
        at: Moment,
    ) -> Option<&'p [u8]> {
        let sounding = self.sound.filter(|sound| sound.send);
        let Some((sound, frame)) = sounding.and_then(|sound| Some((sound, frame(sound.codec)?))) else {
            self.sending.switch();
            return None;
        };
        let payload = RTP_HEADER_BYTES..RTP_HEADER_BYTES + frame.len();
        packet.get_mut(payload.clone())?.copy_from_slice(frame);
        let header = self.sending.next_frame(sound.payload_type, payload.clone(), at);
        Some(header.write(&mut packet[..payload.end]))
    }

    /// What the leg hears next is something else.
    pub const fn switch(&mut self) {
        self.sending.switch();
    }

    /// Watches for silence from now on, or no longer.
    pub fn watch(&mut self, silence_max: Option<Duration>) {
        self.watch = silence_max.map(|silence_max| Watch { silence_max, heard_at: None });
    }

    /// Whether the watched leg has just been silent too long; said once.
    pub fn is_silent(&mut self, at: Moment) -> bool {
        let silent = |watch: &Watch| watch.heard_at.is_some_and(|heard| at.since(heard) >= watch.silence_max);
        let silent = self.watch.as_ref().is_some_and(silent);
        if silent {
            self.watch = None;
        }
        silent
    }

    /// Writes our report (RFC 3550 §6.4) on both directions; gives its length. `None`: nothing was sent or heard yet.
    pub fn report(&mut self, packet: &mut [u8; rtcp::REPORT_BYTES_MAX], at: Moment) -> Option<usize> {
        self.sound?;
        let block = self.reception.report();
        if self.sending.packets() == 0 && block.is_none() {
            return None;
        }
        Some(rtcp::write_report(packet, &self.sending, block, self.sender_report, at))
    }

    /// What went through the leg until now.
    pub fn traffic(&self) -> Traffic {
        Traffic {
            received: self.reception.received(),
            sent: self.sending.packets(),
            lost: self.reception.lost(),
            refused: self.refused,
            jitter: self.reception.jitter(),
        }
    }

    fn sort(&mut self, packet: &[u8], from: SocketAddr, at: Moment) -> Heard {
        let (Some(header), Some(sound)) = (RtpHeader::read(packet), self.sound) else { return Heard::Refused };
        let codec = sound.codec_of(header.payload_type);
        let is_key = sound.is_key(header.payload_type);
        if (codec.is_none() && !is_key) || !self.source.accepts(from, &header, at) {
            return Heard::Refused;
        }
        self.reception.note(&header, codec.is_some(), at);
        match codec {
            Some(codec) if sound.receive => Heard::Voice(header, codec),
            None => {
                let digit = self.keys.heard(&header, &packet[header.payload.clone()]);
                Heard::Key(header, digit)
            }
            Some(_) => Heard::Nothing,
        }
    }

    const fn note_life(&mut self, at: Moment) {
        if let Some(watch) = &mut self.watch {
            watch.heard_at = Some(at);
        }
    }
}

impl Sound {
    /// The codec of a packet's payload type: the agreed one by its number there or in our offers, others by their
    /// static numbers.
    const fn codec_of(&self, payload_type: u8) -> Option<Codec> {
        if payload_type == self.payload_type || (payload_type == OPUS_OFFERED && matches!(self.codec, Codec::Opus)) {
            return Some(self.codec);
        }
        Codec::from_static_payload_type(payload_type)
    }

    /// Whether a packet's payload type means key presses: by the other side's number, or by ours.
    fn is_key(&self, payload_type: u8) -> bool {
        let agreed = |events: KeyEvents| [events.payload_type, TELEPHONE_EVENT_OFFERED].contains(&payload_type);
        self.telephone_event.is_some_and(agreed)
    }
}

#[cfg(test)]
mod tests;

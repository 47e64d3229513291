//! One side of a joined pair: what comes from a leg, and what the leg is sent.
//!
//! All rules of the packet path in one pure place: source lock, continuity, payload types, key presses, silence. The
//! packet worker owns the sockets and the pairs; this knows neither.

mod heard;
mod keys;
mod numbers;

use std::net::SocketAddr;
use std::time::Duration;

use model::Moment;

pub use heard::Heard;
pub use keys::KEY_PACKET_BYTES;

use crate::reception::Reception;
use crate::rtp::{RTP_HEADER_BYTES, RtpHeader};
use crate::sending::Sending;
use crate::source::Source;
use crate::telephone_event::{KeyPresses, TelephoneEvent};
use crate::transcode::Transcoder;
use crate::{Codec, FRAME_BYTES_MAX, Quality, Sound, Traffic, rtcp};

/// Bytes of one of our own packets: header and 20 ms of G.711.
pub const FRAME_PACKET_BYTES: usize = RTP_HEADER_BYTES + FRAME_BYTES_MAX;
/// Comfort noise (RFC 3389 §4): never agreed, so never passed on, but some phones send it all the same.
const COMFORT_NOISE: u8 = 13;

/// One leg's sound.
#[derive(Debug)]
pub struct LegSound {
    sound: Option<Sound>,
    source: Source,
    reception: Reception,
    keys: KeyPresses,
    sending: Sending,
    /// While the leg hears somebody in another codec.
    transcoder: Option<Box<Transcoder>>,
    refused: u64,
    watch: Option<Watch>,
    sender_report: Option<rtcp::SenderSeen>,
    told: Option<rtcp::Told>,
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
            transcoder: None,
            refused: 0,
            watch: None,
            sender_report: None,
            told: None,
        }
    }

    /// What the session description settled; may come again.
    pub fn settle(&mut self, sound: Sound, at: Moment) {
        self.source.settle(sound.remote, sound.receive, at);
        if self.sound.is_none_or(|before| !before.send && sound.send) {
            self.switch();
        }
        if self.sound.is_none_or(|before| before.codec != sound.codec) {
            self.transcoder = None;
            self.sending.set_clock(sound.codec.clock_rate());
        }
        self.sound = Some(sound);
    }

    /// What was settled that it speaks; none so far.
    pub fn codec(&self) -> Option<Codec> {
        self.sound.map(|sound| sound.codec)
    }

    /// Whether sound should come from it, and goes to it.
    pub fn is_two_way(&self) -> bool {
        self.sound.is_some_and(|sound| sound.send && sound.receive)
    }

    /// Whether its key presses come as telephone events (RFC 4733).
    pub fn tells_keys(&self) -> bool {
        self.sound.is_some_and(|sound| sound.telephone_event.is_some())
    }

    /// Whether a packet on the leg's RTP port is a report, because RTCP shares it (RFC 5761).
    pub fn is_report(&self, packet: &[u8]) -> bool {
        self.sound.is_some_and(|sound| sound.rtcp_mux) && rtcp::is_rtcp(packet)
    }

    /// Takes in a packet of voice or keys that came to the leg's RTP port.
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

    /// Where our reports go while RTCP shares the RTP port; `None`: it has a port of its own.
    pub fn shared_port(&self) -> Option<SocketAddr> {
        self.sound.filter(|sound| sound.rtcp_mux)?;
        self.source.destination()
    }

    /// Takes in a report: a sign of life when it comes from the leg's host.
    /// Says whether it was taken.
    pub fn receive_report(&mut self, packet: &[u8], from: SocketAddr, at: Moment) -> bool {
        if !self.source.is_same_host(from) || !rtcp::is_valid(packet) {
            self.refused += 1;
            return false;
        }
        self.sender_report = rtcp::SenderSeen::read(packet, at).or(self.sender_report.take());
        self.told = rtcp::Told::read(packet, self.sending.ssrc(), at).or(self.told.take());
        if self.source.stream().is_some_and(|ssrc| rtcp::says_goodbye(packet, ssrc)) {
            self.source.let_go();
        }
        self.note_life(at);
        true
    }

    /// Where the leg's packets go, while it wants any.
    pub fn destination(&self) -> Option<SocketAddr> {
        self.sound.filter(|sound| sound.send)?;
        self.source.destination()
    }

    /// The partner's packet as this leg shall hear it, rewritten in place or encoded anew. `None`: this leg can't hear it,
    /// or not yet. After it, [`LegSound::more`] may have more.
    pub fn relay<'a>(&'a mut self, heard: &Heard, packet: &'a mut [u8], at: Moment) -> Option<&'a [u8]> {
        let sound = self.sound.filter(|sound| sound.send)?;
        match heard {
            Heard::Refused => None,
            Heard::Nothing(header) => self.leave_out(header),
            Heard::Voice(header, codec) if *codec == sound.codec => {
                Some(self.sending.forward(header, sound.payload_type, at).write(packet))
            }
            Heard::Voice(header, codec) => match (codec.law(), sound.codec.law()) {
                (Some(theirs), Some(ours)) => {
                    theirs.convert(ours, &mut packet[header.payload.clone()]);
                    Some(self.sending.forward(header, sound.payload_type, at).write(packet))
                }
                _ => self.transcode(header, *codec, sound.codec, &packet[header.payload.clone()], at),
            },
            Heard::Key(header, _, clock_rate) => {
                let Some(keys) = sound.telephone_event else { return self.leave_out(header) };
                TelephoneEvent::change_clock(&mut packet[header.payload.clone()], *clock_rate, keys.clock_rate);
                let header = if let Some(transcoder) = &mut self.transcoder {
                    transcoder.pass_by(header);
                    self.sending.key(header, keys.payload_type, at)?
                } else {
                    self.sending.forward(header, keys.payload_type, at)
                };
                Some(header.write(packet))
            }
        }
    }

    /// The next packet of what was heard last, when it is encoded anew and makes more than one; until `None`.
    pub fn more(&mut self, at: Moment) -> Option<&[u8]> {
        let payload_type = self.sound.filter(|sound| sound.send)?.payload_type;
        let packet = self.transcoder.as_mut()?.packet()?;
        let payload = RTP_HEADER_BYTES..packet.bytes.len();
        Some(self.sending.next_frame(payload_type, payload, packet.pause_ms, at).write(packet.bytes))
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
            self.switch();
            return None;
        };
        let payload = RTP_HEADER_BYTES..RTP_HEADER_BYTES + frame.len();
        packet.get_mut(payload.clone())?.copy_from_slice(frame);
        let header = self.sending.next_frame(sound.payload_type, payload.clone(), 0, at);
        Some(header.write(&mut packet[..payload.end]))
    }

    /// What the leg hears next is something else.
    pub fn switch(&mut self) {
        self.sending.switch();
        self.transcoder = None;
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
        let (received, lost, jitter) = (self.reception.received(), self.reception.lost(), self.reception.jitter());
        let clock_rate = self.codec().map_or(Codec::Pcma.clock_rate(), Codec::clock_rate);
        let jitter_time = Duration::from_secs(1) * jitter / clock_rate;
        let round_trip = self.told.and_then(|told| told.round_trip);
        Traffic {
            received,
            sent: self.sending.packets(),
            lost,
            refused: self.refused,
            jitter,
            jitter_time,
            round_trip,
            lost_there: self.told.map(|told| told.lost),
            quality: Quality::estimate(received, lost, jitter_time, round_trip),
        }
    }

    fn sort(&mut self, packet: &[u8], from: SocketAddr, at: Moment) -> Heard {
        let (Some(header), Some(sound)) = (RtpHeader::read(packet), self.sound) else { return Heard::Refused };
        let codec = sound.codec_of(header.payload_type);
        let key_clock = sound.key_clock(header.payload_type).filter(|_| codec.is_none());
        let known = codec.is_some() || key_clock.is_some() || header.payload_type == COMFORT_NOISE;
        if !known || !self.source.accepts(from, &header, at) {
            return Heard::Refused;
        }
        self.reception.note(&header, codec.map(Codec::clock_rate), at);
        match (codec, key_clock) {
            (Some(codec), _) if sound.receive => Heard::Voice(header, codec),
            (None, Some(clock_rate)) => {
                let digit = self.keys.heard(&header, &packet[header.payload.clone()]);
                Heard::Key(header, digit, clock_rate)
            }
            (Some(_) | None, _) => Heard::Nothing(header),
        }
    }

    fn transcode(&mut self, header: &RtpHeader, from: Codec, to: Codec, payload: &[u8], at: Moment) -> Option<&[u8]> {
        let transcoder = self.transcoder.take().filter(|transcoder| transcoder.from() == from);
        // Made with the first packet of who is heard: most legs never need one.
        let transcoder = self.transcoder.insert(transcoder.unwrap_or_else(|| Box::new(Transcoder::new(from, to))));
        transcoder.take(header, payload);
        self.more(at)
    }

    /// What this leg can't hear leaves no gap in what it hears.
    fn leave_out(&mut self, heard: &RtpHeader) -> Option<&'static [u8]> {
        self.sending.leave_out(heard);
        self.transcoder.iter_mut().for_each(|transcoder| transcoder.pass_by(heard));
        None
    }

    fn note_life(&mut self, at: Moment) {
        self.watch.iter_mut().for_each(|watch| watch.heard_at = Some(at));
    }
}

#[cfg(test)]
mod tests;

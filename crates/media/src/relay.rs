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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Law;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([198, 51, 100, 1], port))
    }

    fn at(ms: u64) -> Moment {
        Moment::from_secs(43_200) + Duration::from_millis(ms)
    }

    fn leg(port: u16, codec: Codec, telephone_event: Option<u8>) -> LegSound {
        let mut leg = LegSound::new(u64::from(port));
        let telephone_event = telephone_event.map(KeyEvents::narrow);
        leg.settle(Sound { telephone_event, ..Sound::plain(address(port), codec) }, at(0));
        leg
    }

    fn packet(payload_type: u8, sequence: u16, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 12 + payload.len()];
        bytes[12..].copy_from_slice(payload);
        let timestamp = u32::from(sequence) * 160;
        let header =
            RtpHeader { payload_type, marker: false, sequence, timestamp, ssrc: 1, payload: 12..12 + payload.len() };
        header.write(&mut bytes).to_vec()
    }

    #[test]
    fn voice_arrives_in_the_other_legs_codec() {
        let (mut citizen, mut agent) = (leg(4000, Codec::Pcma, None), leg(5000, Codec::Pcmu, None));
        let mut bytes = packet(8, 1, &[Law::A.encode(8000); 160]);
        let heard = citizen.receive(&bytes, address(4000), at(0));
        let sent = agent.relay(&heard, &mut bytes, at(0)).expect("relayed");
        let header = RtpHeader::read(sent).expect("valid");
        assert_eq!(header.payload_type, 0);
        assert!((i32::from(Law::Mu.decode(sent[12])) - 8000).abs() < 600);
    }

    #[test]
    fn keys_change_their_payload_type_and_are_told_once() {
        let (mut citizen, mut agent) = (leg(4000, Codec::Pcma, Some(97)), leg(5000, Codec::Pcma, Some(101)));
        let mut digits = String::new();
        for sequence in 1..4 {
            let mut bytes = packet(97, sequence, &[5, 0x8a, 3, 32]);
            bytes[4..8].copy_from_slice(&[0, 0, 9, 9]);
            let heard = citizen.receive(&bytes, address(4000), at(0));
            digits.extend(match &heard {
                Heard::Key(_, digit) => *digit,
                Heard::Refused | Heard::Nothing | Heard::Voice(..) => None,
            });
            assert_eq!(agent.relay(&heard, &mut bytes, at(0)).expect("relayed")[1] & 0x7f, 101);
        }
        assert_eq!(digits, "5");
        let mut deaf = leg(6000, Codec::Pcma, None);
        let mut bytes = packet(97, 9, &[5, 10, 3, 32]);
        let heard = citizen.receive(&bytes, address(4000), at(0));
        assert_eq!(deaf.relay(&heard, &mut bytes, at(0)), None);
    }

    #[test]
    fn what_was_not_agreed_or_comes_from_elsewhere_is_refused_and_counted() {
        let mut citizen = leg(4000, Codec::Pcma, None);
        for (payload_type, port) in [(96, 4000), (13, 4000), (101, 4000), (8, 4444), (200, 4000)] {
            let heard = citizen.receive(&packet(payload_type, 1, &[0; 160]), address(port), at(0));
            assert_eq!(heard, Heard::Refused, "{payload_type} from {port}");
        }
        assert_eq!((citizen.traffic().refused, citizen.traffic().received), (5, 0));
        assert_eq!(LegSound::new(1).receive(&packet(8, 1, &[0; 160]), address(4000), at(0)), Heard::Refused);
    }

    #[test]
    fn a_leg_on_hold_is_sent_nothing_and_hears_again_when_it_resumes() {
        let mut leg = leg(4000, Codec::Pcma, None);
        let sound = leg.sound.expect("settled");
        let mut buffer = [0; FRAME_PACKET_BYTES];
        assert!(leg.frame(|_| Some(&[0x55; 160]), &mut buffer, at(0)).is_some());
        leg.settle(Sound { send: false, ..sound }, at(20));
        assert!(leg.frame(|_| Some(&[0x55; 160]), &mut buffer, at(20)).is_none());
        assert_eq!(leg.destination(), None);
        leg.settle(sound, at(1020));
        let before = RtpHeader::read(&buffer).expect("valid");
        assert!(leg.frame(|_| Some(&[0x55; 160]), &mut buffer, at(1020)).is_some());
        let after = RtpHeader::read(&buffer).expect("valid");
        assert!(after.marker && after.sequence == before.sequence.wrapping_add(1));
        assert_eq!(after.timestamp, before.timestamp.wrapping_add(8160));
    }

    #[test]
    fn silence_is_told_once_and_only_after_something_was_heard() {
        let mut leg = leg(4000, Codec::Pcma, None);
        leg.watch(Some(Duration::from_secs(30)));
        assert!(!leg.is_silent(at(90_000)), "never heard");
        leg.receive(&packet(8, 1, &[0; 160]), address(4000), at(90_000));
        leg.receive(&packet(8, 2, &[0; 160]), address(7777), at(110_000));
        assert!(!leg.is_silent(at(119_999)));
        assert!(leg.is_silent(at(120_000)), "a stranger's packet is no sign of life");
        assert!(!leg.is_silent(at(200_000)), "once");
    }

    proptest! {
        #[test]
        fn any_packet_is_taken_or_refused_and_what_goes_on_is_always_rtp(
            first in 0x80..=0xbf_u8, second in prop::sample::select(vec![0_u8, 8, 13, 101, 128, 136, 229]),
            rest in prop::collection::vec(any::<u8>(), 0..400)
        ) {
            let (mut citizen, mut agent) = (leg(4000, Codec::Pcma, Some(101)), leg(5000, Codec::Pcmu, Some(96)));
            let mut bytes = [vec![first, second], rest].concat();
            let heard = citizen.receive(&bytes, address(4000), at(0));
            citizen.receive_report(&bytes, address(4001), at(0));
            if let Some(sent) = agent.relay(&heard, &mut bytes, at(0)) {
                let header = RtpHeader::read(sent).expect("valid");
                prop_assert!([0, 96].contains(&header.payload_type));
            }
        }
    }
}

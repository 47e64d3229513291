//! What a leg hears and is heard saying, packet by packet, on virtual time.
//! Knows packets as bytes and addresses; doesn't know sockets.

use proptest::prelude::*;

use super::*;
use crate::session::OPUS_OFFERED;
use crate::{Decoder, Encoder, KeyEvents, Law, Rate};

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
            Heard::Key(_, digit, _) => *digit,
            Heard::Refused | Heard::Nothing(_) | Heard::Voice(..) => None,
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
    for (payload_type, port) in [(96, 4000), (101, 4000), (8, 4444), (200, 4000)] {
        let heard = citizen.receive(&packet(payload_type, 1, &[0; 160]), address(port), at(0));
        assert_eq!(heard, Heard::Refused, "{payload_type} from {port}");
    }
    assert_eq!((citizen.traffic().refused, citizen.traffic().received), (4, 0));
    assert_eq!(LegSound::new(1).receive(&packet(8, 1, &[0; 160]), address(4000), at(0)), Heard::Refused);
}

/// 20 ms of a tone, as its packet of that number.
fn says(encoder: &mut Encoder, codec: Codec, number: u16) -> Vec<u8> {
    let samples = encoder.rate().frame();
    let hertz = encoder.rate().samples_in_second() as f64;
    let at = |n: usize| ((std::f64::consts::TAU * 500.0 * n as f64 / hertz).sin() * 8_000.0) as i16;
    let sound: Vec<i16> = (usize::from(number) * samples..(usize::from(number) + 1) * samples).map(at).collect();
    let mut payload = [0; FRAME_BYTES_MAX];
    let length = encoder.encode(&sound, &mut payload);
    let mut bytes = packet(usual(codec), number, &payload[..length]);
    bytes[4..8].copy_from_slice(&(u32::from(number) * codec.frame_ticks()).to_be_bytes());
    bytes
}

fn usual(codec: Codec) -> u8 {
    codec.static_payload_type().unwrap_or(OPUS_OFFERED)
}

#[test]
fn two_who_share_no_codec_hear_each_other_in_one_stream_each() {
    for from in Codec::ALL {
        for to in Codec::ALL {
            let (mut citizen, mut agent) = (leg(4000, from, None), leg(5000, to, None));
            let (mut encoder, mut decoder) = (Encoder::new(from, Rate::of(from)), Decoder::new(to, Rate::Narrow));
            let (mut numbers, mut loudest) = (Vec::new(), 0);
            for number in 0..20 {
                let mut bytes = says(&mut encoder, from, number);
                let now = at(u64::from(number) * 20);
                let heard = citizen.receive(&bytes, address(4000), now);
                let sent = agent.relay(&heard, &mut bytes, now).expect("each packet goes on at once").to_vec();
                assert_eq!(agent.more(now), None);
                let header = RtpHeader::read(&sent).expect("valid");
                assert_eq!(header.payload_type, usual(to));
                numbers.push((header.sequence, header.timestamp));
                let mut sound = [0; 160];
                assert_eq!(decoder.decode(&sent[header.payload.clone()], &mut sound), 160);
                loudest = sound.iter().map(|sample| i32::from(*sample).abs()).max().unwrap_or(0);
            }
            assert!((6_000..10_000).contains(&loudest), "{from:?} to {to:?}: {loudest}");
            for pair in numbers.windows(2) {
                let step = (pair[1].0.wrapping_sub(pair[0].0), pair[1].1.wrapping_sub(pair[0].1));
                assert_eq!(step, (1, to.frame_ticks()), "{from:?} to {to:?}");
            }
        }
    }
}

#[test]
fn a_long_packet_of_another_codec_is_heard_whole() {
    let (mut citizen, mut agent) = (leg(4000, Codec::Pcmu, None), leg(5000, Codec::Opus, None));
    let mut bytes = packet(0, 1, &[0xff; 480]);
    let heard = citizen.receive(&bytes, address(4000), at(0));
    let mut packets = agent.relay(&heard, &mut bytes, at(0)).is_some() as usize;
    while let Some(sent) = agent.more(at(0)) {
        assert_eq!(RtpHeader::read(sent).expect("valid").payload_type, OPUS_OFFERED);
        packets += 1;
    }
    assert_eq!((packets, agent.traffic().sent), (3, 3));
}

#[test]
fn a_key_beside_transcoded_voice_keeps_its_length_in_the_other_clock() {
    let wide = KeyEvents { payload_type: 126, clock_rate: 48_000 };
    let (mut citizen, mut agent) = (leg(4000, Codec::Pcma, Some(101)), leg(5000, Codec::Opus, None));
    agent.settle(Sound { telephone_event: Some(wide), ..agent.sound.expect("settled") }, at(0));
    let mut encoder = Encoder::new(Codec::Pcma, Rate::Narrow);
    let (mut digits, mut sent) = (String::new(), Vec::new());
    for number in 0..8 {
        let is_key = (2..6).contains(&number);
        let mut bytes = if is_key {
            let mut press = packet(101, number, &[7, 10, (number as u8 - 1) / 2, 0x40]);
            press[4..8].copy_from_slice(&320_u32.to_be_bytes());
            press
        } else {
            says(&mut encoder, Codec::Pcma, number)
        };
        let heard = citizen.receive(&bytes, address(4000), at(u64::from(number) * 20));
        if let Heard::Key(_, Some(digit), 8_000) = heard {
            digits.push(digit);
        }
        sent.push(agent.relay(&heard, &mut bytes, at(u64::from(number) * 20)).expect("each goes on").to_vec());
    }
    let headers: Vec<RtpHeader> = sent.iter().map(|packet| RtpHeader::read(packet).expect("valid")).collect();
    assert_eq!(digits, "7");
    assert_eq!(
        headers.iter().map(|h| h.sequence.wrapping_sub(headers[0].sequence)).collect::<Vec<_>>(),
        [0, 1, 2, 3, 4, 5, 6, 7]
    );
    assert_eq!(headers.iter().map(|h| h.payload_type).collect::<Vec<_>>(), [111, 111, 126, 126, 126, 126, 111, 111]);
    assert!(headers[2..6].iter().all(|header| header.timestamp == headers[2].timestamp), "one press");
    assert_eq!(headers[6].timestamp.wrapping_sub(headers[0].timestamp), 6 * 960, "the voice keeps its time");
    let told = |packet: &[u8]| u16::from_be_bytes([packet[14], packet[15]]);
    assert_eq!([told(&sent[2]), told(&sent[5])], [6 * 0x40, 6 * 0x240]);
}

#[test]
fn comfort_noise_is_a_sign_of_life_and_goes_no_further() {
    let (mut citizen, mut agent) = (leg(4000, Codec::Pcma, None), leg(5000, Codec::Pcma, None));
    citizen.watch(Some(Duration::from_secs(30)));
    let mut numbers = Vec::new();
    for (number, payload_type) in [(1, 8), (2, 13), (3, 8)] {
        let mut bytes = packet(payload_type, number, &[0x50; 160]);
        let heard = citizen.receive(&bytes, address(4000), at(10_000 * u64::from(number)));
        numbers
            .extend(agent.relay(&heard, &mut bytes, at(0)).map(|sent| RtpHeader::read(sent).expect("valid").sequence));
    }
    assert_eq!(numbers.len(), 2);
    assert_eq!(numbers[1], numbers[0].wrapping_add(1), "no gap where nothing was lost");
    assert_eq!((citizen.traffic().refused, citizen.traffic().lost), (0, 0));
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

#[test]
fn reports_may_come_on_the_voices_own_port_where_that_was_agreed() {
    let report = [0x80, 201, 0, 1, 0, 0, 0, 9];
    let mut leg = leg(4000, Codec::Pcma, None);
    assert!(!leg.is_report(&report) && leg.shared_port().is_none(), "it was not agreed");
    let sound = leg.sound.expect("settled");
    leg.settle(Sound { rtcp_mux: true, ..sound }, at(0));
    leg.watch(Some(Duration::from_secs(30)));
    assert!(leg.is_report(&report) && leg.receive_report(&report, address(4000), at(1000)));
    assert!(!leg.receive_report(&report, SocketAddr::from(([203, 0, 113, 9], 4000)), at(20_000)));
    assert!(leg.is_silent(at(31_000)), "a report is a sign of life, a stranger's is none");
    let voice = packet(8, 1, &[0; 160]);
    assert!(!leg.is_report(&voice) && matches!(leg.receive(&voice, address(4000), at(0)), Heard::Voice(..)));
    assert_eq!((leg.traffic().received, leg.shared_port()), (1, Some(address(4000))));
}

#[test]
fn how_a_leg_sounded_is_told_at_its_end() {
    let mut leg = leg(4000, Codec::Pcma, None);
    assert_eq!(leg.traffic().quality, None, "nothing came");
    for n in (0..500_u16).filter(|n| n % 10 != 9) {
        leg.receive(&packet(8, n, &[0; 160]), address(4000), at(20 * u64::from(n)));
    }
    let traffic = leg.traffic();
    assert_eq!((traffic.received, traffic.lost, traffic.jitter_time), (450, 49, Duration::ZERO));
    let quality = traffic.quality.expect("something came");
    assert!((2.5..3.9).contains(&quality.opinion()), "one in ten was lost: {quality:?}");
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

//! What a leg hears and is heard saying, packet by packet, on virtual time.
//! Knows packets as bytes and addresses; doesn't know sockets.

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

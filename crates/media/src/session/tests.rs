//! Offer and answer as phones see them, and what hostile descriptions get.
//! The descriptions are written as real phones write them.

mod browsers;
mod keys;

use std::net::IpAddr;

use model::{LegId, LegSide, ShardNo};
use proptest::prelude::*;

use super::*;
use crate::{Codec, KeyEvents, Sound};

const PHONE: &str = "v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\n\
    m=audio 7078 RTP/AVP 96 0 8 97\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-16\r\n\
    a=ptime:30\r\n";

const G711: [Codec; 2] = [Codec::Pcma, Codec::Pcmu];

const PORT: u16 = 12_000;

fn us(codecs: &[Codec]) -> OurSide {
    side("192.0.2.1", codecs)
}

fn side(address: &str, codecs: &[Codec]) -> OurSide {
    let address: IpAddr = address.parse().expect("an address");
    OurSide { address, codecs: codecs.to_vec(), seed: MediaSeed::new([7; 32]), web: None }
}

fn leg() -> LocalSession {
    LocalSession::new(LegId::new(ShardNo(255), LegSide::Inbound, 7), FarEnd::Phone(Protection::Off))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn read(offer: &str) -> RemoteSession {
    RemoteSession::parse(offer.as_bytes()).expect("readable")
}

fn answered(offer: &str, prefer: Option<Codec>) -> (String, Sound) {
    let offer = RemoteSession::parse(offer.as_bytes()).expect("a readable offer");
    let answered = leg().answer(&us(&G711), &offer, PORT, prefer).expect("a common codec");
    assert_eq!(answered.settled.secured, None);
    (text(&answered.description), answered.settled.sound)
}

#[test]
fn a_phone_gets_our_first_choice_that_it_speaks() {
    let (text, sound) = answered(PHONE, None);
    assert!(text.contains("m=audio 12000 RTP/AVP 8 97\r\n"), "{text}");
    assert!(text.contains("a=rtpmap:97 telephone-event/8000\r\n"), "{text}");
    assert_eq!((sound.codec, sound.telephone_event), (Codec::Pcma, Some(KeyEvents::narrow(97))));
    assert_eq!(sound.remote, "10.0.0.9:7078".parse().expect("an address"));
    assert!(sound.send && sound.receive);
}

#[test]
fn a_codec_without_a_fixed_number_goes_by_the_number_that_the_phone_gave_it() {
    let offer = PHONE.replace("96 0 8 97", "18 96 9 97").replace("rtpmap:96 opus/48000/2", "rtpmap:96 OPUS/48000/2");
    let parsed = RemoteSession::parse(offer.as_bytes()).expect("readable");
    assert_eq!(parsed.codecs().collect::<Vec<_>>(), [Codec::Opus, Codec::G722]);
    let answered = leg().answer(&us(&[Codec::Opus, Codec::G722]), &parsed, PORT, None).expect("common");
    let (sound, text) = (answered.settled.sound, text(&answered.description));
    assert_eq!((sound.codec, sound.payload_type), (Codec::Opus, 96));
    assert!(text.contains("RTP/AVP 96 97\r\na=rtpmap:96 opus/48000/2\r\n"), "{text}");
    let ours = leg().offer(&us(&Codec::ALL), PORT, &Codec::ALL, Direction::SendReceive);
    let ours = RemoteSession::parse(&ours).expect("ours");
    assert_eq!(ours.codecs().collect::<Vec<_>>(), Codec::ALL);
    let answered = leg().answer(&us(&[Codec::Opus]), &ours, PORT, None).expect("common");
    assert_eq!(answered.settled.sound.payload_type, 111);
    assert_eq!(answered.settled.sound.telephone_event, Some(KeyEvents { payload_type: 110, clock_rate: 48_000 }));
}

#[test]
fn a_number_keeps_its_meaning_in_our_later_offer_and_new_ones_get_out_of_its_way() {
    let offer = PHONE.replace("96 0 8 97", "101 8 97").replace("rtpmap:96", "rtpmap:101");
    let mut leg = leg();
    leg.answer(&us(&Codec::ALL), &read(&offer), PORT, None).expect("common");
    let later = text(&leg.offer(&us(&Codec::ALL), PORT, &Codec::ALL, Direction::SendReceive));
    assert!(later.contains("RTP/AVP 8 0 9 101 97 110\r\n"), "{later}");
    let offer = offer.replace("97", "110");
    leg.answer(&us(&Codec::ALL), &read(&offer), PORT, None).expect("common");
    let later = text(&leg.offer(&us(&Codec::ALL), PORT, &Codec::ALL, Direction::SendReceive));
    assert!(later.contains("RTP/AVP 8 0 9 101 110 96\r\n"), "{later}");
}

#[test]
fn our_preference_wins_where_the_phone_speaks_it() {
    assert_eq!(answered(PHONE, Some(Codec::Pcmu)).1.codec, Codec::Pcmu);
    let only_mu = PHONE.replace("96 0 8 97", "0");
    let (text, sound) = answered(&only_mu, Some(Codec::Pcma));
    assert_eq!((sound.codec, sound.telephone_event), (Codec::Pcmu, None));
    assert!(!text.contains("telephone-event"), "{text}");
}

#[test]
fn other_media_are_answered_and_rejected_in_their_place() {
    let offer = PHONE.replace("m=audio", "m=video 9000 RTP/SAVPF 120 121\r\nm=audio")
        + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";
    let (text, _) = answered(&offer, None);
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(
        lines,
        ["m=video 0 RTP/SAVPF 120", "m=audio 12000 RTP/AVP 8 97", "m=application 0 UDP/DTLS/SCTP webrtc-datachannel"]
    );
}

#[test]
fn a_later_offer_keeps_the_sessions_media_lines() {
    let offer = PHONE.replace("m=audio", "m=video 9000 RTP/AVP 120\r\nm=audio");
    let mut leg = leg();
    let offer = RemoteSession::parse(offer.as_bytes()).expect("readable");
    leg.answer(&us(&G711), &offer, PORT, None).expect("common");
    let text = text(&leg.offer(&us(&G711), PORT, &[Codec::Pcmu], Direction::SendReceive));
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(lines, ["m=audio 0 RTP/AVP 0", "m=audio 12000 RTP/AVP 0 97"]);
    assert!(text.contains(" 2 IN IP4 "), "the version grew: {text}");
}

#[test]
fn hold_and_resume_are_understood_and_mirrored() {
    for (said, mirrored, send, receive) in [
        ("sendrecv", "sendrecv", true, true),
        ("sendonly", "recvonly", false, true),
        ("recvonly", "sendonly", true, false),
        ("inactive", "inactive", false, false),
    ] {
        let at_the_media = format!("{PHONE}a={said}\r\n");
        let at_the_session = PHONE.replace("t=0 0\r\n", &format!("t=0 0\r\na={said}\r\n"));
        for offer in [at_the_media, at_the_session] {
            let (text, sound) = answered(&offer, None);
            assert!(text.ends_with(&format!("a={mirrored}\r\n")), "{said}: {text}");
            assert_eq!((sound.send, sound.receive), (send, receive), "{said}");
        }
    }
}

#[test]
fn the_old_hold_by_address_0_0_0_0_stops_our_sending() {
    let (text, sound) = answered(&PHONE.replace("c=IN IP4 10.0.0.9", "c=IN IP4 0.0.0.0"), None);
    assert!(!sound.send && sound.receive);
    assert!(text.ends_with("a=recvonly\r\n"), "{text}");
}

#[test]
fn our_own_offer_is_read_back_and_its_answer_settles_the_sound() {
    let mut ours = leg();
    let offer = ours.offer(&us(&G711), PORT, &G711, Direction::SendReceive);
    let remote = RemoteSession::parse(&offer).expect("ours");
    assert_eq!((remote.codecs().collect::<Vec<_>>(), remote.packet_ms()), (G711.to_vec(), Some(20)));
    let theirs = side("192.0.2.7", &G711);
    let answer = leg().answer(&theirs, &remote, 4000, Some(Codec::Pcmu)).expect("common").description;
    let settled = ours.answered(&us(&G711), &answer).expect("an answer");
    let there = "192.0.2.7:4000".parse().expect("an address");
    let expected = Sound { telephone_event: Some(KeyEvents::narrow(101)), ..Sound::plain(there, Codec::Pcmu) };
    assert_eq!((settled.sound, settled.secured), (expected, None));
}

#[test]
fn an_answer_on_hold_tells_us_not_to_send() {
    let answer = format!("{PHONE}a=inactive\r\n");
    let sound = leg().answered(&us(&G711), answer.as_bytes()).expect("an answer").sound;
    assert!(!sound.send && !sound.receive);
}

#[test]
fn sound_that_we_do_not_speak_is_refused() {
    for offer in [
        PHONE.replace("96 0 8 97", "96 97"),
        PHONE.replace("audio 7078", "audio 0"),
        PHONE.replace("audio", "video"),
        PHONE.replace("IP4 10.0.0.9", "IP6 2001:db8::1"),
    ] {
        let parsed = RemoteSession::parse(offer.as_bytes()).expect("readable");
        assert_eq!(leg().answer(&us(&G711), &parsed, PORT, None), Err(Refused::NothingInCommon), "{offer}");
    }
    let answer = PHONE.replace("audio 7078", "audio 0");
    assert_eq!(leg().answered(&us(&G711), answer.as_bytes()), Err(BadSession::NoSound));
}

#[test]
fn numbers_beyond_their_range_are_refused() {
    for (bad, why) in [
        (PHONE.replace("96 0 8 97", "4294967296"), BadSession::PayloadType),
        (PHONE.replace("96 0 8 97", "128"), BadSession::PayloadType),
        (PHONE.replace("96 0 8 97", "-1"), BadSession::PayloadType),
        (PHONE.replace("rtpmap:97", "rtpmap:4294967393"), BadSession::PayloadType),
        (PHONE.replace("7078", "65536"), BadSession::Malformed),
        (PHONE.replace("7078", "-1"), BadSession::Malformed),
        (PHONE.replace("96 0 8 97", &"0 ".repeat(65)), BadSession::TooManyFormats),
        (PHONE.replace("96 0 8 97", &"0 ".repeat(10_000)), BadSession::TooLong),
        (format!("{PHONE}{}", "m=audio 1 RTP/AVP 0\r\n".repeat(32)), BadSession::TooManyMedia),
        (format!("{PHONE}{}", "a=x\r\n".repeat(257)), BadSession::TooManyAttributes),
        (PHONE.replace("c=IN IP4 10.0.0.9\r\n", ""), BadSession::Address),
        (PHONE.replace("IP4 10.0.0.9", "IP4 phone.example"), BadSession::Address),
        (PHONE.replace("IP4 10.0.0.9", "IP4 239.1.2.3"), BadSession::Address),
        (String::new(), BadSession::Malformed),
    ] {
        assert_eq!(RemoteSession::parse(bad.as_bytes()), Err(why), "{}", &bad[..bad.len().min(300)]);
    }
}

#[test]
fn a_nul_at_any_place_is_refused() {
    for place in 0..=PHONE.len() {
        let mut bytes = PHONE.as_bytes().to_vec();
        bytes.insert(place, 0);
        assert_eq!(RemoteSession::parse(&bytes), Err(BadSession::ControlCharacter), "at {place}");
    }
}

#[test]
fn nothing_offered_can_begin_a_line_of_its_own_in_our_answer() {
    let offer = format!("{PHONE}m=vi\rdeo 9 RTP/AVP 1\r\n");
    if let Ok(parsed) = RemoteSession::parse(offer.as_bytes()) {
        let answer = leg().answer(&us(&G711), &parsed, PORT, None).expect("common").description;
        let text = text(&answer);
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = RemoteSession::parse(&bytes);
    }

    #[test]
    fn a_damaged_description_never_gives_an_unreadable_answer(
        place in 0..PHONE.len(), drop in 0..20_usize, byte in any::<u8>()
    ) {
        let mut bytes = PHONE.as_bytes().to_vec();
        bytes.splice(place..(place + drop).min(PHONE.len()), [byte]);
        if let Ok(offer) = RemoteSession::parse(&bytes)
            && let Ok(answered) = leg().answer(&us(&G711), &offer, PORT, None)
        {
            let again = RemoteSession::parse(&answered.description).expect("we can read what we write");
            prop_assert_eq!(again.codecs().collect::<Vec<_>>(), [answered.settled.sound.codec]);
        }
    }
}

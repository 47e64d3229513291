//! Browsers: what Chromium offers, and what it is answered and offered (RFC 8829).
//! Knows no peer connection: that is tried with a real browser.

use super::*;
use crate::{DtlsRole, Place, Secured, WebPeer};

/// As Chromium writes it, shortened of codecs and header extensions.
pub(super) const CHROMIUM: &str = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
    a=extmap-allow-mixed\r\na=msid-semantic: WMS 5e8c\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n\
    c=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:4ZcD\r\na=ice-pwd:2/1muCWoOi3uLifh0NuRHlB4\r\n\
    a=ice-options:trickle\r\na=fingerprint:sha-256 75:74:5A:A6:A4:E5:52:F4:A7:67:4C:01:C7:EE:91:3F:21:3D:A2:E3:53:7B:6F:30:86:F2:30:AA:65:FB:04:24\r\n\
    a=setup:actpass\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=sendrecv\r\na=msid:5e8c 1f5e\r\n\
    a=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
    a=rtpmap:63 red/48000/2\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:13 CN/8000\r\n\
    a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\na=ssrc:1399694169 cname:7gQv\r\n";

fn us() -> OurSide {
    let addresses = vec!["192.0.2.1:8443".parse().expect("an address"), "[2001:db8::1]:8443".parse().expect("one")];
    let web = OurWeb { addresses, fingerprint: [0xab; 32], tcp: true };
    OurSide { web: Some(web), ..side("192.0.2.1", &Codec::ALL) }
}

fn browser() -> LocalSession {
    LocalSession::new(LegId::new(ShardNo(10), LegSide::Outbound, 7), FarEnd::Browser)
}

fn peer(settled: &Settled) -> &WebPeer {
    match settled.secured.as_deref() {
        Some(Secured::Web(peer)) => peer,
        Some(Secured::Sdes(_)) | None => panic!("no browser: {settled:?}"),
    }
}

#[test]
fn a_browsers_offer_is_answered_with_what_it_needs_to_reach_us() {
    let mut leg = browser();
    let Place::Web(ice) = leg.place(&us(), 0) else { panic!("a browser's place") };
    let answered = leg.answer(&us(), &read(CHROMIUM), 0, Some(Codec::Pcma)).expect("common");
    let text = text(&answered.description);
    for line in [
        "c=IN IP4 192.0.2.1",
        "a=ice-lite",
        "a=group:BUNDLE 0",
        "m=audio 8443 UDP/TLS/RTP/SAVPF 8 126",
        "a=mid:0",
        &format!("a=ice-ufrag:{}", ice.ufrag),
        &format!("a=ice-pwd:{}", ice.pwd),
        &format!("a=fingerprint:sha-256 AB{}", ":AB".repeat(31)),
        "a=setup:passive",
        "a=rtcp-mux",
        "a=sendrecv",
        "a=candidate:1 1 udp 2130706431 192.0.2.1 8443 typ host",
        "a=candidate:101 1 tcp 1520435199 192.0.2.1 8443 typ host tcptype passive",
        "a=end-of-candidates",
    ] {
        assert!(text.lines().any(|one| one == line), "{line} is not in {text}");
    }
    assert!(ice.ufrag.starts_with("0a"), "the name begins with the shard: {}", ice.ufrag);
    let (sound, peer) = (answered.settled.sound, peer(&answered.settled));
    assert_eq!((sound.codec, sound.payload_type, sound.rtcp_mux), (Codec::Pcma, 8, true));
    assert_eq!(sound.telephone_event, Some(KeyEvents::narrow(126)));
    assert!(sound.send && sound.receive, "0.0.0.0 of a browser holds nobody");
    assert_eq!((&*peer.ufrag, peer.role, peer.ssrc, &*peer.mid), ("4ZcD", DtlsRole::Server, Some(1_399_694_169), "0"));
    assert_eq!((peer.fingerprint[0], peer.fingerprint[31], &peer.local), (0x75, 0x24, &*ice));
    let numbers = [(111, 48_000), (9, 8_000), (0, 8_000), (8, 8_000), (110, 48_000), (126, 8_000)];
    assert_eq!(*peer.payload_types, numbers);
}

#[test]
fn our_offer_to_a_browser_lets_it_begin_and_its_answer_settles_the_sound() {
    let mut leg = browser();
    let offer = text(&leg.offer(&us(), 0, &[Codec::Pcma, Codec::Opus], Direction::SendReceive));
    for line in ["m=audio 8443 UDP/TLS/RTP/SAVPF 8 111 101", "a=setup:actpass", "a=mid:0", "a=group:BUNDLE 0"] {
        assert!(offer.lines().any(|one| one == line), "{line} is not in {offer}");
    }
    assert!(read(&offer).is_web());
    let answer = CHROMIUM.replace("actpass", "active").replace("111 63 9 0 8 13 110 126", "8 111 101");
    let answer = answer.replace("a=rtpmap:126", "a=rtpmap:101");
    let settled = leg.answered(&us(), answer.as_bytes()).expect("an answer");
    assert_eq!((settled.sound.codec, settled.sound.telephone_event), (Codec::Pcma, Some(KeyEvents::narrow(101))));
    assert_eq!(peer(&settled).role, DtlsRole::Server);
}

#[test]
fn a_browser_is_offered_keys_on_the_clock_of_its_voice_alone() {
    let sound_line = |leg: &mut LocalSession, codecs: &[Codec]| {
        let offer = text(&leg.offer(&us(), 12_000, codecs, Direction::SendReceive));
        offer.lines().find_map(|line| line.strip_prefix("m=audio ")).map(str::to_owned).expect("sound")
    };
    assert_eq!(sound_line(&mut browser(), &[Codec::Opus, Codec::Pcma]), "8443 UDP/TLS/RTP/SAVPF 111 8 110");
    assert_eq!(sound_line(&mut browser(), &[Codec::Pcma, Codec::Opus]), "8443 UDP/TLS/RTP/SAVPF 8 111 101");
}

#[test]
fn hold_keeps_the_way_and_a_browser_that_begins_ice_anew_gets_new_names() {
    let mut leg = browser();
    let first = leg.answer(&us(), &read(CHROMIUM), 0, None).expect("common");
    let held = CHROMIUM.replace("a=sendrecv", "a=sendonly");
    let held = leg.answer(&us(), &read(&held), 0, None).expect("held");
    assert_eq!(peer(&held.settled), peer(&first.settled));
    assert!(!held.settled.sound.send);
    let offered = text(&leg.offer(&us(), 0, &[Codec::Opus], Direction::SendReceive));
    assert!(offered.contains(&*peer(&first.settled).local.ufrag), "{offered}");
    let anew = leg.answer(&us(), &read(&CHROMIUM.replace("4ZcD", "9fGh")), 0, None).expect("anew");
    let (before, after) = (peer(&first.settled), peer(&anew.settled));
    assert_ne!(before.local.ufrag, after.local.ufrag);
    assert!(text(&anew.description).contains(&*after.local.pwd));
    assert_eq!((before.fingerprint, before.role), (after.fingerprint, after.role));
}

#[test]
fn a_browser_where_a_phone_is_expected_or_the_other_way_round_is_refused() {
    let phone = || LocalSession::new(LegId::new(ShardNo(1), LegSide::Inbound, 1), FarEnd::Phone(Protection::Offered));
    assert_eq!(phone().answer(&us(), &read(CHROMIUM), PORT, None), Err(Refused::Browser));
    assert_eq!(browser().answer(&us(), &read(PHONE), PORT, None), Err(Refused::Browser));
    assert_eq!(browser().answered(&us(), PHONE.as_bytes()), Err(BadSession::Unprotected));
    let closed = OurSide { web: None, ..us() };
    assert_eq!(browser().answer(&closed, &read(CHROMIUM), PORT, None), Err(Refused::Browser));
}

#[test]
fn a_browser_that_says_too_little_or_too_much_is_refused() {
    for (part, bad) in [
        ("a=ice-ufrag:4ZcD\r\n", String::new()),
        ("a=ice-ufrag:4ZcD\r\n", "a=ice-ufrag:4Zc\r\n".into()),
        ("a=ice-ufrag:4ZcD\r\n", format!("a=ice-ufrag:{}\r\n", "x".repeat(257))),
        ("a=ice-pwd:2/1muCWoOi3uLifh0NuRHlB4\r\n", "a=ice-pwd:short\r\n".into()),
        ("a=ice-pwd:2/1muCWoOi3uLifh0NuRHlB4\r\n", "a=ice-pwd:2/1muCWoOi3uLifh0NuRHl;4\r\n".into()),
        ("sha-256", "sha-1".into()),
        (":04:24\r\n", ":04\r\n".into()),
        (":04:24\r\n", ":04:24:11\r\n".into()),
        (":04:24\r\n", ":04:+4\r\n".into()),
        ("actpass", "holdconn".into()),
    ] {
        let offer = CHROMIUM.replace(part, &bad);
        assert_ne!(offer, CHROMIUM);
        assert_eq!(browser().answer(&us(), &read(&offer), 0, None), Err(Refused::Browser), "{offer}");
    }
}

#[test]
fn attributes_that_are_said_for_the_whole_session_count_and_other_media_stay_outside_the_bundle() {
    let moved = "a=setup:actpass\r\n";
    let offer = CHROMIUM.replace(moved, "").replace("t=0 0\r\n", "t=0 0\r\na=setup:actpass\r\n");
    let video = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n";
    let offer = offer.replace("BUNDLE 0", "BUNDLE 0 1") + video;
    let text = text(&browser().answer(&us(), &read(&offer), 0, None).expect("common").description);
    assert!(text.contains("a=group:BUNDLE 0\r\n") && text.ends_with("m=video 0 UDP/TLS/RTP/SAVPF 96\r\n"), "{text}");
}

//! Phones that encrypt with keys in their descriptions (RFC 4568), met by each decision of the operator.
//! Knows keys as bytes; what they do to packets is tested in `srtp`.

use super::*;
use crate::{SdesKeys, Secured, SrtpSuite};

const KEY: &str = "1 AES_CM_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm";

fn encrypted(transport: &str) -> String {
    PHONE.replace("RTP/AVP", transport) + "a=crypto:" + KEY + "\r\n"
}

fn leg_that(protection: Protection) -> LocalSession {
    LocalSession::new(LegId::new(ShardNo(1), LegSide::Inbound, 7), FarEnd::Phone(protection))
}

fn keys(settled: &Settled) -> &SdesKeys {
    match settled.secured.as_deref() {
        Some(Secured::Sdes(keys)) => keys,
        Some(Secured::Web(_)) | None => panic!("no keys: {settled:?}"),
    }
}

fn media_line(text: &str) -> &str {
    text.lines().find(|line| line.starts_with("m=")).expect("a media line")
}

#[test]
fn what_is_offered_is_answered_as_decided_and_never_less_protected() {
    use Protection::{Off, Offered, Required};
    let (plain, beside, keyed) = (PHONE.to_owned(), encrypted("RTP/AVP"), encrypted("RTP/SAVP"));
    let unusable = PHONE.replace("RTP/AVP", "RTP/SAVP") + "a=crypto:1 F8_128_HMAC_SHA1_80 inline:AAAA\r\n";
    for (decided, offer, expected) in [
        (Off, &plain, Ok(false)),
        (Off, &beside, Ok(false)),
        (Off, &keyed, Err(Refused::Encrypted)),
        (Offered, &plain, Ok(false)),
        (Offered, &beside, Ok(true)),
        (Offered, &keyed, Ok(true)),
        (Offered, &unusable, Err(Refused::NoKeys)),
        (Required, &plain, Err(Refused::Plain)),
        (Required, &beside, Ok(true)),
        (Required, &keyed, Ok(true)),
        (Required, &unusable, Err(Refused::NoKeys)),
    ] {
        let answered = leg_that(decided).answer(&us(&G711), &read(offer), PORT, None);
        let got = answered.as_ref().map(|answered| answered.settled.secured.is_some()).map_err(|refused| *refused);
        assert_eq!(got, expected, "{decided:?}: {offer}");
        let Ok(answered) = answered else { continue };
        let text = text(&answered.description);
        assert_eq!(text.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"), expected == Ok(true), "{text}");
        let transport = |text: &str| text.split(' ').nth(2).map(str::to_owned);
        assert_eq!(transport(media_line(&text)), offer.lines().find(|l| l.starts_with("m=")).and_then(transport));
    }
}

#[test]
fn both_ends_of_a_keyed_session_hold_the_same_two_keys() {
    for (decided, transport) in [(Protection::Offered, "RTP/AVP"), (Protection::Required, "RTP/SAVP")] {
        let (mut ours, mut theirs) = (leg_that(decided), leg_that(Protection::Offered));
        let (us, them) = (us(&G711), OurSide { seed: MediaSeed::new([9; 32]), ..side("192.0.2.7", &G711) });
        let offer = ours.offer(&us, PORT, &G711, Direction::SendReceive);
        assert!(media_line(&text(&offer)).contains(transport), "{}", text(&offer));
        let offer = RemoteSession::parse(&offer).expect("ours");
        let answered = theirs.answer(&them, &offer, 4000, None).expect("answered");
        let settled = ours.answered(&us, &answered.description).expect("as offered");
        let (here, there) = (keys(&settled), keys(&answered.settled));
        assert_eq!((&here.ours, &here.theirs), (&there.theirs, &there.ours));
        assert_eq!(here.ours.suite, SrtpSuite::ALL[0]);
        // Held and resumed: the keys stay, and only the suite that was agreed is offered.
        let again = text(&ours.offer(&us, PORT, &G711, Direction::SendOnly));
        assert_eq!(again.matches("a=crypto:").count(), 1, "{again}");
        let answered = theirs.answer(&them, &read(&again), 4000, None).expect("answered");
        let held = ours.answered(&us, &answered.description).expect("as offered");
        assert_eq!(keys(&held), here);
        assert!(!held.sound.send || !held.sound.receive, "{held:?}");
    }
}

#[test]
fn an_answer_that_leaves_the_encryption_out_settles_nothing() {
    let (us, plain) = (us(&G711), PHONE.as_bytes());
    let offered = |decided| {
        let mut leg = leg_that(decided);
        leg.offer(&us, PORT, &G711, Direction::SendReceive);
        leg
    };
    assert_eq!(offered(Protection::Required).answered(&us, plain), Err(BadSession::Unprotected));
    let open = offered(Protection::Offered).answered(&us, plain).expect("it was a choice");
    assert_eq!(open.secured, None);
    // Another suite than the tag's, a tag that was not offered, or keys over the other transport.
    for wrong in [
        encrypted("RTP/SAVP"),
        encrypted("RTP/SAVP").replace("crypto:1 ", "crypto:7 "),
        encrypted("RTP/AVP").replace("crypto:1 ", "crypto:4 "),
        PHONE.replace("RTP/AVP", "RTP/SAVP"),
    ] {
        assert_eq!(
            offered(Protection::Required).answered(&us, wrong.as_bytes()),
            Err(BadSession::Unprotected),
            "{wrong}"
        );
    }
    let right = encrypted("RTP/SAVP").replace("crypto:1 ", "crypto:4 ");
    assert_eq!(
        keys(&offered(Protection::Required).answered(&us, right.as_bytes()).expect("right")).theirs.key(),
        b"123456789ABCDE01"
    );
}

#[test]
fn protection_that_was_agreed_is_not_taken_back_by_a_later_offer() {
    let mut leg = leg_that(Protection::Offered);
    leg.answer(&us(&G711), &read(&encrypted("RTP/AVP")), PORT, None).expect("encrypted");
    assert_eq!(leg.answer(&us(&G711), &read(PHONE), PORT, None), Err(Refused::Plain));
    assert_eq!(leg.answered(&us(&G711), PHONE.as_bytes()), Err(BadSession::Unprotected));
    let mut leg = leg_that(Protection::Offered);
    leg.answer(&us(&G711), &read(PHONE), PORT, None).expect("plain");
    let upgraded = leg.answer(&us(&G711), &read(&encrypted("RTP/SAVP")), PORT, None).expect("encrypted now");
    assert!(upgraded.settled.secured.is_some());
}

#[test]
fn a_phone_that_wants_rtcp_on_one_port_gets_it() {
    let offer = format!("{PHONE}a=rtcp-mux\r\n");
    let answered = leg_that(Protection::Off).answer(&us(&G711), &read(&offer), PORT, None).expect("common");
    assert!(answered.settled.sound.rtcp_mux && text(&answered.description).contains("a=rtcp-mux\r\n"));
}

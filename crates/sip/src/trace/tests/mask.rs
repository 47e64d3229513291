//! What the masks hide, wherever a trunk or a phone writes it, and what they leave to be read.
//! Reads texts alone; passes nothing through a tap but once.

use bytes::Bytes;
use model::Dialled;
use proptest::prelude::{Strategy, any, prop_assert, proptest};

use super::super::mask::{Aliases, Masker};
use super::*;
use crate::message::{Message, parse};

fn masked(text: &str, depth: Depth) -> String {
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let withheld = head.contains("Privacy: id");
    let mut aliases = Aliases::default();
    let shown = Masker { ours: &House, aliases: &mut aliases, depth, withheld }.message(head, body.as_bytes());
    String::from_utf8(shown.to_vec()).expect("text")
}

#[test]
fn a_masked_invite_says_what_was_wrong_with_it_and_not_whose_it_was() {
    let shown = masked(&invite("31415926-1@203.0.113.9"), Depth::Personal);
    let expected = "INVITE sip:7000@samkald.example SIP/2.0\r\n\
        Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKabc\r\n\
        From: \"name1\" <sip:p1.e164@198.51.100.1>;tag=1\r\n\
        To: <sip:7000@samkald.example>\r\n\
        Call-ID: xxxxxxxx-1@198.51.100.1\r\n\
        CSeq: 1 INVITE\r\n\
        P-Asserted-Identity: <tel:p1.e164>\r\n\
        Contact: <sip:p1.national@198.51.100.1:5070;user=phone>\r\n\
        X-Customer: masked\r\n\
        User-Agent: SBC/7 (for xxxxxxxxxx)\r\n\
        Content-Type: application/sdp\r\n\
        Content-Length: 213\r\n\r\n\
        v=0\r\no=- 99 1 IN IP4 198.51.100.2\r\ns=-\r\ni=masked\r\nc=IN IP4 198.51.100.2\r\nt=0 0\r\na=ice-pwd:masked\r\n\
        m=audio 4000 RTP/AVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:masked\r\na=rtpmap:8 PCMA/8000\r\n\
        a=x-masked:masked\r\n";
    assert_eq!(shown, expected);
}

#[test]
fn proofs_keys_and_pressed_digits_stay_hidden_even_unmasked() {
    let proof = "Authorization: Digest username=\"anna01\", realm=\"samkald.example\", nonce=\"n1\", \
                 uri=\"sip:samkald.example\", response=\"deadbeef\", cnonce=\"cafe\", nc=00000001, qop=auth\r\n";
    let register = message("REGISTER sip:samkald.example SIP/2.0", "<sip:anna01@x>", "<sip:anna01@x>", "c", proof, "");
    let keys = message(
        "INFO sip:7000@h SIP/2.0",
        "<sip:20123456@x>",
        "<sip:7000@h>",
        "c",
        "Content-Type: application/dtmf-relay\r\n",
        "Signal=5\r\nDuration=160\r\n",
    );
    for depth in [Depth::Personal, Depth::SecretsOnly] {
        let shown = masked(&register, depth);
        assert!(shown.contains("username=\"anna01\"") && shown.contains("nonce=\"n1\""), "{shown}");
        assert!(!shown.contains("deadbeef") && !shown.contains("cafe"), "{shown}");
        let shown = masked(&invite("c"), depth);
        assert!(!shown.contains("c2VjcmV0") && !shown.contains("hemmelighed"), "{shown}");
        assert!(masked(&keys, depth).ends_with("\r\n\r\nSignal=masked\r\n"));
    }
    let unmasked = masked(&invite("c"), Depth::SecretsOnly);
    assert!(unmasked.contains("Anna Agersø") && unmasked.contains("+4520123456@203.0.113.9"), "{unmasked}");
}

#[test]
fn a_caller_who_withheld_their_number_stays_unknown_even_unmasked() {
    let text = invite("c").replace("P-Asserted", "Privacy: id\r\nP-Asserted");
    let shown = masked(&text, Depth::SecretsOnly);
    assert!(!shown.contains("20123456@") && !shown.contains("tel:+4520123456") && !shown.contains("\"Anna"), "{shown}");
    assert!(shown.contains("sip:7000@samkald.example"), "{shown}");
    let (tap, _) = tap();
    let number = Dialled::parse("20123456").expect("a number");
    let id = tap.start(wish(Filter::Number(number))).expect("room").id;
    came(&tap, &text.replace("sip:+4520123456", "sip:anonymous"), "192.0.2.7:5060", Some("operator"));
    assert!(kept(&tap, id).is_empty(), "by a number that was withheld nobody is found");
}

fn name() -> impl Strategy<Value = String> {
    "[A-ZÆØÅ][a-zæøå]{4,9} [A-ZÆØÅ][a-zæøå]{4,9}"
}

proptest! {
    /// Wherever a trunk or phone writes them: in addresses known and unknown, in free text, in bodies.
    #[test]
    fn no_number_and_no_name_survives_the_mask(
        number in "[2-9][0-9]{7}",
        prefix in "(\\+45|0045|45|)",
        name in name(),
        place in 0_usize..12,
        compact in any::<bool>(),
    ) {
        let full = format!("{prefix}{number}");
        let more = [
            format!("P-Asserted-Identity: \"{name}\" <sip:{full}@203.0.113.4>, <tel:{full}>\r\n"),
            format!("X-Caller: {name} {full}\r\n"),
            format!("Remote-Party-ID: \"{name}\" <sip:{full}@203.0.113.4>;party=calling;x={full}\r\n"),
            format!("Reason: Q.850;cause=21;text=\"{name} {full} barred\"\r\n"),
            format!("Warning: 399 host.example \"{name} {full}\"\r\n"),
            format!("Diversion: <sip:{full}@h.example;cause={full}?Reason={full}>;reason=unconditional;y={full}\r\n"),
            format!("History-Info: <sip:{full}@203.0.113.4?Privacy={full}>;index=1;z={full}\r\n"),
            format!("Contact: {name} <sip:{full}:geheim{full}@{full}.example:5060;alias={full};{full}>;+x=\"{full}\"\r\n"),
            format!("Refer-To: <sip:{full}@h?Replaces={full}%40h%3Bto-tag%3D{full}>\r\n"),
            format!("Authorization: Digest username=\"{full}\", realm=\"{full}\", opaque=\"{name}\", auth={full}\r\n"),
            format!("User-Agent: {name}'s phone {full}\r\n"),
            format!("Subject: {name} {full}\r\nOrganization: {full}\r\nCall-Info: <http://h/{full}>\r\n"),
        ];
        let (from, call_id) = if compact { ("f", "i") } else { ("From", "Call-ID") };
        let body = format!("v=0\r\no={name} {full} 1 IN IP4 203.0.113.5\r\ns={name}\r\ni={full}\r\nc=IN IP4 203.0.113.5\r\n\
            e={name}\r\np={full}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=cname:{full}\r\na=x:{name}\r\na=fmtp:8 {full}\r\n\
            a=candidate:1 1 UDP 1 {full}.local 9 typ host\r\n{full}\r\n");
        let text = format!(
            "INVITE sip:{full}@samkald.example SIP/2.0\r\nVia: SIP/2.0/UDP {full}.example:5060;branch=z9hG4bK{full};x={full}\r\n\
             {from}: \"{name}\" <sip:{full}@203.0.113.4>;tag={full};y={full}\r\nTo: <sip:7000@samkald.example>;tag=a{full}\r\n\
             {call_id}: {full}-1@{full}.example\r\nCSeq: 1 INVITE\r\n{}Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            more[place], body.len()
        );
        let shown = masked(&text, Depth::Personal);
        for window in full.trim_start_matches('+').as_bytes().windows(5) {
            let digits = std::str::from_utf8(window).expect("digits");
            prop_assert!(!shown.contains(digits), "{digits} in {shown}");
        }
        prop_assert!(!shown.contains(&name) && !shown.contains("203.0.113."), "{shown}");
        let first = name.split(' ').next().unwrap_or(&name);
        prop_assert!(!shown.contains(first), "{first} in {shown}");
        let read = parse(Bytes::from(shown.clone()));
        prop_assert!(matches!(&read, Ok(Message::Request(request)) if request.session().is_some()), "{read:?} {shown}");
    }

    /// What a stranger sends may be anything.
    #[test]
    fn masking_never_fails_and_leaves_the_length_right(text in "[ -~\r\n]{0,400}", depth in any::<bool>()) {
        let depth = if depth { Depth::Personal } else { Depth::SecretsOnly };
        let mut aliases = Aliases::default();
        let head = format!("OPTIONS sip:x@y SIP/2.0\r\nContent-Length: 7\r\n{text}");
        let shown = Masker { ours: &House, aliases: &mut aliases, depth, withheld: true }.message(&head, b"");
        let shown = String::from_utf8_lossy(&shown);
        prop_assert!(shown.ends_with("\r\n\r\n") && shown.contains("Content-Length: 0\r\n"), "{shown}");
    }
}

//! What is offered and taken of encrypted sound, by what the operator decided and what the phone is.
//! Tells descriptions and commands to the packet workers; ciphers are tested in `media`.

use std::collections::BTreeMap;

use bytes::Bytes;
use centre::{Input, SrtpRules};
use media::{MediaCommand, Place, Protection, Secured};
use model::{Cause, LegCommand, LegEvent, LegId, TrunkId, What};
use plan::AgentNo;

use crate::house::{House, at_the_desk, from_the_start};

const KEYED: &[u8] =
    b"v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 8\r\n\
    a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm\r\n";
const PLAIN: &[u8] =
    b"v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
const BROWSER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8\r\n\
    c=IN IP4 0.0.0.0\r\na=ice-ufrag:4ZcD\r\na=ice-pwd:2/1muCWoOi3uLifh0NuRHlB4\r\na=setup:active\r\na=mid:0\r\n\
    a=rtcp-mux\r\na=fingerprint:sha-256 ";

fn trunk(protection: Protection) -> SrtpRules {
    SrtpRules { trunks: BTreeMap::from([(TrunkId::new("trunk"), protection)]), ..SrtpRules::default() }
}

/// The offer that a phone was called with.
fn offer(house: &House, leg: LegId) -> String {
    let offered = house.told.legs.iter().find_map(|command| {
        let LegCommand::CallAgent { leg: called, offer, .. } = command else { return None };
        (*called == leg).then(|| offer.to_vec())
    });
    String::from_utf8(offered.expect("it was called")).expect("text")
}

/// What the packet workers were told of a leg's protection: true for each `Secure`, false for each `Settle`.
fn secured_then_settled(house: &House, leg: LegId) -> Vec<bool> {
    let told = house.told.sound.iter().filter(|command| command.leg() == leg);
    let of_protection =
        |command: &&MediaCommand| matches!(command, MediaCommand::Secure { .. } | MediaCommand::Settle { .. });
    told.filter(of_protection).map(|command| matches!(command, MediaCommand::Secure { .. })).collect()
}

#[test]
fn a_citizen_without_encryption_is_refused_where_the_trunk_requires_it_and_one_with_it_is_not() {
    let mut house = House::encrypting(&[from_the_start("anna")], &trunk(Protection::Required));
    let plain = house.arrives_speaking(0, "70101010", PLAIN);
    assert!(house.told.legs.contains(&LegCommand::Refuse { leg: plain, cause: Cause::SoundOpen }));
    assert!(house.told.facts.iter().any(|fact| matches!(fact.what, What::Ended { .. })), "it is a fact");
    let keyed = house.arrives_speaking(0, "70101010", KEYED);
    house.rest();
    house.takes("anna");
    house.confirms(keyed);
    assert_eq!(secured_then_settled(&house, keyed), [true, false], "keys before sound");
}

#[test]
fn a_citizen_with_encryption_is_refused_where_it_is_off() {
    let mut house = House::encrypting(&[from_the_start("anna")], &SrtpRules::default());
    let keyed = house.arrives_speaking(0, "70101010", KEYED);
    assert!(house.told.legs.contains(&LegCommand::Refuse { leg: keyed, cause: Cause::SoundSealed }));
}

#[test]
fn a_phone_that_must_encrypt_is_offered_nothing_else_and_its_plain_answer_is_no_answer() {
    let srtp = SrtpRules { phones: Protection::Required, ..SrtpRules::default() };
    let mut house = House::encrypting(&[from_the_start("anna")], &srtp);
    house.rings(0, "70101010");
    let phone = house.phone_of("anna").expect("it rings");
    let offer = offer(&house, phone);
    assert!(offer.contains(" RTP/SAVP 8") && offer.contains("a=crypto:"), "{offer}");
    house.takes("anna");
    assert!(house.told.legs.iter().any(|c| matches!(c, LegCommand::HangUp { leg, .. } if *leg == phone)));
    assert_eq!(secured_then_settled(&house, phone), [], "no sound of it was settled");
}

#[test]
fn an_agent_who_registered_as_a_browser_is_offered_a_browsers_session_and_a_phone_again_afterwards() {
    let mut house = House::encrypting(&[at_the_desk("anna")], &SrtpRules::default());
    house.give(0, Input::PhoneSpeaks { agent: AgentNo(0), web: true });
    house.comes(0);
    let citizen = house.rings(0, "70101010");
    let phone = house.phone_of("anna").expect("it rings");
    let described = offer(&house, phone);
    assert!(described.contains("m=audio 8443 UDP/TLS/RTP/SAVPF 8"), "{described}");
    let is_web = |command: &MediaCommand| matches!(command, MediaCommand::Open { place: Place::Web(_), .. });
    assert!(house.told.sound.iter().any(|command| command.leg() == phone && is_web(command)));
    let answer = format!("{BROWSER}{}11\r\n", "11:".repeat(31));
    house.give(0, Input::Leg(LegEvent::Answered { leg: phone, session: Bytes::from(answer) }));
    house.rest();
    house.confirms(citizen);
    assert_eq!(secured_then_settled(&house, phone), [true, false]);
    let peer = |command: &MediaCommand| matches!(command, MediaCommand::Secure { keys, .. } if matches!(**keys, Secured::Web(_)));
    assert!(house.told.sound.iter().any(|command| command.leg() == phone && peer(command)));
    house.hangs_up(citizen);
    house.hangs_up(phone);
    house.give(0, Input::PhoneSpeaks { agent: AgentNo(0), web: false });
    house.later(std::time::Duration::from_secs(60));
    house.rings(0, "70101010");
    let phone = house.phone_of("anna").expect("it rings again");
    assert!(offer(&house, phone).contains(" RTP/AVP 8"));
}

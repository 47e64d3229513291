//! Phones that encrypt with keys from their descriptions, beside phones that don't, over real sockets.
//! Knows what is heard, and what a stranger's or a damaged packet does: nothing.

use std::time::Duration;

use media::{Law, MediaCommand, SrtpSuite};

use crate::phone::{House, strength};

#[test]
fn an_encrypted_phone_and_a_plain_one_hear_each_other_and_each_key_arrives_once() {
    for (n, suite) in SrtpSuite::ALL.into_iter().enumerate() {
        let house = House::new(130 + n as u8);
        let mut citizen = house.phone(2, Law::A);
        let mut agent = house.encrypted_phone(3, Law::Mu, suite);
        house.net.command(MediaCommand::Join { a: citizen.leg, b: agent.leg });
        house.wait_until_done();
        for _ in 0..100 {
            citizen.say_tone(600.0);
            agent.say_tone(900.0);
            std::thread::sleep(Duration::from_millis(1));
        }
        for (phone, right, wrong) in [(&mut citizen, 900.0, 600.0), (&mut agent, 600.0, 900.0)] {
            let heard = phone.hear(100);
            assert_eq!(heard.len(), 100, "nothing is lost: {suite:?}");
            let sound = phone.sound(&heard);
            assert!(strength(&sound, right) > 50.0 * strength(&sound, wrong), "{suite:?}");
        }
        agent.press(5);
        let digit = house.digit();
        assert_eq!((digit, citizen.hear(6).len()), ('5', 6), "{suite:?}");
        agent.report();
        assert_eq!(agent.hear_report()[1] & 0xfe, 200, "a report that the phone can open: {suite:?}");
    }
}

#[test]
fn ten_thousand_bad_packets_reach_nobody_and_the_encrypted_call_goes_on() {
    let house = House::new(140);
    let mut citizen = house.phone(2, Law::A);
    let mut agent = house.encrypted_phone(3, Law::A, SrtpSuite::AesCm128Sha1Tag80);
    house.net.command(MediaCommand::Join { a: citizen.leg, b: agent.leg });
    house.wait_until_done();
    agent.say_tone(900.0);
    citizen.say_tone(600.0);
    assert_eq!((citizen.hear(1).len(), agent.hear(1).len()), (1, 1));
    // Plain sound, noise, and the beginning of a DTLS handshake: from the phone's own address, and from a stranger's.
    let mut stranger = house.stranger(66, &agent);
    let hello = [22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 1];
    for n in 0..2_500_u32 {
        let mut plain = vec![0x80, 8, (n >> 8) as u8, n as u8];
        plain.extend([0xd5; 178]);
        agent.send_raw(&plain);
        plain[20..].fill(n as u8);
        agent.send_raw(&plain);
        agent.send_raw(&hello);
        stranger.say_tone(300.0);
        if n.is_multiple_of(16) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    for _ in 0..20 {
        agent.say_tone(900.0);
        citizen.say_tone(600.0);
        std::thread::sleep(Duration::from_millis(1));
    }
    let (heard, back) = (citizen.hear(20), agent.hear(20));
    assert_eq!((heard.len(), back.len()), (20, 20), "the call goes on");
    let sound = citizen.sound(&heard);
    assert!(strength(&sound, 900.0) > 50.0 * strength(&sound, 300.0), "and nothing else was heard");
    assert!(citizen.hear_what_is_there().is_empty() && stranger.hear_what_is_there().is_empty());
    let refused = house.close(agent.leg).refused;
    assert!(refused > 1_000, "they are counted: {refused}");
}

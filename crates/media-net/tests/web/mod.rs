//! What is heard when one of the two sits at a browser: over real sockets, with an ICE and DTLS client at the other end.
//! The leg's worker isn't the one that reads the port, so every datagram crosses over.

use std::time::Duration;

use media::{Law, MediaCommand};

use crate::browser::{Browser, Wire};
use crate::phone::{House, Phone, strength};

/// Both speak so many packets of their tones, and hear as many.
fn talk(browser: &mut Browser, phone: &mut Phone, packets: usize) {
    let before = browser.heard.len();
    phone.hear_what_is_there();
    for _ in 0..packets {
        browser.say_tone(600.0);
        phone.say_tone(900.0);
        browser.step();
    }
    browser.hear(before + packets);
    let heard = phone.hear(packets);
    assert_eq!(heard.len(), packets, "nothing is lost");
    let sound = phone.sound(&heard);
    assert!(strength(&sound, 600.0) > 50.0 * strength(&sound, 900.0));
    let sound = browser.sound();
    assert!(strength(&sound, 900.0) > 50.0 * strength(&sound, 600.0));
}

fn joined(network: u8) -> (House, Browser, Phone) {
    let house = House::new(network);
    let (mut browser, phone) = (Browser::new(&house, 2), house.phone(3, Law::A));
    house.net.command(MediaCommand::Join { a: phone.leg, b: browser.leg });
    house.wait_until_done();
    browser.connect();
    (house, browser, phone)
}

#[test]
fn a_citizen_and_an_agent_at_a_browser_hear_each_other() {
    let (_house, mut browser, mut phone) = joined(60);
    talk(&mut browser, &mut phone, 50);
}

#[test]
fn an_agent_whose_network_lets_no_udp_out_is_heard_by_tcp() {
    let house = House::new(66);
    let (mut browser, mut phone) = (Browser::by_tcp(&house, 2), house.phone(3, Law::A));
    house.net.command(MediaCommand::Join { a: phone.leg, b: browser.leg });
    house.wait_until_done();
    browser.connect();
    talk(&mut browser, &mut phone, 50);
}

#[test]
fn who_sends_no_check_by_tcp_or_frames_without_end_is_cut_off_and_others_talk_on() {
    let house = House::new(67);
    let (mut browser, mut phone) = (Browser::by_tcp(&house, 2), house.phone(3, Law::A));
    house.net.command(MediaCommand::Join { a: phone.leg, b: browser.leg });
    house.wait_until_done();
    browser.connect();
    let check = check(b"01999999:abcd");
    let framed = |bytes: &[u8]| [&(bytes.len() as u16).to_be_bytes()[..], bytes].concat();
    let garbage = [framed(&[255; 100]), framed(&[0x80; 40]), vec![0; 2], vec![255; 2], framed(&check).repeat(2000)];
    for bytes in garbage {
        let mut stranger = Wire::new(house.door);
        stranger.send_raw(&bytes);
        assert!(stranger.is_cut_off(), "{} bytes", bytes.len());
    }
    // More than one address may have, and none of them says anything: the agent's own goes on.
    let silent: Vec<Wire> = (0..100).map(|_| Wire::new(house.door)).collect();
    talk(&mut browser, &mut phone, 50);
    drop(silent);
}

#[test]
fn an_agent_whose_network_changes_is_heard_from_there() {
    let (house, mut browser, mut phone) = joined(61);
    talk(&mut browser, &mut phone, 20);
    browser.move_to(&house, 4);
    browser.restart_ice(&house, 5);
    // Packets that come before the first check from there has proven it are lost.
    browser.heard.clear();
    while browser.heard.is_empty() {
        browser.say_tone(600.0);
        phone.say_tone(900.0);
        std::thread::sleep(Duration::from_millis(5));
    }
    talk(&mut browser, &mut phone, 20);
}

#[test]
fn two_agents_at_browsers_hear_each_other() {
    let house = House::new(62);
    let (mut one, mut other) = (Browser::new(&house, 2), Browser::new(&house, 3));
    house.net.command(MediaCommand::Join { a: one.leg, b: other.leg });
    house.wait_until_done();
    one.connect();
    other.connect();
    for _ in 0..30 {
        one.say_tone(600.0);
        other.say_tone(900.0);
        std::thread::sleep(Duration::from_millis(1));
    }
    one.hear(30);
    other.hear(30);
    assert!(strength(&one.sound(), 900.0) > 50.0 * strength(&one.sound(), 600.0));
    assert!(strength(&other.sound(), 600.0) > 50.0 * strength(&other.sound(), 900.0));
}

/// Fault 24, the half of DTLS; floods of STUN; fault 23 at the browsers' port.
#[test]
fn floods_foreign_handshakes_and_garbage_leave_an_agents_call_alone_and_are_not_answered() {
    let (house, mut browser, mut phone) = joined(63);
    talk(&mut browser, &mut phone, 20);
    let stranger = house.socket(9, 5000);
    stranger.set_nonblocking(true).expect("a socket");
    let hello = client_hello();
    // Checks that name the leg, without the password; and such that name nobody.
    let named = check(b"01000002:abcd");
    let unknown = check(b"01999999:abcd");
    let sound = [&[0x80, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0x50, 0x57][..], &[0xd5; 170]].concat();
    for _ in 0..500 {
        for datagram in [&hello, &named, &unknown, &sound, &vec![0x80; 40], &vec![255; 200], &vec![22]] {
            let _full = stranger.send_to(datagram, house.door);
        }
        browser.step();
    }
    // The same from where the agent sits, as another program there could.
    for _ in 0..200 {
        for datagram in [&hello, &named, &sound, &vec![0x80; 40]] {
            browser.socket.send_to(datagram, house.door).expect("loopback");
        }
        browser.step();
    }
    let answered = stranger.recv_from(&mut [0; 1500]).is_ok();
    assert!(!answered, "who proves nothing is told nothing");
    std::thread::sleep(Duration::from_millis(1100));
    talk(&mut browser, &mut phone, 20);
}

#[test]
fn what_is_played_to_a_browser_before_it_is_connected_is_lost_and_what_comes_after_is_heard() {
    let house = House::new(64);
    let (mut browser, mut phone) = (Browser::new(&house, 2), house.phone(3, Law::A));
    house.net.command(MediaCommand::Join { a: phone.leg, b: browser.leg });
    house.wait_until_done();
    for _ in 0..10 {
        phone.say_tone(900.0);
    }
    browser.connect();
    assert!(browser.heard.is_empty());
    talk(&mut browser, &mut phone, 20);
    // Then it goes; nobody listens there any more, and nothing of it is left.
    house.close(browser.leg);
}

/// A Binding request with this user name and no proof.
fn check(name: &[u8]) -> Vec<u8> {
    let mut bytes = [&[0, 1, 0, 20, 0x21, 0x12, 0xa4, 0x42][..], &[7; 12], &[0, 6, 0, 13], name, &[0; 3]].concat();
    bytes.truncate(40);
    bytes
}

/// What begins a DTLS 1.2 handshake, cut off after its first fields.
fn client_hello() -> Vec<u8> {
    let body = [&[0xfe, 0xfd][..], &[1; 32], &[0, 0, 0, 2, 0xc0, 0x2b, 1, 0, 0, 0]].concat();
    let length = body.len() as u8;
    let handshake = [&[1, 0, 0, length, 0, 0, 0, 0, 0, 0, 0, length][..], &body].concat();
    [&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, handshake.len() as u8][..], &handshake].concat()
}

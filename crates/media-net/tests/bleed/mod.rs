//! A stranger who sprays every port of ours with whatever might be taken: voice, keys, reports, goodbyes, STUN, noise.
//! Knows what the stranger could guess at best: the phones' own stream and numbers. Nothing comes back, and nobody hears it.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use media::{Law, MediaCommand, RtpHeader};

use crate::phone::{House, Phone, numbers, strength};
use crate::{on_and_on, play};

/// What is sprayed: more than the ports that are open.
const PORTS: std::ops::Range<u16> = 20_000..20_024;
const STRANGERS_TONE: f32 = 1500.0;

#[test]
fn who_sprays_every_port_with_voice_keys_and_reports_is_not_heard_and_gets_nothing_back() {
    let house = House::new(35);
    let (mut waits, mut never_spoke) = (house.phone(2, Law::A), house.phone(3, Law::A));
    let (mut citizen, mut agent) = (house.phone(4, Law::A), house.phone(5, Law::A));
    let unsettled = house.open(6);
    for (number, phone) in (1..).zip([&waits, &never_spoke]) {
        play(&house, phone, number, on_and_on());
    }
    house.net.command(MediaCommand::Join { a: citizen.leg, b: agent.leg });
    house.wait_until_done();
    let strangers = [house.socket(66, 4000), house.socket(66, 4001), house.socket(67, 4000)];
    let mut spray = Spray { to: house.door, sequence: 65_500 };
    // First before anybody spoke, then while they speak, and with the numbers that their own streams have by then.
    for round in 0..40 {
        for stranger in &strangers {
            spray.at_every_port(stranger);
        }
        if round >= 20 {
            waits.say_tone(600.0);
            citizen.say_tone(600.0);
            agent.say_tone(900.0);
        }
        spray.sequence = spray.sequence.wrapping_add(1);
        std::thread::sleep(Duration::from_millis(2));
    }
    for (phone, right) in [(&mut citizen, 900.0), (&mut agent, 600.0)] {
        let heard = phone.hear(20);
        assert_eq!(heard.len(), 20, "the right one is heard all the same");
        let sound = phone.sound(&heard);
        assert!(strength(&sound, right) > 50.0 * strength(&sound, STRANGERS_TONE));
        assert!(phone.hear_what_is_there().is_empty(), "and nobody else is");
    }
    for phone in [&mut waits, &mut never_spoke] {
        assert_only_music(phone);
    }
    assert!(house.events_so_far().is_empty(), "no key of a stranger counts");
    // The last: what was sprayed has been taken in by now.
    let refused = [waits.leg, never_spoke.leg, citizen.leg, agent.leg].map(|leg| house.close(leg).refused);
    // On a busy machine the kernel drops part of it first.
    assert!(refused.iter().all(|refused| *refused > 40), "{refused:?}");
    house.close(unsettled);
    for stranger in &strangers {
        stranger.set_read_timeout(Some(Duration::from_millis(20))).expect("a socket");
        assert!(stranger.recv_from(&mut [0; 1500]).is_err(), "not one packet came back");
    }
}

/// One even stream of our own.
fn assert_only_music(phone: &mut Phone) {
    let heard = phone.hear_what_is_there();
    assert!(heard.len() > 2, "music plays");
    for pair in heard.windows(2) {
        let [(sequence, _, ssrc), next] = [numbers(&pair[0]), numbers(&pair[1])];
        assert_eq!((next.0, next.2), (sequence.wrapping_add(1), ssrc));
    }
}

struct Spray {
    to: SocketAddr,
    sequence: u16,
}

impl Spray {
    fn at_every_port(&self, stranger: &UdpSocket) {
        for port in PORTS {
            let mut to = self.to;
            to.set_port(port);
            for packet in self.packets() {
                stranger.send_to(&packet, to).expect("loopback");
            }
        }
    }

    fn packets(&self) -> [Vec<u8>; 5] {
        let step = std::f32::consts::TAU * STRANGERS_TONE / 8000.0;
        let tone: Vec<u8> = (0..160).map(|n| Law::A.encode(((n as f32 * step).sin() * 16_000.0) as i16)).collect();
        let report_and_goodbye = [&[0x80, 201, 0, 1, 0, 0, 0, 7][..], &[0x81, 203, 0, 1, 0, 0, 0, 7]].concat();
        let stun = [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &[9; 12]].concat();
        [self.rtp(8, &tone), self.rtp(101, &[5, 10, 3, 32]), report_and_goodbye, stun, vec![0x80; 40]]
    }

    /// With the stream's name and the numbers that the phones use.
    fn rtp(&self, payload_type: u8, payload: &[u8]) -> Vec<u8> {
        let mut packet = [&[0; 12], payload].concat();
        let (sequence, timestamp, payload) = (self.sequence, u32::from(self.sequence) * 160, 12..packet.len());
        RtpHeader { payload_type, marker: false, sequence, timestamp, ssrc: 7, payload }.write(&mut packet).to_vec()
    }
}

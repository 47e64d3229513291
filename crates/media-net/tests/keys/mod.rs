//! Keys that come as tones in the voice itself: told while somebody waits for them, and never twice.
//! Knows the tones of a telephone's keys; never how long something took.

use std::time::Duration;

use media::{Clip, KeyPresses, Law, MediaCommand, MediaEvent, Mixed, Playlist, RtpHeader};
use model::PromptName;

use crate::phone::{House, Phone, TELEPHONE_EVENT, numbers};
use crate::play;

/// Frames of a press, and of the pause after it.
const FRAMES: usize = 5;
/// The tones of 1, 5, 7, 8 and 9.
const ONE: [f32; 2] = [697.0, 1209.0];
const FIVE: [f32; 2] = [770.0, 1336.0];
const SEVEN: [f32; 2] = [852.0, 1209.0];
const EIGHT: [f32; 2] = [852.0, 1336.0];
const NINE: [f32; 2] = [852.0, 1477.0];

/// A press, and then silence; returns when the agent has heard all of it.
fn press(citizen: &mut Phone, agent: &mut Phone, tones: [f32; 2]) {
    for _ in 0..FRAMES {
        citizen.say(&tones);
    }
    for _ in 0..FRAMES {
        citizen.say(&[]);
    }
    assert_eq!(agent.hear(2 * FRAMES).len(), 2 * FRAMES);
}

fn listen(house: &House, citizen: &Phone, in_band: bool) {
    house.net.command(MediaCommand::Listen { leg: citizen.leg, in_band });
    house.wait_until_done();
}

#[test]
fn keys_in_the_voice_are_told_only_while_somebody_waits_and_no_telephone_events_come() {
    let house = House::new(61);
    let (mut citizen, mut agent) = (house.phone(2, Law::A), house.phone(3, Law::Mu));
    house.settle(&citizen, false);
    house.net.command(MediaCommand::Join { a: citizen.leg, b: agent.leg });
    house.wait_until_done();
    press(&mut citizen, &mut agent, ONE);
    listen(&house, &citizen, true);
    press(&mut citizen, &mut agent, FIVE);
    press(&mut citizen, &mut agent, FIVE);
    assert_eq!([house.digit(), house.digit()], ['5', '5']);
    house.settle(&citizen, true);
    house.wait_until_done();
    press(&mut citizen, &mut agent, SEVEN);
    citizen.press(3);
    assert_eq!(house.digit(), '3', "a telephone event, and not the tones");
    house.settle(&citizen, false);
    house.wait_until_done();
    agent.hear_what_is_there();
    press(&mut citizen, &mut agent, EIGHT);
    assert_eq!(house.digit(), '8');
    listen(&house, &citizen, false);
    press(&mut citizen, &mut agent, NINE);
    assert_eq!(house.events_so_far(), [], "nobody waits any more");
}

#[test]
fn a_key_in_the_voice_ends_what_is_said_as_any_key_does() {
    let house = House::new(62);
    let mut citizen = house.phone(2, Law::Mu);
    house.settle(&citizen, false);
    let half_a_minute = [(); 6].map(|()| Clip { prompt: PromptName::new("ringing"), gap: 0 });
    play(&house, &citizen, 1, Playlist::new(half_a_minute).cut_by_key());
    listen(&house, &citizen, true);
    for _ in 0..FRAMES {
        citizen.say(&ONE);
    }
    assert_eq!(house.next_event(), MediaEvent::Digit { leg: citizen.leg, digit: '1' });
    assert!(matches!(house.next_event(), MediaEvent::Played { .. }));
}

/// The keys that came as telephone events, each press once.
fn pressed(phone: &mut Phone) -> String {
    keys_in(&phone.hear_what_is_there())
}

fn keys_in(packets: &[Vec<u8>]) -> String {
    let mut presses = KeyPresses::new();
    let headers = packets.iter().map(|packet| (RtpHeader::read(packet).expect("RTP"), packet));
    let keys = headers.filter(|(header, _)| header.payload_type == TELEPHONE_EVENT);
    keys.filter_map(|(header, packet)| presses.heard(&header, &packet[header.payload.clone()])).collect()
}

#[test]
fn a_key_pressed_in_a_conference_reaches_whoever_hears_the_one_who_pressed_it() {
    let house = House::new(62);
    let mut phones: Vec<Phone> =
        [Law::A, Law::Mu, Law::A, Law::A].iter().zip(2..).map(|(l, n)| house.phone(n, *l)).collect();
    house.settle(&phones[3], false);
    // The first two and a bank's menu hear each other; the last one listens, with a phone that knows no such events.
    let hears = [0b0110, 0b0101, 0b0011, 0b0111];
    let members = phones.iter().zip(hears).map(|(phone, hears)| Mixed { leg: phone.leg, hears }).collect();
    house.net.command(MediaCommand::Mix { leg: phones[0].leg, members });
    house.wait_until_done();
    for _ in 0..10 {
        for phone in &mut phones {
            phone.say_tone(500.0);
        }
    }
    phones[1].press(4);
    phones[1].press(2);
    assert_eq!([house.digit(), house.digit()], ['4', '2']);
    house.wait_until_done();
    let keys: Vec<String> = phones.iter_mut().map(pressed).collect();
    assert_eq!(keys, ["42", "", "42", ""]);
    house.net.command(MediaCommand::Mute { leg: phones[1].leg, muted: true });
    house.wait_until_done();
    phones[1].press(9);
    assert_eq!(house.digit(), '9');
    house.wait_until_done();
    assert_eq!(pressed(&mut phones[0]), "9", "of one who is muted, too");
}

#[test]
fn a_key_that_a_phone_tells_by_its_signalling_is_pressed_for_whoever_hears_it_and_the_voice_goes_on() {
    let house = House::new(63);
    let (mut agent, mut bank) = (house.phone(2, Law::A), house.phone(3, Law::A));
    house.net.command(MediaCommand::Join { a: agent.leg, b: bank.leg });
    house.wait_until_done();
    agent.say_tone(500.0);
    for key in ['7', '7', '#'] {
        house.net.command(MediaCommand::Key { leg: agent.leg, key });
    }
    // Seven packets for each, and a pause of one turn.
    for _ in 0..30 {
        agent.say_tone(500.0);
        std::thread::sleep(Duration::from_millis(20));
    }
    let packets = bank.hear_what_is_there();
    assert_eq!(keys_in(&packets), "77#");
    let mut sequences: Vec<u16> = packets.iter().map(|packet| numbers(packet).0).collect();
    let all = sequences.len();
    sequences.sort_unstable();
    sequences.dedup();
    assert_eq!(
        (sequences.len(), all),
        (31 + 3 * 7, 31 + 3 * 7),
        "voice and keys have numbers of their own, without a gap"
    );
    assert_eq!(pressed(&mut agent), "");
}

//! Keys that come as tones in the voice itself: told while somebody waits for them, and never twice.
//! Knows the tones of a telephone's keys; never how long something took.

use media::{Clip, Law, MediaCommand, MediaEvent, Playlist};
use model::PromptName;

use crate::phone::{House, Phone};
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

//! What citizens and agents hear, over real sockets: each test is a pair of phones on loopback addresses of its own.
//! Knows tones and counts; never how long something took.

mod announced;
mod bleed;
mod browser;
mod encrypted;
mod keys;
mod phone;
mod sequences;
mod streaming;
mod tape;
mod web;

use std::time::Duration;

use media::{Law, Level, MediaCommand, MediaEvent, Mixed, PlayNo, Playlist};
use model::PromptName;
use phone::{House, Phone, strength};

const A_LAW: Law = Law::A;
const MU_LAW: Law = Law::Mu;

fn play(house: &House, phone: &Phone, number: u32, list: Playlist) {
    house.net.command(MediaCommand::Play { leg: phone.leg, play: PlayNo(number), list });
}

fn once(name: &str) -> Playlist {
    Playlist::once(PromptName::new(name))
}

fn on_and_on() -> Playlist {
    Playlist::music(PromptName::new("music"))
}

#[test]
fn citizen_and_agent_hear_each_other_whatever_law_they_speak() {
    for (n, (citizen_speaks, agent_speaks)) in
        [(A_LAW, A_LAW), (A_LAW, MU_LAW), (MU_LAW, A_LAW), (MU_LAW, MU_LAW)].into_iter().enumerate()
    {
        let house = House::new(10 + n as u8);
        let mut citizen = house.phone(2, citizen_speaks);
        let mut agent = house.phone(3, agent_speaks);
        house.net.command(MediaCommand::Join { a: citizen.leg, b: agent.leg });
        house.wait_until_done();
        for _ in 0..50 {
            citizen.say_tone(600.0);
            agent.say_tone(900.0);
            std::thread::sleep(Duration::from_millis(1));
        }
        for (phone, right, wrong) in [(&mut citizen, 900.0, 600.0), (&mut agent, 600.0, 900.0)] {
            let heard = phone.hear(50);
            assert_eq!(heard.len(), 50, "nothing is lost");
            assert!(heard.iter().all(|packet| packet[1] & 0x7f == phone.law.payload_type()));
            let sound = phone.sound(&heard);
            assert!(strength(&sound, right) > 50.0 * strength(&sound, wrong), "{citizen_speaks:?} {agent_speaks:?}");
        }
    }
}

#[test]
fn music_is_one_even_stream_and_goes_over_into_the_agents_voice() {
    let house = House::new(20);
    let mut citizen = house.phone(2, A_LAW);
    let mut agent = house.phone(3, A_LAW);
    play(&house, &citizen, 1, on_and_on());
    let mut heard = citizen.hear(30);
    house.net.command(MediaCommand::Join { a: citizen.leg, b: agent.leg });
    house.wait_until_done();
    heard.extend(citizen.hear_what_is_there());
    let music = heard.len();
    for _ in 0..10 {
        agent.say_tone(900.0);
    }
    heard.extend(citizen.hear(10));
    assert_eq!(heard.len(), music + 10);
    house.net.command(MediaCommand::Part { leg: agent.leg });
    play(&house, &citizen, 2, on_and_on());
    heard.extend(citizen.hear(10));
    let numbers: Vec<_> = heard.iter().map(|packet| phone::numbers(packet)).collect();
    for (n, pair) in numbers.windows(2).enumerate() {
        let [(sequence, timestamp, ssrc), next] = [pair[0], pair[1]];
        assert_eq!((next.0, next.2), (sequence.wrapping_add(1), ssrc), "packet {n}");
        let step = next.1.wrapping_sub(timestamp);
        let switch = n + 1 == music || n + 1 == music + 10;
        assert!(if switch { step >= 160 } else { step == 160 }, "packet {n}: {step} samples");
        assert_eq!(heard[n + 1][1] & 0x80 != 0, switch, "packet {n}: the marker tells a switch");
    }
}

#[test]
fn a_stranger_is_not_heard_and_gets_nothing() {
    let house = House::new(30);
    let mut citizen = house.phone(2, A_LAW);
    let mut agent = house.phone(3, A_LAW);
    house.net.command(MediaCommand::Join { a: citizen.leg, b: agent.leg });
    house.wait_until_done();
    let mut stranger = house.stranger(66, &citizen);
    for _ in 0..20 {
        stranger.say_tone(600.0);
    }
    citizen.say_tone(900.0);
    assert_eq!(agent.hear(1).len(), 1, "the citizen is heard");
    for _ in 0..20 {
        stranger.say_tone(600.0);
        agent.say_tone(400.0);
    }
    assert_eq!(citizen.hear(20).len(), 20);
    assert!(agent.hear_what_is_there().is_empty(), "only the citizen is");
    assert!(stranger.hear_what_is_there().is_empty());
    let refused = house.close(citizen.leg).refused;
    assert_eq!(refused, 40);
}

#[test]
fn each_key_press_is_told_once_and_reaches_the_agents_phone() {
    let house = House::new(40);
    let mut citizen = house.phone(2, A_LAW);
    let mut agent = house.phone(3, MU_LAW);
    house.net.command(MediaCommand::Join { a: citizen.leg, b: agent.leg });
    house.wait_until_done();
    for key in [1, 1, 10, 11] {
        citizen.press(key);
    }
    let mut digits = String::new();
    for _ in 0..4 {
        digits.push(house.digit());
    }
    assert_eq!(digits, "11*#");
    assert_eq!(agent.hear(24).iter().filter(|packet| packet[1] & 0x7f == 101).count(), 24);
    assert!(house.events_so_far().is_empty());
}

#[test]
fn a_prompt_is_said_once_and_to_the_end() {
    let house = House::new(50);
    let mut citizen = house.phone(2, MU_LAW);
    play(&house, &citizen, 7, once("short"));
    let over = house.next_event();
    assert_eq!(over, MediaEvent::Played { leg: citizen.leg, play: PlayNo(7) });
    assert_eq!(citizen.hear_what_is_there().len(), 5);
    play(&house, &citizen, 8, once("there is no such prompt"));
    assert_eq!(house.next_event(), MediaEvent::Played { leg: citizen.leg, play: PlayNo(8) });
    play(&house, &citizen, 9, once("music"));
    house.net.command(MediaCommand::Hush { leg: citizen.leg });
    house.wait_until_done();
    assert!(house.events_so_far().is_empty(), "what was hushed is not told");
}

#[test]
fn a_phone_that_falls_silent_is_told_once_and_reports_are_signs_of_life() {
    let house = House::new(60);
    let mut never_heard = house.phone(2, A_LAW);
    let mut falls_silent = house.phone(3, A_LAW);
    let mut reports = house.phone(4, A_LAW);
    for phone in [&never_heard, &falls_silent, &reports] {
        let silence_max = Some(Duration::from_secs(2));
        house.net.command(MediaCommand::Watch { leg: phone.leg, silence_max });
    }
    house.wait_until_done();
    falls_silent.say_tone(600.0);
    let mut told = Vec::new();
    for _ in 0..200 {
        reports.report();
        std::thread::sleep(Duration::from_millis(100));
        told.extend(house.events_so_far());
        if !told.is_empty() {
            break;
        }
    }
    assert_eq!(told, [MediaEvent::Silent { leg: falls_silent.leg }]);
    falls_silent.say_tone(600.0);
    house.wait_until_done();
    assert!(house.events_so_far().is_empty(), "once");
    assert!(never_heard.hear_what_is_there().is_empty());
}

#[test]
fn whether_a_phone_is_heard_is_told_once_each_and_a_muted_one_only_comes() {
    let house = House::new(66);
    let mut heard = house.phone(2, A_LAW);
    let mut silent = house.phone(3, MU_LAW);
    for phone in [&heard, &silent] {
        house.net.command(MediaCommand::Measure { leg: phone.leg, loud: Some(Level::dbov(-50)) });
    }
    // What nobody hears is measured all the same.
    house.net.command(MediaCommand::Mute { leg: heard.leg, muted: true });
    house.wait_until_done();
    for _ in 0..40 {
        heard.say_tone(600.0);
        silent.say_tone(0.0);
    }
    let mut told: Vec<MediaEvent> = (0..3).map(|_| house.next_event()).collect();
    told.sort_by_key(|event| (event.leg(), matches!(event, MediaEvent::Sounds { .. })));
    let comes = |leg| MediaEvent::Comes { leg };
    assert_eq!(told, [comes(heard.leg), MediaEvent::Sounds { leg: heard.leg }, comes(silent.leg)]);
    house.wait_until_done();
    assert!(house.events_so_far().is_empty());
}

#[test]
fn a_phone_gets_our_reports_on_the_port_above_its_sound() {
    let house = House::new(65);
    let mut citizen = house.phone(2, A_LAW);
    house.wait_until_done();
    citizen.say_tone(600.0);
    play(&house, &citizen, 1, on_and_on());
    // The first may have been written before both directions had a packet.
    let on_both = (0..3).map(|_| citizen.hear_report()).find(|report| report[1] == 200 && report[0] & 0x1f == 1);
    assert!(on_both.is_some(), "a sender report with one block on what the phone sends");
}

#[test]
fn ports_are_given_back_and_a_taken_one_is_told() {
    let house = House::new(70);
    let citizen = house.phone(2, A_LAW);
    house.wait_until_done();
    assert_eq!(house.net.ports_in_use(), 2, "the citizen's and the one that waits until all is done");
    house.close(citizen.leg);
    house.net.command(MediaCommand::Close { leg: citizen.leg });
    let again = house.open(2);
    house.wait_until_done();
    assert_eq!(house.net.ports_in_use(), 2);
    assert!(house.events_so_far().is_empty(), "closing twice is told once");
    house.close(again);
    for taken in [0, 1] {
        let _other_program = house.occupy(2, taken);
        let leg = house.open(2);
        assert_eq!(house.next_event(), MediaEvent::PortTaken { leg });
    }
    assert_eq!(house.net.ports_in_use(), 1);
}

/// Each says a tone of its own for a second; which of the tones each of them hears in the second half.
fn who_hears_whom(house: &House, phones: &mut [Phone]) -> Vec<Vec<usize>> {
    let tone = |n: usize| 400.0 + 250.0 * n as f32;
    for _ in 0..50 {
        for (n, phone) in phones.iter_mut().enumerate() {
            phone.say_tone(tone(n));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    house.wait_until_done();
    let count = phones.len();
    let hears = |phone: &mut Phone| {
        let heard = phone.hear_what_is_there();
        let sound = phone.sound(&heard[heard.len() / 2..]);
        let level = |n: usize| strength(&sound, tone(n)).sqrt() / (1 + sound.len()) as f32;
        (0..count).filter(|n| level(*n) > 500.0).collect()
    };
    phones.iter_mut().map(hears).collect()
}

#[test]
fn three_hear_each_other_and_a_supervisor_hears_all_and_is_heard_by_the_agent_alone() {
    let house = House::new(90);
    let mut phones: Vec<Phone> = [A_LAW, MU_LAW, A_LAW].iter().zip(2..).map(|(c, n)| house.phone(n, *c)).collect();
    let mix = |phones: &[Phone], roles: &[u8]| {
        let members = phones.iter().zip(roles).map(|(phone, hears)| Mixed { leg: phone.leg, hears: *hears }).collect();
        house.net.command(MediaCommand::Mix { leg: phones[0].leg, members });
    };
    mix(&phones, &[0b110, 0b101, 0b011]);
    assert_eq!(who_hears_whom(&house, &mut phones), [vec![1, 2], vec![0, 2], vec![0, 1]], "a conference");
    // Citizen, agent, supervisor: whispers, then listens.
    mix(&phones, &[0b010, 0b101, 0b011]);
    assert_eq!(who_hears_whom(&house, &mut phones), [vec![1], vec![0, 2], vec![0, 1]], "a whisper");
    mix(&phones, &[0b010, 0b001, 0b011]);
    assert_eq!(who_hears_whom(&house, &mut phones), [vec![1], vec![0], vec![0, 1]], "listened to");
    house.net.command(MediaCommand::Join { a: phones[0].leg, b: phones[1].leg });
    assert_eq!(who_hears_whom(&house, &mut phones), [vec![1], vec![0], vec![]], "alone again");
}

#[test]
fn who_is_muted_is_not_heard_and_the_other_goes_on_hearing_an_even_stream() {
    let house = House::new(91);
    let mut phones: Vec<Phone> = (2..4).map(|n| house.phone(n, A_LAW)).collect();
    house.net.command(MediaCommand::Join { a: phones[0].leg, b: phones[1].leg });
    house.net.command(MediaCommand::Mute { leg: phones[1].leg, muted: true });
    house.wait_until_done();
    for _ in 0..20 {
        for phone in &mut phones {
            phone.say_tone(600.0);
        }
    }
    let (heard, by_the_muted) = (phones[0].hear(20), phones[1].hear(20));
    assert_eq!((heard.len(), by_the_muted.len()), (20, 20));
    assert!(phones[0].sound(&heard).iter().all(|sample| sample.abs() < 50.0));
    assert!(strength(&phones[1].sound(&by_the_muted), 600.0).sqrt() > 1_000_000.0);
}

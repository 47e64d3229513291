//! A citizen who talks with a program behind a WebSocket: frames and words both ways, and what becomes of a call whose program
//! never comes, says nothing, goes, or talks nonsense.
//! Knows a small program of its own on loopback; never how long something took.

use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::thread::JoinHandle;

use media::{Law, MediaCommand, MediaEvent, StreamEvent, StreamTo};
use model::{CallId, MunicipalityId, ShardNo};
use tungstenite::{Message, WebSocket};

use crate::phone::{House, Phone, numbers, strength};
use crate::{A_LAW, on_and_on, once, play};

type Socket = WebSocket<TcpStream>;

/// A program, and its address.
fn bot<T: Send + 'static>(talks: impl FnOnce(Socket) -> T + Send + 'static) -> (String, JoinHandle<T>) {
    bot_that_waits(|| {}, talks)
}

/// The same; it opens its door when `waits` is over.
fn bot_that_waits<T: Send + 'static>(
    waits: impl FnOnce() + Send + 'static,
    talks: impl FnOnce(Socket) -> T + Send + 'static,
) -> (String, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("ws://{}/citizen", listener.local_addr().expect("an address"));
    let talk = move || {
        let caller = listener.accept().expect("a call").0;
        waits();
        talks(tungstenite::accept(caller).expect("a WebSocket"))
    };
    (url, std::thread::spawn(talk))
}

fn stream(house: &House, citizen: &Phone, url: &str) {
    let to = StreamTo {
        url: url.into(),
        call: CallId::new(1, ShardNo(0), 2),
        line: "pas-da".into(),
        language: "da".into(),
        municipality: Some(MunicipalityId(751)),
    };
    house.net.command(MediaCommand::Stream { leg: citizen.leg, to: Box::new(to) });
}

fn told(house: &House) -> StreamEvent {
    house.wait_for(|event| if let MediaEvent::Streamed { what, .. } = event { Some(*what) } else { None })
}

/// Sends everything back that is heard, until told to stop; gives the words, and how many frames came.
fn echo(mut socket: Socket) -> (Vec<String>, usize) {
    let (mut words, mut frames) = (Vec::new(), 0);
    loop {
        match socket.read().expect("a message") {
            Message::Binary(sound) => {
                assert_eq!(sound.len(), 640, "20 ms of 16 kHz");
                frames += 1;
                socket.send(Message::Binary(sound)).expect("sent");
            }
            Message::Text(text) => {
                let is_last = text.contains("stop");
                words.push(text.to_string());
                if is_last {
                    return (words, frames);
                }
            }
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => {}
        }
    }
}

#[test]
fn a_bot_hears_the_citizen_and_is_heard_and_is_told_of_keys_and_the_end() {
    let house = House::new(150);
    let mut citizen = house.phone(2, A_LAW);
    let (url, bot) = bot(echo);
    stream(&house, &citizen, &url);
    assert_eq!(told(&house), StreamEvent::Began);
    let mut heard = Vec::new();
    for _ in 0..100 {
        citizen.say_tone(600.0);
        heard.extend(citizen.hear(1));
    }
    let sound = citizen.sound(&heard);
    assert!(strength(&sound, 600.0) > 50.0 * strength(&sound, 900.0), "the citizen's own tone comes back");
    let sent: Vec<_> = heard.iter().map(|packet| numbers(packet)).collect();
    assert!(sent.windows(2).all(|two| two[1].0 == two[0].0.wrapping_add(1)), "as one even stream");
    house.net.command(MediaCommand::Key { leg: citizen.leg, key: '5' });
    heard.extend(citizen.hear(20));
    house.net.command(MediaCommand::EndStream { leg: citizen.leg });
    let (words, frames) = bot.join().expect("no panic");
    assert!(frames >= heard.len(), "{frames} frames for {}", heard.len());
    assert!(words[0].contains("\"call\":") && words[0].contains("\"line\":\"pas-da\""), "{words:?}");
    assert!(words[1..].iter().any(|word| word == r#"{"key":"5"}"#), "{words:?}");
}

#[test]
fn a_bots_wishes_and_its_end_are_told_once_each() {
    let house = House::new(151);
    let citizen = house.phone(2, A_LAW);
    let (url, bot) = bot(|mut socket| {
        socket.send(Message::binary(vec![0; 640])).expect("sent");
        for word in ["nonsense", r#"{"hang_up":"no"}"#, r#"{"transfer":"person"}"#, r#"{"hang_up":true}"#] {
            socket.send(Message::text(word)).expect("sent");
        }
        socket.close(None).expect("closed");
        while socket.read().is_ok() {}
    });
    stream(&house, &citizen, &url);
    let all = [StreamEvent::Began, StreamEvent::WantsPerson, StreamEvent::WantsEnd, StreamEvent::Gone];
    assert_eq!(all.map(|_| told(&house)), all);
    bot.join().expect("no panic");
    house.wait_until_done();
    assert!(house.events_so_far().is_empty(), "and nothing more");
}

#[test]
fn a_bot_that_is_not_there_is_gone_and_the_citizen_can_hear_something_else() {
    let house = House::new(152);
    let mut citizen = house.phone(2, A_LAW);
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    for url in [format!("ws://{nobody}/"), "http://127.0.0.1/".to_owned(), "nonsense".to_owned()] {
        stream(&house, &citizen, &url);
        assert_eq!(told(&house), StreamEvent::Gone, "{url}");
    }
    play(&house, &citizen, 1, once("sound_check"));
    assert_eq!(citizen.hear(50).len(), 50);
}

#[test]
fn a_mark_comes_back_when_all_before_it_was_heard() {
    let house = House::new(153);
    let mut citizen = house.phone(2, A_LAW);
    let (url, bot) = bot(|mut socket| {
        for message in [Message::binary(vec![1_u8; 32_000]), Message::text(r#"{"mark":"end"}"#)] {
            socket.send(message).expect("sent");
        }
        loop {
            if let Message::Text(text) = socket.read().expect("a message")
                && text.contains("mark")
            {
                return text.to_string();
            }
        }
    });
    stream(&house, &citizen, &url);
    assert_eq!(told(&house), StreamEvent::Began);
    assert_eq!(bot.join().expect("no panic"), r#"{"mark":"end"}"#);
    assert_eq!(citizen.hear_what_is_there().len(), 50, "the whole second was heard by then");
}

#[test]
fn a_bot_that_says_nothing_never_begins_and_is_gone() {
    let house = House::new(154);
    let citizen = house.phone(2, A_LAW);
    let (url, bot) = bot(|mut socket| while socket.read().is_ok() {});
    stream(&house, &citizen, &url);
    assert_eq!(told(&house), StreamEvent::Gone, "though it answers each ping");
    bot.join().expect("no panic");
}

#[test]
fn a_bot_hears_the_keys_that_were_pressed_while_it_was_called_and_nothing_old() {
    let house = House::new(155);
    let mut citizen = house.phone(2, A_LAW);
    let (open, door) = channel();
    let (url, bot) = bot_that_waits(
        move || door.recv().expect("the door opens"),
        |mut socket| {
            let (mut words, mut sound) = (Vec::new(), Vec::new());
            while sound.len() < 50 * 640 {
                match socket.read().expect("a message") {
                    Message::Text(text) => words.push(text.to_string()),
                    Message::Binary(frame) => sound.extend(frame),
                    Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => {}
                }
            }
            (words, sound)
        },
    );
    play(&house, &citizen, 1, on_and_on());
    stream(&house, &citizen, &url);
    for _ in 0..55 {
        citizen.say_tone(600.0);
        citizen.hear(1);
    }
    house.net.command(MediaCommand::Key { leg: citizen.leg, key: '5' });
    citizen.hear(10);
    open.send(()).expect("it waits");
    let (words, sound) = bot.join().expect("no panic");
    assert_eq!(words[1..], [r#"{"key":"5"}"#]);
    assert!(sound.iter().all(|byte| *byte == 0), "the citizen had been silent for a while");
}

#[test]
fn a_bots_first_word_waits_until_the_music_makes_way() {
    let house = House::new(156);
    let mut citizen = house.phone(2, A_LAW);
    let (url, bot) = bot(|mut socket| {
        let tone = |n: u32| (f64::from(n) / 16_000.0 * 900.0 * std::f64::consts::TAU).sin() * 8_000.0;
        let word: Vec<u8> = (0..8_000).flat_map(|n| (tone(n) as i16).to_le_bytes()).collect();
        for message in [Message::binary(word), Message::text(r#"{"mark":"end"}"#)] {
            socket.send(message).expect("sent");
        }
        while !matches!(socket.read().expect("a message"), Message::Text(text) if text.contains("mark")) {}
    });
    play(&house, &citizen, 1, on_and_on());
    stream(&house, &citizen, &url);
    assert_eq!(told(&house), StreamEvent::Began);
    citizen.hear_what_is_there();
    citizen.hear(10);
    house.net.command(MediaCommand::Hush { leg: citizen.leg });
    house.wait_until_done();
    bot.join().expect("no panic");
    let heard = citizen.hear_what_is_there();
    let is_word = |packet: &&Vec<u8>| {
        let sound = citizen.sound(std::slice::from_ref(*packet));
        strength(&sound, 900.0) > 1e11
    };
    assert_eq!(heard.iter().filter(is_word).count(), 25, "all of the half second");
}

#[test]
fn a_bot_and_a_citizen_hear_each_other_on_when_the_codec_changes() {
    let house = House::new(157);
    let mut citizen = house.phone(2, A_LAW);
    let (url, bot) = bot(echo);
    stream(&house, &citizen, &url);
    assert_eq!(told(&house), StreamEvent::Began);
    citizen.hear(5);
    citizen.law = Law::Mu;
    house.settle(&citizen, true);
    house.wait_until_done();
    citizen.hear_what_is_there();
    let mut heard = Vec::new();
    for _ in 0..60 {
        citizen.say_tone(600.0);
        heard.extend(citizen.hear(1));
    }
    let sound = citizen.sound(&heard);
    assert!(strength(&sound, 600.0) > 50.0 * strength(&sound, 900.0), "the citizen's own tone comes back");
    house.net.command(MediaCommand::EndStream { leg: citizen.leg });
    bot.join().expect("no panic");
}

#[test]
fn a_bot_is_told_of_keys_that_come_in_the_voice_itself() {
    let house = House::new(158);
    let mut citizen = house.phone(2, A_LAW);
    house.settle(&citizen, false);
    house.net.command(MediaCommand::Listen { leg: citizen.leg, in_band: true });
    let (url, bot) = bot(echo);
    stream(&house, &citizen, &url);
    assert_eq!(told(&house), StreamEvent::Began);
    for _ in 0..5 {
        citizen.say(&[770.0, 1336.0]);
        citizen.hear(1);
    }
    assert_eq!(house.digit(), '5');
    citizen.hear(5);
    house.net.command(MediaCommand::EndStream { leg: citizen.leg });
    let (words, _) = bot.join().expect("no panic");
    assert!(words.iter().any(|word| word == r#"{"key":"5"}"#), "{words:?}");
}

//! A bot first, then a person, with a real phone: the citizen hears the bot, and a key or the bot itself leads on to an agent.
//! The bot is the test's own, at the other end of the connection that `docs/bots.md` describes.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use samkald_tests::tone;
use tungstenite::{Message, WebSocket, accept};

use super::house::{BOT_HZ, House};
use super::phone::both_talk;

const LINE: &str = "70201019";
/// What a bot says in one message, in seconds; it is sent at twice the pace at which it is heard.
const BREATH_S: f64 = 0.2;
const PAUSE: Duration = Duration::from_millis(100);

/// A bot that says its tone for so many breaths, then asks for a person and waits until it is over. What it was told comes back.
fn bot(breaths: usize) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let address = listener.local_addr().expect("a bound socket has an address").to_string();
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("the centre calls");
        let mut talk = accept(stream).expect("it speaks WebSocket");
        let mut told = vec![words(&mut talk).expect("it begins with words")];
        for _ in 0..breaths {
            if talk.send(Message::binary(breath())).is_err() {
                return told;
            }
            std::thread::sleep(PAUSE);
        }
        // A citizen who pressed a key is with somebody else by now.
        let _ = talk.send(Message::text(r#"{"transfer":"person"}"#));
        told.extend(std::iter::from_fn(|| words(&mut talk)));
        told
    });
    (address, thread)
}

/// The tone as a bot sends it: 16,000 samples a second.
fn breath() -> Vec<u8> {
    // The tone at half the rate, each sample twice, is the same tone.
    tone::tone(BOT_HZ, BREATH_S).iter().flat_map(|sample| [sample.to_le_bytes(); 2]).flatten().collect()
}

/// The next words; none: it is over.
fn words(talk: &mut WebSocket<TcpStream>) -> Option<String> {
    loop {
        match talk.read().ok()? {
            Message::Text(words) => return Some(words.to_string()),
            Message::Close(_) => return None,
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
}

#[test]
fn a_citizen_hears_the_bot_and_a_key_leads_to_a_person_at_once() {
    let (address, bot) = bot(200);
    let Some(house) = House::open_with(&[("bot", &address)]) else { return };
    let mut carla = house.agent("carla");
    let mut citizen = house.citizen(LINE);
    citizen.hears("bot");
    citizen.presses("0");
    both_talk(&mut citizen, &mut carla);
    citizen.parts();
    let told = bot.join().expect("it doesn't panic");
    assert!(told[0].contains("\"line\":\"bot\"") && !told[0].contains("20614358"), "{told:?}");
    house.story(1);
}

#[test]
fn a_bot_that_asks_for_a_person_hands_the_citizen_to_an_agent() {
    let (address, bot) = bot(10);
    let Some(house) = House::open_with(&[("bot", &address)]) else { return };
    let mut carla = house.agent("carla");
    let mut citizen = house.citizen(LINE);
    citizen.hears("bot");
    both_talk(&mut citizen, &mut carla);
    citizen.parts();
    bot.join().expect("it doesn't panic");
    let story = &house.story(1)[0];
    assert!(story.iter().any(|rung| rung.starts_with("bot: ")), "{story:#?}");
    assert_eq!(story.last().map(String::as_str), Some("ended: Talked"));
}

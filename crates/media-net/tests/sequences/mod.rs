//! Clips that follow each other, and the music after them, as a phone hears them: in order, even, without a click.
//! Knows the built-in signals by their pitch; never how long something took.

use media::{Clip, Law, MediaEvent, PlayNo, Playlist};
use model::PromptName;

use crate::phone::{House, numbers, strength};
use crate::play;

/// Samples of a frame, and frames of the one-second tone of `sound_check`.
const FRAME: usize = 160;
const CHECK: usize = 50;
/// Silence between the clips, in frames.
const GAP: usize = 5;
/// How far the tones go from one sample to the next, out of 32,768; a click goes further.
const STEP_MAX: f32 = 2_700.0;

fn clip(name: &str, gap: u8) -> Clip {
    Clip { prompt: PromptName::new(name), gap }
}

#[test]
fn clips_are_heard_in_order_in_one_even_stream_without_a_click() {
    let house = House::new(85);
    let mut citizen = house.phone(2, Law::A);
    play(&house, &citizen, 1, Playlist::new([clip("sound_check", 0), clip("ringing", GAP as u8)]));
    let heard = citizen.hear(CHECK + GAP + 40);
    let stream: Vec<_> = heard.iter().map(|packet| numbers(packet)).collect();
    for (n, pair) in stream.windows(2).enumerate() {
        assert_eq!(pair[1].0, pair[0].0.wrapping_add(1), "packet {n}");
        assert_eq!(pair[1].1, pair[0].1.wrapping_add(FRAME as u32), "packet {n}");
    }
    let sound = citizen.sound(&heard);
    let (check, rest) = sound.split_at(CHECK * FRAME);
    let (gap, ringing) = rest.split_at(GAP * FRAME);
    assert!(strength(check, 1004.0) > 50.0 * strength(check, 425.0));
    assert!(gap.iter().all(|sample| sample.abs() <= 8.0), "A-law's silence");
    assert!(strength(ringing, 425.0) > 50.0 * strength(ringing, 1004.0));
    for (n, pair) in sound.windows(2).enumerate() {
        assert!((pair[1] - pair[0]).abs() < STEP_MAX, "a click at sample {n}");
    }
}

#[test]
fn a_key_ends_the_words_and_the_music_follows_in_the_same_stream() {
    let house = House::new(86);
    let mut citizen = house.phone(2, Law::A);
    let list = Playlist::new([clip("ringing", 0), clip("ringing", 0)]);
    play(&house, &citizen, 3, list.then_music(PromptName::new("music")).cut_by_key());
    assert_eq!(citizen.hear(10).len(), 10);
    citizen.press(5);
    assert_eq!(house.next_event(), MediaEvent::Digit { leg: citizen.leg, digit: '5' });
    assert_eq!(house.next_event(), MediaEvent::Played { leg: citizen.leg, play: PlayNo(3) });
    let waited = citizen.hear_what_is_there().len();
    let heard = citizen.hear(60);
    assert!(heard.len() == 60 && waited < 400, "the words would have lasted ten seconds");
    let sound = citizen.sound(&heard);
    assert!(sound.iter().any(|sample| sample.abs() > 100.0), "music");
    assert!(house.events_so_far().is_empty(), "told once");
}

#[test]
fn a_prompt_that_is_replaced_while_it_is_said_is_said_to_its_end_and_the_next_one_is_new() {
    let house = House::new(87);
    let mut citizen = house.phone(2, Law::A);
    let folder = tempfile::tempdir().expect("a folder");
    // The built-in one lasts a second; this one five frames.
    let mut wav = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x06\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data".to_vec();
    wav.extend((5 * FRAME as u32).to_le_bytes());
    wav.extend(std::iter::repeat_n(0xd5, 5 * FRAME));
    std::fs::write(folder.path().join("sound_check.wav"), wav).expect("a file");
    play(&house, &citizen, 1, Playlist::new([clip("sound_check", 0)]));
    let mut heard = citizen.hear(10);
    let folders = [folder.path().to_owned()];
    let prompts = house.net.prompts().load_again(&folders, &media_net::Wanted::default()).expect("good files");
    house.net.replace_prompts(prompts);
    assert_eq!(house.next_event(), MediaEvent::Played { leg: citizen.leg, play: PlayNo(1) });
    heard.extend(citizen.hear_what_is_there());
    assert_eq!(heard.len(), CHECK, "to its end");
    play(&house, &citizen, 2, Playlist::new([clip("sound_check", 0)]));
    assert_eq!(house.next_event(), MediaEvent::Played { leg: citizen.leg, play: PlayNo(2) });
    assert_eq!(citizen.hear_what_is_there().len(), 5);
}

//! Messages for the municipality, left by real phones: what is asked, said and kept, and what a full mailbox says.
//! Knows the citizen's tone in the kept file; who may hear it is tested at the API.

use std::path::PathBuf;
use std::time::Duration;

use samkald_tests::{tone, until};

use super::house::House;

/// How long the citizen speaks.
const SPEAKS: Duration = Duration::from_secs(4);
/// Longest wait for a file that should be there.
const PATIENCE: Duration = Duration::from_secs(10);

/// The kept messages.
fn kept(house: &House) -> Vec<PathBuf> {
    let folder = std::fs::read_dir(house.centre.data().join("voicemail")).expect("the folder of messages");
    let paths = folder.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.extension().is_some_and(|kind| kind == "wav")).collect()
}

/// A message as a phone of 8,000 samples a second would play it.
fn samples(path: &PathBuf) -> Vec<i16> {
    let mut reader = hound::WavReader::open(path).expect("a WAV file");
    assert_eq!((reader.spec().channels, reader.spec().sample_rate), (1, 16_000));
    reader.samples().map(|sample| sample.expect("a sample")).step_by(2).collect()
}

#[test]
fn whoever_rings_a_closed_line_leaves_a_message_that_holds_their_voice_and_the_next_is_told_that_the_mailbox_is_full() {
    let Some(house) = House::open() else { return };
    let mut citizen = house.citizen("70201098");
    citizen.hears_all(&["voicemail.da", "voicemail_tone"]);
    std::thread::sleep(SPEAKS);
    citizen.presses("#");
    citizen.hears("voicemail_thanks.da");
    citizen.hears_the_end();
    let message = until(PATIENCE, || kept(&house).pop()).expect("a message is kept");
    let spoken = tone::seconds_of(&samples(&message), tone::CITIZEN_HZ);
    assert!(spoken > 3.0, "{spoken} s of the citizen's voice");
    let mut next = house.another_citizen(1, "70201098");
    next.hears("voicemail_full.da");
    next.hears_the_end();
    assert_eq!(kept(&house).len(), 1);
    let story = house.story(2);
    assert!(story[0][4].starts_with("voicemail post: Left"), "{story:#?}");
    assert_eq!(story[0].last().map(String::as_str), Some("ended: LeftMessage"), "{story:#?}");
    assert!(story[1].contains(&"voicemail post: Refused".to_owned()), "{story:#?}");
}

#[test]
fn whoever_hangs_up_after_speaking_has_left_a_message_too() {
    let Some(house) = House::open() else { return };
    let mut citizen = house.citizen("70201098");
    citizen.hears_all(&["voicemail.da", "voicemail_tone"]);
    std::thread::sleep(SPEAKS);
    citizen.parts();
    let message = until(PATIENCE, || kept(&house).pop()).expect("a message is kept");
    assert!(tone::seconds_of(&samples(&message), tone::CITIZEN_HZ) > 3.0);
    assert_eq!(house.story(1)[0].last().map(String::as_str), Some("ended: LeftMessage"));
}

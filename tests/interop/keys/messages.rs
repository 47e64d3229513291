//! What becomes of a message that a real phone has left: a coordinator of the municipality lists, hears and closes it at the command
//! line, and nobody else sees it.

use std::process::Command;
use std::time::Duration;

use samkald_tests::{program, tone};
use tempfile::TempDir;

use super::house::House;

/// So long the citizen speaks.
const SPEAKS: Duration = Duration::from_secs(4);
/// Of Aarhus; the other one of Randers.
const KARIN: &str = "karins-token-karins-token";
const RITA: &str = "ritas-token-ritas-token-1";

fn samkald(house: &House, token: &str, words: &[&str]) -> String {
    let mut command = Command::new(program());
    command.env("SAMKALD_SERVER", format!("http://{}", house.centre.http())).env("SAMKALD_TOKEN", token);
    let output = command.args(words).output().expect("the program can be started");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "samkald {words:?}: {told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_municipality_finds_a_citizens_message_hears_what_was_said_and_closes_it() {
    let Some(house) = House::open() else { return };
    let mut citizen = house.citizen("70201022");
    citizen.hears_all(&["closed.da", "voicemail.da", "voicemail_tone"]);
    // What it says is its tone, all the time.
    std::thread::sleep(SPEAKS);
    citizen.presses("#");
    citizen.hears("voicemail_thanks.da");
    citizen.hears_the_end();
    assert_eq!(first_listed(&house, RITA), None, "no other municipality's coordinator sees it");
    let id = first_listed(&house, KARIN).expect("one message is there");
    let folder = TempDir::new().expect("a folder can be made");
    let file = folder.path().join("besked.wav");
    samkald(&house, KARIN, &["voicemail", "listen", &id, "-o", file.to_str().expect("a plain path")]);
    let seconds = tone::seconds_of(&tone::read_wav(&file), tone::CITIZEN_HZ);
    assert!(seconds > 2.0, "the citizen is heard for {seconds} s");
    samkald(&house, KARIN, &["voicemail", "close", &id]);
    assert_eq!(first_listed(&house, KARIN), None, "it is open no more");
    let story = &house.story(1)[0];
    assert_eq!(story.last().map(String::as_str), Some("ended: LeftMessage"), "{story:#?}");
}

/// The id of the first open message that a coordinator is shown.
fn first_listed(house: &House, token: &str) -> Option<String> {
    let list = samkald(house, token, &["voicemail", "list", "--json"]);
    let list: serde_json::Value = serde_json::from_str(&list).unwrap_or_else(|error| panic!("{error}: {list}"));
    list.as_array().expect("a list").first()?["id"].as_str().map(str::to_owned)
}

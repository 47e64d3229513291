//! Recordings through the real program: with the citizen's key press there is one, which only the municipality's key opens;
//! without it there is none. sipp and a voice of the test's own are the citizen, baresip the agent.

use std::fs;
use std::io::{Cursor, Read};
use std::process::{Command, Output};
use std::time::Duration;

use ropus::OpusMSDecoder;
use samkald_tests::{Baresip, Law, RunningCentre, Sipp, Voice, phones_are_there, program, tone, until};

/// Aarhus' own number for the line that is answered with music until Carla takes it.
const AARHUS: &str = "89402000";
/// Who rings, as the scenario writes it.
const CALLER: &str = "+4530112233";
/// Two windows of a tenth of a second of the citizen's own tone may be the key press's neighbours.
const STRAY_MAX: f64 = 0.2;

struct Municipality {
    public: String,
    secret: String,
}

impl Municipality {
    /// As an official makes it.
    fn new() -> Self {
        let made = Command::new(program()).args(["recordings", "make-key"]).output().expect("the program runs");
        let text = String::from_utf8(made.stdout).expect("text");
        let public = text.split_whitespace().find(|word| word.starts_with("age1")).expect("a public key").to_owned();
        let secret = text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-1")).expect("a secret key").to_owned();
        Self { public, secret }
    }

    /// A centre whose line asks Aarhus' citizens, and records for this key.
    fn centre(&self) -> RunningCentre {
        let aarhus = format!("name = \"Aarhus\"\nrecording_key = \"{}\"\nrecording_days = 30", self.public);
        RunningCentre::with_plan_changed(
            "calls",
            &[
                ("name = \"Aarhus\"", &aarhus),
                ("title = \"Flytning\"\nnumbers", "title = \"Flytning\"\nrecord = \"consent\"\nnumbers"),
                ("number = \"89402000\"\nline = \"pas\"", "number = \"89402000\"\nline = \"flytning\""),
            ],
        )
    }

    /// What is in a sealed file.
    fn open(&self, sealed: &[u8]) -> Vec<u8> {
        let identity: age::x25519::Identity = self.secret.parse().expect("a secret key");
        let decryptor = age::Decryptor::new(sealed).expect("an age file");
        let mut plain = Vec::new();
        let mut reader = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).expect("its key");
        reader.read_to_end(&mut plain).expect("a whole file");
        plain
    }
}

/// A call in which the citizen presses this key when asked, and then talks to Carla for some seconds.
fn call(centre: &RunningCentre, key: Option<u8>) {
    let carla = Baresip::agent(centre.net.phones(), centre.sip(), "carla", "carla-secret", Law::A).start();
    assert!(carla.says("200 OK", Duration::from_secs(10)), "the phone registers:\n{}", carla.screen());
    let voice = Voice::open(centre.net.trunk(), tone::CITIZEN_HZ, Law::A);
    let mut citizen = Sipp::citizen("citizen", centre.net.trunk(), AARHUS)
        .with("codecs", "8 101\na=rtpmap:101 telephone-event/8000")
        .with("rtp_port", &voice.address.port().to_string());
    citizen.pause = Duration::from_secs(22);
    let call = citizen.ring(centre.sip());
    voice.talk_to(call.other_sides_media(Duration::from_secs(10)).expect("the centre answers"));
    std::thread::sleep(Duration::from_secs(2));
    if let Some(key) = key {
        voice.press(key);
    }
    call.succeed();
    assert!(tone::seconds_of(&voice.finish().samples, tone::AGENT_HZ) > 3.0, "the citizen heard the agent");
    drop(carla.finish());
    centre.nothing_is_left();
}

fn recordings(centre: &RunningCentre, args: &[&str]) -> Output {
    let config = centre.settings();
    let config = ["--config", config.to_str().expect("text")];
    let mut command = Command::new(program());
    command.arg("recordings").args(args).args(config).args(["--data-dir", centre.data().to_str().expect("text")]);
    command.env("USER", "tester").output().expect("the program runs")
}

/// The archive's list, once nothing runs any more.
fn list(centre: &RunningCentre) -> Vec<serde_json::Value> {
    let rows = || {
        let listed = recordings(centre, &["list", "--why", "test", "--json"]);
        assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
        let text = String::from_utf8(listed.stdout).expect("text");
        let rows: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect();
        rows.iter().all(|row| row["state"] != "running").then_some(rows)
    };
    until(Duration::from_secs(20), rows).expect("all recordings end")
}

/// Left and right, at 8,000 samples a second.
fn played(file: &[u8]) -> [Vec<i16>; 2] {
    let mut reader = ogg::PacketReader::new(Cursor::new(file));
    let mut decoder = OpusMSDecoder::new(8_000, 2, 2, 0, &[0, 1]).expect("two mono streams");
    let mut sides = [Vec::new(), Vec::new()];
    while let Some(packet) = reader.read_packet().expect("whole pages").filter(|packet| !packet.data.is_empty()) {
        if packet.data.starts_with(b"Opus") {
            continue;
        }
        let mut sound = [0; 320];
        let length = decoder.decode(Some(&packet.data), packet.data.len() as i32, &mut sound, 160, false);
        assert_eq!(length, Ok(160));
        for pair in sound.chunks_exact(2) {
            sides[0].push(pair[0]);
            sides[1].push(pair[1]);
        }
    }
    sides
}

#[test]
fn with_the_citizens_key_the_talk_is_recorded_sealed_and_deleted_by_number() {
    if !phones_are_there(&["sipp", "baresip"]) {
        return;
    }
    let municipality = Municipality::new();
    let centre = municipality.centre();
    call(&centre, Some(1));
    let rows = list(&centre);
    assert!(rows.len() == 1 && rows[0]["state"] == "whole" && rows[0]["municipality"] == "0751", "{rows:?}");
    let id = rows[0]["recording"].as_str().expect("text");
    let file = centre.data().join("recordings").join(format!("{id}.ogg.age"));
    let sound = municipality.open(&fs::read(&file).expect("a sealed file"));
    let [left, right] = played(&sound);
    let seconds = |sound: &[i16], hz| tone::seconds_of(sound, hz);
    assert!(seconds(&left, tone::CITIZEN_HZ) > 3.0 && seconds(&right, tone::AGENT_HZ) > 3.0);
    assert!(seconds(&left, tone::AGENT_HZ) < STRAY_MAX && seconds(&right, tone::CITIZEN_HZ) < STRAY_MAX);
    let verified = recordings(&centre, &["verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    let deleted = recordings(&centre, &["delete", "--number", CALLER, "--why", "sletning"]);
    assert!(deleted.status.success() && !file.exists(), "{}", String::from_utf8_lossy(&deleted.stderr));
    assert!(list(&centre).is_empty());
    assert!(recordings(&centre, &["verify"]).status.success());
}

#[test]
fn an_archive_that_is_gone_costs_the_recording_and_not_the_talk() {
    if !phones_are_there(&["sipp", "baresip"]) {
        return;
    }
    let centre = Municipality::new().centre();
    fs::remove_dir_all(centre.data().join("recordings")).expect("it was there");
    call(&centre, Some(1));
    assert!(centre.metric("samkald_recordings_failed_total", &[]) >= 1.0, "{}", centre.log());
}

#[test]
fn a_full_disk_costs_the_recording_and_not_the_talk() {
    if !phones_are_there(&["sipp", "baresip"]) {
        return;
    }
    let centre = Municipality::new().centre();
    let folder = centre.data().join("recordings");
    let disk = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "small"]).arg(&folder).status();
    if !disk.is_ok_and(|status| status.success()) {
        eprintln!("no small disk can be had here: left out");
        return;
    }
    let full = fs::write(folder.join("filler"), vec![0; 1 << 20]);
    let outcome = std::panic::catch_unwind(|| call(&centre, Some(1)));
    let failed = centre.metric("samkald_recordings_failed_total", &[]);
    assert!(Command::new("umount").arg("-l").arg(&folder).status().is_ok_and(|status| status.success()));
    assert!(full.is_err() && failed >= 1.0 && outcome.is_ok(), "{failed} {}", centre.log());
}

#[test]
fn what_was_being_recorded_when_the_node_died_is_closed_as_broken_by_the_next_start() {
    if !phones_are_there(&["sipp", "baresip"]) {
        return;
    }
    let mut centre = Municipality::new().centre();
    let carla = Baresip::agent(centre.net.phones(), centre.sip(), "carla", "carla-secret", Law::A).start();
    assert!(carla.says("200 OK", Duration::from_secs(10)), "the phone registers:\n{}", carla.screen());
    let voice = Voice::open(centre.net.trunk(), tone::CITIZEN_HZ, Law::A);
    let mut citizen = Sipp::citizen("citizen", centre.net.trunk(), AARHUS)
        .with("codecs", "8 101\na=rtpmap:101 telephone-event/8000")
        .with("rtp_port", &voice.address.port().to_string());
    citizen.pause = Duration::from_secs(60);
    let call = citizen.ring(centre.sip());
    voice.talk_to(call.other_sides_media(Duration::from_secs(10)).expect("the centre answers"));
    std::thread::sleep(Duration::from_secs(2));
    voice.press(1);
    let runs = || (centre.metric("samkald_recordings_running", &[]) >= 1.0).then_some(());
    until(Duration::from_secs(30), runs).expect("the talk is recorded");
    centre.kill_hard();
    centre.start_again();
    let rows = list(&centre);
    assert!(rows.len() == 1 && rows[0]["state"] == "broken", "{rows:?}");
    assert!(recordings(&centre, &["verify"]).status.success());
    call.vanish();
    voice.finish();
    carla.vanish();
}

#[test]
fn without_the_citizens_key_nothing_is_recorded() {
    if !phones_are_there(&["sipp", "baresip"]) {
        return;
    }
    for key in [None, Some(2)] {
        let centre = Municipality::new().centre();
        call(&centre, key);
        assert!(list(&centre).is_empty(), "{key:?}");
        let names = fs::read_dir(centre.data().join("recordings")).expect("a folder");
        let files = names.filter(|entry| {
            let name = entry.as_ref().expect("readable").file_name();
            !name.to_string_lossy().starts_with("recordings.db")
        });
        assert_eq!(files.count(), 0, "{key:?}");
    }
}

//! Recorded talks over real sockets: who is on which side, what is left out, and that no talk suffers from a full disk.
//! Knows what the shelf was given; how it is sealed and kept is tested where that is done.

use std::io::{self, Cursor};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use media::{MediaCommand, MediaEvent};
use media_net::{Sealing, Shelf};
use model::{AgentId, CallId, LineId, Moment, MunicipalityId, RecordingId, RecordingKey, Tape};
use ropus::OpusMSDecoder;

use crate::phone::{House, Phone, strength};
use crate::{A_LAW, MU_LAW};

const KEY: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
/// Between two packets of a phone.
const FRAME: Duration = Duration::from_millis(20);

/// Keeps recordings in memory; each has room for so many bytes.
#[derive(Clone)]
struct Attic(Arc<Mutex<Vec<Kept>>>, usize);

#[derive(Clone, Debug, Default)]
struct Kept {
    bytes: Vec<u8>,
    whole: bool,
    given_up: bool,
    lost: u32,
}

struct Drawer(Attic, usize);

impl Shelf for Attic {
    fn begin(&mut self, _tape: &Tape) -> io::Result<Box<dyn Sealing>> {
        if self.1 == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let mut kept = self.0.lock().expect("whole");
        kept.push(Kept::default());
        Ok(Box::new(Drawer(self.clone(), kept.len() - 1)))
    }
}

impl Sealing for Drawer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let kept = &mut self.0.0.lock().expect("whole")[self.1];
        kept.bytes.extend_from_slice(bytes);
        if kept.bytes.len() > self.0.1 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn keep(self: Box<Self>, _ended: Moment, lost: u32) -> io::Result<()> {
        let kept = &mut self.0.0.lock().expect("whole")[self.1];
        (kept.whole, kept.lost) = (true, lost);
        Ok(())
    }

    fn give_up(self: Box<Self>, _ended: Moment) {
        self.0.0.lock().expect("whole")[self.1].given_up = true;
    }
}

impl Attic {
    fn with_room(bytes: usize) -> Self {
        Self(Arc::default(), bytes)
    }

    fn kept(&self) -> Vec<Kept> {
        self.0.lock().expect("whole").clone()
    }
}

fn record(house: &House, citizen: &Phone) -> RecordingId {
    let recording = RecordingId { call: CallId::from_bits(7), number: 1 };
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970");
    let tape = Tape {
        recording,
        person: None,
        municipality: MunicipalityId(751),
        line: LineId::new("borgerservice"),
        agent: AgentId::new("anna"),
        key: RecordingKey::parse(KEY).expect("a key"),
        keep_days: 30,
        began: Moment::EPOCH + now,
    };
    house.net.command(MediaCommand::Record { leg: citizen.leg, tape: Box::new(tape) });
    recording
}

/// Left and right, at 8 kHz.
fn played(file: &[u8]) -> [Vec<f32>; 2] {
    let mut reader = ogg::PacketReader::new(Cursor::new(file));
    let mut decoder = OpusMSDecoder::new(8_000, 2, 2, 0, &[0, 1]).expect("two mono streams");
    let mut sides = [Vec::new(), Vec::new()];
    while let Some(packet) = reader.read_packet().expect("whole pages") {
        if packet.data.starts_with(b"Opus") {
            continue;
        }
        let mut sound = [0; 320];
        let length = decoder.decode(Some(&packet.data), packet.data.len() as i32, &mut sound, 160, false);
        assert_eq!(length, Ok(160));
        for pair in sound.chunks_exact(2) {
            sides[0].push(f32::from(pair[0]));
            sides[1].push(f32::from(pair[1]));
        }
    }
    sides
}

/// Both speak for so many packets, in their own time.
fn talk(citizen: &mut Phone, agent: &mut Phone, packets: usize) {
    for _ in 0..packets {
        citizen.say_tone(440.0);
        agent.say_tone(880.0);
        std::thread::sleep(FRAME);
    }
}

fn two_phones(house: &House) -> (Phone, Phone) {
    let (citizen, agent) = (house.phone(2, A_LAW), house.phone(3, MU_LAW));
    house.net.command(MediaCommand::Join { a: citizen.leg, b: agent.leg });
    house.wait_until_done();
    (citizen, agent)
}

#[test]
fn a_recorded_talk_has_the_citizen_on_the_left_and_the_agent_on_the_right() {
    let attic = Attic::with_room(usize::MAX);
    let house = House::with_shelf(150, Some(Box::new(attic.clone())));
    let (mut citizen, mut agent) = two_phones(&house);
    talk(&mut citizen, &mut agent, 5);
    assert!(attic.kept().is_empty(), "nothing is recorded unasked");
    record(&house, &citizen);
    talk(&mut citizen, &mut agent, 75);
    house.net.command(MediaCommand::EndRecording { leg: citizen.leg });
    house.wait_until_done();
    talk(&mut citizen, &mut agent, 5);
    drop(house);
    let kept = attic.kept();
    assert!(kept.len() == 1 && kept[0].whole && kept[0].lost == 0, "{:?}", kept.len());
    let [left, right] = played(&kept[0].bytes);
    for (sound, right, wrong) in [(&left, 440.0, 880.0), (&right, 880.0, 440.0)] {
        let (right, wrong) = (strength(sound, right), strength(sound, wrong));
        assert!(right > 20.0 * wrong, "{right} {wrong}");
    }
}

#[test]
fn what_is_muted_or_paused_is_not_on_the_tape() {
    let attic = Attic::with_room(usize::MAX);
    let house = House::with_shelf(151, Some(Box::new(attic.clone())));
    let (mut citizen, mut agent) = two_phones(&house);
    record(&house, &citizen);
    let leg = citizen.leg;
    house.net.command(MediaCommand::Mute { leg, muted: true });
    house.wait_until_done();
    talk(&mut citizen, &mut agent, 30);
    house.net.command(MediaCommand::PauseRecording { leg, paused: true });
    house.net.command(MediaCommand::Mute { leg, muted: false });
    house.wait_until_done();
    talk(&mut citizen, &mut agent, 30);
    house.close(leg);
    drop(house);
    let kept = attic.kept();
    assert!(kept[0].whole, "a leg that closes ends its recording");
    let [left, right] = played(&kept[0].bytes);
    assert!(left.iter().all(|sample| sample.abs() < 100.0), "the citizen was muted, then paused");
    let half = right.len() / 2;
    let (before, after) = (strength(&right[..half], 880.0), strength(&right[half + 1_600..], 880.0));
    assert!(before > 20.0 * after, "{before} {after}");
}

#[test]
fn a_stranger_who_sprays_the_ports_is_not_on_the_tape() {
    let attic = Attic::with_room(usize::MAX);
    let house = House::with_shelf(155, Some(Box::new(attic.clone())));
    let (mut citizen, mut agent) = two_phones(&house);
    talk(&mut citizen, &mut agent, 5);
    record(&house, &citizen);
    let (mut one, mut other) = (house.stranger(66, &citizen), house.stranger(67, &agent));
    for _ in 0..50 {
        one.say_tone(1_500.0);
        other.say_tone(1_500.0);
        talk(&mut citizen, &mut agent, 1);
    }
    house.close(citizen.leg);
    drop(house);
    let [left, right] = played(&attic.kept()[0].bytes);
    for (sound, theirs) in [(&left, 440.0), (&right, 880.0)] {
        let (theirs, strangers) = (strength(sound, theirs), strength(sound, 1_500.0));
        assert!(theirs > 100.0 * strangers, "{theirs} {strangers}");
    }
}

#[test]
fn a_full_disk_ends_the_recording_and_not_the_talk() {
    for (network, room) in [(152, 0), (153, 500)] {
        let attic = Attic::with_room(room);
        let house = House::with_shelf(network, Some(Box::new(attic.clone())));
        let (mut citizen, mut agent) = two_phones(&house);
        let recording = record(&house, &citizen);
        talk(&mut citizen, &mut agent, 60);
        let failed = house.wait_for(|event| {
            let MediaEvent::RecordingFailed { leg, recording } = event else { return None };
            Some((*leg, *recording))
        });
        assert_eq!(failed, (citizen.leg, recording));
        agent.say_tone(880.0);
        assert_eq!(citizen.hear(61).len(), 61, "the citizen hears every word");
        assert!(attic.kept().iter().all(|kept| kept.given_up && !kept.whole));
    }
}

#[test]
fn a_house_without_a_shelf_records_nothing_and_says_so() {
    let house = House::new(154);
    let (mut citizen, mut agent) = two_phones(&house);
    let recording = record(&house, &citizen);
    assert_eq!(house.next_event(), MediaEvent::RecordingFailed { leg: citizen.leg, recording });
    agent.say_tone(880.0);
    citizen.say_tone(440.0);
    assert_eq!((citizen.hear(1).len(), agent.hear(1).len()), (1, 1));
}

//! What the centre adds between mouth and ear: each packet's time from the speaker's socket to the listener's, through the real
//! program, beside the same from socket to socket; and how late a tone begins by the codecs. Reports; asserts only that all comes.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::thread::sleep;
use std::time::{Duration, Instant};

use media::{Codec, Decoder, Encoder, FRAME_BYTES_MAX, RTP_HEADER_BYTES, Rate, RtpHeader};
use samkald_tests::{RunningCentre, Sipp, phones_are_there, tone};

use crate::table::write_lines;

/// The line that Carla serves, and where her phone is.
const LINE: &str = "70201001";
const PHONE_PORT: u16 = 27_000;
/// Packets that are timed; then a tone begins.
const TIMED: usize = 300;
const WITH_TONE: usize = 25;
/// How long a packet is, and how long one waits for it.
const FRAME: Duration = Duration::from_millis(20);
const LOST_AFTER: Duration = Duration::from_millis(500);
/// Packets that may be sent before the way is open.
const OPENING_MAX: usize = 100;
/// A tone is there when its samples are louder than this.
const LOUD: u16 = 2_000;
const CODECS: [Codec; 3] = [Codec::Pcma, Codec::G722, Codec::Opus];
/// As our offers number it.
const OPUS: u8 = 111;

/// One end, which speaks a codec.
struct End {
    socket: UdpSocket,
    codec: Codec,
    to: Option<SocketAddr>,
    encoder: Encoder,
    sequence: u16,
}

/// What was measured of one way.
struct Measured {
    p50: Duration,
    p99: Duration,
    /// From the tone's beginning to where it is heard, by the samples alone.
    codecs_ms: usize,
}

impl End {
    fn open(ip: IpAddr, codec: Codec) -> Self {
        let socket = UdpSocket::bind((ip, samkald_tests::net::free_port(ip))).expect("a free port");
        socket.set_read_timeout(Some(LOST_AFTER)).expect("a time-out");
        Self { socket, codec, to: None, encoder: Encoder::new(codec, Rate::Narrow), sequence: 0 }
    }

    fn port(&self) -> u16 {
        self.socket.local_addr().expect("it is bound").port()
    }

    fn payload_type(&self) -> u8 {
        self.codec.static_payload_type().unwrap_or(OPUS)
    }

    /// As sipp's script says it.
    fn described(&self) -> String {
        format!("{0}\na=rtpmap:{0} {1}", self.payload_type(), self.codec.rtp_map())
    }

    fn say(&mut self, sound: &[i16]) {
        let mut packet = [0; RTP_HEADER_BYTES + FRAME_BYTES_MAX];
        let length = RTP_HEADER_BYTES + self.encoder.encode(sound, &mut packet[RTP_HEADER_BYTES..]);
        self.sequence += 1;
        let timestamp = u32::from(self.sequence) * self.codec.frame_ticks();
        let (payload_type, payload) = (self.payload_type(), RTP_HEADER_BYTES..length);
        let header = RtpHeader { payload_type, marker: false, sequence: self.sequence, timestamp, ssrc: 77, payload };
        let to = self.to.expect("it knows to whom it talks");
        self.socket.send_to(header.write(&mut packet[..length]), to).expect("loopback");
    }

    fn hear(&self, packet: &mut [u8; 2048]) -> Option<usize> {
        self.socket.recv(packet).ok()
    }
}

/// Says one packet after another and waits for each at the other end.
fn measure(mouth: &mut End, ear: &End) -> Measured {
    let (frame, mut packet) = (Rate::Narrow.frame(), [0; 2048]);
    let (silence, tone) = (vec![0; frame], tone::tone(1_000.0, 1.0));
    let opened = (0..OPENING_MAX).any(|_| {
        mouth.say(&silence);
        ear.hear(&mut packet).is_some()
    });
    assert!(opened, "nothing ever comes");
    let (mut decoder, mut heard, mut times) = (Decoder::new(ear.codec, Rate::Narrow), Vec::new(), Vec::new());
    for number in 0..TIMED + WITH_TONE {
        let at = number.checked_sub(TIMED).map(|after| after * frame);
        let begun = Instant::now();
        mouth.say(at.map_or(&silence, |at| &tone[at..at + frame]));
        let length = ear.hear(&mut packet).unwrap_or_else(|| panic!("packet {number} never came"));
        times.push(begun.elapsed());
        let header = RtpHeader::read(&packet[..length]).expect("RTP");
        let mut sound = [0; 1920];
        let samples = decoder.decode(&packet[header.payload], &mut sound);
        heard.extend_from_slice(&sound[..samples]);
        sleep(FRAME.saturating_sub(begun.elapsed()));
    }
    times.truncate(TIMED);
    times.sort();
    let begins = heard.iter().skip(TIMED * frame).position(|sample| sample.unsigned_abs() > LOUD);
    let codecs_ms = begins.expect("the tone is heard") / Rate::Narrow.samples_in_ms();
    Measured { p50: times[TIMED / 2], p99: times[TIMED * 99 / 100], codecs_ms }
}

/// Citizen and agent by scripts, each in a codec; both ways.
fn through_the_centre(centre: &RunningCentre, citizens: Codec, agents: Codec) -> [Measured; 2] {
    const ANSWER_MAX: Duration = Duration::from_secs(10);
    let (mut citizen, mut agent) = (End::open(centre.net.trunk(), citizens), End::open(centre.net.phones(), agents));
    let mut phone = Sipp::new("agent", centre.net.phones())
        .with("rtp_port", &agent.port().to_string())
        .with("codecs", &agent.described());
    phone.local.set_port(PHONE_PORT);
    let phone = phone.wait_for_calls();
    let mut caller = Sipp::citizen("citizen", centre.net.trunk(), LINE)
        .with("rtp_port", &citizen.port().to_string())
        .with("codecs", &citizen.described());
    caller.pause = 3 * FRAME * (TIMED + WITH_TONE) as u32;
    let caller = caller.ring(centre.sip());
    citizen.to = Some(caller.other_sides_media(ANSWER_MAX).expect("the citizen is answered"));
    agent.to = Some(phone.other_sides_media(ANSWER_MAX).expect("the phone is called"));
    let measured = [measure(&mut citizen, &agent), measure(&mut agent, &citizen)];
    caller.succeed();
    phone.succeed();
    measured
}

fn line(who: &str, measured: &Measured) -> String {
    let micros = |span: Duration| format!("{:.2} ms", span.as_secs_f64() * 1_000.0);
    format!("| {who} | {} | {} | {} ms |", micros(measured.p50), micros(measured.p99), measured.codecs_ms)
}

#[test]
fn what_the_centre_adds_between_mouth_and_ear_is_reported() {
    if !phones_are_there(&["sipp"]) {
        return;
    }
    let centre = RunningCentre::with_plan("pairs");
    let mut registered = Sipp::new("agent_registers", centre.net.phones())
        .with("user", "carla")
        .with("password", "carla-secret")
        .with("status", "200");
    registered.local.set_port(PHONE_PORT);
    registered.ring(centre.sip()).succeed();
    let mut lines =
        vec!["| from → to | p50 | p99 | the tone begins after |".to_owned(), "| --- | --- | --- | --- |".into()];
    for codec in CODECS {
        let (mut mouth, ear) = (End::open(centre.net.trunk(), codec), End::open(centre.net.phones(), codec));
        mouth.to = Some(SocketAddr::new(centre.net.phones(), ear.port()));
        lines.push(line(&format!("{0} → {0}, without us", codec.name()), &measure(&mut mouth, &ear)));
    }
    for (citizens, agents) in [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)] {
        let (citizens, agents) = (CODECS[citizens], CODECS[agents]);
        let [there, back] = through_the_centre(&centre, citizens, agents);
        lines.push(line(&format!("citizen {} → agent {}", citizens.name(), agents.name()), &there));
        lines.push(line(&format!("agent {} → citizen {}", agents.name(), citizens.name()), &back));
        centre.nothing_is_left();
    }
    eprintln!("{}", lines.join("\n"));
    write_lines("<!-- written by tests/interop/delay.rs -->", &lines);
}

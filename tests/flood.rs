//! 5,000 requests a second of people without an account, from one address and from many, beside 20 real calls a second:
//! no call is harmed, memory does not grow, and no datagram gets more than one answer.
//!
//! A minute here; `tests/long` asks for ten. Knows the program from outside only.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use phones::Load;
use samkald_tests::RunningCentre;

/// Requests a second, half of them from one address.
const FLOOD_PER_S: u64 = 5_000;
/// Real calls a second.
const CALLS_PER_S: u64 = 20;
/// How long, in seconds; `SAMKALD_FLOOD_S` asks for another span.
const FLOOD_S: u64 = 60;
/// Addresses that the other half comes from.
const SOURCES: u8 = 120;
/// Memory may differ so much between two measurements without having grown, in KiB.
const MEMORY_NOISE_KIB: u64 = 8 * 1024;
/// Where the bench's agents are.
const AGENTS_PORT: u16 = 26_000;
/// What is sent at once.
const BATCH: Duration = Duration::from_millis(5);

#[test]
fn a_flood_of_strangers_harms_no_call_fills_no_memory_and_is_answered_once_at_most() {
    let seconds = std::env::var("SAMKALD_FLOOD_S").ok().and_then(|asked| asked.parse().ok()).unwrap_or(FLOOD_S);
    // Without bans, which would silence these senders within seconds: the buckets and the door must hold by themselves.
    let centre = RunningCentre::of_the_bench_with("[admission]\nban_after_failures = 0\nban_after_unreadable = 0\n\n");
    let flood = Flood::begin(centre.sip());
    let warm = calls(&centre, (seconds / 3).min(60));
    let before = centre.memory_kib();
    let real = calls(&centre, seconds - (seconds / 3).min(60));
    let after = centre.memory_kib();
    let told = flood.end();
    assert_eq!((warm.failed(), real.failed()), (0, 0), "{:?} {:?}", warm.refused, real.refused);
    assert!(told.sent >= seconds * FLOOD_PER_S / 2, "the flood was none: {} sent", told.sent);
    assert_eq!(told.most_answers_to_one, 1, "{told:?}");
    assert!(told.answered > 0, "the first strangers are answered");
    assert!(after < before + MEMORY_NOISE_KIB, "{before} KiB after the first third, {after} KiB at the end");
    let unheard = centre.metric("samkald_sip_dropped_by_admission_total", &[]);
    assert!(unheard > told.sent as f64 / 4.0, "one address that floods is not read: {unheard} of {}", told.sent);
    assert!(centre.metric("samkald_sip_sources", &[]) <= 16_384.0, "what is kept of sources is bounded");
    println!("{told:?}; {unheard} dropped; {before} KiB, {after} KiB; calls {}", warm.good + real.good);
    println!("INVITE to offer, beside the flood: {}", real.invite_to_offer);
    centre.nothing_is_left();
}

/// Real calls for so long, from the trunk.
fn calls(centre: &RunningCentre, seconds: u64) -> phones::Report {
    let ip = centre.net.centre();
    let load = Load {
        server: centre.sip(),
        trunk_at: SocketAddr::new(ip, 0),
        agents_at: SocketAddr::new(ip, AGENTS_PORT),
        number: "7000".to_owned(),
        rate: CALLS_PER_S as f64,
        calls: CALLS_PER_S * seconds,
        talk: Duration::from_millis(500),
        ring: Duration::from_millis(50),
        sound: false,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(phones::queue_calls(&load, |_| {})).expect("the load can be run")
}

/// What came of a flood.
#[derive(Debug)]
struct Told {
    sent: u64,
    answered: u64,
    most_answers_to_one: u8,
}

/// A flood that goes on until it is ended.
struct Flood {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Told>,
}

impl Flood {
    fn begin(to: SocketAddr) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let ends = over.clone();
        let thread = std::thread::spawn(move || flood(to, &ends));
        Self { over, thread }
    }

    fn end(self) -> Told {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().expect("the flood came to its end")
    }
}

fn flood(to: SocketAddr, over: &AtomicBool) -> Told {
    let sockets: Vec<UdpSocket> = (0..=SOURCES).map(|n| stranger(to.ip(), n)).collect();
    let (mut answers, mut begun, mut sent): (Vec<u8>, Instant, u64) = (Vec::new(), Instant::now(), 0);
    begun -= BATCH;
    while !over.load(Ordering::Relaxed) {
        let due = (begun.elapsed().as_secs_f64() * FLOOD_PER_S as f64) as u64;
        while sent < due {
            let from = if sent.is_multiple_of(2) { 0 } else { 1 + (sent / 2) as usize % usize::from(SOURCES) };
            // A datagram that the machine does not take is one of the flood less.
            let _ = sockets[from].send_to(request(sent, to).as_bytes(), to);
            answers.push(0);
            sent += 1;
        }
        hear(&sockets, &mut answers);
        std::thread::sleep(BATCH);
    }
    std::thread::sleep(Duration::from_secs(2));
    hear(&sockets, &mut answers);
    let answered = answers.iter().filter(|count| **count > 0).count() as u64;
    Told { sent, answered, most_answers_to_one: answers.iter().copied().max().unwrap_or(0) }
}

/// A socket at an address of its own in the centre's network.
fn stranger(centre: IpAddr, n: u8) -> UdpSocket {
    let IpAddr::V4(centre) = centre else { panic!("the bench is IPv4") };
    let [a, b, c, _] = centre.octets();
    let socket = UdpSocket::bind((Ipv4Addr::new(a, b, c, 100 + n), 0)).expect("a port is free");
    socket.set_nonblocking(true).expect("it need not wait");
    socket
}

fn hear(sockets: &[UdpSocket], answers: &mut [u8]) {
    let mut buffer = [0; 4_096];
    for socket in sockets {
        while let Ok(length) = socket.recv(&mut buffer) {
            let text = String::from_utf8_lossy(&buffer[..length]);
            let asked = text.split("z9hG4bKflood").nth(1).and_then(|rest| rest.split(['.', ';', '\r']).next());
            let asked: usize = asked.and_then(|number| number.parse().ok()).expect("an answer to a request of ours");
            answers[asked] = answers[asked].saturating_add(1);
        }
    }
}

/// One of the flood: with and without credentials, inside an invented dialog, and noise.
fn request(n: u64, to: SocketAddr) -> String {
    let (method, to_tag, more) = match n / 2 % 8 {
        0 => ("REGISTER", "", String::new()),
        1 => ("INVITE", "", String::new()),
        2 => ("OPTIONS", "", String::new()),
        3 => ("MESSAGE", "", String::new()),
        4 => ("REGISTER", "", credentials(n, to)),
        5 => ("BYE", ";tag=00ffffffffffffffff", String::new()),
        6 => ("SUBSCRIBE", "", String::new()),
        _ => return format!("{n} noise that nobody can read \0\r\n\r\n"),
    };
    format!(
        "{method} sip:agent{n}@{to} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.66:5060;rport;branch=z9hG4bKflood{n}.\r\n\
         Max-Forwards: 70\r\nFrom: <sip:agent{n}@{to}>;tag=f{n}\r\nTo: <sip:agent{n}@{to}>{to_tag}\r\n\
         Call-ID: flood-{n}\r\nCSeq: 1 {method}\r\nContact: <sip:agent{n}@127.0.0.66>\r\n{more}\
         Content-Length: 0\r\n\r\n"
    )
}

fn credentials(n: u64, to: SocketAddr) -> String {
    format!(
        "Authorization: Digest username=\"agent{n}\", realm=\"samkald\", nonce=\"{n:056x}\", uri=\"sip:{to}\", \
         response=\"{n:032x}\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"x\"\r\n"
    )
}

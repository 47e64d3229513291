//! What the packet workers cost: CPU for a million relayed packets beside a bare relay on the same sockets, and CPU
//! for callers on hold music beside a bare sender, and what a leg's coming and going costs. Each pair of figures comes from one run on one machine.
//!
//! `cargo bench -p media-net [-- CALLS SECONDS]`; without `--bench` (as a test) a short run that only shows that it works.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use media::{Codec, MediaCommand, Place, PlayNo, Playlist, RtpHeader, Sound};
use media_net::{MediaConfig, MediaNet, PromptStore};
use mio::{Events, Interest, Poll, Token};
use model::{LegId, LegSide, PromptName, ShardNo};

const US: Ipv4Addr = Ipv4Addr::new(127, 78, 0, 1);
const PHONES: Ipv4Addr = Ipv4Addr::new(127, 78, 0, 2);
const FIRST_PORT: u16 = 10_000;
const FRAME: Duration = Duration::from_millis(20);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let measured = arguments.iter().any(|argument| argument == "--bench");
    let mut numbers = arguments.iter().filter_map(|argument| argument.parse::<u64>().ok());
    let calls = numbers.next().unwrap_or(if measured { 100 } else { 4 }) as u16;
    let seconds = numbers.next().unwrap_or(u64::from(measured) * 6);
    let time = Duration::from_secs(seconds).max(Duration::from_millis(200));
    let listeners = calls * 5;

    let ours = relayed_by_workers(calls, time);
    let bare = relayed_barely(calls, time);
    println!("relaying {calls} calls for {time:?}, CPU-s for a million packets (lost of those sent):");
    println!("  packet workers  {:6.2}  ({} of {})", ours.per_million(), ours.lost(), ours.sent);
    println!("  bare relay      {:6.2}  ({} of {})", bare.per_million(), bare.lost(), bare.sent);
    println!("  ratio           {:6.2}", ours.per_million() / bare.per_million());

    let ours = music_by_workers(listeners, time);
    let bare = music_barely(listeners, time);
    println!("hold music for {listeners} callers, share of a core:");
    println!("  packet workers  {:5.1} %", 100.0 * ours.as_secs_f64() / time.as_secs_f64());
    println!("  bare sender     {:5.1} %", 100.0 * bare.as_secs_f64() / time.as_secs_f64());

    let legs = calls * 20;
    let each = legs_come_and_go(legs) / u32::from(legs);
    println!("a leg opened, settled and closed: {each:?} of CPU (both its sockets; mean of {legs})");
}

/// What one run took.
struct Run {
    cpu: Duration,
    sent: u64,
    heard: u64,
}

impl Run {
    fn per_million(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.heard.max(1) as f64
    }
    fn lost(&self) -> u64 {
        self.sent - self.heard
    }
}

fn start() -> MediaNet {
    let prompts = PromptStore::built_in();
    MediaNet::start(&MediaConfig { bind: US.into(), workers: 1, prompts, dscp: 46 }, |_| {}).expect("workers")
}

fn leg(n: u16) -> LegId {
    LegId::new(ShardNo(0), LegSide::Inbound, u64::from(n))
}

/// Opens and settles a leg for each phone.
fn settle(net: &MediaNet, phones: &[UdpSocket]) {
    for (n, phone) in (0..).zip(phones) {
        let remote = phone.local_addr().expect("bound");
        net.command(MediaCommand::Open { leg: leg(n), place: Place::Pair(FIRST_PORT + 2 * n) });
        let sound = Sound::plain(remote, Codec::Pcma);
        net.command(MediaCommand::Settle { leg: leg(n), sound });
    }
    while net.ports_in_use() < phones.len() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn phones(count: u16) -> Vec<UdpSocket> {
    let bind = |n: u16| {
        let phone = UdpSocket::bind((PHONES, FIRST_PORT + 2 * n)).expect("a free port");
        phone.set_nonblocking(true).expect("a socket");
        phone
    };
    (0..count).map(bind).collect()
}

fn relayed_by_workers(calls: u16, time: Duration) -> Run {
    let phones = phones(2 * calls);
    let net = start();
    settle(&net, &phones);
    for n in 0..calls {
        net.command(MediaCommand::Join { a: leg(2 * n), b: leg(2 * n + 1) });
    }
    std::thread::sleep(Duration::from_millis(100));
    let before = cpu_of("media-0");
    let (sent, heard) = talk(&phones, time);
    Run { cpu: cpu_of("media-0").saturating_sub(before), sent, heard }
}

fn music_by_workers(listeners: u16, time: Duration) -> Duration {
    let phones = phones(listeners);
    let net = start();
    settle(&net, &phones);
    for n in 0..listeners {
        let (play, list) = (PlayNo(1), Playlist::music(PromptName::new("music")));
        net.command(MediaCommand::Play { leg: leg(n), play, list });
    }
    std::thread::sleep(Duration::from_millis(100));
    let before = cpu_of("media-0");
    listen(&phones, time);
    cpu_of("media-0").saturating_sub(before)
}

/// CPU for so many legs, at most a hundred at a time.
fn legs_come_and_go(legs: u16) -> Duration {
    let phone = &phones(1)[0];
    let net = start();
    let remote = phone.local_addr().expect("bound");
    let before = cpu_of("media-0");
    for n in 0..legs {
        net.command(MediaCommand::Open { leg: leg(n), place: Place::Pair(FIRST_PORT + 2 * n) });
        let sound = Sound::plain(remote, Codec::Pcma);
        net.command(MediaCommand::Settle { leg: leg(n), sound });
        if let Some(oldest) = n.checked_sub(100) {
            net.command(MediaCommand::Close { leg: leg(oldest) });
        }
    }
    std::thread::sleep(Duration::from_millis(200));
    cpu_of("media-0").saturating_sub(before)
}

/// The same sockets and the same waiting, and nothing else: what comes in goes out.
fn relayed_barely(calls: u16, time: Duration) -> Run {
    let phones = phones(2 * calls);
    let stop = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&stop);
    let remotes: Vec<SocketAddr> = phones.iter().map(|phone| phone.local_addr().expect("bound")).collect();
    let thread = std::thread::Builder::new().name("bare".into()).spawn(move || relay_barely(&remotes, &seen));
    let thread = thread.expect("a thread");
    std::thread::sleep(Duration::from_millis(100));
    let before = cpu_of("bare");
    let (sent, heard) = talk(&phones, time);
    let cpu = cpu_of("bare").saturating_sub(before);
    stop.store(true, Ordering::Relaxed);
    thread.join().expect("it doesn't panic");
    Run { cpu, sent, heard }
}

fn relay_barely(remotes: &[SocketAddr], stop: &AtomicBool) {
    let mut poll = Poll::new().expect("a poll");
    let mut events = Events::with_capacity(1024);
    let open = |n: u16| {
        let address = SocketAddr::from((US, FIRST_PORT + 2 * n));
        let mut socket = mio::net::UdpSocket::bind(address).expect("a free port");
        poll.registry().register(&mut socket, Token(usize::from(n)), Interest::READABLE).expect("a poll");
        socket
    };
    let sockets: Vec<_> = (0..remotes.len() as u16).map(open).collect();
    let mut buffer = [0; 1500];
    while !stop.load(Ordering::Relaxed) {
        poll.poll(&mut events, Some(Duration::from_millis(100))).expect("a poll");
        for event in &events {
            let Token(from) = event.token();
            while let Ok((length, _)) = sockets[from].recv_from(&mut buffer) {
                let _lost = sockets[from ^ 1].send_to(&buffer[..length], remotes[from ^ 1]);
            }
        }
    }
}

/// Sends each listener a packet every 20 ms, in four groups, as the workers do.
fn music_barely(listeners: u16, time: Duration) -> Duration {
    let phones = phones(listeners);
    let remotes: Vec<SocketAddr> = phones.iter().map(|phone| phone.local_addr().expect("bound")).collect();
    let thread = std::thread::Builder::new().name("bare".into()).spawn(move || {
        let sockets: Vec<_> =
            (0..listeners).map(|n| UdpSocket::bind((US, FIRST_PORT + 2 * n)).expect("a free port")).collect();
        let began = Instant::now();
        let mut turn = 0;
        while began.elapsed() < time {
            for (socket, remote) in sockets.iter().zip(&remotes).skip(turn % 4).step_by(4) {
                let _lost = socket.send_to(&[0; 172], remote);
            }
            turn += 1;
            std::thread::sleep((FRAME / 4 * turn as u32).saturating_sub(began.elapsed()));
        }
        own_cpu()
    });
    let thread = thread.expect("a thread");
    listen(&phones, time);
    thread.join().expect("it doesn't panic")
}

/// Every phone sends a packet each 20 ms, spread over four groups. Gives what was sent and heard.
fn talk(phones: &[UdpSocket], time: Duration) -> (u64, u64) {
    let (began, mut turn, mut sent, mut heard) = (Instant::now(), 0_u32, 0, 0);
    let mut packet = [0x55; 172];
    while began.elapsed() < time {
        let number = turn / 4;
        for (n, phone) in phones.iter().enumerate().skip(turn as usize % 4).step_by(4) {
            let (sequence, timestamp) = (number as u16, number * 160);
            let (ssrc, payload) = (n as u32, 12..172);
            RtpHeader { payload_type: 8, marker: false, sequence, timestamp, ssrc, payload }.write(&mut packet);
            phone.send_to(&packet, (US, FIRST_PORT + 2 * n as u16)).expect("loopback");
            sent += 1;
        }
        turn += 1;
        std::thread::sleep((FRAME / 4 * turn).saturating_sub(began.elapsed()));
        heard += phones.iter().map(take_all).sum::<u64>();
    }
    std::thread::sleep(Duration::from_millis(100));
    (sent, heard + phones.iter().map(take_all).sum::<u64>())
}

fn listen(phones: &[UdpSocket], time: Duration) {
    let began = Instant::now();
    while began.elapsed() < time {
        std::thread::sleep(FRAME * 5);
        for phone in phones {
            take_all(phone);
        }
    }
}

fn take_all(phone: &UdpSocket) -> u64 {
    let mut buffer = [0; 1500];
    std::iter::from_fn(|| phone.recv_from(&mut buffer).ok()).count() as u64
}

/// CPU that the thread of that name has used until now (Linux: the first field of its schedstat, in nanoseconds).
fn cpu_of(name: &str) -> Duration {
    let is_named = |path: &std::path::Path| fs::read_to_string(path.join("comm")).is_ok_and(|comm| comm.trim() == name);
    // A thread takes its name only when it first runs.
    for _ in 0..100 {
        let mut tasks = fs::read_dir("/proc/self/task").expect("Linux").flatten().map(|task| task.path());
        if let Some(task) = tasks.find(|path| is_named(path)) {
            return cpu_at(&task.join("schedstat"));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("no thread is named {name}");
}

fn own_cpu() -> Duration {
    cpu_at("/proc/thread-self/schedstat".as_ref())
}

fn cpu_at(path: &std::path::Path) -> Duration {
    let text = fs::read_to_string(path).expect("Linux");
    let nanos = text.split_whitespace().next().and_then(|field| field.parse().ok()).expect("a number");
    Duration::from_nanos(nanos)
}

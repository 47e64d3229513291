//! A storm of registrations: any number of phones in a few offices, all at once, as after a power cut.
//!
//! Each phone asks, is challenged, answers, repeats what is lost, and comes again when it is told to (Retry-After). Bounded in
//! count and time, and to loopback addresses only. Knows the digest and the timers of a phone; rings nobody.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::ensure;
use tokio::net::UdpSocket;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::T1;
use crate::digest::{self, Secret};
use crate::message::{Message, finish};
use crate::report::Latency;
use crate::socket::{DATAGRAM_BYTES_MAX, bind};

/// Phones of one run at most.
const PHONES_MAX: u32 = 100_000;
/// Offices of one run at most: each has an address of its own.
const OFFICES_MAX: u32 = 250;
/// A request is given up after 64·T1.
const REQUEST_MAX: Duration = Duration::from_secs(32);
/// Repetitions are never further apart (RFC 3261, T2).
const T2: Duration = Duration::from_secs(4);
/// How finely a phone's time passes.
const TICK: Duration = Duration::from_millis(5);

/// A storm.
#[derive(Clone, Debug)]
pub struct Storm {
    /// The server's SIP address.
    pub server: SocketAddr,
    /// How many phones.
    pub phones: u32,
    /// Behind how many addresses they sit: 127.66.0.1 and up.
    pub offices: u32,
    /// What users are called: this, and five digits from 00001.
    pub prefix: String,
    /// Their password, with `{id}` for the user.
    pub password: String,
    /// After this it is over, whoever is still out.
    pub patience: Duration,
}

/// What a storm saw.
#[derive(Clone, Debug, Default)]
pub struct StormReport {
    /// Phones that got their 200.
    pub registered: u64,
    /// Requests sent, repetitions included.
    pub sent: u64,
    /// Of these, repetitions of what was not answered in time.
    pub repeated: u64,
    /// Times that a phone was told to come again later.
    pub put_off: u64,
    /// Answers that were none of 200, 401 and 503.
    pub refused: u64,
    /// From the storm's beginning to each phone's 200.
    pub delay: Latency,
    /// From the beginning to the last 200.
    pub took: Duration,
}

/// All phones register at once; none has a nonce from before.
pub async fn storm(storm: &Storm) -> anyhow::Result<StormReport> {
    ensure!(storm.server.ip().is_loopback(), "{} is no loopback address: load goes to this machine only", storm.server);
    ensure!((1..=PHONES_MAX).contains(&storm.phones), "1 to {PHONES_MAX} phones");
    ensure!((1..=OFFICES_MAX).contains(&storm.offices), "1 to {OFFICES_MAX} offices");
    let mut offices = Vec::new();
    for office in 0..storm.offices {
        let ip = IpAddr::V4(Ipv4Addr::new(127, 66, 0, office as u8 + 1));
        let socket = bind(SocketAddr::new(ip, 0))?;
        let address = socket.local_addr()?;
        let own = (0..storm.phones).filter(|phone| phone % storm.offices == office);
        let phones = own.map(|phone| Phone::new(&format!("{}{:05}", storm.prefix, phone + 1))).collect();
        offices.push(Office { socket, address, storm: storm.clone(), phones, report: StormReport::default() });
    }
    let begun = Instant::now();
    let tasks: Vec<_> = offices.into_iter().map(|office| tokio::spawn(office.run(begun))).collect();
    let mut report = StormReport::default();
    for task in tasks {
        report.add(&task.await?);
    }
    Ok(report)
}

impl StormReport {
    fn add(&mut self, other: &Self) {
        self.registered += other.registered;
        self.sent += other.sent;
        self.repeated += other.repeated;
        self.put_off += other.put_off;
        self.refused += other.refused;
        self.took = self.took.max(other.took);
        self.delay.add(&other.delay);
    }
}

/// Phones behind one address.
struct Office {
    socket: UdpSocket,
    address: SocketAddr,
    storm: Storm,
    phones: Vec<Phone>,
    report: StormReport,
}

struct Phone {
    user: String,
    call: String,
    cseq: u32,
    request: String,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// To be sent at that moment.
    Due(Instant),
    /// Sent; again at, in steps of, given up at.
    Asked { again: Instant, gap: Duration, until: Instant },
    /// Registered, or given up.
    Over,
}

impl Phone {
    fn new(user: &str) -> Self {
        let call = format!("{user}-{:x}", rand::random::<u64>());
        Self { user: user.to_owned(), call, cseq: 0, request: String::new(), state: State::Over }
    }
}

impl Office {
    async fn run(mut self, begun: Instant) -> StormReport {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
        // Until the system has said so, nothing can be sent, and what is tried would be lost.
        let _ = self.socket.writable().await;
        for phone in 0..self.phones.len() {
            self.ask(phone, None);
        }
        while self.phones.iter().any(|phone| phone.state != State::Over) && begun.elapsed() < self.storm.patience {
            tokio::select! {
                biased;
                Ok((length, _)) = self.socket.recv_from(&mut buffer) => {
                    if let Some(answer) = Message::read(&buffer[..length]) {
                        self.hear(&answer, begun);
                    }
                }
                _ = tick.tick() => self.wake(),
            }
        }
        self.report
    }

    fn hear(&mut self, answer: &Message, begun: Instant) {
        let call = answer.header("Call-ID").unwrap_or_default();
        let Some(at) = self.phones.iter().position(|phone| phone.call == call) else { return };
        let cseq = answer.header("CSeq").and_then(|cseq| cseq.split(' ').next()?.parse::<u32>().ok());
        let waits = matches!(self.phones[at].state, State::Asked { .. });
        if !waits || cseq != Some(self.phones[at].cseq) {
            return;
        }
        match answer.status() {
            Some(200) => {
                self.phones[at].state = State::Over;
                self.report.registered += 1;
                self.report.took = begun.elapsed();
                self.report.delay.record(begun.elapsed());
            }
            Some(401) => {
                let challenge = answer.headers("WWW-Authenticate").find(|text| text.contains("MD5")).map(str::to_owned);
                self.ask(at, challenge.as_deref());
            }
            Some(503) => {
                self.report.put_off += 1;
                let seconds = answer.header("Retry-After").and_then(|text| text.parse().ok()).unwrap_or(5);
                self.phones[at].state = State::Due(Instant::now() + Duration::from_secs(seconds));
            }
            _ => {
                self.report.refused += 1;
                self.phones[at].state = State::Over;
            }
        }
    }

    fn wake(&mut self) {
        let now = Instant::now();
        for at in 0..self.phones.len() {
            match self.phones[at].state {
                State::Due(due) if due <= now => self.ask(at, None),
                State::Asked { until, .. } if until <= now => self.ask(at, None),
                State::Asked { again, gap, until } if again <= now => {
                    self.report.repeated += 1;
                    let gap = (gap * 2).min(T2);
                    self.phones[at].state = State::Asked { again: now + gap, gap, until };
                    self.send(at);
                }
                State::Due(_) | State::Asked { .. } | State::Over => {}
            }
        }
    }

    fn ask(&mut self, at: usize, challenge: Option<&str>) {
        let (server, address) = (self.storm.server, self.address);
        let phone = &mut self.phones[at];
        phone.cseq += 1;
        let (user, call, cseq) = (&phone.user, &phone.call, phone.cseq);
        let uri = format!("sip:{server}");
        let password = self.storm.password.replace("{id}", user);
        let secret = Secret { user, password: &password };
        let proof = challenge.and_then(|challenge| digest::answer(challenge, &secret, "REGISTER", &uri));
        let proof = proof.map(|proof| format!("Authorization: {proof}\r\n")).unwrap_or_default();
        let branch: u64 = rand::random();
        let head = format!(
            "REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK{branch:x};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:{user}@{server}>;tag=r\r\nTo: <sip:{user}@{server}>\r\nCall-ID: {call}\r\nCSeq: {cseq} REGISTER\r\n\
             Contact: <sip:{user}@{address}>\r\nExpires: 600\r\n{proof}"
        );
        phone.request = finish(head, "");
        let now = Instant::now();
        phone.state = State::Asked { again: now + T1, gap: T1, until: now + REQUEST_MAX };
        self.send(at);
    }

    fn send(&mut self, at: usize) {
        self.report.sent += 1;
        // What the kernel does not take is lost, as on any network, and repeated.
        let _ = self.socket.try_send_to(self.phones[at].request.as_bytes(), self.storm.server);
    }
}

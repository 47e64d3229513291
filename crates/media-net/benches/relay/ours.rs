//! The runs: our packet workers, and the yardsticks in their place.
//! Knows the commands; doesn't know how a worker carries them out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use media::{Codec, MediaCommand, Place, PlayNo, Playlist, Secured, Sound};
use media_net::{MediaConfig, MediaNet, PromptStore, Shelf, WebCertificate, WebConfig};
use model::{LegId, LegSide, PromptName, ShardNo};

use crate::browsers::Browser;
use crate::phones::{Count, FIRST_PORT, Phones, US};
use crate::recorded::Nowhere;
use crate::voices::Meeting;
use crate::{bare, browsers, cpu, recorded};

/// Groups in which the bare sender plays.
const GROUPS: usize = 4;
/// Until sockets are open and learnt.
const SETTLING: Duration = Duration::from_millis(200);

/// What one run took, and what the phones heard of it.
pub(crate) struct Run {
    pub(crate) cpu: Duration,
    pub(crate) time: Duration,
    pub(crate) count: Count,
}

impl Run {
    /// CPU seconds for a million packets that arrived.
    pub(crate) fn per_million(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.count.heard.max(1) as f64
    }
}

pub(crate) fn relayed_by_workers(calls: u16, meeting: Meeting, time: Duration) -> Run {
    let phones = Phones::new(2 * calls, meeting);
    let net = start(&phones);
    for n in 0..calls {
        net.command(MediaCommand::Join { a: leg(2 * n), b: leg(2 * n + 1) });
    }
    run("media-0", phones, |phones| phones.talk(time))
}

/// Every talk is recorded. Also what the scribe used of a core.
pub(crate) fn relayed_and_recorded(calls: u16, time: Duration) -> (Run, Duration) {
    let phones = Phones::new(2 * calls, Meeting::Plain);
    let net = start_with(&phones, None, Some(Box::new(Nowhere)));
    for n in 0..calls {
        net.command(MediaCommand::Join { a: leg(2 * n), b: leg(2 * n + 1) });
        net.command(MediaCommand::Record { leg: leg(2 * n), tape: Box::new(recorded::tape(n)) });
    }
    let before = cpu::cpu_of("scribe");
    let run = run("media-0", phones, |phones| phones.talk(time));
    (run, cpu::cpu_of("scribe").saturating_sub(before))
}

/// Each phone talks with an agent at a browser.
pub(crate) fn relayed_to_browsers(calls: u16, time: Duration) -> Run {
    let phones = Phones::new(calls, Meeting::Plain);
    let certificate = WebCertificate::generate().expect("made");
    let net = start_with(&phones, Some(browsers::door(&certificate)), None);
    let browser = |n| Browser::new(&net, &certificate, leg(calls + n), n);
    let mut browsers: Vec<Browser> = (0..calls).map(browser).collect();
    browsers::connect(&mut browsers);
    for n in 0..calls {
        net.command(MediaCommand::Join { a: leg(n), b: leg(calls + n) });
    }
    run("media-0", phones, |phones| browsers::talk(phones, &mut browsers, time))
}

pub(crate) fn music_by_workers(listeners: u16, time: Duration) -> Run {
    let phones = Phones::new(listeners, Meeting::Plain);
    let net = start(&phones);
    for n in 0..listeners {
        let (play, list) = (PlayNo(1), Playlist::music(PromptName::new("music")));
        net.command(MediaCommand::Play { leg: leg(n), play, list });
    }
    run("media-0", phones, |phones| phones.listen(time))
}

pub(crate) fn relayed_barely(calls: u16, time: Duration) -> Run {
    barely(Phones::new(2 * calls, Meeting::Plain), bare::relay, |phones| phones.talk(time))
}

pub(crate) fn music_barely(listeners: u16, time: Duration) -> Run {
    let play = |remotes: &[_], stop: &AtomicBool| bare::play(remotes, GROUPS, stop);
    barely(Phones::new(listeners, Meeting::Plain), play, |phones| phones.listen(time))
}

/// CPU for so many legs, at most a hundred at a time.
pub(crate) fn legs_come_and_go(legs: u16) -> Duration {
    let phones = Phones::new(1, Meeting::Plain);
    let net = start(&phones);
    let remote = phones.addresses()[0];
    let before = cpu::cpu_of("media-0");
    for n in 1..=legs {
        net.command(MediaCommand::Open { leg: leg(n), place: Place::Pair(FIRST_PORT + 2 * n) });
        let sound = Sound::plain(remote, Codec::Pcma);
        net.command(MediaCommand::Settle { leg: leg(n), sound });
        if let Some(oldest) = n.checked_sub(100) {
            net.command(MediaCommand::Close { leg: leg(oldest) });
        }
    }
    std::thread::sleep(SETTLING);
    cpu::cpu_of("media-0").saturating_sub(before)
}

/// With a leg opened and settled for each phone.
fn start(phones: &Phones) -> MediaNet {
    start_with(phones, None, None)
}

fn start_with(phones: &Phones, web: Option<WebConfig>, shelf: Option<Box<dyn Shelf>>) -> MediaNet {
    let prompts = PromptStore::built_in();
    let config = MediaConfig { bind: US.into(), workers: 1, prompts, dscp: 46, web };
    let net = MediaNet::start_with(&config, shelf, |_| {}).expect("workers");
    cpu::put("media-0", cpu::RELAYS);
    let addresses = phones.addresses();
    for (n, remote) in (0..).zip(&addresses) {
        let (place, meeting) = (usize::from(n), phones.meeting);
        net.command(MediaCommand::Open { leg: leg(n), place: Place::Pair(FIRST_PORT + 2 * n) });
        if let Some(keys) = meeting.keys(place) {
            net.command(MediaCommand::Secure { leg: leg(n), keys: Box::new(Secured::Sdes(keys)) });
        }
        let sound = meeting.sound(place, *remote);
        net.command(MediaCommand::Settle { leg: leg(n), sound });
    }
    while net.ports_in_use() < addresses.len() {
        std::thread::sleep(Duration::from_millis(1));
    }
    net
}

/// What the thread of that name uses while the phones are about.
fn run(name: &str, mut phones: Phones, about: impl FnOnce(&mut Phones)) -> Run {
    std::thread::sleep(SETTLING);
    phones.forget();
    let (began, before) = (Instant::now(), cpu::cpu_of(name));
    about(&mut phones);
    let (cpu, time) = (cpu::cpu_of(name).saturating_sub(before), began.elapsed());
    Run { cpu, time, count: phones.count }
}

fn barely(
    phones: Phones,
    work: impl Fn(&[std::net::SocketAddr], &AtomicBool) + Send + 'static,
    about: impl FnOnce(&mut Phones),
) -> Run {
    let (stop, remotes) = (Arc::new(AtomicBool::new(false)), phones.addresses());
    let seen = Arc::clone(&stop);
    let thread = std::thread::Builder::new().name("bare".into()).spawn(move || work(&remotes, &seen));
    cpu::put("bare", cpu::RELAYS);
    let run = run("bare", phones, about);
    stop.store(true, Ordering::Relaxed);
    thread.expect("a thread").join().expect("it doesn't panic");
    run
}

fn leg(n: u16) -> LegId {
    LegId::new(ShardNo(0), LegSide::Inbound, u64::from(n))
}

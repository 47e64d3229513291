//! The packet workers: threads that own the RTP sockets, relay voices, play prompts and tell what they hear.
//!
//! Knows legs, not calls. All rules of a packet live in `media`; here are sockets, threads and a clock. Commands come
//! through one bounded queue per worker, and what is told goes to one function that the node gives.

mod beat;
mod bridge;
mod clock;
mod figures;
mod leg;
mod mailbox;
mod playing;
mod pressing;
mod prompt_files;
mod prompts;
mod rest;
mod ring;
mod scribe;
mod sockets;
mod streaming;
mod table;
mod web;
mod worker;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use arc_swap::ArcSwap;
use media::{MediaCommand, MediaEvent};

use clock::Clock;
use mailbox::Mailbox;
use rest::Rest;
use scribe::Scribe;
use streaming::Streams;
use web::{Door, TcpDoor, Web};
use worker::Worker;

pub use prompt_files::{PROMPTS_MAX, PromptFault, PromptFaultWhy, PromptWarned, load_wordings};
pub use prompts::{PromptStore, Wanted};
pub use scribe::{Sealing, Shelf};
pub use web::{NoCertificate, WEB_PEERS_MAX, WebCertificate, WebConfig};

/// Most packet workers. More are not started.
pub const WORKERS_MAX: usize = 64;

/// What the packet workers need to know.
#[derive(Clone, Debug)]
pub struct MediaConfig {
    /// Address of the RTP sockets.
    pub bind: IpAddr,
    /// Threads, 1–64. A leg's worker follows from its shard, so more workers than shards are idle.
    pub workers: usize,
    /// What can be played.
    pub prompts: PromptStore,
    /// DSCP of what we send, 0–63; 46 (EF) is what voice gets (RFC 4594 §4.1). Ignored where the OS forbids it.
    pub dscp: u8,
    /// Where browsers send their sound. `None`: this node has none for browsers.
    pub web: Option<WebConfig>,
}

/// The running packet workers. Stops them when dropped.
#[derive(Debug)]
pub struct MediaNet {
    workers: Vec<Running>,
    /// Stops after them.
    scribe: Option<Scribe>,
    ports: Arc<AtomicUsize>,
    /// Programs that legs are streamed to.
    streams: Arc<Streams>,
    /// Browsers by TCP, where there are any.
    tcp: Option<TcpDoor>,
    /// What can be played now; workers look here whenever something begins to play, never for a packet.
    prompts: Arc<ArcSwap<PromptStore>>,
}

#[derive(Debug)]
struct Running {
    mailbox: Arc<Mailbox>,
    thread: Option<JoinHandle<()>>,
}

impl MediaNet {
    /// Starts the threads. `events` is called on them: it must not block, or packets wait. Raises the process's limit of
    /// open files as far as it may.
    pub fn start(
        config: &MediaConfig,
        events: impl Fn(MediaEvent) + Send + Sync + Clone + 'static,
    ) -> io::Result<Self> {
        Self::start_with(config, None, events)
    }

    /// The same, with a shelf on which recordings are put. Without one, each recording that is asked for fails.
    pub fn start_with(
        config: &MediaConfig,
        shelf: Option<Box<dyn Shelf>>,
        events: impl Fn(MediaEvent) + Send + Sync + Clone + 'static,
    ) -> io::Result<Self> {
        sockets::allow_many_sockets();
        let clock = Clock::start();
        let count = config.workers.clamp(1, WORKERS_MAX);
        let scribe = shelf.map(|shelf| Scribe::start(count, shelf, clock, events.clone())).transpose()?;
        let prompts = Arc::new(ArcSwap::from_pointee(config.prompts.clone()));
        let (ports, streams) = (Arc::new(AtomicUsize::new(0)), Arc::new(Streams::default()));
        let mut net = Self { workers: Vec::new(), scribe, ports, streams, tcp: None, prompts };
        let (mailboxes, polls): (Vec<_>, Vec<_>) =
            (0..count).map(|_| Mailbox::new()).collect::<io::Result<Vec<_>>>()?.into_iter().unzip();
        let door = config.web.as_ref().map(|web| Door::open(web, mailboxes.clone(), config.dscp)).transpose();
        let door = door.map_err(|fault| named("web_port", config, &fault))?;
        let door = door.map(Arc::new);
        let tcp = config.web.as_ref().filter(|web| web.tcp).map(|web| TcpDoor::open(web.listen)).transpose();
        net.tcp = tcp.map_err(|fault| named("web_tcp", config, &fault))?;
        for (number, (mailbox, poll)) in mailboxes.into_iter().zip(polls).enumerate() {
            let (config, inbox, events) = (config.clone(), Arc::clone(&mailbox), events.clone());
            let shared = (Arc::clone(&net.ports), Arc::clone(&net.prompts));
            // A worker's buffers never leave its thread.
            let rest = Rest::new(poll)?;
            let web = door.as_ref().map(|door| Web::new(Arc::clone(door), number, clock));
            if let Some(door) = door.as_ref().filter(|_| number == 0) {
                door.listen(rest.registry())?;
            }
            let scribe = net.scribe.as_ref().and_then(|scribe| scribe.way(number));
            let besides = (web, scribe, Arc::clone(&net.streams));
            let work = move || Worker::new(&config, inbox, rest, clock, shared, besides, events).run();
            let thread = std::thread::Builder::new().name(format!("media-{number}")).spawn(work)?;
            net.workers.push(Running { mailbox, thread: Some(thread) });
        }
        Ok(net)
    }

    /// Sends a command to the leg's worker; from any thread. Commands of one leg are carried out in their order.
    ///
    /// When a worker is so far behind that its queue is full, this waits for room: nothing is ever dropped.
    pub fn command(&self, command: MediaCommand) {
        let worker = usize::from(command.leg().shard().0) % self.workers.len();
        self.workers[worker].mailbox.put(command);
    }

    /// What can be played from now on. What plays already ends as it is.
    pub fn replace_prompts(&self, prompts: PromptStore) {
        self.prompts.store(Arc::new(prompts));
    }

    /// What can be played now.
    pub fn prompts(&self) -> PromptStore {
        PromptStore::clone(&self.prompts.load())
    }

    /// Port pairs that are open now.
    pub fn ports_in_use(&self) -> usize {
        self.ports.load(Ordering::Relaxed)
    }

    /// Closes all sockets and ends the threads. What was not carried out yet never will be.
    pub fn stop(&mut self) {
        self.tcp = None;
        for worker in &self.workers {
            worker.mailbox.stop();
        }
        for worker in &mut self.workers {
            if let Some(thread) = worker.thread.take()
                && thread.join().is_err()
            {
                tracing::error!("a packet worker had panicked");
            }
        }
        self.scribe.iter_mut().for_each(Scribe::stop);
        self.streams.stop();
    }
}

/// A port of browsers can't be opened: which setting says so.
fn named(setting: &str, config: &MediaConfig, fault: &io::Error) -> io::Error {
    let place = config.web.as_ref().map_or_else(String::new, |web| web.listen.to_string());
    io::Error::new(fault.kind(), format!("{setting}: {place} can't be opened: {fault}"))
}

impl Drop for MediaNet {
    fn drop(&mut self) {
        self.stop();
    }
}

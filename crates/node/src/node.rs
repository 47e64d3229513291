//! A running node: everything is made here, in the order in which it leans on each other, and stopped in reverse.
//!
//! Knows what exists and who is handed what; holds no rule.

use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use anyhow::Context;
use api::{Api, Doors};
use media_net::{MediaNet, PromptStore};
use metrics_exporter_prometheus::PrometheusBuilder;
use model::{About, Fact, FactId, ShardNo, What};
use routing::{Core, Limits};
use sip::net::{Bound, SipNet};
use store::{Spool, SpoolOptions};
use tally::{Append, OpenEnds};
use tokio::runtime::{Builder, Runtime};
use tracing::{info, warn};

use crate::clock::Clock;
use crate::reception::{Dealer, Reception};
use crate::settings::Settings;
use crate::shard::{Mail, Mailbox, Pulse};
use crate::wiring::{self, Wires};

/// Facts of the node itself carry the number of a shard that does not exist.
const NODE_SHARD: ShardNo = ShardNo(u8::MAX);
/// Threads for what is not on a call's way: gRPC, pages, the database.
const OFFICE_THREADS: usize = 2;

/// A running node.
pub(crate) struct Node {
    office: Arc<Runtime>,
    reception: Arc<Reception>,
    api: Api,
    spool: Spool,
    net: SipNet,
    shards: Vec<JoinHandle<()>>,
    http_ends: tokio::sync::watch::Sender<bool>,
    facts: u64,
}

impl Node {
    /// Starts everything; when it returns, calls are taken.
    pub(crate) fn start(settings: &Settings) -> anyhow::Result<Self> {
        let clock = Clock::start();
        let office = Builder::new_multi_thread()
            .worker_threads(OFFICE_THREADS)
            .thread_name("office")
            .enable_all()
            .build()
            .context("no runtime")?;
        let prompts = load_prompts(settings)?;
        let listen = settings.http.listen;
        let http =
            TcpListener::bind(listen).with_context(|| format!("[http] listen: {listen} can't be listened to"))?;
        let bound = Bound::bind(wiring::net_config(settings)).context("[sip] listen")?;
        let addresses = bound.addresses();
        let spool = open_spool(settings, clock)?;
        let metrics = PrometheusBuilder::new().install_recorder().context("metrics")?;

        let shards = settings.node.shards;
        let mailboxes: Arc<[Arc<Mailbox>]> =
            (0..shards).map(|_| Arc::new(Mailbox::new(settings.limits.new_calls_max))).collect();
        let pulses: Vec<Arc<Pulse>> = (0..shards).map(|_| Arc::new(Pulse::default())).collect();
        let core = Arc::new(Core::new(&settings.plan, Limits::default()));
        let media: Arc<MediaNet> = Arc::new(wiring::start_media(settings, prompts, mailboxes.clone())?);
        let first = wiring::runtime()?;
        let net = {
            let _inside = first.enter();
            bound.run(Arc::new(Dealer::new(mailboxes.clone()))).context("[sip] listen")?
        };
        let reception = Arc::new(Reception::new(
            clock,
            settings.plan.clone(),
            mailboxes.clone(),
            pulses.clone(),
            core.clone(),
            spool.door(),
            net.clone(),
            metrics,
        ));
        let api = {
            let _inside = office.enter();
            let doors = reception.clone();
            Api::start(Doors { centre: doors.clone(), board: doors.clone(), archive: doors.clone(), house: doors })
        };
        let told = (reception.clone(), api.clone());
        spool.door().subscribe(Box::new(move |facts| {
            told.0.take_in(facts);
            told.1.on_facts(facts);
            std::ops::ControlFlow::Continue(())
        }));
        let wires =
            Wires { clock, core, media, net: net.clone(), spool: spool.door(), api: api.clone(), mailboxes, pulses };
        let mut node = Self {
            office: Arc::new(office),
            reception,
            api,
            spool,
            net,
            shards: Vec::new(),
            http_ends: tokio::sync::watch::Sender::new(false),
            facts: 0,
        };
        node.note(clock, What::NodeStarted { version: env!("CARGO_PKG_VERSION").into() });
        node.shards = wires.start_shards(settings, &addresses, first)?;
        node.start_http(http)?;
        info!(http = %listen, shards, "the node takes calls");
        Ok(node)
    }

    /// The runtime for what is not on a call's way.
    pub(crate) fn office(&self) -> Arc<Runtime> {
        self.office.clone()
    }

    /// Calls in progress.
    pub(crate) fn calls(&self) -> usize {
        self.reception.calls()
    }

    /// No new calls from now on.
    pub(crate) fn drain(&mut self) {
        self.note(self.reception.clock(), What::NodeDraining);
        self.reception.drain();
    }

    /// Lets go of what is left, saves what happened, ends.
    pub(crate) fn stop(mut self) {
        self.reception.post_all(|| Mail::Stop);
        for shard in self.shards.drain(..) {
            if shard.join().is_err() {
                tracing::error!("a shard had panicked");
            }
        }
        self.net.shutdown();
        self.note(self.reception.clock(), What::NodeStopped);
        self.office.block_on(self.api.close());
        // Only a server that has ended already doesn't hear it.
        let _ = self.http_ends.send(true);
    }

    fn note(&mut self, clock: Clock, what: What) {
        self.facts += 1;
        let id = FactId::new(clock.epoch_ms(), NODE_SHARD, self.facts);
        let fact = Fact { id, at: clock.now(), about: About::Node, what };
        append(&self.spool, vec![fact]);
    }

    fn start_http(&self, listener: TcpListener) -> anyhow::Result<()> {
        listener.set_nonblocking(true)?;
        let mut ends = self.http_ends.subscribe();
        let _inside = self.office.enter();
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let router = self.api.router();
        self.office.spawn(async move {
            let until = async move {
                // The node's end drops the sender, which is as good as its word.
                let _ = ends.wait_for(|ended| *ended).await;
            };
            if let Err(fault) = api::serve(listener, router, until).await {
                tracing::error!("{fault}");
            }
        });
        Ok(())
    }
}

fn load_prompts(settings: &Settings) -> anyhow::Result<PromptStore> {
    PromptStore::load(&settings.prompt_dirs).map_err(|faults| {
        let list: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.path.display(), fault.why)).collect();
        anyhow::anyhow!("[prompts] dirs: {}", list.join("; "))
    })
}

/// Opens the spool, and closes what the node before this one left open when it died.
fn open_spool(settings: &Settings, clock: Clock) -> anyhow::Result<Spool> {
    let dir = &settings.node.data_dir;
    let options = SpoolOptions { flush_every: settings.store.flush_every, ..SpoolOptions::default() };
    let (spool, recovered) =
        Spool::open(dir, options).with_context(|| format!("[node] data_dir: {}", dir.display()))?;
    info!(facts = recovered.last_no, cut_bytes = recovered.cut_bytes, "the spool is open");
    let mut open = OpenEnds::default();
    spool.replay(|numbered| open.apply(&numbered)).context("the spool can't be read")?;
    let cuts = open.closing_cuts(clock.epoch_ms());
    if !cuts.is_empty() {
        warn!(calls = open.open_calls(), "calls were cut when the node died; they are closed as such");
        append(&spool, cuts);
    }
    Ok(spool)
}

fn append(spool: &Spool, facts: Vec<Fact>) {
    if spool.door().append(Append { facts, persons: Vec::new(), when_saved: None }).is_err() {
        warn!("the spool has no room for a fact of the node");
    }
}

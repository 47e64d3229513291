//! A running node: everything is made here, in the order in which it leans on each other, and stopped in reverse.
//!
//! Knows what exists and who is handed what; holds no rule.

use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use anyhow::Context;
use api::{Api, Coordinators, Doors, Encryption, SocketRoute};
use forecast::Outlook;
use media::MediaSeed;
use media_net::{MediaNet, WebCertificate};
use model::What;
use routing::{Core, Limits};
use sip::bindings::Bindings;
use sip::net::{Bound, NetConfig, SipNet};
use sip::trace::Tap;
use store::{Filler, Promises, Registrations, Spool};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tracing::{info, warn};

use crate::certificates::Keys;
use crate::clock::Clock;
use crate::edge::EdgeDesk;
use crate::keeping::keeping;
use crate::kept;
use crate::learning::{Learning, Learnt, Sources};
use crate::ours::Ours;
use crate::planning::{Current, Expected, Holders, NodeNotes, Planning};
use crate::prompts;
use crate::reception::{Browsers, Dealer, Noted, Reception, start_metrics};
use crate::settings::Settings;
use crate::shard::{Mail, Mailbox, Pulse};
use crate::versions::Versions;
use crate::voicemail;
use crate::wiring::{self, Wires};

/// The nice value of threads that no call waits for.
const BEHIND_CALLS: i32 = 10;
/// Threads for what is not on a call's way: gRPC, pages, the database.
const OFFICE_THREADS: usize = 2;

/// A running node.
pub(crate) struct Node {
    office: Arc<Runtime>,
    reception: Arc<Reception>,
    api: Api,
    spool: Arc<Spool>,
    filler: Filler,
    /// Dropped after the shards have ended, so that their last word is kept.
    _registrations: Registrations,
    _promises: Promises,
    net: SipNet,
    shards: Vec<JoinHandle<()>>,
    learning: Option<Learning>,
    http_ends: tokio::sync::watch::Sender<bool>,
    /// Rung by a shard that fails.
    alarm: Arc<Notify>,
    notes: Arc<NodeNotes>,
    versions: Arc<Versions>,
}

impl Node {
    /// Starts everything; when it returns, calls are taken.
    pub(crate) fn start(settings: &Settings) -> anyhow::Result<Self> {
        let (versions, settings, starting) = Versions::take_up(settings)?;
        let node = Self::start_with(&versions, &settings)?;
        starting.has_started();
        Ok(node)
    }

    fn start_with(versions: &Arc<Versions>, settings: &Settings) -> anyhow::Result<Self> {
        let clock = Clock::start();
        let office = Builder::new_multi_thread()
            .worker_threads(OFFICE_THREADS)
            .thread_name("office")
            .on_thread_start(yield_to_calls)
            .enable_all()
            .build()
            .context("no runtime")?;
        let sounds = prompts::load(settings)?;
        let keys = Keys::load(settings)?;
        let listen = settings.http.listen;
        let http =
            TcpListener::bind(listen).with_context(|| format!("[http] listen: {listen} can't be listened to"))?;
        let config = NetConfig { keeping: keeping(settings, clock), ..wiring::net_config(settings, &keys) };
        let bound = Bound::bind(config).context("[sip] listen")?;
        let addresses = bound.addresses();
        let spool = Arc::new(kept::open_spool(settings)?);
        let (filler, database) = kept::start_database(settings, &spool, &office)?;
        let (registrations, kept) = kept::open_registrations(settings)?;
        let (promises, mut promised) = kept::open_promises(settings)?;
        let metrics = start_metrics()?;

        let shards = settings.node.shards;
        let (new_calls_max, late) = (settings.limits.new_calls_max, settings.admission.load);
        let mailboxes: Arc<[Arc<Mailbox>]> = (0..shards).map(|_| Arc::new(Mailbox::new(new_calls_max, late))).collect();
        let alarm = Arc::new(Notify::new());
        let pulses: Vec<Arc<Pulse>> = (0..shards).map(|_| Arc::new(Pulse::new(alarm.clone()))).collect();
        // Nothing is known yet; the learner says more as soon as it has read what is kept.
        let current = Current::at_start(settings.plan.clone(), versions.number_in_force(), clock.now());
        let expected = Arc::new(Expected::new(settings.plan.clone(), mailboxes[0].clone()));
        let core = Arc::new(Core::new(&settings.plan, &Outlook::unknown(), Limits::default()));
        let learnt = Arc::new(Learnt::default());
        let certificate = WebCertificate::generate().context("[media] web_port")?;
        let (mailroom, shelf) = voicemail::open(settings, clock, &office);
        let media = wiring::start_media(settings, sounds.store, mailboxes.clone(), &certificate, shelf)?;
        let media: Arc<MediaNet> = Arc::new(media);
        let tap = Arc::new(Tap::new(move || clock.now(), Ours::new(settings, current.clone(), &addresses)));
        let stack = Arc::new(wiring::stack_settings(settings, &addresses));
        let first = wiring::runtime()?;
        let net = {
            let _inside = first.enter();
            bound
                .tapped(tap.clone())
                .run(Arc::new(Dealer::new(clock, mailboxes.clone(), stack.whereabouts.clone())))
                .context("[sip] listen")?
        };
        let reception = Arc::new(Reception::new(
            clock,
            current.clone(),
            mailboxes.clone(),
            pulses.clone(),
            core.clone(),
            (spool.clone(), database.clone()),
            net.clone(),
            (metrics, learnt.clone()),
        ));
        let bindings = Arc::new(Bindings::new(wiring::phone_book(&wiring::trunk_logins(settings), &settings.plan)));
        let edge = Arc::new(EdgeDesk::new(settings, clock, current.clone(), (&tap, &net), (&bindings, &stack.trunks)));
        let api = {
            let _inside = office.enter();
            let doors = reception.clone();
            Api::start(Doors {
                centre: doors.clone(),
                board: doors.clone(),
                archive: doors.clone(),
                house: doors.clone(),
                edge,
                pages: wiring::for_pages(settings, doors),
                deciding: versions.clone(),
                coordinators: Coordinators::new(settings.coordinators.iter().cloned()),
                notes: Arc::new(Noted::open(settings, clock, &office, database.clone())),
                mailroom,
            })
        };
        let cuts = kept::what_was_cut(&spool, clock, &reception, (&mut promised, &promises.door()))?;
        let told = (reception.clone(), api.clone());
        spool.door().subscribe(Box::new(move |facts| {
            told.0.take_in(facts);
            told.1.on_facts(facts);
            std::ops::ControlFlow::Continue(())
        }));
        let wires = Wires {
            seed: MediaSeed::new(rand::random()),
            web_fingerprint: certificate.fingerprint(),
            wordings: sounds.wordings,
            clock,
            core,
            media,
            net: net.clone(),
            spool: spool.door(),
            api: api.clone(),
            mailboxes,
            pulses,
            tap,
            registrations: registrations.door(),
            promises: promises.door(),
            stack,
            bindings,
        };
        wires.mailboxes[0].post(Mail::Restore(Box::new(kept)));
        kept::take_up(promised.at_home, &wires.mailboxes, &wires.promises);
        let notes = Arc::new(NodeNotes::new(clock, spool.door()));
        let holders = Holders::new(settings, &wires, (&current, &expected), &reception, &notes);
        let planning = Planning::start(holders, &office);
        versions.hand_over_to(planning.clone());
        let mut node = Self {
            office: Arc::new(office),
            reception,
            api,
            spool,
            filler,
            _registrations: registrations,
            _promises: promises,
            net,
            shards: Vec::new(),
            learning: None,
            http_ends: tokio::sync::watch::Sender::new(false),
            alarm,
            notes,
            versions: versions.clone(),
        };
        let sources = Sources {
            clock,
            current,
            expected,
            spool: node.spool.clone(),
            database,
            office: node.office.handle().clone(),
        };
        kept::append(&node.spool, cuts);
        node.notes.note(What::NodeStarted { version: env!("CARGO_PKG_VERSION").into() });
        node.shards = wires.start_shards(settings, first)?;
        keys.watch(&node.office);
        versions.watch(node.office.handle());
        node.start_http(http, keys.encryption(), Browsers::route(node.net.clone(), settings))?;
        node.learning = Some(Learning::start(learnt, sources, yield_to_calls).context("no thread for the learner")?);
        info!(http = %listen, shards, "the node takes calls");
        Ok(node)
    }

    /// The runtime for what is not on a call's way.
    pub(crate) fn office(&self) -> Arc<Runtime> {
        self.office.clone()
    }

    /// The plan's versions.
    pub(crate) fn versions(&self) -> Arc<Versions> {
        self.versions.clone()
    }

    /// Calls in progress.
    pub(crate) fn calls(&self) -> usize {
        self.reception.calls()
    }

    /// Comes when a shard has failed by a bug.
    pub(crate) async fn fails(&self) {
        self.alarm.notified().await;
    }

    /// Whether a shard has failed by a bug.
    pub(crate) fn has_failed(&self) -> bool {
        self.reception.has_failed()
    }

    /// No new calls from now on.
    pub(crate) fn drain(&mut self) {
        self.notes.note(What::NodeDraining);
        self.reception.drain();
    }

    /// Lets go of what is left, saves what happened, ends.
    pub(crate) fn stop(mut self) {
        if let Some(learning) = self.learning.take() {
            learning.stop();
        }
        self.reception.post_all(|| Mail::Stop);
        for shard in self.shards.drain(..) {
            if shard.join().is_err() {
                tracing::error!("a shard had panicked");
            }
        }
        if self.has_failed() {
            self.versions.died_by_a_bug();
        } else {
            self.versions.stops_well();
        }
        self.net.shutdown();
        self.notes.note(What::NodeStopped);
        self.office.block_on(self.api.close());
        // Only a server that has ended already doesn't hear it.
        let _ = self.http_ends.send(true);
        self.filler.stop();
    }

    fn start_http(
        &self,
        listener: TcpListener,
        encryption: Option<Encryption>,
        sockets: SocketRoute,
    ) -> anyhow::Result<()> {
        listener.set_nonblocking(true)?;
        let mut ends = self.http_ends.subscribe();
        let _inside = self.office.enter();
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let router = self.api.router().merge(api::sockets(sockets));
        self.office.spawn(async move {
            let until = async move {
                // The node's end drops the sender, which is as good as its word.
                let _ = ends.wait_for(|ended| *ended).await;
            };
            if let Err(fault) = api::serve(listener, router, encryption, until).await {
                tracing::error!("{fault}");
            }
        });
        Ok(())
    }
}

/// This thread (and those that it starts) gives way to calls and packets where there are more threads than cores. Linux
/// keeps the nice value by thread.
pub(crate) fn yield_to_calls() {
    if let Err(fault) = rustix::process::setpriority_process(None, BEHIND_CALLS) {
        warn!(%fault, "a thread of the office keeps the calls' priority");
    }
}

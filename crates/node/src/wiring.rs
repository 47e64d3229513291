//! Turns settings into what each room wants to be told, and starts the shards' threads.
//! Knows every room's settings; holds no rule of a call.

use std::sync::{Arc, LazyLock};
use std::thread::JoinHandle;

use anyhow::Context;
use api::{Api, ForPages, PageDoor};
use centre::{Centre, CentreSettings, Input, SrtpRules};
use media::{MediaSeed, OurSide, OurWeb, PortPool, PortRange};
use media_net::{MediaConfig, MediaNet, PromptStore, Shelf, WebCertificate, WebConfig};
use model::{AgentId, Dialled, ShardNo};
use plan::Plan;
use routing::Core;
use sip::bindings::Bindings;
use sip::net::{Keeping, ListenAt, NetConfig, SipNet, TcpLimits, Trunk, TrunkAddress};
use sip::stack::{
    OurAddress, PhoneBook, PhoneEntry, RegistrarSettings, Spans, Stack, StackSettings, Transport, Trunks,
};
use sip::trace::Tap;
use speech::Wordings;
use store::{PromisesDoor, RegistrationsDoor, SpoolDoor};
use tokio::runtime::{Builder, Runtime};

use crate::certificates::Keys;
use crate::clock::Clock;
use crate::facts::FactsOut;
use crate::settings::{self, Settings, WebPlaces};
use crate::shard::{Exits, Mail, Mailbox, Pulse, Shard};

/// What every shard is handed.
pub(crate) struct Wires {
    pub(crate) clock: Clock,
    pub(crate) core: Arc<Core>,
    pub(crate) media: Arc<MediaNet>,
    pub(crate) net: SipNet,
    pub(crate) spool: SpoolDoor,
    pub(crate) api: Api,
    pub(crate) mailboxes: Arc<[Arc<Mailbox>]>,
    pub(crate) pulses: Vec<Arc<Pulse>>,
    pub(crate) tap: Arc<Tap>,
    pub(crate) registrations: RegistrationsDoor,
    pub(crate) promises: PromisesDoor,
    pub(crate) stack: Arc<StackSettings>,
    pub(crate) bindings: Arc<Bindings>,
    /// Drawn at the start: from it come the keys of encrypted sound.
    pub(crate) seed: MediaSeed,
    /// Of the certificate that browsers are shown.
    pub(crate) web_fingerprint: [u8; 32],
    /// How announcements are worded.
    pub(crate) wordings: Wordings,
}

impl Wires {
    /// One thread a shard. The first one's runtime carries the sockets too.
    pub(crate) fn start_shards(&self, settings: &Settings, first: Runtime) -> anyhow::Result<Vec<JoinHandle<()>>> {
        let mut runtimes = vec![first];
        for _ in 1..self.mailboxes.len() {
            runtimes.push(runtime()?);
        }
        let mut threads = Vec::new();
        for (no, runtime) in runtimes.into_iter().enumerate() {
            let shard = self.shard(no, settings);
            let name = format!("shard-{no}");
            let thread = std::thread::Builder::new().name(name).spawn(move || runtime.block_on(shard.run()))?;
            threads.push(thread);
        }
        Ok(threads)
    }

    fn shard(&self, no: usize, settings: &Settings) -> Shard {
        let (shard, shards) = (ShardNo(no as u8), self.mailboxes.len() as u8);
        let (from, to) = settings.media.ports;
        let ports = PortPool::for_shard(PortRange { from, to }, shard.0, shards);
        let told = CentreSettings {
            shard,
            shards,
            epoch_ms: self.clock.epoch_ms(),
            sound: OurSide {
                address: settings.media.advertised,
                codecs: settings.media.codecs.clone(),
                seed: self.seed.clone(),
                web: settings.media.web.as_ref().map(|web| OurWeb {
                    addresses: web.public.clone(),
                    fingerprint: self.web_fingerprint,
                    tcp: web.tcp,
                }),
            },
            srtp: SrtpRules {
                phones: settings.media.phones_srtp,
                outside: settings.media.outward_srtp,
                trunks: settings.sip.trunks.iter().map(|trunk| (trunk.name.clone(), trunk.srtp)).collect(),
            },
            wordings: self.wordings.clone(),
            silence_max: settings.media.rtp_silence_max,
            prove_sound: settings.agents.prove_sound,
            calls_max: settings.limits.calls_max.div_ceil(usize::from(shards)),
        };
        let centre = Centre::new(told, settings.plan.clone(), ports);
        let stack = Stack::new(shard, self.stack.clone(), self.bindings.clone(), rand::random());
        let exits = Exits {
            net: self.net.clone(),
            media: self.media.clone(),
            facts: FactsOut::new(self.spool.clone(), self.api.clone()),
            api: self.api.clone(),
            mailboxes: self.mailboxes.clone(),
            plan: settings.plan.clone(),
            tap: self.tap.clone(),
            registrations: self.registrations.clone(),
            promises: self.promises.clone(),
        };
        Shard::new(
            self.clock,
            self.mailboxes[no].clone(),
            centre,
            stack,
            self.core.clone(),
            exits,
            self.pulses[no].clone(),
        )
    }
}

/// A runtime for one shard's thread.
pub(crate) fn runtime() -> anyhow::Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("no runtime")
}

/// The packet workers; what they tell goes to the leg's shard.
pub(crate) fn start_media(
    settings: &Settings,
    prompts: PromptStore,
    mailboxes: Arc<[Arc<Mailbox>]>,
    certificate: &WebCertificate,
    shelf: Option<Box<dyn Shelf>>,
) -> anyhow::Result<MediaNet> {
    let media = &settings.media;
    let web = media.web.clone().map(|WebPlaces { listen, public, tcp }| WebConfig {
        listen,
        public,
        tcp,
        certificate: certificate.clone(),
    });
    let config = MediaConfig { bind: media.bind, workers: media.workers, prompts, dscp: media.dscp, web };
    let tell = move |event: media::MediaEvent| {
        if let Some(mailbox) = mailboxes.get(usize::from(event.leg().shard().0)) {
            mailbox.post(Mail::Centre(Input::Media(event)));
        }
    };
    MediaNet::start_with(&config, shelf, tell).context("[media]")
}

/// What agents' pages may do and are told.
pub(crate) fn for_pages(settings: &Settings, door: Arc<dyn PageDoor>) -> ForPages {
    let origins = settings.http.websocket_origins.clone().into();
    ForPages { door, origins, ice_servers: settings.media.ice_servers.clone().into() }
}

/// Where signalling listens, and whom it trusts.
pub(crate) fn net_config(settings: &Settings, keys: &Keys) -> NetConfig {
    let sip = &settings.sip;
    let listen = sip.listen.iter().map(|at| ListenAt {
        transport: transport(at.transport),
        address: at.addr,
        advertised: sip.advertised.as_ref().map(|host| {
            let port = at.addr.port();
            if host.contains(':') { host.as_str().into() } else { format!("{host}:{port}").into() }
        }),
    });
    // The web port comes last, as the door of its WebSockets expects.
    let web = ListenAt {
        transport: if keys.http.is_some() { Transport::Wss } else { Transport::Ws },
        address: settings.http.listen,
        advertised: None,
    };
    let trunks = sip.trunks.iter().map(|trunk| Trunk {
        id: trunk.name.clone(),
        addresses: trunk.addresses.iter().map(trunk_address).collect(),
        tls_names: trunk.tls_names.iter().map(|name| name.as_str().into()).collect(),
    });
    NetConfig {
        listen: listen.chain([web]).collect(),
        trunks: trunks.collect(),
        shards: settings.node.shards,
        tcp: TcpLimits {
            connections_max: sip.connections_max,
            per_address_max: sip.connections_per_ip_max,
            idle_max: sip.tcp_idle,
            ..TcpLimits::default()
        },
        tls: keys.sip.clone(),
        keeping: Keeping::default(),
        name_servers: sip.name_servers.clone(),
    }
}

/// One of a trunk's addresses, as the sockets know it.
pub(crate) fn trunk_address(address: &settings::TrunkAddress) -> TrunkAddress {
    let block = format!("{}/{}", address.ip, address.prefix_bits);
    TrunkAddress { block: block.parse().expect("the settings were checked"), port: address.port }
}

fn transport(transport: settings::Transport) -> Transport {
    match transport {
        settings::Transport::Udp => Transport::Udp,
        settings::Transport::Tcp => Transport::Tcp,
        settings::Transport::Tls => Transport::Tls,
    }
}

/// How phones register, for the gate, which challenges them, and for the shards. The key of the nonces is this process's.
pub(crate) fn registrar_settings(settings: &Settings) -> RegistrarSettings {
    static NONCE_KEY: LazyLock<[u8; 32]> = LazyLock::new(rand::random);
    let sip = &settings.sip;
    RegistrarSettings {
        expires_min: sip.register.min,
        expires_default: sip.register.default,
        expires_max: sip.register.max,
        nonce_life: sip.nonce_life,
        digest: sip.digest.clone(),
        ..RegistrarSettings::new(&sip.realm, *NONCE_KEY)
    }
}

/// What all shards' stacks are told.
pub(crate) fn stack_settings(settings: &Settings, addresses: &[OurAddress]) -> StackSettings {
    let sip = &settings.sip;
    StackSettings {
        spans: Spans { t1: sip.t1, t2: sip.t2, t4: sip.t4 },
        unreachable_after: sip.unreachable_after,
        ring_repeat: sip.ring_repeat,
        session_expires: sip.session_expires,
        registrar: Some(registrar_settings(settings)),
        domains: sip.domains.clone(),
        // The plan's own come with the phone book, which changes with the plan.
        emergency: plan::EMERGENCY.iter().filter_map(|number| Dialled::parse(number).ok()).collect(),
        trunks: Arc::new(Trunks::new(sip.trunks.iter().map(|trunk| trunk.rules.clone()))),
        ..StackSettings::new(addresses.to_vec())
    }
}

/// Trunks that prove themselves by a password: these can call and nothing else.
pub(crate) fn trunk_logins(settings: &Settings) -> Vec<PhoneEntry> {
    let logins = settings.sip.trunks.iter().filter_map(|trunk| trunk.rules.login.as_ref());
    let entry = |login: &sip::stack::TrunkLogin| PhoneEntry {
        agent: AgentId::new(&login.user),
        password: Some(login.password.clone()),
        fixed: None,
    };
    logins.map(entry).collect()
}

/// Those, agents' phones, and what passes from them whatever the load, as a plan says it.
pub(crate) fn phone_book(logins: &[PhoneEntry], plan: &Plan) -> PhoneBook {
    let agents = plan.agents.iter().filter(|agent| !agent.has_left()).map(|agent| PhoneEntry {
        agent: agent.id.clone(),
        password: agent.password.as_ref().map(|password| password.reveal().into()),
        fixed: agent.contact.clone(),
    });
    PhoneBook::new(logins.iter().cloned().chain(agents)).with_emergency(plan.dialling.emergency.clone())
}

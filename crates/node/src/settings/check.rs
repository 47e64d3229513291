//! From the file's texts and numbers to addresses and spans, each within its bounds.
//!
//! Tells every fault with the setting to change, and goes on with something usable. Reads no file but asks whether
//! the prompts' folders exist.

mod addresses;
mod browsers;
mod certificates;
mod codecs;
mod encryption;
mod registering;
mod trunks;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use plan::{Fault, Plan, Secret};
use tracing_subscriber::EnvFilter;

use self::encryption::PROTECTIONS;
use super::file::{Count, LogFormat, SettingsFile, SipSection};
use super::load::beside;
use super::{Http, Limits, Log, Media, Node, Settings, Sip, Store, Transport};

/// The key's file, where the settings name no other; in the data folder.
const KEY_FILE: &str = "node.key";
/// Shards and packet workers of one node.
const WORKERS_MAX: u64 = 64;
/// Folders of prompts.
const PROMPT_DIRS_MAX: usize = 16;
/// Longest realm and filter, in characters.
const TEXT_CHARS_MAX: usize = 200;

/// Checks a file's settings. The plan is put in by the one who read it.
pub(super) fn check(file: &SettingsFile, folder: &Path) -> (Settings, Vec<Fault>) {
    let mut desk = Desk { faults: Vec::new() };
    let sip = desk.sip(&file.sip, folder);
    let media = desk.media(file, &sip);
    let node = desk.node(file);
    let settings = Settings {
        recordings: file.recordings.folder(folder, &node.data_dir),
        node,
        http: desk.http(file, folder),
        agents: desk.agents(&file.agents),
        admission: desk.admission(&file.admission),
        limits: Limits {
            calls_max: desk.within("limits.calls_max", file.limits.calls_max, 1, 131_072) as usize,
            new_calls_max: desk.within("limits.new_calls_max", file.limits.new_calls_max, 1, 65_536) as usize,
        },
        store: Store { flush_every: desk.ms("store.flush_every_ms", file.store.flush_every_ms, 1, 1_000) },
        mail: desk.mail(&file.mail, folder),
        notes_keep_days: desk.within("notes.keep_days", file.notes.keep_days, 1, 365) as u32,
        log: Log {
            filter: desk.log_filter(&file.log.filter),
            json: match file.log.format {
                LogFormat::Text => false,
                LogFormat::Json => true,
            },
        },
        prompt_dirs: desk.prompt_dirs(&file.prompts.dirs, folder),
        uploaded: None,
        plain_passwords: 0,
        coordinators: desk.coordinators(&file.administration),
        plan_text: Arc::from(""),
        args: super::SettingsArgs::default(),
        plan: Arc::new(Plan::default()),
        sip,
        media,
    };
    (settings, desk.faults)
}

/// Faults that settings and plan have only together.
pub(super) fn against_plan(settings: &Settings, plan: &Plan) -> Vec<Fault> {
    let strangers = super::administration::strangers(&settings.coordinators, plan);
    trunks::logins_of_agents(&settings.sip.trunks, plan).into_iter().chain(strangers).collect()
}

/// Where settings are looked through, and faults noted.
pub(super) struct Desk {
    faults: Vec<Fault>,
}

impl Desk {
    pub(super) fn fault(&mut self, at: impl Into<String>, da: impl Into<String>, en: impl Into<String>) {
        self.faults.push(Fault::new(at, da, en));
    }

    pub(super) fn within(&mut self, at: &str, n: u64, min: u64, max: u64) -> u64 {
        if (min..=max).contains(&n) {
            return n;
        }
        self.fault(at, format!("{n} går ikke; skriv {min} til {max}"), format!("{n} won't do; write {min} to {max}"));
        min
    }

    fn secs(&mut self, at: &str, n: u64, min: u64, max: u64) -> Duration {
        Duration::from_secs(self.within(at, n, min, max))
    }

    pub(super) fn ms(&mut self, at: &str, n: u64, min: u64, max: u64) -> Duration {
        Duration::from_millis(self.within(at, n, min, max))
    }

    fn text(&mut self, at: &str, text: &str) -> String {
        if text.trim().is_empty() || text.chars().count() > TEXT_CHARS_MAX || text.chars().any(char::is_control) {
            self.fault(
                at,
                format!("skriv en tekst på 1-{TEXT_CHARS_MAX} tegn"),
                format!("write a text of 1 to {TEXT_CHARS_MAX} characters"),
            );
        }
        text.to_owned()
    }

    fn log_filter(&mut self, filter: &str) -> String {
        if let Err(why) = EnvFilter::try_new(filter) {
            self.fault(
                "log.filter",
                format!("\"{filter}\" går ikke; skriv fx \"info\" eller \"info,sip=debug\""),
                format!("\"{filter}\" won't do ({why}); write \"info\" or \"info,sip=debug\", say"),
            );
        }
        self.text("log.filter", filter)
    }

    fn workers(&mut self, at: &str, count: Count) -> u64 {
        match count {
            Count::Auto => std::thread::available_parallelism().map_or(1, |n| (n.get() as u64).min(WORKERS_MAX)),
            Count::Of(n) => self.within(at, n, 1, WORKERS_MAX),
        }
    }

    fn node(&mut self, file: &SettingsFile) -> Node {
        let data_dir = PathBuf::from(self.text("node.data_dir", &file.node.data_dir));
        let key_file = Some(&file.node.key_file).filter(|file| !file.is_empty());
        Node {
            key: Some(&*file.node.key).filter(|key| !key.is_empty()).map(Secret::new),
            key_file: key_file.map_or_else(|| data_dir.join(KEY_FILE), PathBuf::from),
            data_dir,
            shards: self.workers("node.shards", file.node.shards) as u8,
            drain_max: self.secs("node.drain_max_s", file.node.drain_max_s, 0, 86_400),
        }
    }

    fn sip(&mut self, sip: &SipSection, folder: &Path) -> Sip {
        let listen = self.listeners(sip);
        Sip {
            certificates: self.sip_certificates(sip, &listen, folder),
            listen,
            advertised: self.advertised_host(sip),
            domains: self.domains(&sip.domains),
            name_servers: self.name_servers(sip),
            trunks: self.trunks(&sip.trunk),
            realm: self.realm(&sip.realm),
            digest: self.digest(&sip.digest),
            register: self.register_spans(sip),
            nonce_life: self.secs("sip.nonce_life_s", sip.nonce_life_s, 10, 3_600),
            session_expires: self.secs("sip.session_expires_s", sip.session_expires_s, 90, 86_400),
            ring_repeat: self.secs("sip.ring_repeat_s", sip.ring_repeat_s, 5, 59),
            unreachable_after: self.ms("sip.unreachable_after_ms", sip.unreachable_after_ms, 500, 30_000),
            t1: self.ms("sip.t1_ms", sip.t1_ms, 100, 2_000),
            t2: self.ms("sip.t2_ms", sip.t2_ms, 1_000, 16_000),
            t4: self.ms("sip.t4_ms", sip.t4_ms, 1_000, 20_000),
            tcp_idle: self.secs("sip.tcp_idle_s", sip.tcp_idle_s, 10, 86_400),
            connections_max: self.within("sip.connections_max", sip.connections_max, 1, 65_536) as usize,
            connections_per_ip_max: self.within("sip.connections_per_ip_max", sip.connections_per_ip_max, 1, 65_536)
                as usize,
        }
    }

    fn media(&mut self, file: &SettingsFile, sip: &Sip) -> Media {
        let media = &file.media;
        let bind = self.ip("media.bind", &media.bind);
        let ports = self.rtp_ports(&media.ports);
        let taken = sip.listen.iter().position(|listen| {
            let same_ip = listen.addr.ip() == bind || bind.is_unspecified() || listen.addr.ip().is_unspecified();
            listen.transport == Transport::Udp && same_ip && (ports.0..=ports.1).contains(&listen.addr.port())
        });
        if let Some(i) = taken {
            self.fault(
                "media.ports",
                format!("rummer porten i sip.listen[{i}]; flyt den ene"),
                format!("includes the port of sip.listen[{i}]; move one of them"),
            );
        }
        let advertised = self.advertised_ip(&media.advertised, bind);
        Media {
            bind,
            advertised,
            web: self.web_places(media, (bind, advertised), ports),
            ice_servers: self.ice_servers(&media.ice_servers),
            ports,
            workers: self.workers("media.workers", media.workers) as usize,
            rtp_silence_max: self.secs("media.rtp_silence_max_s", media.rtp_silence_max_s, 5, 3_600),
            dscp: self.within("media.dscp", media.dscp, 0, 63) as u8,
            outward_srtp: self.outward_protection(&sip.trunks),
            codecs: self.codecs(&media.codecs),
            phones_srtp: self.one_of("media.phones_srtp", &media.phones_srtp, &PROTECTIONS),
        }
    }

    fn advertised_ip(&mut self, written: &str, bind: IpAddr) -> IpAddr {
        if !written.is_empty() {
            return self.ip("media.advertised", written);
        }
        if bind.is_unspecified() {
            self.fault(
                "media.advertised",
                format!("mangler: ingen kan sende lyd til {bind}; skriv den adresse andre når os på"),
                format!("is missing: nobody can send sound to {bind}; write the address at which others reach us"),
            );
        }
        bind
    }

    fn http(&mut self, file: &SettingsFile, folder: &Path) -> Http {
        let listen = self.socket_addr("http.listen", &file.http.listen);
        if !listen.ip().is_loopback() {
            self.fault(
                "http.listen",
                format!("{listen} kan nås udefra, og uden et afsnit [access] kan enhver se med; skriv 127.0.0.1"),
                format!("{listen} can be reached from outside, and without an [access] section anyone may look; write 127.0.0.1"),
            );
        }
        if !file.http.open {
            self.fault(
                "http.open",
                "adgangskontrol ([access]) findes ikke endnu; skriv open = true",
                "access control ([access]) does not exist yet; write open = true",
            );
        }
        Http {
            listen,
            certificates: self.http_certificates(&file.http, folder),
            websocket_origins: self.origins(&file.http.websocket_origins),
        }
    }

    fn prompt_dirs(&mut self, dirs: &[String], folder: &Path) -> Vec<PathBuf> {
        if dirs.len() > PROMPT_DIRS_MAX {
            self.fault(
                "prompts.dirs",
                format!("højst {PROMPT_DIRS_MAX} mapper"),
                format!("at most {PROMPT_DIRS_MAX} folders"),
            );
        }
        let mut found = Vec::new();
        for (i, dir) in dirs.iter().take(PROMPT_DIRS_MAX).enumerate() {
            let dir = beside(folder, dir);
            if !dir.is_dir() {
                let dir = dir.display();
                self.fault(
                    format!("prompts.dirs[{i}]"),
                    format!("mappen {dir} findes ikke"),
                    format!("there is no folder {dir}"),
                );
            }
            found.push(dir);
        }
        found
    }
}

//! The settings file as people write it (TOML), with the default of everything that may be left out.
//!
//! `config/samkald.toml` states each of these defaults, and a test compares. Checks nothing but names and kinds.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

pub(super) use super::count::Count;

use super::administration::AdministrationSection;
use super::admission::AdmissionSection;
use super::agents::AgentsSection;
use super::ice::IceSection;
use super::mail::MailSection;
use super::notes::NotesSection;
use super::recordings::RecordingsSection;

/// A whole settings file. The plan in it is read apart, because it may be a file of its own.
#[derive(Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SettingsFile {
    #[serde(skip_serializing)]
    pub(super) plan: Option<IgnoredAny>,
    pub(super) node: NodeSection,
    pub(super) sip: SipSection,
    pub(super) media: MediaSection,
    pub(super) http: HttpSection,
    pub(super) agents: AgentsSection,
    pub(super) administration: AdministrationSection,
    pub(super) admission: AdmissionSection,
    pub(super) limits: LimitsSection,
    pub(super) store: StoreSection,
    pub(super) recordings: RecordingsSection,
    pub(super) mail: MailSection,
    pub(super) notes: NotesSection,
    pub(super) log: LogSection,
    pub(super) prompts: PromptsSection,
}

/// `[node]`
#[derive(Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NodeSection {
    pub(super) data_dir: String,
    pub(super) key: String,
    pub(super) key_file: String,
    pub(super) shards: Count,
    pub(super) drain_max_s: u64,
}

impl Default for NodeSection {
    fn default() -> Self {
        Self {
            data_dir: "samkald-data".into(),
            key: String::new(),
            key_file: String::new(),
            shards: Count::Auto,
            drain_max_s: 1_800,
        }
    }
}

/// `[sip]`
#[derive(Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SipSection {
    pub(super) listen: Vec<String>,
    pub(super) advertised: String,
    pub(super) domains: Vec<String>,
    pub(super) tls_certificate: String,
    pub(super) tls_key: String,
    pub(super) tls_client_ca: String,
    pub(super) tls_server_ca: String,
    pub(super) name_servers: Vec<String>,
    pub(super) realm: String,
    pub(super) digest: Vec<String>,
    pub(super) register_min_s: u64,
    pub(super) register_default_s: u64,
    pub(super) register_max_s: u64,
    pub(super) nonce_life_s: u64,
    pub(super) session_expires_s: u64,
    pub(super) ring_repeat_s: u64,
    pub(super) unreachable_after_ms: u64,
    pub(super) t1_ms: u64,
    pub(super) t2_ms: u64,
    pub(super) t4_ms: u64,
    pub(super) tcp_idle_s: u64,
    pub(super) connections_max: u64,
    pub(super) connections_per_ip_max: u64,
    pub(super) trunk: Vec<TrunkEntry>,
}

impl Default for SipSection {
    fn default() -> Self {
        Self {
            listen: vec!["udp:127.0.0.1:5060".into(), "tcp:127.0.0.1:5060".into()],
            advertised: String::new(),
            domains: Vec::new(),
            tls_certificate: String::new(),
            tls_key: String::new(),
            tls_client_ca: String::new(),
            tls_server_ca: String::new(),
            name_servers: Vec::new(),
            realm: "samkald".into(),
            digest: vec!["md5".into()],
            register_min_s: 60,
            register_default_s: 600,
            register_max_s: 3_600,
            nonce_life_s: 300,
            session_expires_s: 1_800,
            ring_repeat_s: 55,
            unreachable_after_ms: 4_000,
            t1_ms: 500,
            t2_ms: 4_000,
            t4_ms: 5_000,
            tcp_idle_s: 600,
            connections_max: 4_096,
            connections_per_ip_max: 64,
            trunk: Vec::new(),
        }
    }
}

/// `[[sip.trunk]]`
#[derive(Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TrunkEntry {
    pub(super) name: String,
    pub(super) addresses: Vec<String>,
    pub(super) tls_names: Vec<String>,
    pub(super) login_user: String,
    pub(super) login_password: String,
    pub(super) trusted: bool,
    pub(super) numbers_in: String,
    pub(super) channels_in_max: u64,
    pub(super) outbound: Vec<String>,
    pub(super) priority: u64,
    pub(super) probe_s: u64,
    pub(super) digest_realm: String,
    pub(super) digest_user: String,
    pub(super) digest_password: String,
    pub(super) numbers_out: String,
    pub(super) number: String,
    pub(super) caller_id: String,
    pub(super) diversion: String,
    pub(super) early_media: bool,
    pub(super) srtp: String,
    pub(super) channels_out_max: u64,
}

impl Default for TrunkEntry {
    fn default() -> Self {
        Self {
            name: String::new(),
            addresses: Vec::new(),
            tls_names: Vec::new(),
            login_user: String::new(),
            login_password: String::new(),
            trusted: true,
            numbers_in: "as-written".into(),
            channels_in_max: 0,
            outbound: Vec::new(),
            priority: 10,
            probe_s: 30,
            digest_realm: String::new(),
            digest_user: String::new(),
            digest_password: String::new(),
            numbers_out: "e164".into(),
            number: String::new(),
            caller_id: "pass".into(),
            diversion: "none".into(),
            early_media: true,
            srtp: "off".into(),
            channels_out_max: 0,
        }
    }
}

/// `[media]`
#[derive(Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MediaSection {
    pub(super) bind: String,
    pub(super) advertised: String,
    pub(super) ports: String,
    pub(super) workers: Count,
    pub(super) rtp_silence_max_s: u64,
    pub(super) dscp: u64,
    pub(super) codecs: Vec<String>,
    pub(super) phones_srtp: String,
    pub(super) web_port: u64,
    pub(super) web_public: Vec<String>,
    pub(super) web_tcp: bool,
    pub(super) ice_servers: Vec<IceSection>,
}

impl Default for MediaSection {
    fn default() -> Self {
        Self {
            bind: "127.0.0.1".into(),
            advertised: String::new(),
            ports: "12000-23999".into(),
            workers: Count::Auto,
            rtp_silence_max_s: 30,
            dscp: 46,
            codecs: ["PCMA", "PCMU", "G722", "opus"].map(str::to_owned).to_vec(),
            phones_srtp: "off".into(),
            web_port: 11_998,
            web_public: Vec::new(),
            web_tcp: true,
            ice_servers: Vec::new(),
        }
    }
}

/// `[http]`
#[derive(Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct HttpSection {
    pub(super) listen: String,
    pub(super) open: bool,
    pub(super) tls_certificate: String,
    pub(super) tls_key: String,
    pub(super) websocket_origins: Vec<String>,
}

impl Default for HttpSection {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:15080".into(),
            open: true,
            tls_certificate: String::new(),
            tls_key: String::new(),
            websocket_origins: Vec::new(),
        }
    }
}

/// `[limits]`
#[derive(Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LimitsSection {
    pub(super) calls_max: u64,
    pub(super) new_calls_max: u64,
}

impl Default for LimitsSection {
    fn default() -> Self {
        Self { calls_max: 40_000, new_calls_max: 1_024 }
    }
}

/// `[store]`
#[derive(Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct StoreSection {
    pub(super) flush_every_ms: u64,
}

impl Default for StoreSection {
    fn default() -> Self {
        Self { flush_every_ms: 20 }
    }
}

/// `[log]`
#[derive(Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LogSection {
    pub(super) filter: String,
    pub(super) format: LogFormat,
}

impl Default for LogSection {
    fn default() -> Self {
        Self { filter: "info".into(), format: LogFormat::Text }
    }
}

/// How log lines look.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LogFormat {
    Text,
    Json,
}

/// `[prompts]`
#[derive(Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PromptsSection {
    pub(super) dirs: Vec<String>,
}

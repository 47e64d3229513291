//! The node's certificates: read at the start, looked at every few seconds and on SIGHUP, so that renewed ones need no restart.
//!
//! Knows which files belong to which port. What is in them is known by `sip`, which reads them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use sip::net::{TlsFiles, TlsKeys};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;
use tracing::warn;

use crate::settings::{Certificates, Settings, Transport};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// What is spoken on the web port, best first (RFC 7301): gRPC needs the first, WebSockets the second.
const WEB_PROTOCOLS: [&str; 2] = ["h2", "http/1.1"];

/// The keys of both ports; none where it is not encrypted.
#[derive(Clone, Default)]
pub(crate) struct Keys {
    /// Signalling's.
    pub(crate) sip: Option<Arc<TlsKeys>>,
    /// The web port's.
    pub(crate) http: Option<Arc<TlsKeys>>,
}

impl Keys {
    /// Reads them.
    pub(crate) fn load(settings: &Settings) -> anyhow::Result<Self> {
        let encrypted = settings.sip.listen.iter().any(|listen| listen.transport == Transport::Tls);
        let sip = encrypted.then(|| load(&settings.sip.certificates, &[])).transpose().context("[sip]")?;
        let http = &settings.http.certificates;
        let http = http.identity.is_some().then(|| load(http, &WEB_PROTOCOLS)).transpose().context("[http]")?;
        Ok(Self { sip, http })
    }

    /// How the web port asks for its keys.
    pub(crate) fn encryption(&self) -> Option<api::Encryption> {
        let keys = self.http.clone()?;
        Some(Arc::new(move || keys.server()))
    }

    /// Looks at the files for as long as the office is open. On a thread that may wait for a disk.
    pub(crate) fn watch(&self, office: &Runtime) {
        let all: Vec<Arc<TlsKeys>> = self.sip.iter().chain(&self.http).cloned().collect();
        if all.is_empty() {
            return;
        }
        office.spawn(async move {
            let mut told = signal(SignalKind::hangup()).inspect_err(|fault| warn!(%fault, "SIGHUP is not heard")).ok();
            loop {
                match &mut told {
                    Some(told) => drop(timeout(LOOK_EVERY, told.recv()).await),
                    None => tokio::time::sleep(LOOK_EVERY).await,
                }
                // Only ends early when the office closes.
                let all = all.clone();
                let looked = tokio::task::spawn_blocking(move || {
                    for keys in &all {
                        keys.refresh();
                    }
                });
                drop(looked.await);
            }
        });
    }
}

fn load(files: &Certificates, protocols: &[&str]) -> anyhow::Result<Arc<TlsKeys>> {
    let Certificates { identity, client_ca, server_ca } = files.clone();
    let keys = TlsKeys::load(TlsFiles { identity, client_ca, server_ca }, protocols)?;
    Ok(Arc::new(keys))
}

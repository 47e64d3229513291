//! Encryption: our certificate and whom we trust, read from files, and read again when they change.
//!
//! Knows PEM files and rustls (aws-lc-rs); doesn't know connections. A connection keeps what it began with.

mod files;
mod names;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;

pub use files::{TlsFault, TlsFiles};
pub(super) use names::{is_issued_to, server_name};

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use rustls::{ClientConfig, ServerConfig};
use tracing::{error, info};

use files::{Loaded, Stamp};

/// Our certificate, and whom we trust. Shared by all listeners that use the same files.
pub struct TlsKeys {
    files: TlsFiles,
    alpn: Vec<Vec<u8>>,
    now: ArcSwap<Loaded>,
    /// What the files looked like when they were read last, well or not.
    seen: Mutex<Vec<Stamp>>,
}

/// What looking at the files again came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refreshed {
    /// They are the same.
    Same,
    /// They changed, and new connections use them.
    Taken,
    /// They changed, and can't be used: new connections go on with the old ones.
    Refused,
}

impl TlsKeys {
    /// Reads the files. A server's protocols (ALPN) are offered in this order; none for SIP.
    pub fn load(files: TlsFiles, protocols: &[&str]) -> Result<Self, TlsFault> {
        let alpn: Vec<Vec<u8>> = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let seen = Mutex::new(files.stamps());
        let now = ArcSwap::from_pointee(files.load(&alpn)?);
        Ok(Self { files, alpn, now, seen })
    }

    /// Looks at the files, and takes them over if they changed. Blocks on the disk: not for a thread that carries calls. Bad
    /// files are told once in the log, and change nothing.
    pub fn refresh(&self) -> Refreshed {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let stamps = self.files.stamps();
        if *seen == stamps {
            return Refreshed::Same;
        }
        *seen = stamps;
        match self.files.load(&self.alpn) {
            Ok(loaded) => {
                self.now.store(Arc::new(loaded));
                info!("new certificate files are in use");
                Refreshed::Taken
            }
            Err(fault) => {
                error!(%fault, "the new certificate files can't be used; the old ones stay");
                Refreshed::Refused
            }
        }
    }

    /// For taking connections; none where there is no certificate.
    pub fn server(&self) -> Option<Arc<ServerConfig>> {
        self.now.load().server.clone()
    }

    /// For connections to somebody else.
    pub fn client(&self) -> Arc<ClientConfig> {
        self.now.load().client.clone()
    }
}

impl std::fmt::Debug for TlsKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsKeys").field("files", &self.files).finish_non_exhaustive()
    }
}

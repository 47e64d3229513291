//! Reaching a centre's API from the terminal, and saying in words why it can't be reached.
//! Knows addresses and plain words for what went wrong; doesn't know what is asked.

use std::time::Duration;

use anyhow::{Context, bail};
use api::DANISH_KEY;
use clap::Args;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};

/// How long a connection may take.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// The connection is pinged this often, so that a dead one is noticed.
const PING_EVERY: Duration = Duration::from_secs(20);

/// Which centre to talk with.
#[derive(Args, Clone, Debug)]
pub(crate) struct ServerArgs {
    /// Address of the centre's API; the demo's unless said otherwise.
    #[arg(long, env = "SAMKALD_SERVER", default_value = "http://127.0.0.1:15080", value_name = "URL", global = true)]
    pub(crate) server: String,
}

impl ServerArgs {
    /// Connects, or says what is wrong.
    pub(crate) async fn connect(&self) -> anyhow::Result<Channel> {
        let endpoint = Endpoint::from_shared(self.server.clone())
            .with_context(|| format!("--server {}: not an address such as http://127.0.0.1:15080", self.server))?
            .connect_timeout(CONNECT_MAX)
            .http2_keep_alive_interval(PING_EVERY)
            .keep_alive_while_idle(true);
        let Ok(channel) = endpoint.connect().await else {
            bail!(
                "ingen central svarer på {0} (no centre answers at {0}). Kør 'samkald demo', eller sig --server",
                self.server
            );
        };
        Ok(channel)
    }
}

/// A refusal in the centre's own Danish words, or in whatever words there are.
pub(crate) fn words(status: &Status) -> String {
    let danish = status.metadata().get_bin(DANISH_KEY).and_then(|value| value.to_bytes().ok());
    match danish.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()) {
        Some(danish) => danish,
        None if status.message().is_empty() => format!("fejl {:?}", status.code()),
        None => status.message().to_owned(),
    }
}

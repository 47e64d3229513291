//! The thread of encrypted connections and WebSockets: agreeing on keys costs a processor a millisecond each, and must not
//! make calls wait.
//!
//! Plain connections and datagrams live on the runtime that the sockets were started in.

use tokio::runtime::{Builder, Handle, Runtime};

/// Started with the sockets, ended with them.
pub(super) struct StreamsThread {
    handle: Handle,
    /// None once it is ended.
    runtime: Option<Runtime>,
}

impl StreamsThread {
    /// One thread, beside the one that carries the sockets.
    pub(super) fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("sip-streams").enable_all().build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    /// None of its own, where nothing is encrypted.
    pub(super) fn none() -> Self {
        Self { handle: Handle::current(), runtime: None }
    }

    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for StreamsThread {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

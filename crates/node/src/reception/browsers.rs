//! Browsers that speak SIP: WebSockets of the web port, handed over to signalling.
//! Knows which listener they are; doesn't know what they say.

use std::net::SocketAddr;
use std::sync::Arc;

use api::{SocketDoor, SocketRoute, Upgraded};
use sip::net::SipNet;

use crate::settings::Settings;

/// Where WebSockets are taken (RFC 7118 §4.1), and the subprotocol that must be asked for.
const PATH: &str = "/sip";
const PROTOCOL: &str = "sip";

/// Hands WebSockets over.
pub(crate) struct Browsers {
    net: SipNet,
    listener: u16,
}

impl Browsers {
    /// The route to be merged into the web port's. The web port stands behind all listeners of signalling.
    pub(crate) fn route(net: SipNet, settings: &Settings) -> SocketRoute {
        let door = Arc::new(Self { net, listener: settings.sip.listen.len() as u16 });
        SocketRoute { path: PATH, protocol: PROTOCOL, origins: settings.http.websocket_origins.clone().into(), door }
    }
}

impl SocketDoor for Browsers {
    fn take(&self, peer: SocketAddr, stream: Box<dyn Upgraded>) {
        self.net.take_socket(self.listener, peer, stream);
    }
}

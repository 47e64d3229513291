//! Carla's phones: as the client that is tried makes them, as another does, with the right password or a wrong one.
//! Knows where each finds the centre; doesn't know what it is tried with.

use std::net::{IpAddr, SocketAddr};

use samkald_tests::{RunningSoftphone, Softphone, tone};

use super::Scene;
use crate::clients::Client;

impl Scene {
    /// Carla's phone, as the client makes it, switched off.
    pub(crate) fn softphone(&self, password: &'static str, ip: IpAddr) -> Softphone {
        self.softphone_of(self.client, password, ip)
    }

    /// Carla's phone, as another client makes it.
    pub(crate) fn softphone_of(&self, client: &Client, password: &'static str, ip: IpAddr) -> Softphone {
        Softphone {
            make: client.make.expect("sipp's phones are scripts"),
            transport: client.transport,
            user: "carla",
            password,
            server: self.server_of(client),
            hz: tone::AGENT_HZ,
            ip,
            authority: Some(self.authority.file()),
        }
    }

    /// Where the client finds the centre.
    pub(crate) fn server(&self) -> SocketAddr {
        self.server_of(self.client)
    }

    fn server_of(&self, client: &Client) -> SocketAddr {
        let sip = self.centre.sip();
        match client.transport {
            "tls" => SocketAddr::new(sip.ip(), sip.port() + 1),
            "ws" | "web" | "relay" => self.centre.http(),
            _ => sip,
        }
    }

    /// The phone that is tried.
    pub(crate) fn phone(&mut self) -> &mut RunningSoftphone {
        self.phone.as_mut().expect("it was switched on")
    }

    /// Another phone, elsewhere, whose password is wrong. Not registered yet.
    pub(crate) fn phone_with_a_wrong_password(&self) -> RunningSoftphone {
        self.softphone("not-the-secret", self.centre.net.stranger()).switch_on()
    }
}

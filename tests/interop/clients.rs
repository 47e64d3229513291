//! The clients of the table: whose make, over what, and what is not tried with them because they can't do it.
//! The reasons stand in `docs/phones.md`, below the table.

use samkald_tests::Make;

use crate::cells::{FEATURES, Feature, Story};
use crate::sipp;
use crate::table::Sheet;

/// The table of clients and features.
pub(crate) fn sheet() -> Sheet {
    Sheet {
        mark: "<!-- written by tests/interop -->",
        columns: CLIENTS.iter().map(|client| client.name).collect(),
        rows: FEATURES.iter().map(|feature| feature.name).collect(),
    }
}

/// A column of the table.
pub(crate) struct Client {
    /// The column's title.
    pub(crate) name: &'static str,
    /// Whose make; none: sipp, whose phones are scripts.
    pub(crate) make: Option<Make>,
    /// `udp`, `tcp`, `tls`, `ws`; `web`: no SIP; `relay`: no SIP, by a TURN server.
    pub(crate) transport: &'static str,
    /// Features that it can't do itself, or that wait for its sound.
    pub(crate) without: &'static [&'static str],
}

impl Client {
    /// Whether a feature is tried with it.
    pub(crate) fn tries(&self, feature: &Feature) -> bool {
        !self.without.contains(&feature.name)
    }

    /// Its story of a feature.
    pub(crate) fn story(&self, feature: &Feature) -> Story {
        match self.make {
            Some(_) => feature.story,
            None => sipp::story(feature.name).unwrap_or(feature.story),
        }
    }

    /// What must be there for it.
    pub(crate) fn needs(&self) -> &'static [&'static str] {
        self.make.map_or(&["sipp"], Make::needs)
    }

    /// The client with this title.
    pub(crate) fn named(name: &str) -> &'static Self {
        CLIENTS.iter().chain([&RELAYED]).find(|client| client.name == name).expect("there is that client")
    }
}

/// The desk's page in a network that lets nothing out but the way to a TURN server; in stories of its own.
static RELAYED: Client = Client { name: "relayed page", make: Some(Make::DeskPage), transport: "relay", without: &[] };

/// All of them, in the table's order.
pub(crate) const CLIENTS: &[Client] = &[
    Client { name: "baresip UDP", make: Some(Make::Baresip), transport: "udp", without: &[] },
    Client { name: "baresip TCP", make: Some(Make::Baresip), transport: "tcp", without: &[] },
    Client { name: "baresip TLS", make: Some(Make::Baresip), transport: "tls", without: &[] },
    Client { name: "pjsua", make: Some(Make::Pjsua), transport: "udp", without: &[] },
    Client { name: "linphone", make: Some(Make::Linphone), transport: "udp", without: &[] },
    Client { name: "sipp", make: None, transport: "udp", without: &["asks a colleague first, then hands over"] },
    Client { name: "JsSIP", make: Some(Make::JsSip), transport: "ws", without: &[] },
    Client { name: "SIP.js", make: Some(Make::SipJs), transport: "ws", without: &[] },
    Client {
        name: "desk page",
        make: Some(Make::DeskPage),
        transport: "web",
        without: &["hands over to a line", "hands over to a colleague"],
    },
];

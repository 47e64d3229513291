//! `[media] ice_servers`: STUN and TURN servers of the operator's that agents' pages are told of, and how they are let in.
//! Knows the form of both; doesn't ask whether a server is there.

use api::{IceLogin, IceServer};
use serde::{Deserialize, Serialize};

use super::check::Desk;

/// Servers; a browser tries each.
const SERVERS_MAX: usize = 8;
/// Addresses of one server.
const URLS_MAX: usize = 8;
/// Longest address, name, password and secret, in bytes.
const TEXT_BYTES_MAX: usize = 256;
/// What an address begins with (RFC 7064, RFC 7065).
const SCHEMES: [&str; 4] = ["stun:", "stuns:", "turn:", "turns:"];

/// One server, as it is written.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct IceSection {
    urls: Vec<String>,
    username: String,
    credential: String,
    secret: String,
}

impl Desk {
    pub(super) fn ice_servers(&mut self, written: &[IceSection]) -> Vec<IceServer> {
        if written.len() > SERVERS_MAX {
            self.fault(
                "media.ice_servers",
                format!("højst {SERVERS_MAX} servere går"),
                format!("at most {SERVERS_MAX} servers will do"),
            );
        }
        let servers = written.iter().take(SERVERS_MAX).enumerate();
        servers.map(|(i, server)| self.ice_server(&format!("media.ice_servers[{i}]"), server)).collect()
    }

    fn ice_server(&mut self, at: &str, written: &IceSection) -> IceServer {
        let IceSection { urls, username, credential, secret } = written;
        let fits = |text: &String| text.len() <= TEXT_BYTES_MAX && text.chars().all(|c| c.is_ascii_graphic());
        let is_url = |url: &String| SCHEMES.iter().any(|scheme| url.starts_with(scheme)) && fits(url);
        if urls.is_empty() || urls.len() > URLS_MAX || !urls.iter().all(is_url) {
            self.fault(
                format!("{at}.urls"),
                format!("skriv 1-{URLS_MAX} adresser som \"turn:turn.example.dk:3478\" eller \"stun:…\""),
                format!("write 1 to {URLS_MAX} addresses such as \"turn:turn.example.dk:3478\" or \"stun:…\""),
            );
        }
        if ![username, credential, secret].into_iter().all(fits) {
            self.fault(
                at,
                format!("navn, kodeord og hemmelighed er højst {TEXT_BYTES_MAX} synlige ASCII-tegn"),
                format!("name, password and secret are at most {TEXT_BYTES_MAX} visible ASCII characters"),
            );
        }
        let login = match (username.as_str(), credential.as_str(), secret.as_str()) {
            ("", "", "") => IceLogin::Open,
            ("", "", secret) => IceLogin::Secret(secret.to_owned()),
            (username, credential, "") if !username.is_empty() && !credential.is_empty() => {
                IceLogin::Fixed { username: username.to_owned(), credential: credential.to_owned() }
            }
            (_, _, _) => {
                self.fault(
                    at,
                    "skriv enten secret, eller username og credential",
                    "write either secret, or username and credential",
                );
                IceLogin::Open
            }
        };
        IceServer { urls: urls.clone(), login }
    }
}

//! Addresses as people write them: listeners, trunks, ranges of ports.
//!
//! Names are not looked up: a trunk is known by its address, and so are we.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::Desk;
use crate::settings::file::{SipSection, TrunkEntry};
use crate::settings::{Listen, Transport, TrunkAddress};

/// Listeners of one node.
const LISTENERS_MAX: usize = 16;
/// Name servers, and where they listen.
const NAME_SERVERS_MAX: usize = 8;
const DNS_PORT: u16 = 53;
/// Addresses of one trunk.
const TRUNK_ADDRESSES_MAX: usize = 256;
/// Lowest port of sound: below are others' and root's.
const RTP_PORT_MIN: u16 = 1_024;
/// Longest name of a trunk or host, in bytes.
const NAME_BYTES_MAX: usize = 255;

impl Desk {
    pub(super) fn listeners(&mut self, sip: &SipSection) -> Vec<Listen> {
        if sip.listen.is_empty() || sip.listen.len() > LISTENERS_MAX {
            self.fault(
                "sip.listen",
                format!("skriv 1 til {LISTENERS_MAX} adresser, fx [\"udp:127.0.0.1:5060\"]"),
                format!("write 1 to {LISTENERS_MAX} addresses, such as [\"udp:127.0.0.1:5060\"]"),
            );
        }
        let mut found: Vec<Listen> = Vec::new();
        for (i, written) in sip.listen.iter().take(LISTENERS_MAX).enumerate() {
            let at = format!("sip.listen[{i}]");
            let Some(listen) = listener(written) else {
                self.fault(
                    at,
                    format!(
                        "\"{written}\" går ikke; skriv udp:, tcp: eller tls:, adresse og port, fx \"udp:127.0.0.1:5060\""
                    ),
                    format!(
                        "\"{written}\" won't do; write udp:, tcp: or tls:, address and port, such as \"udp:127.0.0.1:5060\""
                    ),
                );
                continue;
            };
            if found.contains(&listen) {
                self.fault(at.as_str(), "står her to gange; slet den ene", "is here twice; delete one");
            }
            if listen.addr.ip().is_unspecified() && sip.advertised.is_empty() {
                self.fault(
                    "sip.advertised",
                    format!(
                        "mangler: {} er ingen adresse andre kan svare til; skriv den de når os på",
                        listen.addr.ip()
                    ),
                    format!(
                        "is missing: nobody can answer to {}; write the address at which others reach us",
                        listen.addr.ip()
                    ),
                );
            }
            found.push(listen);
        }
        found
    }

    /// `192.0.2.53`, or with a port.
    pub(super) fn name_servers(&mut self, sip: &SipSection) -> Vec<SocketAddr> {
        if sip.name_servers.len() > NAME_SERVERS_MAX {
            self.fault(
                "sip.name_servers",
                format!("højst {NAME_SERVERS_MAX} går"),
                format!("at most {NAME_SERVERS_MAX} will do"),
            );
        }
        let mut found = Vec::new();
        for (i, written) in sip.name_servers.iter().take(NAME_SERVERS_MAX).enumerate() {
            let ip = || written.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, DNS_PORT));
            match written.parse::<SocketAddr>().or_else(|_| ip()) {
                Ok(server) => found.push(server),
                Err(_) => self.fault(
                    format!("sip.name_servers[{i}]"),
                    format!("\"{written}\" går ikke; skriv \"192.0.2.53\" eller \"192.0.2.53:53\""),
                    format!("\"{written}\" won't do; write \"192.0.2.53\" or \"192.0.2.53:53\""),
                ),
            }
        }
        found
    }

    /// A host, or host and port, as it may stand in a SIP URI.
    pub(super) fn advertised_host(&mut self, sip: &SipSection) -> Option<String> {
        let written = sip.advertised.as_str();
        if written.is_empty() {
            return None;
        }
        if !is_host(written) {
            self.fault(
                "sip.advertised",
                format!("\"{written}\" går ikke; skriv en adresse eller et navn, evt. med port: \"192.0.2.7:5060\""),
                format!("\"{written}\" won't do; write an address or a name, perhaps with a port: \"192.0.2.7:5060\""),
            );
        }
        Some(written.to_owned())
    }

    pub(super) fn trunk_addresses(
        &mut self,
        at: &str,
        entry: &TrunkEntry,
        known: &mut Vec<TrunkAddress>,
    ) -> Vec<TrunkAddress> {
        let at = format!("{at}.addresses");
        let none = entry.addresses.is_empty() && entry.login_user.is_empty() && entry.tls_names.is_empty();
        if none || entry.addresses.len() > TRUNK_ADDRESSES_MAX {
            self.fault(
                at.as_str(),
                format!("skriv 1 til {TRUNK_ADDRESSES_MAX} adresser, fx [\"192.0.2.7\", \"192.0.2.64/28\"]"),
                format!("write 1 to {TRUNK_ADDRESSES_MAX} addresses, such as [\"192.0.2.7\", \"192.0.2.64/28\"]"),
            );
        }
        let mut found = Vec::new();
        for (i, written) in entry.addresses.iter().take(TRUNK_ADDRESSES_MAX).enumerate() {
            let at = format!("{at}[{i}]");
            match trunk_address(written) {
                None => self.fault(
                    at,
                    format!("\"{written}\" går ikke; skriv \"192.0.2.7\", \"192.0.2.7:5060\" eller \"192.0.2.64/28\""),
                    format!("\"{written}\" won't do; write \"192.0.2.7\", \"192.0.2.7:5060\" or \"192.0.2.64/28\""),
                ),
                Some(address) if known.contains(&address) => {
                    self.fault(at, "er allerede en trunks adresse", "is a trunk's address already");
                }
                Some(address) => {
                    known.push(address);
                    found.push(address);
                }
            }
        }
        found
    }

    pub(super) fn rtp_ports(&mut self, written: &str) -> (u16, u16) {
        let read =
            written.split_once('-').and_then(|(from, to)| Some((from.trim().parse().ok()?, to.trim().parse().ok()?)));
        match read {
            Some((from, to)) if from >= RTP_PORT_MIN && from % 2 == 0 && to % 2 == 1 && from < to => (from, to),
            _ => {
                self.fault(
                    "media.ports",
                    format!("\"{written}\" går ikke; skriv fra en lige til en ulige port over {RTP_PORT_MIN}: \"12000-23999\""),
                    format!("\"{written}\" won't do; write from an even to an odd port above {RTP_PORT_MIN}: \"12000-23999\""),
                );
                (12_000, 12_001)
            }
        }
    }

    pub(super) fn ip(&mut self, at: &str, written: &str) -> IpAddr {
        written.parse().unwrap_or_else(|_| {
            self.fault(at, format!("\"{written}\" er ingen IP-adresse"), format!("\"{written}\" is no IP address"));
            IpAddr::V4(Ipv4Addr::LOCALHOST)
        })
    }

    pub(super) fn socket_addr(&mut self, at: &str, written: &str) -> SocketAddr {
        written.parse().unwrap_or_else(|_| {
            self.fault(
                at,
                format!("\"{written}\" går ikke; skriv adresse og port, fx \"127.0.0.1:15080\""),
                format!("\"{written}\" won't do; write address and port, such as \"127.0.0.1:15080\""),
            );
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
        })
    }
}

fn listener(written: &str) -> Option<Listen> {
    let (transport, addr) = written.split_once(':')?;
    let transport = match transport {
        "udp" => Transport::Udp,
        "tcp" => Transport::Tcp,
        "tls" => Transport::Tls,
        _ => return None,
    };
    let addr: SocketAddr = addr.parse().ok()?;
    (addr.port() != 0).then_some(Listen { transport, addr })
}

/// `192.0.2.7`, `192.0.2.7:5060`, `[2001:db8::7]:5060`, `192.0.2.64/28`.
fn trunk_address(written: &str) -> Option<TrunkAddress> {
    if let Some((ip, bits)) = written.split_once('/') {
        let (ip, prefix_bits): (IpAddr, u8) = (ip.parse().ok()?, bits.parse().ok()?);
        return (prefix_bits <= width(ip)).then_some(TrunkAddress { ip, prefix_bits, port: None });
    }
    if let Ok(addr) = written.parse::<SocketAddr>() {
        return Some(TrunkAddress { ip: addr.ip(), prefix_bits: width(addr.ip()), port: Some(addr.port()) });
    }
    let ip: IpAddr = written.parse().ok()?;
    Some(TrunkAddress { ip, prefix_bits: width(ip), port: None })
}

fn width(ip: IpAddr) -> u8 {
    if ip.is_ipv4() { 32 } else { 128 }
}

pub(super) fn is_host(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    text.len() <= NAME_BYTES_MAX && text.bytes().all(plain)
}

pub(super) fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

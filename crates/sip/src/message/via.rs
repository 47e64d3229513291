//! One hop that a message took: `SIP/2.0/UDP host:port;branch=…` (RFC 3261 §20.42, RFC 3581).
//! Does not know from where the message really came.

use super::host::{Host, host_length, read_port};
use super::params::{Params, are_params, is_token};

/// A Via value; a view into the message's text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Via<'a> {
    transport: &'a str,
    host: &'a str,
    port: Option<u16>,
    params: Params<'a>,
}

/// The `rport` parameter of RFC 3581.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RPort {
    /// Not there: answers go to the port of sent-by.
    Absent,
    /// Asked for: answers go to where the request came from.
    Asked,
    /// Filled in by whoever received it.
    Given(u16),
}

impl<'a> Via<'a> {
    /// Reads one value; `None` if it is malformed.
    pub fn read(text: &'a str) -> Option<Self> {
        let (name, rest) = text.split_once('/')?;
        let (version, rest) = rest.split_once('/')?;
        if !name.trim().eq_ignore_ascii_case("SIP") || version.trim() != "2.0" {
            return None;
        }
        let rest = rest.trim_start();
        let transport = &rest[..rest.find([' ', '\t'])?];
        let rest = rest[transport.len()..].trim_start();
        let host = &rest[..host_length(rest)?];
        let mut rest = rest[host.len()..].trim_start();
        let mut port = None;
        if let Some(after) = rest.strip_prefix(':') {
            let after = after.trim_start();
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            port = Some(read_port(&after[..digits])?);
            rest = after[digits..].trim_start();
        }
        let rest = rest.trim_end();
        (is_token(transport) && are_params(rest)).then_some(Self { transport, host, port, params: Params::new(rest) })
    }

    /// `UDP`, `TCP` …, as it is written.
    pub const fn transport(&self) -> &'a str {
        self.transport
    }
    /// The host of sent-by.
    pub fn host(&self) -> Option<Host<'a>> {
        Host::read(self.host)
    }
    /// The host of sent-by as it is written.
    pub const fn host_text(&self) -> &'a str {
        self.host
    }
    /// The port of sent-by, where one is written.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }
    /// The parameters.
    pub const fn params(&self) -> Params<'a> {
        self.params
    }
    /// The branch, which names the transaction; `None` if it is not there.
    pub fn branch(&self) -> Option<&'a str> {
        self.params.get("branch").filter(|branch| !branch.is_empty())
    }
    /// The address from which the hop was received.
    pub fn received(&self) -> Option<&'a str> {
        self.params.get("received")
    }
    /// Whether the sender asks for answers to the port that it sent from.
    pub fn rport(&self) -> RPort {
        match self.params.get("rport") {
            None => RPort::Absent,
            Some(text) => read_port(text).map_or(RPort::Asked, RPort::Given),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_via_is_read_however_it_is_spaced() {
        let via =
            Via::read("SIP  / 2.0\t/ UDP  192.0.2.2 : 5060 ;branch=z9hG4bK39;rport ; received=1.2.3.4").expect("a Via");
        assert_eq!((via.transport(), via.host_text(), via.port()), ("UDP", "192.0.2.2", Some(5060)));
        assert_eq!((via.branch(), via.rport(), via.received()), (Some("z9hG4bK39"), RPort::Asked, Some("1.2.3.4")));
    }

    #[test]
    fn an_ipv6_hop_is_read() {
        let via = Via::read("SIP/2.0/TCP [2001:db8::9:1]:5061;branch=x").expect("a Via");
        assert_eq!(via.host(), Some(Host::V6("2001:db8::9:1".parse().expect("v6"))));
        assert_eq!(via.port(), Some(5061));
    }

    #[test]
    fn what_is_no_via_is_refused() {
        for text in [
            "",
            "SIP/2.0/UDP",
            "SIP/1.0/UDP h",
            "SIP/2.0/UDP h:0",
            "SIP/2.0/UDP h:70000",
            "SIP/2.0/UDP ;branch=x",
            "SIP/2.0/UDP h x",
        ] {
            assert!(Via::read(text).is_none(), "{text}");
        }
    }
}

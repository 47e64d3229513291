//! Hosts and ports of URIs and Vias: names, IPv4, IPv6 in brackets (RFC 3261 §25.1, RFC 5118).
//! Looks nothing up.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The host of a SIP URI or Via.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Host<'a> {
    /// A name, to be looked up.
    Name(&'a str),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address, written in brackets.
    V6(Ipv6Addr),
}

impl<'a> Host<'a> {
    /// Reads a host; an IPv6 address stands in brackets.
    pub fn read(text: &'a str) -> Option<Self> {
        if let Some(inner) = text.strip_prefix('[') {
            return inner.strip_suffix(']')?.parse().ok().map(Self::V6);
        }
        match text.as_bytes().first()? {
            b'0'..=b'9' => text.parse().map_or(Some(Self::Name(text)), |address| Some(Self::V4(address))),
            _ => Some(Self::Name(text)),
        }
    }
}

/// How many bytes at the start of a text are a host; `None` if they are none.
pub(crate) fn host_length(text: &str) -> Option<usize> {
    if text.starts_with('[') {
        let end = text.find(']')?;
        text[1..end].parse::<Ipv6Addr>().ok()?;
        return Some(end + 1);
    }
    let length =
        text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')).count();
    (1..=255).contains(&length).then_some(length)
}

/// 1–65535, in at most five digits.
pub(crate) fn read_port(text: &str) -> Option<u16> {
    if text.is_empty() || text.len() > 5 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|port| *port > 0)
}

//! A trace as a capture file that tcpdump, tshark, Wireshark and sngrep read (libpcap format, Ethernet).
//!
//! Every message becomes one UDP datagram: those of TLS and WebSocket too, which could not be read otherwise; the port on our
//! side is always 5060, by which tools know SIP. Hardware addresses are invented: ours ends in 01, the others' in 02.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use etherparse::PacketBuilder;

use super::seen::{Kept, Way};

/// Longest message that fits a datagram with its headers; the rest of a longer one is cut off.
const PAYLOAD_MAX: usize = 65_000;
/// Longest record.
const SNAP_LEN: u32 = 65_535;
/// libpcap: microseconds, least byte first.
const MAGIC: u32 = 0xa1b2_c3d4;
const VERSION: [u16; 2] = [2, 4];
const LINKTYPE_ETHERNET: u32 = 1;
/// How many routers a packet may pass; any number does.
const HOPS: u8 = 64;
const SIP_PORT: u16 = 5060;
/// Locally administered addresses.
const OURS: [u8; 6] = [2, 0, 0, 0, 0, 1];
const THEIRS: [u8; 6] = [2, 0, 0, 0, 0, 2];

/// A whole file: the header, and each message in the order of time.
pub fn file<'a>(messages: impl IntoIterator<Item = &'a Kept>) -> Vec<u8> {
    let mut messages: Vec<&Kept> = messages.into_iter().collect();
    messages.sort_by_key(|kept| kept.at);
    let mut bytes = file_header();
    for kept in messages {
        record(kept, &mut bytes);
    }
    bytes
}

fn file_header() -> Vec<u8> {
    let mut bytes = Vec::with_capacity(24);
    bytes.extend_from_slice(&MAGIC.to_le_bytes());
    bytes.extend_from_slice(&VERSION[0].to_le_bytes());
    bytes.extend_from_slice(&VERSION[1].to_le_bytes());
    // Zone and accuracy, 0 in every file.
    bytes.extend_from_slice(&[0; 8]);
    bytes.extend_from_slice(&SNAP_LEN.to_le_bytes());
    bytes.extend_from_slice(&LINKTYPE_ETHERNET.to_le_bytes());
    bytes
}

fn record(kept: &Kept, bytes: &mut Vec<u8>) {
    let packet = packet(kept);
    let micros = kept.at.as_micros().max(0) as u64;
    let (seconds, micros, length) = ((micros / 1_000_000) as u32, (micros % 1_000_000) as u32, packet.len() as u32);
    for word in [seconds, micros, length, length] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    bytes.extend_from_slice(&packet);
}

fn packet(kept: &Kept) -> Vec<u8> {
    let (from, to) = addresses(kept);
    let (source, target) = match kept.way {
        Way::In => (THEIRS, OURS),
        Way::Out => (OURS, THEIRS),
    };
    let ethernet = PacketBuilder::ethernet2(source, target);
    let ip = match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => ethernet.ipv4(from.octets(), to.octets(), HOPS),
        (from, to) => ethernet.ipv6(six(from).octets(), six(to).octets(), HOPS),
    };
    let payload = &kept.text[..kept.text.len().min(PAYLOAD_MAX)];
    let builder = ip.udp(from.port(), to.port());
    let mut packet = Vec::with_capacity(builder.size(payload.len()));
    // A vector takes all, and the payload fits; if not, the record is empty.
    let _ = builder.write(&mut packet, payload);
    packet
}

/// Of one family, and with our port as tools want it.
fn addresses(kept: &Kept) -> (SocketAddr, SocketAddr) {
    let (mut from, mut to) = (kept.from, kept.to);
    let (ours, theirs) = match kept.way {
        Way::In => (&mut to, &mut from),
        Way::Out => (&mut from, &mut to),
    };
    ours.set_port(SIP_PORT);
    if theirs.ip().is_unspecified() {
        theirs.set_ip(if ours.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() });
    }
    (from, to)
}

fn six(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    }
}

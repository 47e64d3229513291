//! Keep-alives of phones over datagrams (RFC 5626 §4.4.2): a STUN binding request is told where it came from (RFC 8489).
//!
//! Pure. A few bytes answer a few, once; whatever isn't exactly such a request is nobody's, and left to the reader of SIP.

use std::net::{IpAddr, SocketAddr};

use bytes::{BufMut as _, Bytes, BytesMut};

/// Bytes of a header, and where the transaction's id begins.
const HEADER_BYTES: usize = 20;
const ID_AT: usize = 8;
/// What every message of RFC 8489 carries behind type and length.
const COOKIE: u32 = 0x2112_a442;
const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
/// Attributes below this must be understood (RFC 8489 §14); we understand none, so a request with one gets no answer.
const OPTIONAL_FROM: u16 = 0x8000;

/// The answer to a binding request from `peer`; none if it is no such request.
pub(super) fn answer(datagram: &[u8], peer: SocketAddr) -> Option<Bytes> {
    let header = datagram.get(..HEADER_BYTES)?;
    let ours = word(header, 0)? == BINDING_REQUEST && header[4..ID_AT] == COOKIE.to_be_bytes();
    let whole = usize::from(word(header, 2)?) == datagram.len() - HEADER_BYTES;
    if !ours || !whole || !all_optional(&datagram[HEADER_BYTES..]) {
        return None;
    }
    let mapped = mapped(&header[4..], peer);
    let mut answer = BytesMut::with_capacity(HEADER_BYTES + 4 + mapped.len());
    answer.put_u16(BINDING_SUCCESS);
    answer.put_u16(4 + mapped.len() as u16);
    answer.put_slice(&header[4..]);
    answer.put_u16(XOR_MAPPED_ADDRESS);
    answer.put_u16(mapped.len() as u16);
    answer.put_slice(&mapped);
    Some(answer.freeze())
}

/// Family, port and address, veiled by cookie and id, so that no translator of addresses rewrites them (§14.2).
fn mapped(veil: &[u8], peer: SocketAddr) -> Vec<u8> {
    let (family, address) = match peer.ip().to_canonical() {
        IpAddr::V4(ip) => (1, ip.octets().to_vec()),
        IpAddr::V6(ip) => (2, ip.octets().to_vec()),
    };
    let veiled = |bytes: &[u8]| bytes.iter().zip(veil).map(|(byte, veil)| byte ^ veil).collect::<Vec<u8>>();
    [vec![0, family], veiled(&peer.port().to_be_bytes()), veiled(&address)].concat()
}

/// Whether the attributes are whole, and none of them must be understood.
fn all_optional(mut attributes: &[u8]) -> bool {
    while !attributes.is_empty() {
        let (Some(kind), Some(length)) = (word(attributes, 0), word(attributes, 2)) else { return false };
        let padded = 4 + usize::from(length).next_multiple_of(4);
        let Some(rest) = attributes.get(padded..).filter(|_| kind >= OPTIONAL_FROM) else { return false };
        attributes = rest;
    }
    true
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The id of RFC 5769 §2.2 and §2.3, where the address is 192.0.2.1 and 2001:db8:1234:5678:11:2233:4455:6677, port 32853.
    const ID: [u8; 12] = [0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae];

    fn request(more: &[u8]) -> Vec<u8> {
        [&[0, 1, 0, more.len() as u8][..], &COOKIE.to_be_bytes(), &ID, more].concat()
    }

    #[test]
    fn a_phone_learns_where_it_is_seen() {
        let answer_to = |peer: &str| answer(&request(&[]), peer.parse().expect("an address")).expect("an answer");
        let v4 = answer_to("192.0.2.1:32853");
        assert_eq!(v4[..4], [1, 1, 0, 12]);
        assert_eq!(v4[8..20], ID);
        assert_eq!(v4[20..], [0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]);
        let v6 = answer_to("[2001:db8:1234:5678:11:2233:4455:6677]:32853");
        let veiled = [0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9];
        assert_eq!(v6[20..28], [0, 0x20, 0, 20, 0, 2, 0xa1, 0x47]);
        assert_eq!(v6[28..], veiled);
    }

    #[test]
    fn what_is_not_exactly_a_binding_request_gets_no_answer() {
        let peer = "192.0.2.1:32853".parse().expect("an address");
        let software = [0x80, 0x22, 0, 5, b'p', b'h', b'o', b'n', b'e', 0, 0, 0];
        assert!(answer(&request(&software), peer).is_some());
        let mut response = request(&[]);
        response[0] = 1;
        let mut foreign = request(&[]);
        foreign[4] = 0;
        let mut long = request(&[]);
        long.push(0);
        for bad in
            [response, foreign, long, request(&software[..8]), request(&[0, 6, 0, 0]), request(&[0x80]), vec![0; 19]]
        {
            assert_eq!(answer(&bad, peer), None);
        }
        assert_eq!(answer(b"OPTIONS sip:h SIP/2.0\r\n\r\n", peer), None);
    }
}

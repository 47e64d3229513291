//! Whatever reports come to a leg: none brings it down, and our own report stays one that can be read.
//! Knows reports as bytes; the voice beside them is one packet.

use std::net::SocketAddr;
use std::time::Duration;

use media::{Codec, LegSound, REPORT_BYTES_MAX, Sound};
use model::Moment;

/// Reports follow each other, each behind its length.
pub(crate) fn run(bytes: &[u8]) {
    let address = SocketAddr::from(([127, 0, 0, 1], 4000));
    let mut at = Moment::from_secs(43_200);
    let mut leg = LegSound::new(7);
    leg.settle(Sound::plain(address, Codec::Pcma), at);
    let mut voice = vec![0xd5; 172];
    voice[..12].copy_from_slice(&[0x80, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9]);
    leg.receive(&voice, address, at);
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (report, after) = after.split_at(length);
        rest = after;
        at = at + Duration::from_millis(700);
        leg.receive_report(report, address, at);
        let mut ours = [0; REPORT_BYTES_MAX];
        let length = leg.report(&mut ours, at).expect("something was heard");
        let (mut packets, mut read) = (0, &ours[..length]);
        while let [first, kind, high, low, ..] = *read {
            assert_eq!(first >> 6, 2);
            assert!((200..=204).contains(&kind));
            read = &read[4 + 4 * usize::from(u16::from_be_bytes([high, low]))..];
            packets += 1;
        }
        assert!(read.is_empty() && packets > 0);
    }
}

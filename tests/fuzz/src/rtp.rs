//! Whatever packets come to a leg in whatever codec: none brings it down, and what its partner is sent is always RTP with the
//! partner's own numbers, a bounded many for each.

use std::net::SocketAddr;
use std::time::Duration;

use media::{Codec, Heard, KeyEvents, LegSound, RtpHeader, Sound};
use model::Moment;

/// Packets that one may become: 187 ms of G.711 in frames of 20 ms, a filled gap, and one that waited.
const PACKETS_MAX: usize = 16;

/// The first byte says which codecs the two legs speak; then packets follow, each behind its length.
pub(crate) fn run(bytes: &[u8]) {
    let Some((codecs, mut rest)) = bytes.split_first() else { return };
    let codec = |bits: u8| Codec::ALL[usize::from(bits & 3)];
    let (from, to) = (address(4000), address(5000));
    let (mut speaker, mut listener) = (leg(from, codec(*codecs), 101), leg(to, codec(codecs >> 2), 126));
    let mut at = Moment::from_secs(43_200);
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (packet, after) = after.split_at(length);
        rest = after;
        at = at + Duration::from_millis(20);
        let heard = speaker.receive(packet, from, at);
        if let Heard::Voice(header, _) | Heard::Key(header, ..) = &heard {
            assert!(header.payload.end <= packet.len(), "the payload lies in the packet");
        }
        let mut packet = packet.to_vec();
        let mut sent = listener.relay(&heard, &mut packet, at).map(check).is_some() as usize;
        while let Some(more) = listener.more(at) {
            check(more);
            sent += 1;
        }
        assert!(sent <= PACKETS_MAX, "{sent} packets for one");
    }
    let traffic = speaker.traffic();
    assert!(traffic.received + traffic.refused <= bytes.len() as u64);
}

fn leg(address: SocketAddr, codec: Codec, keys: u8) -> LegSound {
    let mut leg = LegSound::new(7);
    let clock_rate = codec.clock_rate();
    let telephone_event = Some(KeyEvents { payload_type: keys, clock_rate });
    leg.settle(Sound { telephone_event, ..Sound::plain(address, codec) }, Moment::from_secs(43_200));
    leg
}

fn check(packet: &[u8]) {
    let header = RtpHeader::read(packet).expect("what we send is RTP");
    assert_eq!(header.ssrc, 7, "in our own stream");
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

//! How a browser's session begins in str0m, and how its packets look to us. No state: what is said goes in, what str0m
//! needs comes out.

use std::net::SocketAddr;
use std::time::Instant;

use media::{DtlsRole, IceLocal, WebPeer};
use str0m::config::Fingerprint;
use str0m::format::{Codec, FormatParams};
use str0m::media::{Frequency, MediaKind, Mid, Pt};
use str0m::net::Protocol;
use str0m::rtp::RtpPacket;
use str0m::{Candidate, IceCreds, Rtc, RtcConfig, RtcError};

use super::WebCertificate;

/// Bytes of an RTP header without extensions.
pub(super) const HEADER_BYTES: usize = 12;

/// What we call a session's one media line.
pub(super) fn sound() -> Mid {
    Mid::from("sound")
}

/// A session with the browser that said this; it may begin now. `public`: where browsers reach us.
pub(super) fn begin(
    said: &WebPeer,
    certificate: &WebCertificate,
    public: &[SocketAddr],
    at: Instant,
) -> Result<Rtc, RtcError> {
    let mut config = RtcConfig::new()
        .set_rtp_mode(true)
        .set_ice_lite(true)
        .set_crypto_provider(certificate.provider().clone())
        .set_dtls_cert(certificate.certificate().clone())
        .set_local_ice_credentials(credentials(&said.local))
        .clear_codecs()
        .clear_extension_map();
    for (payload_type, clock_rate) in every_payload_type(&said.payload_types) {
        let codec = if clock_rate == 48_000 { Codec::Opus } else { Codec::PCMA };
        let clock_rate = Frequency::new(clock_rate).unwrap_or(Frequency::EIGHT_KHZ);
        let number = Pt::new_with_value(payload_type);
        config.codec_config().add_config(number, None, codec, clock_rate, None, FormatParams::default());
    }
    let mut rtc = config.build(at);
    for address in public {
        if let Ok(candidate) = Candidate::host(*address, Protocol::Udp) {
            rtc.add_local_candidate(candidate);
        }
    }
    let mut direct = rtc.direct_api();
    direct.set_ice_controlling(false);
    direct.set_remote_ice_credentials(IceCreds { ufrag: said.ufrag.to_string(), pass: said.pwd.to_string() });
    let bytes = said.fingerprint.to_vec();
    direct.set_remote_fingerprint(Fingerprint { hash_func: "sha-256".to_owned(), bytes });
    direct.start_dtls(said.role == DtlsRole::Client)?;
    direct.declare_media(sound(), MediaKind::Audio);
    Ok(rtc)
}

/// What was said, and every number that a later description of the same session may add: str0m must know them from the
/// beginning. Their ticks only shape reports, so a guess does.
fn every_payload_type(said: &[(u8, u32)]) -> impl Iterator<Item = (u8, u32)> {
    let fixed = [0, 8, 9].map(|number| (number, 8000));
    let others = fixed.into_iter().chain((96..=127).map(|number| (number, 48_000)));
    let unsaid = others.filter(|(number, _)| said.iter().all(|(known, _)| known != number));
    said.iter().copied().chain(unsaid)
}

/// Writes a packet that was heard as plain RTP, without extensions; gives its length. `None`: there is no room.
pub(super) fn write_plain(heard: &RtpPacket, packet: &mut [u8]) -> Option<usize> {
    let (header, length) = (&heard.header, HEADER_BYTES + heard.payload.len());
    let room = packet.get_mut(..length)?;
    room[0] = 0x80;
    room[1] = *header.payload_type | u8::from(header.marker) << 7;
    room[2..4].copy_from_slice(&header.sequence_number.to_be_bytes());
    room[4..8].copy_from_slice(&header.timestamp.to_be_bytes());
    room[8..12].copy_from_slice(&header.ssrc.to_be_bytes());
    room[HEADER_BYTES..].copy_from_slice(&heard.payload);
    Some(length)
}

pub(super) fn credentials(local: &IceLocal) -> IceCreds {
    IceCreds { ufrag: local.ufrag.to_string(), pass: local.pwd.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_later_description_adds_is_known_and_what_was_said_keeps_its_ticks() {
        let all: Vec<(u8, u32)> = every_payload_type(&[(8, 8000), (101, 8000), (111, 48_000)]).collect();
        for number in (96..=127).chain([0, 8, 9]) {
            assert_eq!(all.iter().filter(|(known, _)| *known == number).count(), 1, "{number}");
        }
        assert!(all.contains(&(101, 8000)) && all.contains(&(0, 8000)) && all.contains(&(99, 48_000)));
    }
}

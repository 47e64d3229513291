//! The API's messages of a trace as the ladder wants them, and as JSON.
//! Knows both spellings; draws nothing itself.

use api::proto::operation as pb;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::{Moment, TrunkId};
use serde_json::{Value, json};
use sip::stack::Transport;
use sip::trace::{Kept, Peer, Way};

/// As the ladder wants it; none for one that a newer server words differently.
pub(super) fn kept(message: &pb::TraceMessage) -> Option<Kept> {
    let transports = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];
    Some(Kept {
        at: Moment::from_micros(message.at_unix_us),
        way: if message.inward { Way::In } else { Way::Out },
        peer: if message.trunk.is_empty() { Peer::Phone } else { Peer::Trunk(TrunkId::new(&message.trunk)) },
        leg: u16::try_from(message.leg).ok()?,
        transport: transports.into_iter().find(|transport| transport.name() == message.transport)?,
        from: message.from.parse().ok()?,
        to: message.to.parse().ok()?,
        text: message.text.clone().into(),
    })
}

/// By the wall in Copenhagen: `14:03:12.345`.
pub(super) fn time_of_day(kept: &Kept) -> String {
    let zone = TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC);
    let at = Timestamp::from_millisecond(kept.at.as_millis());
    at.map_or_else(|_| String::new(), |at| at.to_zoned(zone).strftime("%H:%M:%S%.3f").to_string())
}

/// With the whole text.
pub(super) fn json(message: &pb::TraceMessage) -> Value {
    json!({
        "at_unix_us": message.at_unix_us,
        "inward": message.inward,
        "trunk": message.trunk,
        "leg": message.leg,
        "transport": message.transport,
        "from": message.from,
        "to": message.to,
        "text": String::from_utf8_lossy(&message.text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_the_api_becomes_a_line_of_the_ladder() {
        let message = pb::TraceMessage {
            at_unix_us: 1_795_251_600_123_456,
            inward: true,
            trunk: "operator".to_owned(),
            leg: 2,
            transport: "TLS".to_owned(),
            from: "198.51.100.1:5061".to_owned(),
            to: "[2001:db8::1]:5061".to_owned(),
            text: b"OPTIONS sip:h SIP/2.0\r\n\r\n".to_vec(),
        };
        let kept = kept(&message).expect("it is known");
        assert_eq!((kept.leg, kept.transport, kept.way), (2, Transport::Tls, Way::In));
        assert_eq!(time_of_day(&kept), "10:00:00.123");
        assert_eq!(json(&message)["text"], "OPTIONS sip:h SIP/2.0\r\n\r\n");
        assert!(super::kept(&pb::TraceMessage { transport: "QUIC".to_owned(), ..message }).is_none());
    }
}

//! What a packet's payload type means in a leg's session: a codec, key presses, or nothing that was agreed.
//! Knows the numbers of both sides' descriptions; doesn't know what is in a packet.

use crate::session::{OPUS_OFFERED, TELEPHONE_EVENT_OFFERED, WIDE_EVENT_OFFERED};
use crate::{Codec, KeyEvents, Sound};

/// Key presses as our offers number them beside Opus.
const WIDE_KEYS: KeyEvents = KeyEvents { payload_type: WIDE_EVENT_OFFERED, clock_rate: 48_000 };

impl Sound {
    /// The codec of a packet's payload type: the agreed one by its number there or in our offers, others by their
    /// static numbers.
    pub(super) const fn codec_of(&self, payload_type: u8) -> Option<Codec> {
        if payload_type == self.payload_type || (payload_type == OPUS_OFFERED && matches!(self.codec, Codec::Opus)) {
            return Some(self.codec);
        }
        Codec::from_static_payload_type(payload_type)
    }

    /// The clock of a packet of key presses, by the other side's number or by ours; `None` for other packets.
    pub(super) fn key_clock(&self, payload_type: u8) -> Option<u32> {
        let agreed = self.telephone_event?;
        let ours = [KeyEvents::narrow(TELEPHONE_EVENT_OFFERED), WIDE_KEYS];
        let events = [agreed].into_iter().chain(ours).find(|events| events.payload_type == payload_type)?;
        Some(events.clock_rate)
    }
}

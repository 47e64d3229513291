//! Key presses that a leg hears beside frames or a voice: of others in a conversation of three and more, and those that a phone
//! told by its signalling. Knows one leg's session; who hears whom is known elsewhere.

use model::Moment;

use super::{Heard, LegSound};
use crate::rtp::RTP_HEADER_BYTES;
use crate::telephone_event::{OwnPress, TelephoneEvent};

/// Bytes of a packet with one event.
pub const KEY_PACKET_BYTES: usize = RTP_HEADER_BYTES + 4;

impl LegSound {
    /// The packet of another's key press, rewritten in place, beside the frames that this leg is sent: they go on meanwhile (RFC 4733
    /// §2.6.1 leaves that to the sender). `None`: it is no key, or this leg takes none.
    pub fn send_key<'a>(&mut self, heard: &Heard, packet: &'a mut [u8], at: Moment) -> Option<&'a [u8]> {
        let Heard::Key(header, _, clock_rate) = heard else { return None };
        let keys = self.sound.filter(|sound| sound.send)?.telephone_event?;
        TelephoneEvent::change_clock(packet.get_mut(header.payload.clone())?, *clock_rate, keys.clock_rate);
        Some(self.sending.key(header, keys.payload_type, at)?.write(packet))
    }

    /// The next packet of a press that is told by us. `None`: this leg takes no keys.
    pub fn press<'a>(
        &mut self,
        press: &mut OwnPress,
        packet: &'a mut [u8; KEY_PACKET_BYTES],
        at: Moment,
    ) -> Option<&'a [u8]> {
        let keys = self.sound.filter(|sound| sound.send)?.telephone_event?;
        let is_first = press.is_first();
        packet[RTP_HEADER_BYTES..].copy_from_slice(&press.next(keys.clock_rate)?);
        let payload = RTP_HEADER_BYTES..KEY_PACKET_BYTES;
        Some(self.sending.press(is_first, keys.payload_type, payload, at).write(packet))
    }
}

//! A key press of somebody in a conversation of three and more, as one of the others shall hear it.
//! Knows one leg's session; who hears whom is known to the mixer.

use model::Moment;

use super::{Heard, LegSound};
use crate::telephone_event::TelephoneEvent;

impl LegSound {
    /// The packet of another's key press, rewritten in place, beside the frames that this leg is sent: they go on meanwhile (RFC 4733
    /// §2.6.1 leaves that to the sender). `None`: it is no key, or this leg takes none.
    pub fn send_key<'a>(&mut self, heard: &Heard, packet: &'a mut [u8], at: Moment) -> Option<&'a [u8]> {
        let Heard::Key(header, _, clock_rate) = heard else { return None };
        let keys = self.sound.filter(|sound| sound.send)?.telephone_event?;
        TelephoneEvent::change_clock(packet.get_mut(header.payload.clone())?, *clock_rate, keys.clock_rate);
        Some(self.sending.key(header, keys.payload_type, at)?.write(packet))
    }
}

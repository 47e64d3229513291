//! What a leg hears of its partner, and how either side of a recorded leg gets onto its tape.
//! Knows the leg alone; whose partner it is was found before.

use media::{FRAME_PACKET_BYTES, Heard, KEY_PACKET_BYTES, OwnPress};
use model::Moment;

use super::Leg;

impl Leg {
    /// The leg hears its partner's packet, unless something is played to it. Gives how many packets went.
    pub(crate) fn hear_partner(&mut self, heard: &Heard, packet: &mut [u8], at: Moment) -> u64 {
        if self.playing.is_some() {
            return 0;
        }
        let Some(to) = self.sound.destination() else { return 0 };
        // Keys are nobody's voice.
        let taped = self.sound.codec().filter(|_| self.tape.is_some() && matches!(heard, Heard::Voice(..)));
        let mut sent = 0;
        let mut next = self.sound.relay(heard, packet, at);
        while let Some(packet) = next {
            self.path.send(packet, to, at);
            if let (Some(codec), Some(tape)) = (taped, &mut self.tape) {
                tape.went(codec, packet, at);
            }
            sent += 1;
            next = self.sound.more(at);
        }
        sent
    }

    /// The leg hears the key press of another member of its conversation. Says whether a packet went.
    pub(crate) fn send_key(&mut self, heard: &Heard, packet: &[u8], at: Moment) -> bool {
        let mut room = [0; FRAME_PACKET_BYTES];
        let (None, Some(room)) = (&self.playing, room.get_mut(..packet.len())) else { return false };
        // Each listener's numbers are written into a copy of its own.
        room.copy_from_slice(packet);
        let Some(to) = self.sound.destination() else { return false };
        let Some(packet) = self.sound.send_key(heard, room, at) else { return false };
        self.path.send(packet, to, at);
        true
    }

    /// The leg hears the next packet of a press. False: all is told, or it takes no keys.
    pub(crate) fn send_press(&mut self, press: &mut OwnPress, at: Moment) -> bool {
        let mut room = [0; KEY_PACKET_BYTES];
        let Some(to) = self.sound.destination() else { return false };
        let Some(packet) = self.sound.press(press, &mut room, at) else { return false };
        self.path.send(packet, to, at);
        true
    }

    /// A packet came from the leg: it goes on its tape, unless the leg is muted.
    pub(crate) fn tape_what_came(&mut self, heard: &Heard, packet: &[u8], at: Moment) {
        if let (Some(tape), Heard::Voice(header, codec), false) = (&mut self.tape, heard, self.muted) {
            tape.came(*codec, header, packet, at);
        }
    }

    /// A packet came from a leg whose other side is a program. True: nobody else need hear it.
    pub(crate) fn stream_what_came(&mut self, heard: &Heard, packet: &[u8]) -> bool {
        let Some(stream) = &mut self.stream else { return false };
        if let Heard::Voice(header, codec) = heard {
            stream.sound.hear(header, *codec, &packet[header.payload.clone()]);
        }
        true
    }

    /// A frame of voice or sound goes to the leg.
    pub(super) fn tape_what_goes(&mut self, packet: &[u8], at: Moment) {
        if let (Some(tape), Some(codec)) = (&mut self.tape, self.sound.codec()) {
            tape.went(codec, packet, at);
        }
    }
}

//! What a muted leg says becomes silence in its own codec, so that whoever hears it has an even stream and no gap.
//! Knows packets and one frame of silence; not who is muted.

use crate::relay::Heard;
use crate::{Codec, Prompt};

/// The smallest steps of both bands: whatever a G.722 decoder has heard before, these bring it to rest, which the first codes of a
/// new encoder don't.
const G722_AT_REST: u8 = 0xfc;

/// Makes a packet of voice silent, in place; gives the packet's new length. `silence` has a frame of it in each codec. Anything
/// that is no voice stays as it is: keys pass.
pub fn silenced(heard: &mut Heard, packet: &mut [u8], silence: &Prompt) -> usize {
    let Heard::Voice(header, codec) = heard else { return packet.len() };
    let (Some(frame), Some(payload)) = (silence.frame(*codec, 0), packet.get_mut(header.payload.clone())) else {
        return packet.len();
    };
    let length = match codec {
        // As long as what it replaces: these say nothing of their length themselves.
        Codec::G722 => {
            payload.fill(G722_AT_REST);
            payload.len()
        }
        Codec::Pcma | Codec::Pcmu => {
            payload.iter_mut().zip(frame.iter().cycle()).for_each(|(byte, silent)| *byte = *silent);
            payload.len()
        }
        // These do. Where there is no room, a frame of no bytes: "nothing is sent" (RFC 6716 §3.2.1, code 0).
        Codec::Opus => {
            if let Some(room) = payload.get_mut(..frame.len()) {
                room.copy_from_slice(frame);
                frame.len()
            } else {
                payload.iter_mut().zip(frame).take(1).for_each(|(byte, toc)| *byte = toc & 0xfc);
                payload.len().min(1)
            }
        }
    };
    header.payload.end = header.payload.start + length;
    header.payload.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decoder, Encoder, FRAME_BYTES_MAX, RTP_HEADER_BYTES, Rate, RtpHeader};

    fn frame_of_silence() -> Prompt {
        Prompt::from_samples(&[0.0; 320], 16_000).expect("a frame")
    }

    /// The loudest sample of a second that is muted after its first half, in the last tenth of it.
    fn loudest_at_the_end(codec: Codec) -> u16 {
        let (rate, silence) = (Rate::of(codec), frame_of_silence());
        let (mut encoder, mut decoder) = (Encoder::new(codec, rate), Decoder::new(codec, rate));
        let mut loudest = 0;
        for number in 0..50_u16 {
            let sample = |n: usize| if (n / 8).is_multiple_of(2) { 8_000 } else { -8_000 };
            let samples: Vec<i16> = (0..rate.frame()).map(sample).collect();
            let mut packet = [0; RTP_HEADER_BYTES + FRAME_BYTES_MAX];
            let mut room = [0; FRAME_BYTES_MAX];
            let length = encoder.encode(&samples, &mut room);
            packet[RTP_HEADER_BYTES..][..length].copy_from_slice(&room[..length]);
            let payload = RTP_HEADER_BYTES..RTP_HEADER_BYTES + length;
            let header = RtpHeader {
                payload_type: 9,
                marker: false,
                sequence: number,
                timestamp: 0,
                ssrc: 1,
                payload: payload.clone(),
            };
            let mut heard = Heard::Voice(header, codec);
            let packet = &mut packet[..payload.end];
            let end = if number < 25 { payload.end } else { silenced(&mut heard, packet, &silence) };
            let mut sound = [0; crate::SOUND_SAMPLES_MAX];
            let count = decoder.decode(&packet[RTP_HEADER_BYTES..end], &mut sound);
            assert_eq!(count, rate.frame(), "{codec:?}: as long as what it replaces");
            if number >= 45 {
                loudest = sound[..count].iter().map(|sample| sample.unsigned_abs()).fold(loudest, u16::max);
            }
        }
        loudest
    }

    #[test]
    fn a_muted_voice_is_an_even_stream_of_silence_in_every_codec() {
        for codec in Codec::ALL {
            let loudest = loudest_at_the_end(codec);
            assert!(loudest < 64, "{codec:?}: {loudest}");
        }
    }

    #[test]
    fn a_muted_phones_keys_pass_and_a_packet_without_room_stays_within_itself() {
        let header =
            |end| RtpHeader { payload_type: 111, marker: false, sequence: 1, timestamp: 1, ssrc: 1, payload: 12..end };
        let mut packet = [7; 16];
        let mut key = Heard::Key(header(16), Some('1'), 8_000);
        assert_eq!((silenced(&mut key, &mut packet, &frame_of_silence()), packet), (16, [7; 16]));
        let mut empty = Heard::Voice(header(12), Codec::Opus);
        assert_eq!(silenced(&mut empty, &mut packet[..12], &frame_of_silence()), 12);
        let mut tiny = Heard::Voice(header(13), Codec::Opus);
        assert_eq!(silenced(&mut tiny, &mut packet[..13], &frame_of_silence()), 13);
    }
}

//! Opus files (RFC 7845) to samples: what the built-in sounds are kept in, and what recorders on phones make.
//!
//! One stream of one or two channels, decoded to 16 kHz, which is all that a telephone or a browser's voice carries. Reads the
//! file alone; how long or loud a prompt may be is not known here.

use std::io::Cursor;

use ogg::{Packet, PacketReader};
use ropus::{Channels, DecodeMode, Decoder};

/// What is decoded to.
pub(crate) const RATE: u32 = 16_000;
/// Ticks of the file's clock in a sample of ours: it counts 48,000 in a second, whatever the sound (RFC 7845 §4).
const TICKS: u64 = 3;
/// Samples in the longest packet, 120 ms (RFC 6716 §3.2).
const PACKET_SAMPLES_MAX: usize = 1_920;

/// What a file holds.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct OpusFile {
    /// One or two.
    pub(crate) channels: u16,
    /// Of both channels in turn.
    pub(crate) samples: Vec<i16>,
}

/// Why a file isn't one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NoSound {
    /// Cut short, spoilt, or no voice in one stream of Opus.
    Unreadable,
    /// More sound than was asked for, whatever its clock says.
    Longer,
}

/// Whether it is an Ogg file at all.
pub(crate) fn is_ogg(bytes: &[u8]) -> bool {
    bytes.starts_with(b"OggS")
}

/// `frames_max`: samples of each channel, at which reading stops.
pub(crate) fn read(bytes: &[u8], frames_max: usize) -> Result<OpusFile, NoSound> {
    read_up_to(bytes, frames_max).unwrap_or(Err(NoSound::Unreadable))
}

fn read_up_to(bytes: &[u8], frames_max: usize) -> Option<Result<OpusFile, NoSound>> {
    let mut file = PacketReader::new(Cursor::new(bytes));
    let head = Head::of(&file.read_packet().ok()??)?;
    let tags = file.read_packet().ok()??;
    tags.data.starts_with(b"OpusTags").then_some(())?;
    let both = if head.channels == 2 { Channels::Stereo } else { Channels::Mono };
    let mut decoder = Decoder::new(RATE, both).ok()?;
    let channels = usize::from(head.channels);
    let skip = usize::from(head.pre_skip) / TICKS as usize * channels;
    let most = frames_max * channels + skip;
    let mut samples: Vec<i16> = Vec::new();
    let serial = head.serial;
    let (mut last_seen, mut end) = (false, usize::MAX);
    while !last_seen && samples.len() <= most {
        let packet = file.read_packet().ok()??;
        // Of a stream beside it: no recorder's file.
        (packet.stream_serial() == serial).then_some(())?;
        decode(&mut decoder, &packet, channels, &mut samples)?;
        last_seen = packet.last_in_stream();
        // Whoever made the file filled its last frame up; where the sound ends is told by the last page's clock.
        end = (packet.absgp_page() / TICKS) as usize;
    }
    if samples.len() > most {
        return Some(Err(NoSound::Longer));
    }
    samples.truncate(end.saturating_mul(channels));
    samples.drain(..skip.min(samples.len()));
    Some(Ok(OpusFile { channels: head.channels, samples }))
}

fn decode(decoder: &mut Decoder, packet: &Packet, channels: usize, samples: &mut Vec<i16>) -> Option<()> {
    if packet.data.is_empty() {
        return None;
    }
    let mut room = [0; PACKET_SAMPLES_MAX * 2];
    let decoded = decoder.decode(&packet.data, &mut room[..PACKET_SAMPLES_MAX * channels], DecodeMode::Normal).ok()?;
    samples.extend_from_slice(&room[..decoded * channels]);
    Some(())
}

/// The first packet (RFC 7845 §5.1).
struct Head {
    channels: u16,
    /// Ticks at the beginning that are no sound yet.
    pre_skip: u16,
    /// Of its stream.
    serial: u32,
}

impl Head {
    /// Of mapping family 0, one or two channels, without a gain: others are no recorder's.
    fn of(packet: &Packet) -> Option<Self> {
        let data = &packet.data;
        let said = data.len() == 19 && data.starts_with(b"OpusHead") && data[8] >> 4 == 0;
        let plain = said && data[16..19] == [0, 0, 0] && (1..=2).contains(&data[9]);
        let pre_skip = plain.then(|| u16::from_le_bytes([data[10], data[11]]))?;
        Some(Self { channels: u16::from(data[9]), pre_skip, serial: packet.stream_serial() })
    }
}

#[cfg(test)]
mod tests {
    use ogg::{PacketWriteEndInfo, PacketWriter};

    use super::*;
    use crate::{Codec, Encoder, Rate};

    const FRAMES: u64 = 50;

    /// A second of 440 Hz, of which the last `cut` samples of ours are left out.
    fn file(cut: u64) -> Vec<u8> {
        let mut head = b"OpusHead\x01\x01".to_vec();
        head.extend([0x38, 1, 0x80, 0x3e, 0, 0, 0, 0, 0]);
        let mut writer = PacketWriter::new(Vec::new());
        writer.write_packet(head, 7, PacketWriteEndInfo::EndPage, 0).expect("memory");
        writer.write_packet(b"OpusTags\0\0\0\0\0\0\0\0".to_vec(), 7, PacketWriteEndInfo::EndPage, 0).expect("memory");
        let mut encoder = Encoder::new(Codec::Opus, Rate::Wide);
        for frame in 0..FRAMES {
            let angle = |n: u64| (frame * 320 + n) as f64 * 440.0 * std::f64::consts::TAU / 16_000.0;
            let sound: Vec<i16> = (0..320).map(|n| (angle(n).sin() * 8_000.0) as i16).collect();
            let mut room = [0; 160];
            let length = encoder.encode(&sound, &mut room);
            let last = frame + 1 == FRAMES;
            let (end, cut) =
                if last { (PacketWriteEndInfo::EndStream, cut) } else { (PacketWriteEndInfo::NormalPacket, 0) };
            let clock = ((frame + 1) * 320 - cut) * TICKS;
            writer.write_packet(room[..length].to_vec(), 7, end, clock).expect("memory");
        }
        writer.into_inner()
    }

    #[test]
    fn a_sound_is_heard_from_its_first_to_its_last_sample() {
        let read = read(&file(100), 1_000_000).expect("whole");
        // Without what the encoder looks ahead at the beginning, and what fills the last frame up.
        assert_eq!((read.channels, read.samples.len()), (1, 16_000 - 104 - 100));
        let rises = read.samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        assert!((430..=440).contains(&rises), "{rises} times a second");
    }

    #[test]
    fn a_file_that_is_too_long_is_refused_whatever_its_clock_says() {
        assert_eq!(read(&file(0), 1_000), Err(NoSound::Longer));
        assert_eq!(read(&file(15_500), 1_000), Err(NoSound::Longer), "its clock ends at 500 samples");
    }

    #[test]
    fn a_file_that_is_cut_or_spoilt_anywhere_is_refused() {
        let whole = file(0);
        for length in 0..whole.len() {
            assert_eq!(read(&whole[..length], 1_000_000), Err(NoSound::Unreadable), "cut at {length}");
        }
        let mut spoilt = whole.clone();
        for at in (0..whole.len()).step_by(7) {
            spoilt[at] ^= 0x55;
            // A page's own checksum, or a name that isn't right any more.
            assert_eq!(read(&spoilt, 1_000_000), Err(NoSound::Unreadable), "spoilt at {at}");
            spoilt[at] = whole[at];
        }
        assert!(is_ogg(&whole) && !is_ogg(b"RIFF"));
    }
}

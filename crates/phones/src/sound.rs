//! A phone's sound: a tone that it sends in 20 ms packets of G.711, and what it hears.
//! Knows RTP and tones; doesn't know which call it belongs to.

use std::f64::consts::TAU;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hound::{SampleFormat, WavSpec, WavWriter};
use media::{Codec, Law};
use tokio::net::UdpSocket;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// Samples a second.
const RATE: f64 = 8_000.0;
/// Samples in a packet.
const SAMPLES: usize = 160;
/// How long a packet is.
const PACKET: Duration = Duration::from_millis(20);
/// A tone counts as heard in a packet when it holds this share of the packet's energy.
const SHARE: f64 = 0.5;

/// How a recording lies on disk.
const RECORDED: WavSpec =
    WavSpec { channels: 1, sample_rate: 8_000, bits_per_sample: 16, sample_format: SampleFormat::Int };
/// Five minutes; a longer call is recorded no further.
const RECORDED_SAMPLES_MAX: u32 = 300 * 8_000;

type Recording = WavWriter<std::io::BufWriter<std::fs::File>>;

/// A tone, in Hz.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tone(pub f64);

/// What a phone heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Heard {
    /// RTP packets.
    pub packets: u64,
    /// Packets in which the tone that was listened for stood out.
    pub with_tone: u64,
    /// Gaps in the sequence numbers, in packets.
    pub lost: u64,
}

#[derive(Default)]
struct Counts {
    packets: AtomicU64,
    with_tone: AtomicU64,
    lost: AtomicU64,
}

/// What a phone does with its sound.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) says: Tone,
    pub(crate) hears: Tone,
    pub(crate) record: Option<PathBuf>,
}

/// A running sound; ends when it is dropped.
pub(crate) struct Sound {
    task: tokio::task::JoinHandle<()>,
    counts: Arc<Counts>,
}

impl Sound {
    /// Sends `says` to `to` and listens for `hears`, on a bound socket; what is heard goes into a WAV file too if one
    /// is given.
    pub(crate) fn start(socket: UdpSocket, to: SocketAddr, a_law: bool, script: Script) -> Self {
        let counts = Arc::new(Counts::default());
        let task = tokio::spawn(run(socket, to, a_law, script, counts.clone()));
        Self { task, counts }
    }

    pub(crate) fn heard(&self) -> Heard {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Heard { packets: of(&self.counts.packets), with_tone: of(&self.counts.with_tone), lost: of(&self.counts.lost) }
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(socket: UdpSocket, to: SocketAddr, a_law: bool, script: Script, counts: Arc<Counts>) {
    let Script { says, hears, record } = script;
    // A recording that can't be written is missed by whoever wanted to hear it; the call goes on.
    let mut record = record.and_then(|path| WavWriter::create(path, RECORDED).ok());
    let mut tick = interval_at(Instant::now() + PACKET, PACKET);
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let law = if a_law { Law::A } else { Law::Mu };
    let ssrc: u32 = rand::random();
    let (mut sequence, mut sample) = (0_u16, 0_u64);
    let mut expected: Option<u16> = None;
    let mut packet = [0_u8; 2_048];
    loop {
        tokio::select! {
            _ = tick.tick() => {
                // A phone does not mind a packet that the kernel would not take.
                let _ = socket.send_to(&frame(law, ssrc, sequence, sample, says), to).await;
                sequence = sequence.wrapping_add(1);
                sample += SAMPLES as u64;
            }
            Ok((length, _)) = socket.recv_from(&mut packet) => {
                listen(&packet[..length], hears, &mut expected, &counts);
                write_down(&packet[..length], &mut record);
            }
        }
    }
}

fn frame(law: Law, ssrc: u32, sequence: u16, sample: u64, says: Tone) -> Vec<u8> {
    let mut packet = Vec::with_capacity(12 + SAMPLES);
    packet.extend([0x80, law.payload_type()]);
    packet.extend(sequence.to_be_bytes());
    packet.extend((sample as u32).to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend((0..SAMPLES as u64).map(|i| {
        let angle = TAU * says.0 * ((sample + i) as f64) / RATE;
        law.encode((angle.sin() * 12_000.0) as i16)
    }));
    packet
}

fn write_down(packet: &[u8], record: &mut Option<Recording>) {
    let (Some(writer), Some(sound)) = (record.as_mut(), packet.get(12..)) else { return };
    let Some(law) = law_of(packet) else { return };
    let full = writer.len() >= RECORDED_SAMPLES_MAX;
    if full || sound.iter().any(|byte| writer.write_sample(law.decode(*byte)).is_err()) {
        *record = None;
    }
}

/// The law of a packet of G.711.
fn law_of(packet: &[u8]) -> Option<Law> {
    Codec::from_static_payload_type(packet[1] & 0x7f)?.law()
}

fn listen(packet: &[u8], hears: Tone, expected: &mut Option<u16>, counts: &Counts) {
    if packet.len() < 12 || packet[0] >> 6 != 2 {
        return;
    }
    let Some(law) = law_of(packet) else { return };
    let sequence = u16::from_be_bytes([packet[2], packet[3]]);
    let gap = expected.map_or(0, |expected| sequence.wrapping_sub(expected));
    if gap < 1_000 {
        counts.lost.fetch_add(u64::from(gap), Ordering::Relaxed);
    }
    *expected = Some(sequence.wrapping_add(1));
    counts.packets.fetch_add(1, Ordering::Relaxed);
    if stands_out(&packet[12..], law, hears) {
        counts.with_tone.fetch_add(1, Ordering::Relaxed);
    }
}

/// Goertzel: whether the tone holds at least half of the packet's energy.
fn stands_out(sound: &[u8], law: Law, tone: Tone) -> bool {
    let coefficient = 2.0 * (TAU * tone.0 / RATE).cos();
    let (mut before, mut last, mut energy) = (0.0, 0.0, 0.0);
    for byte in sound {
        let sample = f64::from(law.decode(*byte));
        let now = sample + coefficient * last - before;
        (before, last) = (last, now);
        energy += sample * sample;
    }
    let power = before * before + last * last - coefficient * before * last;
    energy > 0.0 && power / (energy * sound.len() as f64 / 2.0) > SHARE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_told_from_another() {
        for law in [Law::A, Law::Mu] {
            let packet = frame(law, 1, 1, 0, Tone(600.0));
            assert!(stands_out(&packet[12..], law, Tone(600.0)));
            assert!(!stands_out(&packet[12..], law, Tone(900.0)));
        }
    }
}

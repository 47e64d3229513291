//! A conversation of three and more: each member hears the others as the roles say, in one voice that never clips.
//!
//! Twenty milliseconds at a time: what came from each member is put in order, decoded, summed for each listener without
//! their own voice, and encoded for them. Knows members by their place; no leg, no socket, no clock.

use crate::Codec;
use crate::coding::{Decoder, Encoder, FRAME_BYTES_MAX, Rate, SOUND_SAMPLES_MAX};
use crate::jitter::{Jitter, Turn};
use crate::rtp::RtpHeader;

/// Members of one conversation.
pub const MIX_MAX: usize = 8;
/// Samples of a frame of 20 ms where anybody speaks wideband; else half of it.
const FRAME_MAX: usize = 320;
/// Above this the sum is bent, so that it comes ever closer to the loudest sample and never beyond it.
const BENT_ABOVE: f32 = 24_576.0;
const LOUDEST: f32 = 32_767.0;
/// A frame that never came is filled with the one before it, so much softer …
const FADE: f32 = 0.6;
/// … and with silence after this many.
const FILLED_MAX: u32 = 3;

/// Who hears whom, and what each has said.
#[derive(Debug)]
pub struct Mixer {
    rate: Rate,
    members: Vec<Member>,
}

#[derive(Debug)]
struct Member {
    codec: Codec,
    ear: Decoder,
    mouth: Encoder,
    rate: Rate,
    /// Bit n: hears the member at place n.
    hears: u8,
    muted: bool,
    jitter: Jitter,
    /// Decoded and not yet played: less than a frame, and a packet.
    ready: Vec<i16>,
    /// This beat's.
    voice: [i16; FRAME_MAX],
    speaks: bool,
    filled: u32,
}

impl Mixer {
    /// Members in their places: in which codec each speaks and hears, and whom each hears (bit n: the one at place n; one's own
    /// bit changes nothing). Those beyond [`MIX_MAX`] are left out.
    pub fn new(members: impl IntoIterator<Item = (Codec, u8)>) -> Self {
        let members: Vec<(Codec, u8)> = members.into_iter().take(MIX_MAX).collect();
        let is_wide = members.iter().any(|(codec, _)| Rate::of(*codec) != Rate::Narrow);
        let rate = if is_wide { Rate::Wide } else { Rate::Narrow };
        let members = members.into_iter().map(|(codec, hears)| Member::new(codec, hears, rate));
        Self { rate, members: members.collect() }
    }

    /// Another codec was settled for a member.
    pub fn settle(&mut self, place: usize, codec: Codec) {
        let rate = self.rate;
        if let Some(member) = self.members.get_mut(place).filter(|member| member.codec != codec) {
            *member = Member { muted: member.muted, ..Member::new(codec, member.hears, rate) };
        }
    }

    /// A muted member is heard by nobody.
    pub fn mute(&mut self, place: usize, muted: bool) {
        if let Some(member) = self.members.get_mut(place) {
            member.muted = muted;
        }
    }

    /// Whether the member at that place hears the one at the other, unless that one is muted.
    pub fn hears(&self, place: usize, other: usize) -> bool {
        self.members.get(place).is_some_and(|member| place != other && member.hears & (1 << other) != 0)
    }

    /// A member has gone: hears nobody, and is heard by nobody any more.
    pub fn leave(&mut self, place: usize) {
        if let Some(member) = self.members.get_mut(place) {
            (member.hears, member.muted) = (0, true);
        }
    }

    /// A voice packet of a member came.
    pub fn hear(&mut self, place: usize, header: &RtpHeader, codec: Codec, payload: &[u8]) {
        if let Some(member) = self.members.get_mut(place).filter(|member| member.codec == codec) {
            member.jitter.put(header, payload);
        }
    }

    /// The next twenty milliseconds of everybody. Once for all listeners.
    pub fn beat(&mut self) {
        self.members.iter_mut().for_each(Member::beat);
    }

    /// Writes what the member at that place hears in this beat, in their codec; gives its length in bytes, at most
    /// `frame.len()`. `None`: the member hears nobody, whoever speaks.
    pub fn frame(&mut self, place: usize, frame: &mut [u8]) -> Option<usize> {
        let heard = self.members.get(place)?.hears & !(1 << place);
        if heard == 0 || frame.len() < FRAME_BYTES_MAX {
            return None;
        }
        let mut sum = [0_i32; FRAME_MAX];
        for (other, member) in self.members.iter().enumerate() {
            if heard & (1 << other) != 0 && member.speaks && !member.muted {
                sum.iter_mut().zip(&member.voice).for_each(|(sum, sample)| *sum += i32::from(*sample));
            }
        }
        let sound = sum.map(bent);
        Some(self.members[place].mouth.encode(&sound[..self.rate.frame()], frame))
    }
}

impl Member {
    fn new(codec: Codec, hears: u8, rate: Rate) -> Self {
        let ready = Vec::with_capacity(FRAME_MAX + SOUND_SAMPLES_MAX);
        let (jitter, voice) = (Jitter::new(), [0; FRAME_MAX]);
        let (ear, mouth) = (Decoder::new(codec, rate), Encoder::new(codec, rate));
        Self { codec, ear, mouth, rate, hears, muted: false, jitter, ready, voice, speaks: false, filled: 0 }
    }

    fn beat(&mut self) {
        let (mut is_dry, frame) = (false, self.rate.frame());
        let mut sound = [0; SOUND_SAMPLES_MAX];
        while self.ready.len() < frame && !is_dry {
            match self.jitter.turn() {
                Turn::Packet(payload) => {
                    let samples = self.ear.decode(payload, &mut sound);
                    self.ready.extend_from_slice(&sound[..samples]);
                    self.filled = 0;
                    // A payload without sound is a turn, too: the next one comes with the next beat.
                    is_dry = samples == 0;
                }
                Turn::Lost | Turn::Dry => is_dry = true,
            }
        }
        if self.ready.len() >= frame {
            self.voice[..frame].copy_from_slice(&self.ready[..frame]);
            self.ready.drain(..frame);
            self.speaks = true;
        } else {
            self.fill();
        }
    }

    /// Nothing came in time: the last frame again, softer and softer.
    fn fill(&mut self) {
        self.filled = self.filled.saturating_add(1);
        self.speaks = self.speaks && self.filled <= FILLED_MAX;
        if self.speaks {
            self.voice.iter_mut().for_each(|sample| *sample = (f32::from(*sample) * FADE) as i16);
        }
    }
}

/// A sum of voices as one sample: unchanged while it isn't loud, and never clipped.
fn bent(sum: i32) -> i16 {
    let (sum, room) = (sum as f32, LOUDEST - BENT_ABOVE);
    let over = sum.abs() - BENT_ABOVE;
    if over <= 0.0 {
        return sum as i16;
    }
    (sum.signum() * (BENT_ABOVE + room * over / (over + room))) as i16
}

#[cfg(test)]
mod tests;

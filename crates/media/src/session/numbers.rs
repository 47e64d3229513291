//! What dynamic payload types mean in one session.
//! Once said by either side, a number keeps its meaning (RFC 3264 §8.3.2).

use super::audio::RemoteAudio;
use super::{OPUS_OFFERED, TELEPHONE_EVENT_OFFERED, WIDE_EVENT_OFFERED};
use crate::{Codec, KeyEvents};

/// The dynamic payload types (RFC 3551 §6).
const DYNAMIC: std::ops::RangeInclusive<u8> = 96..=127;

/// Numbers of Opus, and of key presses at either clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Numbers {
    opus: u8,
    keys: u8,
    wide_keys: u8,
}

impl Numbers {
    /// As our own offers say them, where the other side has said nothing.
    pub(super) const fn usual() -> Self {
        Self { opus: OPUS_OFFERED, keys: TELEPHONE_EVENT_OFFERED, wide_keys: WIDE_EVENT_OFFERED }
    }

    /// The number of a codec.
    pub(super) fn of(self, codec: Codec) -> u8 {
        codec.static_payload_type().unwrap_or(self.opus)
    }

    /// The key presses that are offered beside these codecs: one for each clock.
    pub(super) fn keys_beside(self, codecs: &[(Codec, u8)]) -> Vec<KeyEvents> {
        let (narrow, wide) = (KeyEvents::narrow(self.keys), Codec::Opus.clock_rate());
        let all = [narrow, KeyEvents { payload_type: self.wide_keys, clock_rate: wide }];
        all.into_iter().filter(|keys| codecs.iter().any(|(codec, _)| codec.clock_rate() == keys.clock_rate)).collect()
    }

    /// The other side's numbers are ours from now on; what it doesn't name moves out of their way.
    pub(super) fn learn(&mut self, audio: &RemoteAudio) {
        let named = |clock| audio.keys.iter().find(|keys| keys.clock_rate == clock).map(|keys| keys.payload_type);
        let opus = audio.codecs.iter().find(|(codec, _)| *codec == Codec::Opus).map(|(_, number)| *number);
        let said = [opus, named(8_000), named(48_000)];
        let mut taken: Vec<u8> = said.into_iter().flatten().collect();
        let mut choose = |said: Option<u8>, usual: u8| {
            let free = |number: &u8| !taken.contains(number);
            let number = said.or_else(|| std::iter::once(usual).chain(DYNAMIC).find(free)).unwrap_or(usual);
            taken.push(number);
            number
        };
        self.opus = choose(said[0], self.opus);
        self.keys = choose(said[1], self.keys);
        self.wide_keys = choose(said[2], self.wide_keys);
    }
}

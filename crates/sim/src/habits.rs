//! What a day is like: the habits of the people and the heart's own settings, drawn by the seed.
//! Knows how much of each there may be; nothing of plans.

use std::time::Duration;

use centre::ProveSound;
use media::PortRange;

use crate::heart::{HouseSettings, Keep};
use crate::lot::Lot;
use crate::parties::Habits;

/// How people are, for so many calls and agents.
pub(crate) fn draw_habits(lot: &mut Lot, calls: u64, agents: usize) -> Habits {
    let talk_s = *lot.pick(&[5, 20, 60, 120]);
    // From a quiet day to one with half as many agents as were needed.
    let load = lot.between(30, 200);
    let between_us = (talk_s + 10) * 100_000_000 / (agents as u64 * load);
    Habits {
        calls,
        between: Duration::from_micros(between_us.max(1_000)),
        talk: Duration::from_secs(talk_s),
        patience: Duration::from_secs(*lot.pick(&[10, 60, 300])),
        trouble: *lot.pick(&[0, 5, 20, 50]),
        hands_on: *lot.pick(&[0, 10, 30]),
        tests_sound: false,
        drains: lot.one_in(10),
    }
}

/// The heart's own settings.
pub(crate) fn draw_settings(lot: &mut Lot, keep: Keep, slow_core: bool) -> HouseSettings {
    let pairs = *lot.pick(&[8, 40, 2_000, 2_000, 2_000]);
    HouseSettings {
        shards: *lot.pick(&[1, 3, 3]),
        calls_max: *lot.pick(&[10, 5_000, 5_000, 5_000]),
        ports: PortRange { from: 20_000, to: 20_000 + 2 * pairs },
        silence_max: Duration::from_secs(*lot.pick(&[5, 20, 60])),
        slow_core,
        keep,
        prove_sound: ProveSound::Off,
    }
}

/// When agents' sound must be proved.
pub(crate) fn draw_proof(lot: &mut Lot) -> ProveSound {
    *lot.pick(&[ProveSound::Off, ProveSound::Off, ProveSound::AfterLoss, ProveSound::Always])
}

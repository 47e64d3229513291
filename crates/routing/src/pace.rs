//! How fast lanes beyond the surge guard are served: the time between their matches, smoothed.
//! One atomic word a lane; read by the estimate of the wait.

use model::Moment;

use crate::lane_no::LaneNo;
use crate::sync::{LongCount, Relaxed};

/// A longer gap, in seconds, belongs to no surge: what was known of the one before is forgotten.
const GAP_MAX_S: f64 = 600.0;
/// What the last gap counts against those before it.
const NEW_WEIGHT: f64 = 0.2;

/// The pace of all lanes.
pub(crate) struct Pace(Box<[LongCount]>);

impl Pace {
    pub(crate) fn new(lanes: usize) -> Self {
        Self((0..lanes).map(|_| LongCount::new(0)).collect())
    }

    /// A ticket of the lane was matched. Only gaps while the lane is beyond the guard count.
    pub(crate) fn dispatched(&self, lane: LaneNo, at: Moment, level: i8) {
        if level < 1 {
            return;
        }
        let now = ticks(at);
        // A figure; each swap keeps time and gap together.
        let _ = self.0[lane.at()].fetch_update(Relaxed, Relaxed, |word| {
            let gap = f64::from(now.wrapping_sub((word >> 32) as u32)) / 100.0;
            if gap > GAP_MAX_S {
                return Some(u64::from(now) << 32);
            }
            let before = f64::from(f32::from_bits(word as u32));
            let smooth = match (word, before > 0.0) {
                (0, _) => 0.0,
                (_, false) => gap,
                (_, true) => before + NEW_WEIGHT * (gap - before),
            };
            Some((u64::from(now) << 32) | u64::from((smooth as f32).to_bits()))
        });
    }

    /// Seconds between two matches; none while too few are known.
    pub(crate) fn gap_s(&self, lane: LaneNo) -> Option<f64> {
        let word = self.0[lane.at()].load(Relaxed); // a figure
        Some(f64::from(f32::from_bits(word as u32))).filter(|gap| *gap > 0.0)
    }
}

/// 10 ms, never zero.
fn ticks(at: Moment) -> u32 {
    ((at.as_millis() / 10) as u32).max(1)
}

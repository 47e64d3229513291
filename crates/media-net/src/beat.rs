//! The beat by which prompts are played: a frame each 20 ms for every leg, in four groups 5 ms apart.
//!
//! One beat serves all legs of a worker; the groups keep a thousand packets from leaving in one burst. A beat that was
//! missed is caught up, but never more than a few frames: then it goes on from now, and listeners hear a short gap.

use std::time::Duration;

use model::Moment;

/// Groups of legs that play, each with its own turn.
pub(crate) const GROUPS: usize = 4;
/// Between two groups' turns; each group's turn comes every 20 ms.
const STEP: Duration = Duration::from_millis(5);
/// Lateness that is caught up: three frames of each group. Beyond it the beat starts anew.
const CATCH_UP_MAX: Duration = Duration::from_millis(60);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Beat {
    next_at: Moment,
    group: usize,
}

impl Beat {
    pub(crate) const fn new() -> Self {
        Self { next_at: Moment::EPOCH, group: 0 }
    }

    /// The group whose turn has come, until `None`: nobody's yet.
    pub(crate) fn due(&mut self, at: Moment) -> Option<usize> {
        if at < self.next_at {
            return None;
        }
        if at.since(self.next_at) > CATCH_UP_MAX {
            self.next_at = at;
        }
        self.next_at = self.next_at + STEP;
        let group = self.group;
        self.group = (group + 1) % GROUPS;
        Some(group)
    }

    /// When the next turn is.
    pub(crate) const fn next_at(&self) -> Moment {
        self.next_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Moment {
        Moment::from_micros(1_000_000_000 + micros)
    }

    fn turns(beat: &mut Beat, at: Moment) -> Vec<usize> {
        std::iter::from_fn(|| beat.due(at)).collect()
    }

    #[test]
    fn each_group_gets_fifty_turns_a_second() {
        let mut beat = Beat::new();
        let mut played = [0; GROUPS];
        for micros in (0..1_000_000).step_by(700) {
            for group in turns(&mut beat, at(micros)) {
                played[group] += 1;
            }
        }
        assert_eq!(played, [50; GROUPS]);
    }

    #[test]
    fn a_short_delay_is_caught_up_and_a_long_one_is_not() {
        let mut beat = Beat::new();
        assert_eq!(turns(&mut beat, at(0)), [0]);
        assert_eq!(turns(&mut beat, at(40_000)).len(), 8);
        assert_eq!(turns(&mut beat, at(10_000_000)).len(), 1);
        assert_eq!(beat.next_at(), at(10_005_000));
    }
}

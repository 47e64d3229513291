//! How often something may happen in a second: counts, and begins anew each second.
//! Knows no clock, and not what it counts.

use std::time::{Duration, Instant};

/// So many in each second; more are refused until the next begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    most: u16,
    used: u16,
    began: Instant,
}

impl Allowance {
    pub(crate) const fn new(most: u16, at: Instant) -> Self {
        Self { most, used: 0, began: at }
    }

    pub(crate) fn allows(&mut self, at: Instant) -> bool {
        if at.saturating_duration_since(self.began) >= Duration::from_secs(1) {
            (self.began, self.used) = (at, 0);
        }
        self.used = self.used.saturating_add(1);
        self.used <= self.most
    }
}

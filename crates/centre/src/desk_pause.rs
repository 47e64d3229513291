//! How long a pause that nobody chose lasts: which end by themselves, and after how long.
//! Knows reasons and the agent's kind of phone; the desk does what follows.

use std::time::Duration;

use model::PauseReason;
use plan::ReadyRule;

use crate::desk::Desk;

/// `routing.md`: busy here means busy elsewhere for this long.
const BUSY_ELSEWHERE: Duration = Duration::from_secs(10);
/// An agent without a desktop comes back by itself from "no answer".
const NO_ANSWER_WITHOUT_DESK: Duration = Duration::from_secs(60);
/// A phone at a fixed contact never registers: it is tried again after this, doubled each time …
const FIXED_RETRY_MIN: Duration = Duration::from_secs(5);
/// … up to this.
const FIXED_RETRY_MAX: Duration = Duration::from_secs(60);

impl Desk {
    /// After how long a pause for this reason ends by itself; none: it doesn't.
    pub(crate) fn comes_back_after(&self, reason: &PauseReason) -> Option<Duration> {
        match reason {
            PauseReason::BusyElsewhere => Some(BUSY_ELSEWHERE),
            PauseReason::NoAnswer if self.rule() != ReadyRule::AtTheDesk => Some(NO_ANSWER_WITHOUT_DESK),
            PauseReason::PhoneGone if self.fixed => {
                let doubled = FIXED_RETRY_MIN.saturating_mul(1 << self.unreached.saturating_sub(1).min(8));
                Some(doubled.min(FIXED_RETRY_MAX))
            }
            PauseReason::Chosen(_)
            | PauseReason::NoAnswer
            | PauseReason::PhoneGone
            | PauseReason::OwnCall
            | PauseReason::SoundTest
            | PauseReason::SoundUnproven => None,
        }
    }
}

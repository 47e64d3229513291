//! What a citizen was told about the wait, and what may be told later.
//!
//! Rules from `routing.md`, "Waiting time told to callers": whole minutes, never under one, never longer than what is left of
//! the earlier word unless the situation changed, and then it says so. Knows no estimate's origin: see `waiting_time.rs`.

use std::time::Duration;

use model::Moment;

/// An announcement is so much longer than the expected wait, so that four in five are kept.
const MARGIN: f64 = 1.75;
const MINUTE: Duration = Duration::from_secs(60);
/// The longest announcement: a day.
const MINUTES_MAX: u32 = 24 * 60;

/// Why a citizen waits as long as they do; compared to find out whether the situation changed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Situation {
    /// Calls ahead, of equal or better level. In one's own lane this never grows; a priority grant or a returned call makes it.
    pub ahead: f64,
    /// Agents on duty who can take the call.
    pub capable: f64,
}

impl Situation {
    /// Worse means: at least one agent fewer, or at least one call more ahead. Anything smaller is noise of the estimate.
    fn is_worse_than(self, earlier: Self) -> bool {
        self.capable <= earlier.capable - 1.0 || self.ahead >= earlier.ahead + 1.0
    }
}

/// "Within `minutes` minutes."
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Announcement {
    /// Whole minutes from now, 1 to 1,440.
    pub minutes: u32,
    /// How it stands to what was said before.
    pub tone: Tone,
}

/// How an announcement stands to the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Nothing was said before.
    First,
    /// It keeps to what was said before.
    AsSaid,
    /// It is longer: there are fewer agents, or more calls ahead. The announcement must say so.
    SituationChanged,
    /// It is longer: the time that was named is over. The announcement must say so; another "within a minute" would be untrue.
    TimeIsOver,
}

/// What one citizen was told.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Promise {
    first_until: Moment,
    until: Moment,
    situation: Situation,
}

impl Promise {
    /// The first announcement.
    pub fn first(wait: Duration, situation: Situation, now: Moment) -> (Self, Announcement) {
        let minutes = minutes(wait);
        let until = now + MINUTE * minutes;
        (Self { first_until: until, until, situation }, Announcement { minutes, tone: Tone::First })
    }

    /// A later announcement. The expected wait counts from `now`.
    ///
    /// What is left of the earlier word is rounded down to whole minutes, but never under one: so in its last minute a citizen
    /// still hears "within one minute".
    pub fn again(&mut self, wait: Duration, situation: Situation, now: Moment) -> Announcement {
        let wanted = minutes(wait);
        let left = self.until.since(now);
        let most = u32::try_from(left.as_secs() / MINUTE.as_secs()).unwrap_or(MINUTES_MAX).max(1);
        let said = if wanted <= most && !left.is_zero() {
            Announcement { minutes: wanted, tone: Tone::AsSaid }
        } else if situation.is_worse_than(self.situation) {
            Announcement { minutes: wanted, tone: Tone::SituationChanged }
        } else if left.is_zero() {
            Announcement { minutes: wanted, tone: Tone::TimeIsOver }
        } else {
            Announcement { minutes: most, tone: Tone::AsSaid }
        };
        let until = now + MINUTE * said.minutes;
        if said.tone != Tone::AsSaid || (said.minutes == wanted && until < self.until) {
            // Only a word that came from this situation is measured by it; else small worsenings would never add up.
            self.situation = situation;
        }
        // What is left is rounded down to be told, but binds unrounded: else a word each half minute would count down
        // twice as fast as the clock.
        self.until = match said.tone {
            Tone::AsSaid if said.minutes < wanted => self.until,
            Tone::AsSaid => until.min(self.until),
            Tone::First | Tone::SituationChanged | Tone::TimeIsOver => until,
        };
        said
    }

    /// Until when the first announcement promised an agent. It alone counts.
    pub fn first_until(&self) -> Moment {
        self.first_until
    }

    /// Whether an agent at `answered` keeps the promise: the first announcement, whatever was said later.
    pub fn is_kept(&self, answered: Moment) -> bool {
        answered <= self.first_until
    }
}

/// 1.75 times the expected wait in whole minutes, rounded up, never under one.
fn minutes(wait: Duration) -> u32 {
    let minutes = (wait.as_secs_f64() * MARGIN / MINUTE.as_secs_f64()).ceil();
    (minutes as u32).clamp(1, MINUTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Situation = Situation { ahead: 6.0, capable: 12.0 };

    fn at(seconds: i64) -> Moment {
        Moment::from_secs(1_795_000_000 + seconds)
    }

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_citizen_hears_whole_minutes_with_a_margin_and_never_less_than_one() {
        let heard = |wait| Promise::first(secs(wait), CALM, at(0)).1.minutes;
        assert_eq!([heard(0), heard(34), heard(35), heard(100), heard(3_600)], [1, 1, 2, 3, 105]);
        assert_eq!(Promise::first(Duration::MAX, CALM, at(0)).1.minutes, 1_440);
    }

    #[test]
    fn what_is_said_later_keeps_to_what_was_said_first() {
        let (mut promise, _) = Promise::first(secs(160), CALM, at(0));
        let later = promise.again(secs(160), CALM, at(90));
        assert_eq!(later, Announcement { minutes: 3, tone: Tone::AsSaid }, "5 minutes less one and a half");
        let last = promise.again(secs(160), CALM, at(250));
        assert_eq!(last, Announcement { minutes: 1, tone: Tone::AsSaid });
    }

    #[test]
    fn however_often_it_is_told_a_wait_counts_down_as_the_clock_does() {
        let (mut promise, first) = Promise::first(secs(340), CALM, at(0));
        assert_eq!(first.minutes, 10);
        let told: Vec<u32> = (1..=20).map(|n| promise.again(secs(340), CALM, at(30 * n - 1)).minutes).collect();
        assert_eq!(told, [9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 1, 1]);
    }

    #[test]
    fn better_news_is_told_at_once_and_then_binds() {
        let (mut promise, _) = Promise::first(secs(600), CALM, at(0));
        assert_eq!(promise.again(secs(100), CALM, at(60)).minutes, 3);
        assert_eq!(promise.again(secs(600), CALM, at(120)).minutes, 2);
    }

    #[test]
    fn when_agents_leave_the_citizen_hears_a_longer_time_and_that_something_changed() {
        let (mut promise, _) = Promise::first(secs(60), CALM, at(0));
        let fewer = Situation { capable: 6.0, ..CALM };
        let said = promise.again(secs(300), fewer, at(30));
        assert_eq!(said, Announcement { minutes: 9, tone: Tone::SituationChanged });
        assert_eq!(promise.again(secs(300), fewer, at(60)).tone, Tone::AsSaid, "said once, it binds again");
    }

    #[test]
    fn a_worse_situation_that_still_fits_the_word_needs_no_word() {
        let (mut promise, _) = Promise::first(secs(600), CALM, at(0));
        let grant = Situation { ahead: 8.0, ..CALM };
        assert_eq!(promise.again(secs(500), grant, at(10)).tone, Tone::AsSaid);
    }

    #[test]
    fn small_worsenings_add_up_to_a_change() {
        let (mut promise, _) = Promise::first(secs(300), CALM, at(0));
        let slowly = |ahead| Situation { ahead, ..CALM };
        assert_eq!(promise.again(secs(400), slowly(6.6), at(10)).tone, Tone::AsSaid);
        assert_eq!(promise.again(secs(500), slowly(7.2), at(20)).tone, Tone::SituationChanged);
    }

    #[test]
    fn when_the_time_named_is_over_the_citizen_is_not_told_one_minute_again_and_again() {
        let (mut promise, _) = Promise::first(secs(30), CALM, at(0));
        let said = promise.again(secs(120), CALM, at(60));
        assert_eq!(said, Announcement { minutes: 4, tone: Tone::TimeIsOver });
        assert_eq!(promise.again(secs(120), CALM, at(120)), Announcement { minutes: 3, tone: Tone::AsSaid });
    }

    #[test]
    fn only_the_first_announcement_counts_as_kept() {
        let (mut promise, first) = Promise::first(secs(30), CALM, at(0));
        assert_eq!(first.minutes, 1);
        promise.again(secs(600), Situation { capable: 1.0, ..CALM }, at(20));
        assert!(promise.is_kept(at(60)));
        assert!(!promise.is_kept(at(61)), "the later, longer word does not save the promise");
    }
}

//! Which outcome fits which story.
//! Knows what a call has come through; not in which order.

use model::Outcome;

use super::{Stage, Story};

/// Whether a story may end so.
pub(super) fn fits(outcome: Outcome, story: &Story) -> bool {
    match outcome {
        Outcome::ServedByBot => !story.talked,
        Outcome::LedOutside => story.led_from.is_some() && !story.talked && !story.own,
        Outcome::Talked if story.own => story.talked || story.led_from.is_some(),
        Outcome::LeftMessage => story.left_message && !story.talked,
        Outcome::Talked => story.talked,
        Outcome::GaveUp if story.own => !story.talked,
        Outcome::Abandoned | Outcome::GaveUp => story.queued && !story.talked,
        Outcome::Full => !story.queued,
        Outcome::AbandonedEarly => !story.queued,
        Outcome::Closed => story.stage == Stage::Closed,
        Outcome::UnknownNumber => story.stage == Stage::Arrived,
        Outcome::Failed => true,
        Outcome::CallbackFailed => story.called_back && !story.talked,
        Outcome::Cut => false,
    }
}

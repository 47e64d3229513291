//! A leg on which we hung up: it is over when the other side agrees, or after 64·T1 at the latest.
//! Knows BYE and CANCEL; doesn't know why we hung up.

use model::{Cause, LegEnd, LegEvent, LegId, Moment};

use super::dialog::Dialog;
use super::leg::{LegInput, Stage};
use super::step::Step;
use crate::message::Method;

/// A leg whose BYE is on its way.
pub(crate) struct Leaving {
    pub(crate) dialog: Dialog,
    branch: u64,
}

impl Leaving {
    /// Sends the BYE. Where it can't be sent the leg still ends, with the next tick.
    pub(crate) fn begin(mut dialog: Dialog, cause: Cause, leg: LegId, step: &mut Step<'_>) -> Stage {
        let branch = step.bye(&mut dialog, Some(leg), cause).unwrap_or(0);
        Stage::Leaving(Box::new(Self { dialog, branch }))
    }

    pub(crate) fn handle(self: Box<Self>, leg: LegId, input: &LegInput<'_>, step: &mut Step<'_>) -> Option<Stage> {
        match input {
            LegInput::Heard { branch, response } if *branch == self.branch && response.status >= 200 => {}
            LegInput::GivenUp { branch } if *branch == self.branch => {}
            LegInput::Time => {}
            // Both hang up at once (RFC 5407 §3.1.3): each BYE is answered.
            LegInput::Asked(asked) if asked.request.method == Method::Bye => {
                step.answer(asked, 200, |_| {});
                step.ground.clients.disown(self.branch);
            }
            LegInput::Asked(asked) => {
                step.answer_or_refuse(asked, 481, |_| {});
                return Some(Stage::Leaving(self));
            }
            LegInput::Command(_)
            | LegInput::Ack(_)
            | LegInput::Cancelled
            | LegInput::Undelivered
            | LegInput::Heard { .. }
            | LegInput::GivenUp { .. } => return Some(Stage::Leaving(self)),
        }
        step.tell(LegEvent::Ended { leg, why: LegEnd::LetGo });
        None
    }

    pub(crate) fn due(&self) -> Option<Moment> {
        // Branches are drawn, 0 means that nothing could be sent.
        (self.branch == 0).then_some(Moment::EPOCH)
    }
}

//! How we refresh a session: by UPDATE where the peer knows it, else by a re-INVITE with the same session (RFC 4028 §7.4).
//! Knows how; when is known by the session timer.

use std::time::Duration;

use model::{LegId, LegSide, Moment};

use super::leg::Stage;
use super::session_timer::{Lines, SessionClock};
use super::step::{SUPPORTED_IN_INVITES, Step};
use super::talking::Talking;
use crate::message::{ALLOW, HeaderName, Method, Refresher, Response};

/// After a 491, who made the Call-ID waits between these, the other side up to the first (RFC 3261 §14.1).
const GLARE_WAIT: (Duration, Duration) = (Duration::from_millis(2_100), Duration::from_secs(4));
/// The other side's longest wait.
const GLARE_WAIT_OTHER_MAX: Duration = Duration::from_secs(2);

/// When our own table of transactions is full, a refresh is tried again after this.
const FULL_WAIT: Duration = Duration::from_secs(5);

/// A refresh of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refresh {
    /// None is under way.
    Idle,
    /// Under way.
    Asked { branch: u64, invite: bool },
    /// It met one of the peer's: tried again then.
    Again { at: Moment },
}

impl Refresh {
    /// When the next is to be sent.
    pub(crate) fn due(&self, clock: &SessionClock) -> Option<Moment> {
        match self {
            Self::Idle => clock.refresh_at(),
            Self::Again { at } => Some(*at),
            Self::Asked { .. } => None,
        }
    }
    /// Whether that is its branch.
    pub(crate) fn is(&self, branch: u64) -> bool {
        matches!(self, Self::Asked { branch: ours, .. } if *ours == branch)
    }
    /// Whether a request of the peer may not come in between: ours is a re-INVITE (RFC 3261 §14.2). An UPDATE of ours has
    /// no session, so nothing collides with it.
    pub(crate) fn collides_with(&self, has_offer: bool) -> bool {
        has_offer && matches!(self, Self::Asked { invite: true, .. })
    }
    /// The leg goes: the transaction ends by itself.
    pub(crate) fn disown(&self, step: &mut Step<'_>) {
        if let Self::Asked { branch, .. } = self {
            step.ground.clients.disown(*branch);
        }
    }
}

impl Talking {
    /// Sends a refresh.
    pub(crate) fn refresh_now(&mut self, leg: LegId, step: &mut Step<'_>) {
        let Some(clock) = self.clock else { return };
        let lines = Lines::offer(clock.interval(), Some(Refresher::Uac));
        let contact = step.contact(self.listener);
        let invite = !self.dialog.knows_update;
        let method = if invite { Method::Invite } else { Method::Update };
        let session = invite.then(|| self.session.clone());
        let branch = step.ask(&mut self.dialog, &method, Some(leg), session.as_deref(), |writer| {
            writer.line(HeaderName::Contact, contact).line(HeaderName::Allow, ALLOW);
            writer.line(HeaderName::Supported, SUPPORTED_IN_INVITES);
            lines.write(writer);
        });
        let again = Refresh::Again { at: step.at + FULL_WAIT };
        self.refresh = branch.map_or(again, |branch| Refresh::Asked { branch, invite });
    }

    /// An answer to a refresh.
    pub(crate) fn refreshed(
        mut self: Box<Self>,
        leg: LegId,
        branch: u64,
        response: &Response,
        step: &mut Step<'_>,
    ) -> Option<Stage> {
        let Refresh::Asked { branch: ours, invite } = self.refresh else { return Some(Stage::Talking(self)) };
        if ours != branch || response.status < 200 {
            return Some(Stage::Talking(self));
        }
        match response.status {
            200..=299 => {
                if invite {
                    step.accept(branch, response);
                }
                self.dialog.refresh(&response.headers);
                // A 2xx without a timer: the peer does without from now on.
                self.clock = SessionClock::from_answer(&response.headers, step.at);
                self.refresh = Refresh::Idle;
            }
            408 | 481 => return self.lost(leg, step),
            491 => self.refresh = Refresh::Again { at: step.at + glare_wait(leg, step) },
            405 | 501 if !invite => {
                self.dialog.knows_update = false;
                self.refresh = Refresh::Again { at: step.at };
            }
            // Refused, but by somebody who is alive: that is what we wanted to know.
            _ => {
                self.clock = self.clock.map(|clock| clock.renewed(step.at));
                self.refresh = Refresh::Idle;
            }
        }
        Some(Stage::Talking(self))
    }
}

fn glare_wait(leg: LegId, step: &mut Step<'_>) -> Duration {
    match leg.side() {
        LegSide::Outbound => step.ground.marks.span_between(GLARE_WAIT.0, GLARE_WAIT.1),
        LegSide::Inbound => step.ground.marks.span_between(Duration::ZERO, GLARE_WAIT_OTHER_MAX),
    }
}

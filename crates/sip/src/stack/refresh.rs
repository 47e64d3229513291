//! How we refresh a session: by UPDATE where the peer knows it, else by a re-INVITE with the same session (RFC 4028 §7.4).
//! Knows how; when is known by the session timer.

use std::time::Duration;

use bytes::Bytes;
use model::{LegEvent, LegId, LegSide, Moment};

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
    /// Under way. `lengthened`: the peer found our interval too short before.
    Asked { branch: u64, by: By, lengthened: bool },
    /// It met one of the peer's, or was too short: tried again then.
    Again { at: Moment, lengthened: bool },
}

/// How a peer is asked whether it is still there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum By {
    /// With its session, for who knows no UPDATE.
    Invite,
    /// Without a session (RFC 4028 §7.4).
    Update,
    /// Who has no session timers and knows no UPDATE is only asked what it can do; any answer is a sign of life.
    Options,
}

impl Refresh {
    /// When the next is to be sent.
    pub(crate) fn due(&self, clock: &SessionClock) -> Option<Moment> {
        match self {
            Self::Idle => clock.refresh_at(),
            Self::Again { at, .. } => Some(*at),
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
        has_offer && matches!(self, Self::Asked { by: By::Invite, .. })
    }
    /// The leg goes: the transaction ends by itself.
    pub(crate) fn disown(&self, step: &mut Step<'_>) {
        if let Self::Asked { branch, .. } = self {
            step.ground.clients.disown(*branch);
        }
    }
    const fn lengthened(&self) -> bool {
        match self {
            Self::Idle => false,
            Self::Asked { lengthened, .. } | Self::Again { lengthened, .. } => *lengthened,
        }
    }
}

impl Talking {
    /// Sends a refresh.
    pub(crate) fn refresh_now(&mut self, leg: LegId, step: &mut Step<'_>) {
        let Some(clock) = self.clock else { return };
        let lengthened = self.refresh.lengthened();
        let by = match (self.dialog.knows_update, self.timerless && self.dialog.knows_options) {
            (true, _) => By::Update,
            (false, true) => By::Options,
            (false, false) => By::Invite,
        };
        let (method, session) = match by {
            By::Invite => (Method::Invite, Some(self.session.clone())),
            By::Update => (Method::Update, None),
            By::Options => (Method::Options, None),
        };
        let lines = Lines::offer(clock.interval(), Some(Refresher::Uac));
        let contact = step.contact(self.listener);
        let branch = step.ask(&mut self.dialog, &method, Some(leg), session.as_deref(), |writer| {
            writer.line(HeaderName::Contact, contact).line(HeaderName::Allow, ALLOW);
            writer.line(HeaderName::Supported, SUPPORTED_IN_INVITES);
            if by != By::Options {
                lines.write(writer);
            }
            if lengthened {
                writer.line(HeaderName::MinSe, clock.interval().as_secs());
            }
        });
        let again = Refresh::Again { at: step.at + FULL_WAIT, lengthened };
        self.refresh = branch.map_or(again, |branch| Refresh::Asked { branch, by, lengthened });
    }

    /// An answer to a refresh.
    pub(crate) fn refreshed(
        mut self: Box<Self>,
        leg: LegId,
        branch: u64,
        response: &Response,
        step: &mut Step<'_>,
    ) -> Option<Stage> {
        let Refresh::Asked { branch: ours, by, lengthened } = self.refresh else { return Some(Stage::Talking(self)) };
        if ours != branch || response.status < 200 {
            return Some(Stage::Talking(self));
        }
        match response.status {
            408 | 481 => return self.lost(leg, step),
            200..=299 => self.agreed(leg, branch, by, response, step),
            422 if !lengthened => {
                let longer = self.clock.and_then(|clock| clock.lengthened(&response.headers));
                self.refresh = match longer {
                    Some(_) => Refresh::Again { at: step.at, lengthened: true },
                    None => Refresh::Idle,
                };
                self.clock = longer.or(self.clock).map(|clock| clock.renewed(step.at));
            }
            491 => self.refresh = Refresh::Again { at: step.at + glare_wait(leg, step), lengthened },
            405 | 501 if by == By::Update => {
                self.dialog.knows_update = false;
                self.refresh = Refresh::Again { at: step.at, lengthened };
                if self.timerless && !self.dialog.knows_options {
                    (self.clock, self.refresh) = (None, Refresh::Idle);
                }
            }
            // Refused, but by somebody who is alive: that is what we wanted to know.
            _ => {
                self.clock = self.clock.map(|clock| clock.renewed(step.at));
                self.refresh = Refresh::Idle;
            }
        }
        Some(Stage::Talking(self))
    }

    /// The peer agrees. A 2xx without a timer: it does without from now on, so we alone go on asking.
    fn agreed(&mut self, leg: LegId, branch: u64, by: By, response: &Response, step: &mut Step<'_>) {
        self.refresh = Refresh::Idle;
        let before = self.clock.map(|clock| clock.kept_by_us(step.at));
        if by == By::Options {
            self.clock = before;
            return;
        }
        if by == By::Invite {
            step.accept(branch, response);
            // Its answer may differ from the last one (RFC 3264 §8): another address, or a hold.
            if let Some(session) = response.session() {
                step.tell(LegEvent::SessionAnswered { leg, session: Bytes::copy_from_slice(&session) });
            }
        }
        self.dialog.refresh(&response.headers);
        self.clock = SessionClock::from_answer(&response.headers, step.at).or(before);
    }
}

fn glare_wait(leg: LegId, step: &mut Step<'_>) -> Duration {
    match leg.side() {
        LegSide::Outbound => step.ground.marks.span_between(GLARE_WAIT.0, GLARE_WAIT.1),
        LegSide::Inbound => step.ground.marks.span_between(Duration::ZERO, GLARE_WAIT_OTHER_MAX),
    }
}

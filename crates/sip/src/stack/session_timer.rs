//! Session timers (RFC 4028): who refreshes the session, how often, and when a silent peer counts as lost.
//! Knows intervals and roles; sends nothing itself.

use std::time::Duration;

use model::Moment;

use crate::message::{HeaderName, Headers, Refresher, SessionExpires, Writer};

/// The shortest session that we agree to (RFC 4028 §5); less gets 422.
pub(crate) const MIN_SE_S: u32 = 90;
/// The longest that we believe, one day; longer ones are kept as this.
const SESSION_MAX_S: u32 = 86_400;
/// A peer without session timers is asked at least each half of this, so that no agent sits for long with somebody who is gone.
const ALONE_MAX: Duration = Duration::from_secs(600);
/// Who does not refresh hangs up this long before the end, or a third of the interval if that is less (RFC 4028 §10).
const BEFORE_END_MAX: Duration = Duration::from_secs(32);

/// What a request says about session timers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Wish {
    supported: bool,
    asked: Option<SessionExpires>,
}

impl Wish {
    /// Nothing: requests before the answer don't speak of session timers.
    pub(crate) const NOTHING: Self = Self { supported: false, asked: None };

    /// Reads it; `None` where the interval is too small (422).
    pub(crate) fn read(headers: &Headers) -> Option<Self> {
        let supported = headers.lists(HeaderName::Supported, "timer") || headers.lists(HeaderName::Require, "timer");
        let mut asked = headers.session_expires();
        if let Some(expires) = &mut asked {
            if expires.seconds < MIN_SE_S && supported {
                return None;
            }
            expires.seconds = expires.seconds.clamp(MIN_SE_S, SESSION_MAX_S);
        }
        Some(Self { supported, asked })
    }

    /// What we answer (RFC 4028 §9, table 2), and the clock that runs from now on. Where the peer leaves it open, we refresh.
    pub(crate) fn agree(&self, ours: Duration, at: Moment) -> (Option<SessionClock>, Lines) {
        let (seconds, refresher) = match self.asked {
            Some(SessionExpires { seconds, refresher: Some(Refresher::Uac) }) if self.supported => {
                (seconds, Refresher::Uac)
            }
            Some(SessionExpires { seconds, .. }) => (seconds, Refresher::Uas),
            None if self.supported => ((ours.as_secs() as u32).clamp(MIN_SE_S, SESSION_MAX_S), Refresher::Uas),
            None => return (None, Lines { expires: None, require: false }),
        };
        let clock = SessionClock::new(seconds, refresher == Refresher::Uas, at);
        let require = refresher == Refresher::Uac;
        (Some(clock), Lines { expires: Some((seconds, Some(refresher))), require })
    }
}

/// The lines of a message that speak of session timers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Lines {
    expires: Option<(u32, Option<Refresher>)>,
    require: bool,
}

impl Lines {
    /// What a request of ours asks for: to refresh ourselves, or to leave it to the peer to choose.
    pub(crate) fn offer(interval: Duration, refresher: Option<Refresher>) -> Self {
        let seconds = (interval.as_secs() as u32).clamp(MIN_SE_S, SESSION_MAX_S);
        Self { expires: Some((seconds, refresher)), require: false }
    }
    /// Writes them.
    pub(crate) fn write(self, writer: &mut Writer) {
        let Some((seconds, refresher)) = self.expires else { return };
        let refresher = match refresher {
            Some(Refresher::Uac) => ";refresher=uac",
            Some(Refresher::Uas) => ";refresher=uas",
            None => "",
        };
        writer.line(HeaderName::SessionExpires, format_args!("{seconds}{refresher}"));
        if self.require {
            writer.line(HeaderName::Require, "timer");
        }
    }
}

/// A session timer that runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SessionClock {
    interval: Duration,
    ours: bool,
    since: Moment,
}

impl SessionClock {
    fn new(seconds: u32, ours: bool, since: Moment) -> Self {
        Self { interval: Duration::from_secs(u64::from(seconds)), ours, since }
    }
    /// The peer does without session timers, but can be asked whether it is alive: we ask alone (RFC 4028 §7.2 allows it).
    pub(crate) fn alone(ours: Duration, since: Moment) -> Self {
        Self { interval: ours.min(ALONE_MAX), ours: true, since }
    }
    /// The peer finds the interval too short (422): the one that it asks for, if that is longer and no longer than a day.
    pub(crate) fn lengthened(self, headers: &Headers) -> Option<Self> {
        let seconds = headers.min_se().filter(|seconds| *seconds <= SESSION_MAX_S)?;
        let interval = Duration::from_secs(u64::from(seconds));
        (interval > self.interval).then_some(Self { interval, ..self })
    }
    /// From a 2xx to a request of ours; none where the peer does without (RFC 4028 §7.2).
    pub(crate) fn from_answer(headers: &Headers, at: Moment) -> Option<Self> {
        let expires = headers.session_expires()?;
        let seconds = expires.seconds.clamp(MIN_SE_S, SESSION_MAX_S);
        Some(Self::new(seconds, expires.refresher != Some(Refresher::Uas), at))
    }
    /// When we refresh; none where the peer does.
    pub(crate) fn refresh_at(&self) -> Option<Moment> {
        self.ours.then(|| self.since + self.interval / 2)
    }
    /// When the peer counts as lost, without a refresh.
    pub(crate) fn lost_at(&self) -> Moment {
        self.since + self.interval.saturating_sub(BEFORE_END_MAX.min(self.interval / 3))
    }
    /// The same, counted from now.
    pub(crate) const fn renewed(self, at: Moment) -> Self {
        Self { since: at, ..self }
    }
    /// The same, counted from now, and refreshed by us whatever the peer does.
    pub(crate) const fn kept_by_us(self, at: Moment) -> Self {
        Self { since: at, ours: true, ..self }
    }
    /// How long the session lives without a refresh.
    pub(crate) const fn interval(&self) -> Duration {
        self.interval
    }
}

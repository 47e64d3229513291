//! An offer that the peer made inside the dialog (re-INVITE, UPDATE), while the centre decides about it.
//! Knows one offer at a time (RFC 3261 §14.2); never reads a description.

use std::time::Duration;

use bytes::Bytes;
use model::{LegId, Moment};

use super::answered::Repeat;
use super::session_timer::{SessionClock, Wish};
use super::step::{Asked, Step};
use crate::message::{ALLOW, Echo, HeaderName, Method, SUPPORTED};

/// How long the centre may take to answer an offer; then it is refused with 500 and the session stays as it was.
const DECISION_MAX: Duration = Duration::from_secs(10);

/// An open offer.
pub(crate) struct Offered {
    key: u64,
    echo: Echo,
    cseq: u32,
    invite: bool,
    /// Whether it had a session; if not, ours will be the offer.
    with_session: bool,
    wish: Wish,
    /// When we stop waiting for the centre.
    pub(crate) until: Moment,
}

/// Our 200 to a re-INVITE, not acknowledged yet.
pub(crate) struct Unacknowledged {
    pub(crate) repeat: Repeat,
    pub(crate) cseq: u32,
    pub(crate) offer_is_ours: bool,
}

impl Offered {
    /// Opens its transaction; a re-INVITE gets 100 at once. None at the bound of transactions.
    pub(crate) fn begin(
        leg: LegId,
        asked: &Asked<'_>,
        wish: Wish,
        with_session: bool,
        step: &mut Step<'_>,
    ) -> Option<Self> {
        if !step.ground.servers.open(asked.key, asked.path, Some(leg), None) {
            return None;
        }
        let echo = asked.echo(None);
        let invite = asked.request.method == Method::Invite;
        if invite {
            let bytes = step.response(100, &echo, |_| {});
            step.provisional(asked.key, bytes);
        }
        let until = step.at + DECISION_MAX;
        Some(Self { key: asked.key, echo, cseq: asked.request.headers.cseq(), invite, with_session, wish, until })
    }

    /// Accepts it with our session. Returns the session timer that runs now, and for a re-INVITE what waits for its ACK.
    pub(crate) fn accept(
        self,
        session: &Bytes,
        contact: &str,
        step: &mut Step<'_>,
    ) -> (Option<SessionClock>, Option<Unacknowledged>) {
        let (clock, lines) = self.wish.agree(step.ground.settings.session_expires, step.at);
        let writer = &mut step.ground.writer;
        writer.response(200, &self.echo).line(HeaderName::Contact, contact);
        writer.line(HeaderName::Allow, ALLOW).line(HeaderName::Supported, SUPPORTED);
        lines.write(writer);
        let ok = writer.finish_with_session(Some(&session[..]));
        if !self.invite {
            let path = step.ground.servers.answer(self.key, &ok, step.at);
            step.send_back(path, ok);
            return (clock, None);
        }
        let path = step.ground.servers.accept(self.key, step.at);
        step.send_back(path, ok.clone());
        let repeat = Repeat::of_answer(ok, path, step);
        (clock, Some(Unacknowledged { repeat, cseq: self.cseq, offer_is_ours: !self.with_session }))
    }

    /// Refuses it; the session stays as it was.
    pub(crate) fn reject(self, status: u16, step: &mut Step<'_>) {
        let bytes = step.response(status, &self.echo, |_| {});
        if self.invite {
            step.refuse_with(self.key, bytes);
        } else {
            let path = step.ground.servers.answer(self.key, &bytes, step.at);
            step.send_back(path, bytes);
        }
    }
}

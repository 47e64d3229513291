//! A leg: one party's dialog with us, as the stage at which it stands.
//!
//! The order of stages is readable here: a citizen's leg goes Waiting → Answered → Talking, an agent's
//! Calling → Talking, and both end in Leaving if it was us who hung up.

use std::net::IpAddr;

use model::{LegCommand, LegEvent, LegId, Moment, TrunkId};

use super::answered::Answered;
use super::calling::Calling;
use super::dialog::Dialog;
use super::leaving::Leaving;
use super::step::{ACCEPT, Asked, Step};
use super::talking::Talking;
use super::waiting::Waiting;
use crate::message::{ALLOW, HeaderName, Method, Request, Response, SUPPORTED};

/// One leg in the stack's table.
pub(crate) struct Leg {
    pub(crate) id: LegId,
    /// Taken out while something happens to it.
    pub(crate) stage: Option<Stage>,
    /// The timer that is set for it.
    pub(crate) due: Option<Moment>,
    /// The tag under which its dialog is found.
    pub(crate) tag: Option<u64>,
    /// The trunk that brought it; none for agents' phones.
    pub(crate) trunk: Option<TrunkId>,
    /// The hops that its INVITE had left; as many as a new one's where it was us who called.
    pub(crate) hops: u8,
    /// From where it was heard last in a way that proves it: its INVITE, or an answer to a request of ours.
    pub(crate) heard_from: Option<IpAddr>,
}

/// Where a leg stands. Boxed, so that a leg that waits is as small as what it has to remember.
pub(crate) enum Stage {
    /// A citizen's, not answered yet.
    Waiting(Box<Waiting>),
    /// A citizen's, answered, the ACK not seen yet.
    Answered(Box<Answered>),
    /// An agent's, being called.
    Calling(Box<Calling>),
    /// Either's: the dialog stands.
    Talking(Box<Talking>),
    /// Either's: we hung up, the other side has not agreed yet.
    Leaving(Box<Leaving>),
}

/// What can happen to a leg.
pub(crate) enum LegInput<'a> {
    /// The centre asks for something.
    Command(LegCommand),
    /// A request inside its dialog, other than ACK and CANCEL.
    Asked(Asked<'a>),
    /// An ACK inside its dialog.
    Ack(&'a Request),
    /// A CANCEL for its INVITE; answered already.
    Cancelled,
    /// An answer of ours could not be delivered.
    Undelivered,
    /// A response to a request of its own: provisional, or final for the first time.
    Heard { branch: u64, response: &'a Response },
    /// A request of its own was never answered.
    GivenUp { branch: u64 },
    /// The moment that it asked for has come.
    Time,
}

impl Stage {
    /// One thing happens; returns the stage that follows, none when the leg is over.
    pub(crate) fn handle(self, leg: LegId, input: LegInput<'_>, step: &mut Step<'_>) -> Option<Self> {
        match self {
            Self::Waiting(stage) => stage.handle(leg, input, step),
            Self::Answered(stage) => stage.handle(leg, &input, step),
            Self::Calling(stage) => stage.handle(leg, &input, step),
            Self::Talking(stage) => stage.handle(leg, input, step),
            Self::Leaving(stage) => stage.handle(leg, &input, step),
        }
    }

    /// When it wants to be woken.
    pub(crate) fn due(&self) -> Option<Moment> {
        match self {
            Self::Waiting(stage) => stage.due(),
            Self::Answered(stage) => Some(stage.due()),
            Self::Calling(stage) => Some(stage.due()),
            Self::Talking(stage) => stage.due(),
            Self::Leaving(stage) => stage.due(),
        }
    }

    /// The tag by which requests inside its dialog find it.
    pub(crate) fn tag(&self) -> Option<u64> {
        self.dialog().map(|dialog| dialog.tag)
    }

    /// Its dialog, where there is one.
    pub(crate) fn dialog(&self) -> Option<&Dialog> {
        match self {
            Self::Waiting(stage) => Some(&stage.dialog),
            Self::Answered(stage) => Some(&stage.dialog),
            Self::Calling(_) => None,
            Self::Talking(stage) => Some(&stage.dialog),
            Self::Leaving(stage) => Some(&stage.dialog),
        }
    }

    /// The same, to be changed.
    pub(crate) fn dialog_mut(&mut self) -> Option<&mut Dialog> {
        match self {
            Self::Waiting(stage) => Some(&mut stage.dialog),
            Self::Answered(stage) => Some(&mut stage.dialog),
            Self::Calling(_) => None,
            Self::Talking(stage) => Some(&mut stage.dialog),
            Self::Leaving(stage) => Some(&mut stage.dialog),
        }
    }
}

/// Answers requests that change nothing about the dialog: keys, questions, and what we don't speak.
pub(crate) fn answer_aside(leg: LegId, asked: &Asked<'_>, step: &mut Step<'_>) {
    match asked.request.method {
        Method::Info => answer_info(leg, asked, step),
        Method::Options => step.answer(asked, 200, |writer| {
            writer.line(HeaderName::Allow, ALLOW);
            writer.line(HeaderName::Accept, ACCEPT).line(HeaderName::Supported, SUPPORTED);
        }),
        // A NOTIFY belongs to a subscription, and we have none (RFC 6665 §4.1.3).
        Method::Prack | Method::Notify => step.answer(asked, 481, |_| {}),
        // Agents' phones hand calls over (see `transfer`); citizens don't.
        Method::Refer => step.answer(asked, 603, |_| {}),
        Method::Subscribe => step.answer(asked, 489, |_| {}),
        Method::Other(_) => step.answer(asked, 501, |_| {}),
        Method::Invite
        | Method::Ack
        | Method::Bye
        | Method::Cancel
        | Method::Register
        | Method::Update
        | Method::Message
        | Method::Publish => step.answer(asked, 405, |_| {}),
    }
}

fn answer_info(leg: LegId, asked: &Asked<'_>, step: &mut Step<'_>) {
    let body = &asked.request.body;
    let kind = asked.request.headers.content_type().unwrap_or("");
    let text = std::str::from_utf8(body).unwrap_or("");
    let digit = if kind.eq_ignore_ascii_case("application/dtmf-relay") {
        signal_of(text)
    } else if kind.eq_ignore_ascii_case("application/dtmf") {
        key(text)
    } else if body.is_empty() {
        None
    } else {
        step.answer(asked, 415, |writer| {
            writer.line(HeaderName::Accept, ACCEPT);
        });
        return;
    };
    step.answer(asked, 200, |_| {});
    if let Some(digit) = digit {
        step.tell(LegEvent::Digit { leg, digit });
    }
}

/// `Signal=5` among the lines of a dtmf-relay body.
fn signal_of(text: &str) -> Option<char> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("signal"))
        .and_then(|(_, value)| key(value))
}

/// One key; some phones write `*` and `#` as 10 and 11.
fn key(text: &str) -> Option<char> {
    match text.trim() {
        "10" => Some('*'),
        "11" => Some('#'),
        text => {
            let mut characters = text.chars();
            let key = characters.next()?.to_ascii_uppercase();
            (characters.next().is_none() && matches!(key, '0'..='9' | '*' | '#' | 'A'..='D')).then_some(key)
        }
    }
}

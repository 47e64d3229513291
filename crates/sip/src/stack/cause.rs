//! The one table between causes and SIP: what we say when we refuse or hang up, and what a phone's status means.
//!
//! Knows statuses and Q.850 causes; does not know who asked, nor what follows.

use model::{Cause, Refusal};

/// How a cause is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Said {
    /// The status of a refusal before the answer.
    pub(crate) status: u16,
    /// The Q.850 cause of the `Reason` header (RFC 3326).
    pub(crate) q850: u8,
    /// The text of that cause.
    pub(crate) text: &'static str,
    /// Whether the refusal says when to come again (a randomised Retry-After).
    pub(crate) retry: bool,
}

/// How `cause` is said.
pub(crate) const fn said(cause: Cause) -> Said {
    let (status, q850, text, retry) = match cause {
        Cause::Normal => (480, 16, "Normal call clearing", false),
        Cause::UnknownNumber => (404, 1, "Unallocated number", false),
        Cause::Closed => (480, 31, "Normal, unspecified", false),
        Cause::Full => (486, 17, "User busy", false),
        Cause::Busy => (486, 17, "User busy", false),
        Cause::Declined => (603, 21, "Call rejected", false),
        Cause::NotAllowed => (403, 21, "Call rejected", false),
        Cause::GaveUp => (480, 19, "No answer from user", false),
        Cause::NotAcceptable | Cause::SoundOpen | Cause::SoundSealed => (488, 88, "Incompatible destination", false),
        Cause::Overloaded => (503, 42, "Switching equipment congestion", true),
        Cause::Fault => (500, 41, "Temporary failure", false),
        Cause::CallerGone => (487, 16, "Normal call clearing", false),
        Cause::Draining => (503, 41, "Temporary failure", true),
        Cause::PeerLost => (480, 27, "Destination out of order", false),
    };
    Said { status, q850, text, retry }
}

/// What a final status other than 2xx to our INVITE means. `rang`: a 18x came before.
pub(crate) const fn refusal(status: u16, rang: bool) -> Refusal {
    match status {
        486 | 600 => Refusal::Busy,
        415 | 488 | 606 => Refusal::NotAcceptable,
        408 if !rang => Refusal::Unreachable,
        408 | 487 => Refusal::NoAnswer,
        404 | 410 | 500..=599 | 604 => Refusal::Unreachable,
        _ => Refusal::Declined,
    }
}

/// When several phones of one agent say different things: the one that tells most about the person counts.
pub(crate) const fn weight(why: Refusal) -> u8 {
    match why {
        Refusal::Unreachable => 0,
        Refusal::NotAcceptable => 1,
        Refusal::NoAnswer => 2,
        Refusal::Busy => 3,
        Refusal::Declined => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_phone_says_is_understood_as_a_person_means_it() {
        for (status, rang, why) in [
            (486, true, Refusal::Busy),
            (600, false, Refusal::Busy),
            (603, true, Refusal::Declined),
            (480, false, Refusal::Declined),
            (403, false, Refusal::Declined),
            (401, false, Refusal::Declined),
            (407, false, Refusal::Declined),
            (302, false, Refusal::Declined),
            (408, true, Refusal::NoAnswer),
            (408, false, Refusal::Unreachable),
            (404, false, Refusal::Unreachable),
            (410, false, Refusal::Unreachable),
            (503, true, Refusal::Unreachable),
            (488, false, Refusal::NotAcceptable),
            (415, false, Refusal::NotAcceptable),
            (606, false, Refusal::NotAcceptable),
        ] {
            assert_eq!(refusal(status, rang), why, "{status}");
        }
    }

    #[test]
    fn every_status_that_we_refuse_with_is_final_and_has_its_phrase() {
        for cause in [Cause::Normal, Cause::UnknownNumber, Cause::Closed, Cause::Full, Cause::GaveUp, Cause::Fault] {
            let said = said(cause);
            assert!((400..700).contains(&said.status));
        }
        assert!(said(Cause::Overloaded).retry && said(Cause::Draining).retry);
    }
}

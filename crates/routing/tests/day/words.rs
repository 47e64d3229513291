//! Replies as a story tells them, and as two matchers may be compared: without what is each one's own.
//! Knows replies; knows no rule.

use routing::{Claim, Excluded, Explanation, Reply, TicketId};

/// A match as one line; other replies are short.
pub(super) fn in_words(reply: &Reply) -> String {
    let Reply::Matched { claim, because } = reply else { return format!("{:?}", plain(*reply)) };
    format!(
        "{:?} → agent {} ({:?}, {:?}, {:?} {}, charge: {:?}, score {}, claim {})",
        claim.call,
        claim.agent.0,
        because.decision,
        claim.why,
        because.lane,
        because.level,
        claim.charge,
        because.score,
        claim.generation.0
    )
}

/// A reply without what is each matcher's own: numbers of tickets, and what else was compared.
pub(super) fn plain(reply: Reply) -> Reply {
    const NONE: TicketId = TicketId(0);
    match reply {
        Reply::Queued { call, queue, overflow, .. } => Reply::Queued { call, ticket: NONE, queue, overflow },
        Reply::NoMatch { call, look_again_at, .. } => Reply::NoMatch { ticket: NONE, call, look_again_at },
        Reply::Matched { claim, because } => Reply::Matched {
            claim: Claim { ticket: NONE, ..claim },
            because: Explanation {
                candidates: 0,
                others: [None; routing::OTHERS_MAX],
                excluded: Excluded::default(),
                ..because
            },
        },
        Reply::Full { .. }
        | Reply::MovedOn { .. }
        | Reply::Left { .. }
        | Reply::Estimated { .. }
        | Reply::TickWanted { .. }
        | Reply::SeatIdle { .. }
        | Reply::SeatIs { .. }
        | Reply::SeatHeld { .. } => reply,
    }
}

//! How far a call's story has come.
//! Knows the steps by name; which may follow which is `stories`'.

/// How far a call has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Stage {
    Arrived,
    Found,
    Closed,
    Greeted,
    Queued,
    Offered(usize),
    Answered(usize),
    Talking(usize),
    /// An agent's own call, that nobody has taken so far.
    Own,
    /// Somebody is called who may take the citizen over.
    Handing,
    /// … a colleague, whose phone rings.
    Called(usize),
    /// Handed on: whoever takes over is next.
    HandedOn,
    /// Nobody took over, and the agent had gone.
    Back,
    /// Talks with somebody who has no seat here.
    Elsewhere,
    HungUp,
}

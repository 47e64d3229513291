//! What a replayed day was like, call by call and agent by agent.
//! Knows what happened; figures are folded from it elsewhere.

/// A replayed day.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Told {
    /// One for each call of the day, in the day's order.
    pub calls: Vec<CallTold>,
    /// One for each agent of the plan.
    pub agents: Vec<AgentTold>,
    /// Who got which call when, in order: two replays of the same day agree in it.
    pub assigned: Vec<Assigned>,
    /// When decisions used a level above 0, in seconds since midnight, and for which call.
    pub surges: Vec<(f64, u32)>,
}

/// What became of a call.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct CallTold {
    /// How it ended.
    pub end: CallEnd,
    /// From the call to the answer, or to the end of patience, in seconds.
    pub wait_s: f64,
    /// Whether the agent was of the citizen's own municipality.
    pub own: bool,
    /// The wait that was expected when it began to wait; none when it was served at once, or nobody could say.
    pub estimate_s: Option<f64>,
}

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CallEnd {
    /// It has not (only while the day goes on).
    #[default]
    Open,
    /// An agent answered.
    Served,
    /// The citizen hung up first.
    Lost,
    /// There was no room to wait.
    Full,
}

/// An agent's day.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct AgentTold {
    /// Talk and wrap-up, in seconds.
    pub busy_s: f64,
    /// On duty, in seconds.
    pub present_s: f64,
}

/// One assignment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Assigned {
    /// Microseconds since midnight.
    pub at_us: i64,
    /// Place in the day's calls.
    pub call: u32,
    /// The agent's number in the plan.
    pub agent: u32,
}

//! What an agent is doing, as people see it.
//! Knows the names of states; which may follow which is known at the desk.

use std::fmt;
use std::sync::Arc;

/// The state of an agent's seat, with what a person needs to know about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AgentState {
    /// Not logged in.
    Off,
    /// Free: the next fitting call is theirs.
    Ready,
    /// A call is ringing at their phone.
    Offered,
    /// Talking with a citizen.
    Talking,
    /// Writing down what the call was about.
    WrapUp,
    /// Logged in, gets no calls.
    Paused(PauseReason),
}

/// Why an agent is paused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PauseReason {
    /// The agent's own choice, with its code: `lunch`, `meeting`.
    Chosen(Arc<str>),
    /// Let a call ring until its ring time was over.
    NoAnswer,
    /// The phone could not be reached, or its registration ended; until it registers again.
    PhoneGone,
    /// The phone said "busy": for 10 s.
    BusyElsewhere,
    /// The phone is in a call of the agent's own: to somebody outside, a line or a colleague, or from a colleague.
    OwnCall,
    /// The phone's sound is tested; the agent is ready once it has passed.
    SoundTest,
    /// The agent was not heard, or the phone's sound is not proven; until a test has passed.
    SoundUnproven,
}

impl fmt::Display for PauseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chosen(code) => code,
            Self::NoAnswer => "no answer",
            Self::PhoneGone => "phone gone",
            Self::BusyElsewhere => "busy elsewhere",
            Self::OwnCall => "own call",
            Self::SoundTest => "sound test",
            Self::SoundUnproven => "sound unproven",
        })
    }
}

//! What happens to recordings, as facts tell it and a desk shows it: consent, beginning, pauses, end.
//! Knows words; what was said, and where it lies, is known to the archive alone.

/// Something about the recording of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecordingFact {
    /// The citizen was asked, and pressed the key that agrees.
    ConsentGiven,
    /// The citizen was asked, and did not: nothing of this call is recorded.
    ConsentRefused,
    /// A conversation is being recorded.
    Began {
        /// Its number within the call, from 1.
        number: u16,
    },
    /// Nothing is recorded for now.
    Paused {
        /// Why, as far as it began with.
        why: RecordingPause,
    },
    /// It is recorded again.
    Resumed,
    /// The archive could not take it: nothing more of this conversation is recorded.
    Failed,
    /// The conversation's recording is over.
    Ended,
}

/// Why a recording pauses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecordingPause {
    /// The agent asked for it at the desk.
    Agent,
    /// The citizen is on hold, or hears nobody for another reason.
    Hold,
    /// The citizen types: a card's or a person's number, perhaps.
    Keys,
    /// Somebody is in the conversation who was never asked: an interpreter, a colleague.
    Third,
}

/// Whether a conversation is recorded, as the agent's desk shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum RecordingShown {
    /// It isn't.
    #[default]
    Off,
    /// It is.
    On,
    /// It is, but not just now.
    Paused,
    /// It was; the archive could not take more.
    Failed,
}

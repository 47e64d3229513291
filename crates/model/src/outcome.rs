//! How a citizen's call ended. Every call ends in exactly one of these.
//! Knows the names of ends; which of them a call gets is decided on its journey.

/// The one outcome of a call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Outcome {
    /// A citizen and an agent talked.
    Talked,
    /// The citizen hung up while in the queue, or while an agent's phone rang ("opgivet").
    Abandoned,
    /// The citizen hung up before the queue: in the greeting or the menu.
    AbandonedEarly,
    /// Outside opening hours: the closed message was said, or cut short by the citizen.
    Closed,
    /// The queue was full and said so.
    Full,
    /// Nobody has that number: 404.
    UnknownNumber,
    /// The line's longest wait was over, or its last agent left, and the line has no other way out.
    GaveUp,
    /// We could not carry the call: no common codec, no port, a fault of ours.
    Failed,
    /// Cut by the end of the node; found when the spool was read again.
    Cut,
    /// The citizen chose to be called back, and was not reached by the last attempt, or in the time that a promise is kept.
    CallbackFailed,
    /// The line's bot did all that was to be done, and no person was asked for.
    ServedByBot,
    /// No line could serve the citizen, who left a message for the municipality.
    LeftMessage,
    /// No agent talked with the citizen, whom a line's way out has led to somebody outside, who answered.
    LedOutside,
}

impl Outcome {
    /// All of them, in the order in which tables show them.
    pub const ALL: [Self; 13] = [
        Self::Talked,
        Self::Abandoned,
        Self::AbandonedEarly,
        Self::Closed,
        Self::Full,
        Self::UnknownNumber,
        Self::GaveUp,
        Self::Failed,
        Self::Cut,
        Self::CallbackFailed,
        Self::ServedByBot,
        Self::LeftMessage,
        Self::LedOutside,
    ];

    /// Its name in metrics, tables and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Talked => "talked",
            Self::Abandoned => "abandoned",
            Self::AbandonedEarly => "abandoned_early",
            Self::Closed => "closed",
            Self::Full => "full",
            Self::UnknownNumber => "unknown_number",
            Self::GaveUp => "gave_up",
            Self::Failed => "failed",
            Self::Cut => "cut",
            Self::CallbackFailed => "callback_failed",
            Self::ServedByBot => "served_by_bot",
            Self::LeftMessage => "left_message",
            Self::LedOutside => "led_outside",
        }
    }
}

/// Who ended a conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Party {
    /// The citizen.
    Citizen,
    /// The agent.
    Agent,
    /// Whom the agent called, or handed the citizen on to: somebody outside, or a colleague's phone.
    Third,
    /// The centre: a time-out, a fault, or the end of the node.
    Centre,
}

/// How a citizen meets the wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitingStage {
    /// Answered, hears music.
    Music,
    /// Not answered: hears ringing.
    Unanswered,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_show_all_outcomes_in_the_order_of_their_numbers() {
        assert!(Outcome::ALL.iter().enumerate().all(|(number, outcome)| *outcome as usize == number));
    }
}

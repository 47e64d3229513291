//! Whether an agent and a citizen would hear each other: what is known of the sound of an agent's phone.
//! Knows the names; what follows from them is the desk's.

/// What is known of an agent's sound.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SoundPath {
    /// Nothing so far, or the phone has been away since.
    #[default]
    Unproven,
    /// The agent was heard, in a test or in a conversation.
    Proven,
    /// The agent was not heard.
    Dead(SoundFault),
}

/// Why an agent was not heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SoundFault {
    /// Nothing comes from the phone, or it stopped to come.
    NoPackets,
    /// What comes is silence: a microphone that is off, or another one than the agent speaks into.
    Silent,
}

/// How a test of an agent's sound ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SoundTestEnd {
    /// The agent was heard.
    Proven,
    /// The agent was not heard.
    Dead(SoundFault),
    /// The phone rang in vain, or turned the test down.
    NotAnswered,
    /// The agent hung up before anything was known.
    BrokenOff,
    /// It could not begin: the phone is in a call, or no port is free.
    NotPossible,
}

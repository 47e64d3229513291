//! What goes on in a conversation beside its two: on hold, muted, somebody asked or added, a supervisor who listens.
//! Knows the words; who may do what when is the journey's.

use crate::{AgentId, AnnouncementId, HandedTo, RecordingShown};

/// How a supervisor takes part in a conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listening {
    /// Hears everybody, and is heard by nobody.
    Listen,
    /// Hears everybody, and is heard by the agent alone.
    Whisper,
    /// Hears everybody, and is heard by everybody.
    Join,
}

/// Where the third party of a conversation is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ThirdStage {
    /// Being called; the citizen hears music, the agent that it rings.
    Called,
    /// Talks with the agent; the citizen hears music.
    Asked,
    /// Hears music, while the agent has turned back to the citizen.
    Aside,
    /// All three hear each other.
    Joined,
}

/// To which side of a conversation something is played; the other hears nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hearer {
    /// The citizen.
    Citizen,
    /// The agent.
    Agent,
}

/// A conversation as the agent's desk shows it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct InCall {
    /// The agent has put the citizen on hold: music.
    pub held: bool,
    /// Nobody hears the agent.
    pub muted: bool,
    /// Whom the agent asks, or has added.
    pub third: Option<(HandedTo, ThirdStage)>,
    /// A supervisor takes part, in this way.
    pub listening: Option<Listening>,
    /// Whether it is recorded.
    pub recording: RecordingShown,
    /// What is played to one side, and to which.
    pub announced: Option<(AnnouncementId, Hearer)>,
}

/// What happened in a conversation beside its two; figures may count it, and no talk time is changed by it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InCallFact {
    /// The agent put the citizen on hold at the desk; where somebody is asked: turned from the citizen to them again.
    Held,
    /// The agent took the citizen back from there; where somebody is asked: turned to the citizen, and they hear music.
    Resumed,
    /// The agent asks somebody, who is called.
    Asks {
        /// The agent.
        by: AgentId,
        /// Whom.
        to: HandedTo,
    },
    /// Whoever was asked is there.
    ThirdThere,
    /// All three hear each other.
    Conferenced,
    /// Whoever was asked or added has gone, or never came.
    ThirdGone,
    /// A supervisor takes part, or does so in another way.
    Supervised {
        /// Who.
        by: AgentId,
        /// How.
        how: Listening,
    },
    /// The supervisor no longer does.
    SupervisionOver {
        /// Who.
        by: AgentId,
    },
    /// Something is played to one side.
    Announced {
        /// The agent or supervisor who wished it.
        by: AgentId,
        /// What.
        announcement: AnnouncementId,
        /// To whom.
        to: Hearer,
    },
    /// It is over.
    AnnouncementOver {
        /// Whether it was played to its end.
        whole: bool,
    },
}

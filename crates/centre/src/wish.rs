//! What an agent can wish for in a conversation, beside ending it.
//! Knows the wishes; what may follow what is the journey's.

use model::{AnnouncementId, CalledParty, Hearer};

/// What an agent can wish for in a conversation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InCallWish {
    /// The citizen hears music.
    Hold,
    /// The citizen is taken back from there.
    Resume,
    /// Nobody hears the agent, or everybody again.
    Mute(bool),
    /// Nothing is recorded for now; or it goes on.
    PauseRecording(bool),
    /// A colleague, or somebody outside, is called and asked, while the citizen hears music.
    Ask(CalledParty),
    /// The citizen is handed on without a question; the two talk on until somebody takes over.
    HandOn(CalledParty),
    /// The agent turns from whoever was asked to the citizen, or back to them; who is left alone hears music.
    Toggle,
    /// Whoever was asked and the citizen hear each other, too.
    Conference,
    /// Whoever was asked or added is let go; agent and citizen talk on.
    Back,
    /// The agent leaves; whoever was asked or added has the citizen.
    HandOver,
    /// Something is played to one side.
    Announce(AnnouncementId, Hearer),
    /// What is played is stopped.
    StopAnnouncement,
}

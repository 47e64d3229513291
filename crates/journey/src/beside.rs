//! The words of what is beside a conversation: who is there, what is wished, what happens, why a wish is denied.
//! Knows what stands beside what; the rules are `company`'s, `supervising`'s and `announcing`'s.

use model::{AnnouncementId, HandedTo, Hearer, InCall, Listening, RecordingShown, ThirdStage};
use plan::AgentNo;

/// Who and what is beside the two who talk.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Company {
    /// The agent has put the citizen on hold at the desk.
    pub held: bool,
    /// Nobody hears the agent.
    pub muted: bool,
    /// Whom the agent asks, or has added.
    pub third: Option<(HandedTo, ThirdStage)>,
    /// Facts said last that the citizen is on hold, since the agent has turned from them again to whoever is asked.
    pub(crate) told_held: bool,
    /// Who supervises, and how.
    pub listener: Option<Listener>,
    /// What is played to one side, and to which.
    pub announcing: Option<(AnnouncementId, Hearer)>,
}

/// A supervisor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listener {
    /// Whose phone.
    pub by: AgentNo,
    /// How.
    pub how: Listening,
    /// Whether the phone was answered.
    pub there: bool,
}

/// What an agent asks for at the desk during a conversation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wish {
    /// The citizen hears music.
    Hold,
    /// The citizen is taken back from there.
    Resume,
    /// Nobody hears the agent, or everybody again.
    Mute(bool),
    /// Somebody is called, while the citizen hears music.
    Ask(HandedTo),
    /// Nothing is recorded for now; or it goes on.
    PauseRecording(bool),
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

/// What a supervisor asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Supervision {
    /// To take part, or to do so in another way.
    TakePart(Listening),
    /// To have the citizen in the agent's place.
    TakeOver,
    /// To take part no longer.
    Stop,
    /// To have something played to one side. Whoever asks needn't take part.
    Announce(AnnouncementId, Hearer),
    /// To have it stopped.
    StopAnnouncement,
}

/// What happens beside the two who talk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CompanyEvent {
    /// The agent asks for something at the desk. Answered by `AnswerWish`.
    Wishes(Wish),
    /// A supervisor asks for something. Answered by `AnswerWish`, or when it is known whether the phone is free.
    Supervises(AgentNo, Supervision),
    /// The third party's phone was answered.
    ThirdAnswered,
    /// It will not be answered, or can't be heard.
    ThirdRefused,
    /// The third party hung up, or was lost.
    ThirdGone,
    /// The supervisor's phone was answered.
    ListenerAnswered,
    /// It will not be answered.
    ListenerRefused,
    /// The supervisor hung up, or was lost.
    ListenerGone,
    /// What was played to one side has come to its end.
    AnnouncementOver,
}

/// Why a wish can't be granted now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Denied {
    /// There is no conversation, or the citizen is being handed on.
    NotTalking,
    /// Somebody was asked already.
    ThirdThere,
    /// Nobody was asked, or nobody has answered so far.
    NobodyThere,
    /// Another supervisor takes part.
    Supervised,
    /// The conversation isn't recorded.
    NotRecorded,
    /// The plan that the call came under has no such announcement.
    UnknownAnnouncement,
    /// It is the supervisor's own conversation, or one that they don't take part in.
    NotYours,
}

impl Company {
    /// As the agent's desk shows it, but for the recording. A supervisor is shown from the moment in which they may hear.
    pub(crate) fn shown(&self) -> InCall {
        let listening = self.listener.filter(|listener| listener.there).map(|listener| listener.how);
        let (held, muted, third) = (self.held, self.muted, self.third.clone());
        let announced = self.announcing.clone();
        InCall { held, muted, third, listening, recording: RecordingShown::Off, announced }
    }
}

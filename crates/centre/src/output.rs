//! Everything that the heart asks for. The shell carries these out in order; nothing else is pending but timers.
//! Says what should happen; doesn't know how it is done.

use journey::Denied;
use media::MediaCommand;
use model::{
    AgentState, CallId, Fact, InCall, LegCommand, Moment, OfferEnd, PersonRecord, PromiseChange, ShardNo, SoundPath,
    SoundTestEnd,
};
use plan::AgentNo;

use crate::OfferShown;
use crate::input::{DeskState, Input, RequestNo};

/// One thing that a shard asks for.
#[derive(Clone, Debug)]
pub enum Output {
    /// To the signalling shell.
    Leg(LegCommand),
    /// To the packet workers.
    Media(MediaCommand),
    /// To the routing core. Its replies come back as inputs, before any later input.
    Core(routing::Request),
    /// To the spool, and from there to everyone who counts.
    Fact(Fact),
    /// To the one table of persons.
    Person(PersonRecord),
    /// To whoever keeps promises over a restart.
    Promise(PromiseChange),
    /// To another shard, or to this one after the current input.
    ToShard(ShardNo, Box<Input>),
    /// The answer to a desk's request.
    DeskAnswer(DeskAnswer),
    /// To the streams of one agent's desk.
    DeskEvent(DeskEvent),
}

/// The answer to a desk's request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeskAnswer {
    /// To which.
    pub request: RequestNo,
    /// What became of it.
    pub result: Result<DeskDone, DeskRefusal>,
    /// Whether it may go only after the facts that this shard put out before it are saved.
    pub after_saved: bool,
}

/// A desk's request was carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DeskDone {
    /// As asked.
    Done,
    /// The whole state, and the number of the last event that is in it.
    Snapshot(Box<DeskSnapshot>),
}

/// A desk as it is now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeskSnapshot {
    /// The last event's number that this state includes.
    pub seq: u64,
    /// The state.
    pub desk: DeskState,
}

/// Why a desk's request was refused. One table in the API turns it into a status and a sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DeskRefusal {
    /// Nobody is logged in at this desk.
    #[error("log in first")]
    NotLoggedIn,
    /// `SetState` while a conversation goes on.
    #[error("a conversation is going on: say what comes next with SetNextState, or hang up first")]
    Talking,
    /// `Decline` without an offer.
    #[error("no call is offered")]
    NothingOffered,
    /// `HangUp` or `SetNextState` without a conversation.
    #[error("no conversation is going on")]
    NotTalking,
    /// `WrapUp` without a wrap-up, or after its time.
    #[error("no wrap-up is open")]
    NothingToWrapUp,
    /// A code that the plan doesn't have for that citizen's call.
    #[error("the plan has no such code for this call")]
    UnknownCode,
    /// A guide's id or address that is too long, or has control characters.
    #[error("a guide has at most 200 characters")]
    BadGuide,
    /// The wrap-up was extended already, or its queue's can't be.
    #[error("this wrap-up cannot be extended (again)")]
    NoMoreTime,
    /// Ready, while the phone can't be reached.
    #[error("the phone is not registered: register it, then become ready")]
    PhoneGone,
    /// The node is draining.
    #[error("this node is being stopped")]
    Draining,
    /// Somebody is being asked, or was added.
    #[error("somebody is asked or added already: go back, or hand over first")]
    ThirdThere,
    /// Nobody was asked, or nobody has answered so far.
    #[error("nobody else is in the conversation")]
    NobodyThere,
    /// No colleague has that name, or no line that number.
    #[error("nobody has that number or name")]
    UnknownParty,
    /// The dialling rules don't open it, or it can't be asked.
    #[error("that number or colleague cannot be called from the conversation")]
    MayNotCall,
    /// Whoever is meant is closed just now.
    #[error("closed just now")]
    Closed {
        /// When it opens; none: not within 400 days.
        opens_at: Option<Moment>,
    },
    /// The colleague is not ready just now.
    #[error("the colleague is not free just now")]
    PartyBusy,
    /// No room is left in the line's queue.
    #[error("no room is left in that queue")]
    PartyFull,
    /// No conversation goes on in that call, or it is being handed on.
    #[error("no conversation is going on in that call, or it is being handed on")]
    NoSuchTalk,
    /// Another supervisor takes part.
    #[error("another supervisor takes part in that conversation")]
    Supervised,
    /// One's own conversation, or one in which one doesn't take part.
    #[error("it is your own conversation, or you do not take part in it")]
    NotYours,
    /// `PauseRecording` in a conversation that isn't recorded.
    #[error("this conversation is not recorded")]
    NotRecorded,
    /// The plan that the call came under has no such announcement.
    #[error("the plan has no such announcement")]
    UnknownAnnouncement,
    /// The supervisor's phone is in a call, or can't be reached.
    #[error("your phone is in a call, or is not registered")]
    PhoneBusy,
}

impl From<Denied> for DeskRefusal {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotTalking => Self::NoSuchTalk,
            Denied::ThirdThere => Self::ThirdThere,
            Denied::NobodyThere => Self::NobodyThere,
            Denied::Supervised => Self::Supervised,
            Denied::NotYours => Self::NotYours,
            Denied::NotRecorded => Self::NotRecorded,
            Denied::UnknownAnnouncement => Self::UnknownAnnouncement,
        }
    }
}

/// What a desk's streams show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeskEvent {
    /// Whose desk.
    pub agent: AgentNo,
    /// Gapless per desk, from 1.
    pub seq: u64,
    /// When.
    pub at: Moment,
    /// What.
    pub shown: Shown,
}

/// One thing that a desk shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shown {
    /// The agent's state changed.
    State(AgentState),
    /// A call rings at the agent's phone.
    Offered(Box<OfferShown>),
    /// It no longer does.
    Withdrawn {
        /// Which call.
        call: CallId,
        /// Why.
        why: OfferEnd,
    },
    /// Citizen and agent are joined.
    Talking {
        /// Which call.
        call: CallId,
    },
    /// What is beside the conversation.
    InCall {
        /// Which call.
        call: CallId,
        /// As it is now.
        now: Box<InCall>,
    },
    /// Nobody has taken over the citizen, with whom the agent talks on.
    NotHandedOn {
        /// Which call.
        call: CallId,
        /// Why.
        why: OfferEnd,
    },
    /// The conversation is over, and this long is left to write it down.
    WrapUp {
        /// Which call.
        call: CallId,
        /// When it ends by itself.
        until: Moment,
    },
    /// More is known of the phone's sound than before.
    Sound {
        /// What.
        sound: SoundPath,
    },
    /// A test of the phone's sound is over.
    SoundTested {
        /// How it ended.
        end: SoundTestEnd,
        /// What is known of the sound now.
        sound: SoundPath,
    },
    /// The phone can be reached now, or no longer.
    Phone {
        /// Whether it can.
        reachable: bool,
    },
}
